// SPDX-License-Identifier: Apache-2.0
/*
 * A subscriber's queue.
 *
 * Invariants:
 * - count <= limit and bytes <= bytes_limit, always.
 * - A subscription's in_flight is the number of its entries with @sent.
 * - A record leaves by acknowledgement or with the whole queue, not otherwise.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fovead/queue.h"

int queue_init(struct queue *queue, size_t limit, uint64_t bytes_limit)
{
	struct queue_entry *entry = calloc(limit, sizeof(*entry));

	if (!entry)
		return -ENOMEM;
	*queue = (struct queue){
		.entry = entry,
		.limit = limit,
		.bytes_limit = bytes_limit,
	};
	return 0;
}

void queue_done(struct queue *queue)
{
	for (size_t i = 0; i < queue->count; i++)
		record_unref(queue->entry[i].record);
	free(queue->entry);
	*queue = (struct queue){ 0 };
}

int queue_push(struct queue *queue, struct record *record,
	       uint32_t subscription)
{
	if (queue->count >= queue->limit) {
		queue->counters.full_records++;
		return -ENOBUFS;
	}
	if (record->bytes > queue->bytes_limit - queue->bytes) {
		queue->counters.full_bytes++;
		return -ENOBUFS;
	}
	queue->entry[queue->count++] = (struct queue_entry){
		.record = record_ref(record),
		.subscription = subscription,
	};
	queue->bytes += record->bytes;
	queue->counters.queued++;
	return 0;
}

struct queue_entry *queue_next(struct queue *queue,
			       const struct subscription *subscriptions,
			       uint64_t now)
{
	const struct subscription *subscription;

	if (now < queue->hold_until)
		return NULL;
	for (size_t i = 0; i < queue->count; i++) {
		subscription = &subscriptions[queue->entry[i].subscription];
		if (!queue->entry[i].sent &&
		    subscription->in_flight < subscription->window)
			return &queue->entry[i];
	}
	return NULL;
}

void queue_sent(struct queue *queue, struct queue_entry *entry,
		struct subscription *subscriptions)
{
	subscriptions[entry->subscription].in_flight++;
	queue->counters.sent++;
	queue->counters.resent += entry->sent_before;
	entry->sent = true;
	entry->sent_before = true;
}

static void remove_entry(struct queue *queue, size_t index)
{
	struct record *record = queue->entry[index].record;

	queue->bytes -= record->bytes;
	queue->count--;
	memmove(&queue->entry[index], &queue->entry[index + 1],
		(queue->count - index) * sizeof(queue->entry[0]));
	record_unref(record);
}

int queue_acknowledge(struct queue *queue, struct subscription *subscriptions,
		      uint64_t record_id, uint64_t instance, int32_t status,
		      uint64_t now)
{
	for (size_t i = 0; i < queue->count; i++) {
		struct queue_entry *entry = &queue->entry[i];

		if (entry->record->wire.record_id != record_id ||
		    entry->record->wire.instance != instance || !entry->sent)
			continue;
		subscriptions[entry->subscription].in_flight--;
		entry->sent = false;
		if (status == 0) {
			queue->counters.acknowledged++;
			remove_entry(queue, i);
		} else {
			queue->counters.refused++;
			queue->hold_until = now + QUEUE_HOLD_NS;
		}
		return 0;
	}
	return -ENOENT;
}

void queue_rewind(struct queue *queue, struct subscription *subscriptions,
		  size_t n_subscriptions)
{
	for (size_t i = 0; i < queue->count; i++)
		queue->entry[i].sent = false;
	for (size_t i = 0; i < n_subscriptions; i++)
		subscriptions[i].in_flight = 0;
	queue->hold_until = 0;
}
