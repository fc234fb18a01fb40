/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lock order, outermost first:
 *
 *   fovea_stream.lock - one per node: ioctls, format, videobuf2
 *   lock of a v4l2_ctrl_handler
 *   admin_lock - one command at a time
 *   fovea_queue.lock - spinlock, one per queue: rings, buffers of the stream
 *   locks of videobuf2 and of V4L2 events
 *
 * No two locks of the same kind are ever held at once. Whoever waits for the device
 * holds no spinlock and waits for a command at most.
 *
 * The state of a device: struct fovea_device lives from fovea_alloc() until
 * the back-end has dropped it and the last file of its nodes is closed
 * (v4l2_device.release). The back-end's part is gone earlier, when
 * fovea_unregister() returns: from then on no operation of the back-end is
 * called, because all nodes are unregistered and all queues have no rings.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_CORE_H
#define FOVEA_CORE_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <media/media-device.h>
#include <media/v4l2-ctrls.h>
#include <media/v4l2-device.h>
#include <media/v4l2-subdev.h>

#include "fovea-backend.h"
#include "fovea-ctrls.h"
#include "fovea-queue.h"
#include "fovea-stream.h"

/* Pads of the subdevs. */
enum {
	FOVEA_SENSOR_PAD_SOURCE,
	FOVEA_SENSOR_PAD_SCENE,
	FOVEA_SENSOR_PADS,
};

enum {
	FOVEA_ISP_PAD_SINK,
	FOVEA_ISP_PAD_IMAGE,
	FOVEA_ISP_PAD_PREVIEW,
	FOVEA_ISP_PAD_META,
	FOVEA_ISP_PADS,
};

/**
 * enum fovea_state - what can be expected of the device
 * @FOVEA_STOPPED: not started yet
 * @FOVEA_RUNNING: answers commands
 * @FOVEA_FAILED: has stopped to answer; commands give -EIO
 * @FOVEA_GONE: removed; commands give -ENODEV
 */
enum fovea_state {
	FOVEA_STOPPED,
	FOVEA_RUNNING,
	FOVEA_FAILED,
	FOVEA_GONE,
};

/**
 * struct fovea_device - one FS-1
 * @v4l2: its lifetime
 * @mdev: its graph
 * @dev: parent, held
 * @ops: the back-end's
 * @backend: the back-end's
 * @state: enum fovea_state; only grows once the device has started
 * @capabilities: FS1_CAP_*
 * @serial: from the device
 * @admin_lock: one command at a time
 * @admin: the admin queue
 * @sensor: the array
 * @sensor_pads: its pads
 * @isp: the pipeline
 * @isp_pads: its pads
 * @ctrls: controls of both
 * @streams: by number; those without a name aren't there
 * @mode: readout mode in force, index into fovea_modes
 * @mode_work: tells userspace about a new mode
 * @lengthened: frames that started late, emulated devices
 */
struct fovea_device {
	struct v4l2_device v4l2;
	struct media_device mdev;
	struct device *dev;
	const struct fovea_backend_ops *ops;
	void *backend;
	enum fovea_state state;
	u32 capabilities;
	char serial[32];

	/* Held around each command: one at a time is outstanding. */
	struct mutex admin_lock;
	struct fovea_queue admin;

	struct v4l2_subdev sensor;
	struct media_pad sensor_pads[FOVEA_SENSOR_PADS];
	struct v4l2_subdev isp;
	struct media_pad isp_pads[FOVEA_ISP_PADS];
	struct fovea_ctrls ctrls;

	struct fovea_stream streams[FS1_QUEUES];
	atomic_t mode;
	struct work_struct mode_work;
	atomic_t lengthened;
};

/* Offset of a register, for the back-end's read and write. */
#define FOVEA_REGISTER(name) ((u32)offsetof(struct fs1_registers, name))

/**
 * fovea_device_error() - can the device be used?
 * @fovea: the device
 *
 * Return: 0, -EIO or -ENODEV.
 */
static inline int fovea_device_error(const struct fovea_device *fovea)
{
	switch (READ_ONCE(fovea->state)) {
	case FOVEA_RUNNING:
		return 0;
	case FOVEA_FAILED:
		return -EIO;
	default:
		return -ENODEV;
	}
}

/**
 * fovea_device_fail() - use the device no more
 * @fovea: the device
 * @state: FOVEA_FAILED or FOVEA_GONE
 *
 * Answers all that is outstanding and tells everybody who waits.
 */
void fovea_device_fail(struct fovea_device *fovea, enum fovea_state state);

/**
 * fovea_device_event() - the device reported something
 * @queue: the admin queue, locked
 * @event: enum fs1_event
 * @answer: its arguments
 */
void fovea_device_event(struct fovea_queue *queue, u8 event,
			const struct fovea_answer *answer);

/**
 * fovea_log_status() - print what the device does, for VIDIOC_LOG_STATUS
 * @fovea: the device
 */
void fovea_log_status(struct fovea_device *fovea);

/**
 * fovea_media_register() - make the entities and links of the graph
 * @fovea: with its streams' nodes registered
 *
 * Return: 0 or a negative errno.
 */
int fovea_media_register(struct fovea_device *fovea);

/**
 * fovea_media_unregister() - hide the graph; entities stay until release
 * @fovea: the device
 */
void fovea_media_unregister(struct fovea_device *fovea);

#endif /* FOVEA_CORE_H */
