// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of debugfs: counters of recovery and of interrupts.
 *
 * Copyright The Fovea authors
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "fovea-conformance.h"
#include "fovea-core.h"
#include "fovea-debugfs.h"

static struct dentry *fovea_debugfs_root;

static u32 fovea_bad_answers(struct fovea_device *fovea)
{
	u32 count = READ_ONCE(fovea->admin.errors);
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		count += READ_ONCE(fovea->streams[i].queue.errors) +
			 READ_ONCE(fovea->streams[i].errors);
	return count;
}

static int fovea_debugfs_recovery_show(struct seq_file *file, void *data)
{
	struct fovea_device *fovea = file->private;
	struct fovea_recovery *recovery = &fovea->recovery;

	seq_printf(file, "state %s\n", fovea_device_state_name(fovea));
	spin_lock_irq(&recovery->lock);
	seq_printf(file, "reissued %u\n",
		   recovery->stages[FOVEA_RECOVERY_REISSUE]);
	seq_printf(file, "queue_resets %u\n",
		   recovery->stages[FOVEA_RECOVERY_QUEUE_RESET]);
	seq_printf(file, "device_resets %u\n",
		   recovery->stages[FOVEA_RECOVERY_DEVICE_RESET]);
	seq_printf(file, "recovered %u\n",
		   recovery->stages[FOVEA_RECOVERY_DONE]);
	seq_printf(file, "given_up %u\n",
		   recovery->stages[FOVEA_RECOVERY_GIVEN_UP]);
	seq_printf(file, "restarts %u\n", recovery->restarts);
	seq_printf(file, "lost_interrupts %u\n", recovery->lost_interrupts);
	seq_printf(file, "bad_answers %u\n", fovea_bad_answers(fovea));
	seq_printf(file, "last_us %u\n", recovery->last_us);
	seq_printf(file, "total_us %llu\n", recovery->total_us);
	seq_printf(file, "max_us %u\n", recovery->max_us);
	spin_unlock_irq(&recovery->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(fovea_debugfs_recovery);

static void fovea_debugfs_show_queue(struct seq_file *file,
				     struct fovea_queue *queue)
{
	u64 interrupts, completions;

	spin_lock_irq(&queue->lock);
	interrupts = queue->interrupts;
	completions = queue->completions;
	spin_unlock_irq(&queue->lock);
	seq_printf(file, "queue %u interrupts %llu completions %llu\n",
		   queue->index, interrupts, completions);
}

static int fovea_debugfs_interrupts_show(struct seq_file *file, void *data)
{
	struct fovea_device *fovea = file->private;
	unsigned int i;

	fovea_debugfs_show_queue(file, &fovea->admin);
	for (i = 0; i < FS1_QUEUES; i++)
		if (fovea->streams[i].type)
			fovea_debugfs_show_queue(file,
						 &fovea->streams[i].queue);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(fovea_debugfs_interrupts);

void fovea_debugfs_register(struct fovea_device *fovea)
{
	fovea->debugfs = debugfs_create_dir(dev_name(fovea->dev),
					    fovea_debugfs_root);
	debugfs_create_file("recovery", 0444, fovea->debugfs, fovea,
			    &fovea_debugfs_recovery_fops);
	debugfs_create_file("interrupts", 0444, fovea->debugfs, fovea,
			    &fovea_debugfs_interrupts_fops);
	fovea_conformance_register(fovea);
	fovea_inject_register(fovea);
}

void fovea_debugfs_unregister(struct fovea_device *fovea)
{
	debugfs_remove_recursive(fovea->debugfs);
	fovea->debugfs = NULL;
}

void fovea_debugfs_init(void)
{
	fovea_debugfs_root = debugfs_create_dir("fovea", NULL);
}

void fovea_debugfs_exit(void)
{
	debugfs_remove_recursive(fovea_debugfs_root);
}
