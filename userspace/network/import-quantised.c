// SPDX-License-Identifier: Apache-2.0
/*
 * What ONNX says about how numbers are written: constants, types, and values that are
 * quantised already.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

int import_identity(struct import *in)
{
	uint32_t value;
	int r = import_input(in, 0, &value);

	if (r < 0)
		return r;
	return import_define(in, in->proto->output[0], value, false);
}

/* Numbers of an attribute. */
static int tensor_numbers(struct import *in, const Onnx__AttributeProto *attribute,
			  bool integer, size_t rank, size_t count)
{
	int64_t side = (int64_t)count;
	struct model_value *to;
	uint32_t value;
	int r = import_made(in, in->proto->output[0], rank, &side, &value);

	if (r < 0)
		return r;
	to = import_value(in, value);
	to->integer = integer;
	for (size_t i = 0; i < count; i++) {
		if (!rank)
			to->data[i] = integer ? (float)attribute->i : attribute->f;
		else
			to->data[i] = integer ? (float)attribute->ints[i] :
						attribute->floats[i];
	}
	return import_define(in, in->proto->output[0], value, false);
}

int import_tensor(struct import *in)
{
	const Onnx__AttributeProto *attribute = import_attribute(in, "value");
	uint32_t value;
	int r;

	if (attribute && attribute->t) {
		r = onnx_tensor_read(in->model, attribute->t, in->proto->output[0],
				     &value);
		if (r < 0)
			return r;
		return import_define(in, in->proto->output[0], value, false);
	}
	attribute = import_attribute(in, "value_float");
	if (attribute)
		return tensor_numbers(in, attribute, false, 0, 1);
	attribute = import_attribute(in, "value_int");
	if (attribute)
		return tensor_numbers(in, attribute, true, 0, 1);
	attribute = import_attribute(in, "value_floats");
	if (attribute)
		return tensor_numbers(in, attribute, false, 1, attribute->n_floats);
	attribute = import_attribute(in, "value_ints");
	if (attribute)
		return tensor_numbers(in, attribute, true, 1, attribute->n_ints);
	return import_fail(in, -EOPNOTSUPP, "a constant that isn't made of numbers");
}

static bool cast_to_integer(int64_t type)
{
	return type != ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT &&
	       type != ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16 &&
	       type != ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16 &&
	       type != ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE;
}

int import_cast(struct import *in)
{
	bool integer = cast_to_integer(import_integer(in, "to", 1));
	struct import_name *found = import_has(in, 0) ?
				    import_find(in, in->proto->input[0]) : NULL;
	struct model_value *out;
	uint32_t value;
	int r;

	/* The input's bytes as they are. */
	if (found && found->bytes && found->value == in->model->input && !integer)
		return import_define(in, in->proto->output[0], found->value, false);
	r = import_input(in, 0, &value);
	if (r < 0)
		return r;
	if (!import_value(in, value)->data) {
		if (integer)
			return import_fail(in, -EOPNOTSUPP,
					   "to integers; the nearest that is supported: Floor");
		return import_define(in, in->proto->output[0], value, false);
	}
	in->node.code = MODEL_FUNCTION;
	in->node.inputs = 1;
	in->node.input[0] = value;
	in->node.program = (struct model_program) { .length = 1, .code = { MODEL_X } };
	r = import_same(in, value);
	if (r < 0)
		return r;
	out = import_value(in, in->node.output);
	out->integer = integer;
	for (uint32_t i = 0; integer && i < out->elements; i++)
		out->data[i] = truncf(out->data[i]);
	return 0;
}

/* ------------------------------------------------------------------------
 * QuantizeLinear and DequantizeLinear
 */

/**
 * struct quantiser - scale and zero point
 * @scale: for each index, positive
 * @zero_point: likewise; NULL: all are 0
 * @axis: for more than one
 * @negative: bytes have a sign
 */
struct quantiser {
	const struct model_value *scale;
	const struct model_value *zero_point;
	uint32_t axis;
	bool negative;
};

/* Inputs 1 and 2, for a value of @rank dimensions. */
static int quantiser_read(struct import *in, uint32_t rank, struct quantiser *quantiser)
{
	int64_t axis = import_integer(in, "axis", 1);
	int r = import_constant(in, 1, &quantiser->scale);

	if (r >= 0 && import_has(in, 2)) {
		r = import_constant(in, 2, &quantiser->zero_point);
		if (r >= 0)
			quantiser->negative = quantiser->zero_point->bits < 0;
	}
	if (r >= 0 && quantiser->scale->elements != 1)
		r = import_axis(in, axis, rank, &quantiser->axis);
	if (r < 0)
		return r;
	if (quantiser->zero_point &&
	    quantiser->zero_point->elements != quantiser->scale->elements)
		return import_fail(in, -EBADMSG, "%u zero points for %u scales",
				   quantiser->zero_point->elements,
				   quantiser->scale->elements);
	for (uint32_t i = 0; i < quantiser->scale->elements; i++)
		if (!(quantiser->scale->data[i] > 0) ||
		    !isfinite(quantiser->scale->data[i]))
			return import_fail(in, -EBADMSG, "scale %u is %g", i,
					   (double)quantiser->scale->data[i]);
	if (!quantiser->scale->elements)
		return import_fail(in, -EBADMSG, "no scale");
	return 0;
}

/* A single scale, and a zero point of bytes without sign. */
static int quantiser_single(struct import *in, const struct quantiser *quantiser,
			    double *ret_scale, int32_t *ret_zero_point)
{
	float zero_point = quantiser->zero_point ? quantiser->zero_point->data[0] : 0;

	if (quantiser->scale->elements != 1 ||
	    (quantiser->zero_point && abs(quantiser->zero_point->bits) != 8))
		return import_fail(in, -EOPNOTSUPP,
				   "a computed value with %u scales and other than 8 bits; the nearest form: one scale, 8 bits",
				   quantiser->scale->elements);
	if (quantiser->negative)
		zero_point += 128;
	if (!(zero_point >= 0 && zero_point <= 255))
		return import_fail(in, -EBADMSG, "the zero point isn't a byte");
	*ret_scale = (double)quantiser->scale->data[0];
	*ret_zero_point = (int32_t)zero_point;
	return 0;
}

static bool quantiser_same(const struct model_value *value, double scale,
			   int32_t zero_point)
{
	return fabs(value->scale - scale) <= scale * 1e-6 &&
	       value->zero_point == zero_point;
}

/* The number at @i of @value belongs to which scale? */
static uint32_t quantiser_index(const struct quantiser *quantiser,
				const struct model_value *value, uint32_t i)
{
	uint32_t inner = 1;

	if (quantiser->scale->elements == 1)
		return 0;
	for (uint32_t j = quantiser->axis + 1; j < value->rank; j++)
		inner *= value->dimensions[j];
	return i / inner % value->dimensions[quantiser->axis];
}

/* A constant becomes another of the same shape. */
static int quantiser_constant(struct import *in, uint32_t value,
			      const struct quantiser *quantiser, bool back)
{
	struct model_value *out;
	int r;

	if (quantiser->scale->elements != 1 &&
	    quantiser->scale->elements !=
	    import_value(in, value)->dimensions[quantiser->axis])
		return import_fail(in, -EBADMSG, "%u scales along a dimension of %u",
				   quantiser->scale->elements,
				   import_value(in, value)->dimensions[quantiser->axis]);
	in->node.code = MODEL_FUNCTION;
	in->node.inputs = 1;
	in->node.input[0] = value;
	in->node.program = (struct model_program) { .length = 1, .code = { MODEL_X } };
	r = import_same(in, value);
	if (r < 0)
		return r;
	out = import_value(in, in->node.output);
	out->integer = !back;
	out->bits = back ? 0 : quantiser->negative ? -8 : 8;
	return 0;
}

int import_quantize(struct import *in)
{
	struct quantiser quantiser = { 0 };
	struct model_value *from, *out;
	int32_t zero_point = 0;
	uint32_t value;
	double scale = 0;
	int r = import_input(in, 0, &value);

	if (r >= 0)
		r = quantiser_read(in, import_value(in, value)->rank, &quantiser);
	if (r < 0)
		return r;
	if (import_value(in, value)->data) {
		float low = quantiser.negative ? -128 : 0;

		struct quantiser again = { 0 };

		r = quantiser_constant(in, value, &quantiser, false);
		if (r >= 0)	/* the values have moved */
			r = quantiser_read(in, import_value(in, value)->rank, &again);
		if (r < 0)
			return r;
		out = import_value(in, in->node.output);
		for (uint32_t i = 0; i < out->elements; i++) {
			uint32_t at = quantiser_index(&again, out, i);
			float q = rintf(out->data[i] / again.scale->data[at]);

			q += again.zero_point ? again.zero_point->data[at] : 0;
			out->data[i] = q < low ? low : q > low + 255 ? low + 255 : q;
		}
		return 0;
	}
	r = quantiser_single(in, &quantiser, &scale, &zero_point);
	if (r < 0)
		return r;
	from = import_value(in, value);
	if (from->quantised && !quantiser_same(from, scale, zero_point)) {
		int64_t sides[MODEL_RANK_MAX];

		for (uint32_t i = 0; i < from->rank; i++)
			sides[i] = from->dimensions[i];
		in->node.code = MODEL_FUNCTION;
		in->node.inputs = 1;
		in->node.input[0] = value;
		in->node.program = (struct model_program) { .length = 1,
							    .code = { MODEL_X } };
		r = import_emit(in, in->proto->output[0], from->rank, sides);
		if (r < 0)
			return r;
		value = in->node.output;
		from = import_value(in, value);
	}
	from->quantised = true;
	from->scale = scale;
	from->zero_point = zero_point;
	return import_define(in, in->proto->output[0], value, true);
}

/* What is said of the steps of a constant, for weights. */
static int dequantize_steps(struct model_value *out, const struct quantiser *quantiser)
{
	for (uint32_t i = 0; quantiser->zero_point &&
	     i < quantiser->zero_point->elements; i++)
		if (fabsf(quantiser->zero_point->data[i]) > 0)
			return 0;
	out->steps = calloc(quantiser->scale->elements, sizeof(float));
	if (!out->steps)
		return -ENOMEM;
	memcpy(out->steps, quantiser->scale->data,
	       quantiser->scale->elements * sizeof(float));
	out->step_count = quantiser->scale->elements;
	out->step_axis = quantiser->axis;
	return 0;
}

static int dequantize_constant(struct import *in, uint32_t value)
{
	struct quantiser quantiser = { 0 };
	struct model_value *out;
	int r = quantiser_read(in, import_value(in, value)->rank, &quantiser);

	if (r >= 0)
		r = quantiser_constant(in, value, &quantiser, true);
	quantiser = (struct quantiser) { 0 };
	if (r >= 0)	/* the values have moved */
		r = quantiser_read(in, import_value(in, value)->rank, &quantiser);
	if (r < 0)
		return r;
	out = import_value(in, in->node.output);
	for (uint32_t i = 0; i < out->elements; i++) {
		uint32_t at = quantiser_index(&quantiser, out, i);
		float zero = quantiser.zero_point ? quantiser.zero_point->data[at] : 0;

		out->data[i] = (out->data[i] - zero) * quantiser.scale->data[at];
	}
	return dequantize_steps(out, &quantiser);
}

int import_dequantize(struct import *in)
{
	struct quantiser quantiser = { 0 };
	struct import_name *found = import_has(in, 0) ?
				    import_find(in, in->proto->input[0]) : NULL;
	struct model_value *value;
	int32_t zero_point = 0;
	double scale = 0;
	uint32_t number;
	int r;

	if (!found || !found->bytes) {
		r = import_input(in, 0, &number);
		if (r < 0)
			return r;
		if (!import_value(in, number)->data)
			return import_fail(in, -EOPNOTSUPP,
					   "its input isn't what QuantizeLinear gives");
		return dequantize_constant(in, number);
	}
	r = quantiser_read(in, import_value(in, found->value)->rank, &quantiser);
	if (r >= 0)
		r = quantiser_single(in, &quantiser, &scale, &zero_point);
	if (r < 0)
		return r;
	value = import_value(in, found->value);
	if (value->quantised && !quantiser_same(value, scale, zero_point))
		return import_fail(in, -EOPNOTSUPP,
				   "scale and zero point are others than those of QuantizeLinear before it");
	value->quantised = true;
	value->scale = scale;
	value->zero_point = zero_point;
	return import_define(in, in->proto->output[0], found->value, false);
}
