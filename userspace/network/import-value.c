// SPDX-License-Identifier: Apache-2.0
/*
 * ONNX operators that make one number of one or two, and sums of products along a
 * dimension.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* ------------------------------------------------------------------------
 * Functions of one number
 */

/**
 * struct unary - a function
 * @kind: the operator
 * @program: what to do with a stack; a and b are the attributes
 * @alpha: what a is, if the operator doesn't say
 * @beta: likewise
 * @beta_name: how b is called
 */
struct unary {
	const char *kind;
	const char *program;
	float alpha;
	float beta;
	const char *beta_name;
};

static const struct unary unaries[] = {
	{ "Abs", "x abs", 0, 0, "" },
	{ "Ceil", "x ceil", 0, 0, "" },
	{ "Elu", "x 0 max x 0 min exp 1 - a * +", 1, 0, "" },
	{ "Erf", "x erf", 0, 0, "" },
	{ "Exp", "x exp", 0, 0, "" },
	{ "Floor", "x floor", 0, 0, "" },
	{ "Gelu", "x 0.5 * x 1.41421356 / erf 1 + *", 0, 0, "" },
	{ "HardSigmoid", "x a * b + 0 max 1 min", 0.2f, 0.5f, "beta" },
	{ "HardSwish", "x x 6 / 0.5 + 0 max 1 min *", 0, 0, "" },
	{ "LeakyRelu", "x 0 max x 0 min a * +", 0.01f, 0, "" },
	{ "Log", "x log", 0, 0, "" },
	{ "Mish", "x x softplus tanh *", 0, 0, "" },
	{ "Neg", "x neg", 0, 0, "" },
	{ "Reciprocal", "1 x /", 0, 0, "" },
	{ "Relu", "x 0 max", 0, 0, "" },
	{ "Round", "x round", 0, 0, "" },
	{ "Selu", "x 0 max x 0 min exp 1 - a * + b *", 1.67326324f, 1.05070099f,
	  "gamma" },
	{ "Sigmoid", "x sigmoid", 0, 0, "" },
	{ "Sign", "x sign", 0, 0, "" },
	{ "Softplus", "x softplus", 0, 0, "" },
	{ "Softsign", "x x abs 1 + /", 0, 0, "" },
	{ "Sqrt", "x sqrt", 0, 0, "" },
	{ "Tanh", "x tanh", 0, 0, "" },
};

static const char *const unary_words[] = {
	[MODEL_X] = "x", [MODEL_ADD] = "+", [MODEL_SUB] = "-", [MODEL_MUL] = "*",
	[MODEL_DIV] = "/", [MODEL_MIN] = "min", [MODEL_MAX] = "max",
	[MODEL_SIGMOID] = "sigmoid", [MODEL_TANH] = "tanh", [MODEL_EXP] = "exp",
	[MODEL_LOG] = "log", [MODEL_SQRT] = "sqrt", [MODEL_ABS] = "abs",
	[MODEL_NEG] = "neg", [MODEL_ERF] = "erf", [MODEL_FLOOR] = "floor",
	[MODEL_CEIL] = "ceil", [MODEL_ROUND] = "round",
	[MODEL_SOFTPLUS] = "softplus", [MODEL_SIGN] = "sign",
};

static void program_push(struct model_program *program, enum model_instruction code,
			 float number)
{
	program->code[program->length] = (uint8_t)code;
	program->number[program->length++] = number;
}

static void program_word(struct model_program *program, const char *word, float a,
			 float b)
{
	for (uint32_t i = 0; i < sizeof(unary_words) / sizeof(*unary_words); i++)
		if (unary_words[i] && strcmp(unary_words[i], word) == 0) {
			program_push(program, i, 0);
			return;
		}
	program_push(program, MODEL_NUMBER,
		     *word == 'a' ? a : *word == 'b' ? b : strtof(word, NULL));
}

int import_unary(struct import *in)
{
	const struct unary *unary = unaries;
	char text[64], *word, *rest;
	float a, b;
	int r;

	while (strcmp(unary->kind, in->node.kind) != 0)
		unary++;
	a = import_float(in, "alpha", unary->alpha);
	b = import_float(in, unary->beta_name, unary->beta);
	in->node.code = MODEL_FUNCTION;
	in->node.inputs = 1;
	(void)strncpy(text, unary->program, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		program_word(&in->node.program, word, a, b);
	r = import_input(in, 0, &in->node.input[0]);
	if (r < 0)
		return r;
	return import_same(in, in->node.input[0]);
}

/* A bound of Clip, of an attribute or an input. */
static int clip_bound(struct import *in, const char *name, size_t index,
		      enum model_instruction code)
{
	const Onnx__AttributeProto *attribute = import_attribute(in, name);
	const struct model_value *value;
	int r;

	if (attribute) {
		program_push(&in->node.program, MODEL_NUMBER, attribute->f);
	} else if (import_has(in, index)) {
		r = import_constant(in, index, &value);
		if (r < 0)
			return r;
		if (value->elements != 1)
			return import_fail(in, -EBADMSG, "%s isn't a single number",
					   name);
		program_push(&in->node.program, MODEL_NUMBER, value->data[0]);
	} else {
		return 0;
	}
	program_push(&in->node.program, code, 0);
	return 0;
}

int import_clip(struct import *in)
{
	int r = import_input(in, 0, &in->node.input[0]);

	in->node.code = MODEL_FUNCTION;
	in->node.inputs = 1;
	program_push(&in->node.program, MODEL_X, 0);
	if (r >= 0)
		r = clip_bound(in, "min", 1, MODEL_MAX);
	if (r >= 0)
		r = clip_bound(in, "max", 2, MODEL_MIN);
	if (r < 0)
		return r;
	return import_same(in, in->node.input[0]);
}

/* ------------------------------------------------------------------------
 * Two values
 */

/* Dimensions of both together, or -1: they don't fit. */
static int binary_shape(const struct model_value *a, const struct model_value *b,
			int64_t *ret_dimensions)
{
	uint32_t rank = a->rank > b->rank ? a->rank : b->rank;

	for (uint32_t i = 0; i < rank; i++) {
		uint32_t from_a = i + a->rank >= rank ?
				  a->dimensions[i + a->rank - rank] : 1;
		uint32_t from_b = i + b->rank >= rank ?
				  b->dimensions[i + b->rank - rank] : 1;

		if (from_a != from_b && from_a != 1 && from_b != 1)
			return -1;
		ret_dimensions[i] = from_a == 1 ? from_b : from_a;
	}
	return (int)rank;
}

/* All the same number? */
static bool binary_is_single(const struct model_value *constant)
{
	for (uint32_t i = 1; i < constant->elements; i++)
		if (!(constant->data[i] >= constant->data[0] &&
		      constant->data[i] <= constant->data[0]))
			return false;
	return constant->elements;
}

/* x op number, or number op x. */
static void binary_function(struct import *in, float number, bool first)
{
	struct model_program *program = &in->node.program;

	in->node.code = MODEL_FUNCTION;
	in->node.inputs = 1;
	program->length = 0;
	if (first)
		program_push(program, MODEL_NUMBER, number);
	program_push(program, MODEL_X, 0);
	if (!first)
		program_push(program, MODEL_NUMBER, number);
	program_push(program, in->node.binary, 0);
}

/* The one dimension along which there are different numbers; false: there is none. */
static bool binary_axis(const struct model_value *value,
			const struct model_value *constant, uint32_t *ret_axis)
{
	uint32_t axis = MODEL_NONE;

	if (constant->rank > value->rank)
		return false;
	for (uint32_t i = 0; i < constant->rank; i++) {
		if (constant->dimensions[i] == 1)
			continue;
		if (axis != MODEL_NONE)
			return false;
		axis = i + value->rank - constant->rank;
		if (value->dimensions[axis] != constant->dimensions[i])
			return false;
	}
	*ret_axis = axis;
	return axis != MODEL_NONE;
}

/* A factor and a summand for each index along an axis. */
static int binary_affine(struct import *in, uint32_t constant, bool first)
{
	int64_t count = import_value(in, constant)->elements;
	enum model_instruction code = in->node.binary;
	float *factor, *summand, *number;
	int r;

	in->node.code = MODEL_AFFINE;
	in->node.inputs = 1;
	r = import_made(in, "factors", 1, &count, &in->node.weights);
	if (r >= 0)
		r = import_made(in, "summands", 1, &count, &in->node.bias);
	if (r < 0)
		return r;
	number = import_value(in, constant)->data;
	factor = import_value(in, in->node.weights)->data;
	summand = import_value(in, in->node.bias)->data;
	for (int64_t i = 0; i < count; i++) {
		bool sum = code == MODEL_ADD || code == MODEL_SUB;

		factor[i] = code == MODEL_SUB && first ? -1 : 1;
		if (sum)
			summand[i] = code == MODEL_SUB && !first ? -number[i] :
								   number[i];
		else
			factor[i] = code == MODEL_MUL ? number[i] : 1 / number[i];
	}
	return 0;
}

/* One of both is a constant. */
static int binary_constant(struct import *in, uint32_t value, uint32_t constant,
			   bool first)
{
	const struct model_value *from = import_value(in, constant);
	char text[64], other[64];

	in->node.input[0] = value;
	if (binary_is_single(from) && from->rank <= import_value(in, value)->rank) {
		binary_function(in, from->data[0], first);
		return 0;
	}
	if (in->node.binary > MODEL_DIV || (in->node.binary == MODEL_DIV && first) ||
	    !binary_axis(import_value(in, value), from, &in->node.axis))
		return import_fail(in, -EOPNOTSUPP,
				   "a constant of %s with a value of %s; the nearest form: a single number or one for each channel",
				   model_shape_text(from, text),
				   model_shape_text(import_value(in, value), other));
	return binary_affine(in, constant, first);
}

/* The node of two values, complete but for its output. */
static int binary_pair(struct import *in, uint32_t a, uint32_t b,
		       int64_t *ret_dimensions, size_t *ret_rank)
{
	bool a_known = import_value(in, a)->data, b_known = import_value(in, b)->data;
	int rank = binary_shape(import_value(in, a), import_value(in, b),
				ret_dimensions);

	if (rank < 0) {
		char text[64], other[64];

		return import_fail(in, -EBADMSG, "values of %s and %s don't fit",
				   model_shape_text(import_value(in, a), text),
				   model_shape_text(import_value(in, b), other));
	}
	*ret_rank = (size_t)rank;
	if (a_known != b_known)
		return b_known ? binary_constant(in, a, b, false) :
				 binary_constant(in, b, a, true);
	in->node.code = MODEL_BINARY;
	in->node.inputs = 2;
	in->node.input[0] = a;
	in->node.input[1] = b;
	return 0;
}

int import_binary(struct import *in)
{
	static const struct {
		const char *kind;
		enum model_instruction code;
	} kinds[] = {
		{ "Add", MODEL_ADD }, { "Sub", MODEL_SUB }, { "Mul", MODEL_MUL },
		{ "Div", MODEL_DIV }, { "Min", MODEL_MIN }, { "Max", MODEL_MAX },
		{ "Sum", MODEL_ADD }, { "Pow", MODEL_POW },
	};
	int64_t dimensions[MODEL_RANK_MAX];
	uint32_t a, b;
	size_t rank = 0;
	int r;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].kind, in->node.kind) == 0)
			in->node.binary = kinds[i].code;
	r = import_input(in, 0, &a);
	if (r >= 0 && in->proto->n_input == 1)
		return import_identity(in);
	for (size_t i = 1; r >= 0 && i < in->proto->n_input; i++) {
		r = import_input(in, i, &b);
		if (r >= 0)
			r = binary_pair(in, a, b, dimensions, &rank);
		if (r < 0)
			return r;
		if (i + 1 == in->proto->n_input)
			return import_finish(in, rank, dimensions);
		r = import_emit(in, in->node.name, rank, dimensions);
		a = in->node.output;
	}
	return r < 0 ? r : import_fail(in, -EBADMSG, "it has no inputs");
}

/* ------------------------------------------------------------------------
 * Along a dimension
 */

int import_batch_norm(struct import *in)
{
	const struct model_value *part[4];
	float epsilon = import_float(in, "epsilon", 1e-5f), *factor, *summand;
	int64_t count;
	int r;

	in->node.code = MODEL_AFFINE;
	in->node.axis = 1;
	in->node.inputs = 1;
	r = import_input(in, 0, &in->node.input[0]);
	if (r < 0)
		return r;
	if (import_value(in, in->node.input[0])->rank < 2)
		return import_fail(in, -EBADMSG, "a value without channels");
	count = import_value(in, in->node.input[0])->dimensions[1];
	r = import_made(in, "factors", 1, &count, &in->node.weights);
	if (r >= 0)
		r = import_made(in, "summands", 1, &count, &in->node.bias);
	for (size_t i = 0; r >= 0 && i < 4; i++) {
		r = import_constant(in, 1 + i, &part[i]);
		if (r >= 0 && part[i]->elements != count)
			r = import_fail(in, -EBADMSG,
					"input %zu has %u numbers for %lld channels",
					1 + i, part[i]->elements, (long long)count);
	}
	if (r < 0)
		return r;
	factor = import_value(in, in->node.weights)->data;
	summand = import_value(in, in->node.bias)->data;
	for (int64_t i = 0; i < count; i++) {
		factor[i] = part[0]->data[i] / sqrtf(part[3]->data[i] + epsilon);
		summand[i] = part[1]->data[i] - part[2]->data[i] * factor[i];
	}
	return import_same(in, in->node.input[0]);
}

int import_softmax(struct import *in)
{
	const struct model_value *from;
	int r = import_input(in, 0, &in->node.input[0]);

	in->node.code = MODEL_SOFTMAX;
	in->node.inputs = 1;
	if (r < 0)
		return r;
	from = import_value(in, in->node.input[0]);
	r = import_axis(in, import_integer(in, "axis", in->opset < 13 ? 1 : -1),
			from->rank, &in->node.axis);
	if (r < 0)
		return r;
	/* Once it was over all dimensions from the axis on. */
	for (uint32_t i = in->node.axis + 1; in->opset < 13 && i < from->rank; i++)
		if (from->dimensions[i] != 1)
			return import_fail(in, -EOPNOTSUPP,
					   "over several dimensions; the nearest form: over one, after Reshape");
	if (from->dimensions[in->node.axis] > FS1_SOFTMAX_MAX)
		return import_fail(in, -EOPNOTSUPP, "over %u classes; at most %u",
				   from->dimensions[in->node.axis], FS1_SOFTMAX_MAX);
	return import_same(in, in->node.input[0]);
}

/*
 * Weights [out][in] of a constant, which may have it the other way round; steps of
 * those that were quantised come along.
 */
static int linear_weights(struct import *in, size_t index, bool turned, float factor)
{
	const struct model_value *from;
	struct model_value *to;
	uint32_t value;
	int64_t sides[2];
	int r = import_constant(in, index, &from);

	if (r >= 0)
		r = import_input(in, index, &value);
	if (r < 0)
		return r;
	if (from->rank != 2 || !from->elements)
		return import_fail(in, -EOPNOTSUPP,
				   "weights with %u dimensions; 2 are possible",
				   from->rank);
	sides[0] = from->dimensions[turned];
	sides[1] = from->dimensions[!turned];
	r = import_made(in, "weights", 2, sides, &in->node.weights);
	if (r < 0)
		return r;
	from = import_value(in, value);
	to = import_value(in, in->node.weights);
	for (int64_t i = 0; i < sides[0]; i++)
		for (int64_t j = 0; j < sides[1]; j++)
			to->data[i * sides[1] + j] = factor *
				from->data[turned ? j * sides[0] + i :
						    i * sides[1] + j];
	if (!from->steps || fabsf(factor - 1) > 0 ||
	    (from->step_count > 1 && from->step_axis != turned))
		return 0;
	to->steps = calloc(from->step_count, sizeof(float));
	if (!to->steps)
		return -ENOMEM;
	memcpy(to->steps, from->steps, from->step_count * sizeof(float));
	to->step_count = from->step_count;
	return 0;
}

/* The input's last dimension becomes that of the weights. */
static int linear_finish(struct import *in)
{
	const struct model_value *from = import_value(in, in->node.input[0]);
	const struct model_value *weights = import_value(in, in->node.weights);
	int64_t dimensions[MODEL_RANK_MAX];

	if (!from->rank || from->dimensions[from->rank - 1] != weights->dimensions[1])
		return import_fail(in, -EBADMSG, "%u numbers for weights for %u",
				   from->rank ? from->dimensions[from->rank - 1] : 1,
				   weights->dimensions[1]);
	for (uint32_t i = 0; i < from->rank; i++)
		dimensions[i] = from->dimensions[i];
	dimensions[from->rank - 1] = weights->dimensions[0];
	return import_finish(in, from->rank, dimensions);
}

int import_gemm(struct import *in)
{
	float beta = import_float(in, "beta", 1);
	const struct model_value *summand;
	int64_t channels;
	int r;

	in->node.code = MODEL_LINEAR;
	in->node.inputs = 1;
	r = import_input(in, 0, &in->node.input[0]);
	if (r >= 0)
		r = linear_weights(in, 1, !import_integer(in, "transB", 0),
				   import_float(in, "alpha", 1));
	if (r < 0)
		return r;
	if (import_integer(in, "transA", 0) ||
	    import_value(in, in->node.input[0])->rank != 2)
		return import_fail(in, -EOPNOTSUPP,
				   "the first input must have 2 dimensions and stay as it is (transA = 0)");
	if (!import_has(in, 2))
		return linear_finish(in);
	channels = import_value(in, in->node.weights)->dimensions[0];
	r = import_made(in, "bias", 1, &channels, &in->node.bias);
	if (r >= 0)
		r = import_constant(in, 2, &summand);
	if (r < 0)
		return r;
	if (summand->elements != 1 && summand->elements != channels)
		return import_fail(in, -EOPNOTSUPP,
				   "%u summands for %lld channels", summand->elements,
				   (long long)channels);
	for (int64_t i = 0; i < channels; i++)
		import_value(in, in->node.bias)->data[i] = beta *
			summand->data[summand->elements == 1 ? 0 : i];
	return linear_finish(in);
}

int import_matmul(struct import *in)
{
	int r;

	in->node.code = MODEL_LINEAR;
	in->node.inputs = 1;
	r = import_input(in, 0, &in->node.input[0]);
	if (r >= 0 && import_has(in, 1)) {
		struct import_name *found = import_find(in, in->proto->input[1]);

		if (found && !import_value(in, found->value)->data)
			return import_fail(in, -EOPNOTSUPP,
					   "of two computed values; the nearest form: with constant weights");
	}
	if (r >= 0)
		r = linear_weights(in, 1, true, 1);
	if (r < 0)
		return r;
	return linear_finish(in);
}
