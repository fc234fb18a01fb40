// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network load: a package goes into a device, and sees the frames from then
 * on, unless it is to be kept only.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "foveactl/file.h"
#include "foveactl/network-device.h"
#include "foveactl/verb-network.h"
#include "libfovea/cleanup.h"

static int load(const char *wanted, const char *path, bool activate)
{
	_cleanup_(network_device_done) struct network_device device = { 0 };
	const struct fovea_network *network;
	struct fovea_event_network last;
	_cleanup_free_ uint8_t *package = NULL;
	size_t size;
	int r;

	/* Whether it is a package the driver says: what it refuses it must see. */
	r = file_read(path, FOVEA_NETWORK_SIZE_MAX, &package, &size);
	if (r < 0)
		return verb_fail(r, "%s", path);
	r = network_device_open(&device, wanted);
	if (r != EXIT_OK)
		return r;
	progress_begin(&device.progress);
	r = fovea_loader_load(device.loader, package, size, network_device_show,
			      &device, &last);
	progress_end(&device.progress);
	if (r < 0)
		return network_device_fail(&device, path, r, &last);
	if (!last.number || last.number > FOVEA_NETWORKS_MAX)
		return verb_fail(-EPROTO, "%s: the driver does not say which number %s has",
				 device.node.path, path);
	r = activate ? network_device_activate(&device, last.number) : EXIT_OK;
	if (r == EXIT_OK)
		r = network_device_list(&device);
	if (r != EXIT_OK)
		return r;
	network = &device.networks[last.number - 1];
	printf("%u %s %s %s\n", last.number, network->name, network->version,
	       activate ? "active" : "kept");
	return EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "activate", no_argument, NULL, 'a' },
		{ "device", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "keep", no_argument, NULL, 'k' },
		{ 0 },
	};
	const char *device = "auto";
	bool activate = true;
	int option;

	while ((option = getopt_long(argc, argv, "d:", options, NULL)) >= 0) {
		switch (option) {
		case 'a':
			activate = true;
			break;
		case 'd':
			device = optarg;
			break;
		case 'k':
			activate = false;
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (optind + 1 != argc)
		return verb_usage(verb, "one package is needed");
	return load(device, argv[optind], activate);
}

const struct verb verb_network_load = {
	.name = "network load",
	.synopsis = "[-d DEVICE] [--activate|--keep] FILE",
	.summary = "Load a package into a device",
	.help = "  --activate           it sees the frames from then on (default)\n"
		"  --keep               the active one stays\n"
		"  -d, --device DEVICE  auto, a path, or a bus name (default auto)\n",
	.run = run,
};
