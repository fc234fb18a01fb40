/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stream: one video node, its videobuf2 queue and the device's queue behind
 * it. What all nodes have in common; what a node is in particular stands in
 * fovea-video.c, fovea-meta.c, fovea-tensor.c, fovea-crops.c,
 * fovea-scene.c and fovea-network.c. Code: fovea-node.c (files and ioctls), fovea-data.c (those
 * of nodes without pictures), fovea-stream.c (start and stop), fovea-buffer.c
 * (buffers).
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
#include "fovea-trace-names.h"

struct fovea_device;
struct fovea_event_recovery;
struct fovea_limits;
struct fovea_stream;
struct v4l2_event_subscription;

/**
 * enum fovea_subdev - parts of the sensor
 * @FOVEA_SENSOR: the array
 * @FOVEA_ISP: the pipeline
 * @FOVEA_NPU: the neural unit, where there is one
 */
enum fovea_subdev {
	FOVEA_SENSOR,
	FOVEA_ISP,
	FOVEA_NPU,
};

/**
 * enum fovea_shown_ctrls - whose controls a node shows
 * @FOVEA_CTRLS_NONE: nobody's
 * @FOVEA_CTRLS_CAMERA: those of sensor and isp
 * @FOVEA_CTRLS_NPU: those of the neural unit
 */
enum fovea_shown_ctrls {
	FOVEA_CTRLS_NONE,
	FOVEA_CTRLS_CAMERA,
	FOVEA_CTRLS_NPU,
};

/**
 * struct fovea_data - the format of a node whose buffers aren't pictures
 * @format: its four characters, for userspace and device
 * @description: the same for people
 * @size_min: bytes of a buffer; the device asks for no more than that
 * @size_max: likewise
 * @size_default: of those who don't choose
 */
struct fovea_data {
	u32 format;
	const char *description;
	u32 size_min;
	u32 size_max;
	u32 size_default;
};

/**
 * struct fovea_vb2 - videobuf2 of a node whose buffers never meet the device
 * @ops: of its queue
 * @mem_ops: allocator of its buffers
 * @io_modes: VB2_*
 * @buf_struct_size: bytes of its own struct of a buffer
 */
struct fovea_vb2 {
	const struct vb2_ops *ops;
	const struct vb2_mem_ops *mem_ops;
	unsigned int io_modes;
	unsigned int buf_struct_size;
};

/**
 * struct fovea_stream_type - what a node is
 * @name: of the video device
 * @label: one word, for messages
 * @card: for VIDIOC_QUERYCAP
 * @index: enum fs1_stream
 * @buf_type: V4L2_BUF_TYPE_*
 * @device_caps: V4L2_CAP_*
 * @io_modes: VB2_READ or VB2_WRITE or 0, beside what the back-end can
 * @subdev: that it is linked to
 * @pad: of @subdev
 * @ioctl_ops: its ioctls
 * @limits: its formats; NULL: no pictures, see @data
 * @data: its format; NULL: pictures
 * @ctrls: that it shows
 * @vb2: its buffers never meet the device, whose queue belongs to no frames and is
 *	served whenever the device is there; NULL: they do
 * @init: optional: sets the default format
 * @size: bytes of a buffer in the current format
 * @configure: fills in what the device is told before it starts
 * @check: optional: is the content of a buffer from userspace all right?
 * @valid: of capture nodes with @data: is the content, of so many bytes and with
 *	this frame's id, what the device should have written?
 */
struct fovea_stream_type {
	const char *name;
	const char *label;
	const char *card;
	unsigned int index;
	u32 buf_type;
	u32 device_caps;
	u32 io_modes;
	enum fovea_subdev subdev;
	u16 pad;
	const struct v4l2_ioctl_ops *ioctl_ops;
	const struct fovea_limits *limits;
	const struct fovea_data *data;
	enum fovea_shown_ctrls ctrls;
	const struct fovea_vb2 *vb2;
	void (*init)(struct fovea_stream *stream);
	u32 (*size)(const struct fovea_stream *stream);
	void (*configure)(const struct fovea_stream *stream,
			  struct fs1_stream_config *config);
	int (*check)(struct fovea_stream *stream, struct vb2_buffer *vb);
	bool (*valid)(const void *content, u32 length, u64 frame_id);
};

extern const struct fovea_stream_type fovea_image_type;
extern const struct fovea_stream_type fovea_preview_type;
extern const struct fovea_stream_type fovea_meta_type;
extern const struct fovea_stream_type fovea_scene_type;
extern const struct fovea_stream_type fovea_tensor_type;
extern const struct fovea_stream_type fovea_crops_type;
extern const struct fovea_stream_type fovea_network_type;

/**
 * enum fovea_stream_state - who has the buffers
 * @FOVEA_STREAM_IDLE: the list
 * @FOVEA_STREAM_STARTING: the device; what it gives back unused is kept
 * @FOVEA_STREAM_RUNNING: the device
 * @FOVEA_STREAM_SUSPENDED: the list, until the device is back
 */
enum fovea_stream_state {
	FOVEA_STREAM_IDLE,
	FOVEA_STREAM_STARTING,
	FOVEA_STREAM_RUNNING,
	FOVEA_STREAM_SUSPENDED,
};

/* Frames that the rate is made from. */
#define FOVEA_RATE_FRAMES 16

/**
 * struct fovea_holders - who has the buffers
 * @program: userspace
 * @ready: nobody, they are filled and wait for userspace to take them
 * @waiting: the driver, until the device runs
 * @device: the device
 */
struct fovea_holders {
	unsigned int program;
	unsigned int ready;
	unsigned int waiting;
	unsigned int device;
};

/**
 * struct fovea_stream - one node
 * @fovea: whose
 * @type: what it is; NULL: the device doesn't have it
 * @vdev: the node
 * @pad: its only pad
 * @vb2: its buffers
 * @lock: serialises ioctls and @vb2; protects the next six
 * @pix: the format of video nodes
 * @crop: part of the array @pix shows, array pixels
 * @interval: frame interval, s
 * @frame_length: the same in lines
 * @data_size: bytes of a buffer of nodes without pictures
 * @buffers: those that have memory
 * @wanted: it shall run whenever the device does; protected by life, as the
 *	next two. Fixed until it is stopped
 * @config: what the device is told of it
 * @size: bytes of a buffer
 * @queue: its queue of the device; its lock protects all below
 * @state: enum fovea_stream_state
 * @pending: buffers that wait for the device to run
 * @returned: buffers the device had already; they come before those
 * @queued: buffers that userspace has given, since the node was made
 * @submitted: buffers that the device was given, likewise
 * @completed: buffers filled or shown, likewise
 * @delivered: those of them that userspace has taken, likewise
 * @errors: buffers that came back with an error, likewise
 * @served: buffers completed since the stream was started
 * @stamps: times of the latest of them, ns, in a ring
 * @frame_id: of the last buffer
 * @timestamp: of the last buffer, ns
 * @strange: buffers in a row with a frame that can't be
 * @progress: jiffies when the oldest buffer at the device became that
 * @overdue: frames that have started since; those it may not miss
 * @dropped: frames that were missed since the node was made, by enum fovea_drop
 * @dropped_id: the latest that found no buffer; protected by the lock of the
 *	admin queue
 */
struct fovea_stream {
	struct fovea_device *fovea;
	const struct fovea_stream_type *type;
	struct video_device vdev;
	struct media_pad pad;
	struct vb2_queue vb2;

	/* Serialises ioctls and videobuf2; protects the next six. */
	struct mutex lock;
	struct v4l2_pix_format pix;
	struct v4l2_rect crop;
	struct v4l2_fract interval;
	u32 frame_length;
	u32 data_size;
	unsigned int buffers;

	bool wanted;
	struct fs1_stream_config config;
	u32 size;

	struct fovea_queue queue;
	enum fovea_stream_state state;
	struct list_head pending;
	struct list_head returned;
	u32 queued;
	u32 submitted;
	u32 completed;
	u32 delivered;
	u32 errors;
	u32 served;
	u64 stamps[FOVEA_RATE_FRAMES];
	u64 frame_id;
	u64 timestamp;
	u32 strange;
	unsigned long progress;
	atomic_t overdue;
	atomic_t dropped[FOVEA_DROPS];
	u64 dropped_id;
};

extern const struct vb2_ops fovea_stream_vb2_ops;

/**
 * fovea_stream_init() - memory for its queue, the default format
 * @stream: zeroed, but for its queue
 * @fovea: whose
 * @type: what it becomes
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_stream_init(struct fovea_stream *stream, struct fovea_device *fovea,
		      const struct fovea_stream_type *type);

/**
 * fovea_stream_free() - undo fovea_stream_init()
 * @stream: initialised, or never; the device is disabled
 */
void fovea_stream_free(struct fovea_stream *stream);

/**
 * fovea_stream_register() - make a node
 * @stream: initialised
 *
 * Return: 0 or a negative errno; fovea_stream_unregister() in either case.
 */
int fovea_stream_register(struct fovea_stream *stream);

/**
 * fovea_stream_unregister() - take it away, stopping it
 * @stream: registered, or never
 */
void fovea_stream_unregister(struct fovea_stream *stream);

/**
 * fovea_stream_fail() - the device is dead: all buffers come back
 * @stream: any; no lock of it held
 */
void fovea_stream_fail(struct fovea_stream *stream);

/**
 * fovea_stream_create_queue() - have the device serve its queue
 * @stream: any, with life held
 *
 * Return: 0 or a negative errno, see fovea-admin.h.
 */
int fovea_stream_create_queue(struct fovea_stream *stream);

/**
 * fovea_stream_restore() - start it if it shall run
 * @stream: any, with a queue, with life held
 *
 * Return: 0 or a negative errno, see fovea-admin.h.
 */
int fovea_stream_restore(struct fovea_stream *stream);

/**
 * fovea_stream_reset() - make its queue anew, keep the buffers, go on
 * @stream: one that is there, with life held
 *
 * Return: 0 or a negative errno, see fovea-admin.h.
 */
int fovea_stream_reset(struct fovea_stream *stream);

/**
 * fovea_stream_withdraw() - take back what the device has, let it run on
 * @stream: one that is there, with life held
 *
 * When this returns, all was answered; or the device is on its way down, and all
 * will be.
 */
void fovea_stream_withdraw(struct fovea_stream *stream);

/**
 * fovea_stream_hold() - what the device gives back unused is kept
 * @stream: any
 */
void fovea_stream_hold(struct fovea_stream *stream);

/**
 * fovea_stream_reclaim() - take all buffers back from a disabled device
 * @stream: any
 */
void fovea_stream_reclaim(struct fovea_stream *stream);

/**
 * fovea_stream_overdue() - does a buffer take too long?
 * @stream: any
 * @timeout: jiffies that are too long
 *
 * Return: true when the stream runs, the device has a buffer of it, has let
 * FOVEA_BUFFER_FRAMES frames pass that should have filled one, and has given
 * none back for that long.
 */
bool fovea_stream_overdue(struct fovea_stream *stream, unsigned long timeout);

/**
 * fovea_streams_ready() - has the device all it needs for a frame?
 * @fovea: the device
 * @ret_since: jiffies since when; of use only when it is true
 *
 * Return: true when capture streams flow, and each has given it a buffer.
 */
bool fovea_streams_ready(struct fovea_device *fovea, unsigned long *ret_since);

/**
 * fovea_streams_flow() - does any stream run?
 * @fovea: the device; the lock of a stream's queue isn't needed
 *
 * Return: true when at least one is starting or running.
 */
bool fovea_streams_flow(struct fovea_device *fovea);

/**
 * fovea_stream_frame_start() - a frame starts
 * @stream: any
 * @frame_id: its id
 * @served: streams that get a buffer of it, as a mask
 */
void fovea_stream_frame_start(struct fovea_stream *stream, u64 frame_id,
			      u32 served);

/**
 * fovea_stream_frame_dropped() - a frame found no buffer
 * @stream: any
 * @frame_id: its id
 */
void fovea_stream_frame_dropped(struct fovea_stream *stream, u64 frame_id);

/**
 * fovea_stream_drop() - it misses a frame: count it, tell those who trace
 * @stream: one that is there; any context, any lock held
 * @frame_id: its id, or 0
 * @reason: why
 */
void fovea_stream_drop(struct fovea_stream *stream, u64 frame_id,
		       enum fovea_drop reason);

/**
 * fovea_stream_holders() - who has the buffers now
 * @stream: one that is there; any context, any lock held
 * @ret_holders: filled in; without a lock the numbers need not fit together
 */
void fovea_stream_holders(struct fovea_stream *stream,
			  struct fovea_holders *ret_holders);

/**
 * fovea_stream_state_name() - one word for a message
 * @state: of a stream
 *
 * Return: a string that nobody frees.
 */
const char *fovea_stream_state_name(enum fovea_stream_state state);

/**
 * fovea_stream_source_change() - the sensor's mode has changed
 * @stream: any; told only while frames flow
 */
void fovea_stream_source_change(struct fovea_stream *stream);

/**
 * fovea_stream_recovery() - tell those who asked for it
 * @stream: any; any context
 * @data: what has happened
 */
void fovea_stream_recovery(struct fovea_stream *stream,
			   const struct fovea_event_recovery *data);

/* Of nodes without pictures, see struct fovea_stream_type. */
u32 fovea_data_size(const struct fovea_stream *stream);
void fovea_data_configure(const struct fovea_stream *stream,
			  struct fs1_stream_config *config);

/* Likewise: ioctls, and all of those that capture. */
extern const struct v4l2_ioctl_ops fovea_data_capture_ioctl_ops;
int fovea_data_enum_fmt(struct file *file, void *priv,
			struct v4l2_fmtdesc *desc);
int fovea_data_g_fmt(struct file *file, void *priv,
		     struct v4l2_format *format);
int fovea_data_try_fmt(struct file *file, void *priv,
		       struct v4l2_format *format);
int fovea_data_s_fmt(struct file *file, void *priv,
		     struct v4l2_format *format);

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
