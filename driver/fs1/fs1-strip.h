/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A strip: some neighbouring lines of a frame, computed by one thread from
 * raw samples to output bytes, line pair by line pair, in memory of its own.
 * Strips share nothing that they write, and repeat the few lines around their
 * borders, so that a frame is the same however many there are.
 */
#ifndef FS1_STRIP_H
#define FS1_STRIP_H

#include "fs1-output.h"
#include "fs1-scene.h"
#include "fs1-sensor.h"
#include "fs1-statistics.h"

#define FS1_STRIP_PAIRS 3u	/* line pairs either step of the demosaic looks at */

/**
 * struct fs1_frame - what all strips of a frame read
 * @settings: of the frame
 * @mode: its readout mode
 * @isp: its tables
 * @response: likewise
 * @scene: light, built when the frame needs it
 * @raw: samples to process instead of the array's; NULL: the array
 * @sinks: outputs
 * @count: how many
 * @statistics: gather them
 * @first: first sample pair (two columns) that an output reads
 * @end: sample pair behind the last
 */
struct fs1_frame {
	struct fs1_settings settings;
	const struct fs1_mode *mode;
	struct fs1_isp isp;
	struct fs1_response response;
	struct fs1_scene scene;
	const fs1_u16 *raw;
	struct fs1_sink sinks[FS1_OUTPUTS_MAX];
	unsigned int count;
	bool statistics;
	fs1_u32 first;
	fs1_u32 end;
};

/**
 * struct fs1_strip - a strip of the frame in progress
 * @next: line pair to be read out next
 * @end: line pair behind the last
 * @own_first: first line pair of the array that is this strip's: its raw
 *	output and statistics
 * @own_end: line pair behind the last
 * @colour_first: first line pair to be reconstructed
 * @colour_end: line pair behind the last; none when not above @colour_first
 * @lines: by line pair modulo FS1_STRIP_PAIRS, samples after gains
 * @differences: likewise, the first step of the demosaic
 * @rgb: a line just reconstructed, pixel words
 * @raw: a raw line pair
 * @light: scratch for a line of light
 * @gather: statistics of own line pairs
 * @parts: lines of each output
 * @scene: lines of the light plane
 * @memory: what all pointers above point into, owned by the engine
 */
struct fs1_strip {
	fs1_u32 next;
	fs1_u32 end;
	fs1_u32 own_first;
	fs1_u32 own_end;
	fs1_u32 colour_first;
	fs1_u32 colour_end;
	struct fs1_planes lines[FS1_STRIP_PAIRS][2];
	struct fs1_differences differences[FS1_STRIP_PAIRS][2];
	fs1_u64 *rgb;
	fs1_u16 *raw[2];
	fs1_u16 *light;
	struct fs1_gather *gather;
	struct fs1_sink_part parts[FS1_OUTPUTS_MAX];
	struct fs1_scene_part scene;
	fs1_u8 *memory;
};

/**
 * fs1_strip_window() - what of the mode the strips of a frame read
 * @frame: complete, without a raw output, statistics or samples of its own
 * @ret_window: filled
 */
void fs1_strip_window(const struct fs1_frame *frame, struct fs1_window *ret_window);

/** fs1_strip_size() - bytes of memory a strip of @frame needs */
size_t fs1_strip_size(const struct fs1_frame *frame);

/**
 * fs1_strip_begin() - set up strip @index of @count
 * @frame: the frame, complete
 * @strip: with its memory
 * @index: which
 * @count: of how many
 */
void fs1_strip_begin(const struct fs1_frame *frame, struct fs1_strip *strip,
		     unsigned int index, unsigned int count);

/**
 * fs1_strip_run() - compute the next line pairs
 * @frame: the one the strip was begun with; several of its strips may run at
 *	the same time
 * @strip: after fs1_strip_begin()
 * @pairs: how many at most
 *
 * Return: true while there is more to do.
 */
bool fs1_strip_run(const struct fs1_frame *frame, struct fs1_strip *strip,
		   fs1_u32 pairs);

#endif /* FS1_STRIP_H */
