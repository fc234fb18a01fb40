/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream: one video node, its videobuf2 queue and the device's queue behind
 * it. What all nodes have in common; what a node is in particular stands in
 * fovea-video.c, fovea-meta.c and fovea-scene.c.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_STREAM_H
#define FOVEA_STREAM_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/videodev2.h>
#include <media/media-entity.h>
#include <media/v4l2-dev.h>
#include <media/videobuf2-v4l2.h>

#include "fovea-backend.h"
#include "fovea-queue.h"

struct fovea_device;
struct fovea_limits;
struct fovea_stream;
struct v4l2_event_subscription;

/**
 * struct fovea_stream_type - what a node is
 * @name: of the video device
 * @label: one word, for messages
 * @card: for VIDIOC_QUERYCAP
 * @index: enum fs1_stream
 * @buf_type: V4L2_BUF_TYPE_*
 * @device_caps: V4L2_CAP_*
 * @io_modes: VB2_READ or VB2_WRITE or 0, beside what the back-end can
 * @isp_pad: of the isp it is linked to; not used for the scene
 * @ioctl_ops: its ioctls
 * @limits: its formats; NULL for metadata
 * @has_controls: shows the controls of sensor and isp
 * @init: optional: sets the default format
 * @size: bytes of a buffer in the current format
 * @configure: fills in what the device is told before it starts
 * @check: optional: is the content of a buffer from userspace all right?
 */
struct fovea_stream_type {
	const char *name;
	const char *label;
	const char *card;
	unsigned int index;
	u32 buf_type;
	u32 device_caps;
	u32 io_modes;
	u16 isp_pad;
	const struct v4l2_ioctl_ops *ioctl_ops;
	const struct fovea_limits *limits;
	bool has_controls;
	void (*init)(struct fovea_stream *stream);
	u32 (*size)(const struct fovea_stream *stream);
	void (*configure)(const struct fovea_stream *stream,
			  struct fs1_stream_config *config);
	int (*check)(struct fovea_stream *stream, struct vb2_buffer *vb);
};

extern const struct fovea_stream_type fovea_image_type;
extern const struct fovea_stream_type fovea_preview_type;
extern const struct fovea_stream_type fovea_meta_type;
extern const struct fovea_stream_type fovea_scene_type;

/**
 * enum fovea_stream_state - who has the buffers
 * @FOVEA_STREAM_IDLE: the list
 * @FOVEA_STREAM_STARTING: the device; what it gives back unused goes to the list
 * @FOVEA_STREAM_RUNNING: the device
 * @FOVEA_STREAM_SUSPENDED: the list, until fovea_stream_resume()
 */
enum fovea_stream_state {
	FOVEA_STREAM_IDLE,
	FOVEA_STREAM_STARTING,
	FOVEA_STREAM_RUNNING,
	FOVEA_STREAM_SUSPENDED,
};

/**
 * struct fovea_stream - one node
 * @fovea: whose
 * @type: what it is; NULL: the device doesn't have it
 * @vdev: the node
 * @pad: its only pad
 * @vb2: its buffers
 * @lock: serialises ioctls and @vb2; protects the format below
 * @pix: the format of video nodes
 * @crop: part of the array @pix shows, array pixels
 * @interval: frame interval, s
 * @frame_length: the same in lines
 * @queue: its queue of the device; its lock protects the next five
 * @state: enum fovea_stream_state
 * @pending: buffers that wait for the device to run
 * @completed: buffers filled or shown, since the device started
 * @errors: buffers that came back with an error, likewise
 * @served: buffers completed since the stream was started
 * @dropped: frames that found no buffer, since the device started
 */
struct fovea_stream {
	struct fovea_device *fovea;
	const struct fovea_stream_type *type;
	struct video_device vdev;
	struct media_pad pad;
	struct vb2_queue vb2;

	/* Serialises ioctls and videobuf2; protects the format. */
	struct mutex lock;
	struct v4l2_pix_format pix;
	struct v4l2_rect crop;
	struct v4l2_fract interval;
	u32 frame_length;

	struct fovea_queue queue;
	enum fovea_stream_state state;
	struct list_head pending;
	u32 completed;
	u32 errors;
	u32 served;
	atomic_t dropped;
};

/**
 * fovea_stream_register() - make a node
 * @stream: zeroed
 * @fovea: whose; commands work
 * @type: what it becomes
 *
 * Return: 0 or a negative errno with nothing left behind.
 */
int fovea_stream_register(struct fovea_stream *stream,
			  struct fovea_device *fovea,
			  const struct fovea_stream_type *type);

/**
 * fovea_stream_unregister() - take it away, stopping it
 * @stream: registered, or never
 */
void fovea_stream_unregister(struct fovea_stream *stream);

/**
 * fovea_stream_fail() - the device is dead: all buffers come back
 * @stream: registered, or never; no lock of it held
 */
void fovea_stream_fail(struct fovea_stream *stream);

/**
 * fovea_stream_suspend() - stop if it runs, keep the buffers
 * @stream: any
 *
 * Return: 0 or a negative errno.
 */
int fovea_stream_suspend(struct fovea_stream *stream);

/**
 * fovea_stream_resume() - start what fovea_stream_suspend() stopped
 * @stream: any
 *
 * Return: 0 or a negative errno, which the stream's user was told too.
 */
int fovea_stream_resume(struct fovea_stream *stream);

/**
 * fovea_stream_frame_start() - a frame starts
 * @stream: any
 * @frame_id: its id
 */
void fovea_stream_frame_start(struct fovea_stream *stream, u64 frame_id);

/**
 * fovea_stream_frame_dropped() - a frame found no buffer
 * @stream: any
 * @frame_id: its id
 */
void fovea_stream_frame_dropped(struct fovea_stream *stream, u64 frame_id);

/**
 * fovea_stream_source_change() - the sensor's mode has changed
 * @stream: any; told only while frames flow
 */
void fovea_stream_source_change(struct fovea_stream *stream);

/* ioctls that all nodes share, see struct v4l2_ioctl_ops. */
int fovea_stream_querycap(struct file *file, void *priv,
			  struct v4l2_capability *capability);
int fovea_stream_log_status(struct file *file, void *priv);
int fovea_stream_qbuf(struct file *file, void *priv,
		      struct v4l2_buffer *buffer);
int fovea_stream_prepare_buf(struct file *file, void *priv,
			     struct v4l2_buffer *buffer);
int fovea_stream_subscribe_event(struct v4l2_fh *fh,
				 const struct v4l2_event_subscription *sub);

#endif /* FOVEA_STREAM_H */
