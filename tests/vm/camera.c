// SPDX-License-Identifier: Apache-2.0
/*
 * Image and metadata, streamed together and checked against each other. The
 * picture's checksum is computed as soon as it is there and its buffer goes back
 * to the driver at once; what meets its partner later is only a note.
 */
#include "camera.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/fovea.h>
#include <linux/videodev2.h>

#include "fovea-agent/crc32c.h"

/* Further ones are only counted. */
#define COMPLAINTS_SHOWN 20
/* Stream 1 of the metadata's checksums is the image. */
#define IMAGE_STREAM 1
/* What two clocks may be apart that are set by each other now and then, us. */
#define CLOCK_SLACK 5000

uint64_t camera_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

__attribute__((format(printf, 3, 4)))
static void complain(struct camera *camera, const struct camera_node *node,
		     const char *format, ...)
{
	va_list arguments;

	camera->counts.bad++;
	if (++camera->complaints > COMPLAINTS_SHOWN)
		return;
	fprintf(stderr, "%s: ", node->path);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

static int call(const struct camera_node *node, unsigned long request,
		void *argument, const char *what)
{
	int r;

	if (ioctl(node->fd, request, argument) == 0)
		return 0;
	r = -errno;
	fprintf(stderr, "%s: %s: %s\n", node->path, what, strerror(-r));
	return r;
}

/* ------------------------------------------------------------------------
 * Set-up
 */

static int set_format(struct camera_node *node, const char *name,
		      uint32_t width, uint32_t height)
{
	struct v4l2_format format = { .type = node->type };
	struct v4l2_pix_format *pix = &format.fmt.pix;
	/* The shortest there is. */
	struct v4l2_streamparm parameters = {
		.type = node->type,
		.parm.capture.timeperframe = { 1, 1000 },
	};
	int r;

	pix->width = width;
	pix->height = height;
	pix->pixelformat = v4l2_fourcc(name[0], name[1], name[2], name[3]);
	r = call(node, VIDIOC_S_FMT, &format, "S_FMT");
	if (r)
		return r;
	if (pix->width != width || pix->height != height) {
		fprintf(stderr, "%s: offers %ux%u instead\n", node->path,
			pix->width, pix->height);
		return -EINVAL;
	}
	node->size = pix->sizeimage;
	return call(node, VIDIOC_S_PARM, &parameters, "S_PARM");
}

static int map_buffers(struct camera_node *node)
{
	struct v4l2_requestbuffers request = {
		.count = CAMERA_BUFFERS,
		.type = node->type,
		.memory = V4L2_MEMORY_MMAP,
	};
	int r;

	r = call(node, VIDIOC_REQBUFS, &request, "REQBUFS");
	if (r)
		return r;
	if (request.count != CAMERA_BUFFERS) {
		fprintf(stderr, "%s: %u buffers, not %d\n", node->path,
			request.count, CAMERA_BUFFERS);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < CAMERA_BUFFERS; i++) {
		struct v4l2_buffer buffer = {
			.index = i,
			.type = node->type,
			.memory = V4L2_MEMORY_MMAP,
		};
		void *start;

		r = call(node, VIDIOC_QUERYBUF, &buffer, "QUERYBUF");
		if (r)
			return r;
		start = mmap(NULL, buffer.length, PROT_READ, MAP_SHARED,
			     node->fd, buffer.m.offset);
		if (start == MAP_FAILED) {
			perror(node->path);
			return -ENOMEM;
		}
		node->buffer[i].start = start;
		node->buffer[i].length = buffer.length;
		node->buffer[i].ours = true;
	}
	return 0;
}

int camera_open(struct camera *camera, const char *image, const char *meta,
		const char *fourcc, uint32_t width, uint32_t height)
{
	struct camera_node *node = camera->node;
	struct v4l2_control checksum = {
		.id = V4L2_CID_FOVEA_CHECKSUM,
		.value = 1,
	};
	int r;

	node[CAMERA_IMAGE].path = image;
	node[CAMERA_IMAGE].type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	node[CAMERA_META].path = meta;
	node[CAMERA_META].type = V4L2_BUF_TYPE_META_CAPTURE;
	for (int i = 0; i < CAMERA_NODES; i++)
		node[i].fd = -1;
	for (int i = 0; i < CAMERA_NODES; i++) {
		node[i].fd = open(node[i].path,
				  O_RDWR | O_CLOEXEC | O_NONBLOCK);
		if (node[i].fd < 0) {
			r = -errno;
			perror(node[i].path);
			return r;
		}
	}
	r = set_format(&node[CAMERA_IMAGE], fourcc, width, height);
	if (r)
		return r;
	r = call(&node[CAMERA_IMAGE], VIDIOC_S_CTRL, &checksum, "checksum");
	for (int i = 0; i < CAMERA_NODES && r == 0; i++)
		r = map_buffers(&node[i]);
	return r;
}

int camera_subscribe(struct camera *camera)
{
	struct v4l2_event_subscription wanted = {
		.type = V4L2_EVENT_FOVEA_RECOVERY,
	};

	return call(&camera->node[CAMERA_IMAGE], VIDIOC_SUBSCRIBE_EVENT,
		    &wanted, "SUBSCRIBE_EVENT");
}

static int give(struct camera_node *node, uint32_t index)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = node->type,
		.memory = V4L2_MEMORY_MMAP,
	};
	int r;

	r = call(node, VIDIOC_QBUF, &buffer, "QBUF");
	node->buffer[index].ours = r != 0;
	return r;
}

static int start_node(struct camera_node *node)
{
	int r;

	for (uint32_t i = 0; i < CAMERA_BUFFERS; i++) {
		if (!node->buffer[i].ours)
			continue;
		r = give(node, i);
		if (r)
			return r;
	}
	r = call(node, VIDIOC_STREAMON, &node->type, "STREAMON");
	node->streaming = r == 0;
	node->last_id = 0;
	node->last_time = 0;
	memset(node->note, 0, sizeof(node->note));
	return r;
}

int camera_start(struct camera *camera)
{
	int r;

	camera->last_pair = 0;
	r = start_node(&camera->node[CAMERA_META]);
	if (r)
		return r;
	return start_node(&camera->node[CAMERA_IMAGE]);
}

int camera_stop(struct camera *camera)
{
	int r = 0;

	for (int i = 0; i < CAMERA_NODES; i++) {
		struct camera_node *node = &camera->node[i];
		int r2;

		if (!node->streaming)
			continue;
		node->streaming = false;
		r2 = call(node, VIDIOC_STREAMOFF, &node->type, "STREAMOFF");
		if (r == 0)
			r = r2;
		for (int j = 0; j < CAMERA_BUFFERS; j++)
			node->buffer[j].ours = true;
	}
	return r;
}

void camera_close(struct camera *camera)
{
	camera_stop(camera);
	for (int i = 0; i < CAMERA_NODES; i++) {
		struct camera_node *node = &camera->node[i];

		for (int j = 0; j < CAMERA_BUFFERS; j++)
			if (node->buffer[j].start)
				munmap(node->buffer[j].start,
				       node->buffer[j].length);
		if (node->fd >= 0)
			close(node->fd);
	}
}

/* ------------------------------------------------------------------------
 * Pairs
 */

static void pair_is_there(struct camera *camera)
{
	const uint64_t now = camera_now();

	if (camera->last_pair &&
	    now - camera->last_pair > camera->counts.worst_pause)
		camera->counts.worst_pause = now - camera->last_pair;
	camera->last_pair = now;
	camera->counts.frames++;
}

static void compare(struct camera *camera, const struct camera_note *image,
		    const struct camera_note *meta)
{
	const struct camera_node *node = &camera->node[CAMERA_IMAGE];

	if (image->crc != meta->crc)
		complain(camera, node, "frame %016" PRIx64
			 " has CRC-32C %08x, its metadata says %08x",
			 image->id, image->crc, meta->crc);
	else if (image->time != meta->time)
		complain(camera, node, "frame %016" PRIx64 " is of %" PRIu64
			 " us, its metadata of %" PRIu64, image->id,
			 image->time, meta->time);
	else
		pair_is_there(camera);
}

/*
 * Whoever comes second compares. Ids grow in each stream, so an image that later
 * metadata has passed will never have any.
 */
static void meet(struct camera *camera, int which, struct camera_note note)
{
	struct camera_node *node = &camera->node[which];
	struct camera_node *other = &camera->node[!which];
	struct camera_note *place;

	for (unsigned int i = 0; i < CAMERA_NOTES; i++) {
		struct camera_note *partner = &other->note[i];

		if (!partner->open || partner->id > note.id)
			continue;
		partner->open = false;
		if (partner->id < note.id) {
			camera->counts.alone += which == CAMERA_META;
			continue;
		}
		if (which == CAMERA_IMAGE)
			compare(camera, &note, partner);
		else
			compare(camera, partner, &note);
		note.open = false;
	}
	if (!note.open)
		return;
	place = &node->note[node->next_note++ % CAMERA_NOTES];
	*place = note;
}

/* ------------------------------------------------------------------------
 * Buffers
 */

/* The block with the checksums; NULL when the metadata has none or is wrong. */
static const struct fovea_meta_checksum *
find_checksum(const unsigned char *start, uint32_t length)
{
	const struct fovea_meta_header *header = (const void *)start;
	uint32_t at = header->header_size;

	while (at % 8 == 0 &&
	       at + sizeof(struct fovea_meta_block) <= length) {
		const struct fovea_meta_block *block =
			(const void *)(start + at);

		if (block->size < sizeof(*block) || block->size > length - at)
			return NULL;
		if (block->type == FOVEA_META_CHECKSUM)
			return block->size < sizeof(struct fovea_meta_checksum)
				? NULL : (const void *)block;
		at += block->size;
	}
	return NULL;
}

static const char *check_meta(const struct camera_node *node,
			      const struct v4l2_buffer *buffer,
			      struct camera_note *note)
{
	const void *start = node->buffer[buffer->index].start;
	const struct fovea_meta_header *header = start;
	const struct fovea_meta_checksum *checksum;

	if (buffer->bytesused < sizeof(*header) ||
	    header->magic != FOVEA_META_MAGIC ||
	    header->total_size != buffer->bytesused)
		return "is no metadata of its length";
	if (header->frame_id != note->id)
		return "holds the metadata of another frame";
	if (header->timestamp / 1000 != note->time)
		return "has another time than its metadata";
	checksum = find_checksum(start, buffer->bytesused);
	if (!checksum)
		return "has no checksums";
	note->open = checksum->streams & 1 << IMAGE_STREAM;
	note->crc = checksum->crc32c[IMAGE_STREAM];
	return NULL;
}

static const char *check_order(const struct camera_node *node,
			       const struct camera_note *note)
{
	if (node->last_id && note->id <= node->last_id)
		return "came after one with a later id";
	if (node->last_id && note->time + CLOCK_SLACK <= node->last_time)
		return "is of an earlier time than the one before";
	if (note->time > camera_now() / 1000 + CLOCK_SLACK)
		return "is of the future";
	return NULL;
}

static const char *check_buffer(struct camera *camera, int which,
				const struct v4l2_buffer *buffer,
				struct camera_note *note)
{
	struct camera_node *node = &camera->node[which];
	const char *wrong;

	if (!(buffer->flags & V4L2_BUF_FLAG_TIMECODE))
		return "has no id";
	if (node->size && buffer->bytesused != node->size)
		return "has a wrong length";
	if (which == CAMERA_META)
		wrong = check_meta(node, buffer, note);
	else
		wrong = NULL;
	return wrong ? wrong : check_order(node, note);
}

static void check(struct camera *camera, int which,
		  const struct v4l2_buffer *buffer)
{
	struct camera_node *node = &camera->node[which];
	struct camera_note note = {
		.id = fovea_frame_id(buffer->sequence,
				     buffer->timecode.userbits),
		.time = (uint64_t)buffer->timestamp.tv_sec * 1000000 +
			(uint64_t)buffer->timestamp.tv_usec,
	};
	const char *wrong;

	if (buffer->flags & V4L2_BUF_FLAG_ERROR) {
		camera->counts.broken++;
		return;
	}
	wrong = check_buffer(camera, which, buffer, &note);
	if (wrong) {
		complain(camera, node, "frame %016" PRIx64 " of %u bytes, %"
			 PRIu64 " us, behind %016" PRIx64 ", %" PRIu64
			 " us: %s", note.id, buffer->bytesused, note.time,
			 node->last_id, node->last_time, wrong);
		return;
	}
	if (which == CAMERA_IMAGE) {
		note.open = true;
		note.crc = crc32c(0, node->buffer[buffer->index].start,
				  buffer->bytesused);
		if (node->last_id && note.id != node->last_id + 1) {
			camera->counts.gaps++;
			camera->counts.lost += note.id - node->last_id - 1;
		}
	}
	node->last_id = note.id;
	node->last_time = note.time;
	/* Metadata of a frame without an image has no partner. */
	if (note.open)
		meet(camera, which, note);
}

/* Return: 1: a buffer was taken; 0: there is none; negative errno. */
static int take(struct camera *camera, int which)
{
	struct camera_node *node = &camera->node[which];
	struct v4l2_buffer buffer = {
		.type = node->type,
		.memory = V4L2_MEMORY_MMAP,
	};
	int r;

	if (ioctl(node->fd, VIDIOC_DQBUF, &buffer))
		return errno == EAGAIN ? 0 : -errno;
	if (buffer.index >= CAMERA_BUFFERS) {
		complain(camera, node, "buffer %u was never asked for",
			 buffer.index);
		return -EPROTO;
	}
	node->buffer[buffer.index].ours = true;
	node->buffer[buffer.index].back = true;
	check(camera, which, &buffer);
	r = give(node, buffer.index);
	return r ? r : 1;
}

static void take_event(struct camera *camera)
{
	struct v4l2_event event;
	struct fovea_event_recovery recovery;

	while (ioctl(camera->node[CAMERA_IMAGE].fd, VIDIOC_DQEVENT,
		     &event) == 0) {
		if (event.type != V4L2_EVENT_FOVEA_RECOVERY)
			continue;
		memcpy(&recovery, event.u.data, sizeof(recovery));
		if (!recovery.stage || recovery.stage >= CAMERA_STAGES) {
			complain(camera, &camera->node[CAMERA_IMAGE],
				 "event of the unknown stage %u",
				 recovery.stage);
			continue;
		}
		camera->counts.events[recovery.stage]++;
		if (recovery.stage == FOVEA_RECOVERY_DONE)
			camera->counts.recovery_us += recovery.duration_us;
	}
}

int camera_step(struct camera *camera, int timeout)
{
	struct pollfd polled[CAMERA_NODES];
	int r = 0;

	for (int i = 0; i < CAMERA_NODES; i++)
		polled[i] = (struct pollfd){
			.fd = camera->node[i].fd,
			.events = POLLIN | POLLPRI,
		};
	r = poll(polled, CAMERA_NODES, timeout);
	if (r < 0)
		return -errno;
	if (r == 0)
		return -ETIMEDOUT;
	if (polled[CAMERA_IMAGE].revents & POLLPRI)
		take_event(camera);
	for (int i = 0; i < CAMERA_NODES; i++) {
		if (!(polled[i].revents & (POLLIN | POLLERR | POLLHUP)))
			continue;
		do
			r = take(camera, i);
		while (r > 0);
		if (r < 0)
			return r;
	}
	return 0;
}

void camera_expect_all(struct camera *camera)
{
	for (int i = 0; i < CAMERA_NODES; i++)
		for (int j = 0; j < CAMERA_BUFFERS; j++)
			camera->node[i].buffer[j].back = false;
}

bool camera_all_back(const struct camera *camera)
{
	for (int i = 0; i < CAMERA_NODES; i++)
		for (int j = 0; j < CAMERA_BUFFERS; j++)
			if (!camera->node[i].buffer[j].back)
				return false;
	return true;
}
