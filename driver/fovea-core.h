/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lock order, outermost first:
 *
 *   fovea_stream.lock - one per node: ioctls, format, videobuf2
 *   what runtime PM waits for: the back-end's callbacks, thus all below
 *   life - whether the device is enabled, and which streams run on it
 *   lock of a v4l2_ctrl_handler
 *   fovea_networks.lock - networks that are kept, and packages that wait
 *   admin_lock - one command at a time
 *   fovea_queue.lock of a stream - spinlock: rings, buffers of the stream
 *   fovea_queue.lock of the admin queue - spinlock: rings, what starts when
 *   locks of videobuf2 and of V4L2 events, fovea_recovery.lock
 *
 * No two locks of the same kind are ever held at once. Whoever waits for the
 * device holds no spinlock, and waits for a command at most. Whoever wants the
 * device down while somebody waits for its answer closes the admin queue
 * first, without any other lock: the one who waits leaves, and lets go of life.
 *
 * Registers are touched under life, or with the lock of a queue that is open.
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
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <media/media-device.h>
#include <media/v4l2-ctrls.h>
#include <media/v4l2-device.h>
#include <media/v4l2-subdev.h>

#include "fovea-backend.h"
#include "fovea-clock.h"
#include "fovea-ctrls.h"
#include "fovea-inject.h"
#include "fovea-networks.h"
#include "fovea-queue.h"
#include "fovea-recovery.h"
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
	FOVEA_ISP_PAD_NPU,
	FOVEA_ISP_PADS,
};

enum {
	FOVEA_NPU_PAD_SINK,
	FOVEA_NPU_PAD_NETWORK,
	FOVEA_NPU_PAD_TENSOR,
	FOVEA_NPU_PAD_CROPS,
	FOVEA_NPU_PADS,
};

/**
 * enum fovea_state - what can be expected of the device
 * @FOVEA_STOPPED: not started yet
 * @FOVEA_RUNNING: answers commands
 * @FOVEA_RECOVERING: is being brought back; what userspace wants is kept
 * @FOVEA_SUSPENDED: sleeps; likewise
 * @FOVEA_FAILED: given up; what needs it gives -EIO
 * @FOVEA_GONE: removed; everything gives -ENODEV
 */
enum fovea_state {
	FOVEA_STOPPED,
	FOVEA_RUNNING,
	FOVEA_RECOVERING,
	FOVEA_SUSPENDED,
	FOVEA_FAILED,
	FOVEA_GONE,
};

/* The oldest minor version of the interface that has all the driver needs. */
#define FOVEA_VERSION_MINOR_MIN	1

/* Frames whose start is remembered; more than a stream has buffers. */
#define FOVEA_FRAMES 64

/**
 * struct fovea_device - one FS-1
 * @v4l2: its lifetime
 * @mdev: its graph
 * @dev: parent, held
 * @ops: the back-end's
 * @backend: the back-end's
 * @vector: that of each queue
 * @state: enum fovea_state; the last one is never left
 * @capabilities: FS1_CAP_*
 * @serial: from the device
 * @identity: what the device writes its identity to
 * @identity_address: where the device sees it
 * @life: see the top
 * @enabled: the device may touch memory, as far as one knows
 * @generation: of the device that was enabled last
 * @clock: what is known of the device's clock
 * @admin_lock: one command at a time
 * @admin: the admin queue; its lock protects the next five
 * @frames: the latest frames to start, in a ring
 * @frame_next: where the next one goes
 * @events_lost: of the admin queue's, those known of
 * @frames_unknown: so many frames further, some may have started unannounced
 * @frame_jiffies: when the latest one started
 * @recovery: what happens when it misbehaves
 * @borrowed: a test has the device, see fovea_device_borrow()
 * @raised: vectors that were raised meanwhile
 * @raised_wait: woken when one was
 * @rings_frames: of the latest measurement of the rings; protected by @life
 * @rings_ns: how long they took; likewise
 * @networks: those that it has, or shall have
 * @debugfs: its folder
 * @inject: what shall fail, for tests
 * @sensor: the array
 * @sensor_pads: its pads
 * @isp: the pipeline
 * @isp_pads: its pads
 * @npu: the neural unit, where there is one
 * @npu_pads: its pads
 * @ctrls: controls of all
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
	unsigned int vector[FS1_QUEUES];
	enum fovea_state state;
	u32 capabilities;
	char serial[32];
	struct fs1_identity *identity;
	u64 identity_address;

	/* Protects the next three and fovea_stream.wanted. */
	struct mutex life;
	bool enabled;
	u32 generation;
	struct fovea_clock clock;

	/* Held around each command: one at a time is outstanding. */
	struct mutex admin_lock;
	struct fovea_queue admin;
	struct {
		u64 id;
		u64 timestamp;
	} frames[FOVEA_FRAMES];
	unsigned int frame_next;
	u32 events_lost;
	unsigned int frames_unknown;
	unsigned long frame_jiffies;

	struct fovea_recovery recovery;
	bool borrowed;
	atomic_t raised[FS1_QUEUES];
	wait_queue_head_t raised_wait;
	u32 rings_frames;
	u64 rings_ns;
	struct fovea_networks networks;
	struct dentry *debugfs;
	struct fovea_inject inject;

	struct v4l2_subdev sensor;
	struct media_pad sensor_pads[FOVEA_SENSOR_PADS];
	struct v4l2_subdev isp;
	struct media_pad isp_pads[FOVEA_ISP_PADS];
	struct v4l2_subdev npu;
	struct media_pad npu_pads[FOVEA_NPU_PADS];
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
 * Return: 0; -EAGAIN: not now, what is wanted of it will be done when it is
 * back; -EIO or -ENODEV.
 */
static inline int fovea_device_error(const struct fovea_device *fovea)
{
	switch (READ_ONCE(fovea->state)) {
	case FOVEA_RUNNING:
		return 0;
	case FOVEA_FAILED:
		return -EIO;
	case FOVEA_GONE:
		return -ENODEV;
	default:
		return -EAGAIN;
	}
}

/**
 * fovea_device_gone() - nobody is there any more?
 * @fovea: the device; without a lock, so it may have gone since
 *
 * Return: true from the moment that it was seen to be gone, for ever.
 */
static inline bool fovea_device_gone(const struct fovea_device *fovea)
{
	return READ_ONCE(fovea->state) == FOVEA_GONE;
}

/**
 * fovea_vector_owner() - which queue's count has the interrupts?
 * @fovea: the device
 * @queue: its number
 *
 * Return: the first queue with the same vector.
 */
static inline unsigned int fovea_vector_owner(const struct fovea_device *fovea,
					      unsigned int queue)
{
	unsigned int i = 0;

	while (fovea->vector[i] != fovea->vector[queue])
		i++;
	return i;
}

/**
 * fovea_device_fail() - use the device no more
 * @fovea: the device
 * @state: FOVEA_FAILED or FOVEA_GONE
 *
 * Answers all that is outstanding and tells everybody who waits. No lock is
 * needed; whoever holds life and waits for the device is among those told.
 */
void fovea_device_fail(struct fovea_device *fovea, enum fovea_state state);

/**
 * fovea_device_state_name() - one word for a message
 * @fovea: the device, in any state
 *
 * Return: a string that nobody frees.
 */
const char *fovea_device_state_name(const struct fovea_device *fovea);

/**
 * fovea_device_knows_frame() - was this frame announced?
 * @fovea: the device
 * @frame_id: of a completion
 * @timestamp: of the same
 *
 * Looks at the admin queue itself if it must; the lock of a stream's queue may
 * be held.
 *
 * Return: false when the device makes frames up, which is its fault.
 */
bool fovea_device_knows_frame(struct fovea_device *fovea, u64 frame_id,
			      u64 timestamp);

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
