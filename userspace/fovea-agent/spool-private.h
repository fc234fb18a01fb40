/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What spool.c (running), spool-recover.c (starting) and spool-quarantine.c
 * share of the spool; nobody else includes this.
 */
#ifndef FOVEA_AGENT_SPOOL_PRIVATE_H
#define FOVEA_AGENT_SPOOL_PRIVATE_H

#include "spool.h"

#define SPOOL_INDEX		"index.sqlite"
#define SPOOL_LOCK		"lock"
#define SPOOL_RESERVE		"reserve"
#define SPOOL_GENERATION	"generation"
#define SPOOL_QUARANTINE	"quarantine"
#define SPOOL_COPY_CHUNK	(256u << 10)

/**
 * struct spool_segment - a segment file
 * @id: its number
 * @bytes: it takes
 * @pending: deliveries still to do from it, as far as committed
 * @sealed: nothing is appended any more, and the index knows
 */
struct spool_segment {
	uint64_t id;
	uint64_t bytes;
	uint64_t pending;
	bool sealed;
};

/**
 * struct batch_entry - a record on its way in
 * @record: with its place, once written
 * @fds: its parts
 * @written: it stands in the active segment, or in one that is sealed
 * @synced: and is on the disk
 * @added: new to the index; a record that it knew adds nothing to do
 */
struct batch_entry {
	struct spool_record record;
	int fds[RECORD_PARTS_MAX];
	bool written;
	bool synced;
	bool added;
};

/** struct mark - a change for the index, waiting for the next commit */
struct mark {
	enum { MARK_FINISH, MARK_SEAL, MARK_FORGET, MARK_ANSWER } kind;
	uint64_t seq;		/* FINISH */
	uint64_t segment;	/* FINISH, SEAL, FORGET */
	uint64_t end;		/* SEAL */
	int64_t id;		/* ANSWER */
	enum answer_state answer_state;
	char destination[RECORD_NAME_MAX];
	struct index_result result;
	char *answer;		/* owned; result.answer points to it */
	bool applied;		/* FINISH: it was pending until then */
};

struct spool {
	struct spool_config config;
	const struct spool_io *io;
	spool_report_fn report;
	void *report_userdata;

	int dir;
	int quarantine_dir;
	int lock;
	int reserve;
	bool reserve_ok;
	struct index *index;
	uint64_t quarantine_bytes;

	uint64_t next_segment;
	uint64_t next_seq;

	int active;		/* -1: none */
	uint64_t active_id;
	uint64_t active_end;	/* where the next record goes */
	uint64_t active_synced;	/* end of what is on the disk */

	struct spool_segment *segments;
	size_t n_segments;

	struct batch_entry *batch;	/* SPOOL_BATCH_MAX */
	size_t n_batch;
	uint64_t batch_bytes;

	struct mark *marks;
	size_t n_marks;
	size_t capacity_marks;
	uint32_t since_prune;

	struct spool_counters counters;
};

void spool_say(struct spool *spool, int priority, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** spool_segment_find() - NULL when there is none of this number */
struct spool_segment *spool_segment_find(struct spool *spool, uint64_t id);

/** spool_segment_add() - returns 0 or -ENOMEM */
int spool_segment_add(struct spool *spool, uint64_t id, uint64_t bytes,
		      uint64_t pending, bool sealed);

/** spool_recover() - bring segments, index and memory into agreement */
int spool_recover(struct spool *spool);

/** spool_reclaim() - unlink what is finished; forgets their rows at the next commit */
void spool_reclaim(struct spool *spool);

/** spool_reserve_fill() - allocate the reserve; false: no space for it */
bool spool_reserve_fill(struct spool *spool);

/** spool_reserve_release() - give its space away; false: it is gone already */
bool spool_reserve_release(struct spool *spool);

/**
 * spool_quarantine_range() - copy bytes of a segment to quarantine/
 * @spool: the spool
 * @segment: its number
 * @start: first byte
 * @end: first byte behind
 *
 * Durable when it returns; doing it twice is harmless. Bytes that can't be
 * read are left out, as zeros.
 *
 * Return: 0 or a negative errno.
 */
int spool_quarantine_range(struct spool *spool, uint64_t segment,
			   uint64_t start, uint64_t end);

#endif /* FOVEA_AGENT_SPOOL_PRIVATE_H */
