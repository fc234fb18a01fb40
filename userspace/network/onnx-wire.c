// SPDX-License-Identifier: Apache-2.0
/*
 * A walk along the bytes of an ONNX file before they are read: lengths that lead out
 * of their message, and messages within messages without end, are found here, with
 * the place.
 */
#include <errno.h>

#include "import.h"

/* Deeper than a graph in a graph, and its tensors, is nothing that is read. */
#define WIRE_DEPTH_MAX 16u

/**
 * struct wire - bytes that are being read
 * @model: for the message
 * @base: the file
 * @data: next byte
 * @end: behind the last one of the message
 */
struct wire {
	struct model *model;
	const uint8_t *base;
	const uint8_t *data;
	const uint8_t *end;
};

static int wire_bad(const struct wire *wire, const char *message, const char *what)
{
	return model_fail(wire->model, -EBADMSG,
			  "not an ONNX file, or a damaged one: byte %zu (in %s): %s",
			  (size_t)(wire->data - wire->base), message, what);
}

static int wire_number(struct wire *wire, const char *message, uint64_t *ret_number)
{
	uint64_t number = 0;

	for (unsigned int shift = 0; shift < 70; shift += 7) {
		if (wire->data == wire->end)
			return wire_bad(wire, message, "ends within a number");
		if (shift < 64)
			number |= (uint64_t)(*wire->data & 0x7f) << shift;
		if (!(*wire->data++ & 0x80)) {
			*ret_number = number;
			return 0;
		}
	}
	return wire_bad(wire, message, "a number of more than 10 bytes");
}

static int wire_message(struct wire *wire,
			const ProtobufCMessageDescriptor *message, unsigned int depth);

/* A field of a length that it says itself. */
static int wire_counted(struct wire *wire, const ProtobufCMessageDescriptor *message,
			uint32_t tag, unsigned int depth)
{
	const ProtobufCFieldDescriptor *field;
	struct wire inner = *wire;
	uint64_t length = 0;
	int r;

	r = wire_number(wire, message->short_name, &length);
	if (r < 0)
		return r;
	if (length > (uint64_t)(wire->end - wire->data))
		return wire_bad(wire, message->short_name,
				"a field is longer than what it lies in");
	inner.data = wire->data;
	inner.end = wire->data + length;
	wire->data = inner.end;
	field = protobuf_c_message_descriptor_get_field(message, tag);
	if (!field || field->type != PROTOBUF_C_TYPE_MESSAGE)
		return 0;
	if (depth >= WIRE_DEPTH_MAX)
		return wire_bad(&inner, message->short_name,
				"messages lie in each other too deep");
	return wire_message(&inner, field->descriptor, depth + 1);
}

static int wire_message(struct wire *wire,
			const ProtobufCMessageDescriptor *message, unsigned int depth)
{
	while (wire->data < wire->end) {
		uint64_t key = 0, skipped = 0;
		int r = wire_number(wire, message->short_name, &key);

		if (r < 0)
			return r;
		if (key >> 3 == 0 || key >> 3 >= 1u << 29)
			return wire_bad(wire, message->short_name,
					"a field that can't be");
		switch (key & 7) {
		case 0:
			r = wire_number(wire, message->short_name, &skipped);
			skipped = 0;
			break;
		case 1:
			skipped = 8;
			break;
		case 2:
			r = wire_counted(wire, message, (uint32_t)(key >> 3), depth);
			break;
		case 5:
			skipped = 4;
			break;
		default:
			return wire_bad(wire, message->short_name,
					"a kind of field that can't be");
		}
		if (r < 0)
			return r;
		if (skipped > (uint64_t)(wire->end - wire->data))
			return wire_bad(wire, message->short_name,
					"ends within a field");
		wire->data += skipped;
	}
	return 0;
}

int onnx_wire_check(struct model *model, const uint8_t *data, size_t size)
{
	struct wire wire = {
		.model = model,
		.base = data,
		.data = data,
		.end = data + size,
	};

	return wire_message(&wire, &onnx__model_proto__descriptor, 0);
}
