/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What time it is at a destination, from the Date of its answers.
 *
 * A device without a clock of its own starts in 1970, and a signed request
 * that is fifteen minutes off is refused. The system's clock is never set from
 * here; only signatures use this time. It is kept against CLOCK_BOOTTIME, so
 * that a step of the system's clock does not disturb it.
 */
#ifndef FOVEA_AGENT_SERVER_CLOCK_H
#define FOVEA_AGENT_SERVER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define SERVER_CLOCK_SKEW 900	/* seconds a service tolerates */

/**
 * struct server_clock - of one destination; starts from zeroes
 * @valid: an answer had a Date
 * @date: of that answer, seconds since 1970
 * @boottime: when it came, ns
 */
struct server_clock {
	bool valid;
	int64_t date;
	uint64_t boottime;
};

/** server_clock_boottime() - CLOCK_BOOTTIME, ns */
uint64_t server_clock_boottime(void);

/** server_clock_set() - an answer with this Date came at @boottime */
void server_clock_set(struct server_clock *clock, int64_t date,
		      uint64_t boottime);

/** server_clock_now() - the time there, or the system's when nothing is known */
int64_t server_clock_now(const struct server_clock *clock, uint64_t boottime);

/** server_clock_offset() - seconds it is ahead of the system's clock; 0: unknown */
int64_t server_clock_offset(const struct server_clock *clock,
			    uint64_t boottime);

#endif /* FOVEA_AGENT_SERVER_CLOCK_H */
