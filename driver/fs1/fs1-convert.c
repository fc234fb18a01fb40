// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Last step of an output: from pixel words that leave the scaler, or raw
 * samples, to the bytes of the output's format.
 */
#include "fs1-output.h"

/* [encoding][range]; luma sums up to its range, chroma to 0 */
static const struct fs1_weights fs1_weights[2][2] = {
	[FS1_ENCODING_601] = {
		[FS1_RANGE_LIMITED] = {
			.luma = { 16829, 33039, 6416 },
			.cb = { -9714, -19070, 28784 },
			.cr = { 28784, -24103, -4681 },
			.black = 16,
		},
		[FS1_RANGE_FULL] = {
			.luma = { 19595, 38470, 7471 },
			.cb = { -11058, -21710, 32768 },
			.cr = { 32768, -27439, -5329 },
		},
	},
	[FS1_ENCODING_709] = {
		[FS1_RANGE_LIMITED] = {
			.luma = { 11966, 40254, 4064 },
			.cb = { -6596, -22188, 28784 },
			.cr = { 28784, -26145, -2639 },
			.black = 16,
		},
		[FS1_RANGE_FULL] = {
			.luma = { 13933, 46871, 4732 },
			.cb = { -7509, -25259, 32768 },
			.cr = { 32768, -29763, -3005 },
		},
	},
};

const struct fs1_weights *fs1_weights_for(const struct fs1_output_format *format)
{
	return &fs1_weights[format->encoding][format->range];
}

/*
 * The matrix with red and green in one 64-bit word: their columns are added up
 * as one number, so that a multiplication serves both. The sums are kept
 * positive by an offset that the curve expects.
 */
struct fs1_tone {
	fs1_u64 red_green[3];
	fs1_u32 blue[3];
	const fs1_u8 *curve;
};

#define FS1_TONE_OFFSET ((FS1_CURVE_BELOW << FS1_MATRIX_SHIFT) + \
			 (1u << (FS1_MATRIX_SHIFT - 1)))
#define FS1_TONE_OFFSETS (((fs1_u64)FS1_TONE_OFFSET << 32) + FS1_TONE_OFFSET)

static struct fs1_tone fs1_tone_of(const struct fs1_isp *isp)
{
	struct fs1_tone tone = { .curve = isp->curve };
	fs1_u32 i;

	for (i = 0; i < 3; i++) {
		tone.red_green[i] = ((fs1_u64)(fs1_s64)isp->matrix[1][i] << 32) +
				    (fs1_u64)(fs1_s64)isp->matrix[0][i];
		tone.blue[i] = (fs1_u32)isp->matrix[2][i];
	}
	return tone;
}

struct fs1_rgb {
	fs1_u32 red, green, blue;
};

/* Colour matrix and tone curve: a pixel of 8-bit colours. */
static inline __attribute__((always_inline)) struct fs1_rgb
fs1_convert_pixel(const struct fs1_tone *tone, const struct fs1_blend *blend,
		  fs1_u32 x)
{
	fs1_u64 rgb = blend->past[x] * blend->past_weight +
		      blend->line[x] * blend->line_weight;
	/* Of 21 bits a lane, 12 are the value; 3 of the others are kept. */
	fs1_u32 red = (fs1_u32)(rgb >> 6) & 0x7fff;
	fs1_u32 green = (fs1_u32)(rgb >> 27) & 0x7fff;
	fs1_u32 blue = (fs1_u32)(rgb >> 48);
	fs1_u64 two = FS1_TONE_OFFSETS + red * tone->red_green[0] +
		      green * tone->red_green[1] + blue * tone->red_green[2];
	fs1_u32 third = FS1_TONE_OFFSET + red * tone->blue[0] +
			green * tone->blue[1] + blue * tone->blue[2];

	return (struct fs1_rgb){
		.red = tone->curve[(fs1_u32)two >> FS1_MATRIX_SHIFT],
		.green = tone->curve[two >> (32 + FS1_MATRIX_SHIFT)],
		.blue = tone->curve[third >> FS1_MATRIX_SHIFT],
	};
}

static inline fs1_u8 fs1_luma(const fs1_u32 weights[3], fs1_u32 offset,
			      struct fs1_rgb rgb)
{
	return (fs1_u8)((weights[0] * rgb.red + weights[1] * rgb.green +
			 weights[2] * rgb.blue + offset) >> 16);
}

static inline fs1_u32 fs1_sum(struct fs1_rgb a, struct fs1_rgb b)
{
	return (a.red + b.red) | (a.green + b.green) << 10 |
	       (a.blue + b.blue) << 20;
}

/* Inlined with constant @step and @use. */
static inline __attribute__((always_inline)) void
fs1_convert_luma_as(const struct fs1_isp *isp, const struct fs1_weights *weights,
		    const struct fs1_blend *blend, fs1_u32 width,
		    fs1_u8 *restrict to, const fs1_u32 step,
		    fs1_u32 *restrict sums, const enum fs1_chroma_use use)
{
	const struct fs1_tone tone = fs1_tone_of(isp);
	const struct fs1_blend from = *blend;
	const fs1_u32 offset = (weights->black << 16) + 32768;
	const fs1_u32 luma[3] = {
		weights->luma[0], weights->luma[1], weights->luma[2],
	};
	fs1_u32 x;

	for (x = 0; x + 1 < width; x += 2) {
		struct fs1_rgb left = fs1_convert_pixel(&tone, &from, x);
		struct fs1_rgb right = fs1_convert_pixel(&tone, &from, x + 1);

		to[step * x] = fs1_luma(luma, offset, left);
		to[step * (x + 1)] = fs1_luma(luma, offset, right);
		if (use == FS1_CHROMA_SET)
			sums[x / 2] = fs1_sum(left, right);
		else if (use == FS1_CHROMA_ADD)
			sums[x / 2] += fs1_sum(left, right);
	}
	if (x < width)
		to[step * x] = fs1_luma(luma, offset,
					fs1_convert_pixel(&tone, &from, x));
}

void fs1_convert_luma(const struct fs1_isp *isp, const struct fs1_weights *weights,
		      const struct fs1_blend *blend, fs1_u32 width, fs1_u8 *to,
		      fs1_u32 step, fs1_u32 *sums, enum fs1_chroma_use use)
{
	if (use == FS1_CHROMA_NONE)
		fs1_convert_luma_as(isp, weights, blend, width, to, 1, sums,
				    FS1_CHROMA_NONE);
	else if (step == 2)
		fs1_convert_luma_as(isp, weights, blend, width, to, 2, sums,
				    FS1_CHROMA_SET);
	else if (use == FS1_CHROMA_SET)
		fs1_convert_luma_as(isp, weights, blend, width, to, 1, sums,
				    FS1_CHROMA_SET);
	else
		fs1_convert_luma_as(isp, weights, blend, width, to, 1, sums,
				    FS1_CHROMA_ADD);
}

/* Sums of 2^@shift pixels to 8-bit chroma. */
static inline fs1_u8 fs1_chroma(const fs1_s32 weights[3], fs1_u32 sum,
				fs1_s32 offset, fs1_u32 shift)
{
	return (fs1_u8)((weights[0] * (fs1_s32)(sum & 1023) +
			 weights[1] * (fs1_s32)(sum >> 10 & 1023) +
			 weights[2] * (fs1_s32)(sum >> 20) + offset) >>
			(16 + shift));
}

void fs1_convert_chroma(const struct fs1_weights *weights, const fs1_u32 *sums,
			fs1_u32 count, fs1_u32 shift, fs1_u8 *to, fs1_u32 step)
{
	/* Just below one half, so that full range rounds to 255, not 256. */
	const fs1_s32 offset = (128 << (16 + shift)) + (1 << (15 + shift)) - 1;
	const struct fs1_weights w = *weights;
	fs1_u32 i;

	for (i = 0; i < count; i++, to += step) {
		to[0] = fs1_chroma(w.cb, sums[i], offset, shift);
		to[step / 2] = fs1_chroma(w.cr, sums[i], offset, shift);
	}
}

void fs1_convert_rgb(const struct fs1_isp *isp, const struct fs1_blend *blend,
		     fs1_u32 width, fs1_u32 format, fs1_u8 *to)
{
	const fs1_u32 step = format == FS1_FORMAT_XR24 ? 4 : 3;
	const fs1_u32 red = format == FS1_FORMAT_RGB24 ? 0 : 2;
	const struct fs1_tone tone = fs1_tone_of(isp);
	const struct fs1_blend from = *blend;
	fs1_u32 x;

	for (x = 0; x < width; x++, to += step) {
		struct fs1_rgb rgb = fs1_convert_pixel(&tone, &from, x);

		if (step == 4)
			to[3] = 255;
		to[red] = (fs1_u8)rgb.red;
		to[1] = (fs1_u8)rgb.green;
		to[2 - red] = (fs1_u8)rgb.blue;
	}
}

void fs1_convert_packed12(const fs1_u16 *raw, fs1_u32 width, fs1_u8 *to)
{
	fs1_u32 x;

	for (x = 0; x < width; x += 2, to += 3) {
		to[0] = (fs1_u8)(raw[x] >> 4);
		to[1] = (fs1_u8)(raw[x + 1] >> 4);
		to[2] = (fs1_u8)((raw[x] & 15) | (raw[x + 1] & 15) << 4);
	}
}
