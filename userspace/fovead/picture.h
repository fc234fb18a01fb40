/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be made of a captured picture: a JPEG file, its plain luma plane,
 * the means of its zones. JPEG is made from the planes as they are; there is
 * no way through RGB.
 */
#ifndef FOVEAD_PICTURE_H
#define FOVEAD_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "libfovea/capture.h"

/**
 * struct picture - bytes and their meaning
 * @format: NV12, YU12, YUYV or GREY
 * @data: the bytes, not owned
 * @size: how many
 */
struct picture {
	const struct fovea_image_format *format;
	const uint8_t *data;
	size_t size;
};

/** struct encoder - the JPEG encoder and its scratch memory, reused */
struct encoder;

/** encoder_new() - 0 or -ENOMEM; ends by encoder_free() */
int encoder_new(struct encoder **ret_encoder);

/** encoder_free() - NULL is fine; returns NULL */
struct encoder *encoder_free(struct encoder *encoder);

/**
 * picture_check() - are there as many bytes as the format needs?
 * @picture: any
 *
 * Returns 0, -EBADMSG when there are fewer, -EOPNOTSUPP when the format is
 * none of those above or the size is odd where chroma is shared by two pixels.
 */
int picture_check(const struct picture *picture);

/**
 * encoder_jpeg() - make a JPEG file
 * @encoder: its earlier results become invalid
 * @picture: passed by picture_check()
 * @quality: 1 to 100
 * @ret_data: the file, owned by the encoder
 * @ret_size: bytes of it
 *
 * Luma and chroma of limited range are stretched, as JPEG means full range.
 *
 * Returns 0, -ENOMEM, or -EIO when the encoder refuses.
 */
int encoder_jpeg(struct encoder *encoder, const struct picture *picture,
		 unsigned int quality, const uint8_t **ret_data,
		 size_t *ret_size);

/**
 * encoder_luma() - the luma plane without gaps, values as captured
 * @encoder: its earlier results become invalid
 * @picture: passed by picture_check()
 * @ret_data: width x height bytes, owned by the encoder or part of the picture
 *
 * Returns 0 or -ENOMEM.
 */
int encoder_luma(struct encoder *encoder, const struct picture *picture,
		 const uint8_t **ret_data);

#endif /* FOVEAD_PICTURE_H */
