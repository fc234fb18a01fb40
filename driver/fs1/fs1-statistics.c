// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Histograms, zone means and sharpness.
 */
#include "fs1-statistics.h"

#define FS1_RANGE (FS1_WHITE_LEVEL - FS1_BLACK_LEVEL)

static inline fs1_u32 fs1_gather_level(fs1_u32 raw)
{
	raw = raw > FS1_BLACK_LEVEL ? raw - FS1_BLACK_LEVEL : 0;
	return raw < FS1_RANGE ? raw : FS1_RANGE;
}

static inline fs1_u32 fs1_square(fs1_u32 a, fs1_u32 b)
{
	fs1_u32 difference = a > b ? a - b : b - a;

	return difference * difference;
}

void fs1_gather_add(struct fs1_gather *gather, const struct fs1_mode *mode,
		    fs1_u32 pair, const fs1_u16 *red, const fs1_u16 *blue)
{
	const fs1_u32 step = FS1_SAMPLE_PITCH / mode->binning;
	const fs1_u32 columns = (mode->width / 2 + step - 1) / step;
	const fs1_u32 rows = (mode->height / 2 + step - 1) / step;
	const fs1_u32 row = pair / step * FS1_ZONE_ROWS / rows;
	fs1_u32 column, i;

	for (column = 0; column < columns; column++) {
		fs1_u32 x = column * step * 2;
		fs1_u32 zone = column * FS1_ZONE_COLUMNS / columns;
		const fs1_u32 level[4] = {
			fs1_gather_level(red[x]), fs1_gather_level(red[x + 1]),
			fs1_gather_level(blue[x]), fs1_gather_level(blue[x + 1]),
		};

		for (i = 0; i < 4; i++) {
			gather->histogram[i][level[i] >> 5]++;
			gather->sum[row][zone][i] += level[i];
			gather->saturated[row][zone] += level[i] == FS1_RANGE;
		}
		gather->samples[row][zone]++;
		/* The next green of the line; mirrored in the last quad. */
		i = x + 3 < mode->width ? x + 3 : x + 1 - 2;
		gather->sharpness += fs1_square(level[1], fs1_gather_level(red[i]));
		gather->sharpness += fs1_square(level[1], level[2]);
		gather->gradients += 2;
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
