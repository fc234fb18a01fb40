/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a back-end supplies to the core and what it calls in it. A back-end is
 * how an FS-1 is reached: inside the kernel (fovea-virt) or over PCIe
 * (fovea-pci). It knows doorbells, interrupts, memory and power, and nothing of rings,
 * commands or V4L2.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_BACKEND_H
#define FOVEA_BACKEND_H

#include <linux/types.h>

struct device;
struct fovea_device;
struct module;
struct vb2_buffer;
struct vb2_mem_ops;

/**
 * struct fovea_mapping - a buffer as the device sees it
 * @address: see &struct fs1_sqe
 * @sg_count: see &struct fs1_sqe
 * @length: bytes, the sum of all pieces
 * @priv: the back-end's
 */
struct fovea_mapping {
	u64 address;
	u32 sg_count;
	u32 length;
	void *priv;
};

/**
 * struct fovea_backend_ops - how to reach a device
 *
 * @backend is the pointer given to fovea_alloc(). Nothing is called before
 * fovea_register() and nothing after fovea_unregister().
 *
 * @owner: the back-end's module; it stays loaded while a node is open
 * @mem_ops: videobuf2 allocator of the video buffers
 * @io_modes: VB2_* the allocator supports
 * @gfp_flags: optional; returns what video buffers must be allocated with
 *	(GFP_DMA32 when the device reaches 32 bits only)
 * @vector: optional; the vector the device shall raise for @queue. NULL: that of
 *	the queue's number. Several queues may share one; the admin queue's is 0
 * @present: optional; false when the device has left its bus: registers read
 *	as all ones, or the bus says so. Any context that may sleep
 * @bus_master: optional; false: whatever the device does, it can't reach memory
 *	any more; true: it can again, which it needs before it is enabled. NULL: it
 *	can't reach what isn't mapped anyway. May sleep
 * @read: the 32-bit register at @offset of &struct fs1_registers; any context
 * @write: sets it, ordered behind all writes to memory before; any context
 * @doorbell: tells the device that the registers of @queue have changed; any
 *	context
 * @alloc: @size zeroed bytes that both sides see, aligned to 64 or more; NULL
 *	when there is no memory. May sleep
 * @free: gives them back; the device can't reach them any more. May sleep
 * @map: makes the buffer's only plane reachable for the device; called once
 *	per buffer, not per frame. Negative errno. May sleep
 * @unmap: ends that; waits for an access of the device that is under way. May
 *	sleep
 * @map_memory: makes memory from vmalloc() readable for the device, once for
 *	each time that it is given to it. Negative errno. May sleep
 * @unmap_memory: ends that, as @unmap
 */
struct fovea_backend_ops {
	struct module *owner;
	const struct vb2_mem_ops *mem_ops;
	unsigned int io_modes;
	gfp_t (*gfp_flags)(void *backend);
	unsigned int (*vector)(void *backend, unsigned int queue);
	bool (*present)(void *backend);
	void (*bus_master)(void *backend, bool allowed);
	u32 (*read)(void *backend, u32 offset);
	void (*write)(void *backend, u32 offset, u32 value);
	void (*doorbell)(void *backend, unsigned int queue);
	void *(*alloc)(void *backend, size_t size, u64 *ret_address);
	void (*free)(void *backend, size_t size, void *memory, u64 address);
	int (*map)(void *backend, struct vb2_buffer *vb,
		   struct fovea_mapping *ret_mapping);
	void (*unmap)(void *backend, struct fovea_mapping *mapping);
	int (*map_memory)(void *backend, void *memory, u32 length,
			  struct fovea_mapping *ret_mapping);
	void (*unmap_memory)(void *backend, struct fovea_mapping *mapping);
};

/**
 * fovea_alloc() - make the state of a device
 * @dev: its parent; names the device
 * @ops: how to reach it; must outlive fovea_unregister()
 * @backend: passed back to each of @ops
 *
 * Return: the device or an ERR_PTR. Give it back with fovea_put().
 */
struct fovea_device *fovea_alloc(struct device *dev,
				 const struct fovea_backend_ops *ops,
				 void *backend);

/**
 * fovea_register() - start the device and show it to userspace
 * @fovea: the device; interrupts may arrive from here on
 *
 * Return: 0 or a negative errno with nothing left behind.
 */
int fovea_register(struct fovea_device *fovea);

/**
 * fovea_unregister() - stop the device and hide it from userspace
 * @fovea: the device, registered
 *
 * Safe while nodes are open and stream: their files only answer -ENODEV from
 * now on.
 */
void fovea_unregister(struct fovea_device *fovea);

/**
 * fovea_put() - drop the back-end's reference
 * @fovea: the device; freed here or when its last file is closed
 */
void fovea_put(struct fovea_device *fovea);

/**
 * fovea_interrupt() - the device raised a vector
 * @fovea: the device
 * @vector: which; all queues that share it are looked at. Others than those in
 *	use are ignored
 *
 * Any context, but not from two at once for one vector.
 */
void fovea_interrupt(struct fovea_device *fovea, unsigned int vector);

/**
 * fovea_gone() - the device doesn't answer any more, and never will
 * @fovea: the device
 *
 * For a bus that noticed a removal: whoever waits for the device gets -ENODEV
 * at once. fovea_unregister() must still follow. Any context that may sleep.
 */
void fovea_gone(struct fovea_device *fovea);

/**
 * fovea_reset() - something happened to the device: start it anew
 * @fovea: the device, registered
 *
 * For a bus that noticed. Starts the recovery and returns; streams continue
 * when it is done. Any context.
 */
void fovea_reset(struct fovea_device *fovea);

/**
 * fovea_suspend() - stop all streams, keep their buffers, disable the device
 * @fovea: the device
 *
 * Afterwards the device may lose its power and all its state; none of its
 * registers is touched until fovea_resume(). For system sleep, runtime
 * suspend (when no stream runs: the core holds a reference of runtime PM on the
 * device's parent while one does) and resets by the bus. Controls that are set
 * meanwhile are kept.
 *
 * Return: 0; -EBUSY when the device doesn't let go: it is being recovered then.
 */
int fovea_suspend(struct fovea_device *fovea);

/**
 * fovea_resume() - enable the device, bring back queues, controls and streams
 * @fovea: the device
 *
 * A device that doesn't come back has all the tries of a recovery; whoever uses
 * it is told by that, and a callback of PM tells of no error: that would stick to
 * the parent, also when it is bound anew. One that was given up gets one more
 * try.
 */
void fovea_resume(struct fovea_device *fovea);

#endif /* FOVEA_BACKEND_H */
