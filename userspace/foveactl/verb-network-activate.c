// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network activate: which network sees the frames.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "foveactl/network-device.h"
#include "foveactl/verb-network.h"
#include "libfovea/cleanup.h"

static int activate(const char *wanted, const char *network)
{
	_cleanup_(network_device_done) struct network_device device = { 0 };
	uint32_t number = 0;
	int r;

	r = network_device_open(&device, wanted);
	if (r != EXIT_OK)
		return r;
	if (strcmp(network, "none") != 0 &&
	    fovea_loader_find(device.networks, network, &number) < 0) {
		fprintf(stderr, "foveactl: %s keeps no network \"%s\"; see foveactl network list\n",
			device.node.bus, network);
		return EXIT_NOT_FOUND;
	}
	r = network_device_activate(&device, number);
	if (r != EXIT_OK)
		return r;
	if (number)
		printf("%u %s %s active\n", number, device.networks[number - 1].name,
		       device.networks[number - 1].version);
	else
		printf("none active\n");
	return EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *device = "auto";
	int option;

	while ((option = getopt_long(argc, argv, "d:", options, NULL)) >= 0) {
		switch (option) {
		case 'd':
			device = optarg;
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (optind + 1 != argc)
		return verb_usage(verb, "one network is needed: a number, a name, or none");
	return activate(device, argv[optind]);
}

const struct verb verb_network_activate = {
	.name = "network activate",
	.synopsis = "[-d DEVICE] NUMBER|NAME|HASH|none",
	.summary = "Choose the network that sees the frames",
	.help = "  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n",
	.run = run,
};
