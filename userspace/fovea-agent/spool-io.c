// SPDX-License-Identifier: Apache-2.0
/*
 * The spool's file operations by system calls.
 */
#include "spool-io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int system_openat(void *context, int dir, const char *name, int flags)
{
	int fd;

	(void)context;
	fd = openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? -errno : fd;
}

static int system_pwrite(void *context, int fd, const void *data, size_t size,
			 uint64_t offset)
{
	const char *at = data;

	(void)context;
	while (size) {
		ssize_t n = pwrite(fd, at, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		at += n;
		size -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

static ssize_t system_pread(void *context, int fd, void *data, size_t size,
			    uint64_t offset)
{
	char *at = data;
	size_t done = 0;

	(void)context;
	while (done < size) {
		ssize_t n = pread(fd, at + done, size - done,
				  (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static int system_ftruncate(void *context, int fd, uint64_t size)
{
	(void)context;
	return ftruncate(fd, (off_t)size) < 0 ? -errno : 0;
}

static int system_fallocate(void *context, int fd, uint64_t size)
{
	if (fallocate(fd, 0, 0, (off_t)size) == 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return -errno;
	return system_ftruncate(context, fd, size);
}

static int system_fdatasync(void *context, int fd)
{
	(void)context;
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int system_renameat(void *context, int dir, const char *from,
			   int to_dir, const char *to)
{
	(void)context;
	return renameat(dir, from, to_dir, to) < 0 ? -errno : 0;
}

static int system_unlinkat(void *context, int dir, const char *name)
{
	(void)context;
	return unlinkat(dir, name, 0) < 0 ? -errno : 0;
}

static int system_syncdir(void *context, int dir)
{
	(void)context;
	return fsync(dir) < 0 ? -errno : 0;
}

const struct spool_io spool_io_system = {
	.openat = system_openat,
	.pwrite = system_pwrite,
	.pread = system_pread,
	.fallocate = system_fallocate,
	.ftruncate = system_ftruncate,
	.fdatasync = system_fdatasync,
	.renameat = system_renameat,
	.unlinkat = system_unlinkat,
	.syncdir = system_syncdir,
};
