/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The device side of a queue: a submission ring it reads, a completion ring
 * it writes. The only ring code in the core. Private to the core.
 */
#ifndef FS1_RING_H
#define FS1_RING_H

#include "fs1-host.h"

/**
 * struct fs1_queue_shape - which queue, and where it lies, as the driver asked
 * for it
 * @number: of the queue: FS1_QUEUE_ADMIN or enum fs1_stream
 * @sq_address: of the submission ring on the bus
 * @cq_address: of the completion ring on the bus
 * @sq_entries: of the submission ring, a power of two
 * @cq_entries: of the completion ring, a power of two, not below @sq_entries
 * @vector: interrupt that tells of new completions
 *
 * Nothing of it is believed before fs1_queue_open() has checked it.
 */
struct fs1_queue_shape {
	fs1_u32 number;
	fs1_u64 sq_address;
	fs1_u64 cq_address;
	fs1_u32 sq_entries;
	fs1_u32 cq_entries;
	fs1_u32 vector;
};

/**
 * struct fs1_queue - a queue that is served
 * @host: for mapping the rings
 * @doorbell: what the driver writes
 * @interrupts: set of vectors to raise; the queue adds its own
 * @sq: submission ring; NULL: the queue is closed
 * @cq: completion ring
 * @shape: as given to fs1_queue_open()
 * @sq_head: next entry to read
 * @cq_tail: next entry to write
 * @cq_head: what the driver said last
 * @unread: completions the driver hasn't read
 * @outstanding: submissions read and not completed
 * @phase: phase bit of the current pass
 * @events_lost: an event found no room since the last entry
 */
struct fs1_queue {
	const struct fs1_host *host;
	const struct fs1_queue_registers *doorbell;
	fs1_u32 *interrupts;
	const struct fs1_sqe *sq;
	struct fs1_cqe *cq;
	struct fs1_queue_shape shape;
	fs1_u32 sq_head;
	fs1_u32 cq_tail;
	fs1_u32 cq_head;
	fs1_u32 unread;
	fs1_u32 outstanding;
	fs1_u32 phase;
	bool events_lost;
};

/** struct fs1_completion - what a completion or event says, CPU order */
struct fs1_completion {
	fs1_u64 frame_id;
	fs1_u64 timestamp;
	fs1_u32 result;
	fs1_u16 command_id;
	enum fs1_status status;
};

/**
 * enum fs1_fetch - what fs1_queue_fetch() found
 * @FS1_FETCH_EMPTY: nothing submitted
 * @FS1_FETCH_ENTRY: one submission, copied
 * @FS1_FETCH_BLOCKED: there is one, but no room yet to complete it
 * @FS1_FETCH_BROKEN: a doorbell is out of range; the rings can't be trusted
 */
enum fs1_fetch {
	FS1_FETCH_EMPTY,
	FS1_FETCH_ENTRY,
	FS1_FETCH_BLOCKED,
	FS1_FETCH_BROKEN,
};

/**
 * fs1_queue_open() - check a shape, map the rings, start at entry 0
 * @queue: zeroed or closed
 * @host: who maps
 * @doorbell: the queue's registers; both must be 0
 * @interrupts: where the queue asks for its vector
 * @shape: where the rings are
 *
 * Return: FS1_OK, FS1_BAD_ARGUMENT (entries, vector), FS1_BAD_ADDRESS
 * (alignment, not mappable) or FS1_BAD_STATE (doorbells not 0).
 */
enum fs1_status fs1_queue_open(struct fs1_queue *queue,
			       const struct fs1_host *host,
			       const struct fs1_queue_registers *doorbell,
			       fs1_u32 *interrupts,
			       const struct fs1_queue_shape *shape);

/** fs1_queue_close() - unmap the rings; a closed queue is allowed */
void fs1_queue_close(struct fs1_queue *queue);

/** fs1_queue_is_open() - are the rings mapped? */
static inline bool fs1_queue_is_open(const struct fs1_queue *queue)
{
	return queue->sq;
}

/**
 * fs1_queue_fetch() - read the next submission
 * @queue: an open queue
 * @ret_sqe: the entry, on FS1_FETCH_ENTRY
 *
 * An entry is read only when its completion is sure to have room, so each
 * must later be completed exactly once, even where the host then drops it.
 *
 * Return: what was found.
 */
enum fs1_fetch fs1_queue_fetch(struct fs1_queue *queue, struct fs1_sqe *ret_sqe);

/**
 * fs1_queue_complete() - complete one submission that was fetched
 * @queue: an open queue
 * @type: FS1_CQE_COMMAND or FS1_CQE_BUFFER
 * @completion: what to say
 */
void fs1_queue_complete(struct fs1_queue *queue, enum fs1_cqe_type type,
			const struct fs1_completion *completion);

/**
 * fs1_queue_event() - post an event where there is room for one
 * @queue: an open queue
 * @event: which
 * @completion: what to say
 *
 * Events leave room for completions; one that finds none is lost, and the next
 * entry says so.
 */
void fs1_queue_event(struct fs1_queue *queue, enum fs1_event event,
		     const struct fs1_completion *completion);

/**
 * fs1_queue_inject() - write an entry that the host made up or held back
 * @queue: a queue
 * @cqe: the entry; its phase bit is put right
 *
 * Only where there is room that no submission was promised.
 *
 * Return: false when the queue is closed or has no such room.
 */
bool fs1_queue_inject(struct fs1_queue *queue, const struct fs1_cqe *cqe);

#endif /* FS1_RING_H */
