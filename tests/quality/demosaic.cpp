// SPDX-License-Identifier: Apache-2.0
/*
 * Is the demosaic as good as it should be? Photographs are turned into
 * mosaics, reconstructed by FS-1 and by OpenCV, and compared with the
 * originals: FS-1 has to be 3 dB above bilinear and not below the best of
 * OpenCV's demosaics on the mean of all photographs.
 *
 * demosaic WIDTH HEIGHT SCENE... ; scenes are packed 8-bit RGB.
 */
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

extern "C" {
#include "fs1-demosaic.h"
}

namespace {

constexpr int border = 8;	/* pixels not compared: edges are a matter of taste */

struct method {
	const char *name;
	int code;		/* of cv::demosaicing; -1: FS-1 */
	bool eight;		/* takes 8-bit mosaics only */
	double sum;
};

/* RGGB samples of 8 bits. */
cv::Mat mosaic_of(const cv::Mat &rgb)
{
	cv::Mat raw(rgb.rows, rgb.cols, CV_8UC1);

	for (int y = 0; y < rgb.rows; y++)
		for (int x = 0; x < rgb.cols; x++)
			raw.at<uchar>(y, x) =
				rgb.at<cv::Vec3b>(y, x)[(y & 1) + (x & 1)];
	return raw;
}

/* A line's columns apart, 12 bit, mirrored at its ends. */
class split_line {
public:
	split_line(const cv::Mat &raw, int y)
		: even(raw.cols / 2 + 12), odd(raw.cols / 2 + 12)
	{
		planes.even = even.data() + FS1_PLANE_PAD_BEFORE;
		planes.odd = odd.data() + FS1_PLANE_PAD_BEFORE;
		for (int x = 0; x < raw.cols / 2; x++) {
			planes.even[x] = fs1_u16(raw.at<uchar>(y, 2 * x) * 16);
			planes.odd[x] = fs1_u16(raw.at<uchar>(y, 2 * x + 1) * 16);
		}
		fs1_demosaic_pad(&planes, fs1_u32(raw.cols / 2));
	}
	fs1_planes planes;
private:
	std::vector<fs1_u16> even, odd;
};

/* What the first step of the demosaic leaves of a line. */
class differing_line {
public:
	differing_line(const std::vector<split_line> &lines, int y, int width)
		: green(size_t(width) / 2 + 12), colour(green.size())
	{
		const int height = int(lines.size());
		fs1_planes window[5];

		for (int i = -2; i <= 2; i++)
			window[i + 2] = lines[size_t(mirror(y + i, height))].planes;
		differences.green = green.data();
		differences.colour = colour.data() + FS1_PLANE_PAD_BEFORE;
		fs1_demosaic_green(window, y & 1, 0, fs1_u32(width / 2),
				   &differences);
		fs1_demosaic_pad_differences(&differences, y & 1,
					     fs1_u32(width / 2));
	}
	fs1_differences differences;
	static int mirror(int y, int height)
	{
		y = std::abs(y);
		return y < height ? y : 2 * height - 2 - y;
	}
private:
	std::vector<fs1_u16> green, colour;
};

/* Colour @c of a pixel word, 12 bit. */
uchar to_eight(fs1_u64 pixel, int c)
{
	return uchar(std::min(int(((pixel >> (21 * c) & 4095) + 8) >> 4), 255));
}

cv::Mat fs1_demosaic(const cv::Mat &raw)
{
	cv::Mat rgb(raw.rows, raw.cols, CV_8UC3);
	std::vector<fs1_u64> pixels(size_t(raw.cols) + 6);
	std::vector<split_line> lines;
	std::vector<differing_line> differing;

	/* Their planes point into them: they must not move. */
	lines.reserve(size_t(raw.rows));
	differing.reserve(size_t(raw.rows));
	for (int y = 0; y < raw.rows; y++)
		lines.emplace_back(raw, y);
	for (int y = 0; y < raw.rows; y++)
		differing.emplace_back(lines, y, raw.cols);
	for (int y = 0; y < raw.rows; y++) {
		fs1_differences window[3];

		for (int i = -1; i <= 1; i++)
			window[i + 1] = differing[size_t(differing_line::mirror(
				y + i, raw.rows))].differences;
		fs1_demosaic_line(&lines[size_t(y)].planes, window, y & 1, 0,
				  fs1_u32(raw.cols / 2), pixels.data());
		for (int x = 0; x < raw.cols; x++)
			for (int c = 0; c < 3; c++)
				rgb.at<cv::Vec3b>(y, x)[c] = to_eight(
					pixels[size_t(x)], c);
	}
	return rgb;
}

/* In 16 bits where OpenCV can, so that its rounding does it no harm. */
cv::Mat opencv_demosaic(const cv::Mat &raw, const method &m)
{
	cv::Mat rgb, eight, wide;

	if (m.eight) {
		cv::demosaicing(raw, eight, m.code);
	} else {
		raw.convertTo(wide, CV_16U, 16);
		cv::demosaicing(wide, rgb, m.code);
		rgb.convertTo(eight, CV_8U, 1.0 / 16);
	}
	return eight;
}

double psnr(const cv::Mat &a, const cv::Mat &b)
{
	cv::Rect inside(border, border, a.cols - 2 * border, a.rows - 2 * border);
	cv::Mat difference;
	double error = 0;

	cv::absdiff(a(inside), b(inside), difference);
	difference.convertTo(difference, CV_32F);
	cv::Scalar sums = cv::sum(difference.mul(difference));
	for (int i = 0; i < 3; i++)
		error += sums[i];
	error /= 3.0 * inside.area();
	return error > 0 ? 10 * std::log10(255 * 255 / error) : 99;
}

cv::Mat read_scene(const char *name, int width, int height)
{
	std::ifstream file(name, std::ios::binary);
	std::vector<char> bytes((std::istreambuf_iterator<char>(file)),
				std::istreambuf_iterator<char>());

	if (bytes.size() != size_t(width) * size_t(height) * 3) {
		std::fprintf(stderr, "demosaic: %s: %dx%d pixels of 3 bytes were expected\n",
			     name, width, height);
		std::exit(2);
	}
	return cv::Mat(height, width, CV_8UC3, bytes.data()).clone();
}

} /* namespace */

int main(int argc, char **argv)
{
	/* OpenCV names mosaics by the second line's second and third pixel. */
	std::vector<method> methods = {
		{ "FS-1", -1, false, 0 },
		{ "bilinear", cv::COLOR_BayerBG2RGB, false, 0 },
		{ "VNG", cv::COLOR_BayerBG2RGB_VNG, true, 0 },
		{ "edge-aware", cv::COLOR_BayerBG2RGB_EA, false, 0 },
	};

	if (argc < 4) {
		std::fprintf(stderr, "Usage: demosaic WIDTH HEIGHT SCENE...\n");
		return 2;
	}
	std::printf("%-40s", "PSNR, dB");
	for (const method &m : methods)
		std::printf(" %10s", m.name);
	std::printf("\n");
	for (int i = 3; i < argc; i++) {
		cv::Mat scene = read_scene(argv[i], std::atoi(argv[1]),
					   std::atoi(argv[2]));
		cv::Mat raw = mosaic_of(scene);
		std::string name = argv[i];

		std::printf("%-40.40s", name.substr(name.rfind('/') + 1).c_str());
		for (method &m : methods) {
			double value = psnr(scene, m.code < 0 ? fs1_demosaic(raw) :
					    opencv_demosaic(raw, m));

			m.sum += value;
			std::printf(" %10.2f", value);
		}
		std::printf("\n");
	}
	std::printf("%-40s", "mean");
	for (method &m : methods) {
		m.sum /= argc - 3;
		std::printf(" %10.2f", m.sum);
	}
	std::printf("\n");
	if (methods[0].sum < methods[1].sum + 3 ||
	    methods[0].sum < std::max(methods[2].sum, methods[3].sum)) {
		std::fprintf(stderr, "demosaic: FS-1 has to be 3 dB above bilinear and not below the others\n");
		return 1;
	}
	return 0;
}
