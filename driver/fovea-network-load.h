/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between what is kept of networks (fovea-networks.c) and the device that loads them
 * (fovea-network-load.c).
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_NETWORK_LOAD_H
#define FOVEA_NETWORK_LOAD_H

#include <linux/types.h>

struct fovea_device;
struct fovea_event_network;
struct fovea_networks;
struct fovea_package;

/**
 * fovea_networks_find() - which of those that are kept is it?
 * @networks: with its lock held
 * @hash: of its content
 *
 * Return: its number, or 0.
 */
u32 fovea_networks_find(const struct fovea_networks *networks, const u8 *hash);

/**
 * fovea_networks_slot() - where is it on the device?
 * @networks: with its lock held
 * @package: one that is kept; NULL is allowed
 *
 * Return: the slot, or FS1_SLOT_NONE.
 */
u32 fovea_networks_slot(const struct fovea_networks *networks,
			const struct fovea_package *package);

/**
 * fovea_networks_load() - give a package to the device, wait for the end
 * @fovea: awake; called by the work of its networks, without a lock
 * @package: checked
 * @event: at which stage it ended, and why, unless the device has it
 *
 * Return: 0: the device has it; -EAGAIN: it was lost on the way, the device comes
 * back; -ECANCELED: nobody wants it any more; -ETIMEDOUT; -EPROTO: the device
 * contradicts itself; or the errno of the device's answer.
 */
int fovea_networks_load(struct fovea_device *fovea,
			struct fovea_package *package,
			struct fovea_event_network *event);

#endif /* FOVEA_NETWORK_LOAD_H */
