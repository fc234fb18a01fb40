/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures from files, as packed RGB: raw bytes, portable pixmaps, JPEG.
 */
#ifndef FS1_DEVICE_PICTURE_H
#define FS1_DEVICE_PICTURE_H

#include <stdint.h>

#define PICTURE_ERROR_SIZE 128u

/**
 * struct picture - 8-bit R, G, B, tight
 * @width: FS1_SCENE_MIN to FS1_ARRAY_WIDTH
 * @height: FS1_SCENE_MIN to FS1_ARRAY_HEIGHT
 * @rgb: owned
 */
struct picture {
	uint32_t width;
	uint32_t height;
	uint8_t *rgb;
};

/**
 * picture_load() - read a file
 * @picture: filled on success; end it with picture_free()
 * @path: of the file; its first bytes say which kind it is, and where they
 *	don't, it is raw
 * @width: of raw files; 0: not known, and raw files are refused
 * @height: likewise
 * @error: of PICTURE_ERROR_SIZE bytes; on failure: what is wrong
 *
 * Return: 0 or -errno.
 */
int picture_load(struct picture *picture, const char *path, uint32_t width,
		 uint32_t height, char *error);

/** picture_free() - free the bytes, and have none */
void picture_free(struct picture *picture);

#endif /* FS1_DEVICE_PICTURE_H */
