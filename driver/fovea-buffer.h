/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A buffer's life between userspace and the device.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_BUFFER_H
#define FOVEA_BUFFER_H

#include <media/videobuf2-v4l2.h>

struct fovea_stream;

/**
 * fovea_buffer_struct_size() - what videobuf2 shall allocate for each
 *
 * Return: bytes of the driver's buffer struct, for vb2_queue.buf_struct_size.
 */
size_t fovea_buffer_struct_size(void);

/**
 * fovea_buffers_submit() - give all that wait to the device
 * @stream: with an open queue; becomes FOVEA_STREAM_STARTING
 *
 * Return: 0 or a negative errno; the rest still waits then.
 */
int fovea_buffers_submit(struct fovea_stream *stream);

/**
 * fovea_buffers_return() - give all that wait to userspace
 * @stream: with its queue's lock held
 * @state: as what
 */
void fovea_buffers_return(struct fovea_stream *stream,
			  enum vb2_buffer_state state);

/**
 * fovea_buffers_return_refused() - those that the device didn't want
 * @stream: was just started, with its queue's lock held
 */
void fovea_buffers_return_refused(struct fovea_stream *stream);

/* Operations of videobuf2, see struct vb2_ops. */
int fovea_vb2_queue_setup(struct vb2_queue *vb2, unsigned int *count,
			  unsigned int *planes, unsigned int sizes[],
			  struct device *alloc_devs[]);
int fovea_vb2_buf_out_validate(struct vb2_buffer *vb);
int fovea_vb2_buf_init(struct vb2_buffer *vb);
int fovea_vb2_buf_prepare(struct vb2_buffer *vb);
void fovea_vb2_buf_finish(struct vb2_buffer *vb);
void fovea_vb2_buf_cleanup(struct vb2_buffer *vb);
void fovea_vb2_buf_queue(struct vb2_buffer *vb);

#endif /* FOVEA_BUFFER_H */
