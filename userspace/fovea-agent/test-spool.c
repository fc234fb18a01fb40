// SPDX-License-Identifier: Apache-2.0
/*
 * The spool on a healthy disk, and on disks in states a crash can leave.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crc32c.h"
#include "test-spool-kit.h"

static int setup(void **state)
{
	struct kit *kit = malloc(sizeof(*kit));

	assert_non_null(kit);
	kit_init(kit);
	*state = kit;
	return 0;
}

static int teardown(void **state)
{
	kit_done(*state);
	free(*state);
	return 0;
}

static void reopen(struct kit *kit)
{
	kit_close(kit);
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
}

static void fill_spool(struct kit *kit, unsigned int records, size_t size)
{
	for (unsigned int id = 1; id <= records; id++) {
		assert_int_equal(kit_append(kit, id, size), 0);
		assert_int_equal(kit_commit(kit), 0);
	}
}

static void test_accept_and_deliver(void **state)
{
	struct kit *kit = *state;
	struct spool_record record;
	struct spool_space space;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 20, 1500);
	kit_check(kit);
	spool_space(kit->spool, &space);
	assert_true(space.segments >= 4);
	assert_int_equal(kit_next(kit, "a", 0, &record), 1);
	assert_string_equal(record.camera, "cam0");
	assert_int_equal(record.part[0].width, 64);
	assert_int_equal(kit_finish(kit, "a"), 1);
	assert_int_equal(kit_next(kit, "a", 0, &record), 2);
	assert_int_equal(kit_next(kit, "b", 0, &record), 1);
	kit_check(kit);
	kit_drain(kit);
	kit_check(kit);
}

static void test_nothing_is_promised_before_commit(void **state)
{
	struct kit *kit = *state;
	struct spool_record record;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(kit_append(kit, 1, 100), 0);
	assert_false(kit->promised[0]);
	assert_int_equal(kit_next(kit, "a", 0, &record), 0);
	assert_int_equal(kit_commit(kit), 0);
	assert_true(kit->promised[0]);
	assert_int_equal(kit_next(kit, "a", 0, &record), 1);
}

static void test_survives_restart(void **state)
{
	struct kit *kit = *state;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 10, 3000);
	assert_int_equal(kit_finish(kit, "a"), 1);
	assert_int_equal(kit_finish(kit, "b"), 1);
	assert_int_equal(kit_finish(kit, "a"), 2);
	reopen(kit);
	kit_check(kit);
	assert_int_equal(spool_counters(kit->spool)->recovered, 0);
	assert_int_equal(kit_append(kit, 11, 3000), 0);
	assert_int_equal(kit_commit(kit), 0);
	reopen(kit);
	kit_check(kit);
	kit_drain(kit);
	reopen(kit);
	kit_check(kit);
}

static void test_repeated_record_is_stored_once(void **state)
{
	struct kit *kit = *state;
	struct index_totals totals;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(kit_append(kit, 1, 100), 0);
	assert_int_equal(kit_append(kit, 1, 100), 0);
	assert_int_equal(spool_batch(kit->spool, NULL), 1);
	assert_int_equal(kit_commit(kit), 0);
	assert_int_equal(kit_append(kit, 1, 100), 1);
	kit_drain(kit);
	reopen(kit);
	assert_int_equal(kit_append(kit, 1, 100), 1);
	assert_int_equal(index_totals(spool_index(kit->spool), "a", &totals),
			 0);
	assert_int_equal(totals.accepted, 1);
	assert_int_equal(totals.delivered, 1);
}

static void test_quota_refuses_and_recovers(void **state)
{
	struct kit *kit = *state;
	unsigned int id = 1;
	int r = 0;

	kit->config.quota = 3 * kit->config.segment;
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	for (; id <= KIT_RECORDS && r == 0; id++) {
		r = kit_append(kit, id, 2000);
		if (r == 0)
			assert_int_equal(kit_commit(kit), 0);
	}
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(spool_counters(kit->spool)->refused_space, 1);
	assert_in_range(id - 2, 8, 12);
	kit_check(kit);
	kit_drain(kit);
	assert_int_equal(kit_append(kit, KIT_RECORDS, 2000), 0);
	assert_int_equal(kit_commit(kit), 0);
	kit_check(kit);
}

/*
 * A delivery that was made again before its end was committed ends twice. The
 * second end must not be counted in place of a delivery that is still to do.
 */
static void test_finished_twice_counts_once(void **state)
{
	struct index_result result = {
		.state = DELIVERY_DONE, .attempts = 1, .status = 201,
		.realtime = 1,
	};
	struct kit *kit = *state;
	struct spool_record record, other;
	struct spool_space space;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 2, 3000);
	assert_int_equal(kit_next(kit, "a", 0, &record), 1);
	assert_int_equal(kit_next(kit, "a", record.seq, &other), 2);
	assert_int_equal(record.segment, other.segment);
	/* The next record needs a new segment, and the first one is sealed. */
	assert_int_equal(kit_append(kit, 3, 3000), 0);
	assert_int_equal(kit_commit(kit), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(spool_finish(kit->spool, &record, "a",
					      &result), 0);
		assert_int_equal(kit_commit(kit), 0);
	}
	kit->finished[0] |= 1;
	assert_int_equal(kit_finish(kit, "a"), 2);
	assert_int_equal(kit_finish(kit, "b"), 1);
	/* Record 2 waits for "b": its segment stays, with its bytes. */
	spool_space(kit->spool, &space);
	assert_int_equal(space.segments, 2);
	kit_check(kit);
	assert_int_equal(kit_finish(kit, "b"), 2);
	spool_space(kit->spool, &space);
	assert_int_equal(space.segments, 1);
	kit_check(kit);
	kit_drain(kit);
}

static void test_record_sizes(void **state)
{
	struct kit *kit = *state;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(kit_append(kit, 1, 0), 0);
	assert_int_equal(kit_append(kit, 2, 1), 0);
	/* Larger than a segment: gets one of its own. */
	assert_int_equal(kit_append(kit, 3, 20000), 0);
	assert_int_equal(kit_append(kit, 4, 10), 0);
	assert_int_equal(kit_append(kit, 5, kit->config.record_max + 1),
			 -EMSGSIZE);
	assert_int_equal(kit_append(kit, 6, kit->config.record_max),
			 -EMSGSIZE);
	kit->appended[4] = kit->appended[5] = false;
	assert_int_equal(kit_commit(kit), 0);
	kit_check(kit);
	reopen(kit);
	kit_check(kit);
	kit_drain(kit);
}

static void test_one_process_at_a_time(void **state)
{
	struct kit *kit = *state;
	struct kit other = *kit;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(kit_open(&other, &spool_io_system), -EBUSY);
	assert_int_equal(other.reports, 1);
}

static void test_batch_limit(void **state)
{
	struct kit *kit = *state;

	kit->config.quota = 64 << 20;
	kit->config.segment = 1 << 20;
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	for (unsigned int id = 1; id <= SPOOL_BATCH_MAX; id++)
		assert_int_equal(kit_append(kit, id, 10), 0);
	assert_int_equal(kit_append(kit, SPOOL_BATCH_MAX + 1, 10), -EAGAIN);
	kit->appended[SPOOL_BATCH_MAX] = false;
	assert_int_equal(kit_commit(kit), 0);
	kit_check(kit);
}

/* A record that was being written when the power went. */
static void test_torn_tail_is_cut(void **state)
{
	struct kit *kit = *state;
	char path[160];

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 2, 500);
	assert_int_equal(kit_append(kit, 3, 500), 0);
	kit_close(kit);
	kit->appended[2] = false;
	assert_true(kit_file(kit, path, sizeof(path)));
	/* Its last sector never reached the disk. */
	assert_int_equal(truncate(path, 64 + 3 * 768 - 100), 0);
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	kit_check(kit);
	assert_true(spool_counters(kit->spool)->torn_bytes > 0);
	assert_int_equal(spool_counters(kit->spool)->damaged_ranges, 0);
	assert_int_equal(kit_append(kit, 4, 500), 0);
	assert_int_equal(kit_commit(kit), 0);
	reopen(kit);
	kit_check(kit);
	assert_int_equal(spool_counters(kit->spool)->torn_bytes, 0);
}

/* A whole record that nobody was told of is kept: it will not be wrong. */
static void test_record_behind_the_index_is_recovered(void **state)
{
	struct kit *kit = *state;
	struct spool_record record;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(kit_append(kit, 1, 500), 0);
	reopen(kit);
	assert_int_equal(spool_counters(kit->spool)->recovered, 1);
	assert_int_equal(kit_next(kit, "a", 0, &record), 1);
	assert_int_equal(kit_append(kit, 1, 500), 1);
	kit_check(kit);
}

static void test_committed_record_torn_is_not_silent(void **state)
{
	struct kit *kit = *state;
	struct index_totals totals;
	char path[160];

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 3, 500);
	kit_close(kit);
	assert_true(kit_file(kit, path, sizeof(path)));
	assert_int_equal(truncate(path, 64 + 3 * 768 - 100), 0);
	kit->reports = 0;
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(spool_counters(kit->spool)->lost, 2);
	assert_true(kit->reports >= 1);
	assert_int_equal(index_totals(spool_index(kit->spool), "a", &totals),
			 0);
	assert_int_equal(totals.pending, 2);
	assert_int_equal(totals.quarantined, 1);
}

static void test_missing_segment_is_not_silent(void **state)
{
	struct kit *kit = *state;
	struct index_totals totals;
	char path[160];

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 10, 3000);
	reopen(kit);
	kit_close(kit);
	assert_true(kit_file(kit, path, sizeof(path)));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(spool_counters(kit->spool)->lost, 4);
	assert_int_equal(index_totals(spool_index(kit->spool), "b", &totals),
			 0);
	assert_int_equal(totals.pending, 8);
	assert_int_equal(totals.quarantined, 2);
	reopen(kit);
	assert_int_equal(spool_counters(kit->spool)->lost, 0);
}

static void remove_index(const struct kit *kit)
{
	char path[160];

	(void)snprintf(path, sizeof(path), "%s/index.sqlite", kit->path);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof(path), "%s/index.sqlite-wal", kit->path);
	(void)unlink(path);
}

static void test_lost_index_loses_no_record(void **state)
{
	struct kit *kit = *state;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 10, 3000);
	assert_int_equal(kit_finish(kit, "a"), 1);
	kit_close(kit);
	remove_index(kit);
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(spool_counters(kit->spool)->index_rebuilt, 1);
	assert_int_equal(spool_counters(kit->spool)->recovered, 10);
	kit_check(kit);
	assert_int_equal(kit_append(kit, 1, 3000), 1);
	kit_drain(kit);
}

static void test_damaged_index_is_set_aside(void **state)
{
	struct kit *kit = *state;
	char path[160];
	int fd;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 5, 3000);
	kit_close(kit);
	(void)snprintf(path, sizeof(path), "%s/index.sqlite", kit->path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "not a database at all", 21, 0), 21);
	(void)close(fd);
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(spool_counters(kit->spool)->index_rebuilt, 1);
	kit_check(kit);
	kit_drain(kit);
}

static void test_newer_formats_are_refused(void **state)
{
	struct kit *kit = *state;
	uint8_t header[SEGMENT_HEADER_SIZE];
	char path[160];
	uint32_t crc;
	int fd;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 1, 100);
	kit_close(kit);
	assert_true(kit_file(kit, path, sizeof(path)));
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, header, sizeof(header), 0), sizeof(header));
	header[8] = SEGMENT_VERSION + 1;
	/* The checksum is right: this is no damage. */
	crc = crc32c(0, header, 60);
	memcpy(header + 60, &crc, sizeof(crc));
	assert_int_equal(pwrite(fd, header, sizeof(header), 0),
			 sizeof(header));
	(void)close(fd);
	assert_int_equal(kit_open(kit, &spool_io_system), -EPROTONOSUPPORT);
	assert_true(kit->reports >= 1);
}

static void test_quarantine_keeps_the_bytes(void **state)
{
	struct index_result result = {
		.state = DELIVERY_QUARANTINED, .attempts = 3, .status = 400,
		.answer_kind = 3, .answer = "{}",
	};
	struct kit *kit = *state;
	struct spool_record record;
	struct index_totals totals;
	struct spool_space space;
	char path[256];
	struct stat st;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 2, 500);
	assert_int_equal(kit_next(kit, "a", 0, &record), 1);
	assert_int_equal(spool_quarantine(kit->spool, &record, "a", &result),
			 0);
	assert_int_equal(kit_commit(kit), 0);
	assert_int_equal(index_totals(spool_index(kit->spool), "a", &totals),
			 0);
	assert_int_equal(totals.quarantined, 1);
	assert_int_equal(totals.pending, 1);
	spool_space(kit->spool, &space);
	assert_int_equal(space.quarantine_bytes, record_size(&record));
	(void)snprintf(path, sizeof(path), "%s/quarantine/%016lx-%lu.bytes",
		       kit->path, (unsigned long)record.segment,
		       (unsigned long)record.offset);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, record_size(&record));
	kit_drain(kit);
	reopen(kit);
	spool_space(kit->spool, &space);
	assert_int_equal(space.quarantine_bytes, record_size(&record));
}

static void test_answers_stay_until_joined(void **state)
{
	struct index_answer answers[4];
	struct kit *kit = *state;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 3, 100);
	assert_int_equal(kit_finish(kit, "a"), 1);
	assert_int_equal(kit_finish(kit, "a"), 2);
	reopen(kit);
	assert_int_equal(spool_answers(kit->spool, answers, 4), 2);
	assert_int_equal(answers[0].frame_id, 0x6553f10000000001u);
	assert_string_equal(answers[0].destination, "a");
	assert_string_equal(answers[0].json, "{\"name\":\"x\"}");
	assert_int_equal(spool_answer_finish(kit->spool, answers[0].id,
					     ANSWER_JOINED), 0);
	assert_int_equal(kit_commit(kit), 0);
	free(answers[0].json);
	free(answers[1].json);
	assert_int_equal(spool_answers(kit->spool, answers, 4), 1);
	assert_int_equal(answers[0].frame_id, 0x6553f10000000002u);
	free(answers[0].json);
}

static void test_history_is_bounded(void **state)
{
	struct kit *kit = *state;
	uint64_t due;
	int count = 0;

	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	fill_spool(kit, 40, 100);
	kit_drain(kit);
	assert_int_equal(index_prune(spool_index(kit->spool), 5, 8), 72);
	assert_int_equal(index_answers_due(spool_index(kit->spool), &due), 0);
	assert_int_equal(due, 8);
	for (unsigned int id = 1; id <= 40; id++)
		count += index_known(spool_index(kit->spool), KIT_INSTANCE, id);
	assert_int_equal(count, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(test_accept_and_deliver),
		T(test_nothing_is_promised_before_commit),
		T(test_survives_restart),
		T(test_repeated_record_is_stored_once),
		T(test_quota_refuses_and_recovers),
		T(test_finished_twice_counts_once),
		T(test_record_sizes),
		T(test_one_process_at_a_time),
		T(test_batch_limit),
		T(test_torn_tail_is_cut),
		T(test_record_behind_the_index_is_recovered),
		T(test_committed_record_torn_is_not_silent),
		T(test_missing_segment_is_not_silent),
		T(test_lost_index_loses_no_record),
		T(test_damaged_index_is_set_aside),
		T(test_newer_formats_are_refused),
		T(test_quarantine_keeps_the_bytes),
		T(test_answers_stay_until_joined),
		T(test_history_is_bounded),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
