/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fuzz target is made of: the function libFuzzer knows, and seeds in
 * code, so that the same target runs without libFuzzer too (runner.c).
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#define FUZZ_INPUT_MAX 16384u

/** struct fuzz_seed - an input worth starting from; @data NULL ends the list */
struct fuzz_seed {
	const void *data;
	size_t size;
};

extern const struct fuzz_seed fuzz_seeds[];

/**
 * LLVMFuzzerTestOneInput() - give the parser one input
 * @data: its own allocation, so that a read beyond it is found
 * @size: bytes of it
 *
 * Aborts when the parser breaks a promise. Returns 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* FUZZ_H */
