// SPDX-License-Identifier: Apache-2.0
/*
 * ONNX files are put together here; whoever has no memory aborts.
 */
#include "test-onnx.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define TEST_ONNX_PIECES 4096

/**
 * struct test_onnx - a model that grows
 * @model: as protobuf-c has it
 * @graph: of it
 * @opset: of it
 * @sets: of @opset alone
 * @piece: all memory
 * @pieces: how many
 * @seed: of the next random number
 */
struct test_onnx {
	Onnx__ModelProto model;
	Onnx__GraphProto graph;
	Onnx__OperatorSetIdProto opset;
	Onnx__OperatorSetIdProto *sets[1];
	void *piece[TEST_ONNX_PIECES];
	size_t pieces;
	uint32_t seed;
};

static void *take(struct test_onnx *onnx, size_t count, size_t size)
{
	void *piece = calloc(count ? count : 1, size);

	if (!piece || onnx->pieces == TEST_ONNX_PIECES)
		abort();
	onnx->piece[onnx->pieces++] = piece;
	return piece;
}

static char *take_text(struct test_onnx *onnx, const char *text, size_t length)
{
	char *copy = take(onnx, length + 1, 1);

	memcpy(copy, text, length);
	return copy;
}

/* A list with one more. */
static void *append(struct test_onnx *onnx, void *list, size_t *count, void *item)
{
	void **grown = take(onnx, *count + 1, sizeof(*grown));

	if (*count)
		memcpy(grown, list, *count * sizeof(*grown));
	grown[(*count)++] = item;
	return grown;
}

struct test_onnx *test_onnx_new(int64_t opset)
{
	struct test_onnx *onnx = calloc(1, sizeof(*onnx));

	if (!onnx)
		abort();
	onnx__model_proto__init(&onnx->model);
	onnx__graph_proto__init(&onnx->graph);
	onnx__operator_set_id_proto__init(&onnx->opset);
	onnx->opset.has_version = 1;
	onnx->opset.version = opset;
	onnx->sets[0] = &onnx->opset;
	onnx->model.has_ir_version = 1;
	onnx->model.ir_version = 7;
	onnx->model.n_opset_import = 1;
	onnx->model.opset_import = onnx->sets;
	onnx->model.graph = &onnx->graph;
	onnx->graph.name = take_text(onnx, "test", 4);
	onnx->seed = 1;
	return onnx;
}

void test_onnx_free(struct test_onnx *onnx)
{
	for (size_t i = 0; i < onnx->pieces; i++)
		free(onnx->piece[i]);
	free(onnx);
}

void test_onnx_input(struct test_onnx *onnx, const char *name, int64_t channels,
		     int64_t height, int64_t width)
{
	Onnx__ValueInfoProto *info = take(onnx, 1, sizeof(*info));
	Onnx__TypeProto *type = take(onnx, 1, sizeof(*type));
	Onnx__TypeProto__Tensor *tensor = take(onnx, 1, sizeof(*tensor));
	Onnx__TensorShapeProto *shape = take(onnx, 1, sizeof(*shape));
	int64_t sides[4] = { 1, channels, height, width };

	onnx__value_info_proto__init(info);
	onnx__type_proto__init(type);
	onnx__type_proto__tensor__init(tensor);
	onnx__tensor_shape_proto__init(shape);
	info->name = take_text(onnx, name, strlen(name));
	info->type = type;
	type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
	type->tensor_type = tensor;
	tensor->has_elem_type = 1;
	tensor->elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
	tensor->shape = shape;
	for (size_t i = 0; i < 4; i++) {
		Onnx__TensorShapeProto__Dimension *side = take(onnx, 1, sizeof(*side));

		onnx__tensor_shape_proto__dimension__init(side);
		if (sides[i]) {
			side->value_case =
				ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
			side->dim_value = sides[i];
		}
		shape->dim = append(onnx, shape->dim, &shape->n_dim, side);
	}
	onnx->graph.input = append(onnx, onnx->graph.input, &onnx->graph.n_input, info);
}

void test_onnx_output(struct test_onnx *onnx, const char *name)
{
	Onnx__ValueInfoProto *info = take(onnx, 1, sizeof(*info));

	onnx__value_info_proto__init(info);
	info->name = take_text(onnx, name, strlen(name));
	onnx->graph.output = append(onnx, onnx->graph.output, &onnx->graph.n_output,
				    info);
}

static Onnx__TensorProto *add_tensor(struct test_onnx *onnx, const char *name, int type,
				     size_t rank)
{
	Onnx__TensorProto *tensor = take(onnx, 1, sizeof(*tensor));

	onnx__tensor_proto__init(tensor);
	tensor->name = take_text(onnx, name, strlen(name));
	tensor->has_data_type = 1;
	tensor->data_type = type;
	tensor->n_dims = rank;
	tensor->dims = take(onnx, rank, sizeof(*tensor->dims));
	onnx->graph.initializer = append(onnx, onnx->graph.initializer,
					 &onnx->graph.n_initializer, tensor);
	return tensor;
}

static double next_random(struct test_onnx *onnx)
{
	onnx->seed = onnx->seed * 1664525u + 1013904223u;
	return (double)(onnx->seed >> 8) / (1 << 23) - 1;
}

Onnx__TensorProto *test_onnx_random(struct test_onnx *onnx, const char *name,
				    double spread, double mean, int rank, ...)
{
	Onnx__TensorProto *tensor = add_tensor(onnx, name,
					       ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
					       (size_t)rank);
	size_t count = 1;
	va_list sides;

	va_start(sides, rank);
	for (int i = 0; i < rank; i++) {
		tensor->dims[i] = va_arg(sides, int);
		count *= (size_t)tensor->dims[i];
	}
	va_end(sides);
	tensor->n_float_data = count;
	tensor->float_data = take(onnx, count, sizeof(float));
	for (size_t i = 0; i < count; i++)
		tensor->float_data[i] = (float)(mean + spread * next_random(onnx));
	return tensor;
}

Onnx__TensorProto *test_onnx_whole(struct test_onnx *onnx, const char *name, int type,
				   int count, ...)
{
	Onnx__TensorProto *tensor = add_tensor(onnx, name, type, 1);
	va_list numbers;

	tensor->dims[0] = count;
	tensor->n_int32_data = type == ONNX__TENSOR_PROTO__DATA_TYPE__INT64 ?
			       0 : (size_t)count;
	tensor->n_int64_data = (size_t)count - tensor->n_int32_data;
	tensor->int32_data = take(onnx, (size_t)count, sizeof(int32_t));
	tensor->int64_data = take(onnx, (size_t)count, sizeof(int64_t));
	va_start(numbers, count);
	for (int i = 0; i < count; i++) {
		tensor->int32_data[i] = va_arg(numbers, int);
		tensor->int64_data[i] = tensor->int32_data[i];
	}
	va_end(numbers);
	return tensor;
}

/* Words as a list of texts. */
static char **words(struct test_onnx *onnx, const char *text, size_t *ret_count)
{
	char **list = NULL;

	*ret_count = 0;
	while (*text) {
		size_t length = strcspn(text, " ");

		list = append(onnx, list, ret_count, take_text(onnx, text, length));
		text += length + (text[length] == ' ');
	}
	return list;
}

Onnx__NodeProto *test_onnx_node(struct test_onnx *onnx, const char *kind,
				const char *inputs, const char *outputs)
{
	Onnx__NodeProto *node = take(onnx, 1, sizeof(*node));

	onnx__node_proto__init(node);
	node->op_type = take_text(onnx, kind, strlen(kind));
	node->input = words(onnx, inputs, &node->n_input);
	node->output = words(onnx, outputs, &node->n_output);
	node->name = node->n_output ? node->output[0] : node->op_type;
	onnx->graph.node = append(onnx, onnx->graph.node, &onnx->graph.n_node, node);
	return node;
}

static Onnx__AttributeProto *add_attribute(struct test_onnx *onnx, Onnx__NodeProto *node,
					   const char *name)
{
	Onnx__AttributeProto *attribute = take(onnx, 1, sizeof(*attribute));

	onnx__attribute_proto__init(attribute);
	attribute->name = take_text(onnx, name, strlen(name));
	node->attribute = append(onnx, node->attribute, &node->n_attribute, attribute);
	return attribute;
}

void test_onnx_ints(struct test_onnx *onnx, Onnx__NodeProto *node, const char *name,
		    int count, ...)
{
	Onnx__AttributeProto *attribute = add_attribute(onnx, node, name);
	va_list numbers;

	attribute->n_ints = (size_t)count;
	attribute->ints = take(onnx, (size_t)count, sizeof(int64_t));
	va_start(numbers, count);
	for (int i = 0; i < count; i++)
		attribute->ints[i] = va_arg(numbers, int);
	va_end(numbers);
}

void test_onnx_int(struct test_onnx *onnx, Onnx__NodeProto *node, const char *name,
		   int64_t number)
{
	Onnx__AttributeProto *attribute = add_attribute(onnx, node, name);

	attribute->has_i = 1;
	attribute->i = number;
}

void test_onnx_float(struct test_onnx *onnx, Onnx__NodeProto *node, const char *name,
		     double number)
{
	Onnx__AttributeProto *attribute = add_attribute(onnx, node, name);

	attribute->has_f = 1;
	attribute->f = (float)number;
}

void test_onnx_text(struct test_onnx *onnx, Onnx__NodeProto *node, const char *name,
		    const char *text)
{
	Onnx__AttributeProto *attribute = add_attribute(onnx, node, name);

	attribute->has_s = 1;
	attribute->s.len = strlen(text);
	attribute->s.data = (uint8_t *)take_text(onnx, text, strlen(text));
}

void test_onnx_property(struct test_onnx *onnx, const char *key, const char *value)
{
	Onnx__StringStringEntryProto *property = take(onnx, 1, sizeof(*property));

	onnx__string_string_entry_proto__init(property);
	property->key = take_text(onnx, key, strlen(key));
	property->value = take_text(onnx, value, strlen(value));
	onnx->model.metadata_props = append(onnx, onnx->model.metadata_props,
					    &onnx->model.n_metadata_props, property);
}

const uint8_t *test_onnx_pack(struct test_onnx *onnx, size_t *ret_size)
{
	uint8_t *data;

	*ret_size = onnx__model_proto__get_packed_size(&onnx->model);
	data = take(onnx, *ret_size, 1);
	(void)onnx__model_proto__pack(&onnx->model, data);
	return data;
}
