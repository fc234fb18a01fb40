/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of the path of frames and buffers. A stream is named by its
 * number, enum fs1_stream.
 *
 * Copyright The Fovea authors
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM fovea

#if !defined(FOVEA_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define FOVEA_TRACE_H

#include <linux/tracepoint.h>

/*
 * A frame starts; @streams is the mask of those that get a buffer of it, with
 * bit 31 set when the frame is a lengthened one.
 */
TRACE_EVENT(fovea_frame_start,
	TP_PROTO(u64 frame_id, u64 timestamp, u32 streams),
	TP_ARGS(frame_id, timestamp, streams),
	TP_STRUCT__entry(
		__field(u64, frame_id)
		__field(u64, timestamp)
		__field(u32, streams)
	),
	TP_fast_assign(
		__entry->frame_id = frame_id;
		__entry->timestamp = timestamp;
		__entry->streams = streams;
	),
	TP_printk("id=%016llx timestamp=%llu streams=%#x",
		  __entry->frame_id, __entry->timestamp, __entry->streams)
);

/* A running stream had no buffer for a frame. */
TRACE_EVENT(fovea_frame_drop,
	TP_PROTO(unsigned int stream, u64 frame_id),
	TP_ARGS(stream, frame_id),
	TP_STRUCT__entry(
		__field(u64, frame_id)
		__field(unsigned int, stream)
	),
	TP_fast_assign(
		__entry->frame_id = frame_id;
		__entry->stream = stream;
	),
	TP_printk("stream=%u id=%016llx", __entry->stream, __entry->frame_id)
);

/* A control is in force from this frame on. */
TRACE_EVENT(fovea_control_applied,
	TP_PROTO(u32 control, u64 frame_id),
	TP_ARGS(control, frame_id),
	TP_STRUCT__entry(
		__field(u64, frame_id)
		__field(u32, control)
	),
	TP_fast_assign(
		__entry->frame_id = frame_id;
		__entry->control = control;
	),
	TP_printk("control=%u id=%016llx", __entry->control, __entry->frame_id)
);

/* The device misbehaved: what was done, why, how often, how long it took. */
TRACE_EVENT(fovea_recovery,
	TP_PROTO(u32 stage, u32 cause, u32 count, u32 duration),
	TP_ARGS(stage, cause, count, duration),
	TP_STRUCT__entry(
		__field(u32, stage)
		__field(u32, cause)
		__field(u32, count)
		__field(u32, duration)
	),
	TP_fast_assign(
		__entry->stage = stage;
		__entry->cause = cause;
		__entry->count = count;
		__entry->duration = duration;
	),
	TP_printk("stage=%u cause=%u count=%u us=%u", __entry->stage,
		  __entry->cause, __entry->count, __entry->duration)
);

DECLARE_EVENT_CLASS(fovea_buffer,
	TP_PROTO(unsigned int stream, unsigned int index),
	TP_ARGS(stream, index),
	TP_STRUCT__entry(
		__field(unsigned int, stream)
		__field(unsigned int, index)
	),
	TP_fast_assign(
		__entry->stream = stream;
		__entry->index = index;
	),
	TP_printk("stream=%u buffer=%u", __entry->stream, __entry->index)
);

/* Userspace gave a buffer to the driver. */
DEFINE_EVENT(fovea_buffer, fovea_buffer_queue,
	TP_PROTO(unsigned int stream, unsigned int index),
	TP_ARGS(stream, index)
);

/* The driver gave it to the device. */
DEFINE_EVENT(fovea_buffer, fovea_buffer_submit,
	TP_PROTO(unsigned int stream, unsigned int index),
	TP_ARGS(stream, index)
);

/* It is back, and userspace may have it. */
TRACE_EVENT(fovea_buffer_done,
	TP_PROTO(unsigned int stream, unsigned int index, u64 frame_id,
		 u64 timestamp, u32 status),
	TP_ARGS(stream, index, frame_id, timestamp, status),
	TP_STRUCT__entry(
		__field(u64, frame_id)
		__field(u64, timestamp)
		__field(unsigned int, stream)
		__field(unsigned int, index)
		__field(u32, status)
	),
	TP_fast_assign(
		__entry->frame_id = frame_id;
		__entry->timestamp = timestamp;
		__entry->stream = stream;
		__entry->index = index;
		__entry->status = status;
	),
	TP_printk("stream=%u buffer=%u id=%016llx timestamp=%llu status=%u",
		  __entry->stream, __entry->index, __entry->frame_id,
		  __entry->timestamp, __entry->status)
);

#endif /* FOVEA_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE fovea-trace
#include <trace/define_trace.h>
