// SPDX-License-Identifier: Apache-2.0
/*
 * Tables of fovead's status.
 */
#include <inttypes.h>
#include <stdbool.h>

#include "foveactl/show.h"

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static int64_t number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static int64_t sum(const json_t *object)
{
	const char *key;
	json_t *value;
	int64_t total = 0;

	json_object_foreach((json_t *)(uintptr_t)object, key, value)
		total += json_integer_value(value);
	return total;
}

static void show_camera(FILE *file, const json_t *camera)
{
	const json_t *format = json_object_get(camera, "format");
	char size[32] = "-";

	if (json_is_object(format))
		(void)snprintf(size, sizeof(size), "%" PRId64 "x%" PRId64 " %s",
			       number(format, "width"),
			       number(format, "height"),
			       text(format, "fourcc"));
	fprintf(file, "  %-12.12s %-10s %6.1f  %s  %9" PRId64 " %7" PRId64 "  %-14s %s\n",
		text(camera, "name"), text(camera, "state"),
		json_number_value(json_object_get(camera, "fps")),
		text(camera, "last_frame_id"), number(camera, "captured"),
		number(camera, "missed"), size, text(camera, "device"));
	if (json_is_string(json_object_get(camera, "error")))
		fprintf(file, "    %s\n", text(camera, "error"));
}

static void show_cameras(FILE *file, const json_t *cameras)
{
	const json_t *camera;
	size_t i;

	fprintf(file, "CAMERA         STATE         FPS  LAST FRAME         CAPTURED  MISSED  SIZE           DEVICE\n");
	json_array_foreach(cameras, i, camera)
		show_camera(file, camera);
}

static void show_rule(FILE *file, const json_t *rule)
{
	const json_t *detected = json_object_get(rule, "detected");

	fprintf(file, "  %-12.12s %-10s %9" PRId64 " %8" PRId64 "  %s > %s\n",
		text(rule, "name"), text(rule, "when"),
		number(rule, "seen"), number(rule, "matched"),
		text(rule, "camera"), text(rule, "outlet"));
	if (detected)
		fprintf(file, "    results %" PRId64 ", %s%s%s\n",
			number(detected, "results"),
			json_is_true(json_object_get(detected, "there")) ?
			"there" : "not there",
			*text(detected, "reading") ? ", reading " : "",
			text(detected, "reading"));
}

static void show_rules(FILE *file, const json_t *rules)
{
	const json_t *rule;
	size_t i;

	fprintf(file, "RULE           WHEN            SEEN  MATCHED  CAMERA > OUTLET\n");
	json_array_foreach(rules, i, rule)
		show_rule(file, rule);
}

static void show_outlets(FILE *file, const json_t *outlets)
{
	const json_t *outlet;
	size_t i;

	fprintf(file, "OUTLET            ROUTED   PROMISED  DROPPED       MIB\n");
	json_array_foreach(outlets, i, outlet)
		fprintf(file, "  %-12.12s %9" PRId64 "  %9" PRId64 " %8" PRId64 " %9.1f\n",
			text(outlet, "name"), number(outlet, "routed"),
			number(outlet, "promised"),
			sum(json_object_get(outlet, "dropped")),
			(double)number(outlet, "bytes") / (1 << 20));
}

static void show_subscribers(FILE *file, const json_t *subscribers)
{
	const json_t *subscriber;
	size_t i;

	fprintf(file, "SUBSCRIBER     STATE        WAITING   SENT  RESENT    TAKEN REFUSED DROPPED\n");
	json_array_foreach(subscribers, i, subscriber) {
		bool connected = json_is_true(json_object_get(subscriber,
							      "connected"));

		fprintf(file, "  %-12.12s %-10s %8" PRId64 " %7" PRId64 " %6" PRId64 " %8" PRId64 " %7" PRId64 " %7" PRId64 "\n",
			text(subscriber, "name"),
			connected ? "connected" : "away",
			number(subscriber, "waiting"),
			number(subscriber, "sent"),
			number(subscriber, "resent"),
			number(subscriber, "acknowledged"),
			number(subscriber, "refused"),
			sum(json_object_get(subscriber, "dropped")));
	}
}

static void show_totals(FILE *file, const json_t *totals)
{
	const json_t *dropped = json_object_get(totals, "dropped");
	const json_t *value;
	const char *key;

	fprintf(file, "captured %" PRId64 ", missed %" PRId64 ", routed %" PRId64 ", delivered %" PRId64 ", answered %" PRId64 ", failed %" PRId64 ", dropped %" PRId64,
		number(totals, "captured"), number(totals, "missed"),
		number(totals, "routed"), number(totals, "delivered"),
		number(totals, "inferred"), number(totals, "failed"),
		sum(dropped));
	json_object_foreach((json_t *)(uintptr_t)dropped, key, value)
		if (json_integer_value(value))
			fprintf(file, " (%s %" JSON_INTEGER_FORMAT ")", key,
				json_integer_value(value));
	if (number(totals, "agreed") || number(totals, "disagreed"))
		fprintf(file, "; sensor and cloud agree on %" PRId64 ", disagree on %" PRId64,
			number(totals, "agreed"), number(totals, "disagreed"));
	fprintf(file, "\n");
}

static void show_destinations(FILE *file, const json_t *destinations)
{
	const json_t *destination;
	size_t i;

	fprintf(file, "DESTINATION    TYPE         ACCEPTED DELIVERED  PENDING QUARANTINED      MIB\n");
	json_array_foreach(destinations, i, destination)
		fprintf(file, "  %-12.12s %-10.10s %10" PRId64 " %9" PRId64 " %8" PRId64 " %11" PRId64 " %8.1f\n",
			text(destination, "name"), text(destination, "type"),
			number(destination, "accepted"),
			number(destination, "delivered"),
			number(destination, "pending"),
			number(destination, "quarantined"),
			(double)number(destination, "bytes") / (1 << 20));
}

static void show_agent(FILE *file, const json_t *agent)
{
	const json_t *problem;
	size_t i;

	if (!json_is_object(agent)) {
		fprintf(file, "no agent answers\n");
		return;
	}
	show_destinations(file, json_object_get(agent, "destinations"));
	json_array_foreach(json_object_get(agent, "problems"), i, problem)
		fprintf(file, "  agent: %s\n", json_string_value(problem));
}

void show_status(FILE *file, const json_t *status)
{
	show_cameras(file, json_object_get(status, "cameras"));
	show_rules(file, json_object_get(status, "rules"));
	show_outlets(file, json_object_get(status, "outlets"));
	show_subscribers(file, json_object_get(status, "subscribers"));
	show_agent(file, json_object_get(status, "agent"));
	show_totals(file, json_object_get(status, "totals"));
}
