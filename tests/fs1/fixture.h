/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device on a clock that only the test moves, and memory it may reach. With
 * it every order of events is the same in every run.
 */
#ifndef FS1_FIXTURE_H
#define FS1_FIXTURE_H

#include "libfs1.h"

#define FIXTURE_EPOCH 0x65000000u
#define FIXTURE_FIRST_ID ((uint64_t)FIXTURE_EPOCH << 32)
#define FIXTURE_START 1000000000000u	/* ns, the clock's first value */

/* A small picture, so that a frame is quick: GREY from the smallest mode. */
#define FIXTURE_WIDTH 64u
#define FIXTURE_HEIGHT 48u
#define FIXTURE_SIZE (FIXTURE_WIDTH * FIXTURE_HEIGHT)

/* Frame time that fixture_open() asks for: 3200 lines. */
#define FIXTURE_FRAME_US 33333u
#define FIXTURE_FRAME 33333333u	/* ns */

#define FIXTURE_MEMORY (8u << 20)

/**
 * struct fixture - what a test works with
 * @driver: the device and its driver
 * @now: the clock, ns
 * @memory: FIXTURE_MEMORY bytes the device may write to, at their own address
 * @used: bytes of it that were handed out
 */
struct fixture {
	struct libfs1_driver *driver;
	uint64_t now;
	uint8_t *memory;
	size_t used;
};

/** fixture_new() - a paced device with default rings */
struct fixture *fixture_new(void);

/** fixture_new_with() - a device of that configuration, on the fixture's clock */
struct fixture *fixture_new_with(const struct libfs1_driver_config *config);

/** fixture_free() - asserts that the device has let go of everything */
void fixture_free(struct fixture *fixture);

/** fixture_buffer() - zeroed memory the device may reach */
uint8_t *fixture_buffer(struct fixture *fixture, size_t size);

/** fixture_grey() - the small picture's format */
struct fs1_output_format fixture_grey(void);

/** fixture_open() - configure (image, preview, scene), open */
void fixture_open(struct fixture *fixture, unsigned int stream);

/**
 * fixture_start() - start a stream; the first frame starts with the first one,
 * so buffers come before
 */
void fixture_start(struct fixture *fixture, unsigned int stream);

/** fixture_open_and_start() - both, without a buffer */
void fixture_open_and_start(struct fixture *fixture, unsigned int stream);

/** fixture_set_control() - must succeed */
void fixture_set_control(struct fixture *fixture, enum fs1_control control,
			 int32_t value);

/** fixture_get_control() - the value in force; must succeed */
int32_t fixture_get_control(struct fixture *fixture, enum fs1_control control);

/** fixture_setup() and fixture_teardown() - for cmocka: a fixture as the state */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/** fixture_size() - bytes of a buffer of a stream opened by fixture_open() */
uint32_t fixture_size(unsigned int stream);

/** fixture_submit() - submit a new buffer under that id */
uint8_t *fixture_submit(struct fixture *fixture, unsigned int stream,
			uint16_t id);

/** fixture_settle() - run until the device waits for the clock or for us */
uint64_t fixture_settle(struct fixture *fixture);

/**
 * fixture_advance() - move the clock by @ns, stopping at every time the device
 * asks for, and settle
 */
void fixture_advance(struct fixture *fixture, uint64_t ns);

/** fixture_expect() - the queue's next completion; asserts that there is one */
struct libfs1_completion fixture_expect(struct fixture *fixture,
					unsigned int queue);

/** fixture_expect_none() - asserts that the queue is empty */
void fixture_expect_none(struct fixture *fixture, unsigned int queue);

/** fixture_expect_event() - the next event of that kind; others are skipped */
struct libfs1_completion fixture_expect_event(struct fixture *fixture,
					      enum fs1_event event);

/** fixture_skip_events() - forget all events so far */
void fixture_skip_events(struct fixture *fixture);

/**
 * fixture_meta_block() - the block of that type in a meta buffer; asserts that
 * there is one and that the list of blocks is sound up to it
 */
const void *fixture_meta_block(const uint8_t *page, unsigned int type);

#endif /* FS1_FIXTURE_H */
