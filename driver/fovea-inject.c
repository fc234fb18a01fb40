// SPDX-License-Identifier: GPL-2.0-only
/*
 * The points of fault injection: their state and their folders in debugfs.
 *
 * Copyright The Fovea authors
 */
#include <linux/dcache.h>
#include <linux/debugfs.h>
#include <linux/ratelimit.h>

#include "fovea-core.h"
#include "fovea-inject.h"

static void fovea_inject_init_point(struct fault_attr *attr)
{
	static const DECLARE_FAULT_ATTR(none);

	*attr = none;
	/* Without a stack: the name of the point says where. */
	attr->verbose = 1;
	/* A lock must not be copied. */
	ratelimit_state_init(&attr->ratelimit_state, 0, 0);
}

void fovea_inject_init(struct fovea_inject *inject)
{
	fovea_inject_init_point(&inject->command);
	fovea_inject_init_point(&inject->interrupt);
	fovea_inject_init_point(&inject->dma_map);
}

void fovea_inject_register(struct fovea_device *fovea)
{
	struct fovea_inject *inject = &fovea->inject;

	fault_create_debugfs_attr("fail_command", fovea->debugfs,
				  &inject->command);
	fault_create_debugfs_attr("fail_interrupt", fovea->debugfs,
				  &inject->interrupt);
	fault_create_debugfs_attr("fail_dma_map", fovea->debugfs,
				  &inject->dma_map);
}

/* Each keeps a reference of its folder, to print its name. */
void fovea_inject_destroy(struct fovea_inject *inject)
{
	dput(inject->command.dname);
	dput(inject->interrupt.dname);
	dput(inject->dma_map.dname);
}
