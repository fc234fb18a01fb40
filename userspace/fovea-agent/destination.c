// SPDX-License-Identifier: Apache-2.0
/*
 * Delivering: slots for the records on their way, the engine that fills them
 * and judges what comes back.
 */
#include "destination.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>
#include <unistd.h>

#include "backoff.h"
#include "credential.h"
#include "libfovea/cleanup.h"
#include "libfovea/foveatap-protocol.h"
#include "object-name.h"
#include "parcel.h"
#include "part.h"
#include "server-clock.h"

#define SPARE_SLOTS	4u	/* for others while some wait */
#define POISON_TWICE	2u	/* what is refused for good is refused again */
#define STUBBORN	8u	/* refusals of one record while others succeed */
#define POISON_RUN	3u	/* quarantined in a row: it is not the records */
#define COMPLAIN_EVERY	60000000000u	/* ns between messages of one kind */
#define NS_PER_US	1000u

/**
 * struct slot - a record on its way
 * @state: EMPTY, WAITING for its turn, BUSY with a request
 * @fd: of its segment
 * @verified: its bytes match its hash, and shipment.md5 is theirs
 * @skewed: the clock was corrected for it already
 * @parcel: of crops: what was answered to those before
 * @not_before: CLOCK_BOOTTIME of the next try, ns
 * @successes: of the destination when this record was first refused
 */
struct slot {
	struct destination *destination;
	enum { SLOT_EMPTY, SLOT_WAITING, SLOT_BUSY } state;
	struct spool_record record;
	int fd;
	bool verified;
	bool skewed;
	struct shipment shipment;
	struct http_transfer *transfer;
	struct parcel parcel;
	uint64_t not_before;
	uint32_t refusals;
	uint64_t successes;
};

struct destination {
	const struct destination_host *host;
	const struct destination_config *config;
	const struct connector *connector;
	struct credential credential;
	struct server_clock clock;
	struct backoff backoff;
	sd_event_source *timer;
	struct slot *slots;
	unsigned int n_slots;
	unsigned int busy;
	uint64_t cursor;	/* highest sequence number taken so far */
	bool drained;		/* the spool had nothing behind it */
	bool set_aside;		/* some before it were given back to the spool */
	bool reload;		/* read the credential again in any case */

	uint64_t verdicts[VERDICT_COUNT];
	uint64_t successes;
	uint64_t bytes;
	uint64_t agreed;	/* crops read alike by sensor and cloud */
	uint64_t disagreed;
	uint64_t last_success;	/* realtime, ns */
	unsigned int poisoned;	/* in a row */
	char problem[CONNECTOR_REASON_SIZE];	/* "" when there is none */
	uint64_t complained[VERDICT_COUNT];	/* boottime, ns; 0: never */
	bool told;		/* the operator knows of the problem */
	bool samples_told;	/* likewise, that there is no room for samples */
	uint64_t unspoken;	/* failures since the last message */
};

static void pump(struct destination *destination);

/* ---- what the operator is told -------------------------------------- */

static void say(struct destination *destination, int priority,
		const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct destination *destination, int priority,
		const char *format, ...)
{
	_cleanup_free_ char *text = NULL, *line = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		text = NULL;
		return;
	}
	if (asprintf(&line, "destination %s (%s, %s): %s",
		     destination->config->name, destination->connector->name,
		     destination->config->url, text) < 0) {
		line = NULL;
		return;
	}
	destination->host->log(destination->host->userdata, priority, line);
}

/* What to do about it; the file where that is what counts. */
static void cure(const struct destination *destination, enum verdict verdict,
		 char *ret_text, size_t size)
{
	const char *file = destination_credential_file(destination->config);

	switch (verdict) {
	case VERDICT_AUTH:
		if (file)
			(void)snprintf(ret_text, size, "it refuses the credential in %s; put the right one there, it is read again by itself",
				       file);
		else
			(void)snprintf(ret_text, size, "it wants a credential; set key-file, sas-file or token-file");
		break;
	case VERDICT_SKEW:
		(void)snprintf(ret_text, size, "its clock and ours differ, and correcting that did not help; check the credential in %s and the clock",
			       file ? file : "(none)");
		break;
	case VERDICT_CONFIG:
		if (destination->config->type == DESTINATION_AZURE_BLOB)
			(void)snprintf(ret_text, size, "it can't take anything as it is set up; check url, account and that container \"%s\" exists",
				       destination->config->container);
		else
			(void)snprintf(ret_text, size, "it can't take anything as it is set up; check url, that model \"%s\" is loaded and its input is named \"%s\"",
				       destination->config->model,
				       destination->config->input);
		break;
	case VERDICT_THROTTLE:
		(void)snprintf(ret_text, size, "it asks for less; waiting");
		break;
	default:
		(void)snprintf(ret_text, size, "trying again");
	}
}

/* One clear message of a kind, not one per failure. */
static void complain(struct destination *destination, enum verdict verdict,
		     const char *reason)
{
	uint64_t now = server_clock_boottime();
	uint64_t *complained = &destination->complained[verdict];
	char text[512];

	destination->unspoken++;
	(void)snprintf(destination->problem, sizeof(destination->problem),
		       "%s", reason);
	if (*complained && now - *complained < COMPLAIN_EVERY)
		return;
	cure(destination, verdict, text, sizeof(text));
	say(destination, verdict == VERDICT_RETRY || verdict == VERDICT_THROTTLE ?
	    LOG_WARNING : LOG_ERR, "%s; %s (%" PRIu64 " failures, nothing is lost: its records stay in the spool)",
	    reason, text, destination->unspoken);
	*complained = now;
	destination->told = true;
	destination->unspoken = 0;
}

static void praise(struct destination *destination)
{
	if (destination->told)
		say(destination, LOG_INFO, "works again");
	destination->told = false;
	destination->problem[0] = '\0';
}

/* ---- slots ---------------------------------------------------------- */

static void empty_slot(struct slot *slot)
{
	if (slot->state == SLOT_BUSY)
		slot->destination->busy--;
	slot->fd = fovea_close(slot->fd);
	parcel_clear(&slot->parcel);
	slot->state = SLOT_EMPTY;
}

/*
 * The end of a delivery. When even that can't be noted the record keeps its
 * slot and is sent again, which the destination will recognise.
 */
static void finish_slot(struct slot *slot, struct index_result *result)
{
	struct destination *destination = slot->destination;
	int r;

	result->attempts = slot->shipment.attempt;
	result->realtime = spool_now();
	if (result->state == DELIVERY_QUARANTINED)
		r = spool_quarantine(destination->host->spool, &slot->record,
				     destination->config->name, result);
	else
		r = spool_finish(destination->host->spool, &slot->record,
				 destination->config->name, result);
	if (r < 0) {
		if (slot->state == SLOT_BUSY)
			destination->busy--;
		slot->state = SLOT_WAITING;
		slot->not_before = server_clock_boottime() +
				   destination->config->retry_cap;
		say(destination, LOG_ERR, "the end of a delivery can't be noted: %s; sending it again later",
		    strerror(-r));
		return;
	}
	empty_slot(slot);
	destination->host->changed(destination->host->userdata);
}

static void quarantine_slot(struct slot *slot, unsigned int status,
			    const char *reason)
{
	struct destination *destination = slot->destination;
	struct index_result result = {
		.state = DELIVERY_QUARANTINED,
		.status = status,
		.answer_kind = FOVEATAP_ANSWER_FAILED,
	};
	json_t *json = json_pack("{s:s,s:i}", "error", reason, "status",
				 (int)status);
	_cleanup_free_ char *text = json ? json_dumps(json, JSON_COMPACT) :
					   NULL;

	json_decref(json);
	result.answer = text;
	say(destination, LOG_ERR, "frame %016" PRIx64 " of camera %s is given up and kept in the spool's quarantine/: %s",
	    slot->record.frame_id, slot->record.camera, reason);
	finish_slot(slot, &result);
}

/* ---- judging -------------------------------------------------------- */

/* Later, and the later the more often it was. */
static void put_off(struct slot *slot, uint64_t now)
{
	const struct destination_config *config = slot->destination->config;
	uint64_t wait = config->retry_base;

	for (uint32_t i = 1; i < slot->shipment.attempt && wait < config->retry_cap;
	     i++)
		wait *= 2;
	slot->not_before = now + (wait < config->retry_cap ? wait :
							     config->retry_cap);
	if (slot->state == SLOT_BUSY)
		slot->destination->busy--;
	slot->state = SLOT_WAITING;
}

static void fail(struct slot *slot, enum verdict verdict, const char *reason,
		 uint32_t retry_after)
{
	struct destination *destination = slot->destination;
	uint64_t now = server_clock_boottime();

	put_off(slot, now);
	backoff_failed(&destination->backoff, now, verdict, retry_after);
	if (verdict == VERDICT_AUTH)
		destination->reload = true;
	complain(destination, verdict, reason);
}

/*
 * May this record be given up? Only when it is the record: the destination
 * takes others. When it refused several in a row it may be the destination
 * after all; then it is asked more often, ever later.
 */
static bool may_quarantine(const struct slot *slot)
{
	const struct destination *destination = slot->destination;

	return destination->successes > 0 &&
	       (destination->poisoned < POISON_RUN ||
		slot->refusals >= STUBBORN);
}

static void refused(struct slot *slot, enum verdict verdict,
		    const struct http_answer *answer, const char *reason)
{
	struct destination *destination = slot->destination;

	if (slot->refusals++ == 0)
		slot->successes = destination->successes;
	if (verdict == VERDICT_POISON && slot->refusals < POISON_TWICE)
		verdict = VERDICT_RETRY;
	else if (verdict == VERDICT_POISON && !may_quarantine(slot))
		verdict = VERDICT_CONFIG;
	else if (verdict == VERDICT_RETRY && answer->status >= 200 &&
	    slot->refusals >= STUBBORN && may_quarantine(slot) &&
	    destination->successes > slot->successes)
		verdict = VERDICT_POISON;
	if (verdict == VERDICT_POISON) {
		destination->poisoned++;
		quarantine_slot(slot, answer->status, reason);
		return;
	}
	slot->verified = false;
	fail(slot, verdict, reason, answer->retry_after);
}

static void keep_sample(struct slot *slot, const json_t *crop)
{
	struct destination *destination = slot->destination;
	_cleanup_free_ uint8_t *bytes = NULL;
	int r;

	if (!destination->host->samples)
		return;
	r = part_read(slot->fd, &slot->record, slot->shipment.part, &bytes);
	if (r == 0)
		r = samples_keep(destination->host->samples, &slot->record,
				 slot->shipment.part, bytes, crop);
	if (r < 0 && !destination->samples_told)
		say(destination, LOG_WARNING, "a crop that was read differently is not kept as a sample: %s%s; further ones are only counted",
		    strerror(-r), r == -ENOSPC ?
		    "; take samples away, or raise [samples] quota" : "");
	destination->samples_told |= r < 0;
}

/*
 * One crop was delivered. Returns true when it was the last one, with the answer of
 * all in *@json; else the next one is to be sent.
 */
static bool crop_delivered(struct slot *slot, enum verdict *verdict,
			   char **json)
{
	struct destination *destination = slot->destination;
	const struct spool_part *next;
	enum parcel_reading reading;
	const json_t *crop;

	crop = parcel_add(&slot->parcel, &slot->shipment, *json,
			  *verdict == VERDICT_DUPLICATE, &reading);
	destination->agreed += reading == PARCEL_AGREES;
	destination->disagreed += reading == PARCEL_DISAGREES;
	if (crop && reading == PARCEL_DISAGREES)
		keep_sample(slot, crop);
	next = record_next_part(&slot->record, slot->shipment.part->kind,
				slot->shipment.part);
	if (next) {
		slot->shipment.part = next;
		slot->shipment.attempt = 0;
		slot->verified = false;
		slot->state = SLOT_WAITING;
		slot->not_before = 0;
		destination->busy--;
		return false;
	}
	free(*json);
	*json = parcel_text(&slot->parcel);
	*verdict = slot->parcel.fresh ? VERDICT_OK : VERDICT_DUPLICATE;
	return true;
}

static void on_answer(void *userdata, const struct http_answer *answer)
{
	struct slot *slot = userdata;
	struct destination *destination = slot->destination;
	char reason[CONNECTOR_REASON_SIZE] = "";
	_cleanup_free_ char *json = NULL;
	struct index_result result = { .status = answer->status };
	enum verdict verdict;

	slot->transfer = NULL;
	verdict = destination->connector->judge(&slot->shipment, answer,
						&result.answer_kind, &json,
						reason);
	if (answer->date)
		server_clock_set(&destination->clock, answer->date,
				 server_clock_boottime());
	destination->verdicts[verdict]++;

	if (verdict == VERDICT_OK || verdict == VERDICT_DUPLICATE) {
		destination->successes++;
		destination->poisoned = 0;
		destination->bytes += slot->shipment.part->size;
		destination->last_success = spool_now();
		backoff_succeeded(&destination->backoff);
		praise(destination);
		if (!part_kind_is_crop(slot->shipment.part->kind) ||
		    crop_delivered(slot, &verdict, &json)) {
			result.state = verdict == VERDICT_OK ?
				       DELIVERY_DONE : DELIVERY_DUPLICATE;
			result.answer = json;
			finish_slot(slot, &result);
		}
	} else if (verdict == VERDICT_SKEW && !slot->skewed) {
		slot->skewed = true;
		slot->state = SLOT_WAITING;
		slot->not_before = 0;
		destination->busy--;
	} else {
		refused(slot, verdict, answer, reason);
	}
	pump(destination);
}

/* ---- sending -------------------------------------------------------- */

static int load_credential(struct destination *destination)
{
	char reason[CONNECTOR_REASON_SIZE];
	int r;

	if (!destination->credential.path)
		return 0;
	r = credential_load(&destination->credential, destination->reload);
	if (r == 0) {
		destination->reload = false;
		return 0;
	}
	(void)snprintf(reason, sizeof(reason), "%s: %s",
		       destination->credential.path, credential_explain(r));
	backoff_failed(&destination->backoff, server_clock_boottime(),
		       VERDICT_AUTH, 0);
	complain(destination, VERDICT_AUTH, reason);
	return r;
}

static int send_message(struct slot *slot, struct http_message *message)
{
	struct destination *destination = slot->destination;
	const struct spool_part *part = slot->shipment.part;
	struct http_options options = {
		.ca_file = destination->config->ca_file,
		.timeout = destination->config->timeout,
		.offset = slot->record.offset + slot->record.header_size +
			  part->offset,
		.size = part->size,
		.done = on_answer,
		.userdata = slot,
	};
	int r;

	options.fd = fcntl(slot->fd, F_DUPFD_CLOEXEC, 3);
	if (options.fd < 0)
		return -errno;
	r = http_start(destination->host->http, message, &options,
		       &slot->transfer);
	if (r < 0)
		return r;
	slot->state = SLOT_BUSY;
	destination->busy++;
	return 0;
}

/* False: the destination has to wait, there is no use in going on. */
static bool start(struct slot *slot)
{
	struct destination *destination = slot->destination;
	struct http_message message = { 0 };
	uint64_t now = server_clock_boottime();
	int r;

	slot->shipment.attempt++;
	if (!slot->shipment.part) {
		quarantine_slot(slot, 0, "there is nothing in it that could be sent");
		return true;
	}
	if (!slot->verified) {
		r = part_verify(slot->fd, &slot->record, slot->shipment.part,
				slot->shipment.md5);
		if (r == -EBADMSG) {
			quarantine_slot(slot, 0, "its bytes in the spool are damaged");
			return true;
		}
		if (r < 0) {
			fail(slot, VERDICT_RETRY, strerror(-r), 0);
			return false;
		}
		slot->verified = true;
	}
	slot->shipment.credential = destination->credential.loaded ?
		destination->credential.text : NULL;
	slot->shipment.now = server_clock_now(&destination->clock, now);
	r = destination->connector->prepare(&slot->shipment, &message);
	if (r == 0)
		r = send_message(slot, &message);
	http_message_done(&message);
	if (r == -EKEYREJECTED) {
		fail(slot, VERDICT_AUTH, "the credential is not of the kind that is needed", 0);
		return false;
	}
	if (r == -EINVAL || r == -EMSGSIZE) {
		quarantine_slot(slot, 0, "it can't be put into a request");
		return true;
	}
	if (r < 0) {
		fail(slot, VERDICT_RETRY, strerror(-r), 0);
		return false;
	}
	return true;
}

/* The next record of the spool into a slot; 0: none left, or none readable. */
static int fill_slot(struct destination *destination, struct slot *slot)
{
	uint32_t kind = destination_part_kind(destination->config);
	int r;

	*slot = (struct slot){ .destination = destination, .fd = -1 };
	r = spool_next(destination->host->spool, destination->config->name,
		       destination->cursor, &slot->record, &slot->fd);
	if (r == 0) {
		destination->drained = true;
		return 0;
	}
	if (r < 0 && r != -EBADMSG)
		return r;
	destination->cursor = slot->record.seq;
	slot->state = SLOT_WAITING;
	if (r == -EBADMSG) {
		quarantine_slot(slot, 0, "its header in the spool is damaged");
		return 1;
	}
	slot->shipment = (struct shipment){
		.config = destination->config,
		.site = destination->host->site,
		.record = &slot->record,
		.part = record_find_part(&slot->record, kind),
	};
	if (slot->shipment.part && part_kind_is_crop(kind)) {
		r = parcel_open(&slot->parcel, &slot->record, slot->fd);
		if (r < 0)
			return r;
	}
	if (!slot->shipment.part)
		quarantine_slot(slot, 0, "it has no part of the kind that part= asks for; add it to parts= of the outlet in fovead.conf");
	return 1;
}

/*
 * All slots are taken by records that are refused again and again: the one
 * tried most goes back to the spool, so that others get a turn.
 */
static struct slot *make_room(struct destination *destination)
{
	struct slot *worst = NULL;

	for (unsigned int i = 0; i < destination->n_slots; i++) {
		struct slot *slot = &destination->slots[i];

		if (slot->state == SLOT_WAITING && slot->refusals >= STUBBORN &&
		    (!worst || slot->refusals > worst->refusals))
			worst = slot;
	}
	if (worst) {
		empty_slot(worst);
		destination->set_aside = true;
	}
	return worst;
}

/*
 * When nothing else is left, those that were given back are tried again. The
 * index must know of everything that ended, or it would be sent again.
 */
static void come_back(struct destination *destination)
{
	if (!destination->set_aside || !destination->drained ||
	    spool_dirty(destination->host->spool))
		return;
	for (unsigned int i = 0; i < destination->n_slots; i++)
		if (destination->slots[i].state != SLOT_EMPTY)
			return;
	destination->cursor = 0;
	destination->drained = false;
	destination->set_aside = false;
}

/* Whose turn is it? The one tried least; a new one before those tried often. */
static struct slot *pick(struct destination *destination, uint64_t now,
			 int *ret_error)
{
	struct slot *best = NULL, *empty = NULL;

	for (unsigned int i = 0; i < destination->n_slots; i++) {
		struct slot *slot = &destination->slots[i];

		if (slot->state == SLOT_EMPTY)
			empty = slot;
		else if (slot->state == SLOT_WAITING &&
			 slot->not_before <= now &&
			 (!best || slot->shipment.attempt <
			  best->shipment.attempt))
			best = slot;
	}
	if (best && best->shipment.attempt < 2)
		return best;
	if (!empty && !destination->drained) {
		empty = make_room(destination);
		if (best == empty)
			best = NULL;
	}
	while (empty && empty->state == SLOT_EMPTY && !destination->drained) {
		int r = fill_slot(destination, empty);

		if (r < 0) {
			*ret_error = r;
			return NULL;
		}
	}
	return empty && empty->state == SLOT_WAITING ? empty : best;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	pump(userdata);
	return 0;
}

/* When there is something to do next, without being woken. */
static void arm_timer(struct destination *destination, uint64_t now)
{
	uint64_t at = UINT64_MAX, until = destination->backoff.until;

	for (unsigned int i = 0; i < destination->n_slots; i++) {
		const struct slot *slot = &destination->slots[i];

		if (slot->state == SLOT_WAITING && slot->not_before < at)
			at = slot->not_before;
	}
	if (until > now && (at == UINT64_MAX || at < until))
		at = until;
	if (at == UINT64_MAX) {
		(void)sd_event_source_set_enabled(destination->timer,
						  SD_EVENT_OFF);
		return;
	}
	/* A moment later than it is due, so that it is due. */
	(void)sd_event_source_set_time(destination->timer,
				       (at > now ? at : now) / NS_PER_US +
				       1000);
	(void)sd_event_source_set_enabled(destination->timer,
					  SD_EVENT_ONESHOT);
}

static void pump(struct destination *destination)
{
	const struct destination_config *config = destination->config;
	uint64_t now = server_clock_boottime();
	int error = 0;

	come_back(destination);
	while (backoff_wait(&destination->backoff, now) == 0 &&
	       destination->busy < backoff_limit(&destination->backoff,
						 config->concurrency)) {
		struct slot *slot = pick(destination, now, &error);

		if (!slot)
			break;
		if (load_credential(destination) < 0 || !start(slot))
			break;
	}
	if (error) {
		backoff_failed(&destination->backoff, now, VERDICT_RETRY, 0);
		complain(destination, VERDICT_RETRY, strerror(-error));
	}
	if (destination->busy < backoff_limit(&destination->backoff,
					      config->concurrency))
		arm_timer(destination, server_clock_boottime());
}

/* ---- life ----------------------------------------------------------- */

struct destination *destination_free(struct destination *destination)
{
	if (!destination)
		return NULL;
	for (unsigned int i = 0; i < destination->n_slots; i++) {
		struct slot *slot = &destination->slots[i];

		slot->transfer = http_cancel(slot->transfer);
		if (slot->state != SLOT_EMPTY)
			empty_slot(slot);
	}
	(void)sd_event_source_disable_unref(destination->timer);
	credential_clear(&destination->credential);
	free(destination->slots);
	free(destination);
	return NULL;
}

int destination_new(const struct destination_host *host,
		    const struct destination_config *config,
		    struct destination **ret_destination)
{
	struct destination *destination = calloc(1, sizeof(*destination));
	uint64_t seed;
	int r;

	if (!destination)
		return -ENOMEM;
	destination->host = host;
	destination->config = config;
	destination->connector = config->type == DESTINATION_OIP ?
		&connector_oip : &connector_azure_blob;
	destination->credential.path = destination_credential_file(config);
	destination->backoff.base = config->retry_base;
	destination->backoff.cap = config->retry_cap;
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
		seed = server_clock_boottime();
	destination->backoff.seed = seed;
	destination->slots = calloc(config->concurrency + SPARE_SLOTS,
				    sizeof(*destination->slots));
	r = -ENOMEM;
	if (!destination->slots)
		goto fail;
	destination->n_slots = config->concurrency + SPARE_SLOTS;
	for (unsigned int i = 0; i < destination->n_slots; i++)
		destination->slots[i].fd = -1;
	r = sd_event_add_time(host->event, &destination->timer, CLOCK_BOOTTIME,
			      0, 1, on_timer, destination);
	if (r < 0)
		goto fail;
	*ret_destination = destination;
	return 0;
fail:
	destination_free(destination);
	return r;
}

void destination_wake(struct destination *destination)
{
	destination->drained = false;
	pump(destination);
}

bool destination_healthy(const struct destination *destination)
{
	return destination->problem[0] == '\0';
}

bool destination_idle(struct destination *destination)
{
	struct index_totals totals;

	return destination->busy == 0 &&
	       index_totals(spool_index(destination->host->spool),
			    destination->config->name, &totals) == 0 &&
	       totals.pending == 0;
}

json_t *destination_status(struct destination *destination)
{
	uint64_t now = server_clock_boottime(), realtime = spool_now();
	struct index_totals totals = { 0 };
	json_t *verdicts = json_object();

	(void)index_totals(spool_index(destination->host->spool),
			   destination->config->name, &totals);
	for (int i = 0; i < VERDICT_COUNT; i++)
		(void)json_object_set_new(verdicts, verdict_name((enum verdict)i),
					  json_integer((json_int_t)
						       destination->verdicts[i]));
	return json_pack("{s:s,s:s,s:s,s:b,s:s,s:I,s:I,s:I,s:I,s:I,s:b,s:I,s:I,s:I,s:I,s:i,s:i,s:I,s:I,s:I,s:o}",
		"name", destination->config->name,
		"type", destination->connector->name,
		"url", destination->config->url,
		"healthy", destination_healthy(destination),
		"problem", destination->problem,
		"accepted", (json_int_t)totals.accepted,
		"delivered", (json_int_t)totals.delivered,
		"duplicates", (json_int_t)totals.duplicates,
		"quarantined", (json_int_t)totals.quarantined,
		"pending", (json_int_t)totals.pending,
		"balanced", totals.accepted == totals.delivered +
			    totals.quarantined + totals.pending,
		"oldest_ms", (json_int_t)(totals.oldest && totals.oldest < realtime ?
					  (realtime - totals.oldest) / 1000000 : 0),
		"bytes", (json_int_t)destination->bytes,
		"agreed", (json_int_t)destination->agreed,
		"disagreed", (json_int_t)destination->disagreed,
		"under_way", (int)destination->busy,
		"failures_in_a_row", (int)destination->backoff.failures,
		"retry_ms", (json_int_t)(backoff_wait(&destination->backoff,
						      now) / 1000000),
		"last_success", (json_int_t)destination->last_success,
		"clock_offset_s", (json_int_t)
			server_clock_offset(&destination->clock, now),
		"verdicts", verdicts);
}
