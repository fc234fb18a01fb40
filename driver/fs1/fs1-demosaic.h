/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Demosaic: from the colour filter mosaic to three colours at every pixel.
 *
 * Green comes first, at the red and blue sites: interpolated along and across
 * the lines and corrected by the gradient of the site's own colour, five
 * samples each way (H. S. Malvar, L. He, R. Cutler, "High-quality linear
 * interpolation for demosaicing of Bayer-patterned color images", ICASSP
 * 2004); where one direction is clearly smoother, that one alone is taken, as
 * J. F. Hamilton and J. E. Adams do (US 5 629 734). Then what red and blue
 * differ from green by, which varies slowly, is averaged over the neighbours.
 * fs1-arithmetic.rst has the exact order of operations.
 */
#ifndef FS1_DEMOSAIC_H
#define FS1_DEMOSAIC_H

#include "fs1-types.h"

#define FS1_SAMPLE_MAX 4095u	/* white, after gains */

/* Samples before index 0 and after the last that a plane must have. */
#define FS1_PLANE_PAD_BEFORE 4u
#define FS1_PLANE_PAD_AFTER 8u

/**
 * struct fs1_planes - one line of the mosaic, apart by column parity
 * @even: samples of columns 0, 2, 4...; index -1 is valid, and so are
 *	FS1_PLANE_PAD_AFTER beyond the last
 * @odd: samples of columns 1, 3, 5...; likewise
 *
 * Every sample, the padding included, is at most FS1_SAMPLE_MAX.
 */
struct fs1_planes {
	fs1_u16 *even;
	fs1_u16 *odd;
};

/**
 * struct fs1_differences - what was found out about the red or blue sites of
 *	one line (even columns of even lines, odd columns of odd ones)
 * @green: green there
 * @colour: 4096 + the site's own colour - green; index -1 is valid
 */
struct fs1_differences {
	fs1_u16 *green;
	fs1_u16 *colour;
};

/**
 * fs1_demosaic_pad() - mirror a line at its ends, keeping the mosaic's order
 * @line: the line
 * @count: samples per plane, at least 2
 */
void fs1_demosaic_pad(const struct fs1_planes *line, fs1_u32 count);

/**
 * fs1_demosaic_green() - first step, one line
 * @lines: the two lines above, the line itself, the two below
 * @blue: the line holds green and blue (odd lines), not red and green
 * @first: first index to compute
 * @end: index behind the last; up to three more may be written
 * @to: where to
 */
void fs1_demosaic_green(const struct fs1_planes lines[5], bool blue,
			fs1_u32 first, fs1_u32 end,
			const struct fs1_differences *to);

/** fs1_demosaic_pad_differences() - mirror them at the ends of the line */
void fs1_demosaic_pad_differences(const struct fs1_differences *line, bool blue,
				  fs1_u32 count);

/**
 * fs1_demosaic_line() - second step, one line
 * @line: the line of the mosaic
 * @differences: of the line above, the line itself, the line below
 * @blue: as in fs1_demosaic_green()
 * @first: first index to compute; @differences must be there from one before
 * @end: index behind the last; @differences must be there up to and including
 *	this index
 * @to: pixel words of red, green, blue, at most FS1_SAMPLE_MAX; those of index
 *	i are @to[2 * i] and @to[2 * i + 1]; up to six behind the last may be
 *	written
 */
void fs1_demosaic_line(const struct fs1_planes *line,
		       const struct fs1_differences differences[3], bool blue,
		       fs1_u32 first, fs1_u32 end, fs1_u64 *to);

#endif /* FS1_DEMOSAIC_H */
