// SPDX-License-Identifier: Apache-2.0
/*
 * What a rule looks for among the things that a network has found: classes and a
 * region out of their texts.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fovead/settings-detected.h"

#define CLASS_NUMBER_MAX	65534u	/* 65535 is FOVEA_CLASS_SEVERAL */

void settings_detected_default(struct rule_settings *rule)
{
	rule->score = 1;
	rule->minimum = 1;
	rule->maximum = FOVEA_DETECTIONS_MAX;
	rule->hold = 2;
	rule->digits = 1;
	rule->region.width = RESULT_ARRAY_WIDTH;
	rule->region.height = RESULT_ARRAY_HEIGHT;
}

void settings_detected_done(struct rule_settings *rule)
{
	free(rule->class_text);
	free(rule->region_text);
	rule->class_text = NULL;
	rule->region_text = NULL;
}

/* Takes the blanks off both ends; returns where it starts then. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		text[--length] = '\0';
	return text;
}

/* A decimal number of at most @max at *@text, which moves behind it. */
static bool read_number(char **text, uint32_t max, uint32_t *ret_number)
{
	uint32_t number = 0;
	char *at = *text;

	if (!isdigit((unsigned char)*at))
		return false;
	for (; isdigit((unsigned char)*at); at++) {
		number = number * 10 + (uint32_t)(*at - '0');
		if (number > max)
			return false;
	}
	*text = at;
	*ret_number = number;
	return true;
}

/* "7", "0-9", or else a label; false: it is too long, or a wrong range. */
static bool read_class(char *word, struct rule_class *ret_class)
{
	char *at = word;

	*ret_class = (struct rule_class){ 0 };
	if (strspn(word, "0123456789-") == strlen(word) && word[0] != '-') {
		if (!read_number(&at, CLASS_NUMBER_MAX, &ret_class->first))
			return false;
		ret_class->last = ret_class->first;
		if (*at == '-') {
			at++;
			if (!read_number(&at, CLASS_NUMBER_MAX,
					 &ret_class->last))
				return false;
		}
		return *at == '\0' && ret_class->first <= ret_class->last;
	}
	if (strlen(word) == 0 || strlen(word) >= sizeof(ret_class->label))
		return false;
	strcpy(ret_class->label, word);
	return true;
}

static void check_classes(struct fovea_config *config,
			  struct rule_settings *rule)
{
	char *rest = rule->class_text, *word;

	rule->n_classes = 0;
	while ((word = strsep(&rest, ","))) {
		if (rule->n_classes == SETTINGS_CLASSES_MAX) {
			fovea_config_error(config, "rule", rule->name, "class",
					   "these are too many; write at most %u, numbers in a row as 0-9",
					   SETTINGS_CLASSES_MAX);
			return;
		}
		word = trim(word);
		if (!read_class(word, &rule->class[rule->n_classes++])) {
			fovea_config_error(config, "rule", rule->name, "class",
					   "\"%s\" is no class; write labels of the network's package, numbers, or from-to, such as 0-9",
					   word);
			return;
		}
	}
}

/* Four numbers, all in per cent or none. */
static bool read_region(char *text, uint32_t value[4], bool *ret_percent)
{
	unsigned int n = 0, percent = 0;
	char *word;

	while ((word = strsep(&text, ","))) {
		if (n == 4)
			return false;
		word = trim(word);
		if (!read_number(&word, UINT16_MAX, &value[n++]))
			return false;
		percent += *word == '%';
		word += *word == '%';
		if (*word)
			return false;
	}
	*ret_percent = percent == 4;
	return n == 4 && (percent == 0 || percent == 4);
}

static void check_region(struct fovea_config *config,
			 struct rule_settings *rule)
{
	struct result_box *region = &rule->region;
	uint32_t value[4], width, height;
	bool percent;

	if (!read_region(rule->region_text, value, &percent)) {
		fovea_config_error(config, "rule", rule->name, "region",
				   "this is no place; write left, top, width, height in pixels of the array, or all of them in per cent, such as 25%%, 0%%, 50%%, 100%%");
		return;
	}
	width = percent ? 100 : RESULT_ARRAY_WIDTH;
	height = percent ? 100 : RESULT_ARRAY_HEIGHT;
	if (!value[2] || !value[3] || value[0] + value[2] > width ||
	    value[1] + value[3] > height) {
		fovea_config_error(config, "rule", rule->name, "region",
				   "it is empty or leaves the array; left + width may be %u%s, top + height %u%s",
				   width, percent ? "%" : "", height,
				   percent ? "%" : "");
		return;
	}
	/* Neighbouring regions in per cent have common edges, but no gap. */
	region->left = value[0] * RESULT_ARRAY_WIDTH / width;
	region->top = value[1] * RESULT_ARRAY_HEIGHT / height;
	region->width = (value[0] + value[2]) * RESULT_ARRAY_WIDTH / width -
			region->left;
	region->height = (value[1] + value[3]) * RESULT_ARRAY_HEIGHT / height -
			 region->top;
}

/* A key that would say nothing is a mistake. */
static void check_foreign(struct fovea_config *config,
			  const struct rule_settings *rule)
{
	static const char *const keys[] = {
		"on", "class", "score", "region", "minimum", "maximum", "hold",
		"digits",
	};
	static const char *const others[] = { "count", "threshold" };
	bool detected = rule->when == RULE_DETECTED;
	const char *const *foreign = detected ? others : keys;
	size_t n = detected ? sizeof(others) / sizeof(others[0]) :
			      sizeof(keys) / sizeof(keys[0]);

	for (size_t i = 0; i < n; i++)
		if (fovea_config_has(config, "rule", rule->name, foreign[i]))
			fovea_config_error(config, "rule", rule->name,
					   foreign[i],
					   detected ? "means nothing with when=detected; remove it" :
						      "goes with when=detected; write that, or remove it");
}

static void check_numbers(struct fovea_config *config,
			  const struct rule_settings *rule)
{
	if (rule->minimum > rule->maximum)
		fovea_config_error(config, "rule", rule->name, "minimum",
				   "is above maximum; no frame could be chosen");
	if (rule->minimum == 0 && rule->maximum == FOVEA_DETECTIONS_MAX &&
	    rule->on != RULE_ON_READING)
		fovea_config_error(config, "rule", rule->name, "minimum",
				   "0 without maximum= holds for every result; write maximum=0 for results without any");
	if ((rule->on == RULE_ON_APPEAR || rule->on == RULE_ON_DISAPPEAR) &&
	    rule->interval)
		fovea_config_error(config, "rule", rule->name, "interval",
				   "would lose what appears in the meantime; remove it, hold= is against flicker");
	if (rule->on != RULE_ON_READING &&
	    fovea_config_has(config, "rule", rule->name, "digits"))
		fovea_config_error(config, "rule", rule->name, "digits",
				   "goes with on=reading-changed; write that, or remove it");
}

void settings_check_detected(struct fovea_config *config,
			     struct rule_settings *rule)
{
	check_foreign(config, rule);
	if (rule->when == RULE_DETECTED) {
		if (rule->class_text)
			check_classes(config, rule);
		if (rule->region_text)
			check_region(config, rule);
		check_numbers(config, rule);
	}
	settings_detected_done(rule);
}
