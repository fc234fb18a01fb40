/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: what happens to frames, buffers, commands and the device.
 * Documentation/tracing.rst says what to do with them.
 *
 * All begin with the device's name. What an event tells is worked out only
 * while somebody has switched it on.
 *
 * Copyright The Fovea authors
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM fovea

#if !defined(FOVEA_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define FOVEA_TRACE_H

#include <linux/ktime.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "fovea-trace-names.h"

struct fovea_answer;
struct fovea_device;
struct fovea_event_network;
struct fovea_holders;
struct fovea_stream;
struct fs1_sqe;

/* The numbers behind the names, for those who read events in binary form. */
FOVEA_COMMAND_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)
FOVEA_STATUS_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)
FOVEA_CONTROL_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)
FOVEA_STREAM_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)
FOVEA_DROP_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)
FOVEA_STAGE_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)
FOVEA_CAUSE_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)
FOVEA_POWER_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)
FOVEA_NETWORK_NAMES(FOVEA_NAME_ENUM, FOVEA_NAME_ENUM)

/* ------------------------------------------------------------------------
 * Frames
 */

/*
 * A frame starts; @streams is the mask of those that get a buffer of it, with
 * FS1_FRAME_LENGTHENED.
 */
TRACE_EVENT(fovea_frame_start,
	TP_PROTO(const struct fovea_device *fovea, u64 frame_id, u64 timestamp,
		 u32 streams),
	TP_ARGS(fovea, frame_id, timestamp, streams),
	TP_STRUCT__entry(
		__string(device, dev_name(fovea->dev))
		__field(u64, frame_id)
		__field(u64, timestamp)
		__field(u32, streams)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(fovea->dev));
		__entry->frame_id = frame_id;
		__entry->timestamp = timestamp;
		__entry->streams = streams;
	),
	TP_printk("device=%s id=%016llx timestamp=%llu streams=%s",
		  __get_str(device), __entry->frame_id, __entry->timestamp,
		  __print_flags(__entry->streams, "|",
				FOVEA_STREAM_FLAGS))
);

/* A running stream gets nothing, or nothing good, of a frame. */
TRACE_EVENT(fovea_frame_drop,
	TP_PROTO(const struct fovea_stream *stream, u64 frame_id, u32 reason,
		 const struct fovea_holders *holders),
	TP_ARGS(stream, frame_id, reason, holders),
	TP_STRUCT__entry(
		__string(device, dev_name(stream->fovea->dev))
		__array(char, stream, FOVEA_TRACE_STREAM)
		__field(u64, frame_id)
		__field(u32, reason)
		__field(unsigned int, at_program)
		__field(unsigned int, ready)
		__field(unsigned int, waiting)
		__field(unsigned int, at_device)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(stream->fovea->dev));
		strscpy(__entry->stream, stream->type->label,
			FOVEA_TRACE_STREAM);
		__entry->frame_id = frame_id;
		__entry->reason = reason;
		__entry->at_program = holders->program;
		__entry->ready = holders->ready;
		__entry->waiting = holders->waiting;
		__entry->at_device = holders->device;
	),
	TP_printk("device=%s stream=%s id=%016llx reason=%s at_program=%u ready=%u waiting=%u at_device=%u",
		  __get_str(device), __entry->stream, __entry->frame_id,
		  __print_symbolic(__entry->reason,
				   FOVEA_DROP_NAMES(FOVEA_NAME_PAIR,
						    FOVEA_NAME_LAST)),
		  __entry->at_program, __entry->ready, __entry->waiting,
		  __entry->at_device)
);

/* A control is in force from this frame on. */
TRACE_EVENT(fovea_control_applied,
	TP_PROTO(const struct fovea_device *fovea, u32 control, u64 frame_id),
	TP_ARGS(fovea, control, frame_id),
	TP_STRUCT__entry(
		__string(device, dev_name(fovea->dev))
		__field(u64, frame_id)
		__field(u32, control)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(fovea->dev));
		__entry->frame_id = frame_id;
		__entry->control = control;
	),
	TP_printk("device=%s control=%s id=%016llx", __get_str(device),
		  __print_symbolic(__entry->control,
				   FOVEA_CONTROL_NAMES(FOVEA_NAME_PAIR,
						       FOVEA_NAME_LAST)),
		  __entry->frame_id)
);

/* ------------------------------------------------------------------------
 * Buffers
 */

DECLARE_EVENT_CLASS(fovea_buffer,
	TP_PROTO(const struct fovea_stream *stream, unsigned int index),
	TP_ARGS(stream, index),
	TP_STRUCT__entry(
		__string(device, dev_name(stream->fovea->dev))
		__array(char, stream, FOVEA_TRACE_STREAM)
		__field(unsigned int, index)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(stream->fovea->dev));
		strscpy(__entry->stream, stream->type->label,
			FOVEA_TRACE_STREAM);
		__entry->index = index;
	),
	TP_printk("device=%s stream=%s buffer=%u", __get_str(device),
		  __entry->stream, __entry->index)
);

/* Userspace gave a buffer to the driver. */
DEFINE_EVENT(fovea_buffer, fovea_buffer_queue,
	TP_PROTO(const struct fovea_stream *stream, unsigned int index),
	TP_ARGS(stream, index)
);

/* The driver gave it to the device. */
DEFINE_EVENT(fovea_buffer, fovea_buffer_submit,
	TP_PROTO(const struct fovea_stream *stream, unsigned int index),
	TP_ARGS(stream, index)
);

/* The device gave it back: filled, refused, or unused. */
TRACE_EVENT(fovea_buffer_complete,
	TP_PROTO(const struct fovea_stream *stream, unsigned int index,
		 const struct fovea_answer *answer, u64 now),
	TP_ARGS(stream, index, answer, now),
	TP_STRUCT__entry(
		__string(device, dev_name(stream->fovea->dev))
		__array(char, stream, FOVEA_TRACE_STREAM)
		__field(u64, frame_id)
		__field(u64, timestamp)
		__field(unsigned int, index)
		__field(u32, status)
		__field(u32, age_us)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(stream->fovea->dev));
		strscpy(__entry->stream, stream->type->label,
			FOVEA_TRACE_STREAM);
		__entry->frame_id = answer->frame_id;
		__entry->timestamp = answer->timestamp;
		__entry->index = index;
		__entry->status = answer->status;
		__entry->age_us = fovea_trace_us(answer->timestamp, now);
	),
	TP_printk("device=%s stream=%s buffer=%u id=%016llx timestamp=%llu status=%s age_us=%u",
		  __get_str(device), __entry->stream, __entry->index,
		  __entry->frame_id, __entry->timestamp,
		  __print_symbolic(__entry->status,
				   FOVEA_STATUS_NAMES(FOVEA_NAME_PAIR,
						      FOVEA_NAME_LAST)),
		  __entry->age_us)
);

/* Userspace takes it; @error: as one without content. */
TRACE_EVENT(fovea_buffer_deliver,
	TP_PROTO(const struct fovea_stream *stream, unsigned int index,
		 u64 frame_id, u64 timestamp, u64 completed, bool error),
	TP_ARGS(stream, index, frame_id, timestamp, completed, error),
	TP_STRUCT__entry(
		__string(device, dev_name(stream->fovea->dev))
		__array(char, stream, FOVEA_TRACE_STREAM)
		__field(u64, frame_id)
		__field(u64, timestamp)
		__field(unsigned int, index)
		__field(u32, age_us)
		__field(u32, ready_us)
		__field(bool, error)
	),
	TP_fast_assign(
		u64 now = ktime_get_ns();

		FOVEA_ASSIGN_STR(device, dev_name(stream->fovea->dev));
		strscpy(__entry->stream, stream->type->label,
			FOVEA_TRACE_STREAM);
		__entry->frame_id = frame_id;
		__entry->timestamp = timestamp;
		__entry->index = index;
		__entry->age_us = fovea_trace_us(timestamp, now);
		__entry->ready_us = fovea_trace_us(completed, now);
		__entry->error = error;
	),
	TP_printk("device=%s stream=%s buffer=%u id=%016llx timestamp=%llu error=%u age_us=%u ready_us=%u",
		  __get_str(device), __entry->stream, __entry->index,
		  __entry->frame_id, __entry->timestamp, __entry->error,
		  __entry->age_us, __entry->ready_us)
);

/* ------------------------------------------------------------------------
 * Commands
 */

/* A command goes to the device, for the first or the second time. */
TRACE_EVENT(fovea_command_send,
	TP_PROTO(const struct fovea_device *fovea, const struct fs1_sqe *sqe,
		 unsigned int attempt),
	TP_ARGS(fovea, sqe, attempt),
	TP_STRUCT__entry(
		__string(device, dev_name(fovea->dev))
		__field(u32, command)
		__field(unsigned int, attempt)
		__array(char, arguments, FOVEA_TRACE_ARGUMENTS)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(fovea->dev));
		__entry->command = sqe->opcode;
		__entry->attempt = attempt;
		fovea_trace_arguments(__entry->arguments, sqe);
	),
	TP_printk("device=%s command=%s attempt=%u %s", __get_str(device),
		  __print_symbolic(__entry->command,
				   FOVEA_COMMAND_NAMES(FOVEA_NAME_PAIR,
						       FOVEA_NAME_LAST)),
		  __entry->attempt, __entry->arguments)
);

/* It was answered; or the queue was closed, which answers it as aborted. */
TRACE_EVENT(fovea_command_answer,
	TP_PROTO(const struct fovea_device *fovea, u32 command,
		 unsigned int attempt, const struct fovea_answer *answer,
		 ktime_t since),
	TP_ARGS(fovea, command, attempt, answer, since),
	TP_STRUCT__entry(
		__string(device, dev_name(fovea->dev))
		__field(u32, command)
		__field(unsigned int, attempt)
		__field(u32, status)
		__field(u32, result)
		__field(u32, us)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(fovea->dev));
		__entry->command = command;
		__entry->attempt = attempt;
		__entry->status = answer->status;
		__entry->result = answer->result;
		__entry->us = fovea_trace_us(ktime_to_ns(since),
					     ktime_get_ns());
	),
	TP_printk("device=%s command=%s attempt=%u status=%s result=%u us=%u",
		  __get_str(device),
		  __print_symbolic(__entry->command,
				   FOVEA_COMMAND_NAMES(FOVEA_NAME_PAIR,
						       FOVEA_NAME_LAST)),
		  __entry->attempt,
		  __print_symbolic(__entry->status,
				   FOVEA_STATUS_NAMES(FOVEA_NAME_PAIR,
						      FOVEA_NAME_LAST)),
		  __entry->result, __entry->us)
);

/* Nobody waits for an answer any more. */
TRACE_EVENT(fovea_command_timeout,
	TP_PROTO(const struct fovea_device *fovea, u32 command, ktime_t since),
	TP_ARGS(fovea, command, since),
	TP_STRUCT__entry(
		__string(device, dev_name(fovea->dev))
		__field(u32, command)
		__field(u32, us)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(fovea->dev));
		__entry->command = command;
		__entry->us = fovea_trace_us(ktime_to_ns(since),
					     ktime_get_ns());
	),
	TP_printk("device=%s command=%s us=%u", __get_str(device),
		  __print_symbolic(__entry->command,
				   FOVEA_COMMAND_NAMES(FOVEA_NAME_PAIR,
						       FOVEA_NAME_LAST)),
		  __entry->us)
);

/* ------------------------------------------------------------------------
 * The device
 */

/* The device misbehaved: what was done, why, how often, how long it took. */
TRACE_EVENT(fovea_recovery,
	TP_PROTO(const struct fovea_device *fovea, u32 stage, u32 cause,
		 u32 count, u32 duration),
	TP_ARGS(fovea, stage, cause, count, duration),
	TP_STRUCT__entry(
		__string(device, dev_name(fovea->dev))
		__field(u32, stage)
		__field(u32, cause)
		__field(u32, count)
		__field(u32, us)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(fovea->dev));
		__entry->stage = stage;
		__entry->cause = cause;
		__entry->count = count;
		__entry->us = duration;
	),
	TP_printk("device=%s stage=%s cause=%s count=%u us=%u",
		  __get_str(device),
		  __print_symbolic(__entry->stage,
				   FOVEA_STAGE_NAMES(FOVEA_NAME_PAIR,
						     FOVEA_NAME_LAST)),
		  __print_symbolic(__entry->cause,
				   FOVEA_CAUSE_NAMES(FOVEA_NAME_PAIR,
						     FOVEA_NAME_LAST)),
		  __entry->count, __entry->us)
);

/* The device is enabled or disabled; @result: 0 or a negative errno. */
TRACE_EVENT(fovea_power,
	TP_PROTO(const struct fovea_device *fovea, u32 state, int result),
	TP_ARGS(fovea, state, result),
	TP_STRUCT__entry(
		__string(device, dev_name(fovea->dev))
		__field(u32, state)
		__field(int, result)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(fovea->dev));
		__entry->state = state;
		__entry->result = result;
	),
	TP_printk("device=%s state=%s result=%d", __get_str(device),
		  __print_symbolic(__entry->state,
				   FOVEA_POWER_NAMES(FOVEA_NAME_PAIR,
						     FOVEA_NAME_LAST)),
		  __entry->result)
);

/*
 * A network package has come further, was refused (@error: errno), or another
 * network is active: what V4L2_EVENT_FOVEA_NETWORK tells.
 */
TRACE_EVENT(fovea_network,
	TP_PROTO(const struct fovea_device *fovea,
		 const struct fovea_event_network *event),
	TP_ARGS(fovea, event),
	TP_STRUCT__entry(
		__string(device, dev_name(fovea->dev))
		__field(u32, number)
		__field(u32, stage)
		__field(u32, progress)
		__field(u32, error)
		__field(u32, fault)
		__field(u32, offset)
	),
	TP_fast_assign(
		FOVEA_ASSIGN_STR(device, dev_name(fovea->dev));
		__entry->number = event->number;
		__entry->stage = event->stage;
		__entry->progress = event->progress;
		__entry->error = event->error;
		__entry->fault = event->fault;
		__entry->offset = event->offset;
	),
	TP_printk("device=%s number=%u stage=%s progress=%u error=%u fault=%u offset=%u",
		  __get_str(device), __entry->number,
		  __print_symbolic(__entry->stage,
				   FOVEA_NETWORK_NAMES(FOVEA_NAME_PAIR,
						       FOVEA_NAME_LAST)),
		  __entry->progress, __entry->error, __entry->fault,
		  __entry->offset)
);

#endif /* FOVEA_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE fovea-trace
#include <trace/define_trace.h>
