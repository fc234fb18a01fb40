// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Controls as data: one table of ranges, one array of values.
 */
#include "fs1-control.h"

struct fs1_control_range {
	fs1_s32 minimum;
	fs1_s32 maximum;
	fs1_s32 value;		/* default */
};

#define FS1_EXPOSURE_MAX ((fs1_s32)(FS1_FRAME_LENGTH_MAX - FS1_EXPOSURE_MARGIN))

static const struct fs1_control_range fs1_control_ranges[FS1_CONTROLS] = {
	[FS1_CONTROL_AUTO_EXPOSURE] = { 0, 1, 1 },
	[FS1_CONTROL_EXPOSURE] = { 1, FS1_EXPOSURE_MAX, 1000 },
	[FS1_CONTROL_ANALOGUE_GAIN] = { 256, 4096, 256 },
	[FS1_CONTROL_DIGITAL_GAIN] = { 256, 4096, 256 },
	[FS1_CONTROL_AUTO_WHITE_BALANCE] = { 0, 1, 1 },
	[FS1_CONTROL_RED_BALANCE] = { 64, 2047, 256 },
	[FS1_CONTROL_BLUE_BALANCE] = { 64, 2047, 256 },
	[FS1_CONTROL_HFLIP] = { 0, 1, 0 },
	[FS1_CONTROL_VFLIP] = { 0, 1, 0 },
	[FS1_CONTROL_TEST_PATTERN] = { 0, FS1_PATTERNS - 1, 0 },
	[FS1_CONTROL_FRAME_LENGTH] = { 0, FS1_FRAME_LENGTH_MAX, 0 },
	[FS1_CONTROL_BRIGHTNESS] = { -128, 127, 0 },
	[FS1_CONTROL_CONTRAST] = { 0, 255, 128 },
	[FS1_CONTROL_SATURATION] = { 0, 255, 128 },
	[FS1_CONTROL_GAMMA] = { 100, 300, 220 },
	[FS1_CONTROL_PRIVACY] = { 0, 1, 0 },
	[FS1_CONTROL_NOISE] = { 0, 1, 1 },
	[FS1_CONTROL_SEED] = { -0x7fffffff - 1, 0x7fffffff, 0 },
	[FS1_CONTROL_CHECKSUM] = { 0, 1, 0 },
	[FS1_CONTROL_TENSORS] = { 0, 3, FS1_TENSORS_OUTPUTS },
	[FS1_CONTROL_CROPS] = { 1, 16, 4 },
	[FS1_CONTROL_CROP_MARGIN] = { 0, 100, 10 },
	[FS1_CONTROL_CROP_JOIN] = { 0, 400, 0 },
};

static bool fs1_control_exists(fs1_u32 control)
{
	return control > 0 && control < FS1_CONTROLS;
}

void fs1_controls_reset(struct fs1_controls *controls, fs1_u32 seed)
{
	unsigned int i;

	memset(controls, 0, sizeof(*controls));
	for (i = 1; i < FS1_CONTROLS; i++)
		controls->stored[i] = fs1_control_ranges[i].value;
	controls->stored[FS1_CONTROL_SEED] = (fs1_s32)seed;
	memcpy(controls->in_force, controls->stored, sizeof(controls->stored));
}

enum fs1_status fs1_controls_set(struct fs1_controls *controls, fs1_u32 control,
				 fs1_s32 value, fs1_u16 command_id)
{
	const struct fs1_control_range *range;

	if (!fs1_control_exists(control))
		return FS1_BAD_ARGUMENT;
	range = &fs1_control_ranges[control];
	if (value < range->minimum || value > range->maximum)
		return FS1_BAD_ARGUMENT;
	controls->stored[control] = value;
	controls->pending |= 1u << control;
	controls->command_id[control] = command_id;
	return FS1_OK;
}

enum fs1_status fs1_controls_get(const struct fs1_controls *controls,
				 fs1_u32 control, bool running,
				 fs1_s32 *ret_value)
{
	if (!fs1_control_exists(control))
		return FS1_BAD_ARGUMENT;
	*ret_value = running ? controls->in_force[control] :
			       controls->stored[control];
	return FS1_OK;
}

fs1_u32 fs1_controls_latch(struct fs1_controls *controls, fs1_u32 frame_length)
{
	fs1_s32 longest = (fs1_s32)(frame_length - FS1_EXPOSURE_MARGIN);
	fs1_u32 applied = controls->pending;

	memcpy(controls->in_force, controls->stored, sizeof(controls->stored));
	if (controls->in_force[FS1_CONTROL_EXPOSURE] > longest)
		controls->in_force[FS1_CONTROL_EXPOSURE] = longest;
	controls->pending = 0;
	return applied;
}

void fs1_controls_settings(const struct fs1_controls *controls,
			   struct fs1_settings *settings)
{
	const fs1_s32 *value = controls->in_force;

	settings->exposure = (fs1_u32)value[FS1_CONTROL_EXPOSURE];
	settings->seed = (fs1_u32)value[FS1_CONTROL_SEED];
	settings->analogue_gain = (fs1_u16)value[FS1_CONTROL_ANALOGUE_GAIN];
	settings->digital_gain = (fs1_u16)value[FS1_CONTROL_DIGITAL_GAIN];
	settings->red_balance = (fs1_u16)value[FS1_CONTROL_RED_BALANCE];
	settings->blue_balance = (fs1_u16)value[FS1_CONTROL_BLUE_BALANCE];
	settings->brightness = (fs1_s16)value[FS1_CONTROL_BRIGHTNESS];
	settings->contrast = (fs1_u16)value[FS1_CONTROL_CONTRAST];
	settings->saturation = (fs1_u16)value[FS1_CONTROL_SATURATION];
	settings->gamma = (fs1_u16)value[FS1_CONTROL_GAMMA];
	settings->hflip = (fs1_u8)value[FS1_CONTROL_HFLIP];
	settings->vflip = (fs1_u8)value[FS1_CONTROL_VFLIP];
	settings->test_pattern = (fs1_u8)value[FS1_CONTROL_TEST_PATTERN];
	settings->privacy = (fs1_u8)value[FS1_CONTROL_PRIVACY];
	settings->noise = (fs1_u8)value[FS1_CONTROL_NOISE];
}

void fs1_controls_adjust(struct fs1_controls *controls,
			 enum fs1_control control, fs1_s32 value)
{
	const struct fs1_control_range *range = &fs1_control_ranges[control];

	if (controls->pending & 1u << control)
		return;
	if (value < range->minimum)
		value = range->minimum;
	if (value > range->maximum)
		value = range->maximum;
	controls->stored[control] = value;
}
