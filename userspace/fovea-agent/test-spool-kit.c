// SPDX-License-Identifier: Apache-2.0
/*
 * What the spool's tests share.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "test-spool-kit.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libfovea/cleanup.h"
#include "libfovea/memfd.h"
#include "libfovea/test-temporary.h"

static void count_report(void *userdata, int priority, const char *text)
{
	struct kit *kit = userdata;

	(void)priority;
	assert_true(strlen(text) > 10);
	kit->reports++;
	if (getenv("FOVEA_DEBUG"))
		print_message("%s\n", text);
}

/* In memory where there is such a place: the tests open thousands of spools. */
void kit_init(struct kit *kit)
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	*kit = (struct kit){
		.config = {
			.quota = 1 << 20,
			.reserve = 4096,
			.segment = 8192,
			.record_max = 64 << 10,
			.history = 1000,
			.answers = 1000,
		},
	};
	assert_int_equal(test_temporary_folder(kit->path, sizeof(kit->path),
					       base, "fovea-spool"), 0);
	kit->config.path = kit->path;
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void kit_done(struct kit *kit)
{
	kit_close(kit);
	assert_int_equal(nftw(kit->path, remove_one, 16,
			      FTW_DEPTH | FTW_PHYS), 0);
}

static int remove_below(const char *path, const struct stat *st, int flag,
			struct FTW *ftw)
{
	return ftw->level ? remove_one(path, st, flag, ftw) : 0;
}

void kit_empty(struct kit *kit)
{
	kit_close(kit);
	assert_int_equal(nftw(kit->path, remove_below, 16,
			      FTW_DEPTH | FTW_PHYS), 0);
}

int kit_open(struct kit *kit, const struct spool_io *io)
{
	return spool_open(&kit->config, io, count_report, kit, &kit->spool);
}

void kit_close(struct kit *kit)
{
	kit->spool = spool_free(kit->spool);
}

static void fill(uint8_t *data, size_t size, unsigned int id)
{
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(id * 31 + i * 7 + (i >> 8));
}

int kit_append(struct kit *kit, unsigned int id, size_t size)
{
	struct spool_record record = {
		.instance = KIT_INSTANCE,
		.record_id = id,
		.frame_id = 0x6553f10000000000u + id,
		.timestamp = id * 33333333u,
		.realtime = 1700000000000000000u + id * 33333333u,
		.camera = "cam0",
		.outlet = "out",
		.rule = "all",
		.parts = 1,
		.destinations = 2,
		.part = { { .kind = 1, .width = 64, .height = 48,
			    .size = size } },
		.destination = { "a", "b" },
	};
	_cleanup_free_ uint8_t *data = malloc(size + 1);
	_cleanup_close_ int fd = -1;

	assert_true(id >= 1 && id <= KIT_RECORDS);
	assert_non_null(data);
	fill(data, size, id);
	fd = fovea_memfd_new("test", data, size);
	assert_true(fd >= 0);
	kit->appended[id - 1] = true;
	return spool_append(kit->spool, &record, &fd);
}

static void keep_promise(void *userdata, const struct spool_record *record)
{
	struct kit *kit = userdata;

	assert_int_equal(record->instance, KIT_INSTANCE);
	kit->promised[record->record_id - 1] = true;
}

int kit_commit(struct kit *kit)
{
	return spool_commit(kit->spool, keep_promise, kit);
}

int kit_next(struct kit *kit, const char *destination, uint64_t after,
	     struct spool_record *ret_record)
{
	_cleanup_close_ int fd = -1;
	int r;

	r = spool_next(kit->spool, destination, after, ret_record, &fd);
	return r > 0 ? (int)ret_record->record_id : r;
}

int kit_finish(struct kit *kit, const char *destination)
{
	struct index_result result = {
		.state = DELIVERY_DONE, .attempts = 1, .status = 201,
		.realtime = 1, .answer_kind = 1, .answer = "{\"name\":\"x\"}",
	};
	struct spool_record record;
	int id, r;

	id = kit_next(kit, destination, 0, &record);
	if (id <= 0)
		return id;
	r = spool_finish(kit->spool, &record, destination, &result);
	if (r < 0)
		return r;
	r = kit_commit(kit);
	if (r < 0)
		return r;
	kit->finished[id - 1] |= 1u << (destination[0] - 'a');
	return id;
}

bool kit_payload_ok(struct kit *kit, const struct spool_record *record)
{
	size_t size = (size_t)record->part[0].size;
	_cleanup_free_ uint8_t *want = malloc(size + 1);
	_cleanup_free_ uint8_t *have = malloc(size + 1);
	char path[160], name[SEGMENT_NAME_SIZE];
	_cleanup_fclose_ FILE *file = NULL;

	assert_non_null(want);
	assert_non_null(have);
	segment_name(record->segment, name);
	(void)snprintf(path, sizeof(path), "%s/%s", kit->path, name);
	file = fopen(path, "re");
	if (!file || fseek(file, (long)(record->offset + record->header_size +
					record->part[0].offset), SEEK_SET) ||
	    fread(have, 1, size, file) != size)
		return false;
	fill(want, size, (unsigned int)record->record_id);
	return memcmp(have, want, size) == 0;
}

static void check_destination(struct kit *kit, const char *destination,
			      unsigned int bit)
{
	bool pending[KIT_RECORDS] = { false };
	struct spool_record record = { 0 };
	struct index_totals totals;
	unsigned int count = 0;
	uint64_t after = 0;
	int id;

	while ((id = kit_next(kit, destination, after, &record)) > 0) {
		assert_in_range(id, 1, KIT_RECORDS);
		assert_true(kit->appended[id - 1]);
		assert_false(pending[id - 1]);
		assert_true(kit_payload_ok(kit, &record));
		pending[id - 1] = true;
		after = record.seq;
		count++;
	}
	assert_int_equal(id, 0);
	for (unsigned int i = 0; i < KIT_RECORDS; i++)
		if (kit->promised[i] && !(kit->finished[i] & bit))
			assert_true(pending[i]);
	assert_int_equal(index_totals(spool_index(kit->spool), destination,
				      &totals), 0);
	assert_int_equal(totals.pending, count);
	assert_int_equal(totals.accepted, totals.delivered +
			 totals.quarantined + totals.pending);
}

void kit_check(struct kit *kit)
{
	check_destination(kit, "a", 1);
	check_destination(kit, "b", 2);
	assert_int_equal(spool_counters(kit->spool)->lost, 0);
}

void kit_drain(struct kit *kit)
{
	struct spool_space space;
	int r;

	while ((r = kit_finish(kit, "a")) > 0)
		;
	assert_int_equal(r, 0);
	while ((r = kit_finish(kit, "b")) > 0)
		;
	assert_int_equal(r, 0);
	spool_space(kit->spool, &space);
	/* Only one that is still open may be left. */
	assert_in_range(space.segments, 0, 1);
}

bool kit_file(const struct kit *kit, char *ret_path, size_t size)
{
	_cleanup_closedir_ DIR *dir = opendir(kit->path);
	const struct dirent *entry;
	uint64_t id, newest = 0;
	bool found = false;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (!segment_parse_name(entry->d_name, &id) ||
		    (found && id < newest))
			continue;
		newest = id;
		found = true;
		(void)snprintf(ret_path, size, "%s/%s", kit->path,
			       entry->d_name);
	}
	return found;
}
