// SPDX-License-Identifier: Apache-2.0
/*
 * One line on standard error, drawn anew ten times a second, for what takes longer
 * than a second.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "foveactl/progress.h"

#define BAR_WIDTH	40u
#define PATIENCE_MS	1000u
#define INTERVAL_MS	100u

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress)
{
	*progress = (struct progress){
		.wanted = isatty(STDERR_FILENO) == 1,
		.started = now_ms(),
	};
}

void progress_show(struct progress *progress, const char *what, uint64_t done,
		   uint64_t total)
{
	char bar[BAR_WIDTH + 1];
	uint64_t now;

	if (!progress->wanted)
		return;
	now = now_ms();
	if (now - progress->started < PATIENCE_MS ||
	    now - progress->shown < INTERVAL_MS)
		return;
	if (done > total)
		done = total;
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', (size_t)(done * BAR_WIDTH / total));
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %3u %% %-24.24s", bar, (unsigned int)(done * 100 / total),
		what);
	(void)fflush(stderr);
	progress->shown = now;
}

void progress_end(struct progress *progress)
{
	if (progress->shown)
		fprintf(stderr, "\r%78s\r", "");
	progress->shown = 0;
}
