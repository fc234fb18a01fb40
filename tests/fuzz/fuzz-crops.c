// SPDX-License-Identifier: Apache-2.0
/*
 * Crop buffers: what fovea_crops_init() lets pass can be read to its last pixel.
 */
#include <endian.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "libfovea/crops.h"

enum { WIDTH = 4, HEIGHT = 2, STRIDE = 16 };

static struct {
	struct fovea_crops_header header;
	uint8_t pixels[2][STRIDE * HEIGHT];
} seed;

const struct fuzz_seed fuzz_seeds[] = {
	{ &seed, sizeof(seed) },
	{ 0 },
};

__attribute__((constructor))
static void fill_seed(void)
{
	seed.header = (struct fovea_crops_header){
		.magic = htole32(FOVEA_CROPS_MAGIC),
		.version = htole16(FOVEA_CROPS_VERSION),
		.header_size = htole16(sizeof(seed.header)),
		.total_size = htole32(sizeof(seed)),
		.frame_id = htole64(9),
		.label = htole32(FOVEA_LABEL_FRESH),
		.source_frame_id = htole64(9),
		.format = htole32(V4L2_PIX_FMT_RGB24),
		.count = htole32(2),
		.wanted = htole32(2),
	};
	for (size_t i = 0; i < 2; i++)
		seed.header.crop[i] = (struct fovea_crop){
			.width = htole16(WIDTH),
			.height = htole16(HEIGHT),
			.score = htole16(20000),
			.detections = htole16(1),
			.offset = htole32((uint32_t)(sizeof(seed.header) +
						     i * sizeof(seed.pixels[0]))),
			.size = htole32(sizeof(seed.pixels[0])),
			.stride = htole32(STRIDE),
		};
}

static void read_cut(const struct fovea_cut *cut)
{
	uint64_t sum = 0;

	if (!cut->width || !cut->height || !(cut->score >= 0 && cut->score <= 1))
		abort();
	for (uint32_t y = 0; y < cut->height; y++)
		for (uint32_t x = 0; x < cut->width * 3; x++)
			sum += cut->data[y * cut->stride + x];
	if (sum > UINT64_C(255) * 3 * cut->width * cut->height)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[FOVEA_RESULT_ERROR_SIZE] = "";
	struct fovea_crops crops;

	if (fovea_crops_init(&crops, data, size, error) < 0) {
		if (!*error || strlen(error) >= sizeof(error))
			abort();
		return 0;
	}
	if (crops.count > FOVEA_CROPS_MAX || crops.wanted < crops.count)
		abort();
	for (size_t i = 0; i < crops.count; i++)
		read_cut(&crops.cut[i]);
	return 0;
}
