/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a developer can see of a device: /sys/kernel/debug/fovea/NAME.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_DEBUGFS_H
#define FOVEA_DEBUGFS_H

struct fovea_device;

/* The folder of all devices, while the module is there. */
void fovea_debugfs_init(void);
void fovea_debugfs_exit(void);

/**
 * fovea_debugfs_register() - make the files of a device
 * @fovea: the device. Nothing depends on them, so nothing can fail
 */
void fovea_debugfs_register(struct fovea_device *fovea);

/**
 * fovea_debugfs_unregister() - take them away; waits for their readers
 * @fovea: the device
 */
void fovea_debugfs_unregister(struct fovea_device *fovea);

#endif /* FOVEA_DEBUGFS_H */
