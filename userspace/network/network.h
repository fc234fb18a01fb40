/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler of networks: from an ONNX file with numbers of 32 bits, or one that
 * is quantised already (QuantizeLinear and DequantizeLinear), to a graph of an FS-1.
 * It reads no pictures and writes no packages: pictures come from a function of the
 * caller, and what comes out is a graph and all that a package must say about it.
 *
 * Nothing here logs. Every function that can fail for a reason that a person can
 * mend gives a message, which names the place in the model.
 */
#ifndef FOVEA_NETWORK_H
#define FOVEA_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "graph.h"

#define FOVEA_NETWORK_CHANNELS_MAX 4u	/* of the input */

/**
 * typedef fovea_network_picture - give a picture for calibration
 * @userdata: of struct fovea_network_build_options
 * @index: from 0; asked for again and again from 0 on
 * @height: of the network's input
 * @width: likewise
 * @channels: likewise
 * @ret_samples: @height x @width x @channels bytes, channels beside each other in
 *	the network's order
 *
 * Return: 1: there it is; 0: there are no more; negative errno: why not.
 */
typedef int (*fovea_network_picture)(void *userdata, uint32_t index, uint32_t height,
				     uint32_t width, uint32_t channels,
				     uint8_t *ret_samples);

/** enum fovea_network_map - what a network's number means to a head */
enum fovea_network_map {
	FOVEA_NETWORK_MAP_LINEAR,	/* offset + scale * v */
	FOVEA_NETWORK_MAP_SIGMOID,	/* offset + scale / (1 + e^-v) */
	FOVEA_NETWORK_MAP_EXP,		/* offset + scale * e^v */
	FOVEA_NETWORK_MAP_SQUARE,	/* offset + scale * (1 / (1 + e^-v))^2 */
	FOVEA_NETWORK_MAPS,
};

/**
 * struct fovea_network_meaning - from a network's number to what a head computes with
 * @map: kind
 * @scale: see there; 0 stands for 1
 * @offset: see there
 */
struct fovea_network_meaning {
	enum fovea_network_map map;
	double scale;
	double offset;
};

/**
 * struct fovea_network_level - maps of detections of one size
 * @boxes: name of the output with the boxes, channels x H x W as the model has it
 * @objects: likewise, with one score for each anchor; NULL: there is none
 * @classes: likewise, with the scores of the classes
 * @stride: pixels of the input from cell to cell, 1 to FS1_DETECT_STRIDE_MAX
 * @point: where the first cell's point is, pixels; usually @stride / 2 or 0
 * @anchors: of a cell, 1 to FS1_DETECT_ANCHORS_MAX
 * @anchor: width and height of each, pixels; not used by FS1_DETECT_DISTANCES
 * @box_first: channel of the first anchor's box
 * @box_step: channels from anchor to anchor
 * @object_first: likewise
 * @object_step: likewise
 * @class_first: likewise
 * @class_step: likewise
 */
struct fovea_network_level {
	const char *boxes;
	const char *objects;
	const char *classes;
	uint32_t stride;
	double point;
	uint32_t anchors;
	double anchor[FS1_DETECT_ANCHORS_MAX][2];
	uint32_t box_first, box_step;
	uint32_t object_first, object_step;
	uint32_t class_first, class_step;
};

/** enum fovea_network_head_form - what is made of outputs on the device */
enum fovea_network_head_form {
	FOVEA_NETWORK_HEAD_NONE,	/* outputs stay as they are */
	FOVEA_NETWORK_HEAD_TOP_CLASSES,	/* the best of an output of 1 x classes */
	FOVEA_NETWORK_HEAD_LABEL,	/* the best class of each place */
	FOVEA_NETWORK_HEAD_DETECT,	/* boxes */
};

/**
 * struct fovea_network_head - what ONNX has no operator for
 * @form: of all following members, those that @form doesn't use are not looked at
 * @output: name of the output; NULL: the model's only one
 * @top: TOP_CLASSES: how many, 1 or more
 * @detect: DETECT: how four numbers are a box
 * @levels: DETECT: 1 to FS1_DETECT_LEVELS_MAX
 * @level: them
 * @classes: DETECT: how many
 * @position: of DISTANCES, and of centres: in strides, of ANCHOR in anchors
 * @size: of CELL and ANCHOR: in anchors
 * @object_score: 0 to 1
 * @class_score: 0 to 1
 * @score_min: less is no detection, above 0, to 1
 * @overlap_max: intersection over union, 0 to 1
 * @detections_max: 1 to FS1_DETECT_MAX
 * @by_class: boxes of different classes don't suppress each other
 */
struct fovea_network_head {
	enum fovea_network_head_form form;
	const char *output;
	uint32_t top;
	enum fs1_detect_form detect;
	uint32_t levels;
	const struct fovea_network_level *level;
	uint32_t classes;
	struct fovea_network_meaning position;
	struct fovea_network_meaning size;
	struct fovea_network_meaning object_score;
	struct fovea_network_meaning class_score;
	double score_min;
	double overlap_max;
	uint32_t detections_max;
	bool by_class;
};

/** enum fovea_network_range - how the ends of a tensor's bytes are chosen */
enum fovea_network_range {
	FOVEA_NETWORK_RANGE_ERROR,	/* least mean square error */
	FOVEA_NETWORK_RANGE_EXTREMES,	/* least and greatest number that was seen */
};

/**
 * struct fovea_network_build_options - what to build of what
 * @data: the ONNX file's bytes
 * @size: how many
 * @height: of the input, where the model leaves it open; else 0
 * @width: likewise
 * @mean: what the model expects: (v / 255 - mean) / deviation of each byte v
 * @deviation: likewise; 0 stands for 1
 * @picture: pictures for calibration; NULL: none, which only models that are quantised
 *	already can do without
 * @userdata: for @picture
 * @pictures_max: no more than so many; 0: 256
 * @compare_max: the quantisation error is measured with so many; 0: 4
 * @range: ends of the bytes
 * @heads: @head
 * @head: what is put behind outputs, or NULL
 * @keep_outputs: outputs that a head reads are outputs all the same
 */
struct fovea_network_build_options {
	const void *data;
	size_t size;
	uint32_t height;
	uint32_t width;
	double mean[FOVEA_NETWORK_CHANNELS_MAX];
	double deviation[FOVEA_NETWORK_CHANNELS_MAX];
	fovea_network_picture picture;
	void *userdata;
	uint32_t pictures_max;
	uint32_t compare_max;
	enum fovea_network_range range;
	uint32_t heads;
	const struct fovea_network_head *head;
	bool keep_outputs;
};

/**
 * struct fovea_network_layer - an operator of the graph, for people
 * @name: of the model's node
 * @kind: "CONVOLUTION", with "+ table" where one is fused
 * @inputs: how many
 * @input: layer that computes it; UINT32_MAX: the network's input
 * @rank: of @dimensions
 * @dimensions: of the output, as the graph has it
 * @macs: multiplications with addition
 * @constants: bytes of weights, tables and so on, shared ones counted again
 * @bytes: of the output
 * @scale: of the output
 * @zero_point: of the output
 * @sqnr: signal to quantisation noise against numbers of 32 bits, dB; NAN: not
 *	measured, INFINITY: no difference
 * @output: the network gives it out
 */
struct fovea_network_layer {
	char *name;
	char *kind;
	uint32_t inputs;
	uint32_t input[FS1_GRAPH_INPUTS_MAX];
	uint32_t rank;
	uint32_t dimensions[FS1_GRAPH_RANK_MAX];
	uint64_t macs;
	uint64_t constants;
	uint64_t bytes;
	double scale;
	int32_t zero_point;
	double sqnr;
	bool output;
};

/**
 * struct fovea_network_report - what became of the model
 * @name: of the model's graph
 * @input_name: of the input
 * @height: of the input
 * @width: likewise
 * @channels: likewise
 * @input_scale: likewise
 * @input_zero_point: likewise
 * @table: the input's byte for each byte of a picture, by channel
 * @pictures: that it was calibrated with
 * @parameters: numbers that were learnt
 * @figures: what the network costs
 * @layers: how many
 * @layer: in the order of computation
 */
struct fovea_network_report {
	char *name;
	char *input_name;
	uint32_t height;
	uint32_t width;
	uint32_t channels;
	double input_scale;
	int32_t input_zero_point;
	uint8_t table[FOVEA_NETWORK_CHANNELS_MAX][256];
	uint32_t pictures;
	uint64_t parameters;
	struct fs1_network_figures figures;
	uint32_t layers;
	struct fovea_network_layer *layer;
};

/**
 * fovea_network_build() - compile a model
 * @options: what to build of what
 * @ret_graph: the graph, which fs1_network_create() takes; to be freed with
 *	libfs1_graph_free()
 * @ret_report: what became of the model; to be freed with
 *	fovea_network_report_clear(); may be NULL
 * @ret_error: where it fails: what is wrong, where, and what would be right; to be
 *	freed with free(); NULL where there is no memory even for this
 *
 * Return: 0; -EBADMSG: not a model, or one that contradicts itself; -EOPNOTSUPP: an
 * operator, or a form of one, that there isn't on the device; -E2BIG: more than a
 * limit; -EINVAL: @options; -ENOMEM; or what @picture returned.
 */
int fovea_network_build(const struct fovea_network_build_options *options,
			struct libfs1_graph **ret_graph,
			struct fovea_network_report *ret_report, char **ret_error);

/** fovea_network_report_clear() - free what it points to; empty ones are fine */
void fovea_network_report_clear(struct fovea_network_report *report);

/**
 * fovea_network_report_table() - a line for each layer: shape, MACs, bytes, error
 * @report: of a network
 * @file: where to
 *
 * Return: 0 or -EIO.
 */
int fovea_network_report_table(const struct fovea_network_report *report,
			       FILE *file);

/**
 * fovea_network_report_picture() - draw the graph as SVG
 * @report: of a network
 * @file: where to
 *
 * Return: 0, -ENOMEM or -EIO.
 */
int fovea_network_report_picture(const struct fovea_network_report *report,
				 FILE *file);

#endif /* FOVEA_NETWORK_H */
