// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * How fast frames come when there is nothing but rings: what a driver's own
 * layers cost is the difference to this.
 */
#include "fs1-conformance-bench.h"

#define FS1_RINGS_BUFFERS	4u
/* Largest piece that a host may be asked for. */
#define FS1_RINGS_PIECE		(2u << 20)

static const struct fs1_check fs1_rings_check = {
	.name = "rings",
	.paragraph = "Buffers",
};

/* Raw, where it is the size of a readout mode. */
static struct fs1_sqe fs1_rings_config(fs1_u32 width, fs1_u32 height)
{
	struct fs1_sqe sqe = fs1_bench_grey(FS1_STREAM_IMAGE);
	struct fs1_stream_config *config = &sqe.arguments.stream;
	bool raw = (width == 4056 && height == 3040) ||
		   (width == 2028 && height == 1520) ||
		   (width == 1014 && height == 760);

	config->format = fs1_cpu_to_le32(raw ? FS1_FORMAT_RG12 :
					       FS1_FORMAT_NV12);
	config->width = fs1_cpu_to_le16((fs1_u16)width);
	config->height = fs1_cpu_to_le16((fs1_u16)height);
	config->stride = fs1_cpu_to_le32(raw ? width * 2 : width);
	config->interval = fs1_cpu_to_le32(0);
	return sqe;
}

/* A buffer in pieces, and the submission that hands it over. */
static bool fs1_rings_buffer(struct fs1_bench *bench, fs1_u32 size,
			     struct fs1_sqe *ret_sqe)
{
	struct fs1_bench_memory *table = fs1_bench_alloc(bench, 4096);
	struct fs1_sg *list;
	fs1_u32 count = 0, done;

	if (!table)
		return false;
	list = (void *)table->data;
	for (done = 0; done < size; count++) {
		fs1_u32 length = size - done < FS1_RINGS_PIECE ?
				 size - done : FS1_RINGS_PIECE;
		struct fs1_bench_memory *piece = fs1_bench_alloc(bench, length);

		if (!piece)
			return false;
		list[count].address = fs1_cpu_to_le64(piece->address);
		list[count].length = fs1_cpu_to_le32(length);
		done += length;
	}
	*ret_sqe = (struct fs1_sqe){
		.opcode = FS1_BUFFER,
		.sg_count = fs1_cpu_to_le32(count),
		.address = count == 1 ? list[0].address :
					fs1_cpu_to_le64(table->address),
		.length = fs1_cpu_to_le32(size),
	};
	return true;
}

static bool fs1_rings_measure(struct fs1_bench *bench, struct fs1_sqe *buffers,
			      fs1_u32 frames, fs1_u64 *ret_ns)
{
	fs1_u64 start = 0;
	fs1_u32 i;

	for (i = 0; i < FS1_RINGS_BUFFERS; i++)
		fs1_bench_submit(bench, FS1_STREAM_IMAGE, &buffers[i]);
	if (!fs1_bench_start(bench, FS1_STREAM_IMAGE))
		return false;
	/* The first sets things up. */
	for (i = 0; i <= frames; i++) {
		fs1_u32 id = i % FS1_RINGS_BUFFERS;
		struct fs1_bench_cqe cqe;

		if (!fs1_bench_filled(bench, FS1_STREAM_IMAGE, (fs1_u16)id,
				      &cqe))
			return false;
		if (!i)
			start = bench->ops->now(bench->dut);
		fs1_bench_submit(bench, FS1_STREAM_IMAGE, &buffers[id]);
	}
	*ret_ns = bench->ops->now(bench->dut) - start;
	return true;
}

static bool fs1_rings_stream(struct fs1_bench *bench, fs1_u32 width,
			     fs1_u32 height, fs1_u32 frames, fs1_u64 *ret_ns)
{
	struct fs1_sqe config = fs1_rings_config(width, height);
	struct fs1_sqe buffers[FS1_RINGS_BUFFERS];
	struct fs1_bench_cqe answer;
	fs1_u16 i;

	if (!fs1_bench_enable(bench, FS1_BENCH_SQ_ENTRIES,
			      FS1_BENCH_CQ_ENTRIES) ||
	    !fs1_bench_execute(bench, &config, &answer) ||
	    !fs1_bench_equal(bench, answer.status, FS1_OK,
			     "status of CONFIGURE_STREAM %ux%u", width, height) ||
	    !fs1_bench_create(bench, FS1_STREAM_IMAGE, 16, 32))
		return false;
	for (i = 0; i < FS1_RINGS_BUFFERS; i++) {
		if (!fs1_rings_buffer(bench, answer.result, &buffers[i]))
			return false;
		buffers[i].command_id = fs1_cpu_to_le16(i);
	}
	return fs1_rings_measure(bench, buffers, frames, ret_ns);
}

int fs1_conformance_rings(const struct fs1_conformance_ops *ops, void *dut,
			  fs1_u32 width, fs1_u32 height, fs1_u32 frames,
			  fs1_u64 *ret_ns)
{
	struct fs1_bench *bench = fs1_bench_new(ops, dut);
	bool good;

	bench->check = &fs1_rings_check;
	good = fs1_bench_disable(bench) &&
	       fs1_rings_stream(bench, width, height, frames, ret_ns);
	fs1_bench_clear(bench);
	return good ? 0 : -1;
}
