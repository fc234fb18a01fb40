// SPDX-License-Identifier: Apache-2.0
/*
 * The operations in which fail-nth lets everything fail, and what must be true
 * after each failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/media.h>
#include <linux/videodev2.h>

#include "fail-nth.h"

/* ------------------------------------------------------------------------
 * Bind and unbind
 */

static void prepare_bind(void)
{
	must(device_unbind(), "unbind");
	device_check_absent();
}

static void check_bind(int r)
{
	if (r)
		device_check_absent();
	else
		device_check_present();
}

/* However much fails, a device that is to go goes. */
static void check_unbind(int r)
{
	if (r == 0)
		device_check_absent();
	else if (r != -ENOMEM)
		fail("unbind: %s", strerror(-r));
}

/* What couldn't be read from the program was not done. */
static void undo_unbind(void)
{
	const int r = device_bind();

	if (r != -EBUSY)
		must(r, "bind");
	device_check_present();
}

/* ------------------------------------------------------------------------
 * Files and buffers
 */

static int run_close(void)
{
	const int fd = target.fd;

	target.fd = -1;
	return close(fd) ? -errno : 0;
}

static void check_close(int r)
{
	(void)r;
	check_capture();
}

static int run_request(void)
{
	return target_request(BUFFERS);
}

static int run_request_none(void)
{
	return target_request(0);
}

/* How many there are, all of them whole and none behind. */
static uint32_t count_buffers(void)
{
	uint32_t count = 0;

	while (count < 32 && target_flags(count) >= 0)
		count++;
	for (uint32_t i = count; i < 32; i++)
		if (target_flags(i) >= 0)
			fail("there is a buffer %u but no buffer %u", i, count);
	return count;
}

/* Fewer than asked for is success: V4L2 says so. */
static void check_request(int r)
{
	const uint32_t count = count_buffers();

	if (r && count)
		fail("REQBUFS failed and made %u buffers", count);
	if (r == 0 && !count)
		fail("REQBUFS succeeded and made no buffers");
}

static void check_none(int r)
{
	const uint32_t count = count_buffers();

	if (r == 0 && count)
		fail("%u buffers are left", count);
}

static int run_create(void)
{
	struct v4l2_create_buffers create = {
		.count = 2,
		.memory = target.memory,
		.format.type = target_type(),
	};

	const int r = target_call(VIDIOC_G_FMT, &create.format);

	return r ? r : target_call(VIDIOC_CREATE_BUFS, &create);
}

static void check_create(int r)
{
	const uint32_t count = count_buffers();

	if (r ? count != BUFFERS : count <= BUFFERS)
		fail("CREATE_BUFS, %s, and %u buffers", strerror(-r), count);
}

/* USERPTR and DMABUF take memory now. */
static int run_queue(void)
{
	return target_queue(0);
}

static void check_queue(int r)
{
	const int64_t flags = target_flags(0);

	if (flags < 0)
		fail("buffer 0: %s", strerror((int)-flags));
	if (!!(flags & V4L2_BUF_FLAG_QUEUED) != !r)
		fail("QBUF: %s, and flags %#llx", strerror(-r),
		     (unsigned long long)flags);
}

static int run_prepare_buf(void)
{
	struct v4l2_buffer buffer = {
		.type = target_type(),
		.memory = target.memory,
		.bytesused = target.size,
		.length = target.size,
		.m.userptr = (unsigned long)target.user[0],
	};

	return target_call(VIDIOC_PREPARE_BUF, &buffer);
}

static int run_export(void)
{
	struct v4l2_exportbuffer export = {
		.type = target_type(),
		.flags = O_RDWR | O_CLOEXEC,
	};
	const int r = target_call(VIDIOC_EXPBUF, &export);

	if (r == 0)
		close(export.fd);
	/* A number that couldn't be told is the next free one. */
	else if (r == -EFAULT)
		close(target.fd + 1);
	return r;
}

static int run_mmap(void)
{
	struct v4l2_buffer buffer = {
		.type = target_type(),
		.memory = V4L2_MEMORY_MMAP,
	};
	void *start;
	int r;

	r = target_call(VIDIOC_QUERYBUF, &buffer);
	if (r)
		return r;
	start = mmap(NULL, buffer.length, PROT_READ, MAP_SHARED, target.fd,
		     buffer.m.offset);
	if (start == MAP_FAILED)
		return -errno;
	return munmap(start, buffer.length) ? -errno : 0;
}

/* ------------------------------------------------------------------------
 * Streams
 */

static int run_stream_on(void)
{
	return target_stream(true);
}

static int run_stream_off(void)
{
	return target_stream(false);
}

/* A stream that didn't start keeps its buffers; one that did gives frames. */
static void check_stream_on(int r)
{
	for (uint32_t i = 0; r && i < BUFFERS; i++)
		if (!(target_flags(i) & V4L2_BUF_FLAG_QUEUED))
			fail("STREAMON: %s, and buffer %u is lost",
			     strerror(-r), i);
	if (r == 0)
		target_await_frames(2);
}

static void check_stream_off(int r)
{
	if (r)
		return;
	for (uint32_t i = 0; i < BUFFERS; i++)
		if (target_flags(i) & V4L2_BUF_FLAG_QUEUED)
			fail("STREAMOFF has left buffer %u queued", i);
}

static void check_still_streaming(int r)
{
	(void)r;
	target_await_frames(1);
}

static int run_read(void)
{
	static uint8_t data[320 * 240 * 3];
	struct pollfd polled = { .fd = target.fd, .events = POLLIN };
	ssize_t length;

	do {
		length = read(target.fd, data, target.size);
		if (length < 0 && errno != EAGAIN)
			return -errno;
	} while (length < 0 && poll(&polled, 1, 1000) >= 0);
	/* Bytes that couldn't be copied. */
	return length > 0 ? 0 : -EFAULT;
}

static int run_write(void)
{
	static uint8_t data[320 * 240 * 3];

	return write(target.fd, data, target.size) < 0 ? -errno : 0;
}

/* ------------------------------------------------------------------------
 * Settings
 */

/* Each time another value, so that the device must be told. */
static int run_control(void)
{
	static int value;
	struct v4l2_control control = { .id = V4L2_CID_BRIGHTNESS };
	int r;

	control.value = ++value % 100;
	r = target_call(VIDIOC_S_CTRL, &control);
	if (r)
		return r;
	r = target_call(VIDIOC_G_CTRL, &control);
	if (r)
		return r;
	if (control.value != value % 100)
		fail("brightness is %d, not %d", control.value, value % 100);
	return 0;
}

static int run_controls(void)
{
	static int value;
	struct v4l2_ext_control control[] = {
		{ .id = V4L2_CID_BRIGHTNESS },
		{ .id = V4L2_CID_CONTRAST },
		{ .id = V4L2_CID_SATURATION },
		{ .id = V4L2_CID_GAMMA, .value = 220 },
	};
	struct v4l2_ext_controls controls = {
		.which = V4L2_CTRL_WHICH_CUR_VAL,
		.count = 4,
		.controls = control,
	};

	value++;
	for (int i = 0; i < 3; i++)
		control[i].value = 64 + (value + i) % 64;
	return target_call(VIDIOC_S_EXT_CTRLS, &controls);
}

static int run_get_controls(void)
{
	struct v4l2_ext_control control[] = {
		{ .id = V4L2_CID_EXPOSURE },
		{ .id = V4L2_CID_ANALOGUE_GAIN },
		{ .id = V4L2_CID_RED_BALANCE },
	};
	struct v4l2_ext_controls controls = {
		.which = V4L2_CTRL_WHICH_CUR_VAL,
		.count = 3,
		.controls = control,
	};

	return target_call(VIDIOC_G_EXT_CTRLS, &controls);
}

static void reset_controls(void)
{
	static const struct v4l2_control defaults[] = {
		{ V4L2_CID_BRIGHTNESS, 0 }, { V4L2_CID_CONTRAST, 128 },
		{ V4L2_CID_SATURATION, 128 }, { V4L2_CID_GAMMA, 220 },
	};

	for (unsigned int i = 0; i < 4; i++) {
		struct v4l2_control control = defaults[i];

		must(target_call(VIDIOC_S_CTRL, &control), "S_CTRL");
	}
}

static const struct v4l2_format smaller = {
	.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
	.fmt.pix = {
		.width = 160,
		.height = 120,
		.pixelformat = V4L2_PIX_FMT_YUYV,
	},
};

static const struct v4l2_selection crop = {
	.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
	.target = V4L2_SEL_TGT_CROP,
	.r = { 1000, 1000, 640, 480 },
};

static const struct v4l2_streamparm slow = {
	.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
	.parm.capture.timeperframe = { 1, 10 },
};

/* ------------------------------------------------------------------------
 * Events
 */

static int run_events(void)
{
	static const struct v4l2_event_subscription wanted[] = {
		{ .type = V4L2_EVENT_CTRL, .id = V4L2_CID_BRIGHTNESS,
		  .flags = V4L2_EVENT_SUB_FL_SEND_INITIAL },
		{ .type = V4L2_EVENT_EOS },
		{ .type = V4L2_EVENT_FRAME_SYNC },
		{ .type = V4L2_EVENT_SOURCE_CHANGE },
	};
	int r = 0;

	for (unsigned int i = 0; i < 4 && !r; i++) {
		struct v4l2_event_subscription subscription = wanted[i];

		r = target_call(VIDIOC_SUBSCRIBE_EVENT, &subscription);
	}
	return r;
}

/* The first value comes with the subscription. */
static void check_events(int r)
{
	struct v4l2_event event;

	while (r == 0 && target_call(VIDIOC_DQEVENT, &event) == 0)
		if (event.type == V4L2_EVENT_CTRL)
			return;
	if (r == 0)
		fail("no event was sent");
}

static void undo_events(void)
{
	struct v4l2_event_subscription all = { .type = V4L2_EVENT_ALL };

	must(target_call(VIDIOC_UNSUBSCRIBE_EVENT, &all), "UNSUBSCRIBE_EVENT");
}

/* ------------------------------------------------------------------------
 * The graph
 */

static int run_topology(void)
{
	static struct media_v2_entity entities[16];
	static struct media_v2_interface interfaces[16];
	static struct media_v2_pad pads[32];
	static struct media_v2_link links[32];
	struct media_v2_topology topology = {
		.num_entities = 16,
		.ptr_entities = (uintptr_t)entities,
		.num_interfaces = 16,
		.ptr_interfaces = (uintptr_t)interfaces,
		.num_pads = 32,
		.ptr_pads = (uintptr_t)pads,
		.num_links = 32,
		.ptr_links = (uintptr_t)links,
	};
	int r = target_call(MEDIA_IOC_G_TOPOLOGY, &topology);

	if (r == 0 && topology.num_entities != 10)
		fail("%u entities, not 10", topology.num_entities);
	return r;
}

static int run_entities(void)
{
	struct media_entity_desc entity = { .id = MEDIA_ENT_ID_FLAG_NEXT };
	struct media_pad_desc pads[8];
	struct media_link_desc links[8];
	struct media_links_enum wanted = { .pads = pads, .links = links };
	int r = target_call(MEDIA_IOC_ENUM_ENTITIES, &entity);

	wanted.entity = entity.id;
	return r ? r : target_call(MEDIA_IOC_ENUM_LINKS, &wanted);
}

static const struct media_device_info no_info;
static const struct v4l2_capability no_capability;

/* ------------------------------------------------------------------------ */

#define IOCTL(number, data) \
	.request = number, .argument = &data, .size = sizeof(data)

const struct operation operations[] = {
	{ .name = "open image", .run = target_open, },
	{ .name = "open scene", .node = NODE_SCENE, .run = target_open, },
	{ .name = "open media", .node = NODE_MEDIA, .run = target_open, },
	{ .name = "close", .stage = STAGE_QUEUED, .run = run_close, },
	{ .name = "close streaming", .stage = STAGE_STREAMING,
	  .run = run_close, .check = check_close, },
	{ .name = "QUERYCAP", .stage = STAGE_OPEN,
	  IOCTL(VIDIOC_QUERYCAP, no_capability), },
	{ .name = "S_FMT", .stage = STAGE_OPEN, IOCTL(VIDIOC_S_FMT, smaller), },
	{ .name = "S_SELECTION", .stage = STAGE_OPEN,
	  IOCTL(VIDIOC_S_SELECTION, crop), },
	{ .name = "S_PARM", .stage = STAGE_OPEN,
	  IOCTL(VIDIOC_S_PARM, slow), },
	{ .name = "REQBUFS MMAP", .stage = STAGE_OPEN, .run = run_request,
	  .check = check_request, },
	{ .name = "REQBUFS USERPTR", .memory = V4L2_MEMORY_USERPTR,
	  .stage = STAGE_OPEN, .virtual_only = true, .run = run_request,
	  .check = check_request, },
	{ .name = "REQBUFS DMABUF", .memory = V4L2_MEMORY_DMABUF,
	  .stage = STAGE_OPEN, .run = run_request, .check = check_request, },
	{ .name = "REQBUFS meta", .node = NODE_META, .stage = STAGE_OPEN,
	  .run = run_request, .check = check_request, },
	{ .name = "REQBUFS scene", .node = NODE_SCENE, .stage = STAGE_OPEN,
	  .run = run_request, .check = check_request, },
	{ .name = "REQBUFS crops", .node = NODE_CROPS, .stage = STAGE_OPEN,
	  .run = run_request, .check = check_request, },
	{ .name = "REQBUFS network", .node = NODE_NETWORK, .stage = STAGE_OPEN,
	  .run = run_request, .check = check_request, },
	{ .name = "REQBUFS of none", .stage = STAGE_QUEUED,
	  .run = run_request_none, .check = check_none, },
	{ .name = "CREATE_BUFS", .stage = STAGE_BUFFERS, .run = run_create,
	  .check = check_create, },
	{ .name = "PREPARE_BUF USERPTR", .memory = V4L2_MEMORY_USERPTR,
	  .stage = STAGE_BUFFERS, .virtual_only = true,
	  .run = run_prepare_buf, },
	{ .name = "QBUF MMAP", .stage = STAGE_BUFFERS, .run = run_queue,
	  .check = check_queue, },
	{ .name = "QBUF USERPTR", .memory = V4L2_MEMORY_USERPTR,
	  .stage = STAGE_BUFFERS, .virtual_only = true, .run = run_queue,
	  .check = check_queue, },
	{ .name = "QBUF DMABUF", .memory = V4L2_MEMORY_DMABUF,
	  .stage = STAGE_BUFFERS, .run = run_queue, .check = check_queue, },
	{ .name = "QBUF scene", .node = NODE_SCENE, .stage = STAGE_BUFFERS,
	  .run = run_queue, .check = check_queue, },
	{ .name = "QBUF scene USERPTR", .node = NODE_SCENE,
	  .memory = V4L2_MEMORY_USERPTR, .stage = STAGE_BUFFERS,
	  .virtual_only = true, .run = run_queue, .check = check_queue, },
	{ .name = "EXPBUF", .stage = STAGE_BUFFERS, .run = run_export, },
	{ .name = "mmap", .stage = STAGE_BUFFERS, .run = run_mmap, },
	{ .name = "STREAMON", .stage = STAGE_QUEUED, .run = run_stream_on,
	  .check = check_stream_on, },
	{ .name = "STREAMON asleep", .stage = STAGE_QUEUED, .asleep = true,
	  .run = run_stream_on, .check = check_stream_on, },
	{ .name = "STREAMON meta", .node = NODE_META, .stage = STAGE_QUEUED,
	  .run = run_stream_on, .check = check_stream_on, },
	{ .name = "STREAMON tensor", .node = NODE_TENSOR, .stage = STAGE_QUEUED,
	  .run = run_stream_on, .check = check_stream_on, },
	{ .name = "STREAMOFF", .stage = STAGE_STREAMING, .run = run_stream_off,
	  .check = check_stream_off, },
	{ .name = "read", .stage = STAGE_OPEN, .run = run_read, },
	{ .name = "write", .node = NODE_SCENE, .stage = STAGE_OPEN,
	  .run = run_write, },
	{ .name = "S_CTRL", .stage = STAGE_OPEN, .asleep = true,
	  .run = run_control, .undo = reset_controls, },
	{ .name = "S_CTRL streaming", .stage = STAGE_STREAMING,
	  .run = run_control, .check = check_still_streaming,
	  .undo = reset_controls, },
	{ .name = "S_EXT_CTRLS streaming", .stage = STAGE_STREAMING,
	  .run = run_controls, .check = check_still_streaming,
	  .undo = reset_controls, },
	{ .name = "G_EXT_CTRLS streaming", .stage = STAGE_STREAMING,
	  .run = run_get_controls, .check = check_still_streaming, },
	{ .name = "SUBSCRIBE_EVENT", .stage = STAGE_OPEN, .run = run_events,
	  .check = check_events, .undo = undo_events, },
	{ .name = "DEVICE_INFO", .node = NODE_MEDIA, .stage = STAGE_OPEN,
	  IOCTL(MEDIA_IOC_DEVICE_INFO, no_info), },
	{ .name = "G_TOPOLOGY", .node = NODE_MEDIA, .stage = STAGE_OPEN,
	  .run = run_topology, },
	{ .name = "ENUM_LINKS", .node = NODE_MEDIA, .stage = STAGE_OPEN,
	  .run = run_entities, },
	{ .name = "unbind", .run = device_unbind, .check = check_unbind,
	  .undo = undo_unbind, },
	/* On PCIe the kernel fails in pci_alloc_irq_vectors(), too. */
	{ .name = "bind", .filtered = true, .virtual_only = true,
	  .prepare = prepare_bind, .run = device_bind, .check = check_bind, },
	{ .name = NULL },
};
