/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fake FS-1 for KUnit: the device's side of registers, rings and commands and
 * nothing behind them. No light falls on it; frames are what a test says they
 * are, and it does wrong what a test asks for. Everything it does, it does in a
 * work of its own or when a test calls it, never inside a call of the driver.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_FAKE_H
#define FOVEA_FAKE_H

#include <kunit/test.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "../fovea-backend.h"
#include "../fovea-queue.h"
#include "../fs1/fs1-abi.h"

/* The first id of a frame is this. */
#define FOVEA_FAKE_EPOCH	0x12345678u
#define FOVEA_FAKE_LOG		256u

/**
 * struct fovea_fake_queue - the device's side of a queue
 * @created: there are rings
 * @sq: submissions
 * @cq: completions
 * @sq_head: next submission to read
 * @cq_tail: next completion to write
 * @phase: of those
 * @held: buffers that were submitted, the oldest first
 * @held_count: how many
 */
struct fovea_fake_queue {
	bool created;
	const struct fs1_sqe *sq;
	struct fs1_cqe *cq;
	u32 sq_head;
	u32 cq_tail;
	u32 phase;
	struct fs1_sqe held[FOVEA_SQ_ENTRIES];
	unsigned int held_count;
};

/**
 * struct fovea_fake - one fake device and its back-end
 * @test: whose
 * @dev: its parent
 * @fovea: the driver's side; NULL: not there
 * @registered: fovea_register() was successful
 * @workqueue: runs @work
 * @work: looks at registers and rings
 * @lock: protects all below, but for what a test sets before it starts anything
 * @registers: the register file
 * @queue: by number
 * @identity: what it says it is
 * @control: values in force, by enum fs1_control
 * @config: what the streams were configured to
 * @started: streams that run, as a mask
 * @network: what it says of its networks
 * @active: slot that it was told last
 * @clock_ahead: of its clock, before CLOCK_MONOTONIC, ns
 * @clock_offset: what it was told last to add to that
 * @clock_sets: how often
 * @refuse: by opcode: enum fs1_status it is answered with; 0: it is executed
 * @mute: by opcode: so many commands aren't answered
 * @command_limit: so many commands are answered, then each is refused
 * @commands: how many there were
 * @size_error: added to what CONFIGURE_STREAM says
 * @stuck: doesn't follow the control register
 * @fail_enable: says FAILED instead of READY
 * @silent: raises no interrupts
 * @still: its heart doesn't beat
 * @absent: has left its bus
 * @master: may use the bus
 * @heartbeat: how often it was looked at
 * @alloc_limit: so many allocations succeed
 * @allocations: not freed yet
 * @map_error: what mapping a buffer gives
 * @mappings: not ended yet
 * @log: opcode and first two arguments of each command
 * @doorbells: rung
 */
struct fovea_fake {
	struct kunit *test;
	struct device *dev;
	struct fovea_device *fovea;
	bool registered;
	struct workqueue_struct *workqueue;
	struct work_struct work;

	/* Protects the device's state. */
	struct mutex lock;
	struct fs1_registers registers;
	struct fovea_fake_queue queue[FS1_QUEUES];
	struct fs1_identity identity;
	s32 control[FS1_CONTROLS];
	struct fs1_stream_config config[FS1_QUEUES];
	u32 started;
	struct fs1_network_status network;
	u32 active;
	s64 clock_ahead;
	s64 clock_offset;
	unsigned int clock_sets;

	u32 refuse[256];
	unsigned int mute[256];
	unsigned int command_limit;
	unsigned int commands;
	u32 size_error;
	bool stuck;
	bool fail_enable;
	bool silent;
	bool still;
	bool absent;
	bool master;
	atomic_t heartbeat;
	unsigned int alloc_limit;
	atomic_t allocations;
	int map_error;
	atomic_t mappings;
	struct {
		u8 opcode;
		u32 first;
		u32 second;
	} log[FOVEA_FAKE_LOG];
	atomic_t doorbells;
};

/**
 * fovea_fake_create() - make one, unknown to the driver
 * @test: ends the test when that isn't possible
 * @capabilities: FS1_CAP_*
 *
 * Return: the device. fovea_fake_exit() in the suite's exit.
 */
struct fovea_fake *fovea_fake_create(struct kunit *test, u32 capabilities);

/**
 * fovea_fake_start() - let the driver have it
 * @fake: the device
 *
 * Return: what fovea_alloc() or fovea_register() said.
 */
int fovea_fake_start(struct fovea_fake *fake);

/**
 * fovea_fake_create_started() - both, for tests of what follows
 * @test: ends the test when that isn't possible
 * @capabilities: FS1_CAP_*
 *
 * Return: the device. fovea_fake_exit() in the suite's exit.
 */
struct fovea_fake *fovea_fake_create_started(struct kunit *test,
					     u32 capabilities);

/**
 * fovea_fake_stop() - take it away from the driver
 * @fake: started or not
 *
 * Fails the test when the driver has kept memory or a buffer of it.
 */
void fovea_fake_stop(struct fovea_fake *fake);

/**
 * fovea_fake_exit() - the exit of a suite whose init sets test->priv to a fake
 * @test: the test
 */
void fovea_fake_exit(struct kunit *test);

/**
 * fovea_fake_settle() - wait until it has done all it was asked for
 * @fake: the device
 */
void fovea_fake_settle(struct fovea_fake *fake);

/**
 * fovea_fake_post() - write a completion, raise the interrupt
 * @fake: the device
 * @queue: with rings
 * @cqe: all but the phase
 */
void fovea_fake_post(struct fovea_fake *fake, unsigned int queue,
		     const struct fs1_cqe *cqe);

/**
 * fovea_fake_event() - report something on the admin queue
 * @fake: the device
 * @event: enum fs1_event
 * @frame_id: of the frame it is about
 * @timestamp: of that
 * @result: by event
 */
void fovea_fake_event(struct fovea_fake *fake, u8 event, u64 frame_id,
		      u64 timestamp, u32 result);

/**
 * fovea_fake_complete() - give a buffer back
 * @fake: the device
 * @stream: whose
 * @position: which of those it has; 0 is the oldest
 * @answer: what to say of it
 *
 * Return: whether there was such a buffer.
 */
bool fovea_fake_complete(struct fovea_fake *fake, unsigned int stream,
			 unsigned int position,
			 const struct fovea_answer *answer);

/**
 * fovea_fake_restart() - it loses all it knew
 * @fake: the device
 *
 * The driver isn't told; fovea_interrupt() lets it look.
 */
void fovea_fake_restart(struct fovea_fake *fake);

/**
 * fovea_fake_await() - wait until the driver has brought it to a state
 * @fake: started
 * @state: enum fovea_state
 *
 * Return: whether it got there within a minute.
 */
bool fovea_fake_await(struct fovea_fake *fake, unsigned int state);

/**
 * fovea_fake_count() - commands of one kind
 * @fake: the device
 * @opcode: enum fs1_opcode
 *
 * Return: how many of the first FOVEA_FAKE_LOG there were.
 */
unsigned int fovea_fake_count(struct fovea_fake *fake, u8 opcode);

#endif /* FOVEA_FAKE_H */
