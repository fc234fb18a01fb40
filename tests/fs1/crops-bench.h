/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device whose network finds what shines in the dark, and what its crops must show.
 */
#ifndef CROPS_BENCH_H
#define CROPS_BENCH_H

#include "network-bench.h"

#define CROPS_HEADER sizeof(struct fs1_crops_header)
#define CROPS_EXPOSURE 700

/* What shines in the dark: pixels of the scene, which are those of the input. */
struct spot {
	unsigned int x;
	unsigned int y;
	unsigned int colour;
	uint8_t value;
};

#define CROPS_SPOTS 3

/* Three of them, of classes 0 to 2, the surest first. */
extern const struct spot crops_three[CROPS_SPOTS];

/** crops_show() - a scene for the frames from the next one on */
void crops_show(struct bench *bench, const struct spot *spots, unsigned int count,
		unsigned int seed);

/** crops_bench() - with a network that is active, and a scene stream; crops of 1 MiB */
struct bench *crops_bench(bool unpaced);

/**
 * crops_stream() - bench_stream(); the first frame that sees a scene has just begun
 * afterwards
 */
void crops_stream(struct bench *bench);

/** crops_load_slow() - another network, which takes longer than a frame, not than two */
void crops_load_slow(struct bench *bench);

/** crops_next() - what came back of the frame, which has a result of its own */
struct seen crops_next(struct bench *bench);

/**
 * crops_full_picture() - the whole array in full resolution, as it was in that frame
 *
 * Return: to be freed.
 */
uint8_t *crops_full_picture(uint64_t frame_id, const struct spot *spots,
			    unsigned int count, unsigned int seed);

/** assert_crop() - it is where its entry says, and shows what @full does */
void assert_crop(const struct fs1_crops_header *header, unsigned int index,
		 const uint8_t *full);

/** assert_crops() - the header is right, and agrees with that of the tensors */
void assert_crops(const struct seen *seen, unsigned int label);

#endif /* CROPS_BENCH_H */
