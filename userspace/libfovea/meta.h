/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the metadata buffers of an FS-1 (uapi/linux/fovea.h). The bytes come
 * from a device or from another process: everything is checked once, by
 * fovea_meta_init(), before anything is believed.
 */
#ifndef LIBFOVEA_META_H
#define LIBFOVEA_META_H

#include <linux/fovea.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct fovea_meta - a checked metadata buffer
 * @data: its bytes, not owned, aligned to 8
 * @size: total_size of its header
 * @first: offset of the first block
 * @blocks: number of blocks
 * @frame_id: of the frame
 * @timestamp: of the frame's start, CLOCK_MONOTONIC, ns
 */
struct fovea_meta {
	const uint8_t *data;
	size_t size;
	size_t first;
	uint32_t blocks;
	uint64_t frame_id;
	uint64_t timestamp;
};

/**
 * fovea_meta_init() - check a metadata buffer
 * @meta: filled on success
 * @data: the bytes, aligned to 8; must outlive @meta
 * @size: bytes there are; the buffer may use fewer
 *
 * Return: 0; -EBADMSG when the buffer contradicts itself; -EPROTONOSUPPORT
 * when its version is unknown.
 */
int fovea_meta_init(struct fovea_meta *meta, const void *data, size_t size);

/**
 * fovea_meta_next() - walk over the blocks
 * @meta: from fovea_meta_init()
 * @block: NULL for the first; the one before
 *
 * Return: the next block, or NULL after the last.
 */
const struct fovea_meta_block *
fovea_meta_next(const struct fovea_meta *meta,
		const struct fovea_meta_block *block);

/**
 * fovea_meta_find() - the first block of a type
 * @meta: from fovea_meta_init()
 * @type: enum fovea_meta_type
 * @size: bytes it must have at least: sizeof() of the struct that is meant
 *
 * Return: the block, or NULL.
 */
const void *fovea_meta_find(const struct fovea_meta *meta, uint16_t type,
			    size_t size);

#endif /* LIBFOVEA_META_H */
