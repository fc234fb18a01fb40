/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network whose answers a test knows: it adds numbers to bytes, as often as wanted.
 */
#ifndef NETWORK_KIT_H
#define NETWORK_KIT_H

#include <stddef.h>
#include <stdint.h>

#include "fs1-package.h"

/**
 * struct network_kit - what the package shall have
 * @width: of the input, which has three channels
 * @height: likewise
 * @add: what each step adds to each byte
 * @steps: how many
 * @tested: it has a test
 * @wrong: the test expects something else at byte 100
 * @detects: in place of all that it finds, in each cell of 8 x 8 pixels, what is red,
 *	green or blue (classes 0 to 2) at the cell's first pixel, as sure as that is
 *	bright, and @reach times 2 pixels large in all directions; it has no test, and
 *	all but the first of its steps do nothing
 * @reach: 1 to 64
 * @input: how frames become the input
 */
struct network_kit {
	uint32_t width;
	uint32_t height;
	uint8_t add;
	uint32_t steps;
	bool tested;
	bool wrong;
	bool detects;
	uint8_t reach;
	struct fs1_package_input input;
};

/** network_kit_init() - 32 x 24, one step that adds 1, one test; inputs are negatives */
void network_kit_init(struct network_kit *kit);

/** network_kit_size() - bytes of an input, and of an output */
uint32_t network_kit_size(const struct network_kit *kit);

/**
 * network_kit_package() - the package
 * @kit: what it has
 * @ret_size: bytes of it
 *
 * Return: to be freed; whatever fails ends the test.
 */
uint8_t *network_kit_package(const struct network_kit *kit, size_t *ret_size);

#endif /* NETWORK_KIT_H */
