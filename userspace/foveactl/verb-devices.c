// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl devices: the V4L2 nodes of this machine.
 */
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "foveactl/verbs.h"
#include "libfovea/cleanup.h"
#include "libfovea/discover.h"

static const char *role_name(enum fovea_node_role role)
{
	switch (role) {
	case FOVEA_NODE_IMAGE:
		return "image";
	case FOVEA_NODE_META:
		return "meta";
	case FOVEA_NODE_OUTPUT:
		return "output";
	case FOVEA_NODE_TENSOR:
		return "tensor";
	case FOVEA_NODE_CROPS:
		return "crops";
	case FOVEA_NODE_NETWORK:
		return "network";
	default:
		return "other";
	}
}

static void print_json(const struct fovea_node *nodes, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		(void)json_array_append_new(array,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}",
				  "path", nodes[i].path,
				  "role", role_name(nodes[i].role),
				  "name", nodes[i].name,
				  "driver", nodes[i].driver,
				  "card", nodes[i].card,
				  "bus", nodes[i].bus));
	(void)json_dumpf(array, stdout, JSON_INDENT(2));
	printf("\n");
	json_decref(array);
}

static int list(bool as_json)
{
	_cleanup_free_ struct fovea_node *nodes = NULL;
	size_t count;
	int r;

	r = fovea_discover(&nodes, &count);
	if (r < 0)
		return verb_fail(r, "devices can't be listed");
	if (as_json) {
		print_json(nodes, count);
		return EXIT_OK;
	}
	for (size_t i = 0; i < count; i++)
		printf("%-14s %-7s %-15s %-31s %s\n", nodes[i].path,
		       role_name(nodes[i].role), nodes[i].driver,
		       nodes[i].card, nodes[i].bus);
	if (count == 0)
		fprintf(stderr, "foveactl: no V4L2 device can be opened\n");
	return EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool as_json = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'j':
			as_json = true;
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
	return list(as_json);
}

const struct verb verb_devices = {
	.name = "devices",
	.synopsis = "[--json]",
	.summary = "List cameras and their nodes",
	.help = "  --json  one JSON array\n",
	.run = run,
};
