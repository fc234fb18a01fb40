// SPDX-License-Identifier: Apache-2.0
/*
 * What decides a frame and which frame it is: controls, automatic loops,
 * scenes, readout modes; and the metadata that tells of all that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

static void test_control_takes_effect_at_the_next_frame_and_says_so(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion applied;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	fixture_skip_events(fixture);
	fixture_set_control(fixture, FS1_CONTROL_HFLIP, 1);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_HFLIP), 0);
	fixture_expect_none(fixture, FS1_QUEUE_ADMIN);

	fixture_advance(fixture, FIXTURE_FRAME);
	applied = fixture_expect_event(fixture, FS1_EVENT_CONTROL_APPLIED);
	assert_true(applied.frame_id == FIXTURE_FIRST_ID + 1);
	assert_true(applied.timestamp == FIXTURE_START + FIXTURE_FRAME);
	assert_int_equal(applied.result, FS1_CONTROL_HFLIP);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_HFLIP), 1);

	fixture_skip_events(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect(fixture, FS1_QUEUE_ADMIN).event,
			 FS1_EVENT_FRAME_START);
	assert_int_equal(fixture_expect(fixture, FS1_QUEUE_ADMIN).event,
			 FS1_EVENT_FRAME_DROPPED);
	fixture_expect_none(fixture, FS1_QUEUE_ADMIN);
}

static void test_control_set_during_a_frame_does_not_touch_that_frame(void **state)
{
	struct fixture *fixture = *state;
	const struct fs1_meta_settings *settings;
	const uint8_t *page[2];

	fixture_set_control(fixture, FS1_CONTROL_AUTO_EXPOSURE, 0);
	fixture_set_control(fixture, FS1_CONTROL_EXPOSURE, 111);
	fixture_open(fixture, FS1_STREAM_META);
	page[0] = fixture_submit(fixture, FS1_STREAM_META, 1);
	page[1] = fixture_submit(fixture, FS1_STREAM_META, 2);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_set_control(fixture, FS1_CONTROL_EXPOSURE, 222);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	settings = fixture_meta_block(page[0], FS1_META_SETTINGS);
	assert_int_equal(fs1_le32_to_cpu(settings->exposure), 111);
	settings = fixture_meta_block(page[1], FS1_META_SETTINGS);
	assert_int_equal(fs1_le32_to_cpu(settings->exposure), 222);
}

static void test_idle_sensor_stores_controls_for_its_first_frame(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion applied;

	fixture_set_control(fixture, FS1_CONTROL_VFLIP, 1);
	fixture_set_control(fixture, FS1_CONTROL_GAMMA, 100);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_GAMMA), 100);
	fixture_expect_none(fixture, FS1_QUEUE_ADMIN);
	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	applied = fixture_expect_event(fixture, FS1_EVENT_CONTROL_APPLIED);
	assert_int_equal(applied.result, FS1_CONTROL_VFLIP);
	assert_true(applied.frame_id == FIXTURE_FIRST_ID);
	applied = fixture_expect_event(fixture, FS1_EVENT_CONTROL_APPLIED);
	assert_int_equal(applied.result, FS1_CONTROL_GAMMA);
	assert_true(applied.frame_id == FIXTURE_FIRST_ID);
}

static void test_of_two_values_the_last_is_applied(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion applied;

	fixture_set_control(fixture, FS1_CONTROL_GAMMA, 100);
	fixture_set_control(fixture, FS1_CONTROL_GAMMA, 150);
	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	applied = fixture_expect_event(fixture, FS1_EVENT_CONTROL_APPLIED);
	assert_int_equal(applied.command_id, 2);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_GAMMA), 150);
}

static void test_exposure_is_cut_to_the_frame_and_comes_back(void **state)
{
	struct fixture *fixture = *state;

	fixture_set_control(fixture, FS1_CONTROL_AUTO_EXPOSURE, 0);
	fixture_set_control(fixture, FS1_CONTROL_EXPOSURE, 5000);
	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_EXPOSURE), 3196);
	fixture_set_control(fixture, FS1_CONTROL_FRAME_LENGTH, 6000);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_EXPOSURE), 5000);
}

static void test_frame_length_control_lengthens_frames(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion first, second;

	fixture_set_control(fixture, FS1_CONTROL_FRAME_LENGTH, 6000);
	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_advance(fixture, 62500000);
	first = fixture_expect_event(fixture, FS1_EVENT_FRAME_START);
	second = fixture_expect_event(fixture, FS1_EVENT_FRAME_START);
	assert_true(second.timestamp == first.timestamp + 62500000);
}

static void test_automatic_loops_change_the_next_frame(void **state)
{
	struct fixture *fixture = *state;
	int32_t before;
	unsigned int i;

	fixture_set_control(fixture, FS1_CONTROL_EXPOSURE, 1);
	fixture_open(fixture, FS1_STREAM_META);
	for (i = 0; i < 5; i++)
		fixture_submit(fixture, FS1_STREAM_META, (uint16_t)i);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_settle(fixture);
	before = fixture_get_control(fixture, FS1_CONTROL_EXPOSURE);
	assert_int_equal(before, 1);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_true(fixture_get_control(fixture, FS1_CONTROL_EXPOSURE) > before);
	/* Off: what was reached stays. */
	fixture_set_control(fixture, FS1_CONTROL_AUTO_EXPOSURE, 0);
	fixture_advance(fixture, FIXTURE_FRAME);
	before = fixture_get_control(fixture, FS1_CONTROL_EXPOSURE);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_EXPOSURE), before);
}

static void test_automatic_loops_rest_behind_a_closed_shutter(void **state)
{
	struct fixture *fixture = *state;
	unsigned int i;

	fixture_set_control(fixture, FS1_CONTROL_PRIVACY, 1);
	fixture_set_control(fixture, FS1_CONTROL_EXPOSURE, 10);
	fixture_open(fixture, FS1_STREAM_META);
	for (i = 0; i < 4; i++)
		fixture_submit(fixture, FS1_STREAM_META, (uint16_t)i);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_advance(fixture, 4 * FIXTURE_FRAME);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_EXPOSURE), 10);
}

static void test_scene_is_latched_by_one_frame_and_carries_its_id(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion scene;
	unsigned int i;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_open_and_start(fixture, FS1_STREAM_SCENE);
	for (i = 0; i < 3; i++)
		fixture_submit(fixture, FS1_STREAM_SCENE, (uint16_t)(10 + i));
	/* A frame without buffers shows nothing to anybody. */
	fixture_settle(fixture);
	fixture_expect_none(fixture, FS1_STREAM_SCENE);
	for (i = 0; i < 2; i++)
		fixture_submit(fixture, FS1_STREAM_IMAGE, (uint16_t)i);
	fixture_settle(fixture);
	fixture_expect_none(fixture, FS1_STREAM_SCENE);
	for (i = 0; i < 2; i++) {
		fixture_advance(fixture, FIXTURE_FRAME);
		scene = fixture_expect(fixture, FS1_STREAM_SCENE);
		assert_int_equal(scene.status, FS1_OK);
		assert_int_equal(scene.command_id, 10 + i);
		assert_true(scene.frame_id == FIXTURE_FIRST_ID + 1 + i);
		assert_true(scene.frame_id ==
			    fixture_expect(fixture, FS1_STREAM_IMAGE).frame_id);
	}
	/* No buffer, nobody sees: the third waits. */
	fixture_advance(fixture, FIXTURE_FRAME);
	fixture_expect_none(fixture, FS1_STREAM_SCENE);
}

static void test_scene_alone_is_latched_frame_by_frame(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion scene;
	unsigned int i;

	fixture_open_and_start(fixture, FS1_STREAM_SCENE);
	for (i = 0; i < 3; i++)
		fixture_submit(fixture, FS1_STREAM_SCENE, (uint16_t)(10 + i));
	for (i = 0; i < 3; i++) {
		fixture_advance(fixture, FIXTURE_FRAME);
		scene = fixture_expect(fixture, FS1_STREAM_SCENE);
		assert_int_equal(scene.status, FS1_OK);
		assert_int_equal(scene.command_id, 10 + i);
		fixture_expect_none(fixture, FS1_STREAM_SCENE);
	}
}

/* Mean of the small picture under a scene of one grey, without noise. */
static unsigned int mean_under(struct fixture *fixture, int grey, uint16_t id)
{
	uint8_t *scene, *picture;
	unsigned int sum = 0;
	size_t i;

	if (grey >= 0) {
		scene = fixture_submit(fixture, FS1_STREAM_SCENE, id);
		memset(scene, grey, fixture_size(FS1_STREAM_SCENE));
	}
	picture = fixture_submit(fixture, FS1_STREAM_IMAGE, id);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	fixture_expect(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < FIXTURE_SIZE; i++)
		sum += picture[i];
	return sum / FIXTURE_SIZE;
}

static void test_light_comes_from_the_scene_until_it_stops(void **state)
{
	struct fixture *fixture = *state;
	unsigned int dark, bright, chart;

	fixture_set_control(fixture, FS1_CONTROL_NOISE, 0);
	fixture_set_control(fixture, FS1_CONTROL_AUTO_EXPOSURE, 0);
	fixture_set_control(fixture, FS1_CONTROL_AUTO_WHITE_BALANCE, 0);
	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_open_and_start(fixture, FS1_STREAM_SCENE);
	chart = mean_under(fixture, -1, 1);
	dark = mean_under(fixture, 0, 2);
	bright = mean_under(fixture, 255, 3);
	assert_true(dark < chart);
	assert_true(chart < bright);
	assert_int_equal(mean_under(fixture, -1, 4), bright);	/* it stays */
	assert_int_equal(libfs1_driver_stop(fixture->driver, FS1_STREAM_SCENE),
			 0);
	assert_true(mean_under(fixture, -1, 5) < bright);
}

static void test_scene_buffer_of_the_wrong_length_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	uint32_t size = fixture_size(FS1_STREAM_SCENE);
	uint8_t *scene = fixture_buffer(fixture, size);
	struct libfs1_completion completion;

	fixture_open_and_start(fixture, FS1_STREAM_SCENE);
	assert_int_equal(libfs1_driver_submit_buffer(fixture->driver,
						     FS1_STREAM_SCENE, 1,
						     (uintptr_t)scene,
						     size - 1), 0);
	fixture_settle(fixture);
	completion = fixture_expect(fixture, FS1_STREAM_SCENE);
	assert_int_equal(completion.status, FS1_BAD_LENGTH);
	assert_int_equal(completion.command_id, 1);
	assert_int_equal(completion.result, 0);
}

static void test_metadata_tells_what_was_true_of_the_frame(void **state)
{
	struct fixture *fixture = *state;
	const struct fs1_meta_settings *settings;
	const struct fs1_meta_histogram *histogram;
	const struct fs1_meta_sharpness *sharpness;
	const struct fs1_meta_timing *timing;
	const struct fs1_meta_header *header;
	const struct fs1_meta_zones *zones;
	struct libfs1_completion completion;
	uint64_t samples = 0, again = 0;
	const uint8_t *page;
	unsigned int i;

	fixture_set_control(fixture, FS1_CONTROL_AUTO_EXPOSURE, 0);
	fixture_set_control(fixture, FS1_CONTROL_AUTO_WHITE_BALANCE, 0);
	fixture_set_control(fixture, FS1_CONTROL_EXPOSURE, 1500);
	fixture_set_control(fixture, FS1_CONTROL_ANALOGUE_GAIN, 512);
	fixture_set_control(fixture, FS1_CONTROL_RED_BALANCE, 400);
	fixture_set_control(fixture, FS1_CONTROL_BLUE_BALANCE, 300);
	fixture_set_control(fixture, FS1_CONTROL_SEED, 77);
	fixture_set_control(fixture, FS1_CONTROL_VFLIP, 1);
	fixture_open(fixture, FS1_STREAM_META);
	page = fixture_submit(fixture, FS1_STREAM_META, 5);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_settle(fixture);
	completion = fixture_expect(fixture, FS1_STREAM_META);

	header = (const void *)page;
	assert_int_equal(fs1_le16_to_cpu(header->version), FS1_META_VERSION);
	assert_int_equal(fs1_le16_to_cpu(header->header_size), 32);
	assert_int_equal(fs1_le32_to_cpu(header->total_size),
			 completion.result);
	assert_int_equal(fs1_le32_to_cpu(header->block_count), 5);
	assert_true(fs1_le64_to_cpu(header->frame_id) == FIXTURE_FIRST_ID);
	assert_true(fs1_le64_to_cpu(header->timestamp) == FIXTURE_START);

	timing = fixture_meta_block(page, FS1_META_TIMING);
	assert_int_equal(fs1_le32_to_cpu(timing->frame_time), 33333);
	assert_int_equal(fs1_le32_to_cpu(timing->exposure_time), 15625);
	assert_int_equal(fs1_le32_to_cpu(timing->lengthened_by), 0);

	settings = fixture_meta_block(page, FS1_META_SETTINGS);
	assert_int_equal(fs1_le32_to_cpu(settings->flags), FS1_SETTING_VFLIP);
	assert_int_equal(fs1_le32_to_cpu(settings->exposure), 1500);
	assert_int_equal(fs1_le16_to_cpu(settings->analogue_gain), 512);
	assert_int_equal(fs1_le16_to_cpu(settings->digital_gain), 256);
	assert_int_equal(fs1_le16_to_cpu(settings->red_balance), 400);
	assert_int_equal(fs1_le16_to_cpu(settings->blue_balance), 300);
	assert_int_equal(fs1_le16_to_cpu(settings->mode_width), 1014);
	assert_int_equal(fs1_le16_to_cpu(settings->mode_height), 760);
	assert_int_equal(fs1_le16_to_cpu(settings->binning), 4);
	assert_int_equal(fs1_le16_to_cpu(settings->black_level), 256);
	assert_int_equal(fs1_le32_to_cpu(settings->seed), 77);

	histogram = fixture_meta_block(page, FS1_META_HISTOGRAM);
	for (i = 0; i < FS1_HISTOGRAM_BINS; i++) {
		samples += fs1_le32_to_cpu(histogram->bins[0][i]);
		again += fs1_le32_to_cpu(histogram->bins[3][i]);
	}
	assert_true(samples > 0);
	assert_true(samples == again);
	zones = fixture_meta_block(page, FS1_META_ZONES);
	assert_true(fs1_le16_to_cpu(zones->zone[6][8].green_red) > 0);
	sharpness = fixture_meta_block(page, FS1_META_SHARPNESS);
	assert_true(fs1_le64_to_cpu(sharpness->sharpness) > 0);
}

static void test_mode_follows_the_started_streams(void **state)
{
	struct fs1_output_format format = fixture_grey();
	struct fixture *fixture = *state;
	struct libfs1_completion changed;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	changed = fixture_expect_event(fixture, FS1_EVENT_MODE_CHANGED);
	assert_int_equal(changed.result, 2);

	format.width = 1280;
	format.height = 720;
	format.stride = 1280;
	assert_int_equal(libfs1_driver_configure(fixture->driver,
						 FS1_STREAM_PREVIEW, &format,
						 33333, NULL), 0);
	assert_int_equal(libfs1_driver_open(fixture->driver,
					    FS1_STREAM_PREVIEW), 0);
	assert_int_equal(libfs1_driver_start(fixture->driver,
					     FS1_STREAM_PREVIEW), 0);
	fixture_advance(fixture, FIXTURE_FRAME);
	changed = fixture_expect_event(fixture, FS1_EVENT_MODE_CHANGED);
	assert_int_equal(changed.result, 1);
	assert_true(changed.frame_id == FIXTURE_FIRST_ID + 1);

	assert_int_equal(libfs1_driver_stop(fixture->driver,
					    FS1_STREAM_PREVIEW), 0);
	fixture_advance(fixture, FIXTURE_FRAME);
	changed = fixture_expect_event(fixture, FS1_EVENT_MODE_CHANGED);
	assert_int_equal(changed.result, 2);
}

static void test_raw_image_decides_the_mode(void **state)
{
	struct fs1_output_format raw = {
		.format = FS1_FORMAT_RG12,
		.width = 1014,
		.height = 760,
		.stride = 2028,
		.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
	};
	struct fs1_output_format format = fixture_grey();
	struct fixture *fixture = *state;
	uint8_t *picture = fixture_buffer(fixture, 2028 * 760);

	format.width = 1280;
	format.height = 720;
	format.stride = 1280;
	assert_int_equal(libfs1_driver_configure(fixture->driver,
						 FS1_STREAM_PREVIEW, &format,
						 33333, NULL), 0);
	assert_int_equal(libfs1_driver_configure(fixture->driver,
						 FS1_STREAM_IMAGE, &raw, 33333,
						 NULL), 0);
	assert_int_equal(libfs1_driver_open(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	assert_int_equal(libfs1_driver_open(fixture->driver,
					    FS1_STREAM_PREVIEW), 0);
	assert_int_equal(libfs1_driver_start(fixture->driver,
					     FS1_STREAM_PREVIEW), 0);
	assert_int_equal(libfs1_driver_start(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	fixture_skip_events(fixture);
	libfs1_driver_submit_buffer(fixture->driver, FS1_STREAM_IMAGE, 1,
				    (uintptr_t)picture, 2028 * 760);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect_event(fixture, FS1_EVENT_MODE_CHANGED).result,
			 2);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_OK);
}

static void test_value_of_the_driver_goes_before_that_of_a_loop(void **state)
{
	struct fixture *fixture = *state;

	fixture_open(fixture, FS1_STREAM_META);
	fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_submit(fixture, FS1_STREAM_META, 2);
	fixture_start(fixture, FS1_STREAM_META);
	/* The first frame is under way, its statistics still to come. */
	fixture_set_control(fixture, FS1_CONTROL_EXPOSURE, 7);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_EXPOSURE), 7);
}

static void test_stopped_sensor_answers_with_stored_values(void **state)
{
	struct fixture *fixture = *state;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_set_control(fixture, FS1_CONTROL_GAMMA, 150);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_GAMMA), 220);
	assert_int_equal(libfs1_driver_stop(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_GAMMA), 150);
}

static void test_dropped_frames_are_counted_in_metadata(void **state)
{
	struct fixture *fixture = *state;
	const struct fs1_meta_timing *timing;
	const uint8_t *page;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);	/* 1: nothing at all */
	fixture_open_and_start(fixture, FS1_STREAM_META);
	fixture_advance(fixture, FIXTURE_FRAME);	/* 2: both miss it */
	page = fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);	/* 3: image misses it */
	timing = fixture_meta_block(page, FS1_META_TIMING);
	assert_int_equal(fs1_le32_to_cpu(timing->dropped_frames), 3);
}

/* A scene that takes several steps to copy, with a frame to show it. */
static void start_large_scene(struct fixture *fixture)
{
	struct fs1_output_format format = {
		.format = FS1_FORMAT_RGB24,
		.width = 1024,
		.height = 1024,
		.stride = 1024 * 3,
	};
	uint32_t size;
	uint8_t *scene;

	assert_int_equal(libfs1_driver_configure(fixture->driver,
						 FS1_STREAM_SCENE, &format, 0,
						 &size), 0);
	assert_int_equal(libfs1_driver_open(fixture->driver, FS1_STREAM_SCENE),
			 0);
	scene = fixture_buffer(fixture, size);
	assert_int_equal(libfs1_driver_submit_buffer(fixture->driver,
						     FS1_STREAM_SCENE, 9,
						     (uintptr_t)scene, size), 0);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_start(fixture, FS1_STREAM_SCENE);
}

static void test_large_scene_keeps_no_command_waiting(void **state)
{
	struct fixture *fixture = *state;

	start_large_scene(fixture);
	fixture_advance(fixture, FIXTURE_FRAME - 1);
	fixture->now++;
	libfs1_driver_run(fixture->driver);
	/* The frame has started, and isn't done with the light. */
	fixture_expect_none(fixture, FS1_STREAM_SCENE);
	fixture_set_control(fixture, FS1_CONTROL_GAMMA, 100);
	fixture_expect_none(fixture, FS1_STREAM_SCENE);
	fixture_settle(fixture);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_SCENE).status,
			 FS1_OK);
}

static void test_scene_stopped_while_it_is_copied_was_shown(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion scene;

	start_large_scene(fixture);
	fixture_advance(fixture, FIXTURE_FRAME - 1);
	fixture->now++;
	libfs1_driver_run(fixture->driver);
	assert_int_equal(libfs1_driver_close(fixture->driver,
					     FS1_STREAM_SCENE), FS1_BAD_STATE);
	fixture_expect_none(fixture, FS1_STREAM_SCENE);
	assert_int_equal(libfs1_driver_stop(fixture->driver, FS1_STREAM_SCENE),
			 0);
	scene = fixture_expect(fixture, FS1_STREAM_SCENE);
	assert_int_equal(scene.status, FS1_OK);
	fixture_settle(fixture);
	assert_true(fixture_expect(fixture, FS1_STREAM_IMAGE).frame_id ==
		    scene.frame_id);
}

static void test_device_disabled_while_a_scene_is_copied_lets_go_of_it(void **state)
{
	struct fixture *fixture = *state;

	start_large_scene(fixture);
	fixture_advance(fixture, FIXTURE_FRAME - 1);
	fixture->now++;
	libfs1_driver_run(fixture->driver);
	assert_int_equal(libfs1_driver_reset(fixture->driver), 0);
	assert_int_equal(libfs1_host_mappings(libfs1_driver_host(fixture->driver)),
			 2);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	fixture_advance(fixture, 0);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_OK);
}

static void test_scene_may_lie_in_memory_the_device_cannot_write(void **state)
{
	static const uint8_t scene[FIXTURE_SIZE * 3];
	struct fixture *fixture = *state;
	struct libfs1_host *host = libfs1_driver_host(fixture->driver);

	assert_int_equal(libfs1_host_add_region(host, 0x1000,
						(void *)(uintptr_t)scene,
						sizeof(scene), false), 0);
	fixture_open_and_start(fixture, FS1_STREAM_SCENE);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	libfs1_driver_submit_buffer(fixture->driver, FS1_STREAM_SCENE, 1,
				    0x1000, sizeof(scene));
	libfs1_driver_submit_buffer(fixture->driver, FS1_STREAM_IMAGE, 2,
				    0x1000, FIXTURE_SIZE);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_SCENE).status,
			 FS1_OK);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_BAD_ADDRESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		TEST(test_control_takes_effect_at_the_next_frame_and_says_so),
		TEST(test_control_set_during_a_frame_does_not_touch_that_frame),
		TEST(test_idle_sensor_stores_controls_for_its_first_frame),
		TEST(test_of_two_values_the_last_is_applied),
		TEST(test_exposure_is_cut_to_the_frame_and_comes_back),
		TEST(test_frame_length_control_lengthens_frames),
		TEST(test_automatic_loops_change_the_next_frame),
		TEST(test_automatic_loops_rest_behind_a_closed_shutter),
		TEST(test_scene_is_latched_by_one_frame_and_carries_its_id),
		TEST(test_scene_alone_is_latched_frame_by_frame),
		TEST(test_light_comes_from_the_scene_until_it_stops),
		TEST(test_scene_buffer_of_the_wrong_length_changes_nothing),
		TEST(test_metadata_tells_what_was_true_of_the_frame),
		TEST(test_mode_follows_the_started_streams),
		TEST(test_raw_image_decides_the_mode),
		TEST(test_value_of_the_driver_goes_before_that_of_a_loop),
		TEST(test_stopped_sensor_answers_with_stored_values),
		TEST(test_dropped_frames_are_counted_in_metadata),
		TEST(test_large_scene_keeps_no_command_waiting),
		TEST(test_scene_stopped_while_it_is_copied_was_shown),
		TEST(test_device_disabled_while_a_scene_is_copied_lets_go_of_it),
		TEST(test_scene_may_lie_in_memory_the_device_cannot_write),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
