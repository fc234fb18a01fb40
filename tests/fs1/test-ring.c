// SPDX-License-Identifier: Apache-2.0
/*
 * The device side of a queue: order, wrap, phase, room, and a driver that
 * writes what it likes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-ring.h"
#include "libfs1.h"

#define SQ_ENTRIES 8u
#define CQ_ENTRIES 16u
#define VECTOR 5u

struct ring {
	_Alignas(64) struct fs1_sqe sq[SQ_ENTRIES];
	_Alignas(64) struct fs1_cqe cq[CQ_ENTRIES];
	struct fs1_queue_registers doorbell;
	struct libfs1_host *memory;
	struct fs1_host host;
	struct fs1_queue queue;
	struct fs1_queue_shape shape;
	fs1_u32 interrupts;
};

static int setup(void **state)
{
	struct ring *ring = aligned_alloc(64, (sizeof(*ring) + 63) / 64 * 64);

	assert_non_null(ring);
	memset(ring, 0, sizeof(*ring));
	assert_int_equal(libfs1_host_new(&ring->memory, 1), 0);
	assert_int_equal(libfs1_host_add_region(ring->memory, 0x10000, ring->sq,
						sizeof(ring->sq), false), 0);
	assert_int_equal(libfs1_host_add_region(ring->memory, 0x20000, ring->cq,
						sizeof(ring->cq), true), 0);
	ring->host.ops = libfs1_host_ops();
	ring->host.data = ring->memory;
	ring->shape = (struct fs1_queue_shape){
		.sq_address = 0x10000,
		.cq_address = 0x20000,
		.sq_entries = SQ_ENTRIES,
		.cq_entries = CQ_ENTRIES,
		.vector = VECTOR,
	};
	*state = ring;
	return 0;
}

static int teardown(void **state)
{
	struct ring *ring = *state;

	fs1_queue_close(&ring->queue);
	assert_int_equal(libfs1_host_mappings(ring->memory), 0);
	libfs1_host_free(ring->memory);
	free(ring);
	return 0;
}

static enum fs1_status ring_open(struct ring *ring)
{
	return fs1_queue_open(&ring->queue, &ring->host, &ring->doorbell,
			      &ring->interrupts, &ring->shape);
}

static void ring_submit(struct ring *ring, uint16_t id)
{
	uint32_t tail = fs1_le32_to_cpu(ring->doorbell.sq_tail);

	ring->sq[tail].command_id = fs1_cpu_to_le16(id);
	ring->doorbell.sq_tail = fs1_cpu_to_le32((tail + 1) % SQ_ENTRIES);
}

static void ring_complete(struct ring *ring, uint16_t id)
{
	struct fs1_completion completion = {
		.command_id = id,
		.frame_id = 0x1122334455667788u,
		.status = FS1_ABORTED,
	};

	fs1_queue_complete(&ring->queue, FS1_CQE_BUFFER, &completion);
}

static void test_shapes_out_of_range_are_refused(void **state)
{
	static const struct {
		fs1_u32 sq_entries;
		fs1_u32 cq_entries;
		fs1_u32 vector;
	} bad[] = {
		{ 0, 16, 0 }, { 2, 16, 0 }, { 7, 16, 0 }, { 512, 512, 0 },
		{ 8, 0, 0 }, { 8, 12, 0 }, { 8, 512, 0 }, { 16, 8, 0 },
		{ 8, 16, FS1_QUEUES }, { 0x10008, 0x10010, 0 },
	};
	struct ring *ring = *state;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ring->shape.sq_entries = bad[i].sq_entries;
		ring->shape.cq_entries = bad[i].cq_entries;
		ring->shape.vector = bad[i].vector;
		assert_int_equal(ring_open(ring), FS1_BAD_ARGUMENT);
	}
	assert_int_equal(libfs1_host_mappings(ring->memory), 0);
}

static void test_addresses_the_driver_does_not_own_are_refused(void **state)
{
	struct ring *ring = *state;

	ring->shape.sq_address = 0x10020;
	assert_int_equal(ring_open(ring), FS1_BAD_ADDRESS);
	ring->shape.sq_address = 0x30000;
	assert_int_equal(ring_open(ring), FS1_BAD_ADDRESS);
	ring->shape.sq_address = (fs1_u64)-64;
	assert_int_equal(ring_open(ring), FS1_BAD_ADDRESS);
	ring->shape.sq_address = 0x10000;
	ring->shape.cq_address = 0x10000;	/* exists, but read-only */
	assert_int_equal(ring_open(ring), FS1_BAD_ADDRESS);
	assert_int_equal(libfs1_host_mappings(ring->memory), 0);
}

static void test_open_wants_doorbells_at_zero(void **state)
{
	struct ring *ring = *state;

	ring->doorbell.cq_head = fs1_cpu_to_le32(1);
	assert_int_equal(ring_open(ring), FS1_BAD_STATE);
	ring->doorbell.cq_head = fs1_cpu_to_le32(0);
	assert_int_equal(ring_open(ring), FS1_OK);
}

static void test_entries_keep_order_and_phase_through_three_passes(void **state)
{
	struct ring *ring = *state;
	struct fs1_sqe sqe;
	unsigned int i;

	assert_int_equal(ring_open(ring), FS1_OK);
	for (i = 0; i < 3 * CQ_ENTRIES; i++) {
		const struct fs1_cqe *cqe = &ring->cq[i % CQ_ENTRIES];
		uint32_t phase = i / CQ_ENTRIES % 2 ? 0 : FS1_CQE_PHASE;

		assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
				 FS1_FETCH_EMPTY);
		ring_submit(ring, (uint16_t)(100 + i));
		assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
				 FS1_FETCH_ENTRY);
		assert_int_equal(fs1_le16_to_cpu(sqe.command_id), 100 + i);
		assert_int_not_equal(fs1_le32_to_cpu(cqe->status) & FS1_CQE_PHASE,
				     phase);
		ring_complete(ring, (uint16_t)(100 + i));
		assert_int_equal(fs1_le32_to_cpu(cqe->status),
				 phase | FS1_ABORTED << FS1_CQE_STATUS_SHIFT);
		assert_int_equal(fs1_le16_to_cpu(cqe->command_id), 100 + i);
		assert_int_equal(fs1_le16_to_cpu(cqe->sq_head),
				 (i + 1) % SQ_ENTRIES);
		assert_true(fs1_le64_to_cpu(cqe->frame_id) ==
			    0x1122334455667788u);
		ring->doorbell.cq_head =
			fs1_cpu_to_le32((i + 1) % CQ_ENTRIES);
	}
	assert_int_equal(ring->interrupts, 1u << VECTOR);
}

static void test_nothing_is_fetched_that_could_not_be_completed(void **state)
{
	struct ring *ring = *state;
	struct fs1_sqe sqe;
	unsigned int i;

	assert_int_equal(ring_open(ring), FS1_OK);
	/* The driver never reads: 15 of 16 entries may be used. */
	for (i = 0; i < CQ_ENTRIES - 1; i++) {
		ring_submit(ring, (uint16_t)i);
		assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
				 FS1_FETCH_ENTRY);
		ring_complete(ring, (uint16_t)i);
	}
	ring_submit(ring, 77);
	assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
			 FS1_FETCH_BLOCKED);
	for (i = 0; i < CQ_ENTRIES - 1; i++)
		assert_int_equal(fs1_le16_to_cpu(ring->cq[i].command_id), i);
	assert_int_equal(ring->cq[CQ_ENTRIES - 1].status, 0);

	/* One is read: one is fetched. */
	ring->doorbell.cq_head = fs1_cpu_to_le32(1);
	assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe), FS1_FETCH_ENTRY);
	assert_int_equal(fs1_le16_to_cpu(sqe.command_id), 77);
}

static void test_outstanding_submissions_never_exceed_the_ring(void **state)
{
	struct ring *ring = *state;
	struct fs1_sqe sqe;
	unsigned int i;

	assert_int_equal(ring_open(ring), FS1_OK);
	for (i = 0; i < SQ_ENTRIES; i++) {
		ring_submit(ring, (uint16_t)i);
		assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
				 FS1_FETCH_ENTRY);
	}
	ring_submit(ring, 8);
	assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
			 FS1_FETCH_BLOCKED);
	ring_complete(ring, 0);
	assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe), FS1_FETCH_ENTRY);
}

static void test_hostile_tail_is_never_used(void **state)
{
	static const uint32_t bad[] = { SQ_ENTRIES, 0xffffffffu, 0x80000000u };
	struct ring *ring = *state;
	struct fs1_sqe sqe;
	size_t i;

	assert_int_equal(ring_open(ring), FS1_OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ring->doorbell.sq_tail = fs1_cpu_to_le32(bad[i]);
		assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
				 FS1_FETCH_BROKEN);
	}
}

static void test_hostile_head_is_never_used(void **state)
{
	static const uint32_t bad[] = {
		CQ_ENTRIES, 0xffffffffu,
		1,	/* nothing was posted */
		CQ_ENTRIES - 1,
	};
	struct ring *ring = *state;
	struct fs1_sqe sqe;
	size_t i;

	assert_int_equal(ring_open(ring), FS1_OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ring->doorbell.cq_head = fs1_cpu_to_le32(bad[i]);
		assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
				 FS1_FETCH_BROKEN);
	}
}

static void test_events_leave_room_and_lost_ones_are_flagged(void **state)
{
	struct fs1_completion event = { .command_id = FS1_COMMAND_ID_NONE };
	struct ring *ring = *state;
	struct fs1_sqe sqe;
	unsigned int i;

	assert_int_equal(ring_open(ring), FS1_OK);
	for (i = 0; i < 2 * CQ_ENTRIES; i++)
		fs1_queue_event(&ring->queue, FS1_EVENT_FRAME_START, &event);
	/* 15 entries can be used, 8 are kept for completions. */
	assert_int_equal(ring->cq[6].type, FS1_CQE_EVENT);
	assert_int_equal(ring->cq[6].event, FS1_EVENT_FRAME_START);
	assert_int_equal(ring->cq[7].type, 0);

	for (i = 0; i < SQ_ENTRIES; i++) {
		ring_submit(ring, (uint16_t)i);
		assert_int_equal(fs1_queue_fetch(&ring->queue, &sqe),
				 FS1_FETCH_ENTRY);
		ring_complete(ring, (uint16_t)i);
	}
	assert_true(fs1_le32_to_cpu(ring->cq[7].status) &
		    FS1_CQE_FLAG_EVENTS_LOST);
	assert_false(fs1_le32_to_cpu(ring->cq[8].status) &
		     FS1_CQE_FLAG_EVENTS_LOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_shapes_out_of_range_are_refused),
		TEST(test_addresses_the_driver_does_not_own_are_refused),
		TEST(test_open_wants_doorbells_at_zero),
		TEST(test_entries_keep_order_and_phase_through_three_passes),
		TEST(test_nothing_is_fetched_that_could_not_be_completed),
		TEST(test_outstanding_submissions_never_exceed_the_ring),
		TEST(test_hostile_tail_is_never_used),
		TEST(test_hostile_head_is_never_used),
		TEST(test_events_leave_room_and_lost_ones_are_flagged),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
