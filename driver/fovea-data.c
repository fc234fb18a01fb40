// SPDX-License-Identifier: GPL-2.0-only
/*
 * What nodes without pictures have in common: one format, whose buffers may be of
 * another size than usual where their content is.
 *
 * Copyright The Fovea authors
 */
#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>

#include "fovea-compat.h"
#include "fovea-core.h"
#include "fovea-stream.h"

u32 fovea_data_size(const struct fovea_stream *stream)
{
	return stream->data_size;
}

void fovea_data_configure(const struct fovea_stream *stream,
			  struct fs1_stream_config *config)
{
	config->format = cpu_to_le32(stream->type->data->format);
}

int fovea_data_enum_fmt(struct file *file, void *priv,
			struct v4l2_fmtdesc *desc)
{
	const struct fovea_stream *stream = video_drvdata(file);

	if (desc->index)
		return -EINVAL;
	desc->pixelformat = stream->type->data->format;
	/* The core knows no description of these formats and would warn. */
	strscpy(desc->description, stream->type->data->description,
		sizeof(desc->description));
	return 0;
}

static void fovea_data_fill(const struct fovea_data *data, u32 size,
			    struct v4l2_meta_format *meta)
{
	memset(meta, 0, sizeof(*meta));
	meta->dataformat = data->format;
	meta->buffersize = size;
}

int fovea_data_g_fmt(struct file *file, void *priv, struct v4l2_format *format)
{
	const struct fovea_stream *stream = video_drvdata(file);

	fovea_data_fill(stream->type->data, stream->data_size,
			&format->fmt.meta);
	return 0;
}

int fovea_data_try_fmt(struct file *file, void *priv,
		       struct v4l2_format *format)
{
	const struct fovea_stream *stream = video_drvdata(file);
	const struct fovea_data *data = stream->type->data;
	u32 size = format->fmt.meta.buffersize;

	/* 0 leaves the choice to the driver. */
	size = size ? clamp(size, data->size_min, data->size_max) :
		      data->size_default;
	fovea_data_fill(data, size, &format->fmt.meta);
	return 0;
}

int fovea_data_s_fmt(struct file *file, void *priv, struct v4l2_format *format)
{
	struct fovea_stream *stream = video_drvdata(file);

	fovea_data_try_fmt(file, priv, format);
	if (format->fmt.meta.buffersize != stream->data_size &&
	    vb2_is_busy(&stream->vb2))
		return -EBUSY;
	stream->data_size = format->fmt.meta.buffersize;
	return 0;
}

const struct v4l2_ioctl_ops fovea_data_capture_ioctl_ops = {
	.vidioc_querycap = fovea_stream_querycap,
	.vidioc_enum_fmt_meta_cap = fovea_data_enum_fmt,
	.vidioc_g_fmt_meta_cap = fovea_data_g_fmt,
	.vidioc_try_fmt_meta_cap = fovea_data_try_fmt,
	.vidioc_s_fmt_meta_cap = fovea_data_s_fmt,
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
