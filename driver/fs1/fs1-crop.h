/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the crops stream carries, part of the device's interface, and which parts of a
 * frame become crops.
 */
#ifndef FS1_CROP_H
#define FS1_CROP_H

#include "fs1-input.h"

#define FS1_CROPS_MAGIC		0x31435646u	/* "FVC1" */
#define FS1_CROPS_VERSION	1u
#define FS1_CROPS_MAX		16u

/* The buffer was too small for all: those that didn't fit are left out. */
#define FS1_CROPS_TRUNCATED	(1u << 0)

/* The class of what is several things. */
#define FS1_CLASS_SEVERAL	0xffffu

/**
 * struct fs1_crop - one cut-out
 * @left: pixels of the array, even
 * @top: likewise
 * @width: pixels, even, FS1_CROP_MIN at least
 * @height: lines, likewise
 * @score: the best of its detections', Q15
 * @class: of its only detection, or FS1_CLASS_SEVERAL
 * @detections: how many it is of
 * @piece: of the picture, of its best detection
 * @offset: of its first byte, from the start of the buffer
 * @size: bytes
 * @stride: bytes from line to line
 * @reserved: 0
 */
struct fs1_crop {
	fs1_le16 left;
	fs1_le16 top;
	fs1_le16 width;
	fs1_le16 height;
	fs1_le16 score;
	fs1_le16 class;
	fs1_le16 detections;
	fs1_le16 piece;
	fs1_le32 offset;
	fs1_le32 size;
	fs1_le32 stride;
	fs1_le32 reserved;
};

/**
 * struct fs1_crops_header - the beginning of a buffer of the crops stream
 * @magic: FS1_CROPS_MAGIC
 * @version: FS1_CROPS_VERSION
 * @header_size: of this; the pixels are behind it
 * @total_size: header and all crops that are there
 * @flags: FS1_CROPS_TRUNCATED
 * @frame_id: of the frame that the buffer belongs to
 * @timestamp: of its start, ns
 * @label: enum fs1_label; NONE: all that follows is 0
 * @late: LATE: frames since that of the crops
 * @source_frame_id: of the frame that both detections and pixels are of
 * @source_timestamp: of its start, ns
 * @hash: identity of the network
 * @format: FS1_FORMAT_RGB24
 * @count: of crops
 * @wanted: crops that there would have been with room for all
 * @reserved: 0
 * @crop: @count of them, the best first
 */
struct fs1_crops_header {
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
	fs1_u8 hash[FS1_PACKAGE_HASH];
	fs1_le32 format;
	fs1_le32 count;
	fs1_le32 wanted;
	fs1_le32 reserved[5];
	struct fs1_crop crop[FS1_CROPS_MAX];
};

/**
 * struct fs1_crop_rules - which parts of a frame become crops
 * @most: crops, 1 to FS1_CROPS_MAX
 * @margin: on each side, % of the height
 * @join: what is no farther from each other than so many % of the higher one's height
 *	is one crop; 0: nothing is
 */
struct fs1_crop_rules {
	fs1_u32 most;
	fs1_u32 margin;
	fs1_u32 join;
};

/**
 * struct fs1_crop_place - a part of a frame that becomes a crop
 * @place: where
 * @score: as in struct fs1_crop, like all that follows
 * @class: likewise
 * @detections: likewise
 * @piece: likewise
 */
struct fs1_crop_place {
	struct fs1_rectangle place;
	fs1_u16 score;
	fs1_u16 class;
	fs1_u16 detections;
	fs1_u16 piece;
};

/**
 * fs1_crops_choose() - which parts of a frame become crops
 * @rules: by these
 * @found: on the frame, the best first, inside of the array
 * @count: at most FS1_DETECTIONS_MAX
 * @places: room for FS1_CROPS_MAX
 *
 * Return: how many; the best first, of equals the one that was found first.
 */
fs1_u32 fs1_crops_choose(const struct fs1_crop_rules *rules,
			 const struct fs1_found *found, fs1_u32 count,
			 struct fs1_crop_place *places);

static_assert(sizeof(struct fs1_crop) == 32, "no holes");
static_assert(sizeof(struct fs1_crops_header) == 120 + 16 * 32, "no holes");

#endif /* FS1_CROP_H */
