/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node alone, for constants that are computed while a model is read.
 */
#ifndef FOVEA_NETWORK_RUN_H
#define FOVEA_NETWORK_RUN_H

#include "model.h"

/**
 * model_run_node() - compute a node's output
 * @model: whose
 * @node: what
 * @data: numbers of each value that isn't a constant; NULL: all are
 */
void model_run_node(const struct model *model, const struct model_node *node,
		    float *const *data);

#endif /* FOVEA_NETWORK_RUN_H */
