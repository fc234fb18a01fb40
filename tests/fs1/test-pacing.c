// SPDX-License-Identifier: Apache-2.0
/*
 * Frame lengths and deadlines, as arithmetic.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fs1-pacing.h"

#define START 5000000000u
#define FRAME 33333333u		/* 3200 lines */

static void test_lines_are_31250_thirds_of_a_nanosecond(void **state)
{
	(void)state;
	assert_int_equal(fs1_lines_to_ns(0), 0);
	assert_int_equal(fs1_lines_to_ns(3), 31250);
	assert_int_equal(fs1_lines_to_ns(3200), 33333333);
	assert_int_equal(fs1_lines_to_ns(800), 8333333);
	assert_int_equal(fs1_lines_to_ns(65535), 682656250);
}

static void test_interval_is_rounded_to_the_nearest_line(void **state)
{
	(void)state;
	assert_int_equal(fs1_pacing_frame_length(800, 33333, 0), 3200);
	assert_int_equal(fs1_pacing_frame_length(800, 16667, 0), 1600);
	assert_int_equal(fs1_pacing_frame_length(800, 66667, 0), 6400);
	assert_int_equal(fs1_pacing_frame_length(800, 40000, 0), 3840);
}

static void test_mode_and_control_only_lengthen(void **state)
{
	(void)state;
	assert_int_equal(fs1_pacing_frame_length(3200, 8333, 0), 3200);
	assert_int_equal(fs1_pacing_frame_length(3200, 0, 0), 3200);
	assert_int_equal(fs1_pacing_frame_length(800, 33333, 1000), 3200);
	assert_int_equal(fs1_pacing_frame_length(800, 33333, 4000), 4000);
}

static void test_longest_frame_is_65535_lines(void **state)
{
	(void)state;
	assert_int_equal(fs1_pacing_frame_length(800, 5000000, 0), 65535);
	assert_int_equal(fs1_pacing_frame_length(800, 0xffffffffu, 0), 65535);
}

static void test_deadlines_do_not_drift_with_late_wakeups(void **state)
{
	struct fs1_pacing pacing = { 0 };
	fs1_u64 late;
	unsigned int i;

	(void)state;
	fs1_pacing_restart(&pacing, START);
	for (i = 0; i < 100; i++) {
		fs1_u64 planned = START + (fs1_u64)i * FRAME;

		/* Woken 3 ms late, done 20 ms later. */
		assert_int_equal(fs1_pacing_start(&pacing, planned + 3000000,
						  &late), planned);
		assert_int_equal(late, 0);
		fs1_pacing_plan(&pacing, planned, 3200);
		fs1_pacing_done(&pacing, planned + 23000000);
	}
	assert_int_equal(pacing.lengthened_frames, 0);
}

static void test_busy_device_starts_late_and_moves_the_schedule(void **state)
{
	struct fs1_pacing pacing = { 0 };
	fs1_u64 late;

	(void)state;
	fs1_pacing_restart(&pacing, START);
	fs1_pacing_start(&pacing, START, &late);
	fs1_pacing_plan(&pacing, START, 3200);
	fs1_pacing_done(&pacing, START + FRAME + 1000);
	assert_int_equal(fs1_pacing_start(&pacing, START + FRAME + 1500, &late),
			 START + FRAME + 1500);
	assert_int_equal(late, 1500);
	assert_int_equal(pacing.lengthened_frames, 1);
	fs1_pacing_plan(&pacing, START + FRAME + 1500, 3200);
	assert_int_equal(pacing.deadline, START + 2 * FRAME + 1500);
}

static void test_host_that_slept_half_a_frame_does_not_catch_up(void **state)
{
	struct fs1_pacing pacing = { 0 };
	fs1_u64 late;

	(void)state;
	fs1_pacing_restart(&pacing, START);
	fs1_pacing_start(&pacing, START, &late);
	fs1_pacing_plan(&pacing, START, 3200);
	assert_int_equal(fs1_pacing_start(&pacing, START + 10 * FRAME, &late),
			 START + 10 * FRAME);
	assert_int_equal(late, 9 * FRAME);
	assert_int_equal(pacing.lengthened_frames, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_31250_thirds_of_a_nanosecond),
		cmocka_unit_test(test_interval_is_rounded_to_the_nearest_line),
		cmocka_unit_test(test_mode_and_control_only_lengthen),
		cmocka_unit_test(test_longest_frame_is_65535_lines),
		cmocka_unit_test(test_deadlines_do_not_drift_with_late_wakeups),
		cmocka_unit_test(test_busy_device_starts_late_and_moves_the_schedule),
		cmocka_unit_test(test_host_that_slept_half_a_frame_does_not_catch_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
