/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory as a device on the bus sees it: one piece, or a table of pieces.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_PCI_MAP_H
#define FOVEA_PCI_MAP_H

#include <linux/device.h>
#include <linux/scatterlist.h>

#include "fovea-backend.h"

/**
 * fovea_pci_map_table() - describe memory that is mapped
 * @dev: the device
 * @table: mapped for it; NULL is an error
 * @length: bytes of it that the device may use
 * @ret_mapping: what the device is told
 *
 * Return: 0; -EINVAL, -E2BIG: more pieces than the device takes; -ENOMEM.
 */
int fovea_pci_map_table(struct device *dev, struct sg_table *table, u32 length,
			struct fovea_mapping *ret_mapping);

/**
 * fovea_pci_unmap_table() - undo fovea_pci_map_table()
 * @dev: the device
 * @mapping: from there
 */
void fovea_pci_unmap_table(struct device *dev, struct fovea_mapping *mapping);

/**
 * fovea_pci_map_pages() - let the device read memory
 * @dev: the device
 * @memory: from vmalloc()
 * @length: bytes of it
 * @ret_mapping: what the device is told
 *
 * Return: 0 or a negative errno.
 */
int fovea_pci_map_pages(struct device *dev, void *memory, u32 length,
			struct fovea_mapping *ret_mapping);

/**
 * fovea_pci_unmap_pages() - undo fovea_pci_map_pages()
 * @dev: the device
 * @mapping: from there
 */
void fovea_pci_unmap_pages(struct device *dev, struct fovea_mapping *mapping);

#endif /* FOVEA_PCI_MAP_H */
