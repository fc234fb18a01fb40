// SPDX-License-Identifier: Apache-2.0
/*
 * The packed demosaic against the specification, written down once more
 * sample by sample with plain numbers.
 */
#include "pixels.h"

#include "fs1-demosaic.h"

enum { WIDTH = 46, HEIGHT = 26, COUNT = WIDTH / 2, ROOM = COUNT + 12 };

static int samples[HEIGHT][WIDTH];

static int mirror(int i, int count)
{
	if (i < 0)
		i = -i;
	return i < count ? i : 2 * count - 2 - i;
}

static int at(int y, int x)
{
	return samples[mirror(y, HEIGHT)][mirror(x, WIDTH)];
}

static int clip(int value)
{
	return value < 0 ? 0 : value > 4095 ? 4095 : value;
}

static int shift_down(int value, int bits)
{
	/* Towards minus infinity. */
	return value >= 0 ? value >> bits : -((-value + (1 << bits) - 1) >> bits);
}

static int magnitude(int value)
{
	return value < 0 ? -value - 1 : value;
}

static bool is_green(int y, int x)
{
	return (y + x) & 1;
}

/* Green at a red or blue site. */
static int green_at(int y, int x)
{
	int h, v, rough_h, rough_v, bend_h, bend_v, one, other;

	y = mirror(y, HEIGHT);
	x = mirror(x, WIDTH);
	bend_h = 2 * at(y, x) - at(y, x - 2) - at(y, x + 2);
	bend_v = 2 * at(y, x) - at(y - 2, x) - at(y + 2, x);
	h = shift_down(2 * (at(y, x - 1) + at(y, x + 1)) + bend_h + 2, 2);
	v = shift_down(2 * (at(y - 1, x) + at(y + 1, x)) + bend_v + 2, 2);
	rough_h = magnitude(at(y, x - 1) - at(y, x + 1)) + magnitude(bend_h);
	rough_v = magnitude(at(y - 1, x) - at(y + 1, x)) + magnitude(bend_v);
	one = rough_h >= 2 * rough_v ? v : h;
	other = rough_v >= 2 * rough_h ? h : v;
	return clip(shift_down(one + other + 1, 1));
}

static int difference_at(int y, int x)
{
	return at(y, x) - green_at(y, x);
}

/* Red, green, blue of a pixel. */
static void reconstruct(int y, int x, int ret_rgb[3])
{
	int own = y & 1 ? 2 : 0, sum;

	if (is_green(y, x)) {
		ret_rgb[1] = at(y, x);
		sum = difference_at(y, x - 1) + difference_at(y, x + 1);
		ret_rgb[own] = clip(at(y, x) + shift_down(sum, 1));
		sum = difference_at(y - 1, x) + difference_at(y + 1, x);
		ret_rgb[2 - own] = clip(at(y, x) + shift_down(sum, 1));
		return;
	}
	ret_rgb[own] = at(y, x);
	ret_rgb[1] = green_at(y, x);
	sum = difference_at(y - 1, x - 1) + difference_at(y - 1, x + 1) +
	      difference_at(y + 1, x - 1) + difference_at(y + 1, x + 1);
	ret_rgb[2 - own] = clip(ret_rgb[1] + shift_down(sum + 2, 2));
}

static uint16_t planes[HEIGHT][2][ROOM];
static uint16_t greens[HEIGHT][ROOM];
static uint16_t colours[HEIGHT][ROOM];

static struct fs1_planes plane(int y)
{
	y = mirror(y, HEIGHT);
	return (struct fs1_planes){
		.even = planes[y][0] + FS1_PLANE_PAD_BEFORE,
		.odd = planes[y][1] + FS1_PLANE_PAD_BEFORE,
	};
}

static struct fs1_differences difference(int y)
{
	y = mirror(y, HEIGHT);
	return (struct fs1_differences){
		.green = greens[y],
		.colour = colours[y] + FS1_PLANE_PAD_BEFORE,
	};
}

static void first_step(void)
{
	int x, y, i;

	for (y = 0; y < HEIGHT; y++) {
		struct fs1_planes line = plane(y);

		for (x = 0; x < WIDTH; x += 2) {
			line.even[x / 2] = (uint16_t)samples[y][x];
			line.odd[x / 2] = (uint16_t)samples[y][x + 1];
		}
		fs1_demosaic_pad(&line, COUNT);
	}
	for (y = 0; y < HEIGHT; y++) {
		struct fs1_differences line = difference(y);
		struct fs1_planes lines[5];

		for (i = 0; i < 5; i++)
			lines[i] = plane(y + i - 2);
		fs1_demosaic_green(lines, y & 1, 0, COUNT, &line);
		fs1_demosaic_pad_differences(&line, y & 1, COUNT);
	}
}

static void compare(void)
{
	static uint64_t rgb[WIDTH + 6];
	int x, y, i, expected[3];

	first_step();
	for (y = 0; y < HEIGHT; y++) {
		struct fs1_differences lines[3];
		struct fs1_planes line = plane(y);

		for (i = 0; i < 3; i++)
			lines[i] = difference(y + i - 1);
		fs1_demosaic_line(&line, lines, y & 1, 0, COUNT, rgb);
		for (x = 0; x < WIDTH; x++) {
			reconstruct(y, x, expected);
			for (i = 0; i < 3; i++)
				assert_int_equal(rgb[x] >> (21 * i) & 0x1fffff,
						 expected[i]);
		}
	}
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void test_random_mosaics(void **state)
{
	uint32_t random = 3;
	int round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		for (i = 0; i < WIDTH * HEIGHT; i++)
			samples[i / WIDTH][i % WIDTH] =
				(int)(next_random(&random) % 4096);
		compare();
	}
}

/* Only black and white: every intermediate value at its limits. */
static void test_extreme_mosaics(void **state)
{
	uint32_t random = 9;
	int round, i;

	(void)state;
	for (round = 0; round < 500; round++) {
		for (i = 0; i < WIDTH * HEIGHT; i++)
			samples[i / WIDTH][i % WIDTH] =
				next_random(&random) % 5 < 2 ? 4095 : 0;
		compare();
	}
}

static void test_flat_is_exact(void **state)
{
	static const int levels[3][3] = {
		{ 4095, 4095, 4095 }, { 0, 0, 0 }, { 1000, 2000, 3000 },
	};
	int level, x, y, i, rgb[3];

	(void)state;
	for (level = 0; level < 3; level++) {
		for (y = 0; y < HEIGHT; y++) {
			for (x = 0; x < WIDTH; x++)
				samples[y][x] = levels[level][(y & 1) + (x & 1)];
		}
		compare();
		reconstruct(5, 6, rgb);
		for (i = 0; i < 3; i++)
			assert_int_equal(rgb[i], levels[level][i]);
	}
}

/* A grey edge has little colour, and none two pixels away. */
static void test_grey_edges_stay_grey(void **state)
{
	int x, y, rgb[3];

	(void)state;
	for (y = 0; y < HEIGHT; y++) {
		for (x = 0; x < WIDTH; x++)
			samples[y][x] = x < 20 ? 500 : 3000;
	}
	compare();
	for (x = 0; x < WIDTH; x++) {
		reconstruct(8, x, rgb);
		assert_true(abs(rgb[0] - rgb[1]) <= 640);
		assert_true(abs(rgb[2] - rgb[1]) <= 640);
		if (x < 17 || x > 22) {
			assert_int_equal(rgb[0], rgb[1]);
			assert_int_equal(rgb[2], rgb[1]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_mosaics),
		cmocka_unit_test(test_extreme_mosaics),
		cmocka_unit_test(test_flat_is_exact),
		cmocka_unit_test(test_grey_edges_stay_grey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
