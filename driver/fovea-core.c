// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's life: from the back-end's probe to the last closed file.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "fovea-backend.h"
#include "fovea-core.h"
#include "fovea-debugfs.h"
#include "fovea-format.h"
#include "fovea-package.h"
#include "fovea-power.h"
#include "fovea-trace.h"

/* In the order of their registration, which numbers the nodes. */
static const struct {
	const struct fovea_stream_type *type;
	u32 capability;
} fovea_stream_types[] = {
	{ &fovea_image_type, 0 },
	{ &fovea_preview_type, 0 },
	{ &fovea_meta_type, 0 },
	{ &fovea_scene_type, FS1_CAP_SCENE },
	{ &fovea_tensor_type, FS1_CAP_NPU },
	{ &fovea_crops_type, FS1_CAP_NPU },
	{ &fovea_network_type, FS1_CAP_NPU },
};

/* ------------------------------------------------------------------------
 * What the device reports
 */

static void fovea_device_note_frame(struct fovea_device *fovea,
				    const struct fovea_answer *answer)
{
	unsigned int next = fovea->frame_next;

	lockdep_assert_held(&fovea->admin.lock);

	fovea->frames[next].id = answer->frame_id;
	fovea->frames[next].timestamp = answer->timestamp;
	fovea->frame_next = (next + 1) % FOVEA_FRAMES;
	fovea->frame_jiffies = jiffies;
	if (fovea->events_lost != fovea->admin.events_lost) {
		fovea->events_lost = fovea->admin.events_lost;
		fovea->frames_unknown = FOVEA_FRAMES;
	} else if (fovea->frames_unknown) {
		fovea->frames_unknown--;
	}
}

static bool fovea_device_recalls_frame(struct fovea_device *fovea, u64 frame_id,
				       u64 timestamp)
{
	unsigned long flags;
	unsigned int i, slot;
	bool known;

	spin_lock_irqsave(&fovea->admin.lock, flags);
	slot = fovea->frame_next;
	known = fovea->frames_unknown;
	for (i = 0; i < FOVEA_FRAMES && !known; i++) {
		slot = (slot + FOVEA_FRAMES - 1) % FOVEA_FRAMES;
		known = fovea->frames[slot].id == frame_id &&
			fovea->frames[slot].timestamp == timestamp;
	}
	spin_unlock_irqrestore(&fovea->admin.lock, flags);
	return known;
}

/* The device announces a frame before it completes any buffer of it. */
bool fovea_device_knows_frame(struct fovea_device *fovea, u64 frame_id,
			      u64 timestamp)
{
	if (fovea_device_recalls_frame(fovea, frame_id, timestamp))
		return true;
	fovea_queue_process(&fovea->admin);
	return fovea_device_recalls_frame(fovea, frame_id, timestamp);
}

static void fovea_device_frame_start(struct fovea_device *fovea,
				     const struct fovea_answer *answer)
{
	unsigned int i;

	trace_fovea_frame_start(fovea, answer->frame_id, answer->timestamp,
				answer->result);
	fovea_device_note_frame(fovea, answer);
	fovea_clock_observe(fovea, answer->timestamp);
	if (answer->result & FS1_FRAME_LENGTHENED)
		atomic_inc(&fovea->lengthened);
	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_frame_start(&fovea->streams[i], answer->frame_id,
					 answer->result);
}

static void fovea_device_frame_dropped(struct fovea_device *fovea,
				       const struct fovea_answer *answer)
{
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		if (answer->result & BIT(i))
			fovea_stream_frame_dropped(&fovea->streams[i],
						   answer->frame_id);
}

/* Whoever has had frames of the old mode hears of it before the new ones. */
static void fovea_device_mode_changed(struct fovea_device *fovea)
{
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_source_change(&fovea->streams[i]);
	/* Telling the controls takes a mutex. */
	schedule_work(&fovea->mode_work);
}

void fovea_device_event(struct fovea_queue *queue, u8 event,
			const struct fovea_answer *answer)
{
	struct fovea_device *fovea = queue->fovea;

	lockdep_assert_held(&queue->lock);

	switch (event) {
	case FS1_EVENT_FRAME_START:
		fovea_device_frame_start(fovea, answer);
		break;
	case FS1_EVENT_CONTROL_APPLIED:
		trace_fovea_control_applied(fovea, answer->result,
					    answer->frame_id);
		break;
	case FS1_EVENT_FRAME_DROPPED:
		fovea_device_frame_dropped(fovea, answer);
		break;
	case FS1_EVENT_MODE_CHANGED:
		if (answer->result < FS1_MODES &&
		    atomic_xchg(&fovea->mode, answer->result) != answer->result)
			fovea_device_mode_changed(fovea);
		break;
	case FS1_EVENT_LOAD:
		fovea_networks_event(fovea, answer->result);
		break;
	case FS1_EVENT_ERROR:
		dev_err_ratelimited(fovea->dev, "device reports error %u\n",
				    answer->result);
		break;
	default:
		dev_dbg_ratelimited(fovea->dev, "unknown event %u\n", event);
		break;
	}
}

static void fovea_device_mode_work(struct work_struct *work)
{
	struct fovea_device *fovea =
		container_of(work, struct fovea_device, mode_work);
	struct fovea_stream *image = &fovea->streams[FS1_STREAM_IMAGE];
	unsigned int mode = atomic_read(&fovea->mode);

	/* An image that doesn't run follows its format, not other streams. */
	if (image->type) {
		mutex_lock(&image->lock);
		if (vb2_is_streaming(&image->vb2))
			fovea_ctrls_set_timing(fovea, mode,
					       image->frame_length, false);
		mutex_unlock(&image->lock);
	}
}

void fovea_device_fail(struct fovea_device *fovea, enum fovea_state state)
{
	enum fovea_state before;
	unsigned int i;

	do {
		before = READ_ONCE(fovea->state);
		if (before == FOVEA_GONE)
			state = FOVEA_GONE;
	} while (cmpxchg(&fovea->state, before, state) != before);
	/* Nobody waits for it to let go: what it has is userspace's from here. */
	if (state == FOVEA_GONE)
		fovea_device_cut_off(fovea);
	fovea_queue_close(&fovea->admin);
	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_fail(&fovea->streams[i]);
}

/* The admin vector also tells that the device has failed, or is a new one. */
static void fovea_device_check_status(struct fovea_device *fovea)
{
	const struct fovea_backend_ops *ops = fovea->ops;
	u32 generation = 0, status = 0;
	unsigned long flags;
	bool open;

	spin_lock_irqsave(&fovea->admin.lock, flags);
	open = fovea->admin.open;
	if (open) {
		generation = ops->read(fovea->backend,
				       FOVEA_REGISTER(generation));
		status = ops->read(fovea->backend, FOVEA_REGISTER(status));
	}
	spin_unlock_irqrestore(&fovea->admin.lock, flags);
	if (!open)
		return;
	if (generation != fovea->generation)
		fovea_recovery_start(fovea, FOVEA_CAUSE_RESTART);
	else if (status & FS1_STATUS_FAILED)
		fovea_recovery_start(fovea, FOVEA_CAUSE_FAILED);
}

void fovea_interrupt(struct fovea_device *fovea, unsigned int vector)
{
	struct fovea_queue *queue;
	bool counted = false;
	unsigned int i;

	if (READ_ONCE(fovea->borrowed) && vector < FS1_QUEUES) {
		atomic_set(&fovea->raised[vector], 1);
		wake_up(&fovea->raised_wait);
		return;
	}
	if (fovea_inject_fails(fovea, interrupt))
		return;
	for (i = 0; i < FS1_QUEUES; i++) {
		if (fovea->vector[i] != vector)
			continue;
		queue = i ? &fovea->streams[i].queue : &fovea->admin;
		if (!counted)
			fovea_queue_interrupt(queue);
		counted = true;
		fovea_queue_process(queue);
	}
	if (vector == fovea->vector[FS1_QUEUE_ADMIN])
		fovea_device_check_status(fovea);
}
EXPORT_SYMBOL_GPL(fovea_interrupt);

/* ------------------------------------------------------------------------
 * VIDIOC_LOG_STATUS
 */

const char *fovea_device_state_name(const struct fovea_device *fovea)
{
	static const char * const names[] = {
		[FOVEA_STOPPED] = "stopped",
		[FOVEA_RUNNING] = "running",
		[FOVEA_RECOVERING] = "recovering",
		[FOVEA_SUSPENDED] = "suspended",
		[FOVEA_FAILED] = "failed",
		[FOVEA_GONE] = "gone",
	};

	return names[READ_ONCE(fovea->state)];
}

static void fovea_log_stream(struct fovea_stream *stream)
{
	struct fovea_queue *queue = &stream->queue;
	u32 outstanding, completed, errors, nonsense;
	enum fovea_stream_state state;

	spin_lock_irq(&queue->lock);
	state = stream->state;
	outstanding = queue->outstanding;
	completed = stream->completed;
	errors = stream->errors;
	nonsense = queue->errors;
	spin_unlock_irq(&queue->lock);
	dev_info(stream->fovea->dev,
		 "fovea: %s: %s, %u buffers at the device, completed=%u errors=%u bad answers=%u\n",
		 stream->type->label, fovea_stream_state_name(state),
		 outstanding, completed, errors, nonsense);
}

/* Frames that found no buffer. */
static u32 fovea_dropped(struct fovea_device *fovea, enum fs1_stream stream)
{
	const atomic_t *dropped = fovea->streams[stream].dropped;

	return atomic_read(&dropped[FOVEA_DROP_NOT_QUEUED]) +
	       atomic_read(&dropped[FOVEA_DROP_NOT_DEQUEUED]) +
	       atomic_read(&dropped[FOVEA_DROP_QUEUED_LATE]);
}

void fovea_log_status(struct fovea_device *fovea)
{
	const struct fovea_mode *mode =
		&fovea_modes[atomic_read(&fovea->mode)];
	unsigned int i;

	dev_info(fovea->dev, "fovea: state: %s, serial %s, mode %ux%u\n",
		 fovea_device_state_name(fovea), fovea->serial,
		 mode->width, mode->height);
	for (i = 0; i < FS1_QUEUES; i++)
		if (fovea->streams[i].type)
			fovea_log_stream(&fovea->streams[i]);
	dev_info(fovea->dev, "fovea: dropped frames: image=%u preview=%u meta=%u\n",
		 fovea_dropped(fovea, FS1_STREAM_IMAGE),
		 fovea_dropped(fovea, FS1_STREAM_PREVIEW),
		 fovea_dropped(fovea, FS1_STREAM_META));
	dev_info(fovea->dev, "fovea: lengthened frames: %u\n",
		 atomic_read(&fovea->lengthened));
}

/* ------------------------------------------------------------------------
 * Life
 */

static void fovea_release(struct v4l2_device *v4l2)
{
	struct fovea_device *fovea =
		container_of(v4l2, struct fovea_device, v4l2);

	fovea_ctrls_free(fovea);
	media_device_cleanup(&fovea->mdev);
	mutex_destroy(&fovea->admin_lock);
	mutex_destroy(&fovea->life);
	mutex_destroy(&fovea->networks.lock);
	fovea_recovery_destroy(fovea);
	fovea_inject_destroy(&fovea->inject);
	put_device(fovea->dev);
	kfree(fovea);
}

static void fovea_init(struct fovea_device *fovea, struct device *dev)
{
	unsigned int i;

	mutex_init(&fovea->life);
	mutex_init(&fovea->admin_lock);
	init_waitqueue_head(&fovea->raised_wait);
	fovea_inject_init(&fovea->inject);
	fovea_networks_init(fovea);
	INIT_WORK(&fovea->mode_work, fovea_device_mode_work);
	atomic_set(&fovea->mode, FS1_MODES - 1);
	fovea_queue_init(&fovea->admin, fovea, FS1_QUEUE_ADMIN,
			 FS1_CQE_COMMAND);
	fovea->admin.event = fovea_device_event;
	for (i = 1; i < FS1_QUEUES; i++)
		fovea_queue_init(&fovea->streams[i].queue, fovea, i,
				 FS1_CQE_BUFFER);

	fovea->mdev.dev = dev;
	strscpy(fovea->mdev.driver_name, "fovea",
		sizeof(fovea->mdev.driver_name));
	strscpy(fovea->mdev.model, "Fovea FS-1", sizeof(fovea->mdev.model));
	media_device_init(&fovea->mdev);
}

struct fovea_device *fovea_alloc(struct device *dev,
				 const struct fovea_backend_ops *ops,
				 void *backend)
{
	struct fovea_device *fovea;
	int r;

	fovea = kzalloc(sizeof(*fovea), GFP_KERNEL);
	if (!fovea)
		return ERR_PTR(-ENOMEM);

	fovea->dev = get_device(dev);
	fovea->ops = ops;
	fovea->backend = backend;
	fovea_init(fovea, dev);
	fovea->v4l2.mdev = &fovea->mdev;
	fovea->v4l2.release = fovea_release;
	r = fovea_recovery_init(fovea);
	if (!r)
		r = v4l2_device_register(dev, &fovea->v4l2);
	if (r) {
		fovea_recovery_destroy(fovea);
		media_device_cleanup(&fovea->mdev);
		put_device(dev);
		kfree(fovea);
		return ERR_PTR(r);
	}
	return fovea;
}
EXPORT_SYMBOL_GPL(fovea_alloc);

void fovea_put(struct fovea_device *fovea)
{
	v4l2_device_unregister(&fovea->v4l2);
	v4l2_device_put(&fovea->v4l2);
}
EXPORT_SYMBOL_GPL(fovea_put);

static void fovea_set_vectors(struct fovea_device *fovea)
{
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		fovea->vector[i] = fovea->ops->vector ?
			fovea->ops->vector(fovea->backend, i) : i;
}

/* All the memory the device will ever see but buffers. */
static int fovea_alloc_memory(struct fovea_device *fovea)
{
	const struct fovea_stream_type *type;
	unsigned int i;
	int r;

	fovea->identity = fovea->ops->alloc(fovea->backend,
					    sizeof(*fovea->identity),
					    &fovea->identity_address);
	if (!fovea->identity)
		return -ENOMEM;
	r = fovea_queue_alloc(&fovea->admin);
	if (!r && fovea->capabilities & FS1_CAP_NPU)
		r = fovea_networks_alloc(fovea);
	for (i = 0; i < ARRAY_SIZE(fovea_stream_types) && !r; i++) {
		if (~fovea->capabilities & fovea_stream_types[i].capability)
			continue;
		type = fovea_stream_types[i].type;
		r = fovea_stream_init(&fovea->streams[type->index], fovea,
				      type);
	}
	return r;
}

static void fovea_free_memory(struct fovea_device *fovea)
{
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_free(&fovea->streams[i]);
	fovea_queue_close(&fovea->admin);
	fovea_queue_free(&fovea->admin);
	fovea_networks_free(fovea);
	if (fovea->identity)
		fovea->ops->free(fovea->backend, sizeof(*fovea->identity),
				 fovea->identity, fovea->identity_address);
	fovea->identity = NULL;
}

static int fovea_start(struct fovea_device *fovea)
{
	int r;

	mutex_lock(&fovea->life);
	r = fovea_device_check(fovea);
	if (!r) {
		fovea->capabilities =
			fovea->ops->read(fovea->backend,
					 FOVEA_REGISTER(capabilities));
		r = fovea_alloc_memory(fovea);
	}
	if (!r)
		r = fovea_ctrls_init(fovea);
	if (!r)
		r = fovea_device_enable(fovea);
	mutex_unlock(&fovea->life);
	return r == -EAGAIN ? -ETIMEDOUT : r;
}

static void fovea_stop(struct fovea_device *fovea)
{
	/* Whoever waits for an answer leaves; nobody begins anything new. */
	WRITE_ONCE(fovea->state, FOVEA_GONE);
	fovea_queue_close(&fovea->admin);
	fovea_recovery_stop(fovea);
	mutex_lock(&fovea->life);
	fovea_device_leave(fovea);
	mutex_unlock(&fovea->life);
	fovea_device_fail(fovea, FOVEA_GONE);
}

static int fovea_register_streams(struct fovea_device *fovea)
{
	enum fs1_stream number;
	unsigned int i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(fovea_stream_types) && !r; i++) {
		number = fovea_stream_types[i].type->index;
		if (fovea->streams[number].type)
			r = fovea_stream_register(&fovea->streams[number]);
	}
	return r;
}

static void fovea_unregister_streams(struct fovea_device *fovea)
{
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_unregister(&fovea->streams[i]);
}

int fovea_register(struct fovea_device *fovea)
{
	int r;

	fovea_set_vectors(fovea);
	r = fovea_start(fovea);
	if (r)
		goto err;
	strscpy(fovea->mdev.serial, fovea->serial, sizeof(fovea->mdev.serial));
	r = fovea_register_streams(fovea);
	if (r)
		goto err;
	r = fovea_media_register(fovea);
	if (r)
		goto err;
	fovea_debugfs_register(fovea);
	return 0;

err:
	fovea_stop(fovea);
	fovea_unregister_streams(fovea);
	fovea_networks_stop(fovea);
	cancel_work_sync(&fovea->mode_work);
	fovea_free_memory(fovea);
	return dev_err_probe(fovea->dev, r, "can't start the device\n");
}
EXPORT_SYMBOL_GPL(fovea_register);

void fovea_unregister(struct fovea_device *fovea)
{
	fovea_debugfs_unregister(fovea);
	fovea_media_unregister(fovea);
	fovea_stop(fovea);
	fovea_unregister_streams(fovea);
	fovea_networks_stop(fovea);
	cancel_work_sync(&fovea->mode_work);
	fovea_free_memory(fovea);
}
EXPORT_SYMBOL_GPL(fovea_unregister);

static int __init fovea_module_init(void)
{
	int r;

	r = fovea_package_init();
	if (r)
		return r;
	fovea_debugfs_init();
	return 0;
}

static void __exit fovea_module_exit(void)
{
	fovea_debugfs_exit();
	fovea_package_exit();
}

module_init(fovea_module_init);
module_exit(fovea_module_exit);

MODULE_AUTHOR("The Fovea authors");
MODULE_DESCRIPTION("Fovea FS-1 intelligent image sensor");
MODULE_LICENSE("GPL");
