// SPDX-License-Identifier: Apache-2.0
/*
 * The table of armed faults: who is hit when, and that arming, clearing and
 * counting down at the same time lose nothing.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-device/fault.h"

static void arm(struct fault_table *table, const char *text)
{
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	if (fault_parse(&fault, text, 1, error) < 0)
		fail_msg("\"%s\": %s", text, error);
	assert_int_equal(fault_table_arm(table, &fault), 0);
}

static bool pass(struct fault_table *table, unsigned int queue)
{
	struct fault_shot shot;

	return fault_table_pass(table, queue, FAULT_TYPE_COMPLETION, false,
				&shot);
}

static void test_after_count_every(void **state)
{
	struct fault_table table = { 0 };
	/* Two pass, one is hit, one passes, one is hit. */
	static const bool hits[] = { 0, 0, 1, 0, 1, 0, 0, 0 };

	(void)state;
	arm(&table, "drop after=2 count=2 every=1");
	assert_int_equal(fault_table_armed(&table), 2);
	for (unsigned int i = 0; i < sizeof(hits); i++)
		assert_int_equal(pass(&table, 1), hits[i]);
	assert_int_equal(fault_table_armed(&table), 0);
	assert_int_equal(table.injected, 2);
}

static void test_queue_and_type(void **state)
{
	struct fault_table table = { 0 };
	struct fault_shot shot;

	(void)state;
	arm(&table, "drop queue=2");
	assert_false(pass(&table, 1));
	assert_false(pass(&table, 0));
	assert_false(fault_table_pass(&table, 2, FAULT_TYPE_EVENT, false, &shot));
	assert_true(fault_table_pass(&table, 2, FAULT_TYPE_COMPLETION, false,
				     &shot));
	assert_int_equal(shot.name, FAULT_DROP);
	arm(&table, "length queue=0 type=event");
	assert_false(pass(&table, 0));
	assert_true(fault_table_pass(&table, 0, FAULT_TYPE_EVENT, false, &shot));
	arm(&table, "phase");
	assert_false(pass(&table, 0));
	assert_false(pass(&table, 4));
	assert_true(pass(&table, 3));
}

static void test_one_at_a_time(void **state)
{
	struct fault_table table = { 0 };
	struct fault_shot shot[2];

	(void)state;
	arm(&table, "drop");
	arm(&table, "length after=1");
	for (unsigned int i = 0; i < 2; i++)
		assert_true(fault_table_pass(&table, 1, FAULT_TYPE_COMPLETION,
					     false, &shot[i]));
	assert_int_equal(shot[0].name, FAULT_DROP);
	assert_int_equal(shot[1].name, FAULT_LENGTH);
}

static void test_faults_of_the_device(void **state)
{
	struct fault_table table = { 0 };
	struct fault_shot shot;

	(void)state;
	arm(&table, "stall ms=7");
	assert_false(pass(&table, 1));
	assert_true(fault_table_due(&table, &shot));
	assert_int_equal(shot.name, FAULT_STALL);
	assert_int_equal(shot.ms, 7);
	assert_false(fault_table_due(&table, &shot));
	arm(&table, "crash after=2");
	assert_false(fault_table_due(&table, &shot));
	assert_false(pass(&table, 1));
	assert_false(fault_table_due(&table, &shot));
	assert_false(pass(&table, 1));
	assert_true(fault_table_due(&table, &shot));
	assert_int_equal(shot.name, FAULT_CRASH);
}

static void test_wedge_waits_for_a_command(void **state)
{
	struct fault_table table = { 0 };
	struct fault_shot shot;

	(void)state;
	arm(&table, "wedge");
	assert_false(pass(&table, 1));
	assert_false(fault_table_due(&table, &shot));
	assert_true(fault_table_pass(&table, 0, FAULT_TYPE_COMPLETION, true,
				     &shot));
	assert_int_equal(shot.name, FAULT_WEDGE);
}

static void test_random_values_repeat(void **state)
{
	struct fault_table tables[2] = { 0 };
	uint64_t past = 0;

	(void)state;
	arm(&tables[0], "length count=5 seed=3");
	arm(&tables[1], "length count=5 seed=3");
	for (unsigned int i = 0; i < 5; i++) {
		struct fault_shot a, b;

		assert_true(fault_table_pass(&tables[0], 1, 1, false, &a));
		assert_true(fault_table_pass(&tables[1], 1, 1, false, &b));
		assert_true(a.random == b.random);
		assert_true(a.random != past);
		past = a.random;
	}
}

static void test_full_and_cleared(void **state)
{
	struct fault_table table = { 0 };
	struct fault fault;
	char error[FAULT_ERROR_SIZE];

	(void)state;
	for (unsigned int i = 0; i < FAULT_SLOTS; i++)
		arm(&table, "drop count=2");
	assert_int_equal(fault_parse(&fault, "drop", 1, error), 0);
	assert_int_equal(fault_table_arm(&table, &fault), -ENOSPC);
	assert_int_equal(fault_table_armed(&table), 2 * FAULT_SLOTS);
	fault_table_clear(&table);
	assert_int_equal(fault_table_armed(&table), 0);
	assert_false(pass(&table, 1));
	assert_int_equal(table.injected, 0);
	arm(&table, "drop");
	assert_true(pass(&table, 1));
}

/**
 * struct race - a device that counts down while the test arms and clears
 * @ending: the test is over
 * @wrong: shots that are a mixture of two faults
 */
struct race {
	struct fault_table table;
	bool ending;
	unsigned int wrong;
	unsigned int hits;
};

static void *count_down(void *argument)
{
	struct race *race = argument;
	struct fault_shot shot;

	while (!__atomic_load_n(&race->ending, __ATOMIC_ACQUIRE)) {
		for (unsigned int queue = 1; queue < 4; queue++) {
			if (!fault_table_pass(&race->table, queue,
					      FAULT_TYPE_COMPLETION, false,
					      &shot))
				continue;
			race->hits++;
			if (shot.queues != 1u << queue ||
			    shot.name != (queue == 1 ? FAULT_DROP : FAULT_DELAY) ||
			    shot.ms != (queue == 1 ? 0 : queue))
				race->wrong++;
		}
	}
	return NULL;
}

static void test_both_sides_at_once(void **state)
{
	static struct race race;
	static const char *const texts[] = {
		"drop queue=1 count=3",
		"delay queue=2 ms=2 count=3",
		"delay queue=3 ms=3 count=3",
	};
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, count_down, &race), 0);
	for (unsigned int i = 0; i < 30000; i++) {
		arm(&race.table, texts[i % 3]);
		if (i % 7 == 0)
			fault_table_clear(&race.table);
		while (fault_table_armed(&race.table) >= FAULT_SLOTS)
			;
	}
	while (fault_table_armed(&race.table))
		;
	__atomic_store_n(&race.ending, true, __ATOMIC_RELEASE);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(race.wrong, 0);
	assert_true(race.hits > 0);
	assert_int_equal(race.table.injected, race.hits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_after_count_every),
		cmocka_unit_test(test_queue_and_type),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_faults_of_the_device),
		cmocka_unit_test(test_wedge_waits_for_a_command),
		cmocka_unit_test(test_random_values_repeat),
		cmocka_unit_test(test_full_and_cleared),
		cmocka_unit_test(test_both_sides_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
