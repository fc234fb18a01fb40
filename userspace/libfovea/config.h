/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed configuration files for all of Fovea's processes: a table of sections
 * and keys goes in, a filled struct comes out, and every mistake is reported
 * with file, line and what would be right.
 *
 * The syntax is INI as libinih reads it: "[kind]" or "[kind name]" headers,
 * "key = value" lines, comments after "#" or ";" at the start of a line and
 * after " ;" inside one. Blanks before a line are ignored, there are no
 * continuation lines, and a line holds at most FOVEA_CONFIG_LINE_MAX bytes.
 * After the main file come the files *.conf of the folder "<file>.d" in
 * lexical order; a later file overrides the keys it names.
 */
#ifndef LIBFOVEA_CONFIG_H
#define LIBFOVEA_CONFIG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOVEA_CONFIG_LINE_MAX	197u		/* bytes of a line, without its end */
#define FOVEA_CONFIG_FILE_MAX	(1u << 20)	/* bytes of one file */
#define FOVEA_CONFIG_ERRORS_MAX	64u		/* messages kept; more are counted */
#define FOVEA_CONFIG_NAME_MAX	32u		/* bytes of a name with the NUL */

/**
 * enum fovea_config_type - what a value must look like and where it goes
 * @FOVEA_CONFIG_STRING: any text; char *, owned by the struct it is in
 * @FOVEA_CONFIG_PATH: an absolute path; char *, owned by the struct
 * @FOVEA_CONFIG_NAME: 1 to 31 of a-z 0-9 -; char[FOVEA_CONFIG_NAME_MAX]
 * @FOVEA_CONFIG_BOOL: yes, no, true, false, on, off, 1, 0; bool
 * @FOVEA_CONFIG_U32: a decimal number from .min to .max; uint32_t
 * @FOVEA_CONFIG_DURATION: a number and ns, us, ms, s, min, h or d, in
 *	nanoseconds from .min to .max; uint64_t
 * @FOVEA_CONFIG_SIZE: a number and nothing, B, KiB, MiB, GiB or TiB, in bytes
 *	from .min to .max; uint64_t
 * @FOVEA_CONFIG_ENUM: one of .choices; uint32_t, its index
 * @FOVEA_CONFIG_FLAGS: some of .choices with commas between; uint32_t, bit n
 *	for the n-th choice
 * @FOVEA_CONFIG_LIST: names with commas between; char **, NULL-terminated,
 *	owned by the struct (fovea_config_list_free())
 */
enum fovea_config_type {
	FOVEA_CONFIG_STRING,
	FOVEA_CONFIG_PATH,
	FOVEA_CONFIG_NAME,
	FOVEA_CONFIG_BOOL,
	FOVEA_CONFIG_U32,
	FOVEA_CONFIG_DURATION,
	FOVEA_CONFIG_SIZE,
	FOVEA_CONFIG_ENUM,
	FOVEA_CONFIG_FLAGS,
	FOVEA_CONFIG_LIST,
};

/**
 * struct fovea_config_key - one key of a section; an empty one ends the table
 * @name: as it is written in the file
 * @type: of the value
 * @offset: of the field in the section's struct (offsetof)
 * @min: smallest value of a number
 * @max: largest value of a number; 0: as large as the field can hold
 * @choices: words of ENUM and FLAGS, NULL-terminated, at most 32
 */
struct fovea_config_key {
	const char *name;
	enum fovea_config_type type;
	size_t offset;
	uint64_t min;
	uint64_t max;
	const char *const *choices;
};

/**
 * struct fovea_config_section - one kind of section; an empty one ends the table
 * @kind: first word of the header
 * @named: "[kind name]" rather than "[kind]"
 * @keys: what may stand in it
 * @open: gives the struct to fill for @name (NULL when not @named), with the
 *	defaults set when the section is seen for the first time; called again
 *	with the same name when a drop-in file amends the section. The pointer
 *	must stay valid until the next call only. Returns 0, or a negative
 *	errno: -E2BIG is reported as "too many sections of this kind", others
 *	end the reading.
 */
struct fovea_config_section {
	const char *kind;
	bool named;
	const struct fovea_config_key *keys;
	int (*open)(void *userdata, const char *name, void **ret_target);
};

/** struct fovea_config - positions of all keys that were read, and the errors */
struct fovea_config;

/**
 * fovea_config_new() - an empty configuration
 * @ret_config: owned by the caller, ends by fovea_config_free()
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_config_new(struct fovea_config **ret_config);

/** fovea_config_free() - NULL is fine; returns NULL */
struct fovea_config *fovea_config_free(struct fovea_config *config);

/**
 * fovea_config_read() - read a main file and its drop-in folder
 * @config: where positions and errors are collected
 * @path: the main file; "<path>.d" is the drop-in folder and may be missing
 * @sections: what may stand in the files
 * @userdata: given to the sections' open()
 *
 * Reads on after a mistake, so that one run shows all of them.
 *
 * Return: 0; -EINVAL when there are errors to print (a file that can't be read
 * among them); -ENOMEM; or what an open() returned.
 */
int fovea_config_read(struct fovea_config *config, const char *path,
		      const struct fovea_config_section *sections,
		      void *userdata);

/**
 * fovea_config_parse() - read one file that is in memory already
 * @config: where positions and errors are collected
 * @file: its name, for the messages
 * @text: the contents, needs no NUL at its end
 * @size: bytes of @text
 * @sections: what may stand in it
 * @userdata: given to the sections' open()
 *
 * Return: as fovea_config_read().
 */
int fovea_config_parse(struct fovea_config *config, const char *file,
		       const char *text, size_t size,
		       const struct fovea_config_section *sections,
		       void *userdata);

/**
 * fovea_config_has() - was this key set in any file?
 * @config: after reading
 * @kind: of the section
 * @name: of the section, NULL when it has none
 * @key: NULL asks for the section itself
 *
 * Return: true when it was, whatever its value.
 */
bool fovea_config_has(const struct fovea_config *config, const char *kind,
		      const char *name, const char *key);

/**
 * fovea_config_error() - add an error found by looking at several keys
 * @config: after reading
 * @kind: of the section
 * @name: of the section, NULL when it has none
 * @key: the message names this key, and its place when it was set, else the
 *	place of the section header; NULL: the section itself
 * @format: "what is wrong; what would be right"
 *
 * Return: -EINVAL, or -ENOMEM.
 */
int fovea_config_error(struct fovea_config *config, const char *kind,
		       const char *name, const char *key,
		       const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** fovea_config_errors() - how many messages fovea_config_message() has */
size_t fovea_config_errors(const struct fovea_config *config);

/**
 * fovea_config_message() - one error, "FILE:LINE: [section] key: ..."
 * @config: after reading
 * @index: below fovea_config_errors()
 *
 * Return: a string that lives as long as @config.
 */
const char *fovea_config_message(const struct fovea_config *config,
				 size_t index);

/**
 * fovea_config_suggest() - the choice that was probably meant
 * @word: what was written
 * @choices: NULL-terminated
 *
 * Return: an element of @choices, or NULL when none is close.
 */
const char *fovea_config_suggest(const char *word, const char *const *choices);

/** fovea_config_list_free() - free a list value; NULL is fine; returns NULL */
char **fovea_config_list_free(char **list);

/**
 * fovea_parse_duration() - "500ms", "5min"; "0" needs no unit
 * @text: a number and a unit, no blanks between
 * @ret_ns: nanoseconds
 *
 * Return: 0, -EINVAL when it is no duration, -ERANGE when it does not fit.
 */
int fovea_parse_duration(const char *text, uint64_t *ret_ns);

/**
 * fovea_parse_size() - "64MiB", "4096"
 * @text: a number and a unit, no blanks between
 * @ret_bytes: bytes
 *
 * Return: 0, -EINVAL when it is no size, -ERANGE when it does not fit.
 */
int fovea_parse_size(const char *text, uint64_t *ret_bytes);

/** fovea_name_valid() - 1 to 31 characters of a-z 0-9 -, not starting with - */
bool fovea_name_valid(const char *name);

#endif /* LIBFOVEA_CONFIG_H */
