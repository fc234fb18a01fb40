/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Progress bars, for people who look at a terminal while something takes long.
 */
#ifndef FOVEACTL_PROGRESS_H
#define FOVEACTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct progress - a line of the terminal
 * @wanted: standard error is a terminal
 * @started: CLOCK_MONOTONIC, ms
 * @shown: when it was drawn last; 0: never
 */
struct progress {
	bool wanted;
	uint64_t started;
	uint64_t shown;
};

/** progress_begin() - nothing is drawn before something takes long */
void progress_begin(struct progress *progress);

/**
 * progress_show() - draw it, if it is time to
 * @progress: begun
 * @what: a few words
 * @done: of @total
 * @total: not 0
 */
void progress_show(struct progress *progress, const char *what, uint64_t done,
		   uint64_t total);

/** progress_end() - the line is empty again */
void progress_end(struct progress *progress);

#endif /* FOVEACTL_PROGRESS_H */
