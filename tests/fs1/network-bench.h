/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device with a network, and the buffers of its frames: what tests of perception,
 * tensors and crops stand on.
 */
#ifndef NETWORK_BENCH_H
#define NETWORK_BENCH_H

#include "fixture.h"
#include "fs1-crop.h"
#include "fs1-result.h"
#include "network-kit.h"

#define BENCH_WIDTH 32u
#define BENCH_HEIGHT 24u
#define BENCH_SIZE (BENCH_WIDTH * BENCH_HEIGHT * 3)
/* Mode 2: 800 lines, rounded up; a look at a frame's end comes so much before it. */
#define BENCH_FRAME 8333334u
#define BENCH_MARGIN 1000u

/* What a test gets back of one frame. */
struct seen {
	uint64_t id;
	const struct fs1_tensor_header *tensor;
	const struct fs1_meta_detections *found;
	const struct fs1_crops_header *crops;
	const uint8_t *preview;
};

/**
 * struct bench - a device with a network, and a frame's buffers
 * @fixture: the device
 * @kit: what packages have
 * @tensor_size: bytes of a buffer of tensors
 * @crops_size: of a buffer of crops; 0: that stream isn't started
 * @buffers: two sets: a frame that waits for its result keeps its own
 * @submitted: how many sets were so far
 * @seen: how many came back
 */
struct bench {
	struct fixture *fixture;
	struct network_kit kit;
	uint32_t tensor_size;
	uint32_t crops_size;
	struct {
		uint8_t *tensor;
		uint8_t *crops;
		uint8_t *meta;
		uint8_t *preview;
	} buffers[2];
	unsigned int submitted;
	unsigned int seen;
};

/** bench_new() - a device whose network stream is started; no package yet */
struct bench *bench_new(bool unpaced);

/** bench_new_with() - likewise, which computes networks in that way */
struct bench *bench_new_with(bool unpaced, const struct fs1_npu *npu);

/** bench_free() - asserts what fixture_free() does */
void bench_free(struct bench *bench);

/** bench_send() - the kit's package, until it is loaded or refused */
struct libfs1_completion bench_send(struct bench *bench);

/** bench_activate() - Return: the answer's status */
int bench_activate(struct bench *bench, uint32_t slot);

/** bench_load() - send, which must succeed, and activate */
void bench_load(struct bench *bench);

/** bench_status() - what NETWORK_STATUS answers */
struct fs1_network_status bench_status(struct bench *bench);

/** bench_submit() - the next set of buffers, which has come back */
void bench_submit(struct bench *bench);

/**
 * bench_stream() - start preview, metadata and tensors, and crops where they have a size
 *
 * Preview shows what the network sees. The first frame finds no buffers; the second
 * has just begun afterwards.
 */
void bench_stream(struct bench *bench);

/** bench_frame() - the buffers of the frame under way, when all have come back */
struct seen bench_frame(struct bench *bench);

#endif /* NETWORK_BENCH_H */
