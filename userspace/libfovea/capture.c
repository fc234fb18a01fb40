// SPDX-License-Identifier: Apache-2.0
/*
 * V4L2 streaming with memory-mapped buffers, single-planar.
 *
 * Invariants:
 * - buffer[0..count) are mapped exactly while the stream is started.
 * - Frame ids of one stream rise. The driver's 32-bit sequence is extended to
 *   64 bits by its distance from the last one, so a wrap is no gap.
 * - What the driver reports (index, bytes used) is checked against what was
 *   mapped before it is believed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fovea.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include "libfovea/capture.h"
#include "libfovea/cleanup.h"

#define NS_PER_S 1000000000ull

struct buffer {
	uint8_t *memory;
	size_t size;
};

struct fovea_stream {
	int fd;
	enum fovea_node_role role;
	uint32_t type;			/* V4L2_BUF_TYPE_* */
	struct fovea_image_format format;
	struct buffer buffer[FOVEA_BUFFERS_MAX];
	unsigned int count;
	bool streaming;
	bool own_ids;			/* an FS-1 numbers its frames itself */
	bool have_last;
	uint64_t last_id;
	uint64_t ids_after;
};

static const uint32_t default_formats[] = {
	V4L2_PIX_FMT_NV12,
	V4L2_PIX_FMT_YUV420,
	V4L2_PIX_FMT_YUYV,
	V4L2_PIX_FMT_GREY,
	0,
};

static int xioctl(int fd, unsigned long request, void *argument)
{
	int r;

	do {
		r = ioctl(fd, request, argument);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static uint32_t type_of(enum fovea_node_role role)
{
	switch (role) {
	case FOVEA_NODE_META:
	case FOVEA_NODE_TENSOR:
	case FOVEA_NODE_CROPS:
		return V4L2_BUF_TYPE_META_CAPTURE;
	case FOVEA_NODE_OUTPUT:
		return V4L2_BUF_TYPE_VIDEO_OUTPUT;
	default:
		return V4L2_BUF_TYPE_VIDEO_CAPTURE;
	}
}

int fovea_stream_open(const char *path, enum fovea_node_role role,
		      uint64_t ids_after, struct fovea_stream **ret_stream)
{
	struct fovea_stream *stream;
	struct fovea_node node;
	int r;

	r = fovea_discover_node(path, &node);
	if (r < 0)
		return r;
	if (node.role != role || role == FOVEA_NODE_OTHER ||
	    role == FOVEA_NODE_NETWORK)
		return -ENOTTY;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return -ENOMEM;
	stream->role = role;
	stream->type = type_of(role);
	stream->ids_after = ids_after;
	stream->own_ids = strcmp(node.driver, FOVEA_DRIVER_NAME) == 0;
	stream->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (stream->fd < 0) {
		r = -errno;
		free(stream);
		return r;
	}
	*ret_stream = stream;
	return 0;
}

struct fovea_stream *fovea_stream_close(struct fovea_stream *stream)
{
	if (!stream)
		return NULL;
	fovea_stream_stop(stream);
	fovea_close(stream->fd);
	free(stream);
	return NULL;
}

int fovea_stream_fd(const struct fovea_stream *stream)
{
	return stream->fd;
}

unsigned int fovea_stream_buffers(const struct fovea_stream *stream)
{
	return stream->count;
}

const struct fovea_image_format *
fovea_stream_format(const struct fovea_stream *stream)
{
	return &stream->format;
}

/*
 * BT.601 full range is what a JPEG file means, so it is asked for; a device
 * that can't convert says so by what it returns.
 */
static int try_format(struct fovea_stream *stream, uint32_t fourcc,
		      const struct fovea_image_request *request,
		      struct v4l2_pix_format *ret_pix)
{
	struct v4l2_format format = { .type = stream->type };
	int r;

	r = xioctl(stream->fd, VIDIOC_G_FMT, &format);
	if (r < 0)
		return r;
	format.fmt.pix.pixelformat = fourcc;
	if (request->width && request->height) {
		format.fmt.pix.width = request->width;
		format.fmt.pix.height = request->height;
	}
	format.fmt.pix.field = V4L2_FIELD_NONE;
	format.fmt.pix.bytesperline = 0;
	format.fmt.pix.sizeimage = 0;
	if (stream->role == FOVEA_NODE_IMAGE) {
		format.fmt.pix.flags = V4L2_PIX_FMT_FLAG_SET_CSC;
		format.fmt.pix.ycbcr_enc = V4L2_YCBCR_ENC_601;
		format.fmt.pix.quantization = V4L2_QUANTIZATION_FULL_RANGE;
	}
	r = xioctl(stream->fd, VIDIOC_S_FMT, &format);
	if (r < 0)
		return r;
	if (format.fmt.pix.pixelformat != fourcc)
		return -EINVAL;
	*ret_pix = format.fmt.pix;
	return 0;
}

static bool is_full_range(const struct v4l2_pix_format *pix)
{
	uint32_t quantization = pix->quantization;

	if (quantization == V4L2_QUANTIZATION_DEFAULT)
		quantization = V4L2_MAP_QUANTIZATION_DEFAULT(false,
				pix->colorspace, pix->ycbcr_enc);
	return quantization == V4L2_QUANTIZATION_FULL_RANGE ||
	       pix->pixelformat == V4L2_PIX_FMT_GREY;
}

static uint64_t set_interval(struct fovea_stream *stream, uint64_t interval)
{
	struct v4l2_streamparm parameters = { .type = stream->type };
	const struct v4l2_fract *fract = &parameters.parm.capture.timeperframe;

	if (xioctl(stream->fd, VIDIOC_G_PARM, &parameters) < 0)
		return 0;
	if (interval) {
		parameters.parm.capture.timeperframe.numerator =
			(uint32_t)(interval / 1000);
		parameters.parm.capture.timeperframe.denominator = 1000000;
		if (xioctl(stream->fd, VIDIOC_S_PARM, &parameters) < 0)
			return 0;
	}
	if (fract->denominator == 0)
		return 0;
	return fract->numerator * NS_PER_S / fract->denominator;
}

int fovea_stream_set_image(struct fovea_stream *stream,
			   const struct fovea_image_request *request)
{
	const uint32_t *fourcc = request->formats ? request->formats
						  : default_formats;
	struct v4l2_pix_format pix = { 0 };
	int r = -EINVAL;

	for (; *fourcc && r == -EINVAL; fourcc++)
		r = try_format(stream, *fourcc, request, &pix);
	if (r < 0)
		return r;
	stream->format = (struct fovea_image_format){
		.fourcc = pix.pixelformat,
		.width = pix.width,
		.height = pix.height,
		.stride = pix.bytesperline ? pix.bytesperline : pix.width,
		.size = pix.sizeimage,
		.full_range = is_full_range(&pix),
	};
	if (stream->role == FOVEA_NODE_IMAGE)
		stream->format.interval = set_interval(stream,
						       request->interval);
	return 0;
}

int64_t fovea_stream_set_size(struct fovea_stream *stream, uint32_t size)
{
	struct v4l2_format format = { .type = stream->type };
	int r;

	r = xioctl(stream->fd, VIDIOC_G_FMT, &format);
	if (r < 0)
		return r;
	format.fmt.meta.buffersize = size;
	r = xioctl(stream->fd, VIDIOC_S_FMT, &format);
	return r < 0 ? r : (int64_t)format.fmt.meta.buffersize;
}

static int map_buffer(struct fovea_stream *stream, unsigned int index)
{
	struct v4l2_buffer buffer = {
		.type = stream->type,
		.memory = V4L2_MEMORY_MMAP,
		.index = index,
	};
	void *memory;
	int r;

	r = xioctl(stream->fd, VIDIOC_QUERYBUF, &buffer);
	if (r < 0)
		return r;
	memory = mmap(NULL, buffer.length,
		      stream->role == FOVEA_NODE_OUTPUT ? PROT_READ | PROT_WRITE
							: PROT_READ,
		      MAP_SHARED, stream->fd, buffer.m.offset);
	if (memory == MAP_FAILED)
		return -errno;
	stream->buffer[index].memory = memory;
	stream->buffer[index].size = buffer.length;
	stream->count = index + 1;
	return 0;
}

static int queue_buffer(struct fovea_stream *stream, unsigned int index,
			uint32_t bytes)
{
	struct v4l2_buffer buffer = {
		.type = stream->type,
		.memory = V4L2_MEMORY_MMAP,
		.index = index,
		.bytesused = bytes,
		.field = V4L2_FIELD_NONE,
	};

	return xioctl(stream->fd, VIDIOC_QBUF, &buffer);
}

static int request_buffers(struct fovea_stream *stream, unsigned int buffers,
			   unsigned int *ret_count)
{
	struct v4l2_requestbuffers request = {
		.type = stream->type,
		.memory = V4L2_MEMORY_MMAP,
		.count = buffers,
	};
	int r;

	r = xioctl(stream->fd, VIDIOC_REQBUFS, &request);
	if (r < 0)
		return r;
	if (request.count > FOVEA_BUFFERS_MAX)
		return -E2BIG;
	*ret_count = request.count;
	return 0;
}

static int start_ladder(struct fovea_stream *stream, unsigned int buffers)
{
	int type = (int)stream->type;
	unsigned int count;
	int r;

	r = request_buffers(stream, buffers, &count);
	for (unsigned int i = 0; r == 0 && i < count; i++)
		r = map_buffer(stream, i);
	for (unsigned int i = 0; r == 0 && i < count; i++)
		if (stream->role != FOVEA_NODE_OUTPUT)
			r = queue_buffer(stream, i, 0);
	if (r == 0)
		r = xioctl(stream->fd, VIDIOC_STREAMON, &type);
	return r;
}

int fovea_stream_start(struct fovea_stream *stream, unsigned int buffers)
{
	int r;

	if (stream->count || buffers < 2 || buffers > FOVEA_BUFFERS_MAX)
		return -EINVAL;
	stream->streaming = true;
	r = start_ladder(stream, buffers);
	if (r < 0) {
		fovea_stream_stop(stream);
		return r;
	}
	stream->have_last = false;
	return 0;
}

void fovea_stream_stop(struct fovea_stream *stream)
{
	int type = (int)stream->type;
	unsigned int count;

	if (!stream->streaming)
		return;
	(void)xioctl(stream->fd, VIDIOC_STREAMOFF, &type);
	for (unsigned int i = 0; i < stream->count; i++)
		(void)munmap(stream->buffer[i].memory, stream->buffer[i].size);
	stream->count = 0;
	stream->streaming = false;
	(void)request_buffers(stream, 0, &count);
}

/* The first id of a camera that has none of its own: above all given before. */
static uint64_t first_id(uint64_t ids_after, uint32_t sequence)
{
	uint64_t epoch = (uint64_t)time(NULL) & UINT32_MAX;

	if (epoch <= ids_after >> 32)
		epoch = (ids_after >> 32) + 1;
	return epoch << 32 | sequence;
}

/* A sequence that stands still or jumps back has been started anew. */
static uint64_t extended_id(const struct fovea_stream *stream,
			    uint32_t sequence)
{
	uint32_t distance = sequence - (uint32_t)stream->last_id;

	if (!stream->have_last)
		return first_id(stream->ids_after, sequence);
	if (distance == 0 || distance > INT32_MAX)
		return first_id(stream->last_id, sequence);
	return stream->last_id + distance;
}

/* Sets id and missed from what the driver numbered the buffer with. */
static void identify(struct fovea_stream *stream,
		     const struct v4l2_buffer *buffer,
		     struct fovea_frame *frame)
{
	uint64_t last = stream->last_id;

	if (stream->own_ids && buffer->flags & V4L2_BUF_FLAG_TIMECODE)
		frame->id = fovea_frame_id(buffer->sequence,
					   buffer->timecode.userbits);
	else
		frame->id = extended_id(stream, buffer->sequence);
	if (stream->have_last && frame->id > last &&
	    frame->id >> 32 == last >> 32)
		frame->missed = frame->id - last - 1;
	stream->last_id = frame->id;
	stream->have_last = true;
}

int fovea_stream_take(struct fovea_stream *stream,
		      struct fovea_frame *ret_frame)
{
	struct v4l2_buffer buffer = {
		.type = stream->type,
		.memory = V4L2_MEMORY_MMAP,
	};
	struct fovea_frame frame = { 0 };
	int r;

	r = xioctl(stream->fd, VIDIOC_DQBUF, &buffer);
	if (r < 0)
		return r;
	if (buffer.index >= stream->count)
		return -EIO;
	frame.index = buffer.index;
	frame.data = stream->buffer[buffer.index].memory;
	frame.size = buffer.bytesused;
	if (frame.size > stream->buffer[buffer.index].size)
		frame.size = stream->buffer[buffer.index].size;
	frame.broken = buffer.flags & V4L2_BUF_FLAG_ERROR;
	frame.timestamp = (uint64_t)buffer.timestamp.tv_sec * NS_PER_S +
			  (uint64_t)buffer.timestamp.tv_usec * 1000;
	identify(stream, &buffer, &frame);
	*ret_frame = frame;
	return 0;
}

int fovea_stream_release(struct fovea_stream *stream,
			 const struct fovea_frame *frame)
{
	return queue_buffer(stream, frame->index, 0);
}

uint8_t *fovea_stream_memory(struct fovea_stream *stream, unsigned int index,
			     size_t *ret_size)
{
	*ret_size = stream->buffer[index].size;
	return stream->buffer[index].memory;
}

int fovea_stream_submit(struct fovea_stream *stream, unsigned int index,
			size_t size)
{
	if (index >= stream->count || size > stream->buffer[index].size)
		return -EINVAL;
	return queue_buffer(stream, index, (uint32_t)size);
}

int fovea_stream_set_control(struct fovea_stream *stream, uint32_t id,
			     int32_t value)
{
	struct v4l2_control control = { .id = id, .value = value };

	return xioctl(stream->fd, VIDIOC_S_CTRL, &control);
}

int fovea_stream_watch_frames(struct fovea_stream *stream)
{
	struct v4l2_event_subscription subscription = {
		.type = V4L2_EVENT_FRAME_SYNC,
	};

	return xioctl(stream->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription);
}

int fovea_stream_take_frame_start(struct fovea_stream *stream,
				  uint32_t *ret_sequence)
{
	struct v4l2_event event = { 0 };
	int r;

	do {
		r = xioctl(stream->fd, VIDIOC_DQEVENT, &event);
	} while (r == 0 && event.type != V4L2_EVENT_FRAME_SYNC);
	if (r < 0)
		return r == -ENOENT ? -EAGAIN : r;
	*ret_sequence = event.u.frame_sync.frame_sequence;
	return 0;
}
