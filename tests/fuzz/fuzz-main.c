// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a fuzz target without libFuzzer: its seeds, the files named, and then a
 * bounded number of mutations that are the same in every run. With -write=DIR
 * it writes the seeds to files, a corpus for libFuzzer to begin with.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

struct options {
	unsigned long runs;
	uint64_t state;
	const char *write;
};

/* xorshift64*: small, and the same everywhere. */
static uint32_t next_random(struct options *options)
{
	options->state ^= options->state >> 12;
	options->state ^= options->state << 25;
	options->state ^= options->state >> 27;
	return (uint32_t)((options->state * 0x2545f4914f6cdd1du) >> 32);
}

static size_t mutate(struct options *options, uint8_t *input, size_t size)
{
	static const uint8_t edges[] = { 0, 1, 2, 0x7f, 0x80, 0xfe, 0xff };
	unsigned int changes = 1 + next_random(options) % 8;

	while (changes-- && size) {
		size_t at = next_random(options) % size;
		size_t part = 1 + next_random(options) % 16;

		switch (next_random(options) % 5) {
		case 0:
			input[at] ^= (uint8_t)(1u << next_random(options) % 8);
			break;
		case 1:
			input[at] = (uint8_t)next_random(options);
			break;
		case 2:
			input[at] = edges[next_random(options) % sizeof(edges)];
			break;
		case 3:	/* repeat a part */
			if (part > size - at)
				part = size - at;
			if (part > FUZZ_INPUT_MAX - size)
				break;
			memmove(input + at + part, input + at, size - at);
			size += part;
			break;
		default: /* leave a part out */
			if (part > size - at)
				part = size - at;
			memmove(input + at, input + at + part,
				size - at - part);
			size -= part;
			break;
		}
	}
	return size;
}

/* A copy of exactly its size, so that reading behind the end is seen. */
static int run_input(const uint8_t *input, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, input, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	return 0;
}

static int run_file(const char *name)
{
	uint8_t input[FUZZ_INPUT_MAX];
	FILE *file = fopen(name, "rb");
	size_t size;

	if (!file) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		return -errno;
	}
	size = fread(input, 1, sizeof(input), file);
	fclose(file);
	return run_input(input, size);
}

static int write_seed(const char *folder, unsigned int index,
		      const uint8_t *input, size_t size)
{
	char name[4096];
	FILE *file;
	bool good;

	snprintf(name, sizeof(name), "%s/seed-%u", folder, index);
	file = fopen(name, "wb");
	if (!file) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		return -errno;
	}
	good = fwrite(input, 1, size, file) == size;
	if (fclose(file) || !good) {
		fprintf(stderr, "%s: can't write\n", name);
		return -EIO;
	}
	return 0;
}

static int run_seeds(struct options *options)
{
	uint8_t input[FUZZ_INPUT_MAX];
	unsigned int count = 0;
	unsigned long i;
	size_t size;
	int r;

	for (; (size = fuzz_seed(count, input)); count++) {
		r = options->write ?
		    write_seed(options->write, count, input, size) :
		    run_input(input, size);
		if (r < 0)
			return r;
	}
	for (i = 0; count && !options->write && i < options->runs; i++) {
		size = fuzz_seed(next_random(options) % count, input);
		size = mutate(options, input, size);
		r = run_input(input, size);
		if (r < 0)
			return r;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = { .runs = 1000, .state = 1 };
	bool files = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "-runs=", 6)) {
			options.runs = strtoul(argv[i] + 6, NULL, 10);
		} else if (!strncmp(argv[i], "-seed=", 6)) {
			options.state = strtoull(argv[i] + 6, NULL, 10) | 1;
		} else if (!strncmp(argv[i], "-write=", 7)) {
			options.write = argv[i] + 7;
		} else if (argv[i][0] == '-') {
			fprintf(stderr,
				"usage: %s [-runs=N] [-seed=N] [-write=DIR] [FILE]...\n",
				argv[0]);
			return 2;
		} else {
			files = true;
			if (run_file(argv[i]) < 0)
				return 1;
		}
	}
	return !files && run_seeds(&options) < 0;
}
