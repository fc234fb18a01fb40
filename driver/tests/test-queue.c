// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings: the test is the device and plays its side entry by entry.
 *
 * Copyright The Fovea authors
 */
#include <kunit/device.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/slab.h>

#include "../fovea-core.h"
#include "../fovea-queue.h"

#define QUEUE	FS1_STREAM_PREVIEW

/**
 * struct ring - a queue without a device behind it
 * @test: the test
 * @fovea: has the ops alone
 * @queue: what is tested
 * @cq_tail: next completion to write
 * @phase: of those
 * @sq_tail: as the driver said last
 * @cq_head: likewise
 * @doorbells: rung
 * @allocations: not freed
 * @alloc_limit: so many succeed
 * @events: that were reported
 * @event: the last one
 * @astray: how often that was called
 * @request: what waits
 * @order: requests in the order of their completions, as indices
 * @answer: of them
 * @done: how many
 */
struct ring {
	struct kunit *test;
	struct fovea_device *fovea;
	struct fovea_queue queue;
	u32 cq_tail;
	u32 phase;
	u32 sq_tail;
	u32 cq_head;
	unsigned int doorbells;
	unsigned int allocations;
	unsigned int alloc_limit;
	unsigned int events;
	struct fovea_answer event;
	unsigned int astray;
	struct fovea_request request[FOVEA_SQ_ENTRIES];
	unsigned int order[FOVEA_SQ_ENTRIES];
	struct fovea_answer answer[FOVEA_SQ_ENTRIES];
	unsigned int done;
};

static u32 ring_read(void *backend, u32 offset)
{
	return 0;
}

static void ring_write(void *backend, u32 offset, u32 value)
{
	const u32 base = FOVEA_REGISTER(queue) +
			 QUEUE * sizeof(struct fs1_queue_registers);
	struct ring *ring = backend;

	if (offset == base + offsetof(struct fs1_queue_registers, sq_tail))
		ring->sq_tail = value;
	else if (offset == base + offsetof(struct fs1_queue_registers, cq_head))
		ring->cq_head = value;
	else
		KUNIT_FAIL(ring->test, "register %#x is another's", offset);
}

static void ring_doorbell(void *backend, unsigned int queue)
{
	struct ring *ring = backend;

	KUNIT_EXPECT_EQ(ring->test, queue, QUEUE);
	ring->doorbells++;
}

static void *ring_alloc(void *backend, size_t size, u64 *ret_address)
{
	struct ring *ring = backend;

	if (!ring->alloc_limit)
		return NULL;
	ring->alloc_limit--;
	ring->allocations++;
	*ret_address = ring->allocations;
	return kzalloc(size, GFP_KERNEL);
}

static void ring_free(void *backend, size_t size, void *memory, u64 address)
{
	struct ring *ring = backend;

	ring->allocations--;
	kfree(memory);
}

static const struct fovea_backend_ops ring_ops = {
	.read = ring_read,
	.write = ring_write,
	.doorbell = ring_doorbell,
	.alloc = ring_alloc,
	.free = ring_free,
};

static void ring_done(struct fovea_request *request,
		      const struct fovea_answer *answer)
{
	struct kunit *test = kunit_get_current_test();
	struct ring *ring = test->priv;

	KUNIT_ASSERT_LT(test, ring->done, FOVEA_SQ_ENTRIES);
	ring->order[ring->done] = request - ring->request;
	ring->answer[ring->done++] = *answer;
}

static void ring_event(struct fovea_queue *queue, u8 event,
		       const struct fovea_answer *answer)
{
	struct ring *ring = container_of(queue, struct ring, queue);

	ring->events++;
	ring->event = *answer;
}

static void ring_astray(struct fovea_queue *queue)
{
	container_of(queue, struct ring, queue)->astray++;
}

static int ring_init(struct kunit *test)
{
	struct ring *ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);
	struct fovea_device *fovea = kunit_kzalloc(test, sizeof(*fovea),
						   GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ring);
	KUNIT_ASSERT_NOT_NULL(test, fovea);
	test->priv = ring;
	ring->test = test;
	ring->fovea = fovea;
	ring->alloc_limit = UINT_MAX;
	ring->phase = FS1_CQE_PHASE;
	fovea->dev = kunit_device_register(test, "fovea-ring");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fovea->dev);
	fovea->ops = &ring_ops;
	fovea->backend = ring;
	fovea->state = FOVEA_RUNNING;
	fovea_queue_init(&ring->queue, fovea, QUEUE, FS1_CQE_BUFFER);
	KUNIT_ASSERT_EQ(test, fovea_queue_alloc(&ring->queue), 0);
	KUNIT_ASSERT_EQ(test, fovea_queue_open(&ring->queue), 0);
	return 0;
}

static void ring_exit(struct kunit *test)
{
	struct ring *ring = test->priv;

	if (!ring || !ring->queue.fovea)
		return;
	/* What still waits may be on the stack of a test that is over. */
	ring->done = 0;
	fovea_queue_close(&ring->queue);
	fovea_queue_free(&ring->queue);
	KUNIT_EXPECT_EQ(test, ring->allocations, 0u);
}

/* ------------------------------------------------------------------------
 * The device's side
 */

static int ring_submit(struct ring *ring, unsigned int i)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_BUFFER,
		.length = cpu_to_le32(1000 + i),
	};
	int r;

	ring->request[i].done = ring_done;
	spin_lock_irq(&ring->queue.lock);
	r = fovea_queue_submit_locked(&ring->queue, &sqe, &ring->request[i]);
	spin_unlock_irq(&ring->queue.lock);
	return r;
}

static void ring_submit_many(struct ring *ring, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		KUNIT_ASSERT_EQ(ring->test, ring_submit(ring, i), 0);
}

/* The id of the submission at some place of the ring. */
static u16 ring_id(const struct ring *ring, unsigned int place)
{
	return le16_to_cpu(ring->queue.sq[place % FOVEA_SQ_ENTRIES].command_id);
}

static void ring_write_cqe(struct ring *ring, struct fs1_cqe cqe)
{
	u32 status = le32_to_cpu(cqe.status);

	cqe.status = cpu_to_le32(status | ring->phase);
	ring->queue.cq[ring->cq_tail++] = cqe;
	if (ring->cq_tail == FOVEA_CQ_ENTRIES) {
		ring->cq_tail = 0;
		ring->phase ^= FS1_CQE_PHASE;
	}
}

static struct fs1_cqe ring_cqe(u16 id, u32 status)
{
	return (struct fs1_cqe) {
		.command_id = cpu_to_le16(id),
		.type = FS1_CQE_BUFFER,
		.status = cpu_to_le32(status << FS1_CQE_STATUS_SHIFT),
	};
}

/* ------------------------------------------------------------------------
 * Submissions
 */

static void queue_submit(struct kunit *test)
{
	struct ring *ring = test->priv;
	const struct fs1_sqe *entry = ring->queue.sq;

	KUNIT_ASSERT_EQ(test, ring_submit(ring, 0), 0);
	KUNIT_EXPECT_EQ(test, entry->opcode, FS1_BUFFER);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(entry->length), 1000u);
	KUNIT_EXPECT_NE(test, ring_id(ring, 0), FS1_COMMAND_ID_NONE);
	KUNIT_EXPECT_EQ(test, ring->sq_tail, 1u);
	KUNIT_EXPECT_EQ(test, ring->doorbells, 1u);
	KUNIT_EXPECT_EQ(test, ring->queue.outstanding, 1u);
	KUNIT_EXPECT_EQ(test, ring->done, 0u);
}

static void queue_full(struct kunit *test)
{
	struct ring *ring = test->priv;

	ring_submit_many(ring, FOVEA_SQ_ENTRIES - 1);
	KUNIT_EXPECT_EQ(test, ring->sq_tail, FOVEA_SQ_ENTRIES - 1);
	KUNIT_EXPECT_EQ(test, ring_submit(ring, FOVEA_SQ_ENTRIES - 1), -EAGAIN);
	KUNIT_EXPECT_EQ(test, ring->sq_tail, FOVEA_SQ_ENTRIES - 1);
	/* Room for one, and for no more than one. */
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 5), FS1_OK));
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 1u);
	KUNIT_EXPECT_EQ(test, ring->order[0], 5u);
	KUNIT_EXPECT_EQ(test, ring_submit(ring, 5), 0);
	KUNIT_EXPECT_EQ(test, ring->sq_tail, 0u);
	KUNIT_EXPECT_EQ(test, ring_submit(ring, FOVEA_SQ_ENTRIES - 1), -EAGAIN);
}

static void queue_submission_wrap(struct kunit *test)
{
	struct ring *ring = test->priv;
	u16 last = FS1_COMMAND_ID_NONE;
	unsigned int i;

	for (i = 0; i < 3 * FOVEA_SQ_ENTRIES; i++) {
		KUNIT_ASSERT_EQ(test, ring_submit(ring, i % 7), 0);
		KUNIT_EXPECT_EQ(test, ring->sq_tail,
				(i + 1) % FOVEA_SQ_ENTRIES);
		/* An id that just was given out would make a late answer ours. */
		KUNIT_EXPECT_NE(test, ring_id(ring, i), last);
		last = ring_id(ring, i);
		ring->done = 0;
		ring_write_cqe(ring, ring_cqe(last, FS1_OK));
		KUNIT_ASSERT_EQ(test, fovea_queue_process(&ring->queue), 1u);
		KUNIT_ASSERT_EQ(test, ring->done, 1u);
		KUNIT_EXPECT_EQ(test, ring->order[0], i % 7);
	}
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 0u);
}

/* ------------------------------------------------------------------------
 * Completions
 */

static void queue_answer(struct kunit *test)
{
	struct ring *ring = test->priv;
	struct fs1_cqe cqe;

	ring_submit_many(ring, 1);
	cqe = ring_cqe(ring_id(ring, 0), FS1_BAD_LENGTH);
	cqe.frame_id = cpu_to_le64(0x123456789abcdef0ull);
	cqe.timestamp = cpu_to_le64(0x0fedcba987654321ull);
	cqe.result = cpu_to_le32(0x80000001u);
	ring_write_cqe(ring, cqe);
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 1u);
	KUNIT_ASSERT_EQ(test, ring->done, 1u);
	KUNIT_EXPECT_EQ(test, ring->answer[0].frame_id, 0x123456789abcdef0ull);
	KUNIT_EXPECT_EQ(test, ring->answer[0].timestamp, 0x0fedcba987654321ull);
	KUNIT_EXPECT_EQ(test, ring->answer[0].result, 0x80000001u);
	KUNIT_EXPECT_EQ(test, ring->answer[0].status, FS1_BAD_LENGTH);
	KUNIT_EXPECT_EQ(test, ring->cq_head, 1u);
	KUNIT_EXPECT_EQ(test, ring->queue.outstanding, 0u);
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 0u);
}

/* Two and a half times around the ring: each is answered once, in its turn. */
static void queue_completion_wrap(struct kunit *test)
{
	const unsigned int total = 5 * FOVEA_CQ_ENTRIES / 2;
	struct ring *ring = test->priv;
	unsigned int i, batch, sent = 0;

	for (batch = 1; sent < total; batch = batch % 40 + 1) {
		ring_submit_many(ring, batch);
		for (i = 0; i < batch; i++)
			ring_write_cqe(ring, ring_cqe(ring_id(ring, sent + i),
						      FS1_OK));
		ring->done = 0;
		KUNIT_ASSERT_EQ(test, fovea_queue_process(&ring->queue), batch);
		KUNIT_ASSERT_EQ(test, ring->done, batch);
		for (i = 0; i < batch; i++)
			KUNIT_EXPECT_EQ(test, ring->order[i], i);
		sent += batch;
		KUNIT_EXPECT_EQ(test, ring->cq_head, sent % FOVEA_CQ_ENTRIES);
		KUNIT_EXPECT_EQ(test, ring->queue.phase,
				sent / FOVEA_CQ_ENTRIES % 2 ^ FS1_CQE_PHASE);
		/* What lies behind is of the pass before. */
		KUNIT_ASSERT_EQ(test, fovea_queue_process(&ring->queue), 0u);
	}
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 0u);
	KUNIT_EXPECT_EQ(test, ring->queue.completions, (u64)sent);
}

static void queue_phase(struct kunit *test)
{
	struct ring *ring = test->priv;

	ring_submit_many(ring, 1);
	/* An entry of the next pass is none of this one. */
	ring->phase ^= FS1_CQE_PHASE;
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 0), FS1_OK));
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 0u);
	KUNIT_EXPECT_EQ(test, ring->done, 0u);
	KUNIT_EXPECT_EQ(test, ring->cq_head, 0u);
}

/* A device that waits for room is told of it. */
static void queue_room(struct kunit *test)
{
	struct ring *ring = test->priv;
	unsigned int i, rung;

	ring->queue.event = ring_event;
	for (i = 0; i < FOVEA_CQ_ENTRIES / 4 - 1; i++)
		ring_write_cqe(ring, (struct fs1_cqe) { .type = FS1_CQE_EVENT });
	rung = ring->doorbells;
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), i);
	KUNIT_EXPECT_EQ(test, ring->doorbells, rung);
	for (i = 0; i < FOVEA_CQ_ENTRIES / 4; i++)
		ring_write_cqe(ring, (struct fs1_cqe) { .type = FS1_CQE_EVENT });
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), i);
	KUNIT_EXPECT_EQ(test, ring->doorbells, rung + 1);
}

static void queue_event(struct kunit *test)
{
	struct ring *ring = test->priv;
	struct fs1_cqe cqe = {
		.type = FS1_CQE_EVENT,
		.event = FS1_EVENT_FRAME_START,
		.frame_id = cpu_to_le64(42),
		.status = cpu_to_le32(FS1_CQE_FLAG_EVENTS_LOST),
	};

	/* On a queue without events there are none. */
	ring_write_cqe(ring, cqe);
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 1u);
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 1u);
	KUNIT_EXPECT_EQ(test, ring->queue.events_lost, 1u);
	ring->queue.event = ring_event;
	cqe.status = 0;
	ring_write_cqe(ring, cqe);
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 1u);
	KUNIT_EXPECT_EQ(test, ring->events, 1u);
	KUNIT_EXPECT_EQ(test, ring->event.frame_id, 42ull);
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 1u);
	KUNIT_EXPECT_EQ(test, ring->queue.events_lost, 1u);
}

/* ------------------------------------------------------------------------
 * A device that isn't trusted
 */

static void queue_nonsense(struct kunit *test)
{
	struct ring *ring = test->priv;
	struct fs1_cqe cqe;
	u16 id;

	ring_submit_many(ring, 2);
	id = ring_id(ring, 0);
	/* Ids nobody has, among them one of a later round of the slot. */
	ring_write_cqe(ring, ring_cqe(id + FOVEA_SQ_ENTRIES, FS1_OK));
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 1) + 1, FS1_OK));
	ring_write_cqe(ring, ring_cqe(FS1_COMMAND_ID_NONE, FS1_OK));
	/* Of another kind. */
	cqe = ring_cqe(id, FS1_OK);
	cqe.type = FS1_CQE_COMMAND;
	ring_write_cqe(ring, cqe);
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 4u);
	KUNIT_EXPECT_EQ(test, ring->done, 0u);
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 4u);
	/* An impossible ring index is counted; the answer counts too. */
	cqe = ring_cqe(id, FS1_OK);
	cqe.sq_head = cpu_to_le16(FOVEA_SQ_ENTRIES);
	ring_write_cqe(ring, cqe);
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 1u);
	KUNIT_EXPECT_EQ(test, ring->done, 1u);
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 5u);
	/* Twice is once too often. */
	ring_write_cqe(ring, ring_cqe(id, FS1_OK));
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 1u);
	KUNIT_EXPECT_EQ(test, ring->done, 1u);
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 6u);
	KUNIT_EXPECT_EQ(test, ring->queue.outstanding, 1u);
}

static void queue_late_answer(struct kunit *test)
{
	struct ring *ring = test->priv;

	ring_submit_many(ring, 1);
	KUNIT_EXPECT_TRUE(test, fovea_queue_abandon(&ring->queue,
						    &ring->request[0]));
	KUNIT_EXPECT_FALSE(test, fovea_queue_abandon(&ring->queue,
						     &ring->request[0]));
	/* Its slot is another's only when the answer is there. */
	KUNIT_EXPECT_EQ(test, ring->queue.outstanding, 1u);
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 0), FS1_OK));
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 1u);
	KUNIT_EXPECT_EQ(test, ring->queue.outstanding, 0u);
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 0u);
	KUNIT_EXPECT_EQ(test, ring->done, 0u);
}

static void queue_out_of_turn(struct kunit *test)
{
	struct ring *ring = test->priv;
	unsigned int i;

	ring->queue.astray = ring_astray;
	ring_submit_many(ring, 4);
	/* What is refused may be so at once. */
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 2), FS1_BAD_ADDRESS));
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 0), FS1_OK));
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 2u);
	KUNIT_EXPECT_EQ(test, ring->done, 2u);
	KUNIT_EXPECT_EQ(test, ring->astray, 0u);
	/* The next in turn is 1: after 3 nothing is believed any more. */
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 3), FS1_OK));
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 1), FS1_OK));
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 2u);
	KUNIT_EXPECT_EQ(test, ring->astray, 1u);
	KUNIT_EXPECT_EQ(test, ring->done, 2u);
	/* They come back when they are recalled, in order. */
	KUNIT_EXPECT_TRUE(test, fovea_queue_recall(&ring->queue));
	KUNIT_ASSERT_EQ(test, ring->done, 4u);
	KUNIT_EXPECT_EQ(test, ring->order[2], 1u);
	KUNIT_EXPECT_EQ(test, ring->order[3], 3u);
	for (i = 2; i < 4; i++)
		KUNIT_EXPECT_EQ(test, ring->answer[i].status, FS1_ABORTED);
}

/* ------------------------------------------------------------------------
 * The end
 */

static void queue_abort(struct kunit *test)
{
	struct ring *ring = test->priv;
	unsigned int i, rung;

	ring_submit_many(ring, 10);
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 0), FS1_OK));
	fovea_queue_process(&ring->queue);
	fovea_queue_abandon(&ring->queue, &ring->request[4]);
	rung = ring->doorbells;

	fovea_queue_close(&ring->queue);
	KUNIT_ASSERT_EQ(test, ring->done, 9u);
	for (i = 1; i < 9; i++) {
		KUNIT_EXPECT_EQ(test, ring->order[i], i < 4 ? i : i + 1);
		KUNIT_EXPECT_EQ(test, ring->answer[i].status, FS1_ABORTED);
	}
	KUNIT_EXPECT_EQ(test, ring->queue.outstanding, 0u);

	/* Closed: nothing goes in, nothing comes out, no register is touched. */
	KUNIT_EXPECT_EQ(test, ring_submit(ring, 0), -ESHUTDOWN);
	ring_write_cqe(ring, ring_cqe(ring_id(ring, 1), FS1_OK));
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 0u);
	fovea_queue_ring(&ring->queue);
	KUNIT_EXPECT_EQ(test, ring->doorbells, rung);
	KUNIT_EXPECT_EQ(test, ring->done, 9u);
	fovea_queue_close(&ring->queue);
	KUNIT_EXPECT_EQ(test, ring->done, 9u);
}

static void queue_reopen(struct kunit *test)
{
	struct ring *ring = test->priv;
	u16 before;

	ring_submit_many(ring, 3);
	before = ring_id(ring, 0);
	fovea_queue_close(&ring->queue);
	ring->done = 0;
	KUNIT_ASSERT_EQ(test, fovea_queue_open(&ring->queue), 0);
	KUNIT_EXPECT_EQ(test, ring->sq_tail, 0u);
	KUNIT_EXPECT_EQ(test, ring->cq_head, 0u);
	KUNIT_EXPECT_NULL(test, memchr_inv(ring->queue.sq, 0, FOVEA_SQ_ENTRIES *
					   sizeof(struct fs1_sqe)));
	ring_submit_many(ring, 1);
	/* An answer to the life before is nobody's. */
	KUNIT_EXPECT_NE(test, ring_id(ring, 0), before);
	ring_write_cqe(ring, ring_cqe(before, FS1_OK));
	KUNIT_EXPECT_EQ(test, fovea_queue_process(&ring->queue), 1u);
	KUNIT_EXPECT_EQ(test, ring->done, 0u);
	KUNIT_EXPECT_EQ(test, ring->queue.errors, 1u);
}

static void queue_recall(struct kunit *test)
{
	struct ring *ring = test->priv;

	KUNIT_EXPECT_FALSE(test, fovea_queue_recall(&ring->queue));
	ring_submit_many(ring, 2);
	KUNIT_EXPECT_TRUE(test, fovea_queue_recall(&ring->queue));
	KUNIT_EXPECT_EQ(test, ring->done, 2u);
	/* It is still open. */
	KUNIT_EXPECT_EQ(test, ring_submit(ring, 0), 0);
	fovea_queue_ring(&ring->queue);
	KUNIT_EXPECT_EQ(test, ring->doorbells, 4u);
}

static void queue_gone(struct kunit *test)
{
	struct ring *ring = test->priv;

	fovea_queue_close(&ring->queue);
	ring->fovea->state = FOVEA_GONE;
	KUNIT_EXPECT_EQ(test, fovea_queue_open(&ring->queue), -ENODEV);
	KUNIT_EXPECT_FALSE(test, ring->queue.open);
}

static void queue_no_memory(struct kunit *test)
{
	struct ring *ring = test->priv;
	unsigned int limit;

	fovea_queue_close(&ring->queue);
	fovea_queue_free(&ring->queue);
	for (limit = 0; limit < 2; limit++) {
		ring->alloc_limit = limit;
		KUNIT_EXPECT_EQ(test, fovea_queue_alloc(&ring->queue), -ENOMEM);
		KUNIT_EXPECT_NULL(test, ring->queue.sq);
		KUNIT_EXPECT_NULL(test, ring->queue.cq);
		fovea_queue_free(&ring->queue);
		KUNIT_EXPECT_EQ(test, ring->allocations, 0u);
	}
	ring->alloc_limit = 2;
	KUNIT_EXPECT_EQ(test, fovea_queue_alloc(&ring->queue), 0);
}

static struct kunit_case queue_tests[] = {
	KUNIT_CASE(queue_submit),
	KUNIT_CASE(queue_full),
	KUNIT_CASE(queue_submission_wrap),
	KUNIT_CASE(queue_answer),
	KUNIT_CASE(queue_completion_wrap),
	KUNIT_CASE(queue_phase),
	KUNIT_CASE(queue_room),
	KUNIT_CASE(queue_event),
	KUNIT_CASE(queue_nonsense),
	KUNIT_CASE(queue_late_answer),
	KUNIT_CASE(queue_out_of_turn),
	KUNIT_CASE(queue_abort),
	KUNIT_CASE(queue_reopen),
	KUNIT_CASE(queue_recall),
	KUNIT_CASE(queue_gone),
	KUNIT_CASE(queue_no_memory),
	{}
};

static struct kunit_suite queue_suite = {
	.name = "fovea-queue",
	.init = ring_init,
	.exit = ring_exit,
	.test_cases = queue_tests,
};

kunit_test_suites(&queue_suite);
