// SPDX-License-Identifier: Apache-2.0
/*
 * What a program of any word size sees of a device: prints it, for comparison
 * with what the same program of another word size, or of another time_t, sees.
 * Structures with pointers and times are those that the kernel translates.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/videodev2.h>

#define BUFFERS 4
#define FRAMES 8	/* settings are in force from the fourth one on */
#define PATIENCE 20000	/* ms */

static int fd;
static uint32_t type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
static void *start[BUFFERS];
static size_t length[BUFFERS];

static void fail(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "compat: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static void call(unsigned long request, void *argument, const char *what)
{
	if (ioctl(fd, request, argument))
		fail("%s: %s", what, strerror(errno));
}

/* A time of the kernel is one of the last seconds. */
static void check_time(int64_t seconds, const char *what)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (seconds > now.tv_sec || seconds + PATIENCE / 1000 < now.tv_sec)
		fail("%s is of second %lld, now it is %lld", what,
		     (long long)seconds, (long long)now.tv_sec);
}

static void show_capabilities(void)
{
	struct v4l2_capability capability;

	call(VIDIOC_QUERYCAP, &capability, "QUERYCAP");
	printf("%s, %s, %s, %#x, %#x\n", capability.driver, capability.card,
	       capability.bus_info, capability.capabilities,
	       capability.device_caps);
}

static void show_formats(void)
{
	struct v4l2_fmtdesc desc = { .type = type };
	struct v4l2_format format = {
		.type = type,
		.fmt.pix = {
			.width = 640,
			.height = 480,
			.pixelformat = V4L2_PIX_FMT_NV12,
		},
	};

	for (; ioctl(fd, VIDIOC_ENUM_FMT, &desc) == 0; desc.index++)
		printf("%.4s, %s\n", (const char *)&desc.pixelformat,
		       desc.description);
	call(VIDIOC_S_FMT, &format, "S_FMT");
	printf("%ux%u, %u of %u bytes\n", format.fmt.pix.width,
	       format.fmt.pix.height, format.fmt.pix.bytesperline,
	       format.fmt.pix.sizeimage);
}

/* Pointers in structures. */
static void set_controls(void)
{
	struct v4l2_ext_control control[] = {
		{ .id = V4L2_CID_BRIGHTNESS, .value = 11 },
		{ .id = V4L2_CID_TEST_PATTERN, .value = 3 },
		{ .id = V4L2_CID_PIXEL_RATE },
	};
	struct v4l2_ext_controls controls = {
		.which = V4L2_CTRL_WHICH_CUR_VAL,
		.count = 2,
		.controls = control,
	};
	struct v4l2_queryctrl query = { .id = V4L2_CID_CONTRAST };

	call(VIDIOC_S_EXT_CTRLS, &controls, "S_EXT_CTRLS");
	control[0].value = control[1].value = 0;
	controls.count = 3;
	call(VIDIOC_G_EXT_CTRLS, &controls, "G_EXT_CTRLS");
	call(VIDIOC_QUERYCTRL, &query, "QUERYCTRL");
	printf("brightness %d, pattern %d, %lld pixels/s, %s to %d\n",
	       control[0].value, control[1].value,
	       (long long)control[2].value64, query.name, query.maximum);
}

static void queue(uint32_t index)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = type,
		.memory = V4L2_MEMORY_MMAP,
	};

	call(VIDIOC_QBUF, &buffer, "QBUF");
}

static void make_buffers(void)
{
	struct v4l2_requestbuffers request = {
		.count = BUFFERS - 1,
		.type = type,
		.memory = V4L2_MEMORY_MMAP,
	};
	struct v4l2_create_buffers create = {
		.count = 1,
		.memory = V4L2_MEMORY_MMAP,
		.format.type = type,
	};

	call(VIDIOC_REQBUFS, &request, "REQBUFS");
	call(VIDIOC_G_FMT, &create.format, "G_FMT");
	call(VIDIOC_CREATE_BUFS, &create, "CREATE_BUFS");
	if (request.count != BUFFERS - 1 || create.index != BUFFERS - 1)
		fail("%u and %u buffers", request.count, create.index);
	for (uint32_t i = 0; i < BUFFERS; i++) {
		struct v4l2_buffer buffer = {
			.index = i,
			.type = type,
			.memory = V4L2_MEMORY_MMAP,
		};

		call(VIDIOC_QUERYBUF, &buffer, "QUERYBUF");
		length[i] = buffer.length;
		start[i] = mmap(NULL, buffer.length, PROT_READ, MAP_SHARED, fd,
				(off_t)buffer.m.offset);
		if (start[i] == MAP_FAILED)
			fail("mmap: %s", strerror(errno));
		queue(i);
	}
}

/* FNV-1a: any sum would do. */
static uint64_t sum(const uint8_t *data, size_t size)
{
	uint64_t value = 0xcbf29ce484222325;

	for (size_t i = 0; i < size; i++)
		value = (value ^ data[i]) * 0x100000001b3;
	return value;
}

static void await(short events, const char *what)
{
	struct pollfd polled = { .fd = fd, .events = events };

	if (poll(&polled, 1, PATIENCE) != 1 || !(polled.revents & events))
		fail("%s doesn't come", what);
}

static void show_frames(void)
{
	uint32_t sequence = 0;

	for (int frame = 0; frame < FRAMES; frame++) {
		struct v4l2_buffer buffer = {
			.type = type,
			.memory = V4L2_MEMORY_MMAP,
		};

		await(POLLIN, "a frame");
		call(VIDIOC_DQBUF, &buffer, "DQBUF");
		check_time(buffer.timestamp.tv_sec, "a frame");
		if (buffer.timestamp.tv_usec < 0 ||
		    buffer.timestamp.tv_usec > 999999 ||
		    buffer.index >= BUFFERS ||
		    buffer.bytesused != length[buffer.index] ||
		    (frame && buffer.sequence <= sequence) ||
		    !(buffer.flags & V4L2_BUF_FLAG_TIMECODE))
			fail("frame %d: buffer %u of %u bytes, sequence %u, flags %#x",
			     frame, buffer.index, buffer.bytesused,
			     buffer.sequence, buffer.flags);
		sequence = buffer.sequence;
		if (frame == FRAMES - 1)
			printf("%u bytes, sum %016llx\n", buffer.bytesused,
			       (unsigned long long)sum(start[buffer.index],
						       buffer.bytesused));
		queue(buffer.index);
	}
}

static void subscribe(uint32_t event, uint32_t id)
{
	struct v4l2_event_subscription subscription = {
		.type = event,
		.id = id,
		.flags = V4L2_EVENT_SUB_FL_SEND_INITIAL,
	};

	call(VIDIOC_SUBSCRIBE_EVENT, &subscription, "SUBSCRIBE_EVENT");
}

static void show_events(void)
{
	unsigned int seen = 0;

	while (seen != 3) {
		struct v4l2_event event;

		await(POLLPRI, "an event");
		call(VIDIOC_DQEVENT, &event, "DQEVENT");
		check_time(event.timestamp.tv_sec, "an event");
		if (event.type == V4L2_EVENT_CTRL) {
			if (event.u.ctrl.value != 11 ||
			    event.id != V4L2_CID_BRIGHTNESS)
				fail("event of control %#x: %d", event.id,
				     event.u.ctrl.value);
			seen |= 1;
		} else if (event.type == V4L2_EVENT_FRAME_SYNC) {
			seen |= 2;
		} else {
			fail("event of type %#x", event.type);
		}
	}
	puts("both events");
}

int main(void)
{
	fd = open("/dev/video0", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fail("open: %s", strerror(errno));
	fprintf(stderr, "| %zu bits, time_t of %zu, v4l2_buffer of %zu bytes\n",
		8 * sizeof(void *), 8 * sizeof(time_t),
		sizeof(struct v4l2_buffer));
	show_capabilities();
	show_formats();
	set_controls();
	make_buffers();
	subscribe(V4L2_EVENT_CTRL, V4L2_CID_BRIGHTNESS);
	subscribe(V4L2_EVENT_FRAME_SYNC, 0);
	call(VIDIOC_STREAMON, &type, "STREAMON");
	show_frames();
	show_events();
	call(VIDIOC_STREAMOFF, &type, "STREAMOFF");
	return 0;
}
