// SPDX-License-Identifier: Apache-2.0
/*
 * Parts of a frame that another engine makes of the same light: bit by bit those of the
 * whole picture, whatever the light has become since.
 */
#include "pixels.h"

#include "fs1-picture.h"

#define WIDTH FS1_ARRAY_WIDTH
#define HEIGHT FS1_ARRAY_HEIGHT

/* At all edges and corners, and where neither light nor noise begins evenly. */
static const struct fs1_rectangle rectangles[] = {
	{ 0, 0, 64, 64 },
	{ 2, 2, 66, 64 },
	{ WIDTH - 64, HEIGHT - 64, 64, 64 },
	{ WIDTH - 70, 0, 70, 80 },
	{ 0, HEIGHT - 90, 100, 90 },
	{ 1002, 718, 634, 402 },
	{ 1998, 1500, 64, 1540 },
	{ 0, 1222, WIDTH, 64 },
};

/* A part into the middle of a buffer of other bytes. */
static void make_part(struct fs1_engine *engine, const struct fs1_settings *settings,
		      const struct fs1_rectangle *place, uint8_t *to,
		      uint32_t before)
{
	struct fs1_output_format format = {
		.format = FS1_FORMAT_RGB24,
		.width = place->width,
		.height = place->height,
		.stride = place->width * 3u,
		.crop = *place,
	};
	const struct fs1_memory_piece piece = {
		.data = to, .length = before + pixels_size(&format),
	};
	const struct fs1_memory memory = {
		.pieces = &piece, .count = 1, .length = piece.length,
	};
	struct fs1_output output = {
		.format = format, .memory = &memory, .offset = before + 1,
	};

	assert_int_equal(fs1_engine_begin(engine, settings, &output, 1, false),
			 FS1_BAD_LENGTH);
	output.offset = before;
	assert_int_equal(fs1_engine_begin(engine, settings, &output, 1, false),
			 FS1_OK);
	while (fs1_engine_step(engine))
		;
}

static void compare_parts(struct fs1_engine *engine,
			  const struct fs1_settings *settings, const uint8_t *whole)
{
	const uint32_t before = 1000;
	uint8_t *part = malloc(before + WIDTH * HEIGHT * 3u);
	uint32_t i, y;

	assert_non_null(part);
	for (i = 0; i < FS1_COUNT(rectangles); i++) {
		const struct fs1_rectangle *place = &rectangles[i];

		memset(part, 0x5a, before);
		make_part(engine, settings, place, part, before);
		for (y = 0; y < before; y++)
			assert_int_equal(part[y], 0x5a);
		for (y = 0; y < place->height; y++)
			assert_memory_equal(part + before + y * place->width * 3u,
					    whole + ((place->top + y) * WIDTH +
						     place->left) * 3u,
					    place->width * 3u);
	}
	free(part);
}

static void set_scene(struct fs1_engine *engine, uint32_t width, uint32_t height,
		      unsigned int seed)
{
	uint8_t *rgb = malloc(width * height * 3u);
	uint32_t i;

	assert_non_null(rgb);
	for (i = 0; i < width * height * 3u; i++)
		rgb[i] = (uint8_t)((i * 2654435761u + seed) >> 13);
	pixels_scene(engine, rgb, width, height);
	free(rgb);
}

/* A frame, then its parts when the light is another one. */
static void check(const struct fs1_settings *settings, uint32_t width,
		  uint32_t height, unsigned int slices)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 1);
	struct fs1_engine *other = fs1_engine_create(&pixels_ops, &host, slices);
	const struct fs1_output_format format =
		pixels_format(FS1_FORMAT_RGB24, WIDTH, HEIGHT);
	uint8_t *whole = malloc(WIDTH * HEIGHT * 3u);
	const struct fs1_picture *light;

	assert_true(engine && other && whole);
	if (width)
		set_scene(engine, width, height, 1);
	light = fs1_engine_hold_light(engine);
	assert_true(!light == !width);
	pixels_frame(engine, settings, &format, whole);
	/* The same place, another one, none at all. */
	set_scene(engine, width ? width : 16, width ? height : 16, 2);
	fs1_engine_borrow_light(other, light);
	compare_parts(other, settings, whole);
	set_scene(engine, 64, 48, 3);
	fs1_engine_set_scene(engine, NULL, 0, 0, 0);
	compare_parts(other, settings, whole);
	fs1_engine_release_light(engine);
	fs1_engine_destroy(other);
	fs1_engine_destroy(engine);
	free(whole);
}

static struct fs1_settings noisy(void)
{
	struct fs1_settings settings = pixels_settings(0);

	settings.frame_id = 0x123456789ull;
	settings.noise = 1;
	settings.seed = 7;
	settings.red_balance = 400;
	settings.blue_balance = 350;
	return settings;
}

static void test_scene(void **state)
{
	struct fs1_settings settings = noisy();

	(void)state;
	check(&settings, 640, 480, 3);
}

static void test_flips(void **state)
{
	struct fs1_settings settings = noisy();

	(void)state;
	settings.hflip = 1;
	check(&settings, 300, 200, 1);
	settings.vflip = 1;
	check(&settings, WIDTH, HEIGHT, 2);
}

static void test_chart(void **state)
{
	struct fs1_settings settings = noisy();

	(void)state;
	check(&settings, 0, 0, 2);
	settings.vflip = 1;
	settings.hflip = 1;
	check(&settings, 0, 0, 1);
}

static void test_patterns(void **state)
{
	struct fs1_settings settings = noisy();

	(void)state;
	settings.test_pattern = FS1_PATTERN_COLOUR_BARS_FADE;
	check(&settings, 0, 0, 2);
	settings.privacy = 1;
	check(&settings, 64, 64, 1);
}

/* Two pictures at most; what isn't needed any more is given back. */
static void test_memory(void **state)
{
	struct pixels_host host = { 0 };
	struct fs1_engine *engine = fs1_engine_create(&pixels_ops, &host, 1);
	const struct fs1_picture *light;
	unsigned int before, i;

	(void)state;
	set_scene(engine, 64, 64, 1);
	light = fs1_engine_hold_light(engine);
	assert_int_equal(light->width, 64);
	set_scene(engine, 64, 64, 2);
	before = host.allocations;
	for (i = 0; i < 5; i++) {
		set_scene(engine, 64, 48, i);
		fs1_engine_release_light(engine);
		light = fs1_engine_hold_light(engine);
		assert_int_equal(light->height, 48);
	}
	assert_int_equal(host.allocations, before);
	/* None left for a larger one: the old one stays. */
	host.fail_after = host.allocations;
	{
		struct fs1_memory_piece piece = { NULL, 128 * 128 * 3, 0 };
		struct fs1_memory memory = { &piece, 1, 128 * 128 * 3 };

		assert_int_equal(fs1_engine_begin_scene(engine, &memory, 128, 128,
							384), FS1_NO_MEMORY);
	}
	assert_ptr_equal(fs1_engine_hold_light(engine), light);
	assert_int_equal(light->height, 48);
	fs1_engine_destroy(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scene),
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_chart),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("pixels of crops", tests, NULL, NULL);
}
