/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The graph of a network as it lies in a package: tensors, operators, and where
 * their constants are. Documentation/hardware/fs1-npu.rst says what each operator
 * computes; this header is its transcription and the only place where numbers
 * stand. Little-endian, naturally aligned, fixed offsets.
 *
 * A graph is bytes from outside. fs1_network_check() is its only reader; whatever
 * it lets pass can be computed without another look.
 */
#ifndef FS1_GRAPH_H
#define FS1_GRAPH_H

#include "fs1-types.h"

#define FS1_GRAPH_MAGIC		0x47315346u	/* "FS1G" */
#define FS1_GRAPH_VERSION	1u

#define FS1_GRAPH_TENSORS_MAX	1024u
#define FS1_GRAPH_OPERATORS_MAX	512u
#define FS1_GRAPH_RANK_MAX	6u
#define FS1_GRAPH_SIDE_MAX	65535u		/* of each dimension */
#define FS1_GRAPH_ELEMENTS_MAX	(8u << 20)	/* of a tensor */
#define FS1_GRAPH_INPUTS_MAX	8u		/* of an operator */
#define FS1_GRAPH_OUTPUTS_MAX	16u		/* of a network */
#define FS1_GRAPH_CONSTANT_ALIGN 64u		/* of each constant */

/* Weights and activations together, bytes. */
#define FS1_NPU_MEMORY		(8u << 20)
/* Weights of all operators, where those that two share count twice, bytes. */
#define FS1_GRAPH_WEIGHTS_MAX	(4 * FS1_NPU_MEMORY)

/* An offset that stands for "there is none". */
#define FS1_GRAPH_NONE		0xffffffffu

/** enum fs1_tensor_type - what an element is */
enum fs1_tensor_type {
	FS1_TENSOR_U8 = 1,	/* real value: (v - zero point) * scale */
	FS1_TENSOR_S16 = 2,	/* likewise */
	FS1_TENSOR_TYPES = 3,
};

/** enum fs1_tensor_layout - what the dimensions are */
enum fs1_tensor_layout {
	FS1_LAYOUT_NONE = 0,		/* nothing more is known */
	FS1_LAYOUT_NHWC = 1,		/* rank 4 */
	FS1_LAYOUT_DETECTIONS = 2,	/* S16, n x 6: struct fs1_graph_detection */
	FS1_LAYOUT_CLASSES = 3,		/* S16, n x 2: score, class */
	FS1_LAYOUT_LABELS = 4,		/* U8, H x W: a class for each place */
	FS1_LAYOUTS = 5,
};

#define FS1_TENSOR_INPUT	(1u << 0)	/* filled from the frame */
#define FS1_TENSOR_OUTPUT	(1u << 1)	/* given out */
#define FS1_TENSOR_FLAGS	3u

/**
 * struct fs1_graph_header - the beginning of a graph
 * @magic: FS1_GRAPH_MAGIC
 * @version: FS1_GRAPH_VERSION
 * @header_size: of this
 * @tensor_size: of each struct fs1_graph_tensor, which follow this
 * @operator_size: of each struct fs1_graph_operator, which follow those
 * @tensors: 1 to FS1_GRAPH_TENSORS_MAX
 * @operators: 1 to FS1_GRAPH_OPERATORS_MAX
 * @reserved: 0
 */
struct fs1_graph_header {
	fs1_le32 magic;
	fs1_le16 version;
	fs1_le16 header_size;
	fs1_le16 tensor_size;
	fs1_le16 operator_size;
	fs1_le16 tensors;
	fs1_le16 operators;
	fs1_le32 reserved[12];
};

/**
 * struct fs1_graph_tensor - a tensor that is computed, or the input
 * @name: offset in the names, for people
 * @type: enum fs1_tensor_type
 * @rank: 1 to FS1_GRAPH_RANK_MAX
 * @layout: enum fs1_tensor_layout
 * @flags: FS1_TENSOR_*
 * @dimensions: 1 to FS1_GRAPH_SIDE_MAX each, the slowest first; 0 behind @rank
 * @zero_point: the value that stands for 0: 0 to 255 of U8
 * @scale: of a step: @scale * 2^@scale_exponent, normalised to 2^31 <= @scale
 * @scale_exponent: -126 to 64
 * @reserved: 0
 */
struct fs1_graph_tensor {
	fs1_le32 name;
	fs1_u8 type;
	fs1_u8 rank;
	fs1_u8 layout;
	fs1_u8 flags;
	fs1_le32 dimensions[FS1_GRAPH_RANK_MAX];
	fs1_le32 zero_point;
	fs1_le32 scale;
	fs1_le32 scale_exponent;
	fs1_le32 reserved[5];
};

/** enum fs1_operator - what is computed; the arguments are enum fs1_argument */
enum fs1_operator {
	FS1_OPERATOR_CONVOLUTION = 1,
	FS1_OPERATOR_ADD = 2,
	FS1_OPERATOR_MULTIPLY = 3,
	FS1_OPERATOR_CONCAT = 4,
	FS1_OPERATOR_POOL_MAX = 5,
	FS1_OPERATOR_POOL_AVERAGE = 6,
	FS1_OPERATOR_RESIZE_NEAREST = 7,
	FS1_OPERATOR_RESIZE_BILINEAR = 8,
	FS1_OPERATOR_TABLE = 9,
	FS1_OPERATOR_SOFTMAX = 10,
	FS1_OPERATOR_PAD = 11,
	FS1_OPERATOR_TRANSPOSE = 12,
	FS1_OPERATOR_RESHAPE = 13,
	FS1_OPERATOR_SLICE = 14,
	FS1_OPERATOR_DETECT = 15,
	FS1_OPERATOR_TOP_CLASSES = 16,
	FS1_OPERATOR_LABEL = 17,
	FS1_OPERATORS = 18,
};

/*
 * Places in @argument of struct fs1_graph_operator.
 *
 * CONVOLUTION, POOL_*: kernel, stride, dilation (convolution only, 1 for pools),
 * padding, groups (convolution only). ADD: a multiplier for each input and a
 * shift. MULTIPLY: a multiplier and a shift. CONCAT, SOFTMAX, TOP_CLASSES, LABEL:
 * axis or nothing. RESIZE: start and step in each direction, Q16. PAD: before each
 * dimension, then the value. TRANSPOSE: source of each dimension. SLICE: start of
 * each dimension, then step of each. The others have none. What isn't used is 0.
 */
enum fs1_argument {
	FS1_ARGUMENT_KERNEL_HEIGHT = 0,
	FS1_ARGUMENT_KERNEL_WIDTH = 1,
	FS1_ARGUMENT_STRIDE_Y = 2,
	FS1_ARGUMENT_STRIDE_X = 3,
	FS1_ARGUMENT_DILATION_Y = 4,
	FS1_ARGUMENT_DILATION_X = 5,
	FS1_ARGUMENT_PAD_TOP = 6,
	FS1_ARGUMENT_PAD_LEFT = 7,
	FS1_ARGUMENT_GROUPS = 8,

	FS1_ARGUMENT_MULTIPLIER = 0,	/* of ADD: and the next for input 1 */
	FS1_ARGUMENT_SHIFT = 2,

	FS1_ARGUMENT_AXIS = 0,

	FS1_ARGUMENT_START_Y = 0,
	FS1_ARGUMENT_START_X = 1,
	FS1_ARGUMENT_STEP_Y = 2,
	FS1_ARGUMENT_STEP_X = 3,

	FS1_ARGUMENT_BEFORE = 0,	/* FS1_GRAPH_RANK_MAX of them */
	FS1_ARGUMENT_VALUE = 6,
	FS1_ARGUMENT_SOURCE = 0,	/* likewise */
	FS1_ARGUMENT_START = 0,		/* likewise */
	FS1_ARGUMENT_STEP = 6,		/* likewise */

	FS1_ARGUMENTS = 12,
};

/**
 * struct fs1_graph_operator - one step; in the order of computation
 * @name: offset in the names, for people
 * @code: enum fs1_operator
 * @inputs: 1 to FS1_GRAPH_INPUTS_MAX
 * @output: number of the tensor it computes, which no other does
 * @input: numbers of tensors, each the input or computed before; 0 behind @inputs
 * @low: least value of the output, for fused ReLU and its kind; else 0
 * @high: greatest; else 255
 * @reserved: 0
 * @weights: offset in the constants; CONVOLUTION: s8, [output channel][y][x][input
 *	channel of the group]
 * @bias: likewise; CONVOLUTION: s32 for each output channel
 * @scales: likewise; struct fs1_graph_scale: CONVOLUTION for each output channel,
 *	POOL_AVERAGE for a whole window, then for one sample less, and so on to a
 *	single one; where no window reaches beyond the input, only the first is there
 * @table: likewise; TABLE: 256 bytes; CONVOLUTION, ADD, MULTIPLY: likewise, applied
 *	last, may be FS1_GRAPH_NONE; SOFTMAX: u32 for each distance from the greatest,
 *	Q16; DETECT: struct fs1_graph_detect
 * @argument: by enum fs1_argument, s32
 *
 * Offsets that an operator doesn't use are FS1_GRAPH_NONE.
 */
struct fs1_graph_operator {
	fs1_le32 name;
	fs1_le16 code;
	fs1_le16 inputs;
	fs1_le16 output;
	fs1_le16 input[FS1_GRAPH_INPUTS_MAX];
	fs1_u8 low;
	fs1_u8 high;
	fs1_le32 reserved;
	fs1_le32 weights;
	fs1_le32 bias;
	fs1_le32 scales;
	fs1_le32 table;
	fs1_le32 argument[FS1_ARGUMENTS];
};

#define FS1_KERNEL_MAX		64u	/* of convolutions: each way */
#define FS1_WINDOW_MAX		65536u	/* samples that make one value */
#define FS1_DILATION_MAX	32u
#define FS1_SOFTMAX_MAX		4096u	/* classes */
#define FS1_SOFTMAX_ONE		65536u	/* in its table */
#define FS1_ADD_MULTIPLIER_MAX	(1 << 21)	/* either sign */
#define FS1_ADD_SHIFT_MAX	29u
#define FS1_RESIZE_MAX		(1 << 24)	/* start (either sign), step; Q16 */

/**
 * struct fs1_graph_scale - from a sum to a step of the output
 * @multiplier: 0, or 2^30 to 2^31 - 1
 * @shift: 1 to 62
 *
 * round(sum * @multiplier / 2^@shift), where halves go up: the sum of both and
 * 2^(@shift - 1), shifted right arithmetically.
 */
struct fs1_graph_scale {
	fs1_le32 multiplier;
	fs1_le32 shift;
};

/* ------------------------------------------------------------------------
 * Detections
 */

#define FS1_SCORE_ONE		32768u	/* Q15 */
#define FS1_POSITION_MAX	(1 << 24)	/* in tables of boxes, Q16, either sign */
#define FS1_DETECT_STRIDE_MAX	1024u
#define FS1_DETECT_SIDE_MAX	65536u	/* of a map, in pixels of the input */
#define FS1_DETECT_LEVELS_MAX	4u
#define FS1_DETECT_ANCHORS_MAX	32u	/* of a cell */
#define FS1_DETECT_CLASSES_MAX	1024u
#define FS1_DETECT_CANDIDATES	512u	/* that NMS looks at; the best */
#define FS1_DETECT_MAX		64u	/* found in a window */

/** enum fs1_detect_form - what the four numbers of a box are */
enum fs1_detect_form {
	FS1_DETECT_DISTANCES = 0,	/* of the cell's centre from left, top, right, bottom */
	FS1_DETECT_CELL = 1,		/* centre from the cell's corner, size by the anchor */
	FS1_DETECT_ANCHOR = 2,		/* centre by the anchor from its own, size likewise */
	FS1_DETECT_FORMS = 3,
};

/**
 * struct fs1_graph_anchor - a box that others are measured by
 * @width: Q4 of pixels of the network's input
 * @height: likewise
 */
struct fs1_graph_anchor {
	fs1_le16 width;
	fs1_le16 height;
};

/**
 * struct fs1_graph_level - the maps of one size
 * @boxes: which input of the operator has the boxes: H x W x (anchors x 4 or more)
 * @objects: which has one score for each anchor, or 255: there is none
 * @classes: which has the scores of the classes: H x W x (anchors x classes)
 * @anchors: of a cell, 1 to FS1_DETECT_ANCHORS_MAX
 * @stride: pixels of the input from cell to cell
 * @offset: where the first cell's point is, Q4
 * @reserved: 0
 * @box_first: first channel of the boxes, in the map
 * @box_step: channels from anchor to anchor
 * @object_first: likewise, of the objects
 * @object_step: likewise
 * @class_first: likewise, of the first class
 * @class_step: likewise
 * @position: values of a centre's or distance's step, s32, Q16: of a cell or
 *	anchor
 * @size: of a size's, likewise; of the anchor
 * @object_score: of an object's, Q15, 0 to 32768
 * @class_score: of a class's, likewise
 * @anchor: the anchors
 *
 * Tables have 256 entries, for the values of the input.
 */
struct fs1_graph_level {
	fs1_u8 boxes;
	fs1_u8 objects;
	fs1_u8 classes;
	fs1_u8 anchors;
	fs1_le16 stride;
	fs1_le16 offset;
	fs1_le16 box_first;
	fs1_le16 box_step;
	fs1_le16 object_first;
	fs1_le16 object_step;
	fs1_le16 class_first;
	fs1_le16 class_step;
	fs1_le32 reserved;
	fs1_le32 position[256];
	fs1_le32 size[256];
	fs1_le32 object_score[256];
	fs1_le32 class_score[256];
	struct fs1_graph_anchor anchor[FS1_DETECT_ANCHORS_MAX];
};

/**
 * struct fs1_graph_detect - how maps become detections
 * @form: enum fs1_detect_form
 * @levels: 1 to FS1_DETECT_LEVELS_MAX
 * @classes: 1 to FS1_DETECT_CLASSES_MAX
 * @score_min: Q15; less is no candidate
 * @overlap_max: Q15, intersection over union; more is the same object
 * @detections_max: 1 to FS1_DETECT_MAX
 * @by_class: 0: boxes of different classes suppress each other; 1: they don't
 * @reserved: 0
 * @level: @levels of them
 */
struct fs1_graph_detect {
	fs1_le16 form;
	fs1_le16 levels;
	fs1_le16 classes;
	fs1_le16 score_min;
	fs1_le16 overlap_max;
	fs1_le16 detections_max;
	fs1_le16 by_class;
	fs1_le16 reserved[9];
	struct fs1_graph_level level[];
};

/**
 * struct fs1_graph_detection - a line of a tensor of detections
 * @left: pixels of the network's input, Q3, 0 to 32767
 * @top: likewise
 * @right: likewise, behind the last
 * @bottom: likewise
 * @score: Q15, at most 32767; 0: this line and those behind it are empty
 * @class: from 0
 */
struct fs1_graph_detection {
	fs1_le16 left;
	fs1_le16 top;
	fs1_le16 right;
	fs1_le16 bottom;
	fs1_le16 score;
	fs1_le16 class;
};

static_assert(sizeof(struct fs1_graph_header) == 64, "no holes");
static_assert(sizeof(struct fs1_graph_tensor) == 64, "no holes");
static_assert(sizeof(struct fs1_graph_operator) == 96, "no holes");
static_assert(sizeof(struct fs1_graph_level) == 4248, "no holes");

#endif /* FS1_GRAPH_H */
