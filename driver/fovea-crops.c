// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crops node: what the network has found, cut out of its frame in full
 * resolution, in the layout of uapi/linux/fovea.h, which is the device's own.
 *
 * Copyright The Fovea authors
 */
#include <linux/fovea.h>
#include <linux/sizes.h>

#include "fovea-core.h"
#include "fovea-layout.h"
#include "fovea-result.h"
#include "fovea-stream.h"
#include "fs1/fs1-crop.h"

/* Bytes of a pixel of V4L2_PIX_FMT_RGB24. */
#define FOVEA_CROPS_PIXEL	3
/* A few readable things; VIDIOC_S_FMT may ask for more or less. */
#define FOVEA_CROPS_SIZE_DEFAULT SZ_4M

static_assert(FOVEA_CROPS_FORMAT == FS1_FORMAT_CROPS);
static_assert(FOVEA_CROPS_MAGIC == FS1_CROPS_MAGIC);
static_assert(FOVEA_CROPS_VERSION == FS1_CROPS_VERSION);
static_assert(FOVEA_CROPS_MAX == FS1_CROPS_MAX);
static_assert(FOVEA_CROPS_TRUNCATED == FS1_CROPS_TRUNCATED);
static_assert(FOVEA_CLASS_SEVERAL == FS1_CLASS_SEVERAL);
static_assert(V4L2_PIX_FMT_RGB24 == FS1_FORMAT_RGB24);

FOVEA_SAME_SIZE(crop);
FOVEA_SAME_PLACE(crop, top);
FOVEA_SAME_PLACE(crop, width);
FOVEA_SAME_PLACE(crop, height);
FOVEA_SAME_PLACE(crop, score);
FOVEA_SAME_PLACE(crop, class);
FOVEA_SAME_PLACE(crop, detections);
FOVEA_SAME_PLACE(crop, piece);
FOVEA_SAME_PLACE(crop, offset);
FOVEA_SAME_PLACE(crop, size);
FOVEA_SAME_PLACE(crop, stride);
FOVEA_SAME_SIZE(crops_header);
FOVEA_SAME_PLACE(crops_header, header_size);
FOVEA_SAME_PLACE(crops_header, total_size);
FOVEA_SAME_PLACE(crops_header, flags);
FOVEA_SAME_PLACE(crops_header, frame_id);
FOVEA_SAME_PLACE(crops_header, timestamp);
FOVEA_SAME_PLACE(crops_header, label);
FOVEA_SAME_PLACE(crops_header, late);
FOVEA_SAME_PLACE(crops_header, source_frame_id);
FOVEA_SAME_PLACE(crops_header, source_timestamp);
FOVEA_SAME_PLACE(crops_header, hash);
FOVEA_SAME_PLACE(crops_header, format);
FOVEA_SAME_PLACE(crops_header, count);
FOVEA_SAME_PLACE(crops_header, wanted);
FOVEA_SAME_PLACE(crops_header, crop);

/* Is it part of the array, and do its lines lie in the buffer? */
static bool fovea_crop_valid(const struct fovea_crop *crop, u32 length)
{
	u32 left = le16_to_cpu(crop->left), width = le16_to_cpu(crop->width);
	u32 top = le16_to_cpu(crop->top), height = le16_to_cpu(crop->height);
	u64 stride = le32_to_cpu(crop->stride);
	u64 offset = le32_to_cpu(crop->offset);
	u64 size = le32_to_cpu(crop->size);

	if (!width || !height || (left | top | width | height) % 2 ||
	    left + width > FS1_ARRAY_WIDTH || top + height > FS1_ARRAY_HEIGHT)
		return false;
	/* Products and sums of 32 bits don't leave 64. */
	return stride >= FOVEA_CROPS_PIXEL * width &&
	       size >= (height - 1) * stride + FOVEA_CROPS_PIXEL * width &&
	       offset >= sizeof(struct fovea_crops_header) &&
	       offset + size <= length;
}

bool fovea_crops_valid(const void *content, u32 length, u64 frame_id)
{
	const struct fovea_crops_header *header = content;
	u32 count, i;

	if (length < sizeof(*header) ||
	    header->magic != cpu_to_le32(FOVEA_CROPS_MAGIC) ||
	    header->version != cpu_to_le16(FOVEA_CROPS_VERSION) ||
	    header->header_size != cpu_to_le16(sizeof(*header)) ||
	    header->total_size != cpu_to_le32(length) ||
	    header->frame_id != cpu_to_le64(frame_id) ||
	    !fovea_result_source(le32_to_cpu(header->label),
				 le32_to_cpu(header->late), frame_id,
				 le64_to_cpu(header->source_frame_id)))
		return false;
	count = le32_to_cpu(header->count);
	if (header->label == cpu_to_le32(FOVEA_LABEL_NONE))
		return !count && length == sizeof(*header);
	if (count > FOVEA_CROPS_MAX || le32_to_cpu(header->wanted) < count ||
	    header->format != cpu_to_le32(V4L2_PIX_FMT_RGB24))
		return false;
	for (i = 0; i < count; i++)
		if (!fovea_crop_valid(&header->crop[i], length))
			return false;
	return true;
}

static const struct fovea_data fovea_crops_data = {
	.format = FOVEA_CROPS_FORMAT,
	.description = "Fovea crops",
	.size_min = sizeof(struct fovea_crops_header),
	/* All of the array. */
	.size_max = sizeof(struct fovea_crops_header) +
		    FS1_ARRAY_WIDTH * FS1_ARRAY_HEIGHT * FOVEA_CROPS_PIXEL,
	.size_default = FOVEA_CROPS_SIZE_DEFAULT,
};

const struct fovea_stream_type fovea_crops_type = {
	.name = "fovea-crops",
	.label = "crops",
	.card = "Fovea FS-1 (crops)",
	.index = FS1_STREAM_CROPS,
	.buf_type = V4L2_BUF_TYPE_META_CAPTURE,
	.device_caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING,
	.subdev = FOVEA_NPU,
	.pad = FOVEA_NPU_PAD_CROPS,
	.ioctl_ops = &fovea_data_capture_ioctl_ops,
	.data = &fovea_crops_data,
	.ctrls = FOVEA_CTRLS_NPU,
	.size = fovea_data_size,
	.configure = fovea_data_configure,
	.valid = fovea_crops_valid,
};
