/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The pixel array: light to raw samples, with photometry and noise, or a test
 * pattern instead.
 */
#ifndef FS1_SENSOR_H
#define FS1_SENSOR_H

#include "fs1-engine.h"

#define FS1_LIGHT_MAX 16383u	/* light of a scene's white */
#define FS1_LIGHT_LEVELS 16384u

/* Lines and gain at which a scene's white just fills the range. */
#define FS1_PHOTOMETRY_LINES 1000u

/* Samples a raw line may be written beyond its end. */
#define FS1_RAW_PAD 8u

/**
 * struct fs1_response - what each level of light becomes
 * @level: by light: sample in bits 0 to 15 (black level included), standard
 *	deviation of the noise in bits 16 to 31, Q4
 * @exposure: settings that @level was made for
 * @gain: likewise
 * @mode: likewise
 * @valid: @level was made
 */
struct fs1_response {
	fs1_u32 level[FS1_LIGHT_LEVELS];
	fs1_u32 exposure;
	fs1_u16 gain;
	fs1_u16 mode;
	bool valid;
};

/**
 * fs1_response_configure() - for exposure, analogue gain and mode of a frame
 * @response: zeroed, or as it was configured before
 * @settings: of the frame
 *
 * Cheap when nothing changed.
 */
void fs1_response_configure(struct fs1_response *response,
			    const struct fs1_settings *settings);

/** fs1_noise_key() - what the noise of one line depends on */
fs1_u64 fs1_noise_key(const struct fs1_settings *settings, fs1_u32 y);

/**
 * fs1_sensor_expose() - part of a raw line from light
 * @response: of this frame
 * @light: levels below FS1_LIGHT_LEVELS, of the whole line
 * @noise: add noise
 * @key: fs1_noise_key() of the line
 * @first: first sample, a multiple of 8
 * @end: sample behind the last; up to FS1_RAW_PAD more are read and written
 * @raw: the line
 */
void fs1_sensor_expose(const struct fs1_response *response,
		       const fs1_u16 *light, bool noise, fs1_u64 key,
		       fs1_u32 first, fs1_u32 end, fs1_u16 *raw);

/**
 * fs1_pattern_line() - a raw line of a test pattern
 * @pattern: enum fs1_test_pattern, not FS1_PATTERN_OFF
 * @mode: the readout mode
 * @y: line
 * @raw: @mode->width samples
 */
void fs1_pattern_line(fs1_u32 pattern, const struct fs1_mode *mode, fs1_u32 y,
		      fs1_u16 *raw);

#endif /* FS1_SENSOR_H */
