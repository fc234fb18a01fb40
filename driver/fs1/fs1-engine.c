// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The pixel engine: frames in bounded steps, each split among the host's
 * processors.
 */
#include "fs1-engine.h"
#include "fs1-strip.h"

#define FS1_STEP_LINES 64u
#define FS1_SLICES_MAX 64u

/* Bytes of a scene that are copied in a step, roughly. */
#define FS1_STEP_SCENE (512u << 10)

/**
 * struct fs1_engine - the engine
 * @ops: the host
 * @host: passed to @ops
 * @slices: strips a frame is divided into
 * @borrows: its light is another engine's, of which it makes what it needs
 * @latching: the scene that is being copied; NULL: none
 * @latched_to: where to
 * @latch_stride: bytes per line of it
 * @latched: lines of it that were copied
 * @building: the light plane is made first
 * @busy: the frame has more to do
 * @frame: the frame in progress
 * @statistics: of the last frame that gathered them
 * @strips: @slices of them
 * @more: likewise, has the strip more to do in this phase?
 * @memory: of all strips
 * @memory_size: bytes allocated at @memory
 */
struct fs1_engine {
	const struct fs1_host_ops *ops;
	void *host;
	unsigned int slices;
	bool borrows;
	const struct fs1_memory *latching;
	struct fs1_picture *latched_to;
	fs1_u32 latch_stride;
	fs1_u32 latched;
	bool building;
	bool busy;
	struct fs1_frame frame;
	struct fs1_statistics statistics;
	struct fs1_strip strips[FS1_SLICES_MAX];
	bool more[FS1_SLICES_MAX];
	fs1_u8 *memory;
	size_t memory_size;
};

struct fs1_engine *fs1_engine_create(const struct fs1_host_ops *ops, void *host,
				     unsigned int slices)
{
	struct fs1_engine *engine;

	if (!slices || slices > FS1_SLICES_MAX)
		return NULL;
	engine = ops->alloc(host, sizeof(*engine));
	if (!engine)
		return NULL;
	engine->ops = ops;
	engine->host = host;
	engine->slices = slices;
	return engine;
}

void fs1_engine_destroy(struct fs1_engine *engine)
{
	unsigned int i;

	if (!engine)
		return;
	for (i = 0; i < FS1_OUTPUTS_MAX; i++)
		engine->ops->free(engine->host, engine->frame.sinks[i].filters);
	fs1_engine_release_light(engine);
	fs1_scene_free(&engine->frame.scene, engine->ops, engine->host);
	engine->ops->free(engine->host, engine->memory);
	engine->ops->free(engine->host, engine);
}

enum fs1_status fs1_engine_begin_scene(struct fs1_engine *engine,
				       const struct fs1_memory *rgb,
				       fs1_u32 width, fs1_u32 height,
				       fs1_u32 stride)
{
	struct fs1_scene *scene = &engine->frame.scene;
	struct fs1_picture *picture;

	if (width < FS1_SCENE_MIN || height < FS1_SCENE_MIN ||
	    width > FS1_ARRAY_WIDTH || height > FS1_ARRAY_HEIGHT ||
	    stride < width * 3)
		return FS1_BAD_ARGUMENT;
	if ((fs1_u64)stride * (height - 1) + width * 3 > rgb->length)
		return FS1_BAD_LENGTH;
	picture = fs1_pictures_take(&scene->pictures, scene->picture, width,
				    height, engine->ops, engine->host);
	if (!picture)
		return FS1_NO_MEMORY;
	scene->picture = picture;
	scene->built = false;
	engine->latching = rgb;
	engine->latched_to = picture;
	engine->latch_stride = stride;
	engine->latched = 0;
	return FS1_OK;
}

bool fs1_engine_step_scene(struct fs1_engine *engine)
{
	struct fs1_picture *picture = engine->latched_to;
	fs1_u32 line, bytes;

	if (!engine->latching)
		return false;
	line = picture->width * 3;
	for (bytes = 0;
	     bytes < FS1_STEP_SCENE && engine->latched < picture->height;
	     bytes += line, engine->latched++)
		fs1_memory_read(engine->latching,
				engine->latched * engine->latch_stride,
				picture->bytes + (size_t)engine->latched * line,
				line);
	if (engine->latched < picture->height)
		return true;
	engine->latching = NULL;
	return false;
}

enum fs1_status fs1_engine_set_scene(struct fs1_engine *engine,
				     const struct fs1_memory *rgb, fs1_u32 width,
				     fs1_u32 height, fs1_u32 stride)
{
	struct fs1_scene *scene = &engine->frame.scene;
	enum fs1_status status;

	if (!rgb) {
		fs1_pictures_free(&scene->pictures, engine->ops, engine->host);
		scene->picture = NULL;
		scene->built = false;
		engine->latching = NULL;
		return FS1_OK;
	}
	status = fs1_engine_begin_scene(engine, rgb, width, height, stride);
	while (status == FS1_OK && fs1_engine_step_scene(engine))
		;
	return status;
}

const struct fs1_picture *fs1_engine_hold_light(struct fs1_engine *engine)
{
	struct fs1_pictures *pictures = &engine->frame.scene.pictures;
	unsigned int i;

	for (i = 0; i < FS1_PICTURES; i++)
		if (&pictures->picture[i] == engine->frame.scene.picture)
			pictures->picture[i].held = true;
	return engine->frame.scene.picture;
}

void fs1_engine_release_light(struct fs1_engine *engine)
{
	struct fs1_pictures *pictures = &engine->frame.scene.pictures;
	unsigned int i;

	for (i = 0; i < FS1_PICTURES; i++)
		pictures->picture[i].held = false;
	if (!engine->frame.scene.picture)
		fs1_pictures_free(pictures, engine->ops, engine->host);
}

void fs1_engine_borrow_light(struct fs1_engine *engine,
			     const struct fs1_picture *picture)
{
	engine->borrows = true;
	engine->frame.scene.picture = picture;
	engine->frame.scene.built = false;
}

static bool fs1_settings_are_good(const struct fs1_settings *settings)
{
	return settings->mode < FS1_MODES &&
	       settings->exposure >= 1 &&
	       settings->exposure <= FS1_FRAME_LENGTH_MAX &&
	       settings->analogue_gain >= 256 && settings->analogue_gain <= 4096 &&
	       settings->digital_gain >= 256 && settings->digital_gain <= 4096 &&
	       settings->red_balance >= 64 && settings->red_balance <= 2047 &&
	       settings->blue_balance >= 64 && settings->blue_balance <= 2047 &&
	       settings->brightness >= -128 && settings->brightness <= 127 &&
	       settings->contrast <= 255 && settings->saturation <= 255 &&
	       settings->gamma >= 100 && settings->gamma <= 300 &&
	       settings->test_pattern < FS1_PATTERNS;
}

/* Columns that any output reads. */
static void fs1_engine_columns(struct fs1_frame *frame)
{
	fs1_u32 first = frame->mode->width, end = 0;
	unsigned int i;
	fs1_u32 x;

	for (i = 0; i < frame->count; i++) {
		const struct fs1_axis *columns = &frame->sinks[i].columns;

		if (fs1_format_is_raw(frame->sinks[i].format.format))
			continue;
		/* Spans were moved to fit: the ends needn't be outermost. */
		for (x = 0; x < columns->count; x++) {
			if (columns->span[x].first < first)
				first = columns->span[x].first;
			if (fs1_span_last(&columns->span[x]) >= end)
				end = fs1_span_last(&columns->span[x]) + 1;
		}
	}
	frame->first = first / 2;
	frame->end = (end + 1) / 2;
}

static enum fs1_status fs1_engine_grow(struct fs1_engine *engine)
{
	size_t size = fs1_strip_size(&engine->frame);
	unsigned int i;

	if (engine->building) {
		size_t words = fs1_scene_part_size(&engine->frame.scene);

		if (size < words * sizeof(fs1_u64))
			size = words * sizeof(fs1_u64);
	}
	size = (size + 63) & ~(size_t)63;
	if (engine->memory_size < size * engine->slices) {
		engine->ops->free(engine->host, engine->memory);
		engine->memory_size = 0;
		engine->memory = engine->ops->alloc(engine->host,
						    size * engine->slices);
		if (!engine->memory)
			return FS1_NO_MEMORY;
		engine->memory_size = size * engine->slices;
	}
	for (i = 0; i < engine->slices; i++)
		engine->strips[i].memory = engine->memory + i * size;
	return FS1_OK;
}

static void fs1_engine_begin_strips(struct fs1_engine *engine)
{
	struct fs1_frame *frame = &engine->frame;
	unsigned int i;

	for (i = 0; i < engine->slices; i++) {
		struct fs1_strip *strip = &engine->strips[i];

		if (engine->building)
			fs1_scene_part_begin(&frame->scene, &strip->scene,
					     (fs1_u64 *)(void *)strip->memory,
					     i, engine->slices);
		else
			fs1_strip_begin(frame, strip, i, engine->slices);
		engine->more[i] = true;
	}
}

/* The light that the frame needs, if there isn't what it takes. */
static enum fs1_status fs1_engine_light(struct fs1_engine *engine,
					const struct fs1_settings *settings)
{
	struct fs1_frame *frame = &engine->frame;
	struct fs1_window window = {
		.right = frame->mode->width,
		.bottom = frame->mode->height,
	};

	fs1_response_configure(&frame->response, settings);
	/* Its own it has for all frames to come, whatever they show of it. */
	if (engine->borrows)
		fs1_strip_window(frame, &window);
	if (fs1_scene_ready(&frame->scene, settings, &window))
		return FS1_OK;
	engine->building = true;
	return fs1_scene_prepare(&frame->scene, engine->ops, engine->host,
				 settings, &window);
}

static enum fs1_status fs1_engine_start(struct fs1_engine *engine,
					const struct fs1_settings *settings,
					const struct fs1_output *outputs,
					unsigned int count)
{
	struct fs1_frame *frame = &engine->frame;
	enum fs1_status status;
	unsigned int i;

	engine->busy = false;
	engine->building = false;
	if (!fs1_settings_are_good(settings) || count > FS1_OUTPUTS_MAX)
		return FS1_BAD_ARGUMENT;
	frame->settings = *settings;
	frame->mode = &fs1_modes[settings->mode];
	frame->count = 0;
	for (i = 0; i < count; i++) {
		status = fs1_sink_configure(&frame->sinks[i], &outputs[i],
					    settings->mode, engine->ops,
					    engine->host);
		if (status)
			return status;
	}
	frame->count = count;
	fs1_engine_columns(frame);
	fs1_isp_configure(&frame->isp, settings);
	if (!frame->raw && !settings->privacy && !settings->test_pattern &&
	    (count || frame->statistics)) {
		status = fs1_engine_light(engine, settings);
		if (status)
			return status;
	}
	status = fs1_engine_grow(engine);
	if (status)
		return status;
	fs1_engine_begin_strips(engine);
	engine->busy = true;
	return FS1_OK;
}

enum fs1_status fs1_engine_begin(struct fs1_engine *engine,
				 const struct fs1_settings *settings,
				 const struct fs1_output *outputs,
				 unsigned int count, bool statistics)
{
	engine->frame.raw = NULL;
	engine->frame.statistics = statistics;
	return fs1_engine_start(engine, settings, outputs, count);
}

/* One strip's share of a step. */
static void fs1_engine_slice(void *argument, unsigned int index)
{
	struct fs1_engine *engine = argument;
	struct fs1_strip *strip = &engine->strips[index];
	fs1_u32 lines = FS1_STEP_LINES / engine->slices;

	if (!engine->more[index])
		return;
	if (engine->building)
		engine->more[index] = fs1_scene_part_run(&engine->frame.scene,
							 &strip->scene, lines);
	else
		engine->more[index] = fs1_strip_run(&engine->frame, strip,
						    lines < 2 ? 1 : lines / 2);
}

static void fs1_engine_finish(struct fs1_engine *engine)
{
	unsigned int i;

	engine->busy = false;
	if (!engine->frame.statistics)
		return;
	for (i = 1; i < engine->slices; i++)
		fs1_gather_merge(engine->strips[0].gather,
				 engine->strips[i].gather);
	fs1_gather_finish(engine->strips[0].gather, &engine->statistics);
}

bool fs1_engine_step(struct fs1_engine *engine)
{
	unsigned int i;

	if (!engine->busy)
		return false;
	if (engine->ops->parallel && engine->slices > 1) {
		engine->ops->parallel(engine->host, fs1_engine_slice, engine,
				      engine->slices);
	} else {
		for (i = 0; i < engine->slices; i++)
			fs1_engine_slice(engine, i);
	}
	for (i = 0; i < engine->slices; i++) {
		if (engine->more[i])
			return true;
	}
	if (engine->building) {
		engine->building = false;
		engine->frame.scene.built = true;
		fs1_engine_begin_strips(engine);
		return true;
	}
	fs1_engine_finish(engine);
	return false;
}

void fs1_engine_drop_output(struct fs1_engine *engine, unsigned int index)
{
	if (index < FS1_OUTPUTS_MAX)
		engine->frame.sinks[index].dropped = true;
}

const struct fs1_statistics *fs1_engine_statistics(const struct fs1_engine *engine)
{
	return &engine->statistics;
}

enum fs1_status fs1_engine_process_raw(struct fs1_engine *engine,
				       const fs1_u16 *raw,
				       const struct fs1_settings *settings,
				       const struct fs1_output *outputs,
				       unsigned int count)
{
	enum fs1_status status;

	engine->frame.raw = raw;
	engine->frame.statistics = false;
	status = fs1_engine_start(engine, settings, outputs, count);
	if (status)
		return status;
	while (fs1_engine_step(engine))
		;
	return FS1_OK;
}
