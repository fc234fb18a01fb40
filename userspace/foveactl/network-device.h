/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The networks of a device, as the verbs of foveactl network use them: what goes wrong
 * is said on standard error, what takes long is shown.
 */
#ifndef FOVEACTL_NETWORK_DEVICE_H
#define FOVEACTL_NETWORK_DEVICE_H

#include "foveactl/progress.h"
#include "foveactl/verbs.h"
#include "libfovea/discover.h"
#include "libfovea/loader.h"

/**
 * struct network_device - an open device
 * @node: its network node
 * @loader: likewise
 * @networks: that the driver keeps; network_device_list() brings them up to date
 * @progress: of what is under way
 */
struct network_device {
	struct fovea_node node;
	struct fovea_loader *loader;
	struct fovea_network networks[FOVEA_NETWORKS_MAX];
	struct progress progress;
};

/**
 * network_device_open() - open a device's network node, and list its networks
 * @device: filled; ends by network_device_done(), also on failure
 * @wanted: as fovea_discover_find() takes it
 *
 * Return: enum exit_code.
 */
int network_device_open(struct network_device *device, const char *wanted);

/** network_device_done() - close it */
void network_device_done(struct network_device *device);

/** network_device_list() - fill @device->networks anew; returns enum exit_code */
int network_device_list(struct network_device *device);

/**
 * network_device_activate() - choose a network
 * @device: open
 * @number: of it; 0: none
 *
 * Return: enum exit_code.
 */
int network_device_activate(struct network_device *device, uint32_t number);

/** network_device_show() - progress of an event; @userdata is the device */
void network_device_show(void *userdata, const struct fovea_event_network *event);

/**
 * network_device_fail() - say why a package or a choice was refused
 * @device: open
 * @what: was wanted
 * @error: as fovea_loader_load() returned it
 * @event: likewise
 *
 * Return: enum exit_code.
 */
int network_device_fail(const struct network_device *device, const char *what,
			int error, const struct fovea_event_network *event);

#endif /* FOVEACTL_NETWORK_DEVICE_H */
