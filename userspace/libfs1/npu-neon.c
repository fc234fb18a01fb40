// SPDX-License-Identifier: Apache-2.0
/*
 * Operators with NEON and its dot product (ARMv8.2): the same bytes as plain C gives.
 * Convolutions are products of matrices: 4 places of the output by 16 channels at a
 * time, 4 samples of the input in one instruction.
 *
 * SDOT multiplies signed bytes, so samples lose 128 first, and the bias makes up for it.
 */
#include "npu-simd.h"

#if defined(__aarch64__) && defined(__linux__)

#include <arm_neon.h>
#include <string.h>
#include <sys/auxv.h>

#include "fs1-npu.h"
#include "npu-window.h"

#define NEON __attribute__((target("arch=armv8.2-a+dotprod")))
#define NEON_INLINE NEON static inline __attribute__((always_inline))

/* Of the auxiliary vector: a fixed number of Linux. */
#define HWCAP_DOT_PRODUCT (1ul << 20)

#define TILE 4u			/* places of the output at a time */
#define CHUNK 16u		/* samples in one vector */
#define TAPS_MAX 8192u		/* samples of one window; more is left to plain C */

/**
 * struct chunk - what 16 samples of a window are multiplied by
 * @weights: [4 samples][4 channels][channel][sample]
 */
struct chunk {
	int8_t weights[CHUNK * BLOCK];
};

/**
 * struct block - 16 output channels
 * @bias: with the zero point of the input and what samples lose worked in
 * @multiplier: of sums
 * @shift: negative: to the right
 */
struct block {
	int32_t bias[BLOCK];
	int32_t multiplier[BLOCK];
	int64_t shift[BLOCK];
};

/**
 * struct product - a convolution as a product of matrices
 * @chunks: of samples of a window, of all channels
 * @chunk: of each block, @chunks
 * @block: the blocks
 */
struct product {
	uint32_t chunks;
	struct chunk *chunk;
	struct block block[];
};

static bool is_product(const struct fs1_step *step)
{
	return step->code == FS1_OPERATOR_CONVOLUTION &&
	       step->argument[FS1_ARGUMENT_GROUPS] == 1 &&
	       step_taps(step) <= TAPS_MAX;
}

/* ------------------------------------------------------------------------
 * Preparation
 */

/* @lost: by each sample. */
static void fill_block(const struct fs1_step *step, uint32_t taps, uint32_t first,
		       int32_t lost, struct block *block)
{
	int32_t zero_point = step->input[0]->zero_point;
	uint32_t i, tap;

	memset(block, 0, sizeof(*block));
	for (i = 0; i < BLOCK && first + i < step->output->channels; i++) {
		const struct fs1_graph_scale *scale = &step->scales[first + i];
		int32_t sum = 0;

		for (tap = 0; tap < taps; tap++)
			sum += weight_at(step, taps, first + i, tap);
		/* What it lacks for a moment, the samples bring: modulo 2^32. */
		block->bias[i] = (int32_t)((uint32_t)fs1_le32_to_cpu(
						   step->bias[first + i]) +
					   (uint32_t)((lost - zero_point) * sum));
		block->multiplier[i] = (int32_t)fs1_le32_to_cpu(scale->multiplier);
		block->shift[i] = -(int64_t)fs1_le32_to_cpu(scale->shift);
	}
}

static uint32_t step_chunks(const struct fs1_step *step)
{
	return (step_taps(step) + CHUNK - 1) / CHUNK;
}

static size_t product_size(const struct fs1_step *step)
{
	uint32_t blocks = step_blocks(step);

	return aligned(sizeof(struct product) + blocks * sizeof(struct block)) +
	       (size_t)blocks * step_chunks(step) * sizeof(struct chunk);
}

static void fill_chunk(const struct fs1_step *step, uint32_t taps, uint32_t first,
		       uint32_t tap, struct chunk *chunk)
{
	uint32_t quad, i, j;

	for (quad = 0; quad < CHUNK / 4; quad++)
		for (i = 0; i < BLOCK; i++)
			for (j = 0; j < 4; j++)
				chunk->weights[(quad * BLOCK + i) * 4 + j] =
					(int8_t)weight_at(step, taps, first + i,
							  tap + quad * 4 + j);
}

static void product_prepare(const struct fs1_step *step, void *memory)
{
	uint32_t taps = step_taps(step), blocks = step_blocks(step), i, j;
	struct product *product = memory;
	struct chunk *chunk = (void *)((uint8_t *)memory +
				       aligned(sizeof(*product) +
					       blocks * sizeof(struct block)));

	product->chunks = step_chunks(step);
	product->chunk = chunk;
	for (i = 0; i < blocks; i++) {
		fill_block(step, taps, i * BLOCK, 128, &product->block[i]);
		for (j = 0; j < product->chunks; j++, chunk++)
			fill_chunk(step, taps, i * BLOCK, j * CHUNK, chunk);
	}
}

/* ------------------------------------------------------------------------
 * From sums to bytes
 */

/* Sums of 4 channels as steps of the output; what saturates is out of range anyway. */
NEON_INLINE int32x4_t scaled(int32x4_t sum, const struct block *block, unsigned int first)
{
	int32x4_t multiplier = vld1q_s32(block->multiplier + first);
	int64x2_t low = vmull_s32(vget_low_s32(sum), vget_low_s32(multiplier));
	int64x2_t high = vmull_high_s32(sum, multiplier);

	/* Rounded halves up, as the specification says. */
	low = vrshlq_s64(low, vld1q_s64(block->shift + first));
	high = vrshlq_s64(high, vld1q_s64(block->shift + first + 2));
	return vqmovn_high_s64(vqmovn_s64(low), high);
}

/* 16 channels of one place of the output. */
NEON_INLINE uint8x16_t finished(const struct fs1_step *step, const struct block *block,
				const int32x4_t sum[4])
{
	int16x8_t zero = vdupq_n_s16((int16_t)step->output->zero_point);
	int16x8_t low = vqmovn_high_s32(vqmovn_s32(scaled(sum[0], block, 0)),
					scaled(sum[1], block, 4));
	int16x8_t high = vqmovn_high_s32(vqmovn_s32(scaled(sum[2], block, 8)),
					 scaled(sum[3], block, 12));
	uint8x16_t bytes = vqmovun_high_s16(vqmovun_s16(vqaddq_s16(low, zero)),
					    vqaddq_s16(high, zero));

	bytes = vmaxq_u8(bytes, vdupq_n_u8(step->low));
	return vminq_u8(bytes, vdupq_n_u8(step->high));
}

/* The first @channels of 16. */
NEON_INLINE void store(const struct fs1_step *step, uint8x16_t bytes, uint8_t *out,
		       uint32_t channels)
{
	const uint8_t *table = step->table;
	uint8_t line[BLOCK];
	uint32_t i;

	if (!table && channels >= BLOCK) {
		vst1q_u8(out, bytes);
		return;
	}
	vst1q_u8(line, bytes);
	if (channels > BLOCK)
		channels = BLOCK;
	for (i = 0; i < channels; i++)
		out[i] = table ? table[line[i]] : line[i];
}

/* ------------------------------------------------------------------------
 * Products
 */

/**
 * struct tile - places of the output that are computed together
 * @window: their samples
 * @out: where their values go, but for the first channel
 * @room: for windows that have to be put together
 */
struct tile {
	const uint8_t *window[TILE];
	uint8_t *out[TILE];
	uint8_t room[TILE][TAPS_MAX + CHUNK];
};

NEON_INLINE int8x16_t samples_at(const uint8_t *samples)
{
	return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(samples), vdupq_n_u8(0x80)));
}

/* Four samples of each place, those in @lane of the vectors, by 16 channels. */
#define MULTIPLY_QUAD(lane) \
	do { \
		const int8_t *weights = chunk->weights + (lane) * BLOCK * 4; \
		for (j = 0; j < 4; j++) { \
			int8x16_t w = vld1q_s8(weights + 16 * j); \
			for (i = 0; i < TILE; i++) \
				sum[i][j] = vdotq_laneq_s32(sum[i][j], w, \
							    samples[i], lane); \
		} \
	} while (0)

NEON static void multiply_tile(const struct fs1_step *step, const struct tile *tile,
			       uint32_t channel, uint32_t places)
{
	const struct product *product = step->prepared;
	const struct block *block = &product->block[channel / BLOCK];
	const struct chunk *chunk = product->chunk + (size_t)channel / BLOCK *
						     product->chunks;
	int32x4_t sum[TILE][4];
	uint32_t i, j, k;

	for (i = 0; i < TILE; i++)
		for (j = 0; j < 4; j++)
			sum[i][j] = vld1q_s32(block->bias + 4 * j);
	for (k = 0; k < product->chunks; k++, chunk++) {
		int8x16_t samples[TILE];

		for (i = 0; i < TILE; i++)
			samples[i] = samples_at(tile->window[i] + k * CHUNK);
		MULTIPLY_QUAD(0);
		MULTIPLY_QUAD(1);
		MULTIPLY_QUAD(2);
		MULTIPLY_QUAD(3);
	}
	for (i = 0; i < places; i++)
		store(step, finished(step, block, sum[i]), tile->out[i] + channel,
		      step->output->channels - channel);
}

/* One line of a window. */
static void gather_line(const struct fs1_step *step, const uint8_t *line, int32_t left,
			uint8_t *to)
{
	const struct fs1_tensor *from = step->input[0];
	int32_t width = step->argument[FS1_ARGUMENT_KERNEL_WIDTH];
	int32_t across = step->argument[FS1_ARGUMENT_DILATION_X];
	size_t depth = from->channels;
	int32_t j;

	if (across == 1 && left >= 0 && left + width <= (int32_t)from->width) {
		memcpy(to, line + (size_t)left * depth, (size_t)width * depth);
		return;
	}
	for (j = 0; j < width; j++, to += depth) {
		int32_t column = left + j * across;

		if (column < 0 || column >= (int32_t)from->width)
			memset(to, from->zero_point, depth);
		else
			memcpy(to, line + (size_t)column * depth, depth);
	}
}

/* The window of one place, its padding filled with what stands for 0. */
static void gather(const struct fs1_step *step, uint32_t y, uint32_t x, uint8_t *to)
{
	const struct fs1_tensor *from = step->input[0];
	const int32_t *argument = step->argument;
	int32_t row = (int32_t)y * argument[FS1_ARGUMENT_STRIDE_Y] -
		      argument[FS1_ARGUMENT_PAD_TOP];
	int32_t left = (int32_t)x * argument[FS1_ARGUMENT_STRIDE_X] -
		       argument[FS1_ARGUMENT_PAD_LEFT];
	size_t size = (size_t)argument[FS1_ARGUMENT_KERNEL_WIDTH] * from->channels;
	size_t stride = (size_t)from->width * from->channels;
	int32_t i;

	for (i = 0; i < argument[FS1_ARGUMENT_KERNEL_HEIGHT]; i++, to += size) {
		if (row < 0 || row >= (int32_t)from->height)
			memset(to, from->zero_point, size);
		else
			gather_line(step, from->data + (size_t)row * stride, left,
				    to);
		row += argument[FS1_ARGUMENT_DILATION_Y];
	}
}

/* Up to TILE places from @place on; a tile that isn't full has its last one again. */
static void fill_tile(const struct fs1_step *step, uint32_t place, uint32_t places,
		      struct tile *tile)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	bool pointwise = is_pointwise(step);
	uint32_t i;

	for (i = 0; i < TILE; i++, place++) {
		if (i >= places) {
			tile->window[i] = tile->window[places - 1];
			continue;
		}
		tile->out[i] = to->data + (size_t)place * to->channels;
		tile->window[i] = from->data + (size_t)place * from->channels;
		if (pointwise)
			continue;
		tile->window[i] = tile->room[i];
		gather(step, place / to->width, place % to->width, tile->room[i]);
	}
}

static void neon_product(const struct fs1_step *step, uint32_t first, uint32_t end)
{
	struct tile tile;

	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);
		uint32_t places = run.places < TILE ? run.places : TILE, channel;

		fill_tile(step, run.place, places, &tile);
		for (channel = run.channel; channel < run.end; channel += BLOCK)
			multiply_tile(step, &tile, channel, places);
		first += places;
	}
}

/* ------------------------------------------------------------------------
 * Depthwise convolution: each channel for itself, 16 at a time
 */

/**
 * struct depthwise - a depthwise convolution
 * @taps: samples of a window
 * @weights: of each block, [@taps][BLOCK]
 * @block: scales of each block
 */
struct depthwise {
	uint32_t taps;
	int8_t *weights;
	struct block block[];
};

static size_t depthwise_size(const struct fs1_step *step)
{
	uint32_t blocks = step_blocks(step);

	return aligned(sizeof(struct depthwise) + blocks * sizeof(struct block)) +
	       aligned((size_t)blocks * step_area(step) * BLOCK);
}

static void depthwise_prepare(const struct fs1_step *step, void *memory)
{
	uint32_t taps = step_area(step), blocks = step_blocks(step), i, j, k;
	struct depthwise *depthwise = memory;
	int8_t *weights = (int8_t *)memory + aligned(sizeof(*depthwise) +
						     blocks * sizeof(struct block));

	depthwise->taps = taps;
	depthwise->weights = weights;
	for (i = 0; i < blocks; i++) {
		fill_block(step, taps, i * BLOCK, 0, &depthwise->block[i]);
		for (j = 0; j < taps; j++)
			for (k = 0; k < BLOCK; k++)
				*weights++ = (int8_t)weight_at(step, taps,
							       i * BLOCK + k, j);
	}
}

/* 16 channels of one place; what lies behind the last one is read and not used. */
NEON_INLINE uint8x16_t depthwise_block(const struct fs1_step *step,
				       const struct block *block,
				       const int8_t *weights,
				       const uint8_t *const *sample, uint32_t taps,
				       uint32_t channel)
{
	int32x4_t sum[4];
	uint32_t i;

	for (i = 0; i < 4; i++)
		sum[i] = vld1q_s32(block->bias + 4 * i);
	for (i = 0; i < taps; i++, weights += BLOCK) {
		uint8x16_t bytes = vld1q_u8(sample[i] + channel);
		int16x8_t low = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes)));
		int16x8_t high = vreinterpretq_s16_u16(vmovl_high_u8(bytes));
		int8x16_t w = vld1q_s8(weights);
		int16x8_t w_low = vmovl_s8(vget_low_s8(w));
		int16x8_t w_high = vmovl_high_s8(w);

		sum[0] = vmlal_s16(sum[0], vget_low_s16(low), vget_low_s16(w_low));
		sum[1] = vmlal_high_s16(sum[1], low, w_low);
		sum[2] = vmlal_s16(sum[2], vget_low_s16(high), vget_low_s16(w_high));
		sum[3] = vmlal_high_s16(sum[3], high, w_high);
	}
	return finished(step, block, sum);
}

NEON static void depthwise_place(const struct fs1_step *step, const struct fs1_run *run,
				 const uint8_t *const *sample, uint8_t *out)
{
	const struct depthwise *depthwise = step->prepared;
	uint32_t channel;

	for (channel = run->channel; channel < run->end; channel += BLOCK)
		store(step,
		      depthwise_block(step, &depthwise->block[channel / BLOCK],
				      depthwise->weights +
				      (size_t)channel * depthwise->taps, sample,
				      depthwise->taps, channel),
		      out + channel, step->output->channels - channel);
}

static void neon_depthwise(const struct fs1_step *step, uint32_t first, uint32_t end)
{
	const struct fs1_tensor *to = step->output;
	const uint8_t *sample[DEPTHWISE_TAPS_MAX + 1];
	uint8_t zero[DEPTHWISE_CHANNELS_MAX + BLOCK];
	uint32_t i;

	memset(zero, step->input[0]->zero_point, to->channels + BLOCK);
	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);

		for (i = run.place; i < run.place + run.places; i++) {
			depthwise_window(step, i / to->width, i % to->width, zero,
					 sample);
			depthwise_place(step, &run, sample,
					to->data + (size_t)i * to->channels);
		}
		first += run.places;
	}
}

/* ------------------------------------------------------------------------
 * Choice
 */

static fs1_step_function neon_choose(const struct fs1_step *step)
{
	if (is_product(step))
		return neon_product;
	return is_each_alone(step) ? neon_depthwise : NULL;
}

static size_t neon_prepared_size(const struct fs1_step *step)
{
	if (is_product(step))
		return product_size(step);
	return is_each_alone(step) ? depthwise_size(step) : 0;
}

static void neon_prepare(const struct fs1_step *step, void *memory)
{
	if (is_product(step))
		product_prepare(step, memory);
	else
		depthwise_prepare(step, memory);
}

static const struct fs1_npu npu_neon = {
	.choose = neon_choose,
	.prepared_size = neon_prepared_size,
	.prepare = neon_prepare,
};

const struct fs1_npu *libfs1_npu_neon(void)
{
	return getauxval(AT_HWCAP) & HWCAP_DOT_PRODUCT ? &npu_neon : NULL;
}

#else

const struct fs1_npu *libfs1_npu_neon(void)
{
	return NULL;
}

#endif /* __aarch64__ */
