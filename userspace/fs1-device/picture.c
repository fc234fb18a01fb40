// SPDX-License-Identifier: Apache-2.0
/*
 * What a file holds is decided by how it begins: "P6" is a pixmap, ff d8 ff
 * a JPEG file.
 */
#include "fs1-device/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <turbojpeg.h>
#include <unistd.h>

#include "foveactl/ppm.h"
#include "fs1-abi.h"
#include "libfovea/cleanup.h"

/** struct file - a file in memory; @bytes is NULL when there is none */
struct file {
	uint8_t *bytes;
	size_t size;
};

static void file_close(struct file *file)
{
	if (file->bytes)
		(void)munmap(file->bytes, file->size);
}

static int file_open(struct file *file, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *bytes;

	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_size <= 0)
		return -EINVAL;
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	*file = (struct file){ bytes, (size_t)status.st_size };
	return 0;
}

static int picture_fail(char *error, int r, const char *what)
{
	(void)snprintf(error, PICTURE_ERROR_SIZE, "%s", what);
	return r;
}

/* Room for a picture of that size, if the array can be shown one. */
static int picture_reserve(struct picture *picture, uint32_t width,
			   uint32_t height, char *error)
{
	if (width < FS1_SCENE_MIN || width > FS1_ARRAY_WIDTH ||
	    height < FS1_SCENE_MIN || height > FS1_ARRAY_HEIGHT) {
		(void)snprintf(error, PICTURE_ERROR_SIZE,
			       "%ux%u; right is 16x16 to 4056x3040", width,
			       height);
		return -ERANGE;
	}
	picture->width = width;
	picture->height = height;
	picture->rgb = malloc((size_t)width * height * 3);
	if (!picture->rgb)
		return picture_fail(error, -ENOMEM, "no memory");
	return 0;
}

static int picture_copy(struct picture *picture, const uint8_t *rgb,
			uint32_t width, uint32_t height, char *error)
{
	int r = picture_reserve(picture, width, height, error);

	if (r == 0)
		/* NOLINTNEXTLINE(clang-analyzer-core.*): takes an errno for 0 */
		memcpy(picture->rgb, rgb, (size_t)width * height * 3);
	return r;
}

static int picture_load_ppm(struct picture *picture, const struct file *file,
			    char *error)
{
	struct ppm ppm;
	int r = ppm_parse(&ppm, file->bytes, file->size);

	if (r < 0)
		return picture_fail(error, r, "not a whole P6 file of 8 bits");
	return picture_copy(picture, ppm.pixels, ppm.width, ppm.height, error);
}

static int picture_load_jpeg(struct picture *picture, const struct file *file,
			     char *error)
{
	tjhandle decoder = tjInitDecompress();
	int width = 0, height = 0, subsampling, space, r = 0;

	if (!decoder)
		return picture_fail(error, -ENOMEM, "no memory");
	if (tjDecompressHeader3(decoder, file->bytes, file->size, &width,
				&height, &subsampling, &space) < 0 ||
	    width <= 0 || height <= 0)
		r = picture_fail(error, -EBADMSG, "not a JPEG file that can be decoded");
	if (r == 0)
		r = picture_reserve(picture, (uint32_t)width, (uint32_t)height,
				    error);
	if (r == 0 && tjDecompress2(decoder, file->bytes, file->size,
				    picture->rgb, width, 0, height, TJPF_RGB,
				    TJFLAG_STOPONWARNING) < 0)
		r = picture_fail(error, -EBADMSG, "a damaged JPEG file");
	(void)tjDestroy(decoder);
	return r;
}

static int picture_load_raw(struct picture *picture, const struct file *file,
			    uint32_t width, uint32_t height, char *error)
{
	if (!width)
		return picture_fail(error, -EINVAL,
				    "neither P6 nor JPEG; raw RGB needs --scene-size");
	if (file->size != (size_t)width * height * 3) {
		(void)snprintf(error, PICTURE_ERROR_SIZE,
			       "%zu bytes; raw RGB of %ux%u has %zu", file->size,
			       width, height, (size_t)width * height * 3);
		return -EINVAL;
	}
	return picture_copy(picture, file->bytes, width, height, error);
}

int picture_load(struct picture *picture, const char *path, uint32_t width,
		 uint32_t height, char *error)
{
	_cleanup_(file_close) struct file file = { 0 };
	struct picture loaded = { 0 };
	int r;

	r = file_open(&file, path);
	if (r < 0)
		return picture_fail(error, r, r == -EINVAL ?
				    "not a file, or empty" : strerror(-r));
	if (file.size >= 2 && !memcmp(file.bytes, "P6", 2))
		r = picture_load_ppm(&loaded, &file, error);
	else if (file.size >= 3 && !memcmp(file.bytes, "\xff\xd8\xff", 3))
		r = picture_load_jpeg(&loaded, &file, error);
	else
		r = picture_load_raw(&loaded, &file, width, height, error);
	if (r < 0)
		picture_free(&loaded);
	else
		*picture = loaded;
	return r;
}

void picture_free(struct picture *picture)
{
	free(picture->rgb);
	*picture = (struct picture){ 0 };
}
