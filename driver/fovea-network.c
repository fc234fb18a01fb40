// SPDX-License-Identifier: GPL-2.0-only
/*
 * The network node: packages of networks going in, one in a buffer. Its buffers never
 * meet the device: what is in them is copied when it is their turn, and the copy is
 * looked at, loaded and kept (fovea-networks.c). So a buffer can be given back at any
 * time, and nobody changes what was checked.
 *
 * Copyright The Fovea authors
 */
#include <linux/fovea.h>
#include <linux/sizes.h>
#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>
#include <media/videobuf2-vmalloc.h>

#include "fovea-buffer.h"
#include "fovea-compat.h"
#include "fovea-core.h"
#include "fovea-stream.h"
#include "fs1/fs1-package.h"

/* Larger ones need VIDIOC_S_FMT. */
#define FOVEA_NETWORK_SIZE_DEFAULT SZ_4M

static_assert(FOVEA_NETWORK_FORMAT == FS1_FORMAT_NETWORK);
static_assert(offsetof(struct fovea_job, vb) == 0);

static struct fovea_job *to_fovea_job(struct vb2_buffer *vb)
{
	return container_of(to_vb2_v4l2_buffer(vb), struct fovea_job, vb);
}

static struct fovea_device *to_fovea(struct vb2_queue *vb2)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb2);

	return stream->fovea;
}

static int fovea_network_buf_prepare(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	unsigned long length = vb2_get_plane_payload(vb, 0);

	if (length && length <= FOVEA_NETWORK_SIZE_MAX)
		return 0;
	dev_dbg(stream->fovea->dev,
		"%s: buffer %u has %lu bytes, a package has 1 to %u\n",
		stream->type->name, vb->index, length, FOVEA_NETWORK_SIZE_MAX);
	return -EINVAL;
}

static void fovea_network_buf_queue(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);

	spin_lock_irq(&stream->queue.lock);
	stream->queued++;
	spin_unlock_irq(&stream->queue.lock);
	fovea_networks_add(stream->fovea, to_fovea_job(vb));
}

static int fovea_network_start_streaming(struct vb2_queue *vb2,
					 unsigned int count)
{
	struct fovea_device *fovea = to_fovea(vb2);
	int r;

	r = fovea_networks_start(fovea);
	if (r)
		fovea_networks_cancel(fovea, VB2_BUF_STATE_QUEUED);
	return r;
}

static void fovea_network_stop_streaming(struct vb2_queue *vb2)
{
	fovea_networks_cancel(to_fovea(vb2), VB2_BUF_STATE_ERROR);
}

static const struct vb2_ops fovea_network_vb2_ops = {
	.queue_setup = fovea_vb2_queue_setup,
	FOVEA_VB2_WAIT_OPS
	.buf_out_validate = fovea_vb2_buf_out_validate,
	.buf_prepare = fovea_network_buf_prepare,
	.start_streaming = fovea_network_start_streaming,
	.stop_streaming = fovea_network_stop_streaming,
	.buf_queue = fovea_network_buf_queue,
};

static const struct fovea_vb2 fovea_network_vb2 = {
	.ops = &fovea_network_vb2_ops,
	.mem_ops = &vb2_vmalloc_memops,
	.io_modes = VB2_MMAP | VB2_USERPTR | VB2_DMABUF,
	.buf_struct_size = sizeof(struct fovea_job),
};

static const struct v4l2_ioctl_ops fovea_network_ioctl_ops = {
	.vidioc_querycap = fovea_stream_querycap,
	.vidioc_enum_fmt_meta_out = fovea_data_enum_fmt,
	.vidioc_g_fmt_meta_out = fovea_data_g_fmt,
	.vidioc_try_fmt_meta_out = fovea_data_try_fmt,
	.vidioc_s_fmt_meta_out = fovea_data_s_fmt,
	.vidioc_reqbufs = vb2_ioctl_reqbufs,
	.vidioc_create_bufs = vb2_ioctl_create_bufs,
	FOVEA_REMOVE_BUFS
	.vidioc_prepare_buf = vb2_ioctl_prepare_buf,
	.vidioc_querybuf = vb2_ioctl_querybuf,
	.vidioc_qbuf = vb2_ioctl_qbuf,
	.vidioc_dqbuf = vb2_ioctl_dqbuf,
	.vidioc_expbuf = vb2_ioctl_expbuf,
	.vidioc_streamon = vb2_ioctl_streamon,
	.vidioc_streamoff = vb2_ioctl_streamoff,
	.vidioc_log_status = fovea_stream_log_status,
	.vidioc_subscribe_event = fovea_stream_subscribe_event,
	.vidioc_unsubscribe_event = v4l2_event_unsubscribe,
};

static const struct fovea_data fovea_network_data = {
	.format = FOVEA_NETWORK_FORMAT,
	.description = "Fovea network package",
	.size_min = sizeof(struct fs1_package_header),
	.size_max = FOVEA_NETWORK_SIZE_MAX,
	.size_default = FOVEA_NETWORK_SIZE_DEFAULT,
};

const struct fovea_stream_type fovea_network_type = {
	.name = "fovea-network",
	.label = "network",
	.card = "Fovea FS-1 (network)",
	.index = FS1_STREAM_NETWORK,
	.buf_type = V4L2_BUF_TYPE_META_OUTPUT,
	.device_caps = V4L2_CAP_META_OUTPUT | V4L2_CAP_STREAMING,
	.subdev = FOVEA_NPU,
	.pad = FOVEA_NPU_PAD_NETWORK,
	.ioctl_ops = &fovea_network_ioctl_ops,
	.data = &fovea_network_data,
	.ctrls = FOVEA_CTRLS_NPU,
	.vb2 = &fovea_network_vb2,
	.size = fovea_data_size,
	.configure = fovea_data_configure,
};
