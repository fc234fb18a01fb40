/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * When frames start: absolute deadlines, and what happens when the device
 * can't keep them. Pure arithmetic on the host's clock. Private to the core.
 */
#ifndef FS1_PACING_H
#define FS1_PACING_H

#include "fs1-abi.h"

/**
 * struct fs1_pacing - the schedule of a sensor that runs
 * @deadline: planned start of the next frame, ns
 * @interval: between the last start and @deadline, ns
 * @idle_since: when the device was done with the last frame, ns
 * @lengthened_frames: frames that started late, since the device started
 */
struct fs1_pacing {
	fs1_u64 deadline;
	fs1_u64 interval;
	fs1_u64 idle_since;
	fs1_u32 lengthened_frames;
};

/** fs1_lines_to_ns() - how long @lines take */
fs1_u64 fs1_lines_to_ns(fs1_u32 lines);

/**
 * fs1_pacing_frame_length() - lines of a frame
 * @shortest: what the mode allows, lines
 * @interval: what the streams ask for, us; 0: the shortest
 * @control: FS1_CONTROL_FRAME_LENGTH, lines; only lengthens
 *
 * Return: lines, at most FS1_FRAME_LENGTH_MAX.
 */
fs1_u32 fs1_pacing_frame_length(fs1_u32 shortest, fs1_u32 interval,
				fs1_u32 control);

/** fs1_pacing_restart() - the sensor wakes: the next frame is due @now */
void fs1_pacing_restart(struct fs1_pacing *pacing, fs1_u64 now);

/**
 * fs1_pacing_start() - a frame starts
 * @pacing: the schedule
 * @now: at or behind the deadline
 * @ret_late: ns this frame starts behind its deadline; 0: on time
 *
 * A host that only woke up a little late doesn't make the frame late: sensors
 * start on their own. A device that was still busy at the deadline does, and
 * so does a host that slept over half a frame.
 *
 * Return: the frame's timestamp.
 */
fs1_u64 fs1_pacing_start(struct fs1_pacing *pacing, fs1_u64 now,
			 fs1_u64 *ret_late);

/** fs1_pacing_plan() - the frame that started at @start has @frame_length lines */
void fs1_pacing_plan(struct fs1_pacing *pacing, fs1_u64 start,
		     fs1_u32 frame_length);

/** fs1_pacing_done() - the device is done with the frame */
void fs1_pacing_done(struct fs1_pacing *pacing, fs1_u64 now);

#endif /* FS1_PACING_H */
