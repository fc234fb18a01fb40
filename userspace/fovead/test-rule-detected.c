// SPDX-License-Identifier: Apache-2.0
/*
 * What rules about detections choose: appear, disappear, count, region, score,
 * readings; and what late results and none do to them.
 */
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fovead/rule.h"
#include "fovead/settings-detected.h"

#define EPOCH 0x6560000000000000ull

static struct rule new_rule(enum rule_on on, uint32_t hold)
{
	struct rule rule = {
		.settings = { .when = RULE_DETECTED, .on = on },
	};

	settings_detected_default(&rule.settings);
	rule.settings.on = on;
	rule.settings.hold = hold;
	return rule;
}

/* Frame @number brings a fresh result without detections. */
static struct result found_nothing(uint64_t number)
{
	return (struct result){
		.label = FOVEA_LABEL_FRESH,
		.frame_id = EPOCH + number,
		.timestamp = number * 1000,
	};
}

static void add(struct result *result, uint32_t class, uint32_t left,
		uint32_t percent)
{
	result->detection[result->count++] = (struct fovea_detection){
		.left = htole16((uint16_t)left),
		.top = htole16(1000),
		.width = htole16(20),
		.height = htole16(40),
		.score = htole16((uint16_t)((percent * RESULT_SCORE_ONE + 99) /
					   100)),
		.class = htole16((uint16_t)class),
	};
}

static struct result found(uint64_t number, uint32_t class)
{
	struct result result = found_nothing(number);

	add(&result, class, 2000, 80);
	return result;
}

static bool match(struct rule *rule, const struct result *result)
{
	return rule_match(rule, 1, NULL, result);
}

/* '1': something is there, '0': nothing; returns where it matched, as text. */
static const char *play(struct rule *rule, const char *story)
{
	static char matched[64];
	size_t i;

	for (i = 0; story[i]; i++) {
		struct result result = story[i] == '1' ? found(i + 1, 5) :
							 found_nothing(i + 1);

		matched[i] = match(rule, &result) ? 'x' : '.';
	}
	matched[i] = '\0';
	return matched;
}

static void test_present_holds(void **state)
{
	struct rule rule = new_rule(RULE_ON_PRESENT, 1);

	(void)state;
	assert_string_equal(play(&rule, "0110100"), ".xx.x..");
	rule = new_rule(RULE_ON_PRESENT, 3);
	assert_string_equal(play(&rule, "110111101001000"), ".....xx.x..x...");
}

static void test_present_keeps_its_distance(void **state)
{
	struct rule rule = new_rule(RULE_ON_PRESENT, 1);

	(void)state;
	rule.settings.interval = 3000;
	assert_string_equal(play(&rule, "111111111"), "x..x..x..");
}

static void test_appear_and_disappear_fire_once(void **state)
{
	struct rule appear = new_rule(RULE_ON_APPEAR, 1);
	struct rule disappear = new_rule(RULE_ON_DISAPPEAR, 1);

	(void)state;
	assert_string_equal(play(&appear, "00111001"), "..x....x");
	assert_string_equal(play(&disappear, "00111001"), ".....x..");
}

static void test_flicker_does_not_fire(void **state)
{
	struct rule appear = new_rule(RULE_ON_APPEAR, 3);
	struct rule disappear = new_rule(RULE_ON_DISAPPEAR, 3);
	static const char story[] = "0101101110101100100011101";

	(void)state;
	assert_string_equal(play(&appear, story), "........x.............x..");
	assert_string_equal(play(&disappear, story),
			    "...................x.....");
}

static void test_count(void **state)
{
	struct rule rule = new_rule(RULE_ON_PRESENT, 1);
	static const bool expected[] = { 0, 0, 1, 1, 0 };
	struct result result;

	(void)state;
	rule.settings.minimum = 2;
	rule.settings.maximum = 3;
	for (unsigned int n = 0; n < 5; n++) {
		result = found_nothing(n + 1);
		for (unsigned int i = 0; i < n; i++)
			add(&result, 1, 100 * i, 90);
		assert_int_equal(match(&rule, &result), expected[n]);
	}
}

static void test_none_at_all_can_be_asked_for(void **state)
{
	struct rule rule = new_rule(RULE_ON_APPEAR, 2);

	(void)state;
	rule.settings.minimum = 0;
	rule.settings.maximum = 0;
	assert_string_equal(play(&rule, "110101001"), ".......x.");
}

static void test_class_score_and_region(void **state)
{
	struct rule rule = new_rule(RULE_ON_PRESENT, 1);
	struct result result = found_nothing(1);

	(void)state;
	rule.settings.class[0] = (struct rule_class){ .first = 3, .last = 5 };
	rule.settings.n_classes = 1;
	rule.settings.score = 60;
	rule.settings.region = (struct result_box){ 1000, 900, 500, 300 };
	add(&result, 2, 1200, 99);	/* another class */
	add(&result, 6, 1200, 99);
	add(&result, 4, 1200, 59);	/* not sure enough */
	add(&result, 4, 989, 99);	/* its middle is at 999 */
	add(&result, 4, 1490, 99);	/* at 1500 */
	assert_false(match(&rule, &result));
	result.frame_id++;
	add(&result, 4, 990, 60);
	assert_true(match(&rule, &result));
	result.frame_id++;
	result.detection[5].left = htole16(1489);
	assert_true(match(&rule, &result));
	result.frame_id++;
	result.detection[5].top = htole16(879);
	assert_false(match(&rule, &result));
}

static void test_class_by_label(void **state)
{
	struct rule rule = new_rule(RULE_ON_PRESENT, 1);
	char *names[] = { "dog", "cat" };
	struct labels labels = { .count = 2, .name = names };
	struct result result = found(1, 1);

	(void)state;
	strcpy(rule.settings.class[0].label, "cat");
	rule.settings.n_classes = 1;
	assert_false(match(&rule, &result));
	result.frame_id++;
	result.labels = &labels;
	assert_true(match(&rule, &result));
	result.frame_id++;
	result.detection[0].class = htole16(0);
	assert_false(match(&rule, &result));
	result.frame_id++;
	result.detection[0].class = htole16(2);
	assert_false(match(&rule, &result));
}

/* A result in which @text can be read. */
static struct result reading(uint64_t number, const char *text)
{
	struct result result = found_nothing(number);

	for (uint32_t i = 0; text[i]; i++)
		add(&result, (uint32_t)(text[i] - '0'), 1000 + 25 * i, 90);
	return result;
}

static void test_reading_changed(void **state)
{
	static const char *const texts[] = {
		"", "01", "0123", "0123", "0123", "0128", "0123", "0123",
		"0124", "0124", "", "", "0124", "0124", "9", "9",
	};
	static const char expected[] = "...x.....x......";
	struct rule rule = new_rule(RULE_ON_READING, 2);

	(void)state;
	rule.settings.digits = 2;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct result result = reading(i + 1, texts[i]);

		assert_int_equal(match(&rule, &result), expected[i] == 'x');
	}
	assert_string_equal(rule.detected.reading, "0124");
}

static void test_reading_waits_for_its_time(void **state)
{
	struct rule rule = new_rule(RULE_ON_READING, 1);
	struct result result;

	(void)state;
	rule.settings.interval = 5000;
	result = reading(1, "11");
	assert_true(match(&rule, &result));
	result = reading(2, "12");
	assert_false(match(&rule, &result));
	result = reading(6, "12");
	assert_true(match(&rule, &result));
}

static void test_late_results_count_once_and_in_order(void **state)
{
	struct rule rule = new_rule(RULE_ON_PRESENT, 1);
	struct result result = found(7, 1);

	(void)state;
	result.label = FOVEA_LABEL_LATE;
	result.late = 4;
	assert_true(match(&rule, &result));
	assert_false(match(&rule, &result));
	result.frame_id--;
	assert_false(match(&rule, &result));
	result.frame_id += 2;
	assert_true(match(&rule, &result));
	/* Another start of the device, whose clock was wrong. */
	result.frame_id = EPOCH - (1ull << 32) + 1;
	assert_true(match(&rule, &result));
	assert_int_equal(rule.detected.results, 3);
}

static void test_none_says_nothing(void **state)
{
	struct rule rule = new_rule(RULE_ON_DISAPPEAR, 2);
	struct result none = { .label = FOVEA_LABEL_NONE };
	struct result there = found(1, 1), gone = found_nothing(3);

	(void)state;
	(void)match(&rule, &there);
	there.frame_id++;
	(void)match(&rule, &there);
	for (unsigned int i = 0; i < 10; i++) {
		assert_false(match(&rule, &none));
		assert_false(match(&rule, NULL));
	}
	assert_false(match(&rule, &gone));
	assert_false(match(&rule, &none));
	gone.frame_id++;
	assert_true(match(&rule, &gone));
	assert_int_equal(rule.detected.results, 4);
}

static void test_reload_keeps_memory_of_the_same_kind(void **state)
{
	struct rule rule = new_rule(RULE_ON_APPEAR, 1);
	struct rule_settings settings = rule.settings;

	(void)state;
	assert_string_equal(play(&rule, "01"), ".x");
	settings.score = 50;
	rule_reload(&rule, &settings);
	assert_true(rule.detected.there);
	settings.on = RULE_ON_DISAPPEAR;
	rule_reload(&rule, &settings);
	assert_false(rule.detected.there);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_present_holds),
		cmocka_unit_test(test_present_keeps_its_distance),
		cmocka_unit_test(test_appear_and_disappear_fire_once),
		cmocka_unit_test(test_flicker_does_not_fire),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_none_at_all_can_be_asked_for),
		cmocka_unit_test(test_class_score_and_region),
		cmocka_unit_test(test_class_by_label),
		cmocka_unit_test(test_reading_changed),
		cmocka_unit_test(test_reading_waits_for_its_time),
		cmocka_unit_test(test_late_results_count_once_and_in_order),
		cmocka_unit_test(test_none_says_nothing),
		cmocka_unit_test(test_reload_keeps_memory_of_the_same_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
