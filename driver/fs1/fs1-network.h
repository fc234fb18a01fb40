/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * A network that can be computed: a graph that was checked, with a place in memory
 * for each tensor. It knows nothing of frames, packages or queues.
 */
#ifndef FS1_NETWORK_H
#define FS1_NETWORK_H

#include "fs1.h"
#include "fs1-graph.h"

struct fs1_network;
struct fs1_step;

/**
 * enum fs1_network_fault - why a graph was refused
 * @FS1_NETWORK_OK: it wasn't
 * @FS1_NETWORK_HEADER: no graph, or another version
 * @FS1_NETWORK_LENGTH: shorter or longer than its counts say
 * @FS1_NETWORK_COUNT: too many or too few tensors, operators, inputs or outputs
 * @FS1_NETWORK_RESERVED: a field that must be 0 isn't
 * @FS1_NETWORK_TENSOR: a type, rank, layout, dimension or scale that there isn't
 * @FS1_NETWORK_OPERATOR: an operator that there isn't
 * @FS1_NETWORK_ORDER: an operator reads what was not computed before, or computes
 *	what was: a cycle, or the wrong order
 * @FS1_NETWORK_SHAPE: the operator doesn't make this of that
 * @FS1_NETWORK_ARGUMENT: out of range
 * @FS1_NETWORK_CONSTANT: doesn't lie in the constants, or not aligned
 * @FS1_NETWORK_OVERFLOW: a sum could leave 32 bits
 * @FS1_NETWORK_MEMORY: weights and activations need more than FS1_NPU_MEMORY
 * @FS1_NETWORK_NO_MEMORY: the host has none
 * @FS1_NETWORK_FAULTS: how many there are
 */
enum fs1_network_fault {
	FS1_NETWORK_OK,
	FS1_NETWORK_HEADER,
	FS1_NETWORK_LENGTH,
	FS1_NETWORK_COUNT,
	FS1_NETWORK_RESERVED,
	FS1_NETWORK_TENSOR,
	FS1_NETWORK_OPERATOR,
	FS1_NETWORK_ORDER,
	FS1_NETWORK_SHAPE,
	FS1_NETWORK_ARGUMENT,
	FS1_NETWORK_CONSTANT,
	FS1_NETWORK_OVERFLOW,
	FS1_NETWORK_MEMORY,
	FS1_NETWORK_NO_MEMORY,
	FS1_NETWORK_FAULTS,
};

/**
 * struct fs1_network_refusal - what was wrong, and where
 * @fault: why
 * @tensor: number of the tensor, or FS1_GRAPH_NONE
 * @operator: number of the operator, or FS1_GRAPH_NONE
 * @offset: of the field in the graph, bytes
 * @value: what stood there, or was needed
 * @limit: the greatest that is right, where there is one
 */
struct fs1_network_refusal {
	enum fs1_network_fault fault;
	fs1_u32 tensor;
	fs1_u32 operator;
	fs1_u32 offset;
	fs1_u32 value;
	fs1_u32 limit;
};

/**
 * struct fs1_tensor - a tensor in memory
 * @data: where; NULL before fs1_network_create() is done
 * @offset: of @data in the activations
 * @size: bytes
 * @type: enum fs1_tensor_type
 * @rank: of @dimensions
 * @layout: enum fs1_tensor_layout
 * @flags: FS1_TENSOR_*
 * @dimensions: the slowest first
 * @height: as a picture: dimensions from the right are channels, width, height;
 *	what there isn't is 1
 * @width: likewise
 * @channels: likewise
 * @zero_point: what stands for 0
 * @first: step that computes it; the input: 0
 * @last: step that reads it last; an output: behind the last one
 * @above: the next one with an offset as large or larger, while there is a plan made
 */
struct fs1_tensor {
	fs1_u8 *data;
	fs1_u32 offset;
	fs1_u32 size;
	fs1_u8 type;
	fs1_u8 rank;
	fs1_u8 layout;
	fs1_u8 flags;
	fs1_u32 dimensions[FS1_GRAPH_RANK_MAX];
	fs1_u32 height;
	fs1_u32 width;
	fs1_u32 channels;
	fs1_s32 zero_point;
	fs1_u32 first;
	fs1_u32 last;
	struct fs1_tensor *above;
};

/**
 * struct fs1_step - an operator, checked and resolved
 * @code: enum fs1_operator
 * @inputs: how many
 * @input: them
 * @output: what it computes
 * @low: least value of the output
 * @high: greatest
 * @argument: by enum fs1_argument
 * @weights: in the constants; NULL where the operator has none, as the next ones
 * @bias: likewise
 * @scales: likewise
 * @table: likewise
 * @function: computes a range of units
 * @prepared: what @prepare of struct fs1_npu made of it, or NULL
 * @picture: the network's input
 * @scratch: struct fs1_detect_scratch of DETECT
 * @units: that @function counts: places of the output (all dimensions but the last),
 *	again for each part of the channels; CONCAT: what lies behind each other;
 *	DETECT: cells, and one more to choose among what was found
 * @part: channels that a unit of a CONVOLUTION or POOL_* computes
 * @serial: each unit needs those before it
 * @macs: multiplications of the whole step
 * @cost: of the whole step, about as many ns of plain C
 */
struct fs1_step {
	fs1_u32 code;
	fs1_u32 inputs;
	const struct fs1_tensor *input[FS1_GRAPH_INPUTS_MAX];
	const struct fs1_tensor *output;
	fs1_u8 low;
	fs1_u8 high;
	fs1_s32 argument[FS1_ARGUMENTS];
	const fs1_u8 *weights;
	const fs1_le32 *bias;
	const struct fs1_graph_scale *scales;
	const void *table;
	void (*function)(const struct fs1_step *step, fs1_u32 first,
			 fs1_u32 end);
	void *prepared;
	const struct fs1_tensor *picture;
	void *scratch;
	fs1_u32 units;
	fs1_u32 part;
	bool serial;
	fs1_u64 macs;
	fs1_u64 cost;
};

/** fs1_step_function - compute units @first to @end - 1 of the step */
typedef void (*fs1_step_function)(const struct fs1_step *step, fs1_u32 first,
				  fs1_u32 end);

/**
 * struct fs1_npu - how operators are computed: the same bytes, by other
 *	instructions
 * @function: for each enum fs1_operator; NULL: that of plain C
 * @choose: another one for this step, or NULL; may be NULL
 * @prepared_size: bytes that @prepare wants for this step; NULL: none
 * @prepare: puts the constants in the order that the function likes
 */
struct fs1_npu {
	fs1_step_function function[FS1_OPERATORS];
	fs1_step_function (*choose)(const struct fs1_step *step);
	size_t (*prepared_size)(const struct fs1_step *step);
	void (*prepare)(const struct fs1_step *step, void *memory);
};

/** fs1_npu_plain: every operator in plain C: the reference */
extern const struct fs1_npu fs1_npu_plain;

/** fs1_npu_packed: likewise, with several products in one multiplication */
extern const struct fs1_npu fs1_npu_packed;

/**
 * struct fs1_network_source - the parts of a package that make a network
 * @graph: struct fs1_graph_header and what follows it
 * @graph_length: bytes
 * @constants: weights, tables and so on; aligned to FS1_GRAPH_CONSTANT_ALIGN. Stays
 *	the caller's, and must stay as it is while the network lives
 * @constants_length: bytes
 * @names_length: bytes of the names, which are NUL-terminated
 */
struct fs1_network_source {
	const void *graph;
	fs1_u32 graph_length;
	const fs1_u8 *constants;
	fs1_u32 constants_length;
	fs1_u32 names_length;
};

/**
 * fs1_network_create() - check a graph and give it memory
 * @ops: for memory and parallel loops; must outlive the network
 * @host: passed to @ops
 * @npu: how to compute; must outlive the network
 * @source: copied but for the constants
 * @ret_refusal: what was wrong, where NULL is returned
 *
 * Return: the network, to be given back with fs1_network_destroy().
 */
struct fs1_network *fs1_network_create(const struct fs1_host_ops *ops, void *host,
				       const struct fs1_npu *npu,
				       const struct fs1_network_source *source,
				       struct fs1_network_refusal *ret_refusal);

/** fs1_network_destroy() - give its memory back; NULL is allowed */
void fs1_network_destroy(struct fs1_network *network);

/** fs1_network_input() - where the input must be written before fs1_network_begin() */
const struct fs1_tensor *fs1_network_input(const struct fs1_network *network);

/**
 * fs1_network_output() - an output
 * @network: computed to its end
 * @index: from 0, in the order of the graph's tensors
 *
 * Return: the tensor, valid until the next input is written or begun with, which may
 * lie at the same place; NULL behind the last one.
 */
const struct fs1_tensor *fs1_network_output(const struct fs1_network *network,
					    fs1_u32 index);

/** fs1_network_number() - the number in its graph of a tensor of @network */
fs1_u32 fs1_network_number(const struct fs1_network *network,
			   const struct fs1_tensor *tensor);

/** fs1_network_begin() - compute from the start; the input is there */
void fs1_network_begin(struct fs1_network *network);

/**
 * fs1_network_step() - compute a bounded piece
 * @network: begun
 * @slices: pieces that run in parallel
 *
 * About a millisecond of plain C, whatever the network.
 *
 * Return: true while there is more to do.
 */
bool fs1_network_step(struct fs1_network *network, unsigned int slices);

/**
 * struct fs1_network_figures - what a network costs
 * @constants: bytes of the constants
 * @activations: bytes that its tensors need at the same time, as planned
 * @macs: multiplications with addition, of one run
 * @traffic: bytes read and written, of one run
 * @steps: operators
 */
struct fs1_network_figures {
	fs1_u32 constants;
	fs1_u32 activations;
	fs1_u64 macs;
	fs1_u64 traffic;
	fs1_u32 steps;
};

/** fs1_network_figures() - of @network */
void fs1_network_figures(const struct fs1_network *network,
			 struct fs1_network_figures *ret_figures);

#endif /* FS1_NETWORK_H */
