// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * A frame from its start to its completions: which mode, which settings,
 * which buffers, what the driver is told.
 */
#include "fs1-device.h"

/* Frame time when no picture stream is started and meta asks for nothing. */
#define FS1_META_INTERVAL 33333u

/* The streams that take a buffer from each frame. */
static const unsigned int fs1_capture_streams[] = {
	FS1_STREAM_IMAGE, FS1_STREAM_PREVIEW, FS1_STREAM_META,
	FS1_STREAM_TENSOR, FS1_STREAM_CROPS,
};

#define FS1_CAPTURE_STREAMS FS1_COUNT(fs1_capture_streams)

/* Is there anybody to see the light? */
static bool fs1_frame_watched(const struct fs1_device *device)
{
	return device->streams[FS1_STREAM_IMAGE].started ||
	       device->streams[FS1_STREAM_PREVIEW].started ||
	       device->streams[FS1_STREAM_META].started ||
	       device->streams[FS1_STREAM_TENSOR].started ||
	       device->streams[FS1_STREAM_CROPS].started;
}

bool fs1_frame_running(const struct fs1_device *device)
{
	return fs1_frame_watched(device) ||
	       device->streams[FS1_STREAM_SCENE].started;
}

void fs1_frame_wake(struct fs1_device *device)
{
	device->frame.valid = false;
	fs1_pacing_restart(&device->pacing, fs1_host_now(&device->host));
}

void fs1_frame_sleep(struct fs1_device *device)
{
	device->frame.valid = false;
	device->frame.held = false;
	device->result = NULL;
	fs1_crops_drop(&device->crops, device->engine);
	device->frame.abandoned = fs1_frame_busy(device);
}

bool fs1_frame_due(const struct fs1_device *device, fs1_u64 now)
{
	unsigned int i;

	if (fs1_frame_busy(device) || !fs1_frame_running(device))
		return false;
	if (!device->unpaced)
		return now >= device->pacing.deadline;
	if (fs1_perception_waits(device))
		return false;
	for (i = 0; i < FS1_CAPTURE_STREAMS; i++) {
		const struct fs1_stream_state *stream =
			&device->streams[fs1_capture_streams[i]];

		if (stream->started && !stream->waiting)
			return false;
	}
	return fs1_frame_watched(device) ||
	       device->streams[FS1_STREAM_SCENE].waiting;
}

static void fs1_frame_event(struct fs1_device *device, enum fs1_event event,
			    fs1_u32 result, fs1_u16 command_id)
{
	struct fs1_completion completion = {
		.frame_id = device->frame.settings.frame_id,
		.timestamp = device->frame.timestamp,
		.result = result,
		.command_id = command_id,
		.status = FS1_OK,
	};

	fs1_queue_event(&device->admin, event, &completion);
}

/* The smallest that serves the started pictures; without any, the smallest. */
static fs1_u32 fs1_frame_mode(const struct fs1_device *device)
{
	const struct fs1_stream_state *image = &device->streams[FS1_STREAM_IMAGE];
	const struct fs1_stream_state *preview =
		&device->streams[FS1_STREAM_PREVIEW];
	const struct fs1_output_format *network = NULL;
	struct fs1_output_format formats[3];
	unsigned int count = 0;

	if (image->started)
		formats[count++] = image->config.format;
	if (preview->started)
		formats[count++] = preview->config.format;
	if (device->inference && (device->streams[FS1_STREAM_META].started ||
				  device->streams[FS1_STREAM_TENSOR].started ||
				  device->streams[FS1_STREAM_CROPS].started))
		network = fs1_inference_shape(device->inference);
	if (network)
		formats[count++] = *network;
	return fs1_mode_for(formats, count);
}

/* The shortest frame time a picture stream asks for; meta counts when alone. */
static fs1_u32 fs1_frame_interval(const struct fs1_device *device)
{
	const struct fs1_stream_state *image = &device->streams[FS1_STREAM_IMAGE];
	const struct fs1_stream_state *preview =
		&device->streams[FS1_STREAM_PREVIEW];
	fs1_u32 interval = device->streams[FS1_STREAM_META].config.interval;

	if (image->started && preview->started)
		return image->config.interval < preview->config.interval ?
		       image->config.interval : preview->config.interval;
	if (image->started)
		return image->config.interval;
	if (preview->started)
		return preview->config.interval;
	return interval ? interval : FS1_META_INTERVAL;
}

/* The oldest buffer of each started stream; returns the sets of streams. */
static fs1_u32 fs1_frame_take(struct fs1_device *device, fs1_u32 *ret_missed)
{
	fs1_u32 served = 0;
	unsigned int i;

	*ret_missed = 0;
	for (i = 0; i < FS1_CAPTURE_STREAMS; i++) {
		struct fs1_stream_state *stream =
			&device->streams[fs1_capture_streams[i]];

		if (!stream->started)
			continue;
		if (fs1_stream_take(stream))
			served |= 1u << stream->number;
		else
			*ret_missed |= 1u << stream->number;
	}
	return served;
}

static enum fs1_status fs1_frame_begin(struct fs1_device *device)
{
	struct fs1_frame *frame = &device->frame;
	const fs1_s32 *control = device->controls.in_force;
	const struct fs1_output_format *network = NULL;
	struct fs1_output outputs[FS1_OUTPUTS_MAX];
	unsigned int i;

	memset(outputs, 0, sizeof(outputs));
	frame->outputs = 0;
	for (i = 0; i < FS1_CAPTURE_STREAMS; i++) {
		const struct fs1_stream_state *stream =
			&device->streams[fs1_capture_streams[i]];

		if (!stream->active || (stream->number != FS1_STREAM_IMAGE &&
					stream->number != FS1_STREAM_PREVIEW))
			continue;
		outputs[frame->outputs].format = stream->config.format;
		outputs[frame->outputs].memory = &stream->active->buffer.memory;
		frame->output[frame->outputs++] = stream->number;
	}
	if (fs1_perception_wanted(device))
		network = fs1_inference_picture(device->inference,
						&outputs[frame->outputs].memory);
	frame->pictured = network;
	if (network) {
		outputs[frame->outputs].format = *network;
		fs1_perception_keep(device);
	}
	return fs1_engine_begin(device->engine, &frame->settings, outputs,
				frame->outputs + frame->pictured,
				device->streams[FS1_STREAM_META].active ||
				control[FS1_CONTROL_AUTO_EXPOSURE] ||
				control[FS1_CONTROL_AUTO_WHITE_BALANCE]);
}

/* The network won't see this frame. */
static void fs1_frame_unpicture(struct fs1_device *device)
{
	fs1_inference_drop(device->inference);
	fs1_crops_drop(&device->crops, device->engine);
}

/* No pixels for this frame: its buffers say why. */
static void fs1_frame_fail(struct fs1_device *device, enum fs1_status status)
{
	unsigned int i;

	if (device->frame.pictured)
		fs1_frame_unpicture(device);
	for (i = 0; i < FS1_CAPTURE_STREAMS; i++) {
		struct fs1_stream_state *stream =
			&device->streams[fs1_capture_streams[i]];

		if (stream->active)
			fs1_stream_complete(stream, status, 0,
					    device->frame.settings.frame_id,
					    device->frame.timestamp);
	}
	fs1_frame_event(device, FS1_EVENT_ERROR, (fs1_u32)status,
			FS1_COMMAND_ID_NONE);
}

/* Time, mode and settings of the next frame; returns the controls applied. */
static fs1_u32 fs1_frame_plan(struct fs1_device *device, fs1_u64 now)
{
	struct fs1_controls *controls = &device->controls;
	struct fs1_frame *frame = &device->frame;
	fs1_s32 wanted = controls->stored[FS1_CONTROL_FRAME_LENGTH];
	fs1_u32 mode = fs1_frame_mode(device);
	fs1_u64 start = now;
	fs1_u32 applied;

	if (!device->unpaced)
		start = fs1_pacing_start(&device->pacing, now, &frame->late);
	/* From here on the frame tells its time by the driver's clock. */
	frame->timestamp = start + device->clock_offset;
	frame->length = fs1_pacing_frame_length(fs1_modes[mode].frame_length,
						fs1_frame_interval(device),
						(fs1_u32)wanted);
	fs1_pacing_plan(&device->pacing, start, frame->length);

	applied = fs1_controls_latch(controls, frame->length);
	fs1_controls_settings(controls, &frame->settings);
	frame->settings.mode = mode;
	frame->settings.frame_id = (*device->frame_counter)++;
	frame->outputs = 0;
	frame->valid = true;
	frame->abandoned = false;
	frame->pictured = false;
	memset(&frame->checksum, 0, sizeof(frame->checksum));
	return applied;
}

static void fs1_frame_announce(struct fs1_device *device, fs1_u32 served,
			       fs1_u32 missed, fs1_u32 applied)
{
	const struct fs1_frame *frame = &device->frame;
	unsigned int i;

	fs1_frame_event(device, FS1_EVENT_FRAME_START,
			served | (frame->late ? FS1_FRAME_LENGTHENED : 0),
			FS1_COMMAND_ID_NONE);
	if (frame->settings.mode != device->mode)
		fs1_frame_event(device, FS1_EVENT_MODE_CHANGED,
				frame->settings.mode, FS1_COMMAND_ID_NONE);
	for (i = 1; i < FS1_CONTROLS; i++)
		if (applied & 1u << i)
			fs1_frame_event(device, FS1_EVENT_CONTROL_APPLIED, i,
					device->controls.command_id[i]);
	if (missed)
		fs1_frame_event(device, FS1_EVENT_FRAME_DROPPED, missed,
				FS1_COMMAND_ID_NONE);
}

static void fs1_frame_compute(struct fs1_device *device)
{
	enum fs1_status status;

	device->frame.phase = FS1_FRAME_IDLE;
	if (!device->frame.served)
		return;
	status = fs1_frame_begin(device);
	if (status == FS1_OK)
		device->frame.phase = FS1_FRAME_PIXELS;
	else
		fs1_frame_fail(device, status);
}

void fs1_frame_start(struct fs1_device *device, fs1_u64 now)
{
	struct fs1_frame *frame = &device->frame;
	fs1_u32 applied, missed;
	fs1_u32 light = 0;
	bool lighting = false;

	if (frame->held)
		fs1_frame_release(device);
	memset(&device->share, 0, sizeof(device->share));
	applied = fs1_frame_plan(device, now);
	frame->served = fs1_frame_take(device, &missed);
	if (missed)
		device->dropped_frames++;
	if (frame->served || !fs1_frame_watched(device))
		light = fs1_frame_light(device, &lighting);
	fs1_frame_announce(device, frame->served | light, missed, applied);
	device->mode = frame->settings.mode;
	if (lighting)
		frame->phase = FS1_FRAME_LIGHT;
	else
		fs1_frame_compute(device);
}

/* Auto-exposure and auto-white-balance for the next frame. */
static void fs1_frame_adjust(struct fs1_device *device,
			     const struct fs1_statistics *statistics)
{
	const struct fs1_settings *used = &device->frame.settings;
	const fs1_s32 *control = device->controls.in_force;
	struct fs1_controls *controls = &device->controls;
	struct fs1_settings next = *used;

	/* Statistics of a closed shutter or a pattern tell nothing of the light. */
	if (used->privacy || used->test_pattern)
		return;
	if (control[FS1_CONTROL_AUTO_EXPOSURE]) {
		fs1_auto_exposure(&device->exposure_loop, statistics, used,
				  device->frame.length - FS1_EXPOSURE_MARGIN,
				  &next);
		fs1_controls_adjust(controls, FS1_CONTROL_EXPOSURE,
				    (fs1_s32)next.exposure);
		fs1_controls_adjust(controls, FS1_CONTROL_ANALOGUE_GAIN,
				    next.analogue_gain);
	} else {
		memset(&device->exposure_loop, 0, sizeof(device->exposure_loop));
	}
	if (control[FS1_CONTROL_AUTO_WHITE_BALANCE]) {
		fs1_auto_white_balance(&device->white_loop, statistics, used,
				       &next);
		fs1_controls_adjust(controls, FS1_CONTROL_RED_BALANCE,
				    next.red_balance);
		fs1_controls_adjust(controls, FS1_CONTROL_BLUE_BALANCE,
				    next.blue_balance);
	} else {
		memset(&device->white_loop, 0, sizeof(device->white_loop));
	}
}

static fs1_u32 fs1_frame_flags(const struct fs1_device *device)
{
	const fs1_s32 *control = device->controls.in_force;
	fs1_u32 flags = 0;

	if (control[FS1_CONTROL_AUTO_EXPOSURE])
		flags |= FS1_SETTING_AUTO_EXPOSURE;
	if (control[FS1_CONTROL_AUTO_WHITE_BALANCE])
		flags |= FS1_SETTING_AUTO_WHITE_BALANCE;
	if (device->exposure_loop.exposure_settled)
		flags |= FS1_SETTING_EXPOSURE_SETTLED;
	if (device->white_loop.white_settled)
		flags |= FS1_SETTING_WHITE_SETTLED;
	if (device->scene)
		flags |= FS1_SETTING_SCENE;
	return flags;
}

/* Does somebody want to know the checksums? */
static bool fs1_frame_checked(const struct fs1_device *device)
{
	return device->controls.in_force[FS1_CONTROL_CHECKSUM] &&
	       device->streams[FS1_STREAM_META].active;
}

/* Some lines of one output's checksum; true while there are more. */
static bool fs1_frame_checksum(struct fs1_device *device)
{
	struct fs1_frame *frame = &device->frame;

	while (fs1_frame_checked(device) && frame->checked < frame->outputs) {
		const struct fs1_stream_state *stream =
			&device->streams[frame->output[frame->checked]];

		if (stream->active &&
		    fs1_checksum_step(&frame->checksum, &device->crc32c,
				      stream->number, &stream->config.format,
				      &stream->active->buffer.memory))
			return true;
		frame->checked++;
	}
	return false;
}

static void fs1_frame_complete_tensor(struct fs1_device *device)
{
	struct fs1_stream_state *stream = &device->streams[FS1_STREAM_TENSOR];
	const struct fs1_frame *frame = &device->frame;
	struct fs1_result_place place = {
		.memory = &stream->active->buffer.memory,
		.frame_id = frame->settings.frame_id,
		.timestamp = frame->timestamp,
		.header = &device->tensor,
	};
	fs1_u32 size = fs1_result_write(&place, device->result);

	fs1_stream_complete(stream, FS1_OK, size, frame->settings.frame_id,
			    frame->timestamp);
}

static void fs1_frame_complete_meta(struct fs1_device *device,
				    const struct fs1_statistics *statistics)
{
	struct fs1_stream_state *stream = &device->streams[FS1_STREAM_META];
	const struct fs1_frame *frame = &device->frame;
	struct fs1_meta_facts facts = {
		.timestamp = frame->timestamp,
		.frame_time = fs1_lines_to_ns(frame->length),
		.exposure_time = fs1_lines_to_ns(frame->settings.exposure),
		.lengthened_by = frame->late,
		.lengthened_frames = device->pacing.lengthened_frames,
		.dropped_frames = device->dropped_frames,
		.flags = fs1_frame_flags(device),
		.settings = &frame->settings,
		.statistics = statistics,
		.checksum = fs1_frame_checked(device) ? &frame->checksum : NULL,
		.network = device->inference &&
			   fs1_inference_active(device->inference) != FS1_SLOT_NONE,
		.result = device->result,
	};
	fs1_u32 size = fs1_meta_fill(&device->meta, &facts);

	fs1_memory_write(&stream->active->buffer.memory, 0, &device->meta, size);
	fs1_stream_complete(stream, FS1_OK, size, frame->settings.frame_id,
			    frame->timestamp);
}

void fs1_frame_release(struct fs1_device *device)
{
	device->frame.held = false;
	if (device->streams[FS1_STREAM_TENSOR].active)
		fs1_frame_complete_tensor(device);
	if (device->streams[FS1_STREAM_META].active)
		fs1_frame_complete_meta(device,
					fs1_engine_statistics(device->engine));
	fs1_perception_crops(device);
	device->result = NULL;
}

static void fs1_frame_complete(struct fs1_device *device)
{
	struct fs1_frame *frame = &device->frame;
	const struct fs1_statistics *statistics;
	unsigned int i;

	for (i = 0; i < frame->outputs; i++) {
		struct fs1_stream_state *stream =
			&device->streams[frame->output[i]];

		if (stream->active)
			fs1_stream_complete(stream, FS1_OK, stream->config.size,
					    frame->settings.frame_id,
					    frame->timestamp);
	}
	statistics = fs1_engine_statistics(device->engine);
	if (!statistics)
		return;
	fs1_frame_adjust(device, statistics);
	if (frame->pictured)
		fs1_perception_pictured(device);
	frame->held = fs1_perception_wanted(device) && !device->result &&
		      fs1_inference_busy(device->inference);
	if (!frame->held)
		fs1_frame_release(device);
}

static void fs1_frame_finish(struct fs1_device *device)
{
	struct fs1_frame *frame = &device->frame;
	fs1_u64 now = fs1_host_now(&device->host);

	frame->phase = FS1_FRAME_IDLE;
	if (frame->abandoned) {
		if (frame->pictured)
			fs1_frame_unpicture(device);
		/* The sensor may run again; that frame is none of its own. */
		fs1_pacing_restart(&device->pacing, now);
		return;
	}
	fs1_pacing_done(&device->pacing, now);
	fs1_frame_complete(device);
}

/* The light is there. */
static void fs1_frame_lit(struct fs1_device *device)
{
	fs1_frame_complete_scene(device);
	if (device->frame.abandoned)
		fs1_frame_finish(device);
	else
		fs1_frame_compute(device);
}

void fs1_frame_step(struct fs1_device *device)
{
	struct fs1_frame *frame = &device->frame;

	switch (frame->phase) {
	case FS1_FRAME_IDLE:
		break;
	case FS1_FRAME_LIGHT:
		if (!fs1_engine_step_scene(device->engine))
			fs1_frame_lit(device);
		break;
	case FS1_FRAME_PIXELS:
		if (fs1_engine_step(device->engine))
			break;
		frame->phase = FS1_FRAME_CHECKSUM;
		frame->checked = 0;
		if (!fs1_frame_checked(device))
			fs1_frame_finish(device);
		break;
	case FS1_FRAME_CHECKSUM:
		if (!fs1_frame_checksum(device))
			fs1_frame_finish(device);
		break;
	case FS1_FRAME_CROPS:
		fs1_perception_crop(device);
		break;
	}
}

void fs1_frame_detach(struct fs1_device *device,
		      const struct fs1_stream_state *stream)
{
	struct fs1_frame *frame = &device->frame;
	unsigned int i;

	if (!stream->active)
		return;
	if (stream->number == FS1_STREAM_SCENE) {
		fs1_engine_set_scene(device->engine, NULL, 0, 0, 0);
		device->scene = false;
		return;
	}
	if (stream->number == FS1_STREAM_CROPS)
		fs1_perception_uncrop(device);
	fs1_checksum_drop(&frame->checksum, stream->number);
	for (i = 0; i < frame->outputs; i++)
		if (frame->output[i] == stream->number)
			fs1_engine_drop_output(device->engine, i);
}

void fs1_frame_withdraw(struct fs1_device *device,
			struct fs1_stream_state *stream)
{
	if (!stream->active)
		return;
	if (stream->number == FS1_STREAM_NETWORK)
		fs1_perception_withdraw(device);
	if (stream->number == FS1_STREAM_SCENE) {
		/* The frame has announced that it shows it. */
		while (fs1_engine_step_scene(device->engine))
			;
		fs1_frame_complete_scene(device);
		return;
	}
	fs1_frame_detach(device, stream);
	fs1_stream_complete(stream, FS1_ABORTED, 0, 0, 0);
}
