/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What surrounds a device under test in the guest: the control socket of the
 * fs1-device behind the bus, and what the driver says of its recoveries.
 */
#ifndef TESTS_VM_TESTBED_H
#define TESTS_VM_TESTBED_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct testbed_status - fs1-device's answer to "status"
 * @generation: how often the device was started
 * @injected: faults that have happened
 * @armed: faults that have not happened yet
 */
struct testbed_status {
	uint64_t generation;
	uint64_t injected;
	uint64_t armed;
};

/**
 * struct testbed_recovery - the driver's debugfs file "recovery"
 * @state: running, recovering, failed, gone or suspended
 */
struct testbed_recovery {
	char state[16];
	uint64_t reissued;
	uint64_t queue_resets;
	uint64_t device_resets;
	uint64_t recovered;
	uint64_t given_up;
	uint64_t restarts;
	uint64_t lost_interrupts;
	uint64_t bad_answers;
};

/* Opens the control socket's port. Return: a file descriptor or -errno. */
int testbed_open(void);

/**
 * testbed_ask() - one request, one answer
 * @fd: from testbed_open()
 * @request: without the newline; may be logged when it goes wrong
 * @answer: what stands behind "ok"
 * @size: bytes there
 *
 * Return: 0; -EPROTO when fs1-device refused it; -ETIMEDOUT and others.
 */
int testbed_ask(int fd, const char *request, char *answer, size_t size);

/* Asks for the status. Return: 0 or a negative errno. */
int testbed_status(int fd, struct testbed_status *ret_status);

/* Reads the driver's file. Return: 0 or a negative errno. */
int testbed_recovery(struct testbed_recovery *ret_recovery);

#endif
