/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's status in JSON, as STATUS sends it and foveactl shows it.
 */
#ifndef FOVEA_AGENT_AGENT_STATUS_H
#define FOVEA_AGENT_AGENT_STATUS_H

#include <jansson.h>
#include <stdint.h>

#include "destination.h"
#include "samples.h"
#include "spool.h"
#include "tap.h"

/**
 * struct agent_view - what there is to tell of
 * @spool: the spool
 * @tap: the tap
 * @destinations: all of them
 * @n_destinations: how many
 * @samples: see there; NULL: none are kept
 * @started: CLOCK_BOOTTIME of the start, ns
 * @unrouted: records no route wants
 * @part_missing: deliveries left out because the record lacks the part
 * @commit_failure: of the last commit, negative errno; 0: it worked
 */
struct agent_view {
	struct spool *spool;
	const struct tap *tap;
	struct destination *const *destinations;
	unsigned int n_destinations;
	const struct samples *samples;
	uint64_t started;
	uint64_t unrouted;
	uint64_t part_missing;
	int commit_failure;
};

/** agent_status() - a new object, or NULL when memory ran out */
json_t *agent_status(const struct agent_view *view);

#endif /* FOVEA_AGENT_AGENT_STATUS_H */
