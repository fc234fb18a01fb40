// SPDX-License-Identifier: Apache-2.0
/*
 * Nodes of a device with a neural unit, by nothing but V4L2.
 */
#include "network-node.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* Nothing of what is waited for here takes so long. */
#define PATIENCE 60000

static void call(struct node *node, unsigned long request, void *argument,
		 const char *what)
{
	if (ioctl(node->fd, request, argument) == 0)
		return;
	fail_msg("%s: %s", what, strerror(errno));
}

static void set_format(struct node *node, uint32_t size)
{
	struct v4l2_streamparm parameters = { .type = node->type };
	struct v4l2_format format = { .type = node->type };

	if (size) {
		format.fmt.meta.buffersize = size;
		call(node, VIDIOC_S_FMT, &format, "S_FMT");
		assert_int_equal(format.fmt.meta.buffersize, size);
		return;
	}
	format.fmt.pix.width = 64;
	format.fmt.pix.height = 48;
	format.fmt.pix.pixelformat = V4L2_PIX_FMT_GREY;
	call(node, VIDIOC_S_FMT, &format, "S_FMT");
	parameters.parm.capture.timeperframe.numerator = 1;
	parameters.parm.capture.timeperframe.denominator = 120;
	call(node, VIDIOC_S_PARM, &parameters, "S_PARM");
}

void node_open(struct node *node, const char *path, uint32_t type, uint32_t size)
{
	struct v4l2_event_subscription events = { .type = V4L2_EVENT_FOVEA_NETWORK };

	memset(node, 0, sizeof(*node));
	node->type = type;
	node->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (node->fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	set_format(node, size);
	if (type == V4L2_BUF_TYPE_META_OUTPUT)
		call(node, VIDIOC_SUBSCRIBE_EVENT, &events, "SUBSCRIBE_EVENT");
}

void node_close(struct node *node)
{
	for (unsigned int i = 0; i < node->count; i++)
		(void)munmap(node->buffer[i].start, node->buffer[i].length);
	(void)close(node->fd);
}

void node_map(struct node *node, unsigned int count)
{
	struct v4l2_requestbuffers request = {
		.count = count,
		.type = node->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	call(node, VIDIOC_REQBUFS, &request, "REQBUFS");
	assert_int_equal(request.count, count);
	for (node->count = 0; node->count < count; node->count++) {
		struct v4l2_buffer buffer = {
			.index = node->count,
			.type = node->type,
			.memory = V4L2_MEMORY_MMAP,
		};

		call(node, VIDIOC_QUERYBUF, &buffer, "QUERYBUF");
		node->buffer[node->count].length = buffer.length;
		node->buffer[node->count].start =
			mmap(NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED,
			     node->fd, buffer.m.offset);
		assert_ptr_not_equal(node->buffer[node->count].start, MAP_FAILED);
	}
}

void node_queue(struct node *node, uint32_t index, uint32_t bytes)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = node->type,
		.memory = V4L2_MEMORY_MMAP,
		.bytesused = bytes,
	};

	call(node, VIDIOC_QBUF, &buffer, "QBUF");
}

static void start(struct node *node)
{
	int type = (int)node->type;

	call(node, VIDIOC_STREAMON, &type, "STREAMON");
}

void node_start(struct node *node)
{
	for (unsigned int i = 0; i < node->count; i++)
		node_queue(node, i, 0);
	node->last_id = 0;
	start(node);
}

void node_stop(struct node *node)
{
	int type = (int)node->type;

	call(node, VIDIOC_STREAMOFF, &type, "STREAMOFF");
}

static bool ready(struct node *node, short events, int timeout)
{
	struct pollfd poll_fd = { .fd = node->fd, .events = events };

	return poll(&poll_fd, 1, timeout) > 0;
}

bool node_take(struct node *node, int timeout, struct taken *ret_taken)
{
	bool output = node->type == V4L2_BUF_TYPE_META_OUTPUT;
	struct v4l2_buffer buffer = {
		.type = node->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	if (!ready(node, output ? POLLOUT : POLLIN, timeout))
		return false;
	call(node, VIDIOC_DQBUF, &buffer, "DQBUF");
	*ret_taken = (struct taken) {
		.index = buffer.index,
		.size = buffer.bytesused,
		.error = buffer.flags & V4L2_BUF_FLAG_ERROR,
		.data = node->buffer[buffer.index].start,
	};
	if (output)
		return true;
	ret_taken->id = fovea_frame_id(buffer.sequence, buffer.timecode.userbits);
	if (node->last_id)
		node->lost += ret_taken->id - node->last_id - 1;
	node->last_id = ret_taken->id;
	node->frames++;
	return true;
}

void node_give(struct node *node, const struct taken *taken)
{
	node_queue(node, taken->index, 0);
}

bool node_event(struct node *node, int timeout, struct fovea_event_network *ret_event)
{
	struct v4l2_event event;

	if (!ready(node, POLLPRI, timeout))
		return false;
	call(node, VIDIOC_DQEVENT, &event, "DQEVENT");
	assert_int_equal(event.type, V4L2_EVENT_FOVEA_NETWORK);
	memcpy(ret_event, event.u.data, sizeof(*ret_event));
	return true;
}

int node_set(struct node *node, uint32_t id, int32_t value)
{
	struct v4l2_control control = { .id = id, .value = value };

	return ioctl(node->fd, VIDIOC_S_CTRL, &control) ? -errno : 0;
}

int32_t node_get(struct node *node, uint32_t id)
{
	struct v4l2_control control = { .id = id };

	call(node, VIDIOC_G_CTRL, &control, "G_CTRL");
	return control.value;
}

void node_networks(struct node *node, struct fovea_network *ret_networks)
{
	struct v4l2_ext_control control = {
		.id = V4L2_CID_FOVEA_NETWORKS,
		.size = FOVEA_NETWORKS_MAX * sizeof(*ret_networks),
		.p_u8 = (__u8 *)ret_networks,
	};
	struct v4l2_ext_controls controls = {
		.which = V4L2_CTRL_WHICH_CUR_VAL,
		.count = 1,
		.controls = &control,
	};

	call(node, VIDIOC_G_EXT_CTRLS, &controls, "G_EXT_CTRLS");
}

struct fovea_event_network node_load(struct node *node, const void *package,
				     size_t size)
{
	struct fovea_event_network event;
	struct taken taken;

	assert_true(size <= node->buffer[0].length);
	memcpy(node->buffer[0].start, package, size);
	while (node_event(node, 0, &event))
		;
	node_queue(node, 0, (uint32_t)size);
	start(node);
	do {
		if (!node_event(node, PATIENCE, &event))
			fail_msg("no event for %d ms", PATIENCE);
	} while (!event.error && event.stage != FOVEA_STAGE_READY);
	assert_true(node_take(node, PATIENCE, &taken));
	assert_int_equal(taken.error, event.error != 0);
	node_stop(node);
	return event;
}

void node_activate(struct node *node, uint32_t number)
{
	struct fovea_event_network event;

	while (node_event(node, 0, &event))
		;
	assert_int_equal(node_set(node, V4L2_CID_FOVEA_NETWORK, (int32_t)number), 0);
	do {
		if (!node_event(node, PATIENCE, &event))
			fail_msg("no event for %d ms", PATIENCE);
		if (event.error)
			fail_msg("network %u: error %u at stage %u", number,
				 event.error, event.stage);
	} while (event.stage != FOVEA_STAGE_ACTIVE || event.number != number);
}
