// SPDX-License-Identifier: Apache-2.0
/*
 * The spool against every crash and every failure of the disk: one workload,
 * run once for each operation that can be the one that fails, in each way it
 * can fail; then every byte of a segment damaged in turn; then random
 * histories against a model.
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

#include "libfovea/cleanup.h"
#include "test-spool-kit.h"

#define SECTOR_SEEDS 2u

static bool stop(const struct fault_io *fault)
{
	return fault->mode == FAULT_CRASH && fault->hit;
}

static void quarantine_first(struct kit *kit)
{
	struct index_result result = {
		.state = DELIVERY_QUARANTINED, .answer_kind = 3, .answer = "{}",
	};
	struct spool_record record;
	int id = kit_next(kit, "b", 0, &record);

	if (id <= 0 || spool_quarantine(kit->spool, &record, "b", &result) < 0)
		return;
	if (kit_commit(kit) == 0)
		kit->finished[id - 1] |= 2;
}

/*
 * Several records in a commit, segments that fill up and go, a quarantine, a
 * restart in between. After a failure that is no crash it goes on as the agent
 * would: what was refused is offered again later.
 */
static void workload(struct kit *kit, struct fault_io *fault)
{
	static const size_t sizes[] = { 100, 3000, 1, 5000, 700, 2500 };
	unsigned int id = 1;

	for (int life = 0; life < 2; life++) {
		if (kit_open(kit, &fault->io) < 0) {
			if (stop(fault) || fault->mode == FAULT_ALWAYS)
				return;
			if (kit_open(kit, &fault->io) < 0)
				return;
		}
		for (int round = 0; round < 3; round++) {
			for (int i = 0; i < 3 && !stop(fault); i++, id++)
				(void)kit_append(kit, id, sizes[id % 6]);
			if (stop(fault))
				return;
			(void)kit_commit(kit);
			if (stop(fault))
				return;
			(void)kit_finish(kit, "a");
			if (stop(fault))
				return;
			(void)kit_finish(kit, "b");
			if (stop(fault))
				return;
		}
		quarantine_first(kit);
		if (stop(fault))
			return;
		kit_close(kit);
	}
}

/*
 * A commit that came back with an error may have reached the disk all the
 * same; only what was confirmed counts. So a delivery may be known as finished
 * that kit does not know of, never the other way round.
 */
static void verify(struct kit *kit)
{
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	assert_int_equal(spool_counters(kit->spool)->index_rebuilt, 0);
	kit_check(kit);
	for (unsigned int id = 1; id <= KIT_RECORDS; id++)
		if (kit->promised[id - 1])
			assert_int_equal(kit_append(kit, id, 10), 1);
	assert_int_equal(kit_append(kit, KIT_RECORDS, 1234), 0);
	assert_int_equal(kit_commit(kit), 0);
	assert_true(kit->promised[KIT_RECORDS - 1]);
	kit_check(kit);
	kit_drain(kit);
	kit_close(kit);
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	kit_check(kit);
}

static unsigned int count_operations(void)
{
	struct fault_io fault;
	struct kit kit;

	kit_init(&kit);
	fault_io_init(&fault);
	workload(&kit, &fault);
	verify(&kit);
	assert_int_equal(spool_counters(kit.spool)->damaged_ranges, 0);
	kit_done(&kit);
	fault_io_done(&fault);
	return fault.count;
}

static void one_run(enum fault_mode mode, unsigned int at, int error,
		    bool power_cut, unsigned int seed)
{
	struct fault_io fault;
	struct kit kit;

	kit_init(&kit);
	fault_io_init(&fault);
	fault.mode = mode;
	fault.at = at;
	fault.error = error;
	workload(&kit, &fault);
	assert_true(fault.hit);
	kit_close(&kit);
	if (power_cut)
		fault_io_power_cut(&fault, seed);
	verify(&kit);
	kit_done(&kit);
	fault_io_done(&fault);
}

static void test_killed_at_every_operation(void **state)
{
	unsigned int count = count_operations();

	(void)state;
	assert_true(count > 60);
	for (unsigned int at = 1; at <= count; at++)
		one_run(FAULT_CRASH, at, 0, false, 0);
}

static void test_power_cut_at_every_operation(void **state)
{
	unsigned int count = count_operations();

	(void)state;
	for (unsigned int at = 1; at <= count; at++)
		for (unsigned int seed = 0; seed <= SECTOR_SEEDS; seed++)
			one_run(FAULT_CRASH, at, 0, true, seed * 7919 + at *
				(seed != 0));
}

static void test_every_operation_fails_once(void **state)
{
	static const int errors[] = { -EIO, -ENOSPC };
	unsigned int count = count_operations();

	(void)state;
	for (unsigned int at = 1; at <= count; at++)
		for (int i = 0; i < 2; i++)
			one_run(FAULT_ONCE, at, errors[i], i != 0, 0);
}

static void test_disk_goes_bad_at_every_operation(void **state)
{
	static const int errors[] = { -EIO, -ENOSPC };
	unsigned int count = count_operations();

	(void)state;
	for (unsigned int at = 1; at <= count; at++)
		for (int i = 0; i < 2; i++)
			one_run(FAULT_ALWAYS, at, errors[i], true, at);
}

/*
 * What was not acknowledged is written again, from the descriptors. The copy
 * in the poisoned segment must not come back as a second record.
 */
static void test_failed_sync_poisons_the_segment(void **state)
{
	struct fault_io fault;
	struct kit kit;

	(void)state;
	kit_init(&kit);
	fault_io_init(&fault);
	assert_int_equal(kit_open(&kit, &fault.io), 0);
	assert_int_equal(kit_append(&kit, 1, 300), 0);
	assert_int_equal(kit_commit(&kit), 0);
	assert_int_equal(kit_append(&kit, 2, 300), 0);
	fault.mode = FAULT_ONCE;
	fault.at = fault.count + 1;
	fault.error = -EIO;
	assert_int_equal(kit_commit(&kit), 0);
	assert_true(fault.hit);
	assert_true(kit.promised[1]);
	assert_int_equal(spool_counters(kit.spool)->poisoned, 1);
	kit_check(&kit);
	kit_close(&kit);
	assert_int_equal(kit_open(&kit, &spool_io_system), 0);
	kit_check(&kit);
	assert_int_equal(spool_counters(kit.spool)->accepted, 0);
	kit_done(&kit);
	fault_io_done(&fault);
}

/* ---- damage --------------------------------------------------------- */

struct golden {
	struct kit kit;
	char path[160];
	uint8_t *bytes;
	size_t size;
	uint8_t *index;
	size_t index_size;
};

static uint8_t *load(const char *path, size_t *ret_size)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	struct stat st;
	uint8_t *data;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	data = malloc((size_t)st.st_size + 1);
	assert_non_null(data);
	*ret_size = fread(data, 1, (size_t)st.st_size, file);
	assert_int_equal(*ret_size, st.st_size);
	return data;
}

static void store(const char *path, const uint8_t *data, size_t size)
{
	_cleanup_fclose_ FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
}

static void index_path(const struct kit *kit, char *ret_path, size_t size)
{
	(void)snprintf(ret_path, size, "%s/index.sqlite", kit->path);
}

/* Three records in one segment that is not sealed; index and WAL in one file. */
static void golden_make(struct golden *golden)
{
	struct kit *kit = &golden->kit;
	char path[160];

	kit_init(kit);
	assert_int_equal(kit_open(kit, &spool_io_system), 0);
	for (unsigned int id = 1; id <= 3; id++)
		assert_int_equal(kit_append(kit, id, 60), 0);
	assert_int_equal(kit_commit(kit), 0);
	kit_close(kit);
	assert_true(kit_file(kit, golden->path, sizeof(golden->path)));
	golden->bytes = load(golden->path, &golden->size);
	golden->size = 64 + 3 * 384;
	index_path(kit, path, sizeof(path));
	golden->index = load(path, &golden->index_size);
}

static void golden_restore(struct golden *golden)
{
	char path[160];

	kit_empty(&golden->kit);
	index_path(&golden->kit, path, sizeof(path));
	store(path, golden->index, golden->index_size);
	store(golden->path, golden->bytes, golden->size);
}

static void golden_done(struct golden *golden)
{
	kit_done(&golden->kit);
	free(golden->bytes);
	free(golden->index);
}

/* The records whose bytes are whole, in a mask; asserts that they are right. */
static unsigned int whole_records(struct kit *kit)
{
	struct spool_record record;
	unsigned int mask = 0;
	uint64_t after = 0;
	int id;

	while ((id = kit_next(kit, "a", after, &record)) > 0) {
		assert_in_range(id, 1, 3);
		assert_true(kit_payload_ok(kit, &record));
		mask |= 1u << (id - 1);
		after = record.seq;
	}
	assert_int_equal(id, 0);
	return mask;
}

/* Every byte of the first record; of the others, which are alike, some. */
static void flip_bytes(bool keep_index)
{
	struct golden golden;
	char path[160];

	golden_make(&golden);
	index_path(&golden.kit, path, sizeof(path));
	for (size_t at = 0; at < golden.size; at += at < 64 + 384 ? 1 : 7) {
		unsigned int expect = 7;

		golden_restore(&golden);
		golden.bytes[at] ^= 0x41;
		store(golden.path, golden.bytes, golden.size);
		golden.bytes[at] ^= 0x41;
		if (!keep_index)
			assert_int_equal(unlink(path), 0);
		if (at >= 64)
			expect &= ~(1u << ((at - 64) / 384));
		assert_int_equal(kit_open(&golden.kit, &spool_io_system), 0);
		assert_int_equal(whole_records(&golden.kit), expect);
		if (at >= 64) {
			assert_int_equal(spool_counters(golden.kit.spool)
					 ->damaged_ranges, 1);
			assert_int_equal(spool_counters(golden.kit.spool)->lost,
					 keep_index ? 2 : 0);
		}
	}
	golden_done(&golden);
}

static void test_every_byte_damaged(void **state)
{
	(void)state;
	flip_bytes(true);
}

static void test_every_byte_damaged_and_index_lost(void **state)
{
	(void)state;
	flip_bytes(false);
}

/* Cut at any length: what is whole is found, what was promised is reported. */
static void test_cut_at_every_length(void **state)
{
	struct golden golden;

	(void)state;
	golden_make(&golden);
	for (size_t size = 0; size < golden.size; size += 5) {
		unsigned int whole = size < 64 ? 0 :
				     (unsigned int)((size - 64) / 384);

		golden_restore(&golden);
		store(golden.path, golden.bytes, size);
		assert_int_equal(kit_open(&golden.kit, &spool_io_system), 0);
		assert_int_equal(whole_records(&golden.kit),
				 (1u << whole) - 1);
		assert_int_equal(spool_counters(golden.kit.spool)->lost,
				 2 * (3 - whole));
	}
	golden_done(&golden);
}

/* The index may be anything: it is used, or rebuilt, and no record is lost. */
static void test_index_damaged(void **state)
{
	struct golden golden;
	char path[160];

	(void)state;
	golden_make(&golden);
	index_path(&golden.kit, path, sizeof(path));
	for (size_t at = 0; at < golden.index_size; at += 4099) {
		golden_restore(&golden);
		for (size_t i = at; i < at + 512 && i < golden.index_size; i++)
			golden.index[i] ^= 0xff;
		store(path, golden.index, golden.index_size);
		for (size_t i = at; i < at + 512 && i < golden.index_size; i++)
			golden.index[i] ^= 0xff;
		assert_int_equal(kit_open(&golden.kit, &spool_io_system), 0);
		assert_int_equal(whole_records(&golden.kit), 7);
	}
	for (size_t size = 0; size < golden.index_size; size += 4096) {
		golden_restore(&golden);
		store(path, golden.index, size);
		assert_int_equal(kit_open(&golden.kit, &spool_io_system), 0);
		assert_int_equal(whole_records(&golden.kit), 7);
	}
	golden_done(&golden);
}

/* ---- model ---------------------------------------------------------- */

static void random_history(unsigned int seed)
{
	struct fault_io fault;
	unsigned int id = 1;
	struct kit kit;

	kit_init(&kit);
	kit.config.quota = 6 * kit.config.segment;
	fault_io_init(&fault);
	assert_int_equal(kit_open(&kit, &fault.io), 0);
	for (int step = 0; step < 120; step++) {
		switch (rand_r(&seed) % 8) {
		case 0:
		case 1:
		case 2:
			if (id < KIT_RECORDS - 1)
				(void)kit_append(&kit, id++, (size_t)
						 (rand_r(&seed) % 4000));
			break;
		case 3:
			assert_int_equal(kit_commit(&kit), 0);
			break;
		case 4:
			assert_true(kit_finish(&kit, "a") >= 0);
			break;
		case 5:
			assert_true(kit_finish(&kit, "b") >= 0);
			break;
		case 6:
			if (rand_r(&seed) % 4)
				break;
			kit_close(&kit);
			if (rand_r(&seed) % 2)
				fault_io_power_cut(&fault,
						   (unsigned int)rand_r(&seed));
			assert_int_equal(kit_open(&kit, &fault.io), 0);
			break;
		default:
			kit_check(&kit);
		}
	}
	kit_check(&kit);
	kit_close(&kit);
	kit.config.quota = 1 << 20;	/* verify() adds a record before it drains */
	verify(&kit);
	kit_done(&kit);
	fault_io_done(&fault);
}

static void test_random_histories(void **state)
{
	(void)state;
	for (unsigned int seed = 1; seed <= 60; seed++)
		random_history(seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_at_every_operation),
		cmocka_unit_test(test_power_cut_at_every_operation),
		cmocka_unit_test(test_every_operation_fails_once),
		cmocka_unit_test(test_disk_goes_bad_at_every_operation),
		cmocka_unit_test(test_failed_sync_poisons_the_segment),
		cmocka_unit_test(test_every_byte_damaged),
		cmocka_unit_test(test_every_byte_damaged_and_index_lost),
		cmocka_unit_test(test_cut_at_every_length),
		cmocka_unit_test(test_index_damaged),
		cmocka_unit_test(test_random_histories),
	};

	return cmocka_run_group_tests_name("spool-crash", tests, NULL, NULL);
}
