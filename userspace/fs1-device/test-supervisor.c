// SPDX-License-Identifier: Apache-2.0
/*
 * When a device that dies is started again, by a clock that only the test moves.
 * The device here has no memory to map, so each ends by itself.
 */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-device/supervisor.h"

#define TIMEOUT 20000	/* ms of the real clock, for a process to end */

static struct fs1_registers registers;
static struct shared shared;

static void setup(struct supervisor *supervisor)
{
	struct device_config device = {
		.registers = &registers,
		.ram = -1,
		.wake = -1,
		.shared = &shared,
	};

	assert_int_equal(address_map_init(&device.map, MACHINE_Q35, 1u << 20),
			 0);
	supervisor_init(supervisor, &device);
}

/* It lives from @from to @to; returns how long the next start has to wait. */
static int live(struct supervisor *supervisor, uint64_t from, uint64_t to)
{
	struct pollfd ended = { .events = POLLIN };

	supervisor->start_at = from;
	assert_int_equal(supervisor_tick(supervisor, from), -1);
	assert_int_not_equal(supervisor->pid, 0);
	ended.fd = supervisor->pidfd;
	assert_int_equal(poll(&ended, 1, TIMEOUT), 1);
	supervisor_died(supervisor, to);
	assert_int_equal(supervisor->pid, 0);
	return (int)(supervisor->start_at - to);
}

static void test_short_lives_wait_longer_and_longer(void **state)
{
	static const int waits[] = {
		0, 0, 0, 0, 100, 200, 400, 800, 1600, 3200, 3200,
	};
	struct supervisor supervisor;
	uint64_t now = 1000;

	(void)state;
	setup(&supervisor);
	for (unsigned int i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		assert_int_equal(live(&supervisor, now, now + 99), waits[i]);
		assert_int_equal(supervisor.device.generation, i + 1);
		now += 5000;
	}
	/* One that lived pays for all. */
	assert_int_equal(live(&supervisor, now, now + 100), 0);
	assert_int_equal(live(&supervisor, now + 5000, now + 5001), 0);
}

static void test_tick_waits_for_the_time(void **state)
{
	struct supervisor supervisor;

	(void)state;
	setup(&supervisor);
	assert_int_equal(supervisor_tick(&supervisor, 50), -1);
	assert_int_equal(supervisor.pid, 0);
	supervisor.start_at = 100;
	assert_int_equal(supervisor_tick(&supervisor, 60), 40);
	assert_int_equal(supervisor.pid, 0);
	assert_int_equal(supervisor_tick(&supervisor, 100), -1);
	assert_int_not_equal(supervisor.pid, 0);
	supervisor_stop(&supervisor);
}

static void test_removed_is_not_started(void **state)
{
	struct supervisor supervisor;
	struct fs1_registers ones;

	(void)state;
	memset(&ones, 0xff, sizeof(ones));
	setup(&supervisor);
	(void)live(&supervisor, 0, 10);
	supervisor_remove(&supervisor);
	assert_memory_equal(&registers, &ones, sizeof(ones));
	assert_int_equal(supervisor_tick(&supervisor, 1000000), -1);
	assert_int_equal(supervisor.pid, 0);
	assert_int_equal(supervisor_insert(&supervisor, 1000000), 0);
	assert_int_not_equal(supervisor.pid, 0);
	memset(&ones, 0, sizeof(ones));
	assert_memory_equal(&registers, &ones, sizeof(ones));
	supervisor_stop(&supervisor);
	assert_int_equal(supervisor.pid, 0);
	assert_int_equal(supervisor.pidfd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_lives_wait_longer_and_longer),
		cmocka_unit_test(test_tick_waits_for_the_time),
		cmocka_unit_test(test_removed_is_not_started),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
