/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conformance suite on the core in this process: on a clock of its own,
 * which moves only while the suite waits, so that it takes no longer than the
 * pixels it computes.
 */
#ifndef LIBFS1_CONFORMANCE_H
#define LIBFS1_CONFORMANCE_H

#include "fs1-conformance.h"
#include "libfs1.h"

/**
 * struct libfs1_conformance_config - zeroed is a good start
 * @capabilities: FS1_CAP_* of the device
 * @unpaced: as in struct fs1_device_config
 * @vectors: 1 to FS1_QUEUES; 0: all
 * @completion: as in struct fs1_host_ops, to see the suite fail; NULL: none
 * @wanted: as for fs1_conformance_run()
 * @report: prints a line; NULL: nobody wants to know
 * @argument: for these three
 */
struct libfs1_conformance_config {
	uint32_t capabilities;
	bool unpaced;
	unsigned int vectors;
	enum fs1_verdict (*completion)(void *argument, unsigned int queue,
				       struct fs1_cqe *cqe);
	bool (*wanted)(void *argument, unsigned int index);
	void (*report)(void *argument, const char *line);
	void *argument;
};

/**
 * libfs1_conformance() - run the suite
 * @config: what to run, and on what
 * @ret_result: numbers
 *
 * Return: 0, whatever the result; -EINVAL: @config is out of range; -ENOMEM.
 */
int libfs1_conformance(const struct libfs1_conformance_config *config,
		       struct fs1_conformance_result *ret_result);

#endif /* LIBFS1_CONFORMANCE_H */
