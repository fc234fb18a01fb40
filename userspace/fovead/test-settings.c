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
		       "t:3: [outlet o] parts: \"lumma\" is not known; write one of jpeg, luma, metadata (did you mean \"luma\"?)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_contradictions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
