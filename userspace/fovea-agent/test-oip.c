// SPDX-License-Identifier: Apache-2.0
/*
 * The Open Inference Protocol: requests to the byte, answers believed only
 * when every byte of them makes sense.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oip-codec.h"

static void test_request_for_a_picture(void **state)
{
	const struct oip_input input = {
		.id = "6553f10000000007", .name = "luma",
		.width = 4, .height = 3, .size = 12,
	};
	static const char expected[] =
		"{\"id\":\"6553f10000000007\",\"parameters\":{"
		"\"binary_data_output\":true},\"inputs\":[{\"name\":\"luma\","
		"\"shape\":[1,3,4],\"datatype\":\"UINT8\",\"parameters\":{"
		"\"binary_data_size\":12}}]}";
	size_t size, json_size;
	uint8_t *prefix;

	(void)state;
	assert_int_equal(oip_encode(&input, &prefix, &size, &json_size), 0);
	assert_int_equal(size, strlen(expected));
	assert_int_equal(json_size, size);
	assert_memory_equal(prefix, expected, size);
	free(prefix);
}

static void test_request_for_opaque_bytes(void **state)
{
	const struct oip_input input = {
		.id = "1", .name = "jpeg", .size = 0x01020304,
	};
	static const uint8_t length[] = { 4, 3, 2, 1 };
	size_t size, json_size;
	uint8_t *prefix;

	(void)state;
	assert_int_equal(oip_encode(&input, &prefix, &size, &json_size), 0);
	assert_int_equal(size, json_size + 4);
	assert_memory_equal(prefix + json_size, length, 4);
	free(prefix);
}

static void test_request_that_makes_no_sense(void **state)
{
	struct oip_input input = {
		.id = "1", .name = "luma", .width = 4, .height = 3, .size = 11,
	};
	size_t size, json_size;
	uint8_t *prefix = NULL;

	(void)state;
	assert_int_equal(oip_encode(&input, &prefix, &size, &json_size),
			 -EINVAL);
	input.width = 0;
	input.size = 1ull << 32;
	assert_int_equal(oip_encode(&input, &prefix, &size, &json_size),
			 -EMSGSIZE);
	assert_null(prefix);
}

struct reply {
	uint8_t bytes[4096];
	size_t size;
	int64_t json_size;
};

static void make_reply(struct reply *reply, const char *json, const void *raw,
		       size_t raw_size)
{
	size_t length = strlen(json);

	assert_true(length + raw_size <= sizeof(reply->bytes));
	memcpy(reply->bytes, json, length);
	if (raw_size)
		memcpy(reply->bytes + length, raw, raw_size);
	reply->size = length + raw_size;
	reply->json_size = raw ? (int64_t)length : -1;
}

static int decode(const struct reply *reply, json_t **ret_result,
		  const char **ret_reason)
{
	/* Its own allocation, so that a sanitizer sees the first byte too far. */
	uint8_t *copy = malloc(reply->size ? reply->size : 1);
	int r;

	*ret_reason = NULL;
	memcpy(copy, reply->bytes, reply->size);
	r = oip_decode(copy, reply->size, reply->json_size, "abc", "quality",
		       ret_result, ret_reason);
	free(copy);
	return r;
}

#define HEAD "{\"id\":\"abc\",\"model_name\":\"quality\","	\
	     "\"model_version\":\"1\",\"outputs\":["
#define OUT(name, type, shape, size)					\
	"{\"name\":\"" name "\",\"datatype\":\"" type "\",\"shape\":" shape \
	",\"parameters\":{\"binary_data_size\":" #size "}}"

static void test_binary_answer(void **state)
{
	const float values[3] = { 12.5f, 0.1f, -3.0f };
	const char *reason;
	struct reply reply;
	json_t *result;
	char *text;

	(void)state;
	make_reply(&reply, HEAD OUT("sharpness", "FP32", "[1]", 4) ","
		   OUT("clipped", "FP32", "[2]", 8) "]}", values, 12);
	assert_int_equal(decode(&reply, &result, &reason), 0);
	text = json_dumps(result, JSON_COMPACT | JSON_REAL_PRECISION(9));
	assert_string_equal(text, "{\"model\":\"quality\","
			    "\"model_version\":\"1\",\"outputs\":["
			    "{\"name\":\"sharpness\",\"datatype\":\"FP32\","
			    "\"shape\":[1],\"data\":[12.5]},"
			    "{\"name\":\"clipped\",\"datatype\":\"FP32\","
			    "\"shape\":[2],\"data\":[0.100000001,-3.0]}]}");
	free(text);
	json_decref(result);
}

static void test_every_datatype(void **state)
{
	static const uint8_t raw[] = {
		1,					/* BOOL */
		0xff,					/* UINT8 */
		0xff, 0xff,				/* UINT16 */
		0xff, 0xff, 0xff, 0xff,			/* UINT32 */
		1, 0, 0, 0, 0, 0, 0, 0x10,		/* UINT64 */
		0xff,					/* INT8 */
		0xfe, 0xff,				/* INT16 */
		0xfd, 0xff, 0xff, 0xff,			/* INT32 */
		0xfc, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,	/* INT64 */
		0, 0, 0, 0, 0, 0, 0xf8, 0x3f,		/* FP64 */
	};
	static const char *const expected =
		"true 255 65535 4294967295 1152921504606846977 -1 -2 -3 -4 1.5 ";
	const char *reason;
	struct reply reply;
	char text[256] = "";
	json_t *result, *item;
	size_t i;

	(void)state;
	make_reply(&reply, HEAD OUT("a", "BOOL", "[1]", 1) ","
		   OUT("b", "UINT8", "[1]", 1) "," OUT("c", "UINT16", "[1]", 2)
		   "," OUT("d", "UINT32", "[1]", 4) ","
		   OUT("e", "UINT64", "[1]", 8) "," OUT("f", "INT8", "[1]", 1)
		   "," OUT("g", "INT16", "[1]", 2) ","
		   OUT("h", "INT32", "[1]", 4) "," OUT("i", "INT64", "[1]", 8)
		   "," OUT("j", "FP64", "[1]", 8) "]}", raw, sizeof(raw));
	assert_int_equal(decode(&reply, &result, &reason), 0);
	json_array_foreach(json_object_get(result, "outputs"), i, item) {
		char *number = json_dumps(json_array_get(json_object_get(
						item, "data"), 0),
					  JSON_ENCODE_ANY);

		strcat(strcat(text, number), " ");
		free(number);
	}
	assert_string_equal(text, expected);
	json_decref(result);
}

static void test_answer_in_json(void **state)
{
	const char *reason;
	struct reply reply;
	json_t *result;

	(void)state;
	make_reply(&reply, "{\"id\":\"abc\",\"model_name\":\"quality\","
		   "\"outputs\":[{\"name\":\"mean\",\"datatype\":\"FP32\","
		   "\"shape\":[1,2],\"data\":[1.5,2]}]}", NULL, 0);
	assert_int_equal(decode(&reply, &result, &reason), 0);
	assert_null(json_object_get(result, "model_version"));
	json_decref(result);
}

/* Each is wrong in one way. */
static void test_answers_not_to_believe(void **state)
{
#define PLAIN(json) { json, NULL, 0 }
	static const uint8_t nan[4] = { 0, 0, 0xc0, 0x7f };
	static const uint8_t inf[4] = { 0, 0, 0x80, 0x7f };
	static const uint8_t two[8] = { 0, 0, 0, 0x80, 0, 0, 0, 0x80 };
	static const struct {
		const char *json;
		const void *raw;
		size_t raw_size;
	} cases[] = {
		PLAIN(""), PLAIN("[]"), PLAIN("{"), PLAIN("null"), PLAIN("{}"),
		PLAIN("\"\xff\""),
		/* not ours */
		PLAIN("{\"id\":\"abd\",\"model_name\":\"quality\",\"outputs\":[]}"),
		PLAIN("{\"model_name\":\"quality\",\"outputs\":[]}"),
		PLAIN("{\"id\":5,\"model_name\":\"quality\",\"outputs\":[]}"),
		PLAIN("{\"id\":\"abc\",\"model_name\":\"other\",\"outputs\":[]}"),
		PLAIN("{\"id\":\"abc\",\"id\":\"abc\",\"model_name\":\"quality\",\"outputs\":[]}"),
		/* no outputs */
		PLAIN(HEAD "]}"),
		PLAIN("{\"id\":\"abc\",\"model_name\":\"quality\",\"outputs\":{}}"),
		/* names, types, shapes */
		PLAIN(HEAD "{\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\\u0007\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\\u0000\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP8\",\"shape\":[1],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[7]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"\\u0000\"]}]}"),
		{ HEAD OUT("a", "BYTES", "[1]", 3) "]}", "\0\0\0", 3 },
		{ HEAD OUT("a", "BYTES", "[1]", 5) "]}", "\2\0\0\0x", 5 },
		{ HEAD OUT("a", "BYTES", "[1]", 6) "]}", "\1\0\0\0xy", 6 },
		{ HEAD OUT("a", "BYTES", "[1]", 5) "]}", "\1\0\0\0\xff", 5 },
		{ HEAD OUT("a", "BYTES", "[1]", 5) "]}", "\1\0\0\0\0", 5 },
		{ HEAD OUT("a", "BYTES", "[1]", 5) "]}", "\1\0\0\0", 4 },
		{ HEAD OUT("a", "BYTES", "[1]", 4) "]}", "\xff\xff\xff\xff", 4 },
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[-1],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1.0],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[2048,2048],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[4294967296,4294967296],\"data\":[1]}]}"),
		/* data */
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[\"1\"]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1e999]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"UINT8\",\"shape\":[1],\"data\":[256]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"UINT8\",\"shape\":[1],\"data\":[-1]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[-129]}]}"),
		PLAIN(HEAD "{\"name\":\"a\",\"datatype\":\"BOOL\",\"shape\":[1],\"data\":[1]}]}"),
		/* binary data: none there, too little, too much, not a number */
		PLAIN(HEAD OUT("a", "FP32", "[1]", 4) "]}"),
		{ HEAD OUT("a", "FP32", "[1]", 4) "]}", two, 3 },
		{ HEAD OUT("a", "FP32", "[1]", 4) "]}", two, 5 },
		{ HEAD OUT("a", "FP32", "[1]", 8) "]}", two, 8 },
		{ HEAD OUT("a", "FP32", "[1]", -4) "]}", two, 4 },
		{ HEAD OUT("a", "FP32", "[1]", 4.0) "]}", two, 4 },
		{ HEAD OUT("a", "FP32", "[1]", 4) "," OUT("b", "FP32", "[2]", 8) "]}", two, 8 },
		{ HEAD OUT("a", "FP32", "[1]", 4) "]}", nan, 4 },
		{ HEAD OUT("a", "FP32", "[1]", 4) "]}", inf, 4 },
		{ HEAD OUT("a", "BOOL", "[1]", 1) "]}", "\2", 1 },
		{ HEAD OUT("a", "UINT64", "[1]", 8) "]}",
		  "\xff\xff\xff\xff\xff\xff\xff\xff", 8 },
	};
	const char *reason;
	struct reply reply;
	json_t *result;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		result = NULL;
		make_reply(&reply, cases[i].json, cases[i].raw,
			   cases[i].raw_size);
		if (decode(&reply, &result, &reason) != -EBADMSG)
			fail_msg("believed: %s", cases[i].json);
		assert_non_null(reason);
		assert_null(result);
	}
	/* The header says there is more than there is. */
	make_reply(&reply, HEAD OUT("a", "FP32", "[1]", 4) "]}", two, 4);
	reply.json_size = (int64_t)reply.size + 1;
	assert_int_equal(decode(&reply, &result, &reason), -EBADMSG);
}

static void test_too_many_outputs(void **state)
{
	struct reply reply;
	const char *reason;
	char json[4096] = HEAD;
	json_t *result;

	(void)state;
	for (int i = 0; i < 17; i++)
		strcat(strcat(json, i ? "," : ""),
		       "{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}");
	strcat(json, "]}");
	make_reply(&reply, json, NULL, 0);
	assert_int_equal(decode(&reply, &result, &reason), -EBADMSG);
}

static void test_text_answer(void **state)
{
	static const char raw[] = "\5\0\0\0" "00123" "\0\0\0\0";
	const char *reason, *first, *second, *third;
	struct reply reply;
	json_t *result;

	(void)state;
	make_reply(&reply, HEAD OUT("reading", "BYTES", "[2]", 13) ","
		   "{\"name\":\"b\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"x\"]}]}",
		   raw, sizeof(raw) - 1);
	assert_int_equal(decode(&reply, &result, &reason), 0);
	assert_int_equal(json_unpack(result, "{s:[{s:[s, s]}, {s:[s]}]}",
				     "outputs", "data", &first, &second,
				     "data", &third), 0);
	assert_string_equal(first, "00123");
	assert_string_equal(second, "");
	assert_string_equal(third, "x");
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_for_a_picture),
		cmocka_unit_test(test_request_for_opaque_bytes),
		cmocka_unit_test(test_request_that_makes_no_sense),
		cmocka_unit_test(test_binary_answer),
		cmocka_unit_test(test_text_answer),
		cmocka_unit_test(test_every_datatype),
		cmocka_unit_test(test_answer_in_json),
		cmocka_unit_test(test_answers_not_to_believe),
		cmocka_unit_test(test_too_many_outputs),
	};

	return cmocka_run_group_tests_name("oip", tests, NULL, NULL);
}
