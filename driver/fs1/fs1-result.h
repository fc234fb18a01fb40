/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the tensor stream carries: a header at fixed offsets that says everything about
 * the bytes behind it. Part of the device's interface.
 */
#ifndef FS1_RESULT_H
#define FS1_RESULT_H

#include "fs1-inference.h"

#define FS1_TENSOR_MAGIC	0x31545646u	/* "FVT1" */
#define FS1_TENSOR_VERSION	1u
#define FS1_TENSOR_COUNT_MAX	16u
#define FS1_TENSOR_NAME		32u

/* The buffer was too small: total_size says what it should have had. */
#define FS1_TENSOR_TRUNCATED	(1u << 0)

/**
 * struct fs1_tensor_entry - one tensor
 * @name: as the graph has it, cut after 31 bytes
 * @type: enum fs1_tensor_type
 * @rank: of @dimensions
 * @layout: enum fs1_tensor_layout
 * @flags: FS1_TENSOR_OUTPUT, and FS1_TENSOR_INPUT of the input
 * @dimensions: the slowest first; 0 behind @rank
 * @zero_point: the value that stands for 0
 * @scale: of a step: @scale * 2^@scale_exponent
 * @scale_exponent: likewise
 * @offset: of the first piece's, from the start of the buffer
 * @size: bytes
 * @step: from piece to piece, bytes
 * @reserved: 0
 */
struct fs1_tensor_entry {
	char name[FS1_TENSOR_NAME];
	fs1_u8 type;
	fs1_u8 rank;
	fs1_u8 layout;
	fs1_u8 flags;
	fs1_le32 dimensions[FS1_GRAPH_RANK_MAX];
	fs1_le32 zero_point;
	fs1_le32 scale;
	fs1_le32 scale_exponent;
	fs1_le32 offset;
	fs1_le32 size;
	fs1_le32 step;
	fs1_le32 reserved[11];
};

/**
 * struct fs1_tensor_header - the beginning of a buffer of the tensor stream
 * @magic: FS1_TENSOR_MAGIC
 * @version: FS1_TENSOR_VERSION
 * @header_size: of this; the data is behind it
 * @total_size: header and data
 * @flags: FS1_TENSOR_TRUNCATED
 * @frame_id: of the frame that the buffer belongs to
 * @timestamp: of its start, ns
 * @label: enum fs1_label; NONE: no tensors follow
 * @late: LATE: frames since that of the result
 * @source_frame_id: of the frame that the result was computed from; NONE: 0
 * @source_timestamp: of its start, ns; likewise
 * @duration: of the inference, ns; likewise
 * @hash: identity of the network; likewise, as the following
 * @name: of the network
 * @network_version: likewise
 * @pieces: of the picture
 * @count: of tensors
 * @columns: pieces beside each other
 * @rows: pieces below each other
 * @window_left: what all of them show, in pixels of the array
 * @window_top: likewise
 * @window_width: likewise
 * @window_height: likewise
 * @reserved: 0
 * @tensor: @count of them
 */
struct fs1_tensor_header {
	fs1_le32 magic;
	fs1_le16 version;
	fs1_le16 header_size;
	fs1_le32 total_size;
	fs1_le32 flags;
	fs1_le64 frame_id;
	fs1_le64 timestamp;
	fs1_le32 label;
	fs1_le32 late;
	fs1_le64 source_frame_id;
	fs1_le64 source_timestamp;
	fs1_le64 duration;
	fs1_u8 hash[FS1_PACKAGE_HASH];
	char name[FS1_PACKAGE_NAME];
	char network_version[FS1_PACKAGE_VERSION];
	fs1_le32 pieces;
	fs1_le32 count;
	fs1_le16 columns;
	fs1_le16 rows;
	fs1_le16 window_left;
	fs1_le16 window_top;
	fs1_le16 window_width;
	fs1_le16 window_height;
	fs1_le32 reserved[11];
	struct fs1_tensor_entry tensor[FS1_TENSOR_COUNT_MAX];
};

/**
 * struct fs1_result_place - where and for whom a result is written
 * @memory: the buffer
 * @frame_id: of the frame that the buffer belongs to
 * @timestamp: of its start, ns
 * @header: room for the header
 */
struct fs1_result_place {
	const struct fs1_memory *memory;
	fs1_u64 frame_id;
	fs1_u64 timestamp;
	struct fs1_tensor_header *header;
};

/**
 * fs1_result_write() - a buffer of the tensor stream
 * @place: where; of at least the header's size
 * @result: what, while its unit isn't busy; NULL: there is none
 *
 * It is fresh when both are of the same frame. Of the input, all pieces are written, or
 * none where they are more than FS1_RESULT_MAX, or where there are FS1_TENSOR_COUNT_MAX
 * outputs.
 *
 * Return: bytes written.
 */
fs1_u32 fs1_result_write(const struct fs1_result_place *place,
			 const struct fs1_result *result);

static_assert(sizeof(struct fs1_tensor_entry) == 128, "no holes");
static_assert(sizeof(struct fs1_tensor_header) == 256 + 16 * 128, "no holes");

#endif /* FS1_RESULT_H */
