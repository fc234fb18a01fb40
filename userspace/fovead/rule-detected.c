// SPDX-License-Identifier: Apache-2.0
/*
 * Rules about what a network has found. They judge results, not frames: each one
 * once, in the order of the frames that they were computed from, however late they
 * come; a frame without a result says nothing about what is there.
 */
#include <endian.h>
#include <string.h>

#include "fovead/rule-detected.h"

static bool class_wanted(const struct rule_settings *settings,
			 const struct result *result, uint32_t class)
{
	const char *label = result_label(result, class);

	for (size_t i = 0; i < settings->n_classes; i++) {
		const struct rule_class *wanted = &settings->class[i];

		if (wanted->label[0] ?
		    label && strcmp(label, wanted->label) == 0 :
		    class >= wanted->first && class <= wanted->last)
			return true;
	}
	return settings->n_classes == 0;
}

static bool wanted(const struct rule_settings *settings,
		   const struct result *result,
		   const struct fovea_detection *detection)
{
	return (uint32_t)le16toh(detection->score) * 100 >=
	       settings->score * RESULT_SCORE_ONE &&
	       class_wanted(settings, result, le16toh(detection->class)) &&
	       result_inside(detection, &settings->region);
}

static size_t select_wanted(const struct rule_settings *settings,
			    const struct result *result,
			    struct fovea_detection *ret_detections)
{
	size_t count = 0;

	for (size_t i = 0; i < result->count; i++)
		if (wanted(settings, result, &result->detection[i]))
			ret_detections[count++] = result->detection[i];
	return count;
}

/* Ids rise as long as it is the same device since its start. */
static bool seen_already(const struct rule_detected *memory, uint64_t id)
{
	return id >> 32 == memory->last >> 32 && id <= memory->last;
}

/* Returns whether what is there has changed. */
static bool believe(struct rule_detected *memory,
		    const struct rule_settings *settings, bool there)
{
	if (there == memory->there) {
		memory->against = 0;
		return false;
	}
	if (++memory->against < settings->hold)
		return false;
	memory->there = there;
	memory->against = 0;
	return true;
}

static bool match_reading(struct rule_detected *memory,
			  const struct rule_settings *settings,
			  const struct fovea_detection *detections,
			  size_t count, uint64_t timestamp)
{
	char text[RESULT_READING_MAX];

	result_reading(detections, count, FOVEA_READING_SCORE_MIN,
		       settings->digits, text);
	if (strcmp(text, memory->next) != 0) {
		strcpy(memory->next, text);
		memory->agreeing = 0;
	}
	if (memory->agreeing < settings->hold)
		memory->agreeing++;
	if (memory->agreeing < settings->hold || text[0] == '\0' ||
	    strcmp(text, memory->reading) == 0 || timestamp < memory->due)
		return false;
	strcpy(memory->reading, text);
	memory->due = timestamp + settings->interval;
	return true;
}

bool rule_detected_match(struct rule_detected *memory,
			 const struct rule_settings *settings,
			 const struct result *result)
{
	struct fovea_detection detections[FOVEA_DETECTIONS_MAX];
	bool there, changed;
	size_t count;

	if (!result || result->label == FOVEA_LABEL_NONE ||
	    seen_already(memory, result->frame_id))
		return false;
	memory->last = result->frame_id;
	memory->results++;
	count = select_wanted(settings, result, detections);
	there = count >= settings->minimum && count <= settings->maximum;
	changed = believe(memory, settings, there);
	if (settings->on == RULE_ON_READING)
		return there && match_reading(memory, settings, detections,
					      count, result->timestamp);
	switch (settings->on) {
	case RULE_ON_APPEAR:
		return changed && there;
	case RULE_ON_DISAPPEAR:
		return changed && !there;
	default:
		if (!there || !memory->there ||
		    result->timestamp < memory->due)
			return false;
		memory->due = result->timestamp + settings->interval;
		return true;
	}
}
