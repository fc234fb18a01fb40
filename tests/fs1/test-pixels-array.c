// SPDX-License-Identifier: Apache-2.0
/*
 * The pixel array: photometry, noise, flips, test patterns, shutter, and the
 * statistics of what it gives, each against the specification's words.
 */
#include <math.h>

#include "pixels.h"

#define WIDTH 1014u
#define HEIGHT 760u

struct array {
	struct pixels_host host;
	struct fs1_engine *engine;
	struct fs1_settings settings;
	uint16_t raw[HEIGHT][WIDTH];
};

static int setup(void **state)
{
	struct array *array = calloc(1, sizeof(*array));

	assert_non_null(array);
	array->engine = fs1_engine_create(&pixels_ops, &array->host, 2);
	array->settings = pixels_settings(2);
	*state = array;
	return 0;
}

static int teardown(void **state)
{
	struct array *array = *state;

	fs1_engine_destroy(array->engine);
	free(array);
	return 0;
}

static void expose(struct array *array)
{
	struct fs1_output_format format = pixels_format(FS1_FORMAT_RG12, WIDTH, HEIGHT);
	unsigned int x, y;

	pixels_frame(array->engine, &array->settings, &format,
		     (uint8_t *)array->raw);
	for (y = 0; y < HEIGHT; y++) {
		for (x = 0; x < WIDTH; x++) {
			array->raw[y][x] = fs1_le16_to_cpu(array->raw[y][x]);
			assert_true(array->raw[y][x] <= 4095);
		}
	}
}

static void test_white_fills_the_range_at_1000_lines(void **state)
{
	struct array *array = *state;

	pixels_flat_scene(array->engine, 255, 255, 255);
	array->settings.exposure = 1000;
	expose(array);
	assert_int_equal(array->raw[100][101], 4095);
	array->settings.exposure = 500;
	expose(array);
	assert_in_range(array->raw[100][101], 256 + 1919, 256 + 1920);
	array->settings.analogue_gain = 512;
	array->settings.exposure = 250;
	expose(array);
	assert_in_range(array->raw[100][101], 256 + 1919, 256 + 1920);
	/* 188 is 50 % of linear light */
	pixels_flat_scene(array->engine, 188, 188, 188);
	array->settings.exposure = 500;
	array->settings.analogue_gain = 256;
	expose(array);
	assert_in_range(array->raw[7][8], 256 + 955, 256 + 970);
	array->settings.exposure = 65535;
	expose(array);
	assert_int_equal(array->raw[7][8], 4095);
}

static void test_filters(void **state)
{
	struct array *array = *state;

	/* Red light: a red site sees 832, green 96, blue 32 of 1024. */
	pixels_flat_scene(array->engine, 255, 0, 0);
	expose(array);
	assert_in_range(array->raw[0][0] - 256, 3839 * 832 / 1024 - 1, 3839 * 832 / 1024 + 1);
	assert_in_range(array->raw[0][1] - 256, 3839 * 96 / 1024 - 1, 3839 * 96 / 1024 + 1);
	assert_int_equal(array->raw[1][0], array->raw[0][1]);
	assert_in_range(array->raw[1][1] - 256, 3839 * 32 / 1024 - 1, 3839 * 32 / 1024 + 1);
}

static void mean_and_variance(const struct array *array, double *mean,
			      double *variance)
{
	double sum = 0, squares = 0, count = WIDTH * HEIGHT;
	unsigned int x, y;

	for (y = 0; y < HEIGHT; y++) {
		for (x = 0; x < WIDTH; x++) {
			sum += array->raw[y][x];
			squares += (double)array->raw[y][x] * array->raw[y][x];
		}
	}
	*mean = sum / count;
	*variance = squares / count - *mean * *mean;
}

static void test_noise_is_as_specified(void **state)
{
	static const unsigned int gains[] = { 256, 1024, 4096 };
	struct array *array = *state;
	double clean, dummy, mean, variance, expected, gain;
	unsigned int i;

	pixels_flat_scene(array->engine, 188, 188, 188);
	for (i = 0; i < 3; i++) {
		array->settings.analogue_gain = (uint16_t)gains[i];
		array->settings.exposure = 128000 / gains[i];
		array->settings.noise = 0;
		expose(array);
		mean_and_variance(array, &clean, &dummy);
		array->settings.noise = 1;
		expose(array);
		mean_and_variance(array, &mean, &variance);
		gain = gains[i] / 256.0;
		/* shot, read, converter; charges of 16 pixels averaged */
		expected = (clean - 256) * gain / 2.5 / 16 +
			   0.64 * gain * gain / 16 + 0.25;
		/* The sample is rounded down: half a level. */
		assert_true(fabs(mean - clean + 0.5) < 0.1);
		assert_true(variance > 0.95 * expected);
		assert_true(variance < 1.05 * expected + 0.2);
	}
}

static void test_noise_is_deterministic(void **state)
{
	struct array *array = *state;
	struct array *other = calloc(1, sizeof(*other));
	unsigned int same = 0, x;

	assert_non_null(other);
	pixels_flat_scene(array->engine, 128, 128, 128);
	array->settings.noise = 1;
	array->settings.seed = 5;
	array->settings.frame_id = 77;
	expose(array);
	memcpy(other->raw, array->raw, sizeof(other->raw));
	expose(array);
	assert_memory_equal(other->raw, array->raw, sizeof(other->raw));
	array->settings.frame_id = 78;
	expose(array);
	assert_memory_not_equal(other->raw, array->raw, sizeof(other->raw));
	array->settings.frame_id = 77;
	array->settings.seed = 6;
	expose(array);
	for (x = 0; x < WIDTH; x++)
		same += other->raw[9][x] == array->raw[9][x];
	assert_true(same < WIDTH / 2);
	free(other);
}

/* Lines and columns of noise have nothing to do with each other. */
static void test_noise_is_uncorrelated(void **state)
{
	struct array *array = *state;
	double clean, variance, right = 0, below = 0;
	unsigned int x, y;

	pixels_flat_scene(array->engine, 188, 188, 188);
	array->settings.noise = 1;
	array->settings.analogue_gain = 4096;
	array->settings.exposure = 30;
	expose(array);
	mean_and_variance(array, &clean, &variance);
	for (y = 0; y + 1 < HEIGHT; y++) {
		for (x = 0; x + 1 < WIDTH; x++) {
			double here = array->raw[y][x] - clean;

			right += here * (array->raw[y][x + 1] - clean);
			below += here * (array->raw[y + 1][x] - clean);
		}
	}
	assert_true(fabs(right / WIDTH / HEIGHT / variance) < 0.01);
	assert_true(fabs(below / WIDTH / HEIGHT / variance) < 0.01);
}

/* What is on the left is on the right, and the mosaic stays RGGB. */
static void test_flips_are_optical(void **state)
{
	static uint8_t rgb[32 * 32 * 3], mirrored[32 * 32 * 3];
	struct array *array = *state;
	struct array *expected = calloc(1, sizeof(*expected));
	unsigned int x, y, c;

	assert_non_null(expected);
	for (y = 0; y < 32; y++) {
		for (x = 0; x < 32; x++) {
			for (c = 0; c < 3; c++) {
				uint8_t value = (uint8_t)(x * 7 + y * 3 * c + 20);

				rgb[(y * 32 + x) * 3 + c] = value;
				mirrored[((31 - y) * 32 + 31 - x) * 3 + c] = value;
			}
		}
	}
	pixels_scene(array->engine, mirrored, 32, 32);
	expose(array);
	memcpy(expected->raw, array->raw, sizeof(array->raw));
	pixels_scene(array->engine, rgb, 32, 32);
	array->settings.hflip = 1;
	array->settings.vflip = 1;
	expose(array);
	/* The filters' weights are rounded, not symmetric to the last bit. */
	for (y = 0; y < HEIGHT; y++) {
		for (x = 0; x < WIDTH; x++)
			assert_true(abs(array->raw[y][x] - expected->raw[y][x]) < 60);
	}
	free(expected);
}

static void test_shutter(void **state)
{
	struct fs1_output_format format = pixels_format(FS1_FORMAT_NV12, 64, 64);
	static uint8_t picture[64 * 64 * 3 / 2];
	struct array *array = *state;
	unsigned int i;

	array->settings.privacy = 1;
	array->settings.noise = 1;
	array->settings.test_pattern = FS1_PATTERN_SOLID_WHITE;
	expose(array);
	for (i = 0; i < WIDTH * HEIGHT; i++)
		assert_int_equal(array->raw[i / WIDTH][i % WIDTH], 256);
	pixels_frame(array->engine, &array->settings, &format, picture);
	for (i = 0; i < sizeof(picture); i++)
		assert_int_equal(picture[i], i < 64 * 64 ? 16 : 128);
}

static void test_patterns(void **state)
{
	/* x^9 + x^5 + 1 from all ones */
	static const uint8_t pn9[] = {
		1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1,
	};
	struct array *array = *state;
	unsigned int i, ones = 0;

	array->settings.noise = 1;	/* patterns have none */
	array->settings.test_pattern = FS1_PATTERN_SOLID_WHITE;
	expose(array);
	assert_int_equal(array->raw[HEIGHT - 1][WIDTH - 1], 4095);
	array->settings.test_pattern = FS1_PATTERN_GRADIENT;
	expose(array);
	assert_int_equal(array->raw[5][0], 256);
	assert_int_equal(array->raw[5][WIDTH - 1], 4095);
	assert_int_equal(array->raw[5][WIDTH / 2], 256 + 3839 * (WIDTH / 2) / (WIDTH - 1));
	array->settings.test_pattern = FS1_PATTERN_CHECKERBOARD;
	expose(array);
	assert_int_equal(array->raw[0][0], 4095);
	assert_int_equal(array->raw[0][64], 256);
	assert_int_equal(array->raw[64][64], 4095);
	array->settings.test_pattern = FS1_PATTERN_COLOUR_BARS;
	expose(array);
	for (i = 0; i < 4; i++) {
		unsigned int x = i & 1, y = i / 2, third = WIDTH / 8 * 2 + 20;

		assert_int_equal(array->raw[y][x], 4095);		/* white */
		assert_int_equal(array->raw[y][third + x],		/* green */
				 x != y ? 4095 : 256);
		assert_int_equal(array->raw[y][WIDTH - 2 + x], 256);	/* black */
	}
	array->settings.test_pattern = FS1_PATTERN_COLOUR_BARS_FADE;
	expose(array);
	assert_int_equal(array->raw[0][0], 4095);
	assert_int_equal(array->raw[HEIGHT - 1][0], 256);
	array->settings.test_pattern = FS1_PATTERN_PN9;
	expose(array);
	for (i = 0; i < sizeof(pn9); i++)
		assert_int_equal(array->raw[0][i], pn9[i] ? 4095 : 256);
	for (i = 0; i < 511; i++)
		ones += array->raw[0][i] == 4095;
	assert_int_equal(ones, 256);
	assert_int_equal(array->raw[0][511], array->raw[0][0]);
	/* The line goes on where the one before ended: 1014 = 511 + 503. */
	for (i = 0; i < 20; i++)
		assert_int_equal(array->raw[1][8 + i], array->raw[0][i]);
}

static void test_chart_moves(void **state)
{
	struct array *array = *state;
	struct array *first = calloc(1, sizeof(*first));
	unsigned int y, changed = 0;

	assert_non_null(first);
	expose(array);
	memcpy(first->raw, array->raw, sizeof(array->raw));
	array->settings.frame_id = 3;
	expose(array);
	for (y = 0; y < HEIGHT; y++)
		changed += memcmp(first->raw[y], array->raw[y], sizeof(array->raw[y])) != 0;
	/* The target and nothing else. */
	assert_int_equal(changed, 320 / 4);
	free(first);
}

/* From the samples themselves, in the words of the specification. */
static void test_statistics(void **state)
{
	struct array *array = *state;
	const struct fs1_statistics *statistics;
	static uint32_t histogram[4][FS1_HISTOGRAM_BINS];
	static uint32_t sum[12][16][4], samples[12][16], clipped[12][16];
	uint64_t squares = 0, gradients = 0;
	unsigned int row, column, i;

	memset(histogram, 0, sizeof(histogram));
	memset(sum, 0, sizeof(sum));
	memset(samples, 0, sizeof(samples));
	memset(clipped, 0, sizeof(clipped));
	pixels_rich_scene(array->engine);
	array->settings.noise = 1;
	array->settings.exposure = 1500;
	expose(array);
	statistics = pixels_statistics(array->engine, &array->settings);
	for (row = 0; row < 190; row++) {
		for (column = 0; column < 254; column++) {
			unsigned int x = column * 4, y = row * 4;
			int level[4], next;

			for (i = 0; i < 4; i++) {
				level[i] = array->raw[y + i / 2][x + i % 2] - 256;
				level[i] = level[i] < 0 ? 0 : level[i];
				histogram[i][level[i] / 32]++;
				sum[row * 12 / 190][column * 16 / 254][i] +=
					(uint32_t)level[i];
				clipped[row * 12 / 190][column * 16 / 254] +=
					level[i] == 3839;
			}
			samples[row * 12 / 190][column * 16 / 254]++;
			next = array->raw[y][x + 3 < WIDTH ? x + 3 : x - 1] - 256;
			next = next < 0 ? 0 : next;
			squares += (uint64_t)((level[1] - next) * (level[1] - next));
			squares += (uint64_t)((level[1] - level[2]) *
					      (level[1] - level[2]));
			gradients += 2;
		}
	}
	assert_int_equal(statistics->samples, 254 * 190);
	assert_memory_equal(statistics->histogram, histogram, sizeof(histogram));
	assert_int_equal(statistics->sharpness, squares * 256 / gradients);
	for (row = 0; row < 12; row++) {
		for (column = 0; column < 16; column++) {
			uint32_t count = samples[row][column];

			for (i = 0; i < 4; i++)
				assert_int_equal(statistics->zone[row][column].mean[i],
						 (sum[row][column][i] * 16 + count / 2) / count);
			assert_int_equal(statistics->zone[row][column].saturated,
					 clipped[row][column] * 64 / count);
		}
	}
}

/* The same places of the array are sampled in every mode. */
static void test_statistics_of_all_modes(void **state)
{
	struct array *array = *state;
	unsigned int mode;

	pixels_flat_scene(array->engine, 188, 188, 188);
	for (mode = 0; mode < FS1_MODES; mode++) {
		const struct fs1_statistics *statistics;

		array->settings.mode = mode;
		statistics = pixels_statistics(array->engine, &array->settings);
		assert_int_equal(statistics->samples, 254 * 190);
		assert_in_range(statistics->zone[11][15].mean[0], 1915 * 16, 1940 * 16);
		assert_int_equal(statistics->zone[11][15].mean[0],
				 statistics->zone[0][0].mean[3]);
		assert_int_equal(statistics->sharpness, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_white_fills_the_range_at_1000_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_filters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_noise_is_as_specified, setup, teardown),
		cmocka_unit_test_setup_teardown(test_noise_is_deterministic, setup, teardown),
		cmocka_unit_test_setup_teardown(test_noise_is_uncorrelated, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flips_are_optical, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shutter, setup, teardown),
		cmocka_unit_test_setup_teardown(test_patterns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_chart_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_statistics, setup, teardown),
		cmocka_unit_test_setup_teardown(test_statistics_of_all_modes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
