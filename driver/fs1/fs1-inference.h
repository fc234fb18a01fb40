/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The neural unit of the device: two slots for networks, one inference at a time, and
 * the latest result. It knows frames by their ids and pictures only, and nothing of
 * queues.
 */
#ifndef FS1_INFERENCE_H
#define FS1_INFERENCE_H

#include "fs1-host.h"
#include "fs1-input.h"
#include "fs1-memory.h"

/* Found on a frame, all pieces together. */
#define FS1_FOUND_MAX		FS1_DETECTIONS_MAX
/* Outputs of all pieces together, and inputs likewise, bytes. */
#define FS1_RESULT_MAX		(4u << 20)

/*
 * The time that the unit takes: so many multiplications and bytes in each clock, and
 * clocks for each operator besides.
 */
#define FS1_NPU_CLOCK		460800000u	/* Hz */
#define FS1_NPU_MACS		256u		/* a clock */
#define FS1_NPU_BYTES		16u		/* a clock */
#define FS1_NPU_OVERHEAD	2000u		/* clocks an operator */

/**
 * enum fs1_load_stage - how far a package has come
 * @FS1_LOAD_NONE: nothing is being loaded
 * @FS1_LOAD_COPY: it is copied to the device
 * @FS1_LOAD_CHECK: it is checked; where it failed: FS1_PACKAGE_*
 * @FS1_LOAD_INPUT: how frames become its input; likewise: enum fs1_status
 * @FS1_LOAD_GRAPH: its graph is checked and planned; likewise: FS1_NETWORK_*
 * @FS1_LOAD_TEST: its tests are computed; likewise: 1, other bytes
 * @FS1_LOAD_DONE: it can be activated
 */
enum fs1_load_stage {
	FS1_LOAD_NONE,
	FS1_LOAD_COPY,
	FS1_LOAD_CHECK,
	FS1_LOAD_INPUT,
	FS1_LOAD_GRAPH,
	FS1_LOAD_TEST,
	FS1_LOAD_DONE,
};

/**
 * struct fs1_load - the latest loading of a package
 * @slot: into which
 * @stage: how far it has come
 * @status: FS1_OK: it goes on, or is done; else it has ended at @stage
 * @fault: why, by @stage
 * @offset: where in the package, or in the test's outputs
 * @value: what stood there
 * @limit: the greatest that is right, where there is one; TEST: what it should be
 * @tensor: of the graph, or FS1_GRAPH_NONE
 * @operator: likewise
 * @done: bytes copied, or tests computed
 * @total: of these
 */
struct fs1_load {
	fs1_u32 slot;
	enum fs1_load_stage stage;
	enum fs1_status status;
	fs1_u32 fault;
	fs1_u32 offset;
	fs1_u32 value;
	fs1_u32 limit;
	fs1_u32 tensor;
	fs1_u32 operator;
	fs1_u32 done;
	fs1_u32 total;
};

/**
 * struct fs1_result - what came of one frame
 * @frame_id: of the frame
 * @timestamp: its start in the driver's clock, ns
 * @duration: of the inference, ns
 * @slot: that the network was in
 * @package: what it came in
 * @network: that computed it
 * @input: how the frame became its input
 * @pieces: of the picture
 * @data: all outputs of the first piece, then of the next
 * @size: bytes of that
 * @tensors: FS1_TENSORS_* that were asked for
 * @picture: what all pieces of the input are made of
 * @found: the best of what was found
 * @found_count: how many
 */
struct fs1_result {
	fs1_u64 frame_id;
	fs1_u64 timestamp;
	fs1_u64 duration;
	fs1_u32 slot;
	const struct fs1_package *package;
	const struct fs1_network *network;
	const struct fs1_input *input;
	fs1_u32 pieces;
	const fs1_u8 *data;
	fs1_u32 size;
	fs1_u32 tensors;
	const fs1_u8 *picture;
	struct fs1_found found[FS1_FOUND_MAX];
	fs1_u32 found_count;
};

struct fs1_inference;

/**
 * fs1_inference_create() - the unit, without networks
 * @host: copied
 * @npu: how to compute; must outlive the unit
 * @slices: processors that share a step
 *
 * Return: the unit or NULL.
 */
struct fs1_inference *fs1_inference_create(const struct fs1_host *host,
					   const struct fs1_npu *npu,
					   fs1_u32 slices);

/** fs1_inference_destroy() - with all that it has; NULL is allowed */
void fs1_inference_destroy(struct fs1_inference *inference);

/** fs1_inference_reset() - as after fs1_inference_create() */
void fs1_inference_reset(struct fs1_inference *inference);

/* ------------------------------------------------------------------------
 * Networks
 */

/**
 * fs1_inference_load() - begin to load a package
 * @inference: nothing is being loaded
 * @slot: below FS1_SLOTS, neither active nor at work for a frame; what is in it goes
 * @from: the package; must stay until it is copied or cancelled
 * @length: bytes of it
 *
 * Return: FS1_OK, FS1_BAD_ARGUMENT (slot, length), FS1_BAD_STATE or FS1_NO_MEMORY.
 */
enum fs1_status fs1_inference_load(struct fs1_inference *inference, fs1_u32 slot,
				   const struct fs1_memory *from, fs1_u32 length);

/**
 * fs1_inference_load_step() - a bounded piece of the loading
 * @inference: the unit
 *
 * Return: true while there is more to do.
 */
bool fs1_inference_load_step(struct fs1_inference *inference);

/** fs1_inference_cancel() - end the loading; the slot is empty then */
void fs1_inference_cancel(struct fs1_inference *inference);

/** fs1_inference_loading() - how far the latest loading has come */
const struct fs1_load *fs1_inference_loading(const struct fs1_inference *inference);

/**
 * fs1_inference_activate() - the network for frames from the next one on
 * @inference: the unit
 * @slot: one that is loaded, or FS1_SLOT_NONE
 *
 * An inference that is under way ends with the network it began with.
 *
 * Return: FS1_OK, FS1_BAD_ARGUMENT or FS1_BAD_STATE (nothing is in the slot).
 */
enum fs1_status fs1_inference_activate(struct fs1_inference *inference, fs1_u32 slot);

/** fs1_inference_idle() - a slot that a package may be loaded into; FS1_SLOT_NONE */
fs1_u32 fs1_inference_idle(const struct fs1_inference *inference);

/** fs1_inference_status() - all that NETWORK_STATUS tells */
void fs1_inference_status(const struct fs1_inference *inference,
			  struct fs1_network_status *ret_status);

/** fs1_inference_active() - the slot for the next frame, or FS1_SLOT_NONE */
fs1_u32 fs1_inference_active(const struct fs1_inference *inference);

/* ------------------------------------------------------------------------
 * Frames
 */

/**
 * fs1_inference_picture() - what the next frame must make for the network
 * @inference: the unit
 * @ret_memory: where to
 *
 * Both stay until fs1_inference_drop(), or until the inference of this frame is over.
 *
 * Return: the shape; NULL: nothing, because no network is active or the unit is busy.
 */
const struct fs1_output_format *
fs1_inference_picture(struct fs1_inference *inference,
		      const struct fs1_memory **ret_memory);

/** fs1_inference_shape() - what frames make for the active network; NULL: nothing */
const struct fs1_output_format *
fs1_inference_shape(const struct fs1_inference *inference);

/** fs1_inference_drop() - the picture will not come */
void fs1_inference_drop(struct fs1_inference *inference);

/**
 * fs1_inference_begin() - the picture is there
 * @inference: has told what to make by fs1_inference_picture()
 * @frame_id: of the frame
 * @timestamp: likewise
 * @tensors: FS1_TENSORS_* that are wanted of it
 * @now: the host's clock
 */
void fs1_inference_begin(struct fs1_inference *inference, fs1_u64 frame_id,
			 fs1_u64 timestamp, fs1_u32 tensors, fs1_u64 now);

/** fs1_inference_computed() - is the latest inference computed to its end? */
bool fs1_inference_computed(const struct fs1_inference *inference);

/** fs1_inference_busy() - is an inference under way, computed or not? */
bool fs1_inference_busy(const struct fs1_inference *inference);

/**
 * fs1_inference_step() - a bounded piece of the inference
 * @inference: the unit
 *
 * Return: true while there is more to compute.
 */
bool fs1_inference_step(struct fs1_inference *inference);

/** fs1_inference_time() - what an FS-1 takes for one piece of a picture, ns */
fs1_u64 fs1_inference_time(const struct fs1_network_figures *figures);

/**
 * fs1_inference_due() - when the result may be had
 * @inference: busy, computed to its end
 *
 * Return: time of the host's clock at which an FS-1 has it.
 */
fs1_u64 fs1_inference_due(const struct fs1_inference *inference);

/**
 * fs1_inference_finish() - the inference is over
 * @inference: busy, computed to its end; not busy afterwards
 * @now: the host's clock
 *
 * Return: the result, valid until the next fs1_inference_picture(), or until a package
 * is loaded into its slot.
 */
const struct fs1_result *fs1_inference_finish(struct fs1_inference *inference,
					      fs1_u64 now);

#endif /* FS1_INFERENCE_H */
