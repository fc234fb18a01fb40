// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Copies into and out of scatter-gather buffers.
 */
#include "fs1-memory.h"

/* Index of the piece that holds @offset; @count when it lies behind the end. */
static fs1_u32 fs1_memory_find(const struct fs1_memory *memory, fs1_u32 offset)
{
	fs1_u32 low = 0, high = memory->count;

	if (offset >= memory->length)
		return memory->count;
	while (high - low > 1) {
		fs1_u32 middle = low + (high - low) / 2;

		if (memory->pieces[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

fs1_u8 *fs1_memory_pointer(const struct fs1_memory *memory, fs1_u32 offset,
			   fs1_u32 length)
{
	const struct fs1_memory_piece *piece;
	fs1_u32 index = fs1_memory_find(memory, offset);
	fs1_u32 skip;

	if (index == memory->count)
		return NULL;
	piece = &memory->pieces[index];
	skip = offset - piece->offset;
	if (length > piece->length - skip)
		return NULL;
	return piece->data + skip;
}

fs1_u8 *fs1_memory_part(const struct fs1_memory *memory, fs1_u32 offset,
			fs1_u32 length, fs1_u32 *ret_part)
{
	const struct fs1_memory_piece *piece =
		&memory->pieces[fs1_memory_find(memory, offset)];
	fs1_u32 skip = offset - piece->offset;

	*ret_part = piece->length - skip;
	if (*ret_part > length)
		*ret_part = length;
	return piece->data + skip;
}

void fs1_memory_write(const struct fs1_memory *memory, fs1_u32 offset,
		      const void *data, fs1_u32 length)
{
	const fs1_u8 *from = data;
	fs1_u32 index = fs1_memory_find(memory, offset);

	for (; length && index < memory->count; index++) {
		const struct fs1_memory_piece *piece = &memory->pieces[index];
		fs1_u32 skip = offset - piece->offset;
		fs1_u32 part = piece->length - skip;

		if (part > length)
			part = length;
		memcpy(piece->data + skip, from, part);
		from += part;
		offset += part;
		length -= part;
	}
}

void fs1_memory_read(const struct fs1_memory *memory, fs1_u32 offset,
		     void *data, fs1_u32 length)
{
	fs1_u8 *to = data;
	fs1_u32 index = fs1_memory_find(memory, offset);

	for (; length && index < memory->count; index++) {
		const struct fs1_memory_piece *piece = &memory->pieces[index];
		fs1_u32 skip = offset - piece->offset;
		fs1_u32 part = piece->length - skip;

		if (part > length)
			part = length;
		memcpy(to, piece->data + skip, part);
		to += part;
		offset += part;
		length -= part;
	}
	memset(to, 0, length);
}
