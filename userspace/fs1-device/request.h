/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests on the control socket: one line each.
 */
#ifndef FS1_DEVICE_REQUEST_H
#define FS1_DEVICE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "fs1-device/fault.h"

#define REQUEST_ERROR_SIZE FAULT_ERROR_SIZE

enum request_verb {
	REQUEST_STATUS,
	REQUEST_FAULT,
	REQUEST_CLEAR,
	REQUEST_RESTART,
	REQUEST_REMOVE,
	REQUEST_INSERT,
	REQUEST_VERSION,
	REQUEST_UNPACED,
	REQUESTS,
};

/**
 * struct request - what somebody asks for
 * @verb: what
 * @fault: of REQUEST_FAULT
 * @version: of REQUEST_VERSION: major << 16 | minor
 * @unpaced: of REQUEST_UNPACED: "on"; holds from the next start of the device on
 */
struct request {
	enum request_verb verb;
	struct fault fault;
	uint32_t version;
	bool unpaced;
};

/**
 * request_parse() - understand a line
 * @request: filled on success
 * @line: without its end
 * @seed: for a fault that names none
 * @error: of REQUEST_ERROR_SIZE bytes; on failure: what is wrong and right
 *
 * Return: 0 or -EINVAL.
 */
int request_parse(struct request *request, const char *line, uint64_t seed,
		  char *error);

#endif /* FS1_DEVICE_REQUEST_H */
