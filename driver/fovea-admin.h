/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands to the device. The only command code of the driver is behind this
 * header.
 *
 * All may sleep, for as long as module parameter command_timeout says when the
 * device is dead and far less than a frame when it isn't. Besides what is said
 * at each, they return -EAGAIN when the device is asleep, being brought back,
 * or just ceased to answer, so that it is now being brought back; -EIO when it
 * was given up; -ENODEV when it is gone; or the errno that fits the status it
 * answered with.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_ADMIN_H
#define FOVEA_ADMIN_H

#include "fs1/fs1-abi.h"

struct fovea_device;
struct fovea_queue;

/**
 * fovea_admin_identify() - ask who it is
 * @fovea: just enabled
 *
 * Fills in capabilities and serial when there are none yet.
 *
 * Return: 0 or a negative errno, as said at the top; -ENODEV also when this
 * isn't what the driver knows, or another than before.
 */
int fovea_admin_identify(struct fovea_device *fovea);

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
 * fovea_admin_read_clock() - the device's clock
 * @fovea: the device
 * @ret_time: ns, without the offset; only written on success
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_read_clock(struct fovea_device *fovea, u64 *ret_time);

/**
 * fovea_admin_set_clock() - what to add to it
 * @fovea: the device
 * @offset: ns
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_set_clock(struct fovea_device *fovea, s64 offset);

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

/**
 * fovea_admin_flush_stream() - have all buffers back, run on
 * @fovea: the device
 * @stream: which
 *
 * Return: 0 or a negative errno, as said at the top. When 0, the completions of
 * all buffers are in the ring.
 */
int fovea_admin_flush_stream(struct fovea_device *fovea, unsigned int stream);

/**
 * fovea_admin_activate() - which network sees the frames from the next one on
 * @fovea: the device
 * @slot: that it is in, or FS1_SLOT_NONE
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_activate(struct fovea_device *fovea, u32 slot);

/**
 * fovea_admin_network_status() - what is in the slots, and what came of the
 *	latest package
 * @fovea: the device
 * @address: where it writes struct fs1_network_status to
 * @size: bytes there
 *
 * Return: 0 or a negative errno, as said at the top.
 */
int fovea_admin_network_status(struct fovea_device *fovea, u64 address,
			       u32 size);

/**
 * fovea_status_to_errno() - what a status means
 * @status: enum fs1_status, or any other value
 *
 * Return: 0 or the negative errno that fits.
 */
int fovea_status_to_errno(u32 status);

#endif /* FOVEA_ADMIN_H */
