/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a captured frame to the tap: asks the rules, makes the parts of the
 * outlets they name, publishes.
 */
#ifndef FOVEAD_ROUTER_H
#define FOVEAD_ROUTER_H

#include <jansson.h>

#include "fovead/camera.h"
#include "fovead/server.h"
#include "fovead/settings.h"

/** struct router - rules, outlets, and the encoder they share */
struct router;

/**
 * struct router_counters - since start, over all outlets
 * @routed: records of frames a rule has chosen; the sum of all that follow
 * @promised: those that at least one subscriber's queue has accepted
 * @no_subscriber: those that nobody wanted: nothing was made of them
 * @queue_full: those that found no room in any queue
 * @encode: those whose parts could not be made
 * @empty: those that have none of the outlet's parts: crops of a frame without any
 */
struct router_counters {
	uint64_t routed;
	uint64_t promised;
	uint64_t no_subscriber;
	uint64_t queue_full;
	uint64_t encode;
	uint64_t empty;
};

/**
 * router_new() - rules and outlets as configured
 * @settings: copied as far as it is needed
 * @server: where records go
 * @ret_router: the caller's, ends by router_free()
 *
 * Return: 0 or -ENOMEM.
 */
int router_new(const struct settings *settings, struct server *server,
	       struct router **ret_router);

/** router_free() - NULL is fine; returns NULL */
struct router *router_free(struct router *router);

/** router_reload() - new rules and outlets; those of the same name go on */
int router_reload(struct router *router, const struct settings *settings);

/**
 * router_frame() - route one frame
 * @router: any
 * @frame: a good one
 *
 * A frame goes to an outlet at most once, under the name of the first rule
 * that matched. What the network has found goes with the id of the frame it was
 * computed from: when that is an earlier one, as a record of its own.
 */
void router_frame(struct router *router, const struct camera_frame *frame);

/** router_counters() - see there */
const struct router_counters *router_counters(const struct router *router);

/** router_rules_json() - array for STATUS */
json_t *router_rules_json(const struct router *router);

/** router_outlets_json() - array for STATUS */
json_t *router_outlets_json(const struct router *router);

#endif /* FOVEAD_ROUTER_H */
