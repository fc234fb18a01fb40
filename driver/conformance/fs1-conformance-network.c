// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Checks of what a device with a neural unit does before it has a network: its
 * commands, streams, layouts and refusals.
 */
#include "fs1-conformance-bench.h"
#include "../fs1/fs1-crop.h"
#include "../fs1/fs1-result.h"

/* The streams that carry what networks make, with the least that their buffers have. */
static const struct {
	unsigned int stream;
	fs1_u32 format;
	fs1_u32 size;
} fs1_check_streams[] = {
	{ FS1_STREAM_CROPS, FS1_FORMAT_CROPS, sizeof(struct fs1_crops_header) },
	{ FS1_STREAM_TENSOR, FS1_FORMAT_TENSOR, sizeof(struct fs1_tensor_header) },
	{ FS1_STREAM_NETWORK, FS1_FORMAT_NETWORK,
	  sizeof(struct fs1_package_header) },
};

static struct fs1_sqe network_status(const struct fs1_bench_memory *memory,
				     fs1_u32 length)
{
	return (struct fs1_sqe){
		.opcode = FS1_NETWORK_STATUS,
		.sg_count = fs1_cpu_to_le32(1),
		.address = fs1_cpu_to_le64(memory->address),
		.length = fs1_cpu_to_le32(length),
	};
}

static void check_status(struct fs1_bench *bench)
{
	struct fs1_bench_memory *memory = fs1_bench_alloc(bench, 4096);
	const struct fs1_network_status *status;
	struct fs1_bench_cqe answer;
	struct fs1_sqe sqe;

	if (!memory)
		return;
	fs1_bench_fill(memory);
	sqe = network_status(memory, sizeof(*status) - 1);
	if (!fs1_bench_command(bench, &sqe, FS1_BAD_LENGTH,
			       "NETWORK_STATUS, 255 bytes"))
		return;
	sqe = network_status(memory, sizeof(*status));
	if (!fs1_bench_execute(bench, &sqe, &answer))
		return;
	status = (const void *)memory->data;
	fs1_bench_equal(bench, answer.status, FS1_OK, "NETWORK_STATUS: status");
	fs1_bench_equal(bench, answer.result, sizeof(*status),
			"NETWORK_STATUS: result");
	fs1_bench_equal(bench, fs1_le32_to_cpu(status->active), FS1_SLOT_NONE,
			"NETWORK_STATUS after ENABLE: active");
	fs1_bench_equal(bench, fs1_le32_to_cpu(status->ready), 0,
			"NETWORK_STATUS after ENABLE: ready");
	fs1_bench_equal(bench, fs1_le32_to_cpu(status->stage), 0,
			"NETWORK_STATUS after ENABLE: stage");
	fs1_bench_untouched(bench, memory, sizeof(*status), memory->size,
			    "memory behind NETWORK_STATUS's answer");
}

static void check_activate(struct fs1_bench *bench)
{
	static const struct {
		fs1_u32 slot;
		enum fs1_status right;
	} slots[] = {
		{ 0, FS1_BAD_STATE }, { 1, FS1_BAD_STATE },
		{ FS1_SLOTS, FS1_BAD_ARGUMENT }, { 0xfffffffeu, FS1_BAD_ARGUMENT },
		{ FS1_SLOT_NONE, FS1_OK },
	};
	unsigned int i;

	for (i = 0; i < FS1_COUNT(slots); i++) {
		struct fs1_sqe sqe = {
			.opcode = FS1_ACTIVATE,
			.arguments.activate.slot = fs1_cpu_to_le32(slots[i].slot),
		};

		fs1_bench_command(bench, &sqe, slots[i].right,
				  "ACTIVATE 0x%x, without networks", slots[i].slot);
	}
}

static void check_configurations(struct fs1_bench *bench)
{
	struct fs1_bench_cqe answer;
	unsigned int i;

	for (i = 0; i < FS1_COUNT(fs1_check_streams); i++) {
		unsigned int stream = fs1_check_streams[i].stream;
		struct fs1_sqe sqe = fs1_bench_grey(stream);

		if (!fs1_bench_command(bench, &sqe, FS1_BAD_FORMAT,
				       "CONFIGURE_STREAM %u, GREY", stream))
			return;
		sqe.arguments.stream.format =
			fs1_cpu_to_le32(fs1_check_streams[i].format);
		if (!fs1_bench_execute(bench, &sqe, &answer))
			return;
		fs1_bench_equal(bench, answer.status, FS1_OK,
				"CONFIGURE_STREAM %u: status", stream);
		fs1_bench_equal(bench, answer.result, fs1_check_streams[i].size,
				"CONFIGURE_STREAM %u: result", stream);
	}
}

/* Buffers that the header alone doesn't fit into. */
static void check_short_buffers(struct fs1_bench *bench)
{
	unsigned int i;

	for (i = 0; i < FS1_COUNT(fs1_check_streams); i++) {
		unsigned int stream = fs1_check_streams[i].stream;

		if (!fs1_bench_create(bench, stream, 16, 32) ||
		    !fs1_bench_start(bench, stream) ||
		    !fs1_bench_give(bench, stream, 3,
				    fs1_check_streams[i].size - 1) ||
		    !fs1_bench_refused(bench, stream, 3, FS1_BAD_LENGTH,
				       "a buffer without room for its header") ||
		    !fs1_bench_stop(bench, stream))
			return;
	}
}

/* All bytes from @first to the end of the header are 0. */
static void check_zeroes(struct fs1_bench *bench,
			 const struct fs1_bench_memory *memory, size_t first,
			 size_t end, const char *what)
{
	size_t i;

	for (i = first; i < end; i++)
		if (!fs1_bench_equal(bench, memory->data[i], 0,
				     "%s: byte 0x%x", what, (unsigned int)i))
			return;
}

/* Without a network each frame says that there is nothing. */
static void check_tensors(struct fs1_bench *bench)
{
	const struct fs1_tensor_header *header;
	struct fs1_bench_memory *memory;
	struct fs1_bench_cqe cqe;

	if (!fs1_bench_create(bench, FS1_STREAM_TENSOR, 16, 32))
		return;
	memory = fs1_bench_give(bench, FS1_STREAM_TENSOR, 4, 4096);
	if (!memory || !fs1_bench_start(bench, FS1_STREAM_TENSOR) ||
	    !fs1_bench_filled(bench, FS1_STREAM_TENSOR, 4, &cqe))
		return;
	header = (const void *)memory->data;
	fs1_bench_equal(bench, cqe.result, sizeof(*header), "tensors: result");
	fs1_bench_equal(bench, fs1_le32_to_cpu(header->magic), FS1_TENSOR_MAGIC,
			"tensors: magic");
	fs1_bench_equal(bench, fs1_le16_to_cpu(header->version),
			FS1_TENSOR_VERSION, "tensors: version");
	fs1_bench_equal(bench, fs1_le16_to_cpu(header->header_size),
			sizeof(*header), "tensors: header_size");
	fs1_bench_equal(bench, fs1_le32_to_cpu(header->total_size),
			sizeof(*header), "tensors: total_size");
	fs1_bench_equal(bench, fs1_le64_to_cpu(header->frame_id), cqe.frame_id,
			"tensors: frame_id");
	fs1_bench_equal(bench, fs1_le64_to_cpu(header->timestamp), cqe.timestamp,
			"tensors: timestamp");
	check_zeroes(bench, memory, offsetof(struct fs1_tensor_header, label),
		     sizeof(*header), "tensors without a network");
	fs1_bench_untouched(bench, memory, sizeof(*header), memory->size,
			    "memory behind tensors");
}

static void check_crops(struct fs1_bench *bench)
{
	const struct fs1_crops_header *header;
	struct fs1_bench_memory *memory;
	struct fs1_bench_cqe cqe;

	if (!fs1_bench_create(bench, FS1_STREAM_CROPS, 16, 32))
		return;
	memory = fs1_bench_give(bench, FS1_STREAM_CROPS, 5, 4096);
	if (!memory || !fs1_bench_start(bench, FS1_STREAM_CROPS) ||
	    !fs1_bench_filled(bench, FS1_STREAM_CROPS, 5, &cqe))
		return;
	header = (const void *)memory->data;
	fs1_bench_equal(bench, cqe.result, sizeof(*header), "crops: result");
	fs1_bench_equal(bench, fs1_le32_to_cpu(header->magic), FS1_CROPS_MAGIC,
			"crops: magic");
	fs1_bench_equal(bench, fs1_le16_to_cpu(header->version),
			FS1_CROPS_VERSION, "crops: version");
	fs1_bench_equal(bench, fs1_le16_to_cpu(header->header_size),
			sizeof(*header), "crops: header_size");
	fs1_bench_equal(bench, fs1_le32_to_cpu(header->total_size),
			sizeof(*header), "crops: total_size");
	fs1_bench_equal(bench, fs1_le64_to_cpu(header->frame_id), cqe.frame_id,
			"crops: frame_id");
	fs1_bench_equal(bench, fs1_le64_to_cpu(header->timestamp), cqe.timestamp,
			"crops: timestamp");
	check_zeroes(bench, memory, offsetof(struct fs1_crops_header, label),
		     sizeof(*header), "crops without a network");
	fs1_bench_untouched(bench, memory, sizeof(*header), memory->size,
			    "memory behind crops");
}

/* What isn't a package is refused, and the answer to NETWORK_STATUS says where. */
static void check_no_package(struct fs1_bench *bench)
{
	struct fs1_bench_memory *memory = fs1_bench_alloc(bench, 4096);
	const struct fs1_network_status *status;
	struct fs1_sqe sqe;

	if (!memory || !fs1_bench_create(bench, FS1_STREAM_NETWORK, 16, 32) ||
	    !fs1_bench_start(bench, FS1_STREAM_NETWORK) ||
	    !fs1_bench_give(bench, FS1_STREAM_NETWORK, 6, 4096) ||
	    !fs1_bench_refused(bench, FS1_STREAM_NETWORK, 6, FS1_BAD_ARGUMENT,
			       "what isn't a package"))
		return;
	sqe = network_status(memory, sizeof(*status));
	if (!fs1_bench_command(bench, &sqe, FS1_OK, "NETWORK_STATUS"))
		return;
	status = (const void *)memory->data;
	fs1_bench_equal(bench, fs1_le32_to_cpu(status->stage), FS1_LOAD_CHECK,
			"NETWORK_STATUS after a refusal: stage");
	fs1_bench_equal(bench, fs1_le32_to_cpu(status->status), FS1_BAD_ARGUMENT,
			"NETWORK_STATUS after a refusal: status");
	fs1_bench_equal(bench, fs1_le32_to_cpu(status->ready), 0,
			"NETWORK_STATUS after a refusal: ready");
}

/* One that waits, as its stream isn't started, comes back unused. */
static void check_flush_package(struct fs1_bench *bench)
{
	if (!fs1_bench_create(bench, FS1_STREAM_NETWORK, 16, 32) ||
	    !fs1_bench_give(bench, FS1_STREAM_NETWORK, 7, 4096) ||
	    !fs1_bench_stream_command(bench, FS1_FLUSH, FS1_STREAM_NETWORK,
				      FS1_OK))
		return;
	fs1_bench_refused(bench, FS1_STREAM_NETWORK, 7, FS1_ABORTED,
			  "a package that was flushed");
}

const struct fs1_check fs1_checks_network[] = {
	{ .name = "network.status", .paragraph = "NETWORK_STATUS",
	  .run = check_status, .capability = FS1_CAP_NPU },
	{ .name = "network.activate", .paragraph = "ACTIVATE",
	  .run = check_activate, .capability = FS1_CAP_NPU },
	{ .name = "network.configuration", .paragraph = "Configuration",
	  .run = check_configurations, .capability = FS1_CAP_NPU },
	{ .name = "network.short-buffers", .paragraph = "Configuration",
	  .run = check_short_buffers, .capability = FS1_CAP_NPU },
	{ .name = "network.tensors", .paragraph = "Results",
	  .run = check_tensors, .capability = FS1_CAP_NPU },
	{ .name = "network.crops", .paragraph = "Crops",
	  .run = check_crops, .capability = FS1_CAP_NPU },
	{ .name = "network.no-package", .paragraph = "Networks",
	  .run = check_no_package, .capability = FS1_CAP_NPU },
	{ .name = "network.flush", .paragraph = "FLUSH",
	  .run = check_flush_package, .capability = FS1_CAP_NPU },
};

const unsigned int fs1_checks_network_count = FS1_COUNT(fs1_checks_network);
