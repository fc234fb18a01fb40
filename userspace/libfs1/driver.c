// SPDX-License-Identifier: Apache-2.0
/*
 * A driver for FS-1 in the same process: it speaks to the device through
 * registers and rings like any other, and runs it while it waits.
 */
#include "libfs1.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LIBFS1_SQ_ENTRIES 32u
#define LIBFS1_CQ_ENTRIES 64u
#define LIBFS1_ADMIN_CQ_ENTRIES 256u
#define LIBFS1_RING_ALIGNMENT 64u
#define LIBFS1_COMMAND_STEPS 1000000u

/**
 * struct libfs1_queue - the driver's side of a queue
 * @rings: the submission ring, then the completion ring; NULL: not open
 * @under_way: submitted, completion not read
 */
struct libfs1_queue {
	void *rings;
	struct fs1_sqe *sq;
	struct fs1_cqe *cq;
	unsigned int sq_entries;
	unsigned int cq_entries;
	unsigned int sq_tail;
	unsigned int cq_head;
	unsigned int under_way;
	uint32_t phase;
};

/**
 * struct libfs1_driver - a device and its driver
 * @events: of the admin queue, that came while a command was waited for
 * @event_first: oldest of them
 * @event_count: how many; when they are as many as fit, the oldest is dropped
 *	and the next says events_lost
 */
struct libfs1_driver {
	struct fs1_registers *registers;
	struct libfs1_host *host;
	struct fs1_device *device;
	struct libfs1_driver_config config;
	struct libfs1_queue queues[FS1_QUEUES];
	struct libfs1_completion events[LIBFS1_ADMIN_CQ_ENTRIES];
	unsigned int event_first;
	unsigned int event_count;
	uint16_t command_id;
};

static size_t libfs1_queue_size(const struct libfs1_queue *queue)
{
	return queue->sq_entries * sizeof(struct fs1_sqe) +
	       queue->cq_entries * sizeof(struct fs1_cqe);
}

static int libfs1_queue_open(struct libfs1_driver *driver, unsigned int number)
{
	struct libfs1_queue *queue = &driver->queues[number];
	struct fs1_queue_registers *doorbell = &driver->registers->queue[number];
	int r;

	memset(queue, 0, sizeof(*queue));
	queue->sq_entries = driver->config.sq_entries;
	queue->cq_entries = driver->config.cq_entries;
	if (!queue->sq_entries)
		queue->sq_entries = LIBFS1_SQ_ENTRIES;
	if (!queue->cq_entries)
		queue->cq_entries = number == FS1_QUEUE_ADMIN ?
				    LIBFS1_ADMIN_CQ_ENTRIES : LIBFS1_CQ_ENTRIES;
	queue->phase = FS1_CQE_PHASE;
	queue->rings = aligned_alloc(LIBFS1_RING_ALIGNMENT,
				     libfs1_queue_size(queue));
	if (!queue->rings)
		return -ENOMEM;
	memset(queue->rings, 0, libfs1_queue_size(queue));
	queue->sq = queue->rings;
	queue->cq = (struct fs1_cqe *)(queue->sq + queue->sq_entries);
	r = libfs1_host_add_region(driver->host, (uintptr_t)queue->rings,
				   queue->rings, libfs1_queue_size(queue), true);
	if (r < 0) {
		free(queue->rings);
		queue->rings = NULL;
		return r;
	}
	fs1_store_release(&doorbell->sq_tail, fs1_cpu_to_le32(0));
	fs1_store_release(&doorbell->cq_head, fs1_cpu_to_le32(0));
	return 0;
}

static void libfs1_queue_close(struct libfs1_driver *driver,
			       unsigned int number)
{
	struct libfs1_queue *queue = &driver->queues[number];

	if (!queue->rings)
		return;
	libfs1_host_remove_region(driver->host, (uintptr_t)queue->rings);
	free(queue->rings);
	queue->rings = NULL;
}

static int libfs1_driver_enable(struct libfs1_driver *driver)
{
	const struct libfs1_queue *admin = &driver->queues[FS1_QUEUE_ADMIN];
	struct fs1_registers *registers = driver->registers;

	registers->admin_sq_entries = fs1_cpu_to_le32(admin->sq_entries);
	registers->admin_cq_entries = fs1_cpu_to_le32(admin->cq_entries);
	registers->admin_sq_address = fs1_cpu_to_le64((uintptr_t)admin->sq);
	registers->admin_cq_address = fs1_cpu_to_le64((uintptr_t)admin->cq);
	fs1_store_release(&registers->control,
			  fs1_cpu_to_le32(FS1_CONTROL_ENABLE));
	fs1_device_run(driver->device);
	return fs1_load_acquire(&registers->status) ==
	       fs1_cpu_to_le32(FS1_STATUS_READY) ? 0 : -EIO;
}

static void libfs1_driver_disable(struct libfs1_driver *driver)
{
	unsigned int i;

	fs1_store_release(&driver->registers->control, fs1_cpu_to_le32(0));
	fs1_device_run(driver->device);
	for (i = 0; i < FS1_QUEUES; i++)
		libfs1_queue_close(driver, i);
	driver->event_count = 0;
}

int libfs1_driver_reset(struct libfs1_driver *driver)
{
	int r;

	libfs1_driver_disable(driver);
	r = libfs1_queue_open(driver, FS1_QUEUE_ADMIN);
	if (r < 0)
		return r;
	return libfs1_driver_enable(driver);
}

static int libfs1_driver_build(struct libfs1_driver *driver)
{
	struct fs1_device_config config = driver->config.device;
	int r;

	driver->registers = aligned_alloc(sizeof(*driver->registers),
					  sizeof(*driver->registers));
	if (!driver->registers)
		return -ENOMEM;
	memset(driver->registers, 0, sizeof(*driver->registers));
	r = libfs1_host_new(&driver->host, driver->config.threads);
	if (r < 0)
		return r;
	if (driver->config.now)
		libfs1_host_set_clock(driver->host, driver->config.now,
				      driver->config.argument);
	config.registers = driver->registers;
	config.capabilities |= FS1_CAP_HOST_CLOCK;
	config.slices = libfs1_host_threads(driver->host);
	driver->device = fs1_device_create(libfs1_host_ops(), driver->host,
					   &config);
	if (!driver->device)
		return -ENOMEM;
	r = libfs1_queue_open(driver, FS1_QUEUE_ADMIN);
	if (r < 0)
		return r;
	return libfs1_driver_enable(driver);
}

int libfs1_driver_new(struct libfs1_driver **ret_driver,
		      const struct libfs1_driver_config *config)
{
	struct libfs1_driver *driver;
	int r;

	driver = calloc(1, sizeof(*driver));
	if (!driver)
		return -ENOMEM;
	driver->config = *config;
	r = libfs1_driver_build(driver);
	if (r < 0) {
		libfs1_driver_free(driver);
		return r;
	}
	*ret_driver = driver;
	return 0;
}

struct libfs1_driver *libfs1_driver_free(struct libfs1_driver *driver)
{
	if (!driver)
		return NULL;
	if (driver->device)
		libfs1_driver_disable(driver);
	fs1_device_destroy(driver->device);
	libfs1_host_free(driver->host);
	free(driver->registers);
	free(driver);
	return NULL;
}

struct libfs1_host *libfs1_driver_host(struct libfs1_driver *driver)
{
	return driver->host;
}

struct fs1_device *libfs1_driver_device(struct libfs1_driver *driver)
{
	return driver->device;
}

struct fs1_registers *libfs1_driver_registers(struct libfs1_driver *driver)
{
	return driver->registers;
}

uint64_t libfs1_driver_run(struct libfs1_driver *driver)
{
	return fs1_device_run(driver->device);
}

static bool libfs1_driver_failed(const struct libfs1_driver *driver)
{
	return fs1_load_acquire(&driver->registers->status) &
	       fs1_cpu_to_le32(FS1_STATUS_FAILED);
}

/* ------------------------------------------------------------------------
 * Rings
 */

int libfs1_driver_submit(struct libfs1_driver *driver, unsigned int stream,
			 const struct fs1_sqe *sqe)
{
	struct libfs1_queue *queue;

	if (stream >= FS1_QUEUES || !driver->queues[stream].rings)
		return -EBADF;
	queue = &driver->queues[stream];
	if (queue->under_way == queue->sq_entries - 1)
		return -EAGAIN;
	queue->sq[queue->sq_tail] = *sqe;
	queue->sq_tail = (queue->sq_tail + 1) % queue->sq_entries;
	queue->under_way++;
	fs1_store_release(&driver->registers->queue[stream].sq_tail,
			  fs1_cpu_to_le32(queue->sq_tail));
	return 0;
}

int libfs1_driver_submit_buffer(struct libfs1_driver *driver,
				unsigned int stream, uint16_t id,
				uint64_t address, uint32_t length)
{
	struct fs1_sqe sqe = {
		.command_id = fs1_cpu_to_le16(id),
		.opcode = FS1_BUFFER,
		.sg_count = fs1_cpu_to_le32(1),
		.address = fs1_cpu_to_le64(address),
		.length = fs1_cpu_to_le32(length),
	};

	return libfs1_driver_submit(driver, stream, &sqe);
}

/* Next entry of a ring, if the phase bit says that it was written. */
static bool libfs1_queue_next(struct libfs1_driver *driver, unsigned int number,
			      struct libfs1_completion *ret_completion)
{
	struct libfs1_queue *queue = &driver->queues[number];
	const struct fs1_cqe *cqe = &queue->cq[queue->cq_head];
	uint32_t status = fs1_le32_to_cpu(fs1_load_acquire(&cqe->status));

	if ((status & FS1_CQE_PHASE) != queue->phase)
		return false;
	*ret_completion = (struct libfs1_completion){
		.frame_id = fs1_le64_to_cpu(cqe->frame_id),
		.timestamp = fs1_le64_to_cpu(cqe->timestamp),
		.result = fs1_le32_to_cpu(cqe->result),
		.command_id = fs1_le16_to_cpu(cqe->command_id),
		.type = cqe->type,
		.event = cqe->event,
		.status = (status & FS1_CQE_STATUS_MASK) >> FS1_CQE_STATUS_SHIFT,
		.events_lost = status & FS1_CQE_FLAG_EVENTS_LOST,
	};
	queue->cq_head++;
	if (queue->cq_head == queue->cq_entries) {
		queue->cq_head = 0;
		queue->phase ^= FS1_CQE_PHASE;
	}
	if (ret_completion->type != FS1_CQE_EVENT)
		queue->under_way--;
	fs1_store_release(&driver->registers->queue[number].cq_head,
			  fs1_cpu_to_le32(queue->cq_head));
	return true;
}

static void libfs1_driver_keep_event(struct libfs1_driver *driver,
				     const struct libfs1_completion *event)
{
	unsigned int last;

	if (driver->event_count == LIBFS1_ADMIN_CQ_ENTRIES) {
		driver->event_first = (driver->event_first + 1) %
				      LIBFS1_ADMIN_CQ_ENTRIES;
		driver->event_count--;
		driver->events[driver->event_first].events_lost = true;
	}
	last = (driver->event_first + driver->event_count++) %
	       LIBFS1_ADMIN_CQ_ENTRIES;
	driver->events[last] = *event;
}

bool libfs1_driver_next(struct libfs1_driver *driver, unsigned int queue,
			struct libfs1_completion *ret_completion)
{
	if (queue >= FS1_QUEUES || !driver->queues[queue].rings)
		return false;
	if (queue == FS1_QUEUE_ADMIN && driver->event_count) {
		*ret_completion = driver->events[driver->event_first];
		driver->event_first = (driver->event_first + 1) %
				      LIBFS1_ADMIN_CQ_ENTRIES;
		driver->event_count--;
		return true;
	}
	return libfs1_queue_next(driver, queue, ret_completion);
}

int libfs1_driver_wait(struct libfs1_driver *driver, unsigned int queue,
		       struct libfs1_completion *ret_completion)
{
	while (!libfs1_driver_next(driver, queue, ret_completion)) {
		uint64_t deadline = fs1_device_run(driver->device);
		struct timespec until = {
			.tv_sec = (time_t)(deadline / 1000000000u),
			.tv_nsec = (long)(deadline % 1000000000u),
		};

		if (libfs1_driver_failed(driver))
			return -EIO;
		if (!deadline)
			continue;
		if (libfs1_driver_next(driver, queue, ret_completion))
			return 0;
		if (driver->config.now || deadline == FS1_NEVER)
			return -EAGAIN;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	return 0;
}

/* ------------------------------------------------------------------------
 * Commands
 */

static uint16_t libfs1_driver_command_id(struct libfs1_driver *driver)
{
	driver->command_id++;
	if (driver->command_id == FS1_COMMAND_ID_NONE)
		driver->command_id = 0;
	return driver->command_id;
}

int libfs1_driver_command(struct libfs1_driver *driver, struct fs1_sqe *sqe,
			  uint32_t *ret_result)
{
	uint16_t id = libfs1_driver_command_id(driver);
	struct libfs1_completion completion;
	unsigned int steps;
	int r;

	sqe->command_id = fs1_cpu_to_le16(id);
	r = libfs1_driver_submit(driver, FS1_QUEUE_ADMIN, sqe);
	if (r < 0)
		return r;
	for (steps = 0; steps < LIBFS1_COMMAND_STEPS; steps++) {
		fs1_device_run(driver->device);
		if (libfs1_driver_failed(driver))
			return -EIO;
		while (libfs1_queue_next(driver, FS1_QUEUE_ADMIN, &completion)) {
			if (completion.type == FS1_CQE_EVENT) {
				libfs1_driver_keep_event(driver, &completion);
				continue;
			}
			if (completion.command_id != id)
				continue;
			if (completion.status == FS1_OK && ret_result)
				*ret_result = completion.result;
			return (int)completion.status;
		}
	}
	return -ETIMEDOUT;
}

int libfs1_driver_set_control(struct libfs1_driver *driver,
			      enum fs1_control control, int32_t value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CONTROL,
		.arguments.control = {
			.control = fs1_cpu_to_le32(control),
			.value = fs1_cpu_to_le32((uint32_t)value),
		},
	};

	return libfs1_driver_command(driver, &sqe, NULL);
}

int libfs1_driver_get_control(struct libfs1_driver *driver,
			      enum fs1_control control, int32_t *ret_value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_GET_CONTROL,
		.arguments.control.control = fs1_cpu_to_le32(control),
	};
	uint32_t result;
	int r;

	r = libfs1_driver_command(driver, &sqe, &result);
	if (!r)
		*ret_value = (int32_t)result;
	return r;
}

int libfs1_driver_configure(struct libfs1_driver *driver, unsigned int stream,
			    const struct fs1_output_format *format,
			    uint32_t interval, uint32_t *ret_size)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_CONFIGURE_STREAM,
		.arguments.stream = {
			.stream = fs1_cpu_to_le32(stream),
			.format = fs1_cpu_to_le32(format->format),
			.width = fs1_cpu_to_le16(format->width),
			.height = fs1_cpu_to_le16(format->height),
			.stride = fs1_cpu_to_le32(format->stride),
			.crop_left = fs1_cpu_to_le16(format->crop.left),
			.crop_top = fs1_cpu_to_le16(format->crop.top),
			.crop_width = fs1_cpu_to_le16(format->crop.width),
			.crop_height = fs1_cpu_to_le16(format->crop.height),
			.encoding = format->encoding,
			.range = format->range,
			.interval = fs1_cpu_to_le32(interval),
		},
	};

	return libfs1_driver_command(driver, &sqe, ret_size);
}

int libfs1_driver_open(struct libfs1_driver *driver, unsigned int stream)
{
	struct libfs1_queue *queue;
	struct fs1_sqe sqe = { .opcode = FS1_CREATE_QUEUE };
	int r;

	if (stream == FS1_QUEUE_ADMIN || stream >= FS1_QUEUES)
		return -EINVAL;
	queue = &driver->queues[stream];
	if (queue->rings)
		return -EEXIST;
	r = libfs1_queue_open(driver, stream);
	if (r < 0)
		return r;
	sqe.arguments.create_queue = (struct fs1_create_queue){
		.queue = fs1_cpu_to_le32(stream),
		.sq_entries = fs1_cpu_to_le16((uint16_t)queue->sq_entries),
		.cq_entries = fs1_cpu_to_le16((uint16_t)queue->cq_entries),
		.sq_address = fs1_cpu_to_le64((uintptr_t)queue->sq),
		.cq_address = fs1_cpu_to_le64((uintptr_t)queue->cq),
		.vector = fs1_cpu_to_le32(stream),
	};
	r = libfs1_driver_command(driver, &sqe, NULL);
	if (r)
		libfs1_queue_close(driver, stream);
	return r;
}

static int libfs1_driver_stream_command(struct libfs1_driver *driver,
					enum fs1_opcode opcode,
					unsigned int stream)
{
	struct fs1_sqe sqe = {
		.opcode = (uint8_t)opcode,
		.arguments.queue.queue = fs1_cpu_to_le32(stream),
	};

	return libfs1_driver_command(driver, &sqe, NULL);
}

int libfs1_driver_close(struct libfs1_driver *driver, unsigned int stream)
{
	int r;

	r = libfs1_driver_stream_command(driver, FS1_DELETE_QUEUE, stream);
	if (!r)
		libfs1_queue_close(driver, stream);
	return r;
}

int libfs1_driver_start(struct libfs1_driver *driver, unsigned int stream)
{
	return libfs1_driver_stream_command(driver, FS1_START, stream);
}

int libfs1_driver_stop(struct libfs1_driver *driver, unsigned int stream)
{
	return libfs1_driver_stream_command(driver, FS1_STOP, stream);
}

int libfs1_driver_flush(struct libfs1_driver *driver, unsigned int stream)
{
	return libfs1_driver_stream_command(driver, FS1_FLUSH, stream);
}
