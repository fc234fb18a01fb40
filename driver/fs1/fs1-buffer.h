/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A driver's scatter-gather buffer, checked and mapped. Private to the core.
 */
#ifndef FS1_BUFFER_H
#define FS1_BUFFER_H

#include "fs1-host.h"
#include "fs1-memory.h"

/**
 * struct fs1_buffer - mapped pieces; zero it before first use
 * @memory: the pieces for the engine; no pieces: nothing is mapped
 * @single: the piece of a buffer that has one
 * @single_address: its bus address
 * @table: room for more pieces, kept from buffer to buffer
 * @addresses: their bus addresses, in the same allocation
 * @capacity: of @table
 */
struct fs1_buffer {
	struct fs1_memory memory;
	struct fs1_memory_piece single;
	fs1_u64 single_address;
	struct fs1_memory_piece *table;
	fs1_u64 *addresses;
	fs1_u32 capacity;
};

/**
 * fs1_buffer_map() - check and map what a submission describes
 * @buffer: nothing mapped
 * @host: who maps
 * @sqe: the device's own copy of the submission
 * @write: the device writes to it
 *
 * Allocates only when the buffer has more pieces than any before it.
 *
 * Return: FS1_OK; FS1_BAD_LENGTH: no pieces, an empty piece, or pieces that
 * don't add up; FS1_BAD_ARGUMENT: more than FS1_SG_ENTRIES_MAX pieces, or a
 * reserved field that isn't 0; FS1_BAD_ADDRESS; FS1_NO_MEMORY. Nothing stays
 * mapped unless FS1_OK.
 */
enum fs1_status fs1_buffer_map(struct fs1_buffer *buffer,
			       const struct fs1_host *host,
			       const struct fs1_sqe *sqe, bool write);

/** fs1_buffer_unmap() - end all mappings; keeps the table */
void fs1_buffer_unmap(struct fs1_buffer *buffer, const struct fs1_host *host);

/** fs1_buffer_release() - unmap and free the table */
void fs1_buffer_release(struct fs1_buffer *buffer, const struct fs1_host *host);

#endif /* FS1_BUFFER_H */
