/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Arithmetic that several parts of the pixel engine need: exactly defined in
 * integers, so that every host computes the same.
 */
#ifndef FS1_MATH_H
#define FS1_MATH_H

#include "fs1-types.h"

/** fs1_mix() - a well mixed 64-bit value of @value (a bijection) */
static inline fs1_u64 fs1_mix(fs1_u64 value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
	return value ^ (value >> 31);
}

/** fs1_log2() - binary logarithm of @value (not 0), Q16 */
fs1_u32 fs1_log2(fs1_u32 value);

/** fs1_exp2() - 2 to the power of -@power (Q16), Q24; 0 when too small */
fs1_u32 fs1_exp2(fs1_u32 power);

/**
 * fs1_tone() - the tone curve
 * @value: linear light, 0 to 4095
 * @gamma: times 100; 220 means the sRGB curve, others the power 100 / @gamma
 *
 * Return: 0 to 255, Q16.
 */
fs1_u32 fs1_tone(fs1_u32 value, fs1_u32 gamma);

/** fs1_linear: the sRGB curve backwards, 8 bit to linear light of 14 bits */
extern const fs1_u16 fs1_linear[256];

#endif /* FS1_MATH_H */
