// SPDX-License-Identifier: Apache-2.0
/*
 * Auto-exposure and auto-white-balance in closed loop with the array, with one
 * and two frames between a setting and its effect.
 */
#include <math.h>

#include "pixels.h"

#include "fs1-isp.h"

struct camera {
	struct pixels_host host;
	struct fs1_engine *engine;
	struct fs1_auto loop;
	struct fs1_settings settings[4];	/* of this frame and the next ones */
	unsigned int latency;			/* frames, 1 to 3 */
	const struct fs1_statistics *statistics;
};

static void camera_open(struct camera *camera, unsigned int latency)
{
	unsigned int i;

	memset(camera, 0, sizeof(*camera));
	camera->engine = fs1_engine_create(&pixels_ops, &camera->host, 1);
	camera->latency = latency;
	for (i = 0; i < 4; i++) {
		camera->settings[i] = pixels_settings(2);
		camera->settings[i].noise = 1;
	}
}

/* A frame, its statistics, and what follows from them. */
static void camera_frame(struct camera *camera, bool exposure, bool white)
{
	struct fs1_settings used = camera->settings[0];
	struct fs1_settings next = camera->settings[camera->latency - 1];
	unsigned int i;

	camera->statistics = pixels_statistics(camera->engine, &used);
	if (exposure)
		fs1_auto_exposure(&camera->loop, camera->statistics, &used, 3196,
				  &next);
	if (white)
		fs1_auto_white_balance(&camera->loop, camera->statistics, &used,
				       &next);
	for (i = 0; i + 1 < camera->latency; i++)
		camera->settings[i] = camera->settings[i + 1];
	camera->settings[camera->latency - 1] = next;
	for (i = 0; i < camera->latency; i++)
		camera->settings[i].frame_id = used.frame_id + 1 + i;
}

static double product(const struct camera *camera)
{
	return (double)camera->settings[0].exposure *
	       camera->settings[0].analogue_gain;
}

/* Settled after so many frames, and at rest from then on. */
static void expect_settling(struct camera *camera, unsigned int frames)
{
	double settled, now;
	unsigned int i;

	for (i = 0; i < frames; i++)
		camera_frame(camera, true, false);
	assert_true(camera->loop.exposure_settled);
	settled = product(camera);
	for (i = 0; i < 10; i++) {
		camera_frame(camera, true, false);
		assert_true(camera->loop.exposure_settled);
		now = product(camera);
		assert_true(now > 0.97 * settled && now < 1.03 * settled);
	}
}

static double to_linear(double srgb)
{
	return srgb <= 0.04045 ? srgb / 12.92 : pow((srgb + 0.055) / 1.055, 2.4);
}

/* Linear light of an 8-bit code, times a factor, back to a code. */
static uint8_t dimmed(unsigned int code, double factor)
{
	double linear = to_linear(code / 255.0) * factor;
	double srgb = linear <= 0.0031308 ? 12.92 * linear :
		      1.055 * pow(linear, 1 / 2.4) - 0.055;

	return (uint8_t)(srgb >= 1 ? 255 : srgb * 255 + 0.5);
}

/* A picture with shadows, middle tones and some highlights. */
static void lit_scene(struct camera *camera, double light)
{
	static uint8_t rgb[64 * 48 * 3];
	uint8_t codes[256];
	unsigned int i;

	for (i = 0; i < 256; i++)
		codes[i] = dimmed(i, light);
	for (i = 0; i < 64 * 48; i++) {
		unsigned int x = i % 64, y = i / 64;
		uint8_t grey = codes[(x * 3 + y * y / 24) % 256];

		rgb[3 * i] = grey;
		rgb[3 * i + 1] = grey;
		rgb[3 * i + 2] = grey;
	}
	pixels_scene(camera->engine, rgb, 64, 48);
}

static void test_exposure_settles_after_a_change(void **state)
{
	unsigned int latency;

	(void)state;
	for (latency = 1; latency <= 3; latency++) {
		struct camera camera;
		double bright, dark;

		camera_open(&camera, latency);
		lit_scene(&camera, 1);
		expect_settling(&camera, 30);
		bright = product(&camera);
		lit_scene(&camera, 0.25);
		expect_settling(&camera, 15);
		dark = product(&camera);
		/* Four times darker, four times more, within tolerance. */
		assert_true(dark > 3.4 * bright && dark < 4.6 * bright);
		lit_scene(&camera, 1);
		expect_settling(&camera, 15);
		assert_true(product(&camera) > 0.85 * bright);
		assert_true(product(&camera) < 1.15 * bright);
		fs1_engine_destroy(camera.engine);
	}
}

static void test_exposure_does_not_oscillate(void **state)
{
	struct camera camera;
	double last, step, previous = 0;
	unsigned int turns = 0, i;

	(void)state;
	camera_open(&camera, 2);
	lit_scene(&camera, 1);
	expect_settling(&camera, 30);
	lit_scene(&camera, 0.25);
	last = product(&camera);
	for (i = 0; i < 25; i++) {
		camera_frame(&camera, true, false);
		step = product(&camera) - last;
		last += step;
		/* A change of direction of more than 3 % counts. */
		if (step * previous < 0 && (step > 0.03 * last || step < -0.03 * last))
			turns++;
		if (step > 0 || step < 0)
			previous = step;
	}
	assert_int_equal(turns, 0);
	fs1_engine_destroy(camera.engine);
}

/* Beyond what exposure and gain can do, it stays at the end and says settled. */
static void test_exposure_limits(void **state)
{
	struct camera camera;
	unsigned int i;

	(void)state;
	camera_open(&camera, 1);
	pixels_flat_scene(camera.engine, 0, 0, 0);
	for (i = 0; i < 30; i++)
		camera_frame(&camera, true, false);
	assert_int_equal(camera.settings[0].exposure, 3196);
	assert_int_equal(camera.settings[0].analogue_gain, 4096);
	assert_true(camera.loop.exposure_settled);
	pixels_flat_scene(camera.engine, 255, 255, 255);
	for (i = 0; i < 15; i++)
		camera_frame(&camera, true, false);
	assert_true(camera.loop.exposure_settled);
	assert_in_range(camera.settings[0].exposure, 100, 600);
	fs1_engine_destroy(camera.engine);
}

/*
 * Linear sRGB of black bodies, green = 1: Planck's law, CIE 1931 chromaticity
 * by the cubic splines of Kim et al. (US 7 024 034), matrix of IEC 61966-2-1.
 */
static const struct light {
	unsigned int kelvin;
	double red, blue;
} lights[] = {
	{ 2800, 2.282, 0.268 }, { 3200, 1.935, 0.376 }, { 4000, 1.531, 0.577 },
	{ 5000, 1.262, 0.794 }, { 5500, 1.177, 0.888 }, { 6500, 1.060, 1.052 },
	{ 7500, 0.984, 1.188 },
};

#define LIGHTS (sizeof(lights) / sizeof(lights[0]))

/* Grey steps of 5 % to 40 % under a light. */
static void grey_chart(struct camera *camera, const struct light *light)
{
	static uint8_t rgb[64 * 48 * 3];
	uint8_t steps[8][3];
	unsigned int i;

	for (i = 0; i < 8; i++) {
		double grey = 0.05 * (i + 1);

		steps[i][0] = dimmed(255, grey * light->red);
		steps[i][1] = dimmed(255, grey);
		steps[i][2] = dimmed(255, grey * light->blue);
	}
	for (i = 0; i < 64 * 48; i++)
		memcpy(rgb + 3 * i, steps[i % 64 / 8], 3);
	pixels_scene(camera->engine, rgb, 64, 48);
}

/* Means over the frame of what comes out of the white balance. */
static void balanced(const struct camera *camera, double ret_mean[3])
{
	unsigned int row, column;
	uint32_t gain[3];

	memset(ret_mean, 0, 3 * sizeof(ret_mean[0]));
	fs1_isp_gains(&camera->settings[0], gain);
	for (row = 0; row < FS1_ZONE_ROWS; row++) {
		for (column = 0; column < FS1_ZONE_COLUMNS; column++) {
			const uint16_t *mean =
				camera->statistics->zone[row][column].mean;

			ret_mean[0] += mean[0] * (double)gain[0];
			ret_mean[1] += (mean[1] + mean[2]) * (double)gain[1] / 2;
			ret_mean[2] += mean[3] * (double)gain[2];
		}
	}
}

static void test_white_under_all_lights(void **state)
{
	unsigned int i, frame;

	(void)state;
	for (i = 0; i < LIGHTS; i++) {
		struct camera camera;
		double mean[3];

		camera_open(&camera, 2);
		grey_chart(&camera, &lights[i]);
		for (frame = 0; frame < 30; frame++)
			camera_frame(&camera, true, true);
		assert_true(camera.loop.white_settled);
		balanced(&camera, mean);
		assert_true(mean[0] > 0.98 * mean[1] && mean[0] < 1.02 * mean[1]);
		assert_true(mean[2] > 0.98 * mean[1] && mean[2] < 1.02 * mean[1]);
		fs1_engine_destroy(camera.engine);
	}
}

/* From one end to the other, too: the present light has no veto. */
static void test_white_follows_the_light(void **state)
{
	struct camera camera;
	double mean[3];
	unsigned int i, frame;

	(void)state;
	camera_open(&camera, 2);
	for (i = 0; i < 3; i++) {
		grey_chart(&camera, &lights[i == 1 ? LIGHTS - 1 : 0]);
		for (frame = 0; frame < 30; frame++)
			camera_frame(&camera, true, true);
		balanced(&camera, mean);
		assert_true(mean[0] > 0.98 * mean[1] && mean[0] < 1.02 * mean[1]);
		assert_true(mean[2] > 0.98 * mean[1] && mean[2] < 1.02 * mean[1]);
	}
	fs1_engine_destroy(camera.engine);
}

/* A scene of one strong colour says nothing about the light. */
static void test_white_does_not_run_away(void **state)
{
	static const uint8_t colours[][3] = {
		{ 20, 140, 30 }, { 200, 20, 30 }, { 20, 30, 200 }, { 150, 20, 150 },
		{ 220, 90, 10 }, { 0, 160, 160 },
	};
	unsigned int i, frame;

	(void)state;
	for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		struct camera camera;

		camera_open(&camera, 1);
		pixels_flat_scene(camera.engine, colours[i][0], colours[i][1],
				  colours[i][2]);
		for (frame = 0; frame < 60; frame++)
			camera_frame(&camera, true, true);
		assert_in_range(camera.settings[0].red_balance, 200, 320);
		assert_in_range(camera.settings[0].blue_balance, 200, 320);
		fs1_engine_destroy(camera.engine);
	}
}

/* Grey counts more than the colours around it. */
static void test_white_with_colours(void **state)
{
	struct camera camera;
	unsigned int frame;

	(void)state;
	camera_open(&camera, 1);
	/* The built-in chart: grey behind colour patches. */
	for (frame = 0; frame < 40; frame++)
		camera_frame(&camera, true, true);
	assert_in_range(camera.settings[0].red_balance, 251, 261);
	assert_in_range(camera.settings[0].blue_balance, 251, 261);
	fs1_engine_destroy(camera.engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exposure_settles_after_a_change),
		cmocka_unit_test(test_exposure_does_not_oscillate),
		cmocka_unit_test(test_exposure_limits),
		cmocka_unit_test(test_white_under_all_lights),
		cmocka_unit_test(test_white_follows_the_light),
		cmocka_unit_test(test_white_does_not_run_away),
		cmocka_unit_test(test_white_with_colours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
