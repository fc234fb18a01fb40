// SPDX-License-Identifier: Apache-2.0
/*
 * The pixel engine without a device around it: a frame per call.
 */
#include "libfs1.h"

#include <errno.h>
#include <stdlib.h>

struct libfs1_pipeline {
	struct libfs1_host *host;
	struct fs1_engine *engine;
};

int libfs1_picture_size(const struct fs1_output_format *format,
			size_t *ret_size)
{
	fs1_u32 size;
	enum fs1_status status = fs1_output_check(format, &size);

	if (status == FS1_OK)
		*ret_size = size;
	return (int)status;
}

void libfs1_settings_init(struct fs1_settings *settings)
{
	*settings = (struct fs1_settings){
		.exposure = 1000,
		.analogue_gain = 256,
		.digital_gain = 256,
		.red_balance = 256,
		.blue_balance = 256,
		.contrast = 128,
		.saturation = 128,
		.gamma = 220,
		.noise = 1,
	};
}

int libfs1_pipeline_new(struct libfs1_pipeline **ret_pipeline,
			unsigned int threads)
{
	struct libfs1_pipeline *pipeline;
	int r;

	pipeline = calloc(1, sizeof(*pipeline));
	if (!pipeline)
		return -ENOMEM;
	r = libfs1_host_new(&pipeline->host, threads);
	if (r < 0) {
		libfs1_pipeline_free(pipeline);
		return r;
	}
	pipeline->engine = fs1_engine_create(libfs1_host_ops(), pipeline->host,
					     libfs1_host_threads(pipeline->host));
	if (!pipeline->engine) {
		libfs1_pipeline_free(pipeline);
		return -ENOMEM;
	}
	*ret_pipeline = pipeline;
	return 0;
}

struct libfs1_pipeline *libfs1_pipeline_free(struct libfs1_pipeline *pipeline)
{
	if (!pipeline)
		return NULL;
	if (pipeline->engine)
		fs1_engine_destroy(pipeline->engine);
	libfs1_host_free(pipeline->host);
	free(pipeline);
	return NULL;
}

/* False: longer than a device's buffers can be. */
static bool libfs1_memory(const void *data, size_t size,
			  struct fs1_memory_piece *piece,
			  struct fs1_memory *memory)
{
	if (size > UINT32_MAX)
		return false;
	*piece = (struct fs1_memory_piece){
		.data = (fs1_u8 *)(uintptr_t)data,
		.length = (fs1_u32)size,
	};
	*memory = (struct fs1_memory){
		.pieces = piece,
		.count = 1,
		.length = (fs1_u32)size,
	};
	return true;
}

int libfs1_pipeline_set_scene(struct libfs1_pipeline *pipeline, const void *rgb,
			      unsigned int width, unsigned int height,
			      unsigned int stride)
{
	struct fs1_memory_piece piece;
	struct fs1_memory memory;

	if (rgb && !libfs1_memory(rgb, (size_t)stride * height, &piece, &memory))
		return FS1_BAD_ARGUMENT;
	return (int)fs1_engine_set_scene(pipeline->engine, rgb ? &memory : NULL,
					 width, height, stride);
}

/* The engine's view of @pictures; the arrays hold FS1_OUTPUTS_MAX. */
static int libfs1_outputs(const struct libfs1_picture *pictures,
			  unsigned int count, struct fs1_memory_piece *pieces,
			  struct fs1_memory *memories,
			  struct fs1_output *outputs)
{
	unsigned int i;

	if (count > FS1_OUTPUTS_MAX)
		return FS1_BAD_ARGUMENT;
	for (i = 0; i < count; i++) {
		if (!libfs1_memory(pictures[i].data, pictures[i].size,
				   &pieces[i], &memories[i]))
			return FS1_BAD_LENGTH;
		outputs[i].format = pictures[i].format;
		outputs[i].memory = &memories[i];
		outputs[i].offset = 0;
	}
	return 0;
}

int libfs1_pipeline_render(struct libfs1_pipeline *pipeline,
			   const struct fs1_settings *settings,
			   const struct libfs1_picture *pictures,
			   unsigned int count,
			   struct fs1_statistics *ret_statistics)
{
	struct fs1_memory_piece pieces[FS1_OUTPUTS_MAX];
	struct fs1_memory memories[FS1_OUTPUTS_MAX];
	struct fs1_output outputs[FS1_OUTPUTS_MAX];
	int r;

	r = libfs1_outputs(pictures, count, pieces, memories, outputs);
	if (r)
		return r;
	r = (int)fs1_engine_begin(pipeline->engine, settings, outputs, count,
				  ret_statistics);
	if (r)
		return r;
	while (fs1_engine_step(pipeline->engine))
		;
	if (ret_statistics)
		*ret_statistics = *fs1_engine_statistics(pipeline->engine);
	return 0;
}

int libfs1_pipeline_process(struct libfs1_pipeline *pipeline,
			    const uint16_t *raw,
			    const struct fs1_settings *settings,
			    const struct libfs1_picture *pictures,
			    unsigned int count)
{
	struct fs1_memory_piece pieces[FS1_OUTPUTS_MAX];
	struct fs1_memory memories[FS1_OUTPUTS_MAX];
	struct fs1_output outputs[FS1_OUTPUTS_MAX];
	int r;

	r = libfs1_outputs(pictures, count, pieces, memories, outputs);
	if (r)
		return r;
	return (int)fs1_engine_process_raw(pipeline->engine, raw, settings,
					   outputs, count);
}
