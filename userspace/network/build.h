/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps behind the model: calibration, quantisation, the graph, and what the
 * quantisation costs.
 */
#ifndef FOVEA_NETWORK_BUILD_H
#define FOVEA_NETWORK_BUILD_H

#include "model.h"
#include "network.h"

/**
 * struct emit_tensor - a tensor of the graph
 * @value: of the model, or MODEL_NONE
 * @picture: channels are its last dimension, though not in the model
 * @wire: as it is in the graph
 * @scale: of a step
 * @layer: that computes it; UINT32_MAX: the input
 */
struct emit_tensor {
	uint32_t value;
	bool picture;
	struct fs1_graph_tensor wire;
	double scale;
	uint32_t layer;
};

/**
 * struct emit - a graph that is being made of a model
 * @model: quantised
 * @options: of the caller
 * @graph: what it becomes
 * @tensors: of the graph
 * @tensor_count: how many
 * @number: for each value of the model: tensor as the model has it, and as a picture
 *	with channels last, or MODEL_NONE
 * @fused: for each node of the model: is it computed by the one before?
 * @report: its layers come into being here, with the tensors' numbers as inputs
 */
struct emit {
	struct model *model;
	const struct fovea_network_build_options *options;
	struct libfs1_graph *graph;
	struct emit_tensor tensors[FS1_GRAPH_TENSORS_MAX];
	uint32_t tensor_count;
	uint32_t (*number)[2];
	bool *fused;
	struct fovea_network_report *report;
};

/**
 * build_picture() - a picture as the network's input
 * @options: of the caller
 * @model: its input is set
 * @index: of the picture
 * @samples: room for the input's bytes; filled with the picture
 * @input: the input's numbers, in the model's order; may be NULL
 *
 * Return: as that of fovea_network_picture.
 */
int build_picture(const struct fovea_network_build_options *options,
		  struct model *model, uint32_t index, uint8_t *samples, float *input);

/** build_input_shape() - of the model's input */
void build_input_shape(const struct model *model, uint32_t *ret_height,
		       uint32_t *ret_width, uint32_t *ret_channels, bool *ret_planes);

/** build_input_number() - what byte @sample of channel @channel is to the model */
double build_input_number(const struct fovea_network_build_options *options,
			  uint32_t channel, unsigned int sample);

/**
 * model_calibrate() - the range of each value
 * @model: simplified; low and high of its values are set
 * @options: with pictures
 * @ret_pictures: how many there were
 *
 * Return: 0 or negative errno, with a message in @model.
 */
int model_calibrate(struct model *model,
		    const struct fovea_network_build_options *options,
		    uint32_t *ret_pictures);

/**
 * model_quantise() - scale and zero point of each value
 * @model: calibrated; each value is quantised afterwards
 * @options: of the caller
 * @calibrated: were there pictures?
 *
 * Return: 0 or negative errno, with a message in @model.
 */
int model_quantise(struct model *model,
		   const struct fovea_network_build_options *options, bool calibrated);

/** model_activation() - the function that @node may compute with its output, or NULL */
struct model_node *model_activation(struct model *model, const struct model_node *node);

/**
 * struct weights - a convolution in bytes
 * @channels: of the output
 * @taps: weights of each
 * @weight: @channels x @taps
 * @bias: @channels
 * @scale: likewise
 */
struct weights {
	uint32_t channels;
	uint32_t taps;
	int8_t *weight;
	int32_t *bias;
	struct fs1_graph_scale *scale;
};

/** weights_clear() - free what it points to */
void weights_clear(struct weights *weights);

/**
 * struct weights_source - a convolution in numbers
 * @weight: channel by channel, in the order of the graph
 * @bias: NULL: 0
 * @steps: what the model says of the bytes' scales: one, or one for each channel; or
 *	NULL
 * @step_count: how many
 * @input: scale of the input
 * @output: scale of the output before a table
 * @shift: added to the zero point of the output before a table
 */
struct weights_source {
	const float *weight;
	const float *bias;
	const float *steps;
	uint32_t step_count;
	double input;
	double output;
	int32_t shift;
};

/**
 * weights_quantise() - make bytes of numbers
 * @source: the numbers
 * @channels: how many
 * @taps: likewise
 * @ret_weights: the bytes
 *
 * Return: 0, -ENOMEM; -ERANGE: numbers that aren't, or are too far apart.
 */
int weights_quantise(const struct weights_source *source, uint32_t channels,
		     uint32_t taps, struct weights *ret_weights);

/** value_byte() - the byte that stands for @number */
uint8_t value_byte(const struct model_value *value, double number);

/**
 * emit_model() - the whole graph
 * @emit: model, options, graph and report are set; the rest is set here
 *
 * Return: 0 or negative errno, with a message in the model.
 */
int emit_model(struct emit *emit);

/** emit_clear() - free what it owns; not graph and report */
void emit_clear(struct emit *emit);

/* Between the files that emit. */

/** emit_fail() - of something libfs1 returned. Return: @error. */
int emit_fail(struct emit *emit, const char *name, int error);

/**
 * emit_tensor() - a new tensor
 * @emit: the graph
 * @name: for people
 * @tensor: copied; scales are set by @tensor's scale
 * @ret_number: its number
 *
 * Return: 0 or negative errno, with a message.
 */
int emit_tensor(struct emit *emit, const char *name, const struct emit_tensor *tensor,
		uint32_t *ret_number);

/**
 * emit_value() - the tensor of a value
 * @emit: the graph
 * @value: of the model
 * @picture: with channels last
 * @ret_number: its number
 *
 * Return: 0 or negative errno, with a message.
 */
int emit_value(struct emit *emit, uint32_t value, bool picture, uint32_t *ret_number);

/**
 * emit_operator() - an operator, with a line in the report
 * @emit: the graph
 * @name: for people
 * @operator: inputs and output are numbers of tensors
 * @constants: bytes
 * @macs: multiplications
 *
 * Return: 0 or negative errno, with a message.
 */
int emit_operator(struct emit *emit, const char *name,
		  const struct fs1_graph_operator *operator, uint64_t constants,
		  uint64_t macs);

/** emit_start() - an operator without constants and arguments */
struct fs1_graph_operator emit_start(enum fs1_operator code, uint32_t inputs,
				     const uint32_t *input, uint32_t output);

/** emit_constant() - likewise, of libfs1_graph_constant() */
int emit_constant(struct emit *emit, const char *name, const void *data, size_t size,
		  fs1_le32 *ret_offset);

/**
 * emit_want() - a value in an order of dimensions, moved there if need be
 * @emit: the graph
 * @value: emitted
 * @picture: with channels last
 * @ret_number: its number
 *
 * Return: 0 or negative errno, with a message.
 */
int emit_want(struct emit *emit, uint32_t value, bool picture, uint32_t *ret_number);

/**
 * emit_want_same() - likewise, with the scale of another value
 * @emit: the graph
 * @value: emitted
 * @picture: with channels last
 * @like: the value that has the scale
 * @ret_number: its number
 *
 * Return: 0 or negative errno, with a message.
 */
int emit_want_same(struct emit *emit, uint32_t value, bool picture, uint32_t like,
		   uint32_t *ret_number);

/** emit_is_picture() - does @value come with channels last? */
bool emit_is_picture(const struct emit *emit, uint32_t value);

/** emit_set() - an argument */
static inline void emit_set(struct fs1_graph_operator *operator, uint32_t argument,
			    int64_t number)
{
	operator->argument[argument] = fs1_cpu_to_le32((uint32_t)number);
}

int emit_convolution(struct emit *emit, const struct model_node *node);
int emit_average(struct emit *emit, const struct model_node *node);
int emit_binary(struct emit *emit, const struct model_node *node);
int emit_function(struct emit *emit, const struct model_node *node);
int emit_softmax(struct emit *emit, const struct model_node *node);
int emit_maximum(struct emit *emit, const struct model_node *node);
int emit_resize(struct emit *emit, const struct model_node *node);
int emit_concat(struct emit *emit, const struct model_node *node);
int emit_pad(struct emit *emit, const struct model_node *node);
int emit_transpose(struct emit *emit, const struct model_node *node);
int emit_reshape(struct emit *emit, const struct model_node *node);
int emit_slice(struct emit *emit, const struct model_node *node);

/** emit_heads_check() - are the numbers of heads in their ranges? */
int emit_heads_check(struct emit *emit);

/** emit_heads() - what the caller wants behind the outputs */
int emit_heads(struct emit *emit);

/** emit_head_reads() - does a head read output @name? */
bool emit_head_reads(const struct emit *emit, const char *name);

/** emit_find() - an output by its name; NULL: the only one. Return: MODEL_NONE: none. */
uint32_t emit_find(const struct emit *emit, const char *name);

/**
 * measure() - compare the graph with the model
 * @emit: complete
 * @source: the graph
 *
 * Figures and errors come into the report.
 *
 * Return: 0 or negative errno, with a message in the model: the graph isn't one that
 * the device takes.
 */
int measure(struct emit *emit, const struct fs1_network_source *source);

#endif /* FOVEA_NETWORK_BUILD_H */
