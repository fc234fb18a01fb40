/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The light that falls on the array: a picture or the built-in chart, turned
 * once into a *light plane*, what each site of the mosaic sees in a mode. As
 * long as scene, mode and flips stay, a frame costs nothing but reading it.
 */
#ifndef FS1_SCENE_H
#define FS1_SCENE_H

#include "fs1-engine.h"
#include "fs1-picture.h"
#include "fs1-scale.h"

#define FS1_LIGHT_PAD 8u	/* samples readable behind the plane */

/**
 * struct fs1_window - part of a mode
 * @left: first column, a multiple of 8
 * @top: first line
 * @right: column behind the last, even
 * @bottom: line behind the last
 */
struct fs1_window {
	fs1_u32 left;
	fs1_u32 top;
	fs1_u32 right;
	fs1_u32 bottom;
};

/**
 * struct fs1_scene - the scene and its light plane
 * @pictures: owned
 * @picture: the one that is the light, which may be another scene's; NULL: the chart
 * @light: light plane, owned; lines of the mode's width, tight, from the first of
 *	@window on
 * @light_size: bytes allocated at @light
 * @window: what of the mode @light was made for
 * @columns: horizontal filter, picture to mode
 * @rows: vertical filter
 * @filters: memory of the filters, owned
 * @filters_size: bytes allocated at @filters
 * @mode: that @light was made for
 * @hflip: likewise
 * @vflip: likewise
 * @built: @light is what scene, mode and flips ask for
 */
struct fs1_scene {
	struct fs1_pictures pictures;
	const struct fs1_picture *picture;
	fs1_u16 *light;
	size_t light_size;
	struct fs1_window window;
	struct fs1_axis columns;
	struct fs1_axis rows;
	void *filters;
	size_t filters_size;
	fs1_u32 mode;
	bool hflip;
	bool vflip;
	bool built;
};

/**
 * struct fs1_scene_part - lines of the light plane under construction
 * @next: next source line (picture) or line (chart)
 * @loaded: source line @next is in @rows already
 * @rows: vertical scaling in progress
 * @source: a line of the picture, pixel words
 * @result: a line of the mode, pixel words
 * @columns: horizontal filter, picture to window
 */
struct fs1_scene_part {
	fs1_u32 next;
	bool loaded;
	struct fs1_rows rows;
	fs1_u64 *source;
	fs1_u64 *result;
	struct fs1_axis columns;
};

/** fs1_scene_ready() - is the light plane there for these settings and window? */
bool fs1_scene_ready(const struct fs1_scene *scene,
		     const struct fs1_settings *settings,
		     const struct fs1_window *window);

/**
 * fs1_scene_prepare() - get memory and filters for a new light plane
 * @scene: the scene
 * @ops: for memory
 * @host: passed to @ops
 * @settings: mode and flips are used
 * @window: what of the mode is wanted
 *
 * Return: FS1_OK or FS1_NO_MEMORY.
 */
enum fs1_status fs1_scene_prepare(struct fs1_scene *scene,
				  const struct fs1_host_ops *ops, void *host,
				  const struct fs1_settings *settings,
				  const struct fs1_window *window);

/** fs1_scene_part_size() - pixel words of memory a part needs, @prepared */
size_t fs1_scene_part_size(const struct fs1_scene *scene);

/**
 * fs1_scene_part_begin() - start building part @index of @count of the window
 * @scene: prepared
 * @part: filled
 * @memory: fs1_scene_part_size() pixel words that live until the part is done
 * @index: which
 * @count: of how many
 */
void fs1_scene_part_begin(const struct fs1_scene *scene,
			  struct fs1_scene_part *part, fs1_u64 *memory,
			  unsigned int index, unsigned int count);

/**
 * fs1_scene_part_run() - build the next lines of a part
 * @scene: prepared; several of its parts may run at the same time
 * @part: after fs1_scene_part_begin()
 * @lines: how many at most
 *
 * Return: true while the part has more to do.
 */
bool fs1_scene_part_run(const struct fs1_scene *scene,
			struct fs1_scene_part *part, fs1_u32 lines);

/** fs1_scene_free() - give all memory back */
void fs1_scene_free(struct fs1_scene *scene, const struct fs1_host_ops *ops,
		    void *host);

/**
 * fs1_scene_line() - the light of one line of a frame
 * @scene: built
 * @settings: the frame
 * @y: line of the window
 * @scratch: room for a line and FS1_LIGHT_PAD samples, used where something
 *	moves in it
 *
 * Return: the line, all of the mode's, FS1_LIGHT_PAD readable samples behind it. Beside
 * the window they mean nothing.
 */
const fs1_u16 *fs1_scene_line(const struct fs1_scene *scene,
			      const struct fs1_settings *settings, fs1_u32 y,
			      fs1_u16 *scratch);

/** fs1_scene_mosaic() - light of one line of sites from a line of linear RGB */
void fs1_scene_mosaic(const fs1_u64 *rgb, fs1_u32 y, fs1_u32 width, fs1_u32 shift,
		      bool reverse, fs1_u16 *light);

#endif /* FS1_SCENE_H */
