/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for one subscriber: records not sent yet, and records sent but
 * not acknowledged. Bounded in records and bytes; a full queue turns the
 * newest away, counted, because what was accepted first was promised first.
 */
#ifndef FOVEAD_QUEUE_H
#define FOVEAD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fovead/record.h"

#define QUEUE_HOLD_NS 1000000000ull	/* pause after a refusal */

/**
 * struct subscription - one outlet a subscriber has asked for
 * @outlet: its name, or "*"
 * @window: records sent without acknowledgement at most
 * @in_flight: how many there are
 */
struct subscription {
	char outlet[FOVEATAP_NAME_MAX];
	uint32_t window;
	uint32_t in_flight;
};

struct queue_entry {
	struct record *record;
	uint32_t subscription;	/* index */
	bool sent;		/* counts as in flight */
	bool sent_before;
};

/**
 * struct queue_counters - since the subscriber came
 * @queued: records accepted
 * @sent: records sent, repeats included
 * @resent: repeats
 * @acknowledged: records taken
 * @refused: acknowledgements with an error
 * @full_records: turned away because of the number of records
 * @full_bytes: turned away because of their bytes
 */
struct queue_counters {
	uint64_t queued;
	uint64_t sent;
	uint64_t resent;
	uint64_t acknowledged;
	uint64_t refused;
	uint64_t full_records;
	uint64_t full_bytes;
};

/**
 * struct queue - entries from the oldest to the newest
 * @entry: array of @count, room for @limit
 * @count: records in it
 * @limit: records it may hold
 * @bytes: of the records in it
 * @bytes_limit: bytes it may hold
 * @hold_until: nothing is sent before this CLOCK_MONOTONIC time, ns
 * @counters: see there
 */
struct queue {
	struct queue_entry *entry;
	size_t count;
	size_t limit;
	uint64_t bytes;
	uint64_t bytes_limit;
	uint64_t hold_until;
	struct queue_counters counters;
};

/** queue_init() - empty; 0 or -ENOMEM; ends by queue_done() */
int queue_init(struct queue *queue, size_t limit, uint64_t bytes_limit);

/** queue_done() - drop what is in it */
void queue_done(struct queue *queue);

/**
 * queue_push() - accept a record
 * @queue: takes a reference
 * @record: of an outlet the subscription names
 * @subscription: its index
 *
 * Return: 0, or -ENOBUFS when the queue is full (counted).
 */
int queue_push(struct queue *queue, struct record *record,
	       uint32_t subscription);

/**
 * queue_next() - the oldest record that may be sent now
 * @queue: any state
 * @subscriptions: with their windows
 * @now: CLOCK_MONOTONIC, ns
 *
 * Return: an entry, valid until the queue changes; NULL: none.
 */
struct queue_entry *queue_next(struct queue *queue,
			       const struct subscription *subscriptions,
			       uint64_t now);

/** queue_sent() - the entry from queue_next() has gone out */
void queue_sent(struct queue *queue, struct queue_entry *entry,
		struct subscription *subscriptions);

/**
 * queue_acknowledge() - the subscriber has answered
 * @queue: any state
 * @subscriptions: the window opens
 * @record_id: of the record
 * @instance: of the record
 * @status: 0: it is the subscriber's now and leaves the queue; negative: it
 *	stays, and nothing is sent for QUEUE_HOLD_NS
 * @now: CLOCK_MONOTONIC, ns
 *
 * Return: 0, or -ENOENT when no such record is in flight: acknowledging twice
 * does no harm.
 */
int queue_acknowledge(struct queue *queue, struct subscription *subscriptions,
		      uint64_t record_id, uint64_t instance, int32_t status,
		      uint64_t now);

/** queue_rewind() - the connection is lost: everything is to be sent again */
void queue_rewind(struct queue *queue, struct subscription *subscriptions,
		  size_t n_subscriptions);

#endif /* FOVEAD_QUEUE_H */
