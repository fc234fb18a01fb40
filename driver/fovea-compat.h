/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernels, 6.1 to the newest. The driver is written for
 * the newest one; here older ones are mapped to it, newest change first. Each
 * block says since which kernel it is as in its first branch, and what was
 * before. No other file looks at LINUX_VERSION_CODE.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_COMPAT_H
#define FOVEA_COMPAT_H

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/version.h>
#include <media/videobuf2-v4l2.h>

/*
 * 7.0: videobuf2 releases the queue's lock by itself while it waits for a
 * buffer. Before, the queue's operations had to, by these two helpers.
 */
#if KERNEL_VERSION(7, 0, 0) <= LINUX_VERSION_CODE
#define FOVEA_VB2_WAIT_OPS
#else
#define FOVEA_VB2_WAIT_OPS \
	.wait_prepare = vb2_ops_wait_prepare, \
	.wait_finish = vb2_ops_wait_finish,
#endif

/* 6.13: the name of a symbol namespace is a string. Before, a word. */
#if KERNEL_VERSION(6, 13, 0) <= LINUX_VERSION_CODE
#define FOVEA_IMPORT_DMA_BUF MODULE_IMPORT_NS("DMA_BUF")
#else
#define FOVEA_IMPORT_DMA_BUF MODULE_IMPORT_NS(DMA_BUF)
#endif

/*
 * 6.12: a driver may call pcim_iomap_region(), for one BAR. Before, several were
 * asked for with a mask, and looked up in a table.
 */
#if KERNEL_VERSION(6, 12, 0) > LINUX_VERSION_CODE
static inline void __iomem *pcim_iomap_region(struct pci_dev *pdev, int bar,
					      const char *name)
{
	int r;

	r = pcim_iomap_regions(pdev, BIT(bar), name);
	return r ? IOMEM_ERR_PTR(r) : pcim_iomap_table(pdev)[bar];
}
#endif

/*
 * 6.11: platform_driver.remove returns nothing. Before, it returned an int that
 * nobody looked at, and remove_new, gone since, was what returned nothing.
 */
#if KERNEL_VERSION(6, 11, 0) <= LINUX_VERSION_CODE
#define FOVEA_PLATFORM_REMOVE(function) .remove = (function)
#else
#define FOVEA_PLATFORM_REMOVE(function) .remove_new = (function)
#endif

/* 6.10: there is VIDIOC_REMOVE_BUFS. Before, nothing like it. */
#if KERNEL_VERSION(6, 10, 0) <= LINUX_VERSION_CODE
#define FOVEA_REMOVE_BUFS .vidioc_remove_bufs = vb2_ioctl_remove_bufs,
#else
#define FOVEA_REMOVE_BUFS
#endif

/*
 * 6.10: a tracepoint's string is the one that __string() names. Before, it had
 * to be named again where it is assigned.
 */
#if KERNEL_VERSION(6, 10, 0) <= LINUX_VERSION_CODE
#define FOVEA_ASSIGN_STR(field, source) __assign_str(field)
#else
#define FOVEA_ASSIGN_STR(field, source) __assign_str(field, source)
#endif

/* 6.3: the flags of a map are changed by functions. Before, in place. */
#if KERNEL_VERSION(6, 3, 0) > LINUX_VERSION_CODE
static inline void vm_flags_set(struct vm_area_struct *vma,
				unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

#endif /* FOVEA_COMPAT_H */
