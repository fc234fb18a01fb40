// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings: submit, complete, abort.
 *
 * The device is not trusted. An entry is copied once and then checked; a
 * command id counts only if it is the one given out for a submission that is
 * still outstanding: its low bits are the slot, its high bits a counter, so
 * that an answer which comes twice or too late hits nobody. What makes no
 * sense is counted, reported (rate-limited) and dropped.
 *
 * Copyright The Fovea authors
 */
#include <linux/bitops.h>
#include <linux/device.h>

#include "fovea-core.h"
#include "fovea-queue.h"

static_assert(FOVEA_CQ_ENTRIES <= FS1_RING_ENTRIES_MAX);
static_assert(FOVEA_CQ_ENTRIES >= FOVEA_SQ_ENTRIES);

#define FOVEA_SQ_SIZE (FOVEA_SQ_ENTRIES * sizeof(struct fs1_sqe))
#define FOVEA_CQ_SIZE (FOVEA_CQ_ENTRIES * sizeof(struct fs1_cqe))

void fovea_queue_init(struct fovea_queue *queue, struct fovea_device *fovea,
		      unsigned int index, enum fs1_cqe_type type)
{
	queue->fovea = fovea;
	queue->index = index;
	queue->completion_type = type;
	spin_lock_init(&queue->lock);
}

/* Tells the device one of the two indices; the doorbell is the caller's. */
static void fovea_queue_write(const struct fovea_queue *queue, size_t member,
			      u32 value)
{
	struct fovea_device *fovea = queue->fovea;
	u32 offset = FOVEA_REGISTER(queue) +
		     queue->index * sizeof(struct fs1_queue_registers) + member;

	fovea->ops->write(fovea->backend, offset, value);
}

int fovea_queue_alloc(struct fovea_queue *queue)
{
	const struct fovea_backend_ops *ops = queue->fovea->ops;
	void *backend = queue->fovea->backend;
	struct fs1_sqe *sq;
	struct fs1_cqe *cq;

	sq = ops->alloc(backend, FOVEA_SQ_SIZE, &queue->sq_address);
	if (!sq)
		return -ENOMEM;
	cq = ops->alloc(backend, FOVEA_CQ_SIZE, &queue->cq_address);
	if (!cq) {
		ops->free(backend, FOVEA_SQ_SIZE, sq, queue->sq_address);
		return -ENOMEM;
	}

	spin_lock_irq(&queue->lock);
	queue->sq_tail = 0;
	queue->cq_head = 0;
	queue->phase = FS1_CQE_PHASE;
	queue->sq = sq;
	queue->cq = cq;
	/* A queue begins with both indices at 0, whatever an earlier one left. */
	fovea_queue_write(queue, offsetof(struct fs1_queue_registers, sq_tail),
			  0);
	fovea_queue_write(queue, offsetof(struct fs1_queue_registers, cq_head),
			  0);
	spin_unlock_irq(&queue->lock);
	return 0;
}

void fovea_queue_free(struct fovea_queue *queue)
{
	const struct fovea_backend_ops *ops = queue->fovea->ops;
	void *backend = queue->fovea->backend;
	struct fs1_sqe *sq;
	struct fs1_cqe *cq;

	spin_lock_irq(&queue->lock);
	WARN_ON(queue->outstanding);
	sq = queue->sq;
	cq = queue->cq;
	queue->sq = NULL;
	queue->cq = NULL;
	spin_unlock_irq(&queue->lock);

	if (!sq)
		return;
	ops->free(backend, FOVEA_CQ_SIZE, cq, queue->cq_address);
	ops->free(backend, FOVEA_SQ_SIZE, sq, queue->sq_address);
}

static void fovea_queue_ring(const struct fovea_queue *queue)
{
	struct fovea_device *fovea = queue->fovea;

	fovea->ops->doorbell(fovea->backend, queue->index);
}

/* The next command id of a slot: another one than last time, never NONE. */
static u16 fovea_queue_next_id(struct fovea_queue *queue, unsigned int slot)
{
	u16 id = queue->slot[slot].command_id + FOVEA_SQ_ENTRIES;

	id = (id & ~(FOVEA_SQ_ENTRIES - 1)) | slot;
	if (id == FS1_COMMAND_ID_NONE)
		id = slot;
	return id;
}

int fovea_queue_submit_locked(struct fovea_queue *queue,
			      const struct fs1_sqe *sqe,
			      struct fovea_request *request)
{
	struct fs1_sqe *entry;
	unsigned int slot;
	u16 id;

	lockdep_assert_held(&queue->lock);

	if (!queue->sq)
		return -ENODEV;
	/*
	 * One entry stays free, to tell a full ring from an empty one. Nothing
	 * that isn't outstanding lies in the ring, so this bounds that too.
	 */
	if (queue->outstanding >= FOVEA_SQ_ENTRIES - 1)
		return -EAGAIN;
	for (slot = 0; queue->slot[slot].request; slot++)
		;

	id = fovea_queue_next_id(queue, slot);
	queue->slot[slot].request = request;
	queue->slot[slot].command_id = id;
	queue->outstanding++;

	entry = &queue->sq[queue->sq_tail];
	*entry = *sqe;
	entry->command_id = cpu_to_le16(id);
	queue->sq_tail = (queue->sq_tail + 1) % FOVEA_SQ_ENTRIES;

	fovea_queue_write(queue, offsetof(struct fs1_queue_registers, sq_tail),
			  queue->sq_tail);
	fovea_queue_ring(queue);
	return 0;
}

static void fovea_queue_nonsense(struct fovea_queue *queue, const char *what,
				 u32 value)
{
	queue->errors++;
	dev_err_ratelimited(queue->fovea->dev,
			    "queue %u: device answered with %s %#x, dropped\n",
			    queue->index, what, value);
}

/* Takes the request off its slot, or NULL when @id is none that waits. */
static struct fovea_request *fovea_queue_take(struct fovea_queue *queue, u16 id)
{
	unsigned int slot = id % FOVEA_SQ_ENTRIES;
	struct fovea_request *request = queue->slot[slot].request;

	lockdep_assert_held(&queue->lock);

	if (!request || queue->slot[slot].command_id != id)
		return NULL;
	queue->slot[slot].request = NULL;
	queue->outstanding--;
	return request;
}

static void fovea_queue_dispatch(struct fovea_queue *queue,
				 const struct fs1_cqe *cqe, u32 status)
{
	struct fovea_answer answer = {
		.frame_id = le64_to_cpu(cqe->frame_id),
		.timestamp = le64_to_cpu(cqe->timestamp),
		.result = le32_to_cpu(cqe->result),
		.status = (status & FS1_CQE_STATUS_MASK) >>
			  FS1_CQE_STATUS_SHIFT,
	};
	u16 id = le16_to_cpu(cqe->command_id);
	struct fovea_request *request;

	if (status & FS1_CQE_FLAG_EVENTS_LOST)
		queue->events_lost++;

	if (cqe->type == FS1_CQE_EVENT) {
		if (queue->event)
			queue->event(queue, cqe->event, &answer);
		else
			fovea_queue_nonsense(queue, "event", cqe->event);
		return;
	}
	if (cqe->type != queue->completion_type) {
		fovea_queue_nonsense(queue, "type", cqe->type);
		return;
	}
	request = fovea_queue_take(queue, id);
	if (!request) {
		fovea_queue_nonsense(queue, "command id", id);
		return;
	}
	request->done(request, &answer);
}

void fovea_queue_process(struct fovea_queue *queue)
{
	unsigned int budget = FOVEA_CQ_ENTRIES;
	bool progress = false;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	while (queue->cq && budget--) {
		const struct fs1_cqe *entry = &queue->cq[queue->cq_head];
		struct fs1_cqe cqe;
		u32 status;

		/* The device writes the status last: the rest comes after. */
		status = le32_to_cpu(smp_load_acquire(&entry->status));
		if ((status & FS1_CQE_PHASE) != queue->phase)
			break;
		cqe = *entry;
		/* From here on only the copy counts. */
		barrier();

		queue->cq_head++;
		if (queue->cq_head == FOVEA_CQ_ENTRIES) {
			queue->cq_head = 0;
			queue->phase ^= FS1_CQE_PHASE;
		}
		fovea_queue_write(queue,
				  offsetof(struct fs1_queue_registers, cq_head),
				  queue->cq_head);
		fovea_queue_dispatch(queue, &cqe, status);
		progress = true;
	}
	/* The device may wait for room. */
	if (progress)
		fovea_queue_ring(queue);
	spin_unlock_irqrestore(&queue->lock, flags);
}

bool fovea_queue_cancel(struct fovea_queue *queue,
			struct fovea_request *request)
{
	unsigned long flags;
	bool found = false;
	unsigned int i;

	spin_lock_irqsave(&queue->lock, flags);
	for (i = 0; i < FOVEA_SQ_ENTRIES && !found; i++)
		if (queue->slot[i].request == request) {
			fovea_queue_take(queue, queue->slot[i].command_id);
			found = true;
		}
	spin_unlock_irqrestore(&queue->lock, flags);
	return found;
}

void fovea_queue_abort(struct fovea_queue *queue)
{
	static const struct fovea_answer aborted = { .status = FS1_ABORTED };
	struct fovea_request *request;
	unsigned long flags;
	unsigned int i;

	spin_lock_irqsave(&queue->lock, flags);
	for (i = 0; i < FOVEA_SQ_ENTRIES; i++) {
		if (!queue->slot[i].request)
			continue;
		request = fovea_queue_take(queue, queue->slot[i].command_id);
		request->done(request, &aborted);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
}
