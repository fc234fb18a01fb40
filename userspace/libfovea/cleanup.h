/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scope-bound clean-up: what a function acquires is released on every way out
 * of it, in one place per kind of thing.
 */
#ifndef LIBFOVEA_CLEANUP_H
#define LIBFOVEA_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

/* Close without touching errno; returns -1 for "fd = fovea_close(fd)". */
static inline int fovea_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = saved;
	return -1;
}

static inline void fovea_closep(int *fd)
{
	*fd = fovea_close(*fd);
}

static inline void fovea_freep(void *pointer)
{
	free(*(void **)pointer);
}

static inline void fovea_fclosep(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static inline void fovea_closedirp(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

#define _cleanup_close_ _cleanup_(fovea_closep)
#define _cleanup_free_ _cleanup_(fovea_freep)
#define _cleanup_fclose_ _cleanup_(fovea_fclosep)
#define _cleanup_closedir_ _cleanup_(fovea_closedirp)

/* Hand ownership over: the variable is emptied, its value returned. */
#define fovea_take_fd(fd)		\
	({ int *taken_ = &(fd); int value_ = *taken_; *taken_ = -1; value_; })
#define fovea_take_pointer(pointer)	\
	({ __typeof__(pointer) *taken_ = &(pointer);	\
	   __typeof__(pointer) value_ = *taken_; *taken_ = NULL; value_; })

#endif /* LIBFOVEA_CLEANUP_H */
