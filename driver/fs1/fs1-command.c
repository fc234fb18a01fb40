// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The commands of the admin queue. Each is executed at once and completed
 * before the next is read; only those that return buffers may have to wait
 * until the driver has made room for them.
 */
#include "fs1-device.h"

/* Longest line of a scene; more than any picture needs, far from overflow. */
#define FS1_SCENE_STRIDE_MAX 65536u

static fs1_u32 fs1_command_queue(const struct fs1_sqe *sqe)
{
	return fs1_le32_to_cpu(sqe->arguments.queue.queue);
}

static enum fs1_status fs1_command_identify(struct fs1_device *device,
					    const struct fs1_sqe *sqe,
					    struct fs1_completion *answer)
{
	struct fs1_buffer *buffer = &device->admin_buffer;
	enum fs1_status status;

	if (fs1_le32_to_cpu(sqe->length) < sizeof(device->identity))
		return FS1_BAD_LENGTH;
	status = fs1_buffer_map(buffer, &device->host, sqe, true);
	if (status != FS1_OK)
		return status;
	fs1_memory_write(&buffer->memory, 0, &device->identity,
			 sizeof(device->identity));
	fs1_buffer_unmap(buffer, &device->host);
	answer->result = sizeof(device->identity);
	return FS1_OK;
}

static enum fs1_status fs1_command_create_queue(struct fs1_device *device,
						const struct fs1_sqe *sqe,
						struct fs1_completion *answer)
{
	const struct fs1_create_queue *arguments = &sqe->arguments.create_queue;
	struct fs1_queue_shape shape = {
		.number = fs1_le32_to_cpu(arguments->queue),
		.sq_address = fs1_le64_to_cpu(arguments->sq_address),
		.cq_address = fs1_le64_to_cpu(arguments->cq_address),
		.sq_entries = fs1_le16_to_cpu(arguments->sq_entries),
		.cq_entries = fs1_le16_to_cpu(arguments->cq_entries),
		.vector = fs1_le32_to_cpu(arguments->vector),
	};
	struct fs1_stream_state *stream =
		fs1_device_stream(device, fs1_le32_to_cpu(arguments->queue));

	(void)answer;
	if (!stream)
		return FS1_BAD_ARGUMENT;
	return fs1_stream_open(stream, &device->host,
			       &device->registers->queue[stream->number],
			       &device->interrupts, &shape);
}

static enum fs1_status fs1_command_delete_queue(struct fs1_device *device,
						const struct fs1_sqe *sqe,
						struct fs1_completion *answer)
{
	struct fs1_stream_state *stream =
		fs1_device_stream(device, fs1_command_queue(sqe));

	(void)answer;
	if (!stream)
		return FS1_BAD_ARGUMENT;
	if (stream->started || !fs1_queue_is_open(&stream->queue))
		return FS1_BAD_STATE;
	fs1_stream_close(stream);
	return FS1_OK;
}

static enum fs1_status fs1_command_set_control(struct fs1_device *device,
					       const struct fs1_sqe *sqe,
					       struct fs1_completion *answer)
{
	const struct fs1_set_control *arguments = &sqe->arguments.control;

	(void)answer;
	return fs1_controls_set(&device->controls,
				fs1_le32_to_cpu(arguments->control),
				(fs1_s32)fs1_le32_to_cpu(arguments->value),
				fs1_le16_to_cpu(sqe->command_id));
}

static enum fs1_status fs1_command_get_control(struct fs1_device *device,
					       const struct fs1_sqe *sqe,
					       struct fs1_completion *answer)
{
	enum fs1_status status;
	fs1_s32 value;

	status = fs1_controls_get(&device->controls,
				  fs1_le32_to_cpu(sqe->arguments.control.control),
				  device->frame.valid, &value);
	if (status == FS1_OK)
		answer->result = (fs1_u32)value;
	return status;
}

static enum fs1_status fs1_check_scene(const struct fs1_output_format *format,
				       fs1_u32 *ret_size)
{
	if (format->format != FS1_FORMAT_RGB24)
		return FS1_BAD_FORMAT;
	if (format->width < FS1_SCENE_MIN || format->width > FS1_ARRAY_WIDTH ||
	    format->height < FS1_SCENE_MIN ||
	    format->height > FS1_ARRAY_HEIGHT ||
	    format->stride < format->width * 3u ||
	    format->stride > FS1_SCENE_STRIDE_MAX)
		return FS1_BAD_ARGUMENT;
	*ret_size = format->stride * format->height;
	return FS1_OK;
}

/* Streams whose buffers have one size at least, and nothing to choose. */
static enum fs1_status fs1_check_fixed(const struct fs1_output_format *format,
				       fs1_u32 wanted, size_t size,
				       fs1_u32 *ret_size)
{
	if (format->format != wanted)
		return FS1_BAD_FORMAT;
	*ret_size = (fs1_u32)size;
	return FS1_OK;
}

static enum fs1_status fs1_check_preview(const struct fs1_output_format *format,
					 fs1_u32 *ret_size)
{
	if (format->format == FS1_FORMAT_RG12 ||
	    format->format == FS1_FORMAT_PRCC)
		return FS1_BAD_FORMAT;
	if (format->width > FS1_PREVIEW_WIDTH_MAX ||
	    format->height > FS1_PREVIEW_HEIGHT_MAX)
		return FS1_BAD_ARGUMENT;
	return fs1_output_check(format, ret_size);
}

static enum fs1_status fs1_check_config(unsigned int number,
					const struct fs1_output_format *format,
					fs1_u32 *ret_size)
{
	switch (number) {
	case FS1_STREAM_IMAGE:
		return fs1_output_check(format, ret_size);
	case FS1_STREAM_PREVIEW:
		return fs1_check_preview(format, ret_size);
	case FS1_STREAM_META:
		return fs1_check_fixed(format, FS1_FORMAT_META,
				       FS1_META_BUFFER_SIZE, ret_size);
	case FS1_STREAM_TENSOR:
		return fs1_check_fixed(format, FS1_FORMAT_TENSOR,
				       sizeof(struct fs1_tensor_header), ret_size);
	case FS1_STREAM_CROPS:
		return fs1_check_fixed(format, FS1_FORMAT_CROPS,
				       sizeof(struct fs1_crops_header), ret_size);
	case FS1_STREAM_NETWORK:
		return fs1_check_fixed(format, FS1_FORMAT_NETWORK,
				       sizeof(struct fs1_package_header), ret_size);
	default:
		return fs1_check_scene(format, ret_size);
	}
}

static enum fs1_status fs1_command_configure(struct fs1_device *device,
					     const struct fs1_sqe *sqe,
					     struct fs1_completion *answer)
{
	const struct fs1_stream_config *arguments = &sqe->arguments.stream;
	struct fs1_stream_state *stream =
		fs1_device_stream(device, fs1_le32_to_cpu(arguments->stream));
	struct fs1_stream_config_cpu config = {
		.format = {
			.format = fs1_le32_to_cpu(arguments->format),
			.width = fs1_le16_to_cpu(arguments->width),
			.height = fs1_le16_to_cpu(arguments->height),
			.stride = fs1_le32_to_cpu(arguments->stride),
			.crop = {
				.left = fs1_le16_to_cpu(arguments->crop_left),
				.top = fs1_le16_to_cpu(arguments->crop_top),
				.width = fs1_le16_to_cpu(arguments->crop_width),
				.height = fs1_le16_to_cpu(arguments->crop_height),
			},
			.encoding = arguments->encoding,
			.range = arguments->range,
		},
		.interval = fs1_le32_to_cpu(arguments->interval),
	};
	enum fs1_status status;

	if (!stream || fs1_le16_to_cpu(arguments->reserved))
		return FS1_BAD_ARGUMENT;
	if (stream->started)
		return FS1_BAD_STATE;
	status = fs1_check_config(stream->number, &config.format, &config.size);
	if (status != FS1_OK)
		return status;
	stream->config = config;
	stream->configured = true;
	answer->result = config.size;
	return FS1_OK;
}

static enum fs1_status fs1_command_start(struct fs1_device *device,
					 const struct fs1_sqe *sqe,
					 struct fs1_completion *answer)
{
	struct fs1_stream_state *stream =
		fs1_device_stream(device, fs1_command_queue(sqe));
	bool running = fs1_frame_running(device);
	enum fs1_status status;

	(void)answer;
	if (!stream)
		return FS1_BAD_ARGUMENT;
	status = fs1_stream_start(stream);
	if (status == FS1_OK && !running && fs1_frame_running(device))
		fs1_frame_wake(device);
	return status;
}

/* The buffers went back in fs1_command_drain(). */
static enum fs1_status fs1_command_stop(struct fs1_device *device,
					const struct fs1_sqe *sqe,
					struct fs1_completion *answer)
{
	struct fs1_stream_state *stream =
		fs1_device_stream(device, fs1_command_queue(sqe));
	bool running = fs1_frame_running(device);

	(void)answer;
	if (!stream)
		return FS1_BAD_ARGUMENT;
	if (!fs1_queue_is_open(&stream->queue))
		return FS1_BAD_STATE;
	stream->started = false;
	if (stream->number == FS1_STREAM_SCENE)
		device->scene_off = true;
	if (running && !fs1_frame_running(device))
		fs1_frame_sleep(device);
	return FS1_OK;
}

/* Likewise. */
static enum fs1_status fs1_command_flush(struct fs1_device *device,
					 const struct fs1_sqe *sqe,
					 struct fs1_completion *answer)
{
	struct fs1_stream_state *stream =
		fs1_device_stream(device, fs1_command_queue(sqe));

	(void)answer;
	if (!stream)
		return FS1_BAD_ARGUMENT;
	return fs1_queue_is_open(&stream->queue) ? FS1_OK : FS1_BAD_STATE;
}

static enum fs1_status fs1_command_read_clock(struct fs1_device *device,
					      const struct fs1_sqe *sqe,
					      struct fs1_completion *answer)
{
	(void)sqe;
	answer->timestamp = fs1_host_now(&device->host);
	return FS1_OK;
}

/* A frame has one timestamp: the offset waits for the next that starts. */
static enum fs1_status fs1_command_set_clock(struct fs1_device *device,
					     const struct fs1_sqe *sqe,
					     struct fs1_completion *answer)
{
	(void)answer;
	device->clock_offset = fs1_le64_to_cpu(sqe->arguments.clock.offset);
	return FS1_OK;
}

static enum fs1_status fs1_command_activate(struct fs1_device *device,
					    const struct fs1_sqe *sqe,
					    struct fs1_completion *answer)
{
	(void)answer;
	if (!device->inference)
		return FS1_BAD_OPCODE;
	return fs1_inference_activate(device->inference,
				      fs1_le32_to_cpu(sqe->arguments.activate.slot));
}

static enum fs1_status fs1_command_network_status(struct fs1_device *device,
						  const struct fs1_sqe *sqe,
						  struct fs1_completion *answer)
{
	struct fs1_buffer *buffer = &device->admin_buffer;
	struct fs1_network_status network;
	enum fs1_status status;

	if (!device->inference)
		return FS1_BAD_OPCODE;
	if (fs1_le32_to_cpu(sqe->length) < sizeof(network))
		return FS1_BAD_LENGTH;
	status = fs1_buffer_map(buffer, &device->host, sqe, true);
	if (status != FS1_OK)
		return status;
	fs1_inference_status(device->inference, &network);
	fs1_memory_write(&buffer->memory, 0, &network, sizeof(network));
	fs1_buffer_unmap(buffer, &device->host);
	answer->result = sizeof(network);
	return FS1_OK;
}

/**
 * struct fs1_command - how an opcode is executed
 * @execute: sets result or timestamp of *answer, if at all, only when it
 *	returns FS1_OK
 * @drains: all buffers of the stream go back before
 */
struct fs1_command {
	enum fs1_status (*execute)(struct fs1_device *device,
				   const struct fs1_sqe *sqe,
				   struct fs1_completion *answer);
	bool drains;
};

static const struct fs1_command fs1_commands[] = {
	[FS1_IDENTIFY] = { fs1_command_identify, false },
	[FS1_CREATE_QUEUE] = { fs1_command_create_queue, false },
	[FS1_DELETE_QUEUE] = { fs1_command_delete_queue, true },
	[FS1_SET_CONTROL] = { fs1_command_set_control, false },
	[FS1_GET_CONTROL] = { fs1_command_get_control, false },
	[FS1_CONFIGURE_STREAM] = { fs1_command_configure, false },
	[FS1_START] = { fs1_command_start, false },
	[FS1_STOP] = { fs1_command_stop, true },
	[FS1_FLUSH] = { fs1_command_flush, true },
	[FS1_READ_CLOCK] = { fs1_command_read_clock, false },
	[FS1_SET_CLOCK] = { fs1_command_set_clock, false },
	[FS1_ACTIVATE] = { fs1_command_activate, false },
	[FS1_NETWORK_STATUS] = { fs1_command_network_status, false },
};

/*
 * Gives back all that was submitted to the stream before the command. False:
 * the completion ring is full, the rest must wait for the driver.
 */
static bool fs1_command_drain(struct fs1_device *device,
			      const struct fs1_sqe *sqe)
{
	struct fs1_stream_state *stream =
		fs1_device_stream(device, fs1_command_queue(sqe));
	enum fs1_fetch fetch;

	if (!stream || !fs1_queue_is_open(&stream->queue))
		return true;
	/* Will be refused; a refused command changes nothing. */
	if (sqe->opcode == FS1_DELETE_QUEUE && stream->started)
		return true;
	fetch = fs1_stream_poll(stream, stream->queue.shape.sq_entries);
	if (fetch == FS1_FETCH_BROKEN) {
		device->broken = true;
		return true;
	}
	fs1_frame_withdraw(device, stream);
	fs1_stream_abort(stream);
	return fetch != FS1_FETCH_BLOCKED;
}

/* False: the command must be tried again. */
static bool fs1_command_execute(struct fs1_device *device,
				const struct fs1_sqe *sqe)
{
	struct fs1_completion completion = {
		.command_id = fs1_le16_to_cpu(sqe->command_id),
		.status = FS1_BAD_OPCODE,
	};
	const struct fs1_command *command = NULL;

	if (sqe->opcode < FS1_COUNT(fs1_commands) && fs1_commands[sqe->opcode].execute)
		command = &fs1_commands[sqe->opcode];
	if (command && (completion.command_id == FS1_COMMAND_ID_NONE ||
			sqe->reserved || fs1_le32_to_cpu(sqe->reserved1))) {
		completion.status = FS1_BAD_ARGUMENT;
		command = NULL;
	}
	if (command && command->drains && !fs1_command_drain(device, sqe))
		return false;
	if (command)
		completion.status = command->execute(device, sqe, &completion);
	fs1_queue_complete(&device->admin, FS1_CQE_COMMAND, &completion);
	return true;
}

enum fs1_fetch fs1_command_poll(struct fs1_device *device, unsigned int budget)
{
	while (budget--) {
		if (!device->holding) {
			enum fs1_fetch fetch = fs1_queue_fetch(&device->admin,
							       &device->held);

			if (fetch != FS1_FETCH_ENTRY)
				return fetch;
		}
		device->holding = !fs1_command_execute(device, &device->held);
		if (device->broken)
			return FS1_FETCH_BROKEN;
		if (device->holding)
			return FS1_FETCH_BLOCKED;
	}
	return FS1_FETCH_ENTRY;
}
