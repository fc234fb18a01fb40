// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * One output: what shapes it may have, its scaler, and its lines into memory.
 */
#include "fs1-output.h"

#define FS1_STRIDE_MAX 65536u

fs1_u32 fs1_format_line(fs1_u32 format, fs1_u32 width)
{
	switch (format) {
	case FS1_FORMAT_NV12:
	case FS1_FORMAT_GREY:
		return width;
	case FS1_FORMAT_YUYV:
	case FS1_FORMAT_RG12:
		return width * 2;
	case FS1_FORMAT_RGB24:
	case FS1_FORMAT_BGR24:
		return width * 3;
	case FS1_FORMAT_XR24:
		return width * 4;
	case FS1_FORMAT_PRCC:
		return width / 2 * 3;
	default:
		return 0;
	}
}

static bool fs1_crop_is_good(const struct fs1_rectangle *crop)
{
	if ((crop->left | crop->top | crop->width | crop->height) & 1)
		return false;
	if (crop->width < FS1_CROP_MIN || crop->height < FS1_CROP_MIN)
		return false;
	return crop->left + crop->width <= (int)FS1_ARRAY_WIDTH &&
	       crop->top + crop->height <= (int)FS1_ARRAY_HEIGHT;
}

static bool fs1_raw_is_good(const struct fs1_output_format *format)
{
	unsigned int i;

	if (format->crop.width != FS1_ARRAY_WIDTH ||
	    format->crop.height != FS1_ARRAY_HEIGHT)
		return false;
	for (i = 0; i < FS1_MODES; i++) {
		if (format->width == fs1_modes[i].width &&
		    format->height == fs1_modes[i].height)
			return true;
	}
	return false;
}

static bool fs1_size_is_good(const struct fs1_output_format *format)
{
	if (format->width < FS1_OUTPUT_MIN || format->height < FS1_OUTPUT_MIN ||
	    format->width > FS1_ARRAY_WIDTH || format->height > FS1_ARRAY_HEIGHT)
		return false;
	if (format->width > format->crop.width * FS1_UPSCALE_MAX ||
	    format->height > format->crop.height * FS1_UPSCALE_MAX)
		return false;
	if ((format->width & 1) && (format->format == FS1_FORMAT_NV12 ||
				    format->format == FS1_FORMAT_YUYV))
		return false;
	return !(format->height & 1) || format->format != FS1_FORMAT_NV12;
}

enum fs1_status fs1_output_check(const struct fs1_output_format *format,
				 fs1_u32 *ret_size)
{
	fs1_u32 line = fs1_format_line(format->format, format->width);

	if (!fs1_format_line(format->format, 2))
		return FS1_BAD_FORMAT;
	if (!fs1_crop_is_good(&format->crop) || !fs1_size_is_good(format))
		return FS1_BAD_ARGUMENT;
	if (fs1_format_is_raw(format->format) && !fs1_raw_is_good(format))
		return FS1_BAD_ARGUMENT;
	if (format->stride < line || format->stride > FS1_STRIDE_MAX)
		return FS1_BAD_ARGUMENT;
	if (format->encoding > FS1_ENCODING_709 || format->range > FS1_RANGE_FULL)
		return FS1_BAD_ARGUMENT;
	*ret_size = format->stride *
		    fs1_format_lines(format->format, format->height);
	return FS1_OK;
}

static bool fs1_mode_serves(const struct fs1_mode *mode,
			    const struct fs1_output_format *format)
{
	if (fs1_format_is_raw(format->format))
		return format->width == mode->width;
	return format->crop.width / mode->binning >= format->width &&
	       format->crop.height / mode->binning >= format->height;
}

unsigned int fs1_mode_for(const struct fs1_output_format *formats, unsigned int count)
{
	unsigned int mode, i;

	/* A raw output leaves no choice. */
	for (i = 0; i < count; i++) {
		for (mode = 0; mode < FS1_MODES; mode++) {
			if (fs1_format_is_raw(formats[i].format) &&
			    fs1_mode_serves(&fs1_modes[mode], &formats[i]))
				return mode;
		}
	}
	for (mode = FS1_MODES - 1; mode > 0; mode--) {
		for (i = 0; i < count; i++) {
			if (!fs1_mode_serves(&fs1_modes[mode], &formats[i]))
				break;
		}
		if (i == count)
			break;
	}
	return mode;
}

static bool fs1_sink_is_made(const struct fs1_sink *sink, fs1_u32 mode)
{
	const struct fs1_output_format *a = &sink->made_for, *b = &sink->format;

	return sink->filters && sink->made_mode == mode &&
	       a->width == b->width && a->height == b->height &&
	       a->crop.left == b->crop.left && a->crop.top == b->crop.top &&
	       a->crop.width == b->crop.width && a->crop.height == b->crop.height;
}

static enum fs1_status fs1_sink_make(struct fs1_sink *sink, fs1_u32 mode,
				     const struct fs1_host_ops *ops, void *host)
{
	const struct fs1_output_format *format = &sink->format;
	const struct fs1_axis_shape columns = {
		.source = fs1_modes[mode].width, .unit = fs1_modes[mode].binning,
		.start = format->crop.left, .length = format->crop.width,
		.count = format->width,
	};
	const struct fs1_axis_shape rows = {
		.source = fs1_modes[mode].height, .unit = fs1_modes[mode].binning,
		.start = format->crop.top, .length = format->crop.height,
		.count = format->height,
	};
	size_t size = fs1_axis_size(&columns);
	size_t whole = size + fs1_axis_size(&rows);

	if (whole > sink->filters_size) {
		ops->free(host, sink->filters);
		sink->filters_size = 0;
		sink->filters = ops->alloc(host, whole);
		if (!sink->filters)
			return FS1_NO_MEMORY;
		sink->filters_size = whole;
	}
	fs1_axis_build(&sink->columns, &columns, sink->filters, true);
	fs1_axis_build(&sink->rows, &rows, (fs1_u8 *)sink->filters + size, false);
	sink->made_for = sink->format;
	sink->made_mode = mode;
	return FS1_OK;
}

enum fs1_status fs1_sink_configure(struct fs1_sink *sink,
				   const struct fs1_output *output, fs1_u32 mode,
				   const struct fs1_host_ops *ops, void *host)
{
	enum fs1_status status;
	fs1_u32 size;

	status = fs1_output_check(&output->format, &size);
	if (status)
		return status;
	if (!output->memory || output->memory->length < size ||
	    output->memory->length - size < output->offset)
		return FS1_BAD_LENGTH;
	sink->format = output->format;
	sink->memory = output->memory;
	sink->offset = output->offset;
	sink->dropped = false;
	if (fs1_format_is_raw(sink->format.format))
		return sink->format.width == fs1_modes[mode].width ?
		       FS1_OK : FS1_BAD_ARGUMENT;
	if (fs1_sink_is_made(sink, mode))
		return FS1_OK;
	return fs1_sink_make(sink, mode, ops, host);
}

size_t fs1_sink_part_size(const struct fs1_sink *sink)
{
	size_t width = sink->format.width;
	size_t bytes = 4 * width;

	if (!fs1_format_is_raw(sink->format.format))
		bytes += width * 2 * sizeof(fs1_u64) +
			 width / 2 * sizeof(fs1_u32);
	return (bytes + 7) & ~(size_t)7;
}

void fs1_sink_part_begin(const struct fs1_sink *sink, struct fs1_sink_part *part,
			 void *memory, fs1_u32 first, fs1_u32 end)
{
	size_t width = sink->format.width;
	fs1_u64 *words = memory;

	if (fs1_format_is_raw(sink->format.format)) {
		part->bytes = memory;
		return;
	}
	part->rows = (struct fs1_rows){
		.axis = &sink->rows,
		.next = first,
		.end = end,
		.line = words,
		.past = words + width,
		.width = (fs1_u32)width,
	};
	part->sums = (fs1_u32 *)(words + 2 * width);
	part->bytes = (fs1_u8 *)(part->sums + width / 2);
}

/* Where a line of bytes can be made: in place when it lies in one piece. */
static fs1_u8 *fs1_sink_place(const struct fs1_sink *sink,
			      struct fs1_sink_part *part, fs1_u32 line,
			      fs1_u32 length)
{
	fs1_u8 *place = fs1_memory_pointer(sink->memory, sink->offset +
					   line * sink->format.stride, length);

	return place ? place : part->bytes;
}

static void fs1_sink_done(const struct fs1_sink *sink,
			  const struct fs1_sink_part *part, fs1_u32 line,
			  fs1_u32 length, const fs1_u8 *place)
{
	if (place == part->bytes)
		fs1_memory_write(sink->memory, sink->offset +
				 line * sink->format.stride, place, length);
}

static void fs1_sink_write(const struct fs1_sink *sink,
			   struct fs1_sink_part *part, const struct fs1_isp *isp,
			   const struct fs1_blend *blend, fs1_u32 y)
{
	const struct fs1_output_format *format = &sink->format;
	const struct fs1_weights *weights = fs1_weights_for(format);
	fs1_u32 width = format->width;
	fs1_u32 length = fs1_format_line(format->format, width);
	fs1_u8 *place = fs1_sink_place(sink, part, y, length);

	switch (format->format) {
	case FS1_FORMAT_NV12:
		fs1_convert_luma(isp, weights, blend, width, place, 1, part->sums,
				 y & 1 ? FS1_CHROMA_ADD : FS1_CHROMA_SET);
		break;
	case FS1_FORMAT_GREY:
		fs1_convert_luma(isp, weights, blend, width, place, 1, NULL,
				 FS1_CHROMA_NONE);
		break;
	case FS1_FORMAT_YUYV:
		fs1_convert_luma(isp, weights, blend, width, place, 2, part->sums,
				 FS1_CHROMA_SET);
		fs1_convert_chroma(weights, part->sums, width / 2, 1, place + 1, 4);
		break;
	default:
		fs1_convert_rgb(isp, blend, width, format->format, place);
		break;
	}
	fs1_sink_done(sink, part, y, length, place);
}

/* NV12: the chroma of line @y and the one before. */
static void fs1_sink_write_chroma(const struct fs1_sink *sink,
				  struct fs1_sink_part *part, fs1_u32 y)
{
	const struct fs1_output_format *format = &sink->format;
	fs1_u32 line = format->height + y / 2u;
	fs1_u8 *place = fs1_sink_place(sink, part, line, format->width);

	fs1_convert_chroma(fs1_weights_for(format), part->sums, format->width / 2,
			   2, place, 2);
	fs1_sink_done(sink, part, line, format->width, place);
}

void fs1_sink_line(const struct fs1_sink *sink, struct fs1_sink_part *part,
		   const struct fs1_isp *isp, const fs1_u64 *rgb, fs1_u32 y)
{
	struct fs1_blend blend;

	fs1_scale_line(&sink->columns, rgb, 12, part->rows.line);
	while (fs1_rows_next(&part->rows, y, &blend)) {
		fs1_u32 line = part->rows.next - 1;

		fs1_sink_write(sink, part, isp, &blend, line);
		if (sink->format.format == FS1_FORMAT_NV12 && (line & 1))
			fs1_sink_write_chroma(sink, part, line);
	}
}

void fs1_sink_raw(const struct fs1_sink *sink, struct fs1_sink_part *part,
		  const fs1_u16 *raw, fs1_u32 y)
{
	fs1_u32 width = sink->format.width;
	fs1_u32 length = fs1_format_line(sink->format.format, width);
	fs1_u8 *place = fs1_sink_place(sink, part, y, length);
	fs1_u32 x;

	if (sink->format.format == FS1_FORMAT_PRCC) {
		fs1_convert_packed12(raw, width, place);
	} else {
		for (x = 0; x < width; x++) {
			place[2 * x] = (fs1_u8)raw[x];
			place[2 * x + 1] = (fs1_u8)(raw[x] >> 8);
		}
	}
	fs1_sink_done(sink, part, y, length, place);
}
