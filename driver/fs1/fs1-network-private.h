/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * What the files that make a network share: the network itself, and the reading of a
 * graph.
 */
#ifndef FS1_NETWORK_PRIVATE_H
#define FS1_NETWORK_PRIVATE_H

#include "fs1-host.h"
#include "fs1-network.h"

/**
 * struct fs1_network - a network
 * @host: for memory
 * @npu: how to compute
 * @tensors: all, in the order of the graph
 * @tensor_count: how many
 * @steps: all, in the order of computation
 * @step_count: how many
 * @input: the one tensor that is filled from outside
 * @activations: memory of all tensors
 * @activations_size: bytes of it
 * @constants_size: bytes of the constants
 * @prepared: memory for @prepared of all steps, or NULL
 * @scratch: memory for @scratch of all steps, which use it one after the other, or
 *	NULL
 * @at: step that is being computed; @step_count: none
 * @unit: its next unit
 */
struct fs1_network {
	struct fs1_host host;
	const struct fs1_npu *npu;
	struct fs1_tensor *tensors;
	fs1_u32 tensor_count;
	struct fs1_step *steps;
	fs1_u32 step_count;
	struct fs1_tensor *input;
	fs1_u8 *activations;
	fs1_u32 activations_size;
	fs1_u32 constants_size;
	void *prepared;
	void *scratch;
	fs1_u32 at;
	fs1_u32 unit;
};

/**
 * struct fs1_graph_reader - a graph that is being checked
 * @source: its bytes
 * @network: what it becomes
 * @refusal: what was wrong first
 * @tensor: number of the tensor that is looked at, or FS1_GRAPH_NONE
 * @operator: likewise
 * @weights: of the operators so far, bytes
 */
struct fs1_graph_reader {
	const struct fs1_network_source *source;
	struct fs1_network *network;
	struct fs1_network_refusal *refusal;
	fs1_u32 tensor;
	fs1_u32 operator;
	fs1_u32 weights;
};

/**
 * fs1_graph_refuse() - say what is wrong
 * @reader: remembers it
 * @fault: why
 * @field: the field, within the tensor or operator that is looked at
 * @value: what stands there
 * @limit: the greatest that would be right, or 0
 *
 * Return: false.
 */
bool fs1_graph_refuse(struct fs1_graph_reader *reader,
		      enum fs1_network_fault fault, size_t field, fs1_u32 value,
		      fs1_u32 limit);

/**
 * fs1_graph_constant() - a constant of the operator that is looked at
 * @reader: the graph
 * @field: where its offset stands in struct fs1_graph_operator
 * @offset: what stands there
 * @size: bytes that it must have
 *
 * Return: the constant; NULL: it was refused.
 */
const void *fs1_graph_constant(struct fs1_graph_reader *reader, size_t field,
			       fs1_u32 offset, fs1_u64 size);

/**
 * fs1_step_check() - make a step of an operator
 * @reader: the graph, whose tensors are known
 * @operator: read from the graph
 * @step: inputs and output are set; the rest is set here
 *
 * Return: false: it was refused.
 */
bool fs1_step_check(struct fs1_graph_reader *reader,
		    const struct fs1_graph_operator *operator,
		    struct fs1_step *step);

/**
 * fs1_network_plan() - a place for each tensor
 * @network: tensors and steps are checked; offsets are set
 *
 * Tensors whose times overlap don't overlap in memory.
 *
 * Return: bytes that are needed, which may be more than there are.
 */
fs1_u64 fs1_network_plan(struct fs1_network *network);

#endif /* FS1_NETWORK_PRIVATE_H */
