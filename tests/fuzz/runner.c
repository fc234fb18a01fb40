// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a fuzz target without libFuzzer: the seeds as they are, files named on
 * the command line (inputs that once failed), then seeds changed at random but
 * always in the same way, so that a failure can be repeated.
 *
 * Usage: fuzz-TARGET [ROUNDS [FILE...]]
 *        fuzz-TARGET --write-seeds DIR	(a corpus for libFuzzer)
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t below(uint64_t *state, size_t limit)
{
	return limit ? (size_t)(next_random(state) % limit) : 0;
}

static size_t mutate(uint8_t *data, size_t size, uint64_t *state)
{
	static const uint32_t values[] = {
		0, 1, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff,
		0x80000000, 0xfffffff8, 0xffffffff,
	};
	size_t at = below(state, size), length;

	switch (next_random(state) % 6) {
	case 0:
		if (size)
			data[at] ^= (uint8_t)(1u << below(state, 8));
		return size;
	case 1:
		if (size)
			data[at] = (uint8_t)next_random(state);
		return size;
	case 2:
		at &= ~(size_t)3;
		if (size >= at + 4)
			memcpy(data + at, &values[below(state, 13)], 4);
		return size;
	case 3:
		return at;
	case 4:
		length = below(state, size - at + 1);
		if (size + length > FUZZ_INPUT_MAX)
			return size;
		memmove(data + at + length, data + at, size - at);
		return size + length;
	default:
		length = below(state, size - at + 1);
		memmove(data + at, data + at + length, size - at - length);
		return size - length;
	}
}

/* An exact copy, so that the sanitizer sees the first byte beyond. */
static void run_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void run_mutations(const struct fuzz_seed *seed, unsigned long rounds)
{
	static uint8_t data[FUZZ_INPUT_MAX];
	uint64_t state = 0x9e3779b97f4a7c15u + seed->size;

	for (unsigned long i = 0; i < rounds; i++) {
		size_t size = seed->size;

		memcpy(data, seed->data, size);
		for (size_t n = 1 + below(&state, 4); n; n--)
			size = mutate(data, size, &state);
		run_copy(data, size);
	}
}

static int run_file(const char *path)
{
	static uint8_t data[FUZZ_INPUT_MAX];
	FILE *file = fopen(path, "re");
	size_t size;

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return 1;
	}
	size = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	run_copy(data, size);
	return 0;
}

static int write_seeds(const char *folder)
{
	for (size_t i = 0; fuzz_seeds[i].data; i++) {
		char path[4096];
		FILE *file;

		(void)snprintf(path, sizeof(path), "%s/seed-%zu", folder, i);
		file = fopen(path, "we");
		if (!file) {
			fprintf(stderr, "%s: %s\n", path, strerror(errno));
			return 1;
		}
		(void)fwrite(fuzz_seeds[i].data, 1, fuzz_seeds[i].size, file);
		if (fclose(file) != 0)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	int r = 0;

	if (argc == 3 && strcmp(argv[1], "--write-seeds") == 0)
		return write_seeds(argv[2]);
	for (int i = 2; i < argc; i++)
		r |= run_file(argv[i]);
	for (size_t i = 0; fuzz_seeds[i].data; i++) {
		run_copy(fuzz_seeds[i].data, fuzz_seeds[i].size);
		run_mutations(&fuzz_seeds[i], rounds);
	}
	return r;
}
