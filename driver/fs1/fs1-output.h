/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The back of the pipeline, once per output: crop and scaler, colour matrix
 * and tone curve, conversion to the output's format, and into its buffer.
 */
#ifndef FS1_OUTPUT_H
#define FS1_OUTPUT_H

#include "fs1-isp.h"
#include "fs1-scale.h"

/**
 * struct fs1_sink - one output of the frame in progress
 * @format: its shape
 * @memory: its buffer
 * @offset: of the output in it
 * @columns: horizontal filter
 * @rows: vertical filter
 * @filters: memory of the filters, owned
 * @filters_size: bytes allocated at @filters
 * @made_for: shape that the filters were made for
 * @made_mode: likewise
 * @dropped: write no more
 */
struct fs1_sink {
	struct fs1_output_format format;
	const struct fs1_memory *memory;
	fs1_u32 offset;
	struct fs1_axis columns;
	struct fs1_axis rows;
	void *filters;
	size_t filters_size;
	struct fs1_output_format made_for;
	fs1_u32 made_mode;
	bool dropped;
};

/**
 * struct fs1_sink_part - some lines of an output, made by one strip
 * @rows: vertical scaling in progress
 * @sums: NV12 and YUYV: 8-bit colours summed up over two columns and, NV12,
 *	two lines, for the chroma: red, green and blue in lanes of 10 bits
 * @bytes: a line in the output's format, where its place is in several pieces
 */
struct fs1_sink_part {
	struct fs1_rows rows;
	fs1_u32 *sums;
	fs1_u8 *bytes;
};

static inline bool fs1_format_is_raw(fs1_u32 format)
{
	return format == FS1_FORMAT_RG12 || format == FS1_FORMAT_PRCC;
}

/* Lines that are made together. */
static inline fs1_u32 fs1_format_group(fs1_u32 format)
{
	return format == FS1_FORMAT_NV12 ? 2 : 1;
}

/** fs1_format_line() - bytes of a line of @width pixels, any plane; 0: unknown */
fs1_u32 fs1_format_line(fs1_u32 format, fs1_u32 width);

/** fs1_format_lines() - lines of all planes of a picture of @height lines */
static inline fs1_u32 fs1_format_lines(fs1_u32 format, fs1_u32 height)
{
	return format == FS1_FORMAT_NV12 ? height + height / 2 : height;
}

/**
 * fs1_sink_configure() - take over an output for a frame
 * @sink: the output's state from earlier frames, zeroed at first
 * @output: shape and buffer, checked
 * @mode: index of the readout mode
 * @ops: for memory
 * @host: passed to @ops
 *
 * Return: FS1_OK, FS1_BAD_ARGUMENT (raw format of another size than the
 * mode's), FS1_BAD_LENGTH (buffer too small) or FS1_NO_MEMORY.
 */
enum fs1_status fs1_sink_configure(struct fs1_sink *sink,
				   const struct fs1_output *output, fs1_u32 mode,
				   const struct fs1_host_ops *ops, void *host);

/** fs1_sink_part_size() - bytes of memory a part needs, a multiple of 8 */
size_t fs1_sink_part_size(const struct fs1_sink *sink);

/**
 * fs1_sink_part_begin() - start making output lines @first to @end - 1
 * @sink: configured, not raw
 * @part: filled
 * @memory: fs1_sink_part_size() bytes, 8-aligned, that live as long as @part
 * @first: first output line, start of a group
 * @end: output line behind the last
 */
void fs1_sink_part_begin(const struct fs1_sink *sink, struct fs1_sink_part *part,
			 void *memory, fs1_u32 first, fs1_u32 end);

/**
 * fs1_sink_line() - a reconstructed line of the mode
 * @sink: not raw
 * @part: wants line @y
 * @isp: tables of the frame
 * @rgb: the line, pixel words of 12 bits, valid where the columns filter reads
 * @y: its number
 */
void fs1_sink_line(const struct fs1_sink *sink, struct fs1_sink_part *part,
		   const struct fs1_isp *isp, const fs1_u64 *rgb, fs1_u32 y);

/**
 * fs1_sink_raw() - a raw line
 * @sink: raw
 * @part: for its line of bytes
 * @raw: samples
 * @y: line
 */
void fs1_sink_raw(const struct fs1_sink *sink, struct fs1_sink_part *part,
		  const fs1_u16 *raw, fs1_u32 y);

/**
 * struct fs1_weights - conversion of 8-bit R'G'B' to Y'CbCr, Q16
 * @luma: of red, green, blue
 * @cb: likewise
 * @cr: likewise
 * @black: luma of black
 */
struct fs1_weights {
	fs1_u32 luma[3];
	fs1_s32 cb[3];
	fs1_s32 cr[3];
	fs1_u32 black;
};

/** fs1_weights_for() - the conversion an output asks for */
const struct fs1_weights *fs1_weights_for(const struct fs1_output_format *format);

/** enum fs1_chroma_use - what fs1_convert_luma() does with the colours */
enum fs1_chroma_use {
	FS1_CHROMA_NONE,	/* nothing */
	FS1_CHROMA_SET,		/* stores their sums */
	FS1_CHROMA_ADD,		/* adds them to the sums */
};

/**
 * fs1_convert_luma() - a line of luma
 * @isp: tables of the frame
 * @weights: conversion
 * @blend: how the line comes about
 * @width: pixels; even, but for FS1_CHROMA_NONE
 * @to: where to
 * @step: bytes from one luma to the next, 1 or 2
 * @sums: half of @width of them, see struct fs1_sink_part
 * @use: of @sums
 */
void fs1_convert_luma(const struct fs1_isp *isp, const struct fs1_weights *weights,
		      const struct fs1_blend *blend, fs1_u32 width, fs1_u8 *to,
		      fs1_u32 step, fs1_u32 *sums, enum fs1_chroma_use use);

/**
 * fs1_convert_chroma() - a line of chroma from sums
 * @weights: conversion
 * @sums: of fs1_convert_luma()
 * @count: how many
 * @shift: binary logarithm of the pixels in a sum
 * @to: where the first Cb goes
 * @step: bytes from one Cb to the next, 2 or 4; Cr is half way
 */
void fs1_convert_chroma(const struct fs1_weights *weights, const fs1_u32 *sums,
			fs1_u32 count, fs1_u32 shift, fs1_u8 *to, fs1_u32 step);

/** fs1_convert_rgb() - a line of RGB24, BGR24 or XR24 */
void fs1_convert_rgb(const struct fs1_isp *isp, const struct fs1_blend *blend,
		     fs1_u32 width, fs1_u32 format, fs1_u8 *to);

/** fs1_convert_packed12() - a raw line, two samples in three bytes */
void fs1_convert_packed12(const fs1_u16 *raw, fs1_u32 width, fs1_u8 *to);

#endif /* FS1_OUTPUT_H */
