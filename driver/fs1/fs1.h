/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The FS-1 as its host sees it: what a kernel module, a process behind a PCIe
 * bus or a library must provide to run the functional core, and how it runs
 * it. The core itself touches nothing but what is passed in here.
 */
#ifndef FS1_H
#define FS1_H

#include "fs1-abi.h"

struct fs1_device;
struct fs1_npu;

#define FS1_NEVER ((fs1_u64)-1)

/**
 * enum fs1_verdict - what becomes of a completion or event
 * @FS1_POST: it is written to the ring
 * @FS1_POST_TWICE: likewise, and once more where there is room
 * @FS1_DROP: it isn't
 */
enum fs1_verdict {
	FS1_POST,
	FS1_POST_TWICE,
	FS1_DROP,
};

/**
 * struct fs1_host_ops - what the core needs from whoever hosts it
 *
 * All are called from the thread that calls fs1_device_run() (or create and
 * destroy), and may sleep. @host is the pointer given to fs1_device_create().
 *
 * @alloc: @size zeroed bytes, aligned for any type and at least 64; NULL when
 *	there is no memory. Called when the configuration changes, or the light
 *	or crops are larger than any before, never per frame.
 * @free: gives back what @alloc returned; NULL is allowed.
 * @now: CLOCK_MONOTONIC in ns.
 * @map: makes @length bytes at bus address @address readable (@write false)
 *	or writable (@write true) by the core until the matching @unmap. NULL
 *	when any byte of the range isn't the driver's to give: the core answers
 *	FS1_BAD_ADDRESS. A mapping stays valid until @unmap, or the host waits
 *	for it before it lets the memory go.
 * @unmap: ends a mapping; same @address, @length and pointer as @map.
 * @interrupt: completions wait in the ring served by @vector.
 * @parallel: calls @function(@argument, i) for each i below @count, in any
 *	order, on several processors if it likes, and returns when all are
 *	done. NULL: the core loops.
 * @completion: for hosts that make a device misbehave on purpose: sees each
 *	completion and event of @queue before it is written, may change all of
 *	it (the phase bit included, which is already right), and says what
 *	becomes of it. Must not call back into the device. NULL: all are posted
 *	as they are.
 */
struct fs1_host_ops {
	void *(*alloc)(void *host, size_t size);
	void (*free)(void *host, void *memory);
	fs1_u64 (*now)(void *host);
	void *(*map)(void *host, fs1_u64 address, fs1_u32 length, bool write);
	void (*unmap)(void *host, fs1_u64 address, fs1_u32 length, void *memory);
	void (*interrupt)(void *host, unsigned int vector);
	void (*parallel)(void *host, void (*function)(void *argument, unsigned int index),
			 void *argument, unsigned int count);
	enum fs1_verdict (*completion)(void *host, unsigned int queue,
				       struct fs1_cqe *cqe);
};

/**
 * struct fs1_device_config - what is fixed for the life of a device
 * @registers: the register file, zeroed or left by an earlier device, one page,
 *	provided by the host so that it can stand in a BAR
 * @epoch: high half of the first frame id; seconds of CLOCK_REALTIME
 * @generation: of this start of the device; the host counts them
 * @capabilities: FS1_CAP_*
 * @seed: initial seed of the noise generator
 * @slices: pieces a step is split into for @parallel; 1 to 64, usually the
 *	number of processors
 * @unpaced: start each frame as soon as every started capture stream has a
 *	buffer (benchmarks, tests)
 * @frame_counter: where the device keeps the id of its next frame; a host that
 *	outlives the device keeps it for the next one, so that ids never come
 *	back. 0 there means that none was given yet: the device begins with
 *	@epoch. NULL: the device keeps it for itself.
 * @serial: NUL-terminated, at most 31 bytes
 * @npu: how networks are computed, with FS1_CAP_NPU; must outlive the device; NULL:
 *	without vector instructions
 */
struct fs1_device_config {
	struct fs1_registers *registers;
	fs1_u32 epoch;
	fs1_u32 generation;
	fs1_u32 capabilities;
	fs1_u32 seed;
	fs1_u32 slices;
	bool unpaced;
	fs1_u64 *frame_counter;
	const char *serial;
	const struct fs1_npu *npu;
};

/**
 * fs1_device_create() - bring a device to life: registers filled, not READY
 *
 * Where ENABLE is set already, an earlier device was lost: the new one is
 * FAILED, raises the admin vector with the first fs1_device_run(), and waits
 * for ENABLE 0 -> 1 as after any failure. All but @generation and what the
 * driver writes is as if the registers had been zero.
 *
 * @ops: the host's functions; must outlive the device
 * @host: passed back to each of them
 * @config: copied, but for @config->registers
 *
 * Return: the device, or NULL when there is no memory or @config is out of
 * range. Give it back with fs1_device_destroy().
 */
struct fs1_device *fs1_device_create(const struct fs1_host_ops *ops, void *host,
				     const struct fs1_device_config *config);

/**
 * fs1_device_run() - do a bounded piece of work
 * @device: the device
 *
 * Reads the registers and rings, answers commands, starts a frame when it is
 * due, computes a slice of the frame in progress. Call it from one thread:
 * at once when it returns 0; when the clock reaches the time it returns; and
 * whenever a doorbell was rung or the control register written. A command
 * that arrives while a frame is being computed is answered after at most one
 * slice (64 lines of the array mode).
 *
 * Return: 0 for "more to do now", an absolute time in ns, or FS1_NEVER.
 */
fs1_u64 fs1_device_run(struct fs1_device *device);

/**
 * fs1_device_destroy() - stop, unmap everything, free
 * @device: the device; NULL is allowed. What was submitted is not completed.
 */
void fs1_device_destroy(struct fs1_device *device);

/**
 * fs1_device_post() - write a completion that @completion had dropped
 * @device: the device
 * @queue: its queue
 * @cqe: what to write; the phase bit is put right
 *
 * For hosts that delay or repeat on purpose, between two calls of
 * fs1_device_run(); the next one raises the interrupt. Does not ask @completion
 * again.
 *
 * Return: false when the queue is closed, or has no room but what was promised
 * to submissions that were read.
 */
bool fs1_device_post(struct fs1_device *device, unsigned int queue,
		     const struct fs1_cqe *cqe);

/**
 * fs1_device_set_light() - what falls on the array where no scene frame does
 * @device: the device
 * @rgb: packed 8-bit R, G, B with the sRGB curve, tight; stays the host's, and
 *	must stay as it is until a later one was taken; NULL: the built-in chart
 * @width: FS1_SCENE_MIN to FS1_ARRAY_WIDTH
 * @height: FS1_SCENE_MIN to FS1_ARRAY_HEIGHT
 *
 * The next frame that somebody sees takes it. Where the scene stream gives the
 * light, it is taken after that has stopped.
 *
 * Return: false when the size is out of range; the light stays as it was.
 */
bool fs1_device_set_light(struct fs1_device *device, void *rgb, fs1_u32 width,
			  fs1_u32 height);

/** fs1_device_light_pending() - has no frame taken the light set last? */
bool fs1_device_light_pending(const struct fs1_device *device);

#endif /* FS1_H */
