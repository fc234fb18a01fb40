// SPDX-License-Identifier: Apache-2.0
/*
 * The little networks. Numbers of weights are such that values neither grow nor
 * vanish from layer to layer.
 */
#include "test-networks.h"

#include <math.h>
#include <stdio.h>

/* A convolution with weights NAME.w, and a bias unless there is a norm. */
static Onnx__NodeProto *convolution(struct test_onnx *onnx, const char *from,
				    const char *name, int out, int depth, int height,
				    int width, bool biased)
{
	char weights[32], bias[32], inputs[128];

	(void)snprintf(weights, sizeof(weights), "%s.w", name);
	(void)snprintf(bias, sizeof(bias), "%s.b", name);
	(void)snprintf(inputs, sizeof(inputs), "%s %s%s%s", from, weights,
		       biased ? " " : "", biased ? bias : "");
	(void)test_onnx_random(onnx, weights, 1.7 / sqrt(depth * height * width), 0, 4,
			       out, depth, height, width);
	if (biased)
		(void)test_onnx_random(onnx, bias, 0.3, 0, 1, out);
	return test_onnx_node(onnx, "Conv", inputs, name);
}

/* Convolution, batch norm, ReLU6: NAME is behind the last. */
static Onnx__NodeProto *block(struct test_onnx *onnx, const char *from,
			      const char *name, int out, int depth, int kernel)
{
	char parts[5][32], inputs[192];
	Onnx__NodeProto *node;

	for (int i = 0; i < 5; i++)
		(void)snprintf(parts[i], sizeof(parts[i]), "%s.%d", name, i);
	(void)snprintf(inputs, sizeof(inputs), "%s.c", name);
	node = convolution(onnx, from, inputs, out, depth, kernel, kernel, false);
	(void)snprintf(inputs, sizeof(inputs), "%s.c %s %s %s %s", name, parts[0],
		       parts[1], parts[2], parts[3]);
	(void)test_onnx_random(onnx, parts[0], 0.3, 1, 1, out);
	(void)test_onnx_random(onnx, parts[1], 0.3, 0.2, 1, out);
	(void)test_onnx_random(onnx, parts[2], 0.1, 0, 1, out);
	(void)test_onnx_random(onnx, parts[3], 0.2, 0.5, 1, out);
	(void)test_onnx_node(onnx, "BatchNormalization", inputs, parts[4]);
	(void)snprintf(inputs, sizeof(inputs), "%s zero six", parts[4]);
	(void)test_onnx_node(onnx, "Clip", inputs, name);
	return node;
}

struct test_onnx *test_mobile(void)
{
	struct test_onnx *onnx = test_onnx_new(13);
	Onnx__NodeProto *node;

	test_onnx_input(onnx, "picture", 3, 32, 32);
	(void)test_onnx_random(onnx, "zero", 0, 0, 0);
	(void)test_onnx_random(onnx, "six", 0, 6, 0);
	node = block(onnx, "picture", "first", 16, 3, 3);
	test_onnx_ints(onnx, node, "strides", 2, 2, 2);
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	(void)block(onnx, "first", "wide", 48, 16, 1);
	node = block(onnx, "wide", "deep", 48, 1, 3);
	test_onnx_int(onnx, node, "group", 48);
	test_onnx_text(onnx, node, "auto_pad", "SAME_UPPER");
	(void)convolution(onnx, "deep", "narrow", 16, 48, 1, 1, true);
	(void)test_onnx_node(onnx, "Add", "narrow first", "sum");
	(void)block(onnx, "sum", "last", 64, 16, 1);
	(void)test_onnx_node(onnx, "GlobalAveragePool", "last", "mean");
	(void)test_onnx_node(onnx, "Flatten", "mean", "flat");
	(void)test_onnx_random(onnx, "fc.w", 0.6, 0, 2, 10, 64);
	(void)test_onnx_random(onnx, "fc.b", 0.2, 0, 1, 10);
	node = test_onnx_node(onnx, "Gemm", "flat fc.w fc.b", "logits");
	test_onnx_int(onnx, node, "transB", 1);
	(void)test_onnx_node(onnx, "Softmax", "logits", "classes");
	test_onnx_output(onnx, "classes");
	return onnx;
}

struct test_onnx *test_groups(void)
{
	struct test_onnx *onnx = test_onnx_new(14);
	Onnx__NodeProto *node;

	test_onnx_input(onnx, "picture", 3, 24, 20);
	node = convolution(onnx, "picture", "a", 12, 3, 3, 3, true);
	test_onnx_ints(onnx, node, "dilations", 2, 2, 3);
	test_onnx_ints(onnx, node, "pads", 4, 2, 3, 1, 2);
	node = test_onnx_node(onnx, "LeakyRelu", "a", "a.leaky");
	test_onnx_float(onnx, node, "alpha", 0.1);
	node = convolution(onnx, "a.leaky", "b", 24, 4, 3, 3, true);
	test_onnx_int(onnx, node, "group", 3);
	test_onnx_ints(onnx, node, "strides", 2, 2, 1);
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	(void)test_onnx_node(onnx, "Sigmoid", "b", "b.gate");
	(void)test_onnx_node(onnx, "Mul", "b b.gate", "b.silu");
	node = test_onnx_node(onnx, "MaxPool", "b.silu", "pool");
	test_onnx_ints(onnx, node, "kernel_shape", 2, 3, 3);
	test_onnx_ints(onnx, node, "strides", 2, 2, 2);
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	node = convolution(onnx, "pool", "c", 24, 6, 1, 5, true);
	test_onnx_int(onnx, node, "group", 4);
	test_onnx_ints(onnx, node, "pads", 4, 0, 2, 0, 2);
	(void)test_onnx_node(onnx, "HardSwish", "c", "c.swish");
	node = test_onnx_node(onnx, "AveragePool", "c.swish", "average");
	test_onnx_ints(onnx, node, "kernel_shape", 2, 3, 3);
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	test_onnx_int(onnx, node, "count_include_pad", 1);
	(void)test_onnx_whole(onnx, "shape", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 2, 0,
			      -1);
	(void)test_onnx_node(onnx, "Reshape", "average shape", "flat");
	(void)test_onnx_random(onnx, "fc.w", 0.1, 0, 2, 24 * 6 * 10, 7);
	(void)test_onnx_node(onnx, "MatMul", "flat fc.w", "product");
	(void)test_onnx_random(onnx, "fc.b", 0.1, 0, 1, 7);
	(void)test_onnx_node(onnx, "Add", "product fc.b", "numbers");
	test_onnx_output(onnx, "numbers");
	return onnx;
}

struct test_onnx *test_concat(void)
{
	struct test_onnx *onnx = test_onnx_new(13);
	Onnx__TensorProto *scales;
	Onnx__NodeProto *node;

	test_onnx_input(onnx, "picture", 1, 24, 24);
	node = convolution(onnx, "picture", "a", 8, 1, 3, 3, true);
	test_onnx_ints(onnx, node, "strides", 2, 2, 2);
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	(void)test_onnx_node(onnx, "Relu", "a", "fine");
	node = convolution(onnx, "fine", "b", 16, 8, 3, 3, true);
	test_onnx_ints(onnx, node, "strides", 2, 2, 2);
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	(void)test_onnx_node(onnx, "Tanh", "b", "coarse");
	/* Attention: one factor for each channel, computed. */
	(void)test_onnx_node(onnx, "GlobalAveragePool", "coarse", "mean");
	(void)convolution(onnx, "mean", "gate", 16, 16, 1, 1, true);
	(void)test_onnx_node(onnx, "Sigmoid", "gate", "factor");
	(void)test_onnx_node(onnx, "Mul", "factor coarse", "chosen");
	scales = test_onnx_random(onnx, "scales", 0, 1, 1, 4);
	scales->float_data[2] = 2;
	scales->float_data[3] = 2;
	node = test_onnx_node(onnx, "Resize", "chosen  scales", "large");
	test_onnx_text(onnx, node, "mode", "nearest");
	test_onnx_text(onnx, node, "coordinate_transformation_mode", "asymmetric");
	test_onnx_text(onnx, node, "nearest_mode", "floor");
	node = test_onnx_node(onnx, "Concat", "fine large", "both");
	test_onnx_int(onnx, node, "axis", 1);
	(void)convolution(onnx, "both", "maps", 6, 24, 1, 1, true);
	scales = test_onnx_random(onnx, "factors", 0, 1, 1, 4);
	scales->float_data[2] = 2;
	scales->float_data[3] = 1.5f;
	node = test_onnx_node(onnx, "Resize", "maps  factors", "smooth");
	test_onnx_text(onnx, node, "mode", "linear");
	test_onnx_output(onnx, "maps");
	test_onnx_output(onnx, "smooth");
	return onnx;
}

/* QuantizeLinear and DequantizeLinear behind NAME, as NAME.q. */
static void quantised(struct test_onnx *onnx, const char *name, double scale, int zero)
{
	char step[32], point[32], bytes[32], inputs[128], out[32];

	(void)snprintf(step, sizeof(step), "%s.s", name);
	(void)snprintf(point, sizeof(point), "%s.z", name);
	(void)snprintf(bytes, sizeof(bytes), "%s.bytes", name);
	(void)snprintf(out, sizeof(out), "%s.q", name);
	(void)test_onnx_random(onnx, step, 0, scale, 0);
	test_onnx_whole(onnx, point, ONNX__TENSOR_PROTO__DATA_TYPE__INT8, 1, zero);
	(void)snprintf(inputs, sizeof(inputs), "%s %s %s", name, step, point);
	(void)test_onnx_node(onnx, "QuantizeLinear", inputs, bytes);
	(void)snprintf(inputs, sizeof(inputs), "%s %s %s", bytes, step, point);
	(void)test_onnx_node(onnx, "DequantizeLinear", inputs, out);
}

/* Weights of bytes, with a scale for each channel. */
static void quantised_weights(struct test_onnx *onnx, const char *name, int out,
			      int depth, int kernel, double scale)
{
	char bytes[32], step[32], inputs[96];
	Onnx__TensorProto *weights;
	Onnx__NodeProto *node;

	(void)snprintf(bytes, sizeof(bytes), "%s.bytes", name);
	(void)snprintf(step, sizeof(step), "%s.s", name);
	weights = test_onnx_random(onnx, bytes, 127, 0, 4, out, depth, kernel, kernel);
	weights->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__INT8;
	weights->n_int32_data = weights->n_float_data;
	/* Numbers of the same size, one after the other. */
	weights->int32_data = (int32_t *)(void *)weights->float_data;
	for (size_t i = 0; i < weights->n_float_data; i++)
		weights->int32_data[i] = (int32_t)weights->float_data[i];
	weights->n_float_data = 0;
	(void)test_onnx_random(onnx, step, scale / 4, scale, 1, out);
	(void)snprintf(inputs, sizeof(inputs), "%s %s", bytes, step);
	node = test_onnx_node(onnx, "DequantizeLinear", inputs, name);
	test_onnx_int(onnx, node, "axis", 0);
}

struct test_onnx *test_qdq(void)
{
	struct test_onnx *onnx = test_onnx_new(13);
	Onnx__NodeProto *node;

	test_onnx_input(onnx, "picture", 3, 16, 16);
	quantised(onnx, "picture", 1.0 / 255, -128);
	quantised_weights(onnx, "a.w", 8, 3, 3, 0.004);
	(void)test_onnx_random(onnx, "a.b", 0.3, 0, 1, 8);
	node = test_onnx_node(onnx, "Conv", "picture.q a.w a.b", "a");
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	(void)test_onnx_node(onnx, "Relu", "a", "a.relu");
	quantised(onnx, "a.relu", 0.015, -128);
	quantised_weights(onnx, "b.w", 8, 8, 3, 0.002);
	node = test_onnx_node(onnx, "Conv", "a.relu.q b.w", "b");
	test_onnx_ints(onnx, node, "pads", 4, 1, 1, 1, 1);
	quantised(onnx, "b", 0.02, 5);
	(void)test_onnx_node(onnx, "Add", "b.q a.relu.q", "sum");
	quantised(onnx, "sum", 0.03, -40);
	(void)test_onnx_node(onnx, "GlobalAveragePool", "sum.q", "mean");
	quantised(onnx, "mean", 0.012, -60);
	test_onnx_output(onnx, "mean.q");
	return onnx;
}

int test_picture(void *userdata, uint32_t index, uint32_t height, uint32_t width,
		 uint32_t channels, uint8_t *ret_samples)
{
	uint32_t seed = index * 7919 + 12345;

	(void)userdata;
	if (index >= 8 && index < 100)
		return 0;
	/* Waves of a few directions, and a little noise. */
	for (uint32_t i = 0; i < height * width * channels; i++) {
		double x = i / channels % width, y = i / channels / width;
		double wave = sin(x * (0.1 + 0.07 * (index % 7)) + i % channels) +
			      cos(y * (0.2 + 0.05 * (index % 5)) + index);

		seed = seed * 1664525u + 1013904223u;
		ret_samples[i] = (uint8_t)(120 + 55 * wave + (seed >> 24) / 12.0);
	}
	return 1;
}
