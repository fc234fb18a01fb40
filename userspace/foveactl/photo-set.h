/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of pictures as inputs of a network, in the order of their names. They are
 * asked for again and again: what was made is kept while there is room.
 */
#ifndef FOVEACTL_PHOTO_SET_H
#define FOVEACTL_PHOTO_SET_H

#include "foveactl/photo.h"

#define PHOTO_SET_MEMORY ((size_t)512 << 20)	/* bytes that are kept */

/** struct photo_set - pictures of a folder */
struct photo_set;

/**
 * photo_set_new() - the pictures of a folder, or one picture
 * @path: of the folder (not those within it), or of a file
 * @max: no more than so many, evenly spread over all
 * @ret_set: ends by photo_set_free()
 *
 * Return: 0; -ENOENT: there are none; -ENOMEM, ...
 */
int photo_set_new(const char *path, uint32_t max, struct photo_set **ret_set);

/** photo_set_free() - NULL is fine; returns NULL */
struct photo_set *photo_set_free(struct photo_set *set);

/** photo_set_count() - how many there are */
uint32_t photo_set_count(const struct photo_set *set);

/** photo_set_path() - of picture @index */
const char *photo_set_path(const struct photo_set *set, uint32_t index);

/**
 * photo_set_take() - a picture as an input
 * @set: with the same @input, @width and @height each time
 * @index: from 0
 * @input: as photo_fit()
 * @width: likewise
 * @height: likewise
 * @ret_samples: likewise
 *
 * Return: 1: there it is; 0: there are no more; or a negative errno:
 * photo_set_error() says more.
 */
int photo_set_take(struct photo_set *set, uint32_t index,
		   const struct fs1_package_input *input, uint32_t width,
		   uint32_t height, uint8_t *ret_samples);

/** photo_set_error() - which picture couldn't be taken, and why; "" */
const char *photo_set_error(const struct photo_set *set);

#endif /* FOVEACTL_PHOTO_SET_H */
