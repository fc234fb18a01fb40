// SPDX-License-Identifier: Apache-2.0
/*
 * Results out of metadata: whose they are, and what is no result.
 */
#include <endian.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fovead/result.h"

#define FRAME 0x1234567800000020ull

struct buffer {
	struct fovea_meta_header header;
	struct fovea_meta_detections block;
};

static const struct buffer fresh = {
	.header = {
		.magic = FOVEA_META_MAGIC,
		.version = FOVEA_META_VERSION,
		.header_size = sizeof(struct fovea_meta_header),
		.total_size = sizeof(struct buffer),
		.block_count = 1,
		.frame_id = FRAME,
		.timestamp = 5000,
	},
	.block = {
		.block = {
			.type = FOVEA_META_DETECTIONS,
			.size = sizeof(struct fovea_meta_detections),
		},
		.label = FOVEA_LABEL_FRESH,
		.source_frame_id = FRAME,
		.source_timestamp = 5000,
		.duration = 700,
		.network = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.count = 2,
		.detection = {
			{ .left = 100, .top = 50, .width = 20, .height = 40,
			  .score = 32768, .class = 1 },
			{ .left = 125, .top = 50, .width = 20, .height = 40,
			  .score = 16384, .class = 7 },
		},
	},
};

static int read_it(const struct buffer *buffer, const struct labels *labels,
		   struct result *result)
{
	struct fovea_meta meta;

	assert_int_equal(fovea_meta_init(&meta, buffer, sizeof(*buffer)), 0);
	return result_from_meta(result, &meta, labels);
}

static void test_a_result_is_of_its_source(void **state)
{
	struct buffer late = fresh;
	struct result result;

	(void)state;
	late.block.label = FOVEA_LABEL_LATE;
	late.block.late = 3;
	late.block.source_frame_id = FRAME - 3;
	late.block.source_timestamp = 2000;
	assert_int_equal(read_it(&late, NULL, &result), 0);
	assert_int_equal(result.label, FOVEA_LABEL_LATE);
	assert_int_equal(result.frame_id, FRAME - 3);
	assert_int_equal(result.timestamp, 2000);
	assert_int_equal(result.late, 3);
	assert_int_equal(result.count, 2);
}

static void test_what_contradicts_itself_is_refused(void **state)
{
	struct buffer none = fresh, bad;
	struct result result;

	(void)state;
#define REFUSES(change)							\
	do {								\
		bad = fresh;						\
		change;							\
		assert_int_equal(read_it(&bad, NULL, &result),		\
				 -EBADMSG);				\
	} while (0)
	REFUSES(bad.block.count = FOVEA_DETECTIONS_MAX + 1);
	REFUSES(bad.block.label = 3);
	REFUSES(bad.block.late = 1);
	REFUSES(bad.block.source_frame_id--);
	REFUSES((bad.block.label = FOVEA_LABEL_LATE, bad.block.late = 2,
		 bad.block.source_frame_id = FRAME - 1));
	REFUSES((bad.block.label = FOVEA_LABEL_LATE));
#undef REFUSES
	none.block.label = FOVEA_LABEL_NONE;
	assert_int_equal(read_it(&none, NULL, &result), 0);
	assert_int_equal(result.label, FOVEA_LABEL_NONE);
	assert_int_equal(result.frame_id, 0);
	assert_int_equal(result.count, 0);
	none.block.block.type = FOVEA_META_CHECKSUM;
	assert_int_equal(read_it(&none, NULL, &result), -ENOENT);
}

static void test_labels_are_of_one_network(void **state)
{
	char *names[] = { "nothing", "cat" };
	struct labels labels = {
		.network = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.count = 2,
		.name = names,
	};
	struct result result;

	(void)state;
	assert_int_equal(read_it(&fresh, &labels, &result), 0);
	assert_string_equal(result_label(&result, 1), "cat");
	assert_null(result_label(&result, 7));
	labels.network[7] = 9;
	assert_int_equal(read_it(&fresh, &labels, &result), 0);
	assert_null(result_label(&result, 1));
}

static void test_json_says_it_all(void **state)
{
	struct result result;
	const char *text, *label, *source, *network;
	json_int_t left, class;
	double score;
	json_t *json;

	(void)state;
	assert_int_equal(read_it(&fresh, NULL, &result), 0);
	json = result_json(&result);
	assert_int_equal(json_unpack(json, "{s:s, s:s, s:s, s:[{s:I, s:F, s:I}, {}], s:[{s:s}]}",
				     "label", &label, "source_frame_id",
				     &source, "network", &network,
				     "detections", "left", &left, "score",
				     &score, "class", &class,
				     "readings", "text", &text), 0);
	assert_string_equal(label, "fresh");
	assert_string_equal(source, "1234567800000020");
	assert_string_equal(network, "0102030405060708");
	assert_int_equal(left, 100);
	assert_true(score == 1.0);
	assert_int_equal(class, 1);
	assert_string_equal(text, "17");
	json_decref(json);
}

static void test_longest_reading_fits(void **state)
{
	struct fovea_detection digits[FOVEA_DETECTIONS_MAX] = { 0 };
	char text[RESULT_READING_MAX];

	(void)state;
	/* Far from each other: each a reading by itself. */
	for (unsigned int i = 0; i < FOVEA_DETECTIONS_MAX; i++)
		digits[i] = (struct fovea_detection){
			.left = htole16((uint16_t)(i % 8 * 500)),
			.top = htole16((uint16_t)(i / 8 * 300)),
			.width = htole16(20), .height = htole16(40),
			.score = htole16(30000),
		};
	result_reading(digits, FOVEA_DETECTIONS_MAX, 1, 1, text);
	assert_int_equal(strlen(text), 2 * FOVEA_DETECTIONS_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_result_is_of_its_source),
		cmocka_unit_test(test_what_contradicts_itself_is_refused),
		cmocka_unit_test(test_labels_are_of_one_network),
		cmocka_unit_test(test_json_says_it_all),
		cmocka_unit_test(test_longest_reading_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
