/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The pixel engine: light in, pixels and statistics out, one frame at a time
 * in bounded steps. It knows nothing of queues, time or hosts beyond memory
 * and parallel loops. The same settings, scene and outputs give the same bytes
 * everywhere, whatever the number of slices.
 */
#ifndef FS1_ENGINE_H
#define FS1_ENGINE_H

#include "fs1.h"
#include "fs1-memory.h"

struct fs1_engine;
struct fs1_picture;

/**
 * struct fs1_mode - a readout mode of the array
 * @width: pixels per line of the raw image
 * @height: lines
 * @binning: array pixels per raw pixel, each way
 * @frame_length: shortest frame in lines of FS1_LINE_LENGTH pixel clocks
 */
struct fs1_mode {
	fs1_u16 width;
	fs1_u16 height;
	fs1_u16 binning;
	fs1_u32 frame_length;
};

extern const struct fs1_mode fs1_modes[FS1_MODES];	/* 0: full, 1: 2x2, 2: 4x4 */

/**
 * struct fs1_settings - everything but the scene that decides a frame's pixels
 *
 * @frame_id: the frame's identity; seeds the noise together with @seed, and
 *	moves the target of the built-in chart
 * @mode: index in fs1_modes
 * @exposure: lines, 1 or more
 * @seed: of the noise
 * @analogue_gain: Q8, 256 to 4096; noise grows with it as with light
 * @digital_gain: Q8, 256 to 4096
 * @red_balance: gain of red beside green, Q8, 64 to 2047
 * @blue_balance: gain of blue beside green, Q8, 64 to 2047
 * @brightness: added to luma, -128 to 127
 * @contrast: Q7, 0 to 255
 * @saturation: Q7, 0 to 255
 * @gamma: hundredths, 100 to 300; 220: the sRGB curve
 * @hflip: 0 or 1: mirrored; samples stay in RGGB order, as with @vflip
 * @vflip: 0 or 1: upside down
 * @test_pattern: enum fs1_test_pattern; other than OFF, it takes the place of
 *	the scene
 * @privacy: 0 or 1: no light gets in
 * @noise: 0 or 1: photon and read noise are added
 *
 * Ranges are those of enum fs1_control.
 */
struct fs1_settings {
	fs1_u64 frame_id;
	fs1_u32 mode;
	fs1_u32 exposure;
	fs1_u32 seed;
	fs1_u16 analogue_gain;
	fs1_u16 digital_gain;
	fs1_u16 red_balance;
	fs1_u16 blue_balance;
	fs1_s16 brightness;
	fs1_u16 contrast;
	fs1_u16 saturation;
	fs1_u16 gamma;
	fs1_u8 hflip;
	fs1_u8 vflip;
	fs1_u8 test_pattern;
	fs1_u8 privacy;
	fs1_u8 noise;
};

struct fs1_rectangle {
	fs1_u16 left;
	fs1_u16 top;
	fs1_u16 width;
	fs1_u16 height;
};

/**
 * struct fs1_output_format - shape of one output
 * @format: FS1_FORMAT_*
 * @width: output pixels; even for NV12 and YUYV. Raw formats: the mode's size
 * @height: output lines; even for NV12
 * @stride: bytes per line of the first plane; NV12: also of the second
 * @crop: part of the array shown, array pixels, even; raw formats: all of it
 * @encoding: FS1_ENCODING_*, of YUV and GREY
 * @range: FS1_RANGE_*, of YUV and GREY
 */
struct fs1_output_format {
	fs1_u32 format;
	fs1_u16 width;
	fs1_u16 height;
	fs1_u32 stride;
	struct fs1_rectangle crop;
	fs1_u8 encoding;
	fs1_u8 range;
};

/**
 * struct fs1_output - one output of one frame: what shape, into what memory
 * @format: its shape
 * @memory: where to
 * @offset: of its first byte in @memory
 */
struct fs1_output {
	struct fs1_output_format format;
	const struct fs1_memory *memory;
	fs1_u32 offset;
};

#define FS1_OUTPUTS_MAX 4u

/**
 * fs1_output_check() - is this shape one the engine can make?
 * @format: the shape
 * @ret_size: bytes of a frame on success
 *
 * Return: FS1_OK, FS1_BAD_FORMAT or FS1_BAD_ARGUMENT.
 */
enum fs1_status fs1_output_check(const struct fs1_output_format *format,
				 fs1_u32 *ret_size);

/**
 * fs1_mode_for() - smallest mode that serves these outputs without enlarging
 * @formats: the outputs
 * @count: how many
 *
 * Return: index in fs1_modes of the smallest mode whose pixels in each output's
 * crop are at least the output's, in both directions; full if none is.
 */
unsigned int fs1_mode_for(const struct fs1_output_format *formats, unsigned int count);

/** struct fs1_statistics - of one frame, raw, above black level */
struct fs1_statistics {
	fs1_u32 histogram[4][FS1_HISTOGRAM_BINS];
	struct {
		fs1_u16 mean[4];	/* R, Gr, Gb, B; Q4 */
		fs1_u16 saturated;	/* share of clipped samples, Q8 of 1 */
	} zone[FS1_ZONE_ROWS][FS1_ZONE_COLUMNS];
	fs1_u64 sharpness;
	fs1_u32 samples;		/* per channel */
};

struct fs1_engine *fs1_engine_create(const struct fs1_host_ops *ops, void *host,
				     unsigned int slices);
void fs1_engine_destroy(struct fs1_engine *engine);

/**
 * fs1_engine_set_scene() - the light from now on; copied
 * @engine: the engine, between frames
 * @rgb: packed 8-bit R, G, B with the sRGB curve, @stride bytes a line; NULL:
 *	the built-in chart
 * @width: FS1_SCENE_MIN to FS1_ARRAY_WIDTH, stretched over the whole array
 * @height: likewise
 * @stride: bytes per line
 *
 * Return: FS1_OK, FS1_BAD_LENGTH (memory shorter than the picture),
 * FS1_BAD_ARGUMENT or FS1_NO_MEMORY; on error the old scene stays.
 */
enum fs1_status fs1_engine_set_scene(struct fs1_engine *engine,
				     const struct fs1_memory *rgb, fs1_u32 width,
				     fs1_u32 height, fs1_u32 stride);

/**
 * fs1_engine_begin_scene() - fs1_engine_set_scene() in bounded steps
 * @engine: the engine, between frames
 * @rgb: must stay until the last step, or fs1_engine_set_scene()
 * @width: as there
 * @height: as there
 * @stride: as there
 *
 * No frame may begin before the last step.
 *
 * Return: as fs1_engine_set_scene(); the steps can't fail.
 */
enum fs1_status fs1_engine_begin_scene(struct fs1_engine *engine,
				       const struct fs1_memory *rgb,
				       fs1_u32 width, fs1_u32 height,
				       fs1_u32 stride);

/**
 * fs1_engine_step_scene() - copy the next lines of the scene
 * @engine: the engine, after fs1_engine_begin_scene()
 *
 * Return: true while there are more.
 */
bool fs1_engine_step_scene(struct fs1_engine *engine);

/**
 * fs1_engine_hold_light() - the light of the frame that begins stays as it is
 * @engine: the engine, between frames; holds no other
 *
 * A scene that comes later is copied beside it, which takes twice the memory.
 *
 * Return: the light, until fs1_engine_release_light() or fs1_engine_destroy(); NULL:
 * the built-in chart.
 */
const struct fs1_picture *fs1_engine_hold_light(struct fs1_engine *engine);

/** fs1_engine_release_light() - what was held, if anything, may change again */
void fs1_engine_release_light(struct fs1_engine *engine);

/**
 * fs1_engine_borrow_light() - show what falls on another engine's array
 * @engine: the engine, between frames; never has a scene of its own, nor raw outputs
 *	or statistics
 * @picture: of fs1_engine_hold_light(); held until the engine's last frame with it is
 *	done
 *
 * It makes as much of the light as its outputs show, for each frame anew: for small
 * parts of single frames.
 */
void fs1_engine_borrow_light(struct fs1_engine *engine,
			     const struct fs1_picture *picture);

/**
 * fs1_engine_begin() - start a frame
 * @engine: the engine, between frames
 * @settings: copied
 * @outputs: copied; the memory behind them must stay until the frame is done
 *	or the output was dropped
 * @count: 0 to FS1_OUTPUTS_MAX; 0 is allowed (statistics only)
 * @statistics: gather them for this frame
 *
 * Return: FS1_OK or why not: FS1_BAD_ARGUMENT, FS1_BAD_FORMAT,
 * FS1_BAD_LENGTH (memory too small), FS1_NO_MEMORY.
 */
enum fs1_status fs1_engine_begin(struct fs1_engine *engine,
				 const struct fs1_settings *settings,
				 const struct fs1_output *outputs,
				 unsigned int count, bool statistics);

/**
 * fs1_engine_step() - compute the next lines (at most 64 of the mode)
 * @engine: the engine, after fs1_engine_begin()
 *
 * Return: true while there is more to do in this frame.
 */
bool fs1_engine_step(struct fs1_engine *engine);

/** fs1_engine_drop_output() - write no more to output @index of this frame */
void fs1_engine_drop_output(struct fs1_engine *engine, unsigned int index);

/** fs1_engine_statistics() - of the frame just done, if it gathered them */
const struct fs1_statistics *fs1_engine_statistics(const struct fs1_engine *engine);

/**
 * fs1_engine_process_raw() - the pipeline without the array: one raw frame to
 *	outputs, for cameras and files
 * @engine: the engine, between frames
 * @raw: RGGB samples of 12 bit in 16, black level FS1_BLACK_LEVEL, the size of
 *	@settings->mode, tight
 * @settings: the array's own (exposure, analogue gain, flips, pattern, noise)
 *	are ignored
 * @outputs: as in fs1_engine_begin()
 * @count: likewise
 *
 * Runs to the end.
 *
 * Return: as fs1_engine_begin().
 */
enum fs1_status fs1_engine_process_raw(struct fs1_engine *engine,
				       const fs1_u16 *raw,
				       const struct fs1_settings *settings,
				       const struct fs1_output *outputs,
				       unsigned int count);

/* ------------------------------------------------------------------------
 * Auto-exposure and auto-white-balance: pure functions of statistics.
 */

/**
 * struct fs1_auto - state of the loops; zero it before first use
 * @exposure_settled: brightness is within tolerance
 * @white_settled: gains are within tolerance
 * @state: private
 */
struct fs1_auto {
	bool exposure_settled;
	bool white_settled;
	fs1_s32 state[16];
};

/**
 * fs1_auto_exposure() - next exposure and gain from a frame's statistics
 * @loop: state
 * @statistics: of a frame
 * @used: settings that frame was taken with
 * @exposure_max: lines available
 * @next: @next->exposure and @next->analogue_gain are updated
 */
void fs1_auto_exposure(struct fs1_auto *loop, const struct fs1_statistics *statistics,
		       const struct fs1_settings *used, fs1_u32 exposure_max,
		       struct fs1_settings *next);

/** fs1_auto_white_balance() - likewise @next->red_balance and @next->blue_balance */
void fs1_auto_white_balance(struct fs1_auto *loop,
			    const struct fs1_statistics *statistics,
			    const struct fs1_settings *used,
			    struct fs1_settings *next);

#endif /* FS1_ENGINE_H */
