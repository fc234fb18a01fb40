// SPDX-License-Identifier: Apache-2.0
/*
 * CRC32C: one nibble-table version for every machine, and the instruction of
 * SSE 4.2 or ARMv8 where the compiler and the processor have it.
 */
#include "crc32c.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#ifndef HWCAP_CRC32
#define HWCAP_CRC32 (1UL << 7)
#endif
#endif

/* table[n]: the register after the four bits n have been shifted out. */
static const uint32_t table[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
	0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

uint32_t crc32c_portable(uint32_t crc, const void *data, size_t size)
{
	const uint8_t *byte = data;

	crc = ~crc;
	while (size--) {
		crc ^= *byte++;
		crc = (crc >> 4) ^ table[crc & 15];
		crc = (crc >> 4) ^ table[crc & 15];
	}
	return ~crc;
}

#if defined(__x86_64__)

static int have_instruction(void)
{
	return __builtin_cpu_supports("sse4.2");
}

__attribute__((target("sse4.2")))
static uint32_t crc32c_instruction(uint32_t crc, const uint8_t *data,
				   size_t size)
{
	uint64_t state = ~crc;

	for (; size >= 8; size -= 8, data += 8) {
		uint64_t word;

		memcpy(&word, data, sizeof(word));
		state = _mm_crc32_u64(state, word);
	}
	crc = (uint32_t)state;
	while (size--)
		crc = _mm_crc32_u8(crc, *data++);
	return ~crc;
}

#elif defined(__aarch64__)

static int have_instruction(void)
{
	return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
}

__attribute__((target("+crc")))
static uint32_t crc32c_instruction(uint32_t crc, const uint8_t *data,
				   size_t size)
{
	crc = ~crc;
	for (; size >= 8; size -= 8, data += 8) {
		uint64_t word;

		memcpy(&word, data, sizeof(word));
		crc = __crc32cd(crc, word);
	}
	while (size--)
		crc = __crc32cb(crc, *data++);
	return ~crc;
}

#else

static int have_instruction(void)
{
	return 0;
}

static uint32_t crc32c_instruction(uint32_t crc, const uint8_t *data,
				   size_t size)
{
	return crc32c_portable(crc, data, size);
}

#endif

uint32_t crc32c(uint32_t crc, const void *data, size_t size)
{
	if (have_instruction())
		return crc32c_instruction(crc, data, size);
	return crc32c_portable(crc, data, size);
}
