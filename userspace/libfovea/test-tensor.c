// SPDX-License-Identifier: Apache-2.0
/*
 * Tensor buffers, and the detections in metadata: what is right is read, every field
 * that lies is refused by its name.
 */
#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libfovea/tensor.h"

enum { PIECES = 2, LINES = 3 };

/* Two pieces, each with a picture of 2 x 3 x 1 bytes and 3 lines of detections. */
struct buffer {
	struct fovea_tensor_header header;
	struct {
		uint8_t picture[6];
		uint8_t hole;	/* so that the next one is at an odd address */
		uint8_t lines[LINES * 12];
	} piece[PIECES];
};

static void set16(uint8_t *at, int value)
{
	uint16_t little = htole16((uint16_t)value);

	memcpy(at, &little, 2);
}

static struct fovea_tensor_entry entry_of(const char *name, uint8_t type,
					  uint8_t layout, size_t offset)
{
	struct fovea_tensor_entry entry = {
		.type = type,
		.layout = layout,
		.flags = 2,
		.scale = htole32(0x80000000),
		.scale_exponent = htole32((uint32_t)-33),
		.offset = htole32((uint32_t)offset),
		.step = htole32(sizeof(((struct buffer *)NULL)->piece[0])),
	};

	strcpy(entry.name, name);
	return entry;
}

static void good_entries(struct buffer *buffer)
{
	struct fovea_tensor_entry *entry = buffer->header.tensor;

	entry[0] = entry_of("picture", FOVEA_TENSOR_U8, FOVEA_LAYOUT_NHWC,
			    offsetof(struct buffer, piece[0].picture));
	entry[0].rank = 4;
	entry[0].dimensions[0] = htole32(1);
	entry[0].dimensions[1] = htole32(2);
	entry[0].dimensions[2] = htole32(3);
	entry[0].dimensions[3] = htole32(1);
	entry[0].zero_point = htole32(128);
	entry[0].size = htole32(6);
	entry[1] = entry_of("found", FOVEA_TENSOR_S16, FOVEA_LAYOUT_DETECTIONS,
			    offsetof(struct buffer, piece[0].lines));
	entry[1].rank = 2;
	entry[1].dimensions[0] = htole32(LINES);
	entry[1].dimensions[1] = htole32(6);
	entry[1].size = htole32(LINES * 12);
}

static struct buffer good(void)
{
	struct buffer buffer = {
		.header = {
			.magic = htole32(FOVEA_TENSOR_MAGIC),
			.version = htole16(FOVEA_TENSOR_VERSION),
			.header_size = htole16(sizeof(struct fovea_tensor_header)),
			.total_size = htole32(sizeof(struct buffer)),
			.frame_id = htole64(0x100000005),
			.label = htole32(FOVEA_LABEL_LATE),
			.late = htole32(2),
			.source_frame_id = htole64(0x100000003),
			.duration = htole64(1000),
			.name = "a network",
			.network_version = "1",
			.pieces = htole32(PIECES),
			.count = htole32(2),
			.columns = htole16(2),
			.rows = htole16(1),
			.window_width = htole16(4056),
			.window_height = htole16(3040),
		},
	};

	good_entries(&buffer);
	for (int i = 0; i < PIECES; i++) {
		uint8_t *line = buffer.piece[i].lines;

		buffer.piece[i].picture[5] = (uint8_t)(130 + i);
		set16(line, 8);
		set16(line + 2, 4);
		set16(line + 4, 80);
		set16(line + 6, 84);
		set16(line + 8, 16384);
		set16(line + 10, 7);
	}
	return buffer;
}

static void tensors_are_read(void **state)
{
	struct fovea_tensor_detection detection;
	const struct fovea_tensor *tensor;
	struct buffer buffer = good();
	struct fovea_tensors tensors;
	float reals[6];

	(void)state;
	assert_int_equal(fovea_tensors_init(&tensors, &buffer, sizeof(buffer), NULL),
			 0);
	assert_int_equal(tensors.result.label, FOVEA_LABEL_LATE);
	assert_int_equal(tensors.result.late, 2);
	assert_int_equal(tensors.result.source_frame_id, 0x100000003);
	assert_string_equal(tensors.name, "a network");
	assert_int_equal(tensors.count, 2);
	tensor = &tensors.tensor[0];
	assert_string_equal(tensor->name, "picture");
	assert_ptr_equal(tensor->data, buffer.piece[0].picture);
	assert_ptr_equal(fovea_tensor_piece(tensor, 1), buffer.piece[1].picture);
	assert_null(fovea_tensor_piece(tensor, 2));
	assert_int_equal(fovea_tensor_raw(tensor, 1, 5), 131);
	/* 2^31 x 2^-33 is a quarter. */
	assert_true(fovea_tensor_real(tensor, 1, 5) == 0.75);
	fovea_tensor_reals(tensor, 0, reals);
	assert_true(reals[0] == -32 && reals[5] == 0.5);
	tensor = &tensors.tensor[1];
	assert_int_equal((uintptr_t)tensor->data - (uintptr_t)&buffer,
			 sizeof(buffer.header) + 7);
	assert_true(fovea_tensor_detection(tensor, 1, 0, &detection));
	assert_true(detection.left == 1 && detection.top == 0.5 &&
		    detection.right == 10 && detection.bottom == 10.5);
	assert_true(detection.score == 0.5 && detection.class == 7);
	assert_false(fovea_tensor_detection(tensor, 1, 1, &detection));
	assert_false(fovea_tensor_detection(tensor, 1, LINES, &detection));
	assert_false(fovea_tensor_detection(&tensors.tensor[0], 0, 0, &detection));
}

static void no_result_has_no_tensors(void **state)
{
	struct buffer buffer = good();
	struct fovea_tensors tensors;

	(void)state;
	buffer.header.label = htole32(FOVEA_LABEL_NONE);
	memset(buffer.header.tensor, 0xff, sizeof(buffer.header.tensor));
	assert_int_equal(fovea_tensors_init(&tensors, &buffer, sizeof(buffer), NULL),
			 0);
	assert_int_equal(tensors.count, 0);
	assert_int_equal(tensors.result.source_frame_id, 0);
	assert_int_equal(tensors.result.frame_id, 0x100000005);
}

static void too_small_a_buffer_has_no_data(void **state)
{
	struct buffer buffer = good();
	struct fovea_tensors tensors;

	(void)state;
	buffer.header.flags = htole32(FOVEA_TENSOR_TRUNCATED);
	assert_int_equal(fovea_tensors_init(&tensors, &buffer,
					    sizeof(buffer.header), NULL), 0);
	assert_true(tensors.truncated);
	assert_int_equal(tensors.wanted, sizeof(buffer));
	assert_int_equal(tensors.count, 2);
	assert_null(tensors.tensor[0].data);
	assert_null(fovea_tensor_piece(&tensors.tensor[1], 0));
}

/* In memory of its own, so that a look behind its end is found. */
static void refuse(const struct buffer *buffer, int error, const char *field)
{
	char message[FOVEA_RESULT_ERROR_SIZE] = "";
	struct fovea_tensors tensors;
	struct buffer *copy = test_malloc(sizeof(*copy));

	memcpy(copy, buffer, sizeof(*copy));
	assert_int_equal(fovea_tensors_init(&tensors, copy, sizeof(*copy), message),
			 error);
	if (!strstr(message, field))
		fail_msg("\"%s\" does not name %s", message, field);
	test_free(copy);
}

static void each_lie_is_refused(void **state)
{
	struct fovea_tensor_header *header;
	struct fovea_tensor_entry *first, *second;
	struct buffer buffer;

	(void)state;
	header = &buffer.header;
	first = &header->tensor[0];
	second = &header->tensor[1];
#define REFUSES(field, change) do {					\
		buffer = good();					\
		change;							\
		refuse(&buffer, -EBADMSG, field);			\
	} while (0)
	REFUSES("magic", header->magic = 0);
	REFUSES("header_size", header->header_size = htole16(64));
	REFUSES("header_size", header->header_size = htole16(0xffff));
	REFUSES("total_size", header->total_size = htole32(64));
	REFUSES("total_size", header->total_size = htole32(sizeof(buffer) + 1));
	REFUSES("label", header->label = htole32(3));
	REFUSES("late", header->late = 0);
	REFUSES("late", header->label = htole32(FOVEA_LABEL_FRESH));
	REFUSES("source_frame_id", header->late = htole32(3));
	REFUSES("name", memset(header->name, 'a', sizeof(header->name)));
	REFUSES("network_version", memset(header->network_version, 'a',
					  sizeof(header->network_version)));
	REFUSES("pieces", header->pieces = 0);
	REFUSES("pieces", header->rows = htole16(2));
	REFUSES("count", header->count = htole32(17));
	REFUSES("tensor 0: name", memset(first->name, 'a', sizeof(first->name)));
	REFUSES("tensor 0: type", first->type = 3);
	REFUSES("tensor 0: rank", first->rank = 0);
	REFUSES("tensor 0: rank", first->rank = 7);
	REFUSES("tensor 0: dimensions[1]", first->dimensions[1] = 0);
	REFUSES("tensor 0: dimensions[4]", first->dimensions[4] = htole32(1));
	REFUSES("tensor 0: dimensions", first->dimensions[1] = htole32(0x80000000));
	REFUSES("tensor 0: dimensions", first->dimensions[1] =
		first->dimensions[2] = first->dimensions[3] = htole32(0x800));
	REFUSES("tensor 0: size", first->size = htole32(5));
	REFUSES("tensor 0: size", first->dimensions[1] = htole32(3));
	REFUSES("tensor 0: layout", first->layout = 5);
	REFUSES("tensor 0: layout", first->layout = FOVEA_LAYOUT_DETECTIONS);
	REFUSES("tensor 1: layout", second->layout = FOVEA_LAYOUT_NHWC);
	REFUSES("tensor 1: layout", second->layout = FOVEA_LAYOUT_CLASSES);
	REFUSES("tensor 1: layout", second->layout = FOVEA_LAYOUT_LABELS);
	REFUSES("tensor 0: zero_point", first->zero_point = htole32(256));
	REFUSES("tensor 0: zero_point", first->zero_point = htole32((uint32_t)-1));
	REFUSES("tensor 1: zero_point", second->zero_point = htole32(40000));
	REFUSES("tensor 0: scale", first->scale = 0);
	REFUSES("tensor 0: scale_exponent", first->scale_exponent = htole32(65));
	REFUSES("tensor 0: scale_exponent",
		first->scale_exponent = htole32((uint32_t)-127));
	REFUSES("tensor 0: offset", first->offset = 0);
	REFUSES("tensor 0: offset", first->offset = htole32(sizeof(buffer) - 5));
	REFUSES("tensor 0: offset", first->offset = htole32(0xffffffff));
	REFUSES("tensor 0: step", first->step = htole32(5));
	REFUSES("tensor 0: step", first->step = htole32(0xfffffff0));
	/* More than what lies behind the last piece. */
	REFUSES("tensor 1: step", second->step =
		htole32(sizeof(buffer.piece[0]) + 8));
	buffer = good();
	header->version = htole16(2);
	refuse(&buffer, -EPROTONOSUPPORT, "version");
}

static void a_part_of_the_header_is_refused(void **state)
{
	char message[FOVEA_RESULT_ERROR_SIZE] = "";
	struct buffer buffer = good();
	struct fovea_tensors tensors;

	(void)state;
	assert_int_equal(fovea_tensors_init(&tensors, &buffer,
					    sizeof(buffer.header) - 1, message),
			 -EBADMSG);
	assert_non_null(strstr(message, "bytes"));
}

/* ------------------------------------------------------------------------
 * Detections of a frame's metadata
 */

struct found {
	alignas(8) struct fovea_meta_header header;
	struct fovea_meta_detections block;
};

static struct found good_found(void)
{
	struct found found = {
		.header = {
			.magic = htole32(FOVEA_META_MAGIC),
			.version = htole16(FOVEA_META_VERSION),
			.header_size = htole16(sizeof(struct fovea_meta_header)),
			.total_size = htole32(sizeof(struct found)),
			.block_count = htole32(1),
			.frame_id = htole64(9),
		},
		.block = {
			.block = { htole16(FOVEA_META_DETECTIONS), 0,
				   htole32(sizeof(found.block)) },
			.label = htole32(FOVEA_LABEL_FRESH),
			.source_frame_id = htole64(9),
			.network = { 1, 2, 3 },
			.count = htole32(64),
		},
	};

	return found;
}

static int read_found(const struct found *found, struct fovea_detections *detections,
		      char *message)
{
	struct fovea_meta meta;

	assert_int_equal(fovea_meta_init(&meta, found, sizeof(*found)), 0);
	return fovea_meta_detections(&meta, detections, message);
}

static void detections_are_read(void **state)
{
	struct fovea_detections detections;
	struct found found = good_found();

	(void)state;
	assert_int_equal(read_found(&found, &detections, NULL), 0);
	assert_int_equal(detections.count, 64);
	assert_ptr_equal(detections.detection, found.block.detection);
	assert_int_equal(detections.result.hash[2], 3);
	assert_int_equal(detections.result.label, FOVEA_LABEL_FRESH);
	/* As long as its count says is long enough. */
	found.block.block.size = htole32(offsetof(struct fovea_meta_detections,
						  detection) + 2 * 16);
	found.block.count = htole32(2);
	assert_int_equal(read_found(&found, &detections, NULL), 0);
	found.block.label = 0;
	found.block.count = htole32(65);
	assert_int_equal(read_found(&found, &detections, NULL), 0);
	assert_int_equal(detections.count, 0);
	found.block.block.type = htole16(FOVEA_META_ZONES);
	assert_int_equal(read_found(&found, &detections, NULL), -ENOENT);
}

static void detections_that_lie_are_refused(void **state)
{
	char message[FOVEA_RESULT_ERROR_SIZE] = "";
	struct fovea_detections detections;
	struct found found = good_found();

	(void)state;
	found.block.count = htole32(65);
	assert_int_equal(read_found(&found, &detections, message), -EBADMSG);
	assert_non_null(strstr(message, "count"));
	found = good_found();
	found.block.block.size = htole32(offsetof(struct fovea_meta_detections,
						  detection) + 63 * 16);
	assert_int_equal(read_found(&found, &detections, message), -EBADMSG);
	found = good_found();
	found.block.source_frame_id = htole64(8);
	assert_int_equal(read_found(&found, &detections, message), -EBADMSG);
	assert_non_null(strstr(message, "source_frame_id"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tensors_are_read),
		cmocka_unit_test(no_result_has_no_tensors),
		cmocka_unit_test(too_small_a_buffer_has_no_data),
		cmocka_unit_test(each_lie_is_refused),
		cmocka_unit_test(a_part_of_the_header_is_refused),
		cmocka_unit_test(detections_are_read),
		cmocka_unit_test(detections_that_lie_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
