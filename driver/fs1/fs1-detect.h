/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * From maps of boxes and scores to detections: what the operator DETECT needs of
 * memory, and its check.
 */
#ifndef FS1_DETECT_H
#define FS1_DETECT_H

#include "fs1-network-private.h"

/**
 * struct fs1_candidate - a box that may be one
 * @score: Q15
 * @order: of its finding, so that of equal scores the first counts more
 * @class: from 0
 * @left: Q3 of pixels of the network's input
 * @top: likewise
 * @right: likewise, behind the last
 * @bottom: likewise
 */
struct fs1_candidate {
	fs1_u32 score;
	fs1_u32 order;
	fs1_u32 class;
	fs1_s32 left;
	fs1_s32 top;
	fs1_s32 right;
	fs1_s32 bottom;
};

/**
 * struct fs1_detect_scratch - room for the candidates of one run
 * @count: how many
 * @found: how many there were, with those that had no room
 * @candidate: while they are found a heap, the worst first
 */
struct fs1_detect_scratch {
	fs1_u32 count;
	fs1_u32 found;
	struct fs1_candidate candidate[FS1_DETECT_CANDIDATES];
};

/** fs1_detect_check() - fs1_step_check() of DETECT */
bool fs1_detect_check(struct fs1_graph_reader *reader,
		      const struct fs1_graph_operator *operator,
		      struct fs1_step *step);

#endif /* FS1_DETECT_H */
