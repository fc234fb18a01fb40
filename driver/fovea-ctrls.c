// SPDX-License-Identifier: GPL-2.0-only
/*
 * Controls: standard ones but one, each mapped to a control of the device. The
 * device keeps the values and runs the automatic loops; what a loop has chosen
 * is read from it when somebody asks (volatile while the loop is on).
 *
 * Copyright The Fovea authors
 */
#include <linux/fovea.h>
#include <media/v4l2-ctrls.h>

#include "fovea-admin.h"
#include "fovea-core.h"
#include "fovea-format.h"
#include "fovea-npu.h"

/* Gains are Q8 on both sides: 256 is 1.0. */
#define FOVEA_GAIN_ONE		256
#define FOVEA_GAIN_MAX		4096
#define FOVEA_BALANCE_MIN	64
#define FOVEA_BALANCE_MAX	2047
#define FOVEA_EXPOSURE_DEFAULT	1000

static const char * const fovea_test_patterns[] = {
	[FS1_PATTERN_OFF] = "Disabled",
	[FS1_PATTERN_SOLID_BLACK] = "Solid Black",
	[FS1_PATTERN_SOLID_WHITE] = "Solid White",
	[FS1_PATTERN_COLOUR_BARS] = "Colour Bars",
	[FS1_PATTERN_COLOUR_BARS_FADE] = "Colour Bars With Fade",
	[FS1_PATTERN_GRADIENT] = "Gradient",
	[FS1_PATTERN_CHECKERBOARD] = "Checkerboard",
	[FS1_PATTERN_PN9] = "Pseudorandom PN9",
};

static_assert(ARRAY_SIZE(fovea_test_patterns) == FS1_PATTERNS);

static const s64 fovea_link_frequencies[] = { FS1_LINK_FREQUENCY };

/**
 * struct fovea_ctrl - a control that is one of the device's
 * @id: V4L2_CID_*
 * @control: enum fs1_control
 * @min: smallest value
 * @max: largest value
 * @def: value after the device has started
 */
struct fovea_ctrl {
	u32 id;
	enum fs1_control control;
	s32 min;
	s32 max;
	s32 def;
};

static const struct fovea_ctrl fovea_sensor_ctrls[] = {
	{ V4L2_CID_DIGITAL_GAIN, FS1_CONTROL_DIGITAL_GAIN,
	  FOVEA_GAIN_ONE, FOVEA_GAIN_MAX, FOVEA_GAIN_ONE },
	{ V4L2_CID_HFLIP, FS1_CONTROL_HFLIP, 0, 1, 0 },
	{ V4L2_CID_VFLIP, FS1_CONTROL_VFLIP, 0, 1, 0 },
	{ V4L2_CID_PRIVACY, FS1_CONTROL_PRIVACY, 0, 1, 0 },
};

static const struct fovea_ctrl fovea_isp_ctrls[] = {
	{ V4L2_CID_BRIGHTNESS, FS1_CONTROL_BRIGHTNESS, -128, 127, 0 },
	{ V4L2_CID_CONTRAST, FS1_CONTROL_CONTRAST, 0, 255, 128 },
	{ V4L2_CID_SATURATION, FS1_CONTROL_SATURATION, 0, 255, 128 },
	{ V4L2_CID_GAMMA, FS1_CONTROL_GAMMA, 100, 300, 220 },
};

static const struct fovea_ctrl fovea_checksum_ctrl = {
	V4L2_CID_FOVEA_CHECKSUM, FS1_CONTROL_CHECKSUM, 0, 1, 0
};

static const struct fovea_ctrl *fovea_ctrl_find(u32 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fovea_sensor_ctrls); i++)
		if (fovea_sensor_ctrls[i].id == id)
			return &fovea_sensor_ctrls[i];
	for (i = 0; i < ARRAY_SIZE(fovea_isp_ctrls); i++)
		if (fovea_isp_ctrls[i].id == id)
			return &fovea_isp_ctrls[i];
	return id == fovea_checksum_ctrl.id ? &fovea_checksum_ctrl : NULL;
}

/* While the device can't be told, the value is kept: see fovea_ctrls_restore() */
static int fovea_set_in_device(struct fovea_device *fovea,
			       enum fs1_control control, s32 value)
{
	int r = fovea_admin_set_control(fovea, control, value);

	return r == -EAGAIN ? 0 : r;
}

/* ------------------------------------------------------------------------
 * Sensor
 */

/* What the device's own loops made of a control, within what it may be. */
static int fovea_get_in_force(struct fovea_device *fovea,
			      enum fs1_control control, struct v4l2_ctrl *ctrl)
{
	s32 value;
	int r;

	r = fovea_admin_get_control(fovea, control, &value);
	if (!r)
		fovea->ctrls.in_force[control] = value;
	else if (r == -EAGAIN)
		value = fovea->ctrls.in_force[control];
	else
		return r;
	ctrl->val = clamp_t(s64, value, ctrl->minimum, ctrl->maximum);
	return 0;
}

static struct fovea_device *to_fovea_sensor(struct v4l2_ctrl *ctrl)
{
	return container_of(ctrl->handler, struct fovea_device, ctrls.sensor);
}

static int fovea_sensor_g_volatile_ctrl(struct v4l2_ctrl *ctrl)
{
	struct fovea_device *fovea = to_fovea_sensor(ctrl);
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	int r;

	if (ctrl->id != V4L2_CID_EXPOSURE_AUTO)
		return 0;
	r = fovea_get_in_force(fovea, FS1_CONTROL_EXPOSURE,
				  ctrls->exposure);
	if (r)
		return r;
	return fovea_get_in_force(fovea, FS1_CONTROL_ANALOGUE_GAIN,
				  ctrls->analogue_gain);
}

static int fovea_set_exposure(struct fovea_device *fovea)
{
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	bool manual = ctrls->auto_exposure->val == V4L2_EXPOSURE_MANUAL;
	int r = 0;

	if (ctrls->auto_exposure->is_new)
		r = fovea_set_in_device(fovea, FS1_CONTROL_AUTO_EXPOSURE,
					    !manual);
	if (!r && manual && ctrls->exposure->is_new)
		r = fovea_set_in_device(fovea, FS1_CONTROL_EXPOSURE,
					    ctrls->exposure->val);
	if (!r && manual && ctrls->analogue_gain->is_new)
		r = fovea_set_in_device(fovea, FS1_CONTROL_ANALOGUE_GAIN,
					    ctrls->analogue_gain->val);
	return r;
}

/* Exposure ends a little before the frame does. */
static int fovea_update_exposure_range(struct fovea_device *fovea, s32 vblank)
{
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	s32 max = ctrls->height + vblank - FS1_EXPOSURE_MARGIN;

	return __v4l2_ctrl_modify_range(ctrls->exposure, 1, max, 1,
					min(FOVEA_EXPOSURE_DEFAULT, max));
}

static int fovea_set_vblank(struct fovea_device *fovea, s32 vblank)
{
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	u32 length = ctrls->height + vblank;
	int r;

	/* 0 leaves the length to the streams' frame intervals. */
	r = fovea_set_in_device(fovea, FS1_CONTROL_FRAME_LENGTH,
				    length > ctrls->shortest ? length : 0);
	if (r)
		return r;
	return fovea_update_exposure_range(fovea, vblank);
}

static int fovea_sensor_s_ctrl(struct v4l2_ctrl *ctrl)
{
	struct fovea_device *fovea = to_fovea_sensor(ctrl);
	const struct fovea_ctrl *known;

	switch (ctrl->id) {
	case V4L2_CID_EXPOSURE_AUTO:
		return fovea_set_exposure(fovea);
	case V4L2_CID_VBLANK:
		return fovea_set_vblank(fovea, ctrl->val);
	case V4L2_CID_HBLANK:
		return 0;
	case V4L2_CID_TEST_PATTERN:
		return fovea_set_in_device(fovea, FS1_CONTROL_TEST_PATTERN,
					       ctrl->val);
	default:
		known = fovea_ctrl_find(ctrl->id);
		return known ? fovea_set_in_device(fovea, known->control,
						       ctrl->val) : -EINVAL;
	}
}

static const struct v4l2_ctrl_ops fovea_sensor_ctrl_ops = {
	.g_volatile_ctrl = fovea_sensor_g_volatile_ctrl,
	.s_ctrl = fovea_sensor_s_ctrl,
};

/* ------------------------------------------------------------------------
 * Isp
 */

static struct fovea_device *to_fovea_isp(struct v4l2_ctrl *ctrl)
{
	return container_of(ctrl->handler, struct fovea_device, ctrls.isp);
}

static int fovea_isp_g_volatile_ctrl(struct v4l2_ctrl *ctrl)
{
	struct fovea_device *fovea = to_fovea_isp(ctrl);
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	int r;

	if (ctrl->id != V4L2_CID_AUTO_WHITE_BALANCE)
		return 0;
	r = fovea_get_in_force(fovea, FS1_CONTROL_RED_BALANCE,
				  ctrls->red_balance);
	if (r)
		return r;
	return fovea_get_in_force(fovea, FS1_CONTROL_BLUE_BALANCE,
				  ctrls->blue_balance);
}

static int fovea_set_white_balance(struct fovea_device *fovea)
{
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	bool manual = !ctrls->auto_white->val;
	int r = 0;

	if (ctrls->auto_white->is_new)
		r = fovea_set_in_device(fovea,
					    FS1_CONTROL_AUTO_WHITE_BALANCE,
					    !manual);
	if (!r && manual && ctrls->red_balance->is_new)
		r = fovea_set_in_device(fovea, FS1_CONTROL_RED_BALANCE,
					    ctrls->red_balance->val);
	if (!r && manual && ctrls->blue_balance->is_new)
		r = fovea_set_in_device(fovea, FS1_CONTROL_BLUE_BALANCE,
					    ctrls->blue_balance->val);
	return r;
}

static int fovea_isp_s_ctrl(struct v4l2_ctrl *ctrl)
{
	struct fovea_device *fovea = to_fovea_isp(ctrl);
	const struct fovea_ctrl *known;

	if (ctrl->id == V4L2_CID_AUTO_WHITE_BALANCE)
		return fovea_set_white_balance(fovea);
	known = fovea_ctrl_find(ctrl->id);
	return known ? fovea_set_in_device(fovea, known->control,
					       ctrl->val) : -EINVAL;
}

static const struct v4l2_ctrl_ops fovea_isp_ctrl_ops = {
	.g_volatile_ctrl = fovea_isp_g_volatile_ctrl,
	.s_ctrl = fovea_isp_s_ctrl,
};

/* ------------------------------------------------------------------------
 * All
 */

static void fovea_ctrls_add(struct v4l2_ctrl_handler *handler,
			    const struct v4l2_ctrl_ops *ops,
			    const struct fovea_ctrl *table, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		v4l2_ctrl_new_std(handler, ops, table[i].id, table[i].min,
				  table[i].max, 1, table[i].def);
}

static int fovea_ctrls_init_sensor(struct fovea_device *fovea)
{
	const struct v4l2_ctrl_ops *ops = &fovea_sensor_ctrl_ops;
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	struct v4l2_ctrl_handler *handler = &ctrls->sensor;
	struct v4l2_ctrl *link;

	v4l2_ctrl_handler_init(handler, 16);
	ctrls->auto_exposure =
		v4l2_ctrl_new_std_menu(handler, ops, V4L2_CID_EXPOSURE_AUTO,
				       V4L2_EXPOSURE_MANUAL, 0,
				       V4L2_EXPOSURE_AUTO);
	ctrls->exposure =
		v4l2_ctrl_new_std(handler, ops, V4L2_CID_EXPOSURE, 1,
				  ctrls->shortest - FS1_EXPOSURE_MARGIN, 1,
				  FOVEA_EXPOSURE_DEFAULT);
	ctrls->analogue_gain =
		v4l2_ctrl_new_std(handler, ops, V4L2_CID_ANALOGUE_GAIN,
				  FOVEA_GAIN_ONE, FOVEA_GAIN_MAX, 1,
				  FOVEA_GAIN_ONE);
	fovea_ctrls_add(handler, ops, fovea_sensor_ctrls,
			ARRAY_SIZE(fovea_sensor_ctrls));
	v4l2_ctrl_new_std_menu_items(handler, ops, V4L2_CID_TEST_PATTERN,
				     FS1_PATTERNS - 1, 0, FS1_PATTERN_OFF,
				     fovea_test_patterns);
	ctrls->vblank =
		v4l2_ctrl_new_std(handler, ops, V4L2_CID_VBLANK,
				  ctrls->shortest - ctrls->height,
				  FS1_FRAME_LENGTH_MAX - ctrls->height, 1,
				  ctrls->shortest - ctrls->height);
	ctrls->hblank =
		v4l2_ctrl_new_std(handler, ops, V4L2_CID_HBLANK, 0,
				  FS1_LINE_LENGTH, 1, 0);
	v4l2_ctrl_new_std(handler, ops, V4L2_CID_PIXEL_RATE, FS1_PIXEL_RATE,
			  FS1_PIXEL_RATE, 1, FS1_PIXEL_RATE);
	link = v4l2_ctrl_new_int_menu(handler, ops, V4L2_CID_LINK_FREQ, 0, 0,
				      fovea_link_frequencies);
	if (handler->error)
		return handler->error;

	ctrls->hblank->flags |= V4L2_CTRL_FLAG_READ_ONLY;
	link->flags |= V4L2_CTRL_FLAG_READ_ONLY;
	v4l2_ctrl_auto_cluster(3, &ctrls->auto_exposure, V4L2_EXPOSURE_MANUAL,
			       true);
	return 0;
}

static int fovea_ctrls_init_isp(struct fovea_device *fovea)
{
	const struct v4l2_ctrl_ops *ops = &fovea_isp_ctrl_ops;
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	struct v4l2_ctrl_handler *handler = &ctrls->isp;
	const struct v4l2_ctrl_config checksum = {
		.ops = ops,
		.id = fovea_checksum_ctrl.id,
		.name = "Checksum",
		.type = V4L2_CTRL_TYPE_BOOLEAN,
		.max = fovea_checksum_ctrl.max,
		.step = 1,
	};

	v4l2_ctrl_handler_init(handler, 8);
	ctrls->auto_white =
		v4l2_ctrl_new_std(handler, ops, V4L2_CID_AUTO_WHITE_BALANCE,
				  0, 1, 1, 1);
	ctrls->red_balance =
		v4l2_ctrl_new_std(handler, ops, V4L2_CID_RED_BALANCE,
				  FOVEA_BALANCE_MIN, FOVEA_BALANCE_MAX, 1,
				  FOVEA_GAIN_ONE);
	ctrls->blue_balance =
		v4l2_ctrl_new_std(handler, ops, V4L2_CID_BLUE_BALANCE,
				  FOVEA_BALANCE_MIN, FOVEA_BALANCE_MAX, 1,
				  FOVEA_GAIN_ONE);
	fovea_ctrls_add(handler, ops, fovea_isp_ctrls,
			ARRAY_SIZE(fovea_isp_ctrls));
	v4l2_ctrl_new_custom(handler, &checksum, NULL);
	if (handler->error)
		return handler->error;

	v4l2_ctrl_auto_cluster(3, &ctrls->auto_white, 0, true);
	return 0;
}

int fovea_ctrls_init(struct fovea_device *fovea)
{
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	struct v4l2_fract interval = { 1, 30 };
	unsigned int mode = atomic_read(&fovea->mode);
	int r;

	ctrls->height = fovea_modes[mode].height;
	ctrls->shortest = fovea_interval_try(mode, &interval);
	ctrls->in_force[FS1_CONTROL_EXPOSURE] = FOVEA_EXPOSURE_DEFAULT;
	ctrls->in_force[FS1_CONTROL_ANALOGUE_GAIN] = FOVEA_GAIN_ONE;
	ctrls->in_force[FS1_CONTROL_RED_BALANCE] = FOVEA_GAIN_ONE;
	ctrls->in_force[FS1_CONTROL_BLUE_BALANCE] = FOVEA_GAIN_ONE;
	r = fovea_ctrls_init_sensor(fovea);
	if (r)
		return r;
	r = fovea_ctrls_init_isp(fovea);
	if (r)
		return r;

	v4l2_ctrl_handler_init(&ctrls->all, 32);
	r = v4l2_ctrl_add_handler(&ctrls->all, &ctrls->sensor, NULL, false);
	if (!r)
		r = v4l2_ctrl_add_handler(&ctrls->all, &ctrls->isp, NULL,
					  false);
	if (!r)
		r = fovea_ctrls_set_timing(fovea, mode, ctrls->shortest, true);
	if (!r && fovea->capabilities & FS1_CAP_NPU)
		r = fovea_npu_ctrls_init(fovea);
	return r;
}

int fovea_ctrls_restore(struct fovea_device *fovea)
{
	int r;

	r = v4l2_ctrl_handler_setup(&fovea->ctrls.sensor);
	if (!r)
		r = v4l2_ctrl_handler_setup(&fovea->ctrls.isp);
	if (!r && fovea->capabilities & FS1_CAP_NPU)
		r = v4l2_ctrl_handler_setup(&fovea->ctrls.npu);
	return r;
}

void fovea_ctrls_free(struct fovea_device *fovea)
{
	v4l2_ctrl_handler_free(&fovea->ctrls.all);
	v4l2_ctrl_handler_free(&fovea->ctrls.npu);
	v4l2_ctrl_handler_free(&fovea->ctrls.isp);
	v4l2_ctrl_handler_free(&fovea->ctrls.sensor);
}

int fovea_ctrls_set_timing(struct fovea_device *fovea, unsigned int mode,
			   u32 frame_length, bool reset)
{
	struct fovea_ctrls *ctrls = &fovea->ctrls;
	const struct fovea_mode *m = &fovea_modes[mode];
	u32 length;
	s32 vblank;
	int r;

	mutex_lock(ctrls->sensor.lock);
	/* Blanking that was set by hand keeps the length of the frame. */
	length = ctrls->height + ctrls->vblank->cur.val;
	if (reset || length <= ctrls->shortest || length < frame_length)
		length = frame_length;
	ctrls->height = m->height;
	ctrls->shortest = max(frame_length, m->frame_length);
	length = max(length, ctrls->shortest);
	vblank = length - m->height;

	/* Widened first, so that the value in force is never out of range. */
	r = __v4l2_ctrl_modify_range(ctrls->vblank, 0,
				     FS1_FRAME_LENGTH_MAX, 1, 0);
	if (!r)
		r = __v4l2_ctrl_s_ctrl(ctrls->vblank, vblank);
	if (!r)
		r = __v4l2_ctrl_modify_range(ctrls->vblank,
					     ctrls->shortest - m->height,
					     FS1_FRAME_LENGTH_MAX - m->height,
					     1, ctrls->shortest - m->height);
	if (!r)
		r = fovea_update_exposure_range(fovea, vblank);
	if (!r)
		r = __v4l2_ctrl_modify_range(ctrls->hblank,
					     FS1_LINE_LENGTH - m->width,
					     FS1_LINE_LENGTH - m->width, 1,
					     FS1_LINE_LENGTH - m->width);
	mutex_unlock(ctrls->sensor.lock);
	return r;
}
