// SPDX-License-Identifier: Apache-2.0
/*
 * Convolutions with AVX2 in which all channels see all of the input, as products of
 * matrices: up to 6 places of the output by 16 channels at a time, 2 samples of the
 * input in one instruction.
 *
 * Samples and weights are multiplied as 16-bit numbers: vpmaddubsw, which takes 8-bit
 * ones, saturates, and with the vpmaddwd that must follow it multiplies no faster.
 *
 * The samples of a window lie in lines. Where windows of neighbours share their lines
 * these are made 16-bit numbers once, and each window is a place in them; else each
 * window is put together by itself, as a single line.
 */
#include "npu-simd.h"

#if defined(__x86_64__)

#include "npu-avx2.h"

#define TILE 6u			/* places of the output at a time, at most */
#define TAPS_MAX 8192u		/* samples of one window; more is left to plain C */
#define ROOM (TAPS_MAX + BLOCK)	/* a vector may end behind the last sample */
#define LINES_ROOM (TILE * ROOM)
#define LINES_USUAL 16384u	/* so that they stay near the processor */

/**
 * struct pair - what two samples of a window are multiplied by
 * @weights: [channel][sample], 8 channels in each vector
 */
struct pair {
	int8_t weights[BLOCK * 2];
};

/**
 * struct product - a convolution as a product of matrices
 * @lines: of a window
 * @pairs: of samples of a line; an odd sample is followed by one with weight 0
 * @pair: of each block, @lines x @pairs
 * @block: the blocks
 */
struct product {
	uint32_t lines;
	uint32_t pairs;
	struct pair *pair;
	struct block block[];
};

/**
 * struct tile - places of the output that are computed together
 * @samples: 16-bit numbers: windows one after the other, or lines that they share
 * @stride: of lines
 * @window: where the windows begin, where they share lines
 * @out: where their values go, but for the first channel
 */
struct tile {
	int16_t samples[LINES_ROOM];
	size_t stride;
	const int16_t *window[TILE];
	uint8_t *out[TILE];
};

bool avx2_is_product(const struct fs1_step *step)
{
	return step->code == FS1_OPERATOR_CONVOLUTION &&
	       step->argument[FS1_ARGUMENT_GROUPS] == 1 &&
	       step_taps(step) <= TAPS_MAX &&
	       are_high(step->scales, step->output->channels);
}

/* Samples that a line must have for @places. */
static size_t line_samples(const struct fs1_step *step, uint32_t places)
{
	const int32_t *argument = step->argument;

	return ((size_t)(places - 1) * (size_t)argument[FS1_ARGUMENT_STRIDE_X] +
		(size_t)argument[FS1_ARGUMENT_KERNEL_WIDTH]) *
	       step->input[0]->channels;
}

/* Room for lines with @places: one behind the last may be read, a vector written. */
static size_t lines_room(const struct fs1_step *step, uint32_t places)
{
	return (line_samples(step, places) + BLOCK) *
	       (size_t)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] + BLOCK;
}

/* Do windows share their lines? */
static bool is_shared(const struct fs1_step *step)
{
	return !is_pointwise(step) && step->argument[FS1_ARGUMENT_DILATION_X] == 1 &&
	       lines_room(step, TILE) <= LINES_ROOM;
}

/* ------------------------------------------------------------------------
 * Preparation
 */

static uint32_t product_lines(const struct fs1_step *step)
{
	return is_shared(step) ?
	       (uint32_t)step->argument[FS1_ARGUMENT_KERNEL_HEIGHT] : 1;
}

static uint32_t product_pairs(const struct fs1_step *step)
{
	return (step_taps(step) / product_lines(step) + 1) / 2;
}

size_t avx2_product_size(const struct fs1_step *step)
{
	uint32_t blocks = step_blocks(step);

	return aligned(sizeof(struct product) + blocks * sizeof(struct block)) +
	       aligned((size_t)blocks * product_lines(step) * product_pairs(step) *
		       sizeof(struct pair));
}

/* Two samples of line @line, from @sample on. */
static void fill_pair(const struct fs1_step *step, uint32_t channel, uint32_t line,
		      uint32_t sample, struct pair *pair)
{
	uint32_t taps = step_taps(step), samples = taps / product_lines(step), i;

	for (i = 0; i < BLOCK * 2; i++)
		pair->weights[i] = sample + i % 2 >= samples ? 0 :
			(int8_t)weight_at(step, taps, channel + i / 2,
					  line * samples + sample + i % 2);
}

void avx2_product_prepare(const struct fs1_step *step, void *memory)
{
	uint32_t blocks = step_blocks(step), i, j, k;
	struct product *product = memory;
	struct pair *pair = (void *)((uint8_t *)memory +
				     aligned(sizeof(*product) +
					     blocks * sizeof(struct block)));

	product->lines = product_lines(step);
	product->pairs = product_pairs(step);
	product->pair = pair;
	for (i = 0; i < blocks; i++) {
		fill_block(step, step_taps(step), i * BLOCK, &product->block[i]);
		for (j = 0; j < product->lines; j++)
			for (k = 0; k < product->pairs; k++)
				fill_pair(step, i * BLOCK, j, 2 * k, pair++);
	}
}

/* ------------------------------------------------------------------------
 * Products
 */

AVX2_INLINE __m256i two_samples(const int16_t *samples)
{
	int32_t two;

	memcpy(&two, samples, sizeof(two));
	return _mm256_set1_epi32(two);
}

/*
 * 8 or 16 (@halves) channels of @places places, whose windows share their lines or
 * don't: what the compiler knows.
 */
AVX2_INLINE void multiply(const struct fs1_step *step, const struct product *product,
			  const struct tile *tile, uint32_t channel, const bool shared,
			  const uint32_t places, const uint32_t halves)
{
	const struct block *block = &product->block[channel / BLOCK];
	const struct pair *pair = product->pair + (size_t)channel / BLOCK *
						  product->lines * product->pairs;
	uint32_t channels = step->output->channels - channel, i, j, k, line;
	__m256i sum[TILE][2];

#pragma GCC unroll 6
	for (i = 0; i < places; i++)
#pragma GCC unroll 2
		for (j = 0; j < 2; j++)
			sum[i][j] = _mm256_loadu_si256((const void *)
						       (block->bias + 8 * j));
	for (line = 0; line < (shared ? product->lines : 1); line++) {
		size_t at = shared ? line * tile->stride : 0;

		for (k = 0; k < product->pairs; k++, pair++, at += 2) {
			__m256i weights[2];

#pragma GCC unroll 2
			for (j = 0; j < halves; j++)
				weights[j] = _mm256_cvtepi8_epi16(
					_mm_loadu_si128((const void *)
							(pair->weights + BLOCK * j)));
#pragma GCC unroll 6
			for (i = 0; i < places; i++) {
				const int16_t *window = shared ? tile->window[i] :
						tile->samples + (size_t)i * ROOM;
				__m256i samples = two_samples(window + at);

#pragma GCC unroll 2
				for (j = 0; j < halves; j++)
					sum[i][j] = _mm256_add_epi32(sum[i][j],
						_mm256_madd_epi16(samples,
								  weights[j]));
			}
		}
	}
#pragma GCC unroll 6
	for (i = 0; i < places; i++) {
		__m256i first = scaled(sum[i][0], block, 0);
		__m256i second = halves == 2 ? scaled(sum[i][1], block, 1) : first;

		store(step, finished(step, first, second), tile->out[i] + channel,
		      channels);
	}
}

AVX2_INLINE void multiply_places(const struct fs1_step *step, const struct tile *tile,
				 uint32_t channel, const bool shared,
				 const uint32_t places)
{
	if (step->output->channels - channel > BLOCK / 2)
		multiply(step, step->prepared, tile, channel, shared, places, 2);
	else
		multiply(step, step->prepared, tile, channel, shared, places, 1);
}

AVX2_INLINE void multiply_tile(const struct fs1_step *step, const struct tile *tile,
			       uint32_t channel, const bool shared, uint32_t places)
{
	switch (places) {
	case 1:
		multiply_places(step, tile, channel, shared, 1);
		break;
	case 2:
		multiply_places(step, tile, channel, shared, 2);
		break;
	case 3:
		multiply_places(step, tile, channel, shared, 3);
		break;
	case 4:
		multiply_places(step, tile, channel, shared, 4);
		break;
	case 5:
		multiply_places(step, tile, channel, shared, 5);
		break;
	default:
		multiply_places(step, tile, channel, shared, TILE);
		break;
	}
}

AVX2 static void multiply_shared(const struct fs1_step *step, const struct tile *tile,
				 uint32_t channel, uint32_t places)
{
	multiply_tile(step, tile, channel, true, places);
}

AVX2 static void multiply_alone(const struct fs1_step *step, const struct tile *tile,
				uint32_t channel, uint32_t places)
{
	multiply_tile(step, tile, channel, false, places);
}

/* ------------------------------------------------------------------------
 * Samples
 */

/*
 * Bytes become 16-bit numbers. Whole vectors are read and written: a tensor has some
 * room behind it, and so have windows and lines.
 */
AVX2_INLINE void widen(int16_t *to, const uint8_t *from, size_t count)
{
	size_t i;

	for (i = 0; i < count; i += BLOCK)
		_mm256_storeu_si256((void *)(to + i), _mm256_cvtepu8_epi16(
			_mm_loadu_si128((const void *)(from + i))));
}

AVX2_INLINE void widen_zero(int16_t *to, int32_t zero_point, size_t count)
{
	size_t i;

	for (i = 0; i < count; i += BLOCK)
		_mm256_storeu_si256((void *)(to + i),
				    _mm256_set1_epi16((int16_t)zero_point));
}

/* One line of a window whose samples aren't beside each other. */
AVX2_INLINE void gather_line(const struct fs1_step *step, const uint8_t *line,
			     int32_t left, int16_t *to)
{
	const struct fs1_tensor *from = step->input[0];
	int32_t width = step->argument[FS1_ARGUMENT_KERNEL_WIDTH];
	size_t depth = from->channels;
	int32_t j;

	for (j = 0; j < width; j++, to += depth) {
		int32_t column = left + j * step->argument[FS1_ARGUMENT_DILATION_X];

		if (column < 0 || column >= (int32_t)from->width)
			widen_zero(to, from->zero_point, depth);
		else
			widen(to, line + (size_t)column * depth, depth);
	}
}

/* The window of one place, its padding filled with what stands for 0. */
AVX2 static void gather(const struct fs1_step *step, uint32_t y, uint32_t x, int16_t *to)
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
			widen_zero(to, from->zero_point, size);
		else
			gather_line(step, from->data + (size_t)row * stride, left,
				    to);
		row += argument[FS1_ARGUMENT_DILATION_Y];
	}
}

/* Columns [@left, @left + @columns) of a line, those beside the input as 0. */
AVX2_INLINE void share_line(const struct fs1_tensor *from, const uint8_t *line,
			    int32_t left, int32_t columns, int16_t *to)
{
	int32_t width = (int32_t)from->width;
	int32_t before = left < 0 ? -left < columns ? -left : columns : 0;
	int32_t end = left + columns < width ? left + columns : width;
	int32_t inside = end > left + before ? end - left - before : 0;
	size_t depth = from->channels;

	widen_zero(to, from->zero_point, (size_t)before * depth);
	to += (size_t)before * depth;
	widen(to, line + (size_t)(left + before) * depth, (size_t)inside * depth);
	to += (size_t)inside * depth;
	/* Its first vector is what may be read behind the last sample, too. */
	widen_zero(to, from->zero_point,
		   (size_t)(columns - before - inside) * depth + 1);
}

/* The lines that windows of @places from column @x on share. */
AVX2 static void share(const struct fs1_step *step, uint32_t y, uint32_t x,
		       uint32_t places, struct tile *tile)
{
	const struct fs1_tensor *from = step->input[0];
	const int32_t *argument = step->argument;
	int32_t row = (int32_t)y * argument[FS1_ARGUMENT_STRIDE_Y] -
		      argument[FS1_ARGUMENT_PAD_TOP];
	int32_t left = (int32_t)x * argument[FS1_ARGUMENT_STRIDE_X] -
		       argument[FS1_ARGUMENT_PAD_LEFT];
	size_t samples = line_samples(step, places);
	int32_t i;

	tile->stride = samples + BLOCK;
	for (i = 0; i < argument[FS1_ARGUMENT_KERNEL_HEIGHT]; i++) {
		int16_t *to = tile->samples + (size_t)i * tile->stride;

		if (row < 0 || row >= (int32_t)from->height)
			widen_zero(to, from->zero_point, samples + 1);
		else
			share_line(from, from->data + (size_t)row * from->width *
						      from->channels, left,
				   (int32_t)(samples / from->channels), to);
		row += argument[FS1_ARGUMENT_DILATION_Y];
	}
}

/* ------------------------------------------------------------------------
 * Places
 */

/* As many places of one line of the output as lines may be shared by. */
static uint32_t places_shared(const struct fs1_step *step, uint32_t most)
{
	uint32_t places = TILE;

	while (places < most && lines_room(step, places + TILE) <= LINES_USUAL)
		places += TILE;
	return places < most ? places : most;
}

AVX2_INLINE void shared_tiles(const struct fs1_step *step, const struct fs1_run *run,
			      uint32_t place, uint32_t places, struct tile *tile)
{
	const struct fs1_tensor *to = step->output;
	size_t across = (size_t)step->argument[FS1_ARGUMENT_STRIDE_X] *
			step->input[0]->channels;
	uint32_t channel, at, i;

	for (channel = run->channel; channel < run->end; channel += BLOCK)
		for (at = 0; at < places; at += TILE) {
			uint32_t count = places - at < TILE ? places - at : TILE;

			for (i = 0; i < count; i++) {
				tile->window[i] = tile->samples + (at + i) * across;
				tile->out[i] = to->data + (size_t)(place + at + i) *
							  to->channels;
			}
			multiply_shared(step, tile, channel, count);
		}
}

AVX2 static void shared_run(const struct fs1_step *step, const struct fs1_run *run,
			    struct tile *tile)
{
	uint32_t width = step->output->width;
	uint32_t place = run->place, end = run->place + run->places;

	while (place < end) {
		uint32_t x = place % width;
		uint32_t most = width - x < end - place ? width - x : end - place;
		uint32_t places = places_shared(step, most);

		share(step, place / width, x, places, tile);
		shared_tiles(step, run, place, places, tile);
		place += places;
	}
}

AVX2 static void alone_run(const struct fs1_step *step, const struct fs1_run *run,
			   bool pointwise, struct tile *tile)
{
	const struct fs1_tensor *from = step->input[0], *to = step->output;
	uint32_t place = run->place, end = run->place + run->places, channel;

	while (place < end) {
		uint32_t places = 0;

		for (; places < TILE && place < end; places++, place++) {
			int16_t *window = tile->samples + places * ROOM;

			tile->out[places] = to->data + (size_t)place * to->channels;
			if (pointwise)
				widen(window, from->data + (size_t)place *
							   from->channels,
				      from->channels);
			else
				gather(step, place / to->width, place % to->width,
				       window);
		}
		for (channel = run->channel; channel < run->end; channel += BLOCK)
			multiply_alone(step, tile, channel, places);
	}
}

AVX2 void avx2_product(const struct fs1_step *step, uint32_t first, uint32_t end)
{
	bool pointwise = is_pointwise(step), shared = is_shared(step);
	struct tile tile;

	while (first < end) {
		struct fs1_run run = fs1_npu_run(step, first, end);

		if (shared)
			shared_run(step, &run, &tile);
		else
			alone_run(step, &run, pointwise, &tile);
		first += run.places;
	}
}

#endif /* __x86_64__ */
