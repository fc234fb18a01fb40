/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets records: a name, its outlets and its queue. A durable subscriber
 * outlives its connection; what it has not acknowledged waits for it.
 */
#ifndef FOVEAD_SUBSCRIBER_H
#define FOVEAD_SUBSCRIBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fovead/queue.h"
#include "fovead/settings.h"

struct peer;

/**
 * struct subscriber - one receiver of records
 * @name: as it introduced itself
 * @durable: kept without a connection
 * @wants_answers: gets ANSWER messages of others
 * @subscriptions: outlets; the first that names a record's outlet counts
 * @n_subscriptions: how many
 * @queue: what waits
 * @peer: its connection; NULL: not connected
 */
struct subscriber {
	char name[FOVEATAP_NAME_MAX];
	bool durable;
	bool wants_answers;
	struct subscription subscriptions[SETTINGS_OUTLETS_MAX];
	uint32_t n_subscriptions;
	struct queue queue;
	struct peer *peer;
};

/**
 * subscriber_new() - no outlets, not connected
 * @name: of it
 * @durable: see struct subscriber
 * @settings: limits of its queue
 * @ret_subscriber: the caller's
 *
 * Return: 0 or -ENOMEM.
 */
int subscriber_new(const char *name, bool durable,
		   const struct settings *settings,
		   struct subscriber **ret_subscriber);

/** subscriber_free() - NULL is fine; returns NULL */
struct subscriber *subscriber_free(struct subscriber *subscriber);

/**
 * subscriber_add() - one more outlet; again for the same one: a new window
 * @subscriber: any
 * @outlet: its name, or "*", which sets the window of all known ones too
 * @window: records in flight
 *
 * Return: 0, or -E2BIG beyond SETTINGS_OUTLETS_MAX.
 */
int subscriber_add(struct subscriber *subscriber, const char *outlet,
		   uint32_t window);

/**
 * subscriber_wants() - which subscription names this outlet?
 * @subscriber: any
 * @outlet: of a record
 *
 * Return: its index, or -ENOENT.
 */
int subscriber_wants(const struct subscriber *subscriber, const char *outlet);

/** subscriber_json() - for STATUS; NULL when memory ran out */
json_t *subscriber_json(const struct subscriber *subscriber);

#endif /* FOVEAD_SUBSCRIBER_H */
