/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every file operation of the spool goes through this table, so that the tests
 * can make any one of them fail, or end the world at it.
 */
#ifndef FOVEA_AGENT_SPOOL_IO_H
#define FOVEA_AGENT_SPOOL_IO_H

#include <stdint.h>
#include <sys/types.h>

/**
 * struct spool_io - what the spool does to files
 * @openat: as openat(2), close-on-exec; a new file is its owner's alone
 * @pwrite: writes all of it, or fails
 * @pread: bytes read; fewer than asked for at the end of the file only
 * @fallocate: reserves bytes and makes the file that long; where the file
 *	system can't reserve, it only makes it long
 * @ftruncate: as ftruncate(2)
 * @fdatasync: as fdatasync(2): what was written is durable afterwards
 * @renameat: as renameat(2)
 * @unlinkat: as unlinkat(2), of files
 * @syncdir: makes what was done to the names in a folder durable
 * @context: first argument of all of them
 *
 * Every function returns a negative errno on failure.
 */
struct spool_io {
	int (*openat)(void *context, int dir, const char *name, int flags);
	int (*pwrite)(void *context, int fd, const void *data, size_t size,
		      uint64_t offset);
	ssize_t (*pread)(void *context, int fd, void *data, size_t size,
			 uint64_t offset);
	int (*fallocate)(void *context, int fd, uint64_t size);
	int (*ftruncate)(void *context, int fd, uint64_t size);
	int (*fdatasync)(void *context, int fd);
	int (*renameat)(void *context, int dir, const char *from, int to_dir,
			const char *to);
	int (*unlinkat)(void *context, int dir, const char *name);
	int (*syncdir)(void *context, int dir);
	void *context;
};

/** spool_io_system - the real thing */
extern const struct spool_io spool_io_system;

#endif /* FOVEA_AGENT_SPOOL_IO_H */
