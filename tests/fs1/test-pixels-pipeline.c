// SPDX-License-Identifier: Apache-2.0
/*
 * The pipeline: colours come out as they went in, formats agree with each other
 * and with the standards' formulas, highlights stay white, the scaler keeps
 * means and places.
 */
#include <math.h>

#include "pixels.h"

#include "fs1-isp.h"
#include "fs1-math.h"
#include "fs1-scale.h"

struct pipe {
	struct pixels_host host;
	struct fs1_engine *engine;
	struct fs1_settings settings;
};

static int setup(void **state)
{
	struct pipe *pipe = calloc(1, sizeof(*pipe));

	assert_non_null(pipe);
	pipe->engine = fs1_engine_create(&pixels_ops, &pipe->host, 1);
	pipe->settings = pixels_settings(2);
	*state = pipe;
	return 0;
}

static int teardown(void **state)
{
	struct pipe *pipe = *state;

	fs1_engine_destroy(pipe->engine);
	free(pipe);
	return 0;
}

#define SIDE 64

/* The middle pixel of a small picture of one colour. */
static void pixel(struct pipe *pipe, uint8_t ret_rgb[3])
{
	struct fs1_output_format format = pixels_format(FS1_FORMAT_RGB24, SIDE, SIDE);
	static uint8_t picture[SIDE * SIDE * 3];

	pixels_frame(pipe->engine, &pipe->settings, &format, picture);
	memcpy(ret_rgb, picture + (SIDE / 2 * SIDE + SIDE / 2) * 3, 3);
}

static void test_colours_come_back(void **state)
{
	static const uint8_t colours[][3] = {
		{ 0, 0, 0 }, { 255, 255, 255 }, { 128, 128, 128 }, { 200, 60, 40 },
		{ 40, 180, 70 }, { 30, 60, 200 }, { 230, 200, 40 }, { 20, 22, 18 },
		{ 255, 0, 0 }, { 0, 255, 0 }, { 0, 0, 255 },
	};
	struct pipe *pipe = *state;
	unsigned int i, c;
	uint8_t rgb[3];

	for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		pixels_flat_scene(pipe->engine, colours[i][0], colours[i][1],
				  colours[i][2]);
		pixel(pipe, rgb);
		for (c = 0; c < 3; c++)
			assert_true(abs(rgb[c] - colours[i][c]) <=
				    (colours[i][c] < 30 ? 4 : 2));
	}
}

static void test_grey_has_no_colour(void **state)
{
	struct pipe *pipe = *state;
	unsigned int grey, saturation;
	uint8_t rgb[3];

	for (saturation = 0; saturation < 256; saturation += 51) {
		pipe->settings.saturation = (uint16_t)saturation;
		for (grey = 0; grey < 256; grey += 15) {
			pixels_flat_scene(pipe->engine, (uint8_t)grey,
					  (uint8_t)grey, (uint8_t)grey);
			pixel(pipe, rgb);
			assert_int_equal(rgb[0], rgb[1]);
			assert_int_equal(rgb[2], rgb[1]);
		}
	}
	pipe->settings.saturation = 0;
	pixels_flat_scene(pipe->engine, 200, 60, 40);
	pixel(pipe, rgb);
	assert_int_equal(rgb[0], rgb[1]);
	assert_int_equal(rgb[2], rgb[1]);
}

static void test_highlights_are_white(void **state)
{
	static const uint16_t balances[][2] = {
		{ 120, 600 }, { 600, 120 }, { 100, 100 }, { 2047, 2047 }, { 64, 2047 },
	};
	struct pipe *pipe = *state;
	unsigned int i;
	uint8_t rgb[3];

	pixels_flat_scene(pipe->engine, 255, 255, 255);
	pipe->settings.exposure = 4000;
	for (i = 0; i < sizeof(balances) / sizeof(balances[0]); i++) {
		pipe->settings.red_balance = balances[i][0];
		pipe->settings.blue_balance = balances[i][1];
		pixel(pipe, rgb);
		assert_int_equal(rgb[0], 255);
		assert_int_equal(rgb[1], 255);
		assert_int_equal(rgb[2], 255);
	}
}

static void test_brightness_and_contrast(void **state)
{
	struct pipe *pipe = *state;
	uint8_t rgb[3];

	pixels_flat_scene(pipe->engine, 100, 100, 100);
	pipe->settings.brightness = 50;
	pixel(pipe, rgb);
	assert_in_range(rgb[1], 148, 152);
	pipe->settings.brightness = -128;
	pixel(pipe, rgb);
	assert_int_equal(rgb[1], 0);
	pipe->settings.brightness = 0;
	pipe->settings.contrast = 0;
	pixel(pipe, rgb);
	assert_int_equal(rgb[1], 128);
	pipe->settings.contrast = 255;
	pixel(pipe, rgb);	/* 128 - 28 * 255 / 128 */
	assert_in_range(rgb[1], 70, 75);
}

static void test_digital_gain(void **state)
{
	struct pipe *pipe = *state;
	uint8_t rgb[3];

	/* 137 is a quarter of white */
	pixels_flat_scene(pipe->engine, 137, 137, 137);
	pipe->settings.digital_gain = 512;
	pixel(pipe, rgb);
	assert_in_range(rgb[1], 187, 189);
	pipe->settings.digital_gain = 4096;
	pixel(pipe, rgb);
	assert_int_equal(rgb[1], 255);
}

static void test_tone_curve(void **state)
{
	unsigned int gamma, value;

	(void)state;
	for (gamma = 100; gamma <= 300; gamma += 20) {
		for (value = 0; value < 4096; value++) {
			double x = value / 4095.0, y = pow(x, 100.0 / gamma);

			if (gamma == 220)
				y = x <= 0.0031308 ? 12.92 * x :
				    1.055 * pow(x, 1 / 2.4) - 0.055;
			assert_true(fabs(fs1_tone(value, gamma) / 65536.0 - 255 * y) < 0.01);
		}
	}
}

/* Whatever the saturation, the matrix can't leave the tone curve's table. */
static void test_matrix_stays_in_the_curve(void **state)
{
	struct fs1_isp *isp = calloc(1, sizeof(*isp));
	struct fs1_settings settings = pixels_settings(2);
	unsigned int saturation, i, j;

	(void)state;
	assert_non_null(isp);
	for (saturation = 0; saturation < 256; saturation++) {
		settings.saturation = (uint16_t)saturation;
		fs1_isp_configure(isp, &settings);
		for (i = 0; i < 3; i++) {
			int low = 0, high = 0;

			for (j = 0; j < 3; j++) {
				if (isp->matrix[i][j] < 0)
					low += isp->matrix[i][j];
				else
					high += isp->matrix[i][j];
			}
			assert_int_equal(low + high, 1024);
			assert_true(low * 4096 / 1024 > -(int)FS1_CURVE_BELOW);
			assert_true(high * 4096 / 1024 + 1 < (int)FS1_CURVE_ABOVE);
		}
	}
	free(isp);
}

/* ITU-R BT.601 and BT.709 in real numbers, from the same picture as RGB24. */
static void test_luma_and_chroma(void **state)
{
	static uint8_t rgb[SIDE * SIDE * 3], nv12[SIDE * SIDE * 3 / 2];
	static uint8_t yuyv[SIDE * SIDE * 2], grey[SIDE * SIDE];
	struct fs1_output_format formats[4] = {
		pixels_format(FS1_FORMAT_RGB24, SIDE, SIDE),
		pixels_format(FS1_FORMAT_NV12, SIDE, SIDE),
		pixels_format(FS1_FORMAT_YUYV, SIDE, SIDE),
		pixels_format(FS1_FORMAT_GREY, SIDE, SIDE),
	};
	uint8_t *pictures[4] = { rgb, nv12, yuyv, grey };
	struct pipe *pipe = *state;
	unsigned int kind, i, c, x, y;

	pixels_rich_scene(pipe->engine);
	for (kind = 0; kind < 4; kind++) {
		double kr = kind & 1 ? 0.2126 : 0.299, kb = kind & 1 ? 0.0722 : 0.114;
		bool full = kind & 2;
		double span = full ? 1 : 219.0 / 255, colour = full ? 1 : 224.0 / 255;

		for (i = 0; i < 4; i++) {
			formats[i].encoding = kind & 1;
			formats[i].range = full;
			pixels_frame(pipe->engine, &pipe->settings, &formats[i],
				     pictures[i]);
		}
		for (i = 0; i < SIDE * SIDE; i++) {
			double luma = kr * rgb[3 * i] + kb * rgb[3 * i + 2] +
				      (1 - kr - kb) * rgb[3 * i + 1];

			luma = luma * span + (full ? 0 : 16);
			assert_true(fabs(nv12[i] - luma) < 0.52);
			assert_int_equal(grey[i], nv12[i]);
			assert_int_equal(yuyv[2 * i], nv12[i]);
		}
		for (i = 0; i < SIDE * SIDE / 4; i++) {
			double mean[3], luma, cb, cr;

			x = i % (SIDE / 2) * 2;
			y = i / (SIDE / 2) * 2;
			for (c = 0; c < 3; c++) {
				const uint8_t *first = rgb + (y * SIDE + x) * 3 + c;

				mean[c] = (first[0] + first[3] + first[SIDE * 3] +
					   first[SIDE * 3 + 3]) / 4.0;
			}
			luma = kr * mean[0] + (1 - kr - kb) * mean[1] + kb * mean[2];
			cb = (mean[2] - luma) / (1 - kb) / 2 * colour + 128;
			cr = (mean[0] - luma) / (1 - kr) / 2 * colour + 128;
			assert_true(fabs(nv12[SIDE * SIDE + 2 * i] - cb) < 0.52);
			assert_true(fabs(nv12[SIDE * SIDE + 2 * i + 1] - cr) < 0.52);
		}
	}
}

static void test_rgb_formats_agree(void **state)
{
	static uint8_t rgb[SIDE * SIDE * 3], bgr[SIDE * SIDE * 3];
	static uint8_t xr24[SIDE * SIDE * 4];
	struct fs1_output_format format = pixels_format(FS1_FORMAT_RGB24, SIDE, SIDE);
	struct pipe *pipe = *state;
	unsigned int i, c;

	pixels_rich_scene(pipe->engine);
	pixels_frame(pipe->engine, &pipe->settings, &format, rgb);
	format = pixels_format(FS1_FORMAT_BGR24, SIDE, SIDE);
	pixels_frame(pipe->engine, &pipe->settings, &format, bgr);
	format = pixels_format(FS1_FORMAT_XR24, SIDE, SIDE);
	pixels_frame(pipe->engine, &pipe->settings, &format, xr24);
	for (i = 0; i < SIDE * SIDE; i++) {
		for (c = 0; c < 3; c++) {
			assert_int_equal(bgr[3 * i + c], rgb[3 * i + 2 - c]);
			assert_int_equal(xr24[4 * i + c], bgr[3 * i + c]);
		}
	}
}

static void test_packed_raw_agrees(void **state)
{
	struct fs1_output_format wide = pixels_format(FS1_FORMAT_RG12, 1014, 760);
	struct fs1_output_format packed = pixels_format(FS1_FORMAT_PRCC, 1014, 760);
	struct pipe *pipe = *state;
	uint8_t *a = malloc(pixels_size(&wide)), *b = malloc(pixels_size(&packed));
	unsigned int i;

	pixels_rich_scene(pipe->engine);
	pixels_frame(pipe->engine, &pipe->settings, &wide, a);
	pixels_frame(pipe->engine, &pipe->settings, &packed, b);
	for (i = 0; i < 1014 * 760 / 2; i++) {
		int first = a[4 * i] | a[4 * i + 1] << 8;
		int second = a[4 * i + 2] | a[4 * i + 3] << 8;

		assert_int_equal(b[3 * i] << 4 | (b[3 * i + 2] & 15), first);
		assert_int_equal(b[3 * i + 1] << 4 | b[3 * i + 2] >> 4, second);
	}
	free(b);
	free(a);
}

static void check_axis(const struct fs1_axis_shape *shape, bool uniform)
{
	void *memory = aligned_alloc(64, (fs1_axis_size(shape) + 63) & ~(size_t)63);
	double ratio = (double)shape->length / shape->unit / shape->count;
	struct fs1_axis axis;
	unsigned int j, i;

	assert_non_null(memory);
	fs1_axis_build(&axis, shape, memory, uniform);
	assert_int_equal(axis.count, shape->count);
	for (j = 0; j < axis.count; j++) {
		const struct fs1_span *span = &axis.span[j];
		double centre = (double)shape->start / shape->unit + (j + 0.5) * ratio;
		double place = 0;
		unsigned int sum = 0;

		assert_true(fs1_span_last(span) < shape->source);
		for (i = 0; i < span->count; i++) {
			unsigned int weight = axis.weights[span->weight + i];

			sum += weight;
			place += weight * (span->first + i + 0.5);
		}
		assert_int_equal(sum, FS1_WEIGHT_ONE);
		/*
		 * The weighted centre is where it should be, but at the edges;
		 * a sample covered in part counts at its own centre.
		 */
		place /= FS1_WEIGHT_ONE;
		if (centre > 1 && centre < shape->source - 1.0)
			assert_true(fabs(place - centre) <
				    0.02 + ratio / 60 + 0.13 / fmax(ratio, 1));
	}
	free(memory);
}

static void test_filters(void **state)
{
	static const struct fs1_axis_shape shapes[] = {
		{ 1014, 4, 0, 4056, 640 }, { 760, 4, 0, 3040, 480 },
		{ 4056, 1, 0, 4056, 1920 }, { 4056, 1, 0, 4056, 16 },
		{ 1014, 4, 0, 4056, 1014 }, { 1014, 4, 0, 4056, 4056 },
		{ 1014, 4, 2, 64, 512 }, { 1014, 4, 3990, 66, 33 },
		{ 1014, 4, 1998, 1202, 299 }, { 760, 4, 2976, 64, 16 },
		{ 16, 1, 0, 16, 4056 }, { 17, 1, 0, 17, 16 },
		{ 2028, 2, 506, 3044, 1521 }, { 1014, 4, 0, 4056, 64 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		check_axis(&shapes[i], false);
		check_axis(&shapes[i], true);
	}
}

/* A crop shows what the whole picture shows at that place. */
static void test_crop_is_in_place(void **state)
{
	struct fs1_output_format whole = pixels_format(FS1_FORMAT_GREY, 1014, 760);
	struct fs1_output_format crop = pixels_format(FS1_FORMAT_GREY, 200, 100);
	struct pipe *pipe = *state;
	uint8_t *a = malloc(pixels_size(&whole)), *b = malloc(pixels_size(&crop));
	unsigned int y;

	crop.crop = (struct fs1_rectangle){ 1600, 1200, 800, 400 };
	pixels_rich_scene(pipe->engine);
	pixels_frame(pipe->engine, &pipe->settings, &whole, a);
	pixels_frame(pipe->engine, &pipe->settings, &crop, b);
	for (y = 0; y < 100; y++)
		assert_memory_equal(b + y * 200, a + (300 + y) * 1014 + 400, 200);
	free(b);
	free(a);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_colours_come_back),
		CASE(test_grey_has_no_colour),
		CASE(test_highlights_are_white),
		CASE(test_brightness_and_contrast),
		CASE(test_digital_gain),
		cmocka_unit_test(test_tone_curve),
		cmocka_unit_test(test_matrix_stays_in_the_curve),
		CASE(test_luma_and_chroma),
		CASE(test_rgb_formats_agree),
		CASE(test_packed_raw_agrees),
		cmocka_unit_test(test_filters),
		CASE(test_crop_is_in_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
