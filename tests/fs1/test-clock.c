// SPDX-License-Identifier: Apache-2.0
/*
 * The device's clock, and that of a driver that has another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

#define OFFSET ((uint64_t)-700000000000)	/* the driver's clock is behind */

static int set_clock(struct fixture *fixture, uint64_t offset)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CLOCK,
		.arguments.clock.offset = fs1_cpu_to_le64(offset),
	};

	return libfs1_driver_command(fixture->driver, &sqe, NULL);
}

/* READ_CLOCK by hand: its answer is in the timestamp. */
static uint64_t read_clock(struct fixture *fixture)
{
	struct fs1_sqe sqe = {
		.command_id = fs1_cpu_to_le16(4711),
		.opcode = FS1_READ_CLOCK,
	};
	struct libfs1_completion answer;

	assert_int_equal(libfs1_driver_submit(fixture->driver, FS1_QUEUE_ADMIN,
					      &sqe), 0);
	libfs1_driver_run(fixture->driver);
	do {
		answer = fixture_expect(fixture, FS1_QUEUE_ADMIN);
	} while (answer.type != FS1_CQE_COMMAND);
	assert_int_equal(answer.command_id, 4711);
	assert_int_equal(answer.status, FS1_OK);
	assert_int_equal(answer.frame_id, 0);
	assert_int_equal(answer.result, 0);
	return answer.timestamp;
}

static void test_clock_is_read_without_the_offset(void **state)
{
	struct fixture *fixture = *state;

	assert_true(read_clock(fixture) == fixture->now);
	assert_int_equal(set_clock(fixture, OFFSET), 0);
	fixture->now += 12345;
	assert_true(read_clock(fixture) == fixture->now);
}

static void test_offset_is_in_every_stamp_of_the_next_frame(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion event, image, meta;
	const struct fs1_meta_header *header;
	unsigned int i;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	fixture_open(fixture, FS1_STREAM_META);
	header = (const void *)fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_start(fixture, FS1_STREAM_META);
	/* The first frame is under way: what it has begun with holds. */
	assert_int_equal(set_clock(fixture, OFFSET), 0);
	fixture_settle(fixture);
	event = fixture_expect_event(fixture, FS1_EVENT_FRAME_START);
	meta = fixture_expect(fixture, FS1_STREAM_META);
	assert_true(event.timestamp == FIXTURE_START);
	assert_true(meta.timestamp == FIXTURE_START);
	assert_true(fs1_le64_to_cpu(header->timestamp) == FIXTURE_START);

	fixture_start(fixture, FS1_STREAM_IMAGE);
	for (i = 1; i < 4; i++) {
		uint64_t raw = FIXTURE_START + (uint64_t)i * FIXTURE_FRAME;

		fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
		header = (const void *)fixture_submit(fixture, FS1_STREAM_META,
						      1);
		fixture_advance(fixture, FIXTURE_FRAME);
		event = fixture_expect_event(fixture, FS1_EVENT_FRAME_START);
		image = fixture_expect(fixture, FS1_STREAM_IMAGE);
		meta = fixture_expect(fixture, FS1_STREAM_META);
		/* The pace is that of the device's own clock. */
		assert_true(event.timestamp == raw + OFFSET);
		assert_true(image.timestamp == event.timestamp);
		assert_true(meta.timestamp == event.timestamp);
		assert_true(fs1_le64_to_cpu(header->timestamp) ==
			    event.timestamp);
		if (i == 1)
			fixture_submit(fixture, FS1_STREAM_IMAGE, 2);
	}
}

static void test_enable_forgets_the_offset(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(set_clock(fixture, OFFSET), 0);
	assert_int_equal(libfs1_driver_reset(fixture->driver), 0);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	assert_true(fixture_expect(fixture, FS1_STREAM_IMAGE).timestamp ==
		    FIXTURE_START);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		TEST(test_clock_is_read_without_the_offset),
		TEST(test_offset_is_in_every_stamp_of_the_next_frame),
		TEST(test_enable_forgets_the_offset),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
