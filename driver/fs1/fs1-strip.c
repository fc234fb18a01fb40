// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The path of line pairs through the pipeline.
 */
#include "fs1-strip.h"

#define FS1_PLANE_EXTRA (FS1_PLANE_PAD_BEFORE + FS1_PLANE_PAD_AFTER)

/*
 * Indices beside those of interest that have to be right as well: two and a
 * quad word's reach behind for samples, one for differences.
 */
#define FS1_MARGIN_BEFORE 2u
#define FS1_MARGIN_AFTER 10u
/* Line pairs beside them, likewise. */
#define FS1_PAIRS_BESIDE 2u
#define FS1_DIFFERENCE_BEFORE 1u
#define FS1_DIFFERENCE_AFTER 5u

/* Pixel words that the demosaic may write behind a line. */
#define FS1_PIXEL_PAD 6u

static size_t fs1_align(size_t size)
{
	return (size + 63) & ~(size_t)63;
}

struct fs1_layout {
	size_t plane;		/* one plane of one line */
	size_t line;		/* a raw line */
	size_t rgb;
	size_t gather;
};

static struct fs1_layout fs1_strip_layout(const struct fs1_frame *frame)
{
	size_t width = frame->mode->width;

	return (struct fs1_layout){
		.plane = fs1_align((width / 2 + FS1_PLANE_EXTRA) * sizeof(fs1_u16)),
		.line = fs1_align((width + FS1_RAW_PAD) * sizeof(fs1_u16)),
		.rgb = fs1_align((width + FS1_PIXEL_PAD) * sizeof(fs1_u64)),
		.gather = fs1_align(sizeof(struct fs1_gather)),
	};
}

size_t fs1_strip_size(const struct fs1_frame *frame)
{
	struct fs1_layout layout = fs1_strip_layout(frame);
	size_t size = FS1_STRIP_PAIRS * 8 * layout.plane + 3 * layout.line +
		      layout.rgb + layout.gather;
	unsigned int i;

	for (i = 0; i < frame->count; i++)
		size += fs1_align(fs1_sink_part_size(&frame->sinks[i]));
	return size;
}

static void *fs1_strip_take(fs1_u8 **memory, size_t size)
{
	fs1_u8 *taken = *memory;

	*memory += size;
	return taken;
}

static void fs1_strip_divide(const struct fs1_frame *frame, struct fs1_strip *strip)
{
	struct fs1_layout layout = fs1_strip_layout(frame);
	fs1_u8 *memory = strip->memory;
	unsigned int i;

	for (i = 0; i < FS1_STRIP_PAIRS * 2; i++) {
		struct fs1_planes *line = &strip->lines[i / 2][i % 2];
		struct fs1_differences *differences =
			&strip->differences[i / 2][i % 2];

		line->even = fs1_strip_take(&memory, layout.plane);
		line->even += FS1_PLANE_PAD_BEFORE;
		line->odd = fs1_strip_take(&memory, layout.plane);
		line->odd += FS1_PLANE_PAD_BEFORE;
		differences->green = fs1_strip_take(&memory, layout.plane);
		differences->colour = fs1_strip_take(&memory, layout.plane);
		differences->colour += FS1_PLANE_PAD_BEFORE;
	}
	strip->raw[0] = fs1_strip_take(&memory, layout.line);
	strip->raw[1] = fs1_strip_take(&memory, layout.line);
	strip->light = fs1_strip_take(&memory, layout.line);
	strip->rgb = fs1_strip_take(&memory, layout.rgb);
	strip->gather = fs1_strip_take(&memory, layout.gather);
	for (i = 0; i < frame->count; i++)
		strip->parts[i].bytes =
			fs1_strip_take(&memory, fs1_align(fs1_sink_part_size(&frame->sinks[i])));
}

/* Lines of the mode that outputs read, as line pairs. */
static void fs1_strip_range(const struct fs1_frame *frame, fs1_u32 *ret_first,
			    fs1_u32 *ret_end)
{
	fs1_u32 first = frame->mode->height, end = 0;
	unsigned int i;

	for (i = 0; i < frame->count; i++) {
		const struct fs1_axis *rows = &frame->sinks[i].rows;
		fs1_u32 top = 0, last = frame->mode->height - 1u;

		if (!fs1_format_is_raw(frame->sinks[i].format.format)) {
			top = rows->span[0].first;
			last = fs1_span_last(&rows->span[rows->count - 1]);
		}
		if (top < first)
			first = top;
		if (last >= end)
			end = last + 1;
	}
	if (end <= first) {
		first = 0;
		end = frame->mode->height;
	}
	*ret_first = first / 2;
	*ret_end = (end + 1) / 2;
}

void fs1_strip_window(const struct fs1_frame *frame, struct fs1_window *ret_window)
{
	fs1_u32 left = 0, right = 2 * (frame->end + FS1_MARGIN_AFTER);
	fs1_u32 first, end;

	if (frame->first > FS1_MARGIN_BEFORE)
		left = 2 * (frame->first - FS1_MARGIN_BEFORE);
	fs1_strip_range(frame, &first, &end);
	first = first > FS1_PAIRS_BESIDE ? first - FS1_PAIRS_BESIDE : 0;
	end += FS1_PAIRS_BESIDE;
	ret_window->left = left & ~7u;
	ret_window->top = 2 * first;
	/* Samples are exposed eight at a time. */
	ret_window->right = right + FS1_LIGHT_PAD;
	ret_window->bottom = 2 * end;
	if (ret_window->right > frame->mode->width)
		ret_window->right = frame->mode->width;
	if (ret_window->bottom > frame->mode->height)
		ret_window->bottom = frame->mode->height;
}

/*
 * Output lines of a sink that belong to a strip: groups whose last source line
 * lies in the strip's own line pairs.
 */
static void fs1_strip_assign(const struct fs1_frame *frame,
			     struct fs1_strip *strip, unsigned int index)
{
	const struct fs1_sink *sink = &frame->sinks[index];
	fs1_u32 group = fs1_format_group(sink->format.format);
	const struct fs1_span *span = sink->rows.span;
	fs1_u32 count = sink->rows.count;
	fs1_u32 first = 0, end, top, bottom;

	while (first < count &&
	       fs1_span_last(&span[first + group - 1]) / 2 < strip->own_first)
		first += group;
	end = first;
	while (end < count &&
	       fs1_span_last(&span[end + group - 1]) / 2 < strip->own_end)
		end += group;
	fs1_sink_part_begin(sink, &strip->parts[index],
			    strip->parts[index].bytes, first, end);
	if (first == end)
		return;
	top = span[first].first / 2u;
	bottom = fs1_span_last(&span[end - 1]) / 2;
	if (strip->colour_first >= strip->colour_end) {
		strip->colour_first = top;
		strip->colour_end = bottom + 1;
		return;
	}
	if (top < strip->colour_first)
		strip->colour_first = top;
	if (bottom >= strip->colour_end)
		strip->colour_end = bottom + 1;
}

/* Does anything want all lines, whatever the pictures show? */
static bool fs1_strip_whole(const struct fs1_frame *frame)
{
	bool whole = frame->statistics;
	unsigned int i;

	for (i = 0; i < frame->count; i++)
		whole |= fs1_format_is_raw(frame->sinks[i].format.format);
	return whole;
}

void fs1_strip_begin(const struct fs1_frame *frame, struct fs1_strip *strip,
		     unsigned int index, unsigned int count)
{
	fs1_u32 pairs = frame->mode->height / 2u;
	fs1_u32 first, end, i;

	fs1_strip_divide(frame, strip);
	memset(strip->gather, 0, sizeof(*strip->gather));
	fs1_strip_range(frame, &first, &end);
	strip->own_first = index ? first + (end - first) * index / count : 0;
	strip->own_end = index + 1 < count ?
			 first + (end - first) * (index + 1) / count : pairs;
	strip->colour_first = 0;
	strip->colour_end = 0;
	for (i = 0; i < frame->count; i++) {
		if (fs1_format_is_raw(frame->sinks[i].format.format))
			fs1_sink_part_begin(&frame->sinks[i], &strip->parts[i],
					    strip->parts[i].bytes, 0, 0);
		else
			fs1_strip_assign(frame, strip, i);
	}
	strip->next = strip->own_first;
	strip->end = strip->own_end;
	if (strip->colour_first >= strip->colour_end)
		return;
	/* The two line pairs before, and the two behind, are looked at. */
	first = strip->colour_first > FS1_PAIRS_BESIDE ?
		strip->colour_first - FS1_PAIRS_BESIDE : 0;
	end = strip->colour_end + FS1_PAIRS_BESIDE;
	if (strip->next > first || !fs1_strip_whole(frame))
		strip->next = first;
	if (strip->end < end || !fs1_strip_whole(frame))
		strip->end = end;
}

/* A raw line, from @first to @end - 1. */
static const fs1_u16 *fs1_strip_expose(const struct fs1_frame *frame,
				       struct fs1_strip *strip, fs1_u32 y,
				       fs1_u32 first, fs1_u32 end)
{
	const struct fs1_settings *settings = &frame->settings;
	fs1_u16 *raw = strip->raw[y & 1];

	if (frame->raw)
		return frame->raw + (size_t)y * frame->mode->width;
	if (settings->privacy || settings->test_pattern) {
		fs1_pattern_line(settings->privacy ? FS1_PATTERN_SOLID_BLACK :
				 settings->test_pattern, frame->mode, y, raw);
		return raw;
	}
	fs1_sensor_expose(&frame->response,
			  fs1_scene_line(&frame->scene, settings, y, strip->light),
			  settings->noise, fs1_noise_key(settings, y),
			  first & ~7u, end, raw);
	return raw;
}

static void fs1_strip_read(const struct fs1_frame *frame, struct fs1_strip *strip,
			   fs1_u32 pair, bool colour)
{
	bool own = pair >= strip->own_first && pair < strip->own_end;
	bool gather = own && frame->statistics &&
		      fs1_gather_wants(frame->mode, pair);
	fs1_u32 count = frame->mode->width / 2u;
	fs1_u32 first = 0, end = count, i, k;
	const fs1_u16 *raw[2];
	bool whole = gather;

	for (i = 0; own && i < frame->count; i++)
		whole |= fs1_format_is_raw(frame->sinks[i].format.format);
	if (!whole && !colour)
		return;
	if (!whole) {
		if (frame->first > FS1_MARGIN_BEFORE)
			first = frame->first - FS1_MARGIN_BEFORE;
		if (frame->end + FS1_MARGIN_AFTER < count)
			end = frame->end + FS1_MARGIN_AFTER;
	}
	for (k = 0; k < 2; k++)
		raw[k] = fs1_strip_expose(frame, strip, 2 * pair + k, 2 * first,
					  2 * end);
	if (gather)
		fs1_gather_add(strip->gather, frame->mode, pair, raw[0], raw[1]);
	for (i = 0; own && i < frame->count; i++) {
		const struct fs1_sink *sink = &frame->sinks[i];

		for (k = 0; k < 2; k++) {
			if (fs1_format_is_raw(sink->format.format) && !sink->dropped)
				fs1_sink_raw(sink, &strip->parts[i], raw[k],
					     2 * pair + k);
		}
	}
	for (k = 0; colour && k < 2; k++) {
		const struct fs1_planes *line =
			&strip->lines[pair % FS1_STRIP_PAIRS][k];

		fs1_isp_prepare(&frame->isp, raw[k], k, first, end, line);
		fs1_demosaic_pad(line, count);
	}
}

/* Line @y, mirrored at the edges of the array. */
static fs1_u32 fs1_strip_mirror(const struct fs1_frame *frame, fs1_s32 y)
{
	fs1_s32 height = frame->mode->height;

	if (y < 0)
		y = -y;
	if (y >= height)
		y = 2 * height - 2 - y;
	return (fs1_u32)y;
}

/* First step of the demosaic. */
static void fs1_strip_differ(const struct fs1_frame *frame,
			     struct fs1_strip *strip, fs1_u32 y)
{
	const struct fs1_differences *to =
		&strip->differences[y / 2 % FS1_STRIP_PAIRS][y & 1];
	fs1_u32 count = frame->mode->width / 2u;
	fs1_u32 first = 0, end = count;
	struct fs1_planes lines[5];
	fs1_s32 i;

	if (frame->first > FS1_DIFFERENCE_BEFORE)
		first = frame->first - FS1_DIFFERENCE_BEFORE;
	if (frame->end + FS1_DIFFERENCE_AFTER < count)
		end = frame->end + FS1_DIFFERENCE_AFTER;
	for (i = 0; i < 5; i++) {
		fs1_u32 line = fs1_strip_mirror(frame, (fs1_s32)y + i - 2);

		lines[i] = strip->lines[line / 2 % FS1_STRIP_PAIRS][line & 1];
	}
	fs1_demosaic_green(lines, y & 1, first, end, to);
	fs1_demosaic_pad_differences(to, y & 1, count);
}

/* Second step, and on to the outputs. */
static void fs1_strip_reconstruct(const struct fs1_frame *frame,
				  struct fs1_strip *strip, fs1_u32 y)
{
	struct fs1_differences differences[3];
	bool wants[FS1_OUTPUTS_MAX];
	bool wanted = false;
	fs1_u32 i;

	for (i = 0; i < frame->count; i++) {
		const struct fs1_sink *sink = &frame->sinks[i];

		wants[i] = !sink->dropped &&
			   !fs1_format_is_raw(sink->format.format) &&
			   fs1_rows_wants(&strip->parts[i].rows, y);
		wanted |= wants[i];
	}
	if (!wanted)
		return;
	for (i = 0; i < 3; i++) {
		fs1_u32 line = fs1_strip_mirror(frame, (fs1_s32)(y + i) - 1);

		differences[i] =
			strip->differences[line / 2 % FS1_STRIP_PAIRS][line & 1];
	}
	fs1_demosaic_line(&strip->lines[y / 2 % FS1_STRIP_PAIRS][y & 1],
			  differences, y & 1, frame->first, frame->end,
			  strip->rgb);
	for (i = 0; i < frame->count; i++) {
		if (wants[i])
			fs1_sink_line(&frame->sinks[i], &strip->parts[i],
				      &frame->isp, strip->rgb, y);
	}
}

/*
 * Line pair @pair has been read: the first step of the demosaic can be done
 * for the one before, and the second for the one before that.
 */
static void fs1_strip_demosaic(const struct fs1_frame *frame,
			       struct fs1_strip *strip, fs1_u32 pair)
{
	fs1_u32 all = frame->mode->height / 2u;
	fs1_u32 k;

	if (pair >= 1 && pair <= all && pair >= strip->colour_first &&
	    pair <= strip->colour_end + 1) {
		for (k = 0; k < 2; k++)
			fs1_strip_differ(frame, strip, 2 * (pair - 1) + k);
	}
	if (pair >= strip->colour_first + 2 && pair <= strip->colour_end + 1) {
		for (k = 0; k < 2; k++)
			fs1_strip_reconstruct(frame, strip, 2 * (pair - 2) + k);
	}
}

bool fs1_strip_run(const struct fs1_frame *frame, struct fs1_strip *strip,
		   fs1_u32 pairs)
{
	fs1_u32 all = frame->mode->height / 2u;
	bool colours = strip->colour_first < strip->colour_end;
	fs1_u32 stop = strip->next + pairs;

	for (; strip->next < strip->end && strip->next < stop; strip->next++) {
		fs1_u32 pair = strip->next;

		if (pair < all)
			fs1_strip_read(frame, strip, pair, colours &&
				       pair + 2 >= strip->colour_first &&
				       pair <= strip->colour_end + 1);
		if (colours)
			fs1_strip_demosaic(frame, strip, pair);
	}
	return strip->next < strip->end;
}
