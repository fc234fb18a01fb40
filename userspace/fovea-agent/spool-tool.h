/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "fovea-agent spool": looking at a spool that no agent has open. Nothing in
 * it is changed.
 */
#ifndef FOVEA_AGENT_SPOOL_TOOL_H
#define FOVEA_AGENT_SPOOL_TOOL_H

#include <stdio.h>

/**
 * spool_tool_fsck() - read every segment from end to end
 * @path: of the spool
 * @out: where the findings are printed
 *
 * Return: 0 when all is well, 1 when something is damaged (a torn tail is
 * not: the next start cuts it off), or a negative errno: -EBUSY when an agent
 * has the spool open, -ENOENT when there is none.
 */
int spool_tool_fsck(const char *path, FILE *out);

/**
 * spool_tool_ls() - what is pending, one line per record and destination
 * @path: of the spool
 * @out: where it is printed
 *
 * Return: 0, 1 when the index is damaged, or as spool_tool_fsck().
 */
int spool_tool_ls(const char *path, FILE *out);

#endif /* FOVEA_AGENT_SPOOL_TOOL_H */
