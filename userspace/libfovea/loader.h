/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks of an FS-1: packages go in, the driver keeps some of them, and one of those
 * sees the frames. A node may be open in several processes at a time; one of them can
 * load.
 */
#ifndef LIBFOVEA_LOADER_H
#define LIBFOVEA_LOADER_H

#include <linux/fovea.h>
#include <stddef.h>
#include <stdint.h>

/* How long a device may say nothing of a package that it loads, ms. */
#define FOVEA_LOADER_TIMEOUT	60000

/** struct fovea_loader - an open network node */
struct fovea_loader;

/**
 * typedef fovea_loader_progress - hear how far a package has come
 * @userdata: of the caller
 * @event: the driver's
 */
typedef void (*fovea_loader_progress)(void *userdata,
				      const struct fovea_event_network *event);

/**
 * fovea_loader_open() - open a network node
 * @path: of a node of role FOVEA_NODE_NETWORK
 * @ret_loader: the caller's, ends by fovea_loader_close()
 *
 * Return: 0; -ENOTTY: the node has another role; -ENOENT, -EACCES, -ENOMEM, ...
 */
int fovea_loader_open(const char *path, struct fovea_loader **ret_loader);

/** fovea_loader_close() - what is being loaded is cancelled; NULL is fine; returns NULL */
struct fovea_loader *fovea_loader_close(struct fovea_loader *loader);

/**
 * fovea_loader_load() - load a package, and wait for the end
 * @loader: open
 * @package: its bytes, signature included
 * @size: how many, 1 to FOVEA_NETWORK_SIZE_MAX
 * @progress: called for each event; may be NULL
 * @userdata: for @progress
 * @ret_last: the event that ended it: on success its number is the network's, on
 *	-EBADMSG it says where the package was refused, and why: fovea_fault_event()
 *	makes a sentence of it
 *
 * Frames flow meanwhile. Which network is active stays as it is.
 *
 * Return: 0; -EBADMSG: refused; -EFBIG: more than FOVEA_NETWORK_SIZE_MAX, or nothing;
 * -EBUSY: another process loads; -ETIMEDOUT: nothing came for FOVEA_LOADER_TIMEOUT;
 * -EINTR: a signal came, the package is taken back; -ENODEV, -EIO, -ENOMEM, ...
 */
int fovea_loader_load(struct fovea_loader *loader, const void *package, size_t size,
		      fovea_loader_progress progress, void *userdata,
		      struct fovea_event_network *ret_last);

/**
 * fovea_loader_activate() - choose the network for frames from now on, and wait
 * @loader: open
 * @number: 1 to FOVEA_NETWORKS_MAX, of one that the driver keeps; 0: none
 * @progress: as fovea_loader_load(): the device may have to load it again
 * @userdata: likewise
 * @ret_last: likewise
 *
 * Return: as fovea_loader_load(); -ENOENT: there is none with this number.
 */
int fovea_loader_activate(struct fovea_loader *loader, uint32_t number,
			  fovea_loader_progress progress, void *userdata,
			  struct fovea_event_network *ret_last);

/**
 * fovea_loader_list() - the networks that the driver keeps
 * @loader: open
 * @ret_networks: those with a number; number 1 is first. Texts are NUL-terminated
 *
 * A device that nobody uses may be without power, and have none: then the one that was
 * chosen counts as active, as it will see the first frame.
 *
 * Return: 0 or a negative errno.
 */
int fovea_loader_list(struct fovea_loader *loader,
		      struct fovea_network ret_networks[FOVEA_NETWORKS_MAX]);

/**
 * fovea_loader_find() - a network by what people write
 * @networks: from fovea_loader_list()
 * @wanted: its number, its name, "name version" with a blank between, or the first 8
 *	or more hexadecimal digits of its hash
 * @ret_number: its number
 *
 * Where several have the name, it is the one that was loaded last.
 *
 * Return: 0 or -ENOENT.
 */
int fovea_loader_find(const struct fovea_network networks[FOVEA_NETWORKS_MAX],
		      const char *wanted, uint32_t *ret_number);

/**
 * fovea_loader_previous() - the network that was active before
 * @networks: from fovea_loader_list()
 * @ret_number: its number
 *
 * Return: 0; -ENOENT: none that the driver keeps was active before.
 */
int fovea_loader_previous(const struct fovea_network networks[FOVEA_NETWORKS_MAX],
			  uint32_t *ret_number);

#endif /* LIBFOVEA_LOADER_H */
