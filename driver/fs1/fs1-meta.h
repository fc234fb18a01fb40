/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The contents of the meta stream's buffers. Private to the core.
 */
#ifndef FS1_META_H
#define FS1_META_H

#include "fs1-checksum.h"
#include "fs1-inference.h"

/**
 * struct fs1_meta_page - all blocks this version writes, in their order
 * @header: identity of the frame, bytes and number of the blocks
 * @timing: frame time, exposure, and what was late or dropped
 * @settings: what the pixels were made with
 * @histogram: of raw samples, for each channel of the array
 * @zones: means of the zones that auto-exposure works on
 * @sharpness: how sharp the picture is
 * @optional: blocks that are not always there: the checksums, the detections
 */
struct fs1_meta_page {
	struct fs1_meta_header header;
	struct fs1_meta_timing timing;
	struct fs1_meta_settings settings;
	struct fs1_meta_histogram histogram;
	struct fs1_meta_zones zones;
	struct fs1_meta_sharpness sharpness;
	fs1_u8 optional[sizeof(struct fs1_meta_checksum) +
			sizeof(struct fs1_meta_detections)];
};

/**
 * struct fs1_meta_facts - what was true of a frame
 * @timestamp: start of frame, ns
 * @frame_time: ns to the next planned start
 * @exposure_time: ns
 * @lengthened_by: ns
 * @lengthened_frames: see struct fs1_meta_timing
 * @dropped_frames: see struct fs1_meta_timing
 * @flags: FS1_SETTING_* that @settings doesn't tell
 * @settings: what the engine was told
 * @statistics: of the frame
 * @checksum: of its buffers; NULL: no such block
 * @network: a network is active: there is a block of detections
 * @result: what it tells of; NULL: none
 */
struct fs1_meta_facts {
	fs1_u64 timestamp;
	fs1_u64 frame_time;
	fs1_u64 exposure_time;
	fs1_u64 lengthened_by;
	fs1_u32 lengthened_frames;
	fs1_u32 dropped_frames;
	fs1_u32 flags;
	const struct fs1_settings *settings;
	const struct fs1_statistics *statistics;
	const struct fs1_checksum *checksum;
	bool network;
	const struct fs1_result *result;
};

/**
 * fs1_meta_fill() - write the page
 * @page: any contents before; afterwards nothing of them is left in the bytes
 *	that count
 * @facts: all of it set; only @facts->checksum and @facts->result may be NULL
 *
 * Return: its bytes, all of which are defined.
 */
fs1_u32 fs1_meta_fill(struct fs1_meta_page *page,
		      const struct fs1_meta_facts *facts);

#endif /* FS1_META_H */
