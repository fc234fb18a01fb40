/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small IOMMU for a device in the kernel: bus addresses that mean nothing
 * but what was mapped, with bounds, direction and an orderly end.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_VIRT_IOMMU_H
#define FOVEA_VIRT_IOMMU_H

#include <linux/types.h>
#include <linux/wait.h>
#include <linux/xarray.h>

/**
 * struct fovea_virt_iommu - the mappings of one device
 * @mappings: by handle; its lock protects the number of users of each
 * @next: handle to try first, so that an old address isn't used again soon
 * @idle: woken when a mapping has no user any more
 */
struct fovea_virt_iommu {
	struct xarray mappings;
	u32 next;
	wait_queue_head_t idle;
};

/**
 * fovea_virt_iommu_init() - no mappings
 * @iommu: any memory
 */
void fovea_virt_iommu_init(struct fovea_virt_iommu *iommu);

/**
 * fovea_virt_iommu_destroy() - the end
 * @iommu: without mappings
 */
void fovea_virt_iommu_destroy(struct fovea_virt_iommu *iommu);

/**
 * fovea_virt_iommu_add() - let the device reach memory
 * @iommu: the mappings
 * @memory: kernel address, the caller's
 * @length: bytes
 * @write: the device may write
 * @ret_address: bus address of the first byte
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_virt_iommu_add(struct fovea_virt_iommu *iommu, void *memory,
			 u32 length, bool write, u64 *ret_address);

/**
 * fovea_virt_iommu_remove() - let it no more
 * @iommu: the mappings
 * @address: from fovea_virt_iommu_add()
 *
 * Waits until the device has let go of the memory.
 */
void fovea_virt_iommu_remove(struct fovea_virt_iommu *iommu, u64 address);

/**
 * fovea_virt_iommu_get() - the device wants to reach memory
 * @iommu: the mappings
 * @address: any number
 * @length: bytes
 * @write: to write there
 *
 * Return: kernel address, or NULL when not every byte is allowed.
 */
void *fovea_virt_iommu_get(struct fovea_virt_iommu *iommu, u64 address,
			   u32 length, bool write);

/**
 * fovea_virt_iommu_put() - the device has done with it
 * @iommu: the mappings
 * @address: as given to fovea_virt_iommu_get(), which didn't return NULL
 */
void fovea_virt_iommu_put(struct fovea_virt_iommu *iommu, u64 address);

#endif /* FOVEA_VIRT_IOMMU_H */
