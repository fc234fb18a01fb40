/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libfs1: the functional core of FS-1 as a userspace library. Three ways in,
 * each on top of the one before:
 *
 *  - struct libfs1_host runs the core in this process: memory, clock, threads,
 *    and a bus on which only registered memory exists;
 *  - struct libfs1_pipeline turns raw frames or scenes into pictures, one call
 *    a frame, without queues;
 *  - struct libfs1_driver is a whole device with a driver for it: queues,
 *    commands, events, frame pacing.
 *
 * Return values: 0 is success, negative is an errno value, positive is an
 * enum fs1_status the device answered with. Nothing here logs. An object may
 * be used by one thread at a time. Destructors take NULL and return NULL.
 */
#ifndef LIBFS1_H
#define LIBFS1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs1-engine.h"

/* ------------------------------------------------------------------------
 * Host
 */

#define LIBFS1_THREADS_MAX 64u
#define LIBFS1_REGIONS_MAX 1024u

struct libfs1_host;

/**
 * libfs1_host_new() - a host without regions, on CLOCK_MONOTONIC
 * @ret_host: the host, on success
 * @threads: processors that share a frame, the caller's included; 1 to
 *	LIBFS1_THREADS_MAX; 0: as many as this process may use
 *
 * Return: 0, -EINVAL, -ENOMEM, or why a thread couldn't be started.
 */
int libfs1_host_new(struct libfs1_host **ret_host, unsigned int threads);

/**
 * libfs1_host_free() - end the threads, free the host
 * @host: no device uses it any more; regions are forgotten, their memory
 *	stays its owner's; NULL is fine
 *
 * Return: NULL.
 */
struct libfs1_host *libfs1_host_free(struct libfs1_host *host);

/** libfs1_host_ops() - functions for fs1_device_create(), with the host */
const struct fs1_host_ops *libfs1_host_ops(void);

/** libfs1_host_threads() - processors that share a frame */
unsigned int libfs1_host_threads(const struct libfs1_host *host);

/**
 * libfs1_host_add_region() - let the device reach memory
 * @host: the host
 * @address: on the device's bus; (uintptr_t)@memory is a fine choice
 * @memory: what is there; stays the caller's, until the region is removed
 * @length: bytes, not 0
 * @writable: may the device write to it?
 *
 * Return: 0; -EINVAL: empty or wraps around; -EEXIST: overlaps another region;
 * -ENOSPC: LIBFS1_REGIONS_MAX exist.
 */
int libfs1_host_add_region(struct libfs1_host *host, uint64_t address,
			   void *memory, size_t length, bool writable);

/**
 * libfs1_host_remove_region() - end what libfs1_host_add_region() began
 * @host: the host
 * @address: where the region starts
 *
 * Return: 0; -ENOENT: no region starts there; -EBUSY: the device has a mapping
 * in it.
 */
int libfs1_host_remove_region(struct libfs1_host *host, uint64_t address);

/** libfs1_host_mappings() - mappings the device holds at the moment */
size_t libfs1_host_mappings(const struct libfs1_host *host);

/**
 * libfs1_host_set_clock() - another clock than CLOCK_MONOTONIC
 * @host: the host
 * @now: ns, never backwards; called with @argument
 * @argument: for @now
 */
void libfs1_host_set_clock(struct libfs1_host *host,
			   uint64_t (*now)(void *argument), void *argument);

/**
 * libfs1_host_set_interrupt() - be told of interrupts
 * @host: the host
 * @interrupt: called from fs1_device_run() with @argument and the vector; must
 *	not call back into the device
 * @argument: for @interrupt
 */
void libfs1_host_set_interrupt(struct libfs1_host *host,
			       void (*interrupt)(void *argument,
						 unsigned int vector),
			       void *argument);

/**
 * libfs1_host_set_completion() - see and change completions before the driver
 * does
 * @host: the host
 * @completion: as in struct fs1_host_ops, with @argument; NULL: all are posted
 * @argument: for @completion
 */
void libfs1_host_set_completion(struct libfs1_host *host,
				enum fs1_verdict (*completion)(void *argument,
							       unsigned int queue,
							       struct fs1_cqe *cqe),
				void *argument);

/* ------------------------------------------------------------------------
 * Pipeline
 */

struct libfs1_pipeline;

/**
 * struct libfs1_picture - where an output goes
 * @format: its shape
 * @data: its memory, any alignment
 * @size: bytes there, at least what libfs1_picture_size() says
 */
struct libfs1_picture {
	struct fs1_output_format format;
	void *data;
	size_t size;
};

/**
 * libfs1_picture_size() - bytes of a picture of that shape
 * @format: the shape
 * @ret_size: bytes, only written on success
 *
 * Return: 0, FS1_BAD_FORMAT or FS1_BAD_ARGUMENT.
 */
int libfs1_picture_size(const struct fs1_output_format *format,
			size_t *ret_size);

/**
 * libfs1_settings_init() - the settings of a device that was just switched on
 * @settings: full mode, automatic loops' starting values, noise on, seed 0
 */
void libfs1_settings_init(struct fs1_settings *settings);

/**
 * libfs1_pipeline_new() - a pipeline with the built-in chart as its scene
 * @ret_pipeline: the pipeline, on success
 * @threads: as libfs1_host_new()
 *
 * Return: as libfs1_host_new().
 */
int libfs1_pipeline_new(struct libfs1_pipeline **ret_pipeline,
			unsigned int threads);

/** libfs1_pipeline_free() - free it */
struct libfs1_pipeline *libfs1_pipeline_free(struct libfs1_pipeline *pipeline);

/**
 * libfs1_pipeline_set_scene() - the light of the frames to come; copied
 * @pipeline: the pipeline
 * @rgb: R, G, B bytes with the sRGB curve; NULL: the built-in chart
 * @width: FS1_SCENE_MIN to FS1_ARRAY_WIDTH
 * @height: FS1_SCENE_MIN to FS1_ARRAY_HEIGHT
 * @stride: bytes per line
 *
 * Return: 0 or the engine's status.
 */
int libfs1_pipeline_set_scene(struct libfs1_pipeline *pipeline, const void *rgb,
			      unsigned int width, unsigned int height,
			      unsigned int stride);

/**
 * libfs1_pipeline_render() - one frame of the scene: array and image pipeline
 * @pipeline: the pipeline
 * @settings: of the frame
 * @pictures: wanted outputs
 * @count: 0 to FS1_OUTPUTS_MAX
 * @ret_statistics: filled on success; NULL: not wanted
 *
 * Return: 0 or the engine's status.
 */
int libfs1_pipeline_render(struct libfs1_pipeline *pipeline,
			   const struct fs1_settings *settings,
			   const struct libfs1_picture *pictures,
			   unsigned int count,
			   struct fs1_statistics *ret_statistics);

/**
 * libfs1_pipeline_process() - one raw frame through the image pipeline
 * @pipeline: the pipeline
 * @raw: as fs1_engine_process_raw()
 * @settings: mode, digital gain, balance and picture controls matter
 * @pictures: wanted outputs
 * @count: 1 to FS1_OUTPUTS_MAX
 *
 * Return: 0 or the engine's status.
 */
int libfs1_pipeline_process(struct libfs1_pipeline *pipeline,
			    const uint16_t *raw,
			    const struct fs1_settings *settings,
			    const struct libfs1_picture *pictures,
			    unsigned int count);

/* ------------------------------------------------------------------------
 * Device and driver
 */

struct libfs1_driver;

/**
 * struct libfs1_driver_config - zeroed is a good start
 * @device: as fs1_device_create(); registers and slices are the library's, which
 *	also says FS1_CAP_HOST_CLOCK: there is one clock
 * @threads: as libfs1_host_new()
 * @sq_entries: of every queue; 0: 32
 * @cq_entries: of every queue, at least @sq_entries; 0: 64, admin 256
 * @now: clock instead of CLOCK_MONOTONIC; NULL: none
 * @argument: for @now
 */
struct libfs1_driver_config {
	struct fs1_device_config device;
	unsigned int threads;
	uint16_t sq_entries;
	uint16_t cq_entries;
	uint64_t (*now)(void *argument);
	void *argument;
};

/** struct libfs1_completion - an entry of a completion ring, CPU order */
struct libfs1_completion {
	uint64_t frame_id;
	uint64_t timestamp;
	uint32_t result;
	uint16_t command_id;
	uint8_t type;		/* enum fs1_cqe_type */
	uint8_t event;		/* enum fs1_event */
	enum fs1_status status;
	bool events_lost;
};

/**
 * libfs1_driver_new() - create a device, enable it, open the admin queue
 * @ret_driver: the driver, on success
 * @config: copied
 *
 * Return: 0, as libfs1_host_new(), or -EIO: the device didn't become READY.
 */
int libfs1_driver_new(struct libfs1_driver **ret_driver,
		      const struct libfs1_driver_config *config);

/** libfs1_driver_free() - disable and destroy the device, free everything */
struct libfs1_driver *libfs1_driver_free(struct libfs1_driver *driver);

/**
 * libfs1_driver_reset() - ENABLE 1 -> 0 -> 1: all queues are gone, buffers under
 * way are forgotten, events too; frame ids go on
 * @driver: the driver; of use afterwards also when the device had failed
 *
 * Return: as libfs1_driver_new().
 */
int libfs1_driver_reset(struct libfs1_driver *driver);

/** libfs1_driver_host() - the host the device lives on, to add regions */
struct libfs1_host *libfs1_driver_host(struct libfs1_driver *driver);

/** libfs1_driver_device() - the device, for fs1_device_post() */
struct fs1_device *libfs1_driver_device(struct libfs1_driver *driver);

/** libfs1_driver_registers() - the register file */
struct fs1_registers *libfs1_driver_registers(struct libfs1_driver *driver);

/**
 * libfs1_driver_run() - let the device do a bounded piece of work
 * @driver: the driver
 *
 * Return: as fs1_device_run(): when to call again, ns of the host's clock.
 */
uint64_t libfs1_driver_run(struct libfs1_driver *driver);

/**
 * libfs1_driver_command() - an admin command, and its answer
 * @driver: the driver
 * @sqe: opcode and arguments; the library chooses the command id
 * @ret_result: on success; NULL: not wanted
 *
 * Events that arrive meanwhile are kept for libfs1_driver_next().
 *
 * Return: 0; the device's status; -EIO: the device failed; -ETIMEDOUT: no
 * answer in a million steps.
 */
int libfs1_driver_command(struct libfs1_driver *driver, struct fs1_sqe *sqe,
			  uint32_t *ret_result);

/** libfs1_driver_set_control() - FS1_SET_CONTROL; returns as _command() */
int libfs1_driver_set_control(struct libfs1_driver *driver,
			      enum fs1_control control, int32_t value);

/** libfs1_driver_get_control() - FS1_GET_CONTROL; returns as _command() */
int libfs1_driver_get_control(struct libfs1_driver *driver,
			      enum fs1_control control, int32_t *ret_value);

/**
 * libfs1_driver_configure() - FS1_CONFIGURE_STREAM
 * @driver: the driver
 * @stream: enum fs1_stream
 * @format: its shape
 * @interval: us; 0: shortest
 * @ret_size: bytes per buffer; NULL: not wanted
 *
 * Return: as libfs1_driver_command().
 */
int libfs1_driver_configure(struct libfs1_driver *driver, unsigned int stream,
			    const struct fs1_output_format *format,
			    uint32_t interval, uint32_t *ret_size);

/** libfs1_driver_open() - allocate rings, FS1_CREATE_QUEUE */
int libfs1_driver_open(struct libfs1_driver *driver, unsigned int stream);

/**
 * libfs1_driver_close() - FS1_DELETE_QUEUE, free the rings; completions that
 * weren't read are lost with them
 * @driver: the driver
 * @stream: an open stream that was stopped
 *
 * Return: as libfs1_driver_command(); unless 0, the queue stays open.
 */
int libfs1_driver_close(struct libfs1_driver *driver, unsigned int stream);

/** libfs1_driver_start() - FS1_START */
int libfs1_driver_start(struct libfs1_driver *driver, unsigned int stream);

/** libfs1_driver_stop() - FS1_STOP */
int libfs1_driver_stop(struct libfs1_driver *driver, unsigned int stream);

/** libfs1_driver_flush() - FS1_FLUSH */
int libfs1_driver_flush(struct libfs1_driver *driver, unsigned int stream);

/**
 * libfs1_driver_submit() - put an entry on a stream's ring
 * @driver: the driver
 * @stream: an open stream
 * @sqe: any entry; FS1_BUFFER with the bus address of a region is the usual
 *
 * Return: 0; -EBADF: not open; -EAGAIN: as many as fit are under way.
 */
int libfs1_driver_submit(struct libfs1_driver *driver, unsigned int stream,
			 const struct fs1_sqe *sqe);

/**
 * libfs1_driver_submit_buffer() - give the device a buffer in one piece
 * @driver: the driver
 * @stream: an open stream
 * @id: comes back with the buffer; not FS1_COMMAND_ID_NONE
 * @address: on the bus
 * @length: bytes
 *
 * Return: as libfs1_driver_submit().
 */
int libfs1_driver_submit_buffer(struct libfs1_driver *driver,
				unsigned int stream, uint16_t id,
				uint64_t address, uint32_t length);

/**
 * libfs1_driver_next() - take the next completion or event, without running
 * @driver: the driver
 * @queue: enum fs1_stream, or FS1_QUEUE_ADMIN for events
 * @ret_completion: what came, only written when there was something
 *
 * Return: true when there was one.
 */
bool libfs1_driver_next(struct libfs1_driver *driver, unsigned int queue,
			struct libfs1_completion *ret_completion);

/**
 * libfs1_driver_wait() - run the device until a queue has something
 * @driver: the driver
 * @queue: enum fs1_stream
 * @ret_completion: what came
 *
 * Sleeps while the device has nothing to do; with a clock of the caller's own,
 * it returns instead.
 *
 * Return: 0; -EIO: the device failed; -EAGAIN: nothing will come before the
 * caller's clock moves or something is submitted.
 */
int libfs1_driver_wait(struct libfs1_driver *driver, unsigned int queue,
		       struct libfs1_completion *ret_completion);

#endif /* LIBFS1_H */
