/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to compute a network with vector instructions. All give the bytes that plain C
 * gives.
 */
#ifndef LIBFS1_NPU_SIMD_H
#define LIBFS1_NPU_SIMD_H

#include "fs1-network.h"

/** libfs1_npu_avx2() - with AVX2; NULL: this processor has none */
const struct fs1_npu *libfs1_npu_avx2(void);

#endif /* LIBFS1_NPU_SIMD_H */
