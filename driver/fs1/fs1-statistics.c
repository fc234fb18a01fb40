// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Histograms, zone means and sharpness.
 */
#include "fs1-statistics.h"

#define FS1_RANGE (FS1_WHITE_LEVEL - FS1_BLACK_LEVEL)

static inline fs1_u32 fs1_gather_level(fs1_u32 raw)
{
	return raw > FS1_BLACK_LEVEL ? raw - FS1_BLACK_LEVEL : 0;
}

static inline fs1_u32 fs1_square(fs1_u32 a, fs1_u32 b)
{
	fs1_s32 difference = (fs1_s32)a - (fs1_s32)b;

	return (fs1_u32)(difference * difference);
}

/* The samples of one zone in a line pair: sample columns @first to @end - 1. */
static void fs1_gather_zone(struct fs1_gather *gather, fs1_u32 row, fs1_u32 zone,
			    fs1_u32 first, fs1_u32 end, fs1_u32 pitch,
			    fs1_u32 width, const fs1_u16 *red, const fs1_u16 *blue)
{
	fs1_u32 sum[4] = { 0 };
	fs1_u32 saturated = 0;
	fs1_u64 sharpness = 0;
	fs1_u32 column, i;

	for (column = first; column < end; column++) {
		const fs1_u32 x = column * pitch;
		/* The next green of the line; mirrored in the last quad. */
		const fs1_u32 next = x + 3 < width ? x + 3 : x - 1;
		const fs1_u32 level[4] = {
			fs1_gather_level(red[x]), fs1_gather_level(red[x + 1]),
			fs1_gather_level(blue[x]), fs1_gather_level(blue[x + 1]),
		};

		for (i = 0; i < 4; i++) {
			gather->histogram[i][level[i] >> 5]++;
			sum[i] += level[i];
			saturated += level[i] == FS1_RANGE;
		}
		sharpness += fs1_square(level[1], fs1_gather_level(red[next]));
		sharpness += fs1_square(level[1], level[2]);
	}
	for (i = 0; i < 4; i++)
		gather->sum[row][zone][i] += sum[i];
	gather->saturated[row][zone] += saturated;
	gather->samples[row][zone] += end - first;
	gather->sharpness += sharpness;
	gather->gradients += 2 * (end - first);
}

void fs1_gather_add(struct fs1_gather *gather, const struct fs1_mode *mode,
		    fs1_u32 pair, const fs1_u16 *red, const fs1_u16 *blue)
{
	const fs1_u32 step = FS1_SAMPLE_PITCH / mode->binning;
	const fs1_u32 columns = (mode->width / 2 + step - 1) / step;
	const fs1_u32 rows = (mode->height / 2 + step - 1) / step;
	const fs1_u32 row = pair / step * FS1_ZONE_ROWS / rows;
	fs1_u32 first = 0, end, zone;

	for (zone = 0; zone < FS1_ZONE_COLUMNS; zone++) {
		/* Column c is in zone c * 16 / columns. */
		end = ((zone + 1) * columns + FS1_ZONE_COLUMNS - 1) /
		      FS1_ZONE_COLUMNS;
		fs1_gather_zone(gather, row, zone, first, end, 2 * step,
				mode->width, red, blue);
		first = end;
	}
}

void fs1_gather_merge(struct fs1_gather *to, const struct fs1_gather *from)
{
	fs1_u32 row, column, i;

	for (i = 0; i < 4 * FS1_HISTOGRAM_BINS; i++)
		to->histogram[i / FS1_HISTOGRAM_BINS][i % FS1_HISTOGRAM_BINS] +=
			from->histogram[i / FS1_HISTOGRAM_BINS]
				       [i % FS1_HISTOGRAM_BINS];
	for (row = 0; row < FS1_ZONE_ROWS; row++) {
		for (column = 0; column < FS1_ZONE_COLUMNS; column++) {
			for (i = 0; i < 4; i++)
				to->sum[row][column][i] += from->sum[row][column][i];
			to->saturated[row][column] += from->saturated[row][column];
			to->samples[row][column] += from->samples[row][column];
		}
	}
	to->sharpness += from->sharpness;
	to->gradients += from->gradients;
}

void fs1_gather_finish(const struct fs1_gather *gather,
		       struct fs1_statistics *statistics)
{
	fs1_u32 row, column, i;

	memcpy(statistics->histogram, gather->histogram,
	       sizeof(statistics->histogram));
	statistics->samples = 0;
	for (row = 0; row < FS1_ZONE_ROWS; row++) {
		for (column = 0; column < FS1_ZONE_COLUMNS; column++) {
			fs1_u32 samples = gather->samples[row][column];

			statistics->samples += samples;
			for (i = 0; i < 4; i++)
				statistics->zone[row][column].mean[i] = (fs1_u16)
					((gather->sum[row][column][i] * 16 +
					  samples / 2) / samples);
			statistics->zone[row][column].saturated = (fs1_u16)
				(gather->saturated[row][column] * 64 / samples);
		}
	}
	statistics->sharpness = fs1_div64(gather->sharpness << 8,
					  gather->gradients);
}
