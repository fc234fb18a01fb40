// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory as a device on the bus sees it: where its pieces are, as the device's
 * interface has them.
 *
 * Copyright The Fovea authors
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "fovea-pci-map.h"
#include "fs1/fs1-abi.h"

/* Number of pieces that make up the first @length bytes, or 0. */
static unsigned int fovea_pci_count(struct sg_table *table, u32 length)
{
	struct scatterlist *piece;
	unsigned int i;

	for_each_sgtable_dma_sg(table, piece, i) {
		if (length <= sg_dma_len(piece))
			return i + 1;
		length -= sg_dma_len(piece);
	}
	return 0;
}

static void fovea_pci_describe(struct sg_table *table, struct fs1_sg *list,
			       u32 length)
{
	struct scatterlist *piece;
	unsigned int i;

	for_each_sgtable_dma_sg(table, piece, i) {
		/* Memory comes in pages and may be more than the plane. */
		u32 part = min(length, sg_dma_len(piece));

		list[i].address = cpu_to_le64(sg_dma_address(piece));
		list[i].length = cpu_to_le32(part);
		length -= part;
		if (!length)
			break;
	}
}

int fovea_pci_map_table(struct device *dev, struct sg_table *table, u32 length,
			struct fovea_mapping *ret_mapping)
{
	struct fs1_sg *list = NULL;
	dma_addr_t address;
	unsigned int count;

	if (!table || !length)
		return -EINVAL;
	count = fovea_pci_count(table, length);
	if (!count)
		return -EINVAL;
	if (count > FS1_SG_ENTRIES_MAX)
		return -E2BIG;
	if (count == 1) {
		address = sg_dma_address(table->sgl);
	} else {
		list = dma_alloc_coherent(dev, count * sizeof(*list), &address,
					  GFP_KERNEL);
		if (!list)
			return -ENOMEM;
		fovea_pci_describe(table, list, length);
	}
	ret_mapping->address = address;
	ret_mapping->sg_count = count;
	ret_mapping->length = length;
	ret_mapping->priv = list;
	return 0;
}

void fovea_pci_unmap_table(struct device *dev, struct fovea_mapping *mapping)
{
	if (mapping->priv)
		dma_free_coherent(dev,
				  mapping->sg_count * sizeof(struct fs1_sg),
				  mapping->priv, mapping->address);
}

/* ------------------------------------------------------------------------
 * The driver's own memory
 */

/**
 * struct fovea_pci_pages - memory that the device may read
 * @table: its pages
 * @list: what fovea_pci_map_table() has made
 */
struct fovea_pci_pages {
	struct sg_table table;
	void *list;
};

static int fovea_pci_collect(struct sg_table *table, void *memory, u32 length)
{
	unsigned int count = DIV_ROUND_UP(length, PAGE_SIZE), i;
	struct page **pages;
	int r;

	pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		pages[i] = vmalloc_to_page((u8 *)memory + i * PAGE_SIZE);
	r = sg_alloc_table_from_pages(table, pages, count, 0, length,
				      GFP_KERNEL);
	kvfree(pages);
	return r;
}

int fovea_pci_map_pages(struct device *dev, void *memory, u32 length,
			struct fovea_mapping *ret_mapping)
{
	struct fovea_pci_pages *pages;
	int r;

	pages = kzalloc(sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;
	r = fovea_pci_collect(&pages->table, memory, length);
	if (r)
		goto err_free;
	r = dma_map_sgtable(dev, &pages->table, DMA_TO_DEVICE, 0);
	if (r)
		goto err_table;
	r = fovea_pci_map_table(dev, &pages->table, length, ret_mapping);
	if (r)
		goto err_unmap;
	pages->list = ret_mapping->priv;
	ret_mapping->priv = pages;
	return 0;

err_unmap:
	dma_unmap_sgtable(dev, &pages->table, DMA_TO_DEVICE, 0);
err_table:
	sg_free_table(&pages->table);
err_free:
	kfree(pages);
	return r;
}

void fovea_pci_unmap_pages(struct device *dev, struct fovea_mapping *mapping)
{
	struct fovea_pci_pages *pages = mapping->priv;

	mapping->priv = pages->list;
	fovea_pci_unmap_table(dev, mapping);
	dma_unmap_sgtable(dev, &pages->table, DMA_TO_DEVICE, 0);
	sg_free_table(&pages->table);
	kfree(pages);
}
