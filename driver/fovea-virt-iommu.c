// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bus address = handle << 32 | offset. A handle is looked up at each access,
 * so a wrong one can't hit foreign memory, and one that was removed hits none.
 *
 * Copyright The Fovea authors
 */
#include <linux/slab.h>

#include "fovea-virt-iommu.h"

struct fovea_virt_mapping {
	u8 *memory;
	u32 length;
	bool write;
	unsigned int users;
};

void fovea_virt_iommu_init(struct fovea_virt_iommu *iommu)
{
	xa_init_flags(&iommu->mappings, XA_FLAGS_ALLOC1);
	iommu->next = 1;
	init_waitqueue_head(&iommu->idle);
}

void fovea_virt_iommu_destroy(struct fovea_virt_iommu *iommu)
{
	WARN_ON(!xa_empty(&iommu->mappings));
	xa_destroy(&iommu->mappings);
}

int fovea_virt_iommu_add(struct fovea_virt_iommu *iommu, void *memory,
			 u32 length, bool write, u64 *ret_address)
{
	struct fovea_virt_mapping *mapping;
	u32 handle;
	int r;

	mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);
	if (!mapping)
		return -ENOMEM;
	mapping->memory = memory;
	mapping->length = length;
	mapping->write = write;
	r = xa_alloc_cyclic(&iommu->mappings, &handle, mapping, xa_limit_32b,
			    &iommu->next, GFP_KERNEL);
	if (r < 0) {
		kfree(mapping);
		return -ENOMEM;
	}
	*ret_address = (u64)handle << 32;
	return 0;
}

static bool fovea_virt_mapping_idle(struct fovea_virt_iommu *iommu,
				    const struct fovea_virt_mapping *mapping)
{
	bool idle;

	xa_lock(&iommu->mappings);
	idle = !mapping->users;
	xa_unlock(&iommu->mappings);
	return idle;
}

/* An address that is being removed is still found by put, never by get. */
void fovea_virt_iommu_remove(struct fovea_virt_iommu *iommu, u64 address)
{
	struct fovea_virt_mapping *mapping;
	u32 handle = address >> 32;

	xa_lock(&iommu->mappings);
	mapping = xa_load(&iommu->mappings, handle);
	if (mapping)
		mapping->length = 0;
	xa_unlock(&iommu->mappings);
	if (WARN_ON(!mapping))
		return;

	wait_event(iommu->idle, fovea_virt_mapping_idle(iommu, mapping));
	xa_erase(&iommu->mappings, handle);
	kfree(mapping);
}

void *fovea_virt_iommu_get(struct fovea_virt_iommu *iommu, u64 address,
			   u32 length, bool write)
{
	u32 offset = lower_32_bits(address);
	struct fovea_virt_mapping *mapping;
	void *memory = NULL;

	xa_lock(&iommu->mappings);
	mapping = xa_load(&iommu->mappings, address >> 32);
	if (mapping && offset < mapping->length &&
	    length <= mapping->length - offset &&
	    (mapping->write || !write)) {
		mapping->users++;
		memory = mapping->memory + offset;
	}
	xa_unlock(&iommu->mappings);
	return memory;
}

void fovea_virt_iommu_put(struct fovea_virt_iommu *iommu, u64 address)
{
	struct fovea_virt_mapping *mapping;

	xa_lock(&iommu->mappings);
	mapping = xa_load(&iommu->mappings, address >> 32);
	if (!WARN_ON(!mapping || !mapping->users)) {
		mapping->users--;
		if (!mapping->users)
			wake_up_all(&iommu->idle);
	}
	xa_unlock(&iommu->mappings);
}
