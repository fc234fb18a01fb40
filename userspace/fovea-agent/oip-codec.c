// SPDX-License-Identifier: Apache-2.0
/*
 * Encoding and decoding of the Open Inference Protocol. The decoder trusts
 * nothing: every size is checked against what is there, names must be plain
 * text, numbers finite, and the bytes used up exactly.
 */
#include "oip-codec.h"

#include <endian.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "libfovea/cleanup.h"

enum number { UNSIGNED, SIGNED, FLOATING, BOOLEAN, TEXT };

/* FP16 outputs have no use here yet: they are refused by name. */
static const struct datatype {
	const char *name;
	size_t size;
	enum number number;
} datatypes[] = {
	{ "BOOL", 1, BOOLEAN },
	{ "UINT8", 1, UNSIGNED }, { "UINT16", 2, UNSIGNED },
	{ "UINT32", 4, UNSIGNED }, { "UINT64", 8, UNSIGNED },
	{ "INT8", 1, SIGNED }, { "INT16", 2, SIGNED },
	{ "INT32", 4, SIGNED }, { "INT64", 8, SIGNED },
	{ "FP32", 4, FLOATING }, { "FP64", 8, FLOATING },
	{ "BYTES", 0, TEXT },
};

#define _cleanup_json_ _cleanup_(json_decrefp)

/* ---- request -------------------------------------------------------- */

int oip_encode(const struct oip_input *input, uint8_t **ret_prefix,
	       size_t *ret_prefix_size, size_t *ret_json_size)
{
	bool picture = input->width > 0;
	_cleanup_json_ json_t *json = NULL;
	_cleanup_free_ char *text = NULL;
	size_t length, extra = picture ? 0 : 4;
	json_t *shape;
	uint8_t *prefix;

	if (picture && (uint64_t)input->width * input->height != input->size)
		return -EINVAL;
	if (input->size > UINT32_MAX)
		return -EMSGSIZE;
	shape = picture ? json_pack("[i,I,I]", 1, (json_int_t)input->height,
				    (json_int_t)input->width) :
			  json_pack("[i]", 1);
	json = json_pack("{s:s,s:{s:b},s:[{s:s,s:o,s:s,s:{s:I}}]}",
			 "id", input->id,
			 "parameters", "binary_data_output", 1,
			 "inputs", "name", input->name, "shape", shape,
			 "datatype", picture ? "UINT8" : "BYTES",
			 "parameters", "binary_data_size",
			 (json_int_t)input->size + (json_int_t)extra);
	text = json ? json_dumps(json, JSON_COMPACT) : NULL;
	if (!text)
		return -ENOMEM;
	length = strlen(text);
	prefix = malloc(length + extra);
	if (!prefix)
		return -ENOMEM;
	memcpy(prefix, text, length);
	if (extra) {
		uint32_t size = htole32((uint32_t)input->size);

		memcpy(prefix + length, &size, sizeof(size));
	}
	*ret_prefix = prefix;
	*ret_prefix_size = length + extra;
	*ret_json_size = length;
	return 0;
}

/* ---- answer --------------------------------------------------------- */

struct decoder {
	const uint8_t *raw;	/* of the tensors that are still to come */
	size_t raw_size;
	uint64_t elements;	/* so far */
	const char *reason;
};

static int bad(struct decoder *decoder, const char *reason)
{
	decoder->reason = reason;
	return -EBADMSG;
}

static bool plain_name(const json_t *json)
{
	const char *text = json_string_value(json);
	size_t size = json_string_length(json);

	if (!text || size == 0 || size > OIP_NAME_MAX)
		return false;
	for (size_t i = 0; i < size; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

static const struct datatype *find_datatype(const json_t *json)
{
	const char *name = json_string_value(json);

	for (size_t i = 0; name &&
	     i < sizeof(datatypes) / sizeof(datatypes[0]); i++)
		if (strcmp(datatypes[i].name, name) == 0)
			return &datatypes[i];
	return NULL;
}

static bool read_shape(const json_t *shape, uint64_t *ret_elements)
{
	uint64_t elements = 1;
	const json_t *item;
	size_t i;

	if (!json_is_array(shape) || json_array_size(shape) == 0 ||
	    json_array_size(shape) > OIP_DIMENSIONS_MAX)
		return false;
	json_array_foreach(shape, i, item) {
		json_int_t n = json_integer_value(item);

		if (!json_is_integer(item) || n < 0 || n > OIP_ELEMENTS_MAX)
			return false;
		elements *= (uint64_t)n;
		if (elements > OIP_ELEMENTS_MAX)
			return false;
	}
	*ret_elements = elements;
	return true;
}

static json_t *read_float(const struct datatype *type, const uint8_t *at)
{
	double value;

	if (type->size == 4) {
		uint32_t bits;
		float narrow;

		memcpy(&bits, at, sizeof(bits));
		bits = le32toh(bits);
		memcpy(&narrow, &bits, sizeof(narrow));
		value = (double)narrow;
	} else {
		uint64_t bits;

		memcpy(&bits, at, sizeof(bits));
		bits = le64toh(bits);
		memcpy(&value, &bits, sizeof(value));
	}
	return isfinite(value) ? json_real(value) : NULL;
}

static json_t *read_number(const struct datatype *type, const uint8_t *at)
{
	uint64_t value = 0;

	if (type->number == FLOATING)
		return read_float(type, at);
	for (size_t i = 0; i < type->size; i++)
		value |= (uint64_t)at[i] << (8 * i);
	switch (type->number) {
	case BOOLEAN:
		return value <= 1 ? json_boolean(value != 0) : NULL;
	case SIGNED:
		/* NOLINTNEXTLINE(clang-analyzer-core.*): no type has size 0 */
		if (type->size < 8 && value >> (8 * type->size - 1))
			value |= ~0ull << (8 * type->size);
		return json_integer((json_int_t)value);
	default:
		return value <= INT64_MAX ? json_integer((json_int_t)value) :
					    NULL;
	}
}

/* Elements of text: each has its length in four bytes before it. */
static int read_text(struct decoder *decoder, uint64_t elements,
		     const json_t *binary_size, json_t **ret_data)
{
	json_int_t size = json_integer_value(binary_size);
	_cleanup_json_ json_t *data = json_array();
	const uint8_t *at = decoder->raw;
	size_t left;

	if (!json_is_integer(binary_size) || size < 0 ||
	    (uint64_t)size > decoder->raw_size)
		return bad(decoder, "there are fewer bytes behind the JSON than the outputs need");
	if (!data)
		return -ENOMEM;
	left = (size_t)size;
	for (uint64_t i = 0; i < elements; i++) {
		uint32_t length;
		json_t *text;

		if (left < sizeof(length))
			return bad(decoder, "an output of BYTES ends before its elements do");
		memcpy(&length, at, sizeof(length));
		length = le32toh(length);
		at += sizeof(length);
		left -= sizeof(length);
		if (length > left || length > OIP_TEXT_MAX)
			return bad(decoder, "an element of BYTES is longer than what is there, or than 1024 bytes");
		text = json_stringn((const char *)at, length);
		if (!text || memchr(at, '\0', length)) {
			json_decref(text);
			return bad(decoder, "an element of BYTES is no UTF-8 text");
		}
		if (json_array_append_new(data, text) < 0)
			return -ENOMEM;
		at += length;
		left -= length;
	}
	if (left)
		return bad(decoder, "binary_data_size of an output does not follow from its shape and datatype");
	decoder->raw += size;
	decoder->raw_size -= (size_t)size;
	*ret_data = json_incref(data);
	return 0;
}

static int read_binary(struct decoder *decoder, const struct datatype *type,
		       uint64_t elements, const json_t *binary_size,
		       json_t **ret_data)
{
	json_int_t size = json_integer_value(binary_size);
	_cleanup_json_ json_t *data = json_array();

	if (!json_is_integer(binary_size) || size < 0 ||
	    (uint64_t)size != elements * type->size)
		return bad(decoder, "binary_data_size of an output does not follow from its shape and datatype");
	if ((uint64_t)size > decoder->raw_size)
		return bad(decoder, "there are fewer bytes behind the JSON than the outputs need");
	if (!data)
		return -ENOMEM;
	for (uint64_t i = 0; i < elements; i++) {
		json_t *number = read_number(type, decoder->raw +
					     i * type->size);

		if (!number)
			return bad(decoder, "an output has a value that is not finite, or no boolean");
		if (json_array_append_new(data, number) < 0)
			return -ENOMEM;
	}
	decoder->raw += size;
	decoder->raw_size -= (size_t)size;
	*ret_data = json_incref(data);
	return 0;
}

static bool json_fits(const struct datatype *type, const json_t *item)
{
	json_int_t value = json_integer_value(item);

	switch (type->number) {
	case BOOLEAN:
		return json_is_boolean(item);
	case TEXT:
		return json_is_string(item) &&
		       json_string_length(item) <= OIP_TEXT_MAX &&
		       !memchr(json_string_value(item), '\0',
			       json_string_length(item));
	case FLOATING:
		return json_is_number(item);
	case UNSIGNED:
		return json_is_integer(item) && value >= 0 &&
		       (type->size == 8 || value < 1ll << (8 * type->size));
	case SIGNED:
		return json_is_integer(item) &&
		       (type->size == 8 ||
			(value >= -(1ll << (8 * type->size - 1)) &&
			 value < 1ll << (8 * type->size - 1)));
	}
	return false;
}

static int read_json(struct decoder *decoder, const struct datatype *type,
		     uint64_t elements, const json_t *data, json_t **ret_data)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(data) || json_array_size(data) != elements)
		return bad(decoder, "an output has neither binary data nor a flat list of as many values as its shape says");
	json_array_foreach(data, i, item)
		if (!json_fits(type, item))
			return bad(decoder, "an output has a value that is not of its datatype");
	*ret_data = json_deep_copy(data);
	return *ret_data ? 0 : -ENOMEM;
}

static int read_output(struct decoder *decoder, const json_t *output,
		       json_t *outputs)
{
	const json_t *name = json_object_get(output, "name");
	const json_t *shape = json_object_get(output, "shape");
	const json_t *binary_size = json_object_get(json_object_get(output,
						    "parameters"),
						    "binary_data_size");
	const struct datatype *type =
		find_datatype(json_object_get(output, "datatype"));
	_cleanup_json_ json_t *data = NULL;
	uint64_t elements;
	json_t *item;
	int r;

	if (!plain_name(name))
		return bad(decoder, "an output has no name of 1 to 64 printable characters");
	if (!type)
		return bad(decoder, "an output has an unknown datatype");
	if (!read_shape(shape, &elements) ||
	    elements > OIP_ELEMENTS_MAX - decoder->elements)
		return bad(decoder, "the outputs have no shapes, or more than 2048 values");
	decoder->elements += elements;
	if (binary_size && type->number == TEXT)
		r = read_text(decoder, elements, binary_size, &data);
	else if (binary_size)
		r = read_binary(decoder, type, elements, binary_size, &data);
	else
		r = read_json(decoder, type, elements,
			      json_object_get(output, "data"), &data);
	if (r < 0)
		return r;
	item = json_pack("{s:s,s:s,s:O,s:O}",
			 "name", json_string_value(name),
			 "datatype", type->name, "shape", shape, "data", data);
	return item && json_array_append_new(outputs, item) == 0 ? 0 : -ENOMEM;
}

static int read_outputs(struct decoder *decoder, const json_t *list,
			json_t **ret_outputs)
{
	_cleanup_json_ json_t *outputs = json_array();
	const json_t *output;
	size_t i;
	int r;

	if (!outputs)
		return -ENOMEM;
	if (!json_is_array(list) || json_array_size(list) == 0 ||
	    json_array_size(list) > OIP_OUTPUTS_MAX)
		return bad(decoder, "it has no list of 1 to 16 outputs");
	json_array_foreach(list, i, output) {
		r = read_output(decoder, output, outputs);
		if (r < 0)
			return r;
	}
	if (decoder->raw_size)
		return bad(decoder, "there are more bytes behind the JSON than the outputs need");
	*ret_outputs = json_incref(outputs);
	return 0;
}

static int decode(struct decoder *decoder, const json_t *root, const char *id,
		  const char *model, json_t **ret_result)
{
	const json_t *version = json_object_get(root, "model_version");
	const char *its_id = json_string_value(json_object_get(root, "id"));
	const char *its_model =
		json_string_value(json_object_get(root, "model_name"));
	json_t *outputs = NULL, *result;
	int r;

	if (!its_id || strcmp(its_id, id) != 0)
		return bad(decoder, "it is the answer to another request: its id is not the frame's");
	if (!its_model || strcmp(its_model, model) != 0)
		return bad(decoder, "another model answered");
	if (version && !plain_name(version))
		return bad(decoder, "model_version is no short text");
	r = read_outputs(decoder, json_object_get(root, "outputs"), &outputs);
	if (r < 0)
		return r;
	result = json_pack("{s:s,s:s*,s:o}", "model", model, "model_version",
			   json_string_value(version), "outputs", outputs);
	if (!result)
		return -ENOMEM;
	*ret_result = result;
	return 0;
}

int oip_decode(const uint8_t *body, size_t size, int64_t json_size,
	       const char *id, const char *model, json_t **ret_result,
	       const char **ret_reason)
{
	struct decoder decoder = { .reason = NULL };
	_cleanup_json_ json_t *root = NULL;
	json_error_t error;
	size_t header = size;
	int r;

	if (json_size >= 0) {
		if ((uint64_t)json_size > size) {
			*ret_reason = "Inference-Header-Content-Length is larger than the answer";
			return -EBADMSG;
		}
		header = (size_t)json_size;
		decoder.raw = body + header;
		decoder.raw_size = size - header;
	}
	root = json_loadb((const char *)body, header, JSON_REJECT_DUPLICATES,
			  &error);
	if (!json_is_object(root)) {
		*ret_reason = "it is no JSON object";
		return -EBADMSG;
	}
	r = decode(&decoder, root, id, model, ret_result);
	*ret_reason = decoder.reason;
	return r;
}
