/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The host's functions with the checks and ordering that every caller in the
 * core needs. Private to the core.
 */
#ifndef FS1_HOST_H
#define FS1_HOST_H

#include "fs1.h"

/** struct fs1_host - who hosts the device, as given to fs1_device_create() */
struct fs1_host {
	const struct fs1_host_ops *ops;
	void *data;
};

static inline void *fs1_host_alloc(const struct fs1_host *host, size_t size)
{
	return host->ops->alloc(host->data, size);
}

static inline void fs1_host_free(const struct fs1_host *host, void *memory)
{
	if (memory)
		host->ops->free(host->data, memory);
}

static inline fs1_u64 fs1_host_now(const struct fs1_host *host)
{
	return host->ops->now(host->data);
}

/*
 * Both sides may be hostile: no range that wraps around the address space is
 * ever shown to the host.
 */
static inline void *fs1_host_map(const struct fs1_host *host, fs1_u64 address,
				 fs1_u32 length, bool write)
{
	if (!length || address + (length - 1) < address)
		return NULL;
	return host->ops->map(host->data, address, length, write);
}

static inline void fs1_host_unmap(const struct fs1_host *host, fs1_u64 address,
				  fs1_u32 length, void *memory)
{
	host->ops->unmap(host->data, address, length, memory);
}

/*
 * Takes one copy of what the other side may change at any moment. What was
 * checked afterwards is what will be used: the compiler can't go back to
 * @from behind the barrier.
 */
static inline void fs1_copy_in(void *to, const void *from, size_t length)
{
	memcpy(to, from, length);
	__asm__ __volatile__("" : : : "memory");
}

#endif /* FS1_HOST_H */
