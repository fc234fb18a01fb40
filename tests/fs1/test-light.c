// SPDX-License-Identifier: Apache-2.0
/*
 * The light that the host lets fall on the array: when it is taken, and what
 * becomes of it when the scene stream or a reset comes between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "fs1.h"

#define SIDE 16u

/**
 * struct lit - a device with an image stream, nothing automatic, no noise
 * @fixture: the device
 * @buffer: of the image stream
 */
struct lit {
	struct fixture *fixture;
	uint8_t *buffer;
};

static void stream(struct lit *lit)
{
	struct fixture *fixture = lit->fixture;

	fixture_set_control(fixture, FS1_CONTROL_AUTO_EXPOSURE, 0);
	fixture_set_control(fixture, FS1_CONTROL_AUTO_WHITE_BALANCE, 0);
	fixture_set_control(fixture, FS1_CONTROL_NOISE, 0);
	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
}

static int setup(void **state)
{
	static struct lit lit;

	lit.fixture = fixture_new();
	lit.buffer = fixture_buffer(lit.fixture, FIXTURE_SIZE);
	stream(&lit);
	*state = &lit;
	return 0;
}

static int teardown(void **state)
{
	struct lit *lit = *state;

	fixture_free(lit->fixture);
	return 0;
}

static uint8_t *flat(struct lit *lit, uint8_t value)
{
	uint8_t *rgb = fixture_buffer(lit->fixture, SIDE * SIDE * 3);

	memset(rgb, value, SIDE * SIDE * 3);
	return rgb;
}

static void set_light(struct lit *lit, uint8_t *rgb)
{
	struct fs1_device *device = libfs1_driver_device(lit->fixture->driver);

	assert_true(fs1_device_set_light(device, rgb, SIDE, SIDE));
}

static bool pending(const struct lit *lit)
{
	return fs1_device_light_pending(libfs1_driver_device(lit->fixture->driver));
}

/* One more frame; the mean of its pixels. */
static unsigned int mean_of_frame(struct lit *lit)
{
	struct fixture *fixture = lit->fixture;
	uint8_t *pixels = fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	struct libfs1_completion completion;
	unsigned int sum = 0;

	fixture_advance(fixture, FIXTURE_FRAME);
	completion = fixture_expect(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(completion.status, FS1_OK);
	fixture_skip_events(fixture);
	for (unsigned int i = 0; i < FIXTURE_SIZE; i++)
		sum += pixels[i];
	return sum / FIXTURE_SIZE;
}

static void test_next_frame_takes_it(void **state)
{
	struct lit *lit = *state;
	unsigned int chart = mean_of_frame(lit), dark;

	assert_false(pending(lit));
	set_light(lit, flat(lit, 0));
	assert_true(pending(lit));
	dark = mean_of_frame(lit);
	assert_false(pending(lit));
	assert_true(dark + 10 < chart);
	set_light(lit, flat(lit, 255));
	assert_true(mean_of_frame(lit) > chart + 10);
	set_light(lit, NULL);
	assert_int_equal(mean_of_frame(lit), chart);
}

static void test_frame_that_nobody_sees_does_not_take_it(void **state)
{
	struct lit *lit = *state;

	(void)mean_of_frame(lit);
	set_light(lit, flat(lit, 0));
	fixture_advance(lit->fixture, 2 * FIXTURE_FRAME);
	assert_true(pending(lit));
	fixture_skip_events(lit->fixture);
	(void)mean_of_frame(lit);
	assert_false(pending(lit));
}

static void test_size_out_of_range_changes_nothing(void **state)
{
	static const struct { uint32_t width, height; } wrong[] = {
		{ 15, 16 }, { 16, 15 }, { 4057, 16 }, { 16, 3041 },
		{ 0, 0 }, { UINT32_MAX, UINT32_MAX },
	};
	struct lit *lit = *state;
	uint8_t *rgb = flat(lit, 0);
	unsigned int chart = mean_of_frame(lit);

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(fs1_device_set_light(
			libfs1_driver_device(lit->fixture->driver), rgb,
			wrong[i].width, wrong[i].height));
	assert_false(pending(lit));
	assert_int_equal(mean_of_frame(lit), chart);
}

static void test_reset_keeps_it(void **state)
{
	struct lit *lit = *state;
	unsigned int dark;

	set_light(lit, flat(lit, 0));
	dark = mean_of_frame(lit);
	assert_int_equal(libfs1_driver_reset(lit->fixture->driver), 0);
	stream(lit);
	assert_int_equal(mean_of_frame(lit), dark);
}

static void test_scene_comes_first_while_it_lasts(void **state)
{
	struct lit *lit = *state;
	struct fixture *fixture = lit->fixture;
	unsigned int bright, dark;
	uint8_t *scene;

	set_light(lit, flat(lit, 255));
	bright = mean_of_frame(lit);
	/* The scene is black. */
	fixture_open_and_start(fixture, FS1_STREAM_SCENE);
	scene = fixture_submit(fixture, FS1_STREAM_SCENE, 2);
	memset(scene, 0, fixture_size(FS1_STREAM_SCENE));
	dark = mean_of_frame(lit);
	assert_true(dark + 10 < bright);
	set_light(lit, flat(lit, 255));
	assert_int_equal(mean_of_frame(lit), dark);
	assert_true(pending(lit));
	assert_int_equal(libfs1_driver_stop(fixture->driver, FS1_STREAM_SCENE), 0);
	assert_int_equal(mean_of_frame(lit), bright);
	assert_false(pending(lit));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_next_frame_takes_it),
		TEST(test_frame_that_nobody_sees_does_not_take_it),
		TEST(test_size_out_of_range_changes_nothing),
		TEST(test_reset_keeps_it),
		TEST(test_scene_comes_first_while_it_lasts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
