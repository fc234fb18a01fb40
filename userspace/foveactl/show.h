/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fovead's status as people read it; for `status` and `watch`.
 */
#ifndef FOVEACTL_SHOW_H
#define FOVEACTL_SHOW_H

#include <jansson.h>
#include <stdio.h>

/**
 * show_status() - cameras, rules, outlets, subscribers, the agent, totals
 * @file: where to
 * @status: from fovead, with the agent's beside it (client_add_agent()); what
 *	is missing is shown as 0 or ""
 */
void show_status(FILE *file, const json_t *status);

#endif /* FOVEACTL_SHOW_H */
