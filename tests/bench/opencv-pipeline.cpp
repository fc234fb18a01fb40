// SPDX-License-Identifier: Apache-2.0
/*
 * What OpenCV takes for the pipeline's work, as a peer in `make bench`: raw
 * RGGB of 12 bits in 16 to NV12 of another size, on one thread.
 *
 * Usage: opencv-pipeline RAW WIDTH HEIGHT OUT_WIDTH OUT_HEIGHT METHOD FRAMES
 *
 * METHOD is linear, ea (edge-aware) or vng; vng knows 8 bits only and gets
 * them. Demosaic, area scaler and colour conversion; no black level, white
 * balance, colour matrix or gamma, which OpenCV has no single call for. Prints
 * the milliseconds of the median frame.
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

/* The I420 of OpenCV with its two chroma planes woven into one. */
static void weave(const cv::Mat &i420, int width, int height,
		  std::vector<unsigned char> &nv12)
{
	const size_t luma = (size_t)width * (size_t)height;
	const unsigned char *u = i420.data + luma;
	const unsigned char *v = u + luma / 4;

	std::memcpy(nv12.data(), i420.data, luma);
	for (size_t i = 0; i < luma / 4; i++) {
		nv12[luma + 2 * i] = u[i];
		nv12[luma + 2 * i + 1] = v[i];
	}
}

static void pipeline(const cv::Mat &raw, const std::string &method,
		     cv::Size size, std::vector<unsigned char> &nv12)
{
	cv::Mat rgb, small, narrow, i420;

	/* OpenCV names a pattern by its second row: RGGB is its BayerBG. */
	if (method == "vng") {
		raw.convertTo(narrow, CV_8U, 1.0 / 16);
		cv::cvtColor(narrow, rgb, cv::COLOR_BayerBG2RGB_VNG);
	} else {
		cv::cvtColor(raw, rgb, method == "ea" ?
			     cv::COLOR_BayerBG2RGB_EA :
			     cv::COLOR_BayerBG2RGB);
	}
	cv::resize(rgb, small, size, 0, 0, cv::INTER_AREA);
	if (small.depth() != CV_8U)
		small.convertTo(small, CV_8U, 1.0 / 16);
	cv::cvtColor(small, i420, cv::COLOR_RGB2YUV_I420);
	weave(i420, size.width, size.height, nv12);
}

int main(int argc, char **argv)
{
	if (argc != 8) {
		std::fputs("usage: opencv-pipeline RAW WIDTH HEIGHT OUT_WIDTH "
			   "OUT_HEIGHT METHOD FRAMES\n", stderr);
		return 2;
	}

	const cv::Size size(std::atoi(argv[4]), std::atoi(argv[5]));
	const int frames = std::atoi(argv[7]);
	cv::Mat raw(std::atoi(argv[3]), std::atoi(argv[2]), CV_16U);
	std::vector<unsigned char> nv12((size_t)size.area() * 3 / 2);
	std::vector<double> times;
	std::FILE *file = std::fopen(argv[1], "rb");

	if (!file || std::fread(raw.data, 2, raw.total(), file) != raw.total()) {
		std::fprintf(stderr, "opencv-pipeline: %s is too short\n",
			     argv[1]);
		return 1;
	}
	std::fclose(file);
	cv::setNumThreads(1);
	for (int i = 0; i < frames; i++) {
		const auto start = std::chrono::steady_clock::now();

		pipeline(raw, argv[6], size, nv12);
		times.push_back(std::chrono::duration<double, std::milli>(
			std::chrono::steady_clock::now() - start).count());
	}
	std::sort(times.begin(), times.end());
	std::printf("%.3f\n", times[times.size() / 2]);
	return 0;
}
