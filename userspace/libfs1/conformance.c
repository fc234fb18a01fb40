// SPDX-License-Identifier: Apache-2.0
/*
 * A bench for the conformance suite: a device, its memory, and time.
 */
#include "libfs1-conformance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* When the bench was set up, ns; and how far the device's clock is ahead. */
#define BENCH_START 1000000000000u
#define BENCH_SKEW 123456789012u

#define BENCH_EPOCH 0x65000000u
#define BENCH_ALIGNMENT 4096u

/* What a step of the device's takes, ns. */
#define BENCH_STEP 1000u

struct bench {
	struct libfs1_host *host;
	struct fs1_device *device;
	struct fs1_registers *registers;
	const struct libfs1_conformance_config *config;
	uint64_t now;
	uint32_t raised;
};

static uint64_t bench_device_now(void *argument)
{
	const struct bench *bench = argument;

	return bench->now + (bench->config->capabilities & FS1_CAP_HOST_CLOCK ?
			     0 : BENCH_SKEW);
}

static void bench_interrupt(void *argument, unsigned int vector)
{
	struct bench *bench = argument;

	bench->raised |= 1u << vector;
}

static fs1_u32 bench_read(void *dut, fs1_u32 offset)
{
	const struct bench *bench = dut;
	const uint8_t *registers = (const uint8_t *)bench->registers;

	return fs1_le32_to_cpu(fs1_load_acquire((const fs1_le32 *)
						(const void *)(registers + offset)));
}

static void bench_write(void *dut, fs1_u32 offset, fs1_u32 value)
{
	struct bench *bench = dut;
	uint8_t *registers = (uint8_t *)bench->registers;

	fs1_store_release((fs1_le32 *)(void *)(registers + offset),
			  fs1_cpu_to_le32(value));
}

/* The device runs while the suite waits; it will look at all queues. */
static void bench_doorbell(void *dut, unsigned int queue)
{
	(void)dut;
	(void)queue;
}

static fs1_u32 bench_wait(void *dut, fs1_u32 vectors, fs1_u64 timeout)
{
	struct bench *bench = dut;
	uint64_t deadline = bench->now + timeout;

	for (;;) {
		uint64_t next = fs1_device_run(bench->device);
		uint32_t raised = bench->raised & vectors;

		bench->now += BENCH_STEP;
		if (raised) {
			bench->raised &= ~raised;
			return raised;
		}
		if (!next)
			continue;
		next -= next == FS1_NEVER ? 0 :
			bench_device_now(bench) - bench->now;
		if (bench->now >= deadline)
			return 0;
		bench->now = next < deadline ? next : deadline;
	}
}

static void *bench_alloc(void *dut, size_t size, fs1_u64 *ret_address)
{
	struct bench *bench = dut;
	size_t rounded = (size + BENCH_ALIGNMENT - 1) / BENCH_ALIGNMENT *
			 BENCH_ALIGNMENT;
	void *memory = aligned_alloc(BENCH_ALIGNMENT, rounded);

	if (!memory)
		return NULL;
	memset(memory, 0, rounded);
	*ret_address = (uintptr_t)memory;
	if (libfs1_host_add_region(bench->host, *ret_address, memory, size,
				   true) < 0) {
		free(memory);
		return NULL;
	}
	return memory;
}

static void bench_free(void *dut, size_t size, void *memory, fs1_u64 address)
{
	struct bench *bench = dut;

	(void)size;
	libfs1_host_remove_region(bench->host, address);
	free(memory);
}

static fs1_u64 bench_now(void *dut)
{
	const struct bench *bench = dut;

	return bench->now;
}

static void bench_report(void *dut, const char *line)
{
	const struct bench *bench = dut;

	if (bench->config->report)
		bench->config->report(bench->config->argument, line);
}

static int bench_build(struct bench *bench)
{
	struct fs1_device_config config = {
		.epoch = BENCH_EPOCH,
		.generation = 1,
		.capabilities = bench->config->capabilities,
		.slices = 1,
		.unpaced = bench->config->unpaced,
		.serial = "conformance",
	};
	int r;

	bench->registers = aligned_alloc(sizeof(*bench->registers),
					 sizeof(*bench->registers));
	if (!bench->registers)
		return -ENOMEM;
	memset(bench->registers, 0, sizeof(*bench->registers));
	config.registers = bench->registers;
	r = libfs1_host_new(&bench->host, 1);
	if (r < 0)
		return r;
	libfs1_host_set_clock(bench->host, bench_device_now, bench);
	libfs1_host_set_interrupt(bench->host, bench_interrupt, bench);
	libfs1_host_set_completion(bench->host, bench->config->completion,
				   bench->config->argument);
	bench->device = fs1_device_create(libfs1_host_ops(), bench->host,
					  &config);
	return bench->device ? 0 : -EINVAL;
}

int libfs1_conformance(const struct libfs1_conformance_config *config,
		       struct fs1_conformance_result *ret_result)
{
	struct fs1_conformance_ops ops = {
		.read = bench_read,
		.write = bench_write,
		.doorbell = bench_doorbell,
		.wait = bench_wait,
		.alloc = bench_alloc,
		.free = bench_free,
		.now = bench_now,
		.report = bench_report,
		.vectors = config->vectors ? config->vectors : FS1_QUEUES,
	};
	struct bench bench = { .config = config, .now = BENCH_START };
	fs1_u64 workspace[FS1_CONFORMANCE_WORKSPACE / sizeof(fs1_u64)];
	int r;

	if (ops.vectors > FS1_QUEUES)
		return -EINVAL;
	r = bench_build(&bench);
	ops.workspace = workspace;
	if (!r)
		fs1_conformance_run(&ops, &bench, config->wanted,
				    config->argument, ret_result);
	fs1_device_destroy(bench.device);
	libfs1_host_free(bench.host);
	free(bench.registers);
	return r;
}
