// SPDX-License-Identifier: Apache-2.0
/*
 * The index in SQLite: one table of records, one of deliveries, one of
 * segments, and running totals that are kept in the same transactions.
 */
#include "index.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "libfovea/cleanup.h"

#define INDEX_VERSION	1
#define STRINGIFY_(x)	#x
#define STRINGIFY(x)	STRINGIFY_(x)

static const char schema[] =
	"CREATE TABLE record ("
	" seq INTEGER PRIMARY KEY,"
	" segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
	" size INTEGER NOT NULL,"
	" instance INTEGER NOT NULL, record_id INTEGER NOT NULL,"
	" frame_id INTEGER NOT NULL,"
	" camera TEXT NOT NULL, outlet TEXT NOT NULL,"
	" accepted INTEGER NOT NULL, pending INTEGER NOT NULL,"
	" UNIQUE (instance, record_id));"
	"CREATE INDEX record_segment ON record (segment, offset);"
	"CREATE TABLE delivery ("
	" id INTEGER PRIMARY KEY,"
	" seq INTEGER NOT NULL, destination TEXT NOT NULL,"
	" state INTEGER NOT NULL DEFAULT 0,"
	" attempts INTEGER NOT NULL DEFAULT 0,"
	" status INTEGER NOT NULL DEFAULT 0,"
	" finished INTEGER NOT NULL DEFAULT 0,"
	" answer_kind INTEGER NOT NULL DEFAULT 0,"
	" answer_state INTEGER NOT NULL DEFAULT 0, answer TEXT,"
	" UNIQUE (seq, destination));"
	"CREATE INDEX delivery_pending ON delivery (destination, seq)"
	" WHERE state = 0;"
	"CREATE INDEX delivery_answer ON delivery (id) WHERE answer_state = 1;"
	"CREATE TABLE segment ("
	" id INTEGER PRIMARY KEY, size INTEGER NOT NULL);"
	"CREATE TABLE total ("
	" destination TEXT PRIMARY KEY,"
	" accepted INTEGER NOT NULL DEFAULT 0,"
	" delivered INTEGER NOT NULL DEFAULT 0,"
	" duplicates INTEGER NOT NULL DEFAULT 0,"
	" quarantined INTEGER NOT NULL DEFAULT 0);"
	"PRAGMA user_version = " STRINGIFY(INDEX_VERSION) ";";

enum query {
	Q_BEGIN, Q_COMMIT, Q_ROLLBACK,
	Q_KNOWN, Q_HAS, Q_ADD_RECORD, Q_ADD_DELIVERY, Q_TOTAL_ACCEPT,
	Q_NEXT, Q_FINISH, Q_FINISH_RECORD, Q_FINISH_TOTAL,
	Q_LOST, Q_COMMITTED_END,
	Q_SEGMENT_SEAL, Q_SEGMENT_SEALED, Q_SEGMENT_FORGET, Q_SEGMENTS,
	Q_SEGMENT_PENDING, Q_TOTALS, Q_PENDING, Q_DESTINATIONS,
	Q_ANSWERS, Q_ANSWERS_DUE, Q_ANSWER_FINISH,
	Q_PRUNE_ANSWERS, Q_PRUNE_DELIVERIES, Q_PRUNE_RECORDS,
	Q_COUNT
};

#define PRUNABLE							\
	"SELECT seq FROM record WHERE pending = 0 AND seq <= "		\
	"(SELECT seq FROM record ORDER BY seq DESC LIMIT 1 OFFSET ?1)"	\
	" AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = "	\
	"record.seq AND d.answer_state = 1)"

static const char *const queries[Q_COUNT] = {
	[Q_BEGIN] = "BEGIN IMMEDIATE",
	[Q_COMMIT] = "COMMIT",
	[Q_ROLLBACK] = "ROLLBACK",
	[Q_KNOWN] = "SELECT 1 FROM record WHERE instance = ?1 AND record_id = ?2",
	[Q_HAS] = "SELECT 1 FROM record WHERE seq = ?1",
	[Q_ADD_RECORD] =
		"INSERT OR IGNORE INTO record (seq, segment, offset, size,"
		" instance, record_id, frame_id, camera, outlet, accepted,"
		" pending) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
	[Q_ADD_DELIVERY] =
		"INSERT INTO delivery (seq, destination) VALUES (?1, ?2)",
	[Q_TOTAL_ACCEPT] =
		"INSERT INTO total (destination, accepted) VALUES (?1, 1)"
		" ON CONFLICT (destination) DO UPDATE SET accepted = accepted + 1",
	[Q_NEXT] =
		"SELECT r.seq, r.segment, r.offset FROM delivery d"
		" JOIN record r ON r.seq = d.seq"
		" WHERE d.destination = ?1 AND d.state = 0 AND d.seq > ?2"
		" ORDER BY d.seq LIMIT 1",
	[Q_FINISH] =
		"UPDATE delivery SET state = ?3, attempts = ?4, status = ?5,"
		" finished = ?6, answer_kind = ?7, answer = ?8,"
		" answer_state = ?8 IS NOT NULL"
		" WHERE seq = ?1 AND destination = ?2 AND state = 0",
	[Q_FINISH_RECORD] =
		"UPDATE record SET pending = pending - 1 WHERE seq = ?1",
	[Q_FINISH_TOTAL] =
		"UPDATE total SET delivered = delivered + (?2 IN (1, 2)),"
		" duplicates = duplicates + (?2 = 2),"
		" quarantined = quarantined + (?2 = 3) WHERE destination = ?1",
	[Q_LOST] =
		"SELECT d.seq, d.destination FROM delivery d"
		" JOIN record r ON r.seq = d.seq WHERE d.state = 0"
		" AND r.segment = ?1 AND r.offset < ?3 AND r.offset + r.size > ?2",
	[Q_COMMITTED_END] =
		"SELECT max(offset + size) FROM record WHERE segment = ?1",
	[Q_SEGMENT_SEAL] =
		"INSERT OR REPLACE INTO segment (id, size) VALUES (?1, ?2)",
	[Q_SEGMENT_SEALED] = "SELECT size FROM segment WHERE id = ?1",
	[Q_SEGMENT_FORGET] = "DELETE FROM segment WHERE id = ?1",
	[Q_SEGMENTS] =
		"SELECT id, (SELECT coalesce(sum(pending), 0) FROM record"
		" WHERE segment = id AND pending > 0) FROM segment UNION"
		" SELECT segment, sum(pending) FROM record WHERE pending > 0"
		" GROUP BY segment",
	[Q_SEGMENT_PENDING] =
		"SELECT coalesce(sum(pending), 0) FROM record WHERE segment = ?1",
	[Q_TOTALS] =
		"SELECT accepted, delivered, duplicates, quarantined FROM total"
		" WHERE destination = ?1",
	[Q_PENDING] =
		"SELECT count(*), (SELECT r.accepted FROM delivery o"
		" JOIN record r ON r.seq = o.seq WHERE o.destination = ?1"
		" AND o.state = 0 ORDER BY o.seq LIMIT 1)"
		" FROM delivery d WHERE d.destination = ?1 AND d.state = 0",
	[Q_DESTINATIONS] = "SELECT destination FROM total ORDER BY 1",
	[Q_ANSWERS] =
		"SELECT d.id, d.answer_kind, r.frame_id, d.finished, r.camera,"
		" r.outlet, d.destination, d.answer FROM delivery d"
		" JOIN record r ON r.seq = d.seq WHERE d.answer_state = 1"
		" ORDER BY d.id LIMIT ?1",
	[Q_ANSWERS_DUE] =
		"SELECT count(*) FROM delivery WHERE answer_state = 1",
	[Q_ANSWER_FINISH] =
		"UPDATE delivery SET answer_state = ?2 WHERE id = ?1",
	[Q_PRUNE_ANSWERS] =
		"UPDATE delivery SET answer_state = 4 WHERE answer_state = 1"
		" AND id <= (SELECT id FROM delivery WHERE answer_state = 1"
		" ORDER BY id DESC LIMIT 1 OFFSET ?1)",
	[Q_PRUNE_DELIVERIES] = "DELETE FROM delivery WHERE seq IN (" PRUNABLE ")",
	[Q_PRUNE_RECORDS] =
		"DELETE FROM record WHERE pending = 0 AND seq <= "
		"(SELECT seq FROM record ORDER BY seq DESC LIMIT 1 OFFSET ?1)"
		" AND NOT EXISTS (SELECT 1 FROM delivery d"
		" WHERE d.seq = record.seq)",
};

struct index {
	sqlite3 *db;
	sqlite3_stmt *statement[Q_COUNT];
};

static int to_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	default:
		return -EIO;
	}
}

/* Prepared on first use, kept until the end. */
static int prepare(struct index *index, enum query query,
		   sqlite3_stmt **ret_statement)
{
	sqlite3_stmt **at = &index->statement[query];

	if (!*at) {
		int r = to_errno(sqlite3_prepare_v3(index->db, queries[query],
						    -1, SQLITE_PREPARE_PERSISTENT,
						    at, NULL));

		if (r < 0)
			return r;
	}
	(void)sqlite3_reset(*at);
	(void)sqlite3_clear_bindings(*at);
	*ret_statement = *at;
	return 0;
}

static void bind_u64(sqlite3_stmt *statement, int at, uint64_t value)
{
	(void)sqlite3_bind_int64(statement, at, (sqlite3_int64)value);
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	if (text)
		(void)sqlite3_bind_text(statement, at, text, -1,
					SQLITE_TRANSIENT);
}

static uint64_t column_u64(sqlite3_stmt *statement, int at)
{
	return (uint64_t)sqlite3_column_int64(statement, at);
}

static void column_name(sqlite3_stmt *statement, int at, char *ret_name)
{
	const char *text = (const char *)sqlite3_column_text(statement, at);

	record_set_name(ret_name, text ? text : "");
}

/* Run a statement that gives no rows. */
static int run(sqlite3_stmt *statement)
{
	int r = to_errno(sqlite3_step(statement));

	(void)sqlite3_reset(statement);
	return r;
}

/* 1: there is a row, the caller reads it and resets; 0: there is none. */
static int step(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return 1;
	(void)sqlite3_reset(statement);
	return to_errno(code);
}

static int run_query(struct index *index, enum query query)
{
	sqlite3_stmt *statement;
	int r = prepare(index, query, &statement);

	return r < 0 ? r : run(statement);
}

static int get_u64(struct index *index, enum query query, const uint64_t *arg,
		   uint64_t *ret_value)
{
	sqlite3_stmt *statement;
	int r = prepare(index, query, &statement);

	if (r < 0)
		return r;
	if (arg)
		bind_u64(statement, 1, *arg);
	r = step(statement);
	if (r <= 0)
		return r;
	*ret_value = column_u64(statement, 0);
	(void)sqlite3_reset(statement);
	return 1;
}

struct index *index_free(struct index *index)
{
	if (!index)
		return NULL;
	for (int i = 0; i < Q_COUNT; i++)
		(void)sqlite3_finalize(index->statement[i]);
	(void)sqlite3_close(index->db);
	free(index);
	return NULL;
}

static int exec(struct index *index, const char *sql)
{
	return to_errno(sqlite3_exec(index->db, sql, NULL, NULL, NULL));
}

static int user_version(struct index *index, int *ret_version)
{
	sqlite3_stmt *statement = NULL;
	int r = to_errno(sqlite3_prepare_v2(index->db, "PRAGMA user_version",
					    -1, &statement, NULL));

	if (r == 0)
		r = step(statement);
	if (r == 1)
		*ret_version = sqlite3_column_int(statement, 0);
	(void)sqlite3_finalize(statement);
	return r < 0 ? r : 0;
}

static int check_whole(struct index *index)
{
	sqlite3_stmt *statement = NULL;
	const char *text;
	int r = to_errno(sqlite3_prepare_v2(index->db, "PRAGMA quick_check(1)",
					    -1, &statement, NULL));

	if (r == 0)
		r = step(statement);
	if (r == 1) {
		text = (const char *)sqlite3_column_text(statement, 0);
		r = text && strcmp(text, "ok") == 0 ? 0 : -EUCLEAN;
	}
	(void)sqlite3_finalize(statement);
	return r;
}

static int create_schema(struct index *index)
{
	int r = exec(index, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = exec(index, schema);
	return r < 0 ? r : exec(index, "COMMIT");
}

int index_open(const char *path, struct index **ret_index)
{
	_cleanup_(index_freep) struct index *index = NULL;
	int version = 0, r;

	index = calloc(1, sizeof(*index));
	if (!index)
		return -ENOMEM;
	r = to_errno(sqlite3_open_v2(path, &index->db, SQLITE_OPEN_READWRITE |
				     SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
				     NULL));
	if (r < 0)
		return r;
	(void)sqlite3_busy_timeout(index->db, 1000);
	r = exec(index,
		 "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
		 "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
		 "PRAGMA journal_size_limit = 4194304;"
		 "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;");
	if (r < 0)
		return r;
	r = user_version(index, &version);
	if (r < 0)
		return r;
	if (version > INDEX_VERSION)
		return -EPROTONOSUPPORT;
	r = version == 0 ? create_schema(index) : check_whole(index);
	if (r < 0)
		return r;
	*ret_index = fovea_take_pointer(index);
	return 0;
}

int index_begin(struct index *index)
{
	return run_query(index, Q_BEGIN);
}

int index_commit(struct index *index)
{
	return run_query(index, Q_COMMIT);
}

void index_rollback(struct index *index)
{
	/* SQLite may have rolled back on its own after a failure. */
	if (!sqlite3_get_autocommit(index->db))
		(void)run_query(index, Q_ROLLBACK);
}

int index_known(struct index *index, uint64_t instance, uint64_t record_id)
{
	sqlite3_stmt *statement;
	int r = prepare(index, Q_KNOWN, &statement);

	if (r < 0)
		return r;
	bind_u64(statement, 1, instance);
	bind_u64(statement, 2, record_id);
	r = step(statement);
	(void)sqlite3_reset(statement);
	return r;
}

int index_has(struct index *index, uint64_t seq)
{
	uint64_t one;

	return get_u64(index, Q_HAS, &seq, &one);
}

int index_add(struct index *index, const struct spool_record *record)
{
	sqlite3_stmt *statement;
	int r = prepare(index, Q_ADD_RECORD, &statement);

	if (r < 0)
		return r;
	bind_u64(statement, 1, record->seq);
	bind_u64(statement, 2, record->segment);
	bind_u64(statement, 3, record->offset);
	bind_u64(statement, 4, record_size(record));
	bind_u64(statement, 5, record->instance);
	bind_u64(statement, 6, record->record_id);
	bind_u64(statement, 7, record->frame_id);
	bind_text(statement, 8, record->camera);
	bind_text(statement, 9, record->outlet);
	bind_u64(statement, 10, record->accepted);
	bind_u64(statement, 11, record->destinations);
	r = run(statement);
	if (r < 0)
		return r;
	if (sqlite3_changes(index->db) == 0)
		return 1;

	for (uint32_t i = 0; i < record->destinations; i++) {
		r = prepare(index, Q_ADD_DELIVERY, &statement);
		if (r < 0)
			return r;
		bind_u64(statement, 1, record->seq);
		bind_text(statement, 2, record->destination[i]);
		r = run(statement);
		if (r < 0)
			return r;
		r = prepare(index, Q_TOTAL_ACCEPT, &statement);
		if (r < 0)
			return r;
		bind_text(statement, 1, record->destination[i]);
		r = run(statement);
		if (r < 0)
			return r;
	}
	return 0;
}

int index_next(struct index *index, const char *destination, uint64_t after,
	       uint64_t *ret_seq, uint64_t *ret_segment, uint64_t *ret_offset)
{
	sqlite3_stmt *statement;
	int r = prepare(index, Q_NEXT, &statement);

	if (r < 0)
		return r;
	bind_text(statement, 1, destination);
	bind_u64(statement, 2, after);
	r = step(statement);
	if (r <= 0)
		return r;
	*ret_seq = column_u64(statement, 0);
	*ret_segment = column_u64(statement, 1);
	*ret_offset = column_u64(statement, 2);
	(void)sqlite3_reset(statement);
	return 1;
}

int index_finish(struct index *index, uint64_t seq, const char *destination,
		 const struct index_result *result)
{
	sqlite3_stmt *statement;
	int r = prepare(index, Q_FINISH, &statement);

	if (r < 0)
		return r;
	bind_u64(statement, 1, seq);
	bind_text(statement, 2, destination);
	bind_u64(statement, 3, result->state);
	bind_u64(statement, 4, result->attempts);
	bind_u64(statement, 5, result->status);
	bind_u64(statement, 6, result->realtime);
	bind_u64(statement, 7, result->answer_kind);
	bind_text(statement, 8, result->answer);
	r = run(statement);
	if (r < 0)
		return r;
	if (sqlite3_changes(index->db) == 0)
		return 0;

	r = prepare(index, Q_FINISH_RECORD, &statement);
	if (r < 0)
		return r;
	bind_u64(statement, 1, seq);
	r = run(statement);
	if (r < 0)
		return r;
	r = prepare(index, Q_FINISH_TOTAL, &statement);
	if (r < 0)
		return r;
	bind_text(statement, 1, destination);
	bind_u64(statement, 2, result->state);
	r = run(statement);
	return r < 0 ? r : 1;
}

int index_lost(struct index *index, uint64_t segment, uint64_t start,
	       uint64_t end, uint64_t realtime, const char *reason)
{
	struct index_result result = {
		.state = DELIVERY_QUARANTINED,
		.realtime = realtime,
		.answer_kind = 3,
		.answer = reason,
	};
	char destination[RECORD_NAME_MAX];
	sqlite3_stmt *statement;
	int count = 0, r;

	/* One at a time: the rows change under the query otherwise. */
	for (;;) {
		uint64_t seq;

		r = prepare(index, Q_LOST, &statement);
		if (r < 0)
			return r;
		bind_u64(statement, 1, segment);
		bind_u64(statement, 2, start);
		bind_u64(statement, 3, end);
		r = step(statement);
		if (r <= 0)
			return r < 0 ? r : count;
		seq = column_u64(statement, 0);
		column_name(statement, 1, destination);
		(void)sqlite3_reset(statement);
		r = index_finish(index, seq, destination, &result);
		if (r < 0)
			return r;
		count++;
	}
}

int index_committed_end(struct index *index, uint64_t segment,
			uint64_t *ret_end)
{
	int r;

	*ret_end = 0;
	r = get_u64(index, Q_COMMITTED_END, &segment, ret_end);
	return r < 0 ? r : 0;
}

int index_segment_seal(struct index *index, uint64_t segment, uint64_t end)
{
	sqlite3_stmt *statement;
	int r = prepare(index, Q_SEGMENT_SEAL, &statement);

	if (r < 0)
		return r;
	bind_u64(statement, 1, segment);
	bind_u64(statement, 2, end);
	return run(statement);
}

int index_segment_sealed(struct index *index, uint64_t segment,
			 uint64_t *ret_end)
{
	return get_u64(index, Q_SEGMENT_SEALED, &segment, ret_end);
}

int index_segment_forget(struct index *index, uint64_t segment)
{
	sqlite3_stmt *statement;
	int r = prepare(index, Q_SEGMENT_FORGET, &statement);

	if (r < 0)
		return r;
	bind_u64(statement, 1, segment);
	return run(statement);
}

int index_segments(struct index *index,
		   int (*fn)(void *userdata, uint64_t segment, uint64_t pending),
		   void *userdata)
{
	sqlite3_stmt *statement;
	int r = prepare(index, Q_SEGMENTS, &statement);

	if (r < 0)
		return r;
	while ((r = step(statement)) > 0) {
		r = fn(userdata, column_u64(statement, 0),
		       column_u64(statement, 1));
		if (r < 0) {
			(void)sqlite3_reset(statement);
			return r;
		}
	}
	return r;
}

int index_segment_pending(struct index *index, uint64_t segment,
			  uint64_t *ret_pending)
{
	int r;

	*ret_pending = 0;
	r = get_u64(index, Q_SEGMENT_PENDING, &segment, ret_pending);
	return r < 0 ? r : 0;
}

int index_totals(struct index *index, const char *destination,
		 struct index_totals *ret_totals)
{
	struct index_totals totals = { 0 };
	sqlite3_stmt *statement;
	int r = prepare(index, Q_TOTALS, &statement);

	if (r < 0)
		return r;
	bind_text(statement, 1, destination);
	r = step(statement);
	if (r < 0)
		return r;
	if (r > 0) {
		totals.accepted = column_u64(statement, 0);
		totals.delivered = column_u64(statement, 1);
		totals.duplicates = column_u64(statement, 2);
		totals.quarantined = column_u64(statement, 3);
		(void)sqlite3_reset(statement);
	}
	r = prepare(index, Q_PENDING, &statement);
	if (r < 0)
		return r;
	bind_text(statement, 1, destination);
	r = step(statement);
	if (r < 0)
		return r;
	if (r > 0) {
		totals.pending = column_u64(statement, 0);
		totals.oldest = column_u64(statement, 1);
		(void)sqlite3_reset(statement);
	}
	*ret_totals = totals;
	return 0;
}

int index_destinations(struct index *index,
		       int (*fn)(void *userdata, const char *name),
		       void *userdata)
{
	char name[RECORD_NAME_MAX];
	sqlite3_stmt *statement;
	int r = prepare(index, Q_DESTINATIONS, &statement);

	if (r < 0)
		return r;
	while ((r = step(statement)) > 0) {
		column_name(statement, 0, name);
		r = fn(userdata, name);
		if (r < 0) {
			(void)sqlite3_reset(statement);
			return r;
		}
	}
	return r;
}

int index_answers(struct index *index, struct index_answer *answers,
		  unsigned int limit)
{
	sqlite3_stmt *statement;
	int count = 0, r;

	r = prepare(index, Q_ANSWERS, &statement);
	if (r < 0)
		return r;
	bind_u64(statement, 1, limit);
	while ((r = step(statement)) > 0) {
		struct index_answer *answer = &answers[count];
		const char *json;

		json = (const char *)sqlite3_column_text(statement, 7);
		answer->id = sqlite3_column_int64(statement, 0);
		answer->kind = (uint32_t)sqlite3_column_int(statement, 1);
		answer->frame_id = column_u64(statement, 2);
		answer->realtime = column_u64(statement, 3);
		column_name(statement, 4, answer->camera);
		column_name(statement, 5, answer->outlet);
		column_name(statement, 6, answer->destination);
		answer->json = json ? strdup(json) : NULL;
		if (!answer->json) {
			(void)sqlite3_reset(statement);
			r = -ENOMEM;
			break;
		}
		count++;
	}
	if (r < 0) {
		while (count)
			free(answers[--count].json);
		return r;
	}
	return count;
}

int index_answers_due(struct index *index, uint64_t *ret_due)
{
	int r;

	*ret_due = 0;
	r = get_u64(index, Q_ANSWERS_DUE, NULL, ret_due);
	return r < 0 ? r : 0;
}

int index_answer_finish(struct index *index, int64_t id,
			enum answer_state state)
{
	sqlite3_stmt *statement;
	int r = prepare(index, Q_ANSWER_FINISH, &statement);

	if (r < 0)
		return r;
	bind_u64(statement, 1, (uint64_t)id);
	bind_u64(statement, 2, state);
	return run(statement);
}

int index_prune(struct index *index, uint32_t history, uint32_t answers)
{
	sqlite3_stmt *statement;
	int dropped, r;

	r = prepare(index, Q_PRUNE_ANSWERS, &statement);
	if (r < 0)
		return r;
	bind_u64(statement, 1, answers);
	r = run(statement);
	if (r < 0)
		return r;
	dropped = sqlite3_changes(index->db);

	for (enum query q = Q_PRUNE_DELIVERIES; q <= Q_PRUNE_RECORDS; q++) {
		r = prepare(index, q, &statement);
		if (r < 0)
			return r;
		bind_u64(statement, 1, history);
		r = run(statement);
		if (r < 0)
			return r;
	}
	return dropped;
}
