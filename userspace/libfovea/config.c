// SPDX-License-Identifier: Apache-2.0
/*
 * Reads configuration files through libinih and keeps what libinih does not:
 * the line of every key, section headers without keys, and all the errors.
 *
 * Invariants:
 * - libinih sees exactly the lines of the file, in order, each without blanks
 *   in front, so its line and the reader's line are the same and there are no
 *   continuation lines.
 * - A line that this file has already refused reaches libinih as an empty one.
 * - A section header is announced before any of its keys.
 * - @target belongs to @current and is NULL when the section was refused: its
 *   keys are then skipped, because one mistake deserves one message.
 */
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libfovea/cleanup.h"
#include "libfovea/config.h"
#include "libfovea/config-value.h"

#define INIH_LINE_SIZE	(FOVEA_CONFIG_LINE_MAX + 3)	/* CR, LF and NUL */
#define SECTION_MAX	50u	/* what libinih can hold of "kind name" */
#define PLACES_MAX	4096u
#define DROP_INS_MAX	256u

/* Where a section header (empty @key) or a key was last seen. */
struct place {
	char section[SECTION_MAX];
	char key[SECTION_MAX];
	size_t file;
	unsigned int line;
};

struct fovea_config {
	char **files;
	size_t n_files;
	struct place *places;
	size_t n_places;
	char *errors[FOVEA_CONFIG_ERRORS_MAX];
	size_t n_errors;
};

/* State of reading one file. */
struct reading {
	struct fovea_config *config;
	const struct fovea_config_section *sections;
	void *userdata;
	const char *text;
	size_t size;
	size_t offset;
	size_t file;
	unsigned int line;
	char header[SECTION_MAX];
	bool in_section;	/* a header was seen, good or bad */
	const struct fovea_config_section *current;
	void *target;
	int error;	/* of an open() or of memory: ends the reading */
};

int fovea_config_new(struct fovea_config **ret_config)
{
	struct fovea_config *config = calloc(1, sizeof(*config));

	if (!config)
		return -ENOMEM;
	*ret_config = config;
	return 0;
}

struct fovea_config *fovea_config_free(struct fovea_config *config)
{
	if (!config)
		return NULL;
	for (size_t i = 0; i < config->n_files; i++)
		free(config->files[i]);
	free(config->files);
	free(config->places);
	for (size_t i = 0; i < config->n_errors; i++)
		free(config->errors[i]);
	free(config);
	return NULL;
}

size_t fovea_config_errors(const struct fovea_config *config)
{
	return config->n_errors;
}

const char *fovea_config_message(const struct fovea_config *config,
				 size_t index)
{
	return config->errors[index];
}

/*
 * "FILE:LINE: [section] key: text"; line 0, NULL section and NULL key are left
 * out. The last message that fits is replaced by one that says so.
 */
static int add_error(struct fovea_config *config, size_t file,
		     unsigned int line, const char *section, const char *key,
		     const char *text)
{
	const char *name = config->files[file];
	char place[16] = "";
	char *message;
	int n;

	if (config->n_errors == FOVEA_CONFIG_ERRORS_MAX)
		return -EINVAL;
	if (line)
		(void)snprintf(place, sizeof(place), ":%u", line);
	if (config->n_errors == FOVEA_CONFIG_ERRORS_MAX - 1)
		n = asprintf(&message, "%s%s: more errors follow; mend the ones above first",
			     name, place);
	else
		n = asprintf(&message, "%s%s: %s%s%s%s%s%s", name, place,
			     section ? "[" : "", section ? section : "",
			     section ? "] " : "", key ? key : "",
			     key ? ": " : "", text);
	if (n < 0)
		return -ENOMEM;
	config->errors[config->n_errors++] = message;
	return -EINVAL;
}

/* Only running out of memory is worth stopping for. */
static void complain(struct reading *reading, const char *section,
		     const char *key, const char *text)
{
	int r = add_error(reading->config, reading->file, reading->line,
			  section, key, text);

	if (r == -ENOMEM)
		reading->error = r;
}

/* "kind name" as the table of places has it; kinds have at most 15 letters. */
static void compose_section(char *section, const char *kind, const char *name)
{
	(void)snprintf(section, SECTION_MAX, "%.15s%s%.31s", kind,
		       name ? " " : "", name ? name : "");
}

static struct place *find_place(const struct fovea_config *config,
				const char *section, const char *key)
{
	for (size_t i = 0; i < config->n_places; i++)
		if (strcmp(config->places[i].section, section) == 0 &&
		    strcmp(config->places[i].key, key) == 0)
			return &config->places[i];
	return NULL;
}

/* Returns the line of an earlier mention in the same file, or 0. */
static unsigned int note_place(struct reading *reading, const char *key)
{
	struct fovea_config *config = reading->config;
	struct place *place = find_place(config, reading->header, key);
	unsigned int earlier = 0;

	if (!place) {
		struct place *more;

		if (config->n_places == PLACES_MAX) {
			complain(reading, NULL, NULL,
				 "too many keys; write fewer than 4096");
			reading->error = -E2BIG;
			return 0;
		}
		more = reallocarray(config->places, config->n_places + 1,
				    sizeof(*more));
		if (!more) {
			reading->error = -ENOMEM;
			return 0;
		}
		config->places = more;
		place = &more[config->n_places++];
		memset(place, 0, sizeof(*place));
		memcpy(place->section, reading->header, SECTION_MAX);
		(void)snprintf(place->key, sizeof(place->key), "%s", key);
	} else if (place->file == reading->file) {
		earlier = place->line;
	}
	place->file = reading->file;
	place->line = reading->line;
	return earlier;
}

static void refuse_unknown(struct reading *reading, const char *section,
			   const char *key, const char *what,
			   const char *const *choices)
{
	const char *meant = fovea_config_suggest(key ? key : section, choices);
	char text[CONFIG_COMPLAINT_MAX];
	size_t used;

	(void)snprintf(text, sizeof(text), "unknown %s; the known ones are",
		       what);
	for (size_t i = 0; choices[i]; i++) {
		used = strlen(text);
		(void)snprintf(text + used, sizeof(text) - used, "%s %s",
			       i ? "," : "", choices[i]);
	}
	used = strlen(text);
	if (meant)
		(void)snprintf(text + used, sizeof(text) - used,
			       " (did you mean \"%s\"?)", meant);
	complain(reading, section, key, text);
}

#define KNOWN_MAX 64u

static void refuse_section(struct reading *reading, const char *header,
			   const char *kind)
{
	const char *known[KNOWN_MAX + 1];
	char text[CONFIG_COMPLAINT_MAX];
	const char *meant;
	size_t used;

	(void)snprintf(text, sizeof(text), "unknown section; the known ones are");
	for (size_t i = 0; i < KNOWN_MAX; i++) {
		const struct fovea_config_section *s = &reading->sections[i];

		known[i] = s->kind;
		if (!s->kind)
			break;
		used = strlen(text);
		(void)snprintf(text + used, sizeof(text) - used, "%s [%s%s]",
			       i ? "," : "", s->kind, s->named ? " NAME" : "");
	}
	known[KNOWN_MAX] = NULL;
	meant = fovea_config_suggest(kind, known);
	used = strlen(text);
	if (meant)
		(void)snprintf(text + used, sizeof(text) - used,
			       " (did you mean \"%s\"?)", meant);
	complain(reading, header, NULL, text);
}

static void open_section(struct reading *reading, const char *name)
{
	const struct fovea_config_section *section = reading->current;
	int r;

	(void)note_place(reading, "");
	if (reading->error)
		return;
	r = section->open(reading->userdata, section->named ? name : NULL,
			  &reading->target);
	if (r == -E2BIG)
		complain(reading, reading->header, NULL,
			 "too many sections of this kind; remove some");
	else if (r < 0)
		reading->error = r;
	if (r < 0)
		reading->target = NULL;
}

/* @header is what stands between the brackets. */
static void enter_section(struct reading *reading, const char *header)
{
	char kind[SECTION_MAX] = "", name[SECTION_MAX] = "", extra;
	const struct fovea_config_section *section = reading->sections;
	int words = sscanf(header, "%49s %49s %c", kind, name, &extra);

	reading->current = NULL;
	reading->target = NULL;
	for (; section->kind; section++)
		if (strcmp(section->kind, kind) == 0)
			break;
	if (!section->kind) {
		refuse_section(reading, header, kind);
	} else if (section->named && (words != 2 || !fovea_name_valid(name))) {
		complain(reading, header, NULL,
			 "has no proper name; write the kind and one name of 1 to 31 characters of a-z, 0-9 and -");
	} else if (!section->named && words != 1) {
		complain(reading, header, NULL,
			 "takes no name; there is one such section, write its kind alone");
	} else {
		memset(reading->header, 0, sizeof(reading->header));
		compose_section(reading->header, kind,
				section->named ? name : NULL);
		reading->current = section;
		open_section(reading, name);
	}
}

/* libinih's callback; the place is the line its reader gave out last. */
static int take_key(void *userdata, const char *header, const char *name,
		    const char *value)
{
	struct reading *reading = userdata;
	const struct fovea_config_key *key;
	char complaint[CONFIG_COMPLAINT_MAX];
	const char *known[KNOWN_MAX + 1];
	unsigned int earlier;
	size_t count = 0;
	int r;

	(void)header;
	if (!reading->target || reading->error)
		return 1;
	for (key = reading->current->keys; key->name; key++) {
		if (strcmp(key->name, name) == 0)
			break;
		if (count < KNOWN_MAX)
			known[count++] = key->name;
	}
	if (!key->name) {
		known[count] = NULL;
		refuse_unknown(reading, reading->header, name, "key", known);
		return 1;
	}
	earlier = note_place(reading, name);
	if (reading->error)
		return 1;
	if (earlier) {
		(void)snprintf(complaint, sizeof(complaint),
			       "is set twice in this file; line %u set it before, keep one of them",
			       earlier);
		complain(reading, reading->header, name, complaint);
		return 1;
	}
	r = config_value_store(key, value, reading->target, complaint);
	if (r == -EINVAL)
		complain(reading, reading->header, name, complaint);
	else if (r < 0)
		reading->error = r;
	return 1;
}

/* Looks at a line before libinih does; false: libinih must not see it. */
static bool examine_line(struct reading *reading, char *line)
{
	size_t length = strlen(line);
	char *end;

	if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
		return true;
	if (line[0] == '[') {
		reading->in_section = true;
		end = strchr(line, ']');
		if (!end || strspn(end + 1, " \t") < strcspn(end + 1, ";")) {
			reading->target = NULL;
			complain(reading, NULL, NULL,
				 "broken section header; write [kind] or [kind name]");
			return false;
		}
		if ((size_t)(end - line) > SECTION_MAX - 1) {
			reading->target = NULL;
			complain(reading, NULL, NULL,
				 "section header too long; a name has at most 31 characters");
			return false;
		}
		*end = '\0';
		enter_section(reading, line + 1);
		*end = ']';
		return true;
	}
	if (strcspn(line, "=:") == length || strcspn(line, "=:") == 0) {
		complain(reading, NULL, NULL,
			 "neither a section nor a key; write [kind name] or key = value");
		return false;
	}
	if (strcspn(line, "=:") >= SECTION_MAX) {
		complain(reading, NULL, NULL,
			 "key too long; the longest known ones have fewer than 50 characters");
		return false;
	}
	if (!reading->in_section) {
		complain(reading, NULL, NULL,
			 "key outside of a section; write [kind name] above it");
		return false;
	}
	return true;
}

/* libinih's source of lines, with the meaning of fgets(). */
static char *next_line(char *buffer, int size, void *userdata)
{
	struct reading *reading = userdata;
	const char *start = reading->text + reading->offset;
	size_t left = reading->size - reading->offset;
	size_t length;
	const char *newline;

	(void)size;
	if (left == 0 || reading->error)
		return NULL;
	newline = memchr(start, '\n', left);
	length = newline ? (size_t)(newline - start) : left;
	reading->offset += length + (newline ? 1 : 0);
	reading->line++;
	if (reading->line == 1 && length >= 3 &&
	    memcmp(start, "\xef\xbb\xbf", 3) == 0) {
		start += 3;
		length -= 3;
	}
	while (length && (*start == ' ' || *start == '\t')) {
		start++;
		length--;
	}
	while (length && strchr(" \t\r", start[length - 1]))
		length--;
	(void)snprintf(buffer, INIH_LINE_SIZE, "\n");
	if (memchr(start, '\0', length)) {
		complain(reading, NULL, NULL,
			 "the line holds a NUL byte; a configuration file is plain text");
	} else if (length > FOVEA_CONFIG_LINE_MAX) {
		complain(reading, NULL, NULL,
			 "the line is too long; write at most 197 bytes");
	} else {
		memcpy(buffer, start, length);
		buffer[length] = '\0';
		if (examine_line(reading, buffer))
			memcpy(buffer + length, "\n", 2);
		else
			memcpy(buffer, "\n", 2);
	}
	return buffer;
}

static int remember_file(struct fovea_config *config, const char *file)
{
	char **more = reallocarray(config->files, config->n_files + 1,
				   sizeof(*more));

	if (!more)
		return -ENOMEM;
	config->files = more;
	more[config->n_files] = strdup(file);
	if (!more[config->n_files])
		return -ENOMEM;
	config->n_files++;
	return 0;
}

int fovea_config_parse(struct fovea_config *config, const char *file,
		       const char *text, size_t size,
		       const struct fovea_config_section *sections,
		       void *userdata)
{
	struct reading reading = {
		.config = config,
		.sections = sections,
		.userdata = userdata,
		.text = text,
		.size = size,
	};
	int r;

	r = remember_file(config, file);
	if (r < 0)
		return r;
	reading.file = config->n_files - 1;
	r = ini_parse_stream(next_line, &reading, take_key, &reading);
	if (reading.error && reading.error != -E2BIG)
		return reading.error;
	if (r > 0 && config->n_errors == 0) {
		reading.line = (unsigned int)r;
		complain(&reading, NULL, NULL,
			 "can't be read; write [kind name] or key = value");
	}
	return config->n_errors ? -EINVAL : 0;
}

static int refuse_file(struct fovea_config *config, const char *file,
		       const char *text)
{
	int r = remember_file(config, file);

	if (r < 0)
		return r;
	return add_error(config, config->n_files - 1, 0, NULL, NULL, text);
}

static int refuse_file_errno(struct fovea_config *config, const char *file,
			     int error)
{
	char text[CONFIG_COMPLAINT_MAX];

	(void)snprintf(text, sizeof(text),
		       "can't be read: %s; create it, or name another by --config FILE",
		       strerror(-error));
	return refuse_file(config, file, text);
}

/* The whole file in memory: at most FOVEA_CONFIG_FILE_MAX bytes. */
static int load_file(const char *path, char **ret_text, size_t *ret_size)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *text = NULL;
	size_t size;
	struct stat st;

	if (!file || fstat(fileno(file), &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	text = malloc(FOVEA_CONFIG_FILE_MAX + 1);
	if (!text)
		return -ENOMEM;
	size = fread(text, 1, FOVEA_CONFIG_FILE_MAX + 1, file);
	if (ferror(file))
		return -EIO;
	if (size > FOVEA_CONFIG_FILE_MAX)
		return -EFBIG;
	*ret_text = fovea_take_pointer(text);
	*ret_size = size;
	return 0;
}

static int read_one(struct fovea_config *config, const char *path,
		    const struct fovea_config_section *sections,
		    void *userdata)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	int r;

	r = load_file(path, &text, &size);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return refuse_file_errno(config, path, r);
	return fovea_config_parse(config, path, text, size, sections, userdata);
}

static int is_drop_in(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 &&
	       strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_drop_ins(struct fovea_config *config, const char *folder,
			 const struct fovea_config_section *sections,
			 void *userdata)
{
	struct dirent **entries = NULL;
	int count, r = 0;

	count = scandir(folder, &entries, is_drop_in, compare_names);
	if (count < 0)
		return errno == ENOENT ? 0 :
		       refuse_file_errno(config, folder, -errno);
	if (count > (int)DROP_INS_MAX)
		r = refuse_file(config, folder,
				"too many drop-in files; keep at most 256");
	for (int i = 0; i < count; i++) {
		_cleanup_free_ char *path = NULL;

		if (r == 0 || r == -EINVAL) {
			if (asprintf(&path, "%s/%s", folder,
				     entries[i]->d_name) < 0)
				r = -ENOMEM;
			else
				r = read_one(config, path, sections, userdata);
		}
		free(entries[i]);
	}
	free(entries);
	return r;
}

int fovea_config_read(struct fovea_config *config, const char *path,
		      const struct fovea_config_section *sections,
		      void *userdata)
{
	_cleanup_free_ char *folder = NULL;
	int r;

	if (asprintf(&folder, "%s.d", path) < 0)
		return -ENOMEM;
	r = read_one(config, path, sections, userdata);
	if (r < 0 && r != -EINVAL)
		return r;
	r = read_drop_ins(config, folder, sections, userdata);
	if (r < 0 && r != -EINVAL)
		return r;
	return config->n_errors ? -EINVAL : 0;
}

bool fovea_config_has(const struct fovea_config *config, const char *kind,
		      const char *name, const char *key)
{
	char section[SECTION_MAX];

	compose_section(section, kind, name);
	return find_place(config, section, key ? key : "") != NULL;
}

int fovea_config_error(struct fovea_config *config, const char *kind,
		       const char *name, const char *key,
		       const char *format, ...)
{
	char text[CONFIG_COMPLAINT_MAX], section[SECTION_MAX];
	const struct place *place;
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	compose_section(section, kind, name);
	place = find_place(config, section, key ? key : "");
	if (!place)
		place = find_place(config, section, "");
	if (!place)
		return add_error(config, 0, 0, section, key, text);
	return add_error(config, place->file, place->line, section, key, text);
}

/* Levenshtein distance, words of up to 63 characters; more count as far. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64];
	size_t n = strlen(b);

	if (n > 63 || strlen(a) > 63)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t above = row[j];
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			diagonal = above;
		}
	}
	return row[n];
}

const char *fovea_config_suggest(const char *word, const char *const *choices)
{
	size_t limit = strlen(word) / 3 + 1;
	const char *best = NULL;

	for (; *choices; choices++) {
		size_t d = distance(word, *choices);

		if (d <= limit) {
			best = *choices;
			limit = d ? d - 1 : 0;
		}
		if (d == 0)
			break;
	}
	return best;
}
