/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the tensor buffers of an FS-1 (uapi/linux/fovea.h). The bytes come from a
 * device or from another process: everything is checked once, by fovea_tensors_init(),
 * and what was checked is copied, so that nobody can change it afterwards. The tensors'
 * data stays where it is.
 */
#ifndef LIBFOVEA_TENSOR_H
#define LIBFOVEA_TENSOR_H

#include <stdbool.h>

#include "libfovea/result.h"

/**
 * struct fovea_tensor - a checked tensor
 * @name: NUL-terminated, may be empty
 * @type: of an element
 * @layout: what the dimensions are
 * @input: the network's input; else an output
 * @rank: of @dimensions
 * @dimensions: the slowest first; 0 behind @rank
 * @zero_point: the value that stands for 0
 * @scale: of a step; more than 0
 * @elements: product of all dimensions
 * @size: bytes of a piece's
 * @pieces: how many of it there are, one for each piece of the picture
 * @step: bytes from piece to piece
 * @data: of the first piece, part of the buffer, at any alignment; NULL: the buffer
 *	was too small for it
 */
struct fovea_tensor {
	char name[32];
	enum fovea_tensor_type type;
	enum fovea_tensor_layout layout;
	bool input;
	uint32_t rank;
	uint32_t dimensions[FOVEA_TENSOR_DIMENSIONS];
	int32_t zero_point;
	double scale;
	size_t elements;
	size_t size;
	uint32_t pieces;
	size_t step;
	const uint8_t *data;
};

/**
 * struct fovea_tensors - a checked tensor buffer
 * @result: of which frame; NONE: the following are 0
 * @truncated: the buffer was too small, so no tensor has data
 * @wanted: bytes that it should have had
 * @name: of the network
 * @version: likewise
 * @columns: pieces of the picture beside each other
 * @rows: pieces below each other
 * @window_left: what all pieces show, pixels of the array
 * @window_top: likewise
 * @window_width: likewise
 * @window_height: likewise
 * @count: of tensors
 * @tensor: them
 */
struct fovea_tensors {
	struct fovea_result result;
	bool truncated;
	size_t wanted;
	char name[64];
	char version[32];
	uint32_t columns;
	uint32_t rows;
	uint32_t window_left;
	uint32_t window_top;
	uint32_t window_width;
	uint32_t window_height;
	size_t count;
	struct fovea_tensor tensor[FOVEA_TENSORS_MAX];
};

/**
 * fovea_tensors_init() - check a tensor buffer
 * @tensors: filled on success
 * @data: the bytes, at any alignment; must outlive @tensors
 * @size: bytes there are; the buffer may use fewer
 * @ret_error: on failure: which field is wrong, and why; may be NULL
 *
 * Return: 0; -EBADMSG: the buffer contradicts itself; -EPROTONOSUPPORT: its version is
 * unknown.
 */
int fovea_tensors_init(struct fovea_tensors *tensors, const void *data, size_t size,
		       char ret_error[FOVEA_RESULT_ERROR_SIZE]);

/**
 * fovea_tensor_piece() - a tensor's bytes of one piece of the picture
 * @tensor: from fovea_tensors_init()
 * @piece: row by row
 *
 * Return: @tensor->size bytes; NULL: there is no such piece, or no data.
 */
const uint8_t *fovea_tensor_piece(const struct fovea_tensor *tensor, uint32_t piece);

/**
 * fovea_tensor_raw() - an element as it is
 * @tensor: from fovea_tensors_init(), with data
 * @piece: below @tensor->pieces
 * @index: below @tensor->elements, in the order of memory
 *
 * Return: the number in the buffer.
 */
int32_t fovea_tensor_raw(const struct fovea_tensor *tensor, uint32_t piece,
			 size_t index);

/** fovea_tensor_real() - the real value that element fovea_tensor_raw() stands for */
double fovea_tensor_real(const struct fovea_tensor *tensor, uint32_t piece,
			 size_t index);

/**
 * fovea_tensor_reals() - real values of all elements
 * @tensor: as fovea_tensor_raw()
 * @piece: likewise
 * @ret_values: @tensor->elements of them
 */
void fovea_tensor_reals(const struct fovea_tensor *tensor, uint32_t piece,
			float *ret_values);

/**
 * struct fovea_tensor_detection - a line of a tensor of detections
 * @left: pixels of the network's input, as the following
 * @top: likewise
 * @right: likewise; behind the last
 * @bottom: likewise
 * @score: 0 to 1
 * @class: from 0
 */
struct fovea_tensor_detection {
	double left;
	double top;
	double right;
	double bottom;
	double score;
	uint32_t class;
};

/**
 * fovea_tensor_detection() - a line of a tensor of detections
 * @tensor: of layout DETECTIONS, with data
 * @piece: below @tensor->pieces
 * @index: from 0
 * @ret_detection: the line
 *
 * Boxes are the device's word: they may lie outside of the input.
 *
 * Return: false behind the last one.
 */
bool fovea_tensor_detection(const struct fovea_tensor *tensor, uint32_t piece,
			    size_t index,
			    struct fovea_tensor_detection *ret_detection);

/** fovea_tensor_layout_name() - "none", "nhwc", "detections", "classes", "labels" */
const char *fovea_tensor_layout_name(enum fovea_tensor_layout layout);

#endif /* LIBFOVEA_TENSOR_H */
