// SPDX-License-Identifier: GPL-2.0-only
/*
 * Format tables and the arithmetic around them: what can be asked of a node
 * and what it will give. Pure functions.
 *
 * Copyright The Fovea authors
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/gcd.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <media/v4l2-common.h>

#include "fovea-format.h"
#include "fs1/fs1-abi.h"

/* Lines per second: what makes a frame interval a number of lines. */
#define FOVEA_LINE_RATE (FS1_PIXEL_RATE / FS1_LINE_LENGTH)

static_assert(FOVEA_LINE_RATE * FS1_LINE_LENGTH == FS1_PIXEL_RATE);

/*
 * The order is the one of VIDIOC_ENUM_FMT. The first is the default; the raw
 * formats stand last, so that nodes without them take a shorter piece.
 */
static const struct fovea_format fovea_formats[] = {
	{ V4L2_PIX_FMT_NV12, FOVEA_PIXEL_YUV, 8, 3 },
	{ V4L2_PIX_FMT_YUYV, FOVEA_PIXEL_YUV, 16, 2 },
#define FOVEA_FORMAT_RGB24 2
	{ V4L2_PIX_FMT_RGB24, FOVEA_PIXEL_RGB, 24, 2 },
	{ V4L2_PIX_FMT_BGR24, FOVEA_PIXEL_RGB, 24, 2 },
	{ V4L2_PIX_FMT_XBGR32, FOVEA_PIXEL_RGB, 32, 2 },
	{ V4L2_PIX_FMT_GREY, FOVEA_PIXEL_GREY, 8, 2 },
#define FOVEA_FORMATS_PROCESSED 6
	{ V4L2_PIX_FMT_SRGGB12, FOVEA_PIXEL_RAW, 16, 2 },
	{ V4L2_PIX_FMT_SRGGB12P, FOVEA_PIXEL_RAW, 12, 2 },
};

/* The fourcc is handed to the device as it is. */
static_assert(V4L2_PIX_FMT_NV12 == FS1_FORMAT_NV12);
static_assert(V4L2_PIX_FMT_YUYV == FS1_FORMAT_YUYV);
static_assert(V4L2_PIX_FMT_RGB24 == FS1_FORMAT_RGB24);
static_assert(V4L2_PIX_FMT_BGR24 == FS1_FORMAT_BGR24);
static_assert(V4L2_PIX_FMT_XBGR32 == FS1_FORMAT_XR24);
static_assert(V4L2_PIX_FMT_GREY == FS1_FORMAT_GREY);
static_assert(V4L2_PIX_FMT_SRGGB12 == FS1_FORMAT_RG12);
static_assert(V4L2_PIX_FMT_SRGGB12P == FS1_FORMAT_PRCC);

const struct fovea_limits fovea_image_limits = {
	.formats = fovea_formats,
	.count = ARRAY_SIZE(fovea_formats),
	.width_max = FS1_ARRAY_WIDTH,
	.height_max = FS1_ARRAY_HEIGHT,
};

const struct fovea_limits fovea_preview_limits = {
	.formats = fovea_formats,
	.count = FOVEA_FORMATS_PROCESSED,
	.width_max = FS1_PREVIEW_WIDTH_MAX,
	.height_max = FS1_PREVIEW_HEIGHT_MAX,
};

const struct fovea_limits fovea_scene_limits = {
	.formats = &fovea_formats[FOVEA_FORMAT_RGB24],
	.count = 1,
	.width_max = FS1_ARRAY_WIDTH,
	.height_max = FS1_ARRAY_HEIGHT,
};

const struct fovea_mode fovea_modes[FS1_MODES] = {
	{ FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT, FS1_FRAME_LENGTH_FULL },
	{ FS1_ARRAY_WIDTH / 2, FS1_ARRAY_HEIGHT / 2, FS1_FRAME_LENGTH_BIN2 },
	{ FS1_ARRAY_WIDTH / 4, FS1_ARRAY_HEIGHT / 4, FS1_FRAME_LENGTH_BIN4 },
};

const struct fovea_format *fovea_format_find(const struct fovea_limits *limits,
					     u32 fourcc)
{
	unsigned int i;

	for (i = 0; i < limits->count; i++)
		if (limits->formats[i].fourcc == fourcc)
			return &limits->formats[i];
	return NULL;
}

static bool fovea_is_raw(const struct v4l2_pix_format *pix)
{
	return pix->pixelformat == V4L2_PIX_FMT_SRGGB12 ||
	       pix->pixelformat == V4L2_PIX_FMT_SRGGB12P;
}

/* Even sizes for all formats: one rule that suits each of them. */
static u32 fovea_clamp_even(u32 value, u32 low, u32 high)
{
	return clamp(value, low, high) & ~1u;
}

static void fovea_format_try_size(const struct fovea_limits *limits,
				  const struct fovea_format *format,
				  struct v4l2_pix_format *pix)
{
	const struct fovea_mode *mode;
	/* Signed numbers look for the nearest size: none may be too large. */
	u32 width = min(pix->width, FS1_ARRAY_WIDTH);
	u32 height = min(pix->height, FS1_ARRAY_HEIGHT);

	if (format->kind == FOVEA_PIXEL_RAW) {
		mode = v4l2_find_nearest_size(fovea_modes, FS1_MODES, width,
					      height, width, height);
		pix->width = mode->width;
		pix->height = mode->height;
		return;
	}
	pix->width = fovea_clamp_even(width, FS1_OUTPUT_MIN, limits->width_max);
	pix->height = fovea_clamp_even(height, FS1_OUTPUT_MIN,
				       limits->height_max);
}

/*
 * Pixels have the sRGB curve and primaries. YUV is BT.601 limited range unless
 * asked otherwise, grey is full range as most of its readers take for granted.
 */
static void fovea_format_try_colour(const struct fovea_format *format,
				    struct v4l2_pix_format *pix)
{
	bool wish = pix->flags & V4L2_PIX_FMT_FLAG_SET_CSC;
	u32 encoding = pix->ycbcr_enc;
	u32 range = pix->quantization;

	pix->flags = 0;
	pix->colorspace = V4L2_COLORSPACE_SRGB;
	pix->xfer_func = V4L2_XFER_FUNC_SRGB;
	pix->ycbcr_enc = V4L2_YCBCR_ENC_601;
	pix->quantization = V4L2_QUANTIZATION_FULL_RANGE;

	switch (format->kind) {
	case FOVEA_PIXEL_RAW:
		pix->colorspace = V4L2_COLORSPACE_RAW;
		pix->xfer_func = V4L2_XFER_FUNC_NONE;
		return;
	case FOVEA_PIXEL_RGB:
		return;
	case FOVEA_PIXEL_YUV:
		pix->quantization = V4L2_QUANTIZATION_LIM_RANGE;
		break;
	case FOVEA_PIXEL_GREY:
		break;
	}
	if (wish && encoding == V4L2_YCBCR_ENC_709)
		pix->ycbcr_enc = encoding;
	if (wish && (range == V4L2_QUANTIZATION_FULL_RANGE ||
		     range == V4L2_QUANTIZATION_LIM_RANGE))
		pix->quantization = range;
}

void fovea_format_try(const struct fovea_limits *limits,
		      struct v4l2_pix_format *pix)
{
	const struct fovea_format *format;

	format = fovea_format_find(limits, pix->pixelformat);
	if (!format)
		format = &limits->formats[0];

	pix->pixelformat = format->fourcc;
	pix->field = V4L2_FIELD_NONE;
	fovea_format_try_size(limits, format, pix);
	fovea_format_try_colour(format, pix);
	pix->bytesperline = pix->width * format->bits / 8;
	pix->sizeimage = pix->bytesperline * pix->height *
			 format->half_planes / 2;
}

void fovea_format_default(const struct fovea_limits *limits,
			  struct v4l2_pix_format *pix)
{
	memset(pix, 0, sizeof(*pix));
	pix->pixelformat = limits->formats[0].fourcc;
	pix->width = 640;
	pix->height = 480;
	fovea_format_try(limits, pix);
}

int fovea_format_enum_sizes(const struct fovea_limits *limits,
			    struct v4l2_frmsizeenum *sizes)
{
	const struct fovea_format *format;

	format = fovea_format_find(limits, sizes->pixel_format);
	if (!format)
		return -EINVAL;

	if (format->kind == FOVEA_PIXEL_RAW) {
		if (sizes->index >= FS1_MODES)
			return -EINVAL;
		sizes->type = V4L2_FRMSIZE_TYPE_DISCRETE;
		sizes->discrete.width = fovea_modes[sizes->index].width;
		sizes->discrete.height = fovea_modes[sizes->index].height;
		return 0;
	}
	if (sizes->index)
		return -EINVAL;
	sizes->type = V4L2_FRMSIZE_TYPE_STEPWISE;
	sizes->stepwise.min_width = FS1_OUTPUT_MIN;
	sizes->stepwise.max_width = limits->width_max;
	sizes->stepwise.step_width = 2;
	sizes->stepwise.min_height = FS1_OUTPUT_MIN;
	sizes->stepwise.max_height = limits->height_max;
	sizes->stepwise.step_height = 2;
	return 0;
}

/* The smallest side of a crop that is scaled to @output pixels. */
static u32 fovea_crop_min(u32 output)
{
	u32 side = round_up(DIV_ROUND_UP(output, FS1_UPSCALE_MAX), 2);

	return max(side, FS1_CROP_MIN);
}

void fovea_crop_default(const struct v4l2_pix_format *pix,
			struct v4l2_rect *ret_crop)
{
	u32 width = FS1_ARRAY_WIDTH;
	u32 height = FS1_ARRAY_HEIGHT;

	if (!fovea_is_raw(pix)) {
		/* Wider than the array: give away lines; else columns. */
		u32 lines = width * pix->height / pix->width;
		u32 columns = height * pix->width / pix->height;

		if (lines <= height)
			height = fovea_clamp_even(lines,
						  fovea_crop_min(pix->height),
						  height);
		else
			width = fovea_clamp_even(columns,
						 fovea_crop_min(pix->width),
						 width);
	}
	ret_crop->left = (FS1_ARRAY_WIDTH - width) / 2 & ~1u;
	ret_crop->top = (FS1_ARRAY_HEIGHT - height) / 2 & ~1u;
	ret_crop->width = width;
	ret_crop->height = height;
}

int fovea_crop_try(const struct v4l2_pix_format *pix, u32 flags,
		   struct v4l2_rect *crop)
{
	struct v4l2_rect given = {
		.width = FS1_ARRAY_WIDTH,
		.height = FS1_ARRAY_HEIGHT,
	};
	u32 up = flags & V4L2_SEL_FLAG_GE ? 1 : 0;

	if (!fovea_is_raw(pix)) {
		/* Clamped first, so that rounding up can't overflow. */
		given.width = min(crop->width, FS1_ARRAY_WIDTH) + up;
		given.width = fovea_clamp_even(given.width,
					       fovea_crop_min(pix->width),
					       FS1_ARRAY_WIDTH);
		given.height = min(crop->height, FS1_ARRAY_HEIGHT) + up;
		given.height = fovea_clamp_even(given.height,
						fovea_crop_min(pix->height),
						FS1_ARRAY_HEIGHT);
		given.left = clamp_t(s32, crop->left, 0,
				     FS1_ARRAY_WIDTH - given.width) & ~1;
		given.top = clamp_t(s32, crop->top, 0,
				    FS1_ARRAY_HEIGHT - given.height) & ~1;
	}
	if ((flags & V4L2_SEL_FLAG_GE) &&
	    (given.width < crop->width || given.height < crop->height))
		return -ERANGE;
	if ((flags & V4L2_SEL_FLAG_LE) &&
	    (given.width > crop->width || given.height > crop->height))
		return -ERANGE;
	*crop = given;
	return 0;
}

unsigned int fovea_mode_for(const struct v4l2_pix_format *pix,
			    const struct v4l2_rect *crop)
{
	unsigned int i;

	for (i = FS1_MODES; i-- > 1;)
		if (crop->width >> i >= pix->width &&
		    crop->height >> i >= pix->height)
			break;
	return i;
}

struct v4l2_fract fovea_interval_from_lines(u32 lines)
{
	u32 divisor = gcd(lines, FOVEA_LINE_RATE);

	return (struct v4l2_fract) {
		.numerator = lines / divisor,
		.denominator = FOVEA_LINE_RATE / divisor,
	};
}

u32 fovea_interval_try(unsigned int mode, struct v4l2_fract *interval)
{
	u32 shortest = fovea_modes[mode].frame_length;
	u64 lines;

	if (!interval->numerator || !interval->denominator) {
		interval->numerator = 1;
		interval->denominator = 30;
	}
	lines = (u64)interval->numerator * FOVEA_LINE_RATE +
		interval->denominator / 2;
	lines = div_u64(lines, interval->denominator);
	if (lines >= shortest && lines <= FS1_FRAME_LENGTH_MAX)
		return lines;

	lines = clamp_t(u64, lines, shortest, FS1_FRAME_LENGTH_MAX);
	*interval = fovea_interval_from_lines(lines);
	return lines;
}

u32 fovea_lines_to_us(u32 lines)
{
	return div_u64((u64)lines * USEC_PER_SEC + FOVEA_LINE_RATE / 2,
		       FOVEA_LINE_RATE);
}
