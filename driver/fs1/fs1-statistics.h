/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Statistics of raw frames, from every quad (R, Gr, Gb, B) whose column and
 * row are multiples of 8 / binning: the same 254 x 190 places of the array in
 * every mode, 15 to 16 each way in each zone.
 */
#ifndef FS1_STATISTICS_H
#define FS1_STATISTICS_H

#include "fs1-engine.h"

#define FS1_SAMPLE_PITCH 8u	/* array quads between samples */

/**
 * struct fs1_gather - sums over some of the lines of a frame
 * @histogram: as in struct fs1_statistics
 * @sum: levels above black of each zone
 * @saturated: clipped samples of each zone
 * @samples: quads of each zone
 * @sharpness: squared gradients
 * @gradients: how many
 */
struct fs1_gather {
	fs1_u32 histogram[4][FS1_HISTOGRAM_BINS];
	fs1_u32 sum[FS1_ZONE_ROWS][FS1_ZONE_COLUMNS][4];
	fs1_u32 saturated[FS1_ZONE_ROWS][FS1_ZONE_COLUMNS];
	fs1_u32 samples[FS1_ZONE_ROWS][FS1_ZONE_COLUMNS];
	fs1_u64 sharpness;
	fs1_u32 gradients;
};

/** fs1_gather_wants() - is line pair @pair sampled? */
static inline bool fs1_gather_wants(const struct fs1_mode *mode, fs1_u32 pair)
{
	return pair % (FS1_SAMPLE_PITCH / mode->binning) == 0;
}

/**
 * fs1_gather_add() - sample a line pair
 * @gather: the sums
 * @mode: the readout mode
 * @pair: number of the line pair
 * @red: its first raw line, with red and green
 * @blue: its second raw line, with green and blue
 */
void fs1_gather_add(struct fs1_gather *gather, const struct fs1_mode *mode,
		    fs1_u32 pair, const fs1_u16 *red, const fs1_u16 *blue);

/** fs1_gather_merge() - add the sums of @from to @to */
void fs1_gather_merge(struct fs1_gather *to, const struct fs1_gather *from);

/** fs1_gather_finish() - means and shares from sums */
void fs1_gather_finish(const struct fs1_gather *gather,
		       struct fs1_statistics *statistics);

#endif /* FS1_STATISTICS_H */
