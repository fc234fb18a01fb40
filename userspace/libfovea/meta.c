// SPDX-License-Identifier: Apache-2.0
/*
 * Checked iteration over metadata blocks.
 */
#include <endian.h>
#include <errno.h>

#include "libfovea/meta.h"

static uint32_t block_size(const struct fovea_meta_block *block)
{
	return le32toh(block->size);
}

static int check_blocks(const uint8_t *data, size_t offset, size_t size,
			uint32_t blocks)
{
	for (; blocks; blocks--) {
		const struct fovea_meta_block *block;

		if (size - offset < sizeof(*block))
			return -EBADMSG;
		block = (const struct fovea_meta_block *)(data + offset);
		if (block_size(block) < sizeof(*block) ||
		    block_size(block) % 8 ||
		    block_size(block) > size - offset)
			return -EBADMSG;
		offset += block_size(block);
	}
	return 0;
}

int fovea_meta_init(struct fovea_meta *meta, const void *data, size_t size)
{
	const struct fovea_meta_header *header = data;
	size_t total, first;
	int r;

	if (size < sizeof(*header) || (uintptr_t)data % 8 ||
	    le32toh(header->magic) != FOVEA_META_MAGIC)
		return -EBADMSG;
	if (le16toh(header->version) != FOVEA_META_VERSION)
		return -EPROTONOSUPPORT;
	total = le32toh(header->total_size);
	first = le16toh(header->header_size);
	if (first < sizeof(*header) || first % 8 || first > total ||
	    total > size)
		return -EBADMSG;
	r = check_blocks(data, first, total, le32toh(header->block_count));
	if (r < 0)
		return r;
	*meta = (struct fovea_meta){
		.data = data,
		.size = total,
		.first = first,
		.blocks = le32toh(header->block_count),
		.frame_id = le64toh(header->frame_id),
		.timestamp = le64toh(header->timestamp),
	};
	return 0;
}

/* Counts from the start each time: blocks are few, and no cursor can lie. */
const struct fovea_meta_block *
fovea_meta_next(const struct fovea_meta *meta,
		const struct fovea_meta_block *block)
{
	const struct fovea_meta_block *b;
	size_t offset = meta->first;

	for (uint32_t i = 0; i < meta->blocks; i++) {
		b = (const struct fovea_meta_block *)(meta->data + offset);
		if (!block || b > block)
			return b;
		offset += block_size(b);
	}
	return NULL;
}

const void *fovea_meta_find(const struct fovea_meta *meta, uint16_t type,
			    size_t size)
{
	const struct fovea_meta_block *block = NULL;

	while ((block = fovea_meta_next(meta, block)))
		if (le16toh(block->type) == type && block_size(block) >= size)
			return block;
	return NULL;
}
