// SPDX-License-Identifier: Apache-2.0
/*
 * What the configuration reader accepts, where values end up, and what it says
 * about what it does not accept.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "libfovea/config.h"
#include "libfovea/test-temporary.h"

struct lamp {
	char name[FOVEA_CONFIG_NAME_MAX];
	char room[FOVEA_CONFIG_NAME_MAX];
	char *label;
	char *device;
	bool on;
	uint32_t watts;
	uint64_t fade;
	uint64_t memory;
	uint32_t colour;
	uint32_t modes;
	char **groups;
};

struct house {
	uint32_t floors;
	struct lamp lamps[2];
	size_t n_lamps;
};

static const char *const colours[] = { "red", "green", "blue", NULL };

static const struct fovea_config_key house_keys[] = {
	{ "floors", FOVEA_CONFIG_U32, offsetof(struct house, floors), 1, 99,
	  NULL },
	{ 0 },
};

static const struct fovea_config_key lamp_keys[] = {
	{ "room", FOVEA_CONFIG_NAME, offsetof(struct lamp, room), 0, 0, NULL },
	{ "label", FOVEA_CONFIG_STRING, offsetof(struct lamp, label), 0, 0,
	  NULL },
	{ "device", FOVEA_CONFIG_PATH, offsetof(struct lamp, device), 0, 0,
	  NULL },
	{ "on", FOVEA_CONFIG_BOOL, offsetof(struct lamp, on), 0, 0, NULL },
	{ "watts", FOVEA_CONFIG_U32, offsetof(struct lamp, watts), 1, 100,
	  NULL },
	{ "fade", FOVEA_CONFIG_DURATION, offsetof(struct lamp, fade), 1000000,
	  60000000000, NULL },
	{ "memory", FOVEA_CONFIG_SIZE, offsetof(struct lamp, memory), 0, 0,
	  NULL },
	{ "colour", FOVEA_CONFIG_ENUM, offsetof(struct lamp, colour), 0, 0,
	  colours },
	{ "modes", FOVEA_CONFIG_FLAGS, offsetof(struct lamp, modes), 0, 0,
	  colours },
	{ "groups", FOVEA_CONFIG_LIST, offsetof(struct lamp, groups), 0, 0,
	  NULL },
	{ 0 },
};

static int open_house(void *userdata, const char *name, void **ret_target)
{
	assert_null(name);
	*ret_target = userdata;
	return 0;
}

static int open_lamp(void *userdata, const char *name, void **ret_target)
{
	struct house *house = userdata;

	for (size_t i = 0; i < house->n_lamps; i++)
		if (strcmp(house->lamps[i].name, name) == 0) {
			*ret_target = &house->lamps[i];
			return 0;
		}
	if (house->n_lamps == 2)
		return -E2BIG;
	strcpy(house->lamps[house->n_lamps].name, name);
	house->lamps[house->n_lamps].watts = 40;
	*ret_target = &house->lamps[house->n_lamps++];
	return 0;
}

static const struct fovea_config_section sections[] = {
	{ "house", false, house_keys, open_house },
	{ "lamp", true, lamp_keys, open_lamp },
	{ 0 },
};

struct fixture {
	struct house house;
	struct fovea_config *config;
	char folder[32];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	return test_temporary_folder(f->folder, sizeof(f->folder), "/tmp",
				     "fovea-config") < 0 ||
	       fovea_config_new(&f->config) < 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->house.n_lamps; i++) {
		free(f->house.lamps[i].label);
		free(f->house.lamps[i].device);
		fovea_config_list_free(f->house.lamps[i].groups);
	}
	fovea_config_free(f->config);
	rmdir(f->folder);
	free(f);
	return 0;
}

static int parse(struct fixture *f, const char *text)
{
	return fovea_config_parse(f->config, "t.conf", text, strlen(text),
				  sections, &f->house);
}

static void assert_refused(struct fixture *f, const char *text,
			   const char *message)
{
	size_t before = fovea_config_errors(f->config);

	assert_int_equal(parse(f, text), -EINVAL);
	assert_int_equal(fovea_config_errors(f->config), before + 1);
	assert_string_equal(fovea_config_message(f->config, before), message);
}

static void test_every_type(void **state)
{
	struct fixture *f = *state;
	struct lamp *lamp = &f->house.lamps[0];

	assert_int_equal(parse(f, "# a comment\n"
			       "[house]\nfloors = 3\n\n"
			       "  [lamp desk]\r\n"
			       "\troom = study-1\n"
			       "label = Lamp on the desk ; bought 1999\n"
			       "device=/dev/lamp0\non=yes\nwatts:60\n"
			       "fade=500ms\nmemory=64KiB\ncolour=blue\n"
			       "modes = red , blue\ngroups=a, b-2 ,c\n"
			       "[lamp bare]"), 0);
	assert_int_equal(f->house.floors, 3);
	assert_int_equal(f->house.n_lamps, 2);
	assert_string_equal(lamp->name, "desk");
	assert_string_equal(lamp->room, "study-1");
	assert_string_equal(lamp->label, "Lamp on the desk");
	assert_string_equal(lamp->device, "/dev/lamp0");
	assert_true(lamp->on);
	assert_int_equal(lamp->watts, 60);
	assert_int_equal(lamp->fade, 500000000);
	assert_int_equal(lamp->memory, 65536);
	assert_int_equal(lamp->colour, 2);
	assert_int_equal(lamp->modes, 5);
	assert_string_equal(lamp->groups[0], "a");
	assert_string_equal(lamp->groups[1], "b-2");
	assert_string_equal(lamp->groups[2], "c");
	assert_null(lamp->groups[3]);
	assert_int_equal(f->house.lamps[1].watts, 40);
}

static void test_unknown_names_get_a_suggestion(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, "[lamp desk]\nwats=3\n",
		       "t.conf:2: [lamp desk] wats: unknown key; the known ones are room, label, device, on, watts, fade, memory, colour, modes, groups (did you mean \"watts\"?)");
	assert_refused(f, "\n[lmap desk]\nwatts=3\nfade=x\n",
		       "t.conf:2: [lmap desk] unknown section; the known ones are [house], [lamp NAME] (did you mean \"lamp\"?)");
	assert_refused(f, "[lamp desk]\ncolour=gren\n",
		       "t.conf:2: [lamp desk] colour: \"gren\" is not known; write one of red, green, blue (did you mean \"green\"?)");
	assert_refused(f, "[lamp desk]\nmodes=red,zzzzzz\n",
		       "t.conf:2: [lamp desk] modes: \"zzzzzz\" is not known; write one of red, green, blue");
}

static void test_wrong_values_say_what_is_right(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, "[lamp d]\nwatts=101\n",
		       "t.conf:2: [lamp d] watts: \"101\" is out of range; write 1 to 100");
	assert_refused(f, "[lamp d]\nwatts=-1\n",
		       "t.conf:2: [lamp d] watts: \"-1\" can't be read; write a whole number");
	assert_refused(f, "[lamp d]\nfade=3 s\n",
		       "t.conf:2: [lamp d] fade: \"3 s\" can't be read; write a duration such as 500ms, 1s or 5min");
	assert_refused(f, "[lamp d]\nfade=2min\n",
		       "t.conf:2: [lamp d] fade: \"2min\" is out of range; write 1ms to 1min");
	assert_refused(f, "[lamp d]\nmemory=64MB\n",
		       "t.conf:2: [lamp d] memory: \"64MB\" can't be read; write a size such as 4096, 64KiB, 16MiB or 1GiB");
	assert_refused(f, "[lamp d]\non=maybe\n",
		       "t.conf:2: [lamp d] on: \"maybe\" is neither yes nor no; write yes or no");
	assert_refused(f, "[lamp d]\ndevice=lamp0\n",
		       "t.conf:2: [lamp d] device: \"lamp0\" is no absolute path; write one that starts with /");
	assert_refused(f, "[lamp d]\nlabel=\n",
		       "t.conf:2: [lamp d] label: has no value; write one, or remove the line for the default");
	assert_refused(f, "[lamp d]\ngroups=a,,b\n",
		       "t.conf:2: [lamp d] groups: \"a,,b\" is no list; write at most 32 words with commas between");
	assert_int_equal(f->house.lamps[0].watts, 40);
}

static void test_broken_syntax_names_its_line(void **state)
{
	struct fixture *f = *state;
	char line[400] = "[lamp d]\nlabel=";

	assert_refused(f, "watts=3\n",
		       "t.conf:1: key outside of a section; write [kind name] above it");
	assert_refused(f, "[lamp d\nwatts=3\n",
		       "t.conf:1: broken section header; write [kind] or [kind name]");
	assert_refused(f, "[lamp d]\nwatts\n",
		       "t.conf:2: neither a section nor a key; write [kind name] or key = value");
	assert_refused(f, "[lamp]\n",
		       "t.conf:1: [lamp] has no proper name; write the kind and one name of 1 to 31 characters of a-z, 0-9 and -");
	assert_refused(f, "[house big]\n",
		       "t.conf:1: [house big] takes no name; there is one such section, write its kind alone");
	assert_refused(f, "[lamp d]\nwatts=3\nwatts=4\n",
		       "t.conf:3: [lamp d] watts: is set twice in this file; line 2 set it before, keep one of them");
	assert_refused(f, "[lamp d]\n[lamp e]\n[lamp f]\n",
		       "t.conf:3: [lamp f] too many sections of this kind; remove some");
	memset(line + strlen(line), 'x', 300);
	assert_refused(f, line,
		       "t.conf:2: the line is too long; write at most 197 bytes");
}

static void test_longest_line_is_read_whole(void **state)
{
	struct fixture *f = *state;
	char text[300] = "[lamp d]\nlabel=";
	size_t start = strlen(text);

	memset(text + start, 'x', 197 - strlen("label="));
	assert_int_equal(parse(f, text), 0);
	assert_string_equal(f->house.lamps[0].label, text + start);
}

static void test_all_mistakes_in_one_run(void **state)
{
	struct fixture *f = *state;
	char text[4096] = "[lamp d]\n";

	assert_int_equal(parse(f, "[lamp d]\nwatts=x\nfade=y\n"), -EINVAL);
	assert_int_equal(fovea_config_errors(f->config), 2);
	for (int i = 0; i < 200; i++)
		strcat(text, "wrong=1\n");
	assert_int_equal(parse(f, text), -EINVAL);
	assert_int_equal(fovea_config_errors(f->config),
			 FOVEA_CONFIG_ERRORS_MAX);
	assert_string_equal(fovea_config_message(f->config,
						 FOVEA_CONFIG_ERRORS_MAX - 1),
			    "t.conf:63: more errors follow; mend the ones above first");
}

static void test_errors_after_reading_find_their_place(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(parse(f, "\n[lamp d]\nroom=attic\n"), 0);
	assert_true(fovea_config_has(f->config, "lamp", "d", "room"));
	assert_true(fovea_config_has(f->config, "lamp", "d", NULL));
	assert_false(fovea_config_has(f->config, "lamp", "d", "watts"));
	assert_false(fovea_config_has(f->config, "lamp", "e", NULL));
	fovea_config_error(f->config, "lamp", "d", "room", "no room \"%s\"",
			   "attic");
	fovea_config_error(f->config, "lamp", "d", "watts", "is missing");
	assert_string_equal(fovea_config_message(f->config, 0),
			    "t.conf:3: [lamp d] room: no room \"attic\"");
	assert_string_equal(fovea_config_message(f->config, 1),
			    "t.conf:2: [lamp d] watts: is missing");
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void test_drop_ins_override_in_order(void **state)
{
	struct fixture *f = *state;
	char path[8][128];
	static const char *const names[] = {
		"/m.conf", "/m.conf.d", "/m.conf.d/20-b.conf",
		"/m.conf.d/10-a.conf", "/m.conf.d/30-c.conf~",
	};

	for (size_t i = 0; i < 5; i++)
		snprintf(path[i], sizeof(path[i]), "%s%s", f->folder, names[i]);
	write_file(path[0], "[lamp d]\nwatts=1\nroom=a\n");
	assert_int_equal(mkdir(path[1], 0700), 0);
	write_file(path[2], "[lamp d]\nwatts=3\n");
	write_file(path[3], "[lamp d]\nwatts=2\nroom=b\n");
	write_file(path[4], "not a configuration");
	assert_int_equal(fovea_config_read(f->config, path[0], sections,
					   &f->house), 0);
	assert_int_equal(f->house.lamps[0].watts, 3);
	assert_string_equal(f->house.lamps[0].room, "b");
	for (size_t i = 5; i-- > 0;)
		assert_int_equal(remove(path[i]), 0);
}

static void test_missing_file_is_an_error_with_its_name(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(fovea_config_read(f->config, "/nonexistent/x.conf",
					   sections, &f->house), -EINVAL);
	assert_string_equal(fovea_config_message(f->config, 0),
			    "/nonexistent/x.conf: can't be read: No such file or directory; create it, or name another by --config FILE");
}

static void test_durations_and_sizes(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(fovea_parse_duration("0", &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(fovea_parse_duration("5min", &value), 0);
	assert_int_equal(value, 300000000000);
	assert_int_equal(fovea_parse_duration("5", &value), -EINVAL);
	assert_int_equal(fovea_parse_duration("", &value), -EINVAL);
	assert_int_equal(fovea_parse_duration("300000d", &value), -ERANGE);
	assert_int_equal(fovea_parse_size("1TiB", &value), 0);
	assert_int_equal(value, 1ull << 40);
	assert_int_equal(fovea_parse_size("99999999999999999999", &value),
			 -ERANGE);
	assert_int_equal(fovea_parse_size("0x10", &value), -EINVAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_every_type),
		TEST(test_unknown_names_get_a_suggestion),
		TEST(test_wrong_values_say_what_is_right),
		TEST(test_broken_syntax_names_its_line),
		TEST(test_longest_line_is_read_whole),
		TEST(test_all_mistakes_in_one_run),
		TEST(test_errors_after_reading_find_their_place),
		TEST(test_drop_ins_override_in_order),
		TEST(test_missing_file_is_an_error_with_its_name),
		cmocka_unit_test(test_durations_and_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
