// SPDX-License-Identifier: GPL-2.0-only
/*
 * Back-end: an FS-1 inside the kernel. Each is a platform device; a thread
 * runs the functional core (fs1/), which reaches memory through a small IOMMU
 * only and computes on several processors.
 *
 * Copyright The Fovea authors
 */
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <media/videobuf2-v4l2.h>
#include <media/videobuf2-vmalloc.h>

#include "fovea-backend.h"
#include "fovea-compat.h"
#include "fovea-virt-iommu.h"
#include "fs1/fs1.h"

#define FOVEA_VIRT_DEVICES_MAX	8
#define FOVEA_VIRT_HELPERS_MAX	7

/* Without streams for so long it sleeps: a kernel thread that never wakes. */
#define FOVEA_VIRT_AUTOSUSPEND_MS	1000

static unsigned int devices = 1;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "number of devices, 1 to 8 (default 1)");

static unsigned int seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of the noise of the first device, one more for each further one (default 1)");

static bool unpaced;
module_param(unpaced, bool, 0444);
MODULE_PARM_DESC(unpaced, "start each frame as soon as there are buffers for it, for benchmarks (default off)");

/**
 * struct fovea_virt_helper - lends a processor to the device's thread
 * @work: runs on any processor
 * @virt: the device
 */
struct fovea_virt_helper {
	struct work_struct work;
	struct fovea_virt *virt;
};

/**
 * struct fovea_virt - one device
 * @dev: its platform device
 * @fovea: the driver's side
 * @fs1: the device's side, used by @thread alone
 * @registers: between both
 * @iommu: what @fs1 can reach
 * @thread: runs @fs1
 * @rung: a doorbell was rung since @thread looked last
 * @function: what all processors work on
 * @argument: for @function
 * @next: index of the next piece
 * @count: number of pieces
 * @helpers: processors beside that of @thread
 * @helper: the first @helpers are used
 */
struct fovea_virt {
	struct device *dev;
	struct fovea_device *fovea;
	struct fs1_device *fs1;
	struct fs1_registers *registers;
	struct fovea_virt_iommu iommu;
	struct task_struct *thread;
	atomic_t rung;

	void (*function)(void *argument, unsigned int index);
	void *argument;
	atomic_t next;
	unsigned int count;
	unsigned int helpers;
	struct fovea_virt_helper helper[FOVEA_VIRT_HELPERS_MAX];
};

/* Computes pieces of frames; shared by all devices. */
static struct workqueue_struct *fovea_virt_workqueue;

/* ------------------------------------------------------------------------
 * What the core needs of its host
 */

/* Powers of two and whole pages are aligned for anything. */
static void *fovea_virt_host_alloc(void *host, size_t size)
{
	if (size < PAGE_SIZE)
		size = roundup_pow_of_two(max_t(size_t, size, 64));
	else
		size = PAGE_ALIGN(size);
	return kvzalloc(size, GFP_KERNEL);
}

static void fovea_virt_host_free(void *host, void *memory)
{
	kvfree(memory);
}

static u64 fovea_virt_host_now(void *host)
{
	return ktime_get_ns();
}

static void *fovea_virt_host_map(void *host, u64 address, u32 length,
				 bool write)
{
	struct fovea_virt *virt = host;

	return fovea_virt_iommu_get(&virt->iommu, address, length, write);
}

static void fovea_virt_host_unmap(void *host, u64 address, u32 length,
				  void *memory)
{
	struct fovea_virt *virt = host;

	fovea_virt_iommu_put(&virt->iommu, address);
}

static void fovea_virt_host_interrupt(void *host, unsigned int vector)
{
	struct fovea_virt *virt = host;

	fovea_interrupt(virt->fovea, vector);
}

/* Takes pieces until none is left, as the other processors do. */
static void fovea_virt_compute(struct fovea_virt *virt)
{
	unsigned int i;

	for (;;) {
		i = atomic_fetch_inc(&virt->next);
		if (i >= virt->count)
			break;
		virt->function(virt->argument, i);
	}
}

static void fovea_virt_helper_work(struct work_struct *work)
{
	struct fovea_virt_helper *helper =
		container_of(work, struct fovea_virt_helper, work);

	fovea_virt_compute(helper->virt);
}

static void fovea_virt_host_parallel(void *host,
				     void (*function)(void *argument,
						      unsigned int index),
				     void *argument, unsigned int count)
{
	struct fovea_virt *virt = host;
	unsigned int helpers = min(virt->helpers, count - 1);
	unsigned int i;

	virt->function = function;
	virt->argument = argument;
	virt->count = count;
	atomic_set(&virt->next, 0);

	for (i = 0; i < helpers; i++)
		queue_work(fovea_virt_workqueue, &virt->helper[i].work);
	fovea_virt_compute(virt);
	/* One that hasn't begun has nothing left to do. */
	for (i = 0; i < helpers; i++)
		cancel_work_sync(&virt->helper[i].work);
}

static const struct fs1_host_ops fovea_virt_host_ops = {
	.alloc = fovea_virt_host_alloc,
	.free = fovea_virt_host_free,
	.now = fovea_virt_host_now,
	.map = fovea_virt_host_map,
	.unmap = fovea_virt_host_unmap,
	.interrupt = fovea_virt_host_interrupt,
	.parallel = fovea_virt_host_parallel,
};

/* Sleeps until the doorbell, the time the core has named, or the end. */
static void fovea_virt_sleep(struct fovea_virt *virt, u64 until)
{
	ktime_t expires = ns_to_ktime(until);

	set_current_state(TASK_IDLE);
	if (atomic_read(&virt->rung) || kthread_should_stop())
		__set_current_state(TASK_RUNNING);
	else if (until == FS1_NEVER)
		schedule();
	else
		schedule_hrtimeout(&expires, HRTIMER_MODE_ABS);
}

static int fovea_virt_thread(void *data)
{
	struct fovea_virt *virt = data;
	u64 until;

	while (!kthread_should_stop()) {
		/* Before the look: what comes behind it is seen next time. */
		atomic_xchg(&virt->rung, 0);
		until = fs1_device_run(virt->fs1);
		if (until)
			fovea_virt_sleep(virt, until);
		else
			cond_resched();
	}
	return 0;
}

/* ------------------------------------------------------------------------
 * What the driver needs of its back-end
 */

static u32 *fovea_virt_register(struct fovea_virt *virt, u32 offset)
{
	return (u32 *)((u8 *)virt->registers + offset);
}

static u32 fovea_virt_read(void *backend, u32 offset)
{
	u32 value;

	/* What the device wrote before it set the register comes after. */
	value = smp_load_acquire(fovea_virt_register(backend, offset));
	return le32_to_cpu((__force __le32)value);
}

static void fovea_virt_write(void *backend, u32 offset, u32 value)
{
	/* The device that sees the value sees all written before. */
	smp_store_release(fovea_virt_register(backend, offset),
			  (__force u32)cpu_to_le32(value));
}

static void fovea_virt_doorbell(void *backend, unsigned int queue)
{
	struct fovea_virt *virt = backend;

	/* An exchange orders the registers' new values before it. */
	atomic_xchg(&virt->rung, 1);
	wake_up_process(virt->thread);
}

static void *fovea_virt_alloc(void *backend, size_t size, u64 *ret_address)
{
	struct fovea_virt *virt = backend;
	void *memory;

	memory = fovea_virt_host_alloc(virt, size);
	if (memory && fovea_virt_iommu_add(&virt->iommu, memory, size, true,
					   ret_address)) {
		kvfree(memory);
		memory = NULL;
	}
	return memory;
}

static void fovea_virt_free(void *backend, size_t size, void *memory,
			    u64 address)
{
	struct fovea_virt *virt = backend;

	fovea_virt_iommu_remove(&virt->iommu, address);
	kvfree(memory);
}

static int fovea_virt_map(void *backend, struct vb2_buffer *vb,
			  struct fovea_mapping *ret_mapping)
{
	struct fovea_virt *virt = backend;
	unsigned long length = vb2_plane_size(vb, 0);
	void *memory = vb2_plane_vaddr(vb, 0);

	if (!memory)
		return -ENOMEM;
	ret_mapping->sg_count = 1;
	ret_mapping->length = length;
	return fovea_virt_iommu_add(&virt->iommu, memory, length,
				    !V4L2_TYPE_IS_OUTPUT(vb->type),
				    &ret_mapping->address);
}

static void fovea_virt_unmap(void *backend, struct fovea_mapping *mapping)
{
	struct fovea_virt *virt = backend;

	fovea_virt_iommu_remove(&virt->iommu, mapping->address);
}

static int fovea_virt_map_memory(void *backend, void *memory, u32 length,
				 struct fovea_mapping *ret_mapping)
{
	struct fovea_virt *virt = backend;

	ret_mapping->sg_count = 1;
	ret_mapping->length = length;
	return fovea_virt_iommu_add(&virt->iommu, memory, length, false,
				    &ret_mapping->address);
}

static const struct fovea_backend_ops fovea_virt_backend_ops = {
	.owner = THIS_MODULE,
	.mem_ops = &vb2_vmalloc_memops,
	.io_modes = VB2_MMAP | VB2_USERPTR | VB2_DMABUF,
	.read = fovea_virt_read,
	.write = fovea_virt_write,
	.doorbell = fovea_virt_doorbell,
	.alloc = fovea_virt_alloc,
	.free = fovea_virt_free,
	.map = fovea_virt_map,
	.unmap = fovea_virt_unmap,
	.map_memory = fovea_virt_map_memory,
	.unmap_memory = fovea_virt_unmap,
};

/* ------------------------------------------------------------------------
 * The platform device
 */

static int fovea_virt_create_fs1(struct fovea_virt *virt, unsigned int id)
{
	char serial[16];
	struct fs1_device_config config = {
		.registers = virt->registers,
		.epoch = ktime_get_real_seconds(),
		.generation = 1,
		.capabilities = FS1_CAP_SCENE | FS1_CAP_HOST_CLOCK |
				FS1_CAP_NPU,
		.seed = seed + id,
		.slices = virt->helpers + 1,
		.unpaced = unpaced,
		.serial = serial,
	};

	snprintf(serial, sizeof(serial), "virt-%u", id);
	virt->fs1 = fs1_device_create(&fovea_virt_host_ops, virt, &config);
	return virt->fs1 ? 0 : -ENOMEM;
}

static int fovea_virt_start_thread(struct fovea_virt *virt)
{
	struct task_struct *thread;

	thread = kthread_create(fovea_virt_thread, virt, "%s",
				dev_name(virt->dev));
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	virt->thread = thread;
	wake_up_process(thread);
	return 0;
}

static void fovea_virt_init_helpers(struct fovea_virt *virt)
{
	unsigned int i;

	virt->helpers = min_t(unsigned int, num_online_cpus() - 1,
			      FOVEA_VIRT_HELPERS_MAX);
	for (i = 0; i < virt->helpers; i++) {
		virt->helper[i].virt = virt;
		INIT_WORK(&virt->helper[i].work, fovea_virt_helper_work);
	}
}

/* The device is awake, and stays so until fovea_virt_allow_sleep(). */
static void fovea_virt_init_power(struct device *dev)
{
	pm_runtime_set_autosuspend_delay(dev, FOVEA_VIRT_AUTOSUSPEND_MS);
	pm_runtime_use_autosuspend(dev);
	pm_runtime_get_noresume(dev);
	pm_runtime_set_active(dev);
	pm_runtime_enable(dev);
}

static void fovea_virt_allow_sleep(struct device *dev)
{
	pm_runtime_mark_last_busy(dev);
	pm_runtime_put_autosuspend(dev);
}

static void fovea_virt_exit_power(struct device *dev)
{
	pm_runtime_dont_use_autosuspend(dev);
	pm_runtime_disable(dev);
	pm_runtime_set_suspended(dev);
	pm_runtime_put_noidle(dev);
}

static int fovea_virt_probe(struct platform_device *pdev)
{
	struct fovea_virt *virt;
	int r = -ENOMEM;

	virt = kzalloc(sizeof(*virt), GFP_KERNEL);
	if (!virt)
		return -ENOMEM;
	virt->dev = &pdev->dev;
	platform_set_drvdata(pdev, virt);
	fovea_virt_iommu_init(&virt->iommu);
	fovea_virt_init_helpers(virt);

	virt->registers = (void *)get_zeroed_page(GFP_KERNEL);
	if (!virt->registers)
		goto err_free;
	r = fovea_virt_create_fs1(virt, pdev->id);
	if (r)
		goto err_registers;
	virt->fovea = fovea_alloc(&pdev->dev, &fovea_virt_backend_ops, virt);
	if (IS_ERR(virt->fovea)) {
		r = PTR_ERR(virt->fovea);
		goto err_fs1;
	}
	r = fovea_virt_start_thread(virt);
	if (r)
		goto err_put;
	fovea_virt_init_power(&pdev->dev);
	r = fovea_register(virt->fovea);
	if (r)
		goto err_power;
	fovea_virt_allow_sleep(&pdev->dev);
	return 0;

err_power:
	fovea_virt_exit_power(&pdev->dev);
	kthread_stop(virt->thread);
err_put:
	fovea_put(virt->fovea);
err_fs1:
	fs1_device_destroy(virt->fs1);
err_registers:
	free_page((unsigned long)virt->registers);
err_free:
	fovea_virt_iommu_destroy(&virt->iommu);
	kfree(virt);
	return r;
}

static void fovea_virt_remove(struct platform_device *pdev)
{
	struct fovea_virt *virt = platform_get_drvdata(pdev);

	pm_runtime_get_sync(&pdev->dev);
	fovea_unregister(virt->fovea);
	fovea_virt_exit_power(&pdev->dev);
	kthread_stop(virt->thread);
	fs1_device_destroy(virt->fs1);
	fovea_put(virt->fovea);
	free_page((unsigned long)virt->registers);
	fovea_virt_iommu_destroy(&virt->iommu);
	kfree(virt);
}

static int fovea_virt_suspend(struct device *dev)
{
	struct fovea_virt *virt = dev_get_drvdata(dev);

	return fovea_suspend(virt->fovea);
}

static int fovea_virt_resume(struct device *dev)
{
	struct fovea_virt *virt = dev_get_drvdata(dev);

	fovea_resume(virt->fovea);
	return 0;
}

static DEFINE_RUNTIME_DEV_PM_OPS(fovea_virt_pm_ops, fovea_virt_suspend,
				 fovea_virt_resume, NULL);

static struct platform_driver fovea_virt_driver = {
	.probe = fovea_virt_probe,
	FOVEA_PLATFORM_REMOVE(fovea_virt_remove),
	.driver = {
		.name = "fovea-virt",
		.pm = pm_ptr(&fovea_virt_pm_ops),
		/* The module's init looks whether the probe was successful. */
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

/* ------------------------------------------------------------------------
 * The module
 */

static struct platform_device *fovea_virt_devices[FOVEA_VIRT_DEVICES_MAX];

static void fovea_virt_remove_devices(void)
{
	unsigned int i;

	for (i = 0; i < FOVEA_VIRT_DEVICES_MAX; i++)
		platform_device_unregister(fovea_virt_devices[i]);
}

static int fovea_virt_add_device(unsigned int id)
{
	struct platform_device *pdev;

	pdev = platform_device_register_simple("fovea-virt", id, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	fovea_virt_devices[id] = pdev;
	/* The probe has said why. */
	return pdev->dev.driver ? 0 : -ENODEV;
}

static int __init fovea_virt_init(void)
{
	unsigned int i;
	int r;

	if (!devices || devices > FOVEA_VIRT_DEVICES_MAX) {
		pr_err("fovea-virt: devices=%u, must be 1 to %u\n", devices,
		       FOVEA_VIRT_DEVICES_MAX);
		return -EINVAL;
	}
	fovea_virt_workqueue = alloc_workqueue("fovea-virt", WQ_UNBOUND, 0);
	if (!fovea_virt_workqueue)
		return -ENOMEM;
	r = platform_driver_register(&fovea_virt_driver);
	if (r)
		goto err_workqueue;
	for (i = 0; i < devices; i++) {
		r = fovea_virt_add_device(i);
		if (r)
			goto err_devices;
	}
	return 0;

err_devices:
	fovea_virt_remove_devices();
	platform_driver_unregister(&fovea_virt_driver);
err_workqueue:
	destroy_workqueue(fovea_virt_workqueue);
	return r;
}

static void __exit fovea_virt_exit(void)
{
	fovea_virt_remove_devices();
	platform_driver_unregister(&fovea_virt_driver);
	destroy_workqueue(fovea_virt_workqueue);
}

module_init(fovea_virt_init);
module_exit(fovea_virt_exit);

MODULE_AUTHOR("The Fovea authors");
MODULE_DESCRIPTION("Fovea FS-1 inside the kernel");
MODULE_LICENSE("GPL");
