// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network list: the networks that a device's driver keeps.
 */
#include <endian.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "foveactl/network-device.h"
#include "foveactl/verb-network.h"
#include "libfovea/cleanup.h"

static const char *state_name(const struct fovea_network *network)
{
	switch (le32toh(network->state)) {
	case FOVEA_NETWORK_KEPT:
		return "kept";
	case FOVEA_NETWORK_READY:
		return "ready";
	case FOVEA_NETWORK_ACTIVE:
		return "active";
	default:
		return "empty";
	}
}

static void hash_text(const struct fovea_network *network, char text[65])
{
	for (size_t i = 0; i < sizeof(network->hash); i++)
		(void)snprintf(text + 2 * i, 3, "%02x", network->hash[i]);
}

static bool is_signed(const struct fovea_network *network)
{
	return le32toh(network->flags) & FOVEA_NETWORK_SIGNED;
}

static void print_line(uint32_t number, const struct fovea_network *network)
{
	char hash[65];

	hash_text(network, hash);
	printf("%u  %-8s %-24s %-12s %9u  %-8s %.16s\n", number, state_name(network),
	       network->name, network->version, le32toh(network->size),
	       is_signed(network) ? "signed" : "unsigned", hash);
}

static json_t *to_json(uint32_t number, const struct fovea_network *network)
{
	char hash[65];

	hash_text(network, hash);
	return json_pack("{s:i, s:s, s:s, s:s, s:i, s:b, s:i, s:i, s:s}",
			 "number", (int)number, "state", state_name(network),
			 "name", network->name, "version", network->version,
			 "size", (int)le32toh(network->size),
			 "signed", is_signed(network),
			 "loaded", (int)le32toh(network->loaded),
			 "activated", (int)le32toh(network->activated),
			 "hash", hash);
}

static int list(const char *wanted, bool as_json)
{
	_cleanup_(network_device_done) struct network_device device = { 0 };
	json_t *array;
	int r;

	r = network_device_open(&device, wanted);
	if (r != EXIT_OK)
		return r;
	array = json_array();
	for (uint32_t i = 0; i < FOVEA_NETWORKS_MAX; i++) {
		const struct fovea_network *network = &device.networks[i];

		if (le32toh(network->state) == FOVEA_NETWORK_EMPTY)
			continue;
		if (as_json)
			(void)json_array_append_new(array, to_json(i + 1, network));
		else
			print_line(i + 1, network);
	}
	if (as_json) {
		(void)json_dumpf(array, stdout, JSON_INDENT(2));
		printf("\n");
	}
	json_decref(array);
	return EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	const char *device = "auto";
	bool as_json = false;
	int option;

	while ((option = getopt_long(argc, argv, "d:", options, NULL)) >= 0) {
		switch (option) {
		case 'd':
			device = optarg;
			break;
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
	return list(device, as_json);
}

const struct verb verb_network_list = {
	.name = "network list",
	.synopsis = "[-d DEVICE] [--json]",
	.summary = "The networks of a device",
	.help = "  --json               one JSON array\n"
		"  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n",
	.run = run,
};
