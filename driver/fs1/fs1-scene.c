// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * From a picture or the chart to the light plane of a mode.
 */
#include "fs1-chart.h"
#include "fs1-math.h"
#include "fs1-packed.h"
#include "fs1-scene.h"

/*
 * What each filter of the mosaic sees of linear sRGB light, Q10. Rows sum to
 * 1: the array is balanced for the white of sRGB (D65).
 */
static const fs1_u32 fs1_crosstalk[3][3] = {
	{ 832, 160, 32 },
	{ 96, 832, 96 },
	{ 32, 160, 832 },
};

/* Lanes are 21 bits; @shift leaves 14 of them. */
static inline fs1_u16 fs1_scene_filter(fs1_u64 rgb, fs1_u32 shift,
				       const fs1_u32 weight[3])
{
	fs1_u32 red = (fs1_u32)(rgb & 0x1fffff) >> shift;
	fs1_u32 green = (fs1_u32)(rgb >> 21 & 0x1fffff) >> shift;
	fs1_u32 blue = (fs1_u32)(rgb >> 42) >> shift;

	return (fs1_u16)((red * weight[0] + green * weight[1] +
			  blue * weight[2] + 512) >> 10);
}

void fs1_scene_mosaic(const fs1_u64 *rgb, fs1_u32 y, fs1_u32 width, fs1_u32 shift,
		      bool reverse, fs1_u16 *light)
{
	const fs1_u32 *even = fs1_crosstalk[y & 1 ? 1 : 0];
	const fs1_u32 *odd = fs1_crosstalk[y & 1 ? 2 : 1];
	fs1_u32 x;

	if (reverse) {
		for (x = 0; x < width; x += 2) {
			light[x] = fs1_scene_filter(rgb[width - 1 - x], shift, even);
			light[x + 1] = fs1_scene_filter(rgb[width - 2 - x], shift,
							odd);
		}
		return;
	}
	for (x = 0; x < width; x += 2) {
		light[x] = fs1_scene_filter(rgb[x], shift, even);
		light[x + 1] = fs1_scene_filter(rgb[x + 1], shift, odd);
	}
}

bool fs1_scene_ready(const struct fs1_scene *scene,
		     const struct fs1_settings *settings,
		     const struct fs1_window *window)
{
	return scene->built && scene->mode == settings->mode &&
	       scene->hflip == !!settings->hflip &&
	       scene->vflip == !!settings->vflip &&
	       scene->window.left <= window->left &&
	       scene->window.top <= window->top &&
	       scene->window.right >= window->right &&
	       scene->window.bottom >= window->bottom;
}

static enum fs1_status fs1_scene_grow(void **memory, size_t *size, size_t wanted,
				      const struct fs1_host_ops *ops, void *host)
{
	if (*size >= wanted)
		return FS1_OK;
	ops->free(host, *memory);
	*size = 0;
	*memory = ops->alloc(host, wanted);
	if (!*memory)
		return FS1_NO_MEMORY;
	*size = wanted;
	return FS1_OK;
}

/* The filters from the picture to the mode. */
static enum fs1_status fs1_scene_filters(struct fs1_scene *scene,
					 const struct fs1_mode *mode,
					 const struct fs1_host_ops *ops, void *host)
{
	const struct fs1_picture *picture = scene->picture;
	const struct fs1_axis_shape columns = {
		.source = picture->width, .unit = 1,
		.length = picture->width, .count = mode->width,
	};
	const struct fs1_axis_shape rows = {
		.source = picture->height, .unit = 1,
		.length = picture->height, .count = mode->height,
	};
	size_t size = fs1_axis_size(&columns);
	enum fs1_status status;

	status = fs1_scene_grow(&scene->filters, &scene->filters_size,
				size + fs1_axis_size(&rows), ops, host);
	if (status)
		return status;
	fs1_axis_build(&scene->columns, &columns, scene->filters, true);
	fs1_axis_build(&scene->rows, &rows, (fs1_u8 *)scene->filters + size,
		       false);
	return FS1_OK;
}

enum fs1_status fs1_scene_prepare(struct fs1_scene *scene,
				  const struct fs1_host_ops *ops, void *host,
				  const struct fs1_settings *settings,
				  const struct fs1_window *window)
{
	const struct fs1_mode *mode = &fs1_modes[settings->mode];
	size_t lines = window->bottom - window->top;
	size_t plane = (mode->width * lines + FS1_LIGHT_PAD) * sizeof(fs1_u16);
	void *light = scene->light;
	enum fs1_status status;

	scene->built = false;
	status = fs1_scene_grow(&light, &scene->light_size, plane, ops, host);
	scene->light = light;
	if (!status && scene->picture)
		status = fs1_scene_filters(scene, mode, ops, host);
	if (status)
		return status;
	scene->window = *window;
	scene->mode = settings->mode;
	scene->hflip = settings->hflip;
	scene->vflip = settings->vflip;
	return FS1_OK;
}

size_t fs1_scene_part_size(const struct fs1_scene *scene)
{
	size_t width = fs1_modes[scene->mode].width;

	return 3 * width + (scene->picture ? scene->picture->width : 0);
}

/* The first column of the window, before flips. */
static fs1_u32 fs1_scene_column(const struct fs1_scene *scene)
{
	if (scene->hflip)
		return fs1_modes[scene->mode].width - scene->window.right;
	return scene->window.left;
}

/* The first line of the window, likewise. */
static fs1_u32 fs1_scene_row(const struct fs1_scene *scene)
{
	if (scene->vflip)
		return fs1_modes[scene->mode].height - scene->window.bottom;
	return scene->window.top;
}

void fs1_scene_part_begin(const struct fs1_scene *scene,
			  struct fs1_scene_part *part, fs1_u64 *memory,
			  unsigned int index, unsigned int count)
{
	size_t width = fs1_modes[scene->mode].width;
	fs1_u32 lines = scene->window.bottom - scene->window.top;
	fs1_u32 first = fs1_scene_row(scene) + lines * index / count;

	part->rows = (struct fs1_rows){
		.axis = &scene->rows,
		.next = first,
		.end = fs1_scene_row(scene) + lines * (index + 1) / count,
		.line = memory,
		.past = memory + width,
		.width = scene->window.right - scene->window.left,
	};
	part->result = memory + 2 * width;
	part->source = memory + 3 * width;
	part->columns = fs1_axis_part(&scene->columns, fs1_scene_column(scene),
				      part->rows.width);
	part->next = first;
	part->loaded = false;
	if (scene->picture && first < part->rows.end)
		part->next = scene->rows.span[first].first;
}

static void fs1_scene_place(const struct fs1_scene *scene,
			    const fs1_u64 *rgb, fs1_u32 y, fs1_u32 shift)
{
	const struct fs1_mode *mode = &fs1_modes[scene->mode];

	const struct fs1_window *window = &scene->window;

	if (scene->vflip)
		y = mode->height - 1u - y;
	fs1_scene_mosaic(rgb, y, window->right - window->left, shift,
			 scene->hflip, scene->light + window->left +
			 (size_t)(y - window->top) * mode->width);
}

/* 8-bit sRGB to linear pixel words. */
static void fs1_scene_decode(const fs1_u8 *restrict from, fs1_u32 width,
			     fs1_u64 *restrict to)
{
	fs1_u32 x;

	for (x = 0; x < width; x++, from += 3)
		to[x] = fs1_pixel(fs1_linear[from[0]], fs1_linear[from[1]],
				  fs1_linear[from[2]]);
}

/* Lanes of a blend are values times 128. */
static void fs1_scene_blend(struct fs1_scene_part *part,
			    const struct fs1_blend *blend)
{
	fs1_u32 x;

	for (x = 0; x < part->rows.width; x++)
		part->result[x] = blend->past[x] * blend->past_weight +
				  blend->line[x] * blend->line_weight;
}

/* The next line of the picture that is wanted, scaled horizontally. */
static void fs1_scene_load(const struct fs1_scene *scene,
			   struct fs1_scene_part *part)
{
	const struct fs1_picture *picture = scene->picture;

	while (!fs1_rows_wants(&part->rows, part->next))
		part->next++;
	fs1_scene_decode(picture->bytes + (size_t)part->next * picture->width * 3,
			 picture->width, part->source);
	fs1_scale_line(&part->columns, part->source, 14, part->rows.line);
	part->loaded = true;
}

bool fs1_scene_part_run(const struct fs1_scene *scene,
			struct fs1_scene_part *part, fs1_u32 lines)
{
	struct fs1_rows *rows = &part->rows;
	fs1_u32 stop = rows->next + lines;
	struct fs1_blend blend;

	if (!scene->picture) {
		for (; rows->next < rows->end && rows->next < stop; rows->next++) {
			fs1_chart_line(&fs1_modes[scene->mode], rows->next,
				       part->result);
			fs1_scene_place(scene,
					part->result + fs1_scene_column(scene),
					rows->next, 0);
		}
		return rows->next < rows->end;
	}
	while (rows->next < rows->end && rows->next < stop) {
		if (!part->loaded)
			fs1_scene_load(scene, part);
		while (rows->next < stop &&
		       (part->loaded = fs1_rows_next(rows, part->next, &blend))) {
			fs1_scene_blend(part, &blend);
			fs1_scene_place(scene, part->result, rows->next - 1, 7);
		}
		if (!part->loaded)
			part->next++;
	}
	return rows->next < rows->end;
}

void fs1_scene_free(struct fs1_scene *scene, const struct fs1_host_ops *ops,
		    void *host)
{
	fs1_pictures_free(&scene->pictures, ops, host);
	ops->free(host, scene->light);
	ops->free(host, scene->filters);
}

const fs1_u16 *fs1_scene_line(const struct fs1_scene *scene,
			      const struct fs1_settings *settings, fs1_u32 y,
			      fs1_u16 *scratch)
{
	const struct fs1_mode *mode = &fs1_modes[scene->mode];
	const fs1_u16 *light = scene->light +
			       (size_t)(y - scene->window.top) * mode->width;
	struct fs1_target target;
	fs1_u32 left, row, x;

	if (scene->picture)
		return light;
	target = fs1_chart_target(mode, settings->frame_id);
	row = scene->vflip ? mode->height - 1u - y : y;
	if (row < target.top || row >= target.top + target.size)
		return light;
	memcpy(scratch, light, (mode->width + FS1_LIGHT_PAD) * sizeof(*light));
	left = scene->hflip ? mode->width - target.left - target.size :
			      target.left;
	for (x = 0; x < target.size; x++) {
		fs1_u32 filter = (y & 1) + ((left + x) & 1);
		fs1_u32 column = scene->hflip ? target.size - 1 - x : x;

		scratch[left + x] = fs1_chart_target_light(&target, column,
							   row - target.top,
							   filter);
	}
	return scratch;
}
