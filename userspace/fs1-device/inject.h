/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits the faults that are armed: stands between the core and the driver,
 * and between the core and time.
 */
#ifndef FS1_DEVICE_INJECT_H
#define FS1_DEVICE_INJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "fs1-device/fault.h"
#include "fs1.h"

#define INJECT_DELAYED_MAX 64u

/** struct inject_delayed - a completion that is held back until @due, ns */
struct inject_delayed {
	uint64_t due;
	unsigned int queue;
	struct fs1_cqe cqe;
};

/**
 * struct inject - the faults under way; all times in ns of CLOCK_MONOTONIC
 * @table: what is armed
 * @registers: the register file
 * @interrupt: raises a vector, with @host
 * @host: for @interrupt
 * @stalled_until: the device does nothing before; 0: it isn't stalled
 * @storming_until: it raises @storm_vectors all the time
 * @storm_next: when next
 * @storm_vectors: set
 * @wedged: it beats its heart and does nothing else
 * @beat: when it did last
 * @garbage: the registers hold garbage while it is stalled
 * @kept: what they will hold again
 * @losing: interrupts are lost until the core's step is over
 * @delayed: held back, in no order
 * @delayed_count: how many
 */
struct inject {
	struct fault_table *table;
	struct fs1_registers *registers;
	void (*interrupt)(void *host, unsigned int vector);
	void *host;
	uint64_t stalled_until;
	uint64_t storming_until;
	uint64_t storm_next;
	uint32_t storm_vectors;
	bool wedged;
	uint64_t beat;
	bool garbage;
	fs1_u8 kept[offsetof(struct fs1_registers, control)];
	bool losing;
	struct inject_delayed delayed[INJECT_DELAYED_MAX];
	unsigned int delayed_count;
};

/** inject_completion() - for struct fs1_host_ops.completion; @now in ns */
enum fs1_verdict inject_completion(struct inject *inject, uint64_t now,
				   unsigned int queue, struct fs1_cqe *cqe);

/**
 * inject_before() - before the core's next step
 * @inject: the faults
 * @now: ns
 *
 * Return: 0, or the time before which the core must not take it.
 */
uint64_t inject_before(struct inject *inject, uint64_t now);

/**
 * inject_after() - after the core's step
 * @inject: the faults
 * @device: the core
 * @now: ns
 * @until: when the core wants its next step
 *
 * Return: when the faults want it, if earlier; else @until.
 */
uint64_t inject_after(struct inject *inject, struct fs1_device *device,
		      uint64_t now, uint64_t until);

#endif /* FS1_DEVICE_INJECT_H */
