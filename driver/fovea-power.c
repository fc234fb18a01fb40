// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one way down and the one way up. A device that was disabled remembers
 * nothing; all it must know again is in the driver: which queues there are, the
 * controls' values, which streams run and with what. So sleep, a reset by the
 * bus, and a device that was lost are all the same.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/iopoll.h>
#include <linux/pm_runtime.h>
#include <linux/wait.h>

#include "fovea-admin.h"
#include "fovea-backend.h"
#include "fovea-clock.h"
#include "fovea-core.h"
#include "fovea-power.h"
#include "fovea-trace.h"

#define FOVEA_READY_POLL_US	200

/* What reads as this has nobody behind it. */
#define FOVEA_NOBODY		0xffffffffu

static u32 fovea_read(struct fovea_device *fovea, u32 offset)
{
	return fovea->ops->read(fovea->backend, offset);
}

static void fovea_write(struct fovea_device *fovea, u32 offset, u32 value)
{
	fovea->ops->write(fovea->backend, offset, value);
}

static void fovea_write64(struct fovea_device *fovea, u32 offset, u64 value)
{
	fovea_write(fovea, offset, lower_32_bits(value));
	fovea_write(fovea, offset + 4, upper_32_bits(value));
}

bool fovea_device_absent(struct fovea_device *fovea)
{
	if (fovea->ops->present && !fovea->ops->present(fovea->backend))
		return true;
	return fovea_read(fovea, FOVEA_REGISTER(magic)) == FOVEA_NOBODY &&
	       fovea_read(fovea, FOVEA_REGISTER(version)) == FOVEA_NOBODY &&
	       fovea_read(fovea, FOVEA_REGISTER(queues)) == FOVEA_NOBODY;
}

static void fovea_bus_master(struct fovea_device *fovea, bool allowed)
{
	if (fovea->ops->bus_master)
		fovea->ops->bus_master(fovea->backend, allowed);
}

void fovea_device_cut_off(struct fovea_device *fovea)
{
	fovea_bus_master(fovea, false);
}

int fovea_device_check(struct fovea_device *fovea)
{
	u32 value;

	value = fovea_read(fovea, FOVEA_REGISTER(magic));
	if (value != FS1_MAGIC) {
		dev_err(fovea->dev, "magic %#x, not that of an FS-1 (%#x)\n",
			value, FS1_MAGIC);
		return -ENODEV;
	}
	value = fovea_read(fovea, FOVEA_REGISTER(version));
	if (value >> 16 != FS1_VERSION_MAJOR ||
	    (value & 0xffff) < FOVEA_VERSION_MINOR_MIN) {
		dev_err(fovea->dev,
			"interface version %u.%u, need %u.%u or a later %u.x\n",
			value >> 16, value & 0xffff, FS1_VERSION_MAJOR,
			FOVEA_VERSION_MINOR_MIN, FS1_VERSION_MAJOR);
		return -ENODEV;
	}
	return 0;
}

/* ------------------------------------------------------------------------
 * Down
 */

/* Ends as soon as the device is known to be gone. */
static int fovea_wait_status(struct fovea_device *fovea, bool enabled,
			     u32 *ret_status)
{
	int r;

	r = read_poll_timeout(fovea_read, *ret_status,
			      !*ret_status == !enabled ||
				      *ret_status == FOVEA_NOBODY ||
				      (enabled && fovea_device_gone(fovea)),
			      FOVEA_READY_POLL_US,
			      FOVEA_READY_TIMEOUT_MS * USEC_PER_MSEC, false,
			      fovea, FOVEA_REGISTER(status));
	return *ret_status == FOVEA_NOBODY ? -ENODEV : r;
}

/*
 * The device gives up all memory before it clears its status. One that doesn't
 * clear it may be at work on memory that is somebody else's soon.
 */
static int fovea_device_release(struct fovea_device *fovea)
{
	u32 status;
	int r;

	if (fovea_device_absent(fovea)) {
		fovea_device_fail(fovea, FOVEA_GONE);
		return -ENODEV;
	}
	fovea_write(fovea, FOVEA_REGISTER(control), 0);
	fovea->ops->doorbell(fovea->backend, FS1_QUEUE_ADMIN);
	r = fovea_wait_status(fovea, false, &status);
	if (r) {
		dev_err(fovea->dev,
			"device isn't disabled after %u ms, status %#x\n",
			FOVEA_READY_TIMEOUT_MS, status);
		fovea_device_cut_off(fovea);
	}
	return r;
}

void fovea_device_leave(struct fovea_device *fovea)
{
	int r = 0;

	lockdep_assert_held(&fovea->life);
	trace_fovea_power(fovea, FOVEA_POWER_DISABLING, 0);
	if (fovea->enabled)
		r = fovea_device_release(fovea);
	fovea->enabled = false;
	trace_fovea_power(fovea, FOVEA_POWER_DISABLED, r);
}

int fovea_device_disable(struct fovea_device *fovea)
{
	unsigned int i;
	int r = 0;

	lockdep_assert_held(&fovea->life);

	trace_fovea_power(fovea, FOVEA_POWER_DISABLING, 0);
	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_hold(&fovea->streams[i]);
	fovea_queue_close(&fovea->admin);
	if (fovea->enabled)
		r = fovea_device_release(fovea);
	trace_fovea_power(fovea, FOVEA_POWER_DISABLED, r);
	fovea_networks_lost(fovea);
	if (r)
		return r;
	fovea->enabled = false;
	for (i = 0; i < FS1_QUEUES; i++)
		fovea_stream_reclaim(&fovea->streams[i]);
	return 0;
}

/* ------------------------------------------------------------------------
 * Up
 */

static int fovea_device_open(struct fovea_device *fovea)
{
	u32 status;
	int r;

	r = fovea_queue_open(&fovea->admin);
	if (r)
		return r;
	fovea_write(fovea, FOVEA_REGISTER(admin_sq_entries), FOVEA_SQ_ENTRIES);
	fovea_write(fovea, FOVEA_REGISTER(admin_cq_entries), FOVEA_CQ_ENTRIES);
	fovea_write64(fovea, FOVEA_REGISTER(admin_sq_address),
		      fovea->admin.sq_address);
	fovea_write64(fovea, FOVEA_REGISTER(admin_cq_address),
		      fovea->admin.cq_address);
	fovea->enabled = true;
	fovea_bus_master(fovea, true);
	fovea_write(fovea, FOVEA_REGISTER(control), FS1_CONTROL_ENABLE);
	fovea->ops->doorbell(fovea->backend, FS1_QUEUE_ADMIN);

	r = fovea_wait_status(fovea, true, &status);
	if (r) {
		dev_err(fovea->dev, "device isn't ready after %u ms\n",
			FOVEA_READY_TIMEOUT_MS);
		return r;
	}
	if (status != FS1_STATUS_READY) {
		dev_err(fovea->dev,
			"device refused its admin queue, status %#x\n", status);
		return -EIO;
	}
	return 0;
}

static int fovea_device_restore(struct fovea_device *fovea)
{
	unsigned int i;
	int r;

	r = fovea_admin_identify(fovea);
	for (i = 0; i < FS1_QUEUES && !r; i++)
		r = fovea_stream_create_queue(&fovea->streams[i]);
	if (!r)
		r = fovea_clock_start(fovea);
	if (!r)
		r = fovea_ctrls_restore(fovea);
	/* In this order the light is there before the first frame. */
	for (i = FS1_QUEUES; i-- > 0 && !r;)
		r = fovea_stream_restore(&fovea->streams[i]);
	return r;
}

static int fovea_device_bring_up(struct fovea_device *fovea,
				 enum fovea_state before)
{
	int r;

	atomic_set(&fovea->recovery.cause, 0);
	/* Whatever an earlier driver, or life, has left: it isn't READY now. */
	r = fovea_device_release(fovea);
	fovea_recovery_note_generation(fovea,
				       fovea_read(fovea,
						  FOVEA_REGISTER(generation)));
	if (!r)
		r = fovea_device_check(fovea);
	if (!r)
		r = fovea_device_open(fovea);
	if (!r)
		r = fovea_device_restore(fovea);
	/* Not all that fails is in the way of what called it. */
	if (!r && atomic_read(&fovea->recovery.cause))
		r = -EIO;
	if (!r && cmpxchg(&fovea->state, before, FOVEA_RUNNING) != before)
		r = -ENODEV;
	return r;
}

int fovea_device_enable(struct fovea_device *fovea)
{
	enum fovea_state before = READ_ONCE(fovea->state);
	int cause;
	int r;

	lockdep_assert_held(&fovea->life);
	WARN_ON(fovea->enabled || before == FOVEA_RUNNING);

	trace_fovea_power(fovea, FOVEA_POWER_ENABLING, 0);
	r = fovea_device_bring_up(fovea, before);
	trace_fovea_power(fovea, FOVEA_POWER_ENABLED, r);
	if (r) {
		/* Some streams may run already. */
		fovea_device_disable(fovea);
		return r;
	}
	fovea->recovery.tries = 0;
	fovea_recovery_watch(fovea);
	fovea_networks_kick(fovea);
	/* One that came while it wasn't running yet. */
	cause = atomic_read(&fovea->recovery.cause);
	if (cause)
		fovea_recovery_start(fovea, cause);
	return 0;
}

/* ------------------------------------------------------------------------
 * Sleep, and what a back-end asks for
 */

/* Whatever happens by itself finds from here on that there is nothing to do. */
static bool fovea_device_sleep(struct fovea_device *fovea)
{
	enum fovea_state state;

	do {
		state = READ_ONCE(fovea->state);
		if (state != FOVEA_RUNNING && state != FOVEA_RECOVERING)
			return false;
	} while (cmpxchg(&fovea->state, state, FOVEA_SUSPENDED) != state);
	return true;
}

int fovea_suspend(struct fovea_device *fovea)
{
	int r = 0;

	fovea_recovery_stop(fovea);
	mutex_lock(&fovea->life);
	if (fovea_device_sleep(fovea))
		r = fovea_device_disable(fovea);
	/* A device that is gone can sleep as well as any. */
	if (fovea_device_gone(fovea))
		r = 0;
	if (r) {
		fovea_recovery_allow(fovea);
		fovea_recovery_take_over(fovea);
	}
	mutex_unlock(&fovea->life);
	/* A test that gave the device back meanwhile has allowed it again. */
	if (!r)
		fovea_recovery_stop(fovea);
	return r ? -EBUSY : 0;
}
EXPORT_SYMBOL_GPL(fovea_suspend);

void fovea_resume(struct fovea_device *fovea)
{
	/* Its work would close the admin queue of the try that is made here. */
	fovea_recovery_stop(fovea);
	mutex_lock(&fovea->life);
	if (READ_ONCE(fovea->state) == FOVEA_SUSPENDED) {
		/* Not lost yet: it has all the tries of a recovery. */
		if (fovea_device_enable(fovea))
			fovea_recovery_take_over(fovea);
	} else {
		fovea_recovery_retry(fovea, FOVEA_CAUSE_BUS);
	}
	fovea_recovery_allow(fovea);
	mutex_unlock(&fovea->life);
}
EXPORT_SYMBOL_GPL(fovea_resume);

void fovea_reset(struct fovea_device *fovea)
{
	fovea_recovery_start(fovea, FOVEA_CAUSE_BUS);
}
EXPORT_SYMBOL_GPL(fovea_reset);

void fovea_gone(struct fovea_device *fovea)
{
	fovea_device_fail(fovea, FOVEA_GONE);
}
EXPORT_SYMBOL_GPL(fovea_gone);

int fovea_power_get(struct fovea_device *fovea)
{
	int r = pm_runtime_resume_and_get(fovea->dev);

	/* A back-end without runtime PM: always on. */
	if (r == -EACCES) {
		pm_runtime_get_noresume(fovea->dev);
		return 0;
	}
	return r;
}

void fovea_power_put(struct fovea_device *fovea)
{
	pm_runtime_mark_last_busy(fovea->dev);
	pm_runtime_put_autosuspend(fovea->dev);
}

/* ------------------------------------------------------------------------
 * Tests
 */

static bool fovea_device_used(struct fovea_device *fovea)
{
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		if (fovea->streams[i].wanted && !fovea->streams[i].type->vb2)
			return true;
	return false;
}

int fovea_device_borrow(struct fovea_device *fovea)
{
	int r;

	r = fovea_power_get(fovea);
	if (r)
		return r;
	fovea_recovery_stop(fovea);
	mutex_lock(&fovea->life);
	r = fovea_device_used(fovea) ? -EBUSY : fovea_device_error(fovea);
	if (!r && !fovea_device_sleep(fovea))
		r = -EAGAIN;
	if (!r) {
		r = fovea_device_disable(fovea);
		if (r)
			fovea_recovery_take_over(fovea);
	}
	if (r) {
		fovea_recovery_allow(fovea);
		mutex_unlock(&fovea->life);
		fovea_power_put(fovea);
		return r;
	}
	WRITE_ONCE(fovea->borrowed, true);
	return 0;
}

void fovea_device_give_back(struct fovea_device *fovea)
{
	WRITE_ONCE(fovea->borrowed, false);
	fovea_recovery_allow(fovea);
	if (fovea_device_enable(fovea))
		fovea_recovery_take_over(fovea);
	mutex_unlock(&fovea->life);
	fovea_power_put(fovea);
}

bool fovea_device_wait_raised(struct fovea_device *fovea, unsigned int vector,
			      unsigned int timeout_ms)
{
	atomic_t *raised = &fovea->raised[vector];

	return wait_event_timeout(fovea->raised_wait, atomic_xchg(raised, 0),
				  msecs_to_jiffies(timeout_ms));
}
