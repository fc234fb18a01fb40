// SPDX-License-Identifier: Apache-2.0
/*
 * P6 files, whole and broken.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "foveactl/ppm.h"

static int parse(struct ppm *ppm, const char *text, size_t size)
{
	return ppm_parse(ppm, (const uint8_t *)text, size);
}

static void test_header_and_comments(void **state)
{
	static const char file[] = "P6 # made by hand\n2\t# wide\n1\n255\n\1\2\3\4\5\6";
	struct ppm ppm;

	(void)state;
	assert_int_equal(parse(&ppm, file, sizeof(file) - 1), 0);
	assert_int_equal(ppm.width, 2);
	assert_int_equal(ppm.height, 1);
	assert_memory_equal(ppm.pixels, "\1\2\3\4\5\6", 6);
}

static void test_pixels_may_look_like_anything(void **state)
{
	static const char file[] = "P6 1 1 255\n#\n ";
	struct ppm ppm;

	(void)state;
	assert_int_equal(parse(&ppm, file, sizeof(file) - 1), 0);
	assert_memory_equal(ppm.pixels, "#\n ", 3);
}

static void test_broken_files(void **state)
{
	static const struct {
		const char *text;
		int error;
	} files[] = {
		{ "", -EINVAL },
		{ "P", -EINVAL },
		{ "P5 1 1 255 \1\2\3", -EINVAL },
		{ "P61 1 255 \1\2\3", -EINVAL },
		{ "P6 1 1 255", -EINVAL },
		{ "P6 0 1 255 ", -EINVAL },
		{ "P6 70000 1 255 ", -EINVAL },
		{ "P6 -1 1 255 ", -EINVAL },
		{ "P6 1 1 65535 \1\2\3\4\5\6", -EOPNOTSUPP },
		{ "P6 1 1 255 \1\2", -EBADMSG },
		{ "P6 # no end", -EINVAL },
	};
	struct ppm ppm;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_int_equal(parse(&ppm, files[i].text,
				       strlen(files[i].text)), files[i].error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header_and_comments),
		cmocka_unit_test(test_pixels_may_look_like_anything),
		cmocka_unit_test(test_broken_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
