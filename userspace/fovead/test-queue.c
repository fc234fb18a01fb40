// SPDX-License-Identifier: Apache-2.0
/*
 * A subscriber's queue: limits, windows, repeats, and that nothing leaves it
 * unacknowledged.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fovead/queue.h"

#define INSTANCE 0xabcdu

struct fixture {
	struct queue queue;
	struct subscription subscriptions[2];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	f->subscriptions[0].window = 2;
	f->subscriptions[1].window = 1;
	return queue_init(&f->queue, 4, 1000);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	queue_done(&f->queue);
	free(f);
	return 0;
}

static int push(struct fixture *f, uint64_t id, uint64_t bytes,
		uint32_t subscription)
{
	struct record *record;
	int r;

	assert_int_equal(record_new(&record), 0);
	record->wire.record_id = id;
	record->wire.instance = INSTANCE;
	record->bytes = bytes;
	r = queue_push(&f->queue, record, subscription);
	record_unref(record);
	return r;
}

/* Sends the next record and returns its id; 0: none may be sent. */
static uint64_t send_next(struct fixture *f, uint64_t now)
{
	struct queue_entry *entry;

	entry = queue_next(&f->queue, f->subscriptions, now);
	if (!entry)
		return 0;
	queue_sent(&f->queue, entry, f->subscriptions);
	return entry->record->wire.record_id;
}

static int acknowledge(struct fixture *f, uint64_t id, int32_t status,
		       uint64_t now)
{
	return queue_acknowledge(&f->queue, f->subscriptions, id, INSTANCE,
				 status, now);
}

static void test_window_opens_by_acknowledgement(void **state)
{
	struct fixture *f = *state;

	for (uint64_t id = 1; id <= 3; id++)
		assert_int_equal(push(f, id, 1, 0), 0);
	assert_int_equal(send_next(f, 0), 1);
	assert_int_equal(send_next(f, 0), 2);
	assert_int_equal(send_next(f, 0), 0);
	assert_int_equal(acknowledge(f, 1, 0, 0), 0);
	assert_int_equal(send_next(f, 0), 3);
	assert_int_equal(f->queue.count, 2);
}

static void test_full_window_does_not_block_other_outlets(void **state)
{
	struct fixture *f = *state;

	push(f, 1, 1, 1);
	push(f, 2, 1, 1);
	push(f, 3, 1, 0);
	assert_int_equal(send_next(f, 0), 1);
	assert_int_equal(send_next(f, 0), 3);
	assert_int_equal(send_next(f, 0), 0);
}

static void test_full_queue_turns_the_newest_away(void **state)
{
	struct fixture *f = *state;

	for (uint64_t id = 1; id <= 4; id++)
		assert_int_equal(push(f, id, 1, 0), 0);
	assert_int_equal(push(f, 5, 1, 0), -ENOBUFS);
	assert_int_equal(f->queue.counters.full_records, 1);
	assert_int_equal(send_next(f, 0), 1);
	assert_int_equal(acknowledge(f, 1, 0, 0), 0);
	assert_int_equal(push(f, 6, 1, 0), 0);
}

static void test_bytes_are_limited(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(push(f, 1, 600, 0), 0);
	assert_int_equal(push(f, 2, 401, 0), -ENOBUFS);
	assert_int_equal(f->queue.counters.full_bytes, 1);
	assert_int_equal(push(f, 3, 400, 0), 0);
	send_next(f, 0);
	assert_int_equal(acknowledge(f, 1, 0, 0), 0);
	assert_int_equal(f->queue.bytes, 400);
}

static void test_refused_record_waits_and_comes_again(void **state)
{
	struct fixture *f = *state;

	push(f, 1, 1, 0);
	assert_int_equal(send_next(f, 100), 1);
	assert_int_equal(acknowledge(f, 1, -ENOSPC, 100), 0);
	assert_int_equal(f->queue.count, 1);
	assert_int_equal(send_next(f, 100 + QUEUE_HOLD_NS - 1), 0);
	assert_int_equal(send_next(f, 100 + QUEUE_HOLD_NS), 1);
	assert_int_equal(f->queue.counters.refused, 1);
	assert_int_equal(f->queue.counters.resent, 1);
}

static void test_rewind_sends_everything_again_in_order(void **state)
{
	struct fixture *f = *state;

	for (uint64_t id = 1; id <= 3; id++)
		push(f, id, 1, 0);
	send_next(f, 0);
	send_next(f, 0);
	assert_int_equal(acknowledge(f, 2, 0, 0), 0);
	queue_rewind(&f->queue, f->subscriptions, 2);
	assert_int_equal(send_next(f, 0), 1);
	assert_int_equal(send_next(f, 0), 3);
	assert_int_equal(f->queue.counters.resent, 1);
}

static void test_stray_acknowledgements_change_nothing(void **state)
{
	struct fixture *f = *state;

	push(f, 1, 1, 0);
	assert_int_equal(acknowledge(f, 1, 0, 0), -ENOENT);
	send_next(f, 0);
	assert_int_equal(queue_acknowledge(&f->queue, f->subscriptions, 1,
					   INSTANCE + 1, 0, 0), -ENOENT);
	assert_int_equal(acknowledge(f, 2, 0, 0), -ENOENT);
	assert_int_equal(acknowledge(f, 1, 0, 0), 0);
	assert_int_equal(acknowledge(f, 1, 0, 0), -ENOENT);
	assert_int_equal(f->queue.count, 0);
	assert_int_equal(f->subscriptions[0].in_flight, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_window_opens_by_acknowledgement),
		TEST(test_full_window_does_not_block_other_outlets),
		TEST(test_full_queue_turns_the_newest_away),
		TEST(test_bytes_are_limited),
		TEST(test_refused_record_waits_and_comes_again),
		TEST(test_rewind_sends_everything_again_in_order),
		TEST(test_stray_acknowledgements_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
