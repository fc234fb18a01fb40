/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the crop buffers of an FS-1 (uapi/linux/fovea.h): cut-outs of what the
 * network found, in full resolution. As with tensors, fovea_crops_init() checks
 * everything once and copies what it checked; pixels stay where they are.
 */
#ifndef LIBFOVEA_CROPS_H
#define LIBFOVEA_CROPS_H

#include <stdbool.h>

#include "libfovea/result.h"

/**
 * struct fovea_cut - a checked crop
 * @left: pixels of the array
 * @top: likewise
 * @width: pixels
 * @height: lines
 * @score: 0 to 1, of its best detection
 * @class: of its only detection, or FOVEA_CLASS_SEVERAL
 * @detections: how many it is of
 * @piece: of the picture, of its best detection
 * @stride: bytes from line to line
 * @data: R, G, B bytes, part of the buffer; (@height - 1) x @stride + 3 x @width of
 *	them at least
 */
struct fovea_cut {
	uint32_t left;
	uint32_t top;
	uint32_t width;
	uint32_t height;
	double score;
	uint32_t class;
	uint32_t detections;
	uint32_t piece;
	size_t stride;
	const uint8_t *data;
};

/**
 * struct fovea_crops - a checked buffer of crops
 * @result: of which frame; NONE: the following are 0
 * @wanted: crops that there would have been with room for all
 * @count: of crops
 * @cut: them, as the device has them: the highest score first
 */
struct fovea_crops {
	struct fovea_result result;
	size_t wanted;
	size_t count;
	struct fovea_cut cut[FOVEA_CROPS_MAX];
};

/**
 * fovea_crops_init() - check a buffer of crops
 * @crops: filled on success
 * @data: the bytes, at any alignment; must outlive @crops
 * @size: bytes there are; the buffer may use fewer
 * @ret_error: on failure: which field is wrong, and why; may be NULL
 *
 * Return: 0; -EBADMSG: the buffer contradicts itself; -EPROTONOSUPPORT: its version, or
 * the format of its pixels, is unknown.
 */
int fovea_crops_init(struct fovea_crops *crops, const void *data, size_t size,
		     char ret_error[FOVEA_RESULT_ERROR_SIZE]);

#endif /* LIBFOVEA_CROPS_H */
