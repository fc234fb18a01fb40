// SPDX-License-Identifier: Apache-2.0
/*
 * Constants of ONNX files, of whatever type, as numbers of 32 bits.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "import.h"

/**
 * struct tensor_type - how numbers lie in the bytes of a tensor
 * @code: of ONNX
 * @size: bytes of one
 * @integer: it's an integer
 * @get: the number at @bytes
 */
struct tensor_type {
	int32_t code;
	size_t size;
	bool integer;
	float (*get)(const uint8_t *bytes);
};

#define TENSOR_GET(name, type)					\
	static float get_##name(const uint8_t *bytes)		\
	{							\
		type number;					\
								\
		memcpy(&number, bytes, sizeof(number));		\
		return (float)number;				\
	}

TENSOR_GET(float, float)
TENSOR_GET(double, double)
TENSOR_GET(u8, uint8_t)
TENSOR_GET(s8, int8_t)
TENSOR_GET(u16, uint16_t)
TENSOR_GET(s16, int16_t)
TENSOR_GET(u32, uint32_t)
TENSOR_GET(s32, int32_t)
TENSOR_GET(u64, uint64_t)
TENSOR_GET(s64, int64_t)

static float get_half(const uint8_t *bytes)
{
	uint32_t bits = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
	int exponent = (int)(bits >> 10 & 31);
	float mantissa = (float)(bits & 1023), number;

	if (exponent == 31)
		number = mantissa > 0 ? NAN : INFINITY;
	else if (exponent)
		number = ldexpf(1024 + mantissa, exponent - 25);
	else
		number = ldexpf(mantissa, -24);
	return bits >> 15 ? -number : number;
}

static float get_bfloat(const uint8_t *bytes)
{
	uint32_t bits = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 24;
	float number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

static const struct tensor_type tensor_types[] = {
	{ ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 4, false, get_float },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__UINT8, 1, true, get_u8 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__INT8, 1, true, get_s8 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__UINT16, 2, true, get_u16 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__INT16, 2, true, get_s16 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__INT32, 4, true, get_s32 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 8, true, get_s64 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__BOOL, 1, true, get_u8 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16, 2, false, get_half },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE, 8, false, get_double },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__UINT32, 4, true, get_u32 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__UINT64, 8, true, get_u64 },
	{ ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16, 2, false, get_bfloat },
};

/* Numbers that lie in a list of their own, not in bytes. */
static size_t tensor_list(const Onnx__TensorProto *tensor,
			  const struct tensor_type *type, size_t index, float *number)
{
	uint8_t bytes[2];

	if (tensor->n_float_data) {
		*number = index < tensor->n_float_data ?
			  tensor->float_data[index] : 0;
		return tensor->n_float_data;
	}
	if (tensor->n_int32_data) {
		int32_t data = index < tensor->n_int32_data ?
			       tensor->int32_data[index] : 0;

		bytes[0] = (uint8_t)data;
		bytes[1] = (uint8_t)(data >> 8);
		*number = type->integer ? (float)data : type->get(bytes);
		return tensor->n_int32_data;
	}
	if (tensor->n_int64_data) {
		*number = index < tensor->n_int64_data ?
			  (float)tensor->int64_data[index] : 0;
		return tensor->n_int64_data;
	}
	if (tensor->n_double_data) {
		*number = index < tensor->n_double_data ?
			  (float)tensor->double_data[index] : 0;
		return tensor->n_double_data;
	}
	*number = index < tensor->n_uint64_data ? (float)tensor->uint64_data[index] : 0;
	return tensor->n_uint64_data;
}

static bool tensor_type_in_list(const Onnx__TensorProto *tensor,
				const struct tensor_type *type)
{
	/* Only halves come as the bits of integers. */
	return !tensor->n_int32_data || type->integer || type->size == 2;
}

/* How many numbers there must be; the dimensions' product, or UINT64_MAX. */
static uint64_t tensor_elements(const Onnx__TensorProto *tensor)
{
	uint64_t elements = 1;

	for (size_t i = 0; i < tensor->n_dims; i++) {
		if (tensor->dims[i] < 0 ||
		    tensor->dims[i] > (int64_t)FS1_GRAPH_ELEMENTS_MAX)
			return UINT64_MAX;
		elements *= (uint64_t)tensor->dims[i];
		if (elements > FS1_GRAPH_ELEMENTS_MAX)
			return UINT64_MAX;
	}
	return elements;
}

int onnx_tensor_read(struct model *model, const Onnx__TensorProto *tensor,
		     const char *name, uint32_t *ret_value)
{
	const struct tensor_type *type = NULL;
	struct model_value *value;
	uint64_t elements = tensor_elements(tensor);
	size_t there;
	float number;
	int r;

	for (size_t i = 0; i < sizeof(tensor_types) / sizeof(*tensor_types); i++)
		if (tensor_types[i].code == tensor->data_type)
			type = &tensor_types[i];
	if (!type || !tensor_type_in_list(tensor, type))
		return model_fail(model, -EOPNOTSUPP,
				  "tensor '%s' has type %d; numbers of 8 to 64 bits are possible",
				  name, tensor->data_type);
	if (tensor->n_external_data ||
	    tensor->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
		return model_fail(model, -EOPNOTSUPP,
				  "tensor '%s' lies in another file; save the model as one file",
				  name);
	if (elements == UINT64_MAX)
		return model_fail(model, -E2BIG,
				  "tensor '%s' has a shape of more than %u numbers",
				  name, FS1_GRAPH_ELEMENTS_MAX);
	there = tensor->has_raw_data && tensor->raw_data.len ?
		tensor->raw_data.len / type->size :
		tensor_list(tensor, type, 0, &number);
	if (there != elements ||
	    (tensor->has_raw_data && tensor->raw_data.len % type->size))
		return model_fail(model, -EBADMSG,
				  "tensor '%s' has %zu numbers; its shape says %llu",
				  name, there, (unsigned long long)elements);
	r = model_value_add(model, name, tensor->n_dims, tensor->dims, true, ret_value);
	if (r < 0)
		return r;
	value = &model->values[*ret_value];
	value->integer = type->integer;
	if (type->integer)
		value->bits = (int)(8 * type->size);
	if (type->get == get_s8 || type->get == get_s16 || type->get == get_s32)
		value->bits = -value->bits;
	for (uint32_t i = 0; i < value->elements; i++)
		if (tensor->has_raw_data && tensor->raw_data.len)
			value->data[i] = type->get(tensor->raw_data.data +
						   i * type->size);
		else
			(void)tensor_list(tensor, type, i, &value->data[i]);
	return 0;
}
