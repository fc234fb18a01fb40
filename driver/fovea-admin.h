/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands to the device. The only command code of the driver is behind this
 * header.
 *
 * All may sleep, for at most FOVEA_COMMAND_TIMEOUT_MS when the device is dead
 * and far less than a frame when it isn't. Besides what is said at each, they
 * return -ENODEV when the device is gone, -EIO when it has failed, -ETIMEDOUT
 * when it fails now, or the errno that fits the status it answered with.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_ADMIN_H
#define FOVEA_ADMIN_H

#include "fs1/fs1-abi.h"

struct fovea_device;
struct fovea_queue;

/*
 * A command is answered between two slices of a frame, so this isn't how long
 * one waits but when a device that doesn't answer is given up. An emulated
 * device on a busy machine needs some patience.
 */
#define FOVEA_COMMAND_TIMEOUT_MS 5000

/**
 * fovea_admin_start() - enable the device, identify it
 * @fovea: not started
 *
 * Return: 0, or -ENODEV when this isn't an FS-1 this driver knows.
 */
int fovea_admin_start(struct fovea_device *fovea);

/**
 * fovea_admin_shutdown() - disable the device, free the admin queue
 * @fovea: after fovea_admin_start()
 */
void fovea_admin_shutdown(struct fovea_device *fovea);

/**
 * fovea_admin_create_queue() - have the device serve a queue
 * @queue: with rings
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_create_queue(struct fovea_queue *queue);

/**
 * fovea_admin_delete_queue() - the device doesn't use the rings any more
 * @queue: created; its stream is stopped
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_delete_queue(struct fovea_queue *queue);

/**
 * fovea_admin_set_control() - set a control
 * @fovea: the device
 * @control: which
 * @value: its value
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_set_control(struct fovea_device *fovea,
			    enum fs1_control control, s32 value);

/**
 * fovea_admin_get_control() - the value in force now
 * @fovea: the device
 * @control: which
 * @ret_value: only written on success
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_get_control(struct fovea_device *fovea,
			    enum fs1_control control, s32 *ret_value);

/**
 * fovea_admin_configure() - what a stream's buffers shall hold
 * @fovea: the device
 * @config: the shape
 * @size: bytes of a buffer; -EPROTO when the device counts differently
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_configure(struct fovea_device *fovea,
			  const struct fs1_stream_config *config, u32 size);

/**
 * fovea_admin_start_stream() - let it run
 * @fovea: the device
 * @stream: configured
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_start_stream(struct fovea_device *fovea, unsigned int stream);

/**
 * fovea_admin_stop_stream() - have all buffers back, stop
 * @fovea: the device
 * @stream: which
 *
 * Return: 0 or a negative errno, as said at the top. When 0, the completions of
 * all buffers are in the ring.
 */
int fovea_admin_stop_stream(struct fovea_device *fovea, unsigned int stream);

#endif /* FOVEA_ADMIN_H */
