/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tap: fovead's socket, its connections and subscribers.
 */
#ifndef FOVEAD_SERVER_H
#define FOVEAD_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "fovead/history.h"
#include "fovead/record.h"
#include "fovead/settings.h"

/** struct server - the listening socket and everybody behind it */
struct server;

/**
 * typedef server_status_fn - makes the answer to STATUS_REQUEST
 * @userdata: as given to server_new()
 *
 * Return: a new JSON object, or NULL when memory ran out.
 */
typedef json_t *(*server_status_fn)(void *userdata);

/**
 * struct server_counters - since start
 * @connected: connections accepted
 * @broken: connections dropped because they broke the rules or did not read
 * @turned_away: connections refused because all places were taken
 */
struct server_counters {
	uint64_t connected;
	uint64_t broken;
	uint64_t turned_away;
};

/**
 * server_new() - listen
 * @event: loop to live in
 * @settings: socket and limits; must outlive the server or be replaced by
 *	server_reload()
 * @status: see there
 * @userdata: given to @status
 * @ret_server: the caller's, ends by server_free()
 *
 * The folder of the socket is made when it is missing (0755), a socket that
 * nobody serves is replaced, and durable subscribers that outlets are kept for
 * exist from now on.
 *
 * Return: 0; -EADDRINUSE when another fovead serves the path; or a negative
 * errno.
 */
int server_new(sd_event *event, const struct settings *settings,
	       server_status_fn status, void *userdata,
	       struct server **ret_server);

/** server_free() - close all, remove the socket; NULL is fine; returns NULL */
struct server *server_free(struct server *server);

/**
 * server_reload() - limits for new subscribers, new outlets kept for some
 * @server: running
 * @settings: as in server_new(), from now on, also after an error
 *
 * Return: 0; -EBUSY when there is no place for all subscribers that keep-for=
 * names, records are kept for the same ones as before then; or a negative
 * errno.
 */
int server_reload(struct server *server, const struct settings *settings);

/** server_wants() - is there any subscriber for this outlet? */
bool server_wants(const struct server *server, const char *outlet);

/**
 * server_publish() - hand a record to all who want it
 * @server: gives it its record id and instance, and remembers it
 * @record: with its parts and names
 *
 * Return: to how many it was promised; -ENOENT when nobody wants it, -ENOBUFS
 * when the queues of all who do are full.
 */
int server_publish(struct server *server, struct record *record);

/** server_instance() - random number of this fovead's life */
uint64_t server_instance(const struct server *server);

/** server_history() - the records it remembers */
struct history *server_history(const struct server *server);

/** server_counters() - see there */
const struct server_counters *server_counters(const struct server *server);

/** server_subscribers_json() - array for STATUS */
json_t *server_subscribers_json(const struct server *server);

#endif /* FOVEAD_SERVER_H */
