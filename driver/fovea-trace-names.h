/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The names of what tracepoints and debugfs show, each list once. A list is
 * made into code by two macros that take a value and its name; the second one
 * is for the list's last entry.
 *
 * Copyright The Fovea authors
 */
#ifndef FOVEA_TRACE_NAMES_H
#define FOVEA_TRACE_NAMES_H

#include <linux/fovea.h>
#include <linux/types.h>

#include "fs1/fs1-abi.h"

/**
 * enum fovea_drop - why a running stream misses a frame
 * @FOVEA_DROP_NOT_QUEUED: userspace had all buffers
 * @FOVEA_DROP_NOT_DEQUEUED: the device had none, and filled ones waited for
 *	userspace
 * @FOVEA_DROP_QUEUED_LATE: a buffer came when the frame had already started
 * @FOVEA_DROP_QUEUE_RESET: the stream's queue was being made anew
 * @FOVEA_DROP_REFUSED: the device couldn't fill the buffer
 * @FOVEA_DROP_BAD_FRAME: the device claimed a frame that can't be
 * @FOVEA_DROP_BAD_LENGTH: the device wrote the wrong length
 * @FOVEA_DROP_STOPPED: filled, but the stream was stopped before userspace
 *	took it
 * @FOVEA_DROPS: how many there are
 */
enum fovea_drop {
	FOVEA_DROP_NOT_QUEUED,
	FOVEA_DROP_NOT_DEQUEUED,
	FOVEA_DROP_QUEUED_LATE,
	FOVEA_DROP_QUEUE_RESET,
	FOVEA_DROP_REFUSED,
	FOVEA_DROP_BAD_FRAME,
	FOVEA_DROP_BAD_LENGTH,
	FOVEA_DROP_STOPPED,
	FOVEA_DROPS,
};

/**
 * enum fovea_power - what a device is being, or was, made
 * @FOVEA_POWER_ENABLING: it begins
 * @FOVEA_POWER_ENABLED: it is over
 * @FOVEA_POWER_DISABLING: likewise
 * @FOVEA_POWER_DISABLED: likewise
 */
enum fovea_power {
	FOVEA_POWER_ENABLING,
	FOVEA_POWER_ENABLED,
	FOVEA_POWER_DISABLING,
	FOVEA_POWER_DISABLED,
};

#define FOVEA_DROP_NAMES(name, last)					\
	name(FOVEA_DROP_NOT_QUEUED, "not_queued")			\
	name(FOVEA_DROP_NOT_DEQUEUED, "not_dequeued")			\
	name(FOVEA_DROP_QUEUED_LATE, "queued_late")			\
	name(FOVEA_DROP_QUEUE_RESET, "queue_reset")			\
	name(FOVEA_DROP_REFUSED, "refused")				\
	name(FOVEA_DROP_BAD_FRAME, "bad_frame")				\
	name(FOVEA_DROP_BAD_LENGTH, "bad_length")			\
	last(FOVEA_DROP_STOPPED, "stopped")

#define FOVEA_POWER_NAMES(name, last)					\
	name(FOVEA_POWER_ENABLING, "enabling")				\
	name(FOVEA_POWER_ENABLED, "enabled")				\
	name(FOVEA_POWER_DISABLING, "disabling")			\
	last(FOVEA_POWER_DISABLED, "disabled")

#define FOVEA_STAGE_NAMES(name, last)					\
	name(FOVEA_RECOVERY_REISSUE, "reissue")				\
	name(FOVEA_RECOVERY_QUEUE_RESET, "queue_reset")			\
	name(FOVEA_RECOVERY_DEVICE_RESET, "device_reset")		\
	name(FOVEA_RECOVERY_DONE, "done")				\
	last(FOVEA_RECOVERY_GIVEN_UP, "given_up")

#define FOVEA_CAUSE_NAMES(name, last)					\
	name(FOVEA_CAUSE_COMMAND, "command")				\
	name(FOVEA_CAUSE_HEARTBEAT, "heartbeat")			\
	name(FOVEA_CAUSE_BUFFER, "buffer")				\
	name(FOVEA_CAUSE_FRAMES, "frames")				\
	name(FOVEA_CAUSE_RESTART, "restart")				\
	name(FOVEA_CAUSE_FAILED, "failed")				\
	last(FOVEA_CAUSE_BUS, "bus")

#define FOVEA_NETWORK_NAMES(name, last)					\
	name(FOVEA_STAGE_CHECK, "check")				\
	name(FOVEA_STAGE_SIGNATURE, "signature")			\
	name(FOVEA_STAGE_COPY, "copy")					\
	name(FOVEA_STAGE_DEVICE_CHECK, "device_check")			\
	name(FOVEA_STAGE_INPUT, "input")				\
	name(FOVEA_STAGE_GRAPH, "graph")				\
	name(FOVEA_STAGE_TEST, "test")					\
	name(FOVEA_STAGE_READY, "ready")				\
	name(FOVEA_STAGE_ACTIVE, "active")				\
	last(FOVEA_STAGE_CANCELLED, "cancelled")

#define FOVEA_STREAM_NAMES(name, last)					\
	name(FS1_STREAM_IMAGE, "image")					\
	name(FS1_STREAM_PREVIEW, "preview")				\
	name(FS1_STREAM_META, "meta")					\
	name(FS1_STREAM_CROPS, "crops")					\
	name(FS1_STREAM_TENSOR, "tensor")				\
	name(FS1_STREAM_NETWORK, "network")				\
	last(FS1_STREAM_SCENE, "scene")

/* The mask of streams that FS1_EVENT_FRAME_START comes with. */
#define FOVEA_STREAM_FLAGS						\
	{ 1 << FS1_STREAM_IMAGE, "image" },				\
	{ 1 << FS1_STREAM_PREVIEW, "preview" },				\
	{ 1 << FS1_STREAM_META, "meta" },				\
	{ 1 << FS1_STREAM_CROPS, "crops" },				\
	{ 1 << FS1_STREAM_TENSOR, "tensor" },				\
	{ 1 << FS1_STREAM_SCENE, "scene" },				\
	{ FS1_FRAME_LENGTHENED, "lengthened" }

#define FOVEA_COMMAND_NAMES(name, last)					\
	name(FS1_IDENTIFY, "identify")					\
	name(FS1_CREATE_QUEUE, "create_queue")				\
	name(FS1_DELETE_QUEUE, "delete_queue")				\
	name(FS1_SET_CONTROL, "set_control")				\
	name(FS1_GET_CONTROL, "get_control")				\
	name(FS1_CONFIGURE_STREAM, "configure_stream")			\
	name(FS1_START, "start")					\
	name(FS1_STOP, "stop")						\
	name(FS1_FLUSH, "flush")					\
	name(FS1_READ_CLOCK, "read_clock")				\
	name(FS1_SET_CLOCK, "set_clock")				\
	name(FS1_ACTIVATE, "activate")					\
	last(FS1_NETWORK_STATUS, "network_status")

#define FOVEA_STATUS_NAMES(name, last)					\
	name(FS1_OK, "ok")						\
	name(FS1_BAD_OPCODE, "bad_opcode")				\
	name(FS1_BAD_ARGUMENT, "bad_argument")				\
	name(FS1_BAD_ADDRESS, "bad_address")				\
	name(FS1_BAD_LENGTH, "bad_length")				\
	name(FS1_BAD_STATE, "bad_state")				\
	name(FS1_BAD_FORMAT, "bad_format")				\
	name(FS1_NO_MEMORY, "no_memory")				\
	name(FS1_ABORTED, "aborted")					\
	last(FS1_INTERNAL, "internal")

#define FOVEA_CONTROL_NAMES(name, last)					\
	name(FS1_CONTROL_AUTO_EXPOSURE, "auto_exposure")		\
	name(FS1_CONTROL_EXPOSURE, "exposure")				\
	name(FS1_CONTROL_ANALOGUE_GAIN, "analogue_gain")		\
	name(FS1_CONTROL_DIGITAL_GAIN, "digital_gain")			\
	name(FS1_CONTROL_AUTO_WHITE_BALANCE, "auto_white_balance")	\
	name(FS1_CONTROL_RED_BALANCE, "red_balance")			\
	name(FS1_CONTROL_BLUE_BALANCE, "blue_balance")			\
	name(FS1_CONTROL_HFLIP, "hflip")				\
	name(FS1_CONTROL_VFLIP, "vflip")				\
	name(FS1_CONTROL_TEST_PATTERN, "test_pattern")			\
	name(FS1_CONTROL_FRAME_LENGTH, "frame_length")			\
	name(FS1_CONTROL_BRIGHTNESS, "brightness")			\
	name(FS1_CONTROL_CONTRAST, "contrast")				\
	name(FS1_CONTROL_SATURATION, "saturation")			\
	name(FS1_CONTROL_GAMMA, "gamma")				\
	name(FS1_CONTROL_PRIVACY, "privacy")				\
	name(FS1_CONTROL_NOISE, "noise")				\
	name(FS1_CONTROL_SEED, "seed")					\
	name(FS1_CONTROL_CHECKSUM, "checksum")				\
	name(FS1_CONTROL_TENSORS, "tensors")				\
	name(FS1_CONTROL_CROPS, "crops")				\
	name(FS1_CONTROL_CROP_MARGIN, "crop_margin")			\
	last(FS1_CONTROL_CROP_JOIN, "crop_join")

/* For an array of names, by value. */
#define FOVEA_NAME_ENTRY(value, name) [value] = name,
/* For __print_symbolic(). */
#define FOVEA_NAME_PAIR(value, name) { value, name },
#define FOVEA_NAME_LAST(value, name) { value, name }
/* For a format that has numbers, where the header has enum constants. */
#define FOVEA_NAME_ENUM(value, name) TRACE_DEFINE_ENUM(value);

/*
 * Bytes for a stream's label. Not a string of any length, as the device's name is:
 * the key of a histogram has room for one of those.
 */
#define FOVEA_TRACE_STREAM 8

/* Bytes for fovea_trace_arguments(). */
#define FOVEA_TRACE_ARGUMENTS 64

/**
 * fovea_trace_arguments() - what a command is told, as text
 * @text: FOVEA_TRACE_ARGUMENTS bytes
 * @sqe: the command
 */
void fovea_trace_arguments(char *text, const struct fs1_sqe *sqe);

/**
 * fovea_trace_us() - how long it was
 * @from: ns; 0: nobody knows
 * @to: ns
 *
 * Return: us, 0 when @to was before @from.
 */
u32 fovea_trace_us(u64 from, u64 to);

#endif /* FOVEA_TRACE_NAMES_H */
