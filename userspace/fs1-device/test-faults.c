// SPDX-License-Identifier: Apache-2.0
/*
 * Faults as a driver sees them: each does what its name says, as often as it
 * was told, and the device is well afterwards.
 *
 * Usage: test-fs1-device-faults FS1-DEVICE
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fs1-device/test-guest.h"

#define SIZE (64u * 48u)

static const char *program;

static void start(struct guest *guest)
{
	guest_start(guest, program, "--unpaced");
	guest_connect(guest);
	guest_enable(guest);
	guest_stream(guest);
}

/* The completion of buffer 0, submitted for it; false when none comes. */
static bool take(struct guest *guest, struct fs1_cqe *ret_cqe, int ms)
{
	guest_submit_buffer(guest, 0);
	return guest_wait_next(guest, FS1_STREAM_IMAGE, ret_cqe, ms);
}

static uint64_t take_good(struct guest *guest)
{
	struct fs1_cqe cqe;

	assert_true(take(guest, &cqe, GUEST_TIMEOUT));
	assert_int_equal(cqe.type, FS1_CQE_BUFFER);
	assert_int_equal(fs1_le16_to_cpu(cqe.command_id), 0);
	assert_int_equal(fs1_le32_to_cpu(cqe.result), SIZE);
	assert_int_equal(fs1_le32_to_cpu(cqe.status) & ~FS1_CQE_PHASE, 0);
	return fs1_le64_to_cpu(cqe.frame_id);
}

static void end(struct guest *guest, unsigned int injected)
{
	assert_int_equal(guest_status(guest, "armed"), 0);
	assert_int_equal(guest_status(guest, "injected"), injected);
	guest_end(guest);
}

static void test_drop(void **state)
{
	struct guest guest;
	struct fs1_cqe cqe;

	(void)state;
	start(&guest);
	(void)guest_ask_ok(&guest, "fault drop count=2 after=1");
	(void)take_good(&guest);
	assert_false(take(&guest, &cqe, 200));
	assert_false(take(&guest, &cqe, 200));
	(void)take_good(&guest);
	end(&guest, 2);
}

static void test_duplicate(void **state)
{
	struct guest guest;
	struct fs1_cqe cqe;
	uint64_t id;

	(void)state;
	start(&guest);
	(void)guest_ask_ok(&guest, "fault duplicate");
	id = take_good(&guest);
	assert_true(guest_wait_next(&guest, FS1_STREAM_IMAGE, &cqe,
				    GUEST_TIMEOUT));
	assert_true(fs1_le64_to_cpu(cqe.frame_id) == id);
	assert_true(take_good(&guest) > id);
	end(&guest, 1);
}

static void test_delay(void **state)
{
	struct guest guest;
	struct fs1_cqe cqe;

	(void)state;
	start(&guest);
	(void)guest_ask_ok(&guest, "fault delay ms=300");
	assert_false(take(&guest, &cqe, 100));
	/* The first one of this queue. */
	assert_true(guest_wait_interrupt(&guest, FS1_STREAM_IMAGE,
					 GUEST_TIMEOUT));
	assert_true(guest_next(&guest, FS1_STREAM_IMAGE, &cqe));
	assert_int_equal(fs1_le32_to_cpu(cqe.result), SIZE);
	(void)take_good(&guest);
	end(&guest, 1);
}

/* A completion that is held back when its queue ends never comes. */
static void test_delay_ends_with_the_queue(void **state)
{
	struct guest guest;
	struct fs1_cqe cqe;

	(void)state;
	start(&guest);
	(void)guest_ask_ok(&guest, "fault delay ms=200");
	assert_false(take(&guest, &cqe, 50));
	guest_enable(&guest);
	guest_stream(&guest);
	assert_false(guest_wait_next(&guest, FS1_STREAM_IMAGE, &cqe, 400));
	(void)take_good(&guest);
	end(&guest, 1);
}

/* The frame of this completion started a moment ago, by the device's clock. */
static bool is_recent(const struct fs1_cqe *cqe)
{
	struct timespec now;
	uint64_t ns;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	return ns - fs1_le64_to_cpu(cqe->timestamp) < GUEST_TIMEOUT * 1000000ull;
}

/* One field, in a completion that is otherwise right, differs. */
static void check_field(const char *name)
{
	char request[64];
	unsigned int wrong_times = 0;
	struct guest guest;
	struct fs1_cqe cqe;
	uint64_t id;

	start(&guest);
	for (unsigned int seed = 1; seed <= 20; seed++) {
		bool wrong_id, wrong_head, wrong_length, wrong_status;
		bool wrong_frame;

		id = take_good(&guest);
		(void)snprintf(request, sizeof(request), "fault %s seed=%u",
			       name, seed);
		(void)guest_ask_ok(&guest, request);
		assert_true(take(&guest, &cqe, GUEST_TIMEOUT));
		wrong_id = fs1_le16_to_cpu(cqe.command_id) != 0;
		wrong_head = fs1_le16_to_cpu(cqe.sq_head) !=
			     guest.queues[FS1_STREAM_IMAGE].tail;
		wrong_length = fs1_le32_to_cpu(cqe.result) != SIZE;
		wrong_status = fs1_le32_to_cpu(cqe.status) & ~FS1_CQE_PHASE;
		wrong_frame = fs1_le64_to_cpu(cqe.frame_id) != id + 1;
		assert_int_equal(wrong_id, !strcmp(name, "command-id"));
		assert_int_equal(wrong_head, !strcmp(name, "sq-head"));
		assert_int_equal(wrong_length, !strcmp(name, "length"));
		assert_int_equal(wrong_status, !strcmp(name, "status"));
		assert_int_equal(wrong_frame, !strcmp(name, "frame-id"));
		wrong_times += !is_recent(&cqe);
	}
	/* Half of them may be off by seconds only. */
	if (strcmp(name, "timestamp") == 0)
		assert_true(wrong_times >= 5);
	else
		assert_int_equal(wrong_times, 0);
	(void)take_good(&guest);
	end(&guest, 20);
}

static void test_fields(void **state)
{
	(void)state;
	check_field("command-id");
	check_field("sq-head");
	check_field("length");
	check_field("status");
	check_field("frame-id");
	check_field("timestamp");
}

static void test_phase(void **state)
{
	struct guest guest;
	struct fs1_cqe cqe;
	const struct fs1_cqe *ring;
	uint32_t head;

	(void)state;
	start(&guest);
	head = guest.queues[FS1_STREAM_IMAGE].head;
	ring = (const void *)(guest.memory + GUEST_RINGS +
			      FS1_STREAM_IMAGE * 0x2000u + 0x1000u);
	(void)guest_ask_ok(&guest, "fault phase");
	guest_submit_buffer(&guest, 0);
	/* It is there, and doesn't look so. */
	guest_wait_register(&ring[head].result, ~0u, SIZE);
	assert_false(guest_wait_next(&guest, FS1_STREAM_IMAGE, &cqe, 100));
	guest_enable(&guest);
	guest_stream(&guest);
	(void)take_good(&guest);
	end(&guest, 1);
}

static void test_lost_interrupt(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest);
	(void)take_good(&guest);
	assert_true(guest_wait_interrupt(&guest, FS1_STREAM_IMAGE,
					 GUEST_TIMEOUT));
	(void)guest_ask_ok(&guest, "fault lost-interrupt");
	(void)take_good(&guest);
	assert_false(guest_wait_interrupt(&guest, FS1_STREAM_IMAGE, 200));
	(void)take_good(&guest);
	assert_true(guest_wait_interrupt(&guest, FS1_STREAM_IMAGE,
					 GUEST_TIMEOUT));
	end(&guest, 1);
}

static void test_storm(void **state)
{
	struct guest guest;
	uint64_t before;

	(void)state;
	start(&guest);
	before = guest_status(&guest, "interrupts");
	(void)guest_ask_ok(&guest, "fault storm ms=1000 queue=2");
	assert_true(guest_wait_interrupt(&guest, 2, GUEST_TIMEOUT));
	(void)take_good(&guest);
	while (guest_wait_interrupt(&guest, 2, 500))
		;
	assert_true(guest_status(&guest, "interrupts") > before + 100);
	(void)take_good(&guest);
	end(&guest, 1);
}

static void test_stall(void **state)
{
	struct guest guest;
	struct fs1_cqe cqe;
	fs1_le32 heartbeat;

	(void)state;
	start(&guest);
	(void)take_good(&guest);
	(void)guest_ask_ok(&guest, "fault stall ms=2000 after=1");
	(void)take_good(&guest);
	guest_submit_buffer(&guest, 0);
	heartbeat = fs1_load_acquire(&guest.registers->heartbeat);
	assert_false(guest_wait_next(&guest, FS1_STREAM_IMAGE, &cqe, 300));
	assert_int_equal(fs1_load_acquire(&guest.registers->heartbeat),
			 heartbeat);
	assert_true(guest_wait_next(&guest, FS1_STREAM_IMAGE, &cqe,
				    GUEST_TIMEOUT));
	(void)take_good(&guest);
	end(&guest, 1);
}

static void test_crash(void **state)
{
	struct guest guest;

	(void)state;
	start(&guest);
	(void)guest_ask_ok(&guest, "fault crash after=1 count=2 every=1");
	for (uint32_t i = 2; i <= 3; i++) {
		(void)take_good(&guest);
		guest_wait_register(&guest.registers->generation, ~0u, i);
		guest_wait_register(&guest.registers->status, ~0u,
				    FS1_STATUS_FAILED);
		guest_enable(&guest);
		guest_stream(&guest);
	}
	(void)take_good(&guest);
	end(&guest, 2);
}

/* The heart beats, nothing else moves, until ENABLE goes through 0. */
static void test_wedge(void **state)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_GET_CONTROL,
		.arguments.control.control = fs1_cpu_to_le32(FS1_CONTROL_SEED),
	};
	struct guest guest;
	struct fs1_cqe cqe;
	uint32_t heartbeat;

	(void)state;
	start(&guest);
	(void)take_good(&guest);
	(void)guest_ask_ok(&guest, "fault wedge");
	while (guest_next(&guest, FS1_QUEUE_ADMIN, &cqe))
		;
	guest_submit(&guest, FS1_QUEUE_ADMIN, &sqe);
	assert_false(guest_wait_next(&guest, FS1_QUEUE_ADMIN, &cqe, 300));
	assert_false(take(&guest, &cqe, 100));
	heartbeat = fs1_le32_to_cpu(fs1_load_acquire(&guest.registers->heartbeat));
	guest_wait_register(&guest.registers->heartbeat, ~0u, heartbeat + 2);
	guest_enable(&guest);
	guest_stream(&guest);
	(void)take_good(&guest);
	end(&guest, 1);
}

static void test_garbage(void **state)
{
	struct fs1_registers right;
	struct guest guest;

	(void)state;
	start(&guest);
	(void)take_good(&guest);
	memcpy(&right, guest.registers, sizeof(right));
	(void)guest_ask_ok(&guest, "fault garbage ms=2000");
	assert_true(guest_wait_interrupt(&guest, 7, GUEST_TIMEOUT));
	assert_int_not_equal(guest.registers->magic, right.magic);
	assert_int_not_equal(guest.registers->generation, right.generation);
	assert_int_not_equal(guest.registers->status, right.status);
	/* What the driver writes is the driver's. */
	assert_memory_equal(&guest.registers->control, &right.control,
			    sizeof(right) - offsetof(struct fs1_registers, control));
	guest_wait_register(&guest.registers->magic, ~0u, FS1_MAGIC);
	guest_wait_register(&guest.registers->status, ~0u, FS1_STATUS_READY);
	assert_int_equal(guest.registers->generation, right.generation);
	(void)take_good(&guest);
	end(&guest, 1);
}

static void test_armed_from_the_start(void **state)
{
	struct guest guest;
	struct fs1_cqe cqe;

	(void)state;
	guest_start(&guest, program, "--faults=drop:after=1,duplicate:after=2");
	guest_connect(&guest);
	assert_int_equal(guest_status(&guest, "armed"), 2);
	guest_enable(&guest);
	guest_stream(&guest);
	(void)take_good(&guest);
	assert_false(take(&guest, &cqe, 300));
	(void)take_good(&guest);
	assert_true(guest_wait_next(&guest, FS1_STREAM_IMAGE, &cqe,
				    GUEST_TIMEOUT));
	end(&guest, 2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_duplicate),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_delay_ends_with_the_queue),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_phase),
		cmocka_unit_test(test_lost_interrupt),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_crash),
		cmocka_unit_test(test_wedge),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_armed_from_the_start),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s FS1-DEVICE\n", argv[0]);
		return 2;
	}
	program = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
