// SPDX-License-Identifier: Apache-2.0
/*
 * Which digits stand in a row. All numbers are whole: boxes are of 16 bits, so sums
 * of them and small multiples fit 64 bits by far.
 */
#include "libfovea/reading.h"

#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct digit - a detection that counts
 * @left: edges
 * @top: likewise
 * @right: likewise
 * @bottom: likewise
 * @score: of 32768
 * @value: 0 to 9
 * @leader: a digit of the same reading, nearer to its first; itself: the first
 */
struct digit {
	int64_t left;
	int64_t top;
	int64_t right;
	int64_t bottom;
	uint32_t score;
	uint32_t value;
	size_t leader;
};

static size_t take_digits(const struct fovea_detection *detections, size_t count,
			  uint32_t score_min, struct digit *digits)
{
	size_t taken = 0;

	for (size_t i = 0; i < count && i < FOVEA_DETECTIONS_MAX; i++) {
		const struct fovea_detection *from = &detections[i];
		struct digit *to = &digits[taken];

		if (le16toh(from->class) > 9 || le16toh(from->score) < score_min)
			continue;
		to->left = le16toh(from->left);
		to->top = le16toh(from->top);
		to->right = to->left + le16toh(from->width);
		to->bottom = to->top + le16toh(from->height);
		to->score = le16toh(from->score);
		to->value = le16toh(from->class);
		to->leader = taken++;
	}
	return taken;
}

/* Do they stand beside each other, by their looks alone? */
static bool beside(const struct digit *a, const struct digit *b)
{
	int64_t height_a = a->bottom - a->top, height_b = b->bottom - b->top;
	int64_t low = height_a < height_b ? height_a : height_b;
	int64_t both = height_a + height_b;
	/* Twice what is between their middles. */
	int64_t across = llabs(a->left + a->right - b->left - b->right);
	int64_t along = llabs(a->top + a->bottom - b->top - b->bottom);

	return 3 * low >= 2 * (both - low) && 2 * along <= both &&
	       10 * across <= 17 * both;
}

static size_t first_of(const struct digit *digits, size_t index)
{
	while (digits[index].leader != index)
		index = digits[index].leader;
	return index;
}

/* From left to right; what stands at the same place stays in its order. */
static void sort_row(const struct digit **row, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct digit *moved = row[i];
		size_t at = i;

		while (at && row[at - 1]->left + row[at - 1]->right >
			     moved->left + moved->right) {
			row[at] = row[at - 1];
			at--;
		}
		row[at] = moved;
	}
}

static struct fovea_reading read_row(const struct digit **row, size_t count)
{
	struct fovea_reading reading = { .digits = (uint32_t)count };
	struct digit all = *row[0];

	for (size_t i = 0; i < count; i++) {
		const struct digit *digit = row[i];

		reading.text[i] = (char)('0' + digit->value);
		all.left = digit->left < all.left ? digit->left : all.left;
		all.top = digit->top < all.top ? digit->top : all.top;
		all.right = digit->right > all.right ? digit->right : all.right;
		all.bottom = digit->bottom > all.bottom ? digit->bottom : all.bottom;
		all.score = digit->score < all.score ? digit->score : all.score;
	}
	reading.score = all.score;
	reading.left = (uint32_t)all.left;
	reading.top = (uint32_t)all.top;
	reading.width = (uint32_t)(all.right - all.left);
	reading.height = (uint32_t)(all.bottom - all.top);
	return reading;
}

static bool comes_before(const struct fovea_reading *a, const struct fovea_reading *b)
{
	return a->top != b->top ? a->top < b->top : a->left < b->left;
}

size_t fovea_readings(const struct fovea_detection *detections, size_t count,
		      uint32_t score_min, uint32_t digits_min,
		      struct fovea_reading ret_readings[FOVEA_READINGS_MAX])
{
	struct digit digits[FOVEA_DETECTIONS_MAX];
	const struct digit *row[FOVEA_DETECTIONS_MAX];
	size_t readings = 0;

	count = take_digits(detections, count, score_min, digits);
	for (size_t a = 0; a < count; a++)
		for (size_t b = a + 1; b < count; b++)
			if (beside(&digits[a], &digits[b]))
				digits[first_of(digits, b)].leader =
					first_of(digits, a);
	for (size_t first = 0; first < count; first++) {
		struct fovea_reading reading;
		size_t length = 0, at;

		if (digits[first].leader != first)
			continue;
		for (size_t i = 0; i < count; i++)
			if (first_of(digits, i) == first)
				row[length++] = &digits[i];
		if (length < digits_min)
			continue;
		sort_row(row, length);
		reading = read_row(row, length);
		for (at = readings++;
		     at && comes_before(&reading, &ret_readings[at - 1]); at--)
			ret_readings[at] = ret_readings[at - 1];
		ret_readings[at] = reading;
	}
	return readings;
}

/* What @a's and @b's stretches from first to first + length share. */
static uint64_t shared(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
	uint64_t first = a > b ? a : b;
	uint64_t end = a + a_length < b + b_length ? a + a_length : b + b_length;

	return end > first ? end - first : 0;
}

uint32_t fovea_reading_shares(const struct fovea_reading *a,
			      const struct fovea_reading *b)
{
	uint64_t both = shared(a->left, a->width, b->left, b->width) *
			shared(a->top, a->height, b->top, b->height);
	uint64_t all = (uint64_t)a->width * a->height +
		       (uint64_t)b->width * b->height - both;

	return all ? (uint32_t)(both * 1000 / all) : 0;
}
