// SPDX-License-Identifier: GPL-2.0-only
/*
 * Controls: which of V4L2's is which of the device's, what is read from the
 * device's loops, and what is kept for a device that sleeps.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>
#include <linux/fovea.h>
#include <media/v4l2-ctrls.h>

#include "../fovea-core.h"
#include "../fovea-format.h"
#include "fovea-fake.h"

static int ctrls_init(struct kunit *test)
{
	fovea_fake_create_started(test, FS1_CAP_HOST_CLOCK);
	return 0;
}

static struct v4l2_ctrl *ctrl_of(struct kunit *test, u32 id)
{
	struct fovea_fake *fake = test->priv;
	struct v4l2_ctrl *ctrl = v4l2_ctrl_find(&fake->fovea->ctrls.all, id);

	KUNIT_ASSERT_NOT_NULL_MSG(test, ctrl, "no control %#x", id);
	return ctrl;
}

static void ctrl_set(struct kunit *test, u32 id, s32 value)
{
	KUNIT_EXPECT_EQ_MSG(test, v4l2_ctrl_s_ctrl(ctrl_of(test, id), value), 0,
			    "control %#x", id);
}

static s32 ctrl_get(struct kunit *test, u32 id)
{
	return v4l2_ctrl_g_ctrl(ctrl_of(test, id));
}

static void ctrl_manual(struct kunit *test)
{
	ctrl_set(test, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_MANUAL);
	ctrl_set(test, V4L2_CID_AUTO_WHITE_BALANCE, 0);
}

/* ------------------------------------------------------------------------
 * To the device
 */

static const struct ctrl_case {
	const char *name;
	u32 id;
	enum fs1_control control;
	s32 low;
	s32 high;
	s32 def;
} ctrl_cases[] = {
	{ "exposure", V4L2_CID_EXPOSURE, FS1_CONTROL_EXPOSURE, 1, 3196, 1000 },
	{ "analogue gain", V4L2_CID_ANALOGUE_GAIN, FS1_CONTROL_ANALOGUE_GAIN,
	  256, 4096, 256 },
	{ "digital gain", V4L2_CID_DIGITAL_GAIN, FS1_CONTROL_DIGITAL_GAIN,
	  256, 4096, 256 },
	{ "red balance", V4L2_CID_RED_BALANCE, FS1_CONTROL_RED_BALANCE,
	  64, 2047, 256 },
	{ "blue balance", V4L2_CID_BLUE_BALANCE, FS1_CONTROL_BLUE_BALANCE,
	  64, 2047, 256 },
	{ "hflip", V4L2_CID_HFLIP, FS1_CONTROL_HFLIP, 0, 1, 0 },
	{ "vflip", V4L2_CID_VFLIP, FS1_CONTROL_VFLIP, 0, 1, 0 },
	{ "privacy", V4L2_CID_PRIVACY, FS1_CONTROL_PRIVACY, 0, 1, 0 },
	{ "test pattern", V4L2_CID_TEST_PATTERN, FS1_CONTROL_TEST_PATTERN,
	  0, 7, 0 },
	{ "brightness", V4L2_CID_BRIGHTNESS, FS1_CONTROL_BRIGHTNESS,
	  -128, 127, 0 },
	{ "contrast", V4L2_CID_CONTRAST, FS1_CONTROL_CONTRAST, 0, 255, 128 },
	{ "saturation", V4L2_CID_SATURATION, FS1_CONTROL_SATURATION,
	  0, 255, 128 },
	{ "gamma", V4L2_CID_GAMMA, FS1_CONTROL_GAMMA, 100, 300, 220 },
	{ "checksum", V4L2_CID_FOVEA_CHECKSUM, FS1_CONTROL_CHECKSUM, 0, 1, 0 },
};

static void ctrl_case_name(const struct ctrl_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ctrl, ctrl_cases, ctrl_case_name);

static void ctrls_mapping(struct kunit *test)
{
	const struct ctrl_case *c = test->param_value;
	struct v4l2_ctrl *ctrl = ctrl_of(test, c->id);
	struct fovea_fake *fake = test->priv;
	s32 others[FS1_CONTROLS];

	ctrl_manual(test);
	KUNIT_EXPECT_EQ(test, ctrl->minimum, (s64)c->low);
	KUNIT_EXPECT_EQ(test, ctrl->maximum, (s64)c->high);
	KUNIT_EXPECT_EQ(test, ctrl->default_value, (s64)c->def);
	/* The device knows, of itself or since its start. */
	KUNIT_EXPECT_EQ(test, fake->control[c->control], c->def);

	memcpy(others, fake->control, sizeof(others));
	ctrl_set(test, c->id, c->high);
	KUNIT_EXPECT_EQ(test, fake->control[c->control], c->high);
	ctrl_set(test, c->id, c->low);
	KUNIT_EXPECT_EQ(test, fake->control[c->control], c->low);
	KUNIT_EXPECT_EQ(test, ctrl_get(test, c->id), c->low);
	/* That one alone. */
	others[c->control] = c->low;
	KUNIT_EXPECT_MEMEQ(test, fake->control, others, sizeof(others));
}

static void ctrls_loops(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	/* V4L2's exposure menu counts the other way round. */
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_AUTO_EXPOSURE], 1);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_AUTO_WHITE_BALANCE], 1);
	ctrl_manual(test);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_AUTO_EXPOSURE], 0);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_AUTO_WHITE_BALANCE], 0);
	ctrl_set(test, V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_AUTO);
	ctrl_set(test, V4L2_CID_AUTO_WHITE_BALANCE, 1);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_AUTO_EXPOSURE], 1);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_AUTO_WHITE_BALANCE], 1);
}

/* While a loop runs, what it has chosen is shown, within what may be set. */
static void ctrls_in_force(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fake->control[FS1_CONTROL_EXPOSURE] = 777;
	fake->control[FS1_CONTROL_ANALOGUE_GAIN] = 5000;
	fake->control[FS1_CONTROL_RED_BALANCE] = 300;
	fake->control[FS1_CONTROL_BLUE_BALANCE] = 1;
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_EXPOSURE), 777);
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_ANALOGUE_GAIN), 4096);
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_RED_BALANCE), 300);
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_BLUE_BALANCE), 64);
	/* Nobody asks the device for what was set by hand. */
	ctrl_manual(test);
	ctrl_set(test, V4L2_CID_EXPOSURE, 500);
	fake->control[FS1_CONTROL_EXPOSURE] = 888;
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_EXPOSURE), 500);
}

static void ctrls_refused(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	struct v4l2_ctrl *gamma = ctrl_of(test, V4L2_CID_GAMMA);

	fake->refuse[FS1_SET_CONTROL] = FS1_BAD_ARGUMENT;
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_s_ctrl(gamma, 150), -EINVAL);
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_g_ctrl(gamma), 220);
	fake->refuse[FS1_SET_CONTROL] = FS1_OK;
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_s_ctrl(gamma, 150), 0);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_GAMMA], 150);
}

/* What is set while the device sleeps is in force when it wakes. */
static void ctrls_asleep(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;
	unsigned int before;

	fake->control[FS1_CONTROL_EXPOSURE] = 777;
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_EXPOSURE), 777);
	ctrl_set(test, V4L2_CID_CONTRAST, 1);
	KUNIT_ASSERT_EQ(test, fovea_suspend(fake->fovea), 0);
	before = fake->commands;
	memset(fake->control, 0, sizeof(fake->control));

	ctrl_set(test, V4L2_CID_GAMMA, 150);
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_GAMMA), 150);
	/* The last that is known of the loop. */
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_EXPOSURE), 777);
	KUNIT_EXPECT_EQ(test, fake->commands, before);

	fovea_resume(fake->fovea);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_GAMMA], 150);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_CONTRAST], 1);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_SATURATION], 128);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_AUTO_EXPOSURE], 1);
}

static void ctrls_gone(struct kunit *test)
{
	struct fovea_fake *fake = test->priv;

	fovea_gone(fake->fovea);
	KUNIT_EXPECT_EQ(test,
			v4l2_ctrl_s_ctrl(ctrl_of(test, V4L2_CID_GAMMA), 150),
			-ENODEV);
}

/* ------------------------------------------------------------------------
 * Blanking
 */

static void ctrls_blanking(struct kunit *test)
{
	struct v4l2_ctrl *vblank = ctrl_of(test, V4L2_CID_VBLANK);
	struct v4l2_ctrl *exposure = ctrl_of(test, V4L2_CID_EXPOSURE);
	struct fovea_fake *fake = test->priv;
	const struct fovea_mode *mode = &fovea_modes[FS1_MODES - 1];

	/* At 30 frames/s, 3200 lines. */
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_g_ctrl(vblank),
			3200 - (s32)mode->height);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_FRAME_LENGTH], 0);
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_HBLANK),
			(s32)(FS1_LINE_LENGTH - mode->width));
	/* Longer by hand; exposure may be, too. */
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_s_ctrl(vblank, 5000 - mode->height), 0);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_FRAME_LENGTH], 5000);
	KUNIT_EXPECT_EQ(test, exposure->maximum,
			5000ll - FS1_EXPOSURE_MARGIN);
	/* What is no longer than without it is left to the streams. */
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_s_ctrl(vblank, 3200 - mode->height), 0);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_FRAME_LENGTH], 0);
}

static void ctrls_timing(struct kunit *test)
{
	struct v4l2_ctrl *vblank = ctrl_of(test, V4L2_CID_VBLANK);
	struct fovea_fake *fake = test->priv;
	struct fovea_device *fovea = fake->fovea;
	const struct fovea_mode *full = &fovea_modes[0];
	const struct fovea_mode *fast = &fovea_modes[FS1_MODES - 1];

	/* Another mode: blanking set by hand keeps the frame's length. */
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_s_ctrl(vblank, 5000 - fast->height), 0);
	KUNIT_EXPECT_EQ(test, fovea_ctrls_set_timing(fovea, 0, 3200, false), 0);
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_g_ctrl(vblank),
			5000 - (s32)full->height);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_FRAME_LENGTH], 5000);
	KUNIT_EXPECT_EQ(test, vblank->minimum, 3200ll - full->height);
	KUNIT_EXPECT_EQ(test, ctrl_get(test, V4L2_CID_HBLANK),
			(s32)(FS1_LINE_LENGTH - full->width));
	/* Until somebody asks for an interval. */
	KUNIT_EXPECT_EQ(test, fovea_ctrls_set_timing(fovea, 0, 4000, true), 0);
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_g_ctrl(vblank),
			4000 - (s32)full->height);
	KUNIT_EXPECT_EQ(test, fake->control[FS1_CONTROL_FRAME_LENGTH], 0);
	/* No mode is faster than it can be. */
	KUNIT_EXPECT_EQ(test, fovea_ctrls_set_timing(fovea, 0, 100, true), 0);
	KUNIT_EXPECT_EQ(test, v4l2_ctrl_g_ctrl(vblank),
			(s32)(full->frame_length - full->height));
}

static struct kunit_case ctrls_tests[] = {
	KUNIT_CASE_PARAM(ctrls_mapping, ctrl_gen_params),
	KUNIT_CASE(ctrls_loops),
	KUNIT_CASE(ctrls_in_force),
	KUNIT_CASE(ctrls_refused),
	KUNIT_CASE(ctrls_asleep),
	KUNIT_CASE(ctrls_gone),
	KUNIT_CASE(ctrls_blanking),
	KUNIT_CASE(ctrls_timing),
	{}
};

static struct kunit_suite ctrls_suite = {
	.name = "fovea-ctrls",
	.init = ctrls_init,
	.exit = fovea_fake_exit,
	.test_cases = ctrls_tests,
};

kunit_test_suites(&ctrls_suite);
