// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of buffers whose mapping for the device ends with the device, whoever
 * else still has the memory. Allocation, USERPTR and imported dma-bufs are those of
 * videobuf2-dma-sg.
 *
 * Copyright The Fovea authors
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <media/videobuf2-dma-sg.h>

#include "fovea-compat.h"
#include "fovea-pci-memory.h"

/*
 * struct fovea_memory - a buffer
 * @users: videobuf2, maps of programs, exported dma-bufs
 * @lock: see below
 * @inner: videobuf2-dma-sg's buffer; NULL when videobuf2 has given it up
 * @dev: the device it is mapped for while there is @inner
 * @direction: of that map
 */
struct fovea_memory {
	refcount_t users;
	/* Protects inner, at which an exported dma-buf may look at any time. */
	struct mutex lock;
	void *inner;
	struct device *dev;
	enum dma_data_direction direction;
};

static struct fovea_memory *fovea_memory_new(struct vb2_buffer *vb,
					     struct device *dev)
{
	struct fovea_memory *memory;

	memory = kzalloc(sizeof(*memory), GFP_KERNEL);
	if (!memory)
		return ERR_PTR(-ENOMEM);
	refcount_set(&memory->users, 1);
	mutex_init(&memory->lock);
	memory->dev = dev;
	memory->direction = vb->vb2_queue->dma_dir;
	return memory;
}

static void fovea_memory_unref(struct fovea_memory *memory)
{
	if (!refcount_dec_and_test(&memory->users))
		return;
	mutex_destroy(&memory->lock);
	kfree(memory);
}

/* @memory with what videobuf2-dma-sg has made, or its error. */
static void *fovea_memory_with(struct fovea_memory *memory, void *inner)
{
	if (IS_ERR_OR_NULL(inner)) {
		fovea_memory_unref(memory);
		return inner ? inner : ERR_PTR(-ENOMEM);
	}
	memory->inner = inner;
	return memory;
}

/* videobuf2 gives it up: the end of the map for the device. */
static void fovea_memory_give_up(struct fovea_memory *memory,
				 void (*put)(void *buf_priv))
{
	mutex_lock(&memory->lock);
	put(memory->inner);
	memory->inner = NULL;
	mutex_unlock(&memory->lock);
	fovea_memory_unref(memory);
}

/* ------------------------------------------------------------------------
 * Pages
 */

static struct sg_table *fovea_memory_table(const struct fovea_memory *memory)
{
	return vb2_dma_sg_memops.cookie(NULL, memory->inner);
}

/* A map of a program keeps the pages by itself. */
static int fovea_memory_insert(struct sg_table *table,
			       struct vm_area_struct *vma)
{
	unsigned long at = vma->vm_start;
	struct sg_page_iter iter;
	int r;

	for_each_sgtable_page(table, &iter, vma->vm_pgoff) {
		if (at >= vma->vm_end)
			return 0;
		r = vm_insert_page(vma, at, sg_page_iter_page(&iter));
		if (r)
			return r;
		at += PAGE_SIZE;
	}
	return at >= vma->vm_end ? 0 : -ENXIO;
}

/* ------------------------------------------------------------------------
 * Exported buffers
 */

/*
 * struct fovea_export - a dma-buf
 * @memory: the buffer it was; its map for the device may have ended
 * @count: of @pages
 * @size: bytes
 * @pages: kept by references of their own
 */
struct fovea_export {
	struct fovea_memory *memory;
	unsigned int count;
	unsigned long size;
	struct page *pages[];
};

/* What an importer has. */
static int fovea_export_attach(struct dma_buf *dbuf,
			       struct dma_buf_attachment *attachment)
{
	struct fovea_export *export = dbuf->priv;
	struct sg_table *table;
	int r;

	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	r = sg_alloc_table_from_pages(table, export->pages, export->count, 0,
				      export->size, GFP_KERNEL);
	if (r) {
		kfree(table);
		return r;
	}
	attachment->priv = table;
	return 0;
}

static void fovea_export_detach(struct dma_buf *dbuf,
				struct dma_buf_attachment *attachment)
{
	struct sg_table *table = attachment->priv;

	sg_free_table(table);
	kfree(table);
}

static struct sg_table *
fovea_export_map(struct dma_buf_attachment *attachment,
		 enum dma_data_direction direction)
{
	struct sg_table *table = attachment->priv;
	int r;

	/*
	 * Another node of the same device maps the pages a second time. That is
	 * right when each map is synchronised by itself, as here.
	 */
	r = dma_map_sgtable(attachment->dev, table, direction,
			    DMA_ATTR_SKIP_CPU_SYNC);
	if (r)
		return ERR_PTR(r);
	dma_sync_sgtable_for_device(attachment->dev, table, direction);
	return table;
}

static void fovea_export_unmap(struct dma_buf_attachment *attachment,
			       struct sg_table *table,
			       enum dma_data_direction direction)
{
	dma_sync_sgtable_for_cpu(attachment->dev, table, direction);
	dma_unmap_sgtable(attachment->dev, table, direction,
			  DMA_ATTR_SKIP_CPU_SYNC);
}

static void fovea_export_release(struct dma_buf *dbuf)
{
	struct fovea_export *export = dbuf->priv;
	unsigned int i;

	for (i = 0; i < export->count; i++)
		put_page(export->pages[i]);
	fovea_memory_unref(export->memory);
	kvfree(export);
}

static int fovea_export_begin(struct dma_buf *dbuf,
			      enum dma_data_direction direction)
{
	struct fovea_export *export = dbuf->priv;
	struct fovea_memory *memory = export->memory;

	mutex_lock(&memory->lock);
	if (memory->inner)
		dma_sync_sgtable_for_cpu(memory->dev,
					 fovea_memory_table(memory),
					 memory->direction);
	mutex_unlock(&memory->lock);
	return 0;
}

static int fovea_export_end(struct dma_buf *dbuf,
			    enum dma_data_direction direction)
{
	struct fovea_export *export = dbuf->priv;
	struct fovea_memory *memory = export->memory;

	mutex_lock(&memory->lock);
	if (memory->inner)
		dma_sync_sgtable_for_device(memory->dev,
					    fovea_memory_table(memory),
					    memory->direction);
	mutex_unlock(&memory->lock);
	return 0;
}

static int fovea_export_vmap(struct dma_buf *dbuf, struct iosys_map *map)
{
	struct fovea_export *export = dbuf->priv;
	void *start;

	start = vm_map_ram(export->pages, export->count, NUMA_NO_NODE);
	if (!start)
		return -ENOMEM;
	iosys_map_set_vaddr(map, start);
	return 0;
}

static void fovea_export_vunmap(struct dma_buf *dbuf, struct iosys_map *map)
{
	struct fovea_export *export = dbuf->priv;

	vm_unmap_ram(map->vaddr, export->count);
}

static int fovea_export_mmap(struct dma_buf *dbuf, struct vm_area_struct *vma)
{
	struct fovea_export *export = dbuf->priv;

	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	return vm_map_pages(vma, export->pages, export->count);
}

static const struct dma_buf_ops fovea_export_ops = {
	.attach = fovea_export_attach,
	.detach = fovea_export_detach,
	.map_dma_buf = fovea_export_map,
	.unmap_dma_buf = fovea_export_unmap,
	.release = fovea_export_release,
	.begin_cpu_access = fovea_export_begin,
	.end_cpu_access = fovea_export_end,
	.vmap = fovea_export_vmap,
	.vunmap = fovea_export_vunmap,
	.mmap = fovea_export_mmap,
};

static struct fovea_export *fovea_export_new(struct fovea_memory *memory,
					     unsigned long size)
{
	unsigned int count = size >> PAGE_SHIFT;
	struct fovea_export *export;
	struct sg_page_iter iter;

	export = kvzalloc(struct_size(export, pages, count), GFP_KERNEL);
	if (!export)
		return NULL;
	for_each_sgtable_page(fovea_memory_table(memory), &iter, 0) {
		if (export->count == count)
			break;
		export->pages[export->count] = sg_page_iter_page(&iter);
		get_page(export->pages[export->count++]);
	}
	export->size = size;
	export->memory = memory;
	refcount_inc(&memory->users);
	return export;
}

static struct dma_buf *fovea_memory_get_dmabuf(struct vb2_buffer *vb,
					       void *buf_priv,
					       unsigned long flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct fovea_export *export;
	struct dma_buf *dbuf;
	unsigned int i;

	info.size = PAGE_ALIGN(vb->planes[0].length);
	info.ops = &fovea_export_ops;
	info.flags = flags;
	export = fovea_export_new(buf_priv, info.size);
	if (!export)
		return NULL;
	info.priv = export;
	dbuf = dma_buf_export(&info);
	if (!IS_ERR(dbuf))
		return dbuf;
	for (i = 0; i < export->count; i++)
		put_page(export->pages[i]);
	fovea_memory_unref(export->memory);
	kvfree(export);
	return NULL;
}

/* ------------------------------------------------------------------------
 * Maps of programs
 */

static void fovea_memory_vm_open(struct vm_area_struct *vma)
{
	struct fovea_memory *memory = vma->vm_private_data;

	refcount_inc(&memory->users);
}

static void fovea_memory_vm_close(struct vm_area_struct *vma)
{
	fovea_memory_unref(vma->vm_private_data);
}

static const struct vm_operations_struct fovea_memory_vm_ops = {
	.open = fovea_memory_vm_open,
	.close = fovea_memory_vm_close,
};

static int fovea_memory_mmap(void *buf_priv, struct vm_area_struct *vma)
{
	struct fovea_memory *memory = buf_priv;
	int r;

	r = fovea_memory_insert(fovea_memory_table(memory), vma);
	if (r)
		return r;
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_private_data = memory;
	vma->vm_ops = &fovea_memory_vm_ops;
	fovea_memory_vm_open(vma);
	return 0;
}

/* More than one: V4L2_BUF_FLAG_MAPPED */
static unsigned int fovea_memory_num_users(void *buf_priv)
{
	struct fovea_memory *memory = buf_priv;

	return refcount_read(&memory->users);
}

/* ------------------------------------------------------------------------
 * What videobuf2-dma-sg does
 */

static void *fovea_memory_alloc(struct vb2_buffer *vb, struct device *dev,
				unsigned long size)
{
	struct fovea_memory *memory = fovea_memory_new(vb, dev);

	if (IS_ERR(memory))
		return memory;
	return fovea_memory_with(memory,
				 vb2_dma_sg_memops.alloc(vb, dev, size));
}

static void fovea_memory_put(void *buf_priv)
{
	fovea_memory_give_up(buf_priv, vb2_dma_sg_memops.put);
}

static void *fovea_memory_get_userptr(struct vb2_buffer *vb,
				      struct device *dev, unsigned long start,
				      unsigned long size)
{
	struct fovea_memory *memory = fovea_memory_new(vb, dev);

	if (IS_ERR(memory))
		return memory;
	return fovea_memory_with(memory,
				 vb2_dma_sg_memops.get_userptr(vb, dev, start,
							       size));
}

static void fovea_memory_put_userptr(void *buf_priv)
{
	fovea_memory_give_up(buf_priv, vb2_dma_sg_memops.put_userptr);
}

static void *fovea_memory_attach_dmabuf(struct vb2_buffer *vb,
					struct device *dev,
					struct dma_buf *dbuf,
					unsigned long size)
{
	struct fovea_memory *memory = fovea_memory_new(vb, dev);

	if (IS_ERR(memory))
		return memory;
	return fovea_memory_with(memory,
				 vb2_dma_sg_memops.attach_dmabuf(vb, dev, dbuf,
								 size));
}

static void fovea_memory_detach_dmabuf(void *buf_priv)
{
	fovea_memory_give_up(buf_priv, vb2_dma_sg_memops.detach_dmabuf);
}

static int fovea_memory_map_dmabuf(void *buf_priv)
{
	struct fovea_memory *memory = buf_priv;

	return vb2_dma_sg_memops.map_dmabuf(memory->inner);
}

static void fovea_memory_unmap_dmabuf(void *buf_priv)
{
	struct fovea_memory *memory = buf_priv;

	vb2_dma_sg_memops.unmap_dmabuf(memory->inner);
}

static void fovea_memory_prepare(void *buf_priv)
{
	struct fovea_memory *memory = buf_priv;

	vb2_dma_sg_memops.prepare(memory->inner);
}

static void fovea_memory_finish(void *buf_priv)
{
	struct fovea_memory *memory = buf_priv;

	vb2_dma_sg_memops.finish(memory->inner);
}

static void *fovea_memory_vaddr(struct vb2_buffer *vb, void *buf_priv)
{
	struct fovea_memory *memory = buf_priv;

	return vb2_dma_sg_memops.vaddr(vb, memory->inner);
}

static void *fovea_memory_cookie(struct vb2_buffer *vb, void *buf_priv)
{
	struct fovea_memory *memory = buf_priv;

	return vb2_dma_sg_memops.cookie(vb, memory->inner);
}

const struct vb2_mem_ops fovea_pci_memory_ops = {
	.alloc = fovea_memory_alloc,
	.put = fovea_memory_put,
	.get_dmabuf = fovea_memory_get_dmabuf,
	.get_userptr = fovea_memory_get_userptr,
	.put_userptr = fovea_memory_put_userptr,
	.attach_dmabuf = fovea_memory_attach_dmabuf,
	.detach_dmabuf = fovea_memory_detach_dmabuf,
	.map_dmabuf = fovea_memory_map_dmabuf,
	.unmap_dmabuf = fovea_memory_unmap_dmabuf,
	.prepare = fovea_memory_prepare,
	.finish = fovea_memory_finish,
	.vaddr = fovea_memory_vaddr,
	.cookie = fovea_memory_cookie,
	.num_users = fovea_memory_num_users,
	.mmap = fovea_memory_mmap,
};
