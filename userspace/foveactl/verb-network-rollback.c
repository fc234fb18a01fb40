// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network rollback: the network that saw the frames before sees them again.
 */
#include <getopt.h>
#include <stdio.h>

#include "foveactl/network-device.h"
#include "foveactl/verb-network.h"
#include "libfovea/cleanup.h"

static int rollback(const char *wanted)
{
	_cleanup_(network_device_done) struct network_device device = { 0 };
	uint32_t number;
	int r;

	r = network_device_open(&device, wanted);
	if (r != EXIT_OK)
		return r;
	if (fovea_loader_previous(device.networks, &number) < 0) {
		fprintf(stderr, "foveactl: %s keeps no network that was active before\n",
			device.node.bus);
		return EXIT_NOT_FOUND;
	}
	r = network_device_activate(&device, number);
	if (r == EXIT_OK)
		printf("%u %s %s active\n", number, device.networks[number - 1].name,
		       device.networks[number - 1].version);
	return r;
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
	if (optind < argc)
		return verb_usage(verb, "no argument expected, got \"%s\"",
				  argv[optind]);
	return rollback(device);
}

const struct verb verb_network_rollback = {
	.name = "network rollback",
	.synopsis = "[-d DEVICE]",
	.summary = "Back to the network that was active before",
	.help = "  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n",
	.run = run,
};
