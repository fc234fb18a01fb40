// SPDX-License-Identifier: Apache-2.0
/*
 * Metadata buffers: what fovea_meta_init() lets pass can be walked and read.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "libfovea/meta.h"

static struct {
	struct fovea_meta_header header;
	struct fovea_meta_timing timing;
	struct fovea_meta_block unknown;
	struct fovea_meta_sharpness sharpness;
} seed;

const struct fuzz_seed fuzz_seeds[] = {
	{ &seed, sizeof(seed) },
	{ 0 },
};

__attribute__((constructor))
static void fill_seed(void)
{
	seed.header = (struct fovea_meta_header){
		.magic = htole32(FOVEA_META_MAGIC),
		.version = htole16(FOVEA_META_VERSION),
		.header_size = htole16(sizeof(seed.header)),
		.total_size = htole32(sizeof(seed)),
		.block_count = htole32(3),
	};
	seed.timing.block = (struct fovea_meta_block){
		htole16(FOVEA_META_TIMING), 0, htole32(sizeof(seed.timing)),
	};
	seed.unknown = (struct fovea_meta_block){ htole16(99), 0, htole32(8) };
	seed.sharpness.block = (struct fovea_meta_block){
		htole16(FOVEA_META_SHARPNESS), 0,
		htole32(sizeof(seed.sharpness)),
	};
}

static uint64_t add_up(const uint8_t *bytes, size_t size)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += bytes[i];
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fovea_meta_block *block = NULL;
	struct fovea_meta meta;
	uint64_t sum = 0;
	uint32_t count = 0;

	if (fovea_meta_init(&meta, data, size) < 0)
		return 0;
	while ((block = fovea_meta_next(&meta, block))) {
		sum += add_up((const uint8_t *)block, le32toh(block->size));
		count++;
	}
	if (count != meta.blocks || sum > 255 * size)
		abort();
	block = fovea_meta_find(&meta, FOVEA_META_ZONES,
				sizeof(struct fovea_meta_zones));
	if (block)
		(void)add_up((const uint8_t *)block,
			     sizeof(struct fovea_meta_zones));
	return 0;
}
