// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Slicing by eight: the remainders of eight bytes are independent of each
 * other, so that a processor looks them up at the same time.
 */
#include "fs1-crc32c.h"

/* The polynomial, least significant bit first. */
#define FS1_CRC32C_POLYNOMIAL 0x82f63b78u

void fs1_crc32c_init(struct fs1_crc32c *crc32c)
{
	fs1_u32 (*table)[256] = crc32c->table;
	fs1_u32 byte, bit, n;

	for (byte = 0; byte < 256; byte++) {
		fs1_u32 crc = byte;

		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ FS1_CRC32C_POLYNOMIAL :
					crc >> 1;
		table[0][byte] = crc;
	}
	for (n = 1; n < 8; n++)
		for (byte = 0; byte < 256; byte++)
			table[n][byte] = table[n - 1][byte] >> 8 ^
					 table[0][table[n - 1][byte] & 0xff];
}

fs1_u32 fs1_crc32c_update(const struct fs1_crc32c *crc32c, fs1_u32 crc,
			  const void *data, size_t length)
{
	const fs1_u32 (*table)[256] = crc32c->table;
	const fs1_u8 *byte = data;

	crc = ~crc;
	for (; length >= 8; length -= 8, byte += 8) {
		fs1_le32 word[2];
		fs1_u32 low, high;

		memcpy(word, byte, sizeof(word));
		low = crc ^ fs1_le32_to_cpu(word[0]);
		high = fs1_le32_to_cpu(word[1]);
		crc = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^
		      table[5][low >> 16 & 0xff] ^ table[4][low >> 24] ^
		      table[3][high & 0xff] ^ table[2][high >> 8 & 0xff] ^
		      table[1][high >> 16 & 0xff] ^ table[0][high >> 24];
	}
	for (; length; length--, byte++)
		crc = crc >> 8 ^ table[0][(crc ^ *byte) & 0xff];
	return ~crc;
}
