/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A scatter-gather buffer as the pixel engine sees it: mapped pieces in a
 * row, addressed by offset.
 */
#ifndef FS1_MEMORY_H
#define FS1_MEMORY_H

#include "fs1-types.h"

struct fs1_memory_piece {
	fs1_u8 *data;
	fs1_u32 length;
	fs1_u32 offset;		/* of the first byte in the whole */
};

/**
 * struct fs1_memory - pieces that together hold @length bytes
 * @pieces: in order, without gaps; owned by whoever made it
 * @count: at least 1
 * @length: sum of the pieces
 */
struct fs1_memory {
	const struct fs1_memory_piece *pieces;
	fs1_u32 count;
	fs1_u32 length;
};

/**
 * fs1_memory_pointer() - direct access where a range lies in one piece
 * @memory: the buffer
 * @offset: first byte
 * @length: bytes
 *
 * Return: pointer to the byte at @offset, or NULL when the range crosses
 * pieces (use fs1_memory_write()) or the end.
 */
fs1_u8 *fs1_memory_pointer(const struct fs1_memory *memory, fs1_u32 offset,
			   fs1_u32 length);

/**
 * fs1_memory_part() - direct access to as much of a range as lies in one piece
 * @memory: the buffer
 * @offset: first byte, below @memory->length
 * @length: bytes, not 0
 * @ret_part: bytes there are at the pointer, 1 to @length
 *
 * Return: pointer to the byte at @offset.
 */
fs1_u8 *fs1_memory_part(const struct fs1_memory *memory, fs1_u32 offset,
			fs1_u32 length, fs1_u32 *ret_part);

/**
 * fs1_memory_write() - copy into a range, whatever pieces it lies in
 * @memory: the buffer; several threads may write to ranges without overlap
 * @offset: of the first byte to write
 * @data: what to write
 * @length: bytes; those that would lie behind the end are left out
 */
void fs1_memory_write(const struct fs1_memory *memory, fs1_u32 offset,
		      const void *data, fs1_u32 length);

/**
 * fs1_memory_read() - copy a range out, whatever pieces it lies in
 * @memory: the buffer
 * @offset: of the first byte to read
 * @data: room for @length bytes
 * @length: bytes; those that would lie behind the end read as zero
 */
void fs1_memory_read(const struct fs1_memory *memory, fs1_u32 offset,
		     void *data, fs1_u32 length);

#endif /* FS1_MEMORY_H */
