// SPDX-License-Identifier: Apache-2.0
/*
 * From captured planes to JPEG by libjpeg-turbo's planar interface. Planes are
 * copied only where they must be: chroma that is interleaved, packed YUYV, and
 * limited range, which a table stretches on the way.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "libfovea/picture.h"

struct fovea_encoder {
	tjhandle handle;
	unsigned char *jpeg;
	unsigned long jpeg_size;
	uint8_t *scratch;
	size_t scratch_size;
	uint8_t luma_table[256];	/* limited to full range */
	uint8_t chroma_table[256];
	uint8_t plain_table[256];	/* as it is */
};

static uint8_t clamp(int value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void fill_tables(struct fovea_encoder *encoder)
{
	for (int i = 0; i < 256; i++) {
		encoder->luma_table[i] = clamp(((i - 16) * 255 +
						(i >= 16 ? 109 : -109)) / 219);
		encoder->chroma_table[i] = clamp(((i - 128) * 255 +
						  (i >= 128 ? 112 : -112)) /
						 224 + 128);
		encoder->plain_table[i] = (uint8_t)i;
	}
}

int fovea_encoder_new(struct fovea_encoder **ret_encoder)
{
	struct fovea_encoder *encoder = calloc(1, sizeof(*encoder));

	if (!encoder)
		return -ENOMEM;
	encoder->handle = tjInitCompress();
	if (!encoder->handle) {
		free(encoder);
		return -ENOMEM;
	}
	fill_tables(encoder);
	*ret_encoder = encoder;
	return 0;
}

struct fovea_encoder *fovea_encoder_free(struct fovea_encoder *encoder)
{
	if (!encoder)
		return NULL;
	(void)tjDestroy(encoder->handle);
	tjFree(encoder->jpeg);
	free(encoder->scratch);
	free(encoder);
	return NULL;
}

int fovea_picture_check(const struct fovea_picture *picture)
{
	const struct fovea_image_format *format = picture->format;
	size_t luma = (size_t)format->stride * format->height;
	size_t chroma_height = format->height / 2;
	size_t line = format->width, needed;
	bool odd = false;

	switch (format->fourcc) {
	case V4L2_PIX_FMT_NV12:
		needed = luma + (size_t)format->stride * chroma_height;
		odd = format->height % 2;
		break;
	case V4L2_PIX_FMT_YUV420:
		needed = luma + (size_t)(format->stride / 2) * chroma_height * 2;
		odd = format->height % 2;
		break;
	case V4L2_PIX_FMT_YUYV:
		needed = luma;
		line = 2 * (size_t)format->width;
		break;
	case V4L2_PIX_FMT_GREY:
		needed = luma;
		break;
	default:
		return -EOPNOTSUPP;
	}
	if (format->width == 0 || format->height == 0 ||
	    format->stride < line || picture->size < needed)
		return -EBADMSG;
	if (format->fourcc != V4L2_PIX_FMT_GREY && format->width % 2)
		odd = true;
	return odd ? -EOPNOTSUPP : 0;
}

static int reserve(struct fovea_encoder *encoder, size_t size)
{
	uint8_t *more;

	if (size <= encoder->scratch_size)
		return 0;
	more = realloc(encoder->scratch, size);
	if (!more)
		return -ENOMEM;
	encoder->scratch = more;
	encoder->scratch_size = size;
	return 0;
}

/* Every @step-th byte of @lines lines of @count bytes, through a table. */
static void extract(uint8_t *to, const uint8_t *from, size_t stride,
		    size_t count, size_t lines, size_t step,
		    const uint8_t table[256])
{
	for (; lines; lines--, from += stride)
		for (size_t x = 0; x < count; x++)
			*to++ = table[from[x * step]];
}

/* A pair of interleaved chroma lines apart, through a table. */
static void separate(uint8_t *u, uint8_t *v, const uint8_t *from,
		     size_t stride, size_t count, size_t lines, size_t step,
		     const uint8_t table[256])
{
	extract(u, from, stride, count, lines, step, table);
	extract(v, from + step / 2, stride, count, lines, step, table);
}

struct planes {
	const uint8_t *plane[3];
	int stride[3];
	int subsampling;
};

/* The luma plane: in place where it is usable as it is. */
static void luma_plane(struct fovea_encoder *encoder, const struct fovea_picture *picture,
		       struct planes *planes)
{
	const struct fovea_image_format *format = picture->format;
	bool packed = format->fourcc == V4L2_PIX_FMT_YUYV;

	planes->plane[0] = picture->data;
	planes->stride[0] = (int)format->stride;
	if (!packed && format->full_range)
		return;
	extract(encoder->scratch, picture->data, format->stride, format->width,
		format->height, packed ? 2 : 1,
		format->full_range ? encoder->plain_table
				   : encoder->luma_table);
	planes->plane[0] = encoder->scratch;
	planes->stride[0] = (int)format->width;
}

static void chroma_planes(struct fovea_encoder *encoder,
			  const struct fovea_picture *picture, struct planes *planes)
{
	const struct fovea_image_format *format = picture->format;
	const uint8_t *table = format->full_range ? encoder->plain_table
						  : encoder->chroma_table;
	const uint8_t *chroma = picture->data +
				(size_t)format->stride * format->height;
	size_t width = format->width / 2, height = format->height / 2;
	uint8_t *u = encoder->scratch + (size_t)format->width * format->height;
	uint8_t *v;

	planes->subsampling = TJSAMP_420;
	if (format->fourcc == V4L2_PIX_FMT_YUYV) {
		planes->subsampling = TJSAMP_422;
		height = format->height;
	}
	v = u + width * height;
	if (format->fourcc == V4L2_PIX_FMT_NV12) {
		separate(u, v, chroma, format->stride, width, height, 2, table);
	} else if (format->fourcc == V4L2_PIX_FMT_YUYV) {
		separate(u, v, picture->data + 1, format->stride, width, height,
			 4, table);
	} else {
		size_t stride = format->stride / 2;

		extract(u, chroma, stride, width, height, 1, table);
		extract(v, chroma + stride * height, stride, width, height, 1,
			table);
	}
	planes->plane[1] = u;
	planes->plane[2] = v;
	planes->stride[1] = (int)width;
	planes->stride[2] = (int)width;
}

int fovea_encoder_jpeg(struct fovea_encoder *encoder, const struct fovea_picture *picture,
		 unsigned int quality, const uint8_t **ret_data,
		 size_t *ret_size)
{
	const struct fovea_image_format *format = picture->format;
	struct planes planes = { .subsampling = TJSAMP_GRAY };
	int r;

	r = reserve(encoder, 3 * (size_t)format->width * format->height);
	if (r < 0)
		return r;
	luma_plane(encoder, picture, &planes);
	if (format->fourcc != V4L2_PIX_FMT_GREY)
		chroma_planes(encoder, picture, &planes);
	r = tjCompressFromYUVPlanes(encoder->handle, planes.plane,
				    (int)format->width, planes.stride,
				    (int)format->height, planes.subsampling,
				    &encoder->jpeg, &encoder->jpeg_size,
				    (int)quality, 0);
	if (r < 0)
		return -EIO;
	*ret_data = encoder->jpeg;
	*ret_size = encoder->jpeg_size;
	return 0;
}

int fovea_encoder_luma(struct fovea_encoder *encoder, const struct fovea_picture *picture,
		 const uint8_t **ret_data)
{
	const struct fovea_image_format *format = picture->format;
	bool packed = format->fourcc == V4L2_PIX_FMT_YUYV;
	int r;

	if (!packed && format->stride == format->width) {
		*ret_data = picture->data;
		return 0;
	}
	r = reserve(encoder, (size_t)format->width * format->height);
	if (r < 0)
		return r;
	extract(encoder->scratch, picture->data, format->stride, format->width,
		format->height, packed ? 2 : 1, encoder->plain_table);
	*ret_data = encoder->scratch;
	return 0;
}

int fovea_encoder_rgb(struct fovea_encoder *encoder, const uint8_t *pixels,
		      uint32_t width, uint32_t height, size_t stride,
		      unsigned int quality, const uint8_t **ret_data,
		      size_t *ret_size)
{
	int r;

	r = tjCompress2(encoder->handle, pixels, (int)width, (int)stride,
			(int)height, TJPF_RGB, &encoder->jpeg,
			&encoder->jpeg_size, TJSAMP_420, (int)quality, 0);
	if (r < 0)
		return -EIO;
	*ret_data = encoder->jpeg;
	*ret_size = encoder->jpeg_size;
	return 0;
}

int fovea_encoder_rgb_luma(struct fovea_encoder *encoder,
			   const uint8_t *pixels, uint32_t width,
			   uint32_t height, size_t stride,
			   const uint8_t **ret_data)
{
	uint8_t *to;
	int r;

	r = reserve(encoder, (size_t)width * height);
	if (r < 0)
		return r;
	to = encoder->scratch;
	for (uint32_t y = 0; y < height; y++, pixels += stride)
		for (uint32_t x = 0; x < width; x++)
			/* 0.299, 0.587, 0.114 in 1/65536 */
			*to++ = (uint8_t)((19595u * pixels[3 * x] +
					   38470u * pixels[3 * x + 1] +
					   7471u * pixels[3 * x + 2] + 32768u)
					  >> 16);
	*ret_data = encoder->scratch;
	return 0;
}
