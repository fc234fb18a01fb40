// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Gains, colour matrix and tone curve.
 */
#include "fs1-isp.h"
#include "fs1-math.h"
#include "fs1-packed.h"

#define FS1_GAIN_LIMIT (64u << 12)
#define FS1_RANGE (FS1_WHITE_LEVEL - FS1_BLACK_LEVEL)

/* Inverse of the array's spectral crosstalk, see fs1-scene.c; rows sum to 1. */
static const fs1_s32 fs1_colour_matrix[3][3] = {
	{ 1290, -244, -22 },
	{ -146, 1316, -146 },
	{ -22, -244, 1290 },
};

/* Share of each colour in luminance, Q10 (BT.709 primaries). */
static const fs1_s32 fs1_luminance[3] = { 218, 732, 74 };

void fs1_isp_gains(const struct fs1_settings *settings, fs1_u32 ret_gain[3])
{
	fs1_u32 balance[3] = { settings->red_balance, 256, settings->blue_balance };
	fs1_u32 least = 256, i;

	for (i = 0; i < 3; i++) {
		if (balance[i] < least)
			least = balance[i];
	}
	for (i = 0; i < 3; i++)
		ret_gain[i] = settings->digital_gain * balance[i] / least;
}

static void fs1_isp_configure_samples(struct fs1_isp *isp, fs1_u32 colour)
{
	fs1_u16 *to = isp->prepared[colour];
	fs1_u32 gain = isp->gain[colour];
	fs1_u32 raw;

	for (raw = 0; raw <= FS1_WHITE_LEVEL; raw++) {
		fs1_u32 level = raw > FS1_BLACK_LEVEL ? raw - FS1_BLACK_LEVEL : 0;

		level = (level * gain + 2048) >> 12;
		to[raw] = (fs1_u16)(level < FS1_SAMPLE_MAX ? level : FS1_SAMPLE_MAX);
	}
	isp->prepared_gain[colour] = gain;
}

static void fs1_isp_configure_gains(struct fs1_isp *isp,
				    const struct fs1_settings *settings)
{
	fs1_u32 gain[3], i;

	fs1_isp_gains(settings, gain);
	for (i = 0; i < 3; i++) {
		fs1_u64 q12 = fs1_div64((fs1_u64)gain[i] * (16 * FS1_SAMPLE_MAX) +
					FS1_RANGE / 2, FS1_RANGE);

		isp->gain[i] = q12 < FS1_GAIN_LIMIT ? (fs1_u32)q12 :
			       FS1_GAIN_LIMIT - 1;
		if (isp->gain[i] != isp->prepared_gain[i])
			fs1_isp_configure_samples(isp, i);
	}
}

/*
 * Saturation moves a colour along the line to the grey of the same luminance,
 * in linear light: M' = L + s (M - L), where all rows of L are the luminance
 * of the corrected colour.
 */
static void fs1_isp_configure_matrix(struct fs1_isp *isp,
				     const struct fs1_settings *settings)
{
	fs1_s32 saturation = settings->saturation;
	fs1_s32 grey, i, j, sum;

	for (j = 0; j < 3; j++) {
		grey = 512;
		for (i = 0; i < 3; i++)
			grey += fs1_luminance[i] * fs1_colour_matrix[i][j];
		grey >>= 10;
		for (i = 0; i < 3; i++)
			isp->matrix[i][j] = grey +
				((saturation * (fs1_colour_matrix[i][j] - grey) + 64) >> 7);
	}
	for (i = 0; i < 3; i++) {
		/* Grey stays grey: what rounding took is given to the diagonal. */
		sum = isp->matrix[i][0] + isp->matrix[i][1] + isp->matrix[i][2];
		isp->matrix[i][saturation ? i : 1] += 1024 - sum;
	}
}

static void fs1_isp_configure_curve(struct fs1_isp *isp,
				    const struct fs1_settings *settings)
{
	fs1_u32 key = (fs1_u32)settings->gamma << 16 | settings->contrast << 8 |
		      (fs1_u32)(settings->brightness + 128);
	fs1_s32 contrast = settings->contrast;
	/* Q16: middle grey stays where it is, then brightness */
	fs1_s32 offset = (128 - contrast + settings->brightness) * 65536 +
			 32768;
	fs1_u32 i;

	if (isp->curve_key == key)
		return;
	for (i = 0; i <= FS1_SAMPLE_MAX; i++) {
		fs1_s32 value = (fs1_s32)fs1_tone(i, settings->gamma);

		/* value is Q16 of 255 */
		value = (fs1_s32)(((fs1_s64)value * contrast) >> 7) + offset;
		if (value < 0)
			value = 0;
		if (value > (255 << 16))
			value = 255 << 16;
		isp->curve[FS1_CURVE_BELOW + i] = (fs1_u8)(value >> 16);
	}
	memset(isp->curve, isp->curve[FS1_CURVE_BELOW], FS1_CURVE_BELOW);
	memset(isp->curve + FS1_CURVE_BELOW + FS1_SAMPLE_MAX + 1,
	       isp->curve[FS1_CURVE_BELOW + FS1_SAMPLE_MAX],
	       FS1_CURVE_ABOVE - FS1_SAMPLE_MAX - 1);
	isp->curve_key = key;
}

void fs1_isp_configure(struct fs1_isp *isp, const struct fs1_settings *settings)
{
	fs1_isp_configure_gains(isp, settings);
	fs1_isp_configure_matrix(isp, settings);
	fs1_isp_configure_curve(isp, settings);
}

void fs1_isp_prepare(const struct fs1_isp *isp, const fs1_u16 *restrict raw,
		     bool blue, fs1_u32 first, fs1_u32 end,
		     const struct fs1_planes *to)
{
	const fs1_u16 *even_table = isp->prepared[blue ? 1 : 0];
	const fs1_u16 *odd_table = isp->prepared[blue ? 2 : 1];
	fs1_u16 *restrict even = to->even;
	fs1_u16 *restrict odd = to->odd;
	const fs1_u64 mask = FS1_QUAD(FS1_WHITE_LEVEL);
	fs1_u32 i;

	/* Eight samples make a quad word of each; the rest one by one. */
	for (i = first; i + 4 <= end; i += 4) {
		fs1_u64 a = fs1_quad_load(raw + 2 * i) & mask;
		fs1_u64 b = fs1_quad_load(raw + 2 * i + 4) & mask;

		fs1_quad_store(even + i,
			       fs1_quad_of(even_table[fs1_quad_get(a, 0)],
					   even_table[fs1_quad_get(a, 2)],
					   even_table[fs1_quad_get(b, 0)],
					   even_table[fs1_quad_get(b, 2)]));
		fs1_quad_store(odd + i,
			       fs1_quad_of(odd_table[fs1_quad_get(a, 1)],
					   odd_table[fs1_quad_get(a, 3)],
					   odd_table[fs1_quad_get(b, 1)],
					   odd_table[fs1_quad_get(b, 3)]));
	}
	for (; i < end; i++) {
		even[i] = even_table[raw[2 * i] & FS1_WHITE_LEVEL];
		odd[i] = odd_table[raw[2 * i + 1] & FS1_WHITE_LEVEL];
	}
}
