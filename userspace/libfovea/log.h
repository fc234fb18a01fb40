/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines of Fovea's processes: standard error, with the priority in front
 * where systemd's journal reads it. For programs only: nothing in libfovea
 * itself logs.
 */
#ifndef LIBFOVEA_LOG_H
#define LIBFOVEA_LOG_H

#include <syslog.h>

/**
 * fovea_log() - one line to standard error
 * @priority: LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO or LOG_DEBUG; the
 *	last one is printed when the environment has FOVEA_DEBUG only
 * @format: without a newline at the end; control characters that arrive by
 *	its arguments are printed as "?"
 *
 * Keeps errno as it was.
 */
void fovea_log(int priority, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* LIBFOVEA_LOG_H */
