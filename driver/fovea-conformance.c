// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lends the device to the conformance suite (conformance/): the suite has
 * registers, memory and interrupts of the device for as long as it runs, and
 * afterwards the driver starts the device as after any sleep.
 *
 * Copyright The Fovea authors
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "conformance/fs1-conformance.h"
#include "fovea-conformance.h"
#include "fovea-core.h"
#include "fovea-power.h"

/* Room for the report; more is cut off. */
#define FOVEA_REPORT_SIZE	SZ_32K

/**
 * struct fovea_dut - a device on the bench
 * @fovea: borrowed
 * @report: where lines go; NULL: to the kernel's log
 */
struct fovea_dut {
	struct fovea_device *fovea;
	struct seq_file *report;
};

static u32 fovea_dut_read(void *data, u32 offset)
{
	const struct fovea_dut *dut = data;

	return dut->fovea->ops->read(dut->fovea->backend, offset);
}

static void fovea_dut_write(void *data, u32 offset, u32 value)
{
	const struct fovea_dut *dut = data;

	dut->fovea->ops->write(dut->fovea->backend, offset, value);
}

static void fovea_dut_doorbell(void *data, unsigned int queue)
{
	const struct fovea_dut *dut = data;

	dut->fovea->ops->doorbell(dut->fovea->backend, queue);
}

/* Those of @vectors that were raised, which are then forgotten. */
static u32 fovea_dut_raised(struct fovea_device *fovea, u32 vectors)
{
	u32 raised = 0;
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		if (vectors & BIT(i) && atomic_xchg(&fovea->raised[i], 0))
			raised |= BIT(i);
	return raised;
}

static u32 fovea_dut_wait(void *data, u32 vectors, u64 timeout)
{
	const struct fovea_dut *dut = data;
	struct fovea_device *fovea = dut->fovea;
	u32 raised = 0;

	if (!vectors) {
		fsleep(div_u64(timeout, NSEC_PER_USEC));
		return 0;
	}
	wait_event_timeout(fovea->raised_wait,
			   (raised = fovea_dut_raised(fovea, vectors)),
			   nsecs_to_jiffies(timeout));
	return raised;
}

static void *fovea_dut_alloc(void *data, size_t size, u64 *ret_address)
{
	const struct fovea_dut *dut = data;

	return dut->fovea->ops->alloc(dut->fovea->backend, size, ret_address);
}

static void fovea_dut_free(void *data, size_t size, void *memory, u64 address)
{
	const struct fovea_dut *dut = data;

	dut->fovea->ops->free(dut->fovea->backend, size, memory, address);
}

static u64 fovea_dut_now(void *data)
{
	return ktime_get_ns();
}

static bool fovea_dut_over(void *data)
{
	const struct fovea_dut *dut = data;

	return fatal_signal_pending(current) || fovea_device_gone(dut->fovea) ||
	       fovea_device_absent(dut->fovea);
}

static void fovea_dut_report(void *data, const char *line)
{
	const struct fovea_dut *dut = data;

	if (dut->report)
		seq_printf(dut->report, "%s\n", line);
	else
		dev_info(dut->fovea->dev, "rings: %s\n", line);
}

static unsigned int fovea_dut_vectors(const struct fovea_device *fovea)
{
	unsigned int last = 0, i;

	for (i = 0; i < FS1_QUEUES; i++)
		last = max(last, fovea->vector[i]);
	return last + 1;
}

static struct fs1_conformance_ops fovea_dut_ops(const struct fovea_device *fovea)
{
	return (struct fs1_conformance_ops){
		.read = fovea_dut_read,
		.write = fovea_dut_write,
		.doorbell = fovea_dut_doorbell,
		.wait = fovea_dut_wait,
		.alloc = fovea_dut_alloc,
		.free = fovea_dut_free,
		.now = fovea_dut_now,
		.over = fovea_dut_over,
		.report = fovea_dut_report,
		.vectors = fovea_dut_vectors(fovea),
	};
}

static int fovea_conformance_show(struct seq_file *file, void *data)
{
	struct fovea_device *fovea = file->private;
	struct fs1_conformance_ops ops = fovea_dut_ops(fovea);
	struct fovea_dut dut = { .fovea = fovea, .report = file };
	struct fs1_conformance_result result;
	int r;

	ops.workspace = kvmalloc(FS1_CONFORMANCE_WORKSPACE, GFP_KERNEL);
	if (!ops.workspace)
		return -ENOMEM;
	r = fovea_device_borrow(fovea);
	if (!r) {
		fs1_conformance_run(&ops, &dut, NULL, NULL, &result);
		fovea_device_give_back(fovea);
	}
	kvfree(ops.workspace);
	/* Without room for all of it, it would be run once more. */
	if (seq_has_overflowed(file))
		file->count = file->size - 1;
	return r;
}

static int fovea_conformance_open(struct inode *inode, struct file *file)
{
	return single_open_size(file, fovea_conformance_show, inode->i_private,
				FOVEA_REPORT_SIZE);
}

static const struct file_operations fovea_conformance_fops = {
	.owner = THIS_MODULE,
	.open = fovea_conformance_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/* ------------------------------------------------------------------------
 * Rings
 */

static int fovea_rings_show(struct seq_file *file, void *data)
{
	struct fovea_device *fovea = file->private;

	mutex_lock(&fovea->life);
	seq_printf(file, "frames %u ns %llu\n", fovea->rings_frames,
		   fovea->rings_ns);
	mutex_unlock(&fovea->life);
	return 0;
}

static int fovea_rings_run(struct fovea_device *fovea, u32 width, u32 height,
			   u32 frames)
{
	struct fs1_conformance_ops ops = fovea_dut_ops(fovea);
	struct fovea_dut dut = { .fovea = fovea };
	u64 ns = 0;
	int r;

	ops.workspace = kvmalloc(FS1_CONFORMANCE_WORKSPACE, GFP_KERNEL);
	if (!ops.workspace)
		return -ENOMEM;
	r = fovea_device_borrow(fovea);
	if (!r) {
		r = fs1_conformance_rings(&ops, &dut, width, height, frames,
					  &ns) ? -EIO : 0;
		fovea->rings_frames = r ? 0 : frames;
		fovea->rings_ns = ns;
		fovea_device_give_back(fovea);
	}
	kvfree(ops.workspace);
	return r;
}

static ssize_t fovea_rings_write(struct file *file, const char __user *buffer,
				 size_t size, loff_t *position)
{
	struct seq_file *seq = file->private_data;
	u32 width, height, frames;
	char text[48];
	int r;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	text[size] = '\0';
	if (sscanf(text, "%ux%u %u", &width, &height, &frames) != 3 ||
	    width > FS1_ARRAY_WIDTH || height > FS1_ARRAY_HEIGHT ||
	    !frames || frames > 1000000)
		return -EINVAL;
	r = fovea_rings_run(seq->private, width, height, frames);
	return r ? r : size;
}

static int fovea_rings_open(struct inode *inode, struct file *file)
{
	return single_open(file, fovea_rings_show, inode->i_private);
}

static const struct file_operations fovea_rings_fops = {
	.owner = THIS_MODULE,
	.open = fovea_rings_open,
	.read = seq_read,
	.write = fovea_rings_write,
	.llseek = seq_lseek,
	.release = single_release,
};

void fovea_conformance_register(struct fovea_device *fovea)
{
	debugfs_create_file("conformance", 0400, fovea->debugfs, fovea,
			    &fovea_conformance_fops);
	debugfs_create_file("rings", 0600, fovea->debugfs, fovea,
			    &fovea_rings_fops);
}
