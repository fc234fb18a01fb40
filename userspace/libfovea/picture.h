/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be made of a captured picture: a JPEG file, its plain luma plane,
 * the means of its zones. JPEG is made from the planes as they are; there is
 * no way through RGB.
 */
#ifndef LIBFOVEA_PICTURE_H
#define LIBFOVEA_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "libfovea/capture.h"

/**
 * struct fovea_picture - bytes and their meaning
 * @format: NV12, YU12, YUYV or GREY
 * @data: the bytes, not owned
 * @size: how many
 */
struct fovea_picture {
	const struct fovea_image_format *format;
	const uint8_t *data;
	size_t size;
};

/** struct fovea_encoder - the JPEG encoder and its scratch memory, reused */
struct fovea_encoder;

/** fovea_encoder_new() - 0 or -ENOMEM; ends by fovea_encoder_free() */
int fovea_encoder_new(struct fovea_encoder **ret_encoder);

/** fovea_encoder_free() - NULL is fine; returns NULL */
struct fovea_encoder *fovea_encoder_free(struct fovea_encoder *encoder);

/**
 * fovea_picture_check() - are there as many bytes as the format needs?
 * @picture: any
 *
 * Return: 0, -EBADMSG when there are fewer, -EOPNOTSUPP when the format is
 * none of those above or the size is odd where chroma is shared by two pixels.
 */
int fovea_picture_check(const struct fovea_picture *picture);

/**
 * fovea_encoder_jpeg() - make a JPEG file
 * @encoder: its earlier results become invalid
 * @picture: passed by fovea_picture_check()
 * @quality: 1 to 100
 * @ret_data: the file, owned by the encoder
 * @ret_size: bytes of it
 *
 * Luma and chroma of limited range are stretched, as JPEG means full range.
 *
 * Return: 0, -ENOMEM, or -EIO when the encoder refuses.
 */
int fovea_encoder_jpeg(struct fovea_encoder *encoder, const struct fovea_picture *picture,
		 unsigned int quality, const uint8_t **ret_data,
		 size_t *ret_size);

/**
 * fovea_encoder_rgb() - make a JPEG file of R, G, B bytes
 * @encoder: its earlier results become invalid
 * @pixels: of a cut-out, say
 * @width: pixels, 1 to 65500, as @height
 * @height: lines
 * @stride: bytes from line to line, at least 3 x @width
 * @quality: 1 to 100
 * @ret_data: the file, owned by the encoder
 * @ret_size: bytes of it
 *
 * Return: 0, -ENOMEM, or -EIO when the encoder refuses.
 */
int fovea_encoder_rgb(struct fovea_encoder *encoder, const uint8_t *pixels,
		      uint32_t width, uint32_t height, size_t stride,
		      unsigned int quality, const uint8_t **ret_data,
		      size_t *ret_size);

/**
 * fovea_encoder_rgb_luma() - the brightness of R, G, B bytes
 * @encoder: its earlier results become invalid
 * @pixels: as the following three of fovea_encoder_rgb()
 * @width: likewise
 * @height: likewise
 * @stride: likewise
 * @ret_data: width x height bytes, owned by the encoder: BT.601, full range
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_encoder_rgb_luma(struct fovea_encoder *encoder,
			   const uint8_t *pixels, uint32_t width,
			   uint32_t height, size_t stride,
			   const uint8_t **ret_data);

/**
 * fovea_encoder_luma() - the luma plane without gaps, values as captured
 * @encoder: its earlier results become invalid
 * @picture: passed by fovea_picture_check()
 * @ret_data: width x height bytes, owned by the encoder or part of the picture
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_encoder_luma(struct fovea_encoder *encoder, const struct fovea_picture *picture,
		 const uint8_t **ret_data);

#endif /* LIBFOVEA_PICTURE_H */
