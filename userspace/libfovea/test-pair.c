// SPDX-License-Identifier: Apache-2.0
/*
 * Every picture comes out once, in order, with its own metadata or with none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libfovea/pair.h"

static int setup(void **state)
{
	return fovea_pair_new((struct fovea_pair **)state);
}

static int teardown(void **state)
{
	fovea_pair_free(*state);
	return 0;
}

static void image(struct fovea_pair *pair, uint64_t id)
{
	struct fovea_frame frame = { .id = id };

	fovea_pair_image(pair, &frame);
}

static void metadata(struct fovea_pair *pair, uint64_t id)
{
	struct fovea_frame frame = {
		.id = id,
		.data = (const uint8_t *)&id,
		.size = sizeof(id),
	};

	fovea_pair_meta(pair, &frame);
}

static void assert_next(struct fovea_pair *pair, uint64_t id, bool with_meta)
{
	struct fovea_frame frame;
	const void *meta;
	size_t size;

	assert_true(fovea_pair_next(pair, false, &frame, &meta, &size));
	assert_int_equal(frame.id, id);
	assert_int_equal(size, with_meta ? sizeof(id) : 0);
	if (with_meta)
		assert_memory_equal(meta, &id, sizeof(id));
	else
		assert_null(meta);
}

static void assert_waits(struct fovea_pair *pair)
{
	struct fovea_frame frame;
	const void *meta;
	size_t size;

	assert_false(fovea_pair_next(pair, false, &frame, &meta, &size));
}

static void test_either_order(void **state)
{
	assert_waits(*state);
	image(*state, 1);
	assert_waits(*state);
	metadata(*state, 1);
	assert_next(*state, 1, true);
	assert_waits(*state);
	metadata(*state, 2);
	metadata(*state, 3);
	image(*state, 2);
	assert_next(*state, 2, true);
	image(*state, 3);
	assert_next(*state, 3, true);
	assert_waits(*state);
}

static void test_later_metadata_ends_the_wait(void **state)
{
	image(*state, 1);
	metadata(*state, 2);
	assert_next(*state, 1, false);
	image(*state, 2);
	assert_next(*state, 2, true);
}

static void test_few_pictures_are_held(void **state)
{
	image(*state, 1);
	image(*state, 2);
	assert_waits(*state);
	image(*state, 3);
	assert_next(*state, 1, false);
	assert_waits(*state);
	metadata(*state, 2);
	assert_next(*state, 2, true);
	assert_waits(*state);
}

static void test_flush_gives_all(void **state)
{
	struct fovea_frame frame;
	const void *meta;
	size_t size;

	image(*state, 1);
	assert_true(fovea_pair_next(*state, true, &frame, &meta, &size));
	assert_int_equal(frame.id, 1);
	assert_null(meta);
	assert_false(fovea_pair_next(*state, true, &frame, &meta, &size));
}

static void test_first_is_what_next_gives(void **state)
{
	struct fovea_pair *pair = *state;
	uint64_t id = 0;

	assert_int_equal(fovea_pair_first(pair, &id), 0);
	image(pair, 7);
	image(pair, 8);
	assert_int_equal(fovea_pair_first(pair, &id), 2);
	assert_int_equal(id, 7);
	metadata(pair, 7);
	assert_next(pair, 7, true);
	assert_int_equal(fovea_pair_first(pair, &id), 1);
	assert_int_equal(id, 8);
}

static void test_more_can_wait(void **state)
{
	struct fovea_pair *pair = *state;

	fovea_pair_hold(pair, 4);
	for (uint64_t id = 1; id <= 4; id++) {
		image(pair, id);
		assert_waits(pair);
	}
	image(pair, 5);
	assert_next(pair, 1, false);
	assert_waits(pair);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_either_order),
		TEST(test_later_metadata_ends_the_wait),
		TEST(test_few_pictures_are_held),
		TEST(test_flush_gives_all),
		TEST(test_first_is_what_next_gives),
		TEST(test_more_can_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
