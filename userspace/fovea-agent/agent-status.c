// SPDX-License-Identifier: Apache-2.0
/*
 * Status: counters, the balance of each destination, and what is wrong.
 */
#include "agent-status.h"

#include <stdio.h>
#include <string.h>

#include "libfovea/cleanup.h"
#include "server-clock.h"

static json_t *spool_status(const struct agent_view *view)
{
	const struct spool_counters *c = spool_counters(view->spool);
	struct spool_space space;
	uint64_t due = 0;

	spool_space(view->spool, &space);
	(void)index_answers_due(spool_index(view->spool), &due);
#define N(field) #field, (json_int_t)c->field
	return json_pack("{s:I,s:I,s:I,s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,"
			 "s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}",
			 "segments", (json_int_t)space.segments,
			 "segment_bytes", (json_int_t)space.segment_bytes,
			 "quarantine_bytes", (json_int_t)space.quarantine_bytes,
			 "reserve", space.reserve,
			 "answers_due", (json_int_t)due,
			 N(accepted), N(repeated), N(refused_space),
			 N(refused_size), N(refused_error), N(commits),
			 N(commit_errors), N(poisoned), N(recovered),
			 N(torn_bytes), N(damaged_ranges), N(lost),
			 N(unreadable_segments), N(index_rebuilt),
			 N(reserve_used), N(answers_dropped));
#undef N
}

static void problem(json_t *problems, const char *text)
{
	(void)json_array_append_new(problems, json_string(text));
}

static json_t *problems_of(const struct agent_view *view, json_t *destinations)
{
	const struct spool_counters *counters = spool_counters(view->spool);
	json_t *problems = json_array();
	struct spool_space space;
	const json_t *item;
	char text[512];
	size_t i;

	spool_space(view->spool, &space);
	if (!tap_connected(view->tap))
		problem(problems, "fovead is not there; no new records come");
	if (!space.reserve)
		problem(problems, "the disk is full: the spool's reserve is in use and new records are refused");
	if (view->commit_failure) {
		(void)snprintf(text, sizeof(text), "the spool can't be written: %s",
			       strerror(-view->commit_failure));
		problem(problems, text);
	}
	if (counters->lost || counters->unreadable_segments)
		problem(problems, "records in the spool are damaged; see the log of the start");
	json_array_foreach(destinations, i, item) {
		if (json_is_true(json_object_get(item, "healthy")))
			continue;
		(void)snprintf(text, sizeof(text), "destination %s: %s",
			       json_string_value(json_object_get(item, "name")),
			       json_string_value(json_object_get(item,
								 "problem")));
		problem(problems, text);
	}
	return problems;
}

json_t *agent_status(const struct agent_view *view)
{
	json_t *destinations = json_array(), *problems;

	for (unsigned int i = 0; i < view->n_destinations; i++)
		(void)json_array_append_new(destinations,
					    destination_status(view->destinations[i]));
	problems = problems_of(view, destinations);
	return json_pack("{s:s,s:s,s:I,s:b,s:o,s:o,s:o,s:o,s:o,s:I,s:I}",
			 "process", "fovea-agent",
			 "version", FOVEA_VERSION,
			 "uptime_ms", (json_int_t)((server_clock_boottime() -
						    view->started) / 1000000),
			 "healthy", json_array_size(problems) == 0,
			 "problems", problems,
			 "tap", tap_status(view->tap),
			 "spool", spool_status(view),
			 "destinations", destinations,
			 "samples", samples_status(view->samples),
			 "unrouted", (json_int_t)view->unrouted,
			 "part_missing", (json_int_t)view->part_missing);
}
