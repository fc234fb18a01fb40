// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * What falls on the array: scenes of the scene stream, the host's light, or the chart
 * that the device has built in.
 */
#include "fs1-device.h"

/*
 * The host's light, or the built-in chart. True when it is a picture, which the
 * engine copies step by step.
 */
static bool fs1_light_of_host(struct fs1_device *device)
{
	struct fs1_light *light = &device->light;
	struct fs1_memory *memory = &device->light_memory;
	enum fs1_status status = FS1_BAD_STATE;

	if (device->light_new)
		*light = device->light_next;
	device->light_new = false;
	device->scene = false;
	device->scene_off = false;
	memory->pieces = &light->piece;
	memory->count = 1;
	memory->length = light->piece.length;
	if (memory->length)
		status = fs1_engine_begin_scene(device->engine, memory,
						light->width, light->height,
						light->width * 3);
	if (status != FS1_OK)
		fs1_engine_set_scene(device->engine, NULL, 0, 0, 0);
	return status == FS1_OK;
}

fs1_u32 fs1_frame_light(struct fs1_device *device, bool *ret_lighting)
{
	struct fs1_stream_state *stream = &device->streams[FS1_STREAM_SCENE];
	const struct fs1_output_format *format = &stream->config.format;
	enum fs1_status status;

	*ret_lighting = false;
	if (device->scene_off || (device->light_new && !device->scene))
		*ret_lighting = fs1_light_of_host(device);
	if (!stream->started || !fs1_stream_take(stream))
		return 0;
	status = fs1_engine_begin_scene(device->engine,
					&stream->active->buffer.memory,
					format->width, format->height,
					format->stride);
	if (status != FS1_OK) {
		fs1_stream_complete(stream, status, 0,
				    device->frame.settings.frame_id,
				    device->frame.timestamp);
		return 0;
	}
	device->scene = true;
	*ret_lighting = true;
	return 1u << FS1_STREAM_SCENE;
}

void fs1_frame_complete_scene(struct fs1_device *device)
{
	struct fs1_stream_state *stream = &device->streams[FS1_STREAM_SCENE];

	if (stream->active)
		fs1_stream_complete(stream, FS1_OK, stream->config.size,
				    device->frame.settings.frame_id,
				    device->frame.timestamp);
}

bool fs1_device_set_light(struct fs1_device *device, void *rgb, fs1_u32 width,
			  fs1_u32 height)
{
	struct fs1_light *light = &device->light_next;

	if (rgb && (width < FS1_SCENE_MIN || width > FS1_ARRAY_WIDTH ||
		    height < FS1_SCENE_MIN || height > FS1_ARRAY_HEIGHT))
		return false;
	light->piece.data = rgb;
	light->piece.length = rgb ? width * height * 3 : 0;
	light->piece.offset = 0;
	light->width = width;
	light->height = height;
	device->light_new = true;
	return true;
}

bool fs1_device_light_pending(const struct fs1_device *device)
{
	return device->light_new;
}
