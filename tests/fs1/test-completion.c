// SPDX-License-Identifier: Apache-2.0
/*
 * A host that makes its device misbehave: what it drops, repeats and changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"

/* What the host does to the completions of a queue. */
struct trick {
	unsigned int queue;
	enum fs1_verdict verdict;
	unsigned int count;	/* how often */
	unsigned int seen;	/* completions of the queue */
	struct fs1_cqe last;
	bool change;
};

static enum fs1_verdict play(void *argument, unsigned int queue,
			     struct fs1_cqe *cqe)
{
	struct trick *trick = argument;

	if (queue != trick->queue)
		return FS1_POST;
	trick->seen++;
	if (!trick->count)
		return FS1_POST;
	trick->count--;
	trick->last = *cqe;
	if (trick->change)
		cqe->command_id = fs1_cpu_to_le16(4711);
	return trick->verdict;
}

static void begin(struct fixture *fixture, struct trick *trick)
{
	libfs1_host_set_completion(libfs1_driver_host(fixture->driver), play,
				   trick);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	fixture_start(fixture, FS1_STREAM_IMAGE);
	fixture_settle(fixture);
}

static void frame(struct fixture *fixture, uint16_t id)
{
	fixture_submit(fixture, FS1_STREAM_IMAGE, id);
	fixture_advance(fixture, FIXTURE_FRAME);
}

static void test_host_sees_the_queues_number(void **state)
{
	struct fixture *fixture = *state;
	unsigned int queue;

	for (queue = 0; queue < 4; queue++) {
		struct trick trick = { .queue = queue };

		if (queue)
			fixture_open(fixture, queue);
		libfs1_host_set_completion(libfs1_driver_host(fixture->driver),
					   play, &trick);
		if (queue)
			fixture_submit(fixture, queue, 1);
		assert_int_equal(libfs1_driver_flush(fixture->driver,
						     queue ? queue : 1),
				 queue ? 0 : FS1_BAD_STATE);
		assert_int_equal(trick.seen, 1);
	}
}

static void test_host_may_change_an_entry(void **state)
{
	struct trick trick = {
		.queue = FS1_STREAM_IMAGE, .verdict = FS1_POST, .count = 1,
		.change = true,
	};
	struct fixture *fixture = *state;

	begin(fixture, &trick);
	frame(fixture, 1);
	frame(fixture, 2);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).command_id,
			 4711);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).command_id,
			 2);
	assert_int_equal(fs1_le32_to_cpu(trick.last.status), FS1_CQE_PHASE);
	assert_int_equal(fs1_le32_to_cpu(trick.last.result), FIXTURE_SIZE);
}

static void count_interrupt(void *argument, unsigned int vector)
{
	unsigned int *count = argument;

	count[vector]++;
}

static void test_dropped_entry_can_be_posted_later(void **state)
{
	struct trick trick = {
		.queue = FS1_STREAM_IMAGE, .verdict = FS1_DROP, .count = 1,
	};
	unsigned int interrupts[FS1_QUEUES] = { 0 };
	struct fixture *fixture = *state;
	struct libfs1_completion late;

	libfs1_host_set_interrupt(libfs1_driver_host(fixture->driver),
				  count_interrupt, interrupts);
	begin(fixture, &trick);
	frame(fixture, 1);
	fixture_expect_none(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(interrupts[FS1_STREAM_IMAGE], 0);
	frame(fixture, 2);
	assert_int_equal(fixture_expect(fixture, FS1_STREAM_IMAGE).command_id,
			 2);
	assert_true(fs1_device_post(libfs1_driver_device(fixture->driver),
				    FS1_STREAM_IMAGE, &trick.last));
	libfs1_driver_run(fixture->driver);
	assert_int_equal(interrupts[FS1_STREAM_IMAGE], 2);
	late = fixture_expect(fixture, FS1_STREAM_IMAGE);
	assert_int_equal(late.command_id, 1);
	assert_true(late.frame_id == FIXTURE_FIRST_ID + 1);
	/* It wasn't asked about again. */
	assert_int_equal(trick.seen, 2);
}

static void test_entry_posted_twice_is_there_twice(void **state)
{
	struct trick trick = {
		.queue = FS1_STREAM_IMAGE, .verdict = FS1_POST_TWICE,
		.count = 100,
	};
	struct fixture *fixture = *state;
	unsigned int i;

	begin(fixture, &trick);
	/* Over the end of the ring of 64, where the phase changes. */
	for (i = 0; i < 70; i++) {
		frame(fixture, (uint16_t)i);
		fixture->used = 0;
		assert_int_equal(fixture_expect(fixture,
						FS1_STREAM_IMAGE).command_id, i);
		assert_int_equal(fixture_expect(fixture,
						FS1_STREAM_IMAGE).command_id, i);
		fixture_expect_none(fixture, FS1_STREAM_IMAGE);
		fixture_skip_events(fixture);
	}
}

static void test_no_trick_takes_the_room_of_a_submission(void **state)
{
	struct libfs1_driver_config config = {
		.sq_entries = 4, .cq_entries = 4,
	};
	struct trick trick = {
		.queue = FS1_STREAM_IMAGE, .verdict = FS1_POST_TWICE,
		.count = 3,
	};
	struct fixture *fixture = fixture_new_with(&config);
	struct fs1_device *device = libfs1_driver_device(fixture->driver);
	unsigned int i;

	(void)state;
	libfs1_host_set_completion(libfs1_driver_host(fixture->driver), play,
				   &trick);
	fixture_open(fixture, FS1_STREAM_IMAGE);
	for (i = 0; i < 3; i++)
		fixture_submit(fixture, FS1_STREAM_IMAGE, (uint16_t)i);
	fixture_settle(fixture);
	assert_false(fs1_device_post(device, FS1_STREAM_IMAGE, &trick.last));
	assert_int_equal(libfs1_driver_flush(fixture->driver,
					     FS1_STREAM_IMAGE), 0);
	/* Three entries can be used, and three were asked for. */
	for (i = 0; i < 3; i++)
		assert_int_equal(fixture_expect(fixture,
						FS1_STREAM_IMAGE).command_id, i);
	fixture_expect_none(fixture, FS1_STREAM_IMAGE);
	fixture_free(fixture);
}

static void test_nothing_is_posted_to_queues_that_do_not_exist(void **state)
{
	struct fixture *fixture = *state;
	struct fs1_device *device = libfs1_driver_device(fixture->driver);
	const struct fs1_cqe cqe = { .type = FS1_CQE_EVENT };

	assert_false(fs1_device_post(device, FS1_STREAM_IMAGE, &cqe));
	assert_false(fs1_device_post(device, FS1_STREAM_TENSOR, &cqe));
	assert_false(fs1_device_post(device, FS1_QUEUES, &cqe));
	assert_true(fs1_device_post(device, FS1_QUEUE_ADMIN, &cqe));
	assert_int_equal(fixture_expect(fixture, FS1_QUEUE_ADMIN).type,
			 FS1_CQE_EVENT);
	libfs1_driver_registers(fixture->driver)->control = 0;
	libfs1_driver_run(fixture->driver);
	assert_false(fs1_device_post(device, FS1_QUEUE_ADMIN, &cqe));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
		TEST(test_host_sees_the_queues_number),
		TEST(test_host_may_change_an_entry),
		TEST(test_dropped_entry_can_be_posted_later),
		TEST(test_entry_posted_twice_is_there_twice),
		TEST(test_no_trick_takes_the_room_of_a_submission),
		TEST(test_nothing_is_posted_to_queues_that_do_not_exist),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
