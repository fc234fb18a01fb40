// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of debugfs: state and counters of the device, its streams, recovery and
 * interrupts. Documentation/tracing.rst and driver.rst say what stands in them.
 *
 * Copyright The Fovea authors
 */
#include <linux/debugfs.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "fovea-conformance.h"
#include "fovea-core.h"
#include "fovea-debugfs.h"
#include "fovea-format.h"
#include "fovea-trace-names.h"

/* A stream whose last frame is older has no rate; frames last 0.68 s at most. */
#define FOVEA_RATE_STALE_NS	(2 * NSEC_PER_SEC)

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

static int fovea_debugfs_device_show(struct seq_file *file, void *data)
{
	struct fovea_device *fovea = file->private;
	const struct fovea_mode *mode =
		&fovea_modes[atomic_read(&fovea->mode)];
	u32 commands, lost, newest;
	u64 frame_id, timestamp;

	spin_lock_irq(&fovea->admin.lock);
	newest = (fovea->frame_next + FOVEA_FRAMES - 1) % FOVEA_FRAMES;
	frame_id = fovea->frames[newest].id;
	timestamp = fovea->frames[newest].timestamp;
	commands = fovea->admin.outstanding;
	lost = fovea->admin.events_lost;
	spin_unlock_irq(&fovea->admin.lock);
	seq_printf(file, "state %s\n", fovea_device_state_name(fovea));
	seq_printf(file, "generation %u\n", READ_ONCE(fovea->generation));
	seq_printf(file, "mode %ux%u\n", mode->width, mode->height);
	seq_printf(file, "commands %u\n", commands);
	seq_printf(file, "lengthened %u\n", atomic_read(&fovea->lengthened));
	seq_printf(file, "events_lost %u\n", lost);
	seq_printf(file, "last_frame %016llx\n", frame_id);
	seq_printf(file, "last_timestamp %llu\n", timestamp);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(fovea_debugfs_device);

/* Frames in 100 s, of the latest that came; with the queue's lock held. */
static u64 fovea_debugfs_rate(const struct fovea_stream *stream)
{
	u32 count = min_t(u32, stream->served, FOVEA_RATE_FRAMES);
	u64 oldest, newest;

	if (stream->state != FOVEA_STREAM_RUNNING || count < 2)
		return 0;
	newest = stream->stamps[(stream->served - 1) % FOVEA_RATE_FRAMES];
	oldest = stream->stamps[(stream->served - count) % FOVEA_RATE_FRAMES];
	if (newest <= oldest || newest + FOVEA_RATE_STALE_NS < ktime_get_ns())
		return 0;
	return div64_u64((count - 1) * 100ull * NSEC_PER_SEC, newest - oldest);
}

static void fovea_debugfs_show_drops(struct seq_file *file,
				     const struct fovea_stream *stream)
{
	static const char * const names[] = {
		FOVEA_DROP_NAMES(FOVEA_NAME_ENTRY, FOVEA_NAME_ENTRY)
	};
	u32 drops[FOVEA_DROPS], sum = 0;
	unsigned int i;

	for (i = 0; i < FOVEA_DROPS; i++) {
		drops[i] = atomic_read(&stream->dropped[i]);
		sum += drops[i];
	}
	seq_printf(file, "dropped %u\n", sum);
	for (i = 0; i < FOVEA_DROPS; i++)
		seq_printf(file, "dropped_%s %u\n", names[i], drops[i]);
}

static int fovea_debugfs_stream_show(struct seq_file *file, void *data)
{
	struct fovea_stream *stream = file->private;
	struct fovea_holders holders;
	u64 rate;
	u32 part;

	spin_lock_irq(&stream->queue.lock);
	fovea_stream_holders(stream, &holders);
	rate = fovea_debugfs_rate(stream);
	seq_printf(file, "state %s\n", fovea_stream_state_name(stream->state));
	seq_printf(file, "buffers %u\n", READ_ONCE(stream->buffers));
	seq_printf(file, "at_program %u\n", holders.program);
	seq_printf(file, "ready %u\n", holders.ready);
	seq_printf(file, "waiting %u\n", holders.waiting);
	seq_printf(file, "at_device %u\n", holders.device);
	seq_printf(file, "queued %u\n", stream->queued);
	seq_printf(file, "submitted %u\n", stream->submitted);
	seq_printf(file, "completed %u\n", stream->completed);
	seq_printf(file, "delivered %u\n", READ_ONCE(stream->delivered));
	seq_printf(file, "errors %u\n", stream->errors);
	seq_printf(file, "bad_answers %u\n", stream->queue.errors);
	seq_printf(file, "last_frame %016llx\n", stream->frame_id);
	seq_printf(file, "last_timestamp %llu\n", stream->timestamp);
	spin_unlock_irq(&stream->queue.lock);
	fovea_debugfs_show_drops(file, stream);
	rate = div_u64_rem(rate, 100, &part);
	seq_printf(file, "fps %llu.%02u\n", rate, part);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(fovea_debugfs_stream);

void fovea_debugfs_register(struct fovea_device *fovea)
{
	unsigned int i;

	fovea->debugfs = debugfs_create_dir(dev_name(fovea->dev),
					    fovea_debugfs_root);
	debugfs_create_file("device", 0444, fovea->debugfs, fovea,
			    &fovea_debugfs_device_fops);
	for (i = 0; i < FS1_QUEUES; i++)
		if (fovea->streams[i].type)
			debugfs_create_file(fovea->streams[i].type->label,
					    0444, fovea->debugfs,
					    &fovea->streams[i],
					    &fovea_debugfs_stream_fops);
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
