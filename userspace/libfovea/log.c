// SPDX-License-Identifier: Apache-2.0
/*
 * One write() per line, so that lines of several processes don't mix.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libfovea/log.h"

#define LINE_SIZE 2048

void fovea_log(int priority, const char *format, ...)
{
	int saved = errno;
	char line[LINE_SIZE];
	va_list arguments;
	size_t start;
	int n;

	if (priority >= LOG_DEBUG && !getenv("FOVEA_DEBUG"))
		return;
	if (getenv("JOURNAL_STREAM"))
		n = snprintf(line, sizeof(line), "<%d>", priority);
	else
		n = snprintf(line, sizeof(line), "%s: ",
			     program_invocation_short_name);
	start = n > 0 && (size_t)n < sizeof(line) / 2 ? (size_t)n : 0;
	va_start(arguments, format);
	(void)vsnprintf(line + start, sizeof(line) - start - 1, format,
			arguments);
	va_end(arguments);
	for (char *p = line + start; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	start = strlen(line);
	line[start++] = '\n';
	if (write(STDERR_FILENO, line, start) < 0) {
		/* Nowhere left to say so. */
	}
	errno = saved;
}
