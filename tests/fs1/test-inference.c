// SPDX-License-Identifier: Apache-2.0
/*
 * The neural unit: packages that come in, are refused, tested, activated; pictures that
 * become results of their own frame.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fs1-result.h"
#include "libfs1.h"
#include "network-kit.h"

#define WIDTH 32u
#define HEIGHT 24u
#define SIZE (WIDTH * HEIGHT * 3)

/**
 * struct bench - a unit, and a package for it
 * @host: of the unit
 * @unit: it
 * @kit: what the package has
 * @package: written by write_package()
 * @size: of it
 */
struct bench {
	struct libfs1_host *host;
	struct fs1_inference *unit;
	struct network_kit kit;
	uint8_t *package;
	size_t size;
};

static int start(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	struct fs1_host host = { .ops = libfs1_host_ops() };

	if (!bench || libfs1_host_new(&bench->host, 1))
		return -1;
	host.data = bench->host;
	bench->unit = fs1_inference_create(&host, &fs1_npu_plain, 1);
	network_kit_init(&bench->kit);
	*state = bench;
	return bench->unit ? 0 : -1;
}

static int stop(void **state)
{
	struct bench *bench = *state;

	fs1_inference_destroy(bench->unit);
	libfs1_host_free(bench->host);
	free(bench->package);
	free(bench);
	return 0;
}

static void write_package(struct bench *bench)
{
	free(bench->package);
	bench->package = network_kit_package(&bench->kit, &bench->size);
}

/* The verdict on @size bytes. */
static const struct fs1_load *load_bytes(struct bench *bench, uint32_t slot,
					 uint8_t *bytes, size_t size)
{
	struct fs1_memory_piece piece = { .data = bytes, .length = (uint32_t)size };
	struct fs1_memory memory = {
		.pieces = &piece, .count = 1, .length = (uint32_t)size,
	};

	assert_int_equal(fs1_inference_load(bench->unit, slot, &memory,
					    (uint32_t)size), FS1_OK);
	while (fs1_inference_load_step(bench->unit))
		;
	return fs1_inference_loading(bench->unit);
}

static void load(struct bench *bench, uint32_t slot)
{
	const struct fs1_load *verdict;

	write_package(bench);
	verdict = load_bytes(bench, slot, bench->package, bench->size);
	if (verdict->stage != FS1_LOAD_DONE || verdict->status != FS1_OK)
		fail_msg("stage %d, status %d, fault %u, offset %u, %u of %u",
			 verdict->stage, verdict->status, verdict->fault,
			 verdict->offset, verdict->value, verdict->limit);
}

/* A frame whose picture has the byte of @id everywhere. */
static const struct fs1_result *frame(struct bench *bench, uint64_t id)
{
	const struct fs1_output_format *shape;
	const struct fs1_memory *memory;

	shape = fs1_inference_picture(bench->unit, &memory);
	assert_non_null(shape);
	memset(memory->pieces[0].data, (int)id, memory->length);
	fs1_inference_begin(bench->unit, id, id * 1000, FS1_TENSORS_OUTPUTS,
			    5);
	while (fs1_inference_step(bench->unit))
		;
	return fs1_inference_finish(bench->unit, 105);
}

static void test_frames(void **state)
{
	struct bench *bench = *state;
	const struct fs1_memory *memory;
	const struct fs1_result *result;
	uint32_t i;

	assert_null(fs1_inference_picture(bench->unit, &memory));
	assert_int_equal(fs1_inference_activate(bench->unit, 0), FS1_BAD_STATE);
	assert_int_equal(fs1_inference_activate(bench->unit, 2), FS1_BAD_ARGUMENT);
	load(bench, 0);
	assert_null(fs1_inference_picture(bench->unit, &memory));
	assert_int_equal(fs1_inference_activate(bench->unit, 0), FS1_OK);
	result = frame(bench, 77);
	assert_int_equal(result->frame_id, 77);
	assert_int_equal(result->timestamp, 77000);
	assert_int_equal(result->duration, 100);
	assert_int_equal(result->size, SIZE);
	for (i = 0; i < SIZE; i++)
		assert_int_equal(result->data[i], 255 - 77 + 1);
	assert_int_equal(fs1_inference_activate(bench->unit, FS1_SLOT_NONE), FS1_OK);
	assert_null(fs1_inference_picture(bench->unit, &memory));
}

/* Another network comes while one is at work, and takes over between frames. */
static void test_swap(void **state)
{
	struct bench *bench = *state;
	const struct fs1_output_format *shape;
	const struct fs1_memory *memory;
	const struct fs1_result *result;
	struct fs1_memory_piece piece = { 0 };
	struct fs1_memory package = { .pieces = &piece, .count = 1 };

	load(bench, 0);
	assert_int_equal(fs1_inference_activate(bench->unit, 0), FS1_OK);
	bench->kit.add = 2;
	shape = fs1_inference_picture(bench->unit, &memory);
	assert_non_null(shape);
	memset(memory->pieces[0].data, 9, memory->length);
	load(bench, 1);
	assert_int_equal(fs1_inference_activate(bench->unit, 1), FS1_OK);
	/* The first one's place is taken until its frame is over. */
	piece.data = bench->package;
	piece.length = (uint32_t)bench->size;
	package.length = piece.length;
	assert_int_equal(fs1_inference_load(bench->unit, 0, &package, piece.length),
			 FS1_BAD_STATE);
	fs1_inference_begin(bench->unit, 9, 0, FS1_TENSORS_OUTPUTS, 0);
	assert_int_equal(fs1_inference_load(bench->unit, 0, &package, piece.length),
			 FS1_BAD_STATE);
	assert_null(fs1_inference_picture(bench->unit, &memory));
	while (fs1_inference_step(bench->unit))
		;
	assert_true(fs1_inference_due(bench->unit) > 0);
	result = fs1_inference_finish(bench->unit, 1);
	assert_int_equal(result->slot, 0);
	assert_int_equal(result->data[0], 255 - 9 + 1);
	result = frame(bench, 10);
	assert_int_equal(result->slot, 1);
	assert_int_equal(result->data[0], 255 - 10 + 2);
	bench->kit.add = 3;
	load(bench, 0);
}

/* A test that fails leaves the one that runs alone. */
static void test_wrong_answer(void **state)
{
	struct bench *bench = *state;
	const struct fs1_load *verdict;

	load(bench, 0);
	assert_int_equal(fs1_inference_activate(bench->unit, 0), FS1_OK);
	bench->kit.wrong = true;
	write_package(bench);
	verdict = load_bytes(bench, 1, bench->package, bench->size);
	assert_int_equal(verdict->stage, FS1_LOAD_TEST);
	assert_int_equal(verdict->status, FS1_INTERNAL);
	assert_int_equal(verdict->offset, 100);
	assert_int_equal(verdict->value ^ verdict->limit, 1);
	assert_int_equal(fs1_inference_activate(bench->unit, 1), FS1_BAD_STATE);
	assert_int_equal(fs1_inference_active(bench->unit), 0);
	assert_int_equal(frame(bench, 3)->data[5], 255 - 3 + 1);
}

/* A cancelled package leaves nothing. */
static void test_cancel(void **state)
{
	struct bench *bench = *state;
	struct fs1_memory_piece piece;
	struct fs1_memory memory = { .pieces = &piece, .count = 1 };
	unsigned int steps, i;

	write_package(bench);
	piece = (struct fs1_memory_piece) {
		.data = bench->package, .length = (uint32_t)bench->size,
	};
	memory.length = piece.length;
	for (steps = 0; steps < 8; steps++) {
		assert_int_equal(fs1_inference_load(bench->unit, 0, &memory,
						    piece.length), FS1_OK);
		for (i = 0; i < steps; i++)
			fs1_inference_load_step(bench->unit);
		if (fs1_inference_loading(bench->unit)->stage == FS1_LOAD_DONE)
			break;
		fs1_inference_cancel(bench->unit);
		assert_false(fs1_inference_load_step(bench->unit));
		assert_int_equal(fs1_inference_loading(bench->unit)->status,
				 FS1_ABORTED);
		assert_int_equal(fs1_inference_activate(bench->unit, 0),
				 FS1_BAD_STATE);
	}
	assert_true(steps > 4);
}

/* Copied, letterboxed: what is beside the picture has its colour. */
static void test_letterbox(void **state)
{
	struct bench *bench = *state;
	const struct fs1_output_format *shape;
	const struct fs1_memory *memory;
	const struct fs1_result *result;
	uint32_t y;

	bench->kit.input.fit = FS1_FIT_LETTERBOX;
	bench->kit.input.left = 100;
	bench->kit.input.top = 200;
	bench->kit.input.width = 1000;
	bench->kit.input.height = 500;
	bench->kit.input.order = FS1_ORDER_BGR;
	load(bench, 0);
	fs1_inference_activate(bench->unit, 0);
	shape = fs1_inference_picture(bench->unit, &memory);
	assert_int_equal(shape->width, 32);
	assert_int_equal(shape->height, 16);
	assert_int_equal(shape->crop.left, 100);
	assert_int_equal(shape->crop.width, 1000);
	for (y = 0; y < 16 * 32; y++)
		memcpy(memory->pieces[0].data + 3 * y, "\x01\x02\x03", 3);
	fs1_inference_begin(bench->unit, 1, 1, FS1_TENSORS_OUTPUTS, 1);
	while (fs1_inference_step(bench->unit))
		;
	result = fs1_inference_finish(bench->unit, 1);
	for (y = 0; y < HEIGHT; y++) {
		const uint8_t *line = result->data + (size_t)y * WIDTH * 3;
		bool inside = y >= 4 && y < 20;

		/* Blue comes first; one is added. */
		assert_int_equal(line[0], 256 - (inside ? 3 : 30));
		assert_int_equal(line[1], 256 - (inside ? 2 : 20));
		assert_int_equal(line[3 * WIDTH - 1], 256 - (inside ? 1 : 10));
	}
}

/* Two pieces that share a quarter. */
static void test_pieces(void **state)
{
	struct bench *bench = *state;
	const struct fs1_output_format *shape;
	const struct fs1_memory *memory;
	const struct fs1_result *result;
	uint32_t x, y;

	bench->kit.input.columns = 2;
	bench->kit.input.overlap = 64;
	load(bench, 0);
	fs1_inference_activate(bench->unit, 0);
	shape = fs1_inference_picture(bench->unit, &memory);
	assert_int_equal(shape->width, 32 + 24);
	assert_int_equal(shape->height, 24);
	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < 56; x++)
			memset(memory->pieces[0].data + (y * 56 + x) * 3, (int)x, 3);
	fs1_inference_begin(bench->unit, 1, 1, FS1_TENSORS_OUTPUTS, 1);
	while (fs1_inference_step(bench->unit))
		;
	result = fs1_inference_finish(bench->unit, 1);
	assert_int_equal(result->pieces, 2);
	assert_int_equal(result->size, 2 * SIZE);
	for (x = 0; x < WIDTH; x++) {
		assert_int_equal(result->data[x * 3], (uint8_t)(256 - x));
		assert_int_equal(result->data[SIZE + x * 3], 256 - 24 - x);
	}
}

static void test_place(void **state)
{
	struct bench *bench = *state;
	struct fs1_tensor tensor = { .width = 32, .height = 24, .channels = 3 };
	struct fs1_graph_detection detection = {
		.left = 0, .top = 4 * 8, .right = 16 * 8, .bottom = 12 * 8 + 4,
		.score = 99, .class = 7,
	};
	struct fs1_input input;
	struct fs1_found found;

	bench->kit.input.fit = FS1_FIT_LETTERBOX;
	bench->kit.input.left = 100;
	bench->kit.input.top = 200;
	bench->kit.input.width = 1000;
	bench->kit.input.height = 500;
	assert_int_equal(fs1_input_init(&input, &bench->kit.input, &tensor), FS1_OK);
	assert_true(fs1_input_place(&input, 0, &detection, &found));
	assert_int_equal(found.place.left, 100);
	assert_int_equal(found.place.top, 200);
	assert_int_equal(found.place.width, 500);
	assert_int_equal(found.place.height, 266);	/* 265.6, not less */
	assert_int_equal(found.score, 99);
	assert_int_equal(found.class, 7);
	detection.bottom = 4 * 8;
	detection.top = 0;
	assert_false(fs1_input_place(&input, 0, &detection, &found));
}

/* What the tensor stream carries of a result, or of none. */
static void test_result(void **state)
{
	struct bench *bench = *state;
	struct fs1_tensor_header *header = calloc(1, sizeof(*header));
	uint8_t *buffer = malloc(sizeof(*header) + SIZE);
	struct fs1_memory_piece piece = {
		.data = buffer, .length = (uint32_t)sizeof(*header) + SIZE,
	};
	struct fs1_memory memory = {
		.pieces = &piece, .count = 1, .length = piece.length,
	};
	struct fs1_result_place place = {
		.memory = &memory, .frame_id = 41, .timestamp = 4100,
		.header = header,
	};
	const struct fs1_result *result;
	struct fs1_tensor_header *read = (void *)buffer;

	assert_int_equal(fs1_result_write(&place, NULL), sizeof(*header));
	assert_int_equal(read->magic, FS1_TENSOR_MAGIC);
	assert_int_equal(read->label, FS1_LABEL_NONE);
	assert_int_equal(read->frame_id, 41);
	assert_int_equal(read->count, 0);
	load(bench, 0);
	fs1_inference_activate(bench->unit, 0);
	result = frame(bench, 41);
	assert_int_equal(fs1_result_write(&place, result), piece.length);
	assert_int_equal(read->label, FS1_LABEL_FRESH);
	assert_int_equal(read->late, 0);
	assert_int_equal(read->source_frame_id, 41);
	assert_int_equal(read->count, 1);
	assert_string_equal(read->name, "adding");
	assert_string_equal(read->tensor[0].name, "out");
	assert_int_equal(read->tensor[0].dimensions[1], HEIGHT);
	assert_int_equal(read->tensor[0].offset, sizeof(*header));
	assert_int_equal(read->tensor[0].size, SIZE);
	assert_int_equal(buffer[sizeof(*header) + SIZE - 1], 255 - 41 + 1);
	place.frame_id = 44;
	fs1_result_write(&place, result);
	assert_int_equal(read->label, FS1_LABEL_LATE);
	assert_int_equal(read->late, 3);
	assert_int_equal(read->frame_id, 44);
	assert_int_equal(read->source_frame_id, 41);
	/* Too small for the tensors: the header tells of it. */
	memory.length--;
	piece.length--;
	assert_int_equal(fs1_result_write(&place, result), sizeof(*header));
	assert_int_equal(read->flags, FS1_TENSOR_TRUNCATED);
	assert_int_equal(read->total_size, sizeof(*header) + SIZE);
	free(buffer);
	free(header);
}

/* Whatever a package has: it is refused, or works; the one that runs goes on. */
static void test_any_byte(void **state)
{
	struct bench *bench = *state;
	unsigned int refused = 0;
	uint8_t *bytes;
	size_t i;

	load(bench, 0);
	fs1_inference_activate(bench->unit, 0);
	bytes = malloc(bench->size);
	for (i = 0; i < bench->size; i++) {
		const struct fs1_load *verdict;

		memcpy(bytes, bench->package, bench->size);
		bytes[i] ^= (uint8_t)(1u << i % 8);
		verdict = load_bytes(bench, 1, bytes, bench->size);
		refused += verdict->status != FS1_OK;
		if (verdict->status != FS1_OK)
			assert_true(verdict->stage < FS1_LOAD_DONE);
		if (i % 97)
			continue;
		assert_int_equal(frame(bench, 50)->data[0], 255 - 50 + 1);
		memcpy(bytes, bench->package, bench->size);
		verdict = load_bytes(bench, 1, bytes, i ? i : 1);
		assert_int_not_equal(verdict->status, FS1_OK);
	}
	/* Tests see to most of it. */
	assert_true(refused > SIZE);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frames, start, stop),
		cmocka_unit_test_setup_teardown(test_swap, start, stop),
		cmocka_unit_test_setup_teardown(test_wrong_answer, start, stop),
		cmocka_unit_test_setup_teardown(test_cancel, start, stop),
		cmocka_unit_test_setup_teardown(test_letterbox, start, stop),
		cmocka_unit_test_setup_teardown(test_pieces, start, stop),
		cmocka_unit_test_setup_teardown(test_place, start, stop),
		cmocka_unit_test_setup_teardown(test_result, start, stop),
		cmocka_unit_test_setup_teardown(test_any_byte, start, stop),
	};

	return cmocka_run_group_tests_name("inference", tests, NULL, NULL);
}
