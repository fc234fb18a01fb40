/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Metadata of a frame as JSON, for people and scripts.
 */
#ifndef FOVEACTL_META_JSON_H
#define FOVEACTL_META_JSON_H

#include <jansson.h>

#include "libfovea/meta.h"

/**
 * meta_json() - all blocks that are known
 * @meta: checked
 *
 * Return: a new JSON object, or NULL when memory ran out.
 */
json_t *meta_json(const struct fovea_meta *meta);

#endif /* FOVEACTL_META_JSON_H */
