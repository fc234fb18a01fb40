// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Windows, pieces and letterboxes.
 */
#include "fs1-input.h"

/* The length of @count pieces of @size with @overlap of 256 in common, and the step. */
static fs1_u32 fs1_input_length(fs1_u32 size, fs1_u32 count, fs1_u32 overlap,
				fs1_u32 *ret_step)
{
	*ret_step = size - size * overlap / 256;
	return size + (count - 1) * *ret_step;
}

static fs1_u16 fs1_input_even(fs1_u32 value)
{
	return (fs1_u16)(value & ~1u);
}

/* The window, without what doesn't have the shape of all pieces together. */
static struct fs1_rectangle fs1_input_window(const struct fs1_input *input)
{
	const struct fs1_package_input *description = &input->description;
	struct fs1_rectangle window = {
		.left = fs1_input_even(fs1_le16_to_cpu(description->left)),
		.top = fs1_input_even(fs1_le16_to_cpu(description->top)),
		.width = fs1_input_even(fs1_le16_to_cpu(description->width)),
		.height = fs1_input_even(fs1_le16_to_cpu(description->height)),
	};
	fs1_u32 width, height;

	if (!window.width) {
		window.left = 0;
		window.top = 0;
		window.width = FS1_ARRAY_WIDTH;
		window.height = FS1_ARRAY_HEIGHT;
	}
	if (description->fit != FS1_FIT_CROP)
		return window;
	width = window.height * input->all_width / input->all_height & ~1u;
	height = window.width * input->all_height / input->all_width & ~1u;
	if (width < window.width) {
		window.left = (fs1_u16)(window.left +
					((window.width - width) / 2 & ~1u));
		window.width = (fs1_u16)width;
	} else if (height < window.height) {
		window.top = (fs1_u16)(window.top +
				       ((window.height - height) / 2 & ~1u));
		window.height = (fs1_u16)height;
	}
	return window;
}

/* The picture fills all pieces, or what it can of them with its own shape. */
static void fs1_input_picture(struct fs1_input *input,
			      const struct fs1_rectangle *window)
{
	fs1_u32 wide = window->width, high = window->height;
	fs1_u32 width = input->all_width, height = input->all_height;

	if (input->description.fit == FS1_FIT_LETTERBOX) {
		if (wide * height > high * width)
			height = (high * width + wide / 2) / wide;
		else
			width = (wide * height + high / 2) / high;
	}
	input->left = (input->all_width - width) / 2;
	input->top = (input->all_height - height) / 2;
	input->output.width = (fs1_u16)width;
	input->output.height = (fs1_u16)height;
}

enum fs1_status fs1_input_init(struct fs1_input *input,
			       const struct fs1_package_input *description,
			       const struct fs1_tensor *tensor)
{
	bool grey = description->order == FS1_ORDER_GREY;

	memset(input, 0, sizeof(*input));
	input->description = *description;
	input->width = tensor->width;
	input->height = tensor->height;
	input->channels = tensor->channels;
	if (tensor->channels != (grey ? 1u : 3u))
		return FS1_BAD_FORMAT;
	if (tensor->width < FS1_OUTPUT_MIN || tensor->height < FS1_OUTPUT_MIN ||
	    tensor->width > FS1_ARRAY_WIDTH || tensor->height > FS1_ARRAY_HEIGHT)
		return FS1_BAD_ARGUMENT;
	input->all_width = fs1_input_length(input->width, description->columns,
					    description->overlap, &input->step_x);
	input->all_height = fs1_input_length(input->height, description->rows,
					     description->overlap, &input->step_y);
	if (input->all_width > FS1_ARRAY_WIDTH ||
	    input->all_height > FS1_ARRAY_HEIGHT)
		return FS1_BAD_ARGUMENT;
	input->output.crop = fs1_input_window(input);
	fs1_input_picture(input, &input->output.crop);
	input->output.format = grey ? FS1_FORMAT_GREY : FS1_FORMAT_RGB24;
	input->output.stride = input->output.width * input->channels;
	input->output.encoding = FS1_ENCODING_601;
	input->output.range = FS1_RANGE_FULL;
	return fs1_output_check(&input->output, &input->size);
}

/* Pixels @from to @to - 1 of a line are beside the picture. */
static fs1_u8 *fs1_input_beside(const struct fs1_input *input, fs1_u8 *to,
				fs1_u32 count)
{
	fs1_u32 i, channel;

	for (i = 0; i < count; i++)
		for (channel = 0; channel < input->channels; channel++) {
			fs1_u32 colour = channel;

			if (input->description.order == FS1_ORDER_BGR)
				colour = 2 - channel;
			*to++ = input->description.table[channel]
				[input->description.fill[colour]];
		}
	return to;
}

/* Pixels of the picture. */
static fs1_u8 *fs1_input_pixels(const struct fs1_input *input, const fs1_u8 *from,
				fs1_u8 *to, fs1_u32 count)
{
	const fs1_u8 (*table)[256] = input->description.table;
	bool swapped = input->description.order == FS1_ORDER_BGR;
	fs1_u32 i;

	if (input->channels == 1) {
		for (i = 0; i < count; i++)
			*to++ = table[0][*from++];
		return to;
	}
	for (i = 0; i < count; i++, from += 3, to += 3) {
		to[0] = table[0][from[swapped ? 2 : 0]];
		to[1] = table[1][from[1]];
		to[2] = table[2][from[swapped ? 0 : 2]];
	}
	return to;
}

/* How much of @count from @start on lies before @at. */
static fs1_u32 fs1_input_before(fs1_u32 start, fs1_u32 count, fs1_u32 at)
{
	if (at <= start)
		return 0;
	return at - start < count ? at - start : count;
}

void fs1_input_fill(const struct fs1_input *input, const fs1_u8 *picture,
		    fs1_u32 piece, fs1_u8 *to)
{
	fs1_u32 x = piece % input->description.columns * input->step_x;
	fs1_u32 y = piece / input->description.columns * input->step_y;
	fs1_u32 right = input->left + input->output.width;
	fs1_u32 first = fs1_input_before(x, input->width, input->left);
	fs1_u32 last = fs1_input_before(x, input->width, right);
	fs1_u32 line;

	for (line = y; line < y + input->height; line++) {
		const fs1_u8 *from = picture;

		if (line < input->top || line - input->top >= input->output.height) {
			to = fs1_input_beside(input, to, input->width);
			continue;
		}
		from += (size_t)(line - input->top) * input->output.stride;
		if (last > first)
			from += (size_t)(x + first - input->left) * input->channels;
		to = fs1_input_beside(input, to, first);
		to = fs1_input_pixels(input, from, to, last - first);
		to = fs1_input_beside(input, to, input->width - last);
	}
}

/*
 * Where @at, Q3 of the pieces together, lies on the array: @start and @length are
 * those of the picture there, @crop and @span those of the window.
 */
static fs1_u32 fs1_input_map(fs1_u32 at, fs1_u32 start, fs1_u32 length,
			     fs1_u32 crop, fs1_u32 span, bool up)
{
	fs1_u32 inside = at <= start << 3 ? 0 : at - (start << 3);

	if (inside > length << 3)
		inside = length << 3;
	return crop + (inside * span + (up ? (length << 3) - 1 : 0)) / (length << 3);
}

bool fs1_input_place(const struct fs1_input *input, fs1_u32 piece,
		     const struct fs1_graph_detection *detection,
		     struct fs1_found *ret_found)
{
	const struct fs1_rectangle *crop = &input->output.crop;
	fs1_u32 x = piece % input->description.columns * input->step_x << 3;
	fs1_u32 y = piece / input->description.columns * input->step_y << 3;
	fs1_u32 left, top, right, bottom;

	left = fs1_input_map(x + fs1_le16_to_cpu(detection->left), input->left,
			     input->output.width, crop->left, crop->width, false);
	right = fs1_input_map(x + fs1_le16_to_cpu(detection->right), input->left,
			      input->output.width, crop->left, crop->width, true);
	top = fs1_input_map(y + fs1_le16_to_cpu(detection->top), input->top,
			    input->output.height, crop->top, crop->height, false);
	bottom = fs1_input_map(y + fs1_le16_to_cpu(detection->bottom), input->top,
			       input->output.height, crop->top, crop->height, true);
	ret_found->place.left = (fs1_u16)left;
	ret_found->place.top = (fs1_u16)top;
	ret_found->place.width = (fs1_u16)(right - left);
	ret_found->place.height = (fs1_u16)(bottom - top);
	ret_found->score = fs1_le16_to_cpu(detection->score);
	ret_found->class = fs1_le16_to_cpu(detection->class);
	ret_found->piece = piece;
	return right > left && bottom > top;
}
