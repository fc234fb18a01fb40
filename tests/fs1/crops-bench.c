// SPDX-License-Identifier: Apache-2.0
/*
 * Scenes of dark noise with spots, and full pictures of them.
 */
#include "crops-bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-engine.h"

#define CROPS_SCENE_SIZE (FIXTURE_WIDTH * FIXTURE_HEIGHT * 3)

static void draw(uint8_t *rgb, const struct spot *spots, unsigned int count,
		 unsigned int seed)
{
	unsigned int i;

	for (i = 0; i < CROPS_SCENE_SIZE; i++)
		rgb[i] = (uint8_t)(((i + seed) * 2654435761u) >> 28);
	for (i = 0; i < count; i++)
		rgb[(spots[i].y * FIXTURE_WIDTH + spots[i].x) * 3 +
		    spots[i].colour] = spots[i].value;
}

void crops_show(struct bench *bench, const struct spot *spots, unsigned int count,
		 unsigned int seed)
{
	draw(fixture_submit(bench->fixture, FS1_STREAM_SCENE, 9), spots, count,
	     seed);
}

const struct spot crops_three[CROPS_SPOTS] = {
	{ 16, 16, 0, 255 }, { 40, 24, 1, 230 }, { 24, 40, 2, 210 },
};

struct bench *crops_bench(bool unpaced)
{
	struct bench *bench = bench_new(unpaced);
	unsigned int i, j;

	bench->kit.detects = true;
	bench->kit.width = FIXTURE_WIDTH;
	bench->kit.height = FIXTURE_HEIGHT;
	bench->kit.reach = 1;
	for (i = 0; i < 3; i++)
		for (j = 0; j < 256; j++)
			bench->kit.input.table[i][j] = (uint8_t)j;
	bench->tensor_size = (uint32_t)sizeof(struct fs1_tensor_header) +
			     FS1_DETECT_MAX * 12;
	bench->crops_size = 1u << 20;
	fixture_set_control(bench->fixture, FS1_CONTROL_AUTO_EXPOSURE, 0);
	fixture_set_control(bench->fixture, FS1_CONTROL_AUTO_WHITE_BALANCE, 0);
	fixture_set_control(bench->fixture, FS1_CONTROL_EXPOSURE, CROPS_EXPOSURE);
	bench_load(bench);
	fixture_open(bench->fixture, FS1_STREAM_SCENE);
	fixture_start(bench->fixture, FS1_STREAM_SCENE);
	fixture_settle(bench->fixture);
	return bench;
}

void crops_stream(struct bench *bench)
{
	bench_stream(bench);
	fixture_advance(bench->fixture, FIXTURE_FRAME - BENCH_FRAME);
	fixture_skip_events(bench->fixture);
}

/* Four pieces, 400 times 9216 bytes read and written for each: more than a frame. */
void crops_load_slow(struct bench *bench)
{
	bench->kit.input.columns = 2;
	bench->kit.input.rows = 2;
	bench->kit.steps = 400;
	bench_load(bench);
}

struct seen crops_next(struct bench *bench)
{
	struct seen seen;

	fixture_advance(bench->fixture, BENCH_FRAME - BENCH_MARGIN);
	seen = bench_frame(bench);
	bench_submit(bench);
	fixture_advance(bench->fixture, BENCH_MARGIN);
	fixture_skip_events(bench->fixture);
	return seen;
}

uint8_t *crops_full_picture(uint64_t frame_id, const struct spot *spots,
			     unsigned int count, unsigned int seed)
{
	const struct fs1_settings settings = {
		.frame_id = frame_id,
		.exposure = CROPS_EXPOSURE,
		.analogue_gain = 256,
		.digital_gain = 256,
		.red_balance = 256,
		.blue_balance = 256,
		.contrast = 128,
		.saturation = 128,
		.gamma = 220,
		.noise = 1,
	};
	struct libfs1_picture picture = {
		.format = {
			.format = FS1_FORMAT_RGB24,
			.width = FS1_ARRAY_WIDTH,
			.height = FS1_ARRAY_HEIGHT,
			.stride = FS1_ARRAY_WIDTH * 3,
			.crop = { 0, 0, FS1_ARRAY_WIDTH, FS1_ARRAY_HEIGHT },
		},
		.size = FS1_ARRAY_WIDTH * FS1_ARRAY_HEIGHT * 3,
	};
	struct libfs1_pipeline *pipeline;
	uint8_t rgb[CROPS_SCENE_SIZE];

	draw(rgb, spots, count, seed);
	picture.data = malloc(picture.size);
	assert_non_null(picture.data);
	assert_int_equal(libfs1_pipeline_new(&pipeline, 1), 0);
	assert_int_equal(libfs1_pipeline_set_scene(pipeline, rgb, FIXTURE_WIDTH,
						   FIXTURE_HEIGHT,
						   FIXTURE_WIDTH * 3), 0);
	assert_int_equal(libfs1_pipeline_render(pipeline, &settings, &picture, 1,
						NULL), 0);
	libfs1_pipeline_free(pipeline);
	return picture.data;
}

void assert_crop(const struct fs1_crops_header *header, unsigned int index,
			const uint8_t *full)
{
	const struct fs1_crop *crop = &header->crop[index];
	const uint8_t *data = (const uint8_t *)header + crop->offset;
	uint32_t y;

	assert_true(index < header->count);
	assert_int_equal((crop->left | crop->top | crop->width | crop->height) & 1,
			 0);
	assert_int_equal(crop->stride, crop->width * 3u);
	assert_int_equal(crop->size, crop->stride * crop->height);
	assert_true(crop->offset >= CROPS_HEADER);
	assert_true(crop->offset + crop->size <= header->total_size);
	for (y = 0; y < crop->height; y++)
		assert_memory_equal(data + y * crop->stride,
				    full + ((crop->top + y) * FS1_ARRAY_WIDTH +
					    crop->left) * 3u,
				    crop->stride);
}

void assert_crops(const struct seen *seen, unsigned int label)
{
	const struct fs1_crops_header *header = seen->crops;

	assert_int_equal(header->magic, FS1_CROPS_MAGIC);
	assert_int_equal(header->version, FS1_CROPS_VERSION);
	assert_int_equal(header->header_size, CROPS_HEADER);
	assert_int_equal(header->frame_id, seen->id);
	assert_int_equal(header->label, label);
	assert_int_equal(header->source_frame_id, seen->tensor->source_frame_id);
	assert_int_equal(header->late, seen->tensor->late);
	assert_memory_equal(header->hash, seen->tensor->hash, 32);
	if (label == FS1_LABEL_NONE)
		assert_int_equal(header->total_size, CROPS_HEADER);
	else
		assert_int_equal(header->format, FS1_FORMAT_RGB24);
}
