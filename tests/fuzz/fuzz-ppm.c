// SPDX-License-Identifier: Apache-2.0
/*
 * P6 pictures: what ppm_parse() lets pass has all the pixels it claims.
 */
#include <stdlib.h>

#include "foveactl/ppm.h"
#include "fuzz.h"

static const char seed[] = "P6 # comment\n2 2\n255\nabcdefghijkl";

const struct fuzz_seed fuzz_seeds[] = {
	{ seed, sizeof(seed) - 1 },
	{ 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ppm ppm;
	uint64_t sum = 0;
	size_t bytes;

	if (ppm_parse(&ppm, data, size) < 0)
		return 0;
	bytes = 3 * (size_t)ppm.width * ppm.height;
	for (size_t i = 0; i < bytes; i++)
		sum += ppm.pixels[i];
	if (sum > 255 * bytes)
		abort();
	return 0;
}
