// SPDX-License-Identifier: Apache-2.0
/*
 * Operators against a slow and obvious computation of the same, and graphs that must
 * be refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph.h"
#include "libfs1.h"
#include "npu-simd.h"

#define NONE FS1_GRAPH_NONE

/* How operators are computed. */
static const struct fs1_npu *npu = &fs1_npu_plain;

/* All tests use the same numbers, whatever order they run in. */
static uint32_t seed;

static uint32_t random_below(uint32_t limit)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)(seed >> 8) * limit) >> 24);
}

static int start(void **state)
{
	seed = 1;
	return libfs1_host_new((struct libfs1_host **)state, 1);
}

static int stop(void **state)
{
	libfs1_host_free(*state);
	return 0;
}

/* A tensor of bytes with up to four dimensions, 0 behind the last. */
static struct fs1_graph_tensor tensor(uint8_t flags, uint32_t a, uint32_t b,
				      uint32_t c, uint32_t d)
{
	struct fs1_graph_tensor made = {
		.type = FS1_TENSOR_U8,
		.rank = (uint8_t)(d ? 4 : c ? 3 : b ? 2 : 1),
		.layout = d ? FS1_LAYOUT_NHWC : FS1_LAYOUT_NONE,
		.flags = flags,
		.dimensions = { a, b, c, d },
		.scale = 1u << 31,
		.scale_exponent = (uint32_t)-31,
	};

	return made;
}

/* An operator without constants. */
static struct fs1_graph_operator operator(uint16_t code, uint16_t output)
{
	struct fs1_graph_operator made = {
		.code = code,
		.inputs = 1,
		.output = output,
		.high = 255,
		.weights = NONE,
		.bias = NONE,
		.scales = NONE,
		.table = NONE,
	};

	return made;
}

static void add_tensor(struct libfs1_graph *graph, struct fs1_graph_tensor tensor)
{
	uint32_t number;

	assert_int_equal(libfs1_graph_tensor(graph, "tensor", &tensor, &number), 0);
}

static void add_operator(struct libfs1_graph *graph,
			 struct fs1_graph_operator operator)
{
	assert_int_equal(libfs1_graph_operator(graph, "operator", &operator), 0);
}

static uint32_t add_constant(struct libfs1_graph *graph, const void *data,
			     size_t size)
{
	uint32_t offset;

	assert_int_equal(libfs1_graph_constant(graph, data, size, &offset), 0);
	return offset;
}

static struct libfs1_graph *new_graph(void)
{
	struct libfs1_graph *graph;

	assert_int_equal(libfs1_graph_new(&graph), 0);
	return graph;
}

static struct fs1_network *create(struct libfs1_host *host,
				  struct libfs1_graph *graph,
				  struct fs1_network_refusal *refusal)
{
	struct fs1_network_source source;
	const char *names;

	assert_int_equal(libfs1_graph_finish(graph, &source, &names), 0);
	return fs1_network_create(libfs1_host_ops(), host, npu, &source, refusal);
}

/* The network of a graph that must be right. */
static struct fs1_network *network_of(struct libfs1_host *host,
				      struct libfs1_graph *graph)
{
	struct fs1_network_refusal refusal;
	struct fs1_network *network = create(host, graph, &refusal);

	if (!network)
		fail_msg("refused: %d, operator %u, offset %u, %u of %u",
			 refusal.fault, refusal.operator, refusal.offset,
			 refusal.value, refusal.limit);
	return network;
}

/* What the latest input was: its place belongs to others once it was read. */
static uint8_t given[16384];

static void fill(const struct fs1_tensor *tensor)
{
	uint32_t i;

	assert_true(tensor->size <= sizeof(given));
	for (i = 0; i < tensor->size; i++)
		given[i] = (uint8_t)random_below(256);
	memcpy(tensor->data, given, tensor->size);
}

static void run(struct fs1_network *network)
{
	fs1_network_begin(network);
	while (fs1_network_step(network, 1))
		;
}

static int64_t floor_shift(int64_t value, unsigned int shift)
{
	int64_t unit = (int64_t)1 << shift;

	return (value - (((value % unit) + unit) % unit)) / unit;
}

static uint8_t clamp(int64_t value, int64_t low, int64_t high)
{
	return (uint8_t)(value < low ? low : value > high ? high : value);
}

/* ------------------------------------------------------------------------
 * Convolution
 */

struct convolution {
	uint32_t height, width, depth, channels;
	uint32_t out_height, out_width;
	int32_t kernel[2], stride[2], dilation[2], pad[2], groups;
	uint8_t zero_in, zero_out, low, high;
	int8_t *weights;
	int32_t *bias;
	struct fs1_graph_scale *scales;
	bool table;
	uint8_t bytes[256];
};

static uint32_t out_size(uint32_t size, int32_t kernel, int32_t stride,
			 int32_t dilation, int32_t pad)
{
	int32_t span = dilation * (kernel - 1) + 1;
	int32_t room = (int32_t)size + 2 * pad - span;

	return room < 0 ? 0 : (uint32_t)(room / stride) + 1;
}

/* One of any kind; false: there is nothing to compute. */
static bool any_convolution(struct convolution *c)
{
	uint32_t taps, i;

	c->groups = 1 + (int32_t)random_below(3);
	c->depth = (uint32_t)c->groups * (1 + random_below(9));
	c->channels = (uint32_t)c->groups * (1 + random_below(40));
	if (!random_below(3)) {
		c->groups = (int32_t)c->depth;
		c->channels = c->depth * (1 + random_below(2));
	}
	c->height = 1 + random_below(12);
	c->width = 1 + random_below(12);
	for (i = 0; i < 2; i++) {
		c->kernel[i] = 1 + (int32_t)random_below(4);
		c->stride[i] = 1 + (int32_t)random_below(3);
		c->dilation[i] = 1 + (int32_t)random_below(2);
		c->pad[i] = (int32_t)random_below((uint32_t)(c->dilation[i] *
							     (c->kernel[i] - 1)) +
						  1);
	}
	c->out_height = out_size(c->height, c->kernel[0], c->stride[0],
				 c->dilation[0], c->pad[0]);
	c->out_width = out_size(c->width, c->kernel[1], c->stride[1],
				c->dilation[1], c->pad[1]);
	if (!c->out_height || !c->out_width ||
	    (int32_t)(c->out_height - 1) * c->stride[0] - c->pad[0] >=
	    (int32_t)c->height ||
	    (int32_t)(c->out_width - 1) * c->stride[1] - c->pad[1] >=
	    (int32_t)c->width)
		return false;
	c->zero_in = (uint8_t)random_below(256);
	c->zero_out = (uint8_t)random_below(256);
	c->low = random_below(2) ? c->zero_out : 0;
	c->high = 255;
	if (random_below(2))
		c->high = (uint8_t)(c->low + (255 - c->low) / 2);
	taps = c->depth / (uint32_t)c->groups *
	       (uint32_t)(c->kernel[0] * c->kernel[1]);
	c->weights = malloc(taps * c->channels);
	c->bias = malloc(c->channels * sizeof(*c->bias));
	c->scales = malloc(c->channels * sizeof(*c->scales));
	for (i = 0; i < taps * c->channels; i++)
		c->weights[i] = (int8_t)random_below(256);
	for (i = 0; i < c->channels; i++) {
		c->bias[i] = (int32_t)random_below(200000) - 100000;
		assert_int_equal(libfs1_graph_multiplier((1 + random_below(1000)) *
							 1e-6, &c->scales[i]), 0);
	}
	c->table = !random_below(3);
	for (i = 0; i < 256; i++)
		c->bytes[i] = (uint8_t)random_below(256);
	return true;
}

static void free_convolution(struct convolution *c)
{
	free(c->weights);
	free(c->bias);
	free(c->scales);
}

/* What the specification says, tap by tap. */
static uint8_t convolution_value(const struct convolution *c,
				 uint32_t y, uint32_t x, uint32_t channel)
{
	uint32_t depth = c->depth / (uint32_t)c->groups;
	uint32_t group = channel / (c->channels / (uint32_t)c->groups);
	int64_t sum = c->bias[channel];
	uint8_t result;
	int32_t i, j;
	uint32_t k;

	for (i = 0; i < c->kernel[0]; i++)
		for (j = 0; j < c->kernel[1]; j++)
			for (k = 0; k < depth; k++) {
				int32_t row = (int32_t)y * c->stride[0] - c->pad[0] +
					      i * c->dilation[0];
				int32_t column = (int32_t)x * c->stride[1] -
						 c->pad[1] + j * c->dilation[1];
				uint32_t tap = ((channel * (uint32_t)c->kernel[0] +
						 (uint32_t)i) *
						(uint32_t)c->kernel[1] +
						(uint32_t)j) * depth + k;

				if (row < 0 || row >= (int32_t)c->height ||
				    column < 0 || column >= (int32_t)c->width)
					continue;
				sum += (given[((uint32_t)row * c->width +
						    (uint32_t)column) * c->depth +
						   group * depth + k] -
					c->zero_in) * c->weights[tap];
			}
	sum = floor_shift(sum * (int32_t)c->scales[channel].multiplier +
			  ((int64_t)1 << (c->scales[channel].shift - 1)),
			  c->scales[channel].shift);
	result = clamp(sum + c->zero_out, c->low, c->high);
	return c->table ? c->bytes[result] : result;
}

static struct libfs1_graph *convolution_graph(const struct convolution *c)
{
	struct fs1_graph_tensor from = tensor(FS1_TENSOR_INPUT, 1, c->height,
					      c->width, c->depth);
	struct fs1_graph_tensor to = tensor(FS1_TENSOR_OUTPUT, 1, c->out_height,
					    c->out_width, c->channels);
	struct fs1_graph_operator op = operator(FS1_OPERATOR_CONVOLUTION, 1);
	struct libfs1_graph *graph = new_graph();
	size_t taps = (size_t)c->depth / (size_t)c->groups *
		      (size_t)(c->kernel[0] * c->kernel[1]);
	unsigned int i;

	from.zero_point = c->zero_in;
	to.zero_point = c->zero_out;
	op.low = c->low;
	op.high = c->high;
	op.weights = add_constant(graph, c->weights, taps * c->channels);
	op.bias = add_constant(graph, c->bias, c->channels * sizeof(*c->bias));
	op.scales = add_constant(graph, c->scales,
				 c->channels * sizeof(*c->scales));
	if (c->table)
		op.table = add_constant(graph, c->bytes, sizeof(c->bytes));
	for (i = 0; i < 2; i++) {
		op.argument[FS1_ARGUMENT_KERNEL_HEIGHT + i] = (uint32_t)c->kernel[i];
		op.argument[FS1_ARGUMENT_STRIDE_Y + i] = (uint32_t)c->stride[i];
		op.argument[FS1_ARGUMENT_DILATION_Y + i] = (uint32_t)c->dilation[i];
		op.argument[FS1_ARGUMENT_PAD_TOP + i] = (uint32_t)c->pad[i];
	}
	op.argument[FS1_ARGUMENT_GROUPS] = (uint32_t)c->groups;
	add_tensor(graph, from);
	add_tensor(graph, to);
	add_operator(graph, op);
	return graph;
}

static void test_convolution(void **state)
{
	unsigned int done = 0;

	while (done < 300) {
		struct convolution c;
		struct libfs1_graph *graph;
		struct fs1_network *network;
		const struct fs1_tensor *to;
		uint32_t y, x, channel;

		memset(&c, 0, sizeof(c));
		if (!any_convolution(&c))
			continue;
		graph = convolution_graph(&c);
		network = network_of(*state, graph);
		to = fs1_network_output(network, 0);
		fill(fs1_network_input(network));
		run(network);
		for (y = 0; y < c.out_height; y++)
			for (x = 0; x < c.out_width; x++)
				for (channel = 0; channel < c.channels; channel++)
					assert_int_equal(to->data[(y * c.out_width +
								   x) * c.channels +
								  channel],
						convolution_value(&c, y, x,
								  channel));
		fs1_network_destroy(network);
		libfs1_graph_free(graph);
		free_convolution(&c);
		done++;
	}
}

/* ------------------------------------------------------------------------
 * The others: one operator each, on small tensors
 */

/* An operator between an input and an output of these shapes, computed. */
static struct fs1_network *one(struct libfs1_host *host, struct libfs1_graph *graph,
			       struct fs1_graph_tensor from,
			       struct fs1_graph_tensor to,
			       struct fs1_graph_operator op)
{
	struct fs1_network *network;

	from.flags |= FS1_TENSOR_INPUT;
	to.flags |= FS1_TENSOR_OUTPUT;
	add_tensor(graph, from);
	add_tensor(graph, to);
	add_operator(graph, op);
	network = network_of(host, graph);
	fill(fs1_network_input(network));
	run(network);
	return network;
}

static void test_pools(void **state)
{
	struct fs1_graph_scale scales[6];
	unsigned int average, i;

	for (i = 0; i < 6; i++)
		libfs1_graph_multiplier(1.0 / (6 - i), &scales[i]);
	for (average = 0; average < 2; average++) {
		struct libfs1_graph *graph = new_graph();
		struct fs1_graph_operator op = operator(average ?
			FS1_OPERATOR_POOL_AVERAGE : FS1_OPERATOR_POOL_MAX, 1);
		struct fs1_graph_tensor from = tensor(0, 1, 5, 7, 3);
		struct fs1_graph_tensor to = tensor(0, 1, 3, 4, 3);
		struct fs1_network *network;
		const struct fs1_tensor *out;
		int32_t y, x, channel, row, column;

		op.argument[FS1_ARGUMENT_KERNEL_HEIGHT] = 2;
		op.argument[FS1_ARGUMENT_KERNEL_WIDTH] = 3;
		op.argument[FS1_ARGUMENT_STRIDE_Y] = 2;
		op.argument[FS1_ARGUMENT_STRIDE_X] = 2;
		op.argument[FS1_ARGUMENT_DILATION_Y] = 1;
		op.argument[FS1_ARGUMENT_DILATION_X] = 1;
		op.argument[FS1_ARGUMENT_PAD_TOP] = 1;
		op.argument[FS1_ARGUMENT_PAD_LEFT] = 1;
		if (average)
			op.scales = add_constant(graph, scales, sizeof(scales));
		from.zero_point = 100;
		to.zero_point = 90;
		network = one(*state, graph, from, to, op);
		out = fs1_network_output(network, 0);
		for (y = 0; y < 3; y++)
			for (x = 0; x < 4; x++)
				for (channel = 0; channel < 3; channel++) {
					int32_t greatest = 0, sum = 0, count = 0;
					int64_t mean;

					for (row = 2 * y - 1; row < 2 * y + 1; row++)
						for (column = 2 * x - 1;
						     column < 2 * x + 2; column++) {
							int32_t v;

							if (row < 0 || row >= 5 ||
							    column < 0 ||
							    column >= 7)
								continue;
							v = given[(row * 7 +
								      column) * 3 +
								     channel];
							greatest = v > greatest ?
								   v : greatest;
							sum += v - 100;
							count++;
						}
					mean = floor_shift((int64_t)sum *
							   scales[6 - count].multiplier +
							   ((int64_t)1 <<
							    (scales[6 - count].shift -
							     1)),
							   scales[6 - count].shift);
					assert_int_equal(out->data[(y * 4 + x) * 3 +
								   channel],
							 average ?
							 clamp(mean + 90, 0, 255) :
							 greatest);
				}
		fs1_network_destroy(network);
		libfs1_graph_free(graph);
	}
}

static void test_pairs(void **state)
{
	unsigned int multiply, broadcast;

	for (multiply = 0; multiply < 2; multiply++)
		for (broadcast = 0; broadcast < 2; broadcast++) {
			struct libfs1_graph *graph = new_graph();
			struct fs1_graph_tensor whole = tensor(0, 1, 3, 4, 5);
			struct fs1_graph_tensor row = tensor(0, 1, 1, 1, 5);
			struct fs1_graph_operator slice =
				operator(FS1_OPERATOR_SLICE, 1);
			struct fs1_graph_operator op = operator(multiply ?
				FS1_OPERATOR_MULTIPLY : FS1_OPERATOR_ADD, 2);
			struct fs1_graph_scale scale;
			struct fs1_network *network;
			uint32_t i;

			libfs1_graph_multiplier(0.0123, &scale);
			whole.flags = FS1_TENSOR_INPUT;
			whole.zero_point = 120;
			add_tensor(graph, whole);
			whole.flags = 0;
			whole.zero_point = 7;
			row.zero_point = 7;
			add_tensor(graph, broadcast ? row : whole);
			whole.flags = FS1_TENSOR_OUTPUT;
			whole.zero_point = 50;
			add_tensor(graph, whole);
			slice.argument[FS1_ARGUMENT_STEP] = 1;
			slice.argument[FS1_ARGUMENT_STEP + 1] = 1;
			slice.argument[FS1_ARGUMENT_STEP + 2] = 1;
			slice.argument[FS1_ARGUMENT_STEP + 3] = 1;
			add_operator(graph, slice);
			op.inputs = 2;
			op.input[1] = 1;
			op.low = 10;
			op.high = 200;
			if (multiply) {
				op.argument[FS1_ARGUMENT_MULTIPLIER] =
					scale.multiplier;
				op.argument[FS1_ARGUMENT_SHIFT] = scale.shift;
			} else {
				op.argument[FS1_ARGUMENT_MULTIPLIER] = 1500000;
				op.argument[FS1_ARGUMENT_MULTIPLIER + 1] =
					(uint32_t)-700000;
				op.argument[FS1_ARGUMENT_SHIFT] = 20;
			}
			add_operator(graph, op);
			network = network_of(*state, graph);
			fill(fs1_network_input(network));
			run(network);
			for (i = 0; i < 60; i++) {
				int64_t a = given[i] - 120;
				int64_t b = given[broadcast ? i % 5 : i] - 7;
				int64_t value = multiply ?
					floor_shift(a * b * scale.multiplier +
						    ((int64_t)1 <<
						     (scale.shift - 1)),
						    scale.shift) :
					floor_shift(a * 1500000 - b * 700000 +
						    (1 << 19), 20);

				assert_int_equal(fs1_network_output(network,
								    0)->data[i],
						 clamp(value + 50, 10, 200));
			}
			fs1_network_destroy(network);
			libfs1_graph_free(graph);
		}
}

static void test_moves(void **state)
{
	struct libfs1_graph *graph = new_graph();
	struct fs1_graph_operator pad = operator(FS1_OPERATOR_PAD, 1);
	struct fs1_graph_operator transpose = operator(FS1_OPERATOR_TRANSPOSE, 2);
	struct fs1_graph_operator reshape = operator(FS1_OPERATOR_RESHAPE, 3);
	struct fs1_graph_operator concat = operator(FS1_OPERATOR_CONCAT, 4);
	struct fs1_graph_operator slice = operator(FS1_OPERATOR_SLICE, 5);
	struct fs1_network *network;
	const struct fs1_tensor *out;
	uint32_t y, x, c;

	add_tensor(graph, tensor(FS1_TENSOR_INPUT, 1, 2, 3, 4));
	add_tensor(graph, tensor(0, 1, 4, 4, 5));	/* 1: padded */
	add_tensor(graph, tensor(0, 1, 5, 4, 4));	/* 2: c, y, x */
	add_tensor(graph, tensor(0, 5, 16, 0, 0));	/* 3: c, yx */
	add_tensor(graph, tensor(0, 5, 32, 0, 0));	/* 4: twice */
	add_tensor(graph, tensor(FS1_TENSOR_OUTPUT, 2, 8, 0, 0));
	pad.argument[FS1_ARGUMENT_BEFORE + 1] = 1;
	pad.argument[FS1_ARGUMENT_BEFORE + 2] = 1;
	pad.argument[FS1_ARGUMENT_BEFORE + 3] = 0;
	pad.argument[FS1_ARGUMENT_VALUE] = 77;
	add_operator(graph, pad);
	transpose.input[0] = 1;
	transpose.argument[0] = 0;
	transpose.argument[1] = 3;
	transpose.argument[2] = 1;
	transpose.argument[3] = 2;
	add_operator(graph, transpose);
	reshape.input[0] = 2;
	add_operator(graph, reshape);
	concat.inputs = 2;
	concat.input[0] = 3;
	concat.input[1] = 3;
	concat.argument[FS1_ARGUMENT_AXIS] = 1;
	add_operator(graph, concat);
	slice.input[0] = 4;
	slice.argument[FS1_ARGUMENT_START] = 1;
	slice.argument[FS1_ARGUMENT_STEP] = 3;		/* channels 1 and 4 */
	slice.argument[FS1_ARGUMENT_START + 1] = 3;
	slice.argument[FS1_ARGUMENT_STEP + 1] = 4;	/* 3, 7, ... 31 */
	add_operator(graph, slice);
	network = network_of(*state, graph);
	out = fs1_network_output(network, 0);
	fill(fs1_network_input(network));
	run(network);
	for (y = 0; y < 2; y++)
		for (x = 0; x < 8; x++) {
			uint32_t place = (3 + 4 * x) % 16;
			uint32_t row = place / 4, column = place % 4;
			uint8_t value = 77;

			c = 1 + 3 * y;
			if (row >= 1 && row < 3 && column >= 1 && c < 4)
				value = given[((row - 1) * 3 + column - 1) * 4 +
						 c];
			assert_int_equal(out->data[y * 8 + x], value);
		}
	fs1_network_destroy(network);
	libfs1_graph_free(graph);
}

static void test_resize(void **state)
{
	unsigned int bilinear;

	for (bilinear = 0; bilinear < 2; bilinear++) {
		struct libfs1_graph *graph = new_graph();
		struct fs1_graph_operator op = operator(bilinear ?
			FS1_OPERATOR_RESIZE_BILINEAR :
			FS1_OPERATOR_RESIZE_NEAREST, 1);
		struct fs1_network *network;
		const struct fs1_tensor *out;
		uint32_t y, x, c;

		/* Twice as large, centres on centres. */
		op.argument[FS1_ARGUMENT_STEP_Y] = 32768;
		op.argument[FS1_ARGUMENT_STEP_X] = 32768;
		if (bilinear) {
			op.argument[FS1_ARGUMENT_START_Y] = (uint32_t)-16384;
			op.argument[FS1_ARGUMENT_START_X] = (uint32_t)-16384;
		}
		network = one(*state, graph, tensor(0, 1, 3, 2, 2),
			      tensor(0, 1, 6, 4, 2), op);
		out = fs1_network_output(network, 0);
		for (y = 0; y < 6; y++)
			for (x = 0; x < 4; x++)
				for (c = 0; c < 2; c++) {
					double v = (y - 0.5) / 2 + 0.0, h;
					uint32_t row = (y + 1) / 2;
					uint32_t column = (x + 1) / 2;
					double fy = y % 2 ? 0.25 : 0.75;
					double fx = x % 2 ? 0.25 : 0.75;
					uint32_t below = row > 2 ? 2 : row;
					uint32_t right = column > 1 ? 1 : column;

					row -= row > 0;
					column -= column > 0;
					v = (1 - fx) * given[(row * 2 + column) *
								2 + c] +
					    fx * given[(row * 2 + right) * 2 + c];
					h = (1 - fx) * given[(below * 2 + column) *
								2 + c] +
					    fx * given[(below * 2 + right) * 2 +
							  c];
					v = (1 - fy) * v + fy * h;
					assert_int_equal(out->data[(y * 4 + x) * 2 +
								   c],
						bilinear ? (int)(v + 0.5) :
						given[((y / 2) * 2 + x / 2) * 2 +
							 c]);
				}
		fs1_network_destroy(network);
		libfs1_graph_free(graph);
	}
}

/* ------------------------------------------------------------------------
 * Answers
 */

static void test_softmax_and_classes(void **state)
{
	struct libfs1_graph *graph = new_graph();
	struct fs1_graph_operator softmax = operator(FS1_OPERATOR_SOFTMAX, 1);
	struct fs1_graph_operator top = operator(FS1_OPERATOR_TOP_CLASSES, 2);
	struct fs1_graph_tensor classes = tensor(FS1_TENSOR_OUTPUT, 3, 2, 0, 0);
	struct fs1_network *network;
	const struct fs1_tensor *out;
	uint32_t table[256], i;
	int16_t answer[6];

	for (i = 0; i < 256; i++)
		table[i] = i < 17 ? 65536u >> i : 0;	/* 2^-i */
	softmax.table = add_constant(graph, table, sizeof(table));
	classes.type = FS1_TENSOR_S16;
	classes.layout = FS1_LAYOUT_CLASSES;
	add_tensor(graph, tensor(FS1_TENSOR_INPUT, 1, 1, 1, 4));
	add_tensor(graph, tensor(FS1_TENSOR_OUTPUT, 1, 1, 1, 4));
	add_tensor(graph, classes);
	add_operator(graph, softmax);
	top.input[0] = 1;
	add_operator(graph, top);
	network = network_of(*state, graph);
	memcpy(fs1_network_input(network)->data, "\x0a\x0c\x0c\x0b", 4);
	run(network);
	out = fs1_network_output(network, 0);
	/* 1/4, 1, 1, 1/2 of 2.75, in 256th */
	assert_memory_equal(out->data, "\x17\x5d\x5d\x2f", 4);
	out = fs1_network_output(network, 1);
	memcpy(answer, out->data, sizeof(answer));
	assert_int_equal(answer[0], 0x5d << 7);
	assert_int_equal(answer[1], 1);		/* of equals the first */
	assert_int_equal(answer[3], 2);
	assert_int_equal(answer[5], 3);
	assert_null(fs1_network_output(network, 2));
	fs1_network_destroy(network);
	libfs1_graph_free(graph);
}

struct detect_block {
	struct fs1_graph_detect detect;
	struct fs1_graph_level level;
};

/*
 * Cells of 8 pixels on an input of 64 x 64, boxes by their distances in quarters of a
 * cell, two classes with scores in 128th. The input itself is the map, of which every
 * 8th line and column is taken.
 */
static struct libfs1_graph *detect_graph(struct detect_block *block)
{
	struct libfs1_graph *graph = new_graph();
	struct fs1_graph_operator slice = operator(FS1_OPERATOR_SLICE, 1);
	struct fs1_graph_operator op = operator(FS1_OPERATOR_DETECT, 2);
	struct fs1_graph_tensor found = tensor(FS1_TENSOR_OUTPUT, 4, 6, 0, 0);
	uint32_t i;

	block->detect.form = FS1_DETECT_DISTANCES;
	block->detect.levels = 1;
	block->detect.classes = 2;
	block->detect.score_min = 8192;
	block->detect.overlap_max = 16384;
	block->detect.detections_max = 4;
	block->detect.by_class = 1;
	block->level.objects = 255;
	block->level.anchors = 1;
	block->level.stride = 8;
	block->level.offset = 4 << 4;
	block->level.class_first = 4;
	for (i = 0; i < 256; i++) {
		block->level.position[i] = i * 16384;
		block->level.class_score[i] = i < 128 ? i * 256 : 32768;
	}
	for (i = 0; i < 4; i++)
		slice.argument[FS1_ARGUMENT_STEP + i] = i == 1 || i == 2 ? 8 : 1;
	op.input[0] = 1;
	op.table = add_constant(graph, block, sizeof(*block));
	found.type = FS1_TENSOR_S16;
	found.layout = FS1_LAYOUT_DETECTIONS;
	add_tensor(graph, tensor(FS1_TENSOR_INPUT, 1, 64, 64, 6));
	add_tensor(graph, tensor(0, 1, 8, 8, 6));
	add_tensor(graph, found);
	add_operator(graph, slice);
	add_operator(graph, op);
	return graph;
}

static void cell(uint8_t *input, uint32_t y, uint32_t x, const char *values)
{
	size_t first = ((size_t)y * 8 * 64 + x * 8) * 6, i;

	for (i = 0; i < 6; i++)
		input[first + i] = (uint8_t)values[i];
}

static void assert_box(const struct fs1_graph_detection *box, int left, int top,
		       int right, int bottom, int score, int class)
{
	assert_int_equal(box->left, left * 8);
	assert_int_equal(box->top, top * 8);
	assert_int_equal(box->right, right * 8);
	assert_int_equal(box->bottom, bottom * 8);
	assert_int_equal(box->score, score * 256);
	assert_int_equal(box->class, class);
}

static void test_detect(void **state)
{
	struct detect_block *block = calloc(1, sizeof(*block));
	struct libfs1_graph *graph = detect_graph(block);
	struct fs1_network *network = network_of(*state, graph);
	struct fs1_graph_detection found[4];
	uint8_t *input = fs1_network_input(network)->data;

	memset(input, 0, (size_t)64 * 64 * 6);
	/* Cell (1, 1) has its centre at (12, 12): 8 to 16. */
	cell(input, 1, 1, "\x02\x02\x02\x02\x60\x10");
	/* Its neighbour, (20, 12), sees nearly the same, less surely; */
	cell(input, 1, 2, "\x06\x02\x00\x02\x50\x00");
	/* another sees it as the other class, which stays; */
	cell(input, 2, 1, "\x02\x05\x02\x00\x00\x7f");
	/* this is half outside; */
	cell(input, 7, 7, "\x02\x02\x7f\x7f\x40\x00");
	/* this isn't sure enough, and this is nothing. */
	cell(input, 4, 4, "\x02\x02\x02\x02\x1f\x00");
	cell(input, 5, 5, "\x00\x00\x00\x00\x7f\x00");
	run(network);
	memcpy(found, fs1_network_output(network, 0)->data, sizeof(found));
	assert_box(&found[0], 8, 10, 16, 20, 0x7f, 1);
	assert_box(&found[1], 8, 8, 16, 16, 0x60, 0);
	assert_box(&found[2], 56, 56, 64, 64, 0x40, 0);
	assert_int_equal(found[3].score, 0);
	fs1_network_destroy(network);
	libfs1_graph_free(graph);
	free(block);
}

/* More candidates than there is room for: the best stay, in their order. */
static void test_detect_many(void **state)
{
	struct detect_block *block = calloc(1, sizeof(*block));
	struct libfs1_graph *graph = detect_graph(block);
	struct fs1_network *network = network_of(*state, graph);
	struct fs1_graph_detection found[4];
	uint8_t *input = fs1_network_input(network)->data;
	uint32_t i;

	for (i = 0; i < 64; i++)
		cell(input, i / 8, i % 8, "\x01\x01\x01\x01\x40\x00");
	cell(input, 3, 5, "\x01\x01\x01\x01\x41\x00");
	run(network);
	memcpy(found, fs1_network_output(network, 0)->data, sizeof(found));
	assert_box(&found[0], 42, 26, 46, 30, 0x41, 0);
	assert_box(&found[1], 2, 2, 6, 6, 0x40, 0);
	assert_box(&found[2], 10, 2, 14, 6, 0x40, 0);
	assert_box(&found[3], 18, 2, 22, 6, 0x40, 0);
	fs1_network_destroy(network);
	libfs1_graph_free(graph);
	free(block);
}

/* ------------------------------------------------------------------------
 * Refusals
 */

static void assert_refused(struct libfs1_host *host, struct libfs1_graph *graph,
			   enum fs1_network_fault fault)
{
	struct fs1_network_refusal refusal;

	assert_null(create(host, graph, &refusal));
	assert_int_equal(refusal.fault, fault);
	libfs1_graph_free(graph);
}

static void test_order(void **state)
{
	struct fs1_graph_operator first = operator(FS1_OPERATOR_RESHAPE, 1);
	struct fs1_graph_operator second = operator(FS1_OPERATOR_RESHAPE, 2);
	struct libfs1_graph *graph = new_graph();

	/* Each waits for the other. */
	first.input[0] = 2;
	second.input[0] = 1;
	add_tensor(graph, tensor(FS1_TENSOR_INPUT, 1, 1, 1, 4));
	add_tensor(graph, tensor(0, 4, 0, 0, 0));
	add_tensor(graph, tensor(FS1_TENSOR_OUTPUT, 4, 0, 0, 0));
	add_operator(graph, first);
	add_operator(graph, second);
	assert_refused(*state, graph, FS1_NETWORK_ORDER);
	/* Two compute the same. */
	graph = new_graph();
	add_tensor(graph, tensor(FS1_TENSOR_INPUT, 1, 1, 1, 4));
	add_tensor(graph, tensor(FS1_TENSOR_OUTPUT, 4, 0, 0, 0));
	add_operator(graph, operator(FS1_OPERATOR_RESHAPE, 1));
	add_operator(graph, operator(FS1_OPERATOR_RESHAPE, 1));
	assert_refused(*state, graph, FS1_NETWORK_ORDER);
	/* Nobody does. */
	graph = new_graph();
	add_tensor(graph, tensor(FS1_TENSOR_INPUT, 1, 1, 1, 4));
	add_tensor(graph, tensor(FS1_TENSOR_OUTPUT, 4, 0, 0, 0));
	add_tensor(graph, tensor(0, 4, 0, 0, 0));
	add_operator(graph, operator(FS1_OPERATOR_RESHAPE, 1));
	assert_refused(*state, graph, FS1_NETWORK_ORDER);
}

static void test_too_large(void **state)
{
	struct libfs1_graph *graph = new_graph();
	struct fs1_network_refusal refusal;

	/* 4 MiB and 4 MiB and a little. */
	add_tensor(graph, tensor(FS1_TENSOR_INPUT, 1, 1024, 1024, 4));
	add_tensor(graph, tensor(FS1_TENSOR_OUTPUT, 1, 1024, 1025, 4));
	add_operator(graph, operator(FS1_OPERATOR_PAD, 1));
	assert_null(create(*state, graph, &refusal));
	assert_int_equal(refusal.fault, FS1_NETWORK_MEMORY);
	assert_int_equal(refusal.value, 1024 * 1024 * 4 + 1024 * 1025 * 4);
	assert_int_equal(refusal.limit, FS1_NPU_MEMORY);
	libfs1_graph_free(graph);
	/* Sides whose product isn't what it seems in 32 bits. */
	graph = new_graph();
	add_tensor(graph, tensor(FS1_TENSOR_INPUT, 1, 65535, 65535, 65535));
	add_tensor(graph, tensor(FS1_TENSOR_OUTPUT, 4, 0, 0, 0));
	add_operator(graph, operator(FS1_OPERATOR_RESHAPE, 1));
	assert_refused(*state, graph, FS1_NETWORK_TENSOR);
}

static void test_sums(void **state)
{
	struct convolution c = {
		.height = 1, .width = 1, .depth = 1, .channels = 1,
		.out_height = 1, .out_width = 1, .kernel = { 1, 1 },
		.stride = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1, .high = 255,
	};
	int8_t weight = -128;
	int32_t bias = -0x7fffffff + 128 * 255;
	struct fs1_graph_scale scale;
	struct fs1_network_refusal refusal;
	struct fs1_network *network;
	struct libfs1_graph *graph;

	libfs1_graph_multiplier(1e-7, &scale);
	c.weights = &weight;
	c.bias = &bias;
	c.scales = &scale;
	graph = convolution_graph(&c);
	network = create(*state, graph, &refusal);
	assert_non_null(network);
	fs1_network_destroy(network);
	libfs1_graph_free(graph);
	bias--;
	assert_refused(*state, convolution_graph(&c), FS1_NETWORK_OVERFLOW);
}

/* What lies in the graph may be anything: refused, or computed. */
static void test_any_byte(void **state)
{
	struct detect_block *block = calloc(1, sizeof(*block));
	struct libfs1_graph *graph = detect_graph(block);
	struct fs1_network_source source;
	unsigned int refused = 0, i;
	const char *names;
	uint8_t *bytes;

	assert_int_equal(libfs1_graph_finish(graph, &source, &names), 0);
	bytes = malloc(source.graph_length);
	for (i = 0; i < 8 * source.graph_length; i++) {
		struct fs1_network_refusal refusal;
		struct fs1_network *network;

		memcpy(bytes, source.graph, source.graph_length);
		bytes[i / 8] ^= (uint8_t)(1u << i % 8);
		source.graph = bytes;
		network = fs1_network_create(libfs1_host_ops(), *state, npu, &source,
					     &refusal);
		assert_int_equal(libfs1_graph_finish(graph, &source, &names), 0);
		refused += !network;
		if (!network) {
			assert_int_not_equal(refusal.fault, FS1_NETWORK_OK);
			assert_true(refusal.offset < source.graph_length);
			continue;
		}
		run(network);
		fs1_network_destroy(network);
	}
	/* Names, zero points, scales and flags have several right values. */
	assert_true(refused > 6 * source.graph_length);
	for (i = 0; i < source.graph_length; i++) {
		struct fs1_network_source part = source;
		struct fs1_network_refusal refusal;

		part.graph_length = i;
		assert_null(fs1_network_create(libfs1_host_ops(), *state, npu, &part,
					       &refusal));
		assert_int_equal(refusal.fault, FS1_NETWORK_LENGTH);
	}
	free(bytes);
	libfs1_graph_free(graph);
	free(block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_convolution, start, stop),
		cmocka_unit_test_setup_teardown(test_pools, start, stop),
		cmocka_unit_test_setup_teardown(test_pairs, start, stop),
		cmocka_unit_test_setup_teardown(test_moves, start, stop),
		cmocka_unit_test_setup_teardown(test_resize, start, stop),
		cmocka_unit_test_setup_teardown(test_softmax_and_classes, start,
						stop),
		cmocka_unit_test_setup_teardown(test_detect, start, stop),
		cmocka_unit_test_setup_teardown(test_detect_many, start, stop),
		cmocka_unit_test_setup_teardown(test_order, start, stop),
		cmocka_unit_test_setup_teardown(test_too_large, start, stop),
		cmocka_unit_test_setup_teardown(test_sums, start, stop),
		cmocka_unit_test_setup_teardown(test_any_byte, start, stop),
	};
	int failed = 0;
	const char *name;
	unsigned int i;

	for (i = 0; (npu = libfs1_npu_at(i, &name)); i++)
		failed += cmocka_run_group_tests_name(name, tests, NULL, NULL);
	return failed;
}
