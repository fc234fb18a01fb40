// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Test patterns of the array: known samples, without light and noise.
 */
#include "fs1-sensor.h"

#define FS1_RANGE (FS1_WHITE_LEVEL - FS1_BLACK_LEVEL)

/* Colours of the bars, red 4, green 2, blue 1: from white to black. */
static const fs1_u8 fs1_bars[8] = { 7, 6, 2, 3, 5, 4, 1, 0 };

/* Bit of fs1_bars that a site of the mosaic sees. */
static fs1_u32 fs1_pattern_filter(fs1_u32 x, fs1_u32 y)
{
	if (y & 1)
		return x & 1 ? 1 : 2;
	return x & 1 ? 2 : 4;
}

static void fs1_pattern_solid(fs1_u16 *raw, fs1_u32 width, fs1_u32 level)
{
	fs1_u32 x;

	for (x = 0; x < width; x++)
		raw[x] = (fs1_u16)level;
}

/*
 * Eight bars of equal width (the last takes the rest). With @fade, the level
 * falls linearly from white at the top line to black at the last.
 */
static void fs1_pattern_bars(fs1_u16 *raw, const struct fs1_mode *mode,
			     fs1_u32 y, bool fade)
{
	fs1_u32 level = FS1_RANGE;
	fs1_u32 x, bar;

	if (fade)
		level = FS1_RANGE * (mode->height - 1u - y) / (mode->height - 1u);
	for (x = 0; x < mode->width; x++) {
		bar = x * 8 / mode->width;
		raw[x] = FS1_BLACK_LEVEL;
		if (fs1_bars[bar] & fs1_pattern_filter(x, y))
			raw[x] = (fs1_u16)(FS1_BLACK_LEVEL + level);
	}
}

/* Black at the left to white at the right. */
static void fs1_pattern_gradient(fs1_u16 *raw, const struct fs1_mode *mode)
{
	fs1_u32 x;

	for (x = 0; x < mode->width; x++)
		raw[x] = (fs1_u16)(FS1_BLACK_LEVEL +
				   FS1_RANGE * x / (mode->width - 1u));
}

/* Squares of 1/16 of the width, white first. */
static void fs1_pattern_checkerboard(fs1_u16 *raw, const struct fs1_mode *mode,
				     fs1_u32 y)
{
	fs1_u32 row = y * 16 / mode->width;
	fs1_u32 x;

	for (x = 0; x < mode->width; x++) {
		bool dark = (row + x * 16 / mode->width) & 1;

		raw[x] = dark ? FS1_BLACK_LEVEL : FS1_WHITE_LEVEL;
	}
}

/*
 * The pseudo-random sequence x^9 + x^5 + 1 (ITU-T O.150), all ones first,
 * running on from line to line; a sample is white where the bit is 1. The
 * sequence repeats after 511 bits.
 */
static void fs1_pattern_pn9(fs1_u16 *raw, const struct fs1_mode *mode, fs1_u32 y)
{
	fs1_u32 skip = (y * mode->width) % 511u;
	fs1_u32 state = 0x1ff;
	fs1_u32 x;

	for (x = 0; x < skip + mode->width; x++) {
		if (x >= skip)
			raw[x - skip] = state & 1 ? FS1_WHITE_LEVEL :
				       FS1_BLACK_LEVEL;
		state = state >> 1 | ((state ^ state >> 4) & 1) << 8;
	}
}

void fs1_pattern_line(fs1_u32 pattern, const struct fs1_mode *mode, fs1_u32 y,
		      fs1_u16 *raw)
{
	switch (pattern) {
	case FS1_PATTERN_SOLID_WHITE:
		fs1_pattern_solid(raw, mode->width, FS1_WHITE_LEVEL);
		break;
	case FS1_PATTERN_COLOUR_BARS:
		fs1_pattern_bars(raw, mode, y, false);
		break;
	case FS1_PATTERN_COLOUR_BARS_FADE:
		fs1_pattern_bars(raw, mode, y, true);
		break;
	case FS1_PATTERN_GRADIENT:
		fs1_pattern_gradient(raw, mode);
		break;
	case FS1_PATTERN_CHECKERBOARD:
		fs1_pattern_checkerboard(raw, mode, y);
		break;
	case FS1_PATTERN_PN9:
		fs1_pattern_pn9(raw, mode, y);
		break;
	default:
		fs1_pattern_solid(raw, mode->width, FS1_BLACK_LEVEL);
		break;
	}
}
