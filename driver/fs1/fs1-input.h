/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * From the array to the network's input and back: which part of a frame an input
 * shows, how its pixels become bytes of the tensor, and where on the array something
 * is that the network has found.
 */
#ifndef FS1_INPUT_H
#define FS1_INPUT_H

#include "fs1-engine.h"
#include "fs1-network.h"
#include "fs1-package.h"

/**
 * struct fs1_input - how frames become inputs of one network
 * @description: of its package
 * @width: of an input, pixels
 * @height: likewise
 * @channels: 1 or 3
 * @all_width: of all pieces side by side, with what they share counted once
 * @all_height: likewise
 * @step_x: from piece to piece
 * @step_y: likewise
 * @left: where the picture is in that, when something is beside it
 * @top: likewise
 * @output: what the engine must make for it: the picture alone, tight
 * @size: bytes of that
 */
struct fs1_input {
	struct fs1_package_input description;
	fs1_u32 width;
	fs1_u32 height;
	fs1_u32 channels;
	fs1_u32 all_width;
	fs1_u32 all_height;
	fs1_u32 step_x;
	fs1_u32 step_y;
	fs1_u32 left;
	fs1_u32 top;
	struct fs1_output_format output;
	fs1_u32 size;
};

/**
 * fs1_input_init() - how frames become inputs
 * @input: filled
 * @description: checked by fs1_package_read()
 * @tensor: the network's input
 *
 * Return: FS1_OK; FS1_BAD_FORMAT: the tensor has other channels than the
 * description's order; FS1_BAD_ARGUMENT: the engine can't make such a picture (less
 * than FS1_OUTPUT_MIN pixels, enlarged too much).
 */
enum fs1_status fs1_input_init(struct fs1_input *input,
			       const struct fs1_package_input *description,
			       const struct fs1_tensor *tensor);

/** fs1_input_pieces() - how many inputs a frame has */
static inline fs1_u32 fs1_input_pieces(const struct fs1_input *input)
{
	return (fs1_u32)input->description.columns * input->description.rows;
}

/**
 * fs1_input_fill() - a piece of the picture as the network's input
 * @input: how
 * @picture: what the engine made
 * @piece: number, row by row
 * @to: bytes of the tensor
 */
void fs1_input_fill(const struct fs1_input *input, const fs1_u8 *picture,
		    fs1_u32 piece, fs1_u8 *to);

/**
 * struct fs1_found - something found, on the array
 * @place: where, in pixels of the array; may be larger than it was found by less than
 *	a pixel, never outside of the window
 * @score: Q15
 * @class: from 0
 * @piece: of the picture in which it was found
 */
struct fs1_found {
	struct fs1_rectangle place;
	fs1_u16 score;
	fs1_u16 class;
	fs1_u32 piece;
};

/**
 * fs1_input_place() - where on the array a detection is
 * @input: how
 * @piece: in which it was found
 * @detection: of that piece
 * @ret_found: the same, on the array
 *
 * Return: false: all of it lies beside the picture.
 */
bool fs1_input_place(const struct fs1_input *input, fs1_u32 piece,
		     const struct fs1_graph_detection *detection,
		     struct fs1_found *ret_found);

#endif /* FS1_INPUT_H */
