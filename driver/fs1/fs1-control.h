/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The controls: ranges, what the driver asked for, and what is in force.
 * Private to the core.
 */
#ifndef FS1_CONTROL_H
#define FS1_CONTROL_H

#include "fs1-engine.h"

/**
 * struct fs1_controls - values by enum fs1_control
 * @stored: takes effect at the next frame start
 * @in_force: of the latest frame
 * @pending: bit per control that was set since the latest frame
 * @command_id: of the SET_CONTROL behind each pending bit
 */
struct fs1_controls {
	fs1_s32 stored[FS1_CONTROLS];
	fs1_s32 in_force[FS1_CONTROLS];
	fs1_u32 pending;
	fs1_u16 command_id[FS1_CONTROLS];
};

/** fs1_controls_reset() - defaults, nothing pending; @seed is the seed's */
void fs1_controls_reset(struct fs1_controls *controls, fs1_u32 seed);

/**
 * fs1_controls_set() - store a value for the next frame
 * @controls: the controls
 * @control: enum fs1_control, from the driver
 * @value: from the driver
 * @command_id: to be named by CONTROL_APPLIED
 *
 * Return: FS1_OK, or FS1_BAD_ARGUMENT for an unknown control or a value out of
 * its range.
 */
enum fs1_status fs1_controls_set(struct fs1_controls *controls, fs1_u32 control,
				 fs1_s32 value, fs1_u16 command_id);

/**
 * fs1_controls_get() - the value in force, or stored while the sensor is idle
 * @controls: the controls
 * @control: enum fs1_control, from the driver
 * @running: the sensor runs and a frame has started
 * @ret_value: the value
 *
 * Return: FS1_OK or FS1_BAD_ARGUMENT for an unknown control.
 */
enum fs1_status fs1_controls_get(const struct fs1_controls *controls,
				 fs1_u32 control, bool running,
				 fs1_s32 *ret_value);

/**
 * fs1_controls_latch() - a frame starts: what is stored comes into force
 * @controls: the controls; in a frame of fewer lines, exposure is in force no
 *	longer than the frame, while the stored value stays
 * @frame_length: lines of the frame
 *
 * Return: bit set of the controls that were pending.
 */
fs1_u32 fs1_controls_latch(struct fs1_controls *controls, fs1_u32 frame_length);

/** fs1_controls_settings() - the engine's settings from what is in force */
void fs1_controls_settings(const struct fs1_controls *controls,
			   struct fs1_settings *settings);

/**
 * fs1_controls_adjust() - an automatic loop's new value for the next frame;
 * what the driver has set since the latest frame goes before it
 * @controls: the controls
 * @control: exposure, a gain or a balance
 * @value: brought into the control's range first
 */
void fs1_controls_adjust(struct fs1_controls *controls,
			 enum fs1_control control, fs1_s32 value);

#endif /* FS1_CONTROL_H */
