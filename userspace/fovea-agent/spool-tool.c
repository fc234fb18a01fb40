// SPDX-License-Identifier: Apache-2.0
/*
 * Listing and checking a spool offline.
 */
#include "spool-tool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "index.h"
#include "libfovea/cleanup.h"
#include "segment.h"
#include "spool-io.h"

struct tool {
	const char *path;
	FILE *out;
	int dir;
	struct index *index;
	const char *destination;	/* that is being listed */
	uint64_t records;
	uint64_t bytes;
	uint64_t torn;
	uint64_t damaged;
};

static int open_spool(struct tool *tool, int *ret_lock)
{
	_cleanup_close_ int lock = -1;

	tool->dir = open(tool->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (tool->dir < 0)
		return -errno;
	lock = openat(tool->dir, "lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (lock < 0)
		return -errno;
	if (flock(lock, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	*ret_lock = fovea_take_fd(lock);
	return 0;
}

static ssize_t read_file(void *context, void *data, size_t size,
			 uint64_t offset)
{
	return spool_io_system.pread(NULL, *(int *)context, data, size,
				     offset);
}

static int scan(struct tool *tool, const char *name, uint64_t id)
{
	uint8_t header[SEGMENT_HEADER_SIZE] = { 0 };
	uint64_t start, end, records = 0, tail = 0;
	_cleanup_close_ int fd = -1;
	struct spool_record record;
	struct segment_scan walk;
	struct stat st;
	int found;

	fd = openat(tool->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	(void)read_file(&fd, header, sizeof(header), 0);
	if (segment_check_header(header, id) < 0) {
		fprintf(tool->out, "%s: its header is damaged, or of a newer version\n",
			name);
		tool->damaged++;
	}
	walk = (struct segment_scan){
		.source = { read_file, &fd, (uint64_t)st.st_size },
		.id = id,
		.position = SEGMENT_HEADER_SIZE,
	};
	while ((found = segment_scan_next(&walk, &record, &start, &end)) > 0) {
		/* Damage is a torn write only when nothing follows it. */
		if (found == SEGMENT_RECORD)
			records++;
		if (tail || found == SEGMENT_GARBAGE) {
			fprintf(tool->out, "%s: bytes %" PRIu64 " to %" PRIu64 " are damaged\n",
				name, tail ? tail : start, tail ? start : end);
			tool->damaged++;
		}
		tail = found == SEGMENT_DAMAGED || found == SEGMENT_TAIL ?
			start : 0;
	}
	if (found < 0) {
		fprintf(tool->out, "%s: can't be read: %s\n", name,
			strerror(-found));
		tool->damaged++;
	}
	if (tail) {
		fprintf(tool->out, "%s: from byte %" PRIu64 " on is a write that was not finished\n",
			name, tail);
		tool->torn++;
	}
	fprintf(tool->out, "%s: %" PRIu64 " records, %" PRIu64 " bytes\n",
		name, records, (uint64_t)st.st_size);
	tool->records += records;
	tool->bytes += (uint64_t)st.st_size;
	return 0;
}

static int scan_all(struct tool *tool)
{
	struct dirent **entries = NULL;
	int count, r = 0;

	count = scandirat(tool->dir, ".", &entries, NULL, alphasort);
	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		uint64_t id;

		if (r == 0 && segment_parse_name(entries[i]->d_name, &id))
			r = scan(tool, entries[i]->d_name, id);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int open_index(struct tool *tool)
{
	char path[PATH_MAX];
	int r;

	(void)snprintf(path, sizeof(path), "%s/index.sqlite", tool->path);
	if (access(path, F_OK) < 0) {
		fprintf(tool->out, "index.sqlite: missing; the next start rebuilds it from the segments\n");
		return 1;
	}
	r = index_open(path, &tool->index);
	if (r == -EUCLEAN) {
		fprintf(tool->out, "index.sqlite: damaged; the next start sets it aside and rebuilds it from the segments\n");
		return 1;
	}
	return r;
}

int spool_tool_fsck(const char *path, FILE *out)
{
	struct tool tool = { .path = path, .out = out, .dir = -1 };
	_cleanup_close_ int lock = -1;
	int r;

	r = open_spool(&tool, &lock);
	if (r == 0)
		r = scan_all(&tool);
	if (r == 0)
		r = open_index(&tool);
	if (r > 0)
		tool.damaged++;
	index_free(tool.index);
	(void)fovea_close(tool.dir);
	if (r < 0)
		return r;
	fprintf(out, "%s: %" PRIu64 " records, %" PRIu64 " bytes, %" PRIu64
		" damaged ranges, %" PRIu64 " unfinished writes\n", path,
		tool.records, tool.bytes, tool.damaged, tool.torn);
	return tool.damaged ? 1 : 0;
}

static int list_record(struct tool *tool, uint64_t seq, uint64_t segment,
		       uint64_t offset)
{
	uint8_t header[RECORD_HEADER_MAX];
	char name[SEGMENT_NAME_SIZE], when[32] = "";
	_cleanup_close_ int fd = -1;
	struct spool_record record;
	time_t seconds;
	struct tm tm;
	ssize_t n;

	segment_name(segment, name);
	fd = openat(tool->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	n = fd < 0 ? -errno : spool_io_system.pread(NULL, fd, header,
						    sizeof(header), offset);
	if (n < 0 || record_decode(header, (size_t)n, segment, &record) < 0 ||
	    record.seq != seq) {
		fprintf(tool->out, "%-16s  damaged (%s, byte %" PRIu64 ")\n",
			"?", name, offset);
		return 0;
	}
	seconds = (time_t)(record.realtime / 1000000000u);
	if (gmtime_r(&seconds, &tm))
		(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(tool->out, "%016" PRIx64 "  %-20s  %-16s  %-16s  %-16s  %10" PRIu64 "\n",
		record.frame_id, when, record.camera, record.outlet,
		tool->destination, record.payload_size);
	return 0;
}

static int list_destination(void *userdata, const char *name)
{
	struct tool *tool = userdata;
	uint64_t seq = 0, segment, offset;
	int r;

	tool->destination = name;
	while ((r = index_next(tool->index, name, seq, &seq, &segment,
			       &offset)) > 0) {
		r = list_record(tool, seq, segment, offset);
		if (r < 0)
			return r;
	}
	return r;
}

static int list_totals(void *userdata, const char *name)
{
	struct tool *tool = userdata;
	struct index_totals totals;
	int r = index_totals(tool->index, name, &totals);

	if (r < 0)
		return r;
	fprintf(tool->out, "# %s: %" PRIu64 " accepted, %" PRIu64
		" delivered, %" PRIu64 " quarantined, %" PRIu64 " pending\n",
		name, totals.accepted, totals.delivered, totals.quarantined,
		totals.pending);
	return 0;
}

int spool_tool_ls(const char *path, FILE *out)
{
	struct tool tool = { .path = path, .out = out, .dir = -1 };
	_cleanup_close_ int lock = -1;
	int r;

	r = open_spool(&tool, &lock);
	if (r == 0)
		r = open_index(&tool);
	if (r == 0) {
		fprintf(out, "# %-14s  %-20s  %-16s  %-16s  %-16s  %10s\n",
			"frame", "captured", "camera", "outlet", "destination",
			"bytes");
		r = index_destinations(tool.index, list_destination, &tool);
	}
	if (r == 0)
		r = index_destinations(tool.index, list_totals, &tool);
	index_free(tool.index);
	(void)fovea_close(tool.dir);
	return r;
}
