/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ONNX files for tests, put together in memory.
 */
#ifndef FOVEA_NETWORK_TEST_ONNX_H
#define FOVEA_NETWORK_TEST_ONNX_H

#include <stddef.h>
#include <stdint.h>

#include "onnx.pb-c.h"

struct test_onnx;

/** test_onnx_new() - an empty model with operators of version @opset; never NULL */
struct test_onnx *test_onnx_new(int64_t opset);

/** test_onnx_free() - it and all that was added */
void test_onnx_free(struct test_onnx *onnx);

/** test_onnx_input() - an input of numbers of 32 bits */
void test_onnx_input(struct test_onnx *onnx, const char *name, int64_t channels,
		     int64_t height, int64_t width);

/** test_onnx_output() - an output */
void test_onnx_output(struct test_onnx *onnx, const char *name);

/**
 * test_onnx_random() - a constant of random numbers, always the same ones
 * @onnx: the model
 * @name: of the constant
 * @spread: numbers are from -@spread to @spread, around @mean
 * @mean: see there
 * @rank: dimensions follow, int each
 *
 * Return: the constant, whose numbers may be changed.
 */
Onnx__TensorProto *test_onnx_random(struct test_onnx *onnx, const char *name,
				    double spread, double mean, int rank, ...);

/** test_onnx_whole() - a constant of @count integers of type @type, which follow */
Onnx__TensorProto *test_onnx_whole(struct test_onnx *onnx, const char *name, int type,
				   int count, ...);

/** test_onnx_node() - a node; names are separated by blanks */
Onnx__NodeProto *test_onnx_node(struct test_onnx *onnx, const char *kind,
				const char *inputs, const char *outputs);

/** test_onnx_ints() - an attribute of @count integers, int each, which follow */
void test_onnx_ints(struct test_onnx *onnx, Onnx__NodeProto *node, const char *name,
		    int count, ...);

/** test_onnx_int() - an attribute */
void test_onnx_int(struct test_onnx *onnx, Onnx__NodeProto *node, const char *name,
		   int64_t number);

/** test_onnx_float() - an attribute */
void test_onnx_float(struct test_onnx *onnx, Onnx__NodeProto *node, const char *name,
		     double number);

/** test_onnx_text() - an attribute */
void test_onnx_text(struct test_onnx *onnx, Onnx__NodeProto *node, const char *name,
		    const char *text);

/** test_onnx_property() - what the model says about itself; copied */
void test_onnx_property(struct test_onnx *onnx, const char *key, const char *value);

/** test_onnx_pack() - the file's bytes, which belong to @onnx */
const uint8_t *test_onnx_pack(struct test_onnx *onnx, size_t *ret_size);

#endif /* FOVEA_NETWORK_TEST_ONNX_H */
