/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as a file, for parsers that are given a path.
 */
#ifndef FUZZ_FILE_H
#define FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FUZZ_FILE_PATH	32u

/**
 * fuzz_file() - a file that only its owner may read, in memory
 * @data: its contents
 * @size: bytes of them
 * @ret_path: FUZZ_FILE_PATH bytes; as long as it is open
 *
 * Return: its descriptor, to be closed.
 */
static inline int fuzz_file(const uint8_t *data, size_t size, char *ret_path)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || fchmod(fd, 0600) < 0 ||
	    write(fd, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(ret_path, FUZZ_FILE_PATH, "/proc/self/fd/%d", fd);
	return fd;
}

#endif /* FUZZ_FILE_H */
