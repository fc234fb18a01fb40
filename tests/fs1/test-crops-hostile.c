// SPDX-License-Identifier: Apache-2.0
/*
 * Crops and a driver that doesn't wait for them, or gives what they don't fit into: the
 * device writes to no byte that isn't its own any more, and goes on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crops-bench.h"

/* Fewer steps than the crops of three spots take. */
#define STEPS 3

/* Up to the middle of the crops of the frame that is under way. */
static void run_into_crops(struct bench *bench)
{
	struct libfs1_driver *driver = bench->fixture->driver;
	struct libfs1_completion meta;
	unsigned int i;

	/* Its result is there, so nothing waits for the clock. */
	while (!libfs1_driver_next(driver, FS1_STREAM_META, &meta)) {
		uint64_t deadline = libfs1_driver_run(driver);

		if (deadline > bench->fixture->now)
			bench->fixture->now = deadline;
	}
	assert_int_equal(meta.status, FS1_OK);
	for (i = 0; i < STEPS; i++)
		assert_int_equal(libfs1_driver_run(driver), 0);
	fixture_expect_none(bench->fixture, FS1_STREAM_CROPS);
}

static struct bench *in_crops(void)
{
	struct bench *bench = crops_bench(false);

	crops_show(bench, crops_three, CROPS_SPOTS, 1);
	crops_stream(bench);
	run_into_crops(bench);
	return bench;
}

static void mark(uint8_t *memory, uint32_t size)
{
	memset(memory, 0x5a, size);
}

static void assert_marked(const uint8_t *memory, uint32_t size)
{
	uint32_t i;

	for (i = 0; i < size; i++)
		if (memory[i] != 0x5a)
			fail_msg("byte %u was written", i);
}

/* What comes back of the next frame is as it should be. */
static void assert_goes_on(struct bench *bench)
{
	struct libfs1_completion crops;
	const struct fs1_crops_header *header;
	uint8_t *memory = bench->buffers[0].crops, *full;

	fixture_skip_events(bench->fixture);
	assert_int_equal(libfs1_driver_submit_buffer(bench->fixture->driver,
						     FS1_STREAM_CROPS, 40,
						     (uintptr_t)memory,
						     bench->crops_size), 0);
	do {
		fixture_advance(bench->fixture, BENCH_FRAME);
		fixture_skip_events(bench->fixture);
	} while (!libfs1_driver_next(bench->fixture->driver, FS1_STREAM_CROPS,
				     &crops));
	assert_int_equal(crops.command_id, 40);
	assert_int_equal(crops.status, FS1_OK);
	header = (const void *)memory;
	assert_int_equal(header->label, FS1_LABEL_FRESH);
	assert_int_equal(header->count, CROPS_SPOTS);
	full = crops_full_picture(crops.frame_id, crops_three, CROPS_SPOTS, 1);
	assert_crop(header, 2, full);
	free(full);
}

static void test_flush(void **state)
{
	struct bench *bench = in_crops();
	unsigned int i;

	(void)state;
	assert_int_equal(libfs1_driver_flush(bench->fixture->driver,
					     FS1_STREAM_CROPS), 0);
	for (i = 0; i < 2; i++) {
		struct libfs1_completion crops =
			fixture_expect(bench->fixture, FS1_STREAM_CROPS);

		assert_int_equal(crops.status, FS1_ABORTED);
		mark(bench->buffers[i].crops, bench->crops_size);
	}
	fixture_advance(bench->fixture, BENCH_FRAME);
	for (i = 0; i < 2; i++)
		assert_marked(bench->buffers[i].crops, bench->crops_size);
	assert_goes_on(bench);
	bench_free(bench);
}

/* The other streams don't notice. */
static void test_stop(void **state)
{
	struct bench *bench = in_crops();
	struct libfs1_driver *driver = bench->fixture->driver;
	struct libfs1_completion meta;

	(void)state;
	assert_int_equal(libfs1_driver_stop(driver, FS1_STREAM_CROPS), 0);
	assert_int_equal(fixture_expect(bench->fixture, FS1_STREAM_CROPS).status,
			 FS1_ABORTED);
	mark(bench->buffers[0].crops, bench->crops_size);
	fixture_expect(bench->fixture, FS1_STREAM_CROPS);
	fixture_advance(bench->fixture, BENCH_FRAME);
	meta = fixture_expect(bench->fixture, FS1_STREAM_META);
	assert_int_equal(meta.status, FS1_OK);
	assert_marked(bench->buffers[0].crops, bench->crops_size);
	assert_int_equal(libfs1_driver_close(driver, FS1_STREAM_CROPS), 0);
	assert_int_equal(libfs1_driver_open(driver, FS1_STREAM_CROPS), 0);
	fixture_start(bench->fixture, FS1_STREAM_CROPS);
	assert_goes_on(bench);
	bench_free(bench);
}

/* All streams are stopped, and started again while the network is at work. */
static void test_stop_all(void **state)
{
	static const unsigned int streams[] = {
		FS1_STREAM_PREVIEW, FS1_STREAM_META, FS1_STREAM_TENSOR,
		FS1_STREAM_SCENE, FS1_STREAM_CROPS,
	};
	struct bench *bench = crops_bench(false);
	struct libfs1_driver *driver = bench->fixture->driver;
	struct libfs1_completion crops;
	const struct fs1_crops_header *header;
	unsigned int i;

	(void)state;
	crops_load_slow(bench);
	crops_show(bench, crops_three, CROPS_SPOTS, 1);
	crops_stream(bench);
	fixture_advance(bench->fixture, BENCH_FRAME / 2);
	for (i = 0; i < FS1_COUNT(streams); i++)
		assert_int_equal(libfs1_driver_stop(driver, streams[i]), 0);
	while (libfs1_driver_next(driver, FS1_STREAM_CROPS, &crops))
		assert_int_equal(crops.status, FS1_ABORTED);
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_CROPS, 41,
						     (uintptr_t)bench->buffers[0].crops,
						     bench->crops_size), 0);
	fixture_start(bench->fixture, FS1_STREAM_CROPS);
	/* The result is that of a frame that nobody keeps. */
	fixture_advance(bench->fixture, 4 * BENCH_FRAME);
	crops = fixture_expect(bench->fixture, FS1_STREAM_CROPS);
	assert_int_equal(crops.status, FS1_OK);
	header = (const void *)bench->buffers[0].crops;
	assert_int_equal(header->label, FS1_LABEL_NONE);
	assert_int_equal(header->count, 0);
	bench_free(bench);
}

static void test_disable(void **state)
{
	struct bench *bench = in_crops();
	struct fs1_registers *registers =
		libfs1_driver_registers(bench->fixture->driver);
	struct libfs1_host *host = libfs1_driver_host(bench->fixture->driver);
	unsigned int i;

	(void)state;
	fs1_store_release(&registers->control, fs1_cpu_to_le32(0));
	libfs1_driver_run(bench->fixture->driver);
	assert_int_equal(registers->status, 0);
	assert_int_equal(libfs1_host_mappings(host), 0);
	mark(bench->buffers[0].crops, bench->crops_size);
	for (i = 0; i < 100; i++)
		libfs1_driver_run(bench->fixture->driver);
	assert_marked(bench->buffers[0].crops, bench->crops_size);
	bench_free(bench);
}

/* A doorbell that makes no sense: FAILED, and the memory is the driver's again. */
static void test_broken(void **state)
{
	struct bench *bench = in_crops();
	struct fs1_registers *registers =
		libfs1_driver_registers(bench->fixture->driver);
	struct libfs1_host *host = libfs1_driver_host(bench->fixture->driver);

	(void)state;
	registers->queue[FS1_STREAM_CROPS].cq_head = fs1_cpu_to_le32(0xffff);
	libfs1_driver_run(bench->fixture->driver);
	assert_int_equal(registers->status, FS1_STATUS_FAILED);
	assert_int_equal(libfs1_host_mappings(host), 0);
	mark(bench->buffers[0].crops, bench->crops_size);
	fixture_settle(bench->fixture);
	assert_marked(bench->buffers[0].crops, bench->crops_size);
	bench_free(bench);
}

/* The network that found them is replaced while they are made. */
static void test_replaced(void **state)
{
	struct bench *bench = crops_bench(false);
	const struct fs1_crops_header *header;
	struct libfs1_completion answer, crops;
	struct fs1_network_status before;
	uint8_t *full;

	(void)state;
	answer = bench_send(bench);
	assert_int_equal(answer.status, FS1_OK);
	assert_int_equal(answer.result, 1);
	crops_show(bench, crops_three, CROPS_SPOTS, 1);
	crops_stream(bench);
	run_into_crops(bench);
	before = bench_status(bench);
	assert_int_equal(bench_activate(bench, 1), 0);
	bench->kit.reach = 2;
	answer = bench_send(bench);
	assert_int_equal(answer.status, FS1_OK);
	assert_int_equal(answer.result, 0);
	fixture_settle(bench->fixture);
	crops = fixture_expect(bench->fixture, FS1_STREAM_CROPS);
	assert_int_equal(crops.status, FS1_OK);
	header = (const void *)bench->buffers[0].crops;
	assert_memory_equal(header->hash, before.hash[0], 32);
	assert_int_equal(header->count, CROPS_SPOTS);
	full = crops_full_picture(crops.frame_id, crops_three, CROPS_SPOTS, 1);
	assert_crop(header, 2, full);
	free(full);
	bench_free(bench);
}

/* Nothing is active any more when the result comes: it is told all the same. */
static void test_deactivated(void **state)
{
	struct bench *bench = crops_bench(false);
	struct seen seen;
	uint8_t *full;

	(void)state;
	crops_load_slow(bench);
	crops_show(bench, crops_three, CROPS_SPOTS, 1);
	crops_stream(bench);
	assert_int_equal(bench_activate(bench, FS1_SLOT_NONE), 0);
	fixture_advance(bench->fixture, BENCH_FRAME);
	assert_int_equal(fixture_expect(bench->fixture, FS1_STREAM_CROPS).status,
			 FS1_OK);
	fixture_advance(bench->fixture, BENCH_FRAME);
	seen.crops = (const void *)bench->buffers[1].crops;
	assert_int_equal(fixture_expect(bench->fixture, FS1_STREAM_CROPS).status,
			 FS1_OK);
	assert_int_equal(seen.crops->label, FS1_LABEL_LATE);
	assert_true(seen.crops->count >= CROPS_SPOTS);
	full = crops_full_picture(seen.crops->source_frame_id, crops_three,
				  CROPS_SPOTS, 1);
	assert_crop(seen.crops, 0, full);
	free(full);
	bench_free(bench);
}

/* Pieces of any length, so that lines and pixels are cut. */
static void test_pieces(void **state)
{
	struct bench *bench = crops_bench(false);
	struct libfs1_completion crops;
	struct fs1_sg *list;
	struct fs1_sqe sqe = { .command_id = fs1_cpu_to_le16(8),
			       .opcode = FS1_BUFFER };
	uint32_t size = 1u << 20, left = size, length = 1, count = 0;
	uint8_t *memory, *full;

	(void)state;
	crops_show(bench, crops_three, CROPS_SPOTS, 1);
	memory = fixture_buffer(bench->fixture, size);
	list = (void *)fixture_buffer(bench->fixture, 4096 * sizeof(*list));
	while (left) {
		uint32_t part = length < left ? length : left;

		assert_true(count < 4096);
		list[count].address = fs1_cpu_to_le64((uintptr_t)memory + size - left);
		list[count++].length = fs1_cpu_to_le32(part);
		left -= part;
		length = length * 5 % 4093 + 1;
	}
	sqe.sg_count = fs1_cpu_to_le32(count);
	sqe.address = fs1_cpu_to_le64((uintptr_t)list);
	sqe.length = fs1_cpu_to_le32(size);
	assert_int_equal(libfs1_driver_open(bench->fixture->driver,
					    FS1_STREAM_CROPS), 0);
	assert_int_equal(libfs1_driver_submit(bench->fixture->driver,
					      FS1_STREAM_CROPS, &sqe), 0);
	fixture_start(bench->fixture, FS1_STREAM_CROPS);
	fixture_advance(bench->fixture, 2 * FIXTURE_FRAME);
	crops = fixture_expect(bench->fixture, FS1_STREAM_CROPS);
	assert_int_equal(crops.status, FS1_OK);
	full = crops_full_picture(crops.frame_id, crops_three, CROPS_SPOTS, 1);
	assert_crop((const void *)memory, 0, full);
	assert_crop((const void *)memory, 2, full);
	free(full);
	bench_free(bench);
}

/* What is too short, is nowhere, or has no pieces. */
static void test_refused(void **state)
{
	static const struct {
		uint32_t sg_count, length;
		bool nowhere;
		unsigned int right;
	} bad[] = {
		{ 1, CROPS_HEADER - 1, false, FS1_BAD_LENGTH },
		{ 0, 4096, false, FS1_BAD_LENGTH },
		{ 0, 0, false, FS1_BAD_LENGTH },
		{ 1, 4096, true, FS1_BAD_ADDRESS },
		{ 2, 4096, true, FS1_BAD_ADDRESS },
		{ 0x10000, 4096, false, FS1_BAD_ARGUMENT },
	};
	struct bench *bench = crops_bench(false);
	uint8_t *memory = fixture_buffer(bench->fixture, 4096);
	unsigned int i;

	(void)state;
	assert_int_equal(libfs1_driver_open(bench->fixture->driver,
					    FS1_STREAM_CROPS), 0);
	fixture_start(bench->fixture, FS1_STREAM_CROPS);
	for (i = 0; i < FS1_COUNT(bad); i++) {
		struct fs1_sqe sqe = {
			.command_id = fs1_cpu_to_le16(8),
			.opcode = FS1_BUFFER,
			.sg_count = fs1_cpu_to_le32(bad[i].sg_count),
			.address = fs1_cpu_to_le64(bad[i].nowhere ? 4096 :
						   (uintptr_t)memory),
			.length = fs1_cpu_to_le32(bad[i].length),
		};

		assert_int_equal(libfs1_driver_submit(bench->fixture->driver,
						      FS1_STREAM_CROPS, &sqe), 0);
		fixture_settle(bench->fixture);
		assert_int_equal(fixture_expect(bench->fixture,
						FS1_STREAM_CROPS).status,
				 bad[i].right);
	}
	bench_free(bench);
}

/* Crops that take longer than a frame make the next one late, and that is told. */
static void test_lengthened(void **state)
{
	struct bench *bench = in_crops();
	struct libfs1_completion start;
	const struct fs1_meta_timing *timing;

	(void)state;
	fixture_skip_events(bench->fixture);
	bench->fixture->now += 2 * BENCH_FRAME;
	fixture_settle(bench->fixture);
	assert_int_equal(fixture_expect(bench->fixture, FS1_STREAM_CROPS).status,
			 FS1_OK);
	start = fixture_expect_event(bench->fixture, FS1_EVENT_FRAME_START);
	assert_true(start.result & FS1_FRAME_LENGTHENED);
	fixture_advance(bench->fixture, BENCH_FRAME - BENCH_MARGIN);
	fixture_expect(bench->fixture, FS1_STREAM_META);
	timing = fixture_meta_block(bench->buffers[1].meta, FS1_META_TIMING);
	assert_true(timing->lengthened_by > 0);
	assert_int_equal(timing->lengthened_frames, 1);
	bench_free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_all),
		cmocka_unit_test(test_disable),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_deactivated),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_lengthened),
	};

	return cmocka_run_group_tests_name("crops, hostile driver", tests, NULL,
					   NULL);
}
