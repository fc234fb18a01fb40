// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be asked of a node and what it gives: formats, sizes, crops, modes,
 * frame intervals.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>

#include "../fovea-format.h"
#include "../fs1/fs1-abi.h"

#define YUV	V4L2_PIX_FMT_NV12

static struct v4l2_pix_format format_of(u32 fourcc, u32 width, u32 height)
{
	return (struct v4l2_pix_format) {
		.pixelformat = fourcc,
		.width = width,
		.height = height,
	};
}

static struct v4l2_pix_format format_tried(const struct fovea_limits *limits,
					   u32 fourcc, u32 width, u32 height)
{
	struct v4l2_pix_format pix = format_of(fourcc, width, height);

	fovea_format_try(limits, &pix);
	return pix;
}

/* ------------------------------------------------------------------------
 * Formats
 */

static const struct format_case {
	u32 fourcc;
	u32 width;
	u32 height;
	u32 given_width;
	u32 given_height;
	u32 bytesperline;
	u32 sizeimage;
} format_cases[] = {
	{ V4L2_PIX_FMT_NV12, 100, 50, 100, 50, 100, 7500 },
	{ V4L2_PIX_FMT_YUYV, 100, 50, 100, 50, 200, 10000 },
	{ V4L2_PIX_FMT_RGB24, 100, 50, 100, 50, 300, 15000 },
	{ V4L2_PIX_FMT_BGR24, 100, 50, 100, 50, 300, 15000 },
	{ V4L2_PIX_FMT_XBGR32, 100, 50, 100, 50, 400, 20000 },
	{ V4L2_PIX_FMT_GREY, 100, 50, 100, 50, 100, 5000 },
	{ V4L2_PIX_FMT_SRGGB12, 1000, 700, 1014, 760, 2028, 1541280 },
	{ V4L2_PIX_FMT_SRGGB12P, 1000, 700, 1014, 760, 1521, 1155960 },
	{ V4L2_PIX_FMT_SRGGB12, 1900, 1500, 2028, 1520, 4056, 6165120 },
	{ V4L2_PIX_FMT_SRGGB12P, U32_MAX, U32_MAX, 4056, 3040, 6084, 18495360 },
	{ V4L2_PIX_FMT_NV12, 0, 0, 16, 16, 16, 384 },
	{ V4L2_PIX_FMT_NV12, 641, 481, 640, 480, 640, 460800 },
	{ V4L2_PIX_FMT_XBGR32, U32_MAX, U32_MAX, 4056, 3040, 16224, 49320960 },
	{ V4L2_PIX_FMT_GREY, 17, U32_MAX, 16, 3040, 16, 48640 },
};

static void format_case_name(const struct format_case *c, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%.4s %ux%u",
		 (const char *)&c->fourcc, c->width, c->height);
}

KUNIT_ARRAY_PARAM(format, format_cases, format_case_name);

static void format_size(struct kunit *test)
{
	const struct format_case *c = test->param_value;
	struct v4l2_pix_format pix;

	pix = format_tried(&fovea_image_limits, c->fourcc, c->width,
			   c->height);
	KUNIT_EXPECT_EQ(test, pix.pixelformat, c->fourcc);
	KUNIT_EXPECT_EQ(test, pix.width, c->given_width);
	KUNIT_EXPECT_EQ(test, pix.height, c->given_height);
	KUNIT_EXPECT_EQ(test, pix.bytesperline, c->bytesperline);
	KUNIT_EXPECT_EQ(test, pix.sizeimage, c->sizeimage);
	KUNIT_EXPECT_EQ(test, pix.field, V4L2_FIELD_NONE);
}

static void format_limits(struct kunit *test)
{
	struct v4l2_pix_format pix;

	pix = format_tried(&fovea_preview_limits, YUV, 4056, 3040);
	KUNIT_EXPECT_EQ(test, pix.width, 1920u);
	KUNIT_EXPECT_EQ(test, pix.height, 1080u);
	/* The preview has no raw pixels. */
	pix = format_tried(&fovea_preview_limits, V4L2_PIX_FMT_SRGGB12, 64, 64);
	KUNIT_EXPECT_EQ(test, pix.pixelformat, V4L2_PIX_FMT_NV12);
	pix = format_tried(&fovea_image_limits, v4l2_fourcc('N', 'O', 'N', 'E'),
			   64, 64);
	KUNIT_EXPECT_EQ(test, pix.pixelformat, V4L2_PIX_FMT_NV12);
	/* The scene has one format alone. */
	pix = format_tried(&fovea_scene_limits, YUV, 4058, 15);
	KUNIT_EXPECT_EQ(test, pix.pixelformat, V4L2_PIX_FMT_RGB24);
	KUNIT_EXPECT_EQ(test, pix.width, 4056u);
	KUNIT_EXPECT_EQ(test, pix.height, 16u);
}

static void format_default(struct kunit *test)
{
	struct v4l2_pix_format pix;

	memset(&pix, 0xa5, sizeof(pix));
	fovea_format_default(&fovea_image_limits, &pix);
	KUNIT_EXPECT_EQ(test, pix.pixelformat, V4L2_PIX_FMT_NV12);
	KUNIT_EXPECT_EQ(test, pix.width, 640u);
	KUNIT_EXPECT_EQ(test, pix.height, 480u);
	KUNIT_EXPECT_EQ(test, pix.sizeimage, 460800u);
	KUNIT_EXPECT_EQ(test, pix.colorspace, V4L2_COLORSPACE_SRGB);
	KUNIT_EXPECT_EQ(test, pix.xfer_func, V4L2_XFER_FUNC_SRGB);
	KUNIT_EXPECT_EQ(test, pix.ycbcr_enc, V4L2_YCBCR_ENC_601);
	KUNIT_EXPECT_EQ(test, pix.quantization, V4L2_QUANTIZATION_LIM_RANGE);
}

/* What was given once is given again. */
static void format_stable(struct kunit *test)
{
	const struct fovea_limits *limits = &fovea_image_limits;
	struct v4l2_pix_format once, twice;
	unsigned int i, size;

	for (i = 0; i < limits->count; i++)
		for (size = 1; size < 5000; size += 97) {
			once = format_tried(limits, limits->formats[i].fourcc,
					    size, 5000 - size);
			twice = once;
			fovea_format_try(limits, &twice);
			KUNIT_EXPECT_MEMEQ(test, &once, &twice, sizeof(once));
		}
}

static const struct colour_case {
	const char *name;
	u32 fourcc;
	u32 flags;
	u32 encoding;
	u32 range;
	u32 given_encoding;
	u32 given_range;
} colour_cases[] = {
	{ "a wish without the flag", YUV, 0,
	  V4L2_YCBCR_ENC_709, V4L2_QUANTIZATION_FULL_RANGE,
	  V4L2_YCBCR_ENC_601, V4L2_QUANTIZATION_LIM_RANGE },
	{ "709 in full range", YUV, V4L2_PIX_FMT_FLAG_SET_CSC,
	  V4L2_YCBCR_ENC_709, V4L2_QUANTIZATION_FULL_RANGE,
	  V4L2_YCBCR_ENC_709, V4L2_QUANTIZATION_FULL_RANGE },
	{ "what there isn't", YUV, V4L2_PIX_FMT_FLAG_SET_CSC,
	  V4L2_YCBCR_ENC_BT2020, 77,
	  V4L2_YCBCR_ENC_601, V4L2_QUANTIZATION_LIM_RANGE },
	{ "grey", V4L2_PIX_FMT_GREY, 0, 0, 0,
	  V4L2_YCBCR_ENC_601, V4L2_QUANTIZATION_FULL_RANGE },
	{ "grey in limited range", V4L2_PIX_FMT_GREY,
	  V4L2_PIX_FMT_FLAG_SET_CSC,
	  V4L2_YCBCR_ENC_DEFAULT, V4L2_QUANTIZATION_LIM_RANGE,
	  V4L2_YCBCR_ENC_601, V4L2_QUANTIZATION_LIM_RANGE },
	{ "rgb", V4L2_PIX_FMT_RGB24, V4L2_PIX_FMT_FLAG_SET_CSC,
	  V4L2_YCBCR_ENC_709, V4L2_QUANTIZATION_LIM_RANGE,
	  V4L2_YCBCR_ENC_601, V4L2_QUANTIZATION_FULL_RANGE },
};

static void colour_case_name(const struct colour_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(colour, colour_cases, colour_case_name);

static void format_colour(struct kunit *test)
{
	const struct colour_case *c = test->param_value;
	struct v4l2_pix_format pix = format_of(c->fourcc, 64, 64);

	pix.flags = c->flags;
	pix.ycbcr_enc = c->encoding;
	pix.quantization = c->range;
	fovea_format_try(&fovea_image_limits, &pix);
	KUNIT_EXPECT_EQ(test, pix.flags, 0u);
	KUNIT_EXPECT_EQ(test, pix.ycbcr_enc, c->given_encoding);
	KUNIT_EXPECT_EQ(test, pix.quantization, c->given_range);
	KUNIT_EXPECT_EQ(test, pix.colorspace, V4L2_COLORSPACE_SRGB);
}

static void format_raw_colour(struct kunit *test)
{
	struct v4l2_pix_format pix;

	pix = format_tried(&fovea_image_limits, V4L2_PIX_FMT_SRGGB12P, 0, 0);
	KUNIT_EXPECT_EQ(test, pix.colorspace, V4L2_COLORSPACE_RAW);
	KUNIT_EXPECT_EQ(test, pix.xfer_func, V4L2_XFER_FUNC_NONE);
	KUNIT_EXPECT_EQ(test, pix.quantization, V4L2_QUANTIZATION_FULL_RANGE);
}

static void format_enum_sizes(struct kunit *test)
{
	struct v4l2_frmsizeenum sizes = { .pixel_format = YUV };

	KUNIT_ASSERT_EQ(test,
			fovea_format_enum_sizes(&fovea_preview_limits, &sizes),
			0);
	KUNIT_EXPECT_EQ(test, sizes.type, V4L2_FRMSIZE_TYPE_STEPWISE);
	KUNIT_EXPECT_EQ(test, sizes.stepwise.min_width, 16u);
	KUNIT_EXPECT_EQ(test, sizes.stepwise.max_width, 1920u);
	KUNIT_EXPECT_EQ(test, sizes.stepwise.step_width, 2u);
	KUNIT_EXPECT_EQ(test, sizes.stepwise.min_height, 16u);
	KUNIT_EXPECT_EQ(test, sizes.stepwise.max_height, 1080u);
	KUNIT_EXPECT_EQ(test, sizes.stepwise.step_height, 2u);
	sizes.index = 1;
	KUNIT_EXPECT_EQ(test,
			fovea_format_enum_sizes(&fovea_preview_limits, &sizes),
			-EINVAL);

	sizes.pixel_format = V4L2_PIX_FMT_SRGGB12;
	KUNIT_ASSERT_EQ(test,
			fovea_format_enum_sizes(&fovea_image_limits, &sizes),
			0);
	KUNIT_EXPECT_EQ(test, sizes.type, V4L2_FRMSIZE_TYPE_DISCRETE);
	KUNIT_EXPECT_EQ(test, sizes.discrete.width, 2028u);
	KUNIT_EXPECT_EQ(test, sizes.discrete.height, 1520u);
	sizes.index = 3;
	KUNIT_EXPECT_EQ(test,
			fovea_format_enum_sizes(&fovea_image_limits, &sizes),
			-EINVAL);
	sizes.index = 0;
	KUNIT_EXPECT_EQ(test,
			fovea_format_enum_sizes(&fovea_preview_limits, &sizes),
			-EINVAL);
}

static struct kunit_case format_tests[] = {
	KUNIT_CASE_PARAM(format_size, format_gen_params),
	KUNIT_CASE(format_limits),
	KUNIT_CASE(format_default),
	KUNIT_CASE(format_stable),
	KUNIT_CASE_PARAM(format_colour, colour_gen_params),
	KUNIT_CASE(format_raw_colour),
	KUNIT_CASE(format_enum_sizes),
	{}
};

static struct kunit_suite format_suite = {
	.name = "fovea-format",
	.test_cases = format_tests,
};

/* ------------------------------------------------------------------------
 * Crops and modes
 */

static const struct crop_case {
	u32 fourcc;
	u32 width;
	u32 height;
	struct v4l2_rect crop;
	unsigned int mode;
} crop_cases[] = {
	{ YUV, 640, 480, { 2, 0, 4052, 3040 }, 2 },
	{ YUV, 1920, 1080, { 0, 380, 4056, 2280 }, 1 },
	{ YUV, 1014, 760, { 0, 0, 4056, 3040 }, 2 },
	{ YUV, 1016, 760, { 0, 2, 4056, 3034 }, 1 },
	{ YUV, 2030, 1520, { 0, 2, 4056, 3036 }, 0 },
	{ YUV, 4056, 3040, { 0, 0, 4056, 3040 }, 0 },
	/* So narrow and so flat that the smallest crop is in the way. */
	{ YUV, 16, 3040, { 1996, 0, 64, 3040 }, 0 },
	{ YUV, 4056, 16, { 0, 1488, 4056, 64 }, 0 },
	{ V4L2_PIX_FMT_SRGGB12, 1014, 760, { 0, 0, 4056, 3040 }, 2 },
};

static void crop_case_name(const struct crop_case *c, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%.4s %ux%u",
		 (const char *)&c->fourcc, c->width, c->height);
}

KUNIT_ARRAY_PARAM(crop, crop_cases, crop_case_name);

static void expect_rect(struct kunit *test, const struct v4l2_rect *r,
			s32 left, s32 top, u32 width, u32 height)
{
	KUNIT_EXPECT_EQ(test, r->left, left);
	KUNIT_EXPECT_EQ(test, r->top, top);
	KUNIT_EXPECT_EQ(test, r->width, width);
	KUNIT_EXPECT_EQ(test, r->height, height);
}

static void crop_default(struct kunit *test)
{
	const struct crop_case *c = test->param_value;
	struct v4l2_pix_format pix = format_of(c->fourcc, c->width, c->height);
	struct v4l2_rect crop, tried;

	fovea_crop_default(&pix, &crop);
	expect_rect(test, &crop, c->crop.left, c->crop.top, c->crop.width,
		    c->crop.height);
	KUNIT_EXPECT_EQ(test, fovea_mode_for(&pix, &crop), c->mode);
	/* What is the default can be asked for. */
	tried = crop;
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, V4L2_SEL_FLAG_GE |
					     V4L2_SEL_FLAG_LE, &tried), 0);
	KUNIT_EXPECT_MEMEQ(test, &tried, &crop, sizeof(crop));
}

static void crop_inside(struct kunit *test)
{
	struct v4l2_pix_format pix = format_of(YUV, 640, 480);
	struct v4l2_rect crop = { -100, -2, 1000, 801 };

	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, 0, &crop), 0);
	expect_rect(test, &crop, 0, 0, 1000, 800);

	crop = (struct v4l2_rect) { 4000, 3001, 1000, 800 };
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, 0, &crop), 0);
	expect_rect(test, &crop, 3056, 2240, 1000, 800);

	crop = (struct v4l2_rect) { 11, 13, 1000, 800 };
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, 0, &crop), 0);
	expect_rect(test, &crop, 10, 12, 1000, 800);

	crop = (struct v4l2_rect) { 0, 0, U32_MAX, U32_MAX };
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, 0, &crop), 0);
	expect_rect(test, &crop, 0, 0, 4056, 3040);

	/* An enlargement by 8, and no side below 64. */
	crop = (struct v4l2_rect) { 0, 0, 2, 2 };
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, 0, &crop), 0);
	expect_rect(test, &crop, 0, 0, 80, 64);
}

static void crop_flags(struct kunit *test)
{
	struct v4l2_pix_format pix = format_of(YUV, 64, 64);
	struct v4l2_rect crop = { 0, 0, 101, 100 };

	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, V4L2_SEL_FLAG_GE, &crop), 0);
	expect_rect(test, &crop, 0, 0, 102, 100);
	crop.width = 101;
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, V4L2_SEL_FLAG_LE, &crop), 0);
	expect_rect(test, &crop, 0, 0, 100, 100);

	crop.width = 4057;
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, V4L2_SEL_FLAG_GE, &crop),
			-ERANGE);
	expect_rect(test, &crop, 0, 0, 4057, 100);
	crop.width = 100;
	crop.height = 62;
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, V4L2_SEL_FLAG_LE, &crop),
			-ERANGE);
	expect_rect(test, &crop, 0, 0, 100, 62);
	crop.width = 101;
	crop.height = 100;
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, V4L2_SEL_FLAG_GE |
					     V4L2_SEL_FLAG_LE, &crop), -ERANGE);
}

/* Raw pixels are those of the whole array. */
static void crop_raw(struct kunit *test)
{
	struct v4l2_pix_format pix = format_of(V4L2_PIX_FMT_SRGGB12P, 1014,
					       760);
	struct v4l2_rect crop = { 10, 10, 100, 100 };

	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, V4L2_SEL_FLAG_LE, &crop),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, fovea_crop_try(&pix, 0, &crop), 0);
	expect_rect(test, &crop, 0, 0, 4056, 3040);
}

/* A mode never makes the device enlarge if a larger one needn't. */
static void crop_mode(struct kunit *test)
{
	struct v4l2_pix_format pix;
	struct v4l2_rect crop;
	unsigned int mode;
	u32 width;

	for (width = 16; width <= 4056; width += 2) {
		pix = format_of(YUV, width, width * 3 / 4 & ~1u);
		fovea_crop_default(&pix, &crop);
		mode = fovea_mode_for(&pix, &crop);
		KUNIT_EXPECT_LT(test, mode, FS1_MODES);
		if (mode)
			KUNIT_EXPECT_GE(test, crop.width >> mode, width);
		if (mode < FS1_MODES - 1)
			KUNIT_EXPECT_TRUE(test,
					  crop.width >> (mode + 1) < width ||
					  crop.height >> (mode + 1) <
						  pix.height);
	}
}

static struct kunit_case crop_tests[] = {
	KUNIT_CASE_PARAM(crop_default, crop_gen_params),
	KUNIT_CASE(crop_inside),
	KUNIT_CASE(crop_flags),
	KUNIT_CASE(crop_raw),
	KUNIT_CASE(crop_mode),
	{}
};

static struct kunit_suite crop_suite = {
	.name = "fovea-crop",
	.test_cases = crop_tests,
};

/* ------------------------------------------------------------------------
 * Frame intervals
 */

static const struct interval_case {
	unsigned int mode;
	struct v4l2_fract wanted;
	u32 lines;
	struct v4l2_fract given;
} interval_cases[] = {
	{ 0, { 1, 30 }, 3200, { 1, 30 } },
	{ 0, { 1, 60 }, 3200, { 1, 30 } },
	{ 1, { 1, 60 }, 1600, { 1, 60 } },
	{ 1, { 1, 61 }, 1600, { 1, 60 } },
	{ 2, { 1, 120 }, 800, { 1, 120 } },
	{ 2, { 1, U32_MAX }, 800, { 1, 120 } },
	{ 0, { 0, 0 }, 3200, { 1, 30 } },
	{ 2, { 5, 0 }, 3200, { 1, 30 } },
	{ 2, { 0, 5 }, 3200, { 1, 30 } },
	{ 0, { 1001, 30000 }, 3203, { 1001, 30000 } },
	{ 0, { 10, 1 }, 65535, { 4369, 6400 } },
	{ 0, { U32_MAX, 1 }, 65535, { 4369, 6400 } },
	{ 0, { U32_MAX, U32_MAX }, 65535, { 4369, 6400 } },
};

static void interval_case_name(const struct interval_case *c, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "mode %u %u/%u", c->mode,
		 c->wanted.numerator, c->wanted.denominator);
}

KUNIT_ARRAY_PARAM(interval, interval_cases, interval_case_name);

static void interval_try(struct kunit *test)
{
	const struct interval_case *c = test->param_value;
	struct v4l2_fract interval = c->wanted;

	KUNIT_EXPECT_EQ(test, fovea_interval_try(c->mode, &interval), c->lines);
	KUNIT_EXPECT_EQ(test, interval.numerator, c->given.numerator);
	KUNIT_EXPECT_EQ(test, interval.denominator, c->given.denominator);
	/* What was given once is given again. */
	KUNIT_EXPECT_EQ(test, fovea_interval_try(c->mode, &interval), c->lines);
	KUNIT_EXPECT_EQ(test, interval.numerator, c->given.numerator);
}

static void interval_lines(struct kunit *test)
{
	struct v4l2_fract interval = fovea_interval_from_lines(800);

	KUNIT_EXPECT_EQ(test, interval.numerator, 1u);
	KUNIT_EXPECT_EQ(test, interval.denominator, 120u);
	KUNIT_EXPECT_EQ(test, fovea_lines_to_us(1), 10u);
	KUNIT_EXPECT_EQ(test, fovea_lines_to_us(2), 21u);
	KUNIT_EXPECT_EQ(test, fovea_lines_to_us(3), 31u);
	KUNIT_EXPECT_EQ(test, fovea_lines_to_us(800), 8333u);
	KUNIT_EXPECT_EQ(test, fovea_lines_to_us(3200), 33333u);
	KUNIT_EXPECT_EQ(test, fovea_lines_to_us(1604), 16708u);
	KUNIT_EXPECT_EQ(test, fovea_lines_to_us(65535), 682656u);
}

static struct kunit_case interval_tests[] = {
	KUNIT_CASE_PARAM(interval_try, interval_gen_params),
	KUNIT_CASE(interval_lines),
	{}
};

static struct kunit_suite interval_suite = {
	.name = "fovea-interval",
	.test_cases = interval_tests,
};

kunit_test_suites(&format_suite, &crop_suite, &interval_suite);
