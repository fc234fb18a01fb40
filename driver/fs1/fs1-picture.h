/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Pictures that fall on the array. There is room for two: the light of a frame can be
 * held while later frames have another one.
 */
#ifndef FS1_PICTURE_H
#define FS1_PICTURE_H

#include "fs1.h"

/**
 * struct fs1_picture - packed 8-bit R, G, B with the sRGB curve, tight
 * @bytes: the picture, owned
 * @size: bytes allocated at @bytes
 * @width: pixels
 * @height: lines
 * @held: must stay as it is
 */
struct fs1_picture {
	fs1_u8 *bytes;
	size_t size;
	fs1_u32 width;
	fs1_u32 height;
	bool held;
};

#define FS1_PICTURES 2u

/** struct fs1_pictures - those of an engine; zero it before first use */
struct fs1_pictures {
	struct fs1_picture picture[FS1_PICTURES];
};

/**
 * fs1_pictures_take() - room for a new picture
 * @pictures: at most one of them is held
 * @current: the one that the new one takes the place of, or NULL: its memory is used
 *	again unless it is held
 * @width: pixels
 * @height: lines
 * @ops: for memory
 * @host: passed to @ops
 *
 * Return: the picture, its bytes to be filled; NULL: there is no memory, and all is as
 * it was.
 */
struct fs1_picture *fs1_pictures_take(struct fs1_pictures *pictures,
				      const struct fs1_picture *current,
				      fs1_u32 width, fs1_u32 height,
				      const struct fs1_host_ops *ops, void *host);

/** fs1_pictures_free() - give back the memory of all that aren't held */
void fs1_pictures_free(struct fs1_pictures *pictures,
		       const struct fs1_host_ops *ops, void *host);

#endif /* FS1_PICTURE_H */
