/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The built-in scene: a test chart with a moving target, so that a device
 * without a scene still shows something to focus, expose and track.
 */
#ifndef FS1_CHART_H
#define FS1_CHART_H

#include "fs1-engine.h"

/**
 * fs1_chart_line() - one line of the chart, without the target
 * @mode: readout mode; the chart is drawn for its resolution
 * @y: line
 * @rgb: @mode->width pixel words, linear light of 14 bits
 */
void fs1_chart_line(const struct fs1_mode *mode, fs1_u32 y, fs1_u64 *rgb);

/**
 * struct fs1_target - where the moving target is in a frame, mode pixels
 * @left: even
 * @top: even
 * @size: width and height, even
 */
struct fs1_target {
	fs1_u32 left;
	fs1_u32 top;
	fs1_u32 size;
};

/** fs1_chart_target() - the target's place in frame @frame_id, before flips */
struct fs1_target fs1_chart_target(const struct fs1_mode *mode, fs1_u64 frame_id);

/**
 * fs1_chart_target_light() - what a site sees of the target
 * @target: place and size
 * @x: column relative to the target
 * @y: line relative to the target
 * @filter: of the site: 0 red, 1 green, 2 blue
 *
 * Return: linear light of 14 bits, as in the lines of fs1_chart_line().
 */
fs1_u16 fs1_chart_target_light(const struct fs1_target *target, fs1_u32 x,
			       fs1_u32 y, fs1_u32 filter);

#endif /* FS1_CHART_H */
