// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Frame pacing. Deadlines are absolute, so that errors of single frames don't
 * add up; a late frame moves the schedule and is counted, it isn't skipped.
 */
#include "fs1-pacing.h"

/* A line lasts 4800 / 460.8 MHz = 31250 / 3 ns. */
#define FS1_LINE_NS_NUMERATOR	31250u
#define FS1_LINE_NS_DENOMINATOR	3u

static_assert((fs1_u64)FS1_LINE_LENGTH * 1000000000u * FS1_LINE_NS_DENOMINATOR ==
	      (fs1_u64)FS1_LINE_NS_NUMERATOR * FS1_PIXEL_RATE, "line time");

fs1_u64 fs1_lines_to_ns(fs1_u32 lines)
{
	return fs1_div64((fs1_u64)lines * FS1_LINE_NS_NUMERATOR,
			 FS1_LINE_NS_DENOMINATOR);
}

/* To the nearest line, so that 33333 us mean 30 frames/s. */
static fs1_u32 fs1_us_to_lines(fs1_u32 us)
{
	fs1_u64 lines = fs1_div64((fs1_u64)us * 1000 * FS1_LINE_NS_DENOMINATOR +
				  FS1_LINE_NS_NUMERATOR / 2,
				  FS1_LINE_NS_NUMERATOR);

	return lines > FS1_FRAME_LENGTH_MAX ? FS1_FRAME_LENGTH_MAX :
					      (fs1_u32)lines;
}

fs1_u32 fs1_pacing_frame_length(fs1_u32 shortest, fs1_u32 interval,
				fs1_u32 control)
{
	fs1_u32 lines = fs1_us_to_lines(interval);

	if (lines < shortest)
		lines = shortest;
	if (lines < control)
		lines = control;
	return lines;
}

void fs1_pacing_restart(struct fs1_pacing *pacing, fs1_u64 now)
{
	pacing->deadline = now;
	pacing->interval = 0;
	pacing->idle_since = 0;
}

fs1_u64 fs1_pacing_start(struct fs1_pacing *pacing, fs1_u64 now,
			 fs1_u64 *ret_late)
{
	fs1_u64 late = now - pacing->deadline;
	bool busy = pacing->idle_since >= pacing->deadline;

	*ret_late = 0;
	if (!pacing->interval || (!busy && late <= pacing->interval / 2))
		return pacing->deadline;
	if (late) {
		pacing->lengthened_frames++;
		*ret_late = late;
	}
	return now;
}

void fs1_pacing_plan(struct fs1_pacing *pacing, fs1_u64 start,
		     fs1_u32 frame_length)
{
	pacing->interval = fs1_lines_to_ns(frame_length);
	pacing->deadline = start + pacing->interval;
}

void fs1_pacing_done(struct fs1_pacing *pacing, fs1_u64 now)
{
	pacing->idle_since = now;
}
