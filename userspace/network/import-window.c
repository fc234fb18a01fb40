// SPDX-License-Identifier: Apache-2.0
/*
 * ONNX operators that look at pictures through windows: convolutions, pools, and
 * other sizes.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "import.h"

/* Two numbers, or the same one twice. */
static int window_pair(struct import *in, const char *name, uint32_t least,
		       uint32_t most, uint32_t otherwise, uint32_t *ret_pair)
{
	int64_t list[2];
	size_t count;
	int r = import_list(in, name, SIZE_MAX, list, 2, &count);

	if (r < 0)
		return r;
	for (size_t i = 0; i < 2; i++) {
		if (count == 1)
			return import_fail(in, -EOPNOTSUPP,
					   "%s has 1 number; pictures have two directions",
					   name);
		if (count && (list[i] < least || list[i] > most))
			return import_fail(in, -EOPNOTSUPP,
					   "%s is %lld; %u to %u are possible", name,
					   (long long)list[i], least, most);
		ret_pair[i] = count ? (uint32_t)list[i] : otherwise;
	}
	return 0;
}

static uint32_t window_reach(const struct model_window *window, uint32_t i)
{
	return window->dilation[i] * (window->kernel[i] - 1) + 1;
}

/* As much padding as makes the output ceil(size / stride). */
static void window_same(struct model_window *window, uint32_t i, uint32_t size,
			bool more_at_end)
{
	uint32_t out = (size + window->stride[i] - 1) / window->stride[i];
	uint32_t span = (out - 1) * window->stride[i] + window_reach(window, i);
	uint32_t pad = span > size ? span - size : 0;

	window->pad[i] = more_at_end ? pad / 2 : pad - pad / 2;
	window->pad_end[i] = pad - window->pad[i];
}

static int window_pads(struct import *in, const struct model_value *from)
{
	struct model_window *window = &in->node.window;
	bool upper = import_is(in, "auto_pad", "SAME_UPPER", "NOTSET");
	int64_t list[4];
	size_t count;
	int r;

	if (upper || import_is(in, "auto_pad", "SAME_LOWER", "NOTSET")) {
		for (uint32_t i = 0; i < 2; i++)
			window_same(window, i, from->dimensions[2 + i], upper);
		return 0;
	}
	r = import_list(in, "pads", SIZE_MAX, list, 4, &count);
	if (r < 0)
		return r;
	if (!count || import_is(in, "auto_pad", "VALID", "NOTSET"))
		return 0;
	for (size_t i = 0; i < 4; i++) {
		if (count != 4 || list[i] < 0 || list[i] > FS1_GRAPH_SIDE_MAX)
			return import_fail(in, -EOPNOTSUPP,
					   "pads must be 4 numbers of 0 or more");
		if (i < 2)
			window->pad[i] = (uint32_t)list[i];
		else
			window->pad_end[i - 2] = (uint32_t)list[i];
	}
	return 0;
}

/* How many windows there are in a direction; 0: the kernel is too large. */
static int64_t window_count(const struct import *in, const struct model_value *from,
			    uint32_t i)
{
	const struct model_window *window = &in->node.window;
	int64_t size = (int64_t)from->dimensions[2 + i] + window->pad[i] +
		       window->pad_end[i];
	int64_t room = size - window_reach(window, i), count;

	if (room < 0)
		return 0;
	if (!import_integer(in, "ceil_mode", 0))
		return room / window->stride[i] + 1;
	count = (room + window->stride[i] - 1) / window->stride[i] + 1;
	/* The last one begins in the picture, or in the padding before it. */
	if ((count - 1) * window->stride[i] >=
	    (int64_t)from->dimensions[2 + i] + window->pad[i])
		count--;
	return count;
}

/* Shape of the output for @channels, and the last checks. */
static int window_finish(struct import *in, uint32_t channels)
{
	const struct model_value *from = import_value(in, in->node.input[0]);
	const struct model_window *window = &in->node.window;
	int64_t dimensions[4] = { 1, channels };

	for (uint32_t i = 0; i < 2; i++) {
		uint32_t reach = window_reach(window, i);
		int64_t count = window_count(in, from, i);

		if (count < 1)
			return import_fail(in, -EBADMSG,
					   "a kernel that reaches over %u in a picture of %u with padding %u and %u",
					   reach, from->dimensions[2 + i],
					   window->pad[i], window->pad_end[i]);
		if (window->pad[i] >= reach ||
		    (count - 1) * window->stride[i] >=
		    (int64_t)from->dimensions[2 + i] + window->pad[i])
			return import_fail(in, -EOPNOTSUPP,
					   "windows that lie in the padding alone; padding must be less than the kernel");
		dimensions[2 + i] = count;
	}
	return import_finish(in, 4, dimensions);
}

/* The picture that windows are in. */
static int window_picture(struct import *in)
{
	const struct model_value *from;
	int r = import_input(in, 0, &in->node.input[0]);

	if (r < 0)
		return r;
	in->node.inputs = 1;
	from = import_value(in, in->node.input[0]);
	if (from->rank != 4 || from->dimensions[0] != 1) {
		char text[64];

		return import_fail(in, -EOPNOTSUPP,
				   "input of %s; the form that is supported: 1 x channels x height x width",
				   model_shape_text(from, text));
	}
	return 0;
}

int import_convolution(struct import *in)
{
	struct model_window *window = &in->node.window;
	const struct model_value *weights, *bias;
	int64_t groups = import_integer(in, "group", 1);
	uint32_t channels;
	int r;

	in->node.code = MODEL_CONVOLUTION;
	r = window_picture(in);
	if (r >= 0)
		r = import_constant(in, 1, &weights);
	if (r >= 0)
		r = import_input(in, 1, &in->node.weights);
	if (r < 0)
		return r;
	channels = import_value(in, in->node.input[0])->dimensions[1];
	if (weights->rank != 4 || groups < 1 || groups > channels ||
	    channels % groups || weights->dimensions[0] % groups ||
	    weights->dimensions[1] != channels / groups) {
		char text[64];

		return import_fail(in, -EBADMSG,
				   "weights of %s don't fit %u channels in %lld groups",
				   model_shape_text(weights, text), channels,
				   (long long)groups);
	}
	window->groups = (uint32_t)groups;
	for (uint32_t i = 0; i < 2; i++) {
		window->kernel[i] = weights->dimensions[2 + i];
		if (!window->kernel[i] || window->kernel[i] > FS1_KERNEL_MAX)
			return import_fail(in, -EOPNOTSUPP,
					   "a kernel of %u; 1 to %u are possible",
					   window->kernel[i], FS1_KERNEL_MAX);
	}
	if (!weights->dimensions[0])
		return import_fail(in, -EBADMSG, "weights for no channel");
	r = window_pair(in, "strides", 1, FS1_KERNEL_MAX, 1, window->stride);
	if (r >= 0)
		r = window_pair(in, "dilations", 1, FS1_DILATION_MAX, 1,
				window->dilation);
	if (r >= 0)
		r = window_pads(in, import_value(in, in->node.input[0]));
	if (r >= 0 && import_has(in, 2)) {
		r = import_constant(in, 2, &bias);
		if (r >= 0 && bias->elements != weights->dimensions[0])
			r = import_fail(in, -EBADMSG,
					"%u numbers of bias for %u channels",
					bias->elements, weights->dimensions[0]);
		if (r >= 0)
			r = import_input(in, 2, &in->node.bias);
	}
	if (r < 0)
		return r;
	return window_finish(in, weights->dimensions[0]);
}

int import_pool(struct import *in)
{
	struct model_window *window = &in->node.window;
	int r = window_picture(in);

	if (r < 0)
		return r;
	in->node.code = strcmp(in->node.kind, "MaxPool") == 0 ? MODEL_POOL_MAX :
								MODEL_POOL_AVERAGE;
	in->node.all = import_integer(in, "count_include_pad", 0);
	window->groups = 1;
	if (!import_attribute(in, "kernel_shape"))
		return import_fail(in, -EBADMSG, "kernel_shape is missing");
	r = window_pair(in, "kernel_shape", 1, FS1_WINDOW_MAX / 256, 1,
			window->kernel);
	if (r >= 0)
		r = window_pair(in, "strides", 1, FS1_KERNEL_MAX, 1, window->stride);
	if (r >= 0)
		r = window_pair(in, "dilations", 1, 1, 1, window->dilation);
	if (r >= 0)
		r = window_pads(in, import_value(in, in->node.input[0]));
	if (r < 0)
		return r;
	if (in->node.all && import_integer(in, "ceil_mode", 0))
		return import_fail(in, -EOPNOTSUPP,
				   "count_include_pad together with ceil_mode; one of both is possible");
	return window_finish(in, import_value(in, in->node.input[0])->dimensions[1]);
}

static int window_global(struct import *in)
{
	const struct model_value *from = import_value(in, in->node.input[0]);
	struct model_window *window = &in->node.window;

	if ((uint64_t)from->dimensions[2] * from->dimensions[3] > FS1_WINDOW_MAX)
		return import_fail(in, -EOPNOTSUPP,
				   "a picture of more than %u samples", FS1_WINDOW_MAX);
	window->groups = 1;
	for (uint32_t i = 0; i < 2; i++) {
		window->kernel[i] = from->dimensions[2 + i];
		window->stride[i] = 1;
		window->dilation[i] = 1;
	}
	return 0;
}

int import_pool_global(struct import *in)
{
	int r = window_picture(in);

	in->node.code = strcmp(in->node.kind, "GlobalMaxPool") == 0 ?
			MODEL_POOL_MAX : MODEL_POOL_AVERAGE;
	if (r >= 0)
		r = window_global(in);
	if (r < 0)
		return r;
	return window_finish(in, import_value(in, in->node.input[0])->dimensions[1]);
}

int import_reduce_mean(struct import *in)
{
	int64_t axes[MODEL_RANK_MAX], sides[4] = { 1, 0, 1, 1 };
	uint32_t axis, seen = 0;
	size_t count;
	int r = window_picture(in);

	if (r >= 0)
		r = import_list(in, "axes", 1, axes, MODEL_RANK_MAX, &count);
	for (size_t i = 0; r >= 0 && i < count; i++) {
		r = import_axis(in, axes[i], 4, &axis);
		if (r >= 0)
			seen |= 1u << axis;
	}
	if (r < 0)
		return r;
	if (seen != 0xc)
		return import_fail(in, -EOPNOTSUPP,
				   "axes other than height and width; the nearest form: axes 2 and 3");
	in->node.code = MODEL_POOL_AVERAGE;
	sides[1] = import_value(in, in->node.input[0])->dimensions[1];
	r = window_global(in);
	if (r < 0)
		return r;
	if (import_integer(in, "keepdims", 1))
		return import_finish(in, 4, sides);
	r = import_emit(in, in->proto->output[0], 4, sides);
	if (r < 0)
		return r;
	return import_reshape(in, in->node.output, 2, sides);
}

/* ------------------------------------------------------------------------
 * Other sizes
 */

/* Output sizes and factors, of the inputs "scales" or "sizes". */
static int resize_sizes(struct import *in, const struct model_value *from,
			int64_t *ret_sides, double *ret_factor)
{
	bool upsample = strcmp(in->node.kind, "Upsample") == 0;
	size_t place = upsample || in->opset < 11 ? 1 : 2, count;
	const struct model_value *scales = NULL;
	int r = 0;

	if (import_has(in, place))
		r = import_constant(in, place, &scales);
	if (r < 0)
		return r;
	if (scales && scales->elements) {
		if (scales->elements != 4)
			return import_fail(in, -EBADMSG, "%u scales for 4 dimensions",
					   scales->elements);
		for (uint32_t i = 0; i < 4; i++) {
			double side = floor((double)from->dimensions[i] *
					    (double)scales->data[i] + 1e-6);

			ret_sides[i] = side >= 1 && side <= FS1_GRAPH_SIDE_MAX ?
				       (int64_t)side : 0;
			ret_factor[i] = (double)scales->data[i];
		}
	} else {
		r = import_list(in, NULL, 3, ret_sides, 4, &count);
		if (r < 0)
			return r;
		if (count != 4)
			return import_fail(in, -EOPNOTSUPP,
					   "neither 4 scales nor 4 sizes");
		for (uint32_t i = 0; i < 4; i++)
			ret_factor[i] = (double)ret_sides[i] / from->dimensions[i];
	}
	for (uint32_t i = 0; i < 4; i++)
		if (ret_sides[i] < 1 || ret_sides[i] > FS1_GRAPH_SIDE_MAX ||
		    (i < 2 && ret_sides[i] != from->dimensions[i]))
			return import_fail(in, -EOPNOTSUPP,
					   "dimension %u from %u to %lld; only height and width change, up to %u",
					   i, from->dimensions[i],
					   (long long)ret_sides[i], FS1_GRAPH_SIDE_MAX);
	return 0;
}

/* Where samples lie; false: a way that isn't supported. */
static bool resize_places(struct import *in, uint32_t i, uint32_t from, int64_t to,
			  double factor)
{
	const char *name = "coordinate_transformation_mode";
	const char *usual = strcmp(in->node.kind, "Upsample") == 0 || in->opset < 11 ?
			    "asymmetric" : "half_pixel";
	double *start = &in->node.start[i], *step = &in->node.step[i];

	*start = 0;
	*step = 1 / factor;
	if (import_is(in, name, "asymmetric", usual))
		return true;
	if (import_is(in, name, "align_corners", usual)) {
		*step = to > 1 ? (double)(from - 1) / (double)(to - 1) : 0;
		return true;
	}
	if (import_is(in, name, "pytorch_half_pixel", usual) && to == 1)
		return true;
	*start = 0.5 / factor - 0.5;
	return import_is(in, name, "half_pixel", usual) ||
	       import_is(in, name, "pytorch_half_pixel", usual);
}

/* For the nearest: whatever is added, the line is where the sum is rounded down. */
static bool resize_rounding(struct import *in, double *ret_more)
{
	const char *usual = strcmp(in->node.kind, "Upsample") == 0 || in->opset < 11 ?
			    "floor" : "round_prefer_floor";

	if (import_is(in, "nearest_mode", "floor", usual))
		*ret_more = 0;
	else if (import_is(in, "nearest_mode", "round_prefer_floor", usual))
		*ret_more = 0.5 - 1.0 / 65536;
	else if (import_is(in, "nearest_mode", "round_prefer_ceil", usual))
		*ret_more = 0.5;
	else if (import_is(in, "nearest_mode", "ceil", usual))
		*ret_more = 1 - 1.0 / 65536;
	else
		return false;
	return true;
}

int import_resize(struct import *in)
{
	const struct model_value *from;
	double factor[4] = { 0 }, more = 0;
	int64_t sides[4] = { 0 };
	int r = window_picture(in);

	if (r < 0)
		return r;
	from = import_value(in, in->node.input[0]);
	in->node.code = MODEL_RESIZE;
	in->node.linear = import_is(in, "mode", "linear", "nearest");
	if (!in->node.linear && !import_is(in, "mode", "nearest", "nearest"))
		return import_fail(in, -EOPNOTSUPP,
				   "this mode is not supported; the nearest that is: linear");
	r = resize_sizes(in, from, sides, factor);
	if (r < 0)
		return r;
	if (!in->node.linear && !resize_rounding(in, &more))
		return import_fail(in, -EOPNOTSUPP,
				   "this nearest_mode is not supported");
	for (uint32_t i = 0; i < 2; i++) {
		if (!resize_places(in, i, from->dimensions[2 + i], sides[2 + i],
				   factor[2 + i]))
			return import_fail(in, -EOPNOTSUPP,
					   "this coordinate_transformation_mode is not supported; the nearest that is: half_pixel");
		in->node.start[i] += more;
		if (fabs(in->node.start[i]) > FS1_RESIZE_MAX / 65536.0 ||
		    in->node.step[i] > FS1_RESIZE_MAX / 65536.0)
			return import_fail(in, -EOPNOTSUPP,
					   "a picture that is made more than %d times smaller",
					   FS1_RESIZE_MAX / 65536);
	}
	return import_finish(in, 4, sides);
}
