// SPDX-License-Identifier: Apache-2.0
/*
 * Which parts of a frame become crops: margins, edges, what is joined, in which order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-crop.h"

static struct fs1_found thing(unsigned int left, unsigned int top,
			      unsigned int width, unsigned int height,
			      unsigned int score, unsigned int class)
{
	return (struct fs1_found){
		.place = { (uint16_t)left, (uint16_t)top, (uint16_t)width,
			   (uint16_t)height },
		.score = (uint16_t)score,
		.class = (uint16_t)class,
		.piece = class % 2,
	};
}

static void assert_place(const struct fs1_crop_place *crop, unsigned int left,
			 unsigned int top, unsigned int width, unsigned int height)
{
	assert_int_equal(crop->place.left, left);
	assert_int_equal(crop->place.top, top);
	assert_int_equal(crop->place.width, width);
	assert_int_equal(crop->place.height, height);
}

static void test_margin(void **state)
{
	struct fs1_crop_rules rules = { .most = 4, .margin = 10 };
	struct fs1_crop_place crops[FS1_CROPS_MAX];
	struct fs1_found found[] = {
		thing(1000, 500, 200, 100, 30000, 3),
		thing(1001, 701, 201, 99, 20000, 4),
	};

	(void)state;
	assert_int_equal(fs1_crops_choose(&rules, found, 2, crops), 2);
	assert_place(&crops[0], 990, 490, 220, 120);
	assert_int_equal(crops[0].score, 30000);
	assert_int_equal(crops[0].class, 3);
	assert_int_equal(crops[0].detections, 1);
	assert_int_equal(crops[0].piece, 1);
	/* 9 around it, then to even edges, outwards. */
	assert_place(&crops[1], 992, 692, 220, 118);
	assert_int_equal(crops[1].piece, 0);
	rules.margin = 0;
	fs1_crops_choose(&rules, found, 2, crops);
	assert_place(&crops[0], 1000, 500, 200, 100);
	assert_int_equal(fs1_crops_choose(&rules, found, 0, crops), 0);
}

/* No crop leaves the array, none is smaller than 64 pixels. */
static void test_edges(void **state)
{
	struct fs1_crop_rules rules = { .most = 16, .margin = 100 };
	struct fs1_crop_place crops[FS1_CROPS_MAX];
	struct fs1_found found[] = {
		thing(0, 0, 4056, 3040, 9, 0),
		thing(10, 20, 100, 100, 8, 0),
		thing(3956, 2940, 100, 100, 7, 0),
		thing(0, 0, 1, 1, 6, 0),
		thing(4055, 3039, 1, 1, 5, 0),
		thing(2001, 1001, 3, 5, 4, 0),
	};

	(void)state;
	assert_int_equal(fs1_crops_choose(&rules, found, 6, crops), 6);
	assert_place(&crops[0], 0, 0, 4056, 3040);
	assert_place(&crops[1], 0, 0, 210, 220);
	assert_place(&crops[2], 3856, 2840, 200, 200);
	assert_place(&crops[3], 0, 0, 64, 64);
	assert_place(&crops[4], 3992, 2976, 64, 64);
	assert_int_equal(crops[5].place.width, 64);
	assert_int_equal(crops[5].place.height, 64);
	assert_true(crops[5].place.left <= 1996 && crops[5].place.left >= 1944);
	assert_true(crops[5].place.top <= 996 && crops[5].place.top >= 946);
}

/* A row of digits in two sizes, and something else. */
static void test_join(void **state)
{
	struct fs1_crop_rules rules = { .most = 4, .join = 50 };
	struct fs1_crop_place crops[FS1_CROPS_MAX];
	struct fs1_found found[] = {
		thing(1400, 500, 60, 100, 900, 1),
		thing(3000, 2000, 60, 100, 800, 2),
		thing(1000, 500, 60, 100, 700, 3),
		/* Neighbours of neighbours: 100, 110 and 50 from here. */
		thing(1160, 500, 60, 200, 600, 4),
		thing(1330, 500, 20, 30, 500, 5),
	};

	(void)state;
	assert_int_equal(fs1_crops_choose(&rules, found, 5, crops), 3);
	/* 50 from the first, whose half height that is; 110 is too far. */
	assert_place(&crops[0], 1330, 500, 130, 100);
	assert_int_equal(crops[0].score, 900);
	assert_int_equal(crops[0].detections, 2);
	assert_int_equal(crops[0].class, FS1_CLASS_SEVERAL);
	assert_int_equal(crops[0].piece, 1);
	assert_place(&crops[1], 2998, 2000, 64, 100);
	assert_int_equal(crops[1].class, 2);
	/* 100 away, which is half of the higher one's height. */
	assert_place(&crops[2], 1000, 500, 220, 200);
	rules.join = 55;
	assert_int_equal(fs1_crops_choose(&rules, found, 5, crops), 2);
	assert_place(&crops[0], 1000, 500, 460, 200);
	assert_int_equal(crops[0].detections, 4);
	rules.join = 49;
	assert_int_equal(fs1_crops_choose(&rules, found, 5, crops), 4);
	assert_int_equal(crops[0].detections, 1);
}

/* Nothing is joined that wasn't asked for, even where things overlap. */
static void test_apart(void **state)
{
	struct fs1_crop_rules rules = { .most = 2 };
	struct fs1_crop_place crops[FS1_CROPS_MAX];
	struct fs1_found found[] = {
		thing(1000, 500, 200, 100, 5, 7),
		thing(1010, 510, 200, 100, 5, 8),
		thing(1020, 520, 200, 100, 5, 9),
	};

	(void)state;
	assert_int_equal(fs1_crops_choose(&rules, found, 3, crops), 2);
	assert_int_equal(crops[0].class, 7);
	assert_int_equal(crops[1].class, 8);
	rules.join = 1;
	assert_int_equal(fs1_crops_choose(&rules, found, 3, crops), 1);
	assert_place(&crops[0], 1000, 500, 220, 120);
}

/* As many as can be, all over the array; a chain of all is one. */
static void test_many(void **state)
{
	struct fs1_crop_rules rules = { .most = 16, .join = 400, .margin = 100 };
	struct fs1_found found[FS1_DETECTIONS_MAX];
	struct fs1_crop_place crops[FS1_CROPS_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < FS1_DETECTIONS_MAX; i++)
		found[i] = thing(i % 8 * 400, i / 8 * 375, 20, 100, 100 - i, 0);
	assert_int_equal(fs1_crops_choose(&rules, found, FS1_DETECTIONS_MAX,
					  crops), 1);
	assert_int_equal(crops[0].detections, FS1_DETECTIONS_MAX);
	assert_place(&crops[0], 0, 0, 4056, 3040);
	rules.join = 100;
	assert_int_equal(fs1_crops_choose(&rules, found, FS1_DETECTIONS_MAX,
					  crops), 16);
	assert_int_equal(crops[15].score, 85);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_margin),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("crop", tests, NULL, NULL);
}
