// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching a running device, and bringing back one that misbehaves.
 *
 * Whoever finds something wrong, in whatever context, only notes it and changes
 * the state; what is to be done is done by one work, under life. So nothing
 * here happens in an interrupt, nor twice at once.
 *
 * Copyright The Fovea authors
 */
#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/moduleparam.h>

#include "fovea-clock.h"
#include "fovea-core.h"
#include "fovea-power.h"
#include "fovea-recovery.h"
#include "fovea-trace.h"

static unsigned int command_timeout = 5000;
module_param(command_timeout, uint, 0644);
MODULE_PARM_DESC(command_timeout, "ms until the device is reset because a command isn't answered (default 5000)");

static unsigned int heartbeat_timeout = 3000;
module_param(heartbeat_timeout, uint, 0644);
MODULE_PARM_DESC(heartbeat_timeout, "ms until the device is reset because its heartbeat stands still (default 3000)");

static unsigned int frame_timeout = 10000;
module_param(frame_timeout, uint, 0644);
MODULE_PARM_DESC(frame_timeout, "ms until the device is reset because no frame starts (default 10000)");

static unsigned int buffer_timeout = 1000;
module_param(buffer_timeout, uint, 0644);
MODULE_PARM_DESC(buffer_timeout, "ms until a queue is reset because a buffer doesn't come back (default 1000)");

/* How long before each try. */
static const unsigned int fovea_reset_delays_ms[FOVEA_RESETS] = {
	0, 100, 400, 1600, 3200,
};

static struct fovea_device *to_fovea(struct fovea_recovery *recovery)
{
	return container_of(recovery, struct fovea_device, recovery);
}

/* One that is very short would make every device a dead one. */
static unsigned int fovea_recovery_ms(const unsigned int *timeout)
{
	return max(READ_ONCE(*timeout), FOVEA_TIMEOUT_MIN_MS);
}

unsigned long fovea_recovery_command_timeout(void)
{
	return msecs_to_jiffies(fovea_recovery_ms(&command_timeout));
}

/* ------------------------------------------------------------------------
 * Telling
 */

static u32 fovea_recovery_count(struct fovea_recovery *recovery,
				enum fovea_recovery_stage stage, u32 cause,
				u32 duration)
{
	unsigned long flags;
	u32 count;

	spin_lock_irqsave(&recovery->lock, flags);
	count = ++recovery->stages[stage];
	if (stage == FOVEA_RECOVERY_DONE) {
		recovery->last_us = duration;
		recovery->max_us = max(recovery->max_us, duration);
		recovery->total_us += duration;
	}
	spin_unlock_irqrestore(&recovery->lock, flags);
	return count;
}

void fovea_recovery_report(struct fovea_device *fovea,
			   enum fovea_recovery_stage stage, u32 cause,
			   ktime_t since)
{
	struct fovea_event_recovery event = {
		.stage = stage,
		.cause = cause,
	};
	unsigned int i;

	if (stage == FOVEA_RECOVERY_DONE || stage == FOVEA_RECOVERY_GIVEN_UP)
		event.duration_us =
			clamp_t(s64, ktime_us_delta(ktime_get(), since), 0,
				U32_MAX);
	event.count = fovea_recovery_count(&fovea->recovery, stage, cause,
					   event.duration_us);
	trace_fovea_recovery(fovea, stage, cause, event.count,
			     event.duration_us);
	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_recovery(&fovea->streams[i], &event);
}

/* ------------------------------------------------------------------------
 * Noting
 */

/* Afterwards fovea_recovery_stop() has something to wait for, or was first. */
static void fovea_recovery_queue(struct fovea_device *fovea, unsigned int ms)
{
	struct fovea_recovery *recovery = &fovea->recovery;
	unsigned long flags;

	spin_lock_irqsave(&recovery->lock, flags);
	if (!recovery->stopped)
		mod_delayed_work(recovery->workqueue, &recovery->work,
				 msecs_to_jiffies(ms));
	spin_unlock_irqrestore(&recovery->lock, flags);
}

static void fovea_recovery_begin(struct fovea_device *fovea,
				 enum fovea_state from, u32 cause)
{
	struct fovea_recovery *recovery = &fovea->recovery;
	unsigned long flags;

	/* Whatever came first is the cause. */
	/* cppcheck-suppress selfAssignment; cmpxchg changes memory */
	cause = atomic_cmpxchg(&recovery->cause, 0, cause) ?: cause;
	spin_lock_irqsave(&recovery->lock, flags);
	if (cmpxchg(&fovea->state, from, FOVEA_RECOVERING) == from) {
		/* One that an attempt to sleep has interrupted goes on. */
		if (from != FOVEA_SUSPENDED || !recovery->tries) {
			recovery->since = ktime_get();
			recovery->tries = 0;
			recovery->first = cause;
		}
		if (!recovery->stopped)
			mod_delayed_work(recovery->workqueue, &recovery->work,
					 0);
	}
	spin_unlock_irqrestore(&recovery->lock, flags);
}

void fovea_recovery_note_generation(struct fovea_device *fovea, u32 generation)
{
	struct fovea_recovery *recovery = &fovea->recovery;
	unsigned long flags;

	spin_lock_irqsave(&recovery->lock, flags);
	/* 0: the first one. */
	if (fovea->generation && generation != fovea->generation)
		recovery->restarts++;
	fovea->generation = generation;
	spin_unlock_irqrestore(&recovery->lock, flags);
}

void fovea_recovery_start(struct fovea_device *fovea,
			  enum fovea_recovery_cause cause)
{
	fovea_recovery_begin(fovea, FOVEA_RUNNING, cause);
	if (cause == FOVEA_CAUSE_BUS &&
	    READ_ONCE(fovea->state) == FOVEA_FAILED) {
		set_bit(0, &fovea->recovery.again);
		fovea_recovery_queue(fovea, 0);
	}
}

void fovea_recovery_take_over(struct fovea_device *fovea)
{
	lockdep_assert_held(&fovea->life);
	fovea_recovery_begin(fovea, FOVEA_SUSPENDED, FOVEA_CAUSE_FAILED);
}

void fovea_recovery_start_stream(struct fovea_stream *stream)
{
	struct fovea_device *fovea = stream->fovea;

	set_bit(stream->type->index, &fovea->recovery.streams);
	/* Otherwise it will have a new queue anyway. */
	if (READ_ONCE(fovea->state) == FOVEA_RUNNING)
		fovea_recovery_queue(fovea, 0);
}

/* ------------------------------------------------------------------------
 * Taking the stages
 */

static void fovea_recovery_give_up(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;

	dev_err(fovea->dev, "device doesn't come back after %u resets, given up\n",
		recovery->tries);
	fovea_device_fail(fovea, FOVEA_FAILED);
	fovea_recovery_report(fovea, FOVEA_RECOVERY_GIVEN_UP, recovery->first,
			      recovery->since);
	fovea_recovery_queue(fovea, FOVEA_FAILED_LOOK_MS);
}

static void fovea_recovery_reset_device(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;
	int r;

	recovery->tries++;
	recovery->streams = 0;
	dev_warn(fovea->dev, "device reset %u of %u, cause %u\n",
		 recovery->tries, FOVEA_RESETS, recovery->first);
	fovea_recovery_report(fovea, FOVEA_RECOVERY_DEVICE_RESET,
			      recovery->first, recovery->since);
	r = fovea_device_disable(fovea);
	if (!r)
		r = fovea_device_enable(fovea);
	if (!r) {
		dev_info(fovea->dev, "device is back\n");
		fovea_recovery_report(fovea, FOVEA_RECOVERY_DONE,
				      recovery->first, recovery->since);
	} else if (fovea_device_gone(fovea)) {
		dev_err(fovea->dev, "device has been removed\n");
	} else if (recovery->tries < FOVEA_RESETS) {
		recovery->next = jiffies +
			msecs_to_jiffies(fovea_reset_delays_ms[recovery->tries]);
		fovea_recovery_queue(fovea, 0);
	} else {
		fovea_recovery_give_up(fovea);
	}
}

static void fovea_recovery_reset_queues(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;
	ktime_t since;
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++) {
		if (!test_and_clear_bit(i, &recovery->streams))
			continue;
		since = ktime_get();
		dev_warn(fovea->dev, "%s: queue reset, a buffer is missing\n",
			 fovea->streams[i].type->name);
		fovea_recovery_report(fovea, FOVEA_RECOVERY_QUEUE_RESET,
				      FOVEA_CAUSE_BUFFER, since);
		if (fovea_stream_reset(&fovea->streams[i])) {
			fovea_recovery_start(fovea, FOVEA_CAUSE_BUFFER);
			return;
		}
		fovea_recovery_report(fovea, FOVEA_RECOVERY_DONE,
				      FOVEA_CAUSE_BUFFER, since);
		if (i == FS1_STREAM_NETWORK)
			fovea_networks_kick(fovea);
	}
}

void fovea_recovery_retry(struct fovea_device *fovea,
			  enum fovea_recovery_cause cause)
{
	lockdep_assert_held(&fovea->life);
	if (READ_ONCE(fovea->state) != FOVEA_FAILED)
		return;
	atomic_set(&fovea->recovery.cause, 0);
	fovea_recovery_begin(fovea, FOVEA_FAILED, cause);
	/* It may just have left. */
	if (READ_ONCE(fovea->state) != FOVEA_RECOVERING)
		return;
	fovea->recovery.tries = FOVEA_RESETS - 1;
	fovea_recovery_reset_device(fovea);
}

/* Somebody has repaired it? One more try, then. */
static void fovea_recovery_look(struct fovea_device *fovea)
{
	const struct fovea_backend_ops *ops = fovea->ops;
	u32 generation;

	if (fovea_device_absent(fovea)) {
		fovea_device_fail(fovea, FOVEA_GONE);
		return;
	}
	generation = ops->read(fovea->backend, FOVEA_REGISTER(generation));
	if (generation != fovea->generation) {
		/* One try for each, even if it ends early. */
		fovea_recovery_note_generation(fovea, generation);
		fovea_recovery_retry(fovea, FOVEA_CAUSE_RESTART);
	} else if (test_and_clear_bit(0, &fovea->recovery.again)) {
		fovea_recovery_retry(fovea, FOVEA_CAUSE_BUS);
	} else {
		fovea_recovery_queue(fovea, FOVEA_FAILED_LOOK_MS);
	}
}

void fovea_recovery_look_now(struct fovea_device *fovea)
{
	if (READ_ONCE(fovea->state) == FOVEA_FAILED)
		flush_delayed_work(&fovea->recovery.work);
}

/* Waits for the next try; but a device that has restarted may be well again. */
static void fovea_recovery_go_on(struct fovea_device *fovea)
{
	const struct fovea_backend_ops *ops = fovea->ops;
	unsigned long now = jiffies, next = fovea->recovery.next;
	unsigned int left;

	if (fovea->recovery.tries && time_before(now, next) &&
	    ops->read(fovea->backend, FOVEA_REGISTER(generation)) ==
		    fovea->generation) {
		left = jiffies_to_msecs(next - now) + 1;
		fovea_recovery_queue(fovea, min(left, FOVEA_PAUSE_LOOK_MS));
		return;
	}
	fovea_recovery_reset_device(fovea);
}

static void fovea_recovery_work(struct work_struct *work)
{
	struct fovea_recovery *recovery =
		container_of(work, struct fovea_recovery, work.work);
	struct fovea_device *fovea = to_fovea(recovery);

	/* Whoever waits for an answer leaves, and lets go of life. */
	if (READ_ONCE(fovea->state) == FOVEA_RECOVERING)
		fovea_queue_close(&fovea->admin);

	mutex_lock(&fovea->life);
	switch (READ_ONCE(fovea->state)) {
	case FOVEA_RUNNING:
		fovea_recovery_reset_queues(fovea);
		break;
	case FOVEA_RECOVERING:
		fovea_recovery_go_on(fovea);
		break;
	case FOVEA_FAILED:
		fovea_recovery_look(fovea);
		break;
	default:
		break;
	}
	mutex_unlock(&fovea->life);
}

/* ------------------------------------------------------------------------
 * Watching
 */

/**
 * struct fovea_sight - what is seen of a running device
 * @present: it is enabled, so the rest counts
 * @generation: see &struct fs1_registers
 * @heartbeat: likewise
 * @status: likewise
 */
struct fovea_sight {
	bool present;
	u32 generation;
	u32 heartbeat;
	u32 status;
};

static void fovea_recovery_see(struct fovea_device *fovea,
			       struct fovea_sight *sight)
{
	const struct fovea_backend_ops *ops = fovea->ops;
	void *backend = fovea->backend;

	spin_lock_irq(&fovea->admin.lock);
	sight->present = fovea->admin.open;
	if (sight->present) {
		sight->generation =
			ops->read(backend, FOVEA_REGISTER(generation));
		sight->heartbeat =
			ops->read(backend, FOVEA_REGISTER(heartbeat));
		sight->status = ops->read(backend, FOVEA_REGISTER(status));
	}
	spin_unlock_irq(&fovea->admin.lock);
}

/* Looks are counted, not time: the machine may have been busy with others. */
static void fovea_recovery_check_heartbeat(struct fovea_device *fovea,
					   u32 heartbeat)
{
	struct fovea_recovery *recovery = &fovea->recovery;
	unsigned int timeout = fovea_recovery_ms(&heartbeat_timeout);

	if (heartbeat != recovery->heartbeat) {
		recovery->heartbeat = heartbeat;
		recovery->still = 0;
		return;
	}
	recovery->still++;
	if (recovery->still * FOVEA_WATCHDOG_MS < timeout)
		return;
	recovery->still = 0;
	dev_err(fovea->dev, "no heartbeat for %u ms\n", timeout);
	fovea_recovery_start(fovea, FOVEA_CAUSE_HEARTBEAT);
}

static void fovea_recovery_check_frames(struct fovea_device *fovea)
{
	unsigned int timeout = fovea_recovery_ms(&frame_timeout);
	unsigned long jiffies_ready;

	if (!fovea_streams_ready(fovea, &jiffies_ready))
		return;
	if (time_before(jiffies_ready, READ_ONCE(fovea->frame_jiffies)))
		jiffies_ready = READ_ONCE(fovea->frame_jiffies);
	if (time_before(jiffies, jiffies_ready + msecs_to_jiffies(timeout)))
		return;
	dev_err(fovea->dev, "no frame for %u ms\n", timeout);
	fovea_recovery_start(fovea, FOVEA_CAUSE_FRAMES);
}

static void fovea_recovery_check_buffers(struct fovea_device *fovea)
{
	unsigned long timeout =
		msecs_to_jiffies(fovea_recovery_ms(&buffer_timeout));
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		if (fovea_stream_overdue(&fovea->streams[i], timeout))
			fovea_recovery_start_stream(&fovea->streams[i]);
}

static struct fovea_queue *fovea_recovery_queue_of(struct fovea_device *fovea,
						   unsigned int i)
{
	return i ? &fovea->streams[i].queue : &fovea->admin;
}

/*
 * Entries that are found here usually have an interrupt under way. When none
 * came until the next look, it was lost.
 */
static void fovea_recovery_poll(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;
	struct fovea_queue *queue;
	u64 interrupts;
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++) {
		queue = fovea_recovery_queue_of(fovea,
						fovea_vector_owner(fovea, i));
		interrupts = READ_ONCE(queue->interrupts);
		if (test_bit(i, &recovery->polled) &&
		    interrupts == recovery->interrupts[i]) {
			spin_lock_irq(&recovery->lock);
			recovery->lost_interrupts++;
			spin_unlock_irq(&recovery->lock);
		}
		recovery->interrupts[i] = interrupts;
		queue = fovea_recovery_queue_of(fovea, i);
		__assign_bit(i, &recovery->polled, fovea_queue_process(queue));
	}
}

static void fovea_recovery_check_clock(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;

	if (fovea->capabilities & FS1_CAP_HOST_CLOCK ||
	    time_before(jiffies, recovery->clock_jiffies +
				 msecs_to_jiffies(FOVEA_CLOCK_MS)))
		return;
	recovery->clock_jiffies = jiffies;
	if (fovea_streams_flow(fovea))
		queue_work(recovery->workqueue, &recovery->clock_work);
}

static void fovea_recovery_clock_work(struct work_struct *work)
{
	struct fovea_recovery *recovery =
		container_of(work, struct fovea_recovery, clock_work);
	struct fovea_device *fovea = to_fovea(recovery);

	mutex_lock(&fovea->life);
	if (READ_ONCE(fovea->state) == FOVEA_RUNNING)
		fovea_clock_refresh(fovea);
	mutex_unlock(&fovea->life);
}

static void fovea_recovery_watchdog(struct work_struct *work)
{
	struct fovea_recovery *recovery =
		container_of(work, struct fovea_recovery, watchdog.work);
	struct fovea_device *fovea = to_fovea(recovery);
	struct fovea_sight sight;

	fovea_recovery_see(fovea, &sight);
	if (!sight.present || READ_ONCE(fovea->state) != FOVEA_RUNNING)
		return;
	if (fovea_device_absent(fovea)) {
		dev_err(fovea->dev, "device has been removed\n");
		fovea_device_fail(fovea, FOVEA_GONE);
		return;
	}
	if (sight.generation != fovea->generation)
		fovea_recovery_start(fovea, FOVEA_CAUSE_RESTART);
	else if (sight.status != FS1_STATUS_READY)
		fovea_recovery_start(fovea, FOVEA_CAUSE_FAILED);
	fovea_recovery_poll(fovea);
	fovea_recovery_check_heartbeat(fovea, sight.heartbeat);
	fovea_recovery_check_buffers(fovea);
	fovea_recovery_check_frames(fovea);
	fovea_recovery_check_clock(fovea);
	if (READ_ONCE(fovea->state) == FOVEA_RUNNING)
		queue_delayed_work(recovery->workqueue, &recovery->watchdog,
				   msecs_to_jiffies(FOVEA_WATCHDOG_MS));
}

void fovea_recovery_watch(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;
	unsigned long flags;

	spin_lock_irqsave(&recovery->lock, flags);
	if (!recovery->stopped)
		mod_delayed_work(recovery->workqueue, &recovery->watchdog,
				 msecs_to_jiffies(FOVEA_WATCHDOG_MS));
	spin_unlock_irqrestore(&recovery->lock, flags);
}

/* ------------------------------------------------------------------------
 * Life
 */

int fovea_recovery_init(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;

	spin_lock_init(&recovery->lock);
	INIT_DELAYED_WORK(&recovery->work, fovea_recovery_work);
	INIT_DELAYED_WORK(&recovery->watchdog, fovea_recovery_watchdog);
	INIT_WORK(&recovery->clock_work, fovea_recovery_clock_work);
	recovery->workqueue = alloc_workqueue("fovea-%s", WQ_UNBOUND, 0,
					      dev_name(fovea->dev));
	return recovery->workqueue ? 0 : -ENOMEM;
}

void fovea_recovery_destroy(struct fovea_device *fovea)
{
	if (!fovea->recovery.workqueue)
		return;
	/* A late resume may have allowed it again. */
	fovea_recovery_stop(fovea);
	destroy_workqueue(fovea->recovery.workqueue);
}

void fovea_recovery_stop(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;

	spin_lock_irq(&recovery->lock);
	recovery->stopped = true;
	spin_unlock_irq(&recovery->lock);
	/* The first queues both others, the last is queued by the second. */
	cancel_delayed_work_sync(&recovery->work);
	cancel_delayed_work_sync(&recovery->watchdog);
	cancel_work_sync(&recovery->clock_work);
}

void fovea_recovery_allow(struct fovea_device *fovea)
{
	struct fovea_recovery *recovery = &fovea->recovery;

	spin_lock_irq(&recovery->lock);
	recovery->stopped = false;
	spin_unlock_irq(&recovery->lock);
	recovery->polled = 0;
	/* Each finds out by itself whether there is something to do. */
	fovea_recovery_queue(fovea, 0);
	fovea_recovery_watch(fovea);
}
