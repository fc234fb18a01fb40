// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl, the one command people type: finds the verb and runs it.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foveactl/verbs.h"
#include "libfovea/config.h"

static const struct verb *const verbs[] = {
	&verb_status,
	&verb_watch,
	&verb_records,
	&verb_capture,
	&verb_meta,
	&verb_network,
	&verb_tensors,
	&verb_crops,
	&verb_scene,
	&verb_devices,
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void print_help(void)
{
	printf("Usage: foveactl VERB [OPTION...] [ARGUMENT...]\n"
	       "Look at cameras, at the camera service, and through them.\n"
	       "\n");
	for (size_t i = 0; i < N_VERBS; i++)
		printf("  %-9s %s\n", verbs[i]->name, verbs[i]->summary);
	printf("\n"
	       "  --help     this text; after a verb: its options\n"
	       "  --version  version of Fovea\n"
	       "\n"
	       "Exit status: 0 done, 1 failure, 2 wrong command line, 3 not found,\n"
	       "4 daemon unreachable, 5 temporary failure. See foveactl(1).\n");
}

int verb_help(const struct verb *verb)
{
	printf("Usage: foveactl %s %s\n%s.\n\n%s", verb->name, verb->synopsis,
	       verb->summary, verb->help);
	return EXIT_OK;
}

int verb_usage(const struct verb *verb, const char *format, ...)
{
	va_list arguments;

	if (format) {
		fprintf(stderr, "foveactl %s: ", verb->name);
		va_start(arguments, format);
		vfprintf(stderr, format, arguments);
		va_end(arguments);
		fprintf(stderr, "\n");
	}
	fprintf(stderr, "Try \"foveactl %s --help\".\n", verb->name);
	return EXIT_USAGE;
}

static int code_of(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
	case -ENOTTY:
		return EXIT_NOT_FOUND;
	case -EAGAIN:
	case -EBUSY:
	case -ETIMEDOUT:
	case -EINTR:
		return EXIT_TEMPORARY;
	default:
		return EXIT_OTHER;
	}
}

int verb_fail(int error, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "foveactl: ");
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, ": %s\n", error == -ENOTTY ? "it is of another kind"
						   : strerror(-error));
	return code_of(error);
}

int parse_count(const char *text, uint32_t min, uint32_t max,
		uint32_t *ret_value)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || value < min || value > max)
		return -EINVAL;
	*ret_value = (uint32_t)value;
	return 0;
}

int parse_dimensions(const char *text, uint32_t *ret_width,
		     uint32_t *ret_height)
{
	const char *cross = strchr(text, 'x');
	char width[16];
	uint32_t w;
	int r;

	if (!cross || (size_t)(cross - text) >= sizeof(width))
		return -EINVAL;
	memcpy(width, text, (size_t)(cross - text));
	width[cross - text] = '\0';
	r = parse_count(width, 1, 16384, &w);
	if (r == 0)
		r = parse_count(cross + 1, 1, 16384, ret_height);
	if (r == 0)
		*ret_width = w;
	return r;
}

static int refuse_verb(const char *name)
{
	const char *names[N_VERBS + 1] = { NULL };
	const char *meant;

	for (size_t i = 0; i < N_VERBS; i++)
		names[i] = verbs[i]->name;
	meant = fovea_config_suggest(name, names);
	fprintf(stderr, "foveactl: unknown verb \"%s\"", name);
	if (meant)
		fprintf(stderr, " (did you mean \"%s\"?)", meant);
	fprintf(stderr, "; try \"foveactl --help\"\n");
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "foveactl: a verb is needed; try \"foveactl --help\"\n");
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0) {
		print_help();
		return EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("foveactl " FOVEA_VERSION "\n");
		return EXIT_OK;
	}
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(verbs[i]->name, argv[1]) == 0)
			return verbs[i]->run(verbs[i], argc - 1, argv + 1);
	return refuse_verb(argv[1]);
}
