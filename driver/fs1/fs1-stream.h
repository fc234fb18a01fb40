/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A stream: its queue, the buffers the driver has given to it, and its
 * configuration. Private to the core.
 */
#ifndef FS1_STREAM_H
#define FS1_STREAM_H

#include "fs1-buffer.h"
#include "fs1-engine.h"
#include "fs1-ring.h"

/** struct fs1_slot - one buffer the driver has submitted */
struct fs1_slot {
	struct fs1_buffer buffer;
	struct fs1_slot *next;
	fs1_u16 command_id;
};

/**
 * struct fs1_stream_config_cpu - a configuration that was checked
 * @format: shape; scene: format, width, height and stride only
 * @interval: wanted frame time, us; 0: no wish
 * @size: bytes a buffer must at least have
 */
struct fs1_stream_config_cpu {
	struct fs1_output_format format;
	fs1_u32 interval;
	fs1_u32 size;
};

/**
 * struct fs1_stream_state - one stream
 * @number: enum fs1_stream
 * @queue: closed until CREATE_QUEUE
 * @slots: one for each submission that can be outstanding
 * @idle: slots without a buffer
 * @waiting: slots in the order of submission
 * @waiting_end: where the next one is linked
 * @active: the slot the current frame is written to, taken from @waiting
 * @config: valid when @configured
 * @configured: CONFIGURE_STREAM was accepted, or the stream needs none
 * @started: between START and STOP
 */
struct fs1_stream_state {
	unsigned int number;
	struct fs1_queue queue;
	struct fs1_slot *slots;
	struct fs1_slot *idle;
	struct fs1_slot *waiting;
	struct fs1_slot **waiting_end;
	struct fs1_slot *active;
	struct fs1_stream_config_cpu config;
	bool configured;
	bool started;
};

/** fs1_stream_init() - closed, stopped, not configured */
void fs1_stream_init(struct fs1_stream_state *stream, unsigned int number);

/**
 * fs1_stream_open() - open the queue, make room for its buffers
 * @stream: closed
 * @host: maps the rings and gives memory for the slots; stays until
 *	fs1_stream_close()
 * @doorbell: the queue's registers
 * @interrupts: set of vectors to raise, to which the queue adds its own
 * @shape: what CREATE_QUEUE asks for, not checked yet
 *
 * Return: as fs1_queue_open(), or FS1_NO_MEMORY, or FS1_BAD_STATE when it is
 * open already.
 */
enum fs1_status fs1_stream_open(struct fs1_stream_state *stream,
				const struct fs1_host *host,
				const struct fs1_queue_registers *doorbell,
				fs1_u32 *interrupts,
				const struct fs1_queue_shape *shape);

/** fs1_stream_close() - unmap everything, complete nothing, stop */
void fs1_stream_close(struct fs1_stream_state *stream);

/**
 * fs1_stream_poll() - take in submissions; bad ones are completed at once
 * @stream: open
 * @budget: how many at most
 *
 * Return: why it stopped; FS1_FETCH_ENTRY: @budget is used up.
 */
enum fs1_fetch fs1_stream_poll(struct fs1_stream_state *stream,
			       unsigned int budget);

/**
 * fs1_stream_take() - the oldest buffer becomes @active
 * @stream: without an active buffer
 *
 * Return: false when none is waiting.
 */
bool fs1_stream_take(struct fs1_stream_state *stream);

/** fs1_stream_complete() - give @active back */
void fs1_stream_complete(struct fs1_stream_state *stream,
			 enum fs1_status status, fs1_u32 result,
			 fs1_u64 frame_id, fs1_u64 timestamp);

/** fs1_stream_abort() - give all buffers but @active back as ABORTED */
void fs1_stream_abort(struct fs1_stream_state *stream);

/**
 * fs1_stream_start() - from now on buffers must have the configured size;
 * those that wait and are shorter go back as BAD_LENGTH
 * @stream: any; unless FS1_OK comes back, nothing is changed
 *
 * Return: FS1_OK, or FS1_BAD_STATE: not open, not configured or started
 * already.
 */
enum fs1_status fs1_stream_start(struct fs1_stream_state *stream);

#endif /* FS1_STREAM_H */
