/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What broker and device share beside the register file: memory that outlives
 * the device's process.
 */
#ifndef FS1_DEVICE_SHARED_H
#define FS1_DEVICE_SHARED_H

#include <stdint.h>

#include "fs1-device/fault.h"

/**
 * struct shared - all counts are since the broker's start
 * @frame_counter: id of the next frame, kept by the core
 * @frames: that started
 * @interrupts: that were raised
 * @faults: that are armed
 */
struct shared {
	uint64_t frame_counter;
	uint64_t frames;
	uint64_t interrupts;
	struct fault_table faults;
};

/** shared_count() - one more */
static inline void shared_count(uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/** shared_read() - a counter, from the other process */
static inline uint64_t shared_read(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

#endif /* FS1_DEVICE_SHARED_H */
