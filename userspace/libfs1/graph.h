/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Put a graph together: tensors, operators and constants one after the other become
 * the three parts of a package that make a network. Nothing is checked here:
 * fs1_network_create() does that, whoever wrote the graph.
 */
#ifndef LIBFS1_GRAPH_H
#define LIBFS1_GRAPH_H

#include <stddef.h>
#include <stdint.h>

#include "fs1-network.h"

struct libfs1_graph;

/**
 * libfs1_graph_new() - an empty one
 * @ret_graph: the graph, on success
 *
 * Return: 0 or -ENOMEM.
 */
int libfs1_graph_new(struct libfs1_graph **ret_graph);

/** libfs1_graph_free() - NULL is fine. Return: NULL. */
struct libfs1_graph *libfs1_graph_free(struct libfs1_graph *graph);

/**
 * libfs1_graph_constant() - add a constant
 * @graph: to it
 * @data: copied
 * @size: bytes
 * @ret_offset: where it is, for an operator
 *
 * The same bytes are kept once.
 *
 * Return: 0, -ENOMEM, or -E2BIG: more than FS1_NPU_MEMORY.
 */
int libfs1_graph_constant(struct libfs1_graph *graph, const void *data, size_t size,
			  uint32_t *ret_offset);

/**
 * libfs1_graph_tensor() - add a tensor
 * @graph: to it
 * @name: for people
 * @tensor: copied; its name is set here
 * @ret_number: its number, for operators
 *
 * Return: 0, -ENOMEM, or -E2BIG: more than FS1_GRAPH_TENSORS_MAX.
 */
int libfs1_graph_tensor(struct libfs1_graph *graph, const char *name,
			const struct fs1_graph_tensor *tensor,
			uint32_t *ret_number);

/**
 * libfs1_graph_operator() - add an operator, behind all others
 * @graph: to it
 * @name: for people
 * @operator: copied; its name is set here
 *
 * Return: 0, -ENOMEM, or -E2BIG: more than FS1_GRAPH_OPERATORS_MAX.
 */
int libfs1_graph_operator(struct libfs1_graph *graph, const char *name,
			  const struct fs1_graph_operator *operator);

/**
 * libfs1_graph_finish() - the three parts
 * @graph: stays the owner of what @ret_source points to, until it is freed or added
 *	to
 * @ret_source: for fs1_network_create()
 * @ret_names: NUL-terminated names, of which @ret_source has the length
 *
 * Return: 0 or -ENOMEM.
 */
int libfs1_graph_finish(struct libfs1_graph *graph,
			struct fs1_network_source *ret_source,
			const char **ret_names);

/**
 * libfs1_graph_scale() - a positive real number as the graph has it
 * @value: more than 0
 * @ret_scale: @ret_scale * 2^@ret_exponent, 2^31 <= @ret_scale < 2^32
 * @ret_exponent: likewise
 *
 * Return: 0, or -ERANGE: it isn't a number, or too large or small.
 */
int libfs1_graph_scale(double value, uint32_t *ret_scale, int32_t *ret_exponent);

/**
 * libfs1_graph_multiplier() - a factor of sums as the graph has it
 * @value: 0 or more, below 2^30
 * @ret_scale: the nearest there is
 *
 * Return: 0, or -ERANGE.
 */
int libfs1_graph_multiplier(double value, struct fs1_graph_scale *ret_scale);

#endif /* LIBFS1_GRAPH_H */
