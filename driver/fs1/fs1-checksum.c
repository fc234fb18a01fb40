// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * What of a buffer counts for its checksum, and how much of it in one step.
 */
#include "fs1-checksum.h"
#include "fs1-output.h"

/* Bytes a step, roughly: as long as a slice of the frame takes. */
#define FS1_CHECKSUM_BYTES (512u << 10)

static fs1_u32 fs1_checksum_range(const struct fs1_crc32c *table, fs1_u32 crc,
				  const struct fs1_memory *memory,
				  fs1_u32 offset, fs1_u32 length)
{
	while (length) {
		fs1_u32 part;
		const fs1_u8 *data = fs1_memory_part(memory, offset, length,
						     &part);

		crc = fs1_crc32c_update(table, crc, data, part);
		offset += part;
		length -= part;
	}
	return crc;
}

bool fs1_checksum_step(struct fs1_checksum *checksum,
		       const struct fs1_crc32c *table, unsigned int stream,
		       const struct fs1_output_format *format,
		       const struct fs1_memory *memory)
{
	fs1_u32 length = fs1_format_line(format->format, format->width);
	fs1_u32 lines = fs1_format_lines(format->format, format->height);
	fs1_u32 *crc = &checksum->crc32c[stream];
	fs1_u32 bytes;

	if (checksum->stream != stream) {
		checksum->stream = stream;
		checksum->line = 0;
	}
	checksum->streams |= 1u << stream;
	for (bytes = 0; bytes < FS1_CHECKSUM_BYTES && checksum->line < lines;
	     bytes += length, checksum->line++)
		*crc = fs1_checksum_range(table, *crc, memory,
					  checksum->line * format->stride,
					  length);
	return checksum->line < lines;
}

void fs1_checksum_drop(struct fs1_checksum *checksum, unsigned int stream)
{
	checksum->streams &= ~(1u << stream);
	checksum->crc32c[stream] = 0;
}
