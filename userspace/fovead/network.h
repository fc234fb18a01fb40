/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network that a camera is to run: its package goes to the device, its labels
 * come here.
 */
#ifndef FOVEAD_NETWORK_H
#define FOVEAD_NETWORK_H

#include "fovead/result.h"
#include "libfovea/discover.h"
#include "libfovea/fault.h"

/** struct network - a package in memory */
struct network;

/**
 * network_open() - read a package
 * @path: of the file
 * @ret_network: the caller's, ends by network_free()
 * @ret_text: on -EBADMSG why it is none, FOVEA_FAULT_SIZE bytes
 *
 * Return: 0; -EBADMSG; -EFBIG; -ENOENT, -EACCES, -ENOMEM, ...
 */
int network_open(const char *path, struct network **ret_network,
		 char ret_text[FOVEA_FAULT_SIZE]);

/** network_free() - NULL is fine; returns NULL */
struct network *network_free(struct network *network);

/** network_labels() - of its classes; they live as long as the network */
const struct labels *network_labels(const struct network *network);

/**
 * network_activate() - have the device use it
 * @network: from network_open()
 * @image: a node of the device
 * @ret_text: as network_open()
 *
 * What the device has already isn't loaded again. Waits until it is active: what a
 * package takes to be loaded and tested, a tenth of a second on an FS-1.
 *
 * Return: 0; -ENODEV: the device has no neural unit; -EBADMSG: it was refused;
 * -EBUSY: another process loads; or another negative errno.
 */
int network_activate(const struct network *network,
		     const struct fovea_node *image,
		     char ret_text[FOVEA_FAULT_SIZE]);

#endif /* FOVEAD_NETWORK_H */
