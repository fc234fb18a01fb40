/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A model between ONNX and the device: values and nodes of few kinds, with all shapes
 * known, in ONNX' order of dimensions (channels before height and width). Everything
 * that ONNX says in several ways is said in one way here.
 */
#ifndef FOVEA_NETWORK_MODEL_H
#define FOVEA_NETWORK_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs1-graph.h"

#define MODEL_NONE UINT32_MAX
#define MODEL_RANK_MAX FS1_GRAPH_RANK_MAX
#define MODEL_VALUES_MAX 8192u
#define MODEL_NODES_MAX 4096u
#define MODEL_INPUTS_MAX 64u
/* Numbers of all constants, and of all computed values, together. */
#define MODEL_ELEMENTS_MAX (64u << 20)

/** enum model_operator - what a node computes */
enum model_operator {
	MODEL_CONVOLUTION,	/* weights [out][in / groups][y][x] */
	MODEL_LINEAR,		/* along the last dimension; weights [out][in] */
	MODEL_AFFINE,		/* a factor and a summand for each index along axis */
	MODEL_BINARY,		/* of two values */
	MODEL_FUNCTION,		/* of one number */
	MODEL_POOL_MAX,
	MODEL_POOL_AVERAGE,
	MODEL_RESIZE,		/* of the last two dimensions */
	MODEL_SOFTMAX,		/* along axis */
	MODEL_CONCAT,		/* along axis */
	MODEL_PAD,
	MODEL_TRANSPOSE,
	MODEL_RESHAPE,
	MODEL_SLICE,
};

/** enum model_instruction - of a program: a stack of numbers */
enum model_instruction {
	MODEL_X,		/* push the argument */
	MODEL_NUMBER,		/* push a constant */
	MODEL_ADD,		/* the two topmost become one */
	MODEL_SUB,
	MODEL_MUL,
	MODEL_DIV,
	MODEL_MIN,
	MODEL_MAX,
	MODEL_POW,
	MODEL_SIGMOID,		/* the topmost */
	MODEL_TANH,
	MODEL_EXP,
	MODEL_LOG,
	MODEL_SQRT,
	MODEL_ABS,
	MODEL_NEG,
	MODEL_ERF,
	MODEL_FLOOR,
	MODEL_CEIL,
	MODEL_ROUND,
	MODEL_SOFTPLUS,
	MODEL_SIGN,
};

#define MODEL_PROGRAM_MAX 64u

/**
 * struct model_program - a function of one number
 * @length: instructions, up to MODEL_PROGRAM_MAX
 * @code: enum model_instruction of each
 * @number: of MODEL_NUMBER
 */
struct model_program {
	uint32_t length;
	uint8_t code[MODEL_PROGRAM_MAX];
	float number[MODEL_PROGRAM_MAX];
};

/**
 * struct model_value - an input, a constant, or what a node computes
 * @name: in the model
 * @rank: of @dimensions; 0: a single number
 * @dimensions: the slowest first
 * @elements: their product
 * @data: of a constant, or NULL
 * @integer: it was one of integers
 * @bits: of each of them, negative: with a sign; 0: not known
 * @steps: quantised constants: the scale for each index along @step_axis, or NULL
 * @step_count: how many
 * @step_axis: see @steps
 * @quantised: the model says how bytes stand for it
 * @scale: if so, of a step
 * @zero_point: if so, the byte, 0 to 255
 * @output: of the model
 * @producer: node, or MODEL_NONE
 * @consumers: nodes that read it, twice where one reads it twice
 * @low: least number, as calibrated
 * @high: greatest
 */
struct model_value {
	char *name;
	uint32_t rank;
	uint32_t dimensions[MODEL_RANK_MAX];
	uint32_t elements;
	float *data;
	bool integer;
	int bits;
	float *steps;
	uint32_t step_count;
	uint32_t step_axis;
	bool quantised;
	double scale;
	int32_t zero_point;
	bool output;
	uint32_t producer;
	uint32_t consumers;
	float low;
	float high;
};

/**
 * struct model_window - how windows move; [0] is vertical, [1] horizontal
 * @kernel: size
 * @stride: from window to window
 * @dilation: from sample to sample
 * @pad: at the beginning
 * @pad_end: at the end
 * @groups: of channels
 */
struct model_window {
	uint32_t kernel[2];
	uint32_t stride[2];
	uint32_t dilation[2];
	uint32_t pad[2];
	uint32_t pad_end[2];
	uint32_t groups;
};

/**
 * struct model_node - what computes a value of others
 * @code: enum model_operator
 * @name: in the model
 * @kind: of the operator in the model
 * @inputs: how many
 * @input: values; constants only where said so above
 * @output: value
 * @dead: it's as if it weren't there
 * @window: CONVOLUTION, POOL_*
 * @all: POOL_AVERAGE: padding counts as samples
 * @weights: CONVOLUTION, LINEAR, AFFINE (factors): a constant
 * @bias: likewise (summands), or MODEL_NONE
 * @binary: BINARY: MODEL_ADD to MODEL_POW
 * @program: FUNCTION
 * @axis: AFFINE, SOFTMAX, CONCAT
 * @linear: RESIZE: between samples; else the nearest
 * @start: RESIZE: where the first sample lies in the input; [0] is vertical
 * @step: RESIZE: from sample to sample
 * @source: TRANSPOSE: dimension of the input for each of the output
 * @first: SLICE: first index of each dimension; PAD: how much before each
 * @every: SLICE: step of each dimension
 * @fill: PAD: the number around
 */
struct model_node {
	enum model_operator code;
	char *name;
	char *kind;
	uint32_t inputs;
	uint32_t input[MODEL_INPUTS_MAX];
	uint32_t output;
	bool dead;
	struct model_window window;
	bool all;
	uint32_t weights;
	uint32_t bias;
	enum model_instruction binary;
	struct model_program program;
	uint32_t axis;
	bool linear;
	double start[2];
	double step[2];
	uint32_t source[MODEL_RANK_MAX];
	uint32_t first[MODEL_RANK_MAX];
	uint32_t every[MODEL_RANK_MAX];
	float fill;
};

/**
 * struct model - a model
 * @name: of the graph
 * @values: all
 * @value_count: how many
 * @value_room: for how many there is room
 * @nodes: all, in an order of computation
 * @node_count: how many
 * @node_room: for how many there is room
 * @input: value
 * @constants: numbers of all constants so far
 * @computed: numbers of all other values so far
 * @parameters: numbers that the model was delivered with, of all weights
 * @error: the first thing that was wrong, or NULL
 */
struct model {
	char *name;
	struct model_value *values;
	uint32_t value_count;
	uint32_t value_room;
	struct model_node *nodes;
	uint32_t node_count;
	uint32_t node_room;
	uint32_t input;
	uint64_t constants;
	uint64_t computed;
	uint64_t parameters;
	char *error;
};

/** model_new() - an empty one. Return: NULL: no memory. */
struct model *model_new(void);

/** model_free() - NULL is fine */
void model_free(struct model *model);

static inline void model_freep(struct model **model)
{
	model_free(*model);
}

/**
 * model_fail() - say what is wrong
 * @model: remembers the first message
 * @error: negative errno
 * @format: as of printf()
 *
 * Return: @error.
 */
int model_fail(struct model *model, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * model_node_fail() - likewise, with the node's name and operator in front
 * @model: remembers the first message
 * @node: where it is
 * @error: negative errno
 * @format: as of printf()
 *
 * Return: @error.
 */
int model_node_fail(struct model *model, const struct model_node *node, int error,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));

/**
 * model_shape() - give a value its shape
 * @model: for messages and limits
 * @value: its rank, dimensions and elements are set
 * @rank: up to MODEL_RANK_MAX
 * @dimensions: each up to FS1_GRAPH_SIDE_MAX, or more in constants; 0 only in
 *	constants
 * @constant: is it one?
 *
 * Return: 0 or -E2BIG.
 */
int model_shape(struct model *model, struct model_value *value, size_t rank,
		const int64_t *dimensions, bool constant);

/**
 * model_value_add() - a value without data
 * @model: to it
 * @name: copied
 * @rank: see model_shape()
 * @dimensions: likewise
 * @constant: likewise; there is room for its data then, all 0
 * @ret_value: its number
 *
 * Return: 0, -ENOMEM or -E2BIG.
 */
int model_value_add(struct model *model, const char *name, size_t rank,
		    const int64_t *dimensions, bool constant, uint32_t *ret_value);

/**
 * model_node_add() - a node
 * @model: to it, behind all others
 * @node: copied; name and kind are copied, too; output's producer is set
 *
 * Return: 0, -ENOMEM or -E2BIG.
 */
int model_node_add(struct model *model, const struct model_node *node);

/** model_count_consumers() - of all values, anew; without dead nodes */
void model_count_consumers(struct model *model);

/** model_same_shape() - do two values have the same dimensions? */
bool model_same_shape(const struct model_value *a, const struct model_value *b);

/** model_shape_text() - "1x3x8x8" for messages; @text has room for 64 bytes */
const char *model_shape_text(const struct model_value *value, char *text);

/** model_program_run() - the function's value at @x */
float model_program_run(const struct model_program *program, float x);

/**
 * model_program_append() - a function of a function's result
 * @program: the inner one; both, afterwards
 * @then: the outer one
 *
 * Return: false: longer than MODEL_PROGRAM_MAX; @program is as it was.
 */
bool model_program_append(struct model_program *program,
			  const struct model_program *then);

/** model_program_is_clip() - is it a limitation to a range, and to which? */
bool model_program_is_clip(const struct model_program *program, float *ret_low,
			   float *ret_high);

/* ------------------------------------------------------------------------
 * The steps of the compiler
 */

/**
 * model_load() - read ONNX
 * @data: bytes of the file
 * @size: how many
 * @height: of the input, where the model leaves it open
 * @width: likewise
 * @model: empty
 *
 * Return: 0 or negative errno, with a message in @model.
 */
int model_load(const void *data, size_t size, uint32_t height, uint32_t width,
	       struct model *model);

/**
 * model_simplify() - the same numbers with fewer nodes
 * @model: loaded
 *
 * Return: 0 or negative errno, with a message in @model.
 */
int model_simplify(struct model *model);

/**
 * struct model_run - numbers of all values for one input
 * @model: whose
 * @data: for each value; constants: those of the model
 */
struct model_run {
	const struct model *model;
	float **data;
};

/** model_run_new() - with room for all values. Return: 0 or negative errno. */
int model_run_new(struct model *model, struct model_run **ret_run);

/** model_run_free() - NULL is fine */
void model_run_free(struct model_run *run);

static inline void model_run_freep(struct model_run **run)
{
	model_run_free(*run);
}

/** model_run() - compute all values; that of the input is filled */
void model_run(struct model_run *run);

#endif /* FOVEA_NETWORK_MODEL_H */
