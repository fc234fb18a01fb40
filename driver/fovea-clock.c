// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two clocks that drift: the device adds an offset to its own so that all of
 * its stamps are in the driver's. Its clock is read several times; the
 * quickest answer says best when that was.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "fovea-admin.h"
#include "fovea-clock.h"
#include "fovea-core.h"

#define FOVEA_CLOCK_READS	8
/* A change of the way from stamp to announcement that may be one of a clock. */
#define FOVEA_CLOCK_DRIFT_NS	(500 * NSEC_PER_USEC)
/* Half of the slack that stamps have, see fovea-buffer.c. */
#define FOVEA_CLOCK_STEP_NS	(2 * NSEC_PER_MSEC)
/* No drift makes that in a few seconds: one of the clocks was set or stopped. */
#define FOVEA_CLOCK_JUMP_NS	(50 * NSEC_PER_MSEC)

static int fovea_clock_measure(struct fovea_device *fovea, s64 *ret_offset,
			       u64 *ret_error)
{
	u64 before, time, taken;
	unsigned int i;
	int r;

	*ret_error = U64_MAX;
	for (i = 0; i < FOVEA_CLOCK_READS; i++) {
		before = ktime_get_ns();
		r = fovea_admin_read_clock(fovea, &time);
		if (r)
			return r;
		taken = ktime_get_ns() - before;
		if (taken / 2 >= *ret_error)
			continue;
		*ret_error = taken / 2;
		*ret_offset = before + taken / 2 - time;
	}
	return 0;
}

static s64 fovea_clock_take_shortest(struct fovea_device *fovea)
{
	s64 shortest;

	spin_lock_irq(&fovea->admin.lock);
	shortest = fovea->clock.shortest;
	fovea->clock.shortest = S64_MAX;
	spin_unlock_irq(&fovea->admin.lock);
	return shortest;
}

int fovea_clock_start(struct fovea_device *fovea)
{
	s64 offset = 0;
	u64 error;
	int r;

	if (fovea->capabilities & FS1_CAP_HOST_CLOCK)
		return 0;
	r = fovea_clock_measure(fovea, &offset, &error);
	if (r)
		return r;
	fovea->clock.offset = offset;
	fovea->clock.usual = S64_MAX;
	fovea_clock_take_shortest(fovea);
	return fovea_admin_set_clock(fovea, offset);
}

void fovea_clock_observe(struct fovea_device *fovea, u64 timestamp)
{
	s64 delay = ktime_get_ns() - timestamp;

	lockdep_assert_held(&fovea->admin.lock);
	if (delay < fovea->clock.shortest)
		fovea->clock.shortest = delay;
}

/* Does the way from stamp to announcement look as it did? */
static bool fovea_clock_steady(struct fovea_device *fovea)
{
	s64 shortest = fovea_clock_take_shortest(fovea);

	if (fovea->clock.usual == S64_MIN)
		return false;
	if (shortest == S64_MAX)
		return true;
	if (fovea->clock.usual == S64_MAX)
		fovea->clock.usual = shortest;
	return abs(shortest - fovea->clock.usual) <= FOVEA_CLOCK_DRIFT_NS;
}

void fovea_clock_refresh(struct fovea_device *fovea)
{
	s64 offset = 0, step;
	u64 error;

	lockdep_assert_held(&fovea->life);
	if (fovea->capabilities & FS1_CAP_HOST_CLOCK ||
	    fovea_clock_steady(fovea) ||
	    fovea_clock_measure(fovea, &offset, &error))
		return;
	fovea->clock.usual = S64_MAX;
	step = offset - fovea->clock.offset;
	/* Less than the measurement is worth. */
	if (abs(step) <= error)
		return;
	if (abs(step) > FOVEA_CLOCK_JUMP_NS) {
		dev_warn(fovea->dev, "the device's clock is off by %lld ms, set\n",
			 div_s64(step, NSEC_PER_MSEC));
	} else if (abs(step) > FOVEA_CLOCK_STEP_NS) {
		step = step < 0 ? -FOVEA_CLOCK_STEP_NS : FOVEA_CLOCK_STEP_NS;
		fovea->clock.usual = S64_MIN;
	}
	if (!fovea_admin_set_clock(fovea, fovea->clock.offset + step))
		fovea->clock.offset += step;
}
