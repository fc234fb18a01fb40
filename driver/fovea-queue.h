/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue of the device: submission ring, completion ring and what waits for
 * which completion. The only ring code of the driver is behind this header.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_QUEUE_H
#define FOVEA_QUEUE_H

#include <linux/bitmap.h>
#include <linux/list.h>
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
 * @list: among the queue's others, in the order of submission
 * @slot: where it is noted
 */
struct fovea_request {
	void (*done)(struct fovea_request *request,
		     const struct fovea_answer *answer);
	struct list_head list;
	unsigned int slot;
};

/**
 * struct fovea_queue - a queue of the device
 * @fovea: whose
 * @index: number of the queue
 * @completion_type: enum fs1_cqe_type its submissions are answered with
 * @event: what to do with an event, with the queue's lock held; NULL: there
 *	are none
 * @astray: what to do when a completion came before an earlier one, which
 *	therefore is lost, with the queue's lock held; NULL: the order doesn't
 *	matter. The queue hears nothing more then until it is opened anew
 * @lock: protects all below, and what the owner puts under it
 * @open: the device may use the rings; nobody touches a register otherwise
 * @broken: @astray was called
 * @sq: submission ring
 * @cq: completion ring
 * @sq_address: where the device sees @sq
 * @cq_address: where the device sees @cq
 * @sq_tail: next entry to fill
 * @cq_head: next entry to read
 * @outstanding: slots in use
 * @phase: phase bit of entries of this pass over @cq
 * @errors: completions that made no sense
 * @events_lost: how often the device had to drop events
 * @interrupts: how often the queue's vector was raised; where several queues
 *	share one, the first of them counts
 * @completions: entries read, events included
 * @waiting: requests in the order of submission
 * @used: slots in use
 * @slot: who waits, by the low bits of the command id; NULL: nobody any more
 */
struct fovea_queue {
	struct fovea_device *fovea;
	unsigned int index;
	enum fs1_cqe_type completion_type;
	void (*event)(struct fovea_queue *queue, u8 event,
		      const struct fovea_answer *answer);
	void (*astray)(struct fovea_queue *queue);

	/* Protects all below and the owner's state of the same stream. */
	spinlock_t lock;
	bool open;
	bool broken;
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
	u64 interrupts;
	u64 completions;
	struct list_head waiting;
	DECLARE_BITMAP(used, FOVEA_SQ_ENTRIES);
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
 * fovea_queue_alloc() - memory for the rings
 * @queue: initialised
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_queue_alloc(struct fovea_queue *queue);

/**
 * fovea_queue_free() - free the rings
 * @queue: closed; without rings is allowed
 */
void fovea_queue_free(struct fovea_queue *queue);

/**
 * fovea_queue_open() - empty rings; the device must still be told of them
 * @queue: closed, with rings that the device doesn't use
 *
 * Return: 0 or -ENODEV when the device is gone.
 */
int fovea_queue_open(struct fovea_queue *queue);

/**
 * fovea_queue_close() - answer all that is outstanding with FS1_ABORTED
 * @queue: the device is past using it, or is about to be; closed is allowed
 *
 * In the order of submission. Nothing can be submitted, and no register of the
 * queue is touched, until it is opened again.
 */
void fovea_queue_close(struct fovea_queue *queue);

/**
 * fovea_queue_recall() - answer what the device should have answered
 * @queue: open; the device holds nothing any more
 *
 * As fovea_queue_close(), but it stays open.
 *
 * Return: whether something was missing, so that it must be made anew.
 */
bool fovea_queue_recall(struct fovea_queue *queue);

/**
 * fovea_queue_submit_locked() - hand a submission to the device
 * @queue: with its lock held
 * @sqe: all but the command id
 * @request: who waits; must stay until it was called or fovea_queue_abandon()
 *
 * Return: 0; -ESHUTDOWN when it is closed; -EAGAIN when the ring is full.
 */
int fovea_queue_submit_locked(struct fovea_queue *queue,
			      const struct fs1_sqe *sqe,
			      struct fovea_request *request);

/**
 * fovea_queue_process() - read the completions that are there
 * @queue: any context; one ring's worth at most
 *
 * Return: how many there were.
 */
unsigned int fovea_queue_process(struct fovea_queue *queue);

/**
 * fovea_queue_interrupt() - count an interrupt
 * @queue: any context
 */
void fovea_queue_interrupt(struct fovea_queue *queue);

/**
 * fovea_queue_ring() - let the device look again
 * @queue: any context
 */
void fovea_queue_ring(struct fovea_queue *queue);

/**
 * fovea_queue_abandon() - wait no longer
 * @queue: where @request was submitted
 * @request: isn't called any more when this returns
 *
 * Its slot stays taken until the device has answered, so that an answer that
 * comes late is known for what it is.
 *
 * Return: true when it still waited, false when it had been called.
 */
bool fovea_queue_abandon(struct fovea_queue *queue,
			 struct fovea_request *request);

#endif /* FOVEA_QUEUE_H */
