// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * What the device does with networks: packages from the network stream into slots,
 * pictures of frames into inferences, results into the metadata and tensors of the
 * frame that waits for them, or of the one that is under way.
 */
#include "fs1-device.h"

/* A package's progress is told in steps of so many per mille. */
#define FS1_PROGRESS_STEP 50u

/* While a frame is computed, it has so many times the time that networks have. */
#define FS1_PERCEPTION_SHARE 2u

bool fs1_perception_wanted(const struct fs1_device *device)
{
	return device->inference &&
	       (device->streams[FS1_STREAM_META].active ||
		device->streams[FS1_STREAM_TENSOR].active ||
		device->streams[FS1_STREAM_CROPS].active);
}

void fs1_perception_pictured(struct fs1_device *device)
{
	const struct fs1_frame *frame = &device->frame;

	/* Nobody could be told of it in time. */
	device->result = NULL;
	fs1_inference_begin(device->inference, frame->settings.frame_id,
			    frame->timestamp,
			    (fs1_u32)device->controls.in_force[FS1_CONTROL_TENSORS],
			    fs1_host_now(&device->host));
}

void fs1_perception_keep(struct fs1_device *device)
{
	const fs1_s32 *control = device->controls.in_force;
	const struct fs1_crop_rules rules = {
		.most = (fs1_u32)control[FS1_CONTROL_CROPS],
		.margin = (fs1_u32)control[FS1_CONTROL_CROP_MARGIN],
		.join = (fs1_u32)control[FS1_CONTROL_CROP_JOIN],
	};

	if (device->streams[FS1_STREAM_CROPS].started)
		fs1_crops_keep(&device->crops, device->engine,
			       &device->frame.settings, &rules);
	else
		fs1_crops_drop(&device->crops, device->engine);
}

static struct fs1_crops_buffer fs1_perception_buffer(const struct fs1_device *device)
{
	const struct fs1_stream_state *stream = &device->streams[FS1_STREAM_CROPS];

	return (struct fs1_crops_buffer){
		.memory = &stream->active->buffer.memory,
		.frame_id = device->frame.settings.frame_id,
		.timestamp = device->frame.timestamp,
	};
}

static void fs1_perception_cropped(struct fs1_device *device,
				   enum fs1_status status)
{
	struct fs1_stream_state *stream = &device->streams[FS1_STREAM_CROPS];
	const struct fs1_crops_header *header = &device->crops.header;
	fs1_u32 size = fs1_le32_to_cpu(header->total_size);

	fs1_stream_complete(stream, status, status == FS1_OK ? size : 0,
			    device->frame.settings.frame_id,
			    device->frame.timestamp);
}

void fs1_perception_crops(struct fs1_device *device)
{
	struct fs1_crops_buffer buffer;

	if (device->streams[FS1_STREAM_CROPS].active) {
		buffer = fs1_perception_buffer(device);
		if (fs1_crops_begin(&device->crops, &buffer, device->result)) {
			device->frame.phase = FS1_FRAME_CROPS;
			return;
		}
		fs1_perception_cropped(device, FS1_OK);
	}
	/* Otherwise the result is still to come. */
	if (device->result)
		fs1_crops_drop(&device->crops, device->engine);
}

/* Nothing more is to be done for the frame. */
static void fs1_perception_uncropped(struct fs1_device *device)
{
	device->frame.phase = FS1_FRAME_IDLE;
	fs1_crops_drop(&device->crops, device->engine);
	fs1_pacing_done(&device->pacing, fs1_host_now(&device->host));
}

void fs1_perception_crop(struct fs1_device *device)
{
	struct fs1_crops_buffer buffer = fs1_perception_buffer(device);
	enum fs1_status status;

	if (fs1_crops_step(&device->crops, &buffer, &status))
		return;
	fs1_perception_cropped(device, status);
	fs1_perception_uncropped(device);
}

void fs1_perception_uncrop(struct fs1_device *device)
{
	if (device->frame.phase == FS1_FRAME_CROPS)
		fs1_perception_uncropped(device);
}

bool fs1_perception_waits(const struct fs1_device *device)
{
	return device->unpaced && device->frame.held;
}

fs1_u64 fs1_perception_due(const struct fs1_device *device)
{
	if (!device->inference || !fs1_inference_busy(device->inference) ||
	    !fs1_inference_computed(device->inference))
		return FS1_NEVER;
	return fs1_inference_due(device->inference);
}

/* How far the package is, per mille. */
static fs1_u32 fs1_perception_progress(const struct fs1_load *load)
{
	fs1_u64 part = 0;

	if (load->total)
		part = fs1_div64((fs1_u64)load->done * 1000, load->total);
	switch (load->stage) {
	case FS1_LOAD_COPY:
		return (fs1_u32)part * FS1_PROGRESS_COPIED / 1000;
	case FS1_LOAD_TEST:
		return FS1_PROGRESS_CHECKED + (fs1_u32)part * 14 / 100;
	case FS1_LOAD_DONE:
		return FS1_PROGRESS_READY;
	default:
		return FS1_PROGRESS_COPIED;
	}
}

static void fs1_perception_tell(struct fs1_device *device)
{
	struct fs1_stream_state *stream = &device->streams[FS1_STREAM_NETWORK];
	fs1_u32 progress =
		fs1_perception_progress(fs1_inference_loading(device->inference));
	struct fs1_completion completion = {
		.result = progress,
		.command_id = stream->active->command_id,
		.status = FS1_OK,
	};

	if (progress < device->progress + FS1_PROGRESS_STEP &&
	    (progress != FS1_PROGRESS_READY ||
	     device->progress == FS1_PROGRESS_READY))
		return;
	device->progress = progress;
	fs1_queue_event(&device->admin, FS1_EVENT_LOAD, &completion);
}

/* The next package, when there is one and a slot for it. */
static bool fs1_perception_take(struct fs1_device *device)
{
	struct fs1_stream_state *stream = &device->streams[FS1_STREAM_NETWORK];
	fs1_u32 slot = fs1_inference_idle(device->inference);
	const struct fs1_memory *memory;
	enum fs1_status status;

	if (!stream->started || stream->active || !stream->waiting ||
	    slot == FS1_SLOT_NONE)
		return false;
	fs1_stream_take(stream);
	/* What was there is gone; so is what a frame would have told of it. */
	if (device->result && device->result->slot == slot)
		device->result = NULL;
	memory = &stream->active->buffer.memory;
	device->progress = 0;
	status = fs1_inference_load(device->inference, slot, memory,
				    memory->length);
	if (status != FS1_OK)
		fs1_stream_complete(stream, status, 0, 0, 0);
	return true;
}

static bool fs1_perception_load(struct fs1_device *device)
{
	struct fs1_stream_state *stream = &device->streams[FS1_STREAM_NETWORK];
	const struct fs1_load *load;

	if (!stream->active)
		return fs1_perception_take(device);
	if (fs1_inference_load_step(device->inference)) {
		fs1_perception_tell(device);
		return true;
	}
	load = fs1_inference_loading(device->inference);
	if (load->status == FS1_OK)
		fs1_perception_tell(device);
	fs1_stream_complete(stream, load->status,
			    load->status == FS1_OK ? load->slot : 0, 0, 0);
	return true;
}

void fs1_perception_withdraw(struct fs1_device *device)
{
	fs1_inference_cancel(device->inference);
}

/* The inference is over: whoever waits for it is told. */
static void fs1_perception_finish(struct fs1_device *device, fs1_u64 now)
{
	const struct fs1_result *result =
		fs1_inference_finish(device->inference, now);

	device->result = device->frame.valid ? result : NULL;
	if (device->frame.held)
		fs1_frame_release(device);
}

/* A step of what takes time; true while there is more. */
static bool fs1_perception_compute(struct fs1_device *device)
{
	bool more = fs1_perception_load(device);

	if (!fs1_inference_busy(device->inference) ||
	    fs1_inference_computed(device->inference))
		return more;
	fs1_inference_step(device->inference);
	return true;
}

/* Frames come first: a network has time, and a frame's result may be late. */
static bool fs1_perception_may(const struct fs1_device *device)
{
	const struct fs1_share *share = &device->share;

	return !fs1_frame_busy(device) ||
	       share->network * FS1_PERCEPTION_SHARE <= share->frame;
}

bool fs1_perception_step(struct fs1_device *device, fs1_u64 now)
{
	bool more = true;

	if (fs1_perception_may(device)) {
		more = fs1_perception_compute(device);
		device->share.network += fs1_host_now(&device->host) - now;
	}
	if (fs1_inference_busy(device->inference) &&
	    fs1_inference_computed(device->inference) &&
	    (device->unpaced || now >= fs1_inference_due(device->inference))) {
		fs1_perception_finish(device, now);
		more = true;
	}
	return more;
}
