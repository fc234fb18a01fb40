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
#include <linux/bitmap.h>
#include <linux/device.h>
#include <linux/lockdep.h>

#include "fovea-core.h"
#include "fovea-queue.h"

static_assert(FOVEA_CQ_ENTRIES <= FS1_RING_ENTRIES_MAX);
static_assert(FOVEA_CQ_ENTRIES >= FOVEA_SQ_ENTRIES);

#define FOVEA_SQ_SIZE (FOVEA_SQ_ENTRIES * sizeof(struct fs1_sqe))
#define FOVEA_CQ_SIZE (FOVEA_CQ_ENTRIES * sizeof(struct fs1_cqe))

/*
 * While a queue is closed the device must not be touched: it may sleep. So all
 * that follows looks at @open with the lock held.
 */

void fovea_queue_init(struct fovea_queue *queue, struct fovea_device *fovea,
		      unsigned int index, enum fs1_cqe_type type)
{
	static struct lock_class_key admin_key;

	queue->fovea = fovea;
	queue->index = index;
	queue->completion_type = type;
	INIT_LIST_HEAD(&queue->waiting);
	spin_lock_init(&queue->lock);
	/* Taken inside that of a stream, see fovea-core.h. */
	if (index == FS1_QUEUE_ADMIN)
		lockdep_set_class(&queue->lock, &admin_key);
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

	queue->sq = ops->alloc(backend, FOVEA_SQ_SIZE, &queue->sq_address);
	if (!queue->sq)
		return -ENOMEM;
	queue->cq = ops->alloc(backend, FOVEA_CQ_SIZE, &queue->cq_address);
	if (!queue->cq) {
		fovea_queue_free(queue);
		return -ENOMEM;
	}
	return 0;
}

void fovea_queue_free(struct fovea_queue *queue)
{
	const struct fovea_backend_ops *ops = queue->fovea->ops;
	void *backend = queue->fovea->backend;

	WARN_ON(queue->open);
	if (queue->cq)
		ops->free(backend, FOVEA_CQ_SIZE, queue->cq, queue->cq_address);
	if (queue->sq)
		ops->free(backend, FOVEA_SQ_SIZE, queue->sq, queue->sq_address);
	queue->cq = NULL;
	queue->sq = NULL;
}

int fovea_queue_open(struct fovea_queue *queue)
{
	unsigned long flags;
	int r = 0;

	spin_lock_irqsave(&queue->lock, flags);
	/* Under the lock: whoever declares it gone closes all queues after. */
	if (READ_ONCE(queue->fovea->state) == FOVEA_GONE) {
		r = -ENODEV;
		goto out;
	}
	memset(queue->sq, 0, FOVEA_SQ_SIZE);
	memset(queue->cq, 0, FOVEA_CQ_SIZE);
	queue->sq_tail = 0;
	queue->cq_head = 0;
	queue->phase = FS1_CQE_PHASE;
	queue->broken = false;
	queue->open = true;
	/* A queue begins with both indices at 0, whatever an earlier one left. */
	fovea_queue_write(queue, offsetof(struct fs1_queue_registers, sq_tail),
			  0);
	fovea_queue_write(queue, offsetof(struct fs1_queue_registers, cq_head),
			  0);
out:
	spin_unlock_irqrestore(&queue->lock, flags);
	return r;
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

static void fovea_queue_ring_locked(const struct fovea_queue *queue)
{
	struct fovea_device *fovea = queue->fovea;

	fovea->ops->doorbell(fovea->backend, queue->index);
}

void fovea_queue_ring(struct fovea_queue *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	if (queue->open)
		fovea_queue_ring_locked(queue);
	spin_unlock_irqrestore(&queue->lock, flags);
}

int fovea_queue_submit_locked(struct fovea_queue *queue,
			      const struct fs1_sqe *sqe,
			      struct fovea_request *request)
{
	struct fs1_sqe *entry;
	unsigned int slot;
	u16 id;

	lockdep_assert_held(&queue->lock);

	if (!queue->open)
		return -ESHUTDOWN;
	/*
	 * One entry stays free, to tell a full ring from an empty one. Nothing
	 * that isn't outstanding lies in the ring, so this bounds that too.
	 */
	if (queue->outstanding >= FOVEA_SQ_ENTRIES - 1)
		return -EAGAIN;
	slot = find_first_zero_bit(queue->used, FOVEA_SQ_ENTRIES);

	id = fovea_queue_next_id(queue, slot);
	__set_bit(slot, queue->used);
	queue->slot[slot].request = request;
	queue->slot[slot].command_id = id;
	queue->outstanding++;
	request->slot = slot;
	list_add_tail(&request->list, &queue->waiting);

	entry = &queue->sq[queue->sq_tail];
	*entry = *sqe;
	entry->command_id = cpu_to_le16(id);
	queue->sq_tail = (queue->sq_tail + 1) % FOVEA_SQ_ENTRIES;

	fovea_queue_write(queue, offsetof(struct fs1_queue_registers, sq_tail),
			  queue->sq_tail);
	fovea_queue_ring_locked(queue);
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

/* Frees a slot; the request that waited there, or NULL. */
static struct fovea_request *fovea_queue_take(struct fovea_queue *queue,
					      unsigned int slot)
{
	struct fovea_request *request = queue->slot[slot].request;

	lockdep_assert_held(&queue->lock);

	__clear_bit(slot, queue->used);
	queue->slot[slot].request = NULL;
	queue->outstanding--;
	if (request)
		list_del(&request->list);
	return request;
}

/*
 * May the completion come now? The device uses buffers in the order of
 * submission; one that it refuses it may refuse at once.
 */
static bool fovea_queue_in_turn(const struct fovea_queue *queue,
				const struct fovea_request *request, u32 status)
{
	if (!queue->astray || (status != FS1_OK && status != FS1_ABORTED))
		return true;
	return list_is_first(&request->list, &queue->waiting);
}

static void fovea_queue_complete(struct fovea_queue *queue, u16 id,
				 const struct fovea_answer *answer)
{
	unsigned int slot = id % FOVEA_SQ_ENTRIES;
	struct fovea_request *request = queue->slot[slot].request;

	if (!test_bit(slot, queue->used) ||
	    queue->slot[slot].command_id != id) {
		fovea_queue_nonsense(queue, "command id", id);
		return;
	}
	if (request && !fovea_queue_in_turn(queue, request, answer->status)) {
		fovea_queue_nonsense(queue, "a completion out of turn, id", id);
		queue->broken = true;
		queue->astray(queue);
		return;
	}
	request = fovea_queue_take(queue, slot);
	if (request)
		request->done(request, answer);
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
	u16 sq_head = le16_to_cpu(cqe->sq_head);

	if (status & FS1_CQE_FLAG_EVENTS_LOST)
		queue->events_lost++;
	/* Nothing depends on it here: what is outstanding bounds the ring. */
	if (sq_head >= FOVEA_SQ_ENTRIES)
		fovea_queue_nonsense(queue, "ring index", sq_head);

	if (cqe->type == FS1_CQE_EVENT && queue->event)
		queue->event(queue, cqe->event, &answer);
	else if (cqe->type == queue->completion_type)
		fovea_queue_complete(queue, le16_to_cpu(cqe->command_id),
				     &answer);
	else
		fovea_queue_nonsense(queue, "type", cqe->type);
}

/* The next entry if it is new, copied: from then on only the copy counts. */
static bool fovea_queue_fetch(struct fovea_queue *queue, struct fs1_cqe *cqe)
{
	const struct fs1_cqe *entry = &queue->cq[queue->cq_head];
	__le32 status = READ_ONCE(entry->status);

	if ((le32_to_cpu(status) & FS1_CQE_PHASE) != queue->phase)
		return false;
	/* The device writes the status last: the rest comes after. */
	dma_rmb();
	*cqe = *entry;
	/* Copied before the device may see that the entry is free. */
	dma_rmb();
	cqe->status = status;

	queue->cq_head++;
	if (queue->cq_head == FOVEA_CQ_ENTRIES) {
		queue->cq_head = 0;
		queue->phase ^= FS1_CQE_PHASE;
	}
	return true;
}

unsigned int fovea_queue_process(struct fovea_queue *queue)
{
	unsigned int count = 0;
	struct fs1_cqe cqe;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	while (queue->open && count < FOVEA_CQ_ENTRIES &&
	       fovea_queue_fetch(queue, &cqe)) {
		count++;
		if (!queue->broken)
			fovea_queue_dispatch(queue, &cqe,
					     le32_to_cpu(cqe.status));
	}
	queue->completions += count;
	if (count && queue->open) {
		fovea_queue_write(queue,
				  offsetof(struct fs1_queue_registers, cq_head),
				  queue->cq_head);
		/*
		 * A device waits for room only while more than three quarters
		 * of the ring haven't been read: this many at once, then.
		 */
		if (count >= FOVEA_CQ_ENTRIES / 4)
			fovea_queue_ring_locked(queue);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return count;
}

void fovea_queue_interrupt(struct fovea_queue *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	queue->interrupts++;
	spin_unlock_irqrestore(&queue->lock, flags);
}

bool fovea_queue_abandon(struct fovea_queue *queue,
			 struct fovea_request *request)
{
	unsigned long flags;
	bool found;

	spin_lock_irqsave(&queue->lock, flags);
	found = queue->slot[request->slot].request == request;
	if (found) {
		queue->slot[request->slot].request = NULL;
		list_del(&request->list);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return found;
}

static void fovea_queue_abort(struct fovea_queue *queue)
{
	static const struct fovea_answer aborted = { .status = FS1_ABORTED };
	struct fovea_request *request, *next;

	lockdep_assert_held(&queue->lock);

	list_for_each_entry_safe(request, next, &queue->waiting, list) {
		/* cppcheck-suppress uninitvar; doesn't know the loop */
		fovea_queue_take(queue, request->slot);
		request->done(request, &aborted);
	}
	/* What nobody waited for any more. */
	bitmap_zero(queue->used, FOVEA_SQ_ENTRIES);
	queue->outstanding = 0;
}

bool fovea_queue_recall(struct fovea_queue *queue)
{
	unsigned long flags;
	bool missing;

	spin_lock_irqsave(&queue->lock, flags);
	missing = queue->outstanding || queue->broken;
	fovea_queue_abort(queue);
	spin_unlock_irqrestore(&queue->lock, flags);
	return missing;
}

void fovea_queue_close(struct fovea_queue *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	queue->open = false;
	fovea_queue_abort(queue);
	spin_unlock_irqrestore(&queue->lock, flags);
}
