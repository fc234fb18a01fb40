// SPDX-License-Identifier: GPL-2.0-only
/*
 * Controls and events of the neural unit. All nodes that have to do with networks
 * show these controls and no others.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/fovea.h>
#include <media/v4l2-ctrls.h>
#include <media/v4l2-event.h>

#include "fovea-admin.h"
#include "fovea-core.h"
#include "fovea-networks.h"
#include "fovea-npu.h"
#include "fovea-trace.h"

static_assert(FOVEA_CROPS_MAX == 16);

static struct fovea_device *to_fovea_npu(struct v4l2_ctrl *ctrl)
{
	return container_of(ctrl->handler, struct fovea_device, ctrls.npu);
}

static int fovea_npu_g_volatile_ctrl(struct v4l2_ctrl *ctrl)
{
	struct fovea_device *fovea = to_fovea_npu(ctrl);

	switch (ctrl->id) {
	case V4L2_CID_FOVEA_NETWORKS:
		fovea_networks_list(fovea,
				    (struct fovea_network *)ctrl->p_new.p_u8);
		return 0;
	case V4L2_CID_FOVEA_LOAD_PROGRESS:
		ctrl->val = fovea_networks_progress(fovea);
		return 0;
	default:
		return 0;
	}
}

/* While the device can't be told, the value is kept: see fovea_ctrls_restore() */
static int fovea_npu_set(struct fovea_device *fovea, enum fs1_control control,
			 s32 value)
{
	int r = fovea_admin_set_control(fovea, control, value);

	return r == -EAGAIN ? 0 : r;
}

static int fovea_npu_s_ctrl(struct v4l2_ctrl *ctrl)
{
	struct fovea_device *fovea = to_fovea_npu(ctrl);

	switch (ctrl->id) {
	case V4L2_CID_FOVEA_NETWORK:
		return fovea_networks_want(fovea, ctrl->val);
	case V4L2_CID_FOVEA_TENSORS:
		return fovea_npu_set(fovea, FS1_CONTROL_TENSORS, ctrl->val);
	case V4L2_CID_FOVEA_CROPS:
		return fovea_npu_set(fovea, FS1_CONTROL_CROPS, ctrl->val);
	case V4L2_CID_FOVEA_CROP_MARGIN:
		return fovea_npu_set(fovea, FS1_CONTROL_CROP_MARGIN,
				     ctrl->val);
	case V4L2_CID_FOVEA_CROP_JOIN:
		return fovea_npu_set(fovea, FS1_CONTROL_CROP_JOIN, ctrl->val);
	default:
		return -EINVAL;
	}
}

static const struct v4l2_ctrl_ops fovea_npu_ctrl_ops = {
	.g_volatile_ctrl = fovea_npu_g_volatile_ctrl,
	.s_ctrl = fovea_npu_s_ctrl,
};

static const struct v4l2_ctrl_config fovea_npu_ctrls[] = {
	{
		.ops = &fovea_npu_ctrl_ops,
		.id = V4L2_CID_FOVEA_NETWORK,
		.name = "Network",
		.type = V4L2_CTRL_TYPE_INTEGER,
		.step = 1,
	}, {
		.ops = &fovea_npu_ctrl_ops,
		.id = V4L2_CID_FOVEA_NETWORKS,
		.name = "Networks",
		.type = V4L2_CTRL_TYPE_U8,
		.max = U8_MAX,
		.step = 1,
		.dims = { FOVEA_NETWORKS_MAX * sizeof(struct fovea_network) },
		.flags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_VOLATILE,
	}, {
		.ops = &fovea_npu_ctrl_ops,
		.id = V4L2_CID_FOVEA_LOAD_PROGRESS,
		.name = "Load Progress",
		.type = V4L2_CTRL_TYPE_INTEGER,
		.max = 1000,
		.step = 1,
		.flags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_VOLATILE,
	}, {
		.ops = &fovea_npu_ctrl_ops,
		.id = V4L2_CID_FOVEA_TENSORS,
		.name = "Tensors",
		.type = V4L2_CTRL_TYPE_BITMASK,
		.max = FS1_TENSORS_OUTPUTS | FS1_TENSORS_INPUT,
		.def = FS1_TENSORS_OUTPUTS,
	}, {
		.ops = &fovea_npu_ctrl_ops,
		.id = V4L2_CID_FOVEA_CROPS,
		.name = "Crops",
		.type = V4L2_CTRL_TYPE_INTEGER,
		.min = 1,
		.max = FOVEA_CROPS_MAX,
		.step = 1,
		.def = 4,
	}, {
		.ops = &fovea_npu_ctrl_ops,
		.id = V4L2_CID_FOVEA_CROP_MARGIN,
		.name = "Crop Margin",
		.type = V4L2_CTRL_TYPE_INTEGER,
		.max = 100,
		.step = 1,
		.def = 10,
	}, {
		.ops = &fovea_npu_ctrl_ops,
		.id = V4L2_CID_FOVEA_CROP_JOIN,
		.name = "Crop Join",
		.type = V4L2_CTRL_TYPE_INTEGER,
		.max = 400,
		.step = 1,
	},
};

int fovea_npu_ctrls_init(struct fovea_device *fovea)
{
	struct v4l2_ctrl_handler *handler = &fovea->ctrls.npu;
	unsigned int i;

	v4l2_ctrl_handler_init(handler, ARRAY_SIZE(fovea_npu_ctrls));
	for (i = 0; i < ARRAY_SIZE(fovea_npu_ctrls); i++)
		v4l2_ctrl_new_custom(handler, &fovea_npu_ctrls[i], NULL);
	fovea->ctrls.network = v4l2_ctrl_find(handler, V4L2_CID_FOVEA_NETWORK);
	return handler->error;
}

void fovea_npu_set_highest(struct fovea_device *fovea, u32 number)
{
	/* Memory is all that this can want. */
	if (v4l2_ctrl_modify_range(fovea->ctrls.network, 0, number, 1, 0))
		dev_err(fovea->dev, "network: number %u can't be chosen\n",
			number);
}

void fovea_npu_take_back(struct fovea_device *fovea, u32 number, u32 active)
{
	struct v4l2_ctrl *ctrl = fovea->ctrls.network;

	v4l2_ctrl_lock(ctrl);
	if (ctrl->cur.val == number)
		__v4l2_ctrl_s_ctrl(ctrl, active);
	v4l2_ctrl_unlock(ctrl);
}

void fovea_npu_event(struct fovea_device *fovea,
		     const struct fovea_event_network *data)
{
	struct v4l2_event event = { .type = V4L2_EVENT_FOVEA_NETWORK };
	struct fovea_stream *stream;
	unsigned int i;

	static_assert(sizeof(*data) <= sizeof(event.u.data));
	trace_fovea_network(fovea, data);
	memcpy(event.u.data, data, sizeof(*data));
	for (i = 0; i < FS1_QUEUES; i++) {
		stream = &fovea->streams[i];
		if (stream->type && stream->type->ctrls == FOVEA_CTRLS_NPU &&
		    video_is_registered(&stream->vdev))
			v4l2_event_queue(&stream->vdev, &event);
	}
}
