// SPDX-License-Identifier: Apache-2.0
/*
 * Digits become readings: which of them belong together, in which order, and that no
 * numbers whatever do harm.
 */
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libfovea/reading.h"

enum { SURE = 30000 };

static struct fovea_reading got[FOVEA_READINGS_MAX];

static struct fovea_detection at(uint32_t class, uint32_t left, uint32_t top,
				 uint32_t width, uint32_t height)
{
	return (struct fovea_detection) {
		.left = htole16((uint16_t)left),
		.top = htole16((uint16_t)top),
		.width = htole16((uint16_t)width),
		.height = htole16((uint16_t)height),
		.score = htole16(SURE),
		.class = htole16((uint16_t)class),
	};
}

static size_t read_all(const struct fovea_detection *detections, size_t count)
{
	memset(got, 0xa5, sizeof(got));
	return fovea_readings(detections, count, FOVEA_READING_SCORE_MIN, 0, got);
}

static void test_row(void **state)
{
	/* In the order of their scores, not of their places. */
	const struct fovea_detection digits[] = {
		at(7, 130, 102, 20, 30), at(0, 100, 100, 20, 30), at(4, 160, 98, 20, 32),
	};

	(void)state;
	assert_int_equal(read_all(digits, 3), 1);
	assert_string_equal(got[0].text, "074");
	assert_int_equal(got[0].digits, 3);
	assert_int_equal(got[0].score, SURE);
	assert_int_equal(got[0].left, 100);
	assert_int_equal(got[0].top, 98);
	assert_int_equal(got[0].width, 80);
	assert_int_equal(got[0].height, 34);
}

static void test_rows_in_order(void **state)
{
	const struct fovea_detection digits[] = {
		at(1, 300, 200, 20, 30), at(2, 330, 200, 20, 30),
		at(3, 500, 50, 20, 30), at(4, 100, 50, 20, 30),
	};

	(void)state;
	assert_int_equal(read_all(digits, 4), 3);
	assert_string_equal(got[0].text, "4");
	assert_string_equal(got[1].text, "3");
	assert_string_equal(got[2].text, "12");
}

/* Each limit from both sides. */
static void test_limits(void **state)
{
	static const struct {
		uint32_t left, top, width, height;
		size_t readings;
	} cases[] = {
		/* Height: 2/3 of 30 is 20. */
		{ 120, 105, 20, 20, 1 },
		{ 120, 105, 20, 19, 2 },
		/* Up or down: half of 30. */
		{ 120, 115, 20, 30, 1 },
		{ 120, 116, 20, 30, 2 },
		{ 120, 85, 20, 30, 1 },
		{ 120, 84, 20, 30, 2 },
		/* Sideways: 1.7 times 30 is 51. */
		{ 151, 100, 20, 30, 1 },
		{ 152, 100, 20, 30, 2 },
		{ 49, 100, 20, 30, 1 },
		{ 48, 100, 20, 30, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct fovea_detection digits[] = {
			at(1, 100, 100, 20, 30),
			at(2, cases[i].left, cases[i].top, cases[i].width,
			   cases[i].height),
		};

		assert_int_equal(read_all(digits, 2), cases[i].readings);
	}
}

/* The first and the last are far apart, and what joins them comes at the end. */
static void test_joined_by_others(void **state)
{
	const struct fovea_detection digits[] = {
		at(1, 100, 100, 20, 30), at(5, 260, 100, 20, 30),
		at(2, 140, 100, 20, 30), at(4, 220, 100, 20, 30),
		at(3, 180, 100, 20, 30),
	};

	(void)state;
	assert_int_equal(read_all(digits, 4), 2);
	assert_int_equal(read_all(digits, 5), 1);
	assert_string_equal(got[0].text, "12345");
}

static void test_left_out(void **state)
{
	struct fovea_detection digits[] = {
		at(1, 100, 100, 20, 30), at(10, 130, 100, 20, 30),
		at(2, 160, 100, 20, 30), at(9, 100, 300, 20, 30),
	};

	(void)state;
	digits[2].score = htole16(FOVEA_READING_SCORE_MIN);
	/* A class that is no digit. */
	assert_int_equal(read_all(digits, 3), 2);
	digits[1].class = htole16(3);
	assert_int_equal(read_all(digits, 3), 1);
	assert_string_equal(got[0].text, "132");
	assert_int_equal(got[0].score, FOVEA_READING_SCORE_MIN);
	/* Not sure enough. */
	digits[2].score = htole16(FOVEA_READING_SCORE_MIN - 1);
	assert_int_equal(read_all(digits, 3), 1);
	assert_string_equal(got[0].text, "13");
	/* Too short. */
	assert_int_equal(fovea_readings(digits, 4, 0, 3, got), 1);
	assert_string_equal(got[0].text, "132");
	assert_int_equal(fovea_readings(digits, 4, 0, 4, got), 0);
}

/* As many as there can be; more are not looked at. */
static void test_many(void **state)
{
	struct fovea_detection digits[FOVEA_DETECTIONS_MAX + 1];

	(void)state;
	for (uint32_t i = 0; i <= FOVEA_DETECTIONS_MAX; i++)
		digits[i] = at(i % 10, 1000 - 10 * i, 100, 10, 20);
	assert_int_equal(read_all(digits, FOVEA_DETECTIONS_MAX + 1), 1);
	assert_int_equal(got[0].digits, FOVEA_DETECTIONS_MAX);
	assert_int_equal(strlen(got[0].text), FOVEA_DETECTIONS_MAX);
	assert_int_equal(got[0].text[0], '3');
	for (uint32_t i = 0; i <= FOVEA_DETECTIONS_MAX; i++)
		digits[i] = at(i % 10, 100, 1000 * i, 10, 20);
	assert_int_equal(read_all(digits, FOVEA_DETECTIONS_MAX + 1),
			 FOVEA_DETECTIONS_MAX);
	assert_int_equal(read_all(NULL, 0), 0);
}

/* Edges beyond 16 bits, nothing inside, all at one place. */
static void test_extremes(void **state)
{
	const struct fovea_detection digits[] = {
		at(1, 65535, 65535, 65535, 65535), at(2, 0, 0, 65535, 65535),
		at(3, 0, 0, 0, 0), at(4, 0, 0, 0, 0), at(5, 65535, 0, 0, 65535),
	};
	size_t count = read_all(digits, 5), total = 0;

	(void)state;
	for (size_t i = 0; i < count; i++)
		total += got[i].digits;
	assert_int_equal(total, 5);
	/* Those without a size stay in their order. */
	assert_string_equal(got[0].text, "25");
	assert_string_equal(got[1].text, "34");
	assert_int_equal(got[2].width, 65535);
	assert_int_equal(got[2].left, 65535);
}

static void test_shares(void **state)
{
	const struct fovea_reading a = { .left = 100, .top = 100, .width = 80,
					 .height = 30 };
	const struct fovea_reading b = { .left = 120, .top = 100, .width = 80,
					 .height = 30 };
	const struct fovea_reading far = { .left = 180, .top = 100, .width = 80,
					   .height = 30 };
	const struct fovea_reading nothing = { 0 };

	(void)state;
	assert_int_equal(fovea_reading_shares(&a, &a), 1000);
	assert_int_equal(fovea_reading_shares(&a, &b), 600);
	assert_int_equal(fovea_reading_shares(&b, &a), 600);
	assert_int_equal(fovea_reading_shares(&a, &far), 0);
	assert_int_equal(fovea_reading_shares(&a, &nothing), 0);
	assert_int_equal(fovea_reading_shares(&nothing, &nothing), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_rows_in_order),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_joined_by_others),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
