// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The operators in plain C, in a table; and the small ones that turn maps into
 * answers.
 */
#include "fs1-npu.h"

/* Is class @a before class @b in the order of scores? */
static bool fs1_before(const fs1_u8 *scores, fs1_u32 a, fs1_u32 b)
{
	return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
}

/* Each line is the best of those that stand behind the line before. */
void fs1_npu_top_classes(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const fs1_u8 *scores = step->input[0]->data;
	fs1_u32 classes = step->input[0]->channels, line, i;
	fs1_le16 *out = (fs1_le16 *)step->output->data + 2 * first;

	for (line = first; line < end; line++, out += 2) {
		fs1_u32 best = FS1_GRAPH_NONE;

		for (i = 0; i < classes; i++) {
			if (line && !fs1_before(scores, fs1_le16_to_cpu(out[-1]),
						i))
				continue;
			if (best == FS1_GRAPH_NONE || fs1_before(scores, i, best))
				best = i;
		}
		out[0] = fs1_cpu_to_le16((fs1_u16)(scores[best] << 7));
		out[1] = fs1_cpu_to_le16((fs1_u16)best);
	}
}

void fs1_npu_label(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_tensor *from = step->input[0];
	fs1_u32 place, i;

	for (place = first; place < end; place++) {
		const fs1_u8 *scores = from->data +
				       (size_t)place * from->channels;
		fs1_u32 best = 0;

		for (i = 1; i < from->channels; i++)
			if (fs1_before(scores, i, best))
				best = i;
		step->output->data[place] = (fs1_u8)best;
	}
}

const struct fs1_npu fs1_npu_plain = {
	.function = {
		[FS1_OPERATOR_CONVOLUTION] = fs1_npu_convolution,
		[FS1_OPERATOR_ADD] = fs1_npu_add,
		[FS1_OPERATOR_MULTIPLY] = fs1_npu_multiply,
		[FS1_OPERATOR_CONCAT] = fs1_npu_concat,
		[FS1_OPERATOR_POOL_MAX] = fs1_npu_pool_max,
		[FS1_OPERATOR_POOL_AVERAGE] = fs1_npu_pool_average,
		[FS1_OPERATOR_RESIZE_NEAREST] = fs1_npu_resize_nearest,
		[FS1_OPERATOR_RESIZE_BILINEAR] = fs1_npu_resize_bilinear,
		[FS1_OPERATOR_TABLE] = fs1_npu_table,
		[FS1_OPERATOR_SOFTMAX] = fs1_npu_softmax,
		[FS1_OPERATOR_PAD] = fs1_npu_pad,
		[FS1_OPERATOR_TRANSPOSE] = fs1_npu_transpose,
		[FS1_OPERATOR_RESHAPE] = fs1_npu_reshape,
		[FS1_OPERATOR_SLICE] = fs1_npu_slice,
		[FS1_OPERATOR_DETECT] = fs1_npu_detect,
		[FS1_OPERATOR_TOP_CLASSES] = fs1_npu_top_classes,
		[FS1_OPERATOR_LABEL] = fs1_npu_label,
	},
};
