/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fs1-device --conformance: the conformance suite on the device in this
 * process.
 */
#ifndef FS1_DEVICE_CONFORMANCE_H
#define FS1_DEVICE_CONFORMANCE_H

#include <stdbool.h>

/**
 * struct conformance_config - what to run
 * @list: print the checks' names and what they verify, run none
 * @unpaced: on a device without pacing
 * @names: checks, "group.name", or groups, "group"; none: all
 * @count: of @names
 */
struct conformance_config {
	bool list;
	bool unpaced;
	char **names;
	int count;
};

/**
 * conformance_run() - print KTAP to standard output
 * @config: which checks, and how
 *
 * Return: 0 when all checks passed or were skipped; 1 when one failed;
 * -EINVAL when a name is that of no check, after an error message; -ENOMEM.
 */
int conformance_run(const struct conformance_config *config);

#endif /* FS1_DEVICE_CONFORMANCE_H */
