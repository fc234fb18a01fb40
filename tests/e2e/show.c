// SPDX-License-Identifier: Apache-2.0
/*
 * Shows pictures to a virtual sensor, one after the other, each for a number of
 * frames, and says with which frame each one was first seen.
 *
 * Usage: show SCENE CAPTURE WIDTH HEIGHT FRAMES FILE...
 *
 *   SCENE    the device's scene node
 *   CAPTURE  one of its capture nodes that streams, whose frames are counted
 *   FRAMES   how many frames to leave each picture
 *   FILE     RGB24, WIDTH x HEIGHT
 *
 * Prints "FRAME-ID FILE" for every picture (the id as 16 hex digits), then
 * "done", and leaves the last picture until its standard input ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define TIMEOUT_MS 20000	/* for one frame of a very slow machine */

struct show {
	int scene;
	int capture;
	uint8_t *pixels;	/* the scene node's only buffer */
	uint32_t size;
};

static int scene_open(struct show *s, const char *path, uint32_t width,
		      uint32_t height)
{
	struct v4l2_format format = {
		.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
		.fmt.pix = { .width = width, .height = height,
			     .pixelformat = V4L2_PIX_FMT_RGB24 },
	};
	struct v4l2_requestbuffers request = {
		.count = 1, .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
		.memory = V4L2_MEMORY_MMAP,
	};
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
		.memory = V4L2_MEMORY_MMAP,
	};

	s->scene = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (s->scene < 0 || ioctl(s->scene, VIDIOC_S_FMT, &format) ||
	    ioctl(s->scene, VIDIOC_REQBUFS, &request) ||
	    ioctl(s->scene, VIDIOC_QUERYBUF, &buffer))
		return -errno;
	s->size = width * height * 3;
	if (format.fmt.pix.width != width || format.fmt.pix.height != height ||
	    format.fmt.pix.sizeimage != s->size)
		return -EINVAL;
	s->pixels = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 s->scene, buffer.m.offset);
	return s->pixels == MAP_FAILED ? -errno : 0;
}

static int capture_open(struct show *s, const char *path)
{
	struct v4l2_event_subscription subscription = {
		.type = V4L2_EVENT_FRAME_SYNC,
	};

	s->capture = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (s->capture < 0 ||
	    ioctl(s->capture, VIDIOC_SUBSCRIBE_EVENT, &subscription))
		return -errno;
	return 0;
}

static int wait_for(int fd, short events)
{
	struct pollfd pollfd = { .fd = fd, .events = events };
	int r;

	r = poll(&pollfd, 1, TIMEOUT_MS);
	if (r < 0)
		return -errno;
	return r ? 0 : -ETIMEDOUT;
}

static int read_picture(struct show *s, const char *path)
{
	FILE *file = fopen(path, "rbe");
	int r = 0;

	if (!file)
		return -errno;
	if (fread(s->pixels, 1, s->size, file) != s->size || fgetc(file) != EOF)
		r = -EMSGSIZE;
	fclose(file);
	return r;
}

/* Gives the picture to the sensor; @ret_id: the first frame that shows it. */
static int latch(struct show *s, uint64_t *ret_id)
{
	enum v4l2_buf_type type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
		.memory = V4L2_MEMORY_MMAP,
		.bytesused = s->size,
	};
	uint32_t high;
	int r;

	if (ioctl(s->scene, VIDIOC_QBUF, &buffer) ||
	    ioctl(s->scene, VIDIOC_STREAMON, &type))
		return -errno;
	r = wait_for(s->scene, POLLOUT);
	if (r < 0)
		return r;
	if (ioctl(s->scene, VIDIOC_DQBUF, &buffer))
		return -errno;
	memcpy(&high, buffer.timecode.userbits, sizeof(high));
	*ret_id = (uint64_t)high << 32 | buffer.sequence;
	return 0;
}

/* Waits until @frames frames have begun since frame @id. */
static int hold(struct show *s, uint64_t id, uint32_t frames)
{
	struct v4l2_event event = { 0 };
	int r;

	do {
		r = wait_for(s->capture, POLLPRI);
		if (r < 0)
			return r;
		if (ioctl(s->capture, VIDIOC_DQEVENT, &event))
			return -errno;
	} while ((int32_t)(event.u.frame_sync.frame_sequence - (uint32_t)id) <
		 (int32_t)frames);
	return 0;
}

static int show_picture(struct show *s, const char *path, uint32_t frames)
{
	uint64_t id = 0;
	int r;

	r = read_picture(s, path);
	if (r < 0)
		return r;
	r = latch(s, &id);
	if (r < 0)
		return r;
	printf("%016" PRIx64 " %s\n", id, path);
	fflush(stdout);
	return hold(s, id, frames);
}

int main(int argc, char **argv)
{
	struct show s = { .scene = -1 };
	int i, r;

	if (argc < 7) {
		fputs("usage: show SCENE CAPTURE WIDTH HEIGHT FRAMES FILE...\n",
		      stderr);
		return 2;
	}
	r = scene_open(&s, argv[1], (uint32_t)atoi(argv[3]),
		       (uint32_t)atoi(argv[4]));
	if (r < 0) {
		fprintf(stderr, "show: %s: %s\n", argv[1], strerror(-r));
		return 1;
	}
	r = capture_open(&s, argv[2]);
	if (r < 0) {
		fprintf(stderr, "show: %s: %s\n", argv[2], strerror(-r));
		return 1;
	}
	for (i = 6; i < argc; i++) {
		r = show_picture(&s, argv[i], (uint32_t)atoi(argv[5]));
		if (r < 0) {
			fprintf(stderr, "show: %s: %s\n", argv[i],
				strerror(-r));
			return 1;
		}
	}
	puts("done");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
