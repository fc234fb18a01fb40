// SPDX-License-Identifier: Apache-2.0
/*
 * Answers find the record of their frame, once; old records are forgotten.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fovead/history.h"

static int setup(void **state)
{
	return history_new(4, (struct history **)state);
}

static int teardown(void **state)
{
	history_free(*state);
	return 0;
}

static void add(struct history *history, uint64_t id, const char *outlet)
{
	struct record record = {
		.wire = {
			.record_id = id,
			.frame_id = 1000 + id,
			.realtime = 10 * id,
			.camera = "cam",
			.rule = "rule",
			.parts = 1,
			.part[0] = { .kind = FOVEATAP_PART_JPEG, .size = 9 },
		},
		.sha256[0] = { 0xab, 0xcd },
	};

	strcpy(record.wire.outlet, outlet);
	history_add(history, &record);
}

static int join(struct history *history, uint64_t frame_id, const char *outlet,
		uint32_t kind, const char *json)
{
	struct foveatap_answer answer = {
		.frame_id = frame_id,
		.kind = kind,
		.json_size = (uint32_t)strlen(json),
		.camera = "cam",
		.destination = "cloud",
	};

	strcpy(answer.outlet, outlet);
	return history_join(history, &answer, json);
}

static void test_answer_joins_its_frame_and_outlet(void **state)
{
	struct history *history = *state;
	const struct history_counters *counters = history_counters(history);
	json_t *json, *expected;

	add(history, 1, "a");
	add(history, 2, "a");
	assert_int_equal(join(history, 1001, "a", FOVEATAP_ANSWER_INFERENCE,
			      "{\"mean\":7}"), 0);
	assert_int_equal(join(history, 1001, "b", FOVEATAP_ANSWER_INFERENCE,
			      "{}"), -ENOENT);
	assert_int_equal(join(history, 1003, "a", FOVEATAP_ANSWER_INFERENCE,
			      "{}"), -ENOENT);
	assert_int_equal(counters->joined, 1);
	assert_int_equal(counters->inferred, 1);
	assert_int_equal(counters->unknown, 2);
	json = history_json(history_find(history, 1), true);
	expected = json_pack("[{s:s, s:s, s:i, s:{s:i}}]",
			     "kind", "inference", "destination", "cloud",
			     "realtime", 0, "answer", "mean", 7);
	assert_true(json_equal(json_object_get(json, "answers"), expected));
	assert_string_equal(json_string_value(json_object_get(json,
							      "frame_id")),
			    "00000000000003e9");
	json_decref(json);
	json_decref(expected);
}

static void test_repeated_answer_counts_once(void **state)
{
	struct history *history = *state;

	add(history, 1, "a");
	for (int i = 0; i < 3; i++)
		assert_int_equal(join(history, 1001, "a",
				      FOVEATAP_ANSWER_DELIVERED, "{}"), 0);
	assert_int_equal(history_counters(history)->delivered, 1);
	assert_int_equal(history_counters(history)->repeated, 2);
	assert_int_equal(history_find(history, 1)->n_answers, 1);
}

static json_t *agreement(struct history *history, uint64_t record_id)
{
	json_t *json = history_json(history_find(history, record_id), false);
	json_t *agrees = json_incref(json_object_get(json, "agrees"));

	json_decref(json);
	return agrees;
}

static void test_disagreement_is_marked(void **state)
{
	struct history *history = *state;
	const struct history_counters *counters = history_counters(history);

	add(history, 1, "a");
	add(history, 2, "a");
	assert_true(json_is_null(agreement(history, 1)));
	assert_int_equal(join(history, 1001, "a", FOVEATAP_ANSWER_DELIVERED,
			      "{\"agrees\":false}"), 0);
	assert_true(json_is_null(agreement(history, 1)));
	assert_int_equal(join(history, 1001, "a", FOVEATAP_ANSWER_INFERENCE,
			      "{\"crops\":[],\"agrees\":false}"), 0);
	assert_true(json_is_false(agreement(history, 1)));
	assert_int_equal(join(history, 1002, "a", FOVEATAP_ANSWER_INFERENCE,
			      "{\"crops\":[],\"agrees\":true}"), 0);
	assert_true(json_is_true(agreement(history, 2)));
	assert_int_equal(counters->agreed, 1);
	assert_int_equal(counters->disagreed, 1);
}

static void test_only_json_objects_are_answers(void **state)
{
	struct history *history = *state;
	static const char *const bad[] = {
		"", "[]", "{", "{}x", "{\"a\":1,\"a\":2}", "\xff\xff", "{\"\xff\":1}",
	};

	add(history, 1, "a");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(join(history, 1001, "a",
				      FOVEATAP_ANSWER_INFERENCE, bad[i]),
				 -EBADMSG);
	assert_int_equal(history_find(history, 1)->n_answers, 0);
}

static void test_deeply_nested_json_is_refused(void **state)
{
	struct history *history = *state;
	char json[60001];

	add(history, 1, "a");
	memset(json, '[', sizeof(json) - 1);
	memcpy(json, "{\"a\":", 5);
	json[sizeof(json) - 1] = '\0';
	assert_int_equal(join(history, 1001, "a", FOVEATAP_ANSWER_INFERENCE,
			      json), -EBADMSG);
}

static void test_oldest_is_forgotten(void **state)
{
	struct history *history = *state;

	for (uint64_t id = 1; id <= 6; id++) {
		add(history, id, "a");
		assert_int_equal(join(history, 1000 + id, "a",
				      FOVEATAP_ANSWER_DELIVERED, "{}"), 0);
	}
	assert_int_equal(history_count(history), 4);
	assert_null(history_find(history, 2));
	assert_non_null(history_find(history, 3));
	assert_int_equal(join(history, 1002, "a", FOVEATAP_ANSWER_DELIVERED,
			      "{}"), -ENOENT);
	assert_int_equal(history_from(history, 0)->wire.record_id, 3);
	assert_int_equal(history_from(history, 5)->wire.record_id, 5);
	assert_null(history_from(history, 7));
}

static void test_enumeration_starts_where_it_is_asked_to(void **state)
{
	struct history *history = *state;

	assert_true(history_first(history, 0, 0) == UINT64_MAX);
	for (uint64_t id = 1; id <= 4; id++)
		add(history, id, "a");
	assert_int_equal(history_first(history, 0, 0), 1);
	assert_int_equal(history_first(history, 2, 0), 3);
	assert_int_equal(history_first(history, 3, 30), 4);
	assert_true(history_first(history, 0, 40) == UINT64_MAX);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_answer_joins_its_frame_and_outlet),
		TEST(test_repeated_answer_counts_once),
		TEST(test_disagreement_is_marked),
		TEST(test_only_json_objects_are_answers),
		TEST(test_deeply_nested_json_is_refused),
		TEST(test_oldest_is_forgotten),
		TEST(test_enumeration_starts_where_it_is_asked_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
