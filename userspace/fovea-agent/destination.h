/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One destination at work: takes its pending records from the spool one after
 * the other, has its connector make requests of them, and keeps at it until
 * each is delivered.
 *
 * A destination that fails is asked again by one request at a time, later and
 * later (backoff.h); what waits, waits in the spool. A record is given up in
 * two cases only, and then its bytes go to quarantine/: they are damaged, or
 * the destination refuses this record for good while it takes others.
 */
#ifndef FOVEA_AGENT_DESTINATION_H
#define FOVEA_AGENT_DESTINATION_H

#include <jansson.h>
#include <stdbool.h>
#include <systemd/sd-event.h>

#include "connector.h"
#include "samples.h"
#include "spool.h"

struct destination;

/**
 * struct destination_host - what a destination needs of the agent
 * @event: its loop
 * @http: its client
 * @spool: its spool
 * @site: of [agent]
 * @samples: where crops go that are read differently; NULL: nowhere
 * @changed: a delivery ended; commit the spool soon
 * @log: one line for the operator
 * @userdata: for both
 *
 * Must outlive the destination.
 */
struct destination_host {
	sd_event *event;
	struct http_client *http;
	struct spool *spool;
	const char *site;
	struct samples *samples;
	void (*changed)(void *userdata);
	void (*log)(void *userdata, int priority, const char *text);
	void *userdata;
};

/**
 * destination_new() - start delivering
 * @host: see there
 * @config: must outlive the destination
 * @ret_destination: owned by the caller, ends by destination_free()
 *
 * Return: 0 or a negative errno.
 */
int destination_new(const struct destination_host *host,
		    const struct destination_config *config,
		    struct destination **ret_destination);

/** destination_free() - stop; requests under way are cut off; returns NULL */
struct destination *destination_free(struct destination *destination);

/** destination_wake() - there may be new records in the spool */
void destination_wake(struct destination *destination);

/** destination_healthy() - did the last request work, or was there none? */
bool destination_healthy(const struct destination *destination);

/** destination_idle() - is nothing on its way and nothing pending? */
bool destination_idle(struct destination *destination);

/** destination_status() - for STATUS; a new object, or NULL */
json_t *destination_status(struct destination *destination);

#endif /* FOVEA_AGENT_DESTINATION_H */
