/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formats, sizes, crops and frame intervals as pure functions of their
 * arguments: no device, no locks, nothing to set up. For KUnit too.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_FORMAT_H
#define FOVEA_FORMAT_H

#include <linux/types.h>
#include <linux/videodev2.h>

/* What the numbers of a pixel are, which decides its colorimetry. */
enum fovea_pixel_kind {
	FOVEA_PIXEL_YUV,
	FOVEA_PIXEL_GREY,
	FOVEA_PIXEL_RGB,
	FOVEA_PIXEL_RAW,
};

/**
 * struct fovea_format - a pixel format
 * @fourcc: V4L2_PIX_FMT_*, which is FS1_FORMAT_* too
 * @kind: what its numbers are
 * @bits: per pixel in the first plane, a multiple of 4
 * @half_planes: all planes together, in halves of the first
 */
struct fovea_format {
	u32 fourcc;
	enum fovea_pixel_kind kind;
	u8 bits;
	u8 half_planes;
};

/**
 * struct fovea_limits - what a node takes
 * @formats: its formats, the first is the default
 * @count: how many
 * @width_max: pixels
 * @height_max: lines
 */
struct fovea_limits {
	const struct fovea_format *formats;
	unsigned int count;
	u32 width_max;
	u32 height_max;
};

extern const struct fovea_limits fovea_image_limits;
extern const struct fovea_limits fovea_preview_limits;
extern const struct fovea_limits fovea_scene_limits;

/**
 * struct fovea_mode - a readout mode of the array
 * @width: pixels of a line
 * @height: lines
 * @frame_length: shortest frame, lines
 */
struct fovea_mode {
	u32 width;
	u32 height;
	u32 frame_length;
};

/* From the largest to the smallest; mode i bins 2^i x 2^i array pixels. */
extern const struct fovea_mode fovea_modes[];

/**
 * fovea_format_find() - look a format up
 * @limits: where
 * @fourcc: V4L2_PIX_FMT_*
 *
 * Return: the format, or NULL when it isn't among them.
 */
const struct fovea_format *fovea_format_find(const struct fovea_limits *limits,
					     u32 fourcc);

/**
 * fovea_format_try() - the nearest format that can be made
 * @limits: of the node
 * @pix: what is wanted; all members are set to what is given. The fourcc, the
 *	size and, with V4L2_PIX_FMT_FLAG_SET_CSC, encoding and quantization of
 *	YUV and grey are wishes; the rest follows from them
 *
 * Lines are tight and the size is exact: no padding.
 */
void fovea_format_try(const struct fovea_limits *limits,
		      struct v4l2_pix_format *pix);

/**
 * fovea_format_default() - 640x480 in the default format
 * @limits: of the node
 * @pix: set
 */
void fovea_format_default(const struct fovea_limits *limits,
			  struct v4l2_pix_format *pix);

/**
 * fovea_format_enum_sizes() - answer VIDIOC_ENUM_FRAMESIZES
 * @limits: of the node
 * @sizes: index and fourcc in, the rest out
 *
 * Return: 0 or -EINVAL.
 */
int fovea_format_enum_sizes(const struct fovea_limits *limits,
			    struct v4l2_frmsizeenum *sizes);

/**
 * fovea_crop_default() - the largest centred crop that doesn't distort
 * @pix: a format from fovea_format_try()
 * @ret_crop: array pixels
 */
void fovea_crop_default(const struct v4l2_pix_format *pix,
			struct v4l2_rect *ret_crop);

/**
 * fovea_crop_try() - the nearest crop that can be made
 * @pix: the format the crop is scaled to
 * @flags: V4L2_SEL_FLAG_GE, V4L2_SEL_FLAG_LE
 * @crop: what is wanted; set to what is given, in array pixels
 *
 * Return: 0, or -ERANGE when @flags can't be obeyed, @crop unchanged.
 */
int fovea_crop_try(const struct v4l2_pix_format *pix, u32 flags,
		   struct v4l2_rect *crop);

/**
 * fovea_mode_for() - the mode the device takes for one output
 * @pix: its format
 * @crop: its crop
 *
 * The smallest mode that needs no enlargement, or the largest.
 *
 * Return: index into fovea_modes.
 */
unsigned int fovea_mode_for(const struct v4l2_pix_format *pix,
			    const struct v4l2_rect *crop);

/**
 * fovea_interval_try() - the nearest frame interval that can be kept
 * @mode: index into fovea_modes
 * @interval: seconds wanted, 0 in either member: the default of 1/30; set to
 *	what is given
 *
 * Return: the frame's length in lines.
 */
u32 fovea_interval_try(unsigned int mode, struct v4l2_fract *interval);

/**
 * fovea_interval_from_lines() - how long a frame is
 * @lines: its length
 *
 * Return: seconds, as a reduced fraction.
 */
struct v4l2_fract fovea_interval_from_lines(u32 lines);

/**
 * fovea_lines_to_us() - how long a frame is
 * @lines: its length
 *
 * Return: microseconds, rounded to nearest.
 */
u32 fovea_lines_to_us(u32 lines);

#endif /* FOVEA_FORMAT_H */
