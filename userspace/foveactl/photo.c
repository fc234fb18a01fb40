// SPDX-License-Identifier: Apache-2.0
/*
 * What a file holds is decided by how it begins, never by its name.
 */
#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <turbojpeg.h>

#include "foveactl/file.h"
#include "foveactl/photo.h"
#include "foveactl/ppm.h"
#include "libfovea/cleanup.h"

static int fail(char *error, int r, const char *what)
{
	(void)snprintf(error, PHOTO_ERROR_SIZE, "%s", what);
	return r;
}

static int reserve(struct photo *photo, uint32_t width, uint32_t height,
		   uint32_t channels, char *error)
{
	if (!width || !height || width > PHOTO_SIDE_MAX || height > PHOTO_SIDE_MAX) {
		(void)snprintf(error, PHOTO_ERROR_SIZE, "%ux%u; at most %ux%u", width,
			       height, PHOTO_SIDE_MAX, PHOTO_SIDE_MAX);
		return -E2BIG;
	}
	*photo = (struct photo){ width, height, channels, NULL };
	photo->samples = malloc((size_t)width * height * channels);
	return photo->samples ? 0 : fail(error, -ENOMEM, "no memory");
}

static int load_pixmap(struct photo *photo, const uint8_t *data, size_t size,
		       char *error)
{
	uint32_t channels = data[1] == '6' ? 3 : 1;
	struct ppm ppm;
	int r;

	r = channels == 3 ? ppm_parse(&ppm, data, size) : pgm_parse(&ppm, data, size);
	if (r < 0)
		return fail(error, r, "not a whole P5 or P6 file of 8 bits");
	r = reserve(photo, ppm.width, ppm.height, channels, error);
	if (r == 0)
		memcpy(photo->samples, ppm.pixels,
		       (size_t)ppm.width * ppm.height * channels);
	return r;
}

static void decoder_done(tjhandle *decoder)
{
	if (*decoder)
		(void)tjDestroy(*decoder);
}

static int load_jpeg(struct photo *photo, const uint8_t *data, size_t size, char *error)
{
	_cleanup_(decoder_done) tjhandle decoder = tjInitDecompress();
	int width = 0, height = 0, subsampling, space, format, r;

	if (!decoder)
		return fail(error, -ENOMEM, "no memory");
	if (tjDecompressHeader3(decoder, data, size, &width, &height, &subsampling,
				&space) < 0 || width <= 0 || height <= 0)
		return fail(error, -EBADMSG, "not a JPEG file that can be decoded");
	r = reserve(photo, (uint32_t)width, (uint32_t)height,
		    space == TJCS_GRAY ? 1 : 3, error);
	if (r < 0)
		return r;
	format = photo->channels == 1 ? TJPF_GRAY : TJPF_RGB;
	if (tjDecompress2(decoder, data, size, photo->samples, width, 0, height, format,
			  TJFLAG_STOPONWARNING) < 0)
		return fail(error, -EBADMSG, "a damaged JPEG file");
	return 0;
}

static int load_png(struct photo *photo, const uint8_t *data, size_t size, char *error)
{
	const png_color black = { 0, 0, 0 };
	png_image image = { .version = PNG_IMAGE_VERSION };
	int r;

	if (!png_image_begin_read_from_memory(&image, data, size))
		return fail(error, -EBADMSG, image.message);
	image.format = image.format & PNG_FORMAT_FLAG_COLOR ? PNG_FORMAT_RGB
							     : PNG_FORMAT_GRAY;
	r = reserve(photo, image.width, image.height,
		    PNG_IMAGE_SAMPLE_CHANNELS(image.format), error);
	if (r == 0 && !png_image_finish_read(&image, &black, photo->samples, 0, NULL))
		r = fail(error, -EBADMSG, image.message);
	png_image_free(&image);
	return r;
}

int photo_load(struct photo *photo, const char *path, char *error)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct photo loaded = { 0 };
	size_t size;
	int r;

	r = file_read(path, PHOTO_FILE_MAX, &data, &size);
	if (r < 0)
		return fail(error, r, strerror(-r));
	if (size >= 2 && data[0] == 'P' && (data[1] == '5' || data[1] == '6'))
		r = load_pixmap(&loaded, data, size, error);
	else if (size >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0)
		r = load_jpeg(&loaded, data, size, error);
	else if (size >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
		r = load_png(&loaded, data, size, error);
	else
		r = fail(error, -EINVAL, "neither PPM, PGM, JPEG nor PNG");
	if (r < 0)
		photo_free(&loaded);
	else
		*photo = loaded;
	return r;
}

void photo_free(struct photo *photo)
{
	free(photo->samples);
	*photo = (struct photo){ 0 };
}

int photo_is_name(const char *name)
{
	static const char *const ends[] = { ".ppm", ".pgm", ".jpg", ".jpeg", ".png" };
	const char *end = strrchr(name, '.');

	for (size_t i = 0; end && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcasecmp(end, ends[i]) == 0)
			return 1;
	return 0;
}
