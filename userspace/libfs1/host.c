// SPDX-License-Identifier: Apache-2.0
/*
 * The core's host in a userspace process. Its bus knows only the regions that
 * were registered, so a wrong address is an error and never an access.
 */
#include "libfs1.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "threads.h"

/* What alloc() promises to the core. */
#define LIBFS1_ALIGNMENT 64u

/**
 * struct libfs1_region - memory on the bus
 * @mappings: the device holds in it
 */
struct libfs1_region {
	uint64_t address;
	uint8_t *memory;
	size_t length;
	size_t mappings;
	bool writable;
};

/**
 * struct libfs1_host - all of it belongs to the thread that uses the host
 * @regions: sorted by address, never overlapping
 */
struct libfs1_host {
	struct libfs1_threads *threads;
	struct libfs1_region regions[LIBFS1_REGIONS_MAX];
	size_t region_count;
	size_t mappings;
	uint64_t (*now)(void *argument);
	void *now_argument;
	void (*interrupt)(void *argument, unsigned int vector);
	void *interrupt_argument;
	enum fs1_verdict (*completion)(void *argument, unsigned int queue,
				       struct fs1_cqe *cqe);
	void *completion_argument;
};

static uint64_t libfs1_monotonic(void *argument)
{
	struct timespec now;

	(void)argument;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static unsigned int libfs1_processors(void)
{
	cpu_set_t set;
	int count;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	count = CPU_COUNT(&set);
	if (count < 1)
		return 1;
	return (unsigned int)count > LIBFS1_THREADS_MAX ? LIBFS1_THREADS_MAX :
							  (unsigned int)count;
}

int libfs1_host_new(struct libfs1_host **ret_host, unsigned int threads)
{
	struct libfs1_host *host;
	int r;

	if (threads > LIBFS1_THREADS_MAX)
		return -EINVAL;
	host = calloc(1, sizeof(*host));
	if (!host)
		return -ENOMEM;
	r = libfs1_threads_new(&host->threads,
			       threads ? threads : libfs1_processors());
	if (r < 0) {
		free(host);
		return r;
	}
	host->now = libfs1_monotonic;
	*ret_host = host;
	return 0;
}

struct libfs1_host *libfs1_host_free(struct libfs1_host *host)
{
	if (!host)
		return NULL;
	libfs1_threads_free(host->threads);
	free(host);
	return NULL;
}

unsigned int libfs1_host_threads(const struct libfs1_host *host)
{
	return libfs1_threads_count(host->threads);
}

/* Index of the first region that ends behind @address. */
static size_t libfs1_host_find(const struct libfs1_host *host, uint64_t address)
{
	size_t low = 0, high = host->region_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct libfs1_region *region = &host->regions[middle];

		if (region->address + (region->length - 1) < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int libfs1_host_add_region(struct libfs1_host *host, uint64_t address,
			   void *memory, size_t length, bool writable)
{
	struct libfs1_region *region;
	size_t index;

	if (!length || address + (length - 1) < address)
		return -EINVAL;
	if (host->region_count == LIBFS1_REGIONS_MAX)
		return -ENOSPC;
	index = libfs1_host_find(host, address);
	region = &host->regions[index];
	if (index < host->region_count &&
	    region->address <= address + (length - 1))
		return -EEXIST;
	memmove(region + 1, region,
		(host->region_count - index) * sizeof(*region));
	*region = (struct libfs1_region){
		.address = address,
		.memory = memory,
		.length = length,
		.writable = writable,
	};
	host->region_count++;
	return 0;
}

int libfs1_host_remove_region(struct libfs1_host *host, uint64_t address)
{
	size_t index = libfs1_host_find(host, address);
	struct libfs1_region *region = &host->regions[index];

	if (index == host->region_count || region->address != address)
		return -ENOENT;
	if (region->mappings)
		return -EBUSY;
	host->region_count--;
	memmove(region, region + 1,
		(host->region_count - index) * sizeof(*region));
	return 0;
}

size_t libfs1_host_mappings(const struct libfs1_host *host)
{
	return host->mappings;
}

void libfs1_host_set_clock(struct libfs1_host *host,
			   uint64_t (*now)(void *argument), void *argument)
{
	host->now = now;
	host->now_argument = argument;
}

void libfs1_host_set_interrupt(struct libfs1_host *host,
			       void (*interrupt)(void *argument,
						 unsigned int vector),
			       void *argument)
{
	host->interrupt = interrupt;
	host->interrupt_argument = argument;
}

void libfs1_host_set_completion(struct libfs1_host *host,
				enum fs1_verdict (*completion)(void *argument,
							       unsigned int queue,
							       struct fs1_cqe *cqe),
				void *argument)
{
	host->completion = completion;
	host->completion_argument = argument;
}

/* ------------------------------------------------------------------------
 * struct fs1_host_ops
 */

static void *libfs1_op_alloc(void *data, size_t size)
{
	size_t rounded = (size + LIBFS1_ALIGNMENT - 1) / LIBFS1_ALIGNMENT *
			 LIBFS1_ALIGNMENT;
	void *memory;

	(void)data;
	if (rounded < size)
		return NULL;
	memory = aligned_alloc(LIBFS1_ALIGNMENT, rounded);
	if (memory)
		memset(memory, 0, rounded);
	return memory;
}

static void libfs1_op_free(void *data, void *memory)
{
	(void)data;
	free(memory);
}

static fs1_u64 libfs1_op_now(void *data)
{
	const struct libfs1_host *host = data;

	return host->now(host->now_argument);
}

static void *libfs1_op_map(void *data, fs1_u64 address, fs1_u32 length,
			   bool write)
{
	struct libfs1_host *host = data;
	size_t index = libfs1_host_find(host, address);
	struct libfs1_region *region = &host->regions[index];
	size_t skip;

	if (index == host->region_count || address < region->address)
		return NULL;
	skip = (size_t)(address - region->address);
	if (length > region->length - skip || (write && !region->writable))
		return NULL;
	region->mappings++;
	host->mappings++;
	return region->memory + skip;
}

static void libfs1_op_unmap(void *data, fs1_u64 address, fs1_u32 length,
			    void *memory)
{
	struct libfs1_host *host = data;

	(void)length;
	(void)memory;
	host->regions[libfs1_host_find(host, address)].mappings--;
	host->mappings--;
}

static void libfs1_op_interrupt(void *data, unsigned int vector)
{
	const struct libfs1_host *host = data;

	if (host->interrupt)
		host->interrupt(host->interrupt_argument, vector);
}

static enum fs1_verdict libfs1_op_completion(void *data, unsigned int queue,
					     struct fs1_cqe *cqe)
{
	const struct libfs1_host *host = data;

	if (!host->completion)
		return FS1_POST;
	return host->completion(host->completion_argument, queue, cqe);
}

static void libfs1_op_parallel(void *data,
			       void (*function)(void *argument,
						unsigned int index),
			       void *argument, unsigned int count)
{
	const struct libfs1_host *host = data;

	libfs1_threads_run(host->threads, function, argument, count);
}

const struct fs1_host_ops *libfs1_host_ops(void)
{
	static const struct fs1_host_ops ops = {
		.alloc = libfs1_op_alloc,
		.free = libfs1_op_free,
		.now = libfs1_op_now,
		.map = libfs1_op_map,
		.unmap = libfs1_op_unmap,
		.interrupt = libfs1_op_interrupt,
		.parallel = libfs1_op_parallel,
		.completion = libfs1_op_completion,
	};

	return &ops;
}
