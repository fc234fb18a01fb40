// SPDX-License-Identifier: Apache-2.0
/*
 * An engine on a host for tests.
 */
#include "pixels.h"

static void *pixels_alloc(void *host, size_t size)
{
	struct pixels_host *counts = host;
	void *memory;

	counts->allocations++;
	if (counts->fail_after && counts->allocations > counts->fail_after)
		return NULL;
	memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
	if (memory)
		memset(memory, 0, size);
	return memory;
}

static void pixels_free(void *host, void *memory)
{
	(void)host;
	free(memory);
}

/* Last slice first: their order must not matter. */
static void pixels_parallel(void *host,
			    void (*function)(void *argument, unsigned int index),
			    void *argument, unsigned int count)
{
	(void)host;
	while (count--)
		function(argument, count);
}

const struct fs1_host_ops pixels_ops = {
	.alloc = pixels_alloc,
	.free = pixels_free,
	.parallel = pixels_parallel,
};

struct fs1_settings pixels_settings(unsigned int mode)
{
	return (struct fs1_settings){
		.mode = mode,
		.exposure = 1000,
		.analogue_gain = 256,
		.digital_gain = 256,
		.red_balance = 256,
		.blue_balance = 256,
		.contrast = 128,
		.saturation = 128,
		.gamma = 220,
	};
}

static unsigned int pixels_line(uint32_t format, unsigned int width)
{
	switch (format) {
	case FS1_FORMAT_YUYV:
	case FS1_FORMAT_RG12:
		return width * 2;
	case FS1_FORMAT_RGB24:
	case FS1_FORMAT_BGR24:
		return width * 3;
	case FS1_FORMAT_XR24:
		return width * 4;
	case FS1_FORMAT_PRCC:
		return width * 3 / 2;
	default:
		return width;
	}
}

struct fs1_output_format pixels_format(uint32_t format, unsigned int width,
				       unsigned int height)
{
	return (struct fs1_output_format){
		.format = format,
		.width = (uint16_t)width,
		.height = (uint16_t)height,
		.stride = pixels_line(format, width),
		.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
	};
}

uint32_t pixels_size(const struct fs1_output_format *format)
{
	uint32_t size;

	assert_int_equal(fs1_output_check(format, &size), FS1_OK);
	return size;
}

void pixels_frame(struct fs1_engine *engine, const struct fs1_settings *settings,
		  const struct fs1_output_format *format, uint8_t *to)
{
	const struct fs1_memory_piece piece = {
		.data = to, .length = pixels_size(format),
	};
	const struct fs1_memory memory = {
		.pieces = &piece, .count = 1, .length = piece.length,
	};
	const struct fs1_output output = { .format = *format, .memory = &memory };

	assert_int_equal(fs1_engine_begin(engine, settings, &output, 1, false),
			 FS1_OK);
	while (fs1_engine_step(engine))
		;
}

const struct fs1_statistics *pixels_statistics(struct fs1_engine *engine,
					       const struct fs1_settings *settings)
{
	assert_int_equal(fs1_engine_begin(engine, settings, NULL, 0, true), FS1_OK);
	while (fs1_engine_step(engine))
		;
	return fs1_engine_statistics(engine);
}

void pixels_scene(struct fs1_engine *engine, uint8_t *rgb, unsigned int width,
		  unsigned int height)
{
	const struct fs1_memory_piece piece = {
		.data = rgb, .length = width * height * 3,
	};
	const struct fs1_memory memory = {
		.pieces = &piece, .count = 1, .length = piece.length,
	};

	assert_int_equal(fs1_engine_set_scene(engine, &memory, width, height,
					      width * 3), FS1_OK);
}

void pixels_flat_scene(struct fs1_engine *engine, uint8_t red, uint8_t green,
		       uint8_t blue)
{
	uint8_t rgb[16 * 16 * 3];
	unsigned int i;

	for (i = 0; i < 16 * 16; i++) {
		rgb[3 * i] = red;
		rgb[3 * i + 1] = green;
		rgb[3 * i + 2] = blue;
	}
	pixels_scene(engine, rgb, 16, 16);
}

void pixels_rich_scene(struct fs1_engine *engine)
{
	static uint8_t rgb[400 * 300 * 3];
	uint32_t noise = 1;
	unsigned int x, y;

	for (y = 0; y < 300; y++) {
		for (x = 0; x < 400; x++) {
			uint8_t *pixel = rgb + (y * 400 + x) * 3;

			noise = noise * 1664525 + 1013904223;
			pixel[0] = (uint8_t)(x * 255 / 400);
			pixel[1] = (uint8_t)((x ^ y) * 3);
			pixel[2] = (uint8_t)(y / 2 + (noise >> 26));
		}
	}
	pixels_scene(engine, rgb, 400, 300);
}
