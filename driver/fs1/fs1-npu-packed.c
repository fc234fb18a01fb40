// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Convolution with two products in one multiplication of 64 bits: for those who have no
 * vector instructions, or mustn't use them, as in a kernel.
 *
 * A sample times (a + b * 2^32) is both its products, and sums of these are both sums,
 * as none of them leaves 32 bits, in whatever order: fs1-step.c has made sure of that.
 * What the lower one borrows from the upper one is given back at the end.
 */
#include "fs1-npu.h"

/* Output channels at a time, two in a word. */
#define FS1_PACKED_BLOCK 8u
#define FS1_PACKED_WORDS (FS1_PACKED_BLOCK / 2)

/* Weights of a step that are worth four times their memory. */
#define FS1_PACKED_WEIGHTS (128u << 10)

static fs1_u32 fs1_packed_taps(const struct fs1_step *step)
{
	return (fs1_u32)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] *
	       (fs1_u32)step->argument[FS1_ARGUMENT_KERNEL_WIDTH] *
	       step->input[0]->channels;
}

static fs1_u32 fs1_packed_blocks(const struct fs1_step *step)
{
	return (step->output->channels + FS1_PACKED_BLOCK - 1) / FS1_PACKED_BLOCK;
}

static bool fs1_packed_fits(const struct fs1_step *step)
{
	return step->code == FS1_OPERATOR_CONVOLUTION &&
	       step->argument[FS1_ARGUMENT_GROUPS] == 1 &&
	       (fs1_u64)fs1_packed_taps(step) * step->output->channels <=
	       FS1_PACKED_WEIGHTS;
}

static size_t fs1_packed_size(const struct fs1_step *step)
{
	if (!fs1_packed_fits(step))
		return 0;
	return (size_t)fs1_packed_blocks(step) * fs1_packed_taps(step) *
	       FS1_PACKED_WORDS * sizeof(fs1_u64);
}

/* A weight as 64 bits; 0 where there is no such channel. */
static fs1_u64 fs1_packed_weight(const struct fs1_step *step, fs1_u32 channel,
				 fs1_u32 tap)
{
	if (channel >= step->output->channels)
		return 0;
	return (fs1_u64)(fs1_s64)(signed char)
	       step->weights[(size_t)channel * fs1_packed_taps(step) + tap];
}

/* Block by block, tap by tap. */
static void fs1_packed_prepare(const struct fs1_step *step, void *memory)
{
	fs1_u32 taps = fs1_packed_taps(step), channel, tap, i;
	fs1_u64 *to = memory;

	for (channel = 0; channel < step->output->channels;
	     channel += FS1_PACKED_BLOCK)
		for (tap = 0; tap < taps; tap++)
			for (i = 0; i < FS1_PACKED_BLOCK; i += 2)
				*to++ = fs1_packed_weight(step, channel + i, tap) +
					(fs1_packed_weight(step, channel + i + 1,
							   tap) << 32);
}

/* Products of @count samples with the words of their taps, added to @sums. */
static void fs1_packed_products(const fs1_u8 *samples, const fs1_u64 *words,
				fs1_u32 count, fs1_s32 zero_point,
				fs1_u64 sums[FS1_PACKED_WORDS])
{
	fs1_u64 a = sums[0], b = sums[1], c = sums[2], d = sums[3];
	fs1_u32 i;

	for (i = 0; i < count; i++, words += FS1_PACKED_WORDS) {
		fs1_u64 sample = (fs1_u64)(fs1_s64)(samples[i] - zero_point);

		a += sample * words[0];
		b += sample * words[1];
		c += sample * words[2];
		d += sample * words[3];
	}
	sums[0] = a;
	sums[1] = b;
	sums[2] = c;
	sums[3] = d;
}

/* A block of channels of one place. */
static void fs1_packed_block(const struct fs1_step *step,
			     const struct fs1_window *rows,
			     const struct fs1_window *columns, fs1_u32 block,
			     fs1_u64 sums[FS1_PACKED_WORDS])
{
	const struct fs1_tensor *from = step->input[0];
	fs1_s32 width = step->argument[FS1_ARGUMENT_KERNEL_WIDTH];
	const fs1_u64 *words = (const fs1_u64 *)step->prepared +
			       (size_t)block * fs1_packed_taps(step) *
			       FS1_PACKED_WORDS;
	fs1_s32 y = rows->at, i, j;

	memset(sums, 0, FS1_PACKED_WORDS * sizeof(*sums));
	for (i = rows->first; i < rows->end; i++, y += rows->step) {
		fs1_s32 x = columns->at;

		for (j = columns->first; j < columns->end; j++, x += columns->step)
			fs1_packed_products(fs1_window_sample(from, y, x),
					    words + (size_t)(i * width + j) *
					    from->channels * FS1_PACKED_WORDS,
					    from->channels, from->zero_point,
					    sums);
	}
}

static void fs1_packed_place(const struct fs1_step *step, const struct fs1_run *run,
			     fs1_u32 place)
{
	const struct fs1_tensor *to = step->output;
	struct fs1_window rows = fs1_window_at(step, 0, place / to->width);
	struct fs1_window columns = fs1_window_at(step, 1, place % to->width);
	fs1_u8 *out = to->data + (size_t)place * to->channels;
	fs1_u64 sums[FS1_PACKED_WORDS];
	fs1_u32 channel;

	/* Parts begin at full blocks. */
	for (channel = run->channel; channel < run->end; channel++) {
		fs1_u32 lane = channel % FS1_PACKED_BLOCK;
		fs1_u64 word;
		fs1_s32 sum;

		if (!lane)
			fs1_packed_block(step, &rows, &columns,
					 channel / FS1_PACKED_BLOCK, sums);
		word = sums[lane / 2];
		sum = (fs1_s32)(fs1_u32)word;
		if (lane % 2)
			sum = (fs1_s32)(fs1_u32)((word - (fs1_u64)(fs1_s64)sum) >> 32);
		sum += (fs1_s32)fs1_le32_to_cpu(step->bias[channel]);
		out[channel] = fs1_npu_finish(step,
					      fs1_npu_scale(&step->scales[channel],
							    sum));
	}
}

static void fs1_packed_convolution(const struct fs1_step *step, fs1_u32 first,
				   fs1_u32 end)
{
	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);
		fs1_u32 i;

		for (i = 0; i < run.places; i++)
			fs1_packed_place(step, &run, run.place + i);
		first += run.places;
	}
}

static fs1_step_function fs1_packed_choose(const struct fs1_step *step)
{
	return fs1_packed_fits(step) ? fs1_packed_convolution : NULL;
}

const struct fs1_npu fs1_npu_packed = {
	.choose = fs1_packed_choose,
	.prepared_size = fs1_packed_size,
	.prepare = fs1_packed_prepare,
};
