// SPDX-License-Identifier: GPL-2.0-only
/*
 * Back-end: an FS-1 on PCIe. Its registers stand in one BAR, its doorbells in
 * the same or another one, each queue has an MSI-X vector, and it masters the
 * bus. Nothing that the device shows is believed before its magic, version and
 * capabilities have been looked at, and it can't reach memory before that.
 *
 * A part with an id of its own needs its layout, where registers and doorbells
 * stand, in an entry of fovea_pci_ids; Documentation/pci.rst shows one.
 *
 * Copyright The Fovea authors
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/scatterlist.h>
#include <media/videobuf2-dma-sg.h>
#include <media/videobuf2-v4l2.h>

#include "fovea-backend.h"
#include "fovea-compat.h"
#include "fovea-pci-map.h"
#include "fovea-pci-memory.h"
#include "fs1/fs1-abi.h"

#define FOVEA_PCI_NAME			"fovea-pci"
#define FOVEA_PCI_VECTORS_MAX		FS1_QUEUES
#define FOVEA_PCI_AUTOSUSPEND_MS	1000
#define FOVEA_PCI_QUIESCE_US		(1000 * USEC_PER_MSEC)
#define FOVEA_PCI_ALL_ONES		(~0u)

static unsigned int dma_bits = 64;
module_param(dma_bits, uint, 0444);
MODULE_PARM_DESC(dma_bits, "address bits the device may use, 64 or 32 (default 64)");

static unsigned int vectors = FOVEA_PCI_VECTORS_MAX;
module_param(vectors, uint, 0444);
MODULE_PARM_DESC(vectors, "interrupt vectors to use, 1 to 8 (default 8: one per queue)");

static bool coalesce;
module_param(coalesce, bool, 0444);
MODULE_PARM_DESC(coalesce, "two vectors only: one for commands and the scene, one for all capture streams (default off)");

/**
 * struct fovea_pci_layout - where a part keeps what the driver needs
 * @register_bar: BAR that begins with &struct fs1_registers
 * @doorbell_bar: BAR of the doorbells, may be the same
 * @doorbell_offset: of queue 0's doorbell in it, a 32-bit register
 * @doorbell_stride: bytes from one queue's doorbell to the next; 0: all share
 *	one
 * @doorbell_value: what to write for queue 0
 * @doorbell_step: what to add to it for each further queue
 * @shared_id: other devices have the same id, so that one without the magic
 *	is no error
 */
struct fovea_pci_layout {
	unsigned int register_bar;
	unsigned int doorbell_bar;
	u32 doorbell_offset;
	u32 doorbell_stride;
	u32 doorbell_value;
	u32 doorbell_step;
	bool shared_id;
};

/**
 * struct fovea_pci_vector - what an interrupt handler needs to know
 * @pci: the device
 * @index: which vector it is for
 */
struct fovea_pci_vector {
	struct fovea_pci *pci;
	unsigned int index;
};

/**
 * struct fovea_pci - one device
 * @pdev: on the bus
 * @layout: of its id
 * @fovea: the driver's side
 * @registers: &struct fs1_registers
 * @doorbells: that of queue 0
 * @vectors: number in use
 * @vector: the first @vectors are used
 * @offline: the bus has cut the device off and will bring it back; registers
 *	read as 0 meanwhile, not as all ones, which would mean a removal
 * @stopped: for that, or for a reset
 */
struct fovea_pci {
	struct pci_dev *pdev;
	const struct fovea_pci_layout *layout;
	struct fovea_device *fovea;
	void __iomem *registers;
	void __iomem *doorbells;
	unsigned int vectors;
	struct fovea_pci_vector vector[FOVEA_PCI_VECTORS_MAX];
	bool offline;
	bool stopped;
};

/* ------------------------------------------------------------------------
 * Registers, doorbells and vectors
 */

static u32 fovea_pci_read(void *backend, u32 offset)
{
	struct fovea_pci *pci = backend;

	if (READ_ONCE(pci->offline))
		return 0;
	/* What the device wrote to memory before is read after. */
	return readl(pci->registers + offset);
}

static void fovea_pci_write(void *backend, u32 offset, u32 value)
{
	struct fovea_pci *pci = backend;

	/* What was written to coherent memory before is seen before. */
	if (!READ_ONCE(pci->offline))
		writel(value, pci->registers + offset);
}

static void fovea_pci_doorbell(void *backend, unsigned int queue)
{
	struct fovea_pci *pci = backend;
	const struct fovea_pci_layout *layout = pci->layout;

	if (!READ_ONCE(pci->offline))
		writel(layout->doorbell_value + queue * layout->doorbell_step,
		       pci->doorbells + queue * layout->doorbell_stride);
}

/*
 * With a vector for each queue their numbers are the same. With fewer the
 * capture streams get their own first: the scene's queue has little to say and
 * shares that of commands.
 */
static unsigned int fovea_pci_vector(void *backend, unsigned int queue)
{
	struct fovea_pci *pci = backend;

	if (pci->vectors > queue)
		return queue;
	return queue == FS1_STREAM_SCENE ? 0 : pci->vectors - 1;
}

static bool fovea_pci_present(void *backend)
{
	struct fovea_pci *pci = backend;

	if (READ_ONCE(pci->offline))
		return true;
	return pci_device_is_present(pci->pdev) &&
	       fovea_pci_read(pci, offsetof(struct fs1_registers, magic)) !=
		       FOVEA_PCI_ALL_ONES;
}

/* ------------------------------------------------------------------------
 * Memory
 */

static void fovea_pci_bus_master(void *backend, bool allowed)
{
	struct fovea_pci *pci = backend;
	u16 command;

	if (allowed) {
		pci_set_master(pci->pdev);
		return;
	}
	pci_clear_master(pci->pdev);
	/* The answer can't overtake what the device wrote before. */
	pci_read_config_word(pci->pdev, PCI_COMMAND, &command);
}

static bool fovea_pci_is_32_bit(const struct fovea_pci *pci)
{
	return dma_get_mask(&pci->pdev->dev) <= DMA_BIT_MASK(32);
}

static gfp_t fovea_pci_gfp_flags(void *backend)
{
	return fovea_pci_is_32_bit(backend) ? GFP_DMA32 : 0;
}

static void *fovea_pci_alloc(void *backend, size_t size, u64 *ret_address)
{
	struct fovea_pci *pci = backend;
	dma_addr_t address;
	void *memory;

	memory = dma_alloc_coherent(&pci->pdev->dev, size, &address,
				    GFP_KERNEL);
	if (memory)
		*ret_address = address;
	return memory;
}

static void fovea_pci_free(void *backend, size_t size, void *memory,
			   u64 address)
{
	struct fovea_pci *pci = backend;

	dma_free_coherent(&pci->pdev->dev, size, memory, address);
}

static int fovea_pci_map(void *backend, struct vb2_buffer *vb,
			 struct fovea_mapping *ret_mapping)
{
	struct fovea_pci *pci = backend;

	return fovea_pci_map_table(&pci->pdev->dev,
				   vb2_dma_sg_plane_desc(vb, 0),
				   vb2_plane_size(vb, 0), ret_mapping);
}

static void fovea_pci_unmap(void *backend, struct fovea_mapping *mapping)
{
	struct fovea_pci *pci = backend;

	fovea_pci_unmap_table(&pci->pdev->dev, mapping);
}

static int fovea_pci_map_memory(void *backend, void *memory, u32 length,
				struct fovea_mapping *ret_mapping)
{
	struct fovea_pci *pci = backend;

	return fovea_pci_map_pages(&pci->pdev->dev, memory, length,
				   ret_mapping);
}

static void fovea_pci_unmap_memory(void *backend,
				   struct fovea_mapping *mapping)
{
	struct fovea_pci *pci = backend;

	fovea_pci_unmap_pages(&pci->pdev->dev, mapping);
}

static const struct fovea_backend_ops fovea_pci_backend_ops = {
	.owner = THIS_MODULE,
	.mem_ops = &fovea_pci_memory_ops,
	.io_modes = VB2_MMAP | VB2_USERPTR | VB2_DMABUF,
	.gfp_flags = fovea_pci_gfp_flags,
	.vector = fovea_pci_vector,
	.present = fovea_pci_present,
	.bus_master = fovea_pci_bus_master,
	.read = fovea_pci_read,
	.write = fovea_pci_write,
	.doorbell = fovea_pci_doorbell,
	.alloc = fovea_pci_alloc,
	.free = fovea_pci_free,
	.map = fovea_pci_map,
	.unmap = fovea_pci_unmap,
	.map_memory = fovea_pci_map_memory,
	.unmap_memory = fovea_pci_unmap_memory,
};

/* ------------------------------------------------------------------------
 * Probe and remove
 */

static void __iomem *fovea_pci_iomap(struct pci_dev *pdev, unsigned int bar,
				     u64 size)
{
	if (!(pci_resource_flags(pdev, bar) & IORESOURCE_MEM) ||
	    pci_resource_len(pdev, bar) < size)
		return IOMEM_ERR_PTR(dev_err_probe(&pdev->dev, -ENODEV,
						   "BAR %u has %llu bytes of memory, need %llu\n",
						   bar,
						   (u64)pci_resource_len(pdev, bar),
						   size));
	return pcim_iomap_region(pdev, bar, FOVEA_PCI_NAME);
}

static int fovea_pci_map_bars(struct fovea_pci *pci)
{
	const struct fovea_pci_layout *layout = pci->layout;
	struct pci_dev *pdev = pci->pdev;
	void __iomem *bar;
	u64 size;

	size = sizeof(struct fs1_registers);
	if (layout->doorbell_bar == layout->register_bar)
		size = max_t(u64, size, layout->doorbell_offset + sizeof(u32) +
			     layout->doorbell_stride * (FS1_QUEUES - 1));
	bar = fovea_pci_iomap(pdev, layout->register_bar, size);
	if (IS_ERR(bar))
		return PTR_ERR(bar);
	pci->registers = bar;

	if (layout->doorbell_bar != layout->register_bar) {
		size = layout->doorbell_offset + sizeof(u32) +
		       layout->doorbell_stride * (FS1_QUEUES - 1);
		bar = fovea_pci_iomap(pdev, layout->doorbell_bar, size);
		if (IS_ERR(bar))
			return PTR_ERR(bar);
	}
	pci->doorbells = bar + layout->doorbell_offset;
	return 0;
}

/* Is there an FS-1 that this driver knows how to talk to? */
static int fovea_pci_identify(struct fovea_pci *pci)
{
	struct device *dev = &pci->pdev->dev;
	u32 magic, version, capabilities, queues;

	magic = fovea_pci_read(pci, offsetof(struct fs1_registers, magic));
	if (magic != FS1_MAGIC && pci->layout->shared_id) {
		dev_info(dev, "magic %#x: not an FS-1, left alone\n", magic);
		return -ENODEV;
	}
	if (magic != FS1_MAGIC)
		return dev_err_probe(dev, -ENODEV,
				     "magic %#x, not that of an FS-1 (%#x)\n",
				     magic, FS1_MAGIC);
	version = fovea_pci_read(pci, offsetof(struct fs1_registers, version));
	if (version >> 16 != FS1_VERSION_MAJOR)
		return dev_err_probe(dev, -ENODEV,
				     "interface version %u.%u, need %u.x\n",
				     version >> 16, version & 0xffff,
				     FS1_VERSION_MAJOR);
	capabilities = fovea_pci_read(pci, offsetof(struct fs1_registers,
						    capabilities));
	queues = fovea_pci_read(pci, offsetof(struct fs1_registers, queues));
	if (capabilities == FOVEA_PCI_ALL_ONES || queues != FS1_QUEUES)
		return dev_err_probe(dev, -ENODEV,
				     "capabilities %#x with %u queues make no sense\n",
				     capabilities, queues);
	return 0;
}

/*
 * Whoever drove the device before (a kernel that crashed) may have left it
 * running, with addresses that are others' now. It must let go of them first.
 */
static int fovea_pci_quiesce(struct fovea_pci *pci)
{
	u32 value;

	value = fovea_pci_read(pci, offsetof(struct fs1_registers, control));
	if (!(value & FS1_CONTROL_ENABLE))
		return 0;
	fovea_pci_write(pci, offsetof(struct fs1_registers, control), 0);
	fovea_pci_doorbell(pci, FS1_QUEUE_ADMIN);
	if (read_poll_timeout(fovea_pci_read, value, !value, USEC_PER_MSEC,
			      FOVEA_PCI_QUIESCE_US, false, pci,
			      offsetof(struct fs1_registers, status)))
		return dev_err_probe(&pci->pdev->dev, -ETIMEDOUT,
				     "was left enabled and can't be disabled, status %#x\n",
				     value);
	return 0;
}

static int fovea_pci_set_dma_mask(struct fovea_pci *pci)
{
	struct device *dev = &pci->pdev->dev;
	int r;

	r = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(dma_bits));
	if (r && dma_bits > 32)
		r = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
	if (r)
		return dev_err_probe(dev, r, "no usable addresses for DMA\n");
	/* A piece may have any length and cross any boundary. */
	dma_set_max_seg_size(dev, UINT_MAX);
	return 0;
}

/*
 * Always handled: a vector belongs to this device alone, and one that comes
 * without work was either overtaken by the last look at the rings or is the
 * device's mischief, which must not make the kernel disable the vector.
 */
static irqreturn_t fovea_pci_interrupt(int irq, void *data)
{
	const struct fovea_pci_vector *vector = data;

	fovea_interrupt(vector->pci->fovea, vector->index);
	return IRQ_HANDLED;
}

static int fovea_pci_request_irq(struct fovea_pci *pci, unsigned int index)
{
	struct device *dev = &pci->pdev->dev;
	char *name;

	name = devm_kasprintf(dev, GFP_KERNEL, "%s:%s-%u", FOVEA_PCI_NAME,
			      pci_name(pci->pdev), index);
	if (!name)
		return -ENOMEM;
	pci->vector[index].pci = pci;
	pci->vector[index].index = index;
	return devm_request_irq(dev, pci_irq_vector(pci->pdev, index),
				fovea_pci_interrupt, 0, name,
				&pci->vector[index]);
}

static int fovea_pci_request_irqs(struct fovea_pci *pci)
{
	unsigned int wanted = coalesce ? min(vectors, 2u) : vectors;
	struct device *dev = &pci->pdev->dev;
	unsigned int i;
	int r;

	r = pci_alloc_irq_vectors(pci->pdev, 1, wanted, PCI_IRQ_MSIX);
	if (r < 0)
		return dev_err_probe(dev, r, "no MSI-X vectors\n");
	pci->vectors = r;
	for (i = 0; i < pci->vectors; i++) {
		r = fovea_pci_request_irq(pci, i);
		if (r)
			return dev_err_probe(dev, r, "no interrupt %u\n", i);
	}
	return 0;
}

static void fovea_pci_put(void *fovea)
{
	fovea_put(fovea);
}

/* Everything until the device may use the bus. */
static int fovea_pci_prepare(struct fovea_pci *pci)
{
	struct pci_dev *pdev = pci->pdev;
	int r;

	r = pcim_enable_device(pdev);
	if (r)
		return dev_err_probe(&pdev->dev, r, "can't be enabled\n");
	r = fovea_pci_map_bars(pci);
	if (r)
		return r;
	r = fovea_pci_identify(pci);
	if (r)
		return r;
	r = fovea_pci_quiesce(pci);
	if (r)
		return r;
	r = fovea_pci_set_dma_mask(pci);
	if (r)
		return r;
	pci->fovea = fovea_alloc(&pdev->dev, &fovea_pci_backend_ops, pci);
	if (IS_ERR(pci->fovea))
		return dev_err_probe(&pdev->dev, PTR_ERR(pci->fovea),
				     "no device\n");
	/* Undone in reverse: no interrupt comes any more when it is put. */
	r = devm_add_action_or_reset(&pdev->dev, fovea_pci_put, pci->fovea);
	if (r)
		return r;
	return fovea_pci_request_irqs(pci);
}

static int fovea_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct fovea_pci *pci;
	int r;

	pci = devm_kzalloc(dev, sizeof(*pci), GFP_KERNEL);
	if (!pci)
		return -ENOMEM;
	pci->pdev = pdev;
	pci->layout = (const struct fovea_pci_layout *)id->driver_data;
	/* Bound by driver_override, which asks nobody what it is. */
	if (!pci->layout)
		return dev_err_probe(dev, -ENODEV, "no part that is known\n");
	pci_set_drvdata(pdev, pci);

	r = fovea_pci_prepare(pci);
	if (r)
		return r;
	r = fovea_register(pci->fovea);
	if (r) {
		pci_clear_master(pdev);
		return r;
	}
	/* What a reset of the slot brings back. */
	pci_save_state(pdev);

	pm_runtime_set_autosuspend_delay(dev, FOVEA_PCI_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_mark_last_busy(dev);
	pm_runtime_put_autosuspend(dev);
	pm_runtime_allow(dev);
	return 0;
}

static void fovea_pci_remove(struct pci_dev *pdev)
{
	struct fovea_pci *pci = pci_get_drvdata(pdev);
	struct device *dev = &pdev->dev;

	/* One that has left already: whoever waits for it hears so at once. */
	if (!fovea_pci_present(pci))
		fovea_gone(pci->fovea);
	pm_runtime_forbid(dev);
	pm_runtime_get_noresume(dev);
	pm_runtime_dont_use_autosuspend(dev);
	fovea_unregister(pci->fovea);
	pci_clear_master(pdev);
}

/* The machine restarts or another kernel takes over: no more DMA. */
static void fovea_pci_shutdown(struct pci_dev *pdev)
{
	struct fovea_pci *pci = pci_get_drvdata(pdev);

	/* One that doesn't stop must not be brought back, either. */
	if (fovea_suspend(pci->fovea))
		fovea_gone(pci->fovea);
	pci_clear_master(pdev);
}

/* ------------------------------------------------------------------------
 * Power
 */

static int fovea_pci_suspend(struct device *dev)
{
	struct fovea_pci *pci = dev_get_drvdata(dev);

	return fovea_suspend(pci->fovea);
}

static int fovea_pci_resume(struct device *dev)
{
	struct fovea_pci *pci = dev_get_drvdata(dev);

	fovea_resume(pci->fovea);
	return 0;
}

static const struct dev_pm_ops fovea_pci_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(fovea_pci_suspend, fovea_pci_resume)
	RUNTIME_PM_OPS(fovea_pci_suspend, fovea_pci_resume, NULL)
};

/* ------------------------------------------------------------------------
 * Errors of the bus and resets
 */

/*
 * A frozen channel lets nothing through, so the device can't be told to stop, and
 * may not master the bus should it be heard again before the slot was reset. One
 * that sleeps anyway is left asleep.
 */
static pci_ers_result_t fovea_pci_error_detected(struct pci_dev *pdev,
						 pci_channel_state_t state)
{
	struct fovea_pci *pci = pci_get_drvdata(pdev);

	switch (state) {
	case pci_channel_io_normal:
		return PCI_ERS_RESULT_CAN_RECOVER;
	case pci_channel_io_frozen:
		WRITE_ONCE(pci->offline, true);
		pci_clear_master(pdev);
		pci->stopped = !pm_runtime_suspended(&pdev->dev) &&
			       !fovea_suspend(pci->fovea);
		return PCI_ERS_RESULT_NEED_RESET;
	default:
		fovea_gone(pci->fovea);
		return PCI_ERS_RESULT_DISCONNECT;
	}
}

static pci_ers_result_t fovea_pci_mmio_enabled(struct pci_dev *pdev)
{
	return PCI_ERS_RESULT_RECOVERED;
}

static pci_ers_result_t fovea_pci_slot_reset(struct pci_dev *pdev)
{
	struct fovea_pci *pci = pci_get_drvdata(pdev);

	pci_restore_state(pdev);
	/* Restoring uses the copy up. */
	pci_save_state(pdev);
	WRITE_ONCE(pci->offline, false);
	if (fovea_pci_present(pci))
		return PCI_ERS_RESULT_RECOVERED;
	fovea_gone(pci->fovea);
	return PCI_ERS_RESULT_DISCONNECT;
}

/* Without a stop: what was under way may be lost. */
static void fovea_pci_go_on(struct pci_dev *pdev)
{
	struct fovea_pci *pci = pci_get_drvdata(pdev);

	if (pci->stopped)
		fovea_resume(pci->fovea);
	else
		fovea_reset(pci->fovea);
	pci->stopped = false;
}

static void fovea_pci_reset_prepare(struct pci_dev *pdev)
{
	struct fovea_pci *pci = pci_get_drvdata(pdev);

	pci->stopped = !fovea_suspend(pci->fovea);
	if (!pci->stopped)
		pci_warn(pdev, "reset while in use\n");
}

static const struct pci_error_handlers fovea_pci_error_handlers = {
	.error_detected = fovea_pci_error_detected,
	.mmio_enabled = fovea_pci_mmio_enabled,
	.slot_reset = fovea_pci_slot_reset,
	.resume = fovea_pci_go_on,
	.reset_prepare = fovea_pci_reset_prepare,
	.reset_done = fovea_pci_go_on,
};

/* ------------------------------------------------------------------------
 * The module
 */

/* An emulated device behind QEMU's ivshmem-doorbell, where it is peer 0. */
static const struct fovea_pci_layout fovea_pci_ivshmem = {
	.register_bar = 2,
	.doorbell_bar = 0,
	.doorbell_offset = 12,
	.doorbell_step = 1,
	.shared_id = true,
};

static const struct pci_device_id fovea_pci_ids[] = {
	{
		PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, 0x1110),
		.driver_data = (kernel_ulong_t)&fovea_pci_ivshmem,
	},
	{ }
};
MODULE_DEVICE_TABLE(pci, fovea_pci_ids);

static struct pci_driver fovea_pci_driver = {
	.name = FOVEA_PCI_NAME,
	.id_table = fovea_pci_ids,
	.probe = fovea_pci_probe,
	.remove = fovea_pci_remove,
	.shutdown = fovea_pci_shutdown,
	.err_handler = &fovea_pci_error_handlers,
	.driver.pm = pm_ptr(&fovea_pci_pm_ops),
};

static int __init fovea_pci_init(void)
{
	if (dma_bits != 64 && dma_bits != 32) {
		pr_err(FOVEA_PCI_NAME ": dma_bits=%u, must be 64 or 32\n",
		       dma_bits);
		return -EINVAL;
	}
	if (!vectors || vectors > FOVEA_PCI_VECTORS_MAX) {
		pr_err(FOVEA_PCI_NAME ": vectors=%u, must be 1 to %u\n",
		       vectors, FOVEA_PCI_VECTORS_MAX);
		return -EINVAL;
	}
	return pci_register_driver(&fovea_pci_driver);
}

static void __exit fovea_pci_exit(void)
{
	pci_unregister_driver(&fovea_pci_driver);
}

module_init(fovea_pci_init);
module_exit(fovea_pci_exit);

MODULE_AUTHOR("The Fovea authors");
MODULE_DESCRIPTION("Fovea FS-1 on PCIe");
MODULE_LICENSE("GPL");
FOVEA_IMPORT_DMA_BUF;
