// SPDX-License-Identifier: Apache-2.0
/*
 * Frames as the driver sees them: ids, times, gaps, and buffers that are taken
 * back. The clock moves only when the test moves it, so that "in the middle of
 * a frame" is always the same place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

#define IMAGE (1u << FS1_STREAM_IMAGE)
#define PREVIEW (1u << FS1_STREAM_PREVIEW)
#define META (1u << FS1_STREAM_META)
#define SCENE (1u << FS1_STREAM_SCENE)

static void test_frames_start_every_33333333_ns_with_consecutive_ids(void **state)
{
	struct fixture *fixture = *state;
	unsigned int i;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < 20; i++)
		fixture_submit(fixture, FS1_STREAM_IMAGE, (uint16_t)i);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_advance(fixture, 19ull * FIXTURE_FRAME);
	for (i = 0; i < 20; i++) {
		struct libfs1_completion event =
			fixture_expect_event(fixture, FS1_EVENT_FRAME_START);
		struct libfs1_completion buffer =
			fixture_expect(fixture, FS1_STREAM_IMAGE);

		assert_int_equal(buffer.type, FS1_CQE_BUFFER);
		assert_int_equal(buffer.status, FS1_OK);
		assert_int_equal(buffer.command_id, i);
		assert_int_equal(buffer.result, FIXTURE_SIZE);
		assert_true(buffer.frame_id == FIXTURE_FIRST_ID + i);
		assert_true(buffer.timestamp ==
			    FIXTURE_START + (uint64_t)i * FIXTURE_FRAME);
		assert_int_equal(event.result, IMAGE);
		assert_true(event.frame_id == buffer.frame_id);
		assert_true(event.timestamp == buffer.timestamp);
	}
	fixture_expect_none(fixture, FS1_STREAM_IMAGE);
}

static void test_pixels_arrive(void **state)
{
	struct fixture *fixture = *state;
	uint8_t blank[FIXTURE_SIZE] = { 0 };
	uint8_t *picture;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	picture = fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_OK);
	assert_memory_not_equal(picture, blank, FIXTURE_SIZE);
}

static void test_all_streams_of_a_frame_share_id_and_time(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion image, preview, meta;
	struct libfs1_completion begun;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	fixture_open(fixture, FS1_STREAM_PREVIEW);
	fixture_open(fixture, FS1_STREAM_META);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_submit(fixture, FS1_STREAM_PREVIEW, 2);
	fixture_submit(fixture, FS1_STREAM_META, 3);
	/* The sensor wakes with the first stream: that frame is image's alone. */
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_start(fixture, FS1_STREAM_PREVIEW);
	fixture_start(fixture, FS1_STREAM_META);
	fixture_settle(fixture);
	assert_int_equal(fixture_expect_event(fixture, FS1_EVENT_FRAME_START).result,
			 IMAGE);
	fixture_expect(fixture, FS1_STREAM_IMAGE);

	fixture_submit(fixture, FS1_STREAM_IMAGE, 4);
	fixture_advance(fixture, FIXTURE_FRAME);
	begun = fixture_expect_event(fixture, FS1_EVENT_FRAME_START);
	image = fixture_expect(fixture, FS1_STREAM_IMAGE);
	preview = fixture_expect(fixture, FS1_STREAM_PREVIEW);
	meta = fixture_expect(fixture, FS1_STREAM_META);
	assert_int_equal(begun.result, IMAGE | PREVIEW | META);
	assert_true(image.frame_id == FIXTURE_FIRST_ID + 1);
	assert_true(preview.frame_id == image.frame_id);
	assert_true(meta.frame_id == image.frame_id);
	assert_true(begun.frame_id == image.frame_id);
	assert_true(preview.timestamp == image.timestamp);
	assert_true(meta.timestamp == image.timestamp);
}

static void test_missing_buffer_is_a_gap_and_a_drop_event(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion dropped;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
	fixture_skip_events(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);	/* id 1: no buffer */
	dropped = fixture_expect_event(fixture, FS1_EVENT_FRAME_DROPPED);
	assert_true(dropped.frame_id == FIXTURE_FIRST_ID + 1);
	assert_int_equal(dropped.result, IMAGE);
	/* Between two starts: it must wait for the next. */
	fixture_advance(fixture, FIXTURE_FRAME / 2);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 2);
	fixture_settle(fixture);
	assert_true(fixture_expect(fixture, FS1_STREAM_IMAGE).frame_id ==
		    FIXTURE_FIRST_ID);
	fixture_expect_none(fixture, FS1_STREAM_IMAGE);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_true(fixture_expect(fixture, FS1_STREAM_IMAGE).frame_id ==
		    FIXTURE_FIRST_ID + 2);
}

static void test_busy_device_lengthens_the_frame_and_skips_no_id(void **state)
{
	struct fixture *fixture = *state;
	const struct fs1_meta_timing *timing;
	struct libfs1_completion first, second;
	const uint8_t *page;

	fixture_open(fixture, FS1_STREAM_META);
	fixture_submit(fixture, FS1_STREAM_META, 1);
	page = fixture_submit(fixture, FS1_STREAM_META, 2);
	fixture_start(fixture, FS1_STREAM_META);
	/* START began the frame; one step of it takes a frame and 2 ms. */
	fixture->now += FIXTURE_FRAME + 2000000;
	fixture_settle(fixture);
	first = fixture_expect(fixture, FS1_STREAM_META);
	second = fixture_expect(fixture, FS1_STREAM_META);
	assert_true(second.frame_id == first.frame_id + 1);
	assert_true(second.timestamp ==
		    first.timestamp + FIXTURE_FRAME + 2000000);
	timing = fixture_meta_block(page, FS1_META_TIMING);
	assert_int_equal(fs1_le32_to_cpu(timing->lengthened_by), 2000);
	assert_int_equal(fs1_le32_to_cpu(timing->lengthened_frames), 1);
	assert_int_equal(fs1_le32_to_cpu(timing->dropped_frames), 0);
	assert_int_equal(fixture_expect_event(fixture, FS1_EVENT_FRAME_START).result,
			 META);
	assert_int_equal(fixture_expect_event(fixture, FS1_EVENT_FRAME_START).result,
			 META | FS1_FRAME_LENGTHENED);
	/* The schedule goes on from the late start. */
	fixture_submit(fixture, FS1_STREAM_META, 3);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_true(fixture_expect(fixture, FS1_STREAM_META).timestamp ==
		    second.timestamp + FIXTURE_FRAME);
}

static void test_short_buffers_are_refused_before_and_after_start(void **state)
{
	struct fixture *fixture = *state;
	uint8_t *picture = fixture_buffer(fixture, FIXTURE_SIZE);

	fixture_open(fixture, FS1_STREAM_IMAGE);
	libfs1_driver_submit_buffer(fixture->driver, FS1_STREAM_IMAGE, 1,
				    (uintptr_t)picture, FIXTURE_SIZE - 1);
	libfs1_driver_submit_buffer(fixture->driver, FS1_STREAM_IMAGE, 2,
				    (uintptr_t)picture, FIXTURE_SIZE);
	fixture_settle(fixture);
	fixture_expect_none(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(libfs1_driver_start(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	libfs1_driver_submit_buffer(fixture->driver, FS1_STREAM_IMAGE, 3,
				    (uintptr_t)picture, FIXTURE_SIZE - 1);
	fixture_settle(fixture);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).command_id,
			 1);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_BAD_LENGTH);	/* 3 */
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_OK);		/* 2 */
}

static void test_bad_submissions_come_back_with_the_reason(void **state)
{
	struct fixture *fixture = *state;
	uint64_t good = (uintptr_t)fixture->memory;
	const struct {
		struct fs1_sqe sqe;
		enum fs1_status status;
	} bad[] = {
		{ { .opcode = FS1_START }, FS1_BAD_OPCODE },
		{ { .opcode = FS1_BUFFER, .length = 8 }, FS1_BAD_LENGTH },
		{ { .opcode = FS1_BUFFER, .length = 8, .sg_count = 1,
		    .address = 4 }, FS1_BAD_ADDRESS },
		{ { .opcode = FS1_BUFFER, .length = FIXTURE_MEMORY,
		    .sg_count = 1, .address = good + 1 }, FS1_BAD_ADDRESS },
		{ { .opcode = FS1_BUFFER, .length = 8, .sg_count = 2,
		    .address = 4 }, FS1_BAD_ADDRESS },
		{ { .opcode = FS1_BUFFER, .length = 8, .sg_count = 0x10000,
		    .address = good }, FS1_BAD_ARGUMENT },
		{ { .opcode = FS1_BUFFER, .length = 8, .sg_count = 1,
		    .address = good, .reserved = 1 }, FS1_BAD_ARGUMENT },
		{ { .opcode = FS1_BUFFER, .length = 8, .sg_count = 1,
		    .address = good, .command_id = 0xffff }, FS1_BAD_ARGUMENT },
	};
	size_t i;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct libfs1_completion completion;

		assert_int_equal(libfs1_driver_submit(fixture->driver,
						      FS1_STREAM_IMAGE,
						      &bad[i].sqe), 0);
		fixture_settle(fixture);
		completion = fixture_expect(fixture, FS1_STREAM_IMAGE);
		assert_int_equal(completion.status, bad[i].status);
		assert_int_equal(completion.type, FS1_CQE_BUFFER);
		assert_int_equal(completion.command_id,
				 fs1_le16_to_cpu(bad[i].sqe.command_id));
	}
}

static void test_picture_is_the_same_through_scattered_pieces(void **state)
{
	struct fixture *fixture = *state;
	struct fs1_sg *list = (void *)fixture_buffer(fixture, 4096);
	uint8_t *scattered = fixture_buffer(fixture, 2 * FIXTURE_SIZE);
	uint8_t joined[FIXTURE_SIZE];
	struct fs1_sqe sqe = {
		.opcode = FS1_BUFFER,
		.address = fs1_cpu_to_le64((uintptr_t)list),
		.length = fs1_cpu_to_le32(FIXTURE_SIZE),
	};
	uint32_t done = 0, count = 0;
	uint8_t *whole;

	/* Odd lengths, in reverse order of addresses, with holes. */
	while (done < FIXTURE_SIZE) {
		uint32_t part = 61 < FIXTURE_SIZE - done ? 61 : FIXTURE_SIZE - done;

		list[count].address = fs1_cpu_to_le64((uintptr_t)scattered +
						      2 * FIXTURE_SIZE -
						      (count + 1) * 64);
		list[count++].length = fs1_cpu_to_le32(part);
		done += part;
	}
	sqe.sg_count = fs1_cpu_to_le32(count);

	fixture_set_control(fixture, FS1_CONTROL_TEST_PATTERN, FS1_PATTERN_COLOUR_BARS);
	fixture_set_control(fixture, FS1_CONTROL_NOISE, 0);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(libfs1_driver_submit(fixture->driver, FS1_STREAM_IMAGE,
					      &sqe), 0);
	whole = fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status, 0);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status, 0);

	for (done = 0, count = 0; done < FIXTURE_SIZE; done += 61, count++) {
		const uint8_t *piece = scattered + 2 * FIXTURE_SIZE -
				       (count + 1) * 64;
		uint32_t part = 61 < FIXTURE_SIZE - done ? 61 : FIXTURE_SIZE - done;

		memcpy(joined + done, piece, part);
		assert_memory_equal(piece + part, "\0\0\0", 3);
	}
	assert_memory_equal(joined, whole, FIXTURE_SIZE);
}

static void test_stop_in_the_middle_of_a_frame_returns_the_buffer_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_host *host = libfs1_driver_host(fixture->driver);
	uint8_t before[FIXTURE_SIZE], blank[FIXTURE_SIZE] = { 0 };
	uint8_t *picture, *next[2];
	unsigned int i;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	picture = fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 2);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < 3; i++)	/* of 12 steps */
		assert_int_equal(libfs1_driver_run(fixture->driver), 0);
	assert_int_equal(libfs1_driver_stop(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	for (i = 1; i <= 2; i++) {
		struct libfs1_completion completion =
			fixture_expect(fixture, FS1_STREAM_IMAGE);

		assert_int_equal(completion.status, FS1_ABORTED);
		assert_int_equal(completion.command_id, i);
	}
	/* Only the rings of two queues are left, and nobody writes any more. */
	assert_int_equal(libfs1_host_mappings(host), 4);
	memcpy(before, picture, FIXTURE_SIZE);
	/* Nor to buffers that the device keeps in the same places. */
	next[0] = fixture_submit(fixture, FS1_STREAM_IMAGE, 3);
	next[1] = fixture_submit(fixture, FS1_STREAM_IMAGE, 4);
	fixture_settle(fixture);
	fixture_advance(fixture, 3 * FIXTURE_FRAME);
	assert_memory_equal(before, picture, FIXTURE_SIZE);
	assert_memory_equal(next[0], blank, FIXTURE_SIZE);
	assert_memory_equal(next[1], blank, FIXTURE_SIZE);
	fixture_expect_none(fixture, FS1_STREAM_IMAGE);
}

static void test_flush_in_the_middle_of_a_frame_spares_the_other_stream(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion preview;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_open_and_start(fixture, FS1_STREAM_PREVIEW);
	fixture_advance(fixture, FIXTURE_FRAME / 2);
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_submit(fixture, FS1_STREAM_PREVIEW, 2);
	fixture_settle(fixture);
	fixture->now = FIXTURE_START + FIXTURE_FRAME;
	assert_int_equal(libfs1_driver_run(fixture->driver), 0);
	assert_int_equal(libfs1_driver_flush(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_ABORTED);
	fixture_expect_none(fixture, FS1_STREAM_PREVIEW);
	fixture_settle(fixture);
	preview = fixture_expect(fixture, FS1_STREAM_PREVIEW);
	assert_int_equal(preview.status, FS1_OK);
	assert_true(preview.frame_id == FIXTURE_FIRST_ID + 1);
	/* Flushed, not stopped. */
	fixture_submit(fixture, FS1_STREAM_IMAGE, 3);
	fixture_settle(fixture);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
			 FS1_OK);
}

static void test_flush_covers_what_was_submitted_but_not_yet_read(void **state)
{
	struct fixture *fixture = *state;
	unsigned int i;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < 31; i++)
		fixture_submit(fixture, FS1_STREAM_IMAGE, (uint16_t)i);
	assert_int_equal(libfs1_driver_flush(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	for (i = 0; i < 31; i++)
		assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).command_id,
				 i);
}

static void test_flush_waits_for_room_in_the_completion_ring(void **state)
{
	struct libfs1_driver_config config = {
		.sq_entries = 8,
		.cq_entries = 8,
	};
	struct fixture *fixture = fixture_new_with(&config);
	struct fs1_registers *registers =
		libfs1_driver_registers(fixture->driver);
	struct libfs1_completion completion;
	struct fs1_sqe flush = {
		.opcode = FS1_FLUSH,
		.command_id = fs1_cpu_to_le16(99),
		.arguments.queue.queue = fs1_cpu_to_le32(FS1_STREAM_IMAGE),
	};
	unsigned int i;

	(void)state;
	fixture_open(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < 7; i++)
		fixture_submit(fixture, FS1_STREAM_IMAGE, (uint16_t)i);
	fixture_settle(fixture);
	/* A driver that breaks the rule: an eighth before it has read any. */
	registers->queue[FS1_STREAM_IMAGE].sq_tail = fs1_cpu_to_le32(0);
	fixture_settle(fixture);
	assert_int_equal(libfs1_driver_submit(fixture->driver, FS1_QUEUE_ADMIN,
					      &flush), 0);
	fixture_settle(fixture);
	fixture_expect_none(fixture, FS1_QUEUE_ADMIN);
	for (i = 0; i < 7; i++)
		assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).status,
				 FS1_ABORTED);
	fixture_settle(fixture);
	assert_true(libfs1_driver_next(fixture->driver, FS1_QUEUE_ADMIN,
				       &completion));
	assert_int_equal(completion.command_id, 99);
	assert_int_equal(completion.status, FS1_OK);
	fixture_free(fixture);
}

static void test_restart_during_the_abandoned_frame_is_on_time(void **state)
{
	struct libfs1_completion completion;
	struct fixture *fixture = *state;
	const struct fs1_meta_timing *timing;
	const uint8_t *page;

	fixture_open(fixture, FS1_STREAM_META);
	fixture_submit(fixture, FS1_STREAM_META, 1);
	fixture_start(fixture, FS1_STREAM_META);
	assert_int_equal(libfs1_driver_stop(fixture->driver, FS1_STREAM_META),
			 0);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_META).status,
			 FS1_ABORTED);
	page = fixture_submit(fixture, FS1_STREAM_META, 2);
	assert_int_equal(libfs1_driver_start(fixture->driver, FS1_STREAM_META),
			 0);
	fixture->now += 70000000;
	fixture_settle(fixture);
	completion = fixture_expect(fixture, FS1_STREAM_META);
	assert_true(completion.frame_id == FIXTURE_FIRST_ID + 1);
	assert_true(completion.timestamp == fixture->now);
	timing = fixture_meta_block(page, FS1_META_TIMING);
	assert_int_equal(fs1_le32_to_cpu(timing->lengthened_frames), 0);
}

static void test_events_nobody_reads_are_lost_and_flagged(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion event;
	unsigned int count = 0;
	bool lost = false;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_advance(fixture, 300ull * FIXTURE_FRAME);
	/* Commands still find room. */
	assert_int_equal(fixture_get_control(fixture, FS1_CONTROL_GAMMA), 220);
	while (libfs1_driver_next(fixture->driver, FS1_QUEUE_ADMIN, &event))
		count++;
	assert_int_equal(count, 255 - 32);
	fixture_advance(fixture, FIXTURE_FRAME);
	while (libfs1_driver_next(fixture->driver, FS1_QUEUE_ADMIN, &event))
		lost |= event.events_lost;
	assert_false(lost);	/* the answer to GET_CONTROL bore the flag */
}

static void test_lost_flag_is_on_the_next_entry(void **state)
{
	struct fixture *fixture = *state;
	struct libfs1_completion event = { 0 };
	unsigned int i;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_advance(fixture, 300ull * FIXTURE_FRAME);
	for (i = 0; i < 255 - 32; i++) {
		event = fixture_expect(fixture, FS1_QUEUE_ADMIN);
		assert_false(event.events_lost);
	}
	fixture_expect_none(fixture, FS1_QUEUE_ADMIN);
	fixture_advance(fixture, FIXTURE_FRAME);
	event = fixture_expect(fixture, FS1_QUEUE_ADMIN);
	assert_int_equal(event.event, FS1_EVENT_FRAME_START);
	assert_true(event.events_lost);
	assert_true(event.frame_id == FIXTURE_FIRST_ID + 301);
}

static void test_unpaced_device_starts_frames_when_buffers_are_there(void **state)
{
	struct libfs1_driver_config config = { .device.unpaced = true };
	struct fixture *fixture = fixture_new_with(&config);
	unsigned int i;

	(void)state;
	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_advance(fixture, 10 * FIXTURE_FRAME);
	fixture_skip_events(fixture);
	for (i = 0; i < 5; i++)
		fixture_submit(fixture, FS1_STREAM_IMAGE, (uint16_t)i);
	fixture_settle(fixture);
	for (i = 0; i < 5; i++)
		assert_true(fixture_expect(fixture, FS1_STREAM_IMAGE).frame_id ==
			    FIXTURE_FIRST_ID + i);
	fixture_free(fixture);
}

static void test_unpaced_frame_waits_for_every_started_stream(void **state)
{
	struct libfs1_driver_config config = { .device.unpaced = true };
	struct fixture *fixture = fixture_new_with(&config);

	(void)state;
	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	fixture_open_and_start(fixture, FS1_STREAM_META);
	fixture_open(fixture, FS1_STREAM_PREVIEW);	/* not started */
	fixture_submit(fixture, FS1_STREAM_IMAGE, 1);
	fixture_settle(fixture);
	fixture_expect_none(fixture, FS1_STREAM_IMAGE);
	fixture_submit(fixture, FS1_STREAM_META, 2);
	fixture_settle(fixture);
	assert_true(fixture_expect(fixture, FS1_STREAM_IMAGE).frame_id ==
		    fixture_expect(fixture, FS1_STREAM_META).frame_id);
	fixture_free(fixture);
}

static void test_frames_without_buffers_are_not_computed(void **state)
{
	struct fixture *fixture = *state;
	uint64_t deadline;

	fixture_open_and_start(fixture, FS1_STREAM_IMAGE);
	/* One call, and the device waits for the clock again. */
	deadline = libfs1_driver_run(fixture->driver);
	assert_true(deadline > fixture->now);
}

static void count_interrupt(void *argument, unsigned int vector)
{
	unsigned int *count = argument;

	count[vector]++;
}

static void test_one_interrupt_for_a_batch_of_completions(void **state)
{
	struct fixture *fixture = *state;
	unsigned int count[FS1_QUEUES] = { 0 };
	unsigned int i;

	fixture_open(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < 10; i++)
		fixture_submit(fixture, FS1_STREAM_IMAGE, (uint16_t)i);
	fixture_settle(fixture);
	libfs1_host_set_interrupt(libfs1_driver_host(fixture->driver),
				  count_interrupt, count);
	assert_int_equal(libfs1_driver_flush(fixture->driver, FS1_STREAM_IMAGE),
			 0);
	assert_int_equal(count[FS1_STREAM_IMAGE], 1);
	assert_int_equal(count[FS1_QUEUE_ADMIN], 1);
	assert_int_equal(count[FS1_STREAM_PREVIEW], 0);
	fixture_advance(fixture, FIXTURE_FRAME);
	assert_int_equal(count[FS1_STREAM_IMAGE], 1);
	assert_int_equal(count[FS1_QUEUE_ADMIN], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		TEST(test_frames_start_every_33333333_ns_with_consecutive_ids),
		TEST(test_pixels_arrive),
		TEST(test_all_streams_of_a_frame_share_id_and_time),
		TEST(test_missing_buffer_is_a_gap_and_a_drop_event),
		TEST(test_busy_device_lengthens_the_frame_and_skips_no_id),
		TEST(test_short_buffers_are_refused_before_and_after_start),
		TEST(test_bad_submissions_come_back_with_the_reason),
		TEST(test_picture_is_the_same_through_scattered_pieces),
		TEST(test_stop_in_the_middle_of_a_frame_returns_the_buffer_at_once),
		TEST(test_flush_in_the_middle_of_a_frame_spares_the_other_stream),
		TEST(test_flush_covers_what_was_submitted_but_not_yet_read),
		TEST(test_flush_waits_for_room_in_the_completion_ring),
		TEST(test_restart_during_the_abandoned_frame_is_on_time),
		TEST(test_events_nobody_reads_are_lost_and_flagged),
		TEST(test_lost_flag_is_on_the_next_entry),
		TEST(test_unpaced_device_starts_frames_when_buffers_are_there),
		TEST(test_unpaced_frame_waits_for_every_started_stream),
		TEST(test_frames_without_buffers_are_not_computed),
		TEST(test_one_interrupt_for_a_batch_of_completions),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
