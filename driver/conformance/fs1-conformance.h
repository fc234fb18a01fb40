/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Is this device an FS-1? A suite of checks for whoever builds one: it drives
 * the device through its registers and rings, and judges it by
 * Documentation/hardware/fs1.rst alone. Freestanding, so that it runs inside a
 * driver and inside a process; it needs what struct fs1_conformance_ops names.
 */
#ifndef FS1_CONFORMANCE_H
#define FS1_CONFORMANCE_H

#include "../fs1/fs1-abi.h"

#define FS1_CONFORMANCE_WORKSPACE 16384u

/**
 * struct fs1_conformance_ops - how the suite reaches the device
 *
 * All are called from the thread that runs the suite and may sleep. @dut is
 * the pointer given to fs1_conformance_run().
 *
 * @read: the 32-bit register at @offset; what the device has written to memory
 *	before it set the value is visible afterwards
 * @write: sets it; what was written to memory before is visible to a device
 *	that sees the value
 * @doorbell: rings, for @queue
 * @wait: waits at most @timeout ns, or until one of @vectors, a set, was raised
 *	since it was last returned; returns those that were, 0 for none. An
 *	empty set: sleeps
 * @alloc: @size zeroed bytes the device can reach, aligned to 64 or more; NULL
 *	when there is no memory
 * @free: gives them back
 * @now: a clock, ns
 * @over: optional; true when it makes no sense to go on: the device has left, or
 *	nobody wants to know
 * @report: prints a line of KTAP; no newline at its end
 * @workspace: FS1_CONFORMANCE_WORKSPACE bytes for what the suite remembers,
 *	aligned for anything, and not where the device can reach them
 * @vectors: how many there are, 1 to FS1_QUEUES
 */
struct fs1_conformance_ops {
	fs1_u32 (*read)(void *dut, fs1_u32 offset);
	void (*write)(void *dut, fs1_u32 offset, fs1_u32 value);
	void (*doorbell)(void *dut, unsigned int queue);
	fs1_u32 (*wait)(void *dut, fs1_u32 vectors, fs1_u64 timeout);
	void *(*alloc)(void *dut, size_t size, fs1_u64 *ret_address);
	void (*free)(void *dut, size_t size, void *memory, fs1_u64 address);
	fs1_u64 (*now)(void *dut);
	bool (*over)(void *dut);
	void (*report)(void *dut, const char *line);
	void *workspace;
	unsigned int vectors;
};

/**
 * struct fs1_conformance_result - how a run ended
 * @passed: checks
 * @failed: checks
 * @skipped: checks that need what the device doesn't have, or that came to
 *	nothing because it was over
 */
struct fs1_conformance_result {
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
};

/** fs1_conformance_count() - how many checks there are */
unsigned int fs1_conformance_count(void);

/**
 * fs1_conformance_name() - name of a check, "group.name"
 * @index: below fs1_conformance_count()
 * @ret_paragraph: the section of fs1.rst that it verifies; NULL: not wanted
 *
 * Return: the name; as the paragraph, a string that nobody frees.
 */
const char *fs1_conformance_name(unsigned int index, const char **ret_paragraph);

/**
 * fs1_conformance_run() - run checks, one after the other
 * @ops: how to reach the device
 * @dut: for @ops
 * @wanted: which; called with the index of each check and @argument; NULL: all
 * @argument: for @wanted
 * @ret_result: numbers
 *
 * The device is the suite's alone meanwhile. It is disabled before each check
 * and left disabled at the end.
 */
void fs1_conformance_run(const struct fs1_conformance_ops *ops, void *dut,
			 bool (*wanted)(void *argument, unsigned int index),
			 void *argument,
			 struct fs1_conformance_result *ret_result);

/**
 * fs1_conformance_rings() - frames through the image queue, and nothing else
 * @ops: how to reach the device
 * @dut: for @ops
 * @width: of the picture: raw where that is the size of a readout mode, else
 *	NV12
 * @height: likewise
 * @frames: how many
 * @ret_ns: how long they took, with four buffers
 *
 * The device is disabled at the beginning and at the end.
 *
 * Return: 0, or -1 after a report of what went wrong.
 */
int fs1_conformance_rings(const struct fs1_conformance_ops *ops, void *dut,
			  fs1_u32 width, fs1_u32 height, fs1_u32 frames,
			  fs1_u64 *ret_ns);

#endif /* FS1_CONFORMANCE_H */
