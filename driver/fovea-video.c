// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image and preview nodes: video capture, each with its own format, crop
 * and frame interval. They work without any set-up of the graph.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>
#include <media/v4l2-rect.h>

#include "fovea-compat.h"
#include "fovea-core.h"
#include "fovea-format.h"
#include "fovea-stream.h"

/* ------------------------------------------------------------------------
 * Format, crop and interval, with the stream's lock held
 */

/*
 * The crop decides the mode, the mode how fast frames can follow. The sensor's
 * controls follow the image; what the preview needs beyond that shows when it
 * starts, see fovea_device_event().
 */
static int fovea_video_update_timing(struct fovea_stream *stream, bool reset)
{
	unsigned int mode = fovea_mode_for(&stream->pix, &stream->crop);

	stream->frame_length = fovea_interval_try(mode, &stream->interval);
	if (stream->type->index != FS1_STREAM_IMAGE)
		return 0;
	return fovea_ctrls_set_timing(stream->fovea, mode,
				      stream->frame_length, reset);
}

static void fovea_video_init(struct fovea_stream *stream)
{
	fovea_format_default(stream->type->limits, &stream->pix);
	fovea_crop_default(&stream->pix, &stream->crop);
	stream->interval = (struct v4l2_fract) { 1, 30 };
	stream->frame_length =
		fovea_interval_try(fovea_mode_for(&stream->pix, &stream->crop),
				   &stream->interval);
}

static u32 fovea_video_size(const struct fovea_stream *stream)
{
	return stream->pix.sizeimage;
}

static void fovea_video_configure(const struct fovea_stream *stream,
				  struct fs1_stream_config *config)
{
	const struct v4l2_pix_format *pix = &stream->pix;

	config->format = cpu_to_le32(pix->pixelformat);
	config->width = cpu_to_le16(pix->width);
	config->height = cpu_to_le16(pix->height);
	config->stride = cpu_to_le32(pix->bytesperline);
	config->crop_left = cpu_to_le16(stream->crop.left);
	config->crop_top = cpu_to_le16(stream->crop.top);
	config->crop_width = cpu_to_le16(stream->crop.width);
	config->crop_height = cpu_to_le16(stream->crop.height);
	config->encoding = pix->ycbcr_enc == V4L2_YCBCR_ENC_709 ?
				   FS1_ENCODING_709 : FS1_ENCODING_601;
	config->range = pix->quantization == V4L2_QUANTIZATION_FULL_RANGE ?
				FS1_RANGE_FULL : FS1_RANGE_LIMITED;
	config->interval = cpu_to_le32(fovea_lines_to_us(stream->frame_length));
}

/* ------------------------------------------------------------------------
 * ioctls
 */

static int fovea_video_enum_fmt(struct file *file, void *priv,
				struct v4l2_fmtdesc *desc)
{
	const struct fovea_stream *stream = video_drvdata(file);
	const struct fovea_limits *limits = stream->type->limits;
	const struct fovea_format *format;

	if (desc->index >= limits->count)
		return -EINVAL;
	format = &limits->formats[desc->index];
	desc->pixelformat = format->fourcc;
	if (format->kind == FOVEA_PIXEL_YUV || format->kind == FOVEA_PIXEL_GREY)
		desc->flags |= V4L2_FMT_FLAG_CSC_YCBCR_ENC |
			       V4L2_FMT_FLAG_CSC_QUANTIZATION;
	return 0;
}

static int fovea_video_g_fmt(struct file *file, void *priv,
			     struct v4l2_format *format)
{
	const struct fovea_stream *stream = video_drvdata(file);

	format->fmt.pix = stream->pix;
	return 0;
}

static int fovea_video_try_fmt(struct file *file, void *priv,
			       struct v4l2_format *format)
{
	const struct fovea_stream *stream = video_drvdata(file);

	fovea_format_try(stream->type->limits, &format->fmt.pix);
	return 0;
}

static int fovea_video_s_fmt(struct file *file, void *priv,
			     struct v4l2_format *format)
{
	struct fovea_stream *stream = video_drvdata(file);
	struct v4l2_pix_format old = stream->pix;
	struct v4l2_rect crop;

	if (vb2_is_busy(&stream->vb2))
		return -EBUSY;
	fovea_format_try(stream->type->limits, &format->fmt.pix);
	stream->pix = format->fmt.pix;

	/* A new size gets a new crop; one that can stay does. */
	crop = stream->crop;
	fovea_crop_try(&stream->pix, 0, &crop);
	if (old.width != stream->pix.width ||
	    old.height != stream->pix.height ||
	    !v4l2_rect_equal(&crop, &stream->crop))
		fovea_crop_default(&stream->pix, &stream->crop);
	return fovea_video_update_timing(stream, false);
}

static int fovea_video_enum_framesizes(struct file *file, void *priv,
				       struct v4l2_frmsizeenum *sizes)
{
	const struct fovea_stream *stream = video_drvdata(file);

	return fovea_format_enum_sizes(stream->type->limits, sizes);
}

static int fovea_video_enum_frameintervals(struct file *file, void *priv,
					   struct v4l2_frmivalenum *intervals)
{
	const struct fovea_stream *stream = video_drvdata(file);
	struct v4l2_pix_format pix = {
		.pixelformat = intervals->pixel_format,
		.width = intervals->width,
		.height = intervals->height,
	};
	struct v4l2_rect crop;
	unsigned int mode;

	if (intervals->index)
		return -EINVAL;
	fovea_format_try(stream->type->limits, &pix);
	if (pix.pixelformat != intervals->pixel_format ||
	    pix.width != intervals->width || pix.height != intervals->height)
		return -EINVAL;

	fovea_crop_default(&pix, &crop);
	mode = fovea_mode_for(&pix, &crop);
	intervals->type = V4L2_FRMIVAL_TYPE_CONTINUOUS;
	intervals->stepwise.min =
		fovea_interval_from_lines(fovea_modes[mode].frame_length);
	intervals->stepwise.max =
		fovea_interval_from_lines(FS1_FRAME_LENGTH_MAX);
	intervals->stepwise.step = (struct v4l2_fract) { 1, 1 };
	return 0;
}

static int fovea_video_g_parm(struct file *file, void *priv,
			      struct v4l2_streamparm *parm)
{
	const struct fovea_stream *stream = video_drvdata(file);

	parm->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
	parm->parm.capture.timeperframe = stream->interval;
	parm->parm.capture.readbuffers = 2;
	return 0;
}

static int fovea_video_s_parm(struct file *file, void *priv,
			      struct v4l2_streamparm *parm)
{
	struct fovea_stream *stream = video_drvdata(file);
	int r;

	if (vb2_is_streaming(&stream->vb2))
		return -EBUSY;
	stream->interval = parm->parm.capture.timeperframe;
	r = fovea_video_update_timing(stream, true);
	if (r)
		return r;
	return fovea_video_g_parm(file, priv, parm);
}

static int fovea_video_g_selection(struct file *file, void *priv,
				   struct v4l2_selection *selection)
{
	const struct fovea_stream *stream = video_drvdata(file);
	struct v4l2_rect array = {
		.width = FS1_ARRAY_WIDTH,
		.height = FS1_ARRAY_HEIGHT,
	};

	if (selection->type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
		return -EINVAL;

	switch (selection->target) {
	case V4L2_SEL_TGT_CROP:
		selection->r = stream->crop;
		return 0;
	case V4L2_SEL_TGT_CROP_DEFAULT:
		fovea_crop_default(&stream->pix, &selection->r);
		return 0;
	case V4L2_SEL_TGT_CROP_BOUNDS:
	case V4L2_SEL_TGT_NATIVE_SIZE:
		selection->r = array;
		return 0;
	default:
		return -EINVAL;
	}
}

static int fovea_video_s_selection(struct file *file, void *priv,
				   struct v4l2_selection *selection)
{
	struct fovea_stream *stream = video_drvdata(file);
	int r;

	if (selection->type != V4L2_BUF_TYPE_VIDEO_CAPTURE ||
	    selection->target != V4L2_SEL_TGT_CROP)
		return -EINVAL;
	if (vb2_is_streaming(&stream->vb2))
		return -EBUSY;
	r = fovea_crop_try(&stream->pix, selection->flags, &selection->r);
	if (r)
		return r;
	stream->crop = selection->r;
	return fovea_video_update_timing(stream, false);
}

static int fovea_video_enum_input(struct file *file, void *priv,
				  struct v4l2_input *input)
{
	if (input->index)
		return -EINVAL;
	input->type = V4L2_INPUT_TYPE_CAMERA;
	strscpy(input->name, "FS-1 array", sizeof(input->name));
	return 0;
}

static int fovea_video_g_input(struct file *file, void *priv,
			       unsigned int *index)
{
	*index = 0;
	return 0;
}

static int fovea_video_s_input(struct file *file, void *priv,
			       unsigned int index)
{
	return index ? -EINVAL : 0;
}

static const struct v4l2_ioctl_ops fovea_video_ioctl_ops = {
	.vidioc_querycap = fovea_stream_querycap,
	.vidioc_enum_fmt_vid_cap = fovea_video_enum_fmt,
	.vidioc_g_fmt_vid_cap = fovea_video_g_fmt,
	.vidioc_try_fmt_vid_cap = fovea_video_try_fmt,
	.vidioc_s_fmt_vid_cap = fovea_video_s_fmt,
	.vidioc_enum_framesizes = fovea_video_enum_framesizes,
	.vidioc_enum_frameintervals = fovea_video_enum_frameintervals,
	.vidioc_g_parm = fovea_video_g_parm,
	.vidioc_s_parm = fovea_video_s_parm,
	.vidioc_g_selection = fovea_video_g_selection,
	.vidioc_s_selection = fovea_video_s_selection,
	.vidioc_enum_input = fovea_video_enum_input,
	.vidioc_g_input = fovea_video_g_input,
	.vidioc_s_input = fovea_video_s_input,
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

const struct fovea_stream_type fovea_image_type = {
	.name = "fovea-image",
	.label = "image",
	.card = "Fovea FS-1 (image)",
	.index = FS1_STREAM_IMAGE,
	.buf_type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
	.device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING |
		       V4L2_CAP_READWRITE,
	.io_modes = VB2_READ,
	.subdev = FOVEA_ISP,
	.pad = FOVEA_ISP_PAD_IMAGE,
	.ioctl_ops = &fovea_video_ioctl_ops,
	.limits = &fovea_image_limits,
	.ctrls = FOVEA_CTRLS_CAMERA,
	.init = fovea_video_init,
	.size = fovea_video_size,
	.configure = fovea_video_configure,
};

const struct fovea_stream_type fovea_preview_type = {
	.name = "fovea-preview",
	.label = "preview",
	.card = "Fovea FS-1 (preview)",
	.index = FS1_STREAM_PREVIEW,
	.buf_type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
	.device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING |
		       V4L2_CAP_READWRITE,
	.io_modes = VB2_READ,
	.subdev = FOVEA_ISP,
	.pad = FOVEA_ISP_PAD_PREVIEW,
	.ioctl_ops = &fovea_video_ioctl_ops,
	.limits = &fovea_preview_limits,
	.ctrls = FOVEA_CTRLS_CAMERA,
	.init = fovea_video_init,
	.size = fovea_video_size,
	.configure = fovea_video_configure,
};
