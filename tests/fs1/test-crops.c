// SPDX-License-Identifier: Apache-2.0
/*
 * Buffers of the crops stream: cut-outs of the very frame that the detections are of,
 * bit by bit what a full picture of that frame would have shown, however late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-engine.h"
#include "network-bench.h"

#define HEADER sizeof(struct fs1_crops_header)
#define EXPOSURE 700
#define SCENE_SIZE (FIXTURE_WIDTH * FIXTURE_HEIGHT * 3)

/* What shines in the dark: pixels of the scene, which are those of the input. */
struct spot {
	unsigned int x;
	unsigned int y;
	unsigned int colour;
	uint8_t value;
};

static void draw(uint8_t *rgb, const struct spot *spots, unsigned int count,
		 unsigned int seed)
{
	unsigned int i;

	for (i = 0; i < SCENE_SIZE; i++)
		rgb[i] = (uint8_t)(((i + seed) * 2654435761u) >> 28);
	for (i = 0; i < count; i++)
		rgb[(spots[i].y * FIXTURE_WIDTH + spots[i].x) * 3 +
		    spots[i].colour] = spots[i].value;
}

/* A scene for the frames from the next one on. */
static void show(struct bench *bench, const struct spot *spots, unsigned int count,
		 unsigned int seed)
{
	draw(fixture_submit(bench->fixture, FS1_STREAM_SCENE, 9), spots, count,
	     seed);
}

static const struct spot three[] = {
	{ 16, 16, 0, 255 }, { 40, 24, 1, 230 }, { 24, 40, 2, 210 },
};

static struct bench *crops_bench(bool unpaced)
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
	fixture_set_control(bench->fixture, FS1_CONTROL_EXPOSURE, EXPOSURE);
	bench_load(bench);
	fixture_open(bench->fixture, FS1_STREAM_SCENE);
	fixture_start(bench->fixture, FS1_STREAM_SCENE);
	fixture_settle(bench->fixture);
	return bench;
}

/* The first frame that sees the scene has just begun afterwards. */
static void crops_stream(struct bench *bench)
{
	bench_stream(bench);
	fixture_advance(bench->fixture, FIXTURE_FRAME - BENCH_FRAME);
	fixture_skip_events(bench->fixture);
}

/* Four pieces, 400 times 9216 bytes read and written for each: more than a frame. */
static void load_slow(struct bench *bench)
{
	bench->kit.input.columns = 2;
	bench->kit.input.rows = 2;
	bench->kit.steps = 400;
	bench_load(bench);
}

static struct seen next(struct bench *bench)
{
	struct seen seen;

	fixture_advance(bench->fixture, BENCH_FRAME - BENCH_MARGIN);
	seen = bench_frame(bench);
	bench_submit(bench);
	fixture_advance(bench->fixture, BENCH_MARGIN);
	fixture_skip_events(bench->fixture);
	return seen;
}

/* The whole array in full resolution, as it was in that frame. */
static uint8_t *full_picture(uint64_t frame_id, const struct spot *spots,
			     unsigned int count, unsigned int seed)
{
	const struct fs1_settings settings = {
		.frame_id = frame_id,
		.exposure = EXPOSURE,
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
	uint8_t rgb[SCENE_SIZE];

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

static void assert_crop(const struct fs1_crops_header *header, unsigned int index,
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
	assert_true(crop->offset >= HEADER);
	assert_true(crop->offset + crop->size <= header->total_size);
	for (y = 0; y < crop->height; y++)
		assert_memory_equal(data + y * crop->stride,
				    full + ((crop->top + y) * FS1_ARRAY_WIDTH +
					    crop->left) * 3u,
				    crop->stride);
}

static void assert_header(const struct seen *seen, unsigned int label)
{
	const struct fs1_crops_header *header = seen->crops;

	assert_int_equal(header->magic, FS1_CROPS_MAGIC);
	assert_int_equal(header->version, FS1_CROPS_VERSION);
	assert_int_equal(header->header_size, HEADER);
	assert_int_equal(header->frame_id, seen->id);
	assert_int_equal(header->label, label);
	assert_int_equal(header->source_frame_id, seen->tensor->source_frame_id);
	assert_int_equal(header->late, seen->tensor->late);
	assert_memory_equal(header->hash, seen->tensor->hash, 32);
	if (label == FS1_LABEL_NONE)
		assert_int_equal(header->total_size, HEADER);
	else
		assert_int_equal(header->format, FS1_FORMAT_RGB24);
}

/* Crops of the frame itself; the streams' own pictures come from a smaller mode. */
static void test_fresh(void **state)
{
	struct bench *bench = crops_bench(false);
	struct seen seen;
	uint8_t *full;
	unsigned int i;

	(void)state;
	show(bench, three, 3, 1);
	crops_stream(bench);
	seen = next(bench);
	assert_header(&seen, FS1_LABEL_FRESH);
	assert_int_equal(seen.crops->flags, 0);
	assert_int_equal(seen.crops->count, 3);
	assert_int_equal(seen.crops->wanted, 3);
	assert_int_equal(seen.found->count, 3);
	full = full_picture(seen.id, three, 3, 1);
	for (i = 0; i < 3; i++) {
		const struct fs1_meta_detection *found = &seen.found->detection[i];
		const struct fs1_crop *crop = &seen.crops->crop[i];

		assert_crop(seen.crops, i, full);
		assert_int_equal(crop->class, i);
		assert_int_equal(crop->score, found->score);
		assert_int_equal(crop->detections, 1);
		/* 10 per cent around what was found. */
		assert_int_equal(crop->left, (found->left - found->height / 10) & ~1);
		assert_int_equal(crop->top, (found->top - found->height / 10) & ~1);
		assert_true(crop->width >= found->width + found->height / 5);
		assert_true(crop->height <= found->height + found->height / 5 + 3);
	}
	free(full);
	/* The next one has other noise, and that is its own. */
	seen = next(bench);
	assert_header(&seen, FS1_LABEL_FRESH);
	full = full_picture(seen.id, three, 3, 1);
	assert_crop(seen.crops, 0, full);
	free(full);
	bench_free(bench);
}

/* The image stream shows the same rectangle, of the same frame, in the same bytes. */
static void test_image(void **state)
{
	struct bench *bench = crops_bench(false);
	struct libfs1_driver *driver = bench->fixture->driver;
	struct fs1_output_format format = {
		.format = FS1_FORMAT_RGB24,
	};
	struct libfs1_completion image;
	struct fs1_crop crop;
	struct seen seen;
	uint8_t *picture;

	(void)state;
	fixture_set_control(bench->fixture, FS1_CONTROL_HFLIP, 1);
	show(bench, three, 3, 4);
	crops_stream(bench);
	seen = next(bench);
	crop = seen.crops->crop[0];
	format.crop = (struct fs1_rectangle){
		crop.left, crop.top, crop.width, crop.height,
	};
	format.width = crop.width;
	format.height = crop.height;
	format.stride = crop.stride;
	picture = fixture_buffer(bench->fixture, crop.size);
	assert_int_equal(libfs1_driver_configure(driver, FS1_STREAM_IMAGE, &format,
						 0, NULL), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_IMAGE), 0);
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_IMAGE, 6,
						     (uintptr_t)picture,
						     crop.size), 0);
	fixture_start(bench->fixture, FS1_STREAM_IMAGE);
	next(bench);
	fixture_advance(bench->fixture, FIXTURE_FRAME - BENCH_MARGIN);
	seen = bench_frame(bench);
	image = fixture_expect(bench->fixture, FS1_STREAM_IMAGE);
	assert_int_equal(image.status, FS1_OK);
	assert_int_equal(image.frame_id, seen.id);
	assert_header(&seen, FS1_LABEL_FRESH);
	assert_memory_equal(&seen.crops->crop[0].left, &crop.left, 8);
	assert_memory_equal((const uint8_t *)seen.crops + crop.offset, picture,
			    crop.size);
	bench_free(bench);
}

/* Late: other light and other settings have come meanwhile. */
static void test_late(void **state)
{
	static const struct spot other[] = { { 8, 8, 1, 255 }, };
	struct bench *bench = crops_bench(false);
	uint64_t source = 0;
	unsigned int i;

	(void)state;
	load_slow(bench);
	fixture_set_control(bench->fixture, FS1_CONTROL_CROPS, 2);
	show(bench, three, 3, 0);
	show(bench, other, 1, 1);
	crops_stream(bench);
	show(bench, three, 3, 2);
	show(bench, other, 1, 3);
	for (i = 0; i < 4; i++) {
		struct seen seen;
		uint8_t *full;

		fixture_advance(bench->fixture, BENCH_FRAME);
		seen = bench_frame(bench);
		bench_submit(bench);
		if (!seen.crops->label) {
			assert_header(&seen, FS1_LABEL_NONE);
			source = seen.id;
			/* Not of that frame. */
			fixture_set_control(bench->fixture, FS1_CONTROL_VFLIP,
					    i & 1);
			fixture_set_control(bench->fixture, FS1_CONTROL_CROPS, 1);
			continue;
		}
		assert_header(&seen, FS1_LABEL_LATE);
		assert_int_equal(seen.crops->late, 1);
		assert_int_equal(seen.crops->source_frame_id, source);
		assert_true(seen.crops->count > 0);
		if (i != 1)
			continue;
		full = full_picture(source, three, 3, 0);
		assert_int_equal(seen.crops->count, 2);
		assert_crop(seen.crops, 0, full);
		assert_crop(seen.crops, 1, full);
		free(full);
	}
	bench_free(bench);
}

/* Those that don't fit are left out, smaller ones behind them aren't. */
static void test_truncated(void **state)
{
	static const struct spot row[] = {
		{ 16, 16, 0, 255 }, { 24, 16, 0, 250 }, { 40, 40, 1, 200 },
	};
	struct bench *bench = crops_bench(false);
	const struct fs1_crops_header *header;
	struct seen seen;
	uint8_t *full;

	(void)state;
	fixture_set_control(bench->fixture, FS1_CONTROL_CROP_JOIN, 200);
	fixture_set_control(bench->fixture, FS1_CONTROL_CROP_MARGIN, 0);
	bench->crops_size = (uint32_t)HEADER + 300 * 300 * 3;
	show(bench, row, 3, 1);
	crops_stream(bench);
	seen = next(bench);
	header = seen.crops;
	assert_header(&seen, FS1_LABEL_FRESH);
	assert_int_equal(header->flags, FS1_CROPS_TRUNCATED);
	assert_int_equal(header->wanted, 2);
	assert_int_equal(header->count, 1);
	assert_int_equal(header->crop[0].class, 1);
	assert_int_equal(header->crop[1].width, 0);
	assert_int_equal(header->total_size, HEADER + header->crop[0].size);
	full = full_picture(seen.id, row, 3, 1);
	assert_crop(header, 0, full);
	free(full);
	bench_free(bench);
}

/* Just the header fits. */
static void test_no_room(void **state)
{
	struct bench *bench = crops_bench(true);
	struct seen seen;

	(void)state;
	bench->crops_size = (uint32_t)HEADER;
	show(bench, three, 3, 1);
	crops_stream(bench);
	fixture_settle(bench->fixture);
	seen = bench_frame(bench);
	assert_header(&seen, FS1_LABEL_FRESH);
	assert_int_equal(seen.crops->count, 0);
	assert_int_equal(seen.crops->wanted, 3);
	assert_int_equal(seen.crops->flags, FS1_CROPS_TRUNCATED);
	bench_free(bench);
}

/* Nothing found, no network, and a stream that was started too late. */
static void test_none(void **state)
{
	struct bench *bench = crops_bench(false);
	const struct fs1_crops_header *header;
	struct seen seen;

	(void)state;
	show(bench, NULL, 0, 1);
	crops_stream(bench);
	seen = next(bench);
	assert_header(&seen, FS1_LABEL_FRESH);
	assert_int_equal(seen.crops->count, 0);
	assert_int_equal(seen.crops->wanted, 0);
	assert_int_equal(bench_activate(bench, FS1_SLOT_NONE), 0);
	next(bench);
	fixture_advance(bench->fixture, BENCH_FRAME);
	header = (const void *)bench->buffers[0].crops;
	assert_int_equal(fixture_expect(bench->fixture, FS1_STREAM_CROPS).result,
			 HEADER);
	assert_int_equal(header->frame_id, seen.id + 2);
	assert_int_equal(header->label, FS1_LABEL_NONE);
	assert_int_equal(header->source_frame_id, 0);
	bench_free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests_name("crops", tests, NULL, NULL);
}
