// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Photometry and noise of the pixel array.
 */
#include "fs1-math.h"
#include "fs1-packed.h"
#include "fs1-sensor.h"

const struct fs1_mode fs1_modes[FS1_MODES] = {
	{ .width = FS1_ARRAY_WIDTH, .height = FS1_ARRAY_HEIGHT, .binning = 1,
	  .frame_length = FS1_FRAME_LENGTH_FULL },
	{ .width = FS1_ARRAY_WIDTH / 2, .height = FS1_ARRAY_HEIGHT / 2,
	  .binning = 2, .frame_length = FS1_FRAME_LENGTH_BIN2 },
	{ .width = FS1_ARRAY_WIDTH / 4, .height = FS1_ARRAY_HEIGHT / 4,
	  .binning = 4, .frame_length = FS1_FRAME_LENGTH_BIN4 },
};

#define FS1_RANGE (FS1_WHITE_LEVEL - FS1_BLACK_LEVEL)

/*
 * 256 quantiles of the normal distribution, scaled to a standard deviation of
 * 32: a byte of random bits selects one.
 */
static const signed char fs1_normal[256] = {
	-93, -81, -75, -71, -68, -65, -63, -61, -59, -57, -56, -54, -53, -52, -51, -50,
	-49, -48, -47, -46, -45, -44, -43, -43, -42, -41, -40, -40, -39, -38, -38, -37,
	-37, -36, -35, -35, -34, -34, -33, -33, -32, -32, -31, -31, -30, -30, -29, -29,
	-28, -28, -27, -27, -26, -26, -26, -25, -25, -24, -24, -23, -23, -23, -22, -22,
	-21, -21, -21, -20, -20, -20, -19, -19, -18, -18, -18, -17, -17, -17, -16, -16,
	-16, -15, -15, -14, -14, -14, -13, -13, -13, -12, -12, -12, -11, -11, -11, -10,
	-10, -10, -9, -9, -9, -8, -8, -8, -7, -7, -7, -6, -6, -6, -6, -5,
	-5, -5, -4, -4, -4, -3, -3, -3, -2, -2, -2, -1, -1, -1, 0, 0,
	0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5,
	5, 6, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10,
	10, 11, 11, 11, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 16,
	16, 16, 17, 17, 17, 18, 18, 18, 19, 19, 20, 20, 20, 21, 21, 21,
	22, 22, 23, 23, 23, 24, 24, 25, 25, 26, 26, 26, 27, 27, 28, 28,
	29, 29, 30, 30, 31, 31, 32, 32, 33, 33, 34, 34, 35, 35, 36, 37,
	37, 38, 38, 39, 40, 40, 41, 42, 43, 43, 44, 45, 46, 47, 48, 49,
	50, 51, 52, 53, 54, 56, 57, 59, 61, 63, 65, 68, 71, 75, 81, 93,
};

/*
 * Noise of the array: variance in levels squared. Binning averages charges.
 * A level is 2.5 electrons at gain 1; of N electrons the shot noise is the
 * root of N; reading adds 2 electrons, the converter half a level.
 */
struct fs1_noise {
	fs1_u64 shot;	/* per level of signal, Q24: gain / 2.5 / charges */
	fs1_u64 floor;	/* Q8: (2 gain / 2.5)^2 / charges + 1 / 4 */
};

static struct fs1_noise fs1_noise_model(fs1_u32 gain, fs1_u32 charges)
{
	return (struct fs1_noise){
		.shot = fs1_div64((fs1_u64)gain << 17, 5 * charges),
		.floor = fs1_div64((fs1_u64)gain * gain * 16,
				   256 * 25 * charges) + 64,
	};
}

void fs1_response_configure(struct fs1_response *response,
			    const struct fs1_settings *settings)
{
	fs1_u32 binning = fs1_modes[settings->mode].binning;
	fs1_u32 gain = settings->analogue_gain;
	fs1_u64 slope;		/* levels per light, Q32 */
	fs1_u32 light, deviation = 0;
	struct fs1_noise noise;

	if (response->valid && response->exposure == settings->exposure &&
	    response->gain == gain && response->mode == settings->mode)
		return;
	slope = fs1_div64(((fs1_u64)settings->exposure * gain * FS1_RANGE) << 16,
			  FS1_PHOTOMETRY_LINES * FS1_LIGHT_MAX);
	noise = fs1_noise_model(gain, binning * binning);
	for (light = 0; light < FS1_LIGHT_LEVELS; light++) {
		/* slope is Q24: 16 from the shift, 8 from the gain */
		fs1_u64 signal = (light * slope + (1u << 23)) >> 24;
		fs1_u64 variance;

		if (signal > FS1_RANGE)
			signal = FS1_RANGE;
		variance = ((signal * noise.shot) >> 16) + noise.floor;
		/* Q4 is the root of Q8; it only ever grows with the light */
		while ((fs1_u64)(deviation + 1) * (deviation + 1) <= variance)
			deviation++;
		response->level[light] = ((fs1_u32)signal + FS1_BLACK_LEVEL) |
					 deviation << 16;
	}
	response->exposure = settings->exposure;
	response->gain = settings->analogue_gain;
	response->mode = (fs1_u16)settings->mode;
	response->valid = true;
}

fs1_u64 fs1_noise_key(const struct fs1_settings *settings, fs1_u32 y)
{
	fs1_u64 key = fs1_mix(settings->seed + 0x9e3779b97f4a7c15ull);

	return fs1_mix(fs1_mix(key ^ settings->frame_id) + y);
}

/* One sample; @mean as in struct fs1_response, @random a byte. */
static inline fs1_u64 fs1_sensor_sample(fs1_u32 mean, fs1_u64 random)
{
	fs1_s32 value = (fs1_s32)(mean & 0xffff) +
			((fs1_normal[random & 0xff] * (fs1_s32)(mean >> 16)) >> 9);

	/* Black is high enough for it never to be negative. */
	return (fs1_u32)(value < (fs1_s32)FS1_WHITE_LEVEL ? value :
			 (fs1_s32)FS1_WHITE_LEVEL);
}

/* Four samples; @random holds their bytes. */
static inline void fs1_sensor_quad(const fs1_u32 *level, const fs1_u16 *light,
				   fs1_u64 random, fs1_u16 *raw)
{
	fs1_u64 quad = fs1_quad_load(light);

	fs1_quad_store(raw, fs1_quad_of(
		fs1_sensor_sample(level[fs1_quad_get(quad, 0)], random),
		fs1_sensor_sample(level[fs1_quad_get(quad, 1)], random >> 8),
		fs1_sensor_sample(level[fs1_quad_get(quad, 2)], random >> 16),
		fs1_sensor_sample(level[fs1_quad_get(quad, 3)], random >> 24)));
}

void fs1_sensor_expose(const struct fs1_response *response,
		       const fs1_u16 *restrict light, bool noise, fs1_u64 key,
		       fs1_u32 first, fs1_u32 end, fs1_u16 *restrict raw)
{
	const fs1_u32 *level = response->level;
	fs1_u32 x;

	if (!noise) {
		for (x = first; x < end; x++)
			raw[x] = (fs1_u16)level[light[x]];
		return;
	}
	for (x = first; x < end; x += 8) {
		fs1_u64 random = fs1_mix(key + (x >> 3) * 0x9e3779b97f4a7c15ull);

		fs1_sensor_quad(level, light + x, random, raw + x);
		fs1_sensor_quad(level, light + x + 4, random >> 32, raw + x + 4);
	}
}
