// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Memory of the pictures that fall on the array.
 */
#include "fs1-picture.h"

static struct fs1_picture *fs1_pictures_free_one(struct fs1_pictures *pictures,
						 const struct fs1_picture *current)
{
	unsigned int i;

	for (i = 0; i < FS1_PICTURES; i++)
		if (&pictures->picture[i] == current && !current->held)
			return &pictures->picture[i];
	for (i = 0; i < FS1_PICTURES; i++)
		if (!pictures->picture[i].held)
			return &pictures->picture[i];
	return NULL;
}

struct fs1_picture *fs1_pictures_take(struct fs1_pictures *pictures,
				      const struct fs1_picture *current,
				      fs1_u32 width, fs1_u32 height,
				      const struct fs1_host_ops *ops, void *host)
{
	struct fs1_picture *picture = fs1_pictures_free_one(pictures, current);
	size_t size = (size_t)width * height * 3;
	fs1_u8 *bytes;

	if (!picture)
		return NULL;
	if (picture->size < size) {
		bytes = ops->alloc(host, size);
		if (!bytes)
			return NULL;
		ops->free(host, picture->bytes);
		picture->bytes = bytes;
		picture->size = size;
	}
	picture->width = width;
	picture->height = height;
	return picture;
}

void fs1_pictures_free(struct fs1_pictures *pictures,
		       const struct fs1_host_ops *ops, void *host)
{
	unsigned int i;

	for (i = 0; i < FS1_PICTURES; i++) {
		struct fs1_picture *picture = &pictures->picture[i];

		if (picture->held)
			continue;
		ops->free(host, picture->bytes);
		memset(picture, 0, sizeof(*picture));
	}
}
