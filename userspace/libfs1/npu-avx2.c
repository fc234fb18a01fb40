// SPDX-License-Identifier: Apache-2.0
/*
 * Operators with AVX2: the same bytes as plain C gives. Convolutions are products of
 * matrices: 4 places of the output by 16 channels at a time, 4 samples of the input in
 * one instruction.
 *
 * vpmaddubsw adds two products of an unsigned and a signed byte and saturates at 16
 * bits. So weights of which two neighbours' sum is beyond 128 are written as the sum of
 * two halves, each in an entry of its own; nothing ever saturates.
 */
#include "npu-simd.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#include "fs1-npu.h"

#define AVX2 __attribute__((target("avx2")))

#define BLOCK 16u		/* output channels at a time */
#define TILE 4u			/* places of the output at a time */
#define QUAD 4u			/* samples in one instruction */
#define TAPS_MAX 8192u		/* samples of one window; more is left to plain C */
#define PAIR_MAX 128		/* 255 * 128 < 2^15 */

/**
 * struct entry - what four samples of a window are multiplied by
 * @weights: [channel][sample], 8 channels in each vector
 */
struct entry {
	int8_t weights[BLOCK * QUAD];
};

/**
 * struct block - 16 output channels
 * @bias: with the zero point of the input worked in
 * @multiplier: of sums
 * @shift: likewise, less 32
 * @round: likewise, 2^(shift - 1)
 * @entries: how many
 * @offset: where each entry's samples are in the window
 * @entry: aligned as a vector
 */
struct block {
	int32_t bias[BLOCK];
	int32_t multiplier[BLOCK];
	int32_t shift[BLOCK];
	int64_t round[BLOCK];
	uint32_t entries;
	const uint32_t *offset;
	const struct entry *entry;
};

/**
 * struct product - a convolution as a product of matrices
 * @taps: samples of a window, of all channels
 * @blocks: how many
 * @block: 64-aligned
 */
struct product {
	uint32_t taps;
	uint32_t blocks;
	struct block block[];
};

static uint32_t step_taps(const struct fs1_step *step)
{
	return (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] *
	       (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_WIDTH] *
	       step->input[0]->channels;
}

static uint32_t quads(uint32_t taps)
{
	return (taps + QUAD - 1) / QUAD;
}

static size_t aligned(size_t size)
{
	return (size + 63) & ~(size_t)63;
}

/* All channels see all of the input, and sums are scaled by a high half. */
static bool is_product(const struct fs1_step *step)
{
	uint32_t channel;

	if (step->code != FS1_OPERATOR_CONVOLUTION ||
	    step->argument[FS1_ARGUMENT_GROUPS] != 1 || step_taps(step) > TAPS_MAX)
		return false;
	for (channel = 0; channel < step->output->channels; channel++)
		if (fs1_le32_to_cpu(step->scales[channel].shift) < 32)
			return false;
	return true;
}

/* ------------------------------------------------------------------------
 * Preparation
 */

static int weight_at(const struct fs1_step *step, uint32_t taps, uint32_t channel,
		     uint32_t tap)
{
	if (channel >= step->output->channels || tap >= taps)
		return 0;
	return ((const int8_t *)step->weights)[(size_t)channel * taps + tap];
}

/* One entry of four samples, or two whose sum is what is meant. */
static uint32_t fill_entries(const struct fs1_step *step, uint32_t taps,
			     uint32_t first, uint32_t tap, struct entry *entry)
{
	bool halves = false;
	uint32_t i, j;

	for (i = 0; i < BLOCK; i++)
		for (j = 0; j < QUAD; j++)
			entry->weights[i * QUAD + j] =
				(int8_t)weight_at(step, taps, first + i, tap + j);
	for (i = 0; i < BLOCK * QUAD; i += 2) {
		int sum = entry->weights[i] + entry->weights[i + 1];

		if (sum > PAIR_MAX || sum < -PAIR_MAX)
			halves = true;
	}
	for (i = 0; halves && i < BLOCK * QUAD; i++) {
		int half = entry->weights[i] / 2;

		entry[1].weights[i] = (int8_t)half;
		entry->weights[i] = (int8_t)(entry->weights[i] - half);
	}
	return halves ? 2 : 1;
}

static void fill_scales(const struct fs1_step *step, uint32_t taps, uint32_t first,
			struct block *block)
{
	int32_t zero_point = step->input[0]->zero_point;
	uint32_t i, tap;

	for (i = 0; i < BLOCK; i++) {
		const struct fs1_graph_scale *scale = &step->scales[first + i];
		int32_t sum = 0;

		block->shift[i] = 0;
		block->multiplier[i] = 0;
		block->round[i] = 0;
		block->bias[i] = 0;
		if (first + i >= step->output->channels)
			continue;
		for (tap = 0; tap < taps; tap++)
			sum += weight_at(step, taps, first + i, tap);
		/* What it lacks for a moment, the samples bring: modulo 2^32. */
		block->bias[i] = (int32_t)((uint32_t)fs1_le32_to_cpu(
						   step->bias[first + i]) -
					   (uint32_t)(zero_point * sum));
		block->multiplier[i] = (int32_t)fs1_le32_to_cpu(scale->multiplier);
		block->shift[i] = (int32_t)fs1_le32_to_cpu(scale->shift) - 32;
		block->round[i] = (int64_t)1 << (block->shift[i] + 31);
	}
}

static size_t product_size(const struct fs1_step *step)
{
	uint32_t blocks = (step->output->channels + BLOCK - 1) / BLOCK;
	size_t entries = (size_t)blocks * 2 * quads(step_taps(step));

	return aligned(sizeof(struct product) + blocks * sizeof(struct block)) +
	       aligned(entries * sizeof(struct entry)) +
	       aligned(entries * sizeof(uint32_t));
}

static void product_prepare(const struct fs1_step *step, void *memory)
{
	struct product *product = memory;
	uint32_t taps = step_taps(step), count = quads(taps), i, j;
	uint32_t blocks = (step->output->channels + BLOCK - 1) / BLOCK;
	struct entry *entry = (void *)((uint8_t *)memory +
				       aligned(sizeof(*product) +
					       blocks * sizeof(struct block)));
	uint32_t *offset = (void *)((uint8_t *)entry +
				    aligned((size_t)blocks * 2 * count *
					    sizeof(*entry)));

	product->taps = taps;
	product->blocks = blocks;
	for (i = 0; i < blocks; i++) {
		struct block *block = &product->block[i];

		fill_scales(step, taps, i * BLOCK, block);
		block->entry = entry;
		block->offset = offset;
		for (j = 0; j < count; j++) {
			uint32_t made = fill_entries(step, taps, i * BLOCK,
						     j * QUAD, entry);

			entry += made;
			while (made--)
				*offset++ = j * QUAD;
		}
		block->entries = (uint32_t)(entry - block->entry);
	}
}

/* ------------------------------------------------------------------------
 * Computation
 */

/* Sums of 8 channels as steps of the output. */
AVX2 static inline __m256i scaled(__m256i sum, const struct block *block,
				  unsigned int half)
{
	__m256i multiplier = _mm256_loadu_si256((const void *)
						(block->multiplier + 8 * half));
	/* Every other channel: a product needs 64 bits. */
	const __m256i low = _mm256_loadu_si256((const void *)
					       (block->round + 8 * half));
	const __m256i high = _mm256_loadu_si256((const void *)
						(block->round + 8 * half + 4));
	__m256i even_round = _mm256_permute4x64_epi64(
		_mm256_unpacklo_epi64(low, high), 0xd8);
	__m256i odd_round = _mm256_permute4x64_epi64(
		_mm256_unpackhi_epi64(low, high), 0xd8);
	__m256i even = _mm256_mul_epi32(sum, multiplier);
	__m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(sum, 32),
				       _mm256_srli_epi64(multiplier, 32));

	even = _mm256_srli_epi64(_mm256_add_epi64(even, even_round), 32);
	odd = _mm256_add_epi64(odd, odd_round);
	return _mm256_srav_epi32(_mm256_blend_epi32(even, odd, 0xaa),
				 _mm256_loadu_si256((const void *)
						    (block->shift + 8 * half)));
}

/* 16 channels of one place of the output. */
AVX2 static inline __m128i finished(const struct fs1_step *step,
				    const struct block *block, __m256i first,
				    __m256i second)
{
	__m256i zero = _mm256_set1_epi32(step->output->zero_point);
	__m256i words = _mm256_packs_epi32(
		_mm256_add_epi32(scaled(first, block, 0), zero),
		_mm256_add_epi32(scaled(second, block, 1), zero));
	__m128i bytes;

	words = _mm256_permute4x64_epi64(words, 0xd8);
	bytes = _mm_packus_epi16(_mm256_castsi256_si128(words),
				 _mm256_extracti128_si256(words, 1));
	bytes = _mm_max_epu8(bytes, _mm_set1_epi8((char)step->low));
	return _mm_min_epu8(bytes, _mm_set1_epi8((char)step->high));
}

static void store(const struct fs1_step *step, __m128i bytes, uint8_t *out,
		  uint32_t channels)
{
	const uint8_t *table = step->table;
	uint8_t line[BLOCK];
	uint32_t i;

	if (!table && channels >= BLOCK) {
		_mm_storeu_si128((void *)out, bytes);
		return;
	}
	_mm_storeu_si128((void *)line, bytes);
	if (channels > BLOCK)
		channels = BLOCK;
	for (i = 0; i < channels; i++)
		out[i] = table ? table[line[i]] : line[i];
}

AVX2 static inline __m256i multiplied(__m256i sum, __m256i samples, __m256i weights)
{
	__m256i pairs = _mm256_maddubs_epi16(samples, weights);

	return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs,
						       _mm256_set1_epi16(1)));
}

static inline int32_t four_samples(const uint8_t *window)
{
	int32_t samples;

	memcpy(&samples, window, sizeof(samples));
	return samples;
}

/* 16 channels of four places, whose windows are given. */
AVX2 static void compute(const struct fs1_step *step, const struct block *block,
			 const uint8_t *const window[TILE], uint8_t *const out[TILE],
			 uint32_t places, uint32_t channels)
{
	__m256i bias_0 = _mm256_loadu_si256((const void *)block->bias);
	__m256i bias_1 = _mm256_loadu_si256((const void *)(block->bias + 8));
	__m256i sum[TILE][2];
	uint32_t i;

	sum[0][0] = sum[1][0] = sum[2][0] = sum[3][0] = bias_0;
	sum[0][1] = sum[1][1] = sum[2][1] = sum[3][1] = bias_1;
	for (i = 0; i < block->entries; i++) {
		const __m256i *weights = (const void *)&block->entry[i];
		uint32_t offset = block->offset[i];
		__m256i a = _mm256_load_si256(weights);
		__m256i b = _mm256_load_si256(weights + 1);
		__m256i samples;

		samples = _mm256_set1_epi32(four_samples(window[0] + offset));
		sum[0][0] = multiplied(sum[0][0], samples, a);
		sum[0][1] = multiplied(sum[0][1], samples, b);
		samples = _mm256_set1_epi32(four_samples(window[1] + offset));
		sum[1][0] = multiplied(sum[1][0], samples, a);
		sum[1][1] = multiplied(sum[1][1], samples, b);
		samples = _mm256_set1_epi32(four_samples(window[2] + offset));
		sum[2][0] = multiplied(sum[2][0], samples, a);
		sum[2][1] = multiplied(sum[2][1], samples, b);
		samples = _mm256_set1_epi32(four_samples(window[3] + offset));
		sum[3][0] = multiplied(sum[3][0], samples, a);
		sum[3][1] = multiplied(sum[3][1], samples, b);
	}
	for (i = 0; i < places; i++)
		store(step, finished(step, block, sum[i][0], sum[i][1]), out[i],
		      channels);
}

/* Copy the window of one place, its padding filled with what stands for 0. */
static void gather(const struct fs1_step *step, uint32_t y, uint32_t x, uint8_t *to)
{
	const struct fs1_tensor *from = step->input[0];
	const int32_t *argument = step->argument;
	int32_t height = argument[FS1_ARGUMENT_KERNEL_HEIGHT];
	int32_t width = argument[FS1_ARGUMENT_KERNEL_WIDTH];
	int32_t top = (int32_t)y * argument[FS1_ARGUMENT_STRIDE_Y] -
		      argument[FS1_ARGUMENT_PAD_TOP];
	int32_t left = (int32_t)x * argument[FS1_ARGUMENT_STRIDE_X] -
		       argument[FS1_ARGUMENT_PAD_LEFT];
	int32_t across = argument[FS1_ARGUMENT_DILATION_X];
	size_t depth = from->channels;
	int32_t i, j;

	for (i = 0; i < height; i++) {
		int32_t row = top + i * argument[FS1_ARGUMENT_DILATION_Y];
		const uint8_t *line;

		if (row < 0 || row >= (int32_t)from->height) {
			memset(to, from->zero_point, (size_t)width * depth);
			to += (size_t)width * depth;
			continue;
		}
		line = from->data + (size_t)row * from->width * depth;
		if (across == 1 && left >= 0 &&
		    left + width <= (int32_t)from->width) {
			memcpy(to, line + (size_t)left * depth,
			       (size_t)width * depth);
			to += (size_t)width * depth;
			continue;
		}
		for (j = 0; j < width; j++, to += depth) {
			int32_t column = left + j * across;

			if (column < 0 || column >= (int32_t)from->width)
				memset(to, from->zero_point, depth);
			else
				memcpy(to, line + (size_t)column * depth, depth);
		}
	}
}

/* Is the window of a place what lies there anyway? */
static bool is_direct(const struct fs1_step *step)
{
	const int32_t *argument = step->argument;

	return argument[FS1_ARGUMENT_KERNEL_HEIGHT] == 1 &&
	       argument[FS1_ARGUMENT_KERNEL_WIDTH] == 1 &&
	       !(step->input[0]->channels % QUAD);
}

/* The windows of up to TILE places, from @place on, and where their values go. */
static void tile_windows(const struct fs1_step *step, uint32_t place, uint32_t places,
			 uint8_t room[TILE][TAPS_MAX + QUAD],
			 const uint8_t *window[TILE])
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	bool direct = is_direct(step);
	uint32_t i;

	for (i = 0; i < TILE; i++) {
		/* A tile that isn't full computes its last place again. */
		uint32_t at = place + (i < places ? i : places - 1);
		uint32_t y = at / to->width, x = at % to->width;

		window[i] = room[i];
		if (direct)
			window[i] = from->data + from->channels *
				((size_t)y * from->width *
				 (size_t)step->argument[FS1_ARGUMENT_STRIDE_Y] +
				 (size_t)x *
				 (size_t)step->argument[FS1_ARGUMENT_STRIDE_X]);
		else if (i >= places)
			window[i] = room[places - 1];
		else
			gather(step, y, x, room[i]);
	}
}

static void product_run(const struct fs1_step *step, const struct fs1_run *run)
{
	const struct product *product = step->prepared;
	const struct fs1_tensor *to = step->output;
	uint32_t place = run->place, end = run->place + run->places, channel, i;
	uint8_t room[TILE][TAPS_MAX + QUAD];
	const uint8_t *window[TILE];
	uint8_t *out[TILE];

	for (; place < end; place += TILE) {
		uint32_t places = end - place < TILE ? end - place : TILE;

		tile_windows(step, place, places, room, window);
		for (channel = run->channel; channel < run->end; channel += BLOCK) {
			for (i = 0; i < places; i++)
				out[i] = to->data + channel +
					 (size_t)(place + i) * to->channels;
			compute(step, &product->block[channel / BLOCK], window, out,
				places, to->channels - channel);
		}
	}
}

static void avx2_product(const struct fs1_step *step, uint32_t first, uint32_t end)
{
	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);

		product_run(step, &run);
		first += run.places;
	}
}

/* ------------------------------------------------------------------------
 * Depthwise convolution: each channel for itself, 16 at a time, two samples in one
 * instruction
 */

#define DEPTHWISE_TAPS_MAX 64u
#define DEPTHWISE_CHANNELS_MAX 4096u

/**
 * struct depthwise_pair - what two samples of 16 channels are multiplied by
 * @low: channels 0 to 3 and 8 to 11: first and second sample of each
 * @high: the others
 */
struct depthwise_pair {
	int16_t low[BLOCK];
	int16_t high[BLOCK];
};

/**
 * struct depthwise - a depthwise convolution
 * @taps: samples of a window
 * @blocks: of channels
 * @pair: of each block, (@taps + 1) / 2
 * @block: scales of each block
 */
struct depthwise {
	uint32_t taps;
	uint32_t blocks;
	struct depthwise_pair *pair;
	struct block block[];
};

static uint32_t depthwise_taps(const struct fs1_step *step)
{
	return (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] *
	       (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_WIDTH];
}

static bool is_depthwise(const struct fs1_step *step)
{
	uint32_t channels = step->output->channels, channel;

	if (step->code != FS1_OPERATOR_CONVOLUTION ||
	    step->argument[FS1_ARGUMENT_GROUPS] != (int32_t)channels ||
	    step->input[0]->channels != channels ||
	    channels > DEPTHWISE_CHANNELS_MAX ||
	    depthwise_taps(step) > DEPTHWISE_TAPS_MAX)
		return false;
	for (channel = 0; channel < channels; channel++)
		if (fs1_le32_to_cpu(step->scales[channel].shift) < 32)
			return false;
	return true;
}

static size_t depthwise_size(const struct fs1_step *step)
{
	uint32_t blocks = (step->output->channels + BLOCK - 1) / BLOCK;
	uint32_t pairs = (depthwise_taps(step) + 1) / 2;

	return aligned(sizeof(struct depthwise) + blocks * sizeof(struct block)) +
	       aligned((size_t)blocks * pairs * sizeof(struct depthwise_pair));
}

static void depthwise_prepare(const struct fs1_step *step, void *memory)
{
	struct depthwise *depthwise = memory;
	uint32_t taps = depthwise_taps(step), pairs = (taps + 1) / 2, i, j, k;
	uint32_t blocks = (step->output->channels + BLOCK - 1) / BLOCK;

	depthwise->taps = taps;
	depthwise->blocks = blocks;
	depthwise->pair = (void *)((uint8_t *)memory +
				   aligned(sizeof(*depthwise) +
					   blocks * sizeof(struct block)));
	for (i = 0; i < blocks; i++) {
		fill_scales(step, taps, i * BLOCK, &depthwise->block[i]);
		for (j = 0; j < pairs; j++) {
			struct depthwise_pair *pair =
				&depthwise->pair[i * pairs + j];

			for (k = 0; k < BLOCK; k++) {
				int16_t *half = k & 4 ? pair->high : pair->low;
				uint32_t at = 2 * ((k & 3) + (k >> 3) * 4);

				half[at] = (int16_t)weight_at(step, taps,
							      i * BLOCK + k,
							      2 * j);
				half[at + 1] = (int16_t)weight_at(step, taps,
								  i * BLOCK + k,
								  2 * j + 1);
			}
		}
	}
}

/* Where the samples of a window are; @zero: as many channels of what stands for 0. */
static void depthwise_window(const struct fs1_step *step, uint32_t y, uint32_t x,
			     const uint8_t *zero, const uint8_t **sample)
{
	const struct fs1_tensor *from = step->input[0];
	const int32_t *argument = step->argument;
	int32_t i, j;

	for (i = 0; i < argument[FS1_ARGUMENT_KERNEL_HEIGHT]; i++)
		for (j = 0; j < argument[FS1_ARGUMENT_KERNEL_WIDTH]; j++) {
			int32_t row = (int32_t)y * argument[FS1_ARGUMENT_STRIDE_Y] -
				      argument[FS1_ARGUMENT_PAD_TOP] +
				      i * argument[FS1_ARGUMENT_DILATION_Y];
			int32_t column = (int32_t)x *
					 argument[FS1_ARGUMENT_STRIDE_X] -
					 argument[FS1_ARGUMENT_PAD_LEFT] +
					 j * argument[FS1_ARGUMENT_DILATION_X];

			*sample = zero;
			if (row >= 0 && row < (int32_t)from->height &&
			    column >= 0 && column < (int32_t)from->width)
				*sample = from->data + ((size_t)row * from->width +
							(size_t)column) *
						       from->channels;
			sample++;
		}
	/* An odd one has no partner but itself, whose weight is 0. */
	*sample = zero;
}

AVX2 static inline __m256i wide(const uint8_t *samples)
{
	return _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)samples));
}

/* 16 channels of one place; what lies behind the last one is read and not used. */
AVX2 static __m128i depthwise_block(const struct fs1_step *step,
				    const struct block *block,
				    const struct depthwise_pair *pair,
				    const uint8_t *const *sample, uint32_t taps,
				    uint32_t channel)
{
	__m256i low = _mm256_setzero_si256(), high = low;
	uint32_t i;

	for (i = 0; i < taps; i += 2, pair++) {
		__m256i a = wide(sample[i] + channel);
		__m256i b = wide(sample[i + 1] + channel);

		low = _mm256_add_epi32(low, _mm256_madd_epi16(
			_mm256_unpacklo_epi16(a, b),
			_mm256_loadu_si256((const void *)pair->low)));
		high = _mm256_add_epi32(high, _mm256_madd_epi16(
			_mm256_unpackhi_epi16(a, b),
			_mm256_loadu_si256((const void *)pair->high)));
	}
	return finished(step, block,
			_mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20),
					 _mm256_loadu_si256((const void *)
							    block->bias)),
			_mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x31),
					 _mm256_loadu_si256((const void *)
							    (block->bias + 8))));
}

static void avx2_depthwise(const struct fs1_step *step, uint32_t first, uint32_t end)
{
	const struct depthwise *depthwise = step->prepared;
	const struct fs1_tensor *to = step->output;
	const uint8_t *sample[DEPTHWISE_TAPS_MAX + 1];
	uint8_t zero[DEPTHWISE_CHANNELS_MAX + BLOCK];
	uint32_t pairs = (depthwise->taps + 1) / 2, i, channel;

	memset(zero, step->input[0]->zero_point, to->channels + BLOCK);
	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);

		for (i = run.place; i < run.place + run.places; i++) {
			uint8_t *out = to->data + (size_t)i * to->channels;

			depthwise_window(step, i / to->width, i % to->width, zero,
					 sample);
			for (channel = run.channel; channel < run.end;
			     channel += BLOCK)
				store(step, depthwise_block(step,
						&depthwise->block[channel / BLOCK],
						&depthwise->pair[channel / BLOCK *
								 pairs],
						sample, depthwise->taps, channel),
				      out + channel, to->channels - channel);
		}
		first += run.places;
	}
}

/* ------------------------------------------------------------------------
 * Values with values
 */

/* Both inputs have a value for each of the output. */
static bool is_sum(const struct fs1_step *step)
{
	return step->code == FS1_OPERATOR_ADD &&
	       step->input[1]->size == step->output->size && !step->table;
}

AVX2 static inline __m256i term(const uint8_t *values, int32_t zero, int32_t multiplier)
{
	__m256i wide_values =
		_mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)values));

	return _mm256_mullo_epi32(_mm256_sub_epi32(wide_values,
						   _mm256_set1_epi32(zero)),
				  _mm256_set1_epi32(multiplier));
}

AVX2 static void avx2_add(const struct fs1_step *step, uint32_t first, uint32_t end)
{
	const struct fs1_tensor *a = step->input[0], *b = step->input[1];
	const int32_t *multiplier = &step->argument[FS1_ARGUMENT_MULTIPLIER];
	int32_t shift = step->argument[FS1_ARGUMENT_SHIFT];
	size_t depth = step->output->channels;
	size_t i = first * depth, last = end * depth;
	__m256i round = _mm256_set1_epi32(1 << (shift - 1));
	__m256i zero = _mm256_set1_epi32(step->output->zero_point);
	__m128i count = _mm_cvtsi32_si128(shift);
	uint8_t tail[8];

	for (; i < last; i += 8) {
		__m256i sum = _mm256_add_epi32(
			term(a->data + i, a->zero_point, multiplier[0]),
			term(b->data + i, b->zero_point, multiplier[1]));
		__m128i words, bytes;

		sum = _mm256_sra_epi32(_mm256_add_epi32(sum, round), count);
		sum = _mm256_add_epi32(sum, zero);
		words = _mm_packs_epi32(_mm256_castsi256_si128(sum),
					_mm256_extracti128_si256(sum, 1));
		bytes = _mm_packus_epi16(words, words);
		bytes = _mm_max_epu8(bytes, _mm_set1_epi8((char)step->low));
		bytes = _mm_min_epu8(bytes, _mm_set1_epi8((char)step->high));
		if (last - i >= 8) {
			_mm_storel_epi64((void *)(step->output->data + i), bytes);
			continue;
		}
		_mm_storel_epi64((void *)tail, bytes);
		memcpy(step->output->data + i, tail, last - i);
	}
}

static fs1_step_function avx2_choose(const struct fs1_step *step)
{
	if (is_product(step))
		return avx2_product;
	if (is_depthwise(step))
		return avx2_depthwise;
	return is_sum(step) ? avx2_add : NULL;
}

static size_t avx2_prepared_size(const struct fs1_step *step)
{
	if (is_product(step))
		return product_size(step);
	return is_depthwise(step) ? depthwise_size(step) : 0;
}

static void avx2_prepare(const struct fs1_step *step, void *memory)
{
	if (is_product(step))
		product_prepare(step, memory);
	else
		depthwise_prepare(step, memory);
}

static const struct fs1_npu npu_avx2 = {
	.choose = avx2_choose,
	.prepared_size = avx2_prepared_size,
	.prepare = avx2_prepare,
};

const struct fs1_npu *libfs1_npu_avx2(void)
{
	return __builtin_cpu_supports("avx2") ? &npu_avx2 : NULL;
}

#else

const struct fs1_npu *libfs1_npu_avx2(void)
{
	return NULL;
}

#endif /* __x86_64__ */
