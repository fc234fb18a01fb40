/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of foveactl and what they share: exit codes, messages, sizes.
 */
#ifndef FOVEACTL_VERBS_H
#define FOVEACTL_VERBS_H

#include <stdint.h>

/* Exit status; documented in foveactl(1). */
enum exit_code {
	EXIT_OK = 0,
	EXIT_OTHER = 1,		/* none of the following */
	EXIT_USAGE = 2,		/* wrong command line */
	EXIT_NOT_FOUND = 3,	/* no such device or file */
	EXIT_UNREACHABLE = 4,	/* the daemon does not answer */
	EXIT_TEMPORARY = 5,	/* busy or too slow: try again */
};

/**
 * struct verb - one of foveactl's commands
 * @name: what people type
 * @synopsis: the rest of the command line
 * @summary: one line
 * @help: the options, a line each
 * @run: gets argv of the verb, its name first; returns enum exit_code
 */
struct verb {
	const char *name;
	const char *synopsis;
	const char *summary;
	const char *help;
	int (*run)(const struct verb *verb, int argc, char **argv);
};

extern const struct verb verb_capture;
extern const struct verb verb_crops;
extern const struct verb verb_devices;
extern const struct verb verb_meta;
extern const struct verb verb_network;
extern const struct verb verb_records;
extern const struct verb verb_scene;
extern const struct verb verb_status;
extern const struct verb verb_tensors;
extern const struct verb verb_watch;

/** verb_help() - print a verb's help to standard output; returns EXIT_OK */
int verb_help(const struct verb *verb);

/**
 * verb_usage() - complain about the command line
 * @verb: that was called
 * @format: what is wrong; NULL when getopt has said so already
 *
 * Return: EXIT_USAGE.
 */
int verb_usage(const struct verb *verb, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * verb_fail() - complain about a failure
 * @error: negative errno; it chooses the exit status
 * @format: what could not be done
 *
 * Return: enum exit_code.
 */
int verb_fail(int error, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** parse_count() - a decimal number from @min to @max; 0 or -EINVAL */
int parse_count(const char *text, uint32_t min, uint32_t max,
		uint32_t *ret_value);

/** parse_dimensions() - "640x480"; 0 or -EINVAL */
int parse_dimensions(const char *text, uint32_t *ret_width,
		     uint32_t *ret_height);

#endif /* FOVEACTL_VERBS_H */
