// SPDX-License-Identifier: Apache-2.0
/*
 * Values and nodes come and go here, and functions of one number are computed.
 */
#include "model.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct model *model_new(void)
{
	struct model *model = calloc(1, sizeof(*model));

	if (model)
		model->input = MODEL_NONE;
	return model;
}

void model_free(struct model *model)
{
	if (!model)
		return;
	for (uint32_t i = 0; i < model->value_count; i++) {
		free(model->values[i].name);
		free(model->values[i].data);
		free(model->values[i].steps);
	}
	for (uint32_t i = 0; i < model->node_count; i++) {
		free(model->nodes[i].name);
		free(model->nodes[i].kind);
	}
	free(model->values);
	free(model->nodes);
	free(model->name);
	free(model->error);
	free(model);
}

__attribute__((format(printf, 2, 0)))
static void model_say(struct model *model, const char *format, va_list arguments)
{
	if (model->error)
		return;
	if (vasprintf(&model->error, format, arguments) < 0)
		model->error = NULL;
}

int model_fail(struct model *model, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	model_say(model, format, arguments);
	va_end(arguments);
	return error;
}

int model_node_fail(struct model *model, const struct model_node *node, int error,
		    const char *format, ...)
{
	va_list arguments;
	char *what = NULL;

	va_start(arguments, format);
	if (vasprintf(&what, format, arguments) < 0)
		what = NULL;
	va_end(arguments);
	(void)model_fail(model, error, "node '%s' (%s): %s", node->name, node->kind,
			 what ? what : "out of memory");
	free(what);
	return error;
}

int model_shape(struct model *model, struct model_value *value, size_t rank,
		const int64_t *dimensions, bool constant)
{
	uint64_t elements = 1;

	if (rank > MODEL_RANK_MAX)
		return model_fail(model, -E2BIG,
				  "'%s' has %zu dimensions; at most %u are possible",
				  value->name, rank, MODEL_RANK_MAX);
	for (size_t i = 0; i < rank; i++) {
		int64_t side = dimensions[i];
		int64_t most = constant ? FS1_GRAPH_ELEMENTS_MAX :
					  FS1_GRAPH_SIDE_MAX;

		if (side < !constant || side > most)
			return model_fail(model, -E2BIG,
					  "'%s': dimension %zu is %lld; 1 to %lld are possible",
					  value->name, i, (long long)side,
					  (long long)most);
		elements *= (uint64_t)side;
		if (elements > FS1_GRAPH_ELEMENTS_MAX)
			return model_fail(model, -E2BIG,
					  "'%s' has more than %u numbers",
					  value->name, FS1_GRAPH_ELEMENTS_MAX);
		value->dimensions[i] = (uint32_t)side;
	}
	value->rank = (uint32_t)rank;
	value->elements = (uint32_t)elements;
	return 0;
}

/* Room for one more, of @size bytes each. */
static int model_grow(void **array, uint32_t count, uint32_t *room, size_t size)
{
	uint32_t wanted = *room ? 2 * *room : 64;
	void *grown;

	if (count < *room)
		return 0;
	grown = realloc(*array, wanted * size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	*room = wanted;
	return 0;
}

int model_value_add(struct model *model, const char *name, size_t rank,
		    const int64_t *dimensions, bool constant, uint32_t *ret_value)
{
	uint64_t *sum = constant ? &model->constants : &model->computed;
	struct model_value *value;
	void *values = model->values;
	int r;

	if (model->value_count >= MODEL_VALUES_MAX)
		return model_fail(model, -E2BIG, "more than %u values",
				  MODEL_VALUES_MAX);
	r = model_grow(&values, model->value_count, &model->value_room,
		       sizeof(*value));
	model->values = values;
	if (r < 0)
		return r;
	value = &model->values[model->value_count];
	*value = (struct model_value) {
		.name = strdup(name),
		.producer = MODEL_NONE,
	};
	if (!value->name)
		return -ENOMEM;
	model->value_count++;
	r = model_shape(model, value, rank, dimensions, constant);
	if (r < 0)
		return r;
	*sum += value->elements;
	if (*sum > MODEL_ELEMENTS_MAX)
		return model_fail(model, -E2BIG,
				  "with '%s', %s have more than %u numbers", name,
				  constant ? "constants" : "computed values",
				  MODEL_ELEMENTS_MAX);
	if (constant) {
		value->data = calloc(value->elements ? value->elements : 1,
				     sizeof(float));
		if (!value->data)
			return -ENOMEM;
	}
	*ret_value = model->value_count - 1;
	return 0;
}

int model_node_add(struct model *model, const struct model_node *node)
{
	struct model_node *added;
	void *nodes = model->nodes;
	int r;

	if (model->node_count >= MODEL_NODES_MAX)
		return model_fail(model, -E2BIG, "more than %u nodes",
				  MODEL_NODES_MAX);
	r = model_grow(&nodes, model->node_count, &model->node_room, sizeof(*added));
	model->nodes = nodes;
	if (r < 0)
		return r;
	added = &model->nodes[model->node_count++];
	*added = *node;
	added->name = strdup(node->name);
	added->kind = strdup(node->kind);
	if (!added->name || !added->kind)
		return -ENOMEM;
	model->values[node->output].producer = model->node_count - 1;
	return 0;
}

void model_count_consumers(struct model *model)
{
	for (uint32_t i = 0; i < model->value_count; i++)
		model->values[i].consumers = 0;
	for (uint32_t i = 0; i < model->node_count; i++) {
		const struct model_node *node = &model->nodes[i];

		for (uint32_t j = 0; !node->dead && j < node->inputs; j++)
			model->values[node->input[j]].consumers++;
	}
}

bool model_same_shape(const struct model_value *a, const struct model_value *b)
{
	return a->rank == b->rank &&
	       memcmp(a->dimensions, b->dimensions,
		      a->rank * sizeof(*a->dimensions)) == 0;
}

const char *model_shape_text(const struct model_value *value, char *text)
{
	size_t at = 0;

	if (!value->rank)
		return "a single number";
	for (uint32_t i = 0; i < value->rank; i++)
		at += (size_t)snprintf(text + at, 64 - at, "%s%u", i ? "x" : "",
				       value->dimensions[i]);
	return text;
}

/* ------------------------------------------------------------------------
 * Functions of one number
 */

static float model_two(enum model_instruction code, float a, float b)
{
	switch (code) {
	case MODEL_ADD:
		return a + b;
	case MODEL_SUB:
		return a - b;
	case MODEL_MUL:
		return a * b;
	case MODEL_DIV:
		return a / b;
	case MODEL_MIN:
		return a < b ? a : b;
	case MODEL_MAX:
		return a > b ? a : b;
	default:
		return powf(a, b);
	}
}

static float model_one(enum model_instruction code, float x)
{
	switch (code) {
	case MODEL_SIGMOID:
		return 1 / (1 + expf(-x));
	case MODEL_TANH:
		return tanhf(x);
	case MODEL_EXP:
		return expf(x);
	case MODEL_LOG:
		return logf(x);
	case MODEL_SQRT:
		return sqrtf(x);
	case MODEL_ABS:
		return fabsf(x);
	case MODEL_NEG:
		return -x;
	case MODEL_ERF:
		return erff(x);
	case MODEL_FLOOR:
		return floorf(x);
	case MODEL_CEIL:
		return ceilf(x);
	case MODEL_ROUND:
		return rintf(x);
	case MODEL_SOFTPLUS:
		return x > 20 ? x : log1pf(expf(x));
	default:
		return x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f;
	}
}

float model_program_run(const struct model_program *program, float x)
{
	float stack[MODEL_PROGRAM_MAX] = { 0 };
	uint32_t depth = 0;

	for (uint32_t i = 0; i < program->length; i++) {
		enum model_instruction code = program->code[i];

		if (code == MODEL_X) {
			stack[depth++] = x;
		} else if (code == MODEL_NUMBER) {
			stack[depth++] = program->number[i];
		} else if (code <= MODEL_POW) {
			depth--;
			stack[depth - 1] = model_two(code, stack[depth - 1],
						     stack[depth]);
		} else {
			stack[depth - 1] = model_one(code, stack[depth - 1]);
		}
	}
	return stack[0];
}

bool model_program_append(struct model_program *program,
			  const struct model_program *then)
{
	struct model_program made = { 0 };

	for (uint32_t i = 0; i < then->length; i++) {
		const struct model_program *from = then;
		uint32_t first = i, length = 1;

		if (then->code[i] == MODEL_X) {
			from = program;
			first = 0;
			length = program->length;
		}
		if (made.length + length > MODEL_PROGRAM_MAX)
			return false;
		memcpy(made.code + made.length, from->code + first, length);
		memcpy(made.number + made.length, from->number + first,
		       length * sizeof(float));
		made.length += length;
	}
	*program = made;
	return true;
}

bool model_program_is_clip(const struct model_program *program, float *ret_low,
			   float *ret_high)
{
	float low = -INFINITY, high = INFINITY;

	if (program->length % 2 == 0 || program->code[0] != MODEL_X)
		return false;
	for (uint32_t i = 1; i < program->length; i += 2) {
		float number = program->number[i];

		if (program->code[i] != MODEL_NUMBER)
			return false;
		if (program->code[i + 1] == MODEL_MAX) {
			low = number > low ? number : low;
			high = number > high ? number : high;
		} else if (program->code[i + 1] == MODEL_MIN) {
			low = number < low ? number : low;
			high = number < high ? number : high;
		} else {
			return false;
		}
	}
	*ret_low = low;
	*ret_high = high;
	return true;
}
