/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk for the spool's tests that fails on demand: at any one operation, or
 * for ever from there on, and that can lose what was not synced, as a power
 * cut does.
 */
#ifndef FOVEA_AGENT_TEST_FAULT_IO_H
#define FOVEA_AGENT_TEST_FAULT_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "spool-io.h"

enum fault_mode {
	FAULT_NONE,
	FAULT_ONCE,	/* one operation fails with an error, those after work */
	FAULT_ALWAYS,	/* it and all after it fail with the error */
	FAULT_CRASH,	/* it is done by half, nothing happens after it */
};

struct fault_undo;

/**
 * struct fault_io - the disk
 * @io: give this to spool_open()
 * @mode: what happens at operation @at
 * @at: counted from 1 over all operations that change something
 * @error: negative errno of the failure
 * @count: operations so far
 * @hit: it happened
 * @undo: how to take back what was not synced
 * @n_undo: entries of it
 */
struct fault_io {
	struct spool_io io;
	enum fault_mode mode;
	unsigned int at;
	int error;
	unsigned int count;
	bool hit;
	struct fault_undo *undo;
	size_t n_undo;
};

void fault_io_init(struct fault_io *fault);

/**
 * fault_io_power_cut() - take back what was not synced
 * @fault: all of its spool's files must be closed
 * @seed: 0: everything that was not synced is lost; other: each sector of it
 *	is lost or kept by chance
 */
void fault_io_power_cut(struct fault_io *fault, unsigned int seed);

void fault_io_done(struct fault_io *fault);

#endif /* FOVEA_AGENT_TEST_FAULT_IO_H */
