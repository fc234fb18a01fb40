/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The device as its own files see it. Private to the core: hosts use fs1.h.
 */
#ifndef FS1_DEVICE_H
#define FS1_DEVICE_H

#include "fs1-checksum.h"
#include "fs1-control.h"
#include "fs1-crops.h"
#include "fs1-meta.h"
#include "fs1-pacing.h"
#include "fs1-result.h"
#include "fs1-stream.h"

/** enum fs1_device_state - see "Life of the device" in fs1.rst */
enum fs1_device_state {
	FS1_DEVICE_OFF,
	FS1_DEVICE_READY,
	FS1_DEVICE_FAILED,
};

/**
 * enum fs1_frame_phase - what the device does for the latest frame
 * @FS1_FRAME_IDLE: nothing more
 * @FS1_FRAME_LIGHT: the scene is copied
 * @FS1_FRAME_PIXELS: the engine is at it
 * @FS1_FRAME_CHECKSUM: checksums of its buffers are computed
 * @FS1_FRAME_CROPS: all is done but its buffer of crops
 */
enum fs1_frame_phase {
	FS1_FRAME_IDLE,
	FS1_FRAME_LIGHT,
	FS1_FRAME_PIXELS,
	FS1_FRAME_CHECKSUM,
	FS1_FRAME_CROPS,
};

/**
 * struct fs1_frame - the latest frame
 * @settings: what it was taken with, its id included
 * @timestamp: its start in the driver's clock, ns
 * @late: ns behind the plan
 * @length: lines
 * @output: stream of each of the engine's outputs
 * @outputs: how many
 * @served: streams that gave a buffer, bit = number
 * @checksum: of its buffers
 * @checked: outputs whose checksum is complete
 * @phase: what is done for it now
 * @valid: a frame has started since the sensor woke
 * @abandoned: the sensor was stopped meanwhile; only the engine must finish
 * @pictured: the engine makes the network's input of it, too
 * @held: its metadata, tensors and crops wait for a result
 */
struct fs1_frame {
	struct fs1_settings settings;
	fs1_u64 timestamp;
	fs1_u64 late;
	fs1_u32 length;
	unsigned int output[FS1_OUTPUTS_MAX];
	unsigned int outputs;
	fs1_u32 served;
	struct fs1_checksum checksum;
	unsigned int checked;
	enum fs1_frame_phase phase;
	bool valid;
	bool abandoned;
	bool pictured;
	bool held;
};

/**
 * struct fs1_light - a picture the host lets fall on the array
 * @piece: its memory; empty: the built-in chart instead
 * @width: pixels
 * @height: lines
 */
struct fs1_light {
	struct fs1_memory_piece piece;
	fs1_u32 width;
	fs1_u32 height;
};

/**
 * struct fs1_share - how the time since a frame's start was spent
 * @frame: on the frame, ns of the host's clock
 * @network: on networks, likewise
 */
struct fs1_share {
	fs1_u64 frame;
	fs1_u64 network;
};

/**
 * struct fs1_device - an FS-1
 * @host: who hosts it
 * @registers: the register file; the driver may write to it at any moment
 * @state: OFF, READY or FAILED
 * @broken: the driver did what can't be answered; becomes FAILED
 * @unpaced: frames start when buffers are there
 * @capabilities: FS1_CAP_*, as in its register
 * @seed: default of FS1_CONTROL_SEED
 * @interrupts: vectors to raise
 * @heartbeat: time of the last beat
 * @admin: the admin queue
 * @admin_buffer: of the admin command being executed
 * @held: an admin command that waits for room in a stream's completion ring
 * @holding: there is one
 * @streams: by enum fs1_stream; [0] isn't used
 * @controls: values
 * @pacing: schedule
 * @frame: latest frame
 * @engine: makes the pixels
 * @exposure_loop: state of auto-exposure
 * @white_loop: state of auto-white-balance
 * @frame_counter: id of the next frame; goes on through ENABLE cycles and,
 *	when it is the host's, through devices
 * @own_counter: where @frame_counter points when the host has none
 * @skip_id: a frame may have been given an id: the next ENABLE leaves one out
 * @clock_offset: of the driver's clock to the host's, ns
 * @mode: index in fs1_modes; FS1_MODES: none yet
 * @dropped_frames: frames that some started stream missed
 * @scene: the light comes from the scene stream
 * @scene_off: the host's light returns with the next frame
 * @light: the host's, as the latest frame took it
 * @light_memory: all of @light
 * @light_next: what the next frame takes
 * @light_new: @light_next isn't taken yet
 * @inference: the neural unit; NULL without FS1_CAP_NPU
 * @result: that no frame has told of yet; NULL: none
 * @share: while a frame is computed, networks get a part of the time
 * @progress: per mille of the package that was told last
 * @tensor: header being written
 * @crops: being made, and what they will be made of
 * @crc32c: table of the checksums
 * @identity: answer to IDENTIFY
 * @meta: metadata being written
 */
struct fs1_device {
	struct fs1_host host;
	struct fs1_registers *registers;
	enum fs1_device_state state;
	bool broken;
	bool unpaced;
	fs1_u32 capabilities;
	fs1_u32 seed;
	fs1_u32 interrupts;
	fs1_u64 heartbeat;

	struct fs1_queue admin;
	struct fs1_buffer admin_buffer;
	struct fs1_sqe held;
	bool holding;

	struct fs1_stream_state streams[FS1_QUEUES];

	struct fs1_controls controls;
	struct fs1_pacing pacing;
	struct fs1_frame frame;
	struct fs1_engine *engine;
	struct fs1_auto exposure_loop;
	struct fs1_auto white_loop;
	fs1_u64 *frame_counter;
	fs1_u64 own_counter;
	fs1_u64 clock_offset;
	bool skip_id;
	fs1_u32 mode;
	fs1_u32 dropped_frames;
	bool scene;
	bool scene_off;
	struct fs1_light light;
	struct fs1_memory light_memory;
	struct fs1_light light_next;
	bool light_new;

	struct fs1_inference *inference;
	const struct fs1_result *result;
	struct fs1_share share;
	fs1_u32 progress;
	struct fs1_tensor_header tensor;
	struct fs1_crops crops;

	struct fs1_crc32c crc32c;
	struct fs1_identity identity;
	struct fs1_meta_page meta;
};

/* ------------------------------------------------------------------------
 * fs1-device.c
 */

/** fs1_device_stream() - the stream of that number, NULL if there is none */
struct fs1_stream_state *fs1_device_stream(struct fs1_device *device,
					   fs1_u32 number);

/* ------------------------------------------------------------------------
 * fs1-command.c
 */

/**
 * fs1_command_poll() - execute admin commands
 * @device: enabled; @device->held goes first
 * @budget: how many at most
 *
 * Return: why it stopped, as fs1_stream_poll().
 */
enum fs1_fetch fs1_command_poll(struct fs1_device *device, unsigned int budget);

/* ------------------------------------------------------------------------
 * fs1-frame.c
 */

/** fs1_frame_running() - does the sensor run? */
bool fs1_frame_running(const struct fs1_device *device);

/** fs1_frame_wake() - the first stream was started: the first frame is due */
void fs1_frame_wake(struct fs1_device *device);

/** fs1_frame_sleep() - the last stream was stopped */
void fs1_frame_sleep(struct fs1_device *device);

/** fs1_frame_due() - may the next frame start at @now? */
bool fs1_frame_due(const struct fs1_device *device, fs1_u64 now);

/** fs1_frame_start() - the next frame starts; only when it is due */
void fs1_frame_start(struct fs1_device *device, fs1_u64 now);

/** fs1_frame_step() - compute a slice of the frame; complete it with the last */
void fs1_frame_step(struct fs1_device *device);

/** fs1_frame_busy() - is there more to do for the latest frame? */
static inline bool fs1_frame_busy(const struct fs1_device *device)
{
	return device->frame.phase != FS1_FRAME_IDLE;
}

/**
 * fs1_frame_detach() - touch @stream's active buffer, if there is one, no more;
 * the caller takes it away
 * @device: afterwards its engine writes no more to the buffer; where that was
 *	a scene, the built-in chart is the light again
 * @stream: any
 */
void fs1_frame_detach(struct fs1_device *device,
		      const struct fs1_stream_state *stream);

/**
 * fs1_frame_withdraw() - give @stream's active buffer, if there is one, back
 * now: a scene as shown, others as ABORTED
 * @device: finishes copying a scene first; other buffers it is detached from
 * @stream: any; without an active buffer afterwards
 */
void fs1_frame_withdraw(struct fs1_device *device,
			struct fs1_stream_state *stream);

/* ------------------------------------------------------------------------
 * fs1-light.c
 */

/**
 * fs1_frame_light() - the light of a frame that somebody will see
 * @device: its latest frame has started. While nobody watches, the light changes too,
 *	as light does; but where somebody does, no scene passes unseen
 * @ret_lighting: a picture is about to be copied, by fs1_engine_step_scene()
 *
 * Return: the set of the scene stream when the picture is one of its scenes.
 */
fs1_u32 fs1_frame_light(struct fs1_device *device, bool *ret_lighting);

/** fs1_frame_complete_scene() - it was copied: the driver may draw the next */
void fs1_frame_complete_scene(struct fs1_device *device);

/* ------------------------------------------------------------------------
 * fs1-perception.c
 */

/** fs1_perception_wanted() - does this frame have a buffer for results? */
bool fs1_perception_wanted(const struct fs1_device *device);

/**
 * fs1_perception_pictured() - the engine has made the network's input
 * @device: its latest frame is complete but for results
 */
void fs1_perception_pictured(struct fs1_device *device);

/**
 * fs1_perception_step() - a bounded piece of inferences and packages
 * @device: READY
 * @now: the host's clock
 *
 * Return: true while there is more to do at once.
 */
bool fs1_perception_step(struct fs1_device *device, fs1_u64 now);

/** fs1_perception_due() - when a result that is computed may be had, or FS1_NEVER */
fs1_u64 fs1_perception_due(const struct fs1_device *device);

/**
 * fs1_perception_waits() - must the next frame wait for the result of this one?
 * @device: any
 *
 * Return: true without pacing: nothing else would ever be late.
 */
bool fs1_perception_waits(const struct fs1_device *device);

/** fs1_perception_withdraw() - the package that is being loaded won't be */
void fs1_perception_withdraw(struct fs1_device *device);

/**
 * fs1_frame_release() - the frame's metadata, tensors and crops wait no longer
 * @device: where there are crops to be made, that is done first, in steps
 */
void fs1_frame_release(struct fs1_device *device);

/** fs1_perception_keep() - a frame begins that the network will see: crops need it */
void fs1_perception_keep(struct fs1_device *device);

/**
 * fs1_perception_crops() - the frame's crops wait no longer
 * @device: without a result, or without crops of it, they are complete at once
 */
void fs1_perception_crops(struct fs1_device *device);

/** fs1_perception_crop() - a bounded piece of the crops; complete them with the last */
void fs1_perception_crop(struct fs1_device *device);

/** fs1_perception_uncrop() - no more is written to their buffer: the frame is done */
void fs1_perception_uncrop(struct fs1_device *device);

#endif /* FS1_DEVICE_H */
