// SPDX-License-Identifier: Apache-2.0
/*
 * Which instructions compute networks: the one place that chooses.
 */
#include "npu-simd.h"

/**
 * struct way - a way to compute
 * @name: for people
 * @npu: it, or NULL where the processor lacks the instructions
 */
struct way {
	const char *name;
	const struct fs1_npu *(*npu)(void);
};

static const struct fs1_npu *plain(void)
{
	return &fs1_npu_plain;
}

static const struct fs1_npu *packed(void)
{
	return &fs1_npu_packed;
}

/* Each is faster than those before it. */
static const struct way ways[] = {
	{ "plain", plain },
	{ "packed", packed },
	{ "avx2", libfs1_npu_avx2 },
	{ "neon", libfs1_npu_neon },
};

const struct fs1_npu *libfs1_npu_at(unsigned int index, const char **ret_name)
{
	const struct fs1_npu *npu;
	size_t i;

	for (i = 0; i < FS1_COUNT(ways); i++) {
		npu = ways[i].npu();
		if (!npu || index--)
			continue;
		if (ret_name)
			*ret_name = ways[i].name;
		return npu;
	}
	return NULL;
}

const struct fs1_npu *libfs1_npu_best(void)
{
	const struct fs1_npu *npu, *best = &fs1_npu_plain;
	unsigned int i;

	for (i = 0; (npu = libfs1_npu_at(i, NULL)); i++)
		best = npu;
	return best;
}
