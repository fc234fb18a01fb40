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

#include "crops-bench.h"

/* Crops of the frame itself; the streams' own pictures come from a smaller mode. */
static void test_fresh(void **state)
{
	struct bench *bench = crops_bench(false);
	struct seen seen;
	uint8_t *full;
	unsigned int i;

	(void)state;
	crops_show(bench, crops_three, 3, 1);
	crops_stream(bench);
	seen = crops_next(bench);
	assert_crops(&seen, FS1_LABEL_FRESH);
	assert_int_equal(seen.crops->flags, 0);
	assert_int_equal(seen.crops->count, 3);
	assert_int_equal(seen.crops->wanted, 3);
	assert_int_equal(seen.found->count, 3);
	full = crops_full_picture(seen.id, crops_three, 3, 1);
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
	seen = crops_next(bench);
	assert_crops(&seen, FS1_LABEL_FRESH);
	full = crops_full_picture(seen.id, crops_three, 3, 1);
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
	crops_show(bench, crops_three, 3, 4);
	crops_stream(bench);
	seen = crops_next(bench);
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
	crops_next(bench);
	fixture_advance(bench->fixture, FIXTURE_FRAME - BENCH_MARGIN);
	seen = bench_frame(bench);
	image = fixture_expect(bench->fixture, FS1_STREAM_IMAGE);
	assert_int_equal(image.status, FS1_OK);
	assert_int_equal(image.frame_id, seen.id);
	assert_crops(&seen, FS1_LABEL_FRESH);
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
	crops_load_slow(bench);
	fixture_set_control(bench->fixture, FS1_CONTROL_CROPS, 2);
	crops_show(bench, crops_three, 3, 0);
	crops_show(bench, other, 1, 1);
	crops_stream(bench);
	crops_show(bench, crops_three, 3, 2);
	crops_show(bench, other, 1, 3);
	for (i = 0; i < 4; i++) {
		struct seen seen;
		uint8_t *full;

		fixture_advance(bench->fixture, BENCH_FRAME);
		seen = bench_frame(bench);
		bench_submit(bench);
		if (!seen.crops->label) {
			assert_crops(&seen, FS1_LABEL_NONE);
			source = seen.id;
			/* Not of that frame. */
			fixture_set_control(bench->fixture, FS1_CONTROL_VFLIP,
					    i & 1);
			fixture_set_control(bench->fixture, FS1_CONTROL_CROPS, 1);
			continue;
		}
		assert_crops(&seen, FS1_LABEL_LATE);
		assert_int_equal(seen.crops->late, 1);
		assert_int_equal(seen.crops->source_frame_id, source);
		assert_true(seen.crops->count > 0);
		if (i != 1)
			continue;
		full = crops_full_picture(source, crops_three, 3, 0);
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
	bench->crops_size = (uint32_t)CROPS_HEADER + 300 * 300 * 3;
	crops_show(bench, row, 3, 1);
	crops_stream(bench);
	seen = crops_next(bench);
	header = seen.crops;
	assert_crops(&seen, FS1_LABEL_FRESH);
	assert_int_equal(header->flags, FS1_CROPS_TRUNCATED);
	assert_int_equal(header->wanted, 2);
	assert_int_equal(header->count, 1);
	assert_int_equal(header->crop[0].class, 1);
	assert_int_equal(header->crop[1].width, 0);
	assert_int_equal(header->total_size, CROPS_HEADER + header->crop[0].size);
	full = crops_full_picture(seen.id, row, 3, 1);
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
	bench->crops_size = (uint32_t)CROPS_HEADER;
	crops_show(bench, crops_three, 3, 1);
	crops_stream(bench);
	fixture_settle(bench->fixture);
	seen = bench_frame(bench);
	assert_crops(&seen, FS1_LABEL_FRESH);
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
	crops_show(bench, NULL, 0, 1);
	crops_stream(bench);
	seen = crops_next(bench);
	assert_crops(&seen, FS1_LABEL_FRESH);
	assert_int_equal(seen.crops->count, 0);
	assert_int_equal(seen.crops->wanted, 0);
	assert_int_equal(bench_activate(bench, FS1_SLOT_NONE), 0);
	crops_next(bench);
	fixture_advance(bench->fixture, BENCH_FRAME);
	header = (const void *)bench->buffers[0].crops;
	assert_int_equal(fixture_expect(bench->fixture, FS1_STREAM_CROPS).result,
			 CROPS_HEADER);
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
