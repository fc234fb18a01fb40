// SPDX-License-Identifier: Apache-2.0
/*
 * Routing of frames. All that is kept of a frame is copied here, before its
 * buffer goes back to the driver.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fovead/parts.h"
#include "fovead/router.h"
#include "fovead/rule.h"
#include "libfovea/cleanup.h"
#include "libfovea/log.h"

#define NS_PER_S 1000000000ull

struct outlet {
	char name[FOVEA_CONFIG_NAME_MAX];
	struct parts_request request;
	uint64_t bytes;
	uint64_t left_out;	/* crops that had no room in the device's buffers */
	struct router_counters counters;
	const struct rule *chosen_by;	/* of the frame being routed */
};

struct router {
	struct server *server;
	struct fovea_encoder *encoder;
	struct rule rules[SETTINGS_RULES_MAX];
	size_t n_rules;
	struct outlet outlets[SETTINGS_OUTLETS_MAX];
	size_t n_outlets;
	struct router_counters counters;
	bool encode_failed;	/* said once, until it works again */
};

const struct router_counters *router_counters(const struct router *router)
{
	return &router->counters;
}

static struct rule *find_rule(struct rule *rules, size_t count,
			      const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rules[i].settings.name, name) == 0)
			return &rules[i];
	return NULL;
}

static struct outlet *find_outlet(struct outlet *outlets, size_t count,
				  const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(outlets[i].name, name) == 0)
			return &outlets[i];
	return NULL;
}

static void reload_rules(struct router *router, const struct settings *settings,
			 struct rule *old)
{
	size_t n_old = router->n_rules;

	memcpy(old, router->rules, sizeof(router->rules));
	for (size_t i = 0; i < settings->n_rules; i++) {
		const struct rule_settings *new = &settings->rules[i];
		struct rule *kept = find_rule(old, n_old, new->name);

		router->rules[i] = (struct rule){ .settings = *new };
		if (kept) {
			router->rules[i] = *kept;
			rule_reload(&router->rules[i], new);
		}
	}
	router->n_rules = settings->n_rules;
}

static void reload_outlets(struct router *router,
			   const struct settings *settings)
{
	struct outlet old[SETTINGS_OUTLETS_MAX];
	size_t n_old = router->n_outlets;

	memcpy(old, router->outlets, sizeof(old));
	for (size_t i = 0; i < settings->n_outlets; i++) {
		const struct outlet_settings *new = &settings->outlets[i];
		struct outlet *kept = find_outlet(old, n_old, new->name);
		struct outlet *outlet = &router->outlets[i];

		*outlet = kept ? *kept : (struct outlet){ 0 };
		memcpy(outlet->name, new->name, sizeof(outlet->name));
		outlet->request.parts = new->parts;
		outlet->request.quality = new->quality;
	}
	router->n_outlets = settings->n_outlets;
}

int router_reload(struct router *router, const struct settings *settings)
{
	_cleanup_free_ struct rule *old = malloc(sizeof(router->rules));

	if (!old)
		return -ENOMEM;
	reload_rules(router, settings, old);
	reload_outlets(router, settings);
	return 0;
}

int router_new(const struct settings *settings, struct server *server,
	       struct router **ret_router)
{
	struct router *router = calloc(1, sizeof(*router));
	int r;

	if (!router)
		return -ENOMEM;
	router->server = server;
	r = fovea_encoder_new(&router->encoder);
	if (r == 0)
		r = router_reload(router, settings);
	if (r < 0) {
		router_free(router);
		return r;
	}
	*ret_router = router;
	return 0;
}

struct router *router_free(struct router *router)
{
	if (!router)
		return NULL;
	fovea_encoder_free(router->encoder);
	free(router);
	return NULL;
}

/* Zones of the frame; NULL when a camera's metadata should have told them. */
static const struct zones *measure(const struct camera_frame *frame,
				   const struct fovea_meta *meta,
				   struct zones *zones)
{
	if (!frame->meta_expected) {
		zones_from_picture(zones, &frame->picture);
		return zones;
	}
	return meta && zones_from_meta(zones, meta) == 0 ? zones : NULL;
}

/* @meta, @result: of the frame, or NULL */
static bool ask_rules(struct router *router, const struct camera_frame *frame,
		      const struct fovea_meta *meta,
		      const struct result *result)
{
	const struct zones *zones = NULL;
	struct zones storage;
	bool measured = false, any = false;

	for (size_t i = 0; i < router->n_outlets; i++)
		router->outlets[i].chosen_by = NULL;
	for (size_t i = 0; i < router->n_rules; i++) {
		struct rule *rule = &router->rules[i];
		struct outlet *outlet;

		if (strcmp(rule->settings.camera, frame->camera) != 0)
			continue;
		if (rule->settings.when == RULE_CHANGED && !measured) {
			zones = measure(frame, meta, &storage);
			measured = true;
		}
		if (!rule_match(rule, frame->timestamp, zones, result))
			continue;
		outlet = find_outlet(router->outlets, router->n_outlets,
				     rule->settings.outlet);
		if (outlet && !outlet->chosen_by) {
			outlet->chosen_by = rule;
			any = true;
		}
	}
	return any;
}

/* The frame's start in CLOCK_REALTIME, by the distance of the clocks now. */
static uint64_t realtime_of(uint64_t timestamp)
{
	struct timespec real, monotonic;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	return timestamp +
	       ((uint64_t)real.tv_sec * NS_PER_S + (uint64_t)real.tv_nsec) -
	       ((uint64_t)monotonic.tv_sec * NS_PER_S +
		(uint64_t)monotonic.tv_nsec);
}

/* The counter of what became of a record, in one of the two books. */
static uint64_t *counter_of(struct router_counters *counters, int published)
{
	switch (published) {
	case -ENOENT:
		return &counters->no_subscriber;
	case -ENOBUFS:
		return &counters->queue_full;
	case -ENODATA:
		return &counters->empty;
	default:
		return published < 0 ? &counters->encode : &counters->promised;
	}
}

/* What a record is made of: a frame, a result, or both when they are the same. */
struct source {
	const struct camera_frame *frame;	/* that brought it all */
	const struct result *result;		/* NULL: nothing of it */
	bool picture;				/* the frame's own parts, too */
};

static void count_left_out(struct outlet *outlet, const char *camera,
			   size_t left_out)
{
	if (left_out && outlet->left_out == 0)
		fovea_log(LOG_WARNING, "outlet %s: %zu crops of a frame have no room in its buffer; raise crop-buffer= of [camera %s], or lower crops= (further ones are counted)",
			  outlet->name, left_out, camera);
	outlet->left_out += left_out;
}

static int make_parts(struct router *router, struct outlet *outlet,
		      const struct source *source, struct record *record)
{
	size_t left_out = 0;
	int r = 0;

	if (source->picture)
		r = parts_of_frame(router->encoder, &outlet->request,
				   source->frame, record);
	if (r == 0 && source->result)
		r = parts_of_result(router->encoder, &outlet->request,
				    source->result, source->frame, record,
				    &left_out);
	count_left_out(outlet, source->frame->camera, left_out);
	if (r == 0 && record->wire.parts == 0)
		r = -ENODATA;
	return r;
}

static void identify(struct record *record, const struct outlet *outlet,
		     const struct source *source)
{
	const struct camera_frame *frame = source->frame;

	record->wire.frame_id = source->picture ? frame->id :
						  source->result->frame_id;
	record->wire.timestamp = source->picture ? frame->timestamp :
						   source->result->timestamp;
	record->wire.realtime = realtime_of(record->wire.timestamp);
	strcpy(record->wire.camera, frame->camera);
	strcpy(record->wire.outlet, outlet->name);
	strcpy(record->wire.rule, outlet->chosen_by->settings.name);
}

/* Returns as server_publish(), -ENODATA, or -EIO: the parts can't be made. */
static int publish(struct router *router, struct outlet *outlet,
		   const struct source *source)
{
	struct record *record = NULL;
	int r;

	if (!server_wants(router->server, outlet->name))
		return -ENOENT;
	r = record_new(&record);
	if (r == 0)
		r = make_parts(router, outlet, source, record);
	if (r < 0) {
		if (r != -ENODATA && !router->encode_failed)
			fovea_log(LOG_WARNING, "outlet %s: a frame's parts can't be made: %s",
				  outlet->name, strerror(-r));
		router->encode_failed |= r != -ENODATA;
		record_unref(record);
		return r == -ENODATA ? r : -EIO;
	}
	router->encode_failed = false;
	identify(record, outlet, source);
	outlet->bytes += record->bytes;
	r = server_publish(router->server, record);
	record_unref(record);
	return r;
}

static void route(struct router *router, struct outlet *outlet,
		  const struct source *source)
{
	int r = publish(router, outlet, source);

	router->counters.routed++;
	outlet->counters.routed++;
	(*counter_of(&router->counters, r))++;
	(*counter_of(&outlet->counters, r))++;
}

/*
 * One record, or two: a frame's own parts never travel under the id of another
 * frame, nor do a result's.
 */
static void route_to(struct router *router, struct outlet *outlet,
		     const struct camera_frame *frame,
		     const struct result *result)
{
	uint32_t parts = outlet->request.parts;
	bool picture = parts & ~OUTLET_PARTS_OF_RESULT;
	struct source source = { .frame = frame, .picture = picture };

	if (!(parts & OUTLET_PARTS_OF_RESULT) ||
	    (result && result->label == FOVEA_LABEL_NONE))
		result = NULL;
	if (result && (result->frame_id == frame->id || !picture)) {
		source.result = result;
		route(router, outlet, &source);
		return;
	}
	route(router, outlet, &source);
	if (result) {
		source.result = result;
		source.picture = false;
		route(router, outlet, &source);
	}
}

void router_frame(struct router *router, const struct camera_frame *frame)
{
	bool has_meta, has_result;
	struct fovea_meta meta;
	struct result result;

	has_meta = frame->meta &&
		   fovea_meta_init(&meta, frame->meta, frame->meta_size) == 0;
	has_result = has_meta &&
		     result_from_meta(&result, &meta, frame->labels) == 0;
	if (!ask_rules(router, frame, has_meta ? &meta : NULL,
		       has_result ? &result : NULL))
		return;
	for (size_t i = 0; i < router->n_outlets; i++)
		if (router->outlets[i].chosen_by)
			route_to(router, &router->outlets[i], frame,
				 has_result ? &result : NULL);
}

json_t *router_rules_json(const struct router *router)
{
	static const char *const when[] = { "every", "interval", "changed",
					    "detected" };
	json_t *array = json_array();

	for (size_t i = 0; i < router->n_rules; i++) {
		const struct rule *rule = &router->rules[i];

		json_t *json;

		json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}",
				 "name", rule->settings.name,
				 "camera", rule->settings.camera,
				 "outlet", rule->settings.outlet,
				 "when", when[rule->settings.when],
				 "seen", (json_int_t)rule->seen,
				 "matched", (json_int_t)rule->matched);
		if (rule->settings.when == RULE_DETECTED)
			(void)json_object_set_new(json, "detected",
				json_pack("{s:I, s:b, s:s}",
					  "results",
					  (json_int_t)rule->detected.results,
					  "there", rule->detected.there,
					  "reading", rule->detected.reading));
		(void)json_array_append_new(array, json);
	}
	return array;
}

json_t *router_outlets_json(const struct router *router)
{
	json_t *array = json_array();

	for (size_t i = 0; i < router->n_outlets; i++) {
		const struct outlet *outlet = &router->outlets[i];
		const struct router_counters *c = &outlet->counters;

		(void)json_array_append_new(array,
			json_pack("{s:s, s:I, s:I, s:I, s:I, s:{s:I, s:I, s:I, s:I}}",
				  "name", outlet->name,
				  "routed", (json_int_t)c->routed,
				  "promised", (json_int_t)c->promised,
				  "bytes", (json_int_t)outlet->bytes,
				  "crops_left_out",
				  (json_int_t)outlet->left_out,
				  "dropped",
				  "no-subscriber", (json_int_t)c->no_subscriber,
				  "queue-full", (json_int_t)c->queue_full,
				  "encode", (json_int_t)c->encode,
				  "empty", (json_int_t)c->empty));
	}
	return array;
}
