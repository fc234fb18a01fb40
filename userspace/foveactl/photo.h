/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures from files, for networks: read, whatever their format, and made as large as
 * a network's input.
 */
#ifndef FOVEACTL_PHOTO_H
#define FOVEACTL_PHOTO_H

#include <stddef.h>
#include <stdint.h>

#include "fs1-package.h"

#define PHOTO_SIDE_MAX		16384u	/* pixels, each way */
#define PHOTO_FILE_MAX		(256u << 20)
#define PHOTO_ERROR_SIZE	128u

/**
 * struct photo - a picture
 * @width: pixels
 * @height: lines
 * @channels: 1: grey, or 3: R, G, B
 * @samples: bytes, tight; owned
 */
struct photo {
	uint32_t width;
	uint32_t height;
	uint32_t channels;
	uint8_t *samples;
};

/**
 * photo_load() - read a file
 * @photo: filled on success; ends by photo_free()
 * @path: of a PPM (P6), PGM (P5), JPEG or PNG file; its first bytes say which it is.
 *	What is transparent stands before black
 * @error: of PHOTO_ERROR_SIZE bytes; on failure: what is wrong
 *
 * Return: 0 or a negative errno.
 */
int photo_load(struct photo *photo, const char *path, char *error);

/** photo_free() - free the samples, and have none */
void photo_free(struct photo *photo);

/** photo_is_name() - does a file of this name have one of those formats, by its end? */
int photo_is_name(const char *name);

/**
 * struct photo_place - where a photo is in an input
 * @left: pixels of the input; below 0 what was cut off
 * @top: likewise
 * @scale_x: pixels of the photo for each of the input
 * @scale_y: likewise
 */
struct photo_place {
	double left;
	double top;
	double scale_x;
	double scale_y;
};

/**
 * photo_fit() - a picture as an input, as the sensor makes it of its window
 * @photo: the picture stands for the window, or for a piece of it
 * @input: fit, order and fill count
 * @width: of the input
 * @height: likewise
 * @ret_samples: @width x @height x 1 or 3 bytes in the input's order, before its table
 * @ret_place: where the photo is; may be NULL
 *
 * What becomes smaller is averaged, what becomes larger interpolated; what stays as
 * large stays as it is.
 *
 * Return: 0 or -ENOMEM.
 */
int photo_fit(const struct photo *photo, const struct fs1_package_input *input,
	      uint32_t width, uint32_t height, uint8_t *ret_samples,
	      struct photo_place *ret_place);

#endif /* FOVEACTL_PHOTO_H */
