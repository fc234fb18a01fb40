// SPDX-License-Identifier: GPL-2.0-only
/*
 * Down and up again: sleep, devices that don't let go, start anew by themselves,
 * fail, are given up, leave their bus, or are lent to a test.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>
#include <linux/delay.h>

#include "../fovea-core.h"
#include "../fovea-power.h"
#include "fovea-fake.h"

static int power_init(struct kunit *test)
{
	fovea_fake_create_started(test, FS1_CAP_HOST_CLOCK);
	return 0;
}

static u32 power_stage(struct fovea_fake *fake, enum fovea_recovery_stage stage)
{
	struct fovea_recovery *recovery = &fake->fovea->recovery;
	u32 count;

	spin_lock_irq(&recovery->lock);
	count = recovery->stages[stage];
	spin_unlock_irq(&recovery->lock);
	return count;
}

/* The work has finished when it has told of it. */
static void power_expect_back(struct kunit *test, u32 resets,
			      enum fovea_recovery_cause cause)
{
	struct fovea_fake *fake = test->priv;

	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_RUNNING));
	flush_delayed_work(&fake->fovea->recovery.work);
	KUNIT_EXPECT_EQ(test, power_stage(fake, FOVEA_RECOVERY_DEVICE_RESET),
			resets);
	KUNIT_EXPECT_EQ(test, power_stage(fake, FOVEA_RECOVERY_DONE), 1u);
	KUNIT_EXPECT_EQ(test, fake->fovea->recovery.first, (u32)cause);
}

/* ------------------------------------------------------------------------
 * Sleep
 */

static void power_sleep(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int commands, doorbells;

	KUNIT_ASSERT_EQ(test, fovea_suspend(fake->fovea), 0);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_SUSPENDED);
	commands = fake->commands;
	doorbells = atomic_read(&fake->doorbells);
	/* Once more is no harm, and nothing wakes it but the one who may. */
	KUNIT_EXPECT_EQ(test, fovea_suspend(fake->fovea), 0);
	fovea_reset(fake->fovea);
	fovea_interrupt(fake->fovea, 0);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_SUSPENDED);
	KUNIT_EXPECT_EQ(test, fake->commands, commands);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake->doorbells), (int)doorbells);
	fovea_resume(fake->fovea);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_RUNNING);
	KUNIT_EXPECT_EQ(test, power_stage(fake, FOVEA_RECOVERY_DEVICE_RESET),
			0u);
}

/* One that doesn't let go can't sleep: it is brought back instead. */
static void power_sleep_stuck(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fake->stuck = true;
	KUNIT_EXPECT_EQ(test, fovea_suspend(fake->fovea), -EBUSY);
	/* Until it does, it can't reach memory. */
	KUNIT_EXPECT_NE(test, fake->fovea->state, FOVEA_RUNNING);
	KUNIT_EXPECT_FALSE(test, fake->master);
	fake->stuck = false;
	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_RUNNING));
	KUNIT_EXPECT_TRUE(test, fake->master);
}

static void power_resume_fails(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, fovea_suspend(fake->fovea), 0);
	fake->refuse[FS1_CREATE_QUEUE] = FS1_NO_MEMORY;
	fovea_resume(fake->fovea);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_RECOVERING);
	fake->refuse[FS1_CREATE_QUEUE] = FS1_OK;
	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_RUNNING));
}

/* ------------------------------------------------------------------------
 * Recovery
 */

static void power_restarted(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fovea_fake_restart(fake);
	fovea_interrupt(fake->fovea, 0);
	power_expect_back(test, 1, FOVEA_CAUSE_RESTART);
	KUNIT_EXPECT_EQ(test, fake->fovea->recovery.restarts, 1u);
}

static void power_failed(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fake->registers.status = cpu_to_le32(FS1_STATUS_FAILED);
	fovea_interrupt(fake->fovea, 0);
	power_expect_back(test, 1, FOVEA_CAUSE_FAILED);
	KUNIT_EXPECT_EQ(test, fake->fovea->recovery.restarts, 0u);
}

/* Nobody tells: the watchdog sees it. */
static void power_no_heartbeat(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int left = 6000;

	fake->still = true;
	while (!power_stage(fake, FOVEA_RECOVERY_DEVICE_RESET) && --left)
		msleep(20);
	fake->still = false;
	power_expect_back(test, 1, FOVEA_CAUSE_HEARTBEAT);
}

static void power_reset_by_bus(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fovea_reset(fake->fovea);
	power_expect_back(test, 1, FOVEA_CAUSE_BUS);
}

/* Five tries; then it is left alone until somebody has done something to it. */
static void power_given_up(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fake->fail_enable = true;
	fovea_reset(fake->fovea);
	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_FAILED));
	KUNIT_EXPECT_EQ(test, fovea_device_error(fake->fovea), -EIO);
	/* One more after a reset by the bus, in vain. */
	fovea_reset(fake->fovea);
	flush_delayed_work(&fake->fovea->recovery.work);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_FAILED);
	KUNIT_EXPECT_EQ(test, power_stage(fake, FOVEA_RECOVERY_DEVICE_RESET),
			6u);
	KUNIT_EXPECT_EQ(test, power_stage(fake, FOVEA_RECOVERY_GIVEN_UP), 2u);
	/* It can sleep like any, and a resume is one try more. */
	KUNIT_EXPECT_EQ(test, fovea_suspend(fake->fovea), 0);
	fake->fail_enable = false;
	fovea_resume(fake->fovea);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_RUNNING);
	KUNIT_EXPECT_EQ(test, power_stage(fake, FOVEA_RECOVERY_DEVICE_RESET),
			7u);
}

static void power_removed(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	WRITE_ONCE(fake->absent, true);
	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_GONE));
	KUNIT_EXPECT_EQ(test, fovea_device_error(fake->fovea), -ENODEV);
	/* It stays so, whatever comes. */
	fake->absent = false;
	fovea_reset(fake->fovea);
	fovea_resume(fake->fovea);
	KUNIT_EXPECT_EQ(test, fovea_suspend(fake->fovea), 0);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_GONE);
	KUNIT_EXPECT_FALSE(test, fake->master);
}

/* ------------------------------------------------------------------------
 * Lent to a test
 */

static void power_borrowed(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	struct fovea_device *fovea = fake->fovea;

	KUNIT_ASSERT_EQ(test, fovea_device_borrow(fovea), 0);
	KUNIT_EXPECT_EQ(test, fovea->state, FOVEA_SUSPENDED);
	KUNIT_EXPECT_EQ(test, fake->registers.status, cpu_to_le32(0));
	/* Interrupts are the test's. */
	fovea_interrupt(fovea, 3);
	KUNIT_EXPECT_TRUE(test, fovea_device_wait_raised(fovea, 3, 0));
	KUNIT_EXPECT_FALSE(test, fovea_device_wait_raised(fovea, 3, 0));
	fovea_device_give_back(fovea);
	KUNIT_EXPECT_EQ(test, fovea->state, FOVEA_RUNNING);
	fovea_interrupt(fovea, 3);
	KUNIT_EXPECT_FALSE(test, fovea_device_wait_raised(fovea, 3, 0));
}

static void power_not_lent(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	struct fovea_device *fovea = fake->fovea;

	mutex_lock(&fovea->life);
	fovea->streams[FS1_STREAM_META].wanted = true;
	mutex_unlock(&fovea->life);
	KUNIT_EXPECT_EQ(test, fovea_device_borrow(fovea), -EBUSY);
	mutex_lock(&fovea->life);
	fovea->streams[FS1_STREAM_META].wanted = false;
	mutex_unlock(&fovea->life);

	fake->stuck = true;
	KUNIT_EXPECT_EQ(test, fovea_device_borrow(fovea), -ETIMEDOUT);
	fake->stuck = false;
	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_RUNNING));

	KUNIT_ASSERT_EQ(test, fovea_device_borrow(fovea), 0);
	fake->refuse[FS1_IDENTIFY] = FS1_INTERNAL;
	fovea_device_give_back(fovea);
	KUNIT_EXPECT_EQ(test, fovea->state, FOVEA_RECOVERING);
	fake->refuse[FS1_IDENTIFY] = FS1_OK;
	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_RUNNING));

	fovea_gone(fovea);
	KUNIT_EXPECT_EQ(test, fovea_device_borrow(fovea), -ENODEV);
}

static struct kunit_case power_tests[] = {
	KUNIT_CASE(power_sleep),
	KUNIT_CASE(power_sleep_stuck),
	KUNIT_CASE(power_resume_fails),
	KUNIT_CASE(power_restarted),
	KUNIT_CASE(power_failed),
	KUNIT_CASE(power_no_heartbeat),
	KUNIT_CASE(power_reset_by_bus),
	KUNIT_CASE(power_given_up),
	KUNIT_CASE(power_removed),
	KUNIT_CASE(power_borrowed),
	KUNIT_CASE(power_not_lent),
	{}
};

static struct kunit_suite power_suite = {
	.name = "fovea-power",
	.init = power_init,
	.exit = fovea_fake_exit,
	.test_cases = power_tests,
};

kunit_test_suites(&power_suite);
