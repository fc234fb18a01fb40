// SPDX-License-Identifier: Apache-2.0
/*
 * From a model to a graph: tensors, the order of their dimensions, and a line of the
 * report for each operator.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

/* From the order of a model's dimensions to that of pictures, and back. */
static const uint32_t emit_to_picture[4] = { 0, 2, 3, 1 };
static const uint32_t emit_to_planes[4] = { 0, 3, 1, 2 };

int emit_fail(struct emit *emit, const char *name, int error)
{
	if (error == -E2BIG)
		return model_fail(emit->model, error,
				  "at '%s': more than %u tensors, %u operators or %u bytes of constants",
				  name, FS1_GRAPH_TENSORS_MAX, FS1_GRAPH_OPERATORS_MAX,
				  FS1_NPU_MEMORY);
	if (error == -ERANGE)
		return model_fail(emit->model, error,
				  "at '%s': numbers that aren't finite, or scales that are too far apart",
				  name);
	return error;
}

/* ------------------------------------------------------------------------
 * Tensors
 */

int emit_tensor(struct emit *emit, const char *name, const struct emit_tensor *tensor,
		uint32_t *ret_number)
{
	struct emit_tensor made = *tensor;
	uint32_t scale;
	int32_t exponent;
	int r = libfs1_graph_scale(made.scale, &scale, &exponent);

	if (r >= 0) {
		made.wire.scale = fs1_cpu_to_le32(scale);
		made.wire.scale_exponent = fs1_cpu_to_le32((uint32_t)exponent);
		made.layer = UINT32_MAX;
		r = libfs1_graph_tensor(emit->graph, name, &made.wire, ret_number);
	}
	if (r < 0)
		return emit_fail(emit, name, r);
	emit->tensors[*ret_number] = made;
	emit->tensor_count = *ret_number + 1;
	return 0;
}

/* A tensor for @value, with bytes as those of @like. */
static int emit_value_like(struct emit *emit, uint32_t value, bool picture,
			   uint32_t like, uint8_t flags, uint32_t *ret_number)
{
	const struct model_value *from = &emit->model->values[value];
	const struct model_value *bytes = &emit->model->values[like];
	struct emit_tensor tensor = {
		.value = like == value ? value : MODEL_NONE,
		.picture = picture,
		.scale = bytes->scale,
		.wire = {
			.type = FS1_TENSOR_U8,
			.rank = (uint8_t)(from->rank ? from->rank : 1),
			.flags = flags,
			.dimensions[0] = fs1_cpu_to_le32(1),
			.zero_point = fs1_cpu_to_le32((uint32_t)bytes->zero_point),
		},
	};

	for (uint32_t i = 0; i < from->rank; i++)
		tensor.wire.dimensions[i] = fs1_cpu_to_le32(
			from->dimensions[picture ? emit_to_picture[i] : i]);
	/* An input that isn't one of planes is a picture as it is. */
	if (picture || flags & FS1_TENSOR_INPUT)
		tensor.wire.layout = FS1_LAYOUT_NHWC;
	return emit_tensor(emit, from->name, &tensor, ret_number);
}

int emit_value(struct emit *emit, uint32_t value, bool picture, uint32_t *ret_number)
{
	const struct model_value *from = &emit->model->values[value];
	uint8_t flags = 0;
	int r;

	if (from->output && emit->number[value][!picture] == MODEL_NONE &&
	    (emit->options->keep_outputs || !emit_head_reads(emit, from->name)))
		flags = FS1_TENSOR_OUTPUT;
	r = emit_value_like(emit, value, picture, value, flags, ret_number);
	if (r >= 0)
		emit->number[value][picture] = *ret_number;
	return r;
}

bool emit_is_picture(const struct emit *emit, uint32_t value)
{
	return emit->number[value][1] != MODEL_NONE;
}

/* Move what is there in the other order. */
static int emit_turn(struct emit *emit, uint32_t value, bool picture, uint32_t *ret_number)
{
	const struct model_value *from = &emit->model->values[value];
	const uint32_t *source = picture ? emit_to_picture : emit_to_planes;
	bool same = from->dimensions[1] == 1 ||
		    from->dimensions[2] * from->dimensions[3] == 1;
	struct fs1_graph_operator operator;
	int r = emit_value(emit, value, picture, ret_number);

	if (r < 0)
		return r;
	operator = emit_start(same ? FS1_OPERATOR_RESHAPE : FS1_OPERATOR_TRANSPOSE, 1,
			      &emit->number[value][!picture], *ret_number);
	for (uint32_t i = 0; !same && i < 4; i++)
		emit_set(&operator, FS1_ARGUMENT_SOURCE + i, source[i]);
	return emit_operator(emit, from->name, &operator, 0, 0);
}

int emit_want(struct emit *emit, uint32_t value, bool picture, uint32_t *ret_number)
{
	*ret_number = emit->number[value][picture];
	if (*ret_number != MODEL_NONE)
		return 0;
	return emit_turn(emit, value, picture, ret_number);
}

int emit_want_same(struct emit *emit, uint32_t value, bool picture, uint32_t like,
		   uint32_t *ret_number)
{
	const struct model_value *from = &emit->model->values[value];
	const struct model_value *to = &emit->model->values[like];
	struct fs1_graph_operator operator;
	uint32_t number;
	uint8_t table[256];
	int r = emit_want(emit, value, picture, &number);

	*ret_number = number;
	if (r < 0 || (fabs(from->scale - to->scale) <= to->scale * 1e-6 &&
		      from->zero_point == to->zero_point))
		return r;
	r = emit_value_like(emit, value, picture, like, 0, ret_number);
	if (r < 0)
		return r;
	for (int32_t i = 0; i < 256; i++)
		table[i] = value_byte(to, (i - from->zero_point) * from->scale);
	operator = emit_start(FS1_OPERATOR_TABLE, 1, &number, *ret_number);
	r = emit_constant(emit, from->name, table, sizeof(table), &operator.table);
	if (r < 0)
		return r;
	return emit_operator(emit, from->name, &operator, sizeof(table), 0);
}

/* ------------------------------------------------------------------------
 * Operators
 */

struct fs1_graph_operator emit_start(enum fs1_operator code, uint32_t inputs,
				     const uint32_t *input, uint32_t output)
{
	struct fs1_graph_operator operator = {
		.code = fs1_cpu_to_le16((uint16_t)code),
		.inputs = fs1_cpu_to_le16((uint16_t)inputs),
		.output = fs1_cpu_to_le16((uint16_t)output),
		.high = 255,
		.weights = fs1_cpu_to_le32(FS1_GRAPH_NONE),
		.bias = fs1_cpu_to_le32(FS1_GRAPH_NONE),
		.scales = fs1_cpu_to_le32(FS1_GRAPH_NONE),
		.table = fs1_cpu_to_le32(FS1_GRAPH_NONE),
	};

	for (uint32_t i = 0; i < inputs; i++)
		operator.input[i] = fs1_cpu_to_le16((uint16_t)input[i]);
	return operator;
}

int emit_constant(struct emit *emit, const char *name, const void *data, size_t size,
		  fs1_le32 *ret_offset)
{
	uint32_t offset;
	int r = libfs1_graph_constant(emit->graph, data, size, &offset);

	if (r < 0)
		return emit_fail(emit, name, r);
	*ret_offset = fs1_cpu_to_le32(offset);
	return 0;
}

static const char *emit_kind(const struct fs1_graph_operator *operator)
{
	static const char *const names[FS1_OPERATORS] = {
		[FS1_OPERATOR_CONVOLUTION] = "CONVOLUTION",
		[FS1_OPERATOR_ADD] = "ADD",
		[FS1_OPERATOR_MULTIPLY] = "MULTIPLY",
		[FS1_OPERATOR_CONCAT] = "CONCAT",
		[FS1_OPERATOR_POOL_MAX] = "POOL_MAX",
		[FS1_OPERATOR_POOL_AVERAGE] = "POOL_AVERAGE",
		[FS1_OPERATOR_RESIZE_NEAREST] = "RESIZE_NEAREST",
		[FS1_OPERATOR_RESIZE_BILINEAR] = "RESIZE_BILINEAR",
		[FS1_OPERATOR_TABLE] = "TABLE",
		[FS1_OPERATOR_SOFTMAX] = "SOFTMAX",
		[FS1_OPERATOR_PAD] = "PAD",
		[FS1_OPERATOR_TRANSPOSE] = "TRANSPOSE",
		[FS1_OPERATOR_RESHAPE] = "RESHAPE",
		[FS1_OPERATOR_SLICE] = "SLICE",
		[FS1_OPERATOR_DETECT] = "DETECT",
		[FS1_OPERATOR_TOP_CLASSES] = "TOP_CLASSES",
		[FS1_OPERATOR_LABEL] = "LABEL",
	};
	uint16_t code = fs1_le16_to_cpu(operator->code);

	if (code == FS1_OPERATOR_CONVOLUTION &&
	    fs1_le32_to_cpu(operator->table) != FS1_GRAPH_NONE)
		return "CONVOLUTION + table";
	return names[code];
}

/* Elements of a tensor, times the bytes of each. */
static uint64_t emit_bytes(const struct fs1_graph_tensor *tensor)
{
	uint64_t bytes = tensor->type == FS1_TENSOR_S16 ? 2 : 1;

	for (uint32_t i = 0; i < tensor->rank; i++)
		bytes *= fs1_le32_to_cpu(tensor->dimensions[i]);
	return bytes;
}

static int emit_layer(struct emit *emit, const char *name,
		      const struct fs1_graph_operator *operator, uint64_t constants,
		      uint64_t macs)
{
	struct emit_tensor *output = &emit->tensors[fs1_le16_to_cpu(operator->output)];
	struct fovea_network_report *report = emit->report;
	struct fovea_network_layer *layer, *grown;

	grown = realloc(report->layer, (report->layers + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	report->layer = grown;
	layer = &grown[report->layers];
	*layer = (struct fovea_network_layer) {
		.name = strdup(name),
		.kind = strdup(emit_kind(operator)),
		.inputs = fs1_le16_to_cpu(operator->inputs),
		.rank = output->wire.rank,
		.macs = macs,
		.constants = constants,
		.bytes = emit_bytes(&output->wire),
		.scale = output->scale,
		.zero_point = (int32_t)fs1_le32_to_cpu(output->wire.zero_point),
		.sqnr = NAN,
		.output = output->wire.flags & FS1_TENSOR_OUTPUT,
	};
	report->layers++;
	for (uint32_t i = 0; i < layer->inputs; i++)
		layer->input[i] =
			emit->tensors[fs1_le16_to_cpu(operator->input[i])].layer;
	for (uint32_t i = 0; i < layer->rank; i++)
		layer->dimensions[i] = fs1_le32_to_cpu(output->wire.dimensions[i]);
	output->layer = report->layers - 1;
	return layer->name && layer->kind ? 0 : -ENOMEM;
}

int emit_operator(struct emit *emit, const char *name,
		  const struct fs1_graph_operator *operator, uint64_t constants,
		  uint64_t macs)
{
	int r = libfs1_graph_operator(emit->graph, name, operator);

	if (r < 0)
		return emit_fail(emit, name, r);
	return emit_layer(emit, name, operator, constants, macs);
}

static int (*const emit_functions[])(struct emit *emit, const struct model_node *node) = {
	[MODEL_CONVOLUTION] = emit_convolution,
	[MODEL_LINEAR] = emit_convolution,
	[MODEL_AFFINE] = emit_convolution,
	[MODEL_BINARY] = emit_binary,
	[MODEL_FUNCTION] = emit_function,
	[MODEL_POOL_MAX] = emit_maximum,
	[MODEL_POOL_AVERAGE] = emit_average,
	[MODEL_RESIZE] = emit_resize,
	[MODEL_SOFTMAX] = emit_softmax,
	[MODEL_CONCAT] = emit_concat,
	[MODEL_PAD] = emit_pad,
	[MODEL_TRANSPOSE] = emit_transpose,
	[MODEL_RESHAPE] = emit_reshape,
	[MODEL_SLICE] = emit_slice,
};

/* The input, channels last, whatever the model has. */
static int emit_input(struct emit *emit)
{
	struct model *model = emit->model;
	struct model_value *input = &model->values[model->input];
	uint32_t height, width, channels, number = 0;
	bool planes;
	int r;

	build_input_shape(model, &height, &width, &channels, &planes);
	if (channels > FOVEA_NETWORK_CHANNELS_MAX)
		return model_fail(model, -EOPNOTSUPP,
				  "input '%s' has %u channels; 1 to %u are possible",
				  input->name, channels, FOVEA_NETWORK_CHANNELS_MAX);
	r = emit_value_like(emit, model->input, planes, model->input, FS1_TENSOR_INPUT,
			    &number);
	if (r < 0)
		return r;
	emit->number[model->input][planes] = number;
	return 0;
}

int emit_model(struct emit *emit)
{
	struct model *model = emit->model;
	int r;

	emit->number = malloc(model->value_count * sizeof(*emit->number));
	emit->fused = calloc(model->node_count + 1, sizeof(*emit->fused));
	if (!emit->number || !emit->fused)
		return -ENOMEM;
	memset(emit->number, 0xff, model->value_count * sizeof(*emit->number));
	r = emit_heads_check(emit);
	if (r >= 0)
		r = emit_input(emit);
	for (uint32_t i = 0; r >= 0 && i < model->node_count; i++)
		if (!model->nodes[i].dead && !emit->fused[i])
			r = emit_functions[model->nodes[i].code](emit,
								 &model->nodes[i]);
	if (r >= 0)
		r = emit_heads(emit);
	return r;
}

void emit_clear(struct emit *emit)
{
	free(emit->number);
	free(emit->fused);
	emit->number = NULL;
	emit->fused = NULL;
}
