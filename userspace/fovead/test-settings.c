// SPDX-License-Identifier: Apache-2.0
/*
 * fovead.conf: defaults, and the mistakes that need two keys to be seen.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fovead/settings.h"

static void test_defaults(void **state)
{
	static const char text[] =
		"[camera main]\n[outlet all]\n[rule each]\noutlet=all\n";
	struct fovea_config *config;
	struct settings *settings;

	(void)state;
	assert_int_equal(fovea_config_new(&config), 0);
	assert_int_equal(settings_parse(config, "t", text, strlen(text),
					&settings), 0);
	assert_string_equal(settings->socket, "/run/fovea/fovead.sock");
	assert_int_equal(settings->records, 1024);
	assert_int_equal(settings->queue_records, 64);
	assert_int_equal(settings->queue_bytes, 256 << 20);
	assert_string_equal(settings->cameras[0].device, "auto");
	assert_int_equal(settings->outlets[0].parts, OUTLET_PART_JPEG);
	assert_string_equal(settings->rules[0].camera, "main");
	assert_int_equal(settings->rules[0].when, RULE_EVERY);
	settings_free(settings);
	fovea_config_free(config);
}

static void assert_refused(const char *text, const char *message)
{
	struct fovea_config *config;
	struct settings *settings = NULL;

	assert_int_equal(fovea_config_new(&config), 0);
	assert_int_equal(settings_parse(config, "t", text, strlen(text),
					&settings), -EINVAL);
	assert_null(settings);
	assert_int_equal(fovea_config_errors(config), 1);
	assert_string_equal(fovea_config_message(config, 0), message);
	fovea_config_free(config);
}

static void test_contradictions(void **state)
{
	(void)state;
	assert_refused("[outlet a]\n",
		       "t: [camera NAME] no camera is configured; write a section [camera NAME], device=auto is its default");
	assert_refused("[camera a]\nwidth=640\n",
		       "t:2: [camera a] width: stands alone; write width and height, or neither");
	assert_refused("[camera a]\nrate=30\ninterval=33ms\n",
		       "t:2: [camera a] rate: contradicts interval; write one of them");
	assert_refused("[camera a]\ndevice=video0\n",
		       "t:2: [camera a] device: \"video0\" is no device; write auto, a path such as /dev/video0, or a bus name such as platform:fovea-virt.0");
	assert_refused("[camera a]\n[outlet main]\n[rule r]\noutlet=mian\n",
		       "t:4: [rule r] outlet: there is no [outlet mian]; write the name of a section of this kind (did you mean \"main\"?)");
	assert_refused("[camera a]\n[camera b]\n[outlet o]\n[rule r]\noutlet=o\n",
		       "t:4: [rule r] camera: is missing; write which of the cameras it looks at");
	assert_refused("[camera a]\n[outlet o]\n[rule r]\noutlet=o\nwhen=interval\n",
		       "t:3: [rule r] interval: is missing; when=interval needs one, such as 1s");
	assert_refused("[camera a]\n[outlet o]\n[rule r]\noutlet=o\ninterval=1s\n",
		       "t:5: [rule r] interval: means nothing with when=every; write when=interval, or remove it");
	assert_refused("[camera a]\n[outlet o]\nparts=jpeg,lumma\n",
		       "t:3: [outlet o] parts: \"lumma\" is not known; write one of jpeg, luma, metadata, detections, tensors, crops, crops-luma (did you mean \"luma\"?)");
}

static void test_detected(void **state)
{
	static const char text[] =
		"[camera c]\n[outlet o]\n"
		"[rule r]\noutlet=o\nwhen=detected\non=appear\nscore=70\n"
		"class = 3, 7-9 , cat, left-handed\nminimum=2\nhold=5\n"
		"region=0%, 50%, 50%, 50%\n"
		"[rule s]\noutlet=o\nwhen=detected\n"
		"region=100, 200, 300, 400\n";
	struct fovea_config *config;
	const struct rule_settings *rule;
	struct settings *settings;

	(void)state;
	assert_int_equal(fovea_config_new(&config), 0);
	assert_int_equal(settings_parse(config, "t", text, strlen(text),
					&settings), 0);
	rule = &settings->rules[0];
	assert_int_equal(rule->when, RULE_DETECTED);
	assert_int_equal(rule->on, RULE_ON_APPEAR);
	assert_int_equal(rule->score, 70);
	assert_int_equal(rule->minimum, 2);
	assert_int_equal(rule->maximum, FOVEA_DETECTIONS_MAX);
	assert_int_equal(rule->hold, 5);
	assert_int_equal(rule->n_classes, 4);
	assert_string_equal(rule->class[0].label, "");
	assert_int_equal(rule->class[0].first, 3);
	assert_int_equal(rule->class[0].last, 3);
	assert_int_equal(rule->class[1].first, 7);
	assert_int_equal(rule->class[1].last, 9);
	assert_string_equal(rule->class[2].label, "cat");
	assert_string_equal(rule->class[3].label, "left-handed");
	assert_int_equal(rule->region.left, 0);
	assert_int_equal(rule->region.top, 1520);
	assert_int_equal(rule->region.width, 2028);
	assert_int_equal(rule->region.height, 1520);
	assert_null(rule->class_text);
	rule = &settings->rules[1];
	assert_int_equal(rule->hold, 2);
	assert_int_equal(rule->n_classes, 0);
	assert_int_equal(rule->region.left, 100);
	assert_int_equal(rule->region.top, 200);
	assert_int_equal(rule->region.width, 300);
	assert_int_equal(rule->region.height, 400);
	settings_free(settings);
	fovea_config_free(config);
}

#define DETECTED "[camera c]\n[outlet o]\n[rule r]\noutlet=o\nwhen=detected\n"

static void test_contradictions_of_detected(void **state)
{
	(void)state;
	assert_refused(DETECTED "class=9-7\n",
		       "t:6: [rule r] class: \"9-7\" is no class; write labels of the network's package, numbers, or from-to, such as 0-9");
	assert_refused(DETECTED "class=cat,,dog\n",
		       "t:6: [rule r] class: \"\" is no class; write labels of the network's package, numbers, or from-to, such as 0-9");
	assert_refused(DETECTED "class=65535\n",
		       "t:6: [rule r] class: \"65535\" is no class; write labels of the network's package, numbers, or from-to, such as 0-9");
	assert_refused(DETECTED "class=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n",
		       "t:6: [rule r] class: these are too many; write at most 16, numbers in a row as 0-9");
	assert_refused(DETECTED "region=0,0,50%,50%\n",
		       "t:6: [rule r] region: this is no place; write left, top, width, height in pixels of the array, or all of them in per cent, such as 25%, 0%, 50%, 100%");
	assert_refused(DETECTED "region=1,2,3\n",
		       "t:6: [rule r] region: this is no place; write left, top, width, height in pixels of the array, or all of them in per cent, such as 25%, 0%, 50%, 100%");
	assert_refused(DETECTED "region=60%,0%,50%,50%\n",
		       "t:6: [rule r] region: it is empty or leaves the array; left + width may be 100%, top + height 100%");
	assert_refused(DETECTED "region=0,0,0,10\n",
		       "t:6: [rule r] region: it is empty or leaves the array; left + width may be 4056, top + height 3040");
	assert_refused(DETECTED "minimum=5\nmaximum=4\n",
		       "t:6: [rule r] minimum: is above maximum; no frame could be chosen");
	assert_refused(DETECTED "minimum=0\n",
		       "t:6: [rule r] minimum: 0 without maximum= holds for every result; write maximum=0 for results without any");
	assert_refused(DETECTED "on=appear\ninterval=1s\n",
		       "t:7: [rule r] interval: would lose what appears in the meantime; remove it, hold= is against flicker");
	assert_refused(DETECTED "digits=3\n",
		       "t:6: [rule r] digits: goes with on=reading-changed; write that, or remove it");
	assert_refused(DETECTED "threshold=3\n",
		       "t:6: [rule r] threshold: means nothing with when=detected; remove it");
	assert_refused("[camera c]\n[outlet o]\n[rule r]\noutlet=o\nscore=3\n",
		       "t:5: [rule r] score: goes with when=detected; write that, or remove it");
	assert_refused("[camera c]\nmeta=no\n[outlet o]\nparts=crops\n[rule r]\noutlet=o\n",
		       "t:5: [rule r] camera: needs the results of a network, and [camera c] has meta=no; write meta=auto there");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_detected),
		cmocka_unit_test(test_contradictions_of_detected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
