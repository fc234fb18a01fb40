/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as people write them on a command line, all of the text or nothing.
 */
#ifndef FS1_DEVICE_NUMBER_H
#define FS1_DEVICE_NUMBER_H

#include <stdint.h>

/**
 * number_parse() - decimal, or hexadecimal with 0x in front
 * @text: nothing else may stand in it
 * @minimum: smallest value allowed
 * @maximum: largest value allowed
 * @ret_value: on success
 *
 * Return: 0, -EINVAL: not a number, -ERANGE.
 */
int number_parse(const char *text, uint64_t minimum, uint64_t maximum,
		 uint64_t *ret_value);

/**
 * number_parse_size() - bytes, with K, M or G for powers of 1024 behind it
 * @text: as number_parse()
 * @minimum: bytes
 * @maximum: bytes
 * @ret_value: bytes, on success
 *
 * Return: as number_parse().
 */
int number_parse_size(const char *text, uint64_t minimum, uint64_t maximum,
		      uint64_t *ret_value);

/**
 * number_random() - the next of a series of well-mixed numbers
 * @state: any value starts a series of its own; the same one repeats it
 *
 * Return: a number of 64 random bits.
 */
uint64_t number_random(uint64_t *state);

#endif /* FS1_DEVICE_NUMBER_H */
