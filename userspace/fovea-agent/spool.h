/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spool: what fovead handed over is on disk before it is acknowledged, and
 * leaves the disk only when every destination has confirmed it.
 *
 * Invariants
 *  - Accepting: the record's bytes are appended to the active segment, then
 *    fdatasync of the segment, then the record's rows are committed to the
 *    index, and only then the caller is told (and acknowledges). A crash
 *    before the last step leaves a record nobody was promised; it is kept.
 *  - A segment whose fdatasync failed is poisoned: never written or synced
 *    again (the kernel may have dropped the pages and forgotten the error).
 *    What was not committed is written again, to a new segment, from the file
 *    descriptors it came in.
 *  - Finishing: a delivery's end is committed to the index; when that was the
 *    last pending one of a sealed segment, the segment is unlinked, then the
 *    directory synced, then its row forgotten. The pointer is always durable
 *    before what it pointed to goes.
 *  - At start only segments the index does not know as sealed are read; a torn
 *    tail is cut off, damage in the middle is copied to quarantine/ and
 *    skipped, and every step over damage moves forward. Payloads are never
 *    held in memory.
 *  - A record is known by (instance, record_id) of fovead: when it comes again
 *    it is acknowledged again and stored once.
 *  - Draining needs no free space: the state of deliveries can always be
 *    written, from a reserve that was allocated at start.
 *  - One process at a time (flock), and a generation number that grows at
 *    every start, so that no segment or sequence number is used twice.
 *
 * Nothing here logs; what an operator should know goes to the report function.
 */
#ifndef FOVEA_AGENT_SPOOL_H
#define FOVEA_AGENT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "index.h"
#include "segment.h"
#include "spool-io.h"

#define SPOOL_BATCH_MAX		64u		/* records of one group commit */
#define SPOOL_BATCH_BYTES	(4u << 20)	/* bytes after which to commit */

/**
 * struct spool_config - limits; all sizes in bytes
 * @path: folder, absolute; made when missing
 * @quota: most the segments and the quarantine may take
 * @reserve: allocated and kept for the index
 * @segment: of a new segment
 * @record_max: largest record that is taken
 * @history: finished records remembered for de-duplication
 * @answers: answers kept for fovead
 */
struct spool_config {
	const char *path;
	uint64_t quota;
	uint64_t reserve;
	uint64_t segment;
	uint64_t record_max;
	uint32_t history;
	uint32_t answers;
};

/** struct spool_counters - since the start */
struct spool_counters {
	uint64_t accepted;		/* records committed */
	uint64_t repeated;		/* came again, stored once */
	uint64_t refused_space;		/* -ENOSPC */
	uint64_t refused_size;		/* -EMSGSIZE */
	uint64_t refused_error;		/* other failures */
	uint64_t commits;
	uint64_t commit_errors;
	uint64_t poisoned;		/* segments */
	uint64_t recovered;		/* records found that the index lacked */
	uint64_t torn_bytes;		/* cut off at the end of a segment */
	uint64_t damaged_ranges;	/* copied to quarantine/ at start */
	uint64_t lost;			/* deliveries whose bytes are damaged */
	uint64_t unreadable_segments;	/* left alone at start */
	uint64_t index_rebuilt;		/* 1: the index was lost */
	uint64_t reserve_used;		/* times the reserve was given away */
	uint64_t answers_dropped;
};

/** struct spool_space - where the bytes are */
struct spool_space {
	uint64_t segments;	/* number */
	uint64_t segment_bytes;
	uint64_t quarantine_bytes;
	bool reserve;		/* it is in place */
};

struct spool;

/** spool_report_fn() - one sentence for the operator; @priority as in syslog */
typedef void (*spool_report_fn)(void *userdata, int priority, const char *text);

/** spool_committed_fn() - this record is durable: acknowledge it */
typedef void (*spool_committed_fn)(void *userdata,
				   const struct spool_record *record);

/**
 * spool_open() - open or create, and recover
 * @config: limits; copied
 * @io: file operations; must outlive the spool
 * @report: told what was found, during this call and later
 * @userdata: for @report
 * @ret_spool: owned by the caller, ends by spool_free()
 *
 * Return: 0; -EBUSY when another process has it; -EPROTONOSUPPORT when a newer
 * version wrote it; or another negative errno. The reason was reported.
 */
int spool_open(const struct spool_config *config, const struct spool_io *io,
	       spool_report_fn report, void *userdata,
	       struct spool **ret_spool);

/**
 * spool_free() - close
 * @spool: what was not committed is forgotten: nobody was promised anything;
 *	NULL is fine
 *
 * Return: NULL.
 */
struct spool *spool_free(struct spool *spool);

/** spool_set_limits() - all of @config but path and reserve, from now on */
void spool_set_limits(struct spool *spool, const struct spool_config *config);

/**
 * spool_append() - take a record into the current batch
 * @spool: the spool
 * @record: ids, times, names, destinations, and kind, width, height and size
 *	of each part; the rest is filled in here
 * @fds: one sealed memfd per part; duplicated, they stay the caller's
 *
 * Return: 0: spool_commit() will tell when it is durable; 1: it was accepted
 * before, acknowledge it now; -EAGAIN: the batch is full, commit first;
 * -ENOSPC: quota or disk is full, ask again later; -EMSGSIZE: larger than
 * record_max, will never be taken; -EINVAL; or another negative errno.
 */
int spool_append(struct spool *spool, const struct spool_record *record,
		 const int *fds);

/** spool_batch() - records and bytes that wait for spool_commit() */
size_t spool_batch(const struct spool *spool, uint64_t *ret_bytes);

/** spool_dirty() - is there anything for spool_commit() to do? */
bool spool_dirty(const struct spool *spool);

/**
 * spool_commit() - make the batch and the finished deliveries durable
 * @spool: the spool
 * @committed: told of every record of the batch
 * @userdata: for @committed
 *
 * Also unlinks segments that are finished.
 *
 * Return: 0, or a negative errno: nothing was promised, nothing is forgotten,
 * call again later.
 */
int spool_commit(struct spool *spool, spool_committed_fn committed,
		 void *userdata);

/**
 * spool_next() - the next record to deliver
 * @spool: the spool
 * @destination: where to
 * @after: only records with a higher sequence number
 * @ret_record: filled; on -EBADMSG @seq, @segment and @offset only
 * @ret_fd: its segment, to read the payload from; the caller's
 *
 * Return: 1; 0 when there is none; -EBADMSG when its header is damaged: give
 * it to spool_quarantine(); or another negative errno.
 */
int spool_next(struct spool *spool, const char *destination, uint64_t after,
	       struct spool_record *ret_record, int *ret_fd);

/**
 * spool_finish() - a delivery ended; durable with the next spool_commit()
 * @spool: the spool
 * @record: as spool_next() gave it
 * @destination: where it was pending
 * @result: how it ended; @result->answer is copied
 *
 * Return: 0 or -ENOMEM.
 */
int spool_finish(struct spool *spool, const struct spool_record *record,
		 const char *destination, const struct index_result *result);

/**
 * spool_quarantine() - copy a record to quarantine/ and finish its delivery
 * @spool: the spool
 * @record: as spool_next() gave it, damaged or not
 * @destination: that can't take it
 * @result: with state DELIVERY_QUARANTINED
 *
 * Return: 0, or a negative errno: it stays pending.
 */
int spool_quarantine(struct spool *spool, const struct spool_record *record,
		     const char *destination,
		     const struct index_result *result);

/** spool_answers() - as index_answers() */
int spool_answers(struct spool *spool, struct index_answer *answers,
		  unsigned int limit);

/** spool_answer_finish() - durable with the next spool_commit(); 0 or -ENOMEM */
int spool_answer_finish(struct spool *spool, int64_t id,
			enum answer_state state);

/** spool_index() - for totals; read only */
struct index *spool_index(struct spool *spool);

const struct spool_counters *spool_counters(const struct spool *spool);

void spool_space(const struct spool *spool, struct spool_space *ret_space);

/** spool_now() - CLOCK_REALTIME in ns, as the spool writes it down */
uint64_t spool_now(void);

static inline void spool_freep(struct spool **spool)
{
	*spool = spool_free(*spool);
}

#endif /* FOVEA_AGENT_SPOOL_H */
