// SPDX-License-Identifier: Apache-2.0
/*
 * Subscribers and what is told of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fovead/subscriber.h"

int subscriber_new(const char *name, bool durable,
		   const struct settings *settings,
		   struct subscriber **ret_subscriber)
{
	struct subscriber *subscriber = calloc(1, sizeof(*subscriber));
	int r;

	if (!subscriber)
		return -ENOMEM;
	r = queue_init(&subscriber->queue, settings->queue_records,
		       settings->queue_bytes);
	if (r < 0) {
		free(subscriber);
		return r;
	}
	strcpy(subscriber->name, name);
	subscriber->durable = durable;
	*ret_subscriber = subscriber;
	return 0;
}

struct subscriber *subscriber_free(struct subscriber *subscriber)
{
	if (!subscriber)
		return NULL;
	queue_done(&subscriber->queue);
	free(subscriber);
	return NULL;
}

int subscriber_add(struct subscriber *subscriber, const char *outlet,
		   uint32_t window)
{
	struct subscription *subscription = subscriber->subscriptions;
	bool all = strcmp(outlet, "*") == 0, known = false;

	for (uint32_t i = 0; i < subscriber->n_subscriptions; i++) {
		bool same = strcmp(subscription[i].outlet, outlet) == 0;

		if (all || same)
			subscription[i].window = window;
		known |= same;
	}
	if (known)
		return 0;
	if (subscriber->n_subscriptions == SETTINGS_OUTLETS_MAX)
		return -E2BIG;
	subscription += subscriber->n_subscriptions++;
	*subscription = (struct subscription){ .window = window };
	strcpy(subscription->outlet, outlet);
	return 0;
}

int subscriber_wants(const struct subscriber *subscriber, const char *outlet)
{
	for (uint32_t i = 0; i < subscriber->n_subscriptions; i++)
		if (strcmp(subscriber->subscriptions[i].outlet, outlet) == 0 ||
		    strcmp(subscriber->subscriptions[i].outlet, "*") == 0)
			return (int)i;
	return -ENOENT;
}

static json_t *outlets_json(const struct subscriber *subscriber)
{
	json_t *outlets = json_array();

	for (uint32_t i = 0; i < subscriber->n_subscriptions; i++)
		(void)json_array_append_new(outlets,
			json_string(subscriber->subscriptions[i].outlet));
	return outlets;
}

json_t *subscriber_json(const struct subscriber *subscriber)
{
	const struct queue_counters *c = &subscriber->queue.counters;
	uint32_t in_flight = 0;

	for (uint32_t i = 0; i < subscriber->n_subscriptions; i++)
		in_flight += subscriber->subscriptions[i].in_flight;
	return json_pack("{s:s, s:b, s:b, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:{s:I, s:I}}",
			 "name", subscriber->name,
			 "connected", subscriber->peer != NULL,
			 "durable", subscriber->durable,
			 "outlets", outlets_json(subscriber),
			 "waiting", (json_int_t)subscriber->queue.count,
			 "waiting_bytes", (json_int_t)subscriber->queue.bytes,
			 "in_flight", (json_int_t)in_flight,
			 "queued", (json_int_t)c->queued,
			 "sent", (json_int_t)c->sent,
			 "resent", (json_int_t)c->resent,
			 "acknowledged", (json_int_t)c->acknowledged,
			 "refused", (json_int_t)c->refused,
			 "dropped",
			 "queue-records", (json_int_t)c->full_records,
			 "queue-bytes", (json_int_t)c->full_bytes);
}
