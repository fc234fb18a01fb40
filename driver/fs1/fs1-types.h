/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The few types and primitives the FS-1 core needs, for the kernel and for
 * freestanding userspace C alike. Nothing else in this folder may look at
 * where it is being compiled.
 */
#ifndef FS1_TYPES_H
#define FS1_TYPES_H

#ifdef __KERNEL__

#include <linux/types.h>
#include <linux/build_bug.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>

typedef u8 fs1_u8;
typedef u16 fs1_u16;
typedef u32 fs1_u32;
typedef u64 fs1_u64;
typedef s16 fs1_s16;
typedef s32 fs1_s32;
typedef s64 fs1_s64;
typedef __le16 fs1_le16;
typedef __le32 fs1_le32;
typedef __le64 fs1_le64;

#define fs1_le16_to_cpu(x) le16_to_cpu(x)
#define fs1_le32_to_cpu(x) le32_to_cpu(x)
#define fs1_le64_to_cpu(x) le64_to_cpu(x)
#define fs1_cpu_to_le16(x) cpu_to_le16(x)
#define fs1_cpu_to_le32(x) cpu_to_le32(x)
#define fs1_cpu_to_le64(x) cpu_to_le64(x)

/* 64-bit division is a function call on 32-bit kernels. */
static inline fs1_u64 fs1_div64(fs1_u64 dividend, fs1_u64 divisor)
{
	return div64_u64(dividend, divisor);
}

#else

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t fs1_u8;
typedef uint16_t fs1_u16;
typedef uint32_t fs1_u32;
typedef uint64_t fs1_u64;
typedef int16_t fs1_s16;
typedef int32_t fs1_s32;
typedef int64_t fs1_s64;
typedef uint16_t fs1_le16;
typedef uint32_t fs1_le32;
typedef uint64_t fs1_le64;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define fs1_le16_to_cpu(x) ((fs1_u16)(x))
#define fs1_le32_to_cpu(x) ((fs1_u32)(x))
#define fs1_le64_to_cpu(x) ((fs1_u64)(x))
#else
#define fs1_le16_to_cpu(x) ((fs1_u16)__builtin_bswap16(x))
#define fs1_le32_to_cpu(x) ((fs1_u32)__builtin_bswap32(x))
#define fs1_le64_to_cpu(x) ((fs1_u64)__builtin_bswap64(x))
#endif
#define fs1_cpu_to_le16(x) fs1_le16_to_cpu(x)
#define fs1_cpu_to_le32(x) fs1_le32_to_cpu(x)
#define fs1_cpu_to_le64(x) fs1_le64_to_cpu(x)

#ifndef static_assert
#define static_assert _Static_assert
#endif

static inline fs1_u64 fs1_div64(fs1_u64 dividend, fs1_u64 divisor)
{
	return dividend / divisor;
}

#endif /* __KERNEL__ */

/*
 * Ordered access to words that the other side of the queues reads or writes
 * at any moment. Both sides of an in-kernel or a shared-memory FS-1 are CPUs,
 * so acquire and release are exactly what is needed.
 */
#ifdef __KERNEL__
/* Pairs with the release of the index or phase bit by the other side. */
#define fs1_load_acquire(pointer) smp_load_acquire(pointer)
/* Pairs with the acquire of the other side. */
#define fs1_store_release(pointer, value) smp_store_release(pointer, value)
#else
#define fs1_load_acquire(pointer) __atomic_load_n(pointer, __ATOMIC_ACQUIRE)
#define fs1_store_release(pointer, value) \
	__atomic_store_n(pointer, value, __ATOMIC_RELEASE)
#endif

/* Elements of an array. */
#define FS1_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif /* FS1_TYPES_H */
