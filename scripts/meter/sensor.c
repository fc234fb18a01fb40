// SPDX-License-Identifier: Apache-2.0
/*
 * What the training of networks needs of libfs1, in a form that Python's ctypes can
 * call: a scene, a few settings, and grey pictures of parts of the array.
 */
#include <stddef.h>
#include <stdint.h>

#include "libfs1.h"

/** struct meter_shot - the settings of a frame and the size of its pictures */
struct meter_shot {
	uint32_t exposure;	/* lines */
	uint32_t gain;		/* Q8 */
	uint32_t red;		/* balance, Q8 */
	uint32_t blue;
	uint32_t seed;		/* of the noise */
	uint32_t width;		/* of each picture */
	uint32_t height;
	uint32_t count;		/* of pictures, 1 to FS1_OUTPUTS_MAX */
	uint16_t crop[FS1_OUTPUTS_MAX][4];	/* left, top, width, height; array */
};

struct libfs1_pipeline *meter_sensor_new(void);
int meter_sensor_shoot(struct libfs1_pipeline *pipeline, const uint8_t *rgb,
		       uint32_t width, uint32_t height,
		       const struct meter_shot *shot, uint8_t *grey);

/** meter_sensor_new() - a sensor, or NULL */
struct libfs1_pipeline *meter_sensor_new(void)
{
	struct libfs1_pipeline *pipeline;

	return libfs1_pipeline_new(&pipeline, 1) ? NULL : pipeline;
}

/**
 * meter_sensor_shoot() - grey pictures of one frame
 * @pipeline: the sensor
 * @rgb: the light, packed
 * @width: of it
 * @height: of it
 * @shot: how
 * @grey: the pictures, one behind the other
 *
 * Return: 0 or the engine's status.
 */
int meter_sensor_shoot(struct libfs1_pipeline *pipeline, const uint8_t *rgb,
		       uint32_t width, uint32_t height,
		       const struct meter_shot *shot, uint8_t *grey)
{
	struct libfs1_picture pictures[FS1_OUTPUTS_MAX] = { 0 };
	struct fs1_output_format formats[FS1_OUTPUTS_MAX];
	size_t size = (size_t)shot->width * shot->height;
	struct fs1_settings settings;
	uint32_t i;
	int r;

	if (!shot->count || shot->count > FS1_OUTPUTS_MAX)
		return FS1_BAD_ARGUMENT;
	for (i = 0; i < shot->count; i++) {
		formats[i] = (struct fs1_output_format){
			.format = FS1_FORMAT_GREY,
			.width = (uint16_t)shot->width,
			.height = (uint16_t)shot->height,
			.stride = shot->width,
			.crop = { shot->crop[i][0], shot->crop[i][1],
				  shot->crop[i][2], shot->crop[i][3] },
			.encoding = FS1_ENCODING_601,
			.range = FS1_RANGE_FULL,
		};
		pictures[i].format = formats[i];
		pictures[i].data = grey + i * size;
		pictures[i].size = size;
	}
	libfs1_settings_init(&settings);
	settings.mode = fs1_mode_for(formats, shot->count);
	settings.exposure = shot->exposure;
	settings.analogue_gain = (uint16_t)shot->gain;
	settings.red_balance = (uint16_t)shot->red;
	settings.blue_balance = (uint16_t)shot->blue;
	settings.seed = shot->seed;
	r = libfs1_pipeline_set_scene(pipeline, rgb, width, height, width * 3);
	if (r)
		return r;
	return libfs1_pipeline_render(pipeline, &settings, pictures, shot->count,
				      NULL);
}
