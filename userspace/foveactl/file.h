/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole files in memory, and whole files out of it: a reader of a file that is being
 * written sees the old one or the new one, never a part.
 */
#ifndef FOVEACTL_FILE_H
#define FOVEACTL_FILE_H

#include <stddef.h>
#include <stdint.h>

#define FILE_ALIGN 64u	/* of the memory; what constants of networks want */

/**
 * file_read() - a file in memory
 * @path: of the file
 * @max: bytes that it may have
 * @ret_data: the bytes, to be freed; an empty file has memory, too
 * @ret_size: how many
 *
 * Return: 0; -EFBIG: it has more than @max; -EISDIR, -ENOENT, -ENOMEM, ...
 */
int file_read(const char *path, size_t max, uint8_t **ret_data, size_t *ret_size);

/**
 * file_write() - a file with these bytes
 * @path: of the file
 * @data: the bytes
 * @size: how many
 *
 * Return: 0 or a negative errno; then the file is as it was.
 */
int file_write(const char *path, const void *data, size_t size);

#endif /* FOVEACTL_FILE_H */
