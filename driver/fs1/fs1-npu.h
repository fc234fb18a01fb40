/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The arithmetic that all ways to compute an operator have in common, and the
 * operators in plain C: private to the core and to the library's vector code.
 */
#ifndef FS1_NPU_H
#define FS1_NPU_H

#include "fs1-network.h"

/** fs1_npu_scale() - @sum as steps of the output, without its zero point */
static inline fs1_s64 fs1_npu_scale(const struct fs1_graph_scale *scale,
				    fs1_s32 sum)
{
	fs1_u32 shift = fs1_le32_to_cpu(scale->shift);
	fs1_s64 product = (fs1_s64)sum *
			  (fs1_s32)fs1_le32_to_cpu(scale->multiplier);

	return (product + ((fs1_s64)1 << (shift - 1))) >> shift;
}

/** fs1_npu_finish() - the output of @step for @value, its zero point left out */
static inline fs1_u8 fs1_npu_finish(const struct fs1_step *step, fs1_s64 value)
{
	fs1_u8 result;

	value += step->output->zero_point;
	if (value < step->low)
		value = step->low;
	if (value > step->high)
		value = step->high;
	result = (fs1_u8)value;
	return step->table ? ((const fs1_u8 *)step->table)[result] : result;
}

/**
 * struct fs1_run - units one behind the other that compute the same channels
 * @channel: the first of them
 * @end: channel behind the last
 * @place: first place of the output
 * @places: how many
 */
struct fs1_run {
	fs1_u32 channel;
	fs1_u32 end;
	fs1_u32 place;
	fs1_u32 places;
};

/** fs1_npu_run() - what units from @first on have in common, before @end */
static inline struct fs1_run fs1_npu_run(const struct fs1_step *step,
					 fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *to = step->output;
	fs1_u32 places = to->height * to->width;
	struct fs1_run run = {
		.channel = first / places * step->part,
		.place = first % places,
	};

	run.end = run.channel + step->part;
	if (run.end > to->channels)
		run.end = to->channels;
	run.places = places - run.place;
	if (run.places > end - first)
		run.places = end - first;
	return run;
}

/**
 * struct fs1_window - the part of a kernel that lies in the picture
 * @first: line of the kernel, or column
 * @end: behind the last one
 * @at: line of the picture under @first
 * @step: from line to line of the picture
 */
struct fs1_window {
	fs1_s32 first;
	fs1_s32 end;
	fs1_s32 at;
	fs1_s32 step;
};

/** fs1_window_at() - of output @position, in direction 0 (lines) or 1 (columns) */
struct fs1_window fs1_window_at(const struct fs1_step *step, fs1_u32 direction,
				fs1_u32 position);

/** fs1_window_sample() - all channels of the input at a line and column */
static inline const fs1_u8 *fs1_window_sample(const struct fs1_tensor *tensor,
					      fs1_s32 y, fs1_s32 x)
{
	return tensor->data + ((size_t)y * tensor->width + (size_t)x) *
			      tensor->channels;
}

/* Functions of the type fs1_step_function, by what they compute. */
void fs1_npu_convolution(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_pool_max(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_pool_average(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_add(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_multiply(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_table(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_softmax(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_concat(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_pad(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_transpose(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_reshape(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_slice(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_resize_nearest(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_resize_bilinear(const struct fs1_step *step, fs1_u32 first,
			     fs1_u32 end);
void fs1_npu_detect(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_top_classes(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);
void fs1_npu_label(const struct fs1_step *step, fs1_u32 first, fs1_u32 end);

#endif /* FS1_NPU_H */
