/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a fuzz target is, for libFuzzer and for the bounded run of `make check`
 * alike.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#define FUZZ_INPUT_MAX 4096u

/**
 * LLVMFuzzerTestOneInput() - run one input; aborts when something is wrong
 * @data: the input
 * @size: bytes
 *
 * Return: 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * fuzz_seed() - a well-formed input to start from
 * @index: which, from 0
 * @input: FUZZ_INPUT_MAX bytes
 *
 * Return: its size; 0 when there is no such seed.
 */
size_t fuzz_seed(unsigned int index, uint8_t *input);

#endif /* FUZZ_H */
