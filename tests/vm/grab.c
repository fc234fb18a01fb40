// SPDX-License-Identifier: Apache-2.0
/*
 * Captures frames with nothing but V4L2 and writes each to a file that is named
 * after the frame's 64-bit id; prints the ids. The first frames, on which
 * settings may still be taking effect, are left out.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/fovea.h>
#include <linux/videodev2.h>

#define BUFFERS 4
#define SETTLE 4

struct camera {
	int fd;
	size_t length[BUFFERS];
	void *start[BUFFERS];
};

static int call(int fd, unsigned long request, void *argument,
		const char *what)
{
	if (ioctl(fd, request, argument) == 0)
		return 0;
	fprintf(stderr, "grab: %s: %s\n", what, strerror(errno));
	return -1;
}

static int set_format(struct camera *camera, const char *name,
		      unsigned int width, unsigned int height)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	const __u32 fourcc = v4l2_fourcc(name[0], name[1], name[2], name[3]);

	format.fmt.pix.width = width;
	format.fmt.pix.height = height;
	format.fmt.pix.pixelformat = fourcc;
	if (call(camera->fd, VIDIOC_S_FMT, &format, "S_FMT"))
		return -1;
	if (format.fmt.pix.width != width ||
	    format.fmt.pix.height != height ||
	    format.fmt.pix.pixelformat != fourcc) {
		fprintf(stderr, "grab: the device offers %ux%u instead\n",
			format.fmt.pix.width, format.fmt.pix.height);
		return -1;
	}
	return 0;
}

static int map_buffers(struct camera *camera)
{
	struct v4l2_requestbuffers request = {
		.count = BUFFERS,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP,
	};

	if (call(camera->fd, VIDIOC_REQBUFS, &request, "REQBUFS"))
		return -1;
	if (request.count != BUFFERS) {
		fprintf(stderr, "grab: %u buffers, not %d\n", request.count,
			BUFFERS);
		return -1;
	}

	for (__u32 i = 0; i < BUFFERS; i++) {
		struct v4l2_buffer buffer = {
			.index = i,
			.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
			.memory = V4L2_MEMORY_MMAP,
		};

		if (call(camera->fd, VIDIOC_QUERYBUF, &buffer, "QUERYBUF"))
			return -1;
		camera->length[i] = buffer.length;
		camera->start[i] = mmap(NULL, buffer.length,
					PROT_READ | PROT_WRITE, MAP_SHARED,
					camera->fd, buffer.m.offset);
		if (camera->start[i] == MAP_FAILED) {
			perror("grab: mmap");
			return -1;
		}
		if (call(camera->fd, VIDIOC_QBUF, &buffer, "QBUF"))
			return -1;
	}
	return 0;
}

static int save(const void *data, size_t size, const char *prefix,
		__u64 id)
{
	char path[4096];
	FILE *file;
	int r;

	snprintf(path, sizeof(path), "%s-%016" PRIx64, prefix, (uint64_t)id);
	file = fopen(path, "wb");
	if (!file) {
		perror(path);
		return -1;
	}
	r = fwrite(data, 1, size, file) == size ? 0 : -1;
	if (fclose(file))
		r = -1;
	if (r)
		fprintf(stderr, "grab: %s: write failed\n", path);
	return r;
}

static int grab(struct camera *camera, unsigned int count, const char *prefix)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	if (call(camera->fd, VIDIOC_STREAMON, &type, "STREAMON"))
		return -1;

	for (unsigned int i = 0; i < SETTLE + count; i++) {
		struct v4l2_buffer buffer = {
			.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
			.memory = V4L2_MEMORY_MMAP,
		};
		__u64 id;

		if (call(camera->fd, VIDIOC_DQBUF, &buffer, "DQBUF"))
			return -1;
		if (!(buffer.flags & V4L2_BUF_FLAG_TIMECODE)) {
			fprintf(stderr, "grab: a buffer without a frame id\n");
			return -1;
		}
		id = fovea_frame_id(buffer.sequence,
				    buffer.timecode.userbits);
		if (i >= SETTLE) {
			if (save(camera->start[buffer.index], buffer.bytesused,
				 prefix, id))
				return -1;
			printf("%016" PRIx64 "\n", (uint64_t)id);
		}
		if (call(camera->fd, VIDIOC_QBUF, &buffer, "QBUF"))
			return -1;
	}
	return call(camera->fd, VIDIOC_STREAMOFF, &type, "STREAMOFF");
}

int main(int argc, char *argv[])
{
	struct camera camera;

	if (argc != 7 || strlen(argv[2]) != 4) {
		fprintf(stderr, "usage: grab DEVICE FOURCC WIDTH HEIGHT COUNT PREFIX\n");
		return 2;
	}

	camera.fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (camera.fd < 0) {
		perror(argv[1]);
		return 1;
	}

	/* The end of the process unmaps and closes. */
	if (set_format(&camera, argv[2],
		       (unsigned int)strtoul(argv[3], NULL, 10),
		       (unsigned int)strtoul(argv[4], NULL, 10)) ||
	    map_buffers(&camera) ||
	    grab(&camera, (unsigned int)strtoul(argv[5], NULL, 10), argv[6]))
		return 1;
	return 0;
}
