/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's side of fovead's socket: a durable subscription that comes back
 * by itself, acknowledgements going out, answers going out and confirmed.
 */
#ifndef FOVEA_AGENT_TAP_H
#define FOVEA_AGENT_TAP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "libfovea/foveatap.h"
#include "spool.h"

#define TAP_CLIENT_NAME		"fovea-agent"
#define TAP_WINDOW		64u	/* records in flight per outlet */
#define TAP_ANSWERS_MAX		64u	/* answers in flight */

struct tap;

/**
 * struct tap_host - what the tap needs of the agent
 * @event: its loop
 * @spool: where the answers are
 * @path: of the socket
 * @outlets: names, NULL-terminated
 * @record: a record came; @fds stay the tap's. The agent calls
 *	tap_acknowledge() for it, now or later
 * @changed: an answer was confirmed; commit the spool soon
 * @log: one line for the operator
 * @userdata: for all of them
 *
 * Must outlive the tap.
 */
struct tap_host {
	sd_event *event;
	struct spool *spool;
	const char *path;
	char *const *outlets;
	void (*record)(void *userdata, const struct foveatap_record *record,
		       const int *fds);
	void (*changed)(void *userdata);
	void (*log)(void *userdata, int priority, const char *text);
	void *userdata;
};

/** tap_new() - connect as soon as there is somebody; 0 or a negative errno */
int tap_new(const struct tap_host *host, struct tap **ret_tap);

/** tap_free() - hang up; NULL is fine; returns NULL */
struct tap *tap_free(struct tap *tap);

/**
 * tap_acknowledge() - take responsibility for a record, or refuse it for now
 * @tap: when it is not connected nothing is sent: the record comes again
 * @instance: of the record
 * @record_id: of the record
 * @status: 0 or a negative errno
 */
void tap_acknowledge(struct tap *tap, uint64_t instance, uint64_t record_id,
		     int32_t status);

/** tap_send_answers() - send what is due and not under way; after every commit */
void tap_send_answers(struct tap *tap);

/** tap_connected() - is fovead there? */
bool tap_connected(const struct tap *tap);

/** tap_failed() - was the last attempt to reach fovead in vain? */
bool tap_failed(const struct tap *tap);

/** tap_status() - for STATUS; a new object, or NULL */
json_t *tap_status(const struct tap *tap);

#endif /* FOVEA_AGENT_TAP_H */
