/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arrays as NumPy keeps them in files (.npy, version 1.0).
 */
#ifndef FOVEACTL_NPY_H
#define FOVEACTL_NPY_H

#include <stddef.h>
#include <stdint.h>

#define NPY_RANK_MAX 8u

/**
 * npy_write() - a file with an array
 * @path: of the file
 * @kind: of the elements, as NumPy writes it: "|u1", "<i2", "<f4"
 * @rank: of @dimensions, 1 to NPY_RANK_MAX
 * @dimensions: the slowest first
 * @data: the elements without gaps, little-endian
 * @size: bytes of them
 *
 * Return: 0, -EINVAL: @rank; or a negative errno.
 */
int npy_write(const char *path, const char *kind, uint32_t rank,
	      const uint32_t *dimensions, const void *data, size_t size);

#endif /* FOVEACTL_NPY_H */
