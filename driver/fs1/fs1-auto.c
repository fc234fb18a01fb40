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

/*
 * The mean is brought to 18 % of white; but highlights, the level that 2 % of
 * the green samples reach, rather stay between 55 % and 90 %: for that, the
 * mean may be up to twice or half its target.
 */
#define FS1_EXPOSURE_TARGET (FS1_RANGE * 18 / 100 * 16)	/* Q4 */
#define FS1_HIGHLIGHT_LOW (FS1_RANGE * 55 / 100)
#define FS1_HIGHLIGHT_HIGH (FS1_RANGE * 90 / 100)
#define FS1_GAIN_MIN 256u
#define FS1_GAIN_MAX 4096u

/*
 * Luma of the whole frame, as it comes out of white balance and digital gain,
 * Q4. The middle counts most: zones weigh 1 at the border to 6.
 */
static fs1_u32 fs1_auto_brightness(const struct fs1_statistics *statistics,
				   const fs1_u32 gain[3])
{
	fs1_u64 sum = 0, weights = 0;
	fs1_u32 row, column;

	for (row = 0; row < FS1_ZONE_ROWS; row++) {
		fs1_u32 down = row < FS1_ZONE_ROWS / 2 ? row :
			       FS1_ZONE_ROWS - 1 - row;

		for (column = 0; column < FS1_ZONE_COLUMNS; column++) {
			const fs1_u16 *mean = statistics->zone[row][column].mean;
			fs1_u32 across = column < FS1_ZONE_COLUMNS / 2 ? column :
					 FS1_ZONE_COLUMNS - 1 - column;
			fs1_u32 weight = 1 + (down < across ? down : across);
			fs1_u64 luma = (fs1_u64)mean[0] * gain[0] * 54 +
				       ((fs1_u64)mean[1] + mean[2]) * gain[1] * 92 +
				       (fs1_u64)mean[3] * gain[2] * 18;

			sum += (luma >> 16) * weight;
			weights += weight;
		}
	}
	return (fs1_u32)fs1_div64(sum, weights) + 1;
}

/* The level that 2 % of the green samples reach, after gain. */
static fs1_u32 fs1_auto_highlight(const struct fs1_statistics *statistics,
				  fs1_u32 gain)
{
	fs1_u32 limit = statistics->samples * 2 / 50;
	fs1_u32 bin = FS1_HISTOGRAM_BINS - 1, above = 0;

	for (; bin > 0; bin--) {
		above += statistics->histogram[1][bin] +
			 statistics->histogram[2][bin];
		if (above > limit)
			break;
	}
	/* What is clipped is brighter than it looks: half as much again. */
	if (bin >= (FS1_RANGE >> 5) - 1)
		bin += bin / 2;
	return (bin * 32 + 16) * gain >> 8;
}

/* Q8: what exposure times gain should be multiplied by. */
static fs1_u32 fs1_auto_ratio(const struct fs1_statistics *statistics,
			      const struct fs1_settings *used)
{
	fs1_u32 gain[3], ratio, highlight, low, high;

	fs1_isp_gains(used, gain);
	ratio = FS1_EXPOSURE_TARGET * 256 / fs1_auto_brightness(statistics, gain);
	highlight = fs1_auto_highlight(statistics, gain[1]);
	low = FS1_HIGHLIGHT_LOW * 256 / highlight;
	high = FS1_HIGHLIGHT_HIGH * 256 / highlight;
	if (ratio < low)
		ratio = low < 2 * ratio ? low : 2 * ratio;
	else if (ratio > high)
		ratio = high > ratio / 2 ? high : ratio / 2;
	if (ratio < 256 / 8)
		return 256 / 8;
	return ratio < 8 * 256 ? ratio : 8 * 256;
}

/* As much light as there is time for, then gain. */
static void fs1_auto_split(fs1_u64 product, fs1_u32 exposure_max,
			   struct fs1_settings *next)
{
	fs1_u64 lines = fs1_div64(product, FS1_GAIN_MIN);
	fs1_u64 gain;

	if (lines > exposure_max)
		lines = exposure_max;
	if (lines < 1)
		lines = 1;
	gain = fs1_div64(product + lines / 2, lines);
	if (gain > FS1_GAIN_MAX)
		gain = FS1_GAIN_MAX;
	if (gain < FS1_GAIN_MIN)
		gain = FS1_GAIN_MIN;
	next->exposure = (fs1_u32)lines;
	next->analogue_gain = (fs1_u16)gain;
}

void fs1_auto_exposure(struct fs1_auto *loop, const struct fs1_statistics *statistics,
		       const struct fs1_settings *used, fs1_u32 exposure_max,
		       struct fs1_settings *next)
{
	fs1_u32 ratio = fs1_auto_ratio(statistics, used);
	fs1_u64 product = (fs1_u64)used->exposure * used->analogue_gain;

	/* Come to rest within 3 %, move again beyond 8 %. */
	if (loop->exposure_settled)
		loop->exposure_settled = ratio >= 236 && ratio <= 276;
	else
		loop->exposure_settled = ratio >= 248 && ratio <= 264;
	if (used->exposure > exposure_max)
		loop->exposure_settled = false;
	next->exposure = used->exposure;
	next->analogue_gain = used->analogue_gain;
	if (loop->exposure_settled)
		return;
	/* Three quarters of the way there. */
	ratio = (3 * ratio + 256 + 2) >> 2;
	fs1_auto_split((product * ratio + 128) >> 8, exposure_max, next);
	/* As far as it goes is settled, too. */
	loop->exposure_settled = next->exposure == used->exposure &&
				 next->analogue_gain == used->analogue_gain;
}

/*
 * Auto-white-balance
 *
 * Which thermal light would make most of the picture grey? Each zone votes, by
 * how bright it is, for the lights it would be grey under. Daylight needs
 * fewer votes than candles or a blue sky, and the present light fewer than a
 * new one. The zones that voted for the winner, averaged, are white.
 */

/*
 * What the array sees of grey under thermal light, as red and blue over green,
 * Q8, from 2600 K to 8500 K, and what a vote for it counts.
 */
struct fs1_light {
	fs1_u16 red;
	fs1_u16 blue;
	fs1_u16 vote;
};

static const struct fs1_light fs1_lights[] = {
	{ 532, 97, 16 }, { 492, 108, 32 }, { 433, 130, 40 }, { 391, 151, 48 },
	{ 359, 170, 64 }, { 329, 194, 80 }, { 307, 214, 128 }, { 290, 233, 192 },
	{ 277, 249, 256 }, { 256, 256, 256 }, { 257, 278, 192 }, { 250, 290, 128 },
	{ 239, 311, 48 },
};

#define FS1_LIGHTS (sizeof(fs1_lights) / sizeof(fs1_lights[0]))
#define FS1_LIGHT_PARTS 4u	/* lights from one in the table to the next */
#define FS1_ZONES (FS1_ZONE_ROWS * FS1_ZONE_COLUMNS)

#define FS1_VOTE_REACH 32u	/* Q8 of relative distance */

struct fs1_votes {
	fs1_u16 red[FS1_ZONES];		/* over green, Q8; 0: has no vote */
	fs1_u16 blue[FS1_ZONES];
};

static const fs1_u16 *fs1_auto_zone(const struct fs1_statistics *statistics,
				    fs1_u32 i)
{
	return statistics->zone[i / FS1_ZONE_COLUMNS][i % FS1_ZONE_COLUMNS].mean;
}

/* Zones that are neither dark nor clipped vote. */
static void fs1_auto_register(const struct fs1_statistics *statistics,
			      struct fs1_votes *votes)
{
	fs1_u32 i;

	for (i = 0; i < FS1_ZONES; i++) {
		const fs1_u16 *mean = fs1_auto_zone(statistics, i);
		fs1_u32 green = (mean[1] + mean[2] + 1u) / 2u;
		fs1_u32 red, blue;

		votes->red[i] = 0;
		if (green < 16 * 32 ||
		    statistics->zone[i / FS1_ZONE_COLUMNS]
				    [i % FS1_ZONE_COLUMNS].saturated > 256 / 20)
			continue;
		red = mean[0] * 256u / green;
		blue = mean[3] * 256u / green;
		votes->red[i] = (fs1_u16)(red < 2048 ? red : 2048);
		votes->blue[i] = (fs1_u16)(blue < 2048 ? blue : 2048);
	}
}

/* Relative distance of two ratios, Q8. */
static fs1_u32 fs1_auto_distance(fs1_u32 a, fs1_u32 b)
{
	return (a > b ? a - b : b - a) * 512 / (a + b + 1);
}

static fs1_u32 fs1_auto_miss(const struct fs1_votes *votes, fs1_u32 i,
			     const struct fs1_light *light)
{
	return fs1_auto_distance(votes->red[i], light->red) +
	       fs1_auto_distance(votes->blue[i], light->blue);
}

static struct fs1_light fs1_auto_light(fs1_u32 index)
{
	const struct fs1_light *from = &fs1_lights[index / FS1_LIGHT_PARTS];
	const struct fs1_light *to = from;
	fs1_u32 part = index % FS1_LIGHT_PARTS;
	fs1_u32 rest = FS1_LIGHT_PARTS - part;

	if (part)
		to++;
	return (struct fs1_light){
		.red = (fs1_u16)((from->red * rest + to->red * part) /
				 FS1_LIGHT_PARTS),
		.blue = (fs1_u16)((from->blue * rest + to->blue * part) /
				  FS1_LIGHT_PARTS),
		.vote = (fs1_u16)((from->vote * rest + to->vote * part) /
				  FS1_LIGHT_PARTS),
	};
}

/* The light most voted for; false when there were no votes. */
static bool fs1_auto_elect(const struct fs1_statistics *statistics,
			   const struct fs1_votes *votes,
			   const struct fs1_settings *used,
			   struct fs1_light *ret_light)
{
	fs1_u64 best = 0;
	fs1_u32 index, i;

	for (index = 0; index <= (FS1_LIGHTS - 1) * FS1_LIGHT_PARTS; index++) {
		struct fs1_light light = fs1_auto_light(index);
		fs1_u64 score = 0;

		for (i = 0; i < FS1_ZONES; i++) {
			fs1_u32 miss;

			if (!votes->red[i])
				continue;
			miss = fs1_auto_miss(votes, i, &light);
			if (miss < FS1_VOTE_REACH)
				score += (FS1_VOTE_REACH - miss) *
					 (fs1_auto_zone(statistics, i)[1] + 4096u);
		}
		score *= light.vote;
		/* The present light gets a quarter more. */
		if (fs1_auto_distance(65536u / light.red, used->red_balance) +
		    fs1_auto_distance(65536u / light.blue, used->blue_balance) < 40)
			score += score / 4;
		if (score > best) {
			best = score;
			*ret_light = light;
		}
	}
	return best > 0;
}

/* A third of the way, rounded so that it arrives. */
static fs1_u16 fs1_auto_towards(fs1_u32 from, fs1_u32 to)
{
	if (to > from)
		return (fs1_u16)(from + (to - from + 2) / 3);
	return (fs1_u16)(from - (from - to + 2) / 3);
}

void fs1_auto_white_balance(struct fs1_auto *loop,
			    const struct fs1_statistics *statistics,
			    const struct fs1_settings *used,
			    struct fs1_settings *next)
{
	fs1_u64 red = 0, green = 0, blue = 0;
	fs1_u32 to_red, to_blue, i;
	struct fs1_votes votes;
	struct fs1_light light;

	next->red_balance = used->red_balance;
	next->blue_balance = used->blue_balance;
	fs1_auto_register(statistics, &votes);
	/* Nothing that might be grey: what was white still is. */
	if (!fs1_auto_elect(statistics, &votes, used, &light))
		return;
	for (i = 0; i < FS1_ZONES; i++) {
		const fs1_u16 *mean = fs1_auto_zone(statistics, i);

		if (!votes.red[i] ||
		    fs1_auto_miss(&votes, i, &light) >= FS1_VOTE_REACH)
			continue;
		red += mean[0];
		green += (mean[1] + mean[2] + 1u) / 2u;
		blue += mean[3];
	}
	to_red = (fs1_u32)fs1_div64(green * 256 + red / 2, red);
	to_blue = (fs1_u32)fs1_div64(green * 256 + blue / 2, blue);
	loop->white_settled =
		fs1_auto_distance(to_red, used->red_balance) <= 5 &&
		fs1_auto_distance(to_blue, used->blue_balance) <= 5;
	next->red_balance = fs1_auto_towards(used->red_balance, to_red);
	next->blue_balance = fs1_auto_towards(used->blue_balance, to_blue);
}
