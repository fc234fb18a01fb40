// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Scatter-gather lists from the driver: each entry is copied once, checked,
 * then mapped. Nothing in the driver's table is read twice.
 */
#include "fs1-buffer.h"

#define FS1_BUFFER_TABLE_MIN 16u

static enum fs1_status fs1_buffer_reserve(struct fs1_buffer *buffer,
					  const struct fs1_host *host,
					  fs1_u32 count)
{
	fs1_u32 capacity = FS1_BUFFER_TABLE_MIN;
	struct fs1_memory_piece *table;

	if (count <= buffer->capacity)
		return FS1_OK;
	while (capacity < count)
		capacity *= 2;
	table = fs1_host_alloc(host, capacity * (sizeof(*table) +
						 sizeof(*buffer->addresses)));
	if (!table)
		return FS1_NO_MEMORY;
	fs1_host_free(host, buffer->table);
	buffer->table = table;
	buffer->addresses = (fs1_u64 *)(table + capacity);
	buffer->capacity = capacity;
	return FS1_OK;
}

static enum fs1_status fs1_buffer_map_single(struct fs1_buffer *buffer,
					     const struct fs1_host *host,
					     const struct fs1_sqe *sqe,
					     bool write)
{
	fs1_u64 address = fs1_le64_to_cpu(sqe->address);
	fs1_u32 length = fs1_le32_to_cpu(sqe->length);
	void *data = fs1_host_map(host, address, length, write);

	if (!data)
		return FS1_BAD_ADDRESS;
	buffer->single.data = data;
	buffer->single.length = length;
	buffer->single.offset = 0;
	buffer->single_address = address;
	buffer->memory.pieces = &buffer->single;
	buffer->memory.count = 1;
	buffer->memory.length = length;
	return FS1_OK;
}

/* Maps the entries of @list one by one; buffer->memory counts what is mapped. */
static enum fs1_status fs1_buffer_map_list(struct fs1_buffer *buffer,
					   const struct fs1_host *host,
					   const struct fs1_sg *list,
					   fs1_u32 count, fs1_u32 length,
					   bool write)
{
	struct fs1_memory *memory = &buffer->memory;
	fs1_u32 i;

	memory->pieces = buffer->table;
	memory->count = 0;
	memory->length = 0;
	for (i = 0; i < count; i++) {
		struct fs1_memory_piece *piece = &buffer->table[i];
		struct fs1_sg sg;
		fs1_u32 part;

		fs1_copy_in(&sg, &list[i], sizeof(sg));
		part = fs1_le32_to_cpu(sg.length);
		if (fs1_le32_to_cpu(sg.reserved))
			return FS1_BAD_ARGUMENT;
		if (!part || part > length - memory->length)
			return FS1_BAD_LENGTH;
		piece->data = fs1_host_map(host, fs1_le64_to_cpu(sg.address),
					   part, write);
		if (!piece->data)
			return FS1_BAD_ADDRESS;
		piece->length = part;
		piece->offset = memory->length;
		buffer->addresses[i] = fs1_le64_to_cpu(sg.address);
		memory->length += part;
		memory->count++;
	}
	return memory->length == length ? FS1_OK : FS1_BAD_LENGTH;
}

static enum fs1_status fs1_buffer_map_table(struct fs1_buffer *buffer,
					    const struct fs1_host *host,
					    const struct fs1_sqe *sqe,
					    bool write)
{
	fs1_u64 address = fs1_le64_to_cpu(sqe->address);
	fs1_u32 count = fs1_le32_to_cpu(sqe->sg_count);
	fs1_u32 size = count * (fs1_u32)sizeof(struct fs1_sg);
	enum fs1_status status;
	void *list;

	status = fs1_buffer_reserve(buffer, host, count);
	if (status != FS1_OK)
		return status;
	list = fs1_host_map(host, address, size, false);
	if (!list)
		return FS1_BAD_ADDRESS;
	status = fs1_buffer_map_list(buffer, host, list, count,
				     fs1_le32_to_cpu(sqe->length), write);
	if (status != FS1_OK)
		fs1_buffer_unmap(buffer, host);
	fs1_host_unmap(host, address, size, list);
	return status;
}

enum fs1_status fs1_buffer_map(struct fs1_buffer *buffer,
			       const struct fs1_host *host,
			       const struct fs1_sqe *sqe, bool write)
{
	fs1_u32 count = fs1_le32_to_cpu(sqe->sg_count);

	if (!count || !fs1_le32_to_cpu(sqe->length))
		return FS1_BAD_LENGTH;
	if (count > FS1_SG_ENTRIES_MAX)
		return FS1_BAD_ARGUMENT;
	if (count == 1)
		return fs1_buffer_map_single(buffer, host, sqe, write);
	return fs1_buffer_map_table(buffer, host, sqe, write);
}

void fs1_buffer_unmap(struct fs1_buffer *buffer, const struct fs1_host *host)
{
	const struct fs1_memory *memory = &buffer->memory;
	const fs1_u64 *addresses = memory->pieces == &buffer->single ?
				   &buffer->single_address : buffer->addresses;
	fs1_u32 i;

	for (i = 0; i < memory->count; i++)
		fs1_host_unmap(host, addresses[i], memory->pieces[i].length,
			       memory->pieces[i].data);
	memset(&buffer->memory, 0, sizeof(buffer->memory));
}

void fs1_buffer_release(struct fs1_buffer *buffer, const struct fs1_host *host)
{
	fs1_buffer_unmap(buffer, host);
	fs1_host_free(host, buffer->table);
	buffer->table = NULL;
	buffer->addresses = NULL;
	buffer->capacity = 0;
}
