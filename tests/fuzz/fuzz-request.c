// SPDX-License-Identifier: Apache-2.0
/*
 * Lines on the control socket of fs1-device: what request_parse() lets pass is
 * within its limits, and what it refuses it explains.
 */
#include <stdlib.h>
#include <string.h>

#include "fs1-device/request.h"
#include "fs1-abi.h"
#include "fuzz.h"

static const char full[] =
	"fault delay count=3 after=4 every=5 queue=2 type=any ms=6 seed=7";
static const char command_line[] = "fault drop:count=1000000:queue=any";
static const char version[] = "version 1.1";
static const char unpaced[] = "unpaced off";

const struct fuzz_seed fuzz_seeds[] = {
	{ full, sizeof(full) - 1 },
	{ command_line, sizeof(command_line) - 1 },
	{ version, sizeof(version) - 1 },
	{ unpaced, sizeof(unpaced) - 1 },
	{ 0 },
};

static void check_fault(const struct fault *fault)
{
	if ((unsigned int)fault->name >= FAULTS || !fault_text(fault->name))
		abort();
	if (!fault->count || fault->count > FAULT_COUNT_MAX ||
	    fault->after > FAULT_COUNT_MAX || fault->every > FAULT_COUNT_MAX ||
	    fault->ms > FAULT_MS_MAX)
		abort();
	if (!fault->queues || fault->queues >= 1u << FS1_QUEUES ||
	    !fault->types ||
	    fault->types > (FAULT_TYPE_COMPLETION | FAULT_TYPE_EVENT))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[REQUEST_ERROR_SIZE] = "";
	struct request request;
	char *line = malloc(size + 1);

	if (!line)
		abort();
	if (size)
		memcpy(line, data, size);
	line[size] = '\0';
	if (request_parse(&request, line, 0, error) < 0) {
		if (!error[0] || !memchr(error, '\0', sizeof(error)))
			abort();
	} else if ((unsigned int)request.verb >= REQUESTS) {
		abort();
	} else if (request.verb == REQUEST_FAULT) {
		check_fault(&request.fault);
	}
	free(line);
	return 0;
}
