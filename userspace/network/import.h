/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files that read ONNX share: the node that is being read, its inputs and
 * attributes, and how what it computes comes into the model.
 */
#ifndef FOVEA_NETWORK_IMPORT_H
#define FOVEA_NETWORK_IMPORT_H

#include <search.h>

#include "model.h"
#include "onnx.pb-c.h"

/**
 * struct import_name - what a name of the ONNX graph stands for
 * @value: of the model
 * @bytes: it's the value as bytes: what QuantizeLinear gives
 */
struct import_name {
	uint32_t value;
	bool bytes;
};

/**
 * struct import - a graph that is being read
 * @model: what it becomes
 * @graph: where it comes from
 * @opset: version of the standard operators
 * @table: from names to @names
 * @names: what they stand for
 * @name_count: how many
 * @name_room: how many there can be
 * @proto: the node that is being read
 * @node: what it becomes; name and kind belong to @proto
 */
struct import {
	struct model *model;
	const Onnx__GraphProto *graph;
	int64_t opset;
	struct hsearch_data table;
	struct import_name *names;
	size_t name_count;
	size_t name_room;
	const Onnx__NodeProto *proto;
	struct model_node node;
};

/**
 * struct onnx_file - a file as protobuf-c has it
 * @proto: the model
 * @allocator: of @proto
 * @left: bytes that @proto may still take
 *
 * It points into itself: not to be copied.
 */
struct onnx_file {
	Onnx__ModelProto *proto;
	ProtobufCAllocator allocator;
	size_t left;
};

/**
 * onnx_open() - read the bytes of an ONNX file
 * @model: for the message
 * @data: them
 * @size: how many
 * @ret_file: to be given back with onnx_close(); not set on failure
 *
 * Return: 0, -EBADMSG or -E2BIG.
 */
int onnx_open(struct model *model, const void *data, size_t size,
	      struct onnx_file *ret_file);

/** onnx_close() - free what onnx_open() made */
void onnx_close(struct onnx_file *file);

/**
 * onnx_wire_check() - are nested messages as long as they say, and not too deep?
 * @model: for the message
 * @data: bytes of the file
 * @size: how many
 *
 * protobuf-c itself goes as deep as the file says.
 *
 * Return: 0 or -EBADMSG.
 */
int onnx_wire_check(struct model *model, const uint8_t *data, size_t size);

/**
 * onnx_tensor_read() - a constant
 * @model: it becomes a value of this
 * @tensor: from the file
 * @name: of the value
 * @ret_value: its number
 *
 * Return: 0 or negative errno, with a message.
 */
int onnx_tensor_read(struct model *model, const Onnx__TensorProto *tensor,
		     const char *name, uint32_t *ret_value);

/** import_fail() - a message about the node that is being read. Return: @error. */
#define import_fail(in, error, ...)	\
	model_node_fail((in)->model, &(in)->node, error, __VA_ARGS__)

/** import_define() - @name stands for @value from now on. Return: 0 or -EBADMSG. */
int import_define(struct import *in, const char *name, uint32_t value, bool bytes);

/** import_find() - what a name stands for, or NULL */
struct import_name *import_find(struct import *in, const char *name);

/**
 * import_input() - an input that must be there
 * @in: the node
 * @index: from 0
 * @ret_value: the value
 *
 * Return: 0 or -EBADMSG; -EOPNOTSUPP: it is bytes.
 */
int import_input(struct import *in, size_t index, uint32_t *ret_value);

/** import_has() - is there an input @index? */
bool import_has(const struct import *in, size_t index);

/**
 * import_constant() - likewise, an input whose numbers must be known
 * @in: the node
 * @index: from 0
 * @ret_value: the value itself, until the next one is added
 *
 * Return: 0 or negative errno.
 */
int import_constant(struct import *in, size_t index,
		    const struct model_value **ret_value);

/** import_value() - a value by its number */
static inline struct model_value *import_value(const struct import *in, uint32_t value)
{
	return &in->model->values[value];
}

/** import_attribute() - an attribute, or NULL */
const Onnx__AttributeProto *import_attribute(const struct import *in,
					     const char *name);

/** import_integer() - an attribute, or @otherwise */
int64_t import_integer(const struct import *in, const char *name, int64_t otherwise);

/** import_float() - an attribute, or @otherwise */
float import_float(const struct import *in, const char *name, float otherwise);

/** import_is() - is an attribute the text @text? Without it: is it @otherwise? */
bool import_is(const struct import *in, const char *name, const char *text,
	       const char *otherwise);

/**
 * import_list() - integers of an attribute or, where there is none, of an input
 * @in: the node
 * @name: of the attribute; NULL: only an input
 * @index: of the input, or SIZE_MAX: only an attribute
 * @ret_list: room for @most
 * @most: more is an error
 * @ret_count: how many; 0: there is neither
 *
 * Return: 0 or negative errno.
 */
int import_list(struct import *in, const char *name, size_t index, int64_t *ret_list,
		size_t most, size_t *ret_count);

/** import_axis() - from -rank..rank-1 to 0..rank-1. Return: 0 or -EBADMSG. */
int import_axis(struct import *in, int64_t axis, uint32_t rank, uint32_t *ret_axis);

/**
 * import_emit() - the node is complete: into the model with it
 * @in: the node
 * @name: of what it computes; it isn't defined
 * @rank: likewise
 * @dimensions: likewise
 *
 * A node of constants is computed now, and is a constant.
 *
 * Return: 0 or negative errno; the value is in the node's output.
 */
int import_emit(struct import *in, const char *name, size_t rank,
		const int64_t *dimensions);

/** import_finish() - likewise, for the first output, which is defined */
int import_finish(struct import *in, size_t rank, const int64_t *dimensions);

/** import_same() - likewise, with the shape of @value */
int import_same(struct import *in, uint32_t value);

/**
 * import_reshape() - the first output is a value with other dimensions
 * @in: the node
 * @value: that one
 * @rank: of the output
 * @dimensions: likewise
 *
 * Return: 0 or negative errno.
 */
int import_reshape(struct import *in, uint32_t value, size_t rank,
		   const int64_t *dimensions);

/** import_made() - a new constant of the node. Return: 0 or negative errno. */
int import_made(struct import *in, const char *what, size_t rank,
		const int64_t *dimensions, uint32_t *ret_value);

/* Readers of one operator each. */
int import_convolution(struct import *in);
int import_pool(struct import *in);
int import_pool_global(struct import *in);
int import_resize(struct import *in);
int import_reduce_mean(struct import *in);
int import_gemm(struct import *in);
int import_matmul(struct import *in);
int import_batch_norm(struct import *in);
int import_binary(struct import *in);
int import_unary(struct import *in);
int import_clip(struct import *in);
int import_softmax(struct import *in);
int import_quantize(struct import *in);
int import_dequantize(struct import *in);
int import_identity(struct import *in);
int import_tensor(struct import *in);
int import_cast(struct import *in);
int import_shape(struct import *in);
int import_gather(struct import *in);
int import_filled(struct import *in);
int import_reshaping(struct import *in);
int import_transpose(struct import *in);
int import_concat(struct import *in);
int import_slice(struct import *in);
int import_split(struct import *in);
int import_pad(struct import *in);

#endif /* FOVEA_NETWORK_IMPORT_H */
