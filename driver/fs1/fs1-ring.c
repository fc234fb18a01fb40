// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The device side of submission and completion rings.
 *
 * Invariants, whatever the driver writes:
 *  - unread + outstanding <= cq_entries - 1: a completion always has room, and
 *    a full ring is told from an empty one;
 *  - no index is used before it was compared with the ring's size;
 *  - an entry is copied once and never looked at again;
 *  - what the host adds to a ring takes only room that nobody was promised.
 */
#include "fs1-ring.h"

#define FS1_RING_ALIGNMENT 64u

static bool fs1_ring_entries_valid(fs1_u32 entries)
{
	return entries >= FS1_RING_ENTRIES_MIN &&
	       entries <= FS1_RING_ENTRIES_MAX && !(entries & (entries - 1));
}

static bool fs1_ring_aligned(fs1_u64 address)
{
	return !(address & (FS1_RING_ALIGNMENT - 1));
}

enum fs1_status fs1_queue_open(struct fs1_queue *queue,
			       const struct fs1_host *host,
			       const struct fs1_queue_registers *doorbell,
			       fs1_u32 *interrupts,
			       const struct fs1_queue_shape *shape)
{
	fs1_u32 sq_size, cq_size;
	void *sq, *cq;

	if (!fs1_ring_entries_valid(shape->sq_entries) ||
	    !fs1_ring_entries_valid(shape->cq_entries) ||
	    shape->cq_entries < shape->sq_entries ||
	    shape->vector >= FS1_QUEUES)
		return FS1_BAD_ARGUMENT;
	if (!fs1_ring_aligned(shape->sq_address) ||
	    !fs1_ring_aligned(shape->cq_address))
		return FS1_BAD_ADDRESS;
	if (fs1_load_acquire(&doorbell->sq_tail) ||
	    fs1_load_acquire(&doorbell->cq_head))
		return FS1_BAD_STATE;

	sq_size = shape->sq_entries * (fs1_u32)sizeof(struct fs1_sqe);
	cq_size = shape->cq_entries * (fs1_u32)sizeof(struct fs1_cqe);
	sq = fs1_host_map(host, shape->sq_address, sq_size, false);
	if (!sq)
		return FS1_BAD_ADDRESS;
	cq = fs1_host_map(host, shape->cq_address, cq_size, true);
	if (!cq) {
		fs1_host_unmap(host, shape->sq_address, sq_size, sq);
		return FS1_BAD_ADDRESS;
	}

	memset(queue, 0, sizeof(*queue));
	queue->host = host;
	queue->doorbell = doorbell;
	queue->interrupts = interrupts;
	queue->sq = sq;
	queue->cq = cq;
	queue->shape = *shape;
	queue->phase = FS1_CQE_PHASE;
	return FS1_OK;
}

void fs1_queue_close(struct fs1_queue *queue)
{
	const struct fs1_queue_shape *shape = &queue->shape;

	if (!fs1_queue_is_open(queue))
		return;
	fs1_host_unmap(queue->host, shape->sq_address,
		       shape->sq_entries * (fs1_u32)sizeof(struct fs1_sqe),
		       (void *)queue->sq);
	fs1_host_unmap(queue->host, shape->cq_address,
		       shape->cq_entries * (fs1_u32)sizeof(struct fs1_cqe),
		       queue->cq);
	queue->sq = NULL;
	queue->cq = NULL;
}

/* Takes over what the driver has read. False: it can't have read that. */
static bool fs1_queue_follow(struct fs1_queue *queue)
{
	fs1_u32 head = fs1_le32_to_cpu(fs1_load_acquire(&queue->doorbell->cq_head));
	fs1_u32 mask = queue->shape.cq_entries - 1;
	fs1_u32 read;

	if (head > mask)
		return false;
	read = (head - queue->cq_head) & mask;
	if (read > queue->unread)
		return false;
	queue->unread -= read;
	queue->cq_head = head;
	return true;
}

static fs1_u32 fs1_queue_room(const struct fs1_queue *queue)
{
	return queue->shape.cq_entries - 1 - queue->unread - queue->outstanding;
}

enum fs1_fetch fs1_queue_fetch(struct fs1_queue *queue, struct fs1_sqe *ret_sqe)
{
	fs1_u32 mask = queue->shape.sq_entries - 1;
	fs1_u32 tail;

	if (!fs1_queue_follow(queue))
		return FS1_FETCH_BROKEN;
	tail = fs1_le32_to_cpu(fs1_load_acquire(&queue->doorbell->sq_tail));
	if (tail > mask)
		return FS1_FETCH_BROKEN;
	if (tail == queue->sq_head)
		return FS1_FETCH_EMPTY;
	if (queue->outstanding >= queue->shape.sq_entries ||
	    !fs1_queue_room(queue))
		return FS1_FETCH_BLOCKED;

	fs1_copy_in(ret_sqe, &queue->sq[queue->sq_head], sizeof(*ret_sqe));
	queue->sq_head = (queue->sq_head + 1) & mask;
	queue->outstanding++;
	return FS1_FETCH_ENTRY;
}

/* Writes an entry as it is. The driver takes it as soon as the phase bit turns. */
static void fs1_queue_write(struct fs1_queue *queue, const struct fs1_cqe *from)
{
	struct fs1_cqe *cqe = &queue->cq[queue->cq_tail];

	cqe->frame_id = from->frame_id;
	cqe->timestamp = from->timestamp;
	cqe->result = from->result;
	cqe->command_id = from->command_id;
	cqe->sq_head = from->sq_head;
	cqe->type = from->type;
	cqe->event = from->event;
	cqe->reserved = from->reserved;
	fs1_store_release(&cqe->status, from->status);

	queue->unread++;
	queue->cq_tail++;
	if (queue->cq_tail == queue->shape.cq_entries) {
		queue->cq_tail = 0;
		queue->phase ^= FS1_CQE_PHASE;
	}
	*queue->interrupts |= 1u << queue->shape.vector;
}

bool fs1_queue_inject(struct fs1_queue *queue, const struct fs1_cqe *cqe)
{
	struct fs1_cqe copy = *cqe;
	fs1_u32 status = fs1_le32_to_cpu(cqe->status) & ~FS1_CQE_PHASE;

	if (!fs1_queue_is_open(queue) || !fs1_queue_room(queue))
		return false;
	copy.status = fs1_cpu_to_le32(status | queue->phase);
	fs1_queue_write(queue, &copy);
	return true;
}

static void fs1_queue_post(struct fs1_queue *queue, enum fs1_cqe_type type,
			   fs1_u8 event, const struct fs1_completion *completion)
{
	const struct fs1_host *host = queue->host;
	fs1_u32 status = queue->phase |
			 (fs1_u32)completion->status << FS1_CQE_STATUS_SHIFT;
	enum fs1_verdict verdict = FS1_POST;
	struct fs1_cqe cqe = {
		.frame_id = fs1_cpu_to_le64(completion->frame_id),
		.timestamp = fs1_cpu_to_le64(completion->timestamp),
		.result = fs1_cpu_to_le32(completion->result),
		.command_id = fs1_cpu_to_le16(completion->command_id),
		.sq_head = fs1_cpu_to_le16((fs1_u16)queue->sq_head),
		.type = (fs1_u8)type,
		.event = event,
	};

	if (queue->events_lost)
		status |= FS1_CQE_FLAG_EVENTS_LOST;
	cqe.status = fs1_cpu_to_le32(status);
	if (host->ops->completion)
		verdict = host->ops->completion(host->data, queue->shape.number,
						&cqe);
	if (verdict == FS1_DROP)
		return;
	queue->events_lost = false;
	fs1_queue_write(queue, &cqe);
	if (verdict == FS1_POST_TWICE)
		fs1_queue_inject(queue, &cqe);
}

void fs1_queue_complete(struct fs1_queue *queue, enum fs1_cqe_type type,
			const struct fs1_completion *completion)
{
	queue->outstanding--;
	fs1_queue_post(queue, type, 0, completion);
}

void fs1_queue_event(struct fs1_queue *queue, enum fs1_event event,
		     const struct fs1_completion *completion)
{
	fs1_u32 kept = queue->shape.cq_entries / 2;

	if (kept > queue->shape.sq_entries)
		kept = queue->shape.sq_entries;
	if (fs1_queue_room(queue) <= kept) {
		queue->events_lost = true;
		return;
	}
	fs1_queue_post(queue, FS1_CQE_EVENT, (fs1_u8)event, completion);
}
