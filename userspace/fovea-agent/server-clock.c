// SPDX-License-Identifier: Apache-2.0
/*
 * The time at a destination.
 */
#include "server-clock.h"

#include <time.h>

#define NS_PER_S 1000000000u

uint64_t server_clock_boottime(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void server_clock_set(struct server_clock *clock, int64_t date,
		      uint64_t boottime)
{
	*clock = (struct server_clock){
		.valid = true, .date = date, .boottime = boottime,
	};
}

int64_t server_clock_now(const struct server_clock *clock, uint64_t boottime)
{
	struct timespec now;

	if (clock->valid)
		return clock->date +
			(int64_t)((boottime - clock->boottime) / NS_PER_S);
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int64_t server_clock_offset(const struct server_clock *clock,
			    uint64_t boottime)
{
	struct timespec now;

	if (!clock->valid)
		return 0;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return server_clock_now(clock, boottime) - now.tv_sec;
}
