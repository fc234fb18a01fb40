/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent as a whole: what fovead sends goes into the spool, what is in the
 * spool goes to the destinations, what those say goes back to fovead.
 */
#ifndef FOVEA_AGENT_AGENT_H
#define FOVEA_AGENT_AGENT_H

#include <systemd/sd-event.h>

#include "agent-config.h"

struct agent;

/**
 * enum agent_end - when to end without being told
 * @AGENT_FOREVER: never
 * @AGENT_DRAIN: once the spool is empty; take nothing new from fovead
 * @AGENT_IDLE: once the spool is empty and every answer is confirmed, but not
 *	before the first record came or was found in the spool
 */
enum agent_end {
	AGENT_FOREVER,
	AGENT_DRAIN,
	AGENT_IDLE,
};

/**
 * agent_new() - open the spool and start
 * @event: the loop
 * @config: taken, also on failure
 * @end: see there; the loop is ended by sd_event_exit(0)
 * @ret_agent: owned by the caller, ends by agent_free()
 *
 * Return: 0 or a negative errno; the reason was logged.
 */
int agent_new(sd_event *event, struct agent_config *config, enum agent_end end,
	      struct agent **ret_agent);

/** agent_free() - commit what can be committed and stop; returns NULL */
struct agent *agent_free(struct agent *agent);

/**
 * agent_reload() - take a new configuration
 * @agent: the agent
 * @config: taken. The spool's folder and the two sockets stay what they were;
 *	everything else follows it. Requests under way are cut off and repeated
 *
 * Return: 0 or a negative errno: the old configuration stays in force.
 */
int agent_reload(struct agent *agent, struct agent_config *config);

static inline void agent_freep(struct agent **agent)
{
	*agent = agent_free(*agent);
}

#endif /* FOVEA_AGENT_AGENT_H */
