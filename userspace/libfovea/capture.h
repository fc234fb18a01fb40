/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streaming from and to V4L2 nodes: pictures and metadata coming in, scenes
 * going out, each frame under its 64-bit id. Works with any camera; on an FS-1
 * the id is the device's own.
 */
#ifndef LIBFOVEA_CAPTURE_H
#define LIBFOVEA_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libfovea/discover.h"

#define FOVEA_BUFFERS_MAX 32u

/** struct fovea_stream - an open node and its buffers */
struct fovea_stream;

/**
 * struct fovea_image_format - what a picture's bytes mean
 * @fourcc: V4L2_PIX_FMT_*
 * @width: pixels
 * @height: lines
 * @stride: bytes from line to line, first plane
 * @size: bytes of a picture
 * @interval: nanoseconds from frame to frame; 0: the device does not say
 * @full_range: luma goes from 0 to 255 rather than 16 to 235
 */
struct fovea_image_format {
	uint32_t fourcc;
	uint32_t width;
	uint32_t height;
	uint32_t stride;
	uint32_t size;
	uint64_t interval;
	bool full_range;
};

/**
 * struct fovea_image_request - what is asked of a node; 0: as it is
 * @formats: V4L2_PIX_FMT_*, the best first, ending with 0; NULL: those with a
 *	luma plane or YUYV: NV12, YU12, YUYV, GREY
 * @width: pixels
 * @height: lines
 * @interval: nanoseconds from frame to frame
 */
struct fovea_image_request {
	const uint32_t *formats;
	uint32_t width;
	uint32_t height;
	uint64_t interval;
};

/**
 * struct fovea_frame - a filled buffer
 * @id: of the frame, 64 bit; see fovea_stream_open() for other cameras
 * @timestamp: CLOCK_MONOTONIC, ns: start of frame on an FS-1; other cameras
 *	may mean the end
 * @missed: frames of the sensor between the one before and this
 * @broken: the driver says the contents are damaged
 * @index: of the buffer
 * @data: its bytes; valid until fovea_stream_release()
 * @size: how many
 */
struct fovea_frame {
	uint64_t id;
	uint64_t timestamp;
	uint64_t missed;
	bool broken;
	unsigned int index;
	const uint8_t *data;
	size_t size;
};

/**
 * fovea_stream_open() - open a node for streaming
 * @path: of the device file
 * @role: any but FOVEA_NODE_OTHER and FOVEA_NODE_NETWORK (libfovea/loader.h)
 * @ids_after: for cameras that are no FS-1: all ids will be larger than this.
 *	Such a camera's first id is seconds of CLOCK_REALTIME << 32, and ids
 *	follow its sequence numbers from there
 * @ret_stream: the caller's, ends by fovea_stream_close()
 *
 * Return: 0; -ENOTTY when the node has another role; -ENOENT, -ENODEV, -EBUSY,
 * -EACCES, -ENOMEM, ...
 */
int fovea_stream_open(const char *path, enum fovea_node_role role,
		      uint64_t ids_after, struct fovea_stream **ret_stream);

/** fovea_stream_close() - stop and free; NULL is fine; returns NULL */
struct fovea_stream *fovea_stream_close(struct fovea_stream *stream);

/**
 * fovea_stream_set_image() - agree on a format (image and output nodes)
 * @stream: not started
 * @request: what is wanted; the device may give another size and interval
 *
 * Return: 0 with fovea_stream_format() valid; -EINVAL when the device has none
 * of the formats; -EBUSY when somebody else streams.
 */
int fovea_stream_set_image(struct fovea_stream *stream,
			   const struct fovea_image_request *request);

/**
 * fovea_stream_set_size() - agree on the size of buffers (metadata, tensors, crops)
 * @stream: not started
 * @size: bytes that a buffer should have
 *
 * Return: the bytes that it will have, which may be fewer or more; or a negative
 * errno.
 */
int64_t fovea_stream_set_size(struct fovea_stream *stream, uint32_t size);

/** fovea_stream_format() - what was agreed on */
const struct fovea_image_format *
fovea_stream_format(const struct fovea_stream *stream);

/**
 * fovea_stream_start() - allocate buffers and start
 * @stream: with a format, if it is of pictures
 * @buffers: wanted, 2 to FOVEA_BUFFERS_MAX; the device may give more or fewer
 *
 * A capture stream's buffers are all queued then; an output stream's are the
 * caller's, to be filled and given to fovea_stream_submit().
 *
 * Return: 0 or a negative errno; then nothing is allocated.
 */
int fovea_stream_start(struct fovea_stream *stream, unsigned int buffers);

/** fovea_stream_stop() - stop and free the buffers; frames taken are gone */
void fovea_stream_stop(struct fovea_stream *stream);

/**
 * fovea_stream_set_control() - set an integer control of the node
 * @stream: of any role
 * @id: V4L2_CID_*
 * @value: the driver may refuse it (-ERANGE)
 *
 * Return: 0; -EINVAL: it has no such control; or another negative errno.
 */
int fovea_stream_set_control(struct fovea_stream *stream, uint32_t id,
			     int32_t value);

/** fovea_stream_fd() - poll it: POLLIN, of an output POLLOUT; POLLERR: lost */
int fovea_stream_fd(const struct fovea_stream *stream);

/** fovea_stream_buffers() - how many buffers the started stream has */
unsigned int fovea_stream_buffers(const struct fovea_stream *stream);

/**
 * fovea_stream_take() - take the next finished buffer
 * @stream: started
 * @ret_frame: the frame; of an output the first frame that shows the buffer
 *
 * Return: 0; -EAGAIN when none is ready; -EPIPE when the stream has ended;
 * -ENODEV when the device is gone; -EIO when it failed.
 */
int fovea_stream_take(struct fovea_stream *stream,
		      struct fovea_frame *ret_frame);

/**
 * fovea_stream_release() - give a taken buffer back to be filled again
 * @stream: started, capturing
 * @frame: from fovea_stream_take(); its data is invalid afterwards
 *
 * Return: 0 or a negative errno.
 */
int fovea_stream_release(struct fovea_stream *stream,
			 const struct fovea_frame *frame);

/**
 * fovea_stream_memory() - a buffer of an output stream, to be filled
 * @stream: started, output
 * @index: below fovea_stream_buffers(), not submitted or taken back since
 * @ret_size: bytes it holds
 *
 * Return: its memory, which lives until fovea_stream_stop().
 */
uint8_t *fovea_stream_memory(struct fovea_stream *stream, unsigned int index,
			     size_t *ret_size);

/**
 * fovea_stream_submit() - give a filled buffer to an output stream
 * @stream: started, output
 * @index: of the buffer
 * @size: bytes filled
 *
 * Return: 0 or a negative errno (-EINVAL: the size does not suit).
 */
int fovea_stream_submit(struct fovea_stream *stream, unsigned int index,
			size_t size);

/**
 * fovea_stream_watch_frames() - hear of each frame's start
 * @stream: of an FS-1, capturing role; need not be started: it is enough that
 *	somebody streams from the node
 *
 * Events make fovea_stream_fd() ready with POLLPRI.
 *
 * Return: 0, -EINVAL when the node has no such event, or a negative errno.
 */
int fovea_stream_watch_frames(struct fovea_stream *stream);

/**
 * fovea_stream_take_frame_start() - the oldest event not taken yet
 * @stream: being watched
 * @ret_sequence: low 32 bits of the frame's id
 *
 * Return: 0, -EAGAIN when there is none, or a negative errno.
 */
int fovea_stream_take_frame_start(struct fovea_stream *stream,
				  uint32_t *ret_sequence);

#endif /* LIBFOVEA_CAPTURE_H */
