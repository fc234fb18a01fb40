// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks: what the device is told to add to its own, at the start and when it
 * drifts. The distances are chosen so that it doesn't matter how long a busy
 * machine takes for a command.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>
#include <linux/ktime.h>

#include "../fovea-core.h"
#include "fovea-fake.h"

#define AHEAD_NS	(1000ll * NSEC_PER_SEC)
#define SLACK_NS	(10ll * NSEC_PER_SEC)
#define STEP_NS		(2ll * NSEC_PER_MSEC)

static int clock_init(struct kunit *test)
{
	fovea_fake_create(test, 0)->clock_ahead = AHEAD_NS;
	return 0;
}

static void clock_start(struct fovea_fake *fake)
{
	KUNIT_ASSERT_EQ(fake->test, fovea_fake_start(fake), 0);
	/* Nothing but the test shall look. */
	fovea_recovery_stop(fake->fovea);
}

static void clock_refresh(struct fovea_fake *fake)
{
	mutex_lock(&fake->fovea->life);
	fovea_clock_refresh(fake->fovea);
	mutex_unlock(&fake->fovea->life);
}

/* As if a frame had been announced so long after its stamp. */
static void clock_observe(struct fovea_fake *fake, s64 delay)
{
	struct fovea_device *fovea = fake->fovea;

	spin_lock_irq(&fovea->admin.lock);
	fovea->clock.shortest = delay;
	spin_unlock_irq(&fovea->admin.lock);
}

static unsigned int clock_reads(struct fovea_fake *fake)
{
	return fovea_fake_count(fake, FS1_READ_CLOCK);
}

static void clock_set_at_start(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	clock_start(fake);
	KUNIT_EXPECT_EQ(test, fake->clock_sets, 1u);
	KUNIT_EXPECT_EQ(test, clock_reads(fake), 8u);
	KUNIT_EXPECT_EQ(test, fake->clock_offset, fake->fovea->clock.offset);
	KUNIT_EXPECT_LT(test, abs(fake->clock_offset + AHEAD_NS), SLACK_NS);
}

static void clock_of_host(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fake->registers.capabilities = cpu_to_le32(FS1_CAP_HOST_CLOCK);
	fake->identity.capabilities = cpu_to_le32(FS1_CAP_HOST_CLOCK);
	clock_start(fake);
	clock_refresh(fake);
	KUNIT_EXPECT_EQ(test, fake->clock_sets, 0u);
	KUNIT_EXPECT_EQ(test, clock_reads(fake), 0u);
}

/* The delay that counts after a frame with this one. */
static s64 clock_announce(struct fovea_device *fovea, s64 delay)
{
	s64 shortest;

	spin_lock_irq(&fovea->admin.lock);
	fovea_clock_observe(fovea, ktime_get_ns() - delay);
	shortest = fovea->clock.shortest;
	spin_unlock_irq(&fovea->admin.lock);
	return shortest;
}

/* The shortest way of a frame counts: others may have been held up. */
static void clock_observed(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	s64 shortest;

	clock_start(fake);
	KUNIT_EXPECT_GE(test, clock_announce(fake->fovea, AHEAD_NS), AHEAD_NS);
	shortest = clock_announce(fake->fovea, 0);
	KUNIT_EXPECT_LT(test, shortest, AHEAD_NS);
	KUNIT_EXPECT_EQ(test, clock_announce(fake->fovea, AHEAD_NS), shortest);
}

/* While frames are announced as before, the device isn't asked. */
static void clock_steady(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int reads;

	clock_start(fake);
	reads = clock_reads(fake);
	clock_refresh(fake);
	clock_observe(fake, 3 * NSEC_PER_MSEC);
	clock_refresh(fake);
	KUNIT_EXPECT_EQ(test, fake->fovea->clock.usual,
			3ll * NSEC_PER_MSEC);
	clock_observe(fake, 3 * NSEC_PER_MSEC + 400 * NSEC_PER_USEC);
	clock_refresh(fake);
	KUNIT_EXPECT_EQ(test, clock_reads(fake), reads);
	clock_observe(fake, 3 * NSEC_PER_MSEC - 600 * NSEC_PER_USEC);
	clock_refresh(fake);
	KUNIT_EXPECT_EQ(test, clock_reads(fake), reads + 8);
}

static void clock_drifted(struct fovea_fake *fake)
{
	clock_observe(fake, 3 * NSEC_PER_MSEC);
	clock_refresh(fake);
	clock_observe(fake, 5 * NSEC_PER_MSEC);
	clock_refresh(fake);
}

/* Somebody has set one of the clocks: all of the difference at once. */
static void clock_jump(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	clock_start(fake);
	fake->clock_ahead = -AHEAD_NS;
	clock_drifted(fake);
	KUNIT_EXPECT_EQ(test, fake->clock_sets, 2u);
	KUNIT_EXPECT_LT(test, abs(fake->clock_offset - AHEAD_NS), SLACK_NS);
	KUNIT_EXPECT_EQ(test, fake->clock_offset, fake->fovea->clock.offset);
}

/* One that has drifted far is brought back in steps, each of them small. */
static void clock_steps(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int sets;
	s64 offset;

	clock_start(fake);
	/* As if 25 ms had been wrong at the start. */
	fake->fovea->clock.offset -= 25 * NSEC_PER_MSEC;
	offset = fake->fovea->clock.offset;
	clock_drifted(fake);
	KUNIT_EXPECT_EQ(test, fake->clock_offset, offset + STEP_NS);
	KUNIT_EXPECT_EQ(test, fake->fovea->clock.offset, offset + STEP_NS);
	/* The next look is one, whatever frames say. */
	sets = fake->clock_sets;
	clock_refresh(fake);
	KUNIT_EXPECT_EQ(test, fake->clock_sets, sets + 1);
	KUNIT_EXPECT_EQ(test, fake->clock_offset, offset + 2 * STEP_NS);
}

static void clock_refused(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	s64 offset;

	clock_start(fake);
	offset = fake->fovea->clock.offset;
	fake->clock_ahead = -AHEAD_NS;
	fake->refuse[FS1_SET_CLOCK] = FS1_BAD_ARGUMENT;
	clock_drifted(fake);
	KUNIT_EXPECT_EQ(test, fake->fovea->clock.offset, offset);
	fake->refuse[FS1_READ_CLOCK] = FS1_INTERNAL;
	clock_drifted(fake);
	KUNIT_EXPECT_EQ(test, fake->fovea->clock.offset, offset);
	KUNIT_EXPECT_EQ(test, fake->clock_sets, 1u);
}

static struct kunit_case clock_tests[] = {
	KUNIT_CASE(clock_set_at_start),
	KUNIT_CASE(clock_of_host),
	KUNIT_CASE(clock_observed),
	KUNIT_CASE(clock_steady),
	KUNIT_CASE(clock_jump),
	KUNIT_CASE(clock_steps),
	KUNIT_CASE(clock_refused),
	{}
};

static struct kunit_suite clock_suite = {
	.name = "fovea-clock",
	.init = clock_init,
	.exit = fovea_fake_exit,
	.test_cases = clock_tests,
};

kunit_test_suites(&clock_suite);
