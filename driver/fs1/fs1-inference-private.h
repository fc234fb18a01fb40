/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The neural unit as its own files see it: fs1-load.c, which brings networks into its
 * slots, and fs1-inference.c, which has them compute.
 */
#ifndef FS1_INFERENCE_PRIVATE_H
#define FS1_INFERENCE_PRIVATE_H

#include "fs1-inference.h"

/**
 * struct fs1_npu_slot - room for a network
 * @package: a copy of the package, which the network's constants lie in
 * @length: bytes
 * @read: what is in it
 * @network: NULL: the slot is empty
 * @input: how frames become its input
 * @picture: what the engine makes for it
 * @memory: likewise
 * @piece: likewise
 * @result: outputs of all pieces
 * @outputs_size: bytes of the outputs of one piece
 * @ready: it may be activated
 */
struct fs1_npu_slot {
	fs1_u8 *package;
	fs1_u32 length;
	struct fs1_package read;
	struct fs1_network *network;
	struct fs1_input input;
	fs1_u8 *picture;
	struct fs1_memory memory;
	struct fs1_memory_piece piece;
	fs1_u8 *result;
	fs1_u32 outputs_size;
	bool ready;
};

/**
 * struct fs1_inference - the unit
 * @host: for memory and parallel loops
 * @npu: how to compute
 * @slices: processors that share a step
 * @slots: networks
 * @active: slot for the next frame
 * @taken: slot whose picture a frame is making, or FS1_SLOT_NONE
 * @load: the latest loading
 * @from: what is being copied
 * @testing: tests are being computed
 * @test: one of them is
 * @busy: slot of the inference under way, or FS1_SLOT_NONE
 * @piece: which is being computed
 * @computing: its network is at work
 * @computed: all pieces are
 * @started: time of the host's clock
 * @result: of the latest inference
 */
struct fs1_inference {
	struct fs1_host host;
	const struct fs1_npu *npu;
	fs1_u32 slices;
	struct fs1_npu_slot slots[FS1_SLOTS];
	fs1_u32 active;
	fs1_u32 taken;
	struct fs1_load load;
	const struct fs1_memory *from;
	bool testing;
	bool test;
	fs1_u32 busy;
	fs1_u32 piece;
	bool computing;
	bool computed;
	fs1_u64 started;
	struct fs1_result result;
};

/** fs1_slot_empty() - what is in the slot goes */
void fs1_slot_empty(const struct fs1_host *host, struct fs1_npu_slot *slot);

#endif /* FS1_INFERENCE_PRIVATE_H */
