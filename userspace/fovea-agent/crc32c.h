/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CRC32C (Castagnoli), the check on everything the spool writes.
 *
 * Reflected polynomial 0x82F63B78, initial value and final exclusive-or all
 * ones; the check value of "123456789" is 0xE3069283.
 */
#ifndef FOVEA_AGENT_CRC32C_H
#define FOVEA_AGENT_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/**
 * crc32c() - extend a checksum over more bytes
 * @crc: 0 for the first bytes, the previous result after that
 * @data: the bytes
 * @size: how many
 *
 * Uses the processor's CRC instruction where there is one.
 *
 * Return: the checksum of all bytes so far.
 */
uint32_t crc32c(uint32_t crc, const void *data, size_t size);

/** crc32c_portable() - the same in plain C; the reference of the tests */
uint32_t crc32c_portable(uint32_t crc, const void *data, size_t size);

#endif /* FOVEA_AGENT_CRC32C_H */
