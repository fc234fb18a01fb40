/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to compute a network with vector instructions. All give the bytes that plain C
 * gives, so a choice between them is one of speed alone.
 */
#ifndef LIBFS1_NPU_SIMD_H
#define LIBFS1_NPU_SIMD_H

#include "fs1-network.h"

/** libfs1_npu_best() - the fastest that this processor has; plain C if it must be */
const struct fs1_npu *libfs1_npu_best(void);

/**
 * libfs1_npu_at() - each way that this processor has, the best last
 * @index: from 0, which is plain C
 * @ret_name: how it is called: "plain", "packed", "avx2", "neon"; may be NULL
 *
 * Return: it, or NULL behind the last one.
 */
const struct fs1_npu *libfs1_npu_at(unsigned int index, const char **ret_name);

/* Private to those who choose. */

/** libfs1_npu_avx2() - with AVX2; NULL: this processor has none */
const struct fs1_npu *libfs1_npu_avx2(void);

/** libfs1_npu_neon() - with NEON and its dot product; NULL: likewise */
const struct fs1_npu *libfs1_npu_neon(void);

#endif /* LIBFS1_NPU_SIMD_H */
