// SPDX-License-Identifier: Apache-2.0
/*
 * One thread runs the core, others help it to compute. It sleeps until a
 * doorbell rings, the broker wakes it, or the core's time has come.
 *
 * The guest's memory is reached through one mapping of the whole file, whose
 * size is sealed, and only after the address map has found every byte.
 */
#include "fs1-device/device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "fs1-device/inject.h"
#include "libfovea/log.h"
#include "npu-simd.h"
#include "threads.h"

#define NS_PER_S 1000000000ull
#define HOST_ALIGNMENT 64u
#define THREADS_MAX 64u

/* The doorbells, and the broker's. */
#define DEVICE_POLLS (IVSHMEM_VECTORS_MAX + 1u)

/**
 * struct device - the process
 * @config: what it is made of
 * @fs1: the core
 * @threads: that compute
 * @memory: the guest's, all of it
 * @memory_size: bytes
 * @inject: what it does wrong
 * @polls: what wakes it
 */
struct device {
	struct device_config config;
	struct fs1_device *fs1;
	struct libfs1_threads *threads;
	uint8_t *memory;
	size_t memory_size;
	struct inject inject;
	struct pollfd polls[DEVICE_POLLS];
};

/* ------------------------------------------------------------------------
 * What the core needs of its host
 */

static void *device_host_alloc(void *host, size_t size)
{
	size_t rounded = (size + HOST_ALIGNMENT - 1) & ~(HOST_ALIGNMENT - 1ul);
	void *memory;

	(void)host;
	if (rounded < size)
		return NULL;
	memory = aligned_alloc(HOST_ALIGNMENT, rounded);
	if (memory)
		memset(memory, 0, rounded);
	return memory;
}

static void device_host_free(void *host, void *memory)
{
	(void)host;
	free(memory);
}

static fs1_u64 device_host_now(void *host)
{
	struct timespec now;

	(void)host;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void *device_host_map(void *host, fs1_u64 address, fs1_u32 length,
			     bool write)
{
	struct device *device = host;
	uint64_t offset;

	(void)write;
	if (!address_map_find(&device->config.map, address, length, &offset))
		return NULL;
	return device->memory + offset;
}

/* The mapping of the file stays. */
static void device_host_unmap(void *host, fs1_u64 address, fs1_u32 length,
			      void *memory)
{
	(void)host;
	(void)address;
	(void)length;
	(void)memory;
}

/* A counter that is full has interrupts enough. */
static void device_signal(void *host, unsigned int vector)
{
	struct device *device = host;
	const uint64_t one = 1;

	if (vector >= device->config.ivshmem.vectors)
		return;
	if (write(device->config.ivshmem.interrupts[vector], &one,
		  sizeof(one)) == sizeof(one))
		shared_count(&device->config.shared->interrupts);
}

static void device_host_interrupt(void *host, unsigned int vector)
{
	struct device *device = host;

	if (!device->inject.losing)
		device_signal(host, vector);
}

static void device_host_parallel(void *host,
				 void (*function)(void *argument,
						  unsigned int index),
				 void *argument, unsigned int count)
{
	struct device *device = host;

	libfs1_threads_run(device->threads, function, argument, count);
}

static enum fs1_verdict device_host_completion(void *host, unsigned int queue,
					       struct fs1_cqe *cqe)
{
	struct device *device = host;

	return inject_completion(&device->inject, device_host_now(host), queue,
				 cqe);
}

static const struct fs1_host_ops device_host_ops = {
	.alloc = device_host_alloc,
	.free = device_host_free,
	.now = device_host_now,
	.map = device_host_map,
	.unmap = device_host_unmap,
	.interrupt = device_host_interrupt,
	.parallel = device_host_parallel,
	.completion = device_host_completion,
};

/* ------------------------------------------------------------------------
 * Coming to life
 */

static int device_compare_fds(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Of the broker's files the device keeps what it needs to run, no more. */
static int device_close_others(const struct device *device)
{
	const struct ivshmem *ivshmem = &device->config.ivshmem;
	int keep[3 + 2 * IVSHMEM_VECTORS_MAX], next = 0;
	unsigned int count = 0;

	keep[count++] = STDERR_FILENO;
	keep[count++] = device->config.wake;
	if (light_taken_fd(device->config.light) >= 0)
		keep[count++] = light_taken_fd(device->config.light);
	for (unsigned int i = 0; i < ivshmem->vectors; i++) {
		keep[count++] = ivshmem->doorbells[i];
		keep[count++] = ivshmem->interrupts[i];
	}
	qsort(keep, count, sizeof(*keep), device_compare_fds);
	for (unsigned int i = 0; i < count; i++) {
		if (keep[i] > next &&
		    close_range((unsigned int)next, (unsigned int)keep[i] - 1, 0) < 0)
			return -errno;
		next = keep[i] + 1;
	}
	if (close_range((unsigned int)next, ~0u, 0) < 0)
		return -errno;
	/* Nothing that is opened later may take these numbers. */
	if (open("/dev/null", O_RDWR) != STDIN_FILENO ||
	    dup(STDIN_FILENO) != STDOUT_FILENO)
		return -EBADF;
	return 0;
}

static unsigned int device_processors(void)
{
	cpu_set_t set;
	int count = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		count = CPU_COUNT(&set);
	return (unsigned int)count > THREADS_MAX ? THREADS_MAX :
						   (unsigned int)count;
}

static int device_map_memory(struct device *device)
{
	const struct address_map *map = &device->config.map;
	void *memory;

	for (unsigned int i = 0; i < map->count; i++)
		device->memory_size += map->ranges[i].size;
	memory = mmap(NULL, device->memory_size, PROT_READ | PROT_WRITE,
		      MAP_SHARED, device->config.ram, 0);
	if (memory == MAP_FAILED)
		return -errno;
	device->memory = memory;
	return 0;
}

static int device_create(struct device *device)
{
	const struct device_config *config = &device->config;
	struct fs1_registers *registers = config->registers;
	const struct fs1_device_config core = {
		.registers = registers,
		.epoch = config->epoch,
		.generation = config->generation,
		.capabilities = FS1_CAP_SCENE | FS1_CAP_NPU,
		.seed = config->seed,
		.slices = libfs1_threads_count(device->threads),
		.unpaced = config->unpaced,
		.frame_counter = &config->shared->frame_counter,
		.serial = "emulated",
		.npu = libfs1_npu_best(),
	};

	device->fs1 = fs1_device_create(&device_host_ops, device, &core);
	if (!device->fs1)
		return -ENOMEM;
	fs1_store_release(&registers->version,
			  fs1_cpu_to_le32(config->version));
	return 0;
}

static void device_prepare_polls(struct device *device)
{
	const struct ivshmem *ivshmem = &device->config.ivshmem;

	for (unsigned int i = 0; i < DEVICE_POLLS; i++)
		device->polls[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	for (unsigned int i = 0; i < ivshmem->vectors; i++)
		device->polls[i].fd = ivshmem->doorbells[i];
	device->polls[IVSHMEM_VECTORS_MAX].fd = device->config.wake;
}

/* ------------------------------------------------------------------------
 * Running
 */

/* A step of the core. Ids that ENABLE skips aren't frames. */
static uint64_t device_run_core(struct device *device)
{
	const struct device_config *config = &device->config;
	uint64_t *counter = &config->shared->frame_counter;
	bool ready = config->registers->status == fs1_cpu_to_le32(FS1_STATUS_READY);
	uint64_t before = *counter;
	uint64_t until = fs1_device_run(device->fs1);

	if (ready)
		__atomic_fetch_add(&config->shared->frames, *counter - before,
				   __ATOMIC_RELAXED);
	return until;
}

/* When to take the next step; 0: at once. */
static uint64_t device_step(struct device *device)
{
	struct inject *inject = &device->inject;
	uint64_t until;

	until = inject_before(inject, device_host_now(device));
	if (until)
		return until;
	light_show(device->config.light, device->fs1,
		   device->config.shared->frame_counter);
	until = device_run_core(device);
	return inject_after(inject, device->fs1, device_host_now(device),
			    until);
}

static void device_sleep(struct device *device, uint64_t until)
{
	uint64_t now = device_host_now(device), left, counter;
	struct timespec timeout = { 0 };

	left = until > now ? until - now : 0;
	timeout.tv_sec = (time_t)(left / NS_PER_S);
	timeout.tv_nsec = (long)(left % NS_PER_S);
	if (ppoll(device->polls, DEVICE_POLLS,
		  until == FS1_NEVER ? NULL : &timeout, NULL) <= 0)
		return;
	/* Before the next step: what is rung after it is seen after that. */
	for (unsigned int i = 0; i < DEVICE_POLLS; i++)
		if (device->polls[i].revents &&
		    read(device->polls[i].fd, &counter, sizeof(counter)) < 0)
			continue;
}

int device_run(const struct device_config *config)
{
	struct device device = { .config = *config };
	unsigned int threads = config->threads;
	uint64_t until;
	int r;

	device.inject = (struct inject){
		.table = &config->shared->faults,
		.registers = config->registers,
		.interrupt = device_signal,
		.host = &device,
	};
	/* Frames start when they are due, not up to 50 us later. */
	(void)prctl(PR_SET_TIMERSLACK, 1ul);
	r = device_map_memory(&device);
	if (r == 0)
		r = device_close_others(&device);
	if (r == 0)
		r = libfs1_threads_new(&device.threads,
				       threads ? threads : device_processors());
	if (r == 0)
		r = device_create(&device);
	if (r < 0)
		return r;
	device_prepare_polls(&device);
	for (;;) {
		until = device_step(&device);
		if (until)
			device_sleep(&device, until);
	}
}
