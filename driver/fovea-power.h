/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way down and the one way up: for the first start, sleep, resets by
 * the bus, and recovery.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_POWER_H
#define FOVEA_POWER_H

#include <linux/types.h>

struct fovea_device;

/**
 * fovea_device_absent() - has it left its bus?
 * @fovea: with registers that may be touched. May sleep
 *
 * Return: true when its bus says so, or registers that can't be all ones are.
 */
bool fovea_device_absent(struct fovea_device *fovea);

/**
 * fovea_device_cut_off() - it reaches no memory any more, whether it wants or not
 * @fovea: until it is enabled again. May sleep
 */
void fovea_device_cut_off(struct fovea_device *fovea);

/**
 * fovea_device_check() - is this an FS-1 this driver knows?
 * @fovea: with life held
 *
 * Looks at the registers that say so, and nothing else.
 *
 * Return: 0 or -ENODEV.
 */
int fovea_device_check(struct fovea_device *fovea);

/**
 * fovea_device_enable() - bring it up: queues, clock, controls, streams
 * @fovea: disabled, with life held, not running
 *
 * Everything is as userspace has left it afterwards; the streams that shall
 * run do, with the buffers they have kept. The state is then FOVEA_RUNNING.
 *
 * Return: 0 or a negative errno; it was disabled then, as by
 * fovea_device_disable(), or has been cut off from memory.
 */
int fovea_device_enable(struct fovea_device *fovea);

/**
 * fovea_device_disable() - bring it down
 * @fovea: with life held; the state isn't FOVEA_RUNNING
 *
 * Streams keep their buffers. Afterwards the device touches no memory any more:
 * one that doesn't let go has been cut off. Disabled is allowed.
 *
 * Return: 0; -ETIMEDOUT: the device doesn't let go; -ENODEV: it is gone.
 */
int fovea_device_disable(struct fovea_device *fovea);

/**
 * fovea_device_leave() - bring it down for good
 * @fovea: with life held, in FOVEA_GONE, if only because the driver leaves
 */
void fovea_device_leave(struct fovea_device *fovea);

/**
 * fovea_power_get() - wake the device for a stream
 * @fovea: the device; no lock but that of a stream held
 *
 * Return: 0 or a negative errno.
 */
int fovea_power_get(struct fovea_device *fovea);

/**
 * fovea_power_put() - it may sleep again
 * @fovea: after fovea_power_get()
 */
void fovea_power_put(struct fovea_device *fovea);

/**
 * fovea_device_borrow() - have the device for a test
 * @fovea: the device
 *
 * It is awake and disabled until fovea_device_give_back(); the caller
 * may use all of its registers meanwhile, and nobody else does.
 *
 * Return: 0; -EBUSY when a stream runs; -EIO, -ENODEV, -EAGAIN when it can't be
 * had.
 */
int fovea_device_borrow(struct fovea_device *fovea);

/**
 * fovea_device_give_back() - the driver goes on
 * @fovea: borrowed, with no rings of the caller's in use any more
 */
void fovea_device_give_back(struct fovea_device *fovea);

/**
 * fovea_device_wait_raised() - wait for a vector
 * @fovea: borrowed
 * @vector: below FS1_QUEUES
 * @timeout_ms: how long at most
 *
 * Return: whether it was raised since the last call for it.
 */
bool fovea_device_wait_raised(struct fovea_device *fovea, unsigned int vector,
			      unsigned int timeout_ms);

#endif /* FOVEA_POWER_H */
