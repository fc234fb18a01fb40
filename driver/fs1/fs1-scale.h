/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The scaler: separable, in linear light, on pixel words. Shrinking averages
 * the area an output pixel covers; enlarging interpolates linearly.
 */
#ifndef FS1_SCALE_H
#define FS1_SCALE_H

#include "fs1-types.h"

#define FS1_WEIGHT_BITS 6
#define FS1_WEIGHT_ONE (1u << FS1_WEIGHT_BITS)
#define FS1_TAPS_FIXED 8u	/* up to here a kernel of its own */

/**
 * struct fs1_span - the source samples of one output position
 * @first: index of the first sample
 * @count: samples, at least 1
 * @weight: index of the first weight in struct fs1_axis
 */
struct fs1_span {
	fs1_u16 first;
	fs1_u16 count;
	fs1_u32 weight;
};

/**
 * struct fs1_axis - the filter of one direction
 * @span: one per output position
 * @weights: of all spans; those of a span sum up to FS1_WEIGHT_ONE
 * @count: output positions
 * @taps: largest count of any span; when at most FS1_TAPS_FIXED, every span
 *	has exactly this many (some of weight 0)
 * @shrink: averaging, not interpolating
 */
struct fs1_axis {
	struct fs1_span *span;
	fs1_u8 *weights;
	fs1_u32 count;
	fs1_u32 taps;
	bool shrink;
};

/**
 * struct fs1_axis_shape - what an axis maps
 * @source: samples there are in the source
 * @unit: crop units per source sample
 * @start: start of the crop, crop units
 * @length: length of the crop, crop units
 * @count: output positions
 */
struct fs1_axis_shape {
	fs1_u32 source;
	fs1_u32 unit;
	fs1_u32 start;
	fs1_u32 length;
	fs1_u32 count;
};

/** fs1_axis_size() - bytes fs1_axis_build() needs, at most */
size_t fs1_axis_size(const struct fs1_axis_shape *shape);

/**
 * fs1_axis_build() - compute the filter
 * @axis: filled
 * @shape: what it maps
 * @memory: fs1_axis_size() bytes, 8-aligned, that live as long as @axis
 * @uniform: give all spans the same count where there are few taps
 *	(for fs1_scale_line())
 */
void fs1_axis_build(struct fs1_axis *axis, const struct fs1_axis_shape *shape,
		    void *memory, bool uniform);

/**
 * fs1_axis_part() - some output positions of a filter, for fs1_scale_line() alone
 * @axis: the filter, built with @uniform
 * @first: first position of the part
 * @count: positions, as many as there are at most
 *
 * Return: the part, valid as long as @axis.
 */
struct fs1_axis fs1_axis_part(const struct fs1_axis *axis, fs1_u32 first,
			      fs1_u32 count);

/**
 * fs1_scale_line() - scale one line horizontally
 * @axis: the filter, built with @uniform
 * @from: source pixel words
 * @bits: of the source's lanes, 12 to 14
 * @to: @axis->count pixel words, 15 bits a lane: the 15 - @bits new ones are
 *	fraction
 */
void fs1_scale_line(const struct fs1_axis *axis, const fs1_u64 *from,
		    fs1_u32 bits, fs1_u64 *to);

/**
 * struct fs1_rows - vertical scaling in progress: what came of earlier lines
 * @axis: the filter
 * @next: output line to be made next
 * @end: output line behind the last to be made
 * @line: the line that has just come, scaled horizontally
 * @past: shrinking: weighted sum of the lines so far of output @next;
 *	enlarging: the line before
 * @width: pixel words per line
 */
struct fs1_rows {
	const struct fs1_axis *axis;
	fs1_u32 next;
	fs1_u32 end;
	fs1_u64 *line;
	fs1_u64 *past;
	fs1_u32 width;
};

/**
 * struct fs1_blend - how an output line comes about
 * @past: pixel words of what came before, of struct fs1_rows
 * @line: pixel words of the line that has just come, likewise
 * @past_weight: of @past
 * @line_weight: of @line
 *
 * Each pixel word is @past[x] * @past_weight + @line[x] * @line_weight, all 21
 * bits of a lane: those of the source, the rest fraction.
 */
struct fs1_blend {
	const fs1_u64 *past;
	const fs1_u64 *line;
	fs1_u32 past_weight;
	fs1_u32 line_weight;
};

/** fs1_rows_wants() - does any output line still to come use source line @y? */
bool fs1_rows_wants(const struct fs1_rows *rows, fs1_u32 y);

/**
 * fs1_rows_next() - the next output line that source line @y completes
 * @rows: @rows->line holds source line @y; call again until false
 * @y: source line, ascending from call to call
 * @ret_blend: how to make output line @rows->next - 1
 *
 * Return: false when @y is used up and the next line may come.
 */
bool fs1_rows_next(struct fs1_rows *rows, fs1_u32 y, struct fs1_blend *ret_blend);

static inline fs1_u32 fs1_span_last(const struct fs1_span *span)
{
	return span->first + span->count - 1u;
}

#endif /* FS1_SCALE_H */
