/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Checksums of a frame's buffers, in bounded steps, before the buffers go
 * back. Private to the core.
 */
#ifndef FS1_CHECKSUM_H
#define FS1_CHECKSUM_H

#include "fs1-crc32c.h"
#include "fs1-engine.h"

/**
 * struct fs1_checksum - of the buffers of one frame
 * @streams: set of those below, bit = number
 * @crc32c: by stream; of those under way, what is computed so far
 * @stream: whose output is under way
 * @line: of that output, the next
 */
struct fs1_checksum {
	fs1_u32 streams;
	fs1_u32 crc32c[FS1_QUEUES];
	unsigned int stream;
	fs1_u32 line;
};

/**
 * fs1_checksum_step() - take in some more lines of an output
 * @checksum: zeroed at the start of the frame
 * @table: for the arithmetic
 * @stream: whose output; the same until it is done
 * @format: its shape
 * @memory: its bytes
 *
 * What counts is what the device writes: all lines of all planes, without
 * the padding behind them.
 *
 * Return: true while this output has more lines.
 */
bool fs1_checksum_step(struct fs1_checksum *checksum,
		       const struct fs1_crc32c *table, unsigned int stream,
		       const struct fs1_output_format *format,
		       const struct fs1_memory *memory);

/** fs1_checksum_drop() - @stream's buffer went back early: forget it */
void fs1_checksum_drop(struct fs1_checksum *checksum, unsigned int stream);

#endif /* FS1_CHECKSUM_H */
