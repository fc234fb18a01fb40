// SPDX-License-Identifier: Apache-2.0
/*
 * Which checks are wanted, and where their lines go.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs1-device/conformance.h"
#include "libfs1-conformance.h"

/* "buffer" means all checks "buffer.…". */
static bool is_meant(const char *wanted, unsigned int index)
{
	const char *name = fs1_conformance_name(index, NULL);
	size_t length = strlen(wanted);

	return strncmp(wanted, name, length) == 0 &&
	       (!name[length] || name[length] == '.');
}

static bool is_wanted(void *argument, unsigned int index)
{
	const struct conformance_config *config = argument;

	for (int i = 0; i < config->count; i++)
		if (is_meant(config->names[i], index))
			return true;
	return config->count == 0;
}

static void print_line(void *argument, const char *line)
{
	(void)argument;
	puts(line);
	fflush(stdout);
}

static int check_names(const struct conformance_config *config)
{
	for (int i = 0; i < config->count; i++) {
		unsigned int index = 0;

		while (index < fs1_conformance_count() &&
		       !is_meant(config->names[i], index))
			index++;
		if (index == fs1_conformance_count()) {
			fprintf(stderr, "fs1-device: there is no check \"%s\"; --conformance --list names them\n",
				config->names[i]);
			return -EINVAL;
		}
	}
	return 0;
}

static void list_checks(const struct conformance_config *config)
{
	for (unsigned int i = 0; i < fs1_conformance_count(); i++) {
		const char *paragraph;
		const char *name = fs1_conformance_name(i, &paragraph);

		if (is_wanted((void *)(uintptr_t)config, i))
			printf("%-28s %s\n", name, paragraph);
	}
}

int conformance_run(const struct conformance_config *config)
{
	const struct libfs1_conformance_config suite = {
		.capabilities = FS1_CAP_SCENE | FS1_CAP_NPU,
		.unpaced = config->unpaced,
		.wanted = is_wanted,
		.report = print_line,
		.argument = (void *)(uintptr_t)config,
	};
	struct fs1_conformance_result result;
	int r;

	r = check_names(config);
	if (r < 0)
		return r;
	if (config->list) {
		list_checks(config);
		return 0;
	}
	r = libfs1_conformance(&suite, &result);
	if (r < 0)
		return r;
	return result.failed ? 1 : 0;
}
