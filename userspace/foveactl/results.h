/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames of a node that carries results of a network: tensors, crops.
 */
#ifndef FOVEACTL_RESULTS_H
#define FOVEACTL_RESULTS_H

#include "libfovea/capture.h"
#include "libfovea/result.h"

/**
 * struct results - an open node
 * @node: it
 * @stream: likewise
 */
struct results {
	struct fovea_node node;
	struct fovea_stream *stream;
};

/**
 * results_open() - open a node; says what is wrong on standard error
 * @results: filled; ends by results_done(), also on failure
 * @device: as fovea_discover_find() takes it
 * @role: FOVEA_NODE_TENSOR or FOVEA_NODE_CROPS
 *
 * Return: enum exit_code.
 */
int results_open(struct results *results, const char *device,
		 enum fovea_node_role role);

/** results_done() - close it */
void results_done(struct results *results);

/**
 * results_each() - start, and look at frames
 * @results: open
 * @count: how many
 * @look: called with each, returns enum exit_code: all but EXIT_OK ends it
 * @userdata: for @look
 *
 * Return: enum exit_code.
 */
int results_each(struct results *results, uint32_t count,
		 int (*look)(void *userdata, const struct fovea_frame *frame),
		 void *userdata);

/** results_print() - a frame and its label, without the line's end */
void results_print(const struct fovea_result *result);

#endif /* FOVEACTL_RESULTS_H */
