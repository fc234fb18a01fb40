// SPDX-License-Identifier: Apache-2.0
/*
 * Queues a buffer of user memory, takes it back, and offers the same memory
 * with a length that is too small, again and again: each refusal makes
 * videobuf2 let the memory go, and nothing of it may stay behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/videodev2.h>

#define ROUNDS 50

static int queue(int fd, void *memory, __u32 length)
{
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_USERPTR,
		.length = length,
		.m.userptr = (unsigned long)memory,
	};

	return ioctl(fd, VIDIOC_QBUF, &buffer) < 0 ? -errno : 0;
}

int main(int argc, char **argv)
{
	struct v4l2_requestbuffers request = {
		.count = 1,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_USERPTR,
	};
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	int fd = argc == 2 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
	void *memory;
	__u32 size;

	if (fd < 0 || ioctl(fd, VIDIOC_G_FMT, &format) < 0 ||
	    ioctl(fd, VIDIOC_REQBUFS, &request) < 0) {
		perror("userptr-refused: usage: userptr-refused DEVICE");
		return 1;
	}
	size = format.fmt.pix.sizeimage;
	memory = aligned_alloc(4096, (size + 4095u) & ~(size_t)4095u);
	if (!memory)
		return 1;
	memset(memory, 0, size);
	for (int i = 0; i < ROUNDS; i++) {
		int good = queue(fd, memory, size);
		int off = ioctl(fd, VIDIOC_STREAMOFF, &type);
		int bad = queue(fd, memory, size - 1);

		if (good != 0 || off < 0 || bad != -EINVAL) {
			fprintf(stderr, "userptr-refused: round %d: queued %d, stopped %d, too small %d\n",
				i, good, off, bad);
			return 1;
		}
	}
	free(memory);
	(void)close(fd);
	return 0;
}
