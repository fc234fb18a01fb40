// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands: what is sent, what their answers mean, and what becomes of one that
 * isn't answered; and that a device which can't be started leaves nothing.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>

#include "../fovea-admin.h"
#include "../fovea-core.h"
#include "fovea-fake.h"

/* What the start of a device needs: identity, and two rings for each queue. */
#define QUEUES		5
#define ALLOCATIONS	(1 + 2 * QUEUES)

static int admin_init(struct kunit *test)
{
	fovea_fake_create_started(test, FS1_CAP_HOST_CLOCK | FS1_CAP_SCENE);
	return 0;
}

/* ------------------------------------------------------------------------
 * Answers
 */

static const struct status_case {
	const char *name;
	u32 status;
	int error;
} status_cases[] = {
	{ "done", FS1_OK, 0 },
	{ "bad opcode", FS1_BAD_OPCODE, -EOPNOTSUPP },
	{ "bad argument", FS1_BAD_ARGUMENT, -EINVAL },
	{ "bad address", FS1_BAD_ADDRESS, -EFAULT },
	{ "bad length", FS1_BAD_LENGTH, -EINVAL },
	{ "bad state", FS1_BAD_STATE, -EBUSY },
	{ "bad format", FS1_BAD_FORMAT, -EINVAL },
	{ "no memory", FS1_NO_MEMORY, -ENOMEM },
	{ "aborted", FS1_ABORTED, -EAGAIN },
	{ "internal", FS1_INTERNAL, -EIO },
	{ "one nobody knows", 77, -EPROTO },
};

static void status_case_name(const struct status_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(status, status_cases, status_case_name);

static void admin_status(struct kunit *test)
{
	const struct status_case *c = test->param_value;
	struct fovea_fake *fake = test->priv;
	s32 value = -12345;

	fake->control[FS1_CONTROL_GAMMA] = 220;
	fake->refuse[FS1_GET_CONTROL] = c->status;
	KUNIT_EXPECT_EQ(test,
			fovea_admin_get_control(fake->fovea, FS1_CONTROL_GAMMA,
						&value), c->error);
	KUNIT_EXPECT_EQ(test, value, c->error ? -12345 : 220);
	KUNIT_EXPECT_EQ(test, fake->fovea->admin.outstanding, 0u);
}

static void admin_values(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	s32 value;

	KUNIT_EXPECT_EQ(test,
			fovea_admin_set_control(fake->fovea,
						FS1_CONTROL_BRIGHTNESS, -128),
			0);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_BRIGHTNESS], -128);
	KUNIT_EXPECT_EQ(test,
			fovea_admin_get_control(fake->fovea,
						FS1_CONTROL_BRIGHTNESS, &value),
			0);
	KUNIT_EXPECT_EQ(test, value, -128);
	KUNIT_EXPECT_EQ(test,
			fovea_admin_set_clock(fake->fovea, -0x123456789abll),
			0);
	KUNIT_EXPECT_EQ(test, fake->clock_offset, -0x123456789abll);
	KUNIT_EXPECT_EQ(test,
			fovea_admin_start_stream(fake->fovea, FS1_STREAM_META),
			0);
	KUNIT_EXPECT_EQ(test, fake->started, (u32)BIT(FS1_STREAM_META));
	KUNIT_EXPECT_EQ(test,
			fovea_admin_stop_stream(fake->fovea, FS1_STREAM_META),
			0);
	KUNIT_EXPECT_EQ(test, fake->started, 0u);
}

/* Both sides must mean the same by a buffer. */
static void admin_size(struct kunit *test)
{
	const struct fs1_stream_config config = {
		.stream = cpu_to_le32(FS1_STREAM_META),
		.format = cpu_to_le32(FS1_FORMAT_META),
	};
	struct fovea_fake *fake = test->priv;

	KUNIT_EXPECT_EQ(test,
			fovea_admin_configure(fake->fovea, &config,
					      FS1_META_BUFFER_SIZE), 0);
	fake->size_error = 1;
	KUNIT_EXPECT_EQ(test,
			fovea_admin_configure(fake->fovea, &config,
					      FS1_META_BUFFER_SIZE), -EPROTO);
}

/* ------------------------------------------------------------------------
 * No answer
 */

static void admin_lost_answer(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	struct fovea_recovery *recovery = &fake->fovea->recovery;
	s32 value = 0;

	fake->commands = 0;
	fake->control[FS1_CONTROL_GAMMA] = 220;
	fake->mute[FS1_GET_CONTROL] = 1;
	KUNIT_EXPECT_EQ(test,
			fovea_admin_get_control(fake->fovea, FS1_CONTROL_GAMMA,
						&value), 0);
	KUNIT_EXPECT_EQ(test, value, 220);
	KUNIT_EXPECT_EQ(test, fovea_fake_count(fake, FS1_GET_CONTROL), 2u);
	KUNIT_EXPECT_EQ(test, recovery->stages[FOVEA_RECOVERY_REISSUE], 1u);
	KUNIT_EXPECT_EQ(test, recovery->stages[FOVEA_RECOVERY_DEVICE_RESET],
			0u);
	/* The first try keeps its place in the ring: it may be answered yet. */
	KUNIT_EXPECT_EQ(test, fake->fovea->admin.outstanding, 1u);
}

/* Executed at first, and refused therefore when it comes again. */
static void admin_done_before(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fake->mute[FS1_START] = 1;
	fake->refuse[FS1_START] = FS1_BAD_STATE;
	KUNIT_EXPECT_EQ(test,
			fovea_admin_start_stream(fake->fovea, FS1_STREAM_META),
			0);
	/* At the first try it is what it says. */
	KUNIT_EXPECT_EQ(test,
			fovea_admin_start_stream(fake->fovea, FS1_STREAM_META),
			-EBUSY);
}

static void admin_timeout(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	struct fovea_recovery *recovery = &fake->fovea->recovery;
	s32 value = -12345;

	fake->mute[FS1_GET_CONTROL] = 2;
	KUNIT_EXPECT_EQ(test,
			fovea_admin_get_control(fake->fovea, FS1_CONTROL_GAMMA,
						&value), -EAGAIN);
	KUNIT_EXPECT_EQ(test, value, -12345);
	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_RUNNING));
	KUNIT_EXPECT_EQ(test, recovery->stages[FOVEA_RECOVERY_DEVICE_RESET],
			1u);
	KUNIT_EXPECT_EQ(test, recovery->first, (u32)FOVEA_CAUSE_COMMAND);
	KUNIT_EXPECT_EQ(test,
			fovea_admin_get_control(fake->fovea, FS1_CONTROL_GAMMA,
						&value), 0);
}

static void admin_gone(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int before = fake->commands;
	s32 value;

	KUNIT_EXPECT_TRUE(test, fake->master);
	fovea_gone(fake->fovea);
	KUNIT_EXPECT_EQ(test,
			fovea_admin_get_control(fake->fovea, FS1_CONTROL_GAMMA,
						&value), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake->commands, before);
	KUNIT_EXPECT_FALSE(test, fake->master);
}

static struct kunit_case admin_tests[] = {
	KUNIT_CASE_PARAM(admin_status, status_gen_params),
	KUNIT_CASE(admin_values),
	KUNIT_CASE(admin_size),
	KUNIT_CASE(admin_lost_answer),
	KUNIT_CASE(admin_done_before),
	KUNIT_CASE(admin_timeout),
	KUNIT_CASE(admin_gone),
	{}
};

static struct kunit_suite admin_suite = {
	.name = "fovea-admin",
	.init = admin_init,
	.exit = fovea_fake_exit,
	.test_cases = admin_tests,
};

/* ------------------------------------------------------------------------
 * Devices that can't be started
 */

static int start_init(struct kunit *test)
{
	fovea_fake_create(test, FS1_CAP_SCENE);
	return 0;
}

/* Each command of the start fails once, one after another. */
static void start_fails_at_each(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int limit = 0;
	int r;

	for (;;) {
		fake->commands = 0;
		fake->command_limit = limit;
		r = fovea_fake_start(fake);
		if (!r)
			break;
		KUNIT_EXPECT_EQ_MSG(test, r, -EIO, "command %u", limit);
		KUNIT_ASSERT_EQ(test, fake->commands, limit + 1);
		fovea_fake_stop(fake);
		limit++;
	}
	/* Identity, a queue for each stream, the clock, all controls. */
	KUNIT_EXPECT_GE(test, limit, 1 + (QUEUES - 1) + 2 + 16u);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_RUNNING);
}

static void start_no_memory(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int limit;

	for (limit = 0; limit < ALLOCATIONS; limit++) {
		fake->alloc_limit = limit;
		KUNIT_EXPECT_EQ(test, fovea_fake_start(fake), -ENOMEM);
		KUNIT_EXPECT_EQ(test, fake->commands, 0u);
		fovea_fake_stop(fake);
	}
	fake->alloc_limit = ALLOCATIONS;
	KUNIT_EXPECT_EQ(test, fovea_fake_start(fake), 0);
}

static void spoil_magic(struct fovea_fake *fake)
{
	fake->registers.magic = cpu_to_le32(FS1_MAGIC + 1);
}

static void spoil_major(struct fovea_fake *fake)
{
	fake->registers.version = cpu_to_le32((FS1_VERSION_MAJOR + 1) << 16);
}

static void spoil_minor(struct fovea_fake *fake)
{
	fake->registers.version = cpu_to_le32(FS1_VERSION_MAJOR << 16);
}

static void spoil_array(struct fovea_fake *fake)
{
	fake->identity.array_width = cpu_to_le16(FS1_ARRAY_WIDTH - 2);
}

static void spoil_mode(struct fovea_fake *fake)
{
	fake->identity.mode[FS1_MODES - 1].frame_length = cpu_to_le32(801);
}

static void spoil_capabilities(struct fovea_fake *fake)
{
	fake->identity.capabilities = cpu_to_le32(FS1_CAP_SCENE | FS1_CAP_NPU);
}

static void spoil_enable(struct fovea_fake *fake)
{
	fake->fail_enable = true;
}

static void spoil_ready(struct fovea_fake *fake)
{
	fake->stuck = true;
}

static void spoil_presence(struct fovea_fake *fake)
{
	fake->absent = true;
}

static const struct spoilt_case {
	const char *name;
	void (*spoil)(struct fovea_fake *fake);
	int error;
} spoilt_cases[] = {
	{ "another magic", spoil_magic, -ENODEV },
	{ "a later major version", spoil_major, -ENODEV },
	{ "too old a minor version", spoil_minor, -ENODEV },
	{ "another array", spoil_array, -ENODEV },
	{ "another mode", spoil_mode, -ENODEV },
	{ "other capabilities", spoil_capabilities, -ENODEV },
	{ "not enabled", spoil_enable, -EIO },
	{ "never ready", spoil_ready, -ETIMEDOUT },
	{ "away from its bus", spoil_presence, -ENODEV },
};

static void spoilt_case_name(const struct spoilt_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(spoilt, spoilt_cases, spoilt_case_name);

static void start_refused(struct kunit *test)
{
	const struct spoilt_case *c = test->param_value;
	struct fovea_fake *fake = test->priv;

	c->spoil(fake);
	KUNIT_EXPECT_EQ(test, fovea_fake_start(fake), c->error);
	KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_GONE);
	KUNIT_EXPECT_FALSE(test, fake->master);
}

/* It comes from the device, and goes to logs and to userspace. */
static void start_serial(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	char *serial = fake->identity.serial;

	memset(serial, 'x', sizeof(fake->identity.serial));
	serial[1] = '\n';
	serial[2] = '\xff';
	KUNIT_ASSERT_EQ(test, fovea_fake_start(fake), 0);
	KUNIT_EXPECT_EQ(test, strlen(fake->fovea->serial), 31u);
	KUNIT_EXPECT_MEMEQ(test, fake->fovea->serial, "x??x", 4);
}

static struct kunit_case start_tests[] = {
	KUNIT_CASE(start_fails_at_each),
	KUNIT_CASE(start_no_memory),
	KUNIT_CASE_PARAM(start_refused, spoilt_gen_params),
	KUNIT_CASE(start_serial),
	{}
};

static struct kunit_suite start_suite = {
	.name = "fovea-start",
	.init = start_init,
	.exit = fovea_fake_exit,
	.test_cases = start_tests,
};

kunit_test_suites(&admin_suite, &start_suite);
