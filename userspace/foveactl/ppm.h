/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portable pixmaps (P6), the simplest file of RGB bytes there is, and their grey
 * kind (P5).
 */
#ifndef FOVEACTL_PPM_H
#define FOVEACTL_PPM_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct ppm - a checked picture
 * @width: pixels
 * @height: lines
 * @pixels: R, G, B bytes, width x height x 3 of them; of a grey file width x height
 *	bytes; part of the file
 */
struct ppm {
	uint32_t width;
	uint32_t height;
	const uint8_t *pixels;
};

/**
 * ppm_parse() - understand a file
 * @ppm: filled on success
 * @data: the file
 * @size: bytes of it
 *
 * Return: 0; -EINVAL when it is no P6 file; -EOPNOTSUPP when it has more than
 * 8 bits per colour; -EBADMSG when pixels are missing.
 */
int ppm_parse(struct ppm *ppm, const uint8_t *data, size_t size);

/** pgm_parse() - likewise, of a grey file (P5) */
int pgm_parse(struct ppm *ppm, const uint8_t *data, size_t size);

#endif /* FOVEACTL_PPM_H */
