// SPDX-License-Identifier: Apache-2.0
/*
 * Opening a device's network node, and what all who use it have in common.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>

#include "foveactl/network-device.h"
#include "libfovea/fault.h"

int network_device_open(struct network_device *device, const char *wanted)
{
	int r;

	*device = (struct network_device){ 0 };
	r = fovea_discover_find(wanted, FOVEA_NODE_NETWORK, &device->node);
	if (r == -ENOTTY)
		/* Another node of the device that is meant. */
		r = fovea_discover_node(wanted, &device->node);
	if (r == 0 && device->node.role != FOVEA_NODE_NETWORK)
		r = fovea_discover_sibling(&device->node, FOVEA_NODE_NETWORK,
					   &device->node);
	if (r < 0)
		return verb_fail(r, "%s: no device that takes networks can be opened",
				 wanted);
	r = fovea_loader_open(device->node.path, &device->loader);
	if (r < 0)
		return verb_fail(r, "%s can't be opened", device->node.path);
	return network_device_list(device);
}

void network_device_done(struct network_device *device)
{
	device->loader = fovea_loader_close(device->loader);
}

int network_device_list(struct network_device *device)
{
	int r = fovea_loader_list(device->loader, device->networks);

	return r < 0 ? verb_fail(r, "%s: its networks can't be listed",
				 device->node.path) : EXIT_OK;
}

void network_device_show(void *userdata, const struct fovea_event_network *event)
{
	struct network_device *device = userdata;

	progress_show(&device->progress, fovea_stage_name(event->stage),
		      event->progress, 1000);
}

int network_device_fail(const struct network_device *device, const char *what,
			int error, const struct fovea_event_network *event)
{
	char text[FOVEA_FAULT_SIZE];

	if (error == -EFBIG) {
		fprintf(stderr, "foveactl: %s: a package has 1 byte to 16 MiB\n", what);
		return EXIT_OTHER;
	}
	if (error == -EBUSY)
		return verb_fail(error, "%s: another process is loading a network",
				 device->node.path);
	if (error != -EBADMSG)
		return verb_fail(error, "%s: %s", device->node.path, what);
	if (event->stage == FOVEA_STAGE_CANCELLED || !event->error) {
		fprintf(stderr, "foveactl: %s: cancelled\n", what);
		return EXIT_TEMPORARY;
	}
	fovea_fault_event(event, text);
	fprintf(stderr, "foveactl: %s: refused at %s\n", what, text);
	return EXIT_OTHER;
}

int network_device_activate(struct network_device *device, uint32_t number)
{
	struct fovea_event_network last;
	char what[32];
	int r;

	progress_begin(&device->progress);
	r = fovea_loader_activate(device->loader, number, network_device_show, device,
				  &last);
	progress_end(&device->progress);
	(void)snprintf(what, sizeof(what), "network %u", number);
	return r < 0 ? network_device_fail(device, what, r, &last) : EXIT_OK;
}
