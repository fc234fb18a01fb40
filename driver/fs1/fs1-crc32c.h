/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * CRC-32C (Castagnoli), eight bytes a step. Private to the core.
 */
#ifndef FS1_CRC32C_H
#define FS1_CRC32C_H

#include "fs1-types.h"

/**
 * struct fs1_crc32c - what each byte value contributes
 * @table: [n][b] is the remainder of byte b followed by n zero bytes
 */
struct fs1_crc32c {
	fs1_u32 table[8][256];
};

/** fs1_crc32c_init() - fill the table; once, then it is only read */
void fs1_crc32c_init(struct fs1_crc32c *crc32c);

/**
 * fs1_crc32c_update() - the checksum of more bytes
 * @crc32c: initialised
 * @crc: of the bytes before; 0 before the first
 * @data: bytes, any alignment
 * @length: how many
 *
 * Return: the checksum of all bytes so far.
 */
fs1_u32 fs1_crc32c_update(const struct fs1_crc32c *crc32c, fs1_u32 crc,
			  const void *data, size_t length);

#endif /* FS1_CRC32C_H */
