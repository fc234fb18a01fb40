// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scene node of emulated devices: video output of the light that falls on
 * the array. A picture of any size is stretched over all of it.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>

#include "fovea-compat.h"
#include "fovea-core.h"
#include "fovea-format.h"
#include "fovea-stream.h"

static void fovea_scene_init(struct fovea_stream *stream)
{
	fovea_format_default(stream->type->limits, &stream->pix);
}

static u32 fovea_scene_size(const struct fovea_stream *stream)
{
	return stream->pix.sizeimage;
}

static void fovea_scene_configure(const struct fovea_stream *stream,
				  struct fs1_stream_config *config)
{
	config->format = cpu_to_le32(stream->pix.pixelformat);
	config->width = cpu_to_le16(stream->pix.width);
	config->height = cpu_to_le16(stream->pix.height);
	config->stride = cpu_to_le32(stream->pix.bytesperline);
}

/* A picture of another size than announced is refused before it is read. */
static int fovea_scene_check(struct fovea_stream *stream,
			     struct vb2_buffer *vb)
{
	const struct v4l2_pix_format *pix = &stream->pix;
	unsigned long got;

	/* write() queues a full buffer; videobuf2 forgets that it is full. */
	if (vb2_fileio_is_active(vb->vb2_queue))
		vb2_set_plane_payload(vb, 0, vb2_plane_size(vb, 0));
	got = vb2_get_plane_payload(vb, 0);
	if (got == pix->sizeimage)
		return 0;
	dev_warn_ratelimited(stream->fovea->dev,
			     "%s (%s): scene frame of %lu bytes, wanted %u (%ux%u RGB24): set the frame's size with VIDIOC_S_FMT before queueing it\n",
			     video_device_node_name(&stream->vdev),
			     stream->type->name, got, pix->sizeimage,
			     pix->width, pix->height);
	return -EINVAL;
}

static int fovea_scene_enum_fmt(struct file *file, void *priv,
				struct v4l2_fmtdesc *desc)
{
	if (desc->index)
		return -EINVAL;
	desc->pixelformat = fovea_scene_limits.formats[0].fourcc;
	return 0;
}

static int fovea_scene_g_fmt(struct file *file, void *priv,
			     struct v4l2_format *format)
{
	const struct fovea_stream *stream = video_drvdata(file);

	format->fmt.pix = stream->pix;
	return 0;
}

static int fovea_scene_try_fmt(struct file *file, void *priv,
			       struct v4l2_format *format)
{
	fovea_format_try(&fovea_scene_limits, &format->fmt.pix);
	return 0;
}

static int fovea_scene_s_fmt(struct file *file, void *priv,
			     struct v4l2_format *format)
{
	struct fovea_stream *stream = video_drvdata(file);

	if (vb2_is_busy(&stream->vb2))
		return -EBUSY;
	fovea_format_try(&fovea_scene_limits, &format->fmt.pix);
	stream->pix = format->fmt.pix;
	return 0;
}

static int fovea_scene_enum_framesizes(struct file *file, void *priv,
				       struct v4l2_frmsizeenum *sizes)
{
	return fovea_format_enum_sizes(&fovea_scene_limits, sizes);
}

static int fovea_scene_enum_output(struct file *file, void *priv,
				   struct v4l2_output *output)
{
	if (output->index)
		return -EINVAL;
	output->type = V4L2_OUTPUT_TYPE_ANALOG;
	strscpy(output->name, "Light on the array", sizeof(output->name));
	return 0;
}

static int fovea_scene_g_output(struct file *file, void *priv,
				unsigned int *index)
{
	*index = 0;
	return 0;
}

static int fovea_scene_s_output(struct file *file, void *priv,
				unsigned int index)
{
	return index ? -EINVAL : 0;
}

static const struct v4l2_ioctl_ops fovea_scene_ioctl_ops = {
	.vidioc_querycap = fovea_stream_querycap,
	.vidioc_enum_fmt_vid_out = fovea_scene_enum_fmt,
	.vidioc_g_fmt_vid_out = fovea_scene_g_fmt,
	.vidioc_try_fmt_vid_out = fovea_scene_try_fmt,
	.vidioc_s_fmt_vid_out = fovea_scene_s_fmt,
	.vidioc_enum_framesizes = fovea_scene_enum_framesizes,
	.vidioc_enum_output = fovea_scene_enum_output,
	.vidioc_g_output = fovea_scene_g_output,
	.vidioc_s_output = fovea_scene_s_output,
	.vidioc_reqbufs = vb2_ioctl_reqbufs,
	.vidioc_create_bufs = vb2_ioctl_create_bufs,
	FOVEA_REMOVE_BUFS
	.vidioc_prepare_buf = fovea_stream_prepare_buf,
	.vidioc_querybuf = vb2_ioctl_querybuf,
	.vidioc_qbuf = fovea_stream_qbuf,
	.vidioc_dqbuf = vb2_ioctl_dqbuf,
	.vidioc_expbuf = vb2_ioctl_expbuf,
	.vidioc_streamon = vb2_ioctl_streamon,
	.vidioc_streamoff = vb2_ioctl_streamoff,
	.vidioc_log_status = fovea_stream_log_status,
	.vidioc_subscribe_event = fovea_stream_subscribe_event,
	.vidioc_unsubscribe_event = v4l2_event_unsubscribe,
};

const struct fovea_stream_type fovea_scene_type = {
	.name = "fovea-scene",
	.label = "scene",
	.card = "Fovea FS-1 (scene)",
	.index = FS1_STREAM_SCENE,
	.buf_type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
	.device_caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING |
		       V4L2_CAP_READWRITE,
	.io_modes = VB2_WRITE,
	.subdev = FOVEA_SENSOR,
	.pad = FOVEA_SENSOR_PAD_SCENE,
	.ioctl_ops = &fovea_scene_ioctl_ops,
	.limits = &fovea_scene_limits,
	.init = fovea_scene_init,
	.size = fovea_scene_size,
	.configure = fovea_scene_configure,
	.check = fovea_scene_check,
};
