// SPDX-License-Identifier: Apache-2.0
/*
 * What OpenCV takes for a network, as a peer in `make bench`, on one thread. Prints
 * the microseconds of the fastest run.
 *
 * Usage: opencv-network MODEL float|int8 RUNS CHANNELS HEIGHT WIDTH
 *
 * int8 is OpenCV's own quantisation of the float network.
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <opencv2/dnn.hpp>

static double once(cv::dnn::Net &net, const cv::Mat &input)
{
	const auto start = std::chrono::steady_clock::now();

	std::vector<cv::Mat> outputs;

	net.setInput(input);
	net.forward(outputs, net.getUnconnectedOutLayersNames());
	return std::chrono::duration<double, std::micro>(
		std::chrono::steady_clock::now() - start).count();
}

int main(int argc, char **argv)
{
	if (argc != 7) {
		std::fprintf(stderr,
			     "usage: opencv-network MODEL float|int8 RUNS CHANNELS HEIGHT WIDTH\n");
		return 2;
	}
	const int sizes[] = { 1, std::atoi(argv[4]), std::atoi(argv[5]),
			      std::atoi(argv[6]) };
	cv::Mat input(4, sizes, CV_32F);
	double best = 1e12;

	cv::setNumThreads(1);
	cv::randu(input, -2, 2);
	cv::dnn::Net net = cv::dnn::readNetFromONNX(argv[1]);
	net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
	if (std::string(argv[2]) == "int8")
		net = net.quantize(std::vector<cv::Mat>{ input }, CV_32F, CV_32F);
	for (int i = std::atoi(argv[3]); i > 0; i--)
		best = std::min(best, once(net, input));
	std::printf("%.1f\n", best);
	return 0;
}
