// SPDX-License-Identifier: Apache-2.0
/*
 * The file on which the operations of fail-nth are done.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "fail-nth.h"

/* ms for a frame to come, also from a device that is being brought back. */
#define PATIENCE 30000

static const char *const paths[NODES] = {
	"/dev/video0", "/dev/video1", "/dev/video2", "/dev/video3",
	"/dev/video4", "/dev/video5", "/dev/video6", "/dev/media0",
};

static const uint32_t types[NODES] = {
	V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_TYPE_VIDEO_CAPTURE,
	V4L2_BUF_TYPE_META_CAPTURE, V4L2_BUF_TYPE_VIDEO_OUTPUT,
	V4L2_BUF_TYPE_META_CAPTURE, V4L2_BUF_TYPE_META_CAPTURE,
	V4L2_BUF_TYPE_META_OUTPUT, 0,
};

#define NO_TARGET { .fd = -1, .exporter = -1, .dmabuf = -1 }

struct target target = NO_TARGET;

uint32_t target_type(void)
{
	return types[target.node];
}

int target_call(unsigned long request, void *argument)
{
	return ioctl(target.fd, request, argument) ? -errno : 0;
}

int target_open(void)
{
	target.fd = open(paths[target.node], O_RDWR | O_CLOEXEC | O_NONBLOCK);
	return target.fd < 0 ? -errno : 0;
}

/* Small pictures: what is moved doesn't matter here. */
static void target_set_format(void)
{
	struct v4l2_format format = { .type = target_type() };

	if (target.node == NODE_META || target.node >= NODE_TENSOR)
		return;
	format.fmt.pix.width = 320;
	format.fmt.pix.height = 240;
	format.fmt.pix.pixelformat = target.node == NODE_SCENE ?
		V4L2_PIX_FMT_RGB24 : V4L2_PIX_FMT_NV12;
	must(target_call(VIDIOC_S_FMT, &format), "S_FMT");
	target.size = format.fmt.pix.sizeimage;
}

int target_request(uint32_t count)
{
	struct v4l2_requestbuffers request = {
		.count = count,
		.type = target_type(),
		.memory = target.memory,
	};

	return target_call(VIDIOC_REQBUFS, &request);
}

int64_t target_flags(uint32_t index)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = target_type(),
		.memory = target.memory,
	};
	const int r = target_call(VIDIOC_QUERYBUF, &buffer);

	return r ? r : (int64_t)buffer.flags;
}

int target_queue(uint32_t index)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = target_type(),
		.memory = target.memory,
		.length = target.size,
		.bytesused = target.size,
	};

	if (target.memory == V4L2_MEMORY_USERPTR)
		buffer.m.userptr = (unsigned long)target.user[index];
	else if (target.memory == V4L2_MEMORY_DMABUF)
		buffer.m.fd = target.dmabuf;
	return target_call(VIDIOC_QBUF, &buffer);
}

/* Memory of ours, and of the other picture node. */
static void target_make_memory(void)
{
	for (uint32_t i = 0; i < BUFFERS; i++) {
		target.user[i] = mmap(NULL, target.size, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS |
				      MAP_POPULATE, -1, 0);
		if (target.user[i] == MAP_FAILED)
			fail("no memory");
	}
}

static void target_make_dmabuf(void)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct v4l2_requestbuffers request = {
		.count = 1,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP,
	};
	struct v4l2_exportbuffer export = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.flags = O_RDWR | O_CLOEXEC,
	};

	target.exporter = open(paths[NODE_PREVIEW], O_RDWR | O_CLOEXEC);
	format.fmt.pix.width = 640;
	format.fmt.pix.height = 480;
	format.fmt.pix.pixelformat = V4L2_PIX_FMT_RGB24;
	if (ioctl(target.exporter, VIDIOC_S_FMT, &format) ||
	    ioctl(target.exporter, VIDIOC_REQBUFS, &request) ||
	    ioctl(target.exporter, VIDIOC_EXPBUF, &export))
		fail("no dma-buf: %s", strerror(errno));
	target.dmabuf = export.fd;
}

/* As far as the operation needs it. */
void target_prepare(enum node node, uint32_t memory, enum stage stage)
{
	target = (struct target)NO_TARGET;
	target.node = node;
	target.memory = memory ? memory : V4L2_MEMORY_MMAP;
	target.size = 16384;
	if (stage == STAGE_CLOSED)
		return;
	must(target_open(), "open");
	target_set_format();
	if (memory == V4L2_MEMORY_USERPTR)
		target_make_memory();
	else if (memory == V4L2_MEMORY_DMABUF)
		target_make_dmabuf();
	if (stage >= STAGE_BUFFERS)
		must(target_request(BUFFERS), "REQBUFS");
	for (uint32_t i = 0; i < BUFFERS && stage >= STAGE_QUEUED; i++)
		must(target_queue(i), "QBUF");
	if (stage >= STAGE_STREAMING) {
		must(target_stream(true), "STREAMON");
		target_await_frames(1);
	}
}

/* All that the file has goes with it. */
void target_release(void)
{
	for (uint32_t i = 0; i < BUFFERS; i++)
		if (target.user[i])
			munmap(target.user[i], target.size);
	if (target.fd >= 0)
		close(target.fd);
	if (target.dmabuf >= 0)
		close(target.dmabuf);
	if (target.exporter >= 0)
		close(target.exporter);
	target = (struct target)NO_TARGET;
}

int target_stream(bool on)
{
	uint32_t type = target_type();

	return target_call(on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &type);
}

void target_await_frames(unsigned int count)
{
	struct v4l2_buffer buffer;
	unsigned int bad = 0;
	struct pollfd polled = {
		.fd = target.fd,
		.events = target.node == NODE_SCENE ? POLLOUT : POLLIN,
	};
	int r;

	while (count) {
		if (poll(&polled, 1, PATIENCE) != 1)
			fail("no frame comes");
		buffer = (struct v4l2_buffer){
			.type = target_type(),
			.memory = target.memory,
		};
		r = target_call(VIDIOC_DQBUF, &buffer);
		if (r == -EAGAIN)
			continue;
		must(r, "DQBUF");
		if (buffer.flags & V4L2_BUF_FLAG_ERROR && ++bad > BUFFERS)
			fail("%u frames in error", bad);
		if (!(buffer.flags & V4L2_BUF_FLAG_ERROR))
			count--;
		must(target_queue(buffer.index), "QBUF");
	}
}

/* Whatever went before, the device gives frames. */
void check_capture(void)
{
	const struct target kept = target;

	target_prepare(NODE_IMAGE, V4L2_MEMORY_MMAP, STAGE_STREAMING);
	target_await_frames(2);
	target_release();
	target = kept;
}

