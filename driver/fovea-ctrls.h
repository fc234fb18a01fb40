/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Controls of the sensor and the isp, and what depends on the readout mode.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_CTRLS_H
#define FOVEA_CTRLS_H

#include <media/v4l2-ctrls.h>

#include "fs1/fs1-abi.h"

struct fovea_device;

/**
 * struct fovea_ctrls - controls; all state is in the framework's objects
 * @sensor: handler of the sensor subdev
 * @isp: handler of the isp subdev
 * @npu: handler of the neural unit's subdev; no memory where there is none
 * @all: sensor and isp, for the video nodes
 * @auto_exposure: master of the cluster of the next two
 * @exposure: lines
 * @analogue_gain: Q8
 * @auto_white: master of the cluster of the next two
 * @red_balance: Q8
 * @blue_balance: Q8
 * @network: number of the one that shall be active
 * @vblank: lines
 * @hblank: pixels, read-only
 * @height: lines of the mode that @vblank is counted from; @sensor's lock
 * @shortest: frame length without extra blanking, lines; likewise
 * @in_force: what the device's loops had made of a control when that was asked
 *	last, by enum fs1_control; lock of the control's handler
 */
struct fovea_ctrls {
	struct v4l2_ctrl_handler sensor;
	struct v4l2_ctrl_handler isp;
	struct v4l2_ctrl_handler npu;
	struct v4l2_ctrl_handler all;
	struct {
		struct v4l2_ctrl *auto_exposure;
		struct v4l2_ctrl *exposure;
		struct v4l2_ctrl *analogue_gain;
	};
	struct {
		struct v4l2_ctrl *auto_white;
		struct v4l2_ctrl *red_balance;
		struct v4l2_ctrl *blue_balance;
	};
	struct v4l2_ctrl *network;
	struct v4l2_ctrl *vblank;
	struct v4l2_ctrl *hblank;
	u32 height;
	u32 shortest;
	s32 in_force[FS1_CONTROLS];
};

/**
 * fovea_ctrls_init() - make all controls
 * @fovea: the device, not started yet
 *
 * Return: 0 or a negative errno; fovea_ctrls_free() in either case.
 */
int fovea_ctrls_init(struct fovea_device *fovea);

/**
 * fovea_ctrls_restore() - tell a device that was just enabled all values
 * @fovea: the device
 *
 * Return: 0 or a negative errno.
 */
int fovea_ctrls_restore(struct fovea_device *fovea);

/**
 * fovea_ctrls_free() - free all controls
 * @fovea: the device; no node is open any more
 */
void fovea_ctrls_free(struct fovea_device *fovea);

/**
 * fovea_ctrls_set_timing() - the mode or the frame interval has changed
 * @fovea: the device
 * @mode: index into fovea_modes
 * @frame_length: lines that the interval asks for
 * @reset: forget a longer vertical blanking that was set by hand
 *
 * Return: 0 or a negative errno.
 */
int fovea_ctrls_set_timing(struct fovea_device *fovea, unsigned int mode,
			   u32 frame_length, bool reset);

#endif /* FOVEA_CTRLS_H */
