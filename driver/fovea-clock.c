// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two clocks that drift: the device adds an offset to its own so that all of
 * its stamps are in the driver's. Its clock is read several times; the
 * quickest answer says best when that was.
 *
 * Copyright The Fovea authors
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "fovea-admin.h"
#include "fovea-clock.h"
#include "fovea-core.h"

#define FOVEA_CLOCK_READS	8
/* Half of the slack that stamps have, see fovea-buffer.c. */
#define FOVEA_CLOCK_STEP_NS	(2 * NSEC_PER_MSEC)

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

int fovea_clock_start(struct fovea_device *fovea)
{
	s64 offset;
	u64 error;
	int r;

	if (fovea->capabilities & FS1_CAP_HOST_CLOCK)
		return 0;
	r = fovea_clock_measure(fovea, &offset, &error);
	if (r)
		return r;
	fovea->clock_offset = offset;
	return fovea_admin_set_clock(fovea, offset);
}

void fovea_clock_refresh(struct fovea_device *fovea)
{
	s64 offset, step;
	u64 error;

	lockdep_assert_held(&fovea->life);
	if (fovea->capabilities & FS1_CAP_HOST_CLOCK ||
	    fovea_clock_measure(fovea, &offset, &error))
		return;
	step = offset - fovea->clock_offset;
	/* Less than the measurement is worth. */
	if (abs(step) <= error)
		return;
	step = clamp_t(s64, step, -FOVEA_CLOCK_STEP_NS, FOVEA_CLOCK_STEP_NS);
	if (!fovea_admin_set_clock(fovea, fovea->clock_offset + step))
		fovea->clock_offset += step;
}
