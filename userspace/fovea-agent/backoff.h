/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When to ask a destination again. The state belongs to the destination, not
 * to a record: when it is down, one request finds out, not a thousand.
 *
 * After a failure all requests wait; the first one after the wait is alone,
 * and only when it succeeds the others follow (a circuit breaker whose closed
 * state is "no failure since the last success").
 */
#ifndef FOVEA_AGENT_BACKOFF_H
#define FOVEA_AGENT_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "verdict.h"

#define BACKOFF_RETRY_AFTER_MAX	3600u	/* seconds; more is cut to this */

/**
 * struct backoff - of one destination
 * @base: first wait, ns
 * @cap: longest wait, ns
 * @seed: of the random generator
 * @failures: in a row
 * @until: CLOCK_BOOTTIME before which nothing is asked, ns
 */
struct backoff {
	uint64_t base;
	uint64_t cap;
	uint64_t seed;
	unsigned int failures;
	uint64_t until;
};

/**
 * backoff_failed() - a request failed
 * @backoff: the destination's
 * @now: CLOCK_BOOTTIME, ns
 * @verdict: RETRY waits a random time up to the limit that doubles each time
 *	(full jitter), THROTTLE and all others at least half of it
 * @retry_after: seconds the destination asked for; 0: it did not
 */
void backoff_failed(struct backoff *backoff, uint64_t now,
		    enum verdict verdict, uint32_t retry_after);

/** backoff_succeeded() - a request worked: no more waiting */
void backoff_succeeded(struct backoff *backoff);

/** backoff_wait() - ns from @now until something may be asked; 0: now */
uint64_t backoff_wait(const struct backoff *backoff, uint64_t now);

/**
 * backoff_limit() - how many requests may be under way
 * @backoff: the destination's
 * @concurrency: when it is well
 *
 * Return: 1 after a failure, until a request works; else @concurrency.
 */
unsigned int backoff_limit(const struct backoff *backoff,
			   unsigned int concurrency);

#endif /* FOVEA_AGENT_BACKOFF_H */
