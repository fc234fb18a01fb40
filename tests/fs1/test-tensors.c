// SPDX-License-Identifier: Apache-2.0
/*
 * What buffers of the tensor stream have: outputs, the very input that they came of,
 * both, or neither, as the control said when their frame began.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "network-bench.h"

#define HEADER sizeof(struct fs1_tensor_header)

static void choose(struct bench *bench, uint32_t tensors)
{
	fixture_set_control(bench->fixture, FS1_CONTROL_TENSORS, (int32_t)tensors);
}

/* A frame of the network that inverts, then adds. */
static struct seen next(struct bench *bench)
{
	struct seen seen;

	fixture_advance(bench->fixture, BENCH_FRAME - BENCH_MARGIN);
	seen = bench_frame(bench);
	assert_int_equal(seen.tensor->label, FS1_LABEL_FRESH);
	bench_submit(bench);
	fixture_advance(bench->fixture, BENCH_MARGIN);
	fixture_skip_events(bench->fixture);
	return seen;
}

/* Tensor @index is preview's picture inverted, and @add. */
static void assert_tensor(const struct seen *seen, unsigned int index,
			  const char *name, unsigned int flags, unsigned int add)
{
	const struct fs1_tensor_entry *entry = &seen->tensor->tensor[index];
	const uint8_t *data = (const uint8_t *)seen->tensor + entry->offset;
	uint32_t i;

	assert_string_equal(entry->name, name);
	assert_int_equal(entry->flags, flags);
	assert_int_equal(entry->size, BENCH_SIZE);
	assert_int_equal(entry->step, BENCH_SIZE);
	assert_int_equal(entry->dimensions[1], BENCH_HEIGHT);
	assert_true(entry->offset + entry->size <= seen->tensor->total_size);
	for (i = 0; i < BENCH_SIZE; i++)
		assert_int_equal(data[i], (uint8_t)(255 - seen->preview[i] + add));
}

static struct bench *tensor_bench(void)
{
	struct bench *bench = bench_new(false);

	bench->tensor_size = (uint32_t)HEADER + 2 * BENCH_SIZE;
	bench_load(bench);
	bench_stream(bench);
	return bench;
}

static void test_selection(void **state)
{
	struct bench *bench = tensor_bench();
	struct seen seen = next(bench);

	(void)state;
	assert_int_equal(seen.tensor->count, 1);
	assert_tensor(&seen, 0, "out", FS1_TENSOR_OUTPUT, 1);

	choose(bench, FS1_TENSORS_OUTPUTS | FS1_TENSORS_INPUT);
	next(bench);
	seen = next(bench);
	assert_int_equal(seen.tensor->count, 2);
	assert_int_equal(seen.tensor->total_size, HEADER + 2 * BENCH_SIZE);
	assert_tensor(&seen, 0, "out", FS1_TENSOR_OUTPUT, 1);
	assert_tensor(&seen, 1, "in", FS1_TENSOR_INPUT, 0);

	choose(bench, FS1_TENSORS_INPUT);
	next(bench);
	seen = next(bench);
	assert_int_equal(seen.tensor->count, 1);
	assert_int_equal(seen.tensor->total_size, HEADER + BENCH_SIZE);
	assert_tensor(&seen, 0, "in", FS1_TENSOR_INPUT, 0);

	choose(bench, 0);
	next(bench);
	seen = next(bench);
	assert_int_equal(seen.tensor->count, 0);
	assert_int_equal(seen.tensor->total_size, HEADER);
	bench_free(bench);
}

/* A frame keeps what was in force when it began, though its result comes later. */
static void test_latched(void **state)
{
	struct bench *bench = bench_new(false);
	const struct fs1_tensor_header *tensor;
	uint64_t source;
	struct seen seen;

	(void)state;
	bench->kit.width = 512;
	bench->kit.height = 384;
	bench->kit.steps = 70;
	bench->kit.tested = false;
	bench->tensor_size = (uint32_t)HEADER + 2 * network_kit_size(&bench->kit);
	bench_load(bench);
	choose(bench, FS1_TENSORS_INPUT);
	bench_stream(bench);
	choose(bench, FS1_TENSORS_OUTPUTS);
	fixture_advance(bench->fixture, BENCH_FRAME);
	source = bench_frame(bench).id;
	bench_submit(bench);
	fixture_advance(bench->fixture, BENCH_FRAME);
	seen = bench_frame(bench);
	tensor = seen.tensor;
	assert_int_equal(tensor->label, FS1_LABEL_LATE);
	assert_int_equal(tensor->source_frame_id, source);
	assert_int_equal(tensor->count, 1);
	assert_int_equal(tensor->tensor[0].flags, FS1_TENSOR_INPUT);
	bench_submit(bench);
	fixture_advance(bench->fixture, BENCH_FRAME);
	bench_frame(bench);
	bench_submit(bench);
	fixture_advance(bench->fixture, BENCH_FRAME);
	seen = bench_frame(bench);
	assert_int_equal(seen.tensor->label, FS1_LABEL_LATE);
	assert_int_equal(seen.tensor->tensor[0].flags, FS1_TENSOR_OUTPUT);
	bench_free(bench);
}

/* Each piece of the picture has its input, one behind the other. */
static void test_pieces(void **state)
{
	struct bench *bench = bench_new(false);
	const struct fs1_tensor_entry *in, *out;
	struct seen seen;
	uint32_t i;

	(void)state;
	bench->kit.input.columns = 2;
	bench->tensor_size = (uint32_t)HEADER + 4 * BENCH_SIZE;
	bench_load(bench);
	choose(bench, FS1_TENSORS_OUTPUTS | FS1_TENSORS_INPUT);
	bench_stream(bench);
	seen = next(bench);
	in = &seen.tensor->tensor[1];
	out = &seen.tensor->tensor[0];
	assert_int_equal(seen.tensor->pieces, 2);
	assert_int_equal(seen.tensor->count, 2);
	assert_int_equal(in->offset, HEADER + 2 * BENCH_SIZE);
	assert_int_equal(in->step, BENCH_SIZE);
	assert_int_equal(seen.tensor->total_size, HEADER + 4 * BENCH_SIZE);
	for (i = 0; i < 2 * BENCH_SIZE; i++) {
		const uint8_t *data = (const uint8_t *)seen.tensor;

		assert_int_equal(data[out->offset + i],
				 (uint8_t)(data[in->offset + i] + 1));
	}
	assert_memory_not_equal((const uint8_t *)seen.tensor + in->offset,
				(const uint8_t *)seen.tensor + in->offset + in->step,
				BENCH_SIZE);
	bench_free(bench);
}

/* Room for the outputs alone: the header says what it would take. */
static void test_short(void **state)
{
	struct bench *bench = bench_new(false);
	struct seen seen;

	(void)state;
	bench->tensor_size = (uint32_t)HEADER + 2 * BENCH_SIZE - 1;
	bench_load(bench);
	choose(bench, FS1_TENSORS_OUTPUTS | FS1_TENSORS_INPUT);
	bench_stream(bench);
	memset(bench->buffers[0].tensor, 0, bench->tensor_size);
	seen = next(bench);
	assert_int_equal(seen.tensor->flags, FS1_TENSOR_TRUNCATED);
	assert_int_equal(seen.tensor->count, 2);
	assert_int_equal(seen.tensor->total_size, HEADER + 2 * BENCH_SIZE);
	assert_int_equal(((const uint8_t *)seen.tensor)[HEADER], 0);
	bench_free(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selection),
		cmocka_unit_test(test_latched),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_short),
	};

	return cmocka_run_group_tests_name("tensors", tests, NULL, NULL);
}
