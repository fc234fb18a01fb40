/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device's clock, brought to the driver's: CLOCK_MONOTONIC.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_CLOCK_H
#define FOVEA_CLOCK_H

struct fovea_device;

/**
 * fovea_clock_start() - set the clock of a device that was just enabled
 * @fovea: with life held; no stream runs
 *
 * Return: 0 or a negative errno, see fovea-admin.h.
 */
int fovea_clock_start(struct fovea_device *fovea);

/**
 * fovea_clock_refresh() - follow its drift, in small steps
 * @fovea: with life held
 */
void fovea_clock_refresh(struct fovea_device *fovea);

#endif /* FOVEA_CLOCK_H */
