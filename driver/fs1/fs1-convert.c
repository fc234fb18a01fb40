// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Last step of an output: lines of 8-bit colours or raw samples to the bytes
 * of the output's format.
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

/* Colours summed up over 2^@shift pixels to 8-bit chroma. */
static inline fs1_u8 fs1_chroma(const fs1_s32 weights[3], fs1_s32 red,
				fs1_s32 green, fs1_s32 blue, fs1_u32 shift)
{
	/* Just below one half, so that full range rounds to 255, not 256. */
	fs1_s32 offset = (128 << (16 + shift)) + (1 << (15 + shift)) - 1;

	return (fs1_u8)((weights[0] * red + weights[1] * green +
			 weights[2] * blue + offset) >> (16 + shift));
}

void fs1_convert_luma(const struct fs1_weights *weights,
		      const struct fs1_sink_part *part, fs1_u32 width, fs1_u8 *to)
{
	const fs1_u8 *restrict red = part->red;
	const fs1_u8 *restrict green = part->green;
	const fs1_u8 *restrict blue = part->blue;
	fs1_u8 *restrict luma = to;
	fs1_s32 r = weights->luma[0], g = weights->luma[1], b = weights->luma[2];
	fs1_s32 offset = (weights->black << 16) + 32768;
	fs1_u32 x;

	for (x = 0; x < width; x++)
		luma[x] = (fs1_u8)((r * red[x] + g * green[x] + b * blue[x] +
				    offset) >> 16);
}

void fs1_convert_yuyv(const struct fs1_weights *weights,
		      const struct fs1_sink_part *part, fs1_u32 width, fs1_u8 *to)
{
	fs1_s32 offset = (weights->black << 16) + 32768;
	fs1_u32 x, i;

	for (x = 0; x < width; x += 2, to += 4) {
		fs1_s32 red = part->red[x] + part->red[x + 1];
		fs1_s32 green = part->green[x] + part->green[x + 1];
		fs1_s32 blue = part->blue[x] + part->blue[x + 1];

		for (i = 0; i < 2; i++)
			to[2 * i] = (fs1_u8)((weights->luma[0] * part->red[x + i] +
					      weights->luma[1] * part->green[x + i] +
					      weights->luma[2] * part->blue[x + i] +
					      offset) >> 16);
		to[1] = fs1_chroma(weights->cb, red, green, blue, 1);
		to[3] = fs1_chroma(weights->cr, red, green, blue, 1);
	}
}

static void fs1_convert_sum(const fs1_u8 *restrict from, fs1_u32 width,
			    bool first, fs1_u16 *restrict sums)
{
	fs1_u32 x;

	if (first) {
		for (x = 0; x < width / 2; x++)
			sums[x] = (fs1_u16)(from[2 * x] + from[2 * x + 1]);
	} else {
		for (x = 0; x < width / 2; x++)
			sums[x] = (fs1_u16)(sums[x] + from[2 * x] +
					    from[2 * x + 1]);
	}
}

void fs1_convert_sums(const struct fs1_sink_part *part, fs1_u32 width, bool first)
{
	fs1_convert_sum(part->red, width, first, part->sums[0]);
	fs1_convert_sum(part->green, width, first, part->sums[1]);
	fs1_convert_sum(part->blue, width, first, part->sums[2]);
}

void fs1_convert_chroma(const struct fs1_weights *weights,
			const struct fs1_sink_part *part, fs1_u32 width,
			fs1_u8 *to)
{
	const fs1_u16 *restrict red = part->sums[0];
	const fs1_u16 *restrict green = part->sums[1];
	const fs1_u16 *restrict blue = part->sums[2];
	const struct fs1_weights w = *weights;
	fs1_u8 *restrict chroma = to;
	fs1_u32 x;

	for (x = 0; x < width / 2; x++) {
		chroma[2 * x] = fs1_chroma(w.cb, red[x], green[x], blue[x], 2);
		chroma[2 * x + 1] = fs1_chroma(w.cr, red[x], green[x], blue[x], 2);
	}
}

void fs1_convert_rgb(const struct fs1_sink_part *part, fs1_u32 width,
		     fs1_u32 format, fs1_u8 *to)
{
	const fs1_u8 *restrict first = part->blue;
	const fs1_u8 *restrict second = part->green;
	const fs1_u8 *restrict third = part->red;
	fs1_u8 *restrict bytes = to;
	fs1_u32 x;

	if (format == FS1_FORMAT_XR24) {
		for (x = 0; x < width; x++) {
			bytes[4 * x] = first[x];
			bytes[4 * x + 1] = second[x];
			bytes[4 * x + 2] = third[x];
			bytes[4 * x + 3] = 255;
		}
		return;
	}
	if (format == FS1_FORMAT_RGB24) {
		first = part->red;
		third = part->blue;
	}
	for (x = 0; x < width; x++) {
		bytes[3 * x] = first[x];
		bytes[3 * x + 1] = second[x];
		bytes[3 * x + 2] = third[x];
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
