// SPDX-License-Identifier: Apache-2.0
/*
 * Queues pictures of a wrong size on the scene node, which must refuse them:
 * too few bytes in a large buffer, too many, and a buffer that is too small.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/videodev2.h>

/* Bytes of a picture of the default format, and of a buffer it is too big for. */
#define PICTURE (640u * 480u * 3u)
#define SMALL 4096u

static int refused(int fd, unsigned char *memory, __u32 length, __u32 bytes)
{
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
		.memory = V4L2_MEMORY_USERPTR,
		.length = length,
		.bytesused = bytes,
		.m.userptr = (unsigned long)memory,
	};

	if (ioctl(fd, VIDIOC_QBUF, &buffer) == 0)
		fprintf(stderr, "scene-size: %u of %u bytes were accepted\n",
			bytes, length);
	else if (errno != EINVAL)
		fprintf(stderr, "scene-size: %u of %u bytes: %s\n", bytes,
			length, strerror(errno));
	else
		return 0;
	return 1;
}

int main(int argc, char *argv[])
{
	struct v4l2_requestbuffers request = {
		.count = 1,
		.type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
		.memory = V4L2_MEMORY_USERPTR,
	};
	unsigned char *memory;
	int bad;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: scene-size SCENE\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, VIDIOC_REQBUFS, &request)) {
		fprintf(stderr, "scene-size: %s: %s\n", argv[1],
			strerror(errno));
		return 1;
	}
	memory = mmap(NULL, 2 * PICTURE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("scene-size");
		return 1;
	}
	bad = refused(fd, memory, PICTURE, PICTURE - 1);
	bad += refused(fd, memory, 2 * PICTURE, PICTURE + 1);
	bad += refused(fd, memory, SMALL, SMALL);
	return bad != 0;
}
