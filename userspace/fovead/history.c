// SPDX-License-Identifier: Apache-2.0
/*
 * The ring of routed frames.
 *
 * Invariants:
 * - Entry number n (counted from the start of fovead) lies at n % limit;
 *   numbers @first to @next - 1 are there.
 * - Record ids rise with the numbers.
 * - @answer_bytes is the sum of json_size over all answers there.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fovead/history.h"

struct history {
	struct history_entry *entries;
	size_t limit;
	uint64_t first;
	uint64_t next;
	size_t answer_bytes;
	struct history_counters counters;
};

int history_new(size_t limit, struct history **ret_history)
{
	struct history *history = calloc(1, sizeof(*history));

	if (!history)
		return -ENOMEM;
	history->entries = calloc(limit, sizeof(*history->entries));
	if (!history->entries) {
		free(history);
		return -ENOMEM;
	}
	history->limit = limit;
	*ret_history = history;
	return 0;
}

static struct history_entry *at(const struct history *history, uint64_t number)
{
	return &history->entries[number % history->limit];
}

static void forget(struct history *history, struct history_entry *entry)
{
	for (unsigned int i = 0; i < entry->n_answers; i++) {
		history->answer_bytes -= entry->answers[i].json_size;
		free(entry->answers[i].json);
	}
	*entry = (struct history_entry){ 0 };
}

struct history *history_free(struct history *history)
{
	if (!history)
		return NULL;
	for (uint64_t i = history->first; i < history->next; i++)
		forget(history, at(history, i));
	free(history->entries);
	free(history);
	return NULL;
}

struct history_entry *history_add(struct history *history,
				  const struct record *record)
{
	struct history_entry *entry;

	if (history->next - history->first == history->limit)
		forget(history, at(history, history->first++));
	entry = at(history, history->next++);
	entry->wire = record->wire;
	memcpy(entry->sha256, record->sha256, sizeof(entry->sha256));
	return entry;
}

/* Number of the first entry whose record id is not below @record_id. */
static uint64_t lower_bound(const struct history *history, uint64_t record_id)
{
	uint64_t low = history->first, high = history->next;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (at(history, middle)->wire.record_id < record_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct history_entry *history_from(const struct history *history,
					 uint64_t record_id)
{
	uint64_t number = lower_bound(history, record_id);

	return number < history->next ? at(history, number) : NULL;
}

struct history_entry *history_find(struct history *history, uint64_t record_id)
{
	uint64_t number = lower_bound(history, record_id);
	struct history_entry *entry = at(history, number);

	return number < history->next &&
	       entry->wire.record_id == record_id ? entry : NULL;
}

uint64_t history_first(const struct history *history, size_t limit,
		       uint64_t after)
{
	uint64_t number = history->first;

	if (limit && history->next - history->first > limit)
		number = history->next - limit;
	while (number < history->next &&
	       at(history, number)->wire.realtime <= after)
		number++;
	return number < history->next ? at(history, number)->wire.record_id
				      : UINT64_MAX;
}

const struct history_counters *history_counters(const struct history *history)
{
	return &history->counters;
}

size_t history_count(const struct history *history)
{
	return (size_t)(history->next - history->first);
}

/* From the newest: answers come soon after their frame. */
static struct history_entry *find_frame(const struct history *history,
					const struct foveatap_answer *answer)
{
	for (uint64_t i = history->next; i-- > history->first;) {
		struct history_entry *entry = at(history, i);

		if (entry->wire.frame_id == answer->frame_id &&
		    strcmp(entry->wire.outlet, answer->outlet) == 0 &&
		    strcmp(entry->wire.camera, answer->camera) == 0)
			return entry;
	}
	return NULL;
}

/* What an answer says of the sensor's own result. */
enum opinion { OPINION_NONE, OPINION_AGREES, OPINION_DISAGREES };

static int check_json(const char *json, size_t size, enum opinion *ret_opinion)
{
	json_t *parsed = json_loadb(json, size, JSON_REJECT_DUPLICATES, NULL);
	int r = json_is_object(parsed) ? 0 : -EBADMSG;
	const json_t *agrees = json_object_get(parsed, "agrees");

	*ret_opinion = json_is_true(agrees) ? OPINION_AGREES :
		       json_is_false(agrees) ? OPINION_DISAGREES :
					       OPINION_NONE;
	json_decref(parsed);
	return r;
}

static void mark(struct history *history, struct history_entry *entry,
		 enum opinion opinion)
{
	if (opinion == OPINION_NONE)
		return;
	entry->compared++;
	entry->disagreed += opinion == OPINION_DISAGREES;
	history->counters.agreed += opinion == OPINION_AGREES;
	history->counters.disagreed += opinion == OPINION_DISAGREES;
}

static int append(struct history *history, struct history_entry *entry,
		  const struct foveatap_answer *answer, const char *json)
{
	struct history_answer *slot = &entry->answers[entry->n_answers];
	char *copy;

	if (entry->n_answers == HISTORY_ANSWERS_MAX ||
	    history->answer_bytes + answer->json_size > HISTORY_ANSWER_BYTES) {
		history->counters.refused++;
		return -ENOSPC;
	}
	copy = malloc(answer->json_size);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, json, answer->json_size);
	slot->json = copy;
	slot->json_size = answer->json_size;
	slot->kind = answer->kind;
	slot->realtime = answer->realtime;
	memcpy(slot->destination, answer->destination,
	       sizeof(slot->destination));
	history->answer_bytes += slot->json_size;
	entry->n_answers++;
	return 0;
}

int history_join(struct history *history, const struct foveatap_answer *answer,
		 const char *json)
{
	struct history_entry *entry;
	enum opinion opinion;
	int r;

	r = check_json(json, answer->json_size, &opinion);
	if (r < 0)
		return r;
	entry = find_frame(history, answer);
	if (!entry) {
		history->counters.unknown++;
		return -ENOENT;
	}
	for (unsigned int i = 0; i < entry->n_answers; i++)
		if (entry->answers[i].kind == answer->kind &&
		    strcmp(entry->answers[i].destination,
			   answer->destination) == 0) {
			history->counters.repeated++;
			return 0;
		}
	r = append(history, entry, answer, json);
	if (r < 0)
		return r;
	history->counters.joined++;
	if (answer->kind == FOVEATAP_ANSWER_INFERENCE)
		mark(history, entry, opinion);
	history->counters.delivered += answer->kind ==
				       FOVEATAP_ANSWER_DELIVERED;
	history->counters.inferred += answer->kind == FOVEATAP_ANSWER_INFERENCE;
	history->counters.failed += answer->kind == FOVEATAP_ANSWER_FAILED;
	return 0;
}

static const char *part_name(uint32_t kind)
{
	static const char *const names[] = {
		[FOVEATAP_PART_JPEG] = "jpeg",
		[FOVEATAP_PART_LUMA] = "luma",
		[FOVEATAP_PART_METADATA] = "metadata",
		[FOVEATAP_PART_DETECTIONS] = "detections",
		[FOVEATAP_PART_TENSORS] = "tensors",
		[FOVEATAP_PART_CROP_LIST] = "crop-list",
		[FOVEATAP_PART_CROP] = "crop",
		[FOVEATAP_PART_CROP_LUMA] = "crop-luma",
	};

	return names[kind];
}

static const char *answer_name(uint32_t kind)
{
	switch (kind) {
	case FOVEATAP_ANSWER_DELIVERED:
		return "delivered";
	case FOVEATAP_ANSWER_INFERENCE:
		return "inference";
	default:
		return "failed";
	}
}

static json_t *hex_json(const uint8_t *bytes, size_t count)
{
	char text[2 * RECORD_SHA256_SIZE + 1];

	for (size_t i = 0; i < count; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return json_string(text);
}

static json_t *id_json(uint64_t id)
{
	return json_sprintf("%016" PRIx64, id);
}

static json_t *parts_json(const struct history_entry *entry)
{
	json_t *parts = json_array();

	for (uint32_t i = 0; i < entry->wire.parts; i++) {
		const struct foveatap_part *part = &entry->wire.part[i];

		(void)json_array_append_new(parts,
			json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}",
				  "kind", part_name(part->kind),
				  "number", (json_int_t)part->number,
				  "width", (json_int_t)part->width,
				  "height", (json_int_t)part->height,
				  "size", (json_int_t)part->size,
				  "sha256", hex_json(entry->sha256[i],
						     RECORD_SHA256_SIZE)));
	}
	return parts;
}

static json_t *answers_json(const struct history_entry *entry, bool full)
{
	json_t *answers = json_array();

	for (unsigned int i = 0; i < entry->n_answers; i++) {
		const struct history_answer *answer = &entry->answers[i];

		(void)json_array_append_new(answers,
			json_pack("{s:s, s:s, s:I, s:o}",
				  "kind", answer_name(answer->kind),
				  "destination", answer->destination,
				  "realtime", (json_int_t)answer->realtime,
				  "answer", full ? json_loadb(answer->json,
							      answer->json_size,
							      0, NULL)
						 : json_null()));
	}
	return answers;
}

json_t *history_json(const struct history_entry *entry, bool full)
{
	json_t *agrees = entry->compared ? json_boolean(!entry->disagreed) :
					   json_null();

	return json_pack("{s:I, s:o, s:o, s:s, s:s, s:s, s:I, s:I, s:o, s:I, s:I, s:I, s:o, s:o}",
			 "record_id", (json_int_t)entry->wire.record_id,
			 "instance", id_json(entry->wire.instance),
			 "frame_id", id_json(entry->wire.frame_id),
			 "camera", entry->wire.camera,
			 "outlet", entry->wire.outlet,
			 "rule", entry->wire.rule,
			 "timestamp", (json_int_t)entry->wire.timestamp,
			 "realtime", (json_int_t)entry->wire.realtime,
			 "parts", parts_json(entry),
			 "queued", (json_int_t)entry->queued,
			 "acknowledged", (json_int_t)entry->acknowledged,
			 "dropped", (json_int_t)entry->dropped,
			 "agrees", agrees,
			 "answers", answers_json(entry, full));
}
