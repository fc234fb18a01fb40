// SPDX-License-Identifier: Apache-2.0
/*
 * A request is a verb and, for some, what follows it.
 */
#include "fs1-device/request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs1-device/number.h"

static const char *const request_verbs[REQUESTS] = {
	[REQUEST_STATUS] = "status",
	[REQUEST_FAULT] = "fault",
	[REQUEST_CLEAR] = "clear",
	[REQUEST_RESTART] = "restart",
	[REQUEST_REMOVE] = "remove",
	[REQUEST_INSERT] = "insert",
	[REQUEST_VERSION] = "version",
	[REQUEST_UNPACED] = "unpaced",
};

static int request_unknown(const char *line, size_t length, char *error)
{
	size_t used;

	(void)snprintf(error, REQUEST_ERROR_SIZE,
		       "unknown request \"%.*s\"; known:",
		       length > 32 ? 32 : (int)length, line);
	for (unsigned int i = 0; i < REQUESTS; i++) {
		used = strlen(error);
		(void)snprintf(error + used, REQUEST_ERROR_SIZE - used, " %s",
			       request_verbs[i]);
	}
	return -EINVAL;
}

/* "1.1" */
static int request_parse_version(struct request *request, const char *text,
				 char *error)
{
	const char *dot = strchr(text, '.');
	uint64_t major = 0, minor = 0;
	char copy[8];
	int r = -EINVAL;

	if (dot && (size_t)(dot - text) < sizeof(copy)) {
		memcpy(copy, text, (size_t)(dot - text));
		copy[dot - text] = '\0';
		r = number_parse(copy, 0, UINT16_MAX, &major);
		if (r == 0)
			r = number_parse(dot + 1, 0, UINT16_MAX, &minor);
	}
	if (r < 0) {
		(void)snprintf(error, REQUEST_ERROR_SIZE,
			       "version \"%.32s\": right is MAJOR.MINOR, each 0 to 65535",
			       text);
		return -EINVAL;
	}
	request->version = (uint32_t)(major << 16 | minor);
	return 0;
}

static int request_parse_unpaced(struct request *request, const char *text,
				 char *error)
{
	request->unpaced = strcmp(text, "on") == 0;
	if (request->unpaced || strcmp(text, "off") == 0)
		return 0;
	(void)snprintf(error, REQUEST_ERROR_SIZE,
		       "unpaced \"%.32s\": right is on or off", text);
	return -EINVAL;
}

int request_parse(struct request *request, const char *line, uint64_t seed,
		  char *error)
{
	struct request parsed = { .verb = REQUESTS };
	const char *rest;
	size_t length;
	int r = 0;

	line += strspn(line, " \t");
	length = strcspn(line, " \t");
	rest = line + length + strspn(line + length, " \t");
	for (unsigned int i = 0; i < REQUESTS; i++)
		if (strlen(request_verbs[i]) == length &&
		    memcmp(request_verbs[i], line, length) == 0)
			parsed.verb = i;

	switch (parsed.verb) {
	case REQUESTS:
		return request_unknown(line, length, error);
	case REQUEST_FAULT:
		r = fault_parse(&parsed.fault, rest, seed, error);
		break;
	case REQUEST_VERSION:
		r = request_parse_version(&parsed, rest, error);
		break;
	case REQUEST_UNPACED:
		r = request_parse_unpaced(&parsed, rest, error);
		break;
	default:
		if (*rest) {
			(void)snprintf(error, REQUEST_ERROR_SIZE,
				       "%s takes no arguments; \"%.32s\" is too much",
				       request_verbs[parsed.verb], rest);
			r = -EINVAL;
		}
	}
	if (r == 0)
		*request = parsed;
	return r;
}
