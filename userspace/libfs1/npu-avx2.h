/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What operators with AVX2 share: from sums of 32 bits to bytes, 16 channels at a time.
 * Only the files that are compiled for x86-64 may include it.
 */
#ifndef LIBFS1_NPU_AVX2_H
#define LIBFS1_NPU_AVX2_H

#include <immintrin.h>
#include <string.h>

#include "fs1-npu.h"
#include "npu-simd.h"
#include "npu-window.h"

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE AVX2 static inline __attribute__((always_inline))

/**
 * struct block - 16 output channels
 * @bias: with the zero point of the input worked in
 * @even: multipliers of sums: channels 0, 2, 4 ... in the lower halves of 64 bits
 * @odd: likewise, 1, 3, 5 ...
 * @even_round: 2^(shift - 1), likewise
 * @odd_round: likewise
 * @shift: less 32
 */
struct block {
	int32_t bias[BLOCK];
	int64_t even[BLOCK / 2];
	int64_t odd[BLOCK / 2];
	int64_t even_round[BLOCK / 2];
	int64_t odd_round[BLOCK / 2];
	int32_t shift[BLOCK];
};

/* Are sums scaled by a high half? */
static inline bool are_high(const struct fs1_graph_scale *scales, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (fs1_le32_to_cpu(scales[i].shift) < 32)
			return false;
	return true;
}

static inline void fill_scale(struct block *block, uint32_t i,
		       const struct fs1_graph_scale *scale)
{
	uint32_t shift = fs1_le32_to_cpu(scale->shift);
	int64_t multiplier = (int32_t)fs1_le32_to_cpu(scale->multiplier);

	block->shift[i] = (int32_t)shift - 32;
	(i % 2 ? block->odd : block->even)[i / 2] = multiplier;
	(i % 2 ? block->odd_round : block->even_round)[i / 2] =
		(int64_t)1 << (shift - 1);
}

static inline void fill_block(const struct fs1_step *step, uint32_t taps, uint32_t first,
		       struct block *block)
{
	int32_t zero_point = step->input[0]->zero_point;
	uint32_t i, tap;

	memset(block, 0, sizeof(*block));
	for (i = 0; i < BLOCK && first + i < step->output->channels; i++) {
		int32_t sum = 0;

		for (tap = 0; tap < taps; tap++)
			sum += weight_at(step, taps, first + i, tap);
		/* What it lacks for a moment, the samples bring: modulo 2^32. */
		block->bias[i] = (int32_t)((uint32_t)fs1_le32_to_cpu(
						   step->bias[first + i]) -
					   (uint32_t)(zero_point * sum));
		fill_scale(block, i, &step->scales[first + i]);
	}
}

/* Sums of 8 channels as steps of the output. */
AVX2_INLINE __m256i scaled(__m256i sum, const struct block *block, unsigned int half)
{
	const __m256i *even = (const void *)(block->even + 4 * half);
	const __m256i *odd = (const void *)(block->odd + 4 * half);
	const __m256i *even_round = (const void *)(block->even_round + 4 * half);
	const __m256i *odd_round = (const void *)(block->odd_round + 4 * half);
	const __m256i *shift = (const void *)(block->shift + 8 * half);
	/* Every other channel: a product needs 64 bits. */
	__m256i low = _mm256_mul_epi32(sum, _mm256_loadu_si256(even));
	__m256i high = _mm256_mul_epi32(_mm256_srli_epi64(sum, 32),
					_mm256_loadu_si256(odd));

	low = _mm256_add_epi64(low, _mm256_loadu_si256(even_round));
	high = _mm256_add_epi64(high, _mm256_loadu_si256(odd_round));
	return _mm256_srav_epi32(_mm256_blend_epi32(_mm256_srli_epi64(low, 32), high,
						    0xaa),
				 _mm256_loadu_si256(shift));
}

/* 16 channels of one place of the output, scaled. */
AVX2_INLINE __m128i finished(const struct fs1_step *step, __m256i first, __m256i second)
{
	/* What saturates here is out of range anyway. */
	__m256i words = _mm256_adds_epi16(
		_mm256_packs_epi32(first, second),
		_mm256_set1_epi16((int16_t)step->output->zero_point));
	__m128i bytes;

	words = _mm256_permute4x64_epi64(words, 0xd8);
	bytes = _mm_packus_epi16(_mm256_castsi256_si128(words),
				 _mm256_extracti128_si256(words, 1));
	bytes = _mm_max_epu8(bytes, _mm_set1_epi8((char)step->low));
	return _mm_min_epu8(bytes, _mm_set1_epi8((char)step->high));
}

/* The first @channels of 16. */
AVX2_INLINE void store(const struct fs1_step *step, __m128i bytes, uint8_t *out,
		       uint32_t channels)
{
	const uint8_t *table = step->table;
	uint8_t line[BLOCK];
	uint32_t i;

	if (!table && channels >= BLOCK) {
		_mm_storeu_si128((void *)out, bytes);
		return;
	}
	if (!table && channels == BLOCK / 2) {
		_mm_storel_epi64((void *)out, bytes);
		return;
	}
	_mm_storeu_si128((void *)line, bytes);
	if (channels > BLOCK)
		channels = BLOCK;
	for (i = 0; i < channels; i++)
		out[i] = table ? table[line[i]] : line[i];
}

/* ------------------------------------------------------------------------
 * Convolutions that are products of matrices: npu-avx2-product.c
 */

/** avx2_is_product() - is the step one? */
bool avx2_is_product(const struct fs1_step *step);

/** avx2_product_size() - bytes of what avx2_product_prepare() makes */
size_t avx2_product_size(const struct fs1_step *step);

/** avx2_product_prepare() - the constants in the order of computation */
void avx2_product_prepare(const struct fs1_step *step, void *memory);

/** avx2_product() - compute units @first to @end - 1 of a step that is one */
void avx2_product(const struct fs1_step *step, uint32_t first, uint32_t end);

#endif /* LIBFS1_NPU_AVX2_H */
