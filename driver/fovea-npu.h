/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Controls and events of the neural unit.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_NPU_H
#define FOVEA_NPU_H

#include <linux/types.h>

struct fovea_device;
struct fovea_event_network;

/**
 * fovea_npu_ctrls_init() - make its controls
 * @fovea: the device, not started yet
 *
 * Return: 0 or a negative errno; the handler must be freed in either case.
 */
int fovea_npu_ctrls_init(struct fovea_device *fovea);

/**
 * fovea_npu_set_highest() - so many networks are kept
 * @fovea: the device; no lock held
 * @number: greatest that V4L2_CID_FOVEA_NETWORK may have
 */
void fovea_npu_set_highest(struct fovea_device *fovea, u32 number);

/**
 * fovea_npu_take_back() - a network didn't become the active one
 * @fovea: the device; no lock held
 * @number: that V4L2_CID_FOVEA_NETWORK asked for
 * @active: the one that goes on
 *
 * The control says so, unless it asks for something else by now.
 */
void fovea_npu_take_back(struct fovea_device *fovea, u32 number, u32 active);

/**
 * fovea_npu_event() - tell all who have asked
 * @fovea: the device; any context
 * @data: of V4L2_EVENT_FOVEA_NETWORK
 */
void fovea_npu_event(struct fovea_device *fovea,
		     const struct fovea_event_network *data);

#endif /* FOVEA_NPU_H */
