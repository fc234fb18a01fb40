// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Operators that look through a window: convolution and pooling, in plain C.
 */
#include "fs1-npu.h"

struct fs1_window fs1_window_at(const struct fs1_step *step, fs1_u32 direction,
				fs1_u32 position)
{
	const fs1_s32 *argument = step->argument;
	fs1_s32 size = (fs1_s32)(direction ? step->input[0]->width :
					     step->input[0]->height);
	fs1_s32 kernel = argument[FS1_ARGUMENT_KERNEL_HEIGHT + direction];
	fs1_s32 dilation = argument[FS1_ARGUMENT_DILATION_Y + direction];
	fs1_s32 at = (fs1_s32)position * argument[FS1_ARGUMENT_STRIDE_Y + direction] -
		     argument[FS1_ARGUMENT_PAD_TOP + direction];
	struct fs1_window window = { .at = at, .end = kernel, .step = dilation };

	if (at < 0) {
		window.first = (-at + dilation - 1) / dilation;
		window.at = at + window.first * dilation;
	}
	if (at + (kernel - 1) * dilation >= size)
		window.end = (size - at + dilation - 1) / dilation;
	return window;
}

static fs1_s32 fs1_window_products(const fs1_u8 *samples, const fs1_u8 *weights,
				   fs1_u32 count, fs1_s32 zero_point)
{
	fs1_s32 sum = 0;
	fs1_u32 i;

	for (i = 0; i < count; i++)
		sum += ((fs1_s32)samples[i] - zero_point) *
		       (signed char)weights[i];
	return sum;
}

/* One value: the channel's weights over both windows. */
static fs1_s32 fs1_convolution_sum(const struct fs1_step *step,
				   const struct fs1_window *rows,
				   const struct fs1_window *columns,
				   fs1_u32 channel)
{
	const struct fs1_tensor *from = step->input[0];
	fs1_u32 groups = (fs1_u32)step->argument[FS1_ARGUMENT_GROUPS];
	fs1_u32 depth = from->channels / groups;
	fs1_u32 group = channel / (step->output->channels / groups);
	fs1_s32 width = step->argument[FS1_ARGUMENT_KERNEL_WIDTH];
	fs1_s32 height = step->argument[FS1_ARGUMENT_KERNEL_HEIGHT];
	const fs1_u8 *weights = step->weights +
				(size_t)channel * (size_t)(width * height) * depth;
	fs1_s32 sum = (fs1_s32)fs1_le32_to_cpu(step->bias[channel]);
	fs1_s32 y = rows->at, i, j;

	for (i = rows->first; i < rows->end; i++, y += rows->step) {
		fs1_s32 x = columns->at;

		for (j = columns->first; j < columns->end; j++, x += columns->step)
			sum += fs1_window_products(fs1_window_sample(from, y, x) +
						   group * depth,
						   weights + (size_t)(i * width + j) *
						   depth, depth,
						   from->zero_point);
	}
	return sum;
}

/* What one value is computed with, from the parts of the kernel that count. */
typedef fs1_u8 (*fs1_window_function)(const struct fs1_step *step,
				      const struct fs1_window *rows,
				      const struct fs1_window *columns,
				      fs1_u32 channel);

static inline void fs1_window_place(const struct fs1_step *step,
				    const struct fs1_run *run, fs1_u32 place,
				    fs1_window_function function)
{
	const struct fs1_tensor *to = step->output;
	struct fs1_window rows = fs1_window_at(step, 0, place / to->width);
	struct fs1_window columns = fs1_window_at(step, 1, place % to->width);
	fs1_u8 *out = to->data + (size_t)place * to->channels;
	fs1_u32 channel;

	for (channel = run->channel; channel < run->end; channel++)
		out[channel] = function(step, &rows, &columns, channel);
}

static inline void fs1_window_units(const struct fs1_step *step, fs1_u32 first,
				    fs1_u32 end, fs1_window_function function)
{
	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);
		fs1_u32 i;

		for (i = 0; i < run.places; i++)
			fs1_window_place(step, &run, run.place + i, function);
		first += run.places;
	}
}

static fs1_u8 fs1_convolution_value(const struct fs1_step *step,
				    const struct fs1_window *rows,
				    const struct fs1_window *columns,
				    fs1_u32 channel)
{
	fs1_s32 sum = fs1_convolution_sum(step, rows, columns, channel);

	return fs1_npu_finish(step, fs1_npu_scale(&step->scales[channel], sum));
}

void fs1_npu_convolution(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	fs1_window_units(step, first, end, fs1_convolution_value);
}

static fs1_u8 fs1_pool_greatest(const struct fs1_step *step,
				const struct fs1_window *rows,
				const struct fs1_window *columns, fs1_u32 channel)
{
	fs1_s32 y = rows->at, i, j;
	fs1_u8 greatest = 0;

	for (i = rows->first; i < rows->end; i++, y += rows->step) {
		fs1_s32 x = columns->at;

		for (j = columns->first; j < columns->end;
		     j++, x += columns->step) {
			fs1_u8 value = fs1_window_sample(step->input[0], y,
							 x)[channel];

			if (value > greatest)
				greatest = value;
		}
	}
	return greatest;
}

void fs1_npu_pool_max(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	fs1_window_units(step, first, end, fs1_pool_greatest);
}

static fs1_u8 fs1_pool_mean(const struct fs1_step *step,
			    const struct fs1_window *rows,
			    const struct fs1_window *columns, fs1_u32 channel)
{
	const struct fs1_tensor *from = step->input[0];
	fs1_u32 count = (fs1_u32)((rows->end - rows->first) *
				  (columns->end - columns->first));
	fs1_s32 y = rows->at, sum = 0, i, j;
	fs1_u32 all = (fs1_u32)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] *
		      (fs1_u32)step->argument[FS1_ARGUMENT_KERNEL_WIDTH];

	for (i = rows->first; i < rows->end; i++, y += rows->step) {
		fs1_s32 x = columns->at;

		for (j = columns->first; j < columns->end; j++, x += columns->step)
			sum += fs1_window_sample(from, y, x)[channel] -
			       from->zero_point;
	}
	return fs1_npu_finish(step, fs1_npu_scale(&step->scales[all - count], sum));
}

void fs1_npu_pool_average(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	fs1_window_units(step, first, end, fs1_pool_mean);
}
