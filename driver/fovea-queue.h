/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue of the device: submission ring, completion ring and what waits for
 * which completion. The only ring code of the driver is behind this header.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_QUEUE_H
#define FOVEA_QUEUE_H

#include <linux/spinlock.h>

#include "fs1/fs1-abi.h"

struct fovea_device;
struct fovea_queue;

/* Entries of every ring; the driver keeps at most one less outstanding. */
#define FOVEA_SQ_ENTRIES 64u
#define FOVEA_CQ_ENTRIES 256u

/**
 * struct fovea_answer - a completion or event, checked as far as a queue can
 * @frame_id: see &struct fs1_cqe
 * @timestamp: ns
 * @result: see &struct fs1_cqe
 * @status: enum fs1_status, or a value this driver doesn't know
 */
struct fovea_answer {
	u64 frame_id;
	u64 timestamp;
	u32 result;
	u32 status;
};

/**
 * struct fovea_request - what waits for a completion; embed it
 * @done: called once, with the queue's lock held
 */
struct fovea_request {
	void (*done)(struct fovea_request *request,
		     const struct fovea_answer *answer);
};

/**
 * struct fovea_queue - a queue of the device
 * @fovea: whose
 * @index: number of the queue and its vector
 * @completion_type: enum fs1_cqe_type its submissions are answered with
 * @event: what to do with an event, with the queue's lock held; NULL: there
 *	are none
 * @lock: protects all below, and what the owner puts under it
 * @sq: submission ring; NULL: there is no queue
 * @cq: completion ring
 * @sq_address: where the device sees @sq
 * @cq_address: where the device sees @cq
 * @sq_tail: next entry to fill
 * @cq_head: next entry to read
 * @outstanding: slots in use
 * @phase: phase bit of entries of this pass over @cq
 * @errors: completions that made no sense
 * @events_lost: how often the device had to drop events
 * @slot: who waits, by the low bits of the command id
 */
struct fovea_queue {
	struct fovea_device *fovea;
	unsigned int index;
	enum fs1_cqe_type completion_type;
	void (*event)(struct fovea_queue *queue, u8 event,
		      const struct fovea_answer *answer);

	/* Protects all below and the owner's state of the same stream. */
	spinlock_t lock;
	struct fs1_sqe *sq;
	struct fs1_cqe *cq;
	u64 sq_address;
	u64 cq_address;
	u32 sq_tail;
	u32 cq_head;
	u32 outstanding;
	u32 phase;
	u32 errors;
	u32 events_lost;
	struct {
		struct fovea_request *request;
		u16 command_id;
	} slot[FOVEA_SQ_ENTRIES];
};

/**
 * fovea_queue_init() - an empty queue without rings
 * @queue: zeroed
 * @fovea: whose
 * @index: enum fs1_stream
 * @type: see &struct fovea_queue.completion_type
 */
void fovea_queue_init(struct fovea_queue *queue, struct fovea_device *fovea,
		      unsigned int index, enum fs1_cqe_type type);

/**
 * fovea_queue_alloc() - memory for the rings; the device must still be told
 * @queue: initialised
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_queue_alloc(struct fovea_queue *queue);

/**
 * fovea_queue_free() - free the rings
 * @queue: without outstanding submissions; without rings is allowed
 */
void fovea_queue_free(struct fovea_queue *queue);

/**
 * fovea_queue_submit_locked() - hand a submission to the device
 * @queue: with its lock held
 * @sqe: all but the command id
 * @request: who waits; must stay until it was called or fovea_queue_cancel()
 *
 * Return: 0; -ENODEV without rings; -EAGAIN when the ring is full.
 */
int fovea_queue_submit_locked(struct fovea_queue *queue,
			      const struct fs1_sqe *sqe,
			      struct fovea_request *request);

/**
 * fovea_queue_process() - read all completions that are there
 * @queue: any context; not from two contexts at once for the order to hold
 */
void fovea_queue_process(struct fovea_queue *queue);

/**
 * fovea_queue_cancel() - wait no longer
 * @queue: where @request was submitted
 * @request: isn't called any more when this returns
 *
 * Return: true when it still waited, false when it had been called.
 */
bool fovea_queue_cancel(struct fovea_queue *queue,
			struct fovea_request *request);

/**
 * fovea_queue_abort() - answer all that is outstanding with FS1_ABORTED
 * @queue: the device must be past using it, or gone
 */
void fovea_queue_abort(struct fovea_queue *queue);

#endif /* FOVEA_QUEUE_H */
