// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Auto-exposure and auto-white-balance. Both work out from one frame where
 * the setting should be in absolute terms, from the settings that very frame
 * was taken with; so it does no harm that a new setting shows only some frames
 * later.
 */
#include "fs1-isp.h"

#define FS1_RANGE (FS1_WHITE_LEVEL - FS1_BLACK_LEVEL)

/*
 * Auto-exposure
 */

#define FS1_EXPOSURE_TARGET (FS1_RANGE * 18 / 100 * 16)	/* 18 % of white, Q4 */
#define FS1_GAIN_MIN 256u
#define FS1_GAIN_MAX 4096u

/*
 * Luma of the whole frame, as it comes out of white balance and digital gain,
 * Q4. The middle counts most: zones weigh 1 at the border to 6.
 */
static fs1_u32 fs1_auto_brightness(const struct fs1_statistics *statistics,
				   const struct fs1_settings *used,
				   fs1_u32 *ret_saturated)
{
	fs1_u64 sum = 0, weights = 0, saturated = 0;
	fs1_u32 gain[3], row, column;

	fs1_isp_gains(used, gain);
	for (row = 0; row < FS1_ZONE_ROWS; row++) {
		fs1_u32 down = row < FS1_ZONE_ROWS / 2 ? row :
			       FS1_ZONE_ROWS - 1 - row;

		for (column = 0; column < FS1_ZONE_COLUMNS; column++) {
			const fs1_u16 *mean = statistics->zone[row][column].mean;
			fs1_u32 across = column < FS1_ZONE_COLUMNS / 2 ? column :
					 FS1_ZONE_COLUMNS - 1 - column;
			fs1_u32 weight = 1 + (down < across ? down : across);
			fs1_u64 luma = (fs1_u64)mean[0] * gain[0] * 54 +
				       (fs1_u64)(mean[1] + mean[2]) * gain[1] * 92 +
				       (fs1_u64)mean[3] * gain[2] * 18;

			sum += (luma >> 16) * weight;
			weights += weight;
			saturated += statistics->zone[row][column].saturated *
				     weight;
		}
	}
	*ret_saturated = (fs1_u32)fs1_div64(saturated, weights);
	return (fs1_u32)fs1_div64(sum, weights);
}

void fs1_auto_exposure(struct fs1_auto *loop, const struct fs1_statistics *statistics,
		       const struct fs1_settings *used, fs1_u32 exposure_max,
		       struct fs1_settings *next)
{
	fs1_u32 saturated, brightness, ratio, lines, gain;
	fs1_u64 product;

	brightness = fs1_auto_brightness(statistics, used, &saturated);
	/* Q8: what exposure times gain has to be multiplied by */
	ratio = FS1_EXPOSURE_TARGET * 256 / (brightness ? brightness : 1);
	/* What is clipped is brighter than it looks. */
	if (saturated > 64 && ratio > 256 * 64 / saturated)
		ratio = 256 * 64 / saturated;
	if (ratio > 8 * 256)
		ratio = 8 * 256;
	if (ratio < 256 / 8)
		ratio = 256 / 8;
	/* Come to rest within 3 %, move again beyond 8 %. */
	if (loop->exposure_settled)
		loop->exposure_settled = ratio >= 236 && ratio <= 276;
	else
		loop->exposure_settled = ratio >= 248 && ratio <= 264;
	next->exposure = used->exposure;
	next->analogue_gain = used->analogue_gain;
	if (next->exposure > exposure_max)
		loop->exposure_settled = false;
	if (loop->exposure_settled)
		return;
	/* Three quarters of the way there. */
	ratio = (3 * ratio + 256 + 2) >> 2;
	product = ((fs1_u64)used->exposure * used->analogue_gain * ratio + 128) >> 8;
	if (product < FS1_GAIN_MIN)
		product = FS1_GAIN_MIN;
	/* As much light as there is time for, then gain. */
	lines = (fs1_u32)fs1_div64(product, FS1_GAIN_MIN);
	if (lines > exposure_max)
		lines = exposure_max;
	gain = (fs1_u32)fs1_div64(product + lines / 2, lines);
	if (gain > FS1_GAIN_MAX)
		gain = FS1_GAIN_MAX;
	if (gain < FS1_GAIN_MIN)
		gain = FS1_GAIN_MIN;
	/* As far as it goes is settled, too. */
	if (lines == used->exposure && gain == used->analogue_gain)
		loop->exposure_settled = true;
	next->exposure = lines;
	next->analogue_gain = (fs1_u16)gain;
}

/*
 * Auto-white-balance
 */

/*
 * What the array sees of grey under thermal light, as red and blue over green,
 * Q8, from 2300 K to 10000 K.
 */
static const fs1_u16 fs1_locus[][2] = {
	{ 608, 81 }, { 492, 108 }, { 433, 130 }, { 391, 151 }, { 359, 170 },
	{ 329, 194 }, { 307, 214 }, { 290, 233 }, { 277, 249 }, { 266, 264 },
	{ 257, 278 }, { 250, 290 }, { 239, 311 }, { 227, 336 },
};

#define FS1_LOCUS_POINTS (sizeof(fs1_locus) / sizeof(fs1_locus[0]))

/* Relative distance of two ratios, Q8. */
static fs1_u32 fs1_auto_distance(fs1_u32 a, fs1_u32 b)
{
	return (a > b ? a - b : b - a) * 512 / (a + b + 1);
}

/* Point @i of the locus, each stretch divided in eight. */
static void fs1_auto_locus(fs1_u32 i, fs1_u32 *ret_red, fs1_u32 *ret_blue)
{
	const fs1_u16 *from = fs1_locus[i / 8];
	const fs1_u16 *to = i / 8 + 1 < FS1_LOCUS_POINTS ? fs1_locus[i / 8 + 1] : from;
	fs1_u32 part = i % 8;

	*ret_red = (from[0] * (8 - part) + to[0] * part) / 8;
	*ret_blue = (from[1] * (8 - part) + to[1] * part) / 8;
}

/* Nearest point of the locus; returns the distance, Q8. */
static fs1_u32 fs1_auto_project(fs1_u32 red, fs1_u32 blue, fs1_u32 *ret_red,
				fs1_u32 *ret_blue)
{
	fs1_u32 best = ~0u, i;

	for (i = 0; i <= (FS1_LOCUS_POINTS - 1) * 8; i++) {
		fs1_u32 r, b, distance;

		fs1_auto_locus(i, &r, &b);
		distance = fs1_auto_distance(red, r) + fs1_auto_distance(blue, b);
		if (distance < best) {
			best = distance;
			*ret_red = r;
			*ret_blue = b;
		}
	}
	return best;
}

struct fs1_white {
	fs1_u64 red, green, blue;
	fs1_u32 zones;
};

/*
 * Sum up the zones that may show something grey: neither dark nor clipped and
 * of a colour near that of thermal light. As they are sums, bright zones count
 * most. @tolerance is a distance from the locus, Q8.
 */
static void fs1_auto_collect(const struct fs1_statistics *statistics,
			     fs1_u32 tolerance, struct fs1_white *white)
{
	fs1_u32 i, red, blue;

	*white = (struct fs1_white){ 0 };
	for (i = 0; i < FS1_ZONE_ROWS * FS1_ZONE_COLUMNS; i++) {
		const fs1_u16 *mean =
			statistics->zone[i / FS1_ZONE_COLUMNS][i % FS1_ZONE_COLUMNS].mean;
		fs1_u32 saturated =
			statistics->zone[i / FS1_ZONE_COLUMNS][i % FS1_ZONE_COLUMNS].saturated;
		fs1_u32 green = (mean[1] + mean[2]) / 2u;

		if (green < 16 * 32 || saturated > 256 / 20)
			continue;
		if (fs1_auto_project(mean[0] * 256u / green, mean[3] * 256u / green,
				     &red, &blue) > tolerance)
			continue;
		white->red += mean[0];
		white->green += green;
		white->blue += mean[3];
		white->zones++;
	}
}

static fs1_u32 fs1_auto_towards(fs1_u32 from, fs1_u32 to)
{
	/* A quarter of the way, rounded so that it arrives. */
	if (to > from)
		return from + (to - from + 3) / 4;
	return from - (from - to + 3) / 4;
}

void fs1_auto_white_balance(struct fs1_auto *loop,
			    const struct fs1_statistics *statistics,
			    const struct fs1_settings *used,
			    struct fs1_settings *next)
{
	fs1_u32 red, blue, near_red = 256, near_blue = 256, to_red, to_blue;
	struct fs1_white white;

	next->red_balance = used->red_balance;
	next->blue_balance = used->blue_balance;
	/* Grey-looking zones; if there are few, whatever is lit. */
	fs1_auto_collect(statistics, 32, &white);
	if (white.zones < FS1_ZONE_ROWS * FS1_ZONE_COLUMNS / 32)
		fs1_auto_collect(statistics, ~0u, &white);
	if (!white.zones)
		return;
	red = (fs1_u32)fs1_div64(white.red * 256, white.green);
	blue = (fs1_u32)fs1_div64(white.blue * 256, white.green);
	/* No light is far from the locus: the scene's own colour stays. */
	if (fs1_auto_project(red, blue, &near_red, &near_blue) > 32) {
		red = near_red;
		blue = near_blue;
	}
	to_red = (65536 + red / 2) / red;
	to_blue = (65536 + blue / 2) / blue;
	loop->white_settled =
		fs1_auto_distance(to_red, used->red_balance) <= 5 &&
		fs1_auto_distance(to_blue, used->blue_balance) <= 5;
	next->red_balance = (fs1_u16)fs1_auto_towards(used->red_balance, to_red);
	next->blue_balance = (fs1_u16)fs1_auto_towards(used->blue_balance, to_blue);
}
