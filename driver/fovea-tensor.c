// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tensor node: what the network made of each frame, in the layout of
 * uapi/linux/fovea.h, which is the device's own.
 *
 * Copyright The Fovea authors
 */
#include <linux/fovea.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "fovea-core.h"
#include "fovea-layout.h"
#include "fovea-result.h"
#include "fovea-stream.h"
#include "fs1/fs1-result.h"

/* What comes out of most networks; VIDIOC_S_FMT may ask for more or less. */
#define FOVEA_TENSOR_SIZE_DEFAULT SZ_1M

static_assert(FOVEA_TENSOR_FORMAT == FS1_FORMAT_TENSOR);
static_assert(FOVEA_TENSOR_MAGIC == FS1_TENSOR_MAGIC);
static_assert(FOVEA_TENSOR_VERSION == FS1_TENSOR_VERSION);
static_assert(FOVEA_TENSORS_MAX == FS1_TENSOR_COUNT_MAX);
static_assert(FOVEA_TENSOR_DIMENSIONS == FS1_GRAPH_RANK_MAX);
static_assert(FOVEA_TENSOR_TRUNCATED == FS1_TENSOR_TRUNCATED);
static_assert((int)FOVEA_TENSOR_U8 == FS1_TENSOR_U8);
static_assert((int)FOVEA_TENSOR_S16 == FS1_TENSOR_S16);
static_assert((int)FOVEA_LAYOUT_NONE == FS1_LAYOUT_NONE);
static_assert((int)FOVEA_LAYOUT_NHWC == FS1_LAYOUT_NHWC);
static_assert((int)FOVEA_LAYOUT_DETECTIONS == FS1_LAYOUT_DETECTIONS);
static_assert((int)FOVEA_LAYOUT_CLASSES == FS1_LAYOUT_CLASSES);
static_assert((int)FOVEA_LAYOUT_LABELS == FS1_LAYOUT_LABELS);
static_assert((int)FOVEA_LABEL_NONE == FS1_LABEL_NONE);
static_assert((int)FOVEA_LABEL_FRESH == FS1_LABEL_FRESH);
static_assert((int)FOVEA_LABEL_LATE == FS1_LABEL_LATE);

FOVEA_SAME_SIZE(tensor_entry);
FOVEA_SAME_PLACE(tensor_entry, type);
FOVEA_SAME_PLACE(tensor_entry, rank);
FOVEA_SAME_PLACE(tensor_entry, layout);
FOVEA_SAME_PLACE(tensor_entry, flags);
FOVEA_SAME_PLACE(tensor_entry, dimensions);
FOVEA_SAME_PLACE(tensor_entry, zero_point);
FOVEA_SAME_PLACE(tensor_entry, scale);
FOVEA_SAME_PLACE(tensor_entry, scale_exponent);
FOVEA_SAME_PLACE(tensor_entry, offset);
FOVEA_SAME_PLACE(tensor_entry, size);
FOVEA_SAME_PLACE(tensor_entry, step);
FOVEA_SAME_SIZE(tensor_header);
FOVEA_SAME_PLACE(tensor_header, header_size);
FOVEA_SAME_PLACE(tensor_header, total_size);
FOVEA_SAME_PLACE(tensor_header, flags);
FOVEA_SAME_PLACE(tensor_header, frame_id);
FOVEA_SAME_PLACE(tensor_header, timestamp);
FOVEA_SAME_PLACE(tensor_header, label);
FOVEA_SAME_PLACE(tensor_header, late);
FOVEA_SAME_PLACE(tensor_header, source_frame_id);
FOVEA_SAME_PLACE(tensor_header, source_timestamp);
FOVEA_SAME_PLACE(tensor_header, duration);
FOVEA_SAME_PLACE(tensor_header, hash);
FOVEA_SAME_PLACE(tensor_header, name);
FOVEA_SAME_PLACE(tensor_header, network_version);
FOVEA_SAME_PLACE(tensor_header, pieces);
FOVEA_SAME_PLACE(tensor_header, count);
FOVEA_SAME_PLACE(tensor_header, columns);
FOVEA_SAME_PLACE(tensor_header, rows);
FOVEA_SAME_PLACE(tensor_header, window_left);
FOVEA_SAME_PLACE(tensor_header, window_top);
FOVEA_SAME_PLACE(tensor_header, window_width);
FOVEA_SAME_PLACE(tensor_header, window_height);
FOVEA_SAME_PLACE(tensor_header, tensor);

/* Has it as many bytes as its elements take? */
static bool fovea_tensor_entry_shaped(const struct fovea_tensor_entry *entry)
{
	u32 rank = entry->rank, i;
	u64 bytes;

	switch (entry->type) {
	case FOVEA_TENSOR_U8:
		bytes = 1;
		break;
	case FOVEA_TENSOR_S16:
		bytes = 2;
		break;
	default:
		return false;
	}
	if (!rank || rank > FOVEA_TENSOR_DIMENSIONS)
		return false;
	for (i = 0; i < rank; i++)
		if (check_mul_overflow(bytes, le32_to_cpu(entry->dimensions[i]),
				       &bytes))
			return false;
	return bytes == le32_to_cpu(entry->size);
}

/* Do all pieces of it lie behind the header and before the end? */
static bool fovea_tensor_entry_valid(const struct fovea_tensor_entry *entry,
				     u32 pieces, u32 total)
{
	u64 offset = le32_to_cpu(entry->offset);
	u64 size = le32_to_cpu(entry->size);
	u64 step = le32_to_cpu(entry->step);

	if (!fovea_result_text(entry->name, sizeof(entry->name)) ||
	    !fovea_tensor_entry_shaped(entry))
		return false;
	/* Products and sums of 32 bits don't leave 64. */
	return offset >= sizeof(struct fovea_tensor_header) &&
	       (pieces < 2 || step >= size) &&
	       offset + (pieces - 1) * step + size <= total;
}

bool fovea_tensor_valid(const void *content, u32 length, u64 frame_id)
{
	const struct fovea_tensor_header *header = content;
	u32 total, flags, pieces, count, i;

	if (length < sizeof(*header) ||
	    header->magic != cpu_to_le32(FOVEA_TENSOR_MAGIC) ||
	    header->version != cpu_to_le16(FOVEA_TENSOR_VERSION) ||
	    header->header_size != cpu_to_le16(sizeof(*header)) ||
	    header->frame_id != cpu_to_le64(frame_id) ||
	    !fovea_result_source(le32_to_cpu(header->label),
				 le32_to_cpu(header->late), frame_id,
				 le64_to_cpu(header->source_frame_id)))
		return false;
	total = le32_to_cpu(header->total_size);
	flags = le32_to_cpu(header->flags);
	if (flags & FOVEA_TENSOR_TRUNCATED ?
	    length != sizeof(*header) || total <= length : total != length)
		return false;
	count = le32_to_cpu(header->count);
	if (header->label == cpu_to_le32(FOVEA_LABEL_NONE))
		return !count && total == sizeof(*header);
	pieces = le32_to_cpu(header->pieces);
	if (!pieces || count > FOVEA_TENSORS_MAX ||
	    !fovea_result_text(header->name, sizeof(header->name)) ||
	    !fovea_result_text(header->network_version,
			       sizeof(header->network_version)))
		return false;
	for (i = 0; i < count; i++)
		if (!fovea_tensor_entry_valid(&header->tensor[i], pieces,
					      total))
			return false;
	return true;
}

static const struct fovea_data fovea_tensor_data = {
	.format = FOVEA_TENSOR_FORMAT,
	.description = "Fovea tensors",
	.size_min = sizeof(struct fovea_tensor_header),
	.size_max = sizeof(struct fovea_tensor_header) + FS1_RESULT_MAX,
	.size_default = FOVEA_TENSOR_SIZE_DEFAULT,
};

const struct fovea_stream_type fovea_tensor_type = {
	.name = "fovea-tensor",
	.label = "tensor",
	.card = "Fovea FS-1 (tensor)",
	.index = FS1_STREAM_TENSOR,
	.buf_type = V4L2_BUF_TYPE_META_CAPTURE,
	.device_caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING,
	.subdev = FOVEA_NPU,
	.pad = FOVEA_NPU_PAD_TENSOR,
	.ioctl_ops = &fovea_data_capture_ioctl_ops,
	.data = &fovea_tensor_data,
	.ctrls = FOVEA_CTRLS_NPU,
	.size = fovea_data_size,
	.configure = fovea_data_configure,
	.valid = fovea_tensor_valid,
};
