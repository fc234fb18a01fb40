// SPDX-License-Identifier: Apache-2.0
/*
 * Putting the parts together: tap, spool, destinations, status.
 */
#include "agent.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>

#include "agent-status.h"
#include "control.h"
#include "destination.h"
#include "http.h"
#include "libfovea/cleanup.h"
#include "libfovea/log.h"
#include "object-name.h"
#include "server-clock.h"
#include "tap.h"

#define NS_PER_US		1000u
#define COMMIT_RETRY_US		1000000u
#define COMPLAIN_EVERY		60000000000u	/* ns */
#define NOTIFY_EVERY		1000000000u	/* ns */

struct agent {
	sd_event *event;
	sd_event_source *timer;
	bool timer_set;
	struct agent_config *config;
	enum agent_end end;
	struct spool *spool;
	struct http_client *http;
	struct samples *samples;
	struct tap *tap;
	struct control *control;
	struct destination_host destination_host;
	struct tap_host tap_host;
	struct destination *destinations[AGENT_DESTINATIONS_MAX];
	unsigned int n_destinations;

	uint64_t started;
	uint64_t notified;
	uint64_t unrouted;
	uint64_t part_missing;
	int commit_failure;
	uint64_t full_complained;	/* boottime, ns; 0: not */
	uint64_t part_complained;
	bool had_work;			/* at the start */
	bool ending;
};

static char *const no_outlets[] = { NULL };

static void log_line(void *userdata, int priority, const char *text)
{
	(void)userdata;
	fovea_log(priority, "%s", text);
}

/* ---- committing ----------------------------------------------------- */

static void set_timer(struct agent *agent, uint64_t us)
{
	uint64_t now;

	if (agent->timer_set ||
	    sd_event_now(agent->event, CLOCK_MONOTONIC, &now) < 0)
		return;
	(void)sd_event_source_set_time(agent->timer, now + us);
	(void)sd_event_source_set_enabled(agent->timer, SD_EVENT_ONESHOT);
	agent->timer_set = true;
}

static void schedule_commit(void *userdata)
{
	struct agent *agent = userdata;

	if (!agent->ending && spool_dirty(agent->spool))
		set_timer(agent, agent->config->commit_delay / NS_PER_US);
}

static void committed(void *userdata, const struct spool_record *record)
{
	struct agent *agent = userdata;

	if (agent->tap)
		tap_acknowledge(agent->tap, record->instance,
				record->record_id, 0);
}

/* Is there nothing left to do? */
static bool finished(struct agent *agent)
{
	uint64_t due = 1;

	if (agent->end == AGENT_FOREVER || spool_dirty(agent->spool))
		return false;
	for (unsigned int i = 0; i < agent->n_destinations; i++)
		if (!destination_idle(agent->destinations[i]))
			return false;
	(void)index_answers_due(spool_index(agent->spool), &due);
	if (agent->end == AGENT_IDLE)
		return due == 0 && (agent->had_work ||
				    spool_counters(agent->spool)->accepted);
	return due == 0 || tap_failed(agent->tap);
}

static void notify(struct agent *agent)
{
	uint64_t now = server_clock_boottime(), pending = 0;

	if (now - agent->notified < NOTIFY_EVERY)
		return;
	agent->notified = now;
	for (unsigned int i = 0; i < agent->n_destinations; i++) {
		struct index_totals totals = { 0 };

		(void)index_totals(spool_index(agent->spool),
				   agent->config->destination[i].name,
				   &totals);
		pending += totals.pending;
	}
	(void)sd_notifyf(0, "STATUS=%" PRIu64 " records accepted, %" PRIu64
			 " deliveries pending",
			 spool_counters(agent->spool)->accepted, pending);
}

static void commit_failed(struct agent *agent, int error)
{
	if (agent->commit_failure != error)
		fovea_log(LOG_ERR, "spool %s: can't be written: %s; nothing new is acknowledged until it can; check the disk",
			  agent->config->spool.path, strerror(-error));
	agent->commit_failure = error;
	if (error == -EUCLEAN) {
		/* The next start sets the index aside and makes a new one. */
		agent->ending = true;
		(void)sd_event_exit(agent->event, EXIT_FAILURE);
		return;
	}
	set_timer(agent, COMMIT_RETRY_US);
}

static void commit(struct agent *agent)
{
	int r = spool_commit(agent->spool, committed, agent);

	if (r < 0) {
		commit_failed(agent, r);
		return;
	}
	if (agent->commit_failure)
		fovea_log(LOG_INFO, "spool %s: can be written again",
			  agent->config->spool.path);
	agent->commit_failure = 0;
	for (unsigned int i = 0; i < agent->n_destinations; i++)
		destination_wake(agent->destinations[i]);
	if (agent->tap)
		tap_send_answers(agent->tap);
	schedule_commit(agent);
	notify(agent);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct agent *agent = userdata;

	(void)source;
	(void)usec;
	agent->timer_set = false;
	commit(agent);
	if (agent->end != AGENT_FOREVER && !agent->ending) {
		if (finished(agent)) {
			agent->ending = true;
			return sd_event_exit(agent->event, 0);
		}
		/* What ends it may be nothing that commits. */
		set_timer(agent, COMMIT_RETRY_US / 10);
	}
	return 0;
}

/* ---- taking records ------------------------------------------------- */

static bool route_matches(const struct route *route, const char *outlet)
{
	return strcmp(route->outlet, "*") == 0 ||
	       strcmp(route->outlet, outlet) == 0;
}

static void add_destination(struct spool_record *record, const char *name)
{
	for (uint32_t i = 0; i < record->destinations; i++)
		if (strcmp(record->destination[i], name) == 0)
			return;
	if (record->destinations < RECORD_DESTINATIONS_MAX)
		record_set_name(record->destination[record->destinations++],
				name);
}

/*
 * The parts of the kind that a destination wants, once, with their descriptors; and
 * what the sensor says of crops.
 */
static bool take_parts(struct spool_record *record, int *fds,
		       const struct foveatap_record *from, const int *from_fds,
		       uint32_t kind)
{
	if (record_find_part(record, kind))
		return true;
	for (uint32_t i = 0; i < from->parts; i++) {
		const struct foveatap_part *part = &from->part[i];

		if (part->kind != kind || record->parts == RECORD_PARTS_MAX)
			continue;
		record->part[record->parts] = (struct spool_part){
			.kind = kind, .width = part->width,
			.height = part->height, .number = part->number,
			.size = part->size,
		};
		fds[record->parts++] = from_fds[i];
	}
	if (!record_find_part(record, kind))
		return false;
	if (part_kind_is_crop(kind))
		(void)take_parts(record, fds, from, from_fds,
				 FOVEATAP_PART_CROP_LIST);
	return true;
}

static void complain_of_part(struct agent *agent, const char *outlet,
			     const struct destination_config *destination)
{
	uint64_t now = server_clock_boottime();

	agent->part_missing++;
	if (agent->part_complained &&
	    now - agent->part_complained < COMPLAIN_EVERY)
		return;
	agent->part_complained = now;
	if (part_kind_is_crop(destination_part_kind(destination))) {
		fovea_log(LOG_WARNING, "destination %s wants crops and a record of outlet %s has none: nothing was cut out of that frame, or parts= of [outlet %s] in fovead.conf lacks them (%" PRIu64 " left out so far)",
			  destination->name, outlet, outlet,
			  agent->part_missing);
		return;
	}
	fovea_log(LOG_ERR, "destination %s wants the part \"%s\" and records of outlet %s have none; add it to parts= of [outlet %s] in fovead.conf (%" PRIu64 " left out so far)",
		  destination->name,
		  part_kind_name(destination_part_kind(destination)), outlet,
		  outlet, agent->part_missing);
}

/* Only the parts that will be sent are stored. */
static void select_parts(struct agent *agent, struct spool_record *record,
			 int *fds, const struct foveatap_record *from,
			 const int *from_fds)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < record->destinations; i++) {
		const struct destination_config *destination =
			agent_config_destination(agent->config,
						 record->destination[i]);

		if (!take_parts(record, fds, from, from_fds,
				destination_part_kind(destination))) {
			complain_of_part(agent, from->outlet, destination);
			continue;
		}
		if (kept != i)
			memcpy(record->destination[kept],
			       record->destination[i], RECORD_NAME_MAX);
		kept++;
	}
	record->destinations = kept;
}

static void complain_of_space(struct agent *agent)
{
	uint64_t now = server_clock_boottime();

	if (agent->full_complained &&
	    now - agent->full_complained < COMPLAIN_EVERY)
		return;
	agent->full_complained = now;
	fovea_log(LOG_ERR, "spool %s: no space for new records (quota %" PRIu64 " bytes); they wait at fovead; let the destinations drain, free the disk, or raise [spool] quota",
		  agent->config->spool.path, agent->config->spool.quota);
}

static void append(struct agent *agent, const struct spool_record *record,
		   const int *fds)
{
	uint64_t bytes;
	int r;

	r = spool_append(agent->spool, record, fds);
	if (r == -EAGAIN) {
		commit(agent);
		r = spool_append(agent->spool, record, fds);
	}
	if (r == -EMSGSIZE) {
		/* Refusing it would only bring it back, for ever. */
		fovea_log(LOG_ERR, "frame %016" PRIx64 " of camera %s is larger than [spool] record-max (%" PRIu64 " bytes) and dropped; raise it",
			  record->frame_id, record->camera,
			  agent->config->spool.record_max);
		r = 1;
	}
	if (r == -ENOSPC)
		complain_of_space(agent);
	if (r != 0) {
		tap_acknowledge(agent->tap, record->instance,
				record->record_id, r < 0 ? r : 0);
		/*
		 * It may have closed a segment on the way: only a commit
		 * seals that, and only what is sealed gives its space back.
		 */
		schedule_commit(agent);
		return;
	}
	agent->full_complained = 0;
	if (spool_batch(agent->spool, &bytes) >= TAP_WINDOW / 2 ||
	    bytes >= SPOOL_BATCH_BYTES)
		commit(agent);
	else
		schedule_commit(agent);
}

static void on_record(void *userdata, const struct foveatap_record *from,
		      const int *from_fds)
{
	struct agent *agent = userdata;
	struct spool_record record = {
		.instance = from->instance,
		.record_id = from->record_id,
		.frame_id = from->frame_id,
		.timestamp = from->timestamp,
		.realtime = from->realtime,
	};
	int fds[RECORD_PARTS_MAX];

	record_set_name(record.camera, from->camera);
	record_set_name(record.outlet, from->outlet);
	record_set_name(record.rule, from->rule);
	for (uint32_t i = 0; i < agent->config->routes; i++) {
		const struct route *route = &agent->config->route[i];

		if (!route_matches(route, record.outlet))
			continue;
		for (char **name = route->destinations; *name; name++)
			add_destination(&record, *name);
	}
	if (record.destinations == 0)
		agent->unrouted++;
	select_parts(agent, &record, fds, from, from_fds);
	if (record.destinations == 0) {
		tap_acknowledge(agent->tap, record.instance, record.record_id,
				0);
		return;
	}
	append(agent, &record, fds);
}

/* ---- status --------------------------------------------------------- */

static json_t *on_status(void *userdata)
{
	struct agent *agent = userdata;
	const struct agent_view view = {
		.spool = agent->spool,
		.tap = agent->tap,
		.destinations = agent->destinations,
		.n_destinations = agent->n_destinations,
		.samples = agent->samples,
		.started = agent->started,
		.unrouted = agent->unrouted,
		.part_missing = agent->part_missing,
		.commit_failure = agent->commit_failure,
	};

	return agent_status(&view);
}

/* ---- life ----------------------------------------------------------- */

static int warn_of_unconfigured(void *userdata, const char *name)
{
	struct agent *agent = userdata;
	struct index_totals totals;
	int r;

	if (agent_config_destination(agent->config, name))
		return 0;
	r = index_totals(spool_index(agent->spool), name, &totals);
	if (r == 0 && totals.pending)
		fovea_log(LOG_WARNING, "%" PRIu64 " records in the spool wait for destination %s, which is not configured; add [destination %s] again to deliver them",
			  totals.pending, name, name);
	return r;
}

static void stop_destinations(struct agent *agent)
{
	for (unsigned int i = 0; i < agent->n_destinations; i++)
		destination_free(agent->destinations[i]);
	agent->n_destinations = 0;
	agent->samples = samples_close(agent->samples);
}

/* Samples are a by-product: without their folder everything else goes on. */
static void open_samples(struct agent *agent)
{
	int r;

	if (!agent->config->samples.path)
		return;
	r = samples_open(&agent->config->samples, &agent->samples);
	if (r < 0)
		fovea_log(LOG_ERR, "samples %s: %s; none are kept; make the folder one that the agent may write to",
			  agent->config->samples.path, strerror(-r));
}

static int start_destinations(struct agent *agent)
{
	open_samples(agent);
	agent->destination_host = (struct destination_host){
		.event = agent->event,
		.http = agent->http,
		.spool = agent->spool,
		.site = agent->config->site,
		.samples = agent->samples,
		.changed = schedule_commit,
		.log = log_line,
		.userdata = agent,
	};
	for (uint32_t i = 0; i < agent->config->destinations; i++) {
		int r = destination_new(&agent->destination_host,
					&agent->config->destination[i],
					&agent->destinations[i]);

		if (r < 0)
			return r;
		agent->n_destinations++;
	}
	return index_destinations(spool_index(agent->spool),
				  warn_of_unconfigured, agent);
}

static int start_tap(struct agent *agent)
{
	agent->tap_host = (struct tap_host){
		.event = agent->event,
		.spool = agent->spool,
		.path = agent->config->tap,
		.outlets = agent->end == AGENT_DRAIN ? no_outlets :
						       agent->config->outlets,
		.record = on_record,
		.changed = schedule_commit,
		.log = log_line,
		.userdata = agent,
	};
	return tap_new(&agent->tap_host, &agent->tap);
}

static bool has_work(struct agent *agent)
{
	uint64_t due = 0;

	(void)index_answers_due(spool_index(agent->spool), &due);
	for (unsigned int i = 0; i < agent->n_destinations; i++)
		if (!destination_idle(agent->destinations[i]))
			return true;
	return due > 0;
}

static int start(struct agent *agent)
{
	int r;

	r = spool_open(&agent->config->spool, &spool_io_system, log_line,
		       agent, &agent->spool);
	if (r < 0)
		return r;
	r = sd_event_add_time(agent->event, &agent->timer, CLOCK_MONOTONIC, 0,
			      1000, on_timer, agent);
	if (r == 0)
		r = http_client_new(agent->event, &agent->http);
	if (r == 0)
		r = start_tap(agent);
	if (r == 0)
		r = start_destinations(agent);
	if (r < 0) {
		fovea_log(LOG_ERR, "can't start: %s", strerror(-r));
		return r;
	}
	agent->had_work = has_work(agent);
	r = control_new(agent->event, agent->config->control, on_status, agent,
			&agent->control);
	if (r < 0)
		fovea_log(LOG_ERR, "control socket %s: %s; make its folder, or set [agent] control",
			  agent->config->control, strerror(-r));
	return r;
}

struct agent *agent_free(struct agent *agent)
{
	if (!agent)
		return NULL;
	agent->ending = true;
	stop_destinations(agent);
	if (agent->spool)
		(void)spool_commit(agent->spool, committed, agent);
	tap_free(agent->tap);
	control_free(agent->control);
	http_client_free(agent->http);
	spool_free(agent->spool);
	(void)sd_event_source_disable_unref(agent->timer);
	(void)sd_event_unref(agent->event);
	agent_config_free(agent->config);
	free(agent);
	return NULL;
}

int agent_new(sd_event *event, struct agent_config *config, enum agent_end end,
	      struct agent **ret_agent)
{
	struct agent *agent = calloc(1, sizeof(*agent));
	int r;

	if (!agent) {
		agent_config_free(config);
		return -ENOMEM;
	}
	agent->event = sd_event_ref(event);
	agent->config = config;
	agent->end = end;
	agent->started = server_clock_boottime();
	r = start(agent);
	if (r < 0) {
		agent_free(agent);
		return r;
	}
	*ret_agent = agent;
	return 0;
}

static void keep(const char *section, const char *key, char **old, char **new)
{
	char *value = *old;

	if (strcmp(*old, *new) != 0)
		fovea_log(LOG_WARNING, "[%s] %s: can't be changed while running; it stays %s until the next start",
			  section, key, *old);
	*old = *new;
	*new = value;
}

int agent_reload(struct agent *agent, struct agent_config *config)
{
	int r;

	keep("agent", "tap", &agent->config->tap, &config->tap);
	keep("agent", "control", &agent->config->control, &config->control);
	keep("spool", "path", &agent->config->spool_path, &config->spool_path);
	config->spool.path = config->spool_path;	/* the very same string */

	stop_destinations(agent);
	agent->tap = tap_free(agent->tap);
	/*
	 * What the old destinations finished must be in the index before the
	 * new ones ask it what is left, or they deliver that again. When the
	 * disk refuses, they do, and the timer tries again: no harm but that.
	 */
	r = spool_commit(agent->spool, committed, agent);
	if (r < 0)
		commit_failed(agent, r);
	agent_config_free(agent->config);
	agent->config = config;
	spool_set_limits(agent->spool, &config->spool);
	r = start_tap(agent);
	if (r == 0)
		r = start_destinations(agent);
	return r;
}
