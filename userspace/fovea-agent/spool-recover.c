// SPDX-License-Identifier: Apache-2.0
/*
 * Opening a spool: lock, generation, index, and then every segment the index
 * does not know as sealed is read from end to end.
 *
 * What a scan finds, and what follows from it:
 *   a whole record the index lacks	add it, pending everywhere
 *   a whole record it knows		nothing
 *   damage where the index knows	copy to quarantine/, end its deliveries
 *     a record				as quarantined
 *   damage before another record	copy to quarantine/, go on behind it
 *   damage at the end, index intact	a torn write nobody was promised: cut
 *   damage at the end, index lost	it may have been promised: copy, cut
 * After that the segment is sealed at its last good byte; appending goes to a
 * new one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>

#include "libfovea/cleanup.h"
#include "spool-private.h"

static const char lost_answer[] =
	"{\"error\":\"its bytes in the spool are damaged\"}";

/* ---- scanning one segment ------------------------------------------- */

struct recovery {
	struct spool *spool;
	int fd;
};

static ssize_t recovery_pread(void *context, void *data, size_t size,
			      uint64_t offset)
{
	const struct recovery *recovery = context;
	const struct spool_io *io = recovery->spool->io;

	return io->pread(io->context, recovery->fd, data, size, offset);
}

/* Damage that is more than a torn write. */
static int damaged(struct spool *spool, uint64_t segment, uint64_t start,
		   uint64_t end)
{
	char name[SEGMENT_NAME_SIZE];
	int lost, r;

	r = spool_quarantine_range(spool, segment, start, end);
	if (r < 0)
		return r;
	lost = index_lost(spool->index, segment, start, end, spool_now(),
			  lost_answer);
	if (lost < 0)
		return lost;
	spool->counters.damaged_ranges++;
	spool->counters.lost += (uint64_t)lost;
	segment_name(segment, name);
	spool_say(spool, LOG_ERR, "spool %s: %s: bytes %" PRIu64 " to %" PRIu64 " are damaged; copied to quarantine/, %d deliveries given up; check the disk",
		  spool->config.path, name, start, end, lost);
	return 0;
}

static int tail(struct spool *spool, uint64_t segment, uint64_t start,
		uint64_t end)
{
	uint64_t committed;
	int r;

	r = index_committed_end(spool->index, segment, &committed);
	if (r < 0)
		return r;
	if (committed > start || spool->counters.index_rebuilt)
		return damaged(spool, segment, start, end);
	spool->counters.torn_bytes += end - start;
	return 0;
}

static int found_record(struct spool *spool, const struct spool_record *record)
{
	int r = index_has(spool->index, record->seq);

	if (r != 0)
		return r < 0 ? r : 0;
	r = index_add(spool->index, record);
	if (r == 0)
		spool->counters.recovered++;
	return r < 0 ? r : 0;
}

/* Zeros up to the end of the file: right, unless a record is known there. */
static int zeros(struct spool *spool, uint64_t segment, uint64_t start)
{
	uint64_t committed;
	int r;

	r = index_committed_end(spool->index, segment, &committed);
	if (r < 0 || committed <= start)
		return r;
	return damaged(spool, segment, start, committed);
}

/* *@ret_end: first byte behind the last thing that is kept. */
static int scan_segment(struct spool *spool, struct segment_scan *scan,
			uint64_t *ret_end)
{
	struct spool_record record;
	uint64_t start, end, good = SEGMENT_HEADER_SIZE;
	int found, r;

	for (;;) {
		found = segment_scan_next(scan, &record, &start, &end);
		switch (found) {
		case SEGMENT_END:
			*ret_end = good;
			return zeros(spool, scan->id, start);
		case SEGMENT_RECORD:
			r = found_record(spool, &record);
			good = end;
			break;
		case SEGMENT_GARBAGE:
			r = damaged(spool, scan->id, start, end);
			break;
		case SEGMENT_DAMAGED:
		case SEGMENT_TAIL:
			r = tail(spool, scan->id, start, end);
			break;
		default:
			return found;
		}
		if (r < 0)
			return r;
	}
}

static int recover_segment(struct spool *spool, uint64_t id)
{
	const struct spool_io *io = spool->io;
	uint8_t header[SEGMENT_HEADER_SIZE] = { 0 };
	char name[SEGMENT_NAME_SIZE];
	_cleanup_close_ int fd = -1;
	struct recovery recovery;
	struct segment_scan scan;
	uint64_t end, pending;
	struct stat st;
	ssize_t n;
	int r;

	segment_name(id, name);
	fd = io->openat(io->context, spool->dir, name, O_RDWR);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	n = io->pread(io->context, fd, header, sizeof(header), 0);
	if (n < 0)
		return (int)n;
	r = segment_check_header(header, id);
	if (r == -EPROTONOSUPPORT) {
		spool_say(spool, LOG_ERR, "spool %s: %s was written by a newer version; use that version, or move the file away",
			  spool->config.path, name);
		return r;
	}
	recovery = (struct recovery){ .spool = spool, .fd = fd };
	scan = (struct segment_scan){
		.source = { recovery_pread, &recovery, (uint64_t)st.st_size },
		.id = id,
		.position = SEGMENT_HEADER_SIZE,
	};
	r = index_begin(spool->index);
	if (r < 0)
		return r;
	r = scan_segment(spool, &scan, &end);
	/* What was found may still be in the page cache only. */
	if (r == 0)
		r = io->fdatasync(io->context, fd);
	if (r == 0)
		r = index_segment_seal(spool->index, id, end);
	if (r == 0)
		r = index_commit(spool->index);
	if (r < 0) {
		index_rollback(spool->index);
		return r;
	}
	(void)io->ftruncate(io->context, fd, end);
	r = index_segment_pending(spool->index, id, &pending);
	if (r < 0)
		return r;
	return spool_segment_add(spool, id, end, pending, true);
}

static int known_segment(struct spool *spool, uint64_t id)
{
	char name[SEGMENT_NAME_SIZE];
	uint64_t pending;
	struct stat st;
	int r;

	segment_name(id, name);
	if (fstatat(spool->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	r = index_segment_pending(spool->index, id, &pending);
	if (r < 0)
		return r;
	return spool_segment_add(spool, id, (uint64_t)st.st_size, pending,
				 true);
}

/* ---- all segments --------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int list_segments(struct spool *spool, uint64_t **ret_ids,
			 size_t *ret_count)
{
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_free_ uint64_t *ids = NULL;
	const struct dirent *entry;
	size_t count = 0;
	int fd;

	fd = openat(spool->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		(void)fovea_close(fd);
		return -errno;
	}
	while ((entry = readdir(dir))) {
		uint64_t id, *more;

		if (!segment_parse_name(entry->d_name, &id))
			continue;
		more = reallocarray(ids, count + 1, sizeof(*ids));
		if (!more)
			return -ENOMEM;
		ids = more;
		ids[count++] = id;
	}
	if (count)
		qsort(ids, count, sizeof(*ids), compare_ids);
	*ret_ids = fovea_take_pointer(ids);
	*ret_count = count;
	return 0;
}

static int one_segment(struct spool *spool, uint64_t id)
{
	char name[SEGMENT_NAME_SIZE];
	uint64_t size;
	int r;

	r = index_segment_sealed(spool->index, id, &size);
	if (r < 0)
		return r;
	if (r > 0)
		return known_segment(spool, id);
	r = recover_segment(spool, id);
	if (r != -EIO)
		return r;
	/* Left where it is: the disk may be better tomorrow. */
	segment_name(id, name);
	spool->counters.unreadable_segments++;
	spool_say(spool, LOG_ERR, "spool %s: %s can't be read or synced: %s; it is left alone, check the disk",
		  spool->config.path, name, strerror(-r));
	return spool_segment_add(spool, id, 0, UINT64_MAX, false);
}

struct vanished {
	struct spool *spool;
	uint64_t ids[64];
	uint64_t pending[64];
	size_t count;
};

static int check_vanished(void *userdata, uint64_t id, uint64_t pending)
{
	struct vanished *vanished = userdata;

	if (!spool_segment_find(vanished->spool, id) && vanished->count < 64) {
		vanished->ids[vanished->count] = id;
		vanished->pending[vanished->count++] = pending;
	}
	return 0;
}

/*
 * Segments the index knows and nobody finds: unlinked before a crash could
 * forget them, or taken away by somebody while records were pending.
 */
static int forget_vanished(struct spool *spool)
{
	struct vanished vanished = { .spool = spool };
	char name[SEGMENT_NAME_SIZE];
	int r;

	r = index_segments(spool->index, check_vanished, &vanished);
	if (r < 0 || vanished.count == 0)
		return r;
	r = index_begin(spool->index);
	for (size_t i = 0; i < vanished.count && r >= 0; i++) {
		uint64_t id = vanished.ids[i];

		if (vanished.pending[i]) {
			r = index_lost(spool->index, id, 0, INT64_MAX,
				       spool_now(), lost_answer);
			if (r < 0)
				break;
			spool->counters.lost += (uint64_t)r;
			segment_name(id, name);
			spool_say(spool, LOG_ERR, "spool %s: %s is missing; %d deliveries given up; put the file back before the start, or find out who removed it",
				  spool->config.path, name, r);
		}
		r = index_segment_forget(spool->index, id);
	}
	if (r >= 0)
		r = index_commit(spool->index);
	if (r < 0) {
		index_rollback(spool->index);
		return r;
	}
	/* As many as fit were done; there may be more. */
	return forget_vanished(spool);
}

int spool_recover(struct spool *spool)
{
	_cleanup_free_ uint64_t *ids = NULL;
	size_t count = 0;
	int r;

	spool->n_segments = 0;
	r = list_segments(spool, &ids, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++) {
		r = one_segment(spool, ids[i]);
		if (r < 0)
			return r;
	}
	r = forget_vanished(spool);
	if (r < 0)
		return r;
	spool_reclaim(spool);
	if (spool->counters.recovered || spool->counters.torn_bytes)
		spool_say(spool, LOG_INFO, "spool %s: recovered %" PRIu64 " records, cut off %" PRIu64 " bytes of a write that was not finished",
			  spool->config.path, spool->counters.recovered,
			  spool->counters.torn_bytes);
	return 0;
}

/* ---- opening -------------------------------------------------------- */

static uint64_t generation_of_files(const uint64_t *ids, size_t count)
{
	return count ? ids[count - 1] >> 32 : 0;
}

/* A number that is higher than at any start before, written down. */
static int new_generation(struct spool *spool, uint64_t *ret_generation)
{
	const struct spool_io *io = spool->io;
	_cleanup_free_ uint64_t *ids = NULL;
	_cleanup_close_ int from = -1, to = -1;
	uint64_t generation, old = 0;
	char text[32] = "";
	size_t count = 0;
	int r;

	r = list_segments(spool, &ids, &count);
	if (r < 0)
		return r;
	generation = generation_of_files(ids, count);
	from = io->openat(io->context, spool->dir, SPOOL_GENERATION, O_RDONLY);
	if (from >= 0 && io->pread(io->context, from, text, sizeof(text) - 1,
				   0) > 0)
		old = strtoull(text, NULL, 10);
	if (old > generation && old < UINT32_MAX)
		generation = old;
	generation++;

	(void)snprintf(text, sizeof(text), "%" PRIu64 "\n", generation);
	to = io->openat(io->context, spool->dir, SPOOL_GENERATION ".new",
			O_WRONLY | O_CREAT | O_TRUNC);
	if (to < 0)
		return to;
	r = io->pwrite(io->context, to, text, strlen(text), 0);
	if (r == 0)
		r = io->fdatasync(io->context, to);
	if (r == 0)
		r = io->renameat(io->context, spool->dir,
				 SPOOL_GENERATION ".new", spool->dir,
				 SPOOL_GENERATION);
	if (r == 0)
		r = io->syncdir(io->context, spool->dir);
	if (r < 0)
		return r;
	*ret_generation = generation;
	return 0;
}

/* Out of the way, not away: somebody may want to look at it. */
static int set_index_aside(struct spool *spool, uint64_t generation)
{
	static const char *const suffixes[] = { "", "-wal" };
	const struct spool_io *io = spool->io;
	char from[64], to[96];
	int r = 0;

	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(from, sizeof(from), SPOOL_INDEX "%s",
			       suffixes[i]);
		(void)snprintf(to, sizeof(to), "%016" PRIx64 "-" SPOOL_INDEX
			       "%s", generation, suffixes[i]);
		r = io->renameat(io->context, spool->dir, from,
				 spool->quarantine_dir, to);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

static int open_index(struct spool *spool, uint64_t generation, bool existed)
{
	char path[PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "%s/" SPOOL_INDEX,
		       spool->config.path);
	r = index_open(path, &spool->index);
	if (r == -EPROTONOSUPPORT)
		spool_say(spool, LOG_ERR, "spool %s: " SPOOL_INDEX " was written by a newer version; use that version, or move the file away (every record is then delivered again)",
			  spool->config.path);
	if (r == -EUCLEAN) {
		r = set_index_aside(spool, generation);
		if (r < 0)
			return r;
		existed = false;
		r = index_open(path, &spool->index);
	}
	if (r < 0)
		return r;
	if (!existed) {
		_cleanup_free_ uint64_t *ids = NULL;
		size_t count = 0;

		r = list_segments(spool, &ids, &count);
		if (r < 0)
			return r;
		if (count) {
			spool->counters.index_rebuilt = 1;
			spool_say(spool, LOG_ERR, "spool %s: the index was lost or damaged and is rebuilt; every record still here is delivered again, which the destinations recognise",
				  spool->config.path);
		}
	}
	return 0;
}

/* The folder itself is ours alone; those above it are not. */
static int make_folders(const char *path)
{
	char part[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		if ((size_t)(slash - path) >= sizeof(part))
			return -ENAMETOOLONG;
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int open_dirs(struct spool *spool)
{
	const char *path = spool->config.path;
	int r;

	r = make_folders(path);
	if (r < 0) {
		spool_say(spool, LOG_ERR, "spool %s: can't be made: %s; make it, or set [spool] path",
			  path, strerror(-r));
		return r;
	}
	spool->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (spool->dir < 0)
		return -errno;
	spool->lock = openat(spool->dir, SPOOL_LOCK, O_RDWR | O_CREAT |
			     O_CLOEXEC | O_NOFOLLOW, 0600);
	if (spool->lock < 0)
		return -errno;
	if (flock(spool->lock, LOCK_EX | LOCK_NB) < 0) {
		r = errno == EWOULDBLOCK ? -EBUSY : -errno;
		spool_say(spool, LOG_ERR, "spool %s: %s; stop the other fovea-agent, or give this one a [spool] path of its own",
			  path, r == -EBUSY ? "another process uses it" :
			  strerror(-r));
		return r;
	}
	if (mkdirat(spool->dir, SPOOL_QUARANTINE, 0700) < 0 && errno != EEXIST)
		return -errno;
	spool->quarantine_dir = openat(spool->dir, SPOOL_QUARANTINE,
				       O_RDONLY | O_DIRECTORY | O_CLOEXEC |
				       O_NOFOLLOW);
	if (spool->quarantine_dir < 0)
		return -errno;
	spool->reserve = spool->io->openat(spool->io->context, spool->dir,
					   SPOOL_RESERVE, O_RDWR | O_CREAT);
	return spool->reserve < 0 ? spool->reserve : 0;
}

static int count_quarantine(struct spool *spool)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	struct stat st;
	int fd;

	fd = openat(spool->quarantine_dir, ".",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		(void)fovea_close(fd);
		return -errno;
	}
	while ((entry = readdir(dir)))
		if (fstatat(spool->quarantine_dir, entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			spool->quarantine_bytes += (uint64_t)st.st_size;
	return 0;
}

static int open_all(struct spool *spool)
{
	uint64_t generation;
	struct stat st;
	bool existed;
	int r;

	r = open_dirs(spool);
	if (r < 0)
		return r;
	existed = fstatat(spool->dir, SPOOL_INDEX, &st,
			  AT_SYMLINK_NOFOLLOW) == 0 && st.st_size > 0;
	r = count_quarantine(spool);
	if (r < 0)
		return r;
	/* First of all: it may be needed to get any further. */
	if (fstat(spool->reserve, &st) == 0 &&
	    (uint64_t)st.st_size > spool->config.reserve)
		(void)spool->io->ftruncate(spool->io->context, spool->reserve,
					   spool->config.reserve);
	if (!spool_reserve_fill(spool))
		spool_say(spool, LOG_WARNING, "spool %s: no space for the reserve of %" PRIu64 " bytes; delivering goes on, new records are refused",
			  spool->config.path, spool->config.reserve);
	r = new_generation(spool, &generation);
	if (r == -ENOSPC && spool_reserve_release(spool))
		r = new_generation(spool, &generation);
	if (r < 0)
		return r;
	spool->next_segment = generation << 32;
	spool->next_seq = generation << 32;
	r = open_index(spool, generation, existed);
	if (r == -ENOSPC && spool_reserve_release(spool))
		r = open_index(spool, generation, existed);
	if (r < 0)
		return r;
	r = spool_recover(spool);
	if (r == -ENOSPC && spool_reserve_release(spool))
		r = spool_recover(spool);
	return r;
}

int spool_open(const struct spool_config *config, const struct spool_io *io,
	       spool_report_fn report, void *userdata,
	       struct spool **ret_spool)
{
	_cleanup_(spool_freep) struct spool *spool = NULL;
	int r;

	spool = calloc(1, sizeof(*spool));
	if (!spool)
		return -ENOMEM;
	spool->config = *config;
	spool->io = io;
	spool->report = report;
	spool->report_userdata = userdata;
	spool->dir = spool->quarantine_dir = spool->lock = -1;
	spool->reserve = spool->active = -1;
	spool->batch = calloc(SPOOL_BATCH_MAX, sizeof(*spool->batch));
	if (!spool->batch)
		return -ENOMEM;
	r = open_all(spool);
	if (r < 0) {
		if (r != -EBUSY && r != -EPROTONOSUPPORT)
			spool_say(spool, LOG_ERR, "spool %s: can't be opened: %s",
				  config->path, strerror(-r));
		return r;
	}
	*ret_spool = fovea_take_pointer(spool);
	return 0;
}
