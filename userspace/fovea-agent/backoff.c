// SPDX-License-Identifier: Apache-2.0
/*
 * Exponential backoff with jitter, per destination.
 */
#include "backoff.h"

#define NS_PER_S 1000000000u

/* xorshift64*: spreading requests needs no better randomness. */
static uint64_t next_random(struct backoff *backoff)
{
	uint64_t x = backoff->seed ? backoff->seed : 1;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	backoff->seed = x;
	return x * 0x2545f4914f6cdd1dull;
}

void backoff_failed(struct backoff *backoff, uint64_t now,
		    enum verdict verdict, uint32_t retry_after)
{
	uint64_t limit = backoff->base, wait, floor;

	if (retry_after > BACKOFF_RETRY_AFTER_MAX)
		retry_after = BACKOFF_RETRY_AFTER_MAX;
	/* Requests that were under way together fail together: that is one. */
	if (backoff->failures && backoff->until > now) {
		wait = (uint64_t)retry_after * NS_PER_S;
		if (backoff->until < now + wait)
			backoff->until = now + wait;
		return;
	}
	for (unsigned int i = 0; i < backoff->failures && limit < backoff->cap;
	     i++)
		limit *= 2;
	if (limit > backoff->cap)
		limit = backoff->cap;
	if (limit == 0)
		limit = 1;
	/* Full jitter could come near zero, which is no answer to "slow down". */
	floor = verdict == VERDICT_RETRY ? 0 : limit / 2;
	wait = floor + next_random(backoff) % (limit - floor);

	if (wait < (uint64_t)retry_after * NS_PER_S)
		wait = (uint64_t)retry_after * NS_PER_S;
	backoff->failures++;
	backoff->until = now + wait;
}

void backoff_succeeded(struct backoff *backoff)
{
	backoff->failures = 0;
	backoff->until = 0;
}

uint64_t backoff_wait(const struct backoff *backoff, uint64_t now)
{
	return backoff->until > now ? backoff->until - now : 0;
}

unsigned int backoff_limit(const struct backoff *backoff,
			   unsigned int concurrency)
{
	return backoff->failures ? 1 : concurrency;
}
