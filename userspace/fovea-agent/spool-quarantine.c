// SPDX-License-Identifier: Apache-2.0
/*
 * quarantine/: bytes that could not be delivered or understood, kept for a
 * person to look at. One file per range, named after where it was:
 * SEGMENT-OFFSET.bytes. Nothing is ever removed from there by the agent.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libfovea/cleanup.h"
#include "spool-private.h"

#define QUARANTINE_NAME_SIZE	48u
#define QUARANTINE_PARTIAL	"partial"

static int copy_range(struct spool *spool, int from, int to, uint64_t start,
		      uint64_t end)
{
	const struct spool_io *io = spool->io;
	_cleanup_free_ uint8_t *chunk = malloc(SPOOL_COPY_CHUNK);
	int r;

	if (!chunk)
		return -ENOMEM;
	for (uint64_t at = start; at < end;) {
		size_t want = end - at < SPOOL_COPY_CHUNK ?
			(size_t)(end - at) : SPOOL_COPY_CHUNK;
		ssize_t n = io->pread(io->context, from, chunk, want, at);

		if (n == -EIO) {
			memset(chunk, 0, want);
			n = (ssize_t)want;
		}
		if (n <= 0)
			return (int)n;
		r = io->pwrite(io->context, to, chunk, (size_t)n, at - start);
		if (r < 0)
			return r;
		at += (uint64_t)n;
	}
	return 0;
}

int spool_quarantine_range(struct spool *spool, uint64_t segment,
			   uint64_t start, uint64_t end)
{
	const struct spool_io *io = spool->io;
	char name[SEGMENT_NAME_SIZE], to_name[QUARANTINE_NAME_SIZE];
	_cleanup_close_ int from = -1, to = -1;
	struct stat st;
	int r;

	(void)snprintf(to_name, sizeof(to_name), "%016" PRIx64 "-%" PRIu64
		       ".bytes", segment, start);
	if (fstatat(spool->quarantine_dir, to_name, &st, 0) == 0)
		return 0;

	segment_name(segment, name);
	from = io->openat(io->context, spool->dir, name, O_RDONLY);
	if (from == -ENOENT)
		return 0;
	if (from < 0)
		return from;
	to = io->openat(io->context, spool->quarantine_dir, QUARANTINE_PARTIAL,
			O_RDWR | O_CREAT | O_TRUNC);
	if (to < 0)
		return to;
	r = copy_range(spool, from, to, start, end);
	if (r == 0)
		r = io->fdatasync(io->context, to);
	if (r == 0)
		r = io->renameat(io->context, spool->quarantine_dir,
				 QUARANTINE_PARTIAL, spool->quarantine_dir,
				 to_name);
	if (r == 0)
		r = io->syncdir(io->context, spool->quarantine_dir);
	if (r == 0)
		spool->quarantine_bytes += end - start;
	return r;
}
