// SPDX-License-Identifier: Apache-2.0
/*
 * libfs1 itself: the bus, the threads, and that a picture is the same however
 * it was made.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "threads.h"

static void test_regions_do_not_overlap(void **state)
{
	struct libfs1_host *host;
	uint8_t memory[256];

	(void)state;
	assert_int_equal(libfs1_host_new(&host, 1), 0);
	assert_int_equal(libfs1_host_add_region(host, 1000, memory, 100, true),
			 0);
	assert_int_equal(libfs1_host_add_region(host, 1100, memory, 100, true),
			 0);
	assert_int_equal(libfs1_host_add_region(host, 900, memory, 100, true),
			 0);
	assert_int_equal(libfs1_host_add_region(host, 1099, memory, 1, true),
			 -EEXIST);
	assert_int_equal(libfs1_host_add_region(host, 0, memory, 901, true),
			 -EEXIST);
	assert_int_equal(libfs1_host_add_region(host, 1, memory, 5000, true),
			 -EEXIST);
	assert_int_equal(libfs1_host_add_region(host, 1, memory, 0, true),
			 -EINVAL);
	assert_int_equal(libfs1_host_add_region(host, UINT64_MAX, memory, 2,
						true), -EINVAL);
	assert_int_equal(libfs1_host_remove_region(host, 1050), -ENOENT);
	assert_int_equal(libfs1_host_remove_region(host, 1000), 0);
	assert_int_equal(libfs1_host_add_region(host, 1000, memory, 100, true),
			 0);
	libfs1_host_free(host);
}

static void test_only_regions_can_be_mapped(void **state)
{
	const struct fs1_host_ops *ops = libfs1_host_ops();
	struct libfs1_host *host;
	uint8_t memory[256];

	(void)state;
	assert_int_equal(libfs1_host_new(&host, 1), 0);
	assert_null(ops->map(host, 1000, 1, false));
	libfs1_host_add_region(host, 1000, memory, 100, false);
	libfs1_host_add_region(host, 1100, memory + 100, 100, true);
	assert_ptr_equal(ops->map(host, 1010, 90, false), memory + 10);
	assert_int_equal(libfs1_host_mappings(host), 1);
	assert_int_equal(libfs1_host_remove_region(host, 1000), -EBUSY);
	assert_null(ops->map(host, 1010, 90, true));	/* read-only */
	assert_null(ops->map(host, 1010, 91, false));	/* into the next */
	assert_null(ops->map(host, 999, 1, false));
	assert_null(ops->map(host, 1200, 1, false));
	assert_ptr_equal(ops->map(host, 1199, 1, true), memory + 199);
	ops->unmap(host, 1010, 90, memory + 10);
	assert_int_equal(libfs1_host_remove_region(host, 1000), 0);
	ops->unmap(host, 1199, 1, memory + 199);
	assert_int_equal(libfs1_host_mappings(host), 0);
	libfs1_host_free(host);
}

static void count_round(void *argument, unsigned int index)
{
	atomic_uint *rounds = argument;

	atomic_fetch_add(&rounds[index], 1);
}

static void test_every_round_of_a_loop_runs_once(void **state)
{
	static atomic_uint rounds[100];
	struct libfs1_threads *threads;
	unsigned int count, i, loop;

	(void)state;
	for (count = 1; count <= 8; count *= 2) {
		assert_int_equal(libfs1_threads_new(&threads, count), 0);
		memset(rounds, 0, sizeof(rounds));
		for (loop = 0; loop < 200; loop++)
			libfs1_threads_run(threads, count_round, rounds, 100);
		for (i = 0; i < 100; i++)
			assert_int_equal(atomic_load(&rounds[i]), 200);
		libfs1_threads_free(threads);
	}
}

static void test_thread_count_is_checked(void **state)
{
	struct libfs1_host *host = NULL;

	(void)state;
	assert_int_equal(libfs1_host_new(&host, LIBFS1_THREADS_MAX + 1),
			 -EINVAL);
	assert_null(host);
	assert_int_equal(libfs1_host_new(&host, 0), 0);
	assert_in_range(libfs1_host_threads(host), 1, LIBFS1_THREADS_MAX);
	libfs1_host_free(host);
	assert_null(libfs1_host_free(NULL));
	assert_null(libfs1_pipeline_free(NULL));
	assert_null(libfs1_driver_free(NULL));
}

static void test_pipeline_and_device_make_the_same_bytes(void **state)
{
	struct fixture *fixture = fixture_new();
	uint8_t rendered[FIXTURE_SIZE];
	struct libfs1_picture picture = {
		.format = fixture_grey(),
		.data = rendered,
		.size = sizeof(rendered),
	};
	struct libfs1_pipeline *pipeline;
	struct fs1_settings settings;
	unsigned int threads;
	uint8_t *captured;

	(void)state;
	libfs1_driver_set_control(fixture->driver, FS1_CONTROL_SEED, 7);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	captured = fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	assert_int_equal(libfs1_driver_start(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	fixture_settle(fixture);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status, 0);

	libfs1_settings_init(&settings);
	settings.frame_id = FIXTURE_FIRST_ID;
	settings.mode = 2;
	settings.seed = 7;
	for (threads = 1; threads <= 3; threads++) {
		memset(rendered, 0xaa, sizeof(rendered));
		assert_int_equal(libfs1_pipeline_new(&pipeline, threads), 0);
		assert_int_equal(libfs1_pipeline_render(pipeline, &settings,
							&picture, 1, NULL), 0);
		assert_memory_equal(rendered, captured, FIXTURE_SIZE);
		libfs1_pipeline_free(pipeline);
	}
	fixture_free(fixture);
}

static void test_pipeline_says_what_is_wrong(void **state)
{
	uint8_t data[FIXTURE_SIZE];
	struct libfs1_picture picture = {
		.format = fixture_grey(),
		.data = data,
		.size = sizeof(data) - 1,
	};
	struct libfs1_pipeline *pipeline;
	struct fs1_statistics statistics;
	struct fs1_settings settings;
	size_t size;

	(void)state;
	assert_int_equal(libfs1_picture_size(&picture.format, &size), 0);
	assert_int_equal(size, FIXTURE_SIZE);
	libfs1_settings_init(&settings);
	settings.mode = 2;
	assert_int_equal(libfs1_pipeline_new(&pipeline, 1), 0);
	assert_int_equal(libfs1_pipeline_render(pipeline, &settings, &picture,
						1, NULL), FS1_BAD_LENGTH);
	assert_int_equal(libfs1_pipeline_render(pipeline, &settings, &picture,
						FS1_OUTPUTS_MAX + 1, NULL),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(libfs1_pipeline_set_scene(pipeline, data, 8, 8, 24),
			 FS1_BAD_ARGUMENT);
	assert_int_equal(libfs1_pipeline_render(pipeline, &settings, NULL, 0,
						&statistics), 0);
	assert_true(statistics.samples > 0);
	picture.format.format = FS1_FORMAT_META;
	assert_int_equal(libfs1_picture_size(&picture.format, &size),
			 FS1_BAD_FORMAT);
	libfs1_pipeline_free(pipeline);
}

static void test_driver_waits_on_the_real_clock(void **state)
{
	struct libfs1_driver_config config = { .threads = 1 };
	struct fs1_output_format format = fixture_grey();
	uint8_t pictures[2][FIXTURE_SIZE];
	struct libfs1_completion first, second;
	struct libfs1_driver *driver;

	(void)state;
	assert_int_equal(libfs1_driver_new(&driver, &config), 0);
	assert_int_equal(libfs1_host_add_region(libfs1_driver_host(driver),
						(uintptr_t)pictures, pictures,
						sizeof(pictures), true), 0);
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_IMAGE,
						 &format, 50000, NULL), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_IMAGE), 0);
	libfs1_driver_submit_buffer(driver, FS1_STREAM_IMAGE, 0,
				    (uintptr_t)pictures[0], FIXTURE_SIZE);
	libfs1_driver_submit_buffer(driver, FS1_STREAM_IMAGE, 1,
				    (uintptr_t)pictures[1], FIXTURE_SIZE);
	assert_int_equal(libfs1_driver_start(driver, FS1_STREAM_IMAGE), 0);
	assert_int_equal(libfs1_driver_wait(driver, FS1_STREAM_IMAGE, &first),
			 0);
	assert_int_equal(libfs1_driver_wait(driver, FS1_STREAM_IMAGE, &second),
			 0);
	assert_true(second.frame_id == first.frame_id + 1);
	assert_true(second.timestamp >= first.timestamp + 50000000);
	libfs1_driver_free(driver);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_regions_do_not_overlap),
		cmocka_unit_test(test_only_regions_can_be_mapped),
		cmocka_unit_test(test_every_round_of_a_loop_runs_once),
		cmocka_unit_test(test_thread_count_is_checked),
		cmocka_unit_test(test_pipeline_and_device_make_the_same_bytes),
		cmocka_unit_test(test_pipeline_says_what_is_wrong),
		cmocka_unit_test(test_driver_waits_on_the_real_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
