// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Buffers on their way through a stream: submitted, waiting, active, given
 * back. Which frame they meet is decided in fs1-frame.c.
 */
#include "fs1-crop.h"
#include "fs1-result.h"
#include "fs1-stream.h"

void fs1_stream_init(struct fs1_stream_state *stream, unsigned int number)
{
	memset(stream, 0, sizeof(*stream));
	stream->number = number;
	stream->waiting_end = &stream->waiting;
	if (number == FS1_STREAM_META) {
		stream->config.format.format = FS1_FORMAT_META;
		stream->config.size = FS1_META_BUFFER_SIZE;
		stream->configured = true;
	} else if (number == FS1_STREAM_TENSOR) {
		stream->config.format.format = FS1_FORMAT_TENSOR;
		stream->config.size = sizeof(struct fs1_tensor_header);
		stream->configured = true;
	} else if (number == FS1_STREAM_CROPS) {
		stream->config.format.format = FS1_FORMAT_CROPS;
		stream->config.size = sizeof(struct fs1_crops_header);
		stream->configured = true;
	} else if (number == FS1_STREAM_NETWORK) {
		stream->config.format.format = FS1_FORMAT_NETWORK;
		stream->config.size = sizeof(struct fs1_package_header);
		stream->configured = true;
	}
}

enum fs1_status fs1_stream_open(struct fs1_stream_state *stream,
				const struct fs1_host *host,
				const struct fs1_queue_registers *doorbell,
				fs1_u32 *interrupts,
				const struct fs1_queue_shape *shape)
{
	enum fs1_status status;
	fs1_u32 i;

	if (fs1_queue_is_open(&stream->queue))
		return FS1_BAD_STATE;
	status = fs1_queue_open(&stream->queue, host, doorbell, interrupts,
				shape);
	if (status != FS1_OK)
		return status;
	stream->slots = fs1_host_alloc(host, shape->sq_entries *
					     sizeof(*stream->slots));
	if (!stream->slots) {
		fs1_queue_close(&stream->queue);
		return FS1_NO_MEMORY;
	}
	for (i = 0; i < shape->sq_entries; i++) {
		stream->slots[i].next = stream->idle;
		stream->idle = &stream->slots[i];
	}
	return FS1_OK;
}

void fs1_stream_close(struct fs1_stream_state *stream)
{
	const struct fs1_host *host = stream->queue.host;
	fs1_u32 i;

	stream->started = false;
	if (!fs1_queue_is_open(&stream->queue))
		return;
	for (i = 0; i < stream->queue.shape.sq_entries; i++)
		fs1_buffer_release(&stream->slots[i].buffer, host);
	fs1_host_free(host, stream->slots);
	stream->slots = NULL;
	stream->idle = NULL;
	stream->waiting = NULL;
	stream->waiting_end = &stream->waiting;
	stream->active = NULL;
	fs1_queue_close(&stream->queue);
}

/* Says what became of @slot's buffer and makes the slot free again. */
static void fs1_stream_give_back(struct fs1_stream_state *stream,
				 struct fs1_slot *slot,
				 const struct fs1_completion *completion)
{
	fs1_buffer_unmap(&slot->buffer, stream->queue.host);
	slot->next = stream->idle;
	stream->idle = slot;
	fs1_queue_complete(&stream->queue, FS1_CQE_BUFFER, completion);
}

static void fs1_stream_refuse(struct fs1_stream_state *stream,
			      struct fs1_slot *slot, enum fs1_status status)
{
	struct fs1_completion completion = {
		.command_id = slot->command_id,
		.status = status,
	};

	fs1_stream_give_back(stream, slot, &completion);
}

static enum fs1_status fs1_stream_accept(struct fs1_stream_state *stream,
					 struct fs1_slot *slot,
					 const struct fs1_sqe *sqe)
{
	if (sqe->opcode != FS1_BUFFER)
		return FS1_BAD_OPCODE;
	if (slot->command_id == FS1_COMMAND_ID_NONE || sqe->reserved ||
	    fs1_le32_to_cpu(sqe->reserved1))
		return FS1_BAD_ARGUMENT;
	if (stream->started &&
	    fs1_le32_to_cpu(sqe->length) < stream->config.size)
		return FS1_BAD_LENGTH;
	return fs1_buffer_map(&slot->buffer, stream->queue.host, sqe,
			      stream->number != FS1_STREAM_SCENE &&
			      stream->number != FS1_STREAM_NETWORK);
}

enum fs1_fetch fs1_stream_poll(struct fs1_stream_state *stream,
			       unsigned int budget)
{
	while (budget--) {
		struct fs1_sqe sqe;
		struct fs1_slot *slot;
		enum fs1_status status;
		enum fs1_fetch fetch = fs1_queue_fetch(&stream->queue, &sqe);

		if (fetch != FS1_FETCH_ENTRY)
			return fetch;
		/* As many slots as the queue lets be outstanding. */
		slot = stream->idle;
		stream->idle = slot->next;
		slot->next = NULL;
		slot->command_id = fs1_le16_to_cpu(sqe.command_id);
		status = fs1_stream_accept(stream, slot, &sqe);
		if (status != FS1_OK) {
			fs1_stream_refuse(stream, slot, status);
			continue;
		}
		*stream->waiting_end = slot;
		stream->waiting_end = &slot->next;
	}
	return FS1_FETCH_ENTRY;
}

static struct fs1_slot *fs1_stream_unlink(struct fs1_stream_state *stream)
{
	struct fs1_slot *slot = stream->waiting;

	if (!slot)
		return NULL;
	stream->waiting = slot->next;
	if (!stream->waiting)
		stream->waiting_end = &stream->waiting;
	slot->next = NULL;
	return slot;
}

bool fs1_stream_take(struct fs1_stream_state *stream)
{
	stream->active = fs1_stream_unlink(stream);
	return stream->active;
}

void fs1_stream_complete(struct fs1_stream_state *stream,
			 enum fs1_status status, fs1_u32 result,
			 fs1_u64 frame_id, fs1_u64 timestamp)
{
	struct fs1_completion completion = {
		.frame_id = frame_id,
		.timestamp = timestamp,
		.result = result,
		.command_id = stream->active->command_id,
		.status = status,
	};

	fs1_stream_give_back(stream, stream->active, &completion);
	stream->active = NULL;
}

void fs1_stream_abort(struct fs1_stream_state *stream)
{
	struct fs1_slot *slot;

	while ((slot = fs1_stream_unlink(stream)))
		fs1_stream_refuse(stream, slot, FS1_ABORTED);
}

enum fs1_status fs1_stream_start(struct fs1_stream_state *stream)
{
	struct fs1_slot *slot = stream->waiting;

	if (!fs1_queue_is_open(&stream->queue) || !stream->configured ||
	    stream->started)
		return FS1_BAD_STATE;
	stream->started = true;

	stream->waiting = NULL;
	stream->waiting_end = &stream->waiting;
	while (slot) {
		struct fs1_slot *next = slot->next;

		slot->next = NULL;
		if (slot->buffer.memory.length < stream->config.size) {
			fs1_stream_refuse(stream, slot, FS1_BAD_LENGTH);
		} else {
			*stream->waiting_end = slot;
			stream->waiting_end = &slot->next;
		}
		slot = next;
	}
	return FS1_OK;
}
