// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's life: from the back-end's probe to the last closed file.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "fovea-admin.h"
#include "fovea-backend.h"
#include "fovea-core.h"
#include "fovea-format.h"
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
};

/* ------------------------------------------------------------------------
 * What the device reports
 */

static void fovea_device_frame_start(struct fovea_device *fovea,
				     const struct fovea_answer *answer)
{
	unsigned int i;

	trace_fovea_frame_start(answer->frame_id, answer->timestamp,
				answer->result);
	if (answer->result & FS1_FRAME_LENGTHENED)
		atomic_inc(&fovea->lengthened);
	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_frame_start(&fovea->streams[i], answer->frame_id);
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
		trace_fovea_control_applied(answer->result, answer->frame_id);
		break;
	case FS1_EVENT_FRAME_DROPPED:
		fovea_device_frame_dropped(fovea, answer);
		break;
	case FS1_EVENT_MODE_CHANGED:
		if (answer->result < FS1_MODES &&
		    atomic_xchg(&fovea->mode, answer->result) != answer->result)
			fovea_device_mode_changed(fovea);
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
	unsigned int i;

	if (READ_ONCE(fovea->state) < state)
		WRITE_ONCE(fovea->state, state);
	/* Whatever is left of it touches no memory any more. */
	fovea->ops->write(fovea->backend, FOVEA_REGISTER(control), 0);
	fovea->ops->doorbell(fovea->backend, FS1_QUEUE_ADMIN);
	fovea_queue_abort(&fovea->admin);
	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_fail(&fovea->streams[i]);
}

void fovea_gone(struct fovea_device *fovea)
{
	fovea_device_fail(fovea, FOVEA_GONE);
}
EXPORT_SYMBOL_GPL(fovea_gone);

/* The admin vector also tells that the device has given up. */
static void fovea_device_admin_interrupt(struct fovea_device *fovea)
{
	u32 status;

	fovea_queue_process(&fovea->admin);
	if (fovea_device_error(fovea))
		return;
	status = fovea->ops->read(fovea->backend, FOVEA_REGISTER(status));
	if (!(status & FS1_STATUS_FAILED))
		return;
	dev_err(fovea->dev, "device has failed, status %#x\n", status);
	fovea_device_fail(fovea, FOVEA_FAILED);
}

void fovea_interrupt(struct fovea_device *fovea, unsigned int vector)
{
	if (vector == FS1_QUEUE_ADMIN)
		fovea_device_admin_interrupt(fovea);
	else if (vector < FS1_QUEUES && fovea->streams[vector].type)
		fovea_queue_process(&fovea->streams[vector].queue);
}
EXPORT_SYMBOL_GPL(fovea_interrupt);

/* ------------------------------------------------------------------------
 * VIDIOC_LOG_STATUS
 */

static const char *fovea_state_name(enum fovea_state state)
{
	static const char * const names[] = {
		[FOVEA_STOPPED] = "stopped",
		[FOVEA_RUNNING] = "running",
		[FOVEA_FAILED] = "failed",
		[FOVEA_GONE] = "gone",
	};

	return names[state];
}

static void fovea_log_stream(struct fovea_stream *stream)
{
	static const char * const states[] = {
		[FOVEA_STREAM_IDLE] = "idle",
		[FOVEA_STREAM_STARTING] = "starting",
		[FOVEA_STREAM_RUNNING] = "running",
		[FOVEA_STREAM_SUSPENDED] = "suspended",
	};
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
		 stream->type->label, states[state], outstanding, completed,
		 errors, nonsense);
}

static u32 fovea_dropped(struct fovea_device *fovea, enum fs1_stream stream)
{
	return atomic_read(&fovea->streams[stream].dropped);
}

void fovea_log_status(struct fovea_device *fovea)
{
	const struct fovea_mode *mode =
		&fovea_modes[atomic_read(&fovea->mode)];
	unsigned int i;

	dev_info(fovea->dev, "fovea: state: %s, serial %s, mode %ux%u\n",
		 fovea_state_name(READ_ONCE(fovea->state)), fovea->serial,
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
	put_device(fovea->dev);
	kfree(fovea);
}

struct fovea_device *fovea_alloc(struct device *dev,
				 const struct fovea_backend_ops *ops,
				 void *backend)
{
	struct fovea_device *fovea;
	unsigned int i;
	int r;

	fovea = kzalloc(sizeof(*fovea), GFP_KERNEL);
	if (!fovea)
		return ERR_PTR(-ENOMEM);

	fovea->dev = get_device(dev);
	fovea->ops = ops;
	fovea->backend = backend;
	mutex_init(&fovea->admin_lock);
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

	fovea->v4l2.mdev = &fovea->mdev;
	fovea->v4l2.release = fovea_release;
	r = v4l2_device_register(dev, &fovea->v4l2);
	if (r) {
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

static int fovea_register_streams(struct fovea_device *fovea)
{
	const struct fovea_stream_type *type;
	unsigned int i;
	int r;

	for (i = 0; i < ARRAY_SIZE(fovea_stream_types); i++) {
		if (~fovea->capabilities & fovea_stream_types[i].capability)
			continue;
		type = fovea_stream_types[i].type;
		r = fovea_stream_register(&fovea->streams[type->index], fovea,
					  type);
		if (r)
			return r;
	}
	return 0;
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

	r = fovea_admin_start(fovea);
	if (r)
		return r;
	strscpy(fovea->mdev.serial, fovea->serial, sizeof(fovea->mdev.serial));
	r = fovea_ctrls_init(fovea);
	if (r)
		goto err_admin;
	r = fovea_register_streams(fovea);
	if (r)
		goto err_streams;
	r = fovea_media_register(fovea);
	if (r)
		goto err_streams;
	return 0;

err_streams:
	fovea_unregister_streams(fovea);
err_admin:
	fovea_admin_shutdown(fovea);
	cancel_work_sync(&fovea->mode_work);
	return r;
}
EXPORT_SYMBOL_GPL(fovea_register);

void fovea_unregister(struct fovea_device *fovea)
{
	fovea_media_unregister(fovea);
	fovea_unregister_streams(fovea);
	fovea_admin_shutdown(fovea);
	cancel_work_sync(&fovea->mode_work);
}
EXPORT_SYMBOL_GPL(fovea_unregister);

int fovea_suspend(struct fovea_device *fovea)
{
	unsigned int i;
	int r = 0;

	for (i = 0; i < FS1_QUEUES && !r; i++)
		r = fovea_stream_suspend(&fovea->streams[i]);
	if (r)
		fovea_resume(fovea);
	return r;
}
EXPORT_SYMBOL_GPL(fovea_suspend);

int fovea_resume(struct fovea_device *fovea)
{
	unsigned int i;
	int r, first = 0;

	for (i = 0; i < FS1_QUEUES; i++) {
		r = fovea_stream_resume(&fovea->streams[i]);
		if (r && !first)
			first = r;
	}
	return first;
}
EXPORT_SYMBOL_GPL(fovea_resume);

MODULE_AUTHOR("The Fovea authors");
MODULE_DESCRIPTION("Fovea FS-1 intelligent image sensor");
MODULE_LICENSE("GPL");
