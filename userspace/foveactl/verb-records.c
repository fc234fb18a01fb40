// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl records: the newest routed frames and what became of each.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "foveactl/client.h"
#include "foveactl/verbs.h"

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static void show_line(const json_t *record)
{
	const json_t *answers = json_object_get(record, "answers");
	const json_t *answer;
	size_t i;

	printf("%s  %-12s %-12s %-12s", text(record, "frame_id"),
	       text(record, "camera"), text(record, "outlet"),
	       text(record, "rule"));
	if (json_integer_value(json_object_get(record, "queued")) == 0)
		printf("  dropped");
	json_array_foreach(answers, i, answer)
		printf("  %s:%s", text(answer, "destination"),
		       text(answer, "kind"));
	printf("\n");
}

static int show(const char *path, bool as_json, uint32_t limit)
{
	struct client client;
	json_t *record;
	int r;

	r = client_open(&client, path);
	if (r != EXIT_OK)
		return r;
	r = client_records_start(&client, limit, 0);
	while (r >= 0) {
		r = client_records_next(&client, &record);
		if (r <= 0)
			break;
		if (as_json) {
			(void)json_dumpf(record, stdout, JSON_COMPACT);
			printf("\n");
		} else {
			show_line(record);
		}
		json_decref(record);
	}
	client_done(&client);
	if (r < 0)
		return verb_fail(r, "fovead's records can't be read");
	return EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "limit", required_argument, NULL, 'l' },
		{ "socket", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *path = FOVEATAP_SOCKET;
	bool as_json = false;
	uint32_t limit = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'j':
			as_json = true;
			break;
		case 'l':
			if (parse_count(optarg, 1, 65536, &limit) < 0)
				return verb_usage(verb, "--limit %s: write a number from 1 to 65536",
						  optarg);
			break;
		case 's':
			path = optarg;
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (optind < argc)
		return verb_usage(verb, "no argument expected, got \"%s\"",
				  argv[optind]);
	return show(path, as_json, limit);
}

const struct verb verb_records = {
	.name = "records",
	.synopsis = "[--json] [--limit N] [--socket PATH]",
	.summary = "List routed frames and the answers to them",
	.help = "  --json         one JSON object per line and record\n"
		"  --limit N      the newest N only\n"
		"  --socket PATH  fovead's socket (default " FOVEATAP_SOCKET ")\n",
	.run = run,
};
