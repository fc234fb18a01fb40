// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Filters of the scaler and their application to lines of pixel words.
 */
#include "fs1-packed.h"
#include "fs1-scale.h"

static bool fs1_axis_shrinks(const struct fs1_axis_shape *shape)
{
	return shape->length >= shape->unit * shape->count;
}

/* Most samples that one output position can touch. */
static fs1_u32 fs1_axis_taps(const struct fs1_axis_shape *shape)
{
	fs1_u32 taps = 2;

	if (fs1_axis_shrinks(shape))
		taps = shape->length / (shape->unit * shape->count) + 2;
	if (taps < FS1_TAPS_FIXED)
		taps = FS1_TAPS_FIXED;
	return taps;
}

size_t fs1_axis_size(const struct fs1_axis_shape *shape)
{
	size_t size = shape->count * (sizeof(struct fs1_span) +
				      (size_t)fs1_axis_taps(shape));

	return (size + 7) & ~(size_t)7;
}

/*
 * In units of 1 / (unit * count) of a source sample, output j covers
 * [start * count + j * length, + length). Each sample weighs as much as it is
 * covered, rounded so that the weights of an output sum up exactly: a weight
 * is the difference of two rounded running sums.
 */
static void fs1_axis_area(struct fs1_axis *axis,
			  const struct fs1_axis_shape *shape, fs1_u32 j,
			  fs1_u8 *weights)
{
	struct fs1_span *span = &axis->span[j];
	fs1_u32 sample = shape->unit * shape->count;
	fs1_u32 from = shape->start * shape->count + j * shape->length;
	fs1_u32 to = from + shape->length;
	fs1_u32 first = from / sample;
	fs1_u32 last = (to - 1) / sample;
	fs1_u32 before = 0, i;

	if (last >= shape->source)
		last = shape->source - 1;
	span->first = (fs1_u16)first;
	span->count = 0;
	for (i = first; i <= last; i++) {
		fs1_u32 covered = (i + 1) * sample - from;
		fs1_u32 sum = FS1_WEIGHT_ONE;

		if (i < last)
			sum = (fs1_u32)fs1_div64((fs1_u64)covered * (2 * FS1_WEIGHT_ONE) +
						 shape->length,
						 2ull * shape->length);
		/* Samples of no weight at the ends are not part of the span. */
		if (!span->count && sum == before) {
			span->first++;
			continue;
		}
		weights[span->count++] = (fs1_u8)(sum - before);
		before = sum;
	}
	while (span->count > 1 && !weights[span->count - 1])
		span->count--;
}

/* The centre of output j between the centres of two samples. */
static void fs1_axis_linear(struct fs1_axis *axis,
			    const struct fs1_axis_shape *shape, fs1_u32 j,
			    fs1_u8 *weights)
{
	struct fs1_span *span = &axis->span[j];
	fs1_u32 sample = 2 * shape->unit * shape->count;
	/* One sample to the right, so that it is never negative. */
	fs1_u32 centre = 2 * shape->start * shape->count +
			 (2 * j + 1) * shape->length + sample / 2;
	fs1_u32 first = centre / sample;
	fs1_u32 fraction = (centre % sample * FS1_WEIGHT_ONE + sample / 2) /
			   sample;

	if (fraction == FS1_WEIGHT_ONE) {
		fraction = 0;
		first++;
	}
	if (first == 0) {
		fraction = 0;
	} else if (--first >= shape->source - 1) {
		first = shape->source - 1;
		fraction = 0;
	}
	span->first = (fs1_u16)first;
	span->count = fraction ? 2 : 1;
	weights[0] = (fs1_u8)(FS1_WEIGHT_ONE - fraction);
	weights[1] = (fs1_u8)fraction;
}

/* Give every span @axis->taps samples, moved to lie inside the source. */
static void fs1_axis_level(struct fs1_axis *axis, fs1_u32 source, fs1_u32 pitch)
{
	fs1_u32 j, i;

	for (j = 0; j < axis->count; j++) {
		struct fs1_span *span = &axis->span[j];
		fs1_u8 *from = axis->weights + j * pitch;
		fs1_u8 *to = axis->weights + j * axis->taps;
		fs1_u8 old[FS1_TAPS_FIXED] = { 0 };
		fs1_u32 shift = 0;

		for (i = 0; i < span->count; i++)
			old[i] = from[i];
		if (span->first + axis->taps > source)
			shift = span->first + axis->taps - source;
		for (i = 0; i < axis->taps; i++)
			to[i] = i < shift ? 0 : old[i - shift];
		span->first = (fs1_u16)(span->first - shift);
		span->count = (fs1_u16)axis->taps;
		span->weight = j * axis->taps;
	}
}

void fs1_axis_build(struct fs1_axis *axis, const struct fs1_axis_shape *shape,
		    void *memory, bool uniform)
{
	fs1_u32 pitch = fs1_axis_taps(shape);
	fs1_u32 j;

	axis->span = memory;
	axis->weights = (fs1_u8 *)memory + shape->count * sizeof(struct fs1_span);
	axis->count = shape->count;
	axis->shrink = fs1_axis_shrinks(shape);
	axis->taps = 1;
	for (j = 0; j < shape->count; j++) {
		struct fs1_span *span = &axis->span[j];

		span->weight = j * pitch;
		if (axis->shrink)
			fs1_axis_area(axis, shape, j, axis->weights + span->weight);
		else
			fs1_axis_linear(axis, shape, j,
					axis->weights + span->weight);
		if (span->count > axis->taps)
			axis->taps = span->count;
	}
	if (uniform && axis->taps <= FS1_TAPS_FIXED && axis->taps <= shape->source)
		fs1_axis_level(axis, shape->source, pitch);
}

/* Few taps: the spans' weights lie behind each other, and are read like that. */
#define FS1_TAPS_UNROLLED 5u

struct fs1_axis fs1_axis_part(const struct fs1_axis *axis, fs1_u32 first,
			      fs1_u32 count)
{
	struct fs1_axis part = *axis;

	part.count = count;
	if (axis->span)
		part.span += first;
	if (axis->weights && axis->taps <= FS1_TAPS_UNROLLED)
		part.weights += (size_t)first * axis->taps;
	return part;
}

/* Inlined with a constant @taps, so that the inner loop unrolls. */
static inline __attribute__((always_inline)) void
fs1_scale_taps(const struct fs1_axis *axis, const fs1_u64 *restrict from,
	       fs1_u32 shift, fs1_u64 *restrict to, const fs1_u32 taps)
{
	const fs1_u64 half = FS1_PIXEL(1u << (shift - 1));
	const struct fs1_span *span = axis->span;
	const fs1_u8 *weight = axis->weights;
	fs1_u32 count = axis->count;
	fs1_u32 x, i;

	for (x = 0; x < count; x++) {
		const fs1_u64 *pixel = from + span[x].first;
		fs1_u64 sum = half + pixel[0] * weight[0];

		for (i = 1; i < taps; i++)
			sum += pixel[i] * weight[i];
		weight += taps;
		to[x] = (sum >> shift) & FS1_PIXEL(0x7fff);
	}
}

static void fs1_scale_any(const struct fs1_axis *axis,
			  const fs1_u64 *restrict from, fs1_u32 shift,
			  fs1_u64 *restrict to)
{
	const fs1_u64 half = FS1_PIXEL(1u << (shift - 1));
	fs1_u32 x, i;

	for (x = 0; x < axis->count; x++) {
		const struct fs1_span *span = &axis->span[x];
		const fs1_u8 *weight = axis->weights + span->weight;
		const fs1_u64 *pixel = from + span->first;
		fs1_u64 sum = half;

		for (i = 0; i < span->count; i++)
			sum += pixel[i] * weight[i];
		to[x] = (sum >> shift) & FS1_PIXEL(0x7fff);
	}
}

void fs1_scale_line(const struct fs1_axis *axis, const fs1_u64 *from,
		    fs1_u32 bits, fs1_u64 *to)
{
	fs1_u32 shift = bits + FS1_WEIGHT_BITS - 15;

	switch (axis->taps) {
	case 1:
		fs1_scale_taps(axis, from, shift, to, 1);
		break;
	case 2:
		fs1_scale_taps(axis, from, shift, to, 2);
		break;
	case 3:
		fs1_scale_taps(axis, from, shift, to, 3);
		break;
	case 4:
		fs1_scale_taps(axis, from, shift, to, 4);
		break;
	case 5:
		fs1_scale_taps(axis, from, shift, to, 5);
		break;
	default:
		fs1_scale_any(axis, from, shift, to);
		break;
	}
}

bool fs1_rows_wants(const struct fs1_rows *rows, fs1_u32 y)
{
	const struct fs1_axis *axis = rows->axis;

	return rows->next < rows->end &&
	       axis->span[rows->next].first <= y &&
	       fs1_span_last(&axis->span[rows->end - 1]) >= y;
}

static void fs1_rows_add(struct fs1_rows *rows, fs1_u32 weight, bool first)
{
	const fs1_u64 *restrict line = rows->line;
	fs1_u64 *restrict past = rows->past;
	fs1_u32 x;

	if (first) {
		for (x = 0; x < rows->width; x++)
			past[x] = line[x] * weight;
	} else {
		for (x = 0; x < rows->width; x++)
			past[x] += line[x] * weight;
	}
}

bool fs1_rows_next(struct fs1_rows *rows, fs1_u32 y, struct fs1_blend *ret_blend)
{
	const struct fs1_axis *axis = rows->axis;
	const struct fs1_span *span;
	const fs1_u8 *weight;
	fs1_u64 *swap;

	if (rows->next >= rows->end)
		return false;
	span = &axis->span[rows->next];
	weight = axis->weights + span->weight;
	if (fs1_span_last(span) == y) {
		*ret_blend = (struct fs1_blend){
			.past = rows->past,
			.line = rows->line,
			.past_weight = 0,
			.line_weight = weight[span->count - 1],
		};
		if (span->count > 1)
			ret_blend->past_weight = axis->shrink ? 1 : weight[0];
		rows->next++;
		return true;
	}
	if (!axis->shrink) {
		swap = rows->past;
		rows->past = rows->line;
		rows->line = swap;
	} else if (span->first <= y) {
		fs1_rows_add(rows, weight[y - span->first], span->first == y);
	}
	return false;
}
