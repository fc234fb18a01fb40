// SPDX-License-Identifier: Apache-2.0
/*
 * Makes the packages beside this file from their models, with pictures that have the
 * input's size already: what scripts/train-meter --pictures writes. For models and
 * pictures of any kind there is `foveactl network build`.
 *
 * Usage: build-network [--report] MODEL.onnx FOLDER COUNT PACKAGE.fvn
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libfovea/cleanup.h"
#include "pack.h"

#define TESTS 2u	/* pictures that become tests of the package */
#define FILE_MAX (64u << 20)

/** struct pictures - NNNN.pgm in a folder */
struct pictures {
	const char *folder;
	uint32_t count;
};

static int picture(void *userdata, uint32_t index, uint32_t height, uint32_t width,
		   uint32_t channels, uint8_t *ret_samples)
{
	const struct pictures *pictures = userdata;
	_cleanup_fclose_ FILE *file = NULL;
	uint32_t size[2];
	char path[4096];

	if (index == pictures->count)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%04u.pgm", pictures->folder, index);
	file = fopen(path, "rb");
	if (!file)
		return -errno;
	if (fscanf(file, "P5 %u %u 255", &size[0], &size[1]) != 2 ||
	    fgetc(file) == EOF || size[0] != width || size[1] != height ||
	    channels != 1 || fread(ret_samples, width, height, file) != height)
		return -EBADMSG;
	return 1;
}

static int load(const char *path, uint8_t **ret_data, size_t *ret_size)
{
	_cleanup_fclose_ FILE *file = fopen(path, "rb");
	_cleanup_free_ uint8_t *data = malloc(FILE_MAX);

	if (!file || !data)
		return -errno;
	*ret_size = fread(data, 1, FILE_MAX, file);
	*ret_data = fovea_take_pointer(data);
	return ferror(file) ? -EIO : 0;
}

static int save(const char *path, const uint8_t *data, size_t size)
{
	FILE *file = fopen(path, "wb");
	bool good = file && fwrite(data, 1, size, file) == size;

	if (file && fclose(file))
		good = false;
	return good ? 0 : -EIO;
}

static int build(struct pictures *pictures, const uint8_t *model, size_t size,
		 char **arguments, bool table, char **ret_error)
{
	struct fovea_network_properties properties;
	struct fovea_network_pack_options options = {
		.build = {
			.data = model,
			.size = size,
			.picture = picture,
			.userdata = pictures,
			.pictures_max = pictures->count,
			.heads = 1,
			.head = &properties.head,
		},
		.properties = &properties,
		.tests = TESTS,
	};
	struct fovea_network_report report = { 0 };
	_cleanup_free_ uint8_t *package = NULL;
	int r = fovea_network_properties_read(model, size, &properties, ret_error);

	if (r < 0)
		return r;
	memcpy(options.build.mean, properties.mean, sizeof(properties.mean));
	memcpy(options.build.deviation, properties.deviation,
	       sizeof(properties.deviation));
	r = fovea_network_pack(&options, &package, &size, &report, ret_error);
	if (r >= 0 && table)
		r = fovea_network_report_table(&report, stdout);
	if (r >= 0)
		r = save(arguments[3], package, size);
	fovea_network_report_clear(&report);
	fovea_network_properties_clear(&properties);
	return r;
}

int main(int argc, char **argv)
{
	bool table = argc > 1 && strcmp(argv[1], "--report") == 0;
	char **arguments = argv + 1 + table;
	struct pictures pictures = { 0 };
	_cleanup_free_ uint8_t *model = NULL;
	_cleanup_free_ char *error = NULL;
	size_t size = 0;
	int r;

	if (argc != 5 + table) {
		(void)fprintf(stderr, "usage: build-network [--report] MODEL.onnx FOLDER COUNT PACKAGE.fvn\n");
		return 2;
	}
	pictures.folder = arguments[1];
	pictures.count = (uint32_t)strtoul(arguments[2], NULL, 10);
	r = load(arguments[0], &model, &size);
	if (r >= 0)
		r = build(&pictures, model, size, arguments, table, &error);
	if (r < 0)
		(void)fprintf(stderr, "build-network: %s: %s\n", arguments[0],
			      error ? error : strerror(-r));
	return r < 0;
}
