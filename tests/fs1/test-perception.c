// SPDX-License-Identifier: Apache-2.0
/*
 * Networks on the device: they come in while frames go out, and every result says which
 * frame it is of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "network-bench.h"

/* The result is of the very frame, bit for bit. */
static void assert_fresh(const struct bench *bench, const struct seen *seen)
{
	const uint8_t *data = (const uint8_t *)(seen->tensor + 1);
	uint32_t i;

	assert_int_equal(seen->tensor->label, FS1_LABEL_FRESH);
	assert_int_equal(seen->tensor->frame_id, seen->id);
	assert_int_equal(seen->tensor->source_frame_id, seen->id);
	assert_int_equal(seen->found->label, FS1_LABEL_FRESH);
	assert_int_equal(seen->found->source_frame_id, seen->id);
	for (i = 0; i < BENCH_SIZE; i++)
		assert_int_equal(data[i], (uint8_t)(255 - seen->preview[i] +
						    bench->kit.add));
}

static void test_fresh(void **state)
{
	struct bench *bench = bench_new(false);
	uint64_t last = 0;
	unsigned int i;

	(void)state;
	bench_load(bench);
	bench_stream(bench);
	for (i = 0; i < 5; i++) {
		struct seen seen;

		fixture_advance(bench->fixture, BENCH_FRAME - BENCH_MARGIN);
		seen = bench_frame(bench);
		assert_fresh(bench, &seen);
		assert_true(seen.tensor->duration > 0);
		assert_true(!last || seen.id == last + 1);
		last = seen.id;
		bench_submit(bench);
		fixture_advance(bench->fixture, BENCH_MARGIN);
	}
	bench_free(bench);
}

/* Without a network there are no results, and no block that would tell of them. */
static void test_no_network(void **state)
{
	struct bench *bench = bench_new(false);
	const struct fs1_tensor_header *tensor;

	(void)state;
	bench_stream(bench);
	fixture_advance(bench->fixture, BENCH_FRAME - BENCH_MARGIN);
	fixture_expect(bench->fixture, FS1_STREAM_TENSOR);
	fixture_expect(bench->fixture, FS1_STREAM_META);
	tensor = (const void *)bench->buffers[0].tensor;
	assert_int_equal(tensor->label, FS1_LABEL_NONE);
	assert_int_equal(tensor->count, 0);
	assert_int_equal(((const struct fs1_meta_header *)
			  bench->buffers[0].meta)->block_count,
			 5);
	assert_int_equal(bench_activate(bench, 0), FS1_BAD_STATE);
	assert_int_equal(bench_activate(bench, 2), FS1_BAD_ARGUMENT);
	bench_free(bench);
}

/* A network that takes longer than a frame: none, then late by one, again and again. */
static void test_late(void **state)
{
	struct bench *bench = bench_new(false);
	uint64_t source = 0;
	unsigned int i;

	(void)state;
	/* 70 times 576 KiB read and written, 16 bytes a clock: 11 ms. */
	bench->kit.width = 512;
	bench->kit.height = 384;
	bench->kit.steps = 70;
	bench->kit.tested = false;
	bench->tensor_size = (uint32_t)sizeof(struct fs1_tensor_header) +
			     network_kit_size(&bench->kit);
	bench_load(bench);
	bench_stream(bench);
	for (i = 0; i < 6; i++) {
		struct seen seen;

		/* At its end, or with the next one's start. */
		fixture_advance(bench->fixture, BENCH_FRAME);
		seen = bench_frame(bench);
		if (i % 2) {
			assert_int_equal(seen.tensor->label, FS1_LABEL_LATE);
			assert_int_equal(seen.tensor->late, 1);
			assert_int_equal(seen.tensor->frame_id, seen.id);
			assert_int_equal(seen.tensor->source_frame_id, source);
			assert_int_equal(seen.found->late, 1);
			assert_int_equal(seen.id, source + 1);
		} else {
			assert_int_equal(seen.tensor->label, FS1_LABEL_NONE);
			assert_int_equal(seen.found->label, FS1_LABEL_NONE);
			source = seen.id;
		}
		bench_submit(bench);
	}
	bench_free(bench);
}

/* Without pacing a frame waits for its result. */
static void test_unpaced(void **state)
{
	struct bench *bench = bench_new(true);
	unsigned int i;

	(void)state;
	bench_load(bench);
	bench_stream(bench);
	for (i = 0; i < 5; i++) {
		struct seen seen;

		fixture_settle(bench->fixture);
		seen = bench_frame(bench);
		assert_fresh(bench, &seen);
		bench_submit(bench);
	}
	bench_free(bench);
}

/* Networks change between two frames; none is lost, none has half of each. */
static void test_swaps(void **state)
{
	struct bench *bench = bench_new(false);
	uint64_t last = 0;
	unsigned int i;

	(void)state;
	bench_load(bench);
	bench_stream(bench);
	for (i = 0; i < 100; i++) {
		struct libfs1_completion answer;
		struct seen seen;

		fixture_advance(bench->fixture, BENCH_FRAME - BENCH_MARGIN);
		seen = bench_frame(bench);
		assert_fresh(bench, &seen);
		assert_true(!last || seen.id == last + 1);
		last = seen.id;
		bench_submit(bench);
		bench->kit.add = (uint8_t)(i + 2);
		answer = bench_send(bench);
		assert_int_equal(answer.status, FS1_OK);
		assert_int_equal(bench_activate(bench, answer.result), 0);
		fixture_advance(bench->fixture, BENCH_MARGIN);
		fixture_skip_events(bench->fixture);
	}
	bench_free(bench);
}

/* What fails its test is told of, and changes nothing. */
static void test_wrong_answer(void **state)
{
	struct bench *bench = bench_new(false);
	struct fs1_network_status status;
	struct libfs1_completion answer;
	struct seen seen;

	(void)state;
	bench_load(bench);
	bench_stream(bench);
	bench->kit.wrong = true;
	answer = bench_send(bench);
	assert_int_equal(answer.status, FS1_INTERNAL);
	status = bench_status(bench);
	assert_int_equal(status.active, 0);
	assert_int_equal(status.ready, 1);
	assert_int_equal(status.slot, 1);
	assert_int_equal(status.stage, FS1_LOAD_TEST);
	assert_int_equal(status.offset, 100);
	assert_int_equal(bench_activate(bench, 1), FS1_BAD_STATE);
	fixture_advance(bench->fixture, BENCH_FRAME - BENCH_MARGIN);
	seen = bench_frame(bench);
	assert_fresh(bench, &seen);
	bench_free(bench);
}

/* A package that isn't one, a cancelled one, and the progress of a good one. */
static void test_packages(void **state)
{
	struct bench *bench = bench_new(false);
	struct libfs1_driver *driver = bench->fixture->driver;
	struct libfs1_completion answer;
	uint8_t *memory = fixture_buffer(bench->fixture, 4096);
	uint32_t last = 0;
	unsigned int told = 0;

	(void)state;
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_NETWORK, 5,
						     (uintptr_t)memory, 4096), 0);
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_NETWORK, 6,
						     (uintptr_t)memory, 4096), 0);
	libfs1_driver_run(driver);
	assert_int_equal(libfs1_driver_flush(driver, FS1_STREAM_NETWORK), 0);
	answer = fixture_expect(bench->fixture, FS1_STREAM_NETWORK);
	assert_int_equal(answer.status, FS1_ABORTED);
	answer = fixture_expect(bench->fixture, FS1_STREAM_NETWORK);
	assert_int_equal(answer.status, FS1_ABORTED);
	assert_int_equal(libfs1_driver_submit_buffer(driver, FS1_STREAM_NETWORK, 5,
						     (uintptr_t)memory, 4096), 0);
	fixture_settle(bench->fixture);
	answer = fixture_expect(bench->fixture, FS1_STREAM_NETWORK);
	assert_int_equal(answer.status, FS1_BAD_ARGUMENT);
	assert_int_equal(bench_status(bench).fault, FS1_PACKAGE_FORMAT);
	fixture_skip_events(bench->fixture);
	bench->kit.width = 256;
	bench->kit.height = 256;
	answer = bench_send(bench);
	assert_int_equal(answer.status, FS1_OK);
	while (libfs1_driver_next(driver, FS1_QUEUE_ADMIN, &answer)) {
		if (answer.event != FS1_EVENT_LOAD)
			continue;
		assert_int_equal(answer.command_id, 77);
		assert_true(answer.result > last);
		last = answer.result;
		told++;
	}
	assert_int_equal(last, 1000);
	assert_true(told >= 3);
	bench_free(bench);
}

static unsigned int steps;

static void counted_table(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	steps++;
	fs1_npu_plain.function[FS1_OPERATOR_TABLE](step, first, end);
}

/* Whatever the device does takes the same time: a microsecond each look. */
static uint64_t ticking(void *argument)
{
	struct fixture *fixture = argument;

	return fixture->now += 1000;
}

static void run_until(struct bench *bench, unsigned int stream,
		      struct libfs1_completion *ret_completion)
{
	struct libfs1_driver *driver = bench->fixture->driver;

	while (!libfs1_driver_next(driver, stream, ret_completion)) {
		uint64_t deadline = libfs1_driver_run(driver);

		fixture_skip_events(bench->fixture);
		if (deadline > bench->fixture->now)
			bench->fixture->now = deadline;
	}
}

/* A frame doesn't wait for a network that is at work; nor does that stand still. */
static void test_share(void **state)
{
	const struct fs1_npu counted = {
		.function[FS1_OPERATOR_TABLE] = counted_table,
	};
	struct bench *bench = bench_new_with(false, &counted);
	struct libfs1_driver *driver = bench->fixture->driver;
	struct libfs1_completion preview, tensor, meta;
	unsigned int runs = 0, label, i;

	(void)state;
	bench->kit.width = 512;
	bench->kit.height = 384;
	bench->kit.steps = 300;
	bench->kit.tested = false;
	bench->tensor_size = (uint32_t)sizeof(struct fs1_tensor_header) +
			     network_kit_size(&bench->kit);
	bench_load(bench);
	bench_stream(bench);
	libfs1_host_set_clock(libfs1_driver_host(driver), ticking, bench->fixture);
	/* Up to the first result; the next frame is the network's again. */
	do {
		run_until(bench, FS1_STREAM_META, &meta);
		while (libfs1_driver_next(driver, FS1_STREAM_TENSOR, &tensor) ||
		       libfs1_driver_next(driver, FS1_STREAM_PREVIEW, &preview))
			;
		label = ((const struct fs1_tensor_header *)
			 bench->buffers[bench->seen++ % 2].tensor)->label;
		bench_submit(bench);
	} while (!label);
	run_until(bench, FS1_STREAM_PREVIEW, &preview);
	/* Idle: all the time is the network's. */
	steps = 0;
	for (i = 0; i < 20; i++)
		assert_int_equal(libfs1_driver_run(driver), 0);
	assert_true(steps >= 19);
	/* The next frame is due. */
	bench->fixture->now += BENCH_FRAME;
	steps = 0;
	while (!libfs1_driver_next(driver, FS1_STREAM_PREVIEW, &preview)) {
		libfs1_driver_run(driver);
		runs++;
	}
	assert_true(runs >= 10);
	assert_true(steps >= runs / 4);
	assert_true(2 * steps <= runs + 4);
	bench_free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_no_network),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_unpaced),
		cmocka_unit_test(test_swaps),
		cmocka_unit_test(test_wrong_answer),
		cmocka_unit_test(test_packages),
		cmocka_unit_test(test_share),
	};

	return cmocka_run_group_tests_name("perception", tests, NULL, NULL);
}
