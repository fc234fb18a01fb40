/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The newest routed frames and what became of them: who has taken them, what
 * the destinations answered. Answers find their frame by its id and outlet.
 */
#ifndef FOVEAD_HISTORY_H
#define FOVEAD_HISTORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fovead/record.h"

#define HISTORY_ANSWERS_MAX	16u		/* of one record */
#define HISTORY_ANSWER_BYTES	(64u << 20)	/* of all records together */

struct history_answer {
	uint32_t kind;
	uint64_t realtime;
	char destination[FOVEATAP_NAME_MAX];
	char *json;
	size_t json_size;
};

/**
 * struct history_entry - one routed frame
 * @wire: what was sent
 * @sha256: of each part
 * @queued: subscribers it was queued for
 * @acknowledged: those that have taken it
 * @dropped: subscribers whose queue was full
 * @answers: in the order they came
 * @n_answers: how many
 * @compared: inference answers that say whether they agree with the sensor
 * @disagreed: those that do not
 */
struct history_entry {
	struct foveatap_record wire;
	uint8_t sha256[FOVEATAP_PARTS_MAX][RECORD_SHA256_SIZE];
	uint32_t queued;
	uint32_t acknowledged;
	uint32_t dropped;
	struct history_answer answers[HISTORY_ANSWERS_MAX];
	unsigned int n_answers;
	uint32_t compared;
	uint32_t disagreed;
};

/**
 * struct history_counters - since start
 * @joined: answers that found their record
 * @repeated: answers of a destination that had answered already
 * @unknown: answers whose record is gone or never was
 * @refused: answers beyond the limits above
 * @delivered: joined answers that say so
 * @inferred: joined answers of inference servers
 * @failed: joined answers that say the frame was given up
 * @agreed: joined answers of inference servers that agree with the sensor
 * @disagreed: likewise, that do not
 */
struct history_counters {
	uint64_t joined;
	uint64_t repeated;
	uint64_t unknown;
	uint64_t refused;
	uint64_t delivered;
	uint64_t inferred;
	uint64_t failed;
	uint64_t agreed;
	uint64_t disagreed;
};

/** struct history - a ring of entries, by rising record id */
struct history;

/** history_new() - room for @limit entries; 0 or -ENOMEM */
int history_new(size_t limit, struct history **ret_history);

/** history_free() - NULL is fine; returns NULL */
struct history *history_free(struct history *history);

/** history_add() - remember a record; forgets the oldest when full */
struct history_entry *history_add(struct history *history,
				  const struct record *record);

/** history_find() - by record id; NULL when it is forgotten */
struct history_entry *history_find(struct history *history,
				   uint64_t record_id);

/**
 * history_join() - put an answer to its frame
 * @history: any
 * @answer: passed by foveatap_check()
 * @json: its text; must be one JSON object
 *
 * The same destination answering the same kind again replaces nothing. An
 * inference server's "agrees": true or false, that of the whole answer, marks the
 * record.
 *
 * Return: 0, also for a repeat; -ENOENT when the frame is unknown; -EBADMSG
 * when it is no JSON object; -ENOSPC beyond the limits; -ENOMEM.
 */
int history_join(struct history *history, const struct foveatap_answer *answer,
		 const char *json);

/**
 * history_first() - where an enumeration starts
 * @history: any
 * @limit: newest entries wanted; 0: all
 * @after: only entries of a later realtime, ns
 *
 * Return: the first record id, or UINT64_MAX when there is none.
 */
uint64_t history_first(const struct history *history, size_t limit,
		       uint64_t after);

/** history_from() - the entry of this record id or the next one; NULL: none */
const struct history_entry *history_from(const struct history *history,
					 uint64_t record_id);

/** history_counters() - of answers */
const struct history_counters *history_counters(const struct history *history);

/** history_count() - entries in it */
size_t history_count(const struct history *history);

/**
 * history_json() - an entry as people and scripts see it
 * @entry: any
 * @full: with the text of the answers; else "answer" is null, for entries that
 *	would not fit into a packet
 *
 * Return: a new JSON object, or NULL when memory ran out.
 */
json_t *history_json(const struct history_entry *entry, bool full);

#endif /* FOVEAD_HISTORY_H */
