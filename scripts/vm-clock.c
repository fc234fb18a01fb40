// SPDX-License-Identifier: Apache-2.0
/*
 * Print the frequency of this machine's time stamp counter in kHz, for
 * scripts/vm: an emulated processor shows the guest the same counter, but on a
 * busy machine the guest's own measurement can be wrong by any factor, and then
 * its clock runs as much too fast.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define MEASURE_NS 50000000
#define LOOKS 32

struct instant {
	uint64_t ns;
	uint64_t ticks;
};

/* Of several looks at both clocks the one with the least between them. */
static struct instant instant_now(void)
{
	uint64_t shortest = UINT64_MAX, before, width;
	struct instant best = { 0 };
	struct timespec time;

	for (unsigned int i = 0; i < LOOKS; i++) {
		before = __rdtsc();
		(void)clock_gettime(CLOCK_MONOTONIC_RAW, &time);
		width = __rdtsc() - before;
		if (width >= shortest)
			continue;
		shortest = width;
		best.ticks = before + width / 2;
		best.ns = (uint64_t)time.tv_sec * 1000000000 +
			  (uint64_t)time.tv_nsec;
	}
	return best;
}

int main(void)
{
	struct timespec pause = { .tv_nsec = MEASURE_NS };
	struct instant begin, end;

	begin = instant_now();
	(void)nanosleep(&pause, NULL);
	end = instant_now();
	if (end.ns <= begin.ns || end.ticks <= begin.ticks) {
		(void)fprintf(stderr, "the clocks of this machine don't go on\n");
		return 1;
	}
	printf("%llu\n", (unsigned long long)
	       ((end.ticks - begin.ticks) * 1000000 / (end.ns - begin.ns)));
	return 0;
}
