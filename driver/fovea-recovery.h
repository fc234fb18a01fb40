/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done about a device that misbehaves.
 *
 * All numbers stand here:
 *
 *   command_timeout (5000 ms) - a command's; a fifth later the device is rung
 *	for once more, two fifths later the command is sent once more
 *   heartbeat_timeout (3000 ms) - the heartbeat register stands still
 *   frame_timeout (10000 ms) - streams have buffers but no frame starts
 *   buffer_timeout (1000 ms) - a buffer doesn't come back, though
 *	FOVEA_BUFFER_FRAMES frames have started since it was its turn
 *
 * They are module parameters. The stages are those of enum
 * fovea_recovery_stage: a queue is made anew when a buffer is missing, the
 * device is started anew in all other cases, and given up after
 * FOVEA_RESETS tries.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_RECOVERY_H
#define FOVEA_RECOVERY_H

#include <linux/atomic.h>
#include <linux/fovea.h>
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "fs1/fs1-abi.h"

struct fovea_device;
struct fovea_stream;

/* How often a running device is looked at; also finds lost interrupts. */
#define FOVEA_WATCHDOG_MS	250
#define FOVEA_BUFFER_FRAMES	8
/* The least that each of the parameters counts as. */
#define FOVEA_TIMEOUT_MIN_MS	100u
#define FOVEA_RESETS		5
/* How often one is looked at in the pause before it is reset again. */
#define FOVEA_PAUSE_LOOK_MS	50u
/* A device that was given up is looked at for a sign of a new life. */
#define FOVEA_FAILED_LOOK_MS	1000
/* How long the device may take to follow the control register. */
#define FOVEA_READY_TIMEOUT_MS	1000
/* How often the clocks are compared. */
#define FOVEA_CLOCK_MS		4000

/**
 * struct fovea_recovery - of one device
 * @workqueue: runs the works below, apart from everybody else's
 * @work: takes the next stage, with life held
 * @watchdog: looks at a running device
 * @clock_work: compares the clocks
 * @cause: enum fovea_recovery_cause of a fault nobody has dealt with, or 0
 * @streams: those whose queue must be made anew
 * @again: a device that was given up gets one more try
 * @tries: device resets of the recovery under way; used by @work alone
 * @next: when it is time for the next one, jiffies; likewise
 * @first: its cause; likewise
 * @stopped: no work is queued any more
 * @heartbeat: the last one seen; used by @watchdog alone, as the next four
 * @still: looks without a new one
 * @clock_jiffies: when the clocks were compared
 * @polled: queues whose entries @watchdog has found first
 * @interrupts: their number then
 * @lock: protects all below
 * @since: when the recovery under way began; by stage, see
 *	fovea_recovery_report()
 * @stages: how often each enum fovea_recovery_stage was reached
 * @restarts: of the device by itself
 * @lost_interrupts: entries that were found without one
 * @last_us: how long the last recovery that succeeded took, us
 * @max_us: the longest of them, us
 * @total_us: all of them, us
 */
struct fovea_recovery {
	struct workqueue_struct *workqueue;
	struct delayed_work work;
	struct delayed_work watchdog;
	struct work_struct clock_work;
	atomic_t cause;
	unsigned long streams;
	unsigned long again;
	unsigned int tries;
	unsigned long next;
	u32 first;
	bool stopped;

	u32 heartbeat;
	unsigned int still;
	unsigned long clock_jiffies;
	unsigned long polled;
	u64 interrupts[FS1_QUEUES];

	/* Protects all below. */
	spinlock_t lock;
	ktime_t since;
	u32 stages[FOVEA_RECOVERY_GIVEN_UP + 1];
	u32 restarts;
	u32 lost_interrupts;
	u32 last_us;
	u32 max_us;
	u64 total_us;
};

/**
 * fovea_recovery_command_timeout() - of a command
 *
 * Return: jiffies.
 */
unsigned long fovea_recovery_command_timeout(void);

/**
 * fovea_recovery_init() - make the workqueue
 * @fovea: the device
 *
 * Return: 0 or -ENOMEM. fovea_recovery_destroy() in either case.
 */
int fovea_recovery_init(struct fovea_device *fovea);

/**
 * fovea_recovery_destroy() - free it
 * @fovea: after fovea_recovery_stop(), or never started
 */
void fovea_recovery_destroy(struct fovea_device *fovea);

/**
 * fovea_recovery_stop() - let nothing happen by itself any more
 * @fovea: the device; life isn't held. Waits for what is under way
 */
void fovea_recovery_stop(struct fovea_device *fovea);

/**
 * fovea_recovery_allow() - undo fovea_recovery_stop()
 * @fovea: the device
 */
void fovea_recovery_allow(struct fovea_device *fovea);

/**
 * fovea_recovery_watch() - the device was enabled: look after it
 * @fovea: the device
 */
void fovea_recovery_watch(struct fovea_device *fovea);

/**
 * fovea_recovery_note_generation() - which life of the device this is
 * @fovea: the device
 * @generation: of its register; another one than before counts as a restart,
 *	whatever had been noticed first
 */
void fovea_recovery_note_generation(struct fovea_device *fovea, u32 generation);

/**
 * fovea_recovery_start() - the device must be started anew
 * @fovea: the device
 * @cause: why
 *
 * Any context, any lock held. Nothing happens when it sleeps, was given up or
 * is being started anyway.
 */
void fovea_recovery_start(struct fovea_device *fovea,
			  enum fovea_recovery_cause cause);

/**
 * fovea_recovery_take_over() - it couldn't be enabled or disabled: try on
 * @fovea: with life held, in FOVEA_SUSPENDED; nothing happens otherwise
 */
void fovea_recovery_take_over(struct fovea_device *fovea);

/**
 * fovea_recovery_retry() - one more try for a device that was given up
 * @fovea: with life held, in FOVEA_FAILED; nothing happens otherwise
 * @cause: why it may be better now
 */
void fovea_recovery_retry(struct fovea_device *fovea,
			  enum fovea_recovery_cause cause);

/**
 * fovea_recovery_look_now() - a device that was given up may be well again
 * @fovea: the device
 *
 * One that has restarted since gets its try at once, not at the next look, so
 * that whoever starts a stream after a repair finds it done. Without life held.
 */
void fovea_recovery_look_now(struct fovea_device *fovea);

/**
 * fovea_recovery_start_stream() - a stream's queue must be made anew
 * @stream: the stream
 *
 * Any context, any lock held.
 */
void fovea_recovery_start_stream(struct fovea_stream *stream);

/**
 * fovea_recovery_report() - a stage was reached: count it, tell everybody
 * @fovea: the device
 * @stage: which
 * @cause: why
 * @since: when it began; counts for DONE and GIVEN_UP
 *
 * Any context.
 */
void fovea_recovery_report(struct fovea_device *fovea,
			   enum fovea_recovery_stage stage, u32 cause,
			   ktime_t since);

#endif /* FOVEA_RECOVERY_H */
