// SPDX-License-Identifier: GPL-2.0-only
/*
 * The node: what all have in common of files, ioctls and registration.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/module.h>
#include <media/v4l2-event.h>
#include <media/v4l2-fh.h>
#include <media/v4l2-ioctl.h>

#include "fovea-buffer.h"
#include "fovea-core.h"
#include "fovea-stream.h"

int fovea_stream_subscribe_event(struct v4l2_fh *fh,
				 const struct v4l2_event_subscription *sub)
{
	struct fovea_stream *stream =
		container_of(fh->vdev, struct fovea_stream, vdev);
	bool capture = !V4L2_TYPE_IS_OUTPUT(stream->type->buf_type);

	switch (sub->type) {
	case V4L2_EVENT_CTRL:
		return v4l2_ctrl_subscribe_event(fh, sub);
	case V4L2_EVENT_EOS:
		return v4l2_event_subscribe(fh, sub, 2, NULL);
	case V4L2_EVENT_FRAME_SYNC:
		/* A few, so that a reader who is late sees each frame. */
		return capture ? v4l2_event_subscribe(fh, sub, 4, NULL) :
				 -EINVAL;
	case V4L2_EVENT_FOVEA_RECOVERY:
		/* Three stages of one recovery, and room for the next. */
		return capture ? v4l2_event_subscribe(fh, sub, 8, NULL) :
				 -EINVAL;
	case V4L2_EVENT_FOVEA_NETWORK:
		/* All that is told of a package, and room for the next. */
		return stream->type->ctrls == FOVEA_CTRLS_NPU ?
			       v4l2_event_subscribe(fh, sub, 64, NULL) :
			       -EINVAL;
	case V4L2_EVENT_SOURCE_CHANGE:
		return capture && stream->type->limits ?
			       v4l2_src_change_event_subscribe(fh, sub) :
			       -EINVAL;
	default:
		return -EINVAL;
	}
}

int fovea_stream_querycap(struct file *file, void *priv,
			  struct v4l2_capability *capability)
{
	const struct fovea_stream *stream = video_drvdata(file);

	strscpy(capability->driver, "fovea", sizeof(capability->driver));
	strscpy(capability->card, stream->type->card, sizeof(capability->card));
	return 0;
}

int fovea_stream_log_status(struct file *file, void *priv)
{
	struct fovea_stream *stream = video_drvdata(file);

	if (stream->type->ctrls != FOVEA_CTRLS_NONE)
		v4l2_ctrl_log_status(file, priv);
	fovea_log_status(stream->fovea);
	return 0;
}

/* An open file keeps the back-end's module, whose code its buffers use. */
static int fovea_stream_open(struct file *file)
{
	struct fovea_stream *stream = video_drvdata(file);
	struct module *owner = NULL;
	bool ok;
	int r;

	/* The back-end's ops are there while the node is registered. */
	mutex_lock(&stream->lock);
	ok = video_is_registered(&stream->vdev);
	if (ok) {
		owner = stream->fovea->ops->owner;
		ok = try_module_get(owner);
	}
	mutex_unlock(&stream->lock);
	if (!ok)
		return -ENODEV;
	r = v4l2_fh_open(file);
	if (r)
		module_put(owner);
	return r;
}

static int fovea_stream_release(struct file *file)
{
	struct fovea_stream *stream = video_drvdata(file);
	struct module *owner = stream->fovea->ops->owner;
	int r;

	r = vb2_fop_release(file);
	module_put(owner);
	return r;
}

/*
 * A device that has left its bus answers everybody at once, also those who
 * came before its nodes are unregistered.
 */
static bool fovea_stream_gone(struct file *file)
{
	const struct fovea_stream *stream = video_drvdata(file);

	return fovea_device_gone(stream->fovea);
}

static long fovea_stream_ioctl(struct file *file, unsigned int cmd,
			       unsigned long arg)
{
	long r = -ENODEV;

	if (!fovea_stream_gone(file))
		r = video_ioctl2(file, cmd, arg);
	/* It may have left meanwhile. */
	return r < 0 && fovea_stream_gone(file) ? -ENODEV : r;
}

static ssize_t fovea_stream_read(struct file *file, char __user *buffer,
				 size_t count, loff_t *offset)
{
	ssize_t r = -ENODEV;

	if (!fovea_stream_gone(file))
		r = vb2_fop_read(file, buffer, count, offset);
	return r < 0 && fovea_stream_gone(file) ? -ENODEV : r;
}

static ssize_t fovea_stream_write(struct file *file, const char __user *buffer,
				  size_t count, loff_t *offset)
{
	ssize_t r = -ENODEV;

	if (!fovea_stream_gone(file))
		r = vb2_fop_write(file, buffer, count, offset);
	return r < 0 && fovea_stream_gone(file) ? -ENODEV : r;
}

static __poll_t fovea_stream_poll(struct file *file, poll_table *wait)
{
	__poll_t events = vb2_fop_poll(file, wait);

	if (fovea_stream_gone(file))
		events |= EPOLLERR | EPOLLHUP;
	return events;
}

static const struct v4l2_file_operations fovea_stream_fops = {
	.owner = THIS_MODULE,
	.open = fovea_stream_open,
	.release = fovea_stream_release,
	.read = fovea_stream_read,
	.write = fovea_stream_write,
	.poll = fovea_stream_poll,
	.mmap = vb2_fop_mmap,
	.unlocked_ioctl = fovea_stream_ioctl,
};

static void fovea_stream_choose_vb2(struct fovea_stream *stream)
{
	const struct fovea_vb2 *own = stream->type->vb2;
	struct fovea_device *fovea = stream->fovea;
	struct vb2_queue *vb2 = &stream->vb2;

	if (own) {
		vb2->io_modes = own->io_modes;
		vb2->ops = own->ops;
		vb2->mem_ops = own->mem_ops;
		vb2->buf_struct_size = own->buf_struct_size;
		return;
	}
	vb2->io_modes = fovea->ops->io_modes | stream->type->io_modes;
	vb2->ops = &fovea_stream_vb2_ops;
	vb2->mem_ops = fovea->ops->mem_ops;
	vb2->buf_struct_size = fovea_buffer_struct_size();
	if (fovea->ops->gfp_flags)
		vb2->gfp_flags = fovea->ops->gfp_flags(fovea->backend);
}

static int fovea_stream_init_vb2(struct fovea_stream *stream)
{
	struct vb2_queue *vb2 = &stream->vb2;

	vb2->type = stream->type->buf_type;
	vb2->dev = stream->fovea->dev;
	vb2->lock = &stream->lock;
	vb2->drv_priv = stream;
	fovea_stream_choose_vb2(stream);
	vb2->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	/* V4L2 lets an output's time be that of its end alone. */
	if (!V4L2_TYPE_IS_OUTPUT(vb2->type))
		vb2->timestamp_flags |= V4L2_BUF_FLAG_TSTAMP_SRC_SOE;
	vb2->allow_cache_hints = 1;
	return vb2_queue_init(vb2);
}

static int fovea_stream_register_vdev(struct fovea_stream *stream)
{
	const struct fovea_stream_type *type = stream->type;
	bool output = V4L2_TYPE_IS_OUTPUT(type->buf_type);
	struct video_device *vdev = &stream->vdev;
	int r;

	strscpy(vdev->name, type->name, sizeof(vdev->name));
	vdev->v4l2_dev = &stream->fovea->v4l2;
	vdev->fops = &fovea_stream_fops;
	vdev->ioctl_ops = type->ioctl_ops;
	vdev->release = video_device_release_empty;
	vdev->queue = &stream->vb2;
	vdev->lock = &stream->lock;
	vdev->vfl_dir = output ? VFL_DIR_TX : VFL_DIR_RX;
	vdev->device_caps = type->device_caps;
	if (type->ctrls == FOVEA_CTRLS_CAMERA)
		vdev->ctrl_handler = &stream->fovea->ctrls.all;
	else if (type->ctrls == FOVEA_CTRLS_NPU)
		vdev->ctrl_handler = &stream->fovea->ctrls.npu;
	video_set_drvdata(vdev, stream);

	stream->pad.flags = output ? MEDIA_PAD_FL_SOURCE : MEDIA_PAD_FL_SINK;
	r = media_entity_pads_init(&vdev->entity, 1, &stream->pad);
	if (r)
		return r;
	return video_register_device(vdev, VFL_TYPE_VIDEO, -1);
}

int fovea_stream_register(struct fovea_stream *stream)
{
	int r;

	r = fovea_stream_init_vb2(stream);
	if (!r)
		r = fovea_stream_register_vdev(stream);
	if (r)
		return dev_err_probe(stream->fovea->dev, r,
				     "can't make node %s\n",
				     stream->type->name);
	return 0;
}

void fovea_stream_unregister(struct fovea_stream *stream)
{
	/* Stops it, so that no buffer is left on the queue. */
	if (stream->type && video_is_registered(&stream->vdev))
		vb2_video_unregister_device(&stream->vdev);
}
