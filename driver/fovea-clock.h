/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device's clock, brought to the driver's: CLOCK_MONOTONIC.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_CLOCK_H
#define FOVEA_CLOCK_H

#include <linux/types.h>

struct fovea_device;

/**
 * struct fovea_clock - what is known of the two clocks
 * @offset: what the device adds to its clock, ns; protected by life
 * @usual: how long after its stamp a frame is announced, the shortest of some
 *	seconds, ns; S64_MAX: not known yet; S64_MIN: the clock must be looked at
 *	again; protected by life
 * @shortest: the same since the last look; S64_MAX: no frame yet; protected by
 *	the lock of the admin queue
 */
struct fovea_clock {
	s64 offset;
	s64 usual;
	s64 shortest;
};

/**
 * fovea_clock_start() - set the clock of a device that was just enabled
 * @fovea: with life held; no stream runs
 *
 * Return: 0 or a negative errno, see fovea-admin.h.
 */
int fovea_clock_start(struct fovea_device *fovea);

/**
 * fovea_clock_observe() - a frame was announced
 * @fovea: with the lock of the admin queue held
 * @timestamp: start of the frame as the device says, ns
 */
void fovea_clock_observe(struct fovea_device *fovea, u64 timestamp);

/**
 * fovea_clock_refresh() - follow its drift, in small steps
 * @fovea: with life held
 *
 * Costs no command while frames are announced as long after their stamps as
 * before.
 */
void fovea_clock_refresh(struct fovea_device *fovea);

#endif /* FOVEA_CLOCK_H */
