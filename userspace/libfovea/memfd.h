/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed memfds: how bytes travel between Fovea's processes. Once sealed,
 * neither side can change or shorten them, so a reader needs no copy before it
 * hashes and can't be killed by SIGBUS.
 */
#ifndef LIBFOVEA_MEMFD_H
#define LIBFOVEA_MEMFD_H

#include <stddef.h>
#include <stdint.h>

/**
 * fovea_memfd_new() - copy bytes into a new sealed memfd
 * @name: shown in /proc/PID/fd, for people who debug
 * @data: the bytes
 * @size: how many; may be 0
 *
 * The memfd is close-on-exec, not executable where the kernel can say so
 * (6.3 and newer), and sealed against shrinking, growing, writing and further
 * sealing.
 *
 * Return: a file descriptor the caller owns, or a negative errno (-ENOSPC,
 * -ENOMEM, -EMFILE, ...).
 */
int fovea_memfd_new(const char *name, const void *data, size_t size);

/**
 * fovea_memfd_check() - is this a memfd that can be trusted?
 * @fd: received from another process
 * @size: bytes it is said to hold
 *
 * Return: 0; -EBADMSG when it is no sealed memfd (a pipe, a plain file, an
 * unsealed memfd) or its size differs.
 */
int fovea_memfd_check(int fd, uint64_t size);

/**
 * fovea_memfd_read() - read all of it
 * @fd: passed by fovea_memfd_check()
 * @data: @size bytes
 * @size: bytes in the memfd
 *
 * Does not move the file position: several readers may share the description.
 *
 * Return: 0, -EBADMSG when it is shorter, or a negative errno.
 */
int fovea_memfd_read(int fd, void *data, size_t size);

#endif /* LIBFOVEA_MEMFD_H */
