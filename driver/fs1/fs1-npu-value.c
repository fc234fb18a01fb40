// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Operators that make one value of the values at the same place, in plain C.
 */
#include "fs1-npu.h"

/* From value to value of the second input: all, one for each channel, or one. */
static fs1_u32 fs1_pair_index(const struct fs1_step *step, size_t at)
{
	const struct fs1_tensor *b = step->input[1];

	if (b->size == step->output->size)
		return (fs1_u32)at;
	return b->size == 1 ? 0 : (fs1_u32)(at % b->size);
}

void fs1_npu_add(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *a = step->input[0], *b = step->input[1];
	size_t depth = step->output->channels, i;
	const fs1_s32 *multiplier = &step->argument[FS1_ARGUMENT_MULTIPLIER];
	fs1_s32 shift = step->argument[FS1_ARGUMENT_SHIFT];

	for (i = first * depth; i < end * depth; i++) {
		fs1_s32 sum = (a->data[i] - a->zero_point) * multiplier[0] +
			      (b->data[fs1_pair_index(step, i)] -
			       b->zero_point) * multiplier[1];

		step->output->data[i] =
			fs1_npu_finish(step, (sum + (1 << (shift - 1))) >> shift);
	}
}

void fs1_npu_multiply(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *a = step->input[0], *b = step->input[1];
	size_t depth = step->output->channels, i;
	struct fs1_graph_scale scale = {
		.multiplier = fs1_cpu_to_le32((fs1_u32)
			step->argument[FS1_ARGUMENT_MULTIPLIER]),
		.shift = fs1_cpu_to_le32((fs1_u32)
			step->argument[FS1_ARGUMENT_SHIFT]),
	};

	for (i = first * depth; i < end * depth; i++) {
		fs1_s32 product = (a->data[i] - a->zero_point) *
				  (b->data[fs1_pair_index(step, i)] -
				   b->zero_point);

		step->output->data[i] =
			fs1_npu_finish(step, fs1_npu_scale(&scale, product));
	}
}

void fs1_npu_table(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	size_t depth = step->output->channels, i;
	const fs1_u8 *table = step->table;

	for (i = first * depth; i < end * depth; i++)
		step->output->data[i] = table[step->input[0]->data[i]];
}

/* Over the channels of one place. */
static void fs1_softmax(const struct fs1_step *step, const fs1_u8 *from, fs1_u8 *to)
{
	const fs1_le32 *table = step->table;
	fs1_u32 channels = step->output->channels, sum = 0, i;
	fs1_u8 greatest = 0;

	for (i = 0; i < channels; i++)
		if (from[i] > greatest)
			greatest = from[i];
	for (i = 0; i < channels; i++)
		sum += fs1_le32_to_cpu(table[greatest - from[i]]);
	for (i = 0; i < channels; i++) {
		fs1_u32 share = (fs1_le32_to_cpu(table[greatest - from[i]]) * 256 +
				 sum / 2) / sum;

		if (share < step->low)
			share = step->low;
		to[i] = share > step->high ? step->high : (fs1_u8)share;
	}
}

void fs1_npu_softmax(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	fs1_u32 channels = step->output->channels;
	size_t i;

	for (i = first; i < end; i++)
		fs1_softmax(step, step->input[0]->data + i * channels,
			    step->output->data + i * channels);
}

/* The linear mean of @a and @b, of which @b has @share of 256: times 256. */
static fs1_u32 fs1_mean(fs1_u32 a, fs1_u32 b, fs1_u32 share)
{
	return a * (256 - share) + b * share;
}

/**
 * struct fs1_between - a place between two samples
 * @first: the one before
 * @second: the one behind; the same at the edges
 * @share: of the second, of 256
 */
struct fs1_between {
	fs1_u32 first;
	fs1_u32 second;
	fs1_u32 share;
};

/* Where output @position comes from, in direction 0 (lines) or 1 (columns). */
static struct fs1_between fs1_resize_at(const struct fs1_step *step,
					fs1_u32 direction, fs1_u32 position)
{
	fs1_s64 at = step->argument[FS1_ARGUMENT_START_Y + direction] +
		     (fs1_s64)position *
		     step->argument[FS1_ARGUMENT_STEP_Y + direction];
	fs1_s64 last = (direction ? step->input[0]->width :
				    step->input[0]->height) - 1;
	struct fs1_between between = { 0 };

	if (at >= last << 16) {
		between.first = (fs1_u32)last;
	} else if (at > 0) {
		between.first = (fs1_u32)(at >> 16);
		between.share = (fs1_u32)(at >> 8) & 255;
	}
	between.second = between.first + (between.first < last);
	return between;
}

void fs1_npu_resize_nearest(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	size_t depth = to->channels;
	fs1_u32 place;

	for (place = first; place < end; place++) {
		fs1_u32 y = fs1_resize_at(step, 0, place / to->width).first;
		fs1_u32 x = fs1_resize_at(step, 1, place % to->width).first;

		memcpy(to->data + place * depth,
		       from->data + ((size_t)y * from->width + x) * depth, depth);
	}
}

void fs1_npu_resize_bilinear(const struct fs1_step *step, fs1_u32 first,
			     fs1_u32 end)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	size_t depth = to->channels, stride = from->width * depth, i;
	fs1_u8 *out = to->data + first * depth;
	fs1_u32 place;

	for (place = first; place < end; place++) {
		struct fs1_between row = fs1_resize_at(step, 0, place / to->width);
		struct fs1_between column = fs1_resize_at(step, 1,
							  place % to->width);
		const fs1_u8 *above = from->data + row.first * stride;
		const fs1_u8 *below = from->data + row.second * stride;
		size_t left = column.first * depth, right = column.second * depth;

		for (i = 0; i < depth; i++) {
			fs1_u32 upper = fs1_mean(above[left + i],
						 above[right + i], column.share);
			fs1_u32 lower = fs1_mean(below[left + i],
						 below[right + i], column.share);

			*out++ = (fs1_u8)((fs1_mean(upper, lower, row.share) +
					   32768) >> 16);
		}
	}
}
