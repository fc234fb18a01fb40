// SPDX-License-Identifier: Apache-2.0
/*
 * Which frames each kind of rule chooses, and what counts as a change.
 */
#include <endian.h>
#include <linux/videodev2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fovead/rule.h"

#define MS 1000000ull

static void test_every_chooses_each_nth_from_the_first(void **state)
{
	struct rule rule = { .settings = { .when = RULE_EVERY, .count = 3 } };
	static const bool expected[] = { 1, 0, 0, 1, 0, 0, 1 };

	(void)state;
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(rule_match(&rule, i, NULL, NULL), expected[i]);
	assert_int_equal(rule.seen, 7);
	assert_int_equal(rule.matched, 3);
}

static void test_interval_keeps_the_mean_rate(void **state)
{
	struct rule rule = {
		.settings = { .when = RULE_INTERVAL, .interval = 100 * MS },
	};
	unsigned int matched = 0;

	(void)state;
	for (uint64_t t = 5000 * MS; t < 15000 * MS; t += 33 * MS)
		matched += rule_match(&rule, t, NULL, NULL);
	assert_in_range(matched, 99, 101);
}

static void test_interval_does_not_catch_up(void **state)
{
	struct rule rule = {
		.settings = { .when = RULE_INTERVAL, .interval = 100 * MS },
	};

	(void)state;
	assert_true(rule_match(&rule, 1000 * MS, NULL, NULL));
	assert_true(rule_match(&rule, 9000 * MS, NULL, NULL));
	assert_false(rule_match(&rule, 9010 * MS, NULL, NULL));
	assert_false(rule_match(&rule, 9099 * MS, NULL, NULL));
	assert_true(rule_match(&rule, 9100 * MS, NULL, NULL));
}

static struct zones grey(uint16_t mean)
{
	struct zones zones;

	for (size_t y = 0; y < FOVEA_ZONE_ROWS; y++)
		for (size_t x = 0; x < FOVEA_ZONE_COLUMNS; x++)
			zones.mean[y][x] = mean;
	/* cppcheck-suppress uninitvar; misjudges the loops above */
	return zones;
}

static void test_changed_compares_with_the_last_chosen(void **state)
{
	struct rule rule = {
		.settings = { .when = RULE_CHANGED, .threshold = 10 },
	};
	struct zones zones = grey(1000);

	(void)state;
	assert_false(rule_match(&rule, 0, NULL, NULL));
	assert_true(rule_match(&rule, 1, &zones, NULL));
	assert_false(rule_match(&rule, 2, &zones, NULL));
	zones = grey(1000 + 407);	/* 9.97 % of 4080 */
	assert_false(rule_match(&rule, 3, &zones, NULL));
	zones = grey(1000 + 408);
	assert_true(rule_match(&rule, 4, &zones, NULL));
	zones = grey(1000);
	assert_true(rule_match(&rule, 5, &zones, NULL));
}

static void test_changed_keeps_its_distance(void **state)
{
	struct zones dark = grey(0), light = grey(4080);
	struct rule rule = {
		.settings = {
			.when = RULE_CHANGED,
			.threshold = 10,
			.interval = 100,
		},
	};

	(void)state;
	assert_true(rule_match(&rule, 0, &dark, NULL));
	assert_false(rule_match(&rule, 99, &light, NULL));
	assert_true(rule_match(&rule, 100, &light, NULL));
}

static void test_change_is_a_mean_over_zones(void **state)
{
	struct zones a = grey(0), b = grey(0);

	(void)state;
	assert_int_equal(zones_change(&a, &b), 0);
	b = grey(4080);
	assert_int_equal(zones_change(&a, &b), 10000);
	assert_int_equal(zones_change(&b, &a), 10000);
	b = grey(0);
	for (size_t x = 0; x < FOVEA_ZONE_COLUMNS; x++)
		b.mean[0][x] = 4080;
	assert_int_equal(zones_change(&a, &b), 10000 / 12);
}

static void test_zones_of_pixels_find_their_place(void **state)
{
	const struct fovea_image_format format = {
		.fourcc = V4L2_PIX_FMT_GREY,
		.width = 160,
		.height = 120,
		.stride = 192,
	};
	uint8_t *data = calloc(192, 120);
	const struct fovea_picture picture = { &format, data, 192 * 120 };
	struct zones zones;

	(void)state;
	for (size_t y = 10; y < 20; y++)
		memset(data + y * 192 + 150, 200, 10);
	for (size_t y = 0; y < 120; y++)
		memset(data + y * 192 + 160, 255, 32);
	zones_from_picture(&zones, &picture);
	for (size_t y = 0; y < FOVEA_ZONE_ROWS; y++)
		for (size_t x = 0; x < FOVEA_ZONE_COLUMNS; x++)
			assert_int_equal(zones.mean[y][x],
					 y == 1 && x == 15 ? 3200 : 0);
	free(data);
}

static void test_zones_of_metadata_are_brightness(void **state)
{
	struct {
		struct fovea_meta_header header;
		struct fovea_meta_zones zones;
	} buffer = {
		.header = {
			.magic = htole32(FOVEA_META_MAGIC),
			.version = htole16(FOVEA_META_VERSION),
			.header_size = htole16(sizeof(buffer.header)),
			.total_size = htole32(sizeof(buffer)),
			.block_count = htole32(1),
		},
		.zones.block = {
			.type = htole16(FOVEA_META_ZONES),
			.size = htole32(sizeof(buffer.zones)),
		},
	};
	struct fovea_zone white = {
		htole16(61424), htole16(61424), htole16(61424), htole16(61424),
	};
	struct fovea_zone quarter = {
		htole16(15356), htole16(15356), htole16(15356), htole16(15356),
	};
	struct fovea_meta meta;
	struct zones zones;

	(void)state;
	buffer.zones.zone[2][3] = white;
	buffer.zones.zone[11][15] = quarter;
	assert_int_equal(fovea_meta_init(&meta, &buffer, sizeof(buffer)), 0);
	assert_int_equal(zones_from_meta(&zones, &meta), 0);
	assert_int_equal(zones.mean[0][0], 0);
	assert_int_equal(zones.mean[2][3], ZONES_FULL_SCALE);
	assert_int_equal(zones.mean[11][15], ZONES_FULL_SCALE / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_chooses_each_nth_from_the_first),
		cmocka_unit_test(test_interval_keeps_the_mean_rate),
		cmocka_unit_test(test_interval_does_not_catch_up),
		cmocka_unit_test(test_changed_compares_with_the_last_chosen),
		cmocka_unit_test(test_changed_keeps_its_distance),
		cmocka_unit_test(test_change_is_a_mean_over_zones),
		cmocka_unit_test(test_zones_of_pixels_find_their_place),
		cmocka_unit_test(test_zones_of_metadata_are_brightness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
