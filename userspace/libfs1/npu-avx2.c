// SPDX-License-Identifier: Apache-2.0
/*
 * Operators with AVX2: the same bytes as plain C gives. Convolutions that see all
 * channels are in npu-avx2-product.c; here is what is left, and which is taken.
 */
#include "npu-simd.h"

#if defined(__x86_64__)

#include "npu-avx2.h"

/* ------------------------------------------------------------------------
 * Depthwise convolution: each channel for itself, 16 at a time, two samples in one
 * instruction
 */

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
 * @pairs: of samples of a window
 * @pair: of each block, @pairs
 * @block: scales of each block
 */
struct depthwise {
	uint32_t pairs;
	struct depthwise_pair *pair;
	struct block block[];
};

static bool is_depthwise(const struct fs1_step *step)
{
	return is_each_alone(step) && are_high(step->scales, step->output->channels);
}

static size_t depthwise_size(const struct fs1_step *step)
{
	uint32_t blocks = step_blocks(step), pairs = (step_area(step) + 1) / 2;

	return aligned(sizeof(struct depthwise) + blocks * sizeof(struct block)) +
	       aligned((size_t)blocks * pairs * sizeof(struct depthwise_pair));
}

static void fill_depthwise(const struct fs1_step *step, uint32_t first, uint32_t tap,
			   struct depthwise_pair *pair)
{
	uint32_t taps = step_area(step), i;

	for (i = 0; i < BLOCK; i++) {
		int16_t *half = i & 4 ? pair->high : pair->low;
		uint32_t at = 2 * ((i & 3) + (i >> 3) * 4);

		half[at] = (int16_t)weight_at(step, taps, first + i, tap);
		half[at + 1] = (int16_t)weight_at(step, taps, first + i, tap + 1);
	}
}

static void depthwise_prepare(const struct fs1_step *step, void *memory)
{
	uint32_t taps = step_area(step), blocks = step_blocks(step), i, j;
	struct depthwise *depthwise = memory;
	struct depthwise_pair *pair = (void *)((uint8_t *)memory +
					       aligned(sizeof(*depthwise) +
						       blocks *
						       sizeof(struct block)));

	depthwise->pairs = (taps + 1) / 2;
	depthwise->pair = pair;
	for (i = 0; i < blocks; i++) {
		fill_block(step, taps, i * BLOCK, &depthwise->block[i]);
		for (j = 0; j < depthwise->pairs; j++, pair++)
			fill_depthwise(step, i * BLOCK, 2 * j, pair);
	}
}

AVX2_INLINE __m256i wide(const uint8_t *samples)
{
	return _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)samples));
}

/* What @low and @high sums of struct depthwise_pair's products make. */
AVX2_INLINE __m128i depthwise_finished(const struct fs1_step *step,
				       const struct block *block, __m256i low,
				       __m256i high)
{
	__m256i first = _mm256_permute2x128_si256(low, high, 0x20);
	__m256i second = _mm256_permute2x128_si256(low, high, 0x31);

	first = _mm256_add_epi32(first, _mm256_loadu_si256((const void *)
							   block->bias));
	second = _mm256_add_epi32(second, _mm256_loadu_si256((const void *)
							     (block->bias + 8)));
	return finished(step, scaled(first, block, 0), scaled(second, block, 1));
}

/* 16 channels of one place; what lies behind the last one is read and not used. */
AVX2_INLINE __m128i depthwise_block(const struct fs1_step *step,
				    const struct block *block,
				    const struct depthwise_pair *pair,
				    const uint8_t *const *sample, uint32_t pairs,
				    uint32_t channel)
{
	__m256i low = _mm256_setzero_si256(), high = low;
	uint32_t i;

	for (i = 0; i < pairs; i++, pair++) {
		__m256i a = wide(sample[2 * i] + channel);
		__m256i b = wide(sample[2 * i + 1] + channel);

		low = _mm256_add_epi32(low, _mm256_madd_epi16(
			_mm256_unpacklo_epi16(a, b),
			_mm256_loadu_si256((const void *)pair->low)));
		high = _mm256_add_epi32(high, _mm256_madd_epi16(
			_mm256_unpackhi_epi16(a, b),
			_mm256_loadu_si256((const void *)pair->high)));
	}
	return depthwise_finished(step, block, low, high);
}

/* Any place, any kernel. */
AVX2 static void depthwise_place(const struct fs1_step *step, const struct fs1_run *run,
				 uint32_t y, uint32_t x, const uint8_t *zero)
{
	const struct depthwise *depthwise = step->prepared;
	const struct fs1_tensor *to = step->output;
	const uint8_t *sample[DEPTHWISE_TAPS_MAX + 1];
	uint8_t *out = to->data + ((size_t)y * to->width + x) * to->channels;
	uint32_t pairs = depthwise->pairs, channel;

	depthwise_window(step, y, x, zero, sample);
	for (channel = run->channel; channel < run->end; channel += BLOCK)
		store(step, depthwise_block(step, &depthwise->block[channel / BLOCK],
					    &depthwise->pair[channel / BLOCK * pairs],
					    sample, pairs, channel),
		      out + channel, to->channels - channel);
}

/**
 * struct stretch - places of one line whose windows of 3 x 3 have no padding on the left
 *	and on the right
 * @row: the first place's samples: those of a line above or below the input are zeros
 * @across: from column to column of the window
 * @pace: from place to place
 */
struct stretch {
	const uint8_t *row[3];
	size_t across[3];
	size_t pace[3];
};

static struct stretch stretch_at(const struct fs1_step *step, uint32_t y, uint32_t x,
				 const uint8_t *zero)
{
	const struct fs1_tensor *from = step->input[0];
	const int32_t *argument = step->argument;
	int32_t row = (int32_t)y * argument[FS1_ARGUMENT_STRIDE_Y] -
		      argument[FS1_ARGUMENT_PAD_TOP];
	int32_t left = (int32_t)x * argument[FS1_ARGUMENT_STRIDE_X] -
		       argument[FS1_ARGUMENT_PAD_LEFT];
	struct stretch stretch;
	uint32_t i;

	for (i = 0; i < 3; i++, row += argument[FS1_ARGUMENT_DILATION_Y]) {
		bool inside = row >= 0 && row < (int32_t)from->height;

		stretch.row[i] = zero;
		stretch.across[i] = 0;
		stretch.pace[i] = 0;
		if (!inside)
			continue;
		stretch.row[i] = from->data + ((size_t)row * from->width +
					       (size_t)left) * from->channels;
		stretch.across[i] = from->channels *
				    (size_t)argument[FS1_ARGUMENT_DILATION_X];
		stretch.pace[i] = from->channels *
				  (size_t)argument[FS1_ARGUMENT_STRIDE_X];
	}
	return stretch;
}

/* 16 channels, from @channel on, of @count places. */
AVX2 static void stretch_block(const struct fs1_step *step, const struct stretch *stretch,
			       uint8_t *out, uint32_t count, uint32_t channel)
{
	const struct depthwise *depthwise = step->prepared;
	const struct block *block = &depthwise->block[channel / BLOCK];
	const struct depthwise_pair *pair = &depthwise->pair[channel / BLOCK * 5];
	const uint8_t *a = stretch->row[0] + channel, *b = stretch->row[1] + channel;
	const uint8_t *c = stretch->row[2] + channel;
	uint32_t depth = step->output->channels, i, j;
	__m256i weights[5][2];

#pragma GCC unroll 5
	for (i = 0; i < 5; i++) {
		weights[i][0] = _mm256_loadu_si256((const void *)pair[i].low);
		weights[i][1] = _mm256_loadu_si256((const void *)pair[i].high);
	}
	for (i = 0; i < count; i++, out += depth) {
		__m256i sample[10] = {
			wide(a), wide(a + stretch->across[0]),
			wide(a + 2 * stretch->across[0]),
			wide(b), wide(b + stretch->across[1]),
			wide(b + 2 * stretch->across[1]),
			wide(c), wide(c + stretch->across[2]),
			wide(c + 2 * stretch->across[2]),
		};
		__m256i low = _mm256_setzero_si256(), high = low;

		sample[9] = sample[8];
#pragma GCC unroll 5
		for (j = 0; j < 5; j++) {
			low = _mm256_add_epi32(low, _mm256_madd_epi16(
				_mm256_unpacklo_epi16(sample[2 * j],
						      sample[2 * j + 1]),
				weights[j][0]));
			high = _mm256_add_epi32(high, _mm256_madd_epi16(
				_mm256_unpackhi_epi16(sample[2 * j],
						      sample[2 * j + 1]),
				weights[j][1]));
		}
		store(step, depthwise_finished(step, block, low, high), out + channel,
		      depth - channel);
		a += stretch->pace[0];
		b += stretch->pace[1];
		c += stretch->pace[2];
	}
}

/* Places of one line, from @x on, with a kernel of 3 x 3. Returns how many. */
AVX2 static uint32_t depthwise_stretch(const struct fs1_step *step,
				       const struct fs1_run *run, uint32_t y, uint32_t x,
				       const uint8_t *zero)
{
	const struct fs1_tensor *to = step->output;
	uint8_t *out = to->data + ((size_t)y * to->width + x) * to->channels;
	uint32_t end = run->place % to->width + run->places, count, channel;
	struct stretch stretch;

	for (count = 0; x + count < end && is_inside(step, 1, x + count);)
		count++;
	if (!count)
		return 0;
	stretch = stretch_at(step, y, x, zero);
	for (channel = run->channel; channel < run->end; channel += BLOCK)
		stretch_block(step, &stretch, out, count, channel);
	return count;
}

AVX2 static void depthwise_line(const struct fs1_step *step, const struct fs1_run *run,
				const uint8_t *zero)
{
	uint32_t width = step->output->width, y = run->place / width, done = 0;
	bool nine = step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] == 3 &&
		    step->argument[FS1_ARGUMENT_KERNEL_WIDTH] == 3;

	while (done < run->places) {
		uint32_t x = run->place % width + done, count = 0;

		if (nine)
			count = depthwise_stretch(step, run, y, x, zero);
		if (!count) {
			depthwise_place(step, run, y, x, zero);
			count = 1;
		}
		done += count;
	}
}

AVX2 static void avx2_depthwise(const struct fs1_step *step, uint32_t first,
				uint32_t end)
{
	uint8_t zero[DEPTHWISE_CHANNELS_MAX + BLOCK];
	uint32_t width = step->output->width;

	memset(zero, step->input[0]->zero_point, step->output->channels + BLOCK);
	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);
		uint32_t left = width - run.place % width;

		if (run.places > left)
			run.places = left;
		depthwise_line(step, &run, zero);
		first += run.places;
	}
}

/* ------------------------------------------------------------------------
 * Pools
 */

/* Channels that fill a vector. */
static bool is_mean(const struct fs1_step *step)
{
	return step->code == FS1_OPERATOR_POOL_AVERAGE &&
	       step->output->channels >= BLOCK;
}

/**
 * struct span - the part of a window in one direction that lies in the input
 * @first: line of the input, or column
 * @end: behind the last one
 */
struct span {
	uint32_t first;
	uint32_t end;
};

static struct span pool_span(const struct fs1_step *step, uint32_t direction,
			     uint32_t at)
{
	int32_t size = (int32_t)(direction ? step->input[0]->width :
					     step->input[0]->height);
	int32_t first = (int32_t)at *
			step->argument[FS1_ARGUMENT_STRIDE_Y + direction] -
			step->argument[FS1_ARGUMENT_PAD_TOP + direction];
	int32_t end = first + step->argument[FS1_ARGUMENT_KERNEL_HEIGHT + direction];

	return (struct span) { .first = first < 0 ? 0 : (uint32_t)first,
			       .end = end > size ? (uint32_t)size : (uint32_t)end };
}

/* Means of 16 channels from @channel on. */
AVX2_INLINE __m128i mean_block(const struct fs1_step *step, const struct span *rows,
			       const struct span *columns, const struct block *block,
			       uint32_t channel)
{
	const struct fs1_tensor *from = step->input[0];
	__m256i first = _mm256_loadu_si256((const void *)block->bias);
	__m256i second = first;
	uint32_t y, x;

	for (y = rows->first; y < rows->end; y++)
		for (x = columns->first; x < columns->end; x++) {
			const uint8_t *sample = from->data + channel +
				((size_t)y * from->width + x) * from->channels;
			__m128i bytes = _mm_loadu_si128((const void *)sample);

			first = _mm256_add_epi32(first,
						 _mm256_cvtepu8_epi32(bytes));
			second = _mm256_add_epi32(second, _mm256_cvtepu8_epi32(
				_mm_srli_si128(bytes, 8)));
		}
	return finished(step, scaled(first, block, 0), scaled(second, block, 1));
}

/* For windows of @count samples. */
static const struct fs1_graph_scale *mean_scale_of(const struct fs1_step *step,
						   uint32_t count)
{
	uint32_t all = (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] *
		       (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_WIDTH];

	return &step->scales[all - count];
}

/* The scale for windows of @count samples, for each channel. */
static void mean_scale(const struct fs1_step *step, uint32_t count,
		       struct block *block)
{
	uint32_t i;

	for (i = 0; i < BLOCK; i++) {
		block->bias[i] = -(int32_t)count * step->input[0]->zero_point;
		fill_scale(block, i, mean_scale_of(step, count));
	}
}

AVX2_INLINE void mean_place(const struct fs1_step *step, const struct fs1_run *run,
			    const struct span *rows, const struct span *columns,
			    const struct block *block, uint8_t *out)
{
	uint32_t channel;

	for (channel = run->channel; channel < run->end; channel += BLOCK)
		store(step, mean_block(step, rows, columns, block, channel),
		      out + channel, step->output->channels - channel);
}

AVX2 static void avx2_mean(const struct fs1_step *step, uint32_t first, uint32_t end)
{
	const struct fs1_tensor *to = step->output;
	uint32_t before = 0, unit;
	struct block block;

	for (unit = first; unit < end; unit++) {
		struct fs1_run run = fs1_npu_run(step, unit, unit + 1);
		struct span rows = pool_span(step, 0, run.place / to->width);
		struct span columns = pool_span(step, 1, run.place % to->width);
		uint32_t count = (rows.end - rows.first) *
				 (columns.end - columns.first);

		if (!are_high(mean_scale_of(step, count), 1)) {
			fs1_npu_pool_average(step, unit, unit + 1);
			continue;
		}
		if (count != before)
			mean_scale(step, count, &block);
		before = count;
		mean_place(step, &run, &rows, &columns, &block,
			   to->data + (size_t)run.place * to->channels);
	}
}

AVX2_INLINE __m128i greatest_block(const struct fs1_step *step,
				   const struct span *rows,
				   const struct span *columns, uint32_t channel)
{
	const struct fs1_tensor *from = step->input[0];
	__m128i greatest = _mm_setzero_si128();
	uint32_t y, x;

	for (y = rows->first; y < rows->end; y++)
		for (x = columns->first; x < columns->end; x++) {
			const uint8_t *sample = from->data + channel +
				((size_t)y * from->width + x) * from->channels;

			greatest = _mm_max_epu8(greatest, _mm_loadu_si128(
				(const void *)sample));
		}
	return greatest;
}

AVX2 static void avx2_greatest(const struct fs1_step *step, uint32_t first, uint32_t end)
{
	const struct fs1_tensor *to = step->output;
	uint32_t i, channel;

	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);

		for (i = run.place; i < run.place + run.places; i++) {
			struct span rows = pool_span(step, 0, i / to->width);
			struct span columns = pool_span(step, 1, i % to->width);

			for (channel = run.channel; channel < run.end;
			     channel += BLOCK)
				store(step, greatest_block(step, &rows, &columns,
							   channel),
				      to->data + (size_t)i * to->channels + channel,
				      to->channels - channel);
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
	if (avx2_is_product(step))
		return avx2_product;
	if (is_depthwise(step))
		return avx2_depthwise;
	if (is_mean(step))
		return avx2_mean;
	if (step->code == FS1_OPERATOR_POOL_MAX)
		return avx2_greatest;
	return is_sum(step) ? avx2_add : NULL;
}

static size_t avx2_prepared_size(const struct fs1_step *step)
{
	if (avx2_is_product(step))
		return avx2_product_size(step);
	return is_depthwise(step) ? depthwise_size(step) : 0;
}

static void avx2_prepare(const struct fs1_step *step, void *memory)
{
	if (avx2_is_product(step))
		avx2_product_prepare(step, memory);
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
