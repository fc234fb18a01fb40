/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the settings mean to the pipeline: gains before the demosaic, and the
 * colour matrix and tone curve behind the scalers.
 */
#ifndef FS1_ISP_H
#define FS1_ISP_H

#include "fs1-demosaic.h"
#include "fs1-engine.h"

/* Fraction bits of a colour that leaves the scaler for the matrix. */
#define FS1_SCALED_FRACTION 3
#define FS1_MATRIX_SHIFT (10 + FS1_SCALED_FRACTION)

/*
 * The matrix overshoots, by how much depends on the saturation; the tone curve
 * has entries for all of it, so that no clipping is needed before.
 */
#define FS1_CURVE_BELOW 8192u
#define FS1_CURVE_ABOVE 12288u
#define FS1_CURVE_ENTRIES (FS1_CURVE_BELOW + FS1_CURVE_ABOVE)

/**
 * struct fs1_isp - the pipeline's tables for one frame
 * @gain: Q12, of red, green, blue: digital gain, white balance and the
 *	stretch of 3839 levels above black to FS1_SAMPLE_MAX; below 2^18
 * @prepared: raw sample to sample after black level and gain, for each colour
 * @prepared_gain: the gains @prepared was made for
 * @matrix: Q10, colour matrix and saturation; rows red, green, blue
 * @curve: linear light + FS1_CURVE_BELOW to 8-bit output, brightness and
 *	contrast included
 * @curve_key: the settings @curve was made for
 */
struct fs1_isp {
	fs1_u32 gain[3];
	fs1_u16 prepared[3][FS1_WHITE_LEVEL + 1];
	fs1_u32 prepared_gain[3];
	fs1_s32 matrix[3][3];
	fs1_u8 curve[FS1_CURVE_ENTRIES];
	fs1_u32 curve_key;
};

/**
 * fs1_isp_gains() - digital gain and white balance of each colour
 * @settings: digital gain, red and blue balance are used
 * @ret_gain: Q8; the smallest of the three is the digital gain itself, so
 *	that a clipped highlight is white whatever the balance
 */
void fs1_isp_gains(const struct fs1_settings *settings, fs1_u32 ret_gain[3]);

/** fs1_isp_configure() - make the tables for a frame; cheap when little changed */
void fs1_isp_configure(struct fs1_isp *isp, const struct fs1_settings *settings);

/**
 * fs1_isp_prepare() - black level and gains, columns apart
 * @isp: the tables
 * @raw: a line of the mosaic; bits 12 to 15 are ignored
 * @blue: the line holds green and blue, not red and green
 * @first: first sample pair
 * @end: sample pair behind the last
 * @to: where to; padding is not written
 */
void fs1_isp_prepare(const struct fs1_isp *isp, const fs1_u16 *raw, bool blue,
		     fs1_u32 first, fs1_u32 end, const struct fs1_planes *to);

#endif /* FS1_ISP_H */
