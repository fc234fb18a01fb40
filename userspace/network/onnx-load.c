// SPDX-License-Identifier: Apache-2.0
/*
 * From the bytes of an ONNX file to a model: the graph's inputs, constants, nodes in
 * their order, and outputs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

#define ONNX_FILE_MAX (256u << 20)
/* Of what the file becomes in memory. */
#define ONNX_MEMORY_MAX ((size_t)1 << 30)

/* ------------------------------------------------------------------------
 * Memory for protobuf-c: small messages of a file may become large in memory
 */

static void *onnx_alloc(void *data, size_t size)
{
	size_t *left = data;

	if (size > *left)
		return NULL;
	*left -= size;
	return malloc(size);
}

static void onnx_release(void *data, void *pointer)
{
	(void)data;
	free(pointer);
}

/* ------------------------------------------------------------------------
 * Operators
 */

/**
 * struct onnx_operator - an operator of ONNX
 * @kind: its name
 * @read: makes nodes of it; NULL: it isn't supported
 * @instead: if so, what is
 */
struct onnx_operator {
	const char *kind;
	int (*read)(struct import *in);
	const char *instead;
};

static const struct onnx_operator onnx_operators[] = {
	{ "Abs", import_unary, NULL },
	{ "Add", import_binary, NULL },
	{ "ArgMax", NULL, "a head of form LABEL or TOP_CLASSES" },
	{ "AveragePool", import_pool, NULL },
	{ "BatchNormalization", import_batch_norm, NULL },
	{ "Cast", import_cast, NULL },
	{ "Ceil", import_unary, NULL },
	{ "Clip", import_clip, NULL },
	{ "Concat", import_concat, NULL },
	{ "Constant", import_tensor, NULL },
	{ "ConstantOfShape", import_filled, NULL },
	{ "Conv", import_convolution, NULL },
	{ "ConvInteger", NULL, "QuantizeLinear, DequantizeLinear and Conv" },
	{ "ConvTranspose", NULL, "Resize followed by Conv" },
	{ "DepthToSpace", NULL, "Reshape, Transpose and Reshape" },
	{ "DequantizeLinear", import_dequantize, NULL },
	{ "Div", import_binary, NULL },
	{ "Dropout", import_identity, NULL },
	{ "DynamicQuantizeLinear", NULL, "QuantizeLinear with a fixed scale" },
	{ "Elu", import_unary, NULL },
	{ "Erf", import_unary, NULL },
	{ "Exp", import_unary, NULL },
	{ "Expand", NULL, "Add or Mul, which repeat what is one value for each channel" },
	{ "Flatten", import_reshaping, NULL },
	{ "Floor", import_unary, NULL },
	{ "GRU", NULL, "Conv over a window of time" },
	{ "Gather", import_gather, NULL },
	{ "Gelu", import_unary, NULL },
	{ "Gemm", import_gemm, NULL },
	{ "GlobalAveragePool", import_pool_global, NULL },
	{ "GlobalMaxPool", import_pool_global, NULL },
	{ "GroupNormalization", NULL, "BatchNormalization" },
	{ "HardSigmoid", import_unary, NULL },
	{ "HardSwish", import_unary, NULL },
	{ "Identity", import_identity, NULL },
	{ "If", NULL, "one of its two branches" },
	{ "InstanceNormalization", NULL, "BatchNormalization" },
	{ "LRN", NULL, "BatchNormalization" },
	{ "LSTM", NULL, "Conv over a window of time" },
	{ "LayerNormalization", NULL, "BatchNormalization" },
	{ "LeakyRelu", import_unary, NULL },
	{ "Log", import_unary, NULL },
	{ "LogSoftmax", NULL, "Softmax" },
	{ "Loop", NULL, "its body, as often as it is needed" },
	{ "MatMul", import_matmul, NULL },
	{ "Max", import_binary, NULL },
	{ "MaxPool", import_pool, NULL },
	{ "Min", import_binary, NULL },
	{ "Mish", import_unary, NULL },
	{ "Mul", import_binary, NULL },
	{ "Neg", import_unary, NULL },
	{ "NonMaxSuppression", NULL, "a head of form DETECT" },
	{ "PRelu", NULL, "LeakyRelu" },
	{ "Pad", import_pad, NULL },
	{ "Pow", import_binary, NULL },
	{ "QLinearConv", NULL, "DequantizeLinear, Conv and QuantizeLinear" },
	{ "QuantizeLinear", import_quantize, NULL },
	{ "ReduceMax", NULL, "GlobalMaxPool" },
	{ "ReduceMean", import_reduce_mean, NULL },
	{ "Reciprocal", import_unary, NULL },
	{ "Relu", import_unary, NULL },
	{ "Reshape", import_reshaping, NULL },
	{ "Resize", import_resize, NULL },
	{ "Round", import_unary, NULL },
	{ "Selu", import_unary, NULL },
	{ "Shape", import_shape, NULL },
	{ "Sigmoid", import_unary, NULL },
	{ "Sign", import_unary, NULL },
	{ "Slice", import_slice, NULL },
	{ "Softmax", import_softmax, NULL },
	{ "Softplus", import_unary, NULL },
	{ "Softsign", import_unary, NULL },
	{ "SpaceToDepth", NULL, "Conv with a stride" },
	{ "Split", import_split, NULL },
	{ "Sqrt", import_unary, NULL },
	{ "Squeeze", import_reshaping, NULL },
	{ "Sub", import_binary, NULL },
	{ "Sum", import_binary, NULL },
	{ "Tanh", import_unary, NULL },
	{ "ThresholdedRelu", NULL, "Relu" },
	{ "TopK", NULL, "a head of form TOP_CLASSES" },
	{ "Transpose", import_transpose, NULL },
	{ "Unsqueeze", import_reshaping, NULL },
	{ "Upsample", import_resize, NULL },
};

static int onnx_node(struct import *in)
{
	const Onnx__NodeProto *proto = in->proto;
	const struct onnx_operator *found = NULL;

	for (size_t i = 0; i < sizeof(onnx_operators) / sizeof(*onnx_operators); i++)
		if (strcmp(onnx_operators[i].kind, in->node.kind) == 0)
			found = &onnx_operators[i];
	if (proto->domain && *proto->domain && strcmp(proto->domain, "ai.onnx") != 0)
		return import_fail(in, -EOPNOTSUPP,
				   "operators of '%s' are not supported; export with those of ONNX alone",
				   proto->domain);
	if (!proto->n_output)
		return import_fail(in, -EBADMSG, "it has no output");
	if (proto->n_input > MODEL_INPUTS_MAX)
		return import_fail(in, -E2BIG, "%zu inputs; at most %u are possible",
				   proto->n_input, MODEL_INPUTS_MAX);
	if (!found)
		return import_fail(in, -EOPNOTSUPP, "this operator is not supported");
	if (!found->read)
		return import_fail(in, -EOPNOTSUPP,
				   "this operator is not supported; the nearest that is: %s",
				   found->instead);
	return found->read(in);
}

static int onnx_nodes(struct import *in)
{
	for (size_t i = 0; i < in->graph->n_node; i++) {
		const Onnx__NodeProto *proto = in->graph->node[i];
		char number[32];
		int r;

		(void)snprintf(number, sizeof(number), "#%zu", i);
		in->proto = proto;
		in->node = (struct model_node) {
			.name = proto->name && *proto->name ? proto->name :
				proto->n_output && *proto->output[0] ?
				proto->output[0] : number,
			.kind = proto->op_type ? proto->op_type : (char *)"",
			.weights = MODEL_NONE,
			.bias = MODEL_NONE,
		};
		r = onnx_node(in);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ------------------------------------------------------------------------
 * The graph around them
 */

static int onnx_constants(struct import *in)
{
	for (size_t i = 0; i < in->graph->n_initializer; i++) {
		const Onnx__TensorProto *tensor = in->graph->initializer[i];
		const char *name = tensor->name ? tensor->name : "";
		uint32_t value;
		int r = onnx_tensor_read(in->model, tensor, name, &value);

		if (r >= 0)
			r = import_define(in, name, value, false);
		if (r < 0)
			return r;
	}
	if (in->graph->n_sparse_initializer)
		return model_fail(in->model, -EOPNOTSUPP,
				  "sparse constants are not supported; make them dense");
	return 0;
}

static int onnx_input_side(const Onnx__TensorShapeProto *shape, size_t i,
			   uint32_t height, uint32_t width, int64_t *ret_side)
{
	const Onnx__TensorShapeProto__Dimension *from = shape->dim[i];
	bool last = shape->n_dim == 4 && shape->dim[3]->value_case ==
		    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
		    shape->dim[3]->dim_value <= 4 && shape->dim[3]->dim_value > 0 &&
		    shape->dim[1]->value_case !=
		    ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;

	if (from->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
	    from->dim_value > 0)
		*ret_side = from->dim_value;
	else if (i == 0)
		*ret_side = 1;
	else if (i == (last ? 1u : 2u) && height)
		*ret_side = height;
	else if (i == (last ? 2u : 3u) && width)
		*ret_side = width;
	else
		return -EINVAL;
	return 0;
}

static int onnx_input(struct import *in, const Onnx__ValueInfoProto *info,
		      uint32_t height, uint32_t width)
{
	const Onnx__TypeProto__Tensor *type = NULL;
	int64_t sides[4];
	int r;

	if (info->type &&
	    info->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
		type = info->type->tensor_type;
	if (in->model->input != MODEL_NONE)
		return model_fail(in->model, -EOPNOTSUPP,
				  "inputs '%s' and '%s'; a network has one, a picture",
				  in->model->values[in->model->input].name,
				  info->name);
	if (!type || !type->shape || type->shape->n_dim != 4)
		return model_fail(in->model, -EOPNOTSUPP,
				  "input '%s' isn't a tensor of 4 dimensions: 1 x channels x height x width",
				  info->name);
	for (size_t i = 0; i < 4; i++)
		if (onnx_input_side(type->shape, i, height, width, &sides[i]) < 0)
			return model_fail(in->model, -EINVAL,
					  "input '%s' leaves dimension %zu open; say height and width",
					  info->name, i);
	if (sides[0] != 1)
		return model_fail(in->model, -EOPNOTSUPP,
				  "input '%s' has %lld pictures; export with 1",
				  info->name, (long long)sides[0]);
	r = model_value_add(in->model, info->name, 4, sides, false, &in->model->input);
	if (r < 0)
		return r;
	return import_define(in, info->name, in->model->input,
			     type->elem_type == ONNX__TENSOR_PROTO__DATA_TYPE__UINT8);
}

static int onnx_inputs(struct import *in, uint32_t height, uint32_t width)
{
	for (size_t i = 0; i < in->graph->n_input; i++) {
		const Onnx__ValueInfoProto *info = in->graph->input[i];
		int r;

		if (!info->name || !*info->name)
			return model_fail(in->model, -EBADMSG,
					  "input %zu has no name", i);
		/* Old files list their constants as inputs. */
		if (import_find(in, info->name))
			continue;
		r = onnx_input(in, info, height, width);
		if (r < 0)
			return r;
	}
	if (in->model->input == MODEL_NONE)
		return model_fail(in->model, -EBADMSG, "the graph has no input");
	return 0;
}

static int onnx_outputs(struct import *in)
{
	struct model *model = in->model;

	if (!in->graph->n_output)
		return model_fail(model, -EBADMSG, "the graph has no output");
	for (size_t i = 0; i < in->graph->n_output; i++) {
		const char *name = in->graph->output[i]->name;
		struct import_name *found = name ? import_find(in, name) : NULL;
		struct model_value *value;
		char *copy;

		if (!found)
			return model_fail(model, -EBADMSG,
					  "output '%s' is computed by nobody",
					  name ? name : "");
		value = &model->values[found->value];
		if (value->data || found->value == model->input)
			return model_fail(model, -EOPNOTSUPP,
					  "output '%s' doesn't need the input to be computed, or is the input",
					  name);
		/* The name under which people know it. */
		copy = strdup(name);
		if (!copy)
			return -ENOMEM;
		free(value->name);
		value->name = copy;
		value->output = true;
	}
	return 0;
}

static int onnx_graph(struct import *in, uint32_t height, uint32_t width)
{
	int r = onnx_constants(in);

	if (r >= 0)
		r = onnx_inputs(in, height, width);
	if (r >= 0)
		r = onnx_nodes(in);
	if (r >= 0)
		r = onnx_outputs(in);
	return r;
}

/* Room for the names that there can be. */
static int onnx_names(struct import *in)
{
	const Onnx__GraphProto *graph = in->graph;
	size_t room = graph->n_input + graph->n_initializer;

	for (size_t i = 0; i < graph->n_node; i++)
		room += graph->node[i]->n_output;
	if (graph->n_node > MODEL_NODES_MAX || room > 4 * MODEL_VALUES_MAX)
		return model_fail(in->model, -E2BIG,
				  "%zu nodes and %zu names; at most %u and %u are possible",
				  graph->n_node, room, MODEL_NODES_MAX,
				  4 * MODEL_VALUES_MAX);
	in->names = calloc(room + 1, sizeof(*in->names));
	in->name_room = room;
	if (!in->names || !hcreate_r(2 * room + 16, &in->table))
		return -ENOMEM;
	return 0;
}

static int onnx_model(const Onnx__ModelProto *proto, uint32_t height, uint32_t width,
		      struct model *model)
{
	struct import in = { .model = model, .graph = proto->graph };
	int r;

	if (!proto->graph)
		return model_fail(model, -EBADMSG, "the file has no graph");
	for (size_t i = 0; i < proto->n_opset_import; i++) {
		const Onnx__OperatorSetIdProto *set = proto->opset_import[i];

		if (!set->domain || !*set->domain ||
		    strcmp(set->domain, "ai.onnx") == 0)
			in.opset = set->version;
	}
	if (in.opset < 7)
		return model_fail(model, -EOPNOTSUPP,
				  "operators of version %lld; 7 or newer are possible",
				  (long long)in.opset);
	model->name = strdup(proto->graph->name ? proto->graph->name : "");
	if (!model->name)
		return -ENOMEM;
	r = onnx_names(&in);
	if (r >= 0)
		r = onnx_graph(&in, height, width);
	hdestroy_r(&in.table);
	free(in.names);
	return r;
}

int onnx_open(struct model *model, const void *data, size_t size,
	      struct onnx_file *ret_file)
{
	int r;

	if (!size)
		return model_fail(model, -EBADMSG, "the file is empty");
	if (size > ONNX_FILE_MAX)
		return model_fail(model, -E2BIG, "the file has %zu bytes; at most %u",
				  size, ONNX_FILE_MAX);
	r = onnx_wire_check(model, data, size);
	if (r < 0)
		return r;
	ret_file->left = ONNX_MEMORY_MAX;
	ret_file->allocator = (ProtobufCAllocator){ onnx_alloc, onnx_release,
						    &ret_file->left };
	ret_file->proto = onnx__model_proto__unpack(&ret_file->allocator, size, data);
	if (!ret_file->proto)
		return model_fail(model, -EBADMSG,
				  "not an ONNX file, or a damaged one: a field has the wrong kind, or it needs too much memory");
	return 0;
}

void onnx_close(struct onnx_file *file)
{
	onnx__model_proto__free_unpacked(file->proto, &file->allocator);
}

int model_load(const void *data, size_t size, uint32_t height, uint32_t width,
	       struct model *model)
{
	struct onnx_file file;
	int r = onnx_open(model, data, size, &file);

	if (r < 0)
		return r;
	r = onnx_model(file.proto, height, width, model);
	onnx_close(&file);
	return r;
}
