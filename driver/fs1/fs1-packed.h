/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Several samples in one 64-bit word. The pixel path has to be fast where
 * there are no vector instructions (inside the kernel, and more so inside an
 * interpreted virtual machine), so it computes in packed words everywhere:
 *
 * - a *pixel word* holds red, green and blue in three lanes of 21 bits, so
 *   that one multiplication by a weight and one addition serve all three;
 * - a *quad word* holds four neighbouring samples of one colour plane in
 *   lanes of 16 bits, in memory order.
 *
 * All lanes are kept non-negative (by a bias where needed) and below the lane
 * width at every step, so nothing ever crosses a lane.
 */
#ifndef FS1_PACKED_H
#define FS1_PACKED_H

#include "fs1-types.h"

#define FS1_LANE_BITS 21

/* Pixel word with the same @value in all lanes. */
#define FS1_PIXEL(value) ((fs1_u64)(value) * 0x0000040000200001ull)
/* Quad word with the same @value in all lanes. */
#define FS1_QUAD(value) ((fs1_u64)(value) * 0x0001000100010001ull)

static inline fs1_u64 fs1_pixel(fs1_u32 red, fs1_u32 green, fs1_u32 blue)
{
	return (fs1_u64)red | (fs1_u64)green << FS1_LANE_BITS |
	       (fs1_u64)blue << (2 * FS1_LANE_BITS);
}

static inline fs1_u64 fs1_quad_load(const fs1_u16 *from)
{
	fs1_u64 quad;

	__builtin_memcpy(&quad, from, sizeof(quad));
	return quad;
}

static inline void fs1_quad_store(fs1_u16 *to, fs1_u64 quad)
{
	__builtin_memcpy(to, &quad, sizeof(quad));
}

/* Where sample @i of a quad word is: memory order is the processor's. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FS1_QUAD_SHIFT(i) (16 * (i))
#else
#define FS1_QUAD_SHIFT(i) (16 * (3 - (i)))
#endif

static inline fs1_u64 fs1_quad_get(fs1_u64 quad, fs1_u32 i)
{
	return (quad >> FS1_QUAD_SHIFT(i)) & 0xffff;
}

static inline fs1_u64 fs1_quad_of(fs1_u64 a, fs1_u64 b, fs1_u64 c, fs1_u64 d)
{
	return a << FS1_QUAD_SHIFT(0) | b << FS1_QUAD_SHIFT(1) |
	       c << FS1_QUAD_SHIFT(2) | d << FS1_QUAD_SHIFT(3);
}

#endif /* FS1_PACKED_H */
