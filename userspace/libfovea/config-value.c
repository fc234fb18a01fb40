// SPDX-License-Identifier: Apache-2.0
/*
 * Typed values of configuration files. Every refusal says what would be right,
 * because the person who reads it has only the file before them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libfovea/cleanup.h"
#include "libfovea/config-value.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit duration_units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "min", 60000000000 },
	{ "h", 3600000000000 },
	{ "d", 86400000000000 },
	{ NULL, 0 },
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "KiB", 1ull << 10 },
	{ "MiB", 1ull << 20 },
	{ "GiB", 1ull << 30 },
	{ "TiB", 1ull << 40 },
	{ NULL, 0 },
};

/* Digits only: no sign, no blanks, no base prefix; returns what follows. */
static int parse_digits(const char *text, uint64_t *ret_value,
			const char **ret_rest)
{
	uint64_t value = 0;
	const char *p = text;

	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -ERANGE;
	*ret_value = value;
	*ret_rest = p;
	return 0;
}

static int parse_with_unit(const char *text, const struct unit *units,
			   uint64_t *ret_value)
{
	const char *rest;
	uint64_t value;
	int r;

	r = parse_digits(text, &value, &rest);
	if (r < 0)
		return r;
	if (value == 0 && *rest == '\0') {
		*ret_value = 0;
		return 0;
	}
	for (; units->name; units++)
		if (strcmp(rest, units->name) == 0)
			break;
	if (!units->name)
		return -EINVAL;
	if (__builtin_mul_overflow(value, units->factor, &value))
		return -ERANGE;
	*ret_value = value;
	return 0;
}

int fovea_parse_duration(const char *text, uint64_t *ret_ns)
{
	return parse_with_unit(text, duration_units, ret_ns);
}

int fovea_parse_size(const char *text, uint64_t *ret_bytes)
{
	return parse_with_unit(text, size_units, ret_bytes);
}

bool fovea_name_valid(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < FOVEA_CONFIG_NAME_MAX &&
	       name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* Largest unit that divides the value, so that limits read as people write. */
static void format_with_unit(uint64_t value, const struct unit *units,
			     char *text, size_t size)
{
	const struct unit *best = &units[0];

	for (; units->name; units++)
		if (value != 0 && value % units->factor == 0 &&
		    units->factor > best->factor)
			best = units;
	(void)snprintf(text, size, "%" PRIu64 "%s", value / best->factor,
		       best->name);
}

static void format_number(enum fovea_config_type type, uint64_t value,
			  char *text, size_t size)
{
	switch (type) {
	case FOVEA_CONFIG_DURATION:
		format_with_unit(value, duration_units, text, size);
		break;
	case FOVEA_CONFIG_SIZE:
		format_with_unit(value, size_units, text, size);
		break;
	default:
		(void)snprintf(text, size, "%" PRIu64, value);
		break;
	}
}

static void append_choices(char *complaint, const char *const *choices)
{
	size_t used = strlen(complaint);
	const char *separator = "";

	for (; *choices && used < CONFIG_COMPLAINT_MAX; choices++) {
		int n = snprintf(complaint + used, CONFIG_COMPLAINT_MAX - used,
				 "%s%s", separator, *choices);

		used += n > 0 ? (size_t)n : 0;
		separator = ", ";
	}
}

static int refuse_choice(const char *word, const char *const *choices,
			 char *complaint)
{
	const char *meant = fovea_config_suggest(word, choices);
	size_t used;

	(void)snprintf(complaint, CONFIG_COMPLAINT_MAX,
		       "\"%s\" is not known; write one of ", word);
	append_choices(complaint, choices);
	used = strlen(complaint);
	if (meant)
		(void)snprintf(complaint + used, CONFIG_COMPLAINT_MAX - used,
			       " (did you mean \"%s\"?)", meant);
	return -EINVAL;
}

static int find_choice(const char *word, const char *const *choices,
		       uint32_t *ret_index)
{
	for (uint32_t i = 0; choices[i]; i++)
		if (strcmp(word, choices[i]) == 0) {
			*ret_index = i;
			return 0;
		}
	return -EINVAL;
}

static int store_number(const struct fovea_config_key *key, const char *value,
			void *field, char *complaint)
{
	uint64_t largest = key->type == FOVEA_CONFIG_U32 ? UINT32_MAX
							 : UINT64_MAX;
	char low[32], high[32];
	const char *rest = "", *right;
	uint64_t number = 0;
	int r;

	switch (key->type) {
	case FOVEA_CONFIG_DURATION:
		r = fovea_parse_duration(value, &number);
		right = "a duration such as 500ms, 1s or 5min";
		break;
	case FOVEA_CONFIG_SIZE:
		r = fovea_parse_size(value, &number);
		right = "a size such as 4096, 64KiB, 16MiB or 1GiB";
		break;
	default:
		r = parse_digits(value, &number, &rest);
		if (r == 0 && *rest != '\0')
			r = -EINVAL;
		right = "a whole number";
		break;
	}
	if (r == -EINVAL) {
		(void)snprintf(complaint, CONFIG_COMPLAINT_MAX,
			       "\"%s\" can't be read; write %s", value, right);
		return r;
	}
	if (key->max)
		largest = key->max;
	if (r == -ERANGE || number < key->min || number > largest) {
		format_number(key->type, key->min, low, sizeof(low));
		format_number(key->type, largest, high, sizeof(high));
		(void)snprintf(complaint, CONFIG_COMPLAINT_MAX,
			       "\"%s\" is out of range; write %s to %s",
			       value, low, high);
		return -EINVAL;
	}
	if (key->type == FOVEA_CONFIG_U32)
		*(uint32_t *)field = (uint32_t)number;
	else
		*(uint64_t *)field = number;
	return 0;
}

static int store_bool(const char *value, bool *field, char *complaint)
{
	static const char *const words[] = {
		"yes", "no", "true", "false", "on", "off", "1", "0", NULL,
	};
	uint32_t index;

	if (find_choice(value, words, &index) < 0) {
		(void)snprintf(complaint, CONFIG_COMPLAINT_MAX,
			       "\"%s\" is neither yes nor no; write yes or no",
			       value);
		return -EINVAL;
	}
	*field = index % 2 == 0;
	return 0;
}

static int refuse_name(const char *value, char *complaint)
{
	(void)snprintf(complaint, CONFIG_COMPLAINT_MAX,
		       "\"%s\" is no name; write 1 to %u characters of a-z, 0-9 and -, the first not -",
		       value, FOVEA_CONFIG_NAME_MAX - 1);
	return -EINVAL;
}

static int store_string(const struct fovea_config_key *key, const char *value,
			char **field, char *complaint)
{
	char *copy;

	if (key->type == FOVEA_CONFIG_PATH && value[0] != '/') {
		(void)snprintf(complaint, CONFIG_COMPLAINT_MAX,
			       "\"%s\" is no absolute path; write one that starts with /",
			       value);
		return -EINVAL;
	}
	copy = strdup(value);
	if (!copy)
		return -ENOMEM;
	free(*field);
	*field = copy;
	return 0;
}

/*
 * Split at commas; blanks around the words are dropped. Returns how many words
 * @words points to, or -EINVAL when one is empty or there are too many.
 */
static int split_words(char *text, char **words, size_t max)
{
	size_t count = 0;
	bool last;

	do {
		char *end = text + strcspn(text, ",");
		char *next = end + 1;

		last = *end == '\0';
		text += strspn(text, " \t");
		while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		if (end <= text || count == max)
			return -EINVAL;
		*end = '\0';
		words[count++] = text;
		text = next;
	} while (!last);
	return (int)count;
}

char **fovea_config_list_free(char **list)
{
	for (char **item = list; item && *item; item++)
		free(*item);
	free(list);
	return NULL;
}

static int store_list(char **words, size_t count, char ***field,
		      char *complaint)
{
	char **list = calloc(count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (!fovea_name_valid(words[i])) {
			fovea_config_list_free(list);
			return refuse_name(words[i], complaint);
		}
		list[i] = strdup(words[i]);
		if (!list[i]) {
			fovea_config_list_free(list);
			return -ENOMEM;
		}
	}
	fovea_config_list_free(*field);
	*field = list;
	return 0;
}

static int store_words(const struct fovea_config_key *key, const char *value,
		       void *field, char *complaint)
{
	_cleanup_free_ char *copy = strdup(value);
	char *words[32];
	uint32_t flags = 0;
	int count;

	if (!copy)
		return -ENOMEM;
	count = split_words(copy, words, 32);
	if (count < 0) {
		(void)snprintf(complaint, CONFIG_COMPLAINT_MAX,
			       "\"%s\" is no list; write at most 32 words with commas between",
			       value);
		return -EINVAL;
	}
	if (key->type == FOVEA_CONFIG_LIST)
		return store_list(words, (size_t)count, field, complaint);
	for (int i = 0; i < count; i++) {
		uint32_t index;

		if (find_choice(words[i], key->choices, &index) < 0)
			return refuse_choice(words[i], key->choices, complaint);
		flags |= 1u << index;
	}
	*(uint32_t *)field = flags;
	return 0;
}

int config_value_store(const struct fovea_config_key *key, const char *value,
		       void *target, char *complaint)
{
	void *field = (char *)target + key->offset;

	if (*value == '\0') {
		(void)snprintf(complaint, CONFIG_COMPLAINT_MAX,
			       "has no value; write one, or remove the line for the default");
		return -EINVAL;
	}
	switch (key->type) {
	case FOVEA_CONFIG_STRING:
	case FOVEA_CONFIG_PATH:
		return store_string(key, value, field, complaint);
	case FOVEA_CONFIG_NAME:
		if (!fovea_name_valid(value))
			return refuse_name(value, complaint);
		memset(field, 0, FOVEA_CONFIG_NAME_MAX);
		memcpy(field, value, strlen(value));
		return 0;
	case FOVEA_CONFIG_BOOL:
		return store_bool(value, field, complaint);
	case FOVEA_CONFIG_U32:
	case FOVEA_CONFIG_DURATION:
	case FOVEA_CONFIG_SIZE:
		return store_number(key, value, field, complaint);
	case FOVEA_CONFIG_ENUM:
		if (find_choice(value, key->choices, field) < 0)
			return refuse_choice(value, key->choices, complaint);
		return 0;
	case FOVEA_CONFIG_FLAGS:
	case FOVEA_CONFIG_LIST:
		return store_words(key, value, field, complaint);
	}
	return -EINVAL;
}
