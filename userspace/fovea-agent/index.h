/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spool's index: what became of each record at each destination, in
 * SQLite. Segments hold what never changes, the index what does.
 *
 * Losing the index loses no record: spool_open() rebuilds it from the
 * segments, with every delivery pending again; names that are the same every
 * time make the repetition harmless.
 *
 * All changes stand between index_begin() and index_commit(); a commit is on
 * the disk when it returns (WAL, synchronous=FULL). The database is held with
 * an exclusive lock, so no shared memory file is mapped.
 */
#ifndef FOVEA_AGENT_INDEX_H
#define FOVEA_AGENT_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "segment.h"

#define INDEX_ANSWER_MAX	65536u	/* bytes of an answer's JSON */

struct index;

/**
 * enum delivery_state - of one record at one destination
 * @DELIVERY_PENDING: to be delivered
 * @DELIVERY_DONE: the destination has it
 * @DELIVERY_DUPLICATE: the destination had it already, with the same content
 * @DELIVERY_QUARANTINED: can't be delivered; its bytes are in quarantine
 *
 * The numbers stand in files; never change one.
 */
enum delivery_state {
	DELIVERY_PENDING = 0,
	DELIVERY_DONE = 1,
	DELIVERY_DUPLICATE = 2,
	DELIVERY_QUARANTINED = 3,
};

/**
 * enum answer_state - has fovead joined what the destination said?
 * @ANSWER_NONE: there is nothing to say
 * @ANSWER_DUE: to be sent, or sent and not confirmed
 * @ANSWER_JOINED: confirmed
 * @ANSWER_REFUSED: fovead does not know the frame, or not any more
 * @ANSWER_DROPPED: too many were due
 */
enum answer_state {
	ANSWER_NONE = 0,
	ANSWER_DUE = 1,
	ANSWER_JOINED = 2,
	ANSWER_REFUSED = 3,
	ANSWER_DROPPED = 4,
};

/**
 * struct index_totals - of one destination, since the index was made
 * @accepted: records that were to go there
 * @delivered: of them, done (duplicates included)
 * @duplicates: of @delivered, those the destination had already
 * @quarantined: given up, kept in quarantine
 * @pending: counted from the rows, not from the other numbers:
 *	accepted = delivered + quarantined + pending must hold
 * @oldest: when the oldest pending record was accepted, ns; 0: none is
 */
struct index_totals {
	uint64_t accepted;
	uint64_t delivered;
	uint64_t duplicates;
	uint64_t quarantined;
	uint64_t pending;
	uint64_t oldest;
};

/**
 * struct index_answer - something to be told to fovead
 * @id: of the row
 * @kind: enum foveatap_answer_kind
 * @frame_id: of the record's frame
 * @camera: of the record
 * @outlet: of the record
 * @destination: that answered
 * @realtime: when the destination answered, ns
 * @json: one object; freed by the receiver
 */
struct index_answer {
	int64_t id;
	uint32_t kind;
	uint64_t frame_id;
	uint64_t realtime;
	char camera[RECORD_NAME_MAX];
	char outlet[RECORD_NAME_MAX];
	char destination[RECORD_NAME_MAX];
	char *json;
};

/**
 * struct index_result - how a delivery ended
 * @state: DONE, DUPLICATE or QUARANTINED
 * @attempts: requests it took
 * @status: HTTP status of the last one
 * @realtime: when, ns
 * @answer_kind: enum foveatap_answer_kind, 0: nothing to tell
 * @answer: JSON object, NULL when nothing to tell
 */
struct index_result {
	enum delivery_state state;
	uint32_t attempts;
	uint32_t status;
	uint64_t realtime;
	uint32_t answer_kind;
	const char *answer;
};

/**
 * index_open() - open or create
 * @path: of the database file
 * @ret_index: owned by the caller, ends by index_free()
 *
 * Return: 0; -EUCLEAN when it is damaged or no index; -EPROTONOSUPPORT when a
 * newer version made it; -EBUSY; -ENOSPC; -EIO; -ENOMEM.
 */
int index_open(const char *path, struct index **ret_index);

/** index_free() - NULL is fine; returns NULL */
struct index *index_free(struct index *index);

/** index_begin() - start a change; returns 0 or an error of index_open() */
int index_begin(struct index *index);

/** index_commit() - make it durable; returns 0 or an error of index_open() */
int index_commit(struct index *index);

/** index_rollback() - forget it */
void index_rollback(struct index *index);

/** index_known() - 1 when this record was accepted before, 0, or an error */
int index_known(struct index *index, uint64_t instance, uint64_t record_id);

/** index_has() - 1 when the record with this @seq is in the index, 0, or an error */
int index_has(struct index *index, uint64_t seq);

/**
 * index_add() - a new record, pending at each of its destinations
 * @index: the index, in a change
 * @record: all of it set, its place in the spool included; copied
 *
 * Return: 0; 1 when a record of the same origin is known, nothing is changed
 * then; or an error.
 */
int index_add(struct index *index, const struct spool_record *record);

/**
 * index_next() - the next pending record of a destination
 * @index: the index
 * @destination: its name
 * @after: only records with a higher sequence number
 * @ret_seq: its sequence number
 * @ret_segment: the segment it is in
 * @ret_offset: of its header in there, bytes
 *
 * Return: 1, 0 when there is none, or an error.
 */
int index_next(struct index *index, const char *destination, uint64_t after,
	       uint64_t *ret_seq, uint64_t *ret_segment, uint64_t *ret_offset);

/**
 * index_finish() - a delivery ended
 * @index: the index, in a change
 * @seq: of the record
 * @destination: where it was pending
 * @result: how it ended; copied
 *
 * Return: 1 when it was pending, 0 when it was not (nothing is changed), or
 * an error.
 */
int index_finish(struct index *index, uint64_t seq, const char *destination,
		 const struct index_result *result);

/**
 * index_lost() - a range of a segment is damaged: records in it are quarantined
 * @index: the index
 * @segment: its number
 * @start: first damaged byte
 * @end: first byte behind
 * @realtime: now, ns
 * @reason: JSON object for fovead
 *
 * Return: how many deliveries were pending, or an error.
 */
int index_lost(struct index *index, uint64_t segment, uint64_t start,
	       uint64_t end, uint64_t realtime, const char *reason);

/** index_committed_end() - first byte behind the last known record of a segment */
int index_committed_end(struct index *index, uint64_t segment,
			uint64_t *ret_end);

/** index_segment_seal() - a segment is finished, @end bytes of it count */
int index_segment_seal(struct index *index, uint64_t segment, uint64_t end);

/** index_segment_sealed() - 1 when it was sealed, 0, or an error */
int index_segment_sealed(struct index *index, uint64_t segment,
			 uint64_t *ret_end);

/** index_segment_forget() - its file is gone */
int index_segment_forget(struct index *index, uint64_t segment);

/** index_segments() - call @fn for each segment that has a row or a record */
int index_segments(struct index *index,
		   int (*fn)(void *userdata, uint64_t segment, uint64_t pending),
		   void *userdata);

/** index_segment_pending() - deliveries still to do from a segment */
int index_segment_pending(struct index *index, uint64_t segment,
			  uint64_t *ret_pending);

/** index_totals() - of one destination */
int index_totals(struct index *index, const char *destination,
		 struct index_totals *ret_totals);

/** index_destinations() - call @fn with the name of each destination known */
int index_destinations(struct index *index,
		       int (*fn)(void *userdata, const char *name),
		       void *userdata);

/**
 * index_answers() - the oldest due answers
 * @index: the index
 * @answers: room for @limit
 * @limit: how many at most
 *
 * Return: how many were filled in, each with @json to be freed; or an error.
 */
int index_answers(struct index *index, struct index_answer *answers,
		  unsigned int limit);

/** index_answers_due() - how many there are */
int index_answers_due(struct index *index, uint64_t *ret_due);

/** index_answer_finish() - fovead confirmed or refused it */
int index_answer_finish(struct index *index, int64_t id,
			enum answer_state state);

/**
 * index_prune() - bound what is remembered of the past
 * @index: the index
 * @history: finished records to keep, for de-duplication
 * @answers: due answers to keep
 *
 * Return: how many due answers were dropped, or an error.
 */
int index_prune(struct index *index, uint32_t history, uint32_t answers);

static inline void index_freep(struct index **index)
{
	*index = index_free(*index);
}

#endif /* FOVEA_AGENT_INDEX_H */
