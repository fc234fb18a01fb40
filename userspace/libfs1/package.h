/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Write network packages. What is written is not looked at here: fs1_package_read() and
 * fs1_network_create() do that.
 */
#ifndef LIBFS1_PACKAGE_H
#define LIBFS1_PACKAGE_H

#include <stddef.h>
#include <stdint.h>

#include "fs1-network.h"
#include "fs1-package.h"

/**
 * struct libfs1_test - an input, and the outputs that belong to it
 * @input: bytes of the network's input
 * @output: bytes of all outputs, in their order
 */
struct libfs1_test {
	const uint8_t *input;
	const uint8_t *output;
};

/**
 * struct libfs1_package_parts - what a package is made of
 * @name: of the network
 * @version: likewise
 * @graph: the graph
 * @names: of the graph
 * @input: how frames become its input
 * @labels: of the classes; may be NULL
 * @label_count: how many
 * @manifest: NUL-terminated; may be NULL
 * @tests: may be NULL
 * @test_count: how many, at most FS1_PACKAGE_TESTS_MAX
 * @test_input_size: bytes of each input
 * @test_output_size: bytes of the outputs of each
 */
struct libfs1_package_parts {
	const char *name;
	const char *version;
	const struct fs1_network_source *graph;
	const char *names;
	const struct fs1_package_input *input;
	const char *const *labels;
	size_t label_count;
	const char *manifest;
	const struct libfs1_test *tests;
	size_t test_count;
	uint32_t test_input_size;
	uint32_t test_output_size;
};

/**
 * libfs1_package_write() - a package without hash and signature
 * @parts: what it is made of
 * @ret_package: the package; to be freed
 * @ret_size: bytes of it
 *
 * Who writes it to a file sets its @hash first: SHA-256 of what follows the hash.
 *
 * Return: 0, -ENOMEM, -ENAMETOOLONG (name or version), or -E2BIG (more than
 * FS1_PACKAGE_SIZE_MAX).
 */
int libfs1_package_write(const struct libfs1_package_parts *parts,
			 uint8_t **ret_package, size_t *ret_size);

#endif /* LIBFS1_PACKAGE_H */
