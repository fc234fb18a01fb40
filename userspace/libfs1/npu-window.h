/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What vector code of all kinds asks of a convolution: its sizes, its weights, and
 * where its windows lie. Private to npu-*.c.
 */
#ifndef LIBFS1_NPU_WINDOW_H
#define LIBFS1_NPU_WINDOW_H

#include "fs1-npu.h"

#define BLOCK 16u		/* output channels at a time */
#define DEPTHWISE_TAPS_MAX 64u	/* of a channel; more is left to plain C */
#define DEPTHWISE_CHANNELS_MAX 4096u

static inline uint32_t step_area(const struct fs1_step *step)
{
	return (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] *
	       (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_WIDTH];
}

static inline uint32_t step_taps(const struct fs1_step *step)
{
	return step_area(step) * step->input[0]->channels;
}

static inline uint32_t step_blocks(const struct fs1_step *step)
{
	return (step->output->channels + BLOCK - 1) / BLOCK;
}

static inline size_t aligned(size_t size)
{
	return (size + 63) & ~(size_t)63;
}

static inline int weight_at(const struct fs1_step *step, uint32_t taps,
			    uint32_t channel, uint32_t tap)
{
	if (channel >= step->output->channels || tap >= taps)
		return 0;
	return ((const int8_t *)step->weights)[(size_t)channel * taps + tap];
}

/* Are the input's places the output's, and is nothing but a place in a window? */
static inline bool is_pointwise(const struct fs1_step *step)
{
	return step_area(step) == 1 && step->input[0]->width == step->output->width &&
	       step->argument[FS1_ARGUMENT_STRIDE_Y] == 1 &&
	       step->argument[FS1_ARGUMENT_STRIDE_X] == 1;
}

/* Where the samples of a window are; @zero: as many channels of what stands for 0. */
static inline void depthwise_window(const struct fs1_step *step, uint32_t y,
				    uint32_t x, const uint8_t *zero,
				    const uint8_t **sample)
{
	const struct fs1_tensor *from = step->input[0];
	const int32_t *argument = step->argument;
	int32_t row = (int32_t)y * argument[FS1_ARGUMENT_STRIDE_Y] -
		      argument[FS1_ARGUMENT_PAD_TOP];
	int32_t left = (int32_t)x * argument[FS1_ARGUMENT_STRIDE_X] -
		       argument[FS1_ARGUMENT_PAD_LEFT];
	const uint8_t *latest = zero;
	int32_t i, j;

	for (i = 0; i < argument[FS1_ARGUMENT_KERNEL_HEIGHT]; i++) {
		int32_t column = left;

		for (j = 0; j < argument[FS1_ARGUMENT_KERNEL_WIDTH]; j++) {
			latest = zero;
			if (row >= 0 && row < (int32_t)from->height &&
			    column >= 0 && column < (int32_t)from->width)
				latest = from->data + ((size_t)row * from->width +
						       (size_t)column) *
						      from->channels;
			*sample++ = latest;
			column += argument[FS1_ARGUMENT_DILATION_X];
		}
		row += argument[FS1_ARGUMENT_DILATION_Y];
	}
	/* An odd one has no partner but itself, whose weight is 0. */
	*sample = latest;
}

/* Does a window have no padding in this direction, 0: lines, 1: columns? */
static inline bool is_inside(const struct fs1_step *step, uint32_t direction, uint32_t at)
{
	const int32_t *argument = step->argument;
	int32_t first = (int32_t)at * argument[FS1_ARGUMENT_STRIDE_Y + direction] -
			argument[FS1_ARGUMENT_PAD_TOP + direction];
	int32_t last = first + argument[FS1_ARGUMENT_DILATION_Y + direction] *
			       (argument[FS1_ARGUMENT_KERNEL_HEIGHT + direction] - 1);

	return first >= 0 && last < (int32_t)(direction ? step->input[0]->width :
							  step->input[0]->height);
}

/* Does each channel see its own channel of the input, and nothing else? */
static inline bool is_each_alone(const struct fs1_step *step)
{
	uint32_t channels = step->output->channels;

	return step->code == FS1_OPERATOR_CONVOLUTION &&
	       step->argument[FS1_ARGUMENT_GROUPS] == (int32_t)channels &&
	       step->input[0]->channels == channels &&
	       channels <= DEPTHWISE_CHANNELS_MAX &&
	       step_area(step) <= DEPTHWISE_TAPS_MAX;
}

#endif /* LIBFS1_NPU_WINDOW_H */
