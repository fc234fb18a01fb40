// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints' code, made from their declarations in fovea-trace.h, and
 * what they need to be readable.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/math64.h>

#include "fovea-compat.h"
#include "fovea-core.h"
#include "fovea-stream.h"

#define CREATE_TRACE_POINTS
#include "fovea-trace.h"

static const char *fovea_trace_name(const char * const *names,
				    unsigned int count, u32 value)
{
	return value < count && names[value] ? names[value] : "?";
}

static const char *fovea_trace_stream(__le32 stream)
{
	static const char * const names[] = {
		FOVEA_STREAM_NAMES(FOVEA_NAME_ENTRY, FOVEA_NAME_ENTRY)
	};

	return fovea_trace_name(names, ARRAY_SIZE(names), le32_to_cpu(stream));
}

static const char *fovea_trace_control(__le32 control)
{
	static const char * const names[] = {
		FOVEA_CONTROL_NAMES(FOVEA_NAME_ENTRY, FOVEA_NAME_ENTRY)
	};

	return fovea_trace_name(names, ARRAY_SIZE(names), le32_to_cpu(control));
}

static void fovea_trace_config(char *text, const struct fs1_stream_config *c)
{
	u32 format = le32_to_cpu(c->format);

	scnprintf(text, FOVEA_TRACE_ARGUMENTS,
		  "stream=%s format=%c%c%c%c size=%ux%u interval_us=%u",
		  fovea_trace_stream(c->stream), format & 0x7f,
		  format >> 8 & 0x7f, format >> 16 & 0x7f, format >> 24 & 0x7f,
		  le16_to_cpu(c->width), le16_to_cpu(c->height),
		  le32_to_cpu(c->interval));
}

void fovea_trace_arguments(char *text, const struct fs1_sqe *sqe)
{
	switch (sqe->opcode) {
	case FS1_CREATE_QUEUE:
	case FS1_DELETE_QUEUE:
	case FS1_START:
	case FS1_STOP:
	case FS1_FLUSH:
		scnprintf(text, FOVEA_TRACE_ARGUMENTS, "stream=%s",
			  fovea_trace_stream(sqe->arguments.queue.queue));
		break;
	case FS1_SET_CONTROL:
		scnprintf(text, FOVEA_TRACE_ARGUMENTS, "control=%s value=%d",
			  fovea_trace_control(sqe->arguments.control.control),
			  (s32)le32_to_cpu(sqe->arguments.control.value));
		break;
	case FS1_GET_CONTROL:
		scnprintf(text, FOVEA_TRACE_ARGUMENTS, "control=%s",
			  fovea_trace_control(sqe->arguments.control.control));
		break;
	case FS1_CONFIGURE_STREAM:
		fovea_trace_config(text, &sqe->arguments.stream);
		break;
	case FS1_ACTIVATE:
		scnprintf(text, FOVEA_TRACE_ARGUMENTS, "slot=%d",
			  (s32)le32_to_cpu(sqe->arguments.activate.slot));
		break;
	case FS1_SET_CLOCK:
		scnprintf(text, FOVEA_TRACE_ARGUMENTS, "offset_ns=%lld",
			  (s64)le64_to_cpu(sqe->arguments.clock.offset));
		break;
	default:
		text[0] = '\0';
		break;
	}
}

u32 fovea_trace_us(u64 from, u64 to)
{
	if (!from || to < from)
		return 0;
	return min_t(u64, div_u64(to - from, NSEC_PER_USEC), U32_MAX);
}
