// SPDX-License-Identifier: Apache-2.0
/*
 * "\x93NUMPY", version 1.0, length of the header (2 bytes), a Python dictionary filled
 * up with blanks so that the data begins at a multiple of 64.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foveactl/file.h"
#include "foveactl/npy.h"
#include "libfovea/cleanup.h"

#define PREFIX	10u
#define HEADER	256u	/* room for the longest: 8 dimensions of 10 digits */

static size_t write_header(uint8_t header[HEADER], const char *kind, uint32_t rank,
			   const uint32_t *dimensions)
{
	char text[HEADER - PREFIX];
	size_t length, at;

	at = (size_t)snprintf(text, sizeof(text),
			      "{'descr': '%.3s', 'fortran_order': False, 'shape': (",
			      kind);
	for (uint32_t i = 0; i < rank; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%u, ",
				       dimensions[i]);
	at += (size_t)snprintf(text + at, sizeof(text) - at, "), }");
	length = (PREFIX + at + 1 + 63) / 64 * 64;
	memcpy(header, "\x93NUMPY\x01\x00", 8);
	header[8] = (uint8_t)((length - PREFIX) & 0xff);
	header[9] = (uint8_t)((length - PREFIX) >> 8);
	memcpy(header + PREFIX, text, at);
	memset(header + PREFIX + at, ' ', length - PREFIX - at);
	header[length - 1] = '\n';
	return length;
}

int npy_write(const char *path, const char *kind, uint32_t rank,
	      const uint32_t *dimensions, const void *data, size_t size)
{
	_cleanup_free_ uint8_t *file = NULL;
	uint8_t header[HEADER];
	size_t length;

	if (!rank || rank > NPY_RANK_MAX)
		return -EINVAL;
	length = write_header(header, kind, rank, dimensions);
	file = malloc(length + size);
	if (!file)
		return -ENOMEM;
	memcpy(file, header, length);
	memcpy(file + length, data, size);
	return file_write(path, file, length + size);
}
