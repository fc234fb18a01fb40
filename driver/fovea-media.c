// SPDX-License-Identifier: GPL-2.0-only
/*
 * The media graph: scene, array, pipeline and nodes. It shows the topology;
 * all links are fixed, so nobody has to set anything up.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <media/media-entity.h>
#include <media/v4l2-subdev.h>

#include "fovea-core.h"

#define FOVEA_LINK_FIXED (MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE)

/* Everything is done at the nodes: the subdevs carry entities and controls. */
static const struct v4l2_subdev_ops fovea_subdev_ops = { };

static int fovea_media_add_subdev(struct fovea_device *fovea,
				  struct v4l2_subdev *subdev, const char *name,
				  u32 function, struct media_pad *pads,
				  unsigned int count,
				  struct v4l2_ctrl_handler *handler)
{
	int r;

	v4l2_subdev_init(subdev, &fovea_subdev_ops);
	strscpy(subdev->name, name, sizeof(subdev->name));
	subdev->dev = fovea->dev;
	subdev->entity.function = function;
	subdev->ctrl_handler = handler;
	r = media_entity_pads_init(&subdev->entity, count, pads);
	if (r)
		return r;
	return v4l2_device_register_subdev(&fovea->v4l2, subdev);
}

static int fovea_media_add_npu(struct fovea_device *fovea)
{
	struct media_pad *pads = fovea->npu_pads;

	pads[FOVEA_NPU_PAD_SINK].flags = MEDIA_PAD_FL_SINK;
	pads[FOVEA_NPU_PAD_NETWORK].flags = MEDIA_PAD_FL_SINK;
	pads[FOVEA_NPU_PAD_TENSOR].flags = MEDIA_PAD_FL_SOURCE;
	pads[FOVEA_NPU_PAD_CROPS].flags = MEDIA_PAD_FL_SOURCE;
	return fovea_media_add_subdev(fovea, &fovea->npu, "fovea-npu",
				      MEDIA_ENT_F_PROC_VIDEO_STATISTICS, pads,
				      FOVEA_NPU_PADS, &fovea->ctrls.npu);
}

static int fovea_media_add_entities(struct fovea_device *fovea)
{
	bool scene = fovea->capabilities & FS1_CAP_SCENE;
	bool npu = fovea->capabilities & FS1_CAP_NPU;
	int r;

	fovea->sensor_pads[FOVEA_SENSOR_PAD_SOURCE].flags = MEDIA_PAD_FL_SOURCE;
	fovea->sensor_pads[FOVEA_SENSOR_PAD_SCENE].flags = MEDIA_PAD_FL_SINK;
	r = fovea_media_add_subdev(fovea, &fovea->sensor, "fovea-sensor",
				   MEDIA_ENT_F_CAM_SENSOR, fovea->sensor_pads,
				   scene ? FOVEA_SENSOR_PADS :
					   FOVEA_SENSOR_PAD_SCENE,
				   &fovea->ctrls.sensor);
	if (r)
		return r;

	fovea->isp_pads[FOVEA_ISP_PAD_SINK].flags = MEDIA_PAD_FL_SINK;
	fovea->isp_pads[FOVEA_ISP_PAD_IMAGE].flags = MEDIA_PAD_FL_SOURCE;
	fovea->isp_pads[FOVEA_ISP_PAD_PREVIEW].flags = MEDIA_PAD_FL_SOURCE;
	fovea->isp_pads[FOVEA_ISP_PAD_META].flags = MEDIA_PAD_FL_SOURCE;
	fovea->isp_pads[FOVEA_ISP_PAD_NPU].flags = MEDIA_PAD_FL_SOURCE;
	r = fovea_media_add_subdev(fovea, &fovea->isp, "fovea-isp",
				   MEDIA_ENT_F_PROC_VIDEO_ISP, fovea->isp_pads,
				   npu ? FOVEA_ISP_PADS : FOVEA_ISP_PAD_NPU,
				   &fovea->ctrls.isp);
	if (r || !npu)
		return r;
	return fovea_media_add_npu(fovea);
}

static struct media_entity *fovea_media_entity(struct fovea_device *fovea,
					       enum fovea_subdev subdev)
{
	switch (subdev) {
	case FOVEA_SENSOR:
		return &fovea->sensor.entity;
	case FOVEA_NPU:
		return &fovea->npu.entity;
	default:
		return &fovea->isp.entity;
	}
}

static int fovea_media_link_node(struct fovea_stream *stream)
{
	const struct fovea_stream_type *type = stream->type;
	struct media_entity *entity =
		fovea_media_entity(stream->fovea, type->subdev);

	if (V4L2_TYPE_IS_OUTPUT(type->buf_type))
		return media_create_pad_link(&stream->vdev.entity, 0, entity,
					     type->pad, FOVEA_LINK_FIXED);
	return media_create_pad_link(entity, type->pad, &stream->vdev.entity, 0,
				     FOVEA_LINK_FIXED);
}

static int fovea_media_add_links(struct fovea_device *fovea)
{
	unsigned int i;
	int r;

	r = media_create_pad_link(&fovea->sensor.entity,
				  FOVEA_SENSOR_PAD_SOURCE, &fovea->isp.entity,
				  FOVEA_ISP_PAD_SINK, FOVEA_LINK_FIXED);
	if (!r && fovea->capabilities & FS1_CAP_NPU)
		r = media_create_pad_link(&fovea->isp.entity,
					  FOVEA_ISP_PAD_NPU, &fovea->npu.entity,
					  FOVEA_NPU_PAD_SINK, FOVEA_LINK_FIXED);
	for (i = 0; i < FS1_QUEUES && !r; i++)
		if (fovea->streams[i].type)
			r = fovea_media_link_node(&fovea->streams[i]);
	return r;
}

int fovea_media_register(struct fovea_device *fovea)
{
	int r;

	r = fovea_media_add_entities(fovea);
	if (!r)
		r = fovea_media_add_links(fovea);
	if (!r)
		r = media_device_register(&fovea->mdev);
	if (r)
		return dev_err_probe(fovea->dev, r,
				     "can't make the media graph\n");
	return 0;
}

void fovea_media_unregister(struct fovea_device *fovea)
{
	media_device_unregister(&fovea->mdev);
}
