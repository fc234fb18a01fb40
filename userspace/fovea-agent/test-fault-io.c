// SPDX-License-Identifier: Apache-2.0
/*
 * The failing disk: real files underneath, a counter of operations in front,
 * and a list of what to take back when the power goes.
 */
#include "test-fault-io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512u

/* Names are relative to the directory, of which a descriptor is kept. */
struct fault_undo {
	enum { UNDO_BYTES, UNDO_SIZE, UNDO_CREATE, UNDO_UNLINK, UNDO_RENAME } kind;
	int fd;			/* of the file, or of the directory */
	ino_t inode;		/* of the same */
	uint64_t offset;	/* BYTES */
	uint64_t size;		/* BYTES, SIZE */
	char *bytes;		/* BYTES: as they were */
	char name[96];		/* CREATE, UNLINK, RENAME: the new name */
	char old_name[96];	/* RENAME */
	int backup;		/* UNLINK, RENAME: what the name stood for, or -1 */
};

static ino_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_ino : 0;
}

static struct fault_undo *remember(struct fault_io *fault, int kind, int fd)
{
	struct fault_undo *undo;

	fault->undo = reallocarray(fault->undo, fault->n_undo + 1,
				   sizeof(*undo));
	if (!fault->undo)
		abort();
	undo = &fault->undo[fault->n_undo++];
	*undo = (struct fault_undo){
		.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3),
		.inode = inode_of(fd), .backup = -1,
	};
	undo->kind = kind;
	return undo;
}

static void drop(struct fault_undo *undo)
{
	(void)close(undo->fd);
	if (undo->backup >= 0)
		(void)close(undo->backup);
	free(undo->bytes);
}

/* What was synced will not be taken back. */
static void synced(struct fault_io *fault, int fd, bool directory)
{
	ino_t inode = inode_of(fd);
	size_t kept = 0;

	for (size_t i = 0; i < fault->n_undo; i++) {
		struct fault_undo *undo = &fault->undo[i];

		if (undo->inode == inode &&
		    (undo->kind >= UNDO_CREATE) == directory)
			drop(undo);
		else
			fault->undo[kept++] = *undo;
	}
	fault->n_undo = kept;
}

/* 0: go on; 1: do half of it and say -EIO; negative: say so. */
static int strike(struct fault_io *fault)
{
	fault->count++;
	if (fault->mode == FAULT_NONE || fault->count < fault->at)
		return 0;
	if (fault->count == fault->at) {
		fault->hit = true;
		return fault->mode == FAULT_CRASH ? 1 : fault->error;
	}
	if (fault->mode == FAULT_ONCE)
		return 0;
	return fault->mode == FAULT_CRASH ? -EIO : fault->error;
}

static int fault_openat(void *context, int dir, const char *name, int flags)
{
	struct fault_io *fault = context;
	bool existed;
	int fd, r = 0;

	existed = faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	if (flags & O_CREAT)
		r = strike(fault);
	if (r < 0)
		return r;
	fd = spool_io_system.openat(NULL, dir, name, flags);
	if (fd >= 0 && (flags & O_CREAT) && !existed)
		(void)snprintf(remember(fault, UNDO_CREATE, dir)->name,
			       sizeof(fault->undo->name), "%s", name);
	if (r > 0 && fd >= 0) {
		(void)close(fd);
		return -EIO;
	}
	return fd;
}

static int fault_pwrite(void *context, int fd, const void *data, size_t size,
			uint64_t offset)
{
	struct fault_io *fault = context;
	int r = strike(fault);
	struct fault_undo *undo;
	ssize_t n;

	if (r < 0)
		return r;
	undo = remember(fault, UNDO_BYTES, fd);
	undo->offset = offset;
	undo->size = size;
	undo->bytes = calloc(1, size + 1);
	n = undo->bytes ? pread(fd, undo->bytes, size, (off_t)offset) : -1;
	(void)n;	/* what can't be read before was not there: zeros */
	if (r > 0) {
		(void)spool_io_system.pwrite(NULL, fd, data, size / 2, offset);
		return -EIO;
	}
	return spool_io_system.pwrite(NULL, fd, data, size, offset);
}

static ssize_t fault_pread(void *context, int fd, void *data, size_t size,
			   uint64_t offset)
{
	(void)context;
	return spool_io_system.pread(NULL, fd, data, size, offset);
}

static void remember_size(struct fault_io *fault, int fd)
{
	struct fault_undo *undo = remember(fault, UNDO_SIZE, fd);
	struct stat st;

	if (fstat(fd, &st) == 0)
		undo->size = (uint64_t)st.st_size;
}

static int fault_fallocate(void *context, int fd, uint64_t size)
{
	struct fault_io *fault = context;
	int r = strike(fault);

	if (r < 0)
		return r;
	remember_size(fault, fd);
	if (r > 0)
		return -EIO;
	return spool_io_system.fallocate(NULL, fd, size);
}

static int fault_ftruncate(void *context, int fd, uint64_t size)
{
	struct fault_io *fault = context;
	int r = strike(fault);

	if (r < 0)
		return r;
	remember_size(fault, fd);
	r = r > 0 ? -EIO : 0;
	(void)spool_io_system.ftruncate(NULL, fd, size);
	return r;
}

static int fault_fdatasync(void *context, int fd)
{
	struct fault_io *fault = context;
	int r = strike(fault);

	if (r != 0)
		return r < 0 ? r : -EIO;
	synced(fault, fd, false);
	return 0;
}

static int fault_syncdir(void *context, int dir)
{
	struct fault_io *fault = context;
	int r = strike(fault);

	if (r != 0)
		return r < 0 ? r : -EIO;
	synced(fault, dir, true);
	return 0;
}

static int fault_renameat(void *context, int dir, const char *from, int to_dir,
			  const char *to)
{
	struct fault_io *fault = context;
	struct fault_undo *undo;
	int r = strike(fault);

	if (r < 0)
		return r;
	if (dir == to_dir) {
		undo = remember(fault, UNDO_RENAME, dir);
		(void)snprintf(undo->name, sizeof(undo->name), "%s", to);
		(void)snprintf(undo->old_name, sizeof(undo->old_name), "%s",
			       from);
		undo->backup = openat(dir, to, O_RDONLY | O_CLOEXEC);
	}
	return spool_io_system.renameat(NULL, dir, from, to_dir, to) ?:
		(r > 0 ? -EIO : 0);
}

static int fault_unlinkat(void *context, int dir, const char *name)
{
	struct fault_io *fault = context;
	struct fault_undo *undo;
	int r = strike(fault);

	if (r < 0)
		return r;
	undo = remember(fault, UNDO_UNLINK, dir);
	(void)snprintf(undo->name, sizeof(undo->name), "%s", name);
	undo->backup = openat(dir, name, O_RDONLY | O_CLOEXEC);
	return spool_io_system.unlinkat(NULL, dir, name) ?: (r > 0 ? -EIO : 0);
}

/* The contents of a file that is gone, under its old name. */
static void restore(int dir, const char *name, int backup)
{
	char buffer[4096];
	off_t at = 0;
	ssize_t n;
	int fd;

	if (backup < 0)
		return;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while ((n = pread(backup, buffer, sizeof(buffer), at)) > 0) {
		if (pwrite(fd, buffer, (size_t)n, at) != n)
			abort();
		at += n;
	}
	(void)close(fd);
}

static void undo_bytes(const struct fault_undo *undo, unsigned int *seed)
{
	for (uint64_t at = 0; at < undo->size;) {
		uint64_t end = (undo->offset + at) / SECTOR * SECTOR + SECTOR -
			       undo->offset;
		bool lose = !seed || rand_r(seed) % 2;

		if (end > undo->size)
			end = undo->size;
		if (lose && pwrite(undo->fd, undo->bytes + at, end - at,
				   (off_t)(undo->offset + at)) < 0)
			abort();
		at = end;
	}
}

void fault_io_power_cut(struct fault_io *fault, unsigned int seed)
{
	unsigned int *chance = seed ? &seed : NULL;

	while (fault->n_undo) {
		struct fault_undo *undo = &fault->undo[--fault->n_undo];
		char path[64];
		int fd;

		/* The descriptor may be read only; the file is ours. */
		if (undo->kind < UNDO_CREATE) {
			(void)snprintf(path, sizeof(path), "/proc/self/fd/%d",
				       undo->fd);
			fd = open(path, O_RDWR | O_CLOEXEC);
			if (fd >= 0) {
				(void)close(undo->fd);
				undo->fd = fd;
			}
		}
		switch (undo->kind) {
		case UNDO_BYTES:
			undo_bytes(undo, chance);
			break;
		case UNDO_SIZE:
			if (!chance || rand_r(chance) % 2)
				(void)!ftruncate(undo->fd, (off_t)undo->size);
			break;
		case UNDO_CREATE:
			if (!chance || rand_r(chance) % 2)
				(void)unlinkat(undo->fd, undo->name, 0);
			break;
		case UNDO_UNLINK:
			if (!chance || rand_r(chance) % 2)
				restore(undo->fd, undo->name, undo->backup);
			break;
		case UNDO_RENAME:
			if (!chance || rand_r(chance) % 2) {
				(void)renameat(undo->fd, undo->name, undo->fd,
					       undo->old_name);
				restore(undo->fd, undo->name, undo->backup);
			}
			break;
		}
		drop(undo);
	}
}

void fault_io_done(struct fault_io *fault)
{
	while (fault->n_undo)
		drop(&fault->undo[--fault->n_undo]);
	free(fault->undo);
	fault->undo = NULL;
}

void fault_io_init(struct fault_io *fault)
{
	*fault = (struct fault_io){
		.io = {
			.openat = fault_openat,
			.pwrite = fault_pwrite,
			.pread = fault_pread,
			.fallocate = fault_fallocate,
			.ftruncate = fault_ftruncate,
			.fdatasync = fault_fdatasync,
			.renameat = fault_renameat,
			.unlinkat = fault_unlinkat,
			.syncdir = fault_syncdir,
			.context = fault,
		},
	};
	/* The table points to its struct: it must not be copied. */
}
