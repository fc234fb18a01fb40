// SPDX-License-Identifier: Apache-2.0
/*
 * Captures frames with OpenCV as its users do, by number of frames, and fails
 * when one is missing or empty. usage: opencv-capture DEVICE COUNT
 */
#include <cstdio>
#include <cstdlib>

#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

int main(int argc, char *argv[])
{
	if (argc != 3) {
		std::fprintf(stderr, "usage: opencv-capture DEVICE COUNT\n");
		return 2;
	}

	const int count = std::atoi(argv[2]);
	cv::VideoCapture camera(argv[1], cv::CAP_V4L2);
	cv::Mat frame;

	if (!camera.isOpened()) {
		std::fprintf(stderr, "%s: OpenCV cannot open it\n", argv[1]);
		return 1;
	}

	for (int i = 0; i < count; i++) {
		if (!camera.read(frame) || frame.cols != 640 ||
		    frame.rows != 480 || frame.channels() != 3) {
			std::fprintf(stderr, "frame %d: %d x %d, not 640 x 480\n",
				     i, frame.cols, frame.rows);
			return 1;
		}
	}

	std::printf("%d frames, mean %.1f\n", count, cv::mean(frame)[0]);
	return 0;
}
