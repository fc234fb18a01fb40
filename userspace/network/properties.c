// SPDX-License-Identifier: Apache-2.0
/*
 * What a model says about itself: properties of an ONNX file become names, the
 * description of the input, and a head. Values come from a file: anything can be in
 * them.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "libfovea/cleanup.h"
#include "pack.h"

/* Properties of a file, those that aren't known included. */
#define PROPERTIES_MAX 1024u
#define PROPERTIES_TEXT_MAX (1u << 20)

/**
 * struct reader - properties that are being read
 * @model: for the message
 * @to: what they say
 * @key: which is being read
 * @outputs: names of the head's outputs
 * @output_count: how many
 * @strides: of the head's levels; 0: it has none
 * @anchors: levels that anchors were given for
 * @detect: there is a head that detects
 * @no_objects: in one output for all there is no object's score
 */
struct reader {
	struct model *model;
	struct fovea_network_properties *to;
	const char *key;
	const char *outputs[3 * FS1_DETECT_LEVELS_MAX];
	uint32_t output_count;
	uint32_t strides;
	uint32_t anchors;
	bool detect;
	bool no_objects;
};

static int bad(struct reader *reader, const char *value, const char *right)
{
	return model_fail(reader->model, -EINVAL, "property '%s': '%s'; %s",
			  reader->key, value, right);
}

/* ------------------------------------------------------------------------
 * Kinds of values
 */

/* Parts between commas; @value is cut up. Too many of them: @max + 1. */
static uint32_t split(char *value, const char **parts, uint32_t max)
{
	uint32_t count = 0;
	char *part;

	while ((part = strsep(&value, ",")) != NULL) {
		if (count == max)
			return max + 1;
		parts[count++] = part;
	}
	return count;
}

static int number(struct reader *reader, const char *value, double low, double high,
		  double *ret_number)
{
	char *end;
	double got = strtod(value, &end);

	if (!*value || *end || !(got >= low && got <= high))
		return model_fail(reader->model, -EINVAL,
				  "property '%s': '%s'; a number from %g to %g was expected",
				  reader->key, value, low, high);
	*ret_number = got;
	return 0;
}

static int whole(struct reader *reader, const char *value, uint32_t low, uint32_t high,
		 uint32_t *ret_number)
{
	double got = 0;
	int r = number(reader, value, low, high, &got);

	if (r >= 0 && fabs(got - rint(got)) > 0)
		r = bad(reader, value, "a whole number was expected");
	*ret_number = (uint32_t)got;
	return r;
}

/* @count whole numbers from 0 to @high. */
static int wholes(struct reader *reader, char *value, uint32_t count, uint32_t high,
		  uint32_t *ret_numbers)
{
	const char *parts[4];
	int r = 0;

	if (split(value, parts, count) != count)
		return model_fail(reader->model, -EINVAL,
				  "property '%s': %u numbers with commas between them were expected",
				  reader->key, count);
	for (uint32_t i = 0; r >= 0 && i < count; i++)
		r = whole(reader, parts[i], 0, high, &ret_numbers[i]);
	return r;
}

/* The number of @value among @words, which end with NULL. */
static int word(struct reader *reader, const char *value, const char *const *words,
		const char *right, uint32_t *ret_number)
{
	for (uint32_t i = 0; words[i]; i++)
		if (strcmp(words[i], value) == 0) {
			*ret_number = i;
			return 0;
		}
	return bad(reader, value, right);
}

/* ------------------------------------------------------------------------
 * Properties
 */

static int set_text(struct reader *reader, char *value)
{
	const struct {
		const char *key;
		const char **to;
	} texts[] = {
		{ "name", &reader->to->name },
		{ "version", &reader->to->version },
		{ "licence", &reader->to->licence },
		{ "description", &reader->to->description },
		{ "source", &reader->to->source },
	};

	/* It will be a line of the manifest. */
	if (strchr(value, '\n'))
		return bad(reader, value, "one line was expected");
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].key, reader->key) == 0)
			*texts[i].to = value;
	return 0;
}

static int set_labels(struct reader *reader, char *value)
{
	uint32_t count = split(value, reader->to->label, FOVEA_NETWORK_LABELS_MAX);

	if (count > FOVEA_NETWORK_LABELS_MAX)
		return model_fail(reader->model, -EINVAL,
				  "property 'labels': more than %u",
				  FOVEA_NETWORK_LABELS_MAX);
	reader->to->labels = count;
	return 0;
}

static int set_order(struct reader *reader, char *value)
{
	static const char *const words[] = { "rgb", "bgr", "grey", NULL };
	uint32_t order = 0;
	int r = word(reader, value, words, "rgb, bgr or grey was expected", &order);

	reader->to->input.order = (uint8_t)order;
	reader->to->order_given = r >= 0;
	return r;
}

static int set_fit(struct reader *reader, char *value)
{
	static const char *const words[] = { "stretch", "letterbox", "crop", NULL };
	uint32_t fit = 0;
	int r = word(reader, value, words, "stretch, letterbox or crop was expected",
		     &fit);

	reader->to->input.fit = (uint8_t)fit;
	return r;
}

/* One for all channels, or one for each. */
static int set_channels(struct reader *reader, char *value)
{
	bool mean = strcmp(reader->key, "input.mean") == 0;
	double *to = mean ? reader->to->mean : reader->to->deviation;
	const char *parts[FOVEA_NETWORK_CHANNELS_MAX];
	uint32_t count = split(value, parts, FOVEA_NETWORK_CHANNELS_MAX);
	int r = 0;

	if (count > FOVEA_NETWORK_CHANNELS_MAX)
		return model_fail(reader->model, -EINVAL,
				  "property '%s': more than %u numbers", reader->key,
				  FOVEA_NETWORK_CHANNELS_MAX);
	for (uint32_t i = 0; r >= 0 && i < FOVEA_NETWORK_CHANNELS_MAX; i++)
		r = number(reader, parts[i < count ? i : count - 1],
			   mean ? -1e6 : 1e-6, 1e6, &to[i]);
	return r;
}

static int set_window(struct reader *reader, char *value)
{
	struct fs1_package_input *input = &reader->to->input;
	uint32_t side[4] = { 0 };
	int r = wholes(reader, value, 4, 65535, side);

	input->left = fs1_cpu_to_le16((uint16_t)side[0]);
	input->top = fs1_cpu_to_le16((uint16_t)side[1]);
	input->width = fs1_cpu_to_le16((uint16_t)side[2]);
	input->height = fs1_cpu_to_le16((uint16_t)side[3]);
	return r;
}

static int set_pieces(struct reader *reader, char *value)
{
	uint32_t count[2] = { 0 };
	int r = wholes(reader, value, 2, FS1_PACKAGE_TILES_MAX, count);

	if (r >= 0 && (!count[0] || !count[1]))
		return model_fail(reader->model, -EINVAL,
				  "property '%s': there is at least one piece each way",
				  reader->key);
	reader->to->input.columns = (uint8_t)count[0];
	reader->to->input.rows = (uint8_t)count[1];
	return r;
}

static int set_overlap(struct reader *reader, char *value)
{
	uint32_t overlap = 0;
	int r = whole(reader, value, 0, 128, &overlap);

	reader->to->input.overlap = (uint8_t)overlap;
	return r;
}

static int set_fill(struct reader *reader, char *value)
{
	uint32_t colour[3] = { 0 };
	int r = wholes(reader, value, 3, 255, colour);

	for (uint32_t i = 0; i < 3; i++)
		reader->to->input.fill[i] = (uint8_t)colour[i];
	return r;
}

static int set_form(struct reader *reader, char *value)
{
	static const char *const words[] = { "distances", "cell", "anchor", NULL };
	uint32_t form = 0;
	int r = word(reader, value, words, "distances, cell or anchor was expected",
		     &form);

	reader->detect = true;
	reader->to->head.detect = (enum fs1_detect_form)form;
	return r;
}

/* "10x13 16x30": anchors of a level. */
static int set_level_anchors(struct reader *reader, char *value,
			     struct fovea_network_level *level)
{
	uint32_t count = 0;
	char *anchor;
	int r = 0;

	while (r >= 0 && (anchor = strsep(&value, " ")) != NULL) {
		char *high = strchr(anchor, 'x');

		if (!high || count == FS1_DETECT_ANCHORS_MAX)
			return model_fail(reader->model, -EINVAL,
					  "property '%s': '%s'; at most %u of the form 10x13 were expected, with blanks between them",
					  reader->key, anchor, FS1_DETECT_ANCHORS_MAX);
		*high++ = '\0';
		r = number(reader, anchor, 0.0625, 4095, &level->anchor[count][0]);
		if (r >= 0)
			r = number(reader, high, 0.0625, 4095, &level->anchor[count][1]);
		count++;
	}
	level->anchors = count;
	return r;
}

static int set_anchors(struct reader *reader, char *value)
{
	char *level;
	int r = 0;

	reader->anchors = 0;
	while (r >= 0 && (level = strsep(&value, ",")) != NULL) {
		if (reader->anchors == FS1_DETECT_LEVELS_MAX)
			return model_fail(reader->model, -EINVAL,
					  "property '%s': more than %u levels",
					  reader->key, FS1_DETECT_LEVELS_MAX);
		r = set_level_anchors(reader, level,
				      &reader->to->level[reader->anchors++]);
	}
	return r;
}

static int set_objects(struct reader *reader, char *value)
{
	uint32_t objects = 1;
	int r = whole(reader, value, 0, 1, &objects);

	reader->no_objects = !objects;
	return r;
}

static int set_strides(struct reader *reader, char *value)
{
	const char *parts[FS1_DETECT_LEVELS_MAX];
	int r = 0;

	reader->strides = split(value, parts, FS1_DETECT_LEVELS_MAX);
	if (reader->strides > FS1_DETECT_LEVELS_MAX)
		return model_fail(reader->model, -EINVAL,
				  "property '%s': more than %u levels", reader->key,
				  FS1_DETECT_LEVELS_MAX);
	for (uint32_t i = 0; r >= 0 && i < reader->strides; i++)
		r = whole(reader, parts[i], 1, FS1_DETECT_STRIDE_MAX,
			  &reader->to->level[i].stride);
	return r;
}

static int set_outputs(struct reader *reader, char *value)
{
	reader->output_count = split(value, reader->outputs, 3 * FS1_DETECT_LEVELS_MAX);
	if (reader->output_count > 3 * FS1_DETECT_LEVELS_MAX)
		return model_fail(reader->model, -EINVAL,
				  "property '%s': more than %u names", reader->key,
				  3 * FS1_DETECT_LEVELS_MAX);
	return 0;
}

/* "logistic*2-0.5": a map, a factor, a summand. */
static int meaning(struct reader *reader, char *value,
		   struct fovea_network_meaning *ret_meaning)
{
	static const char *const words[] = { "linear", "logistic", "exp", "square", NULL };
	struct fovea_network_meaning meaning = { .scale = 1 };
	char *rest = value + strcspn(value, "*+-"), *end = rest;
	char sign = *rest;
	uint32_t map = 0;
	int r;

	if (sign == '*')
		meaning.scale = strtod(rest + 1, &end);
	if (*end == '+' || *end == '-')
		meaning.offset = strtod(end, &end);
	if (*end || !(fabs(meaning.scale) > 1e-6 && fabs(meaning.scale) < 1e6 &&
		      fabs(meaning.offset) < 1e6))
		return bad(reader, value, "something like logistic*2-0.5 was expected");
	*rest = '\0';
	r = word(reader, value, words, "linear, logistic, exp or square was expected",
		 &map);
	meaning.map = (enum fovea_network_map)map;
	*ret_meaning = meaning;
	return r;
}

static int set_map(struct reader *reader, char *value)
{
	struct fovea_network_head *head = &reader->to->head;
	int r;

	if (strcmp(reader->key, "detect.position") == 0)
		return meaning(reader, value, &head->position);
	if (strcmp(reader->key, "detect.size") == 0)
		return meaning(reader, value, &head->size);
	r = meaning(reader, value, &head->object_score);
	head->class_score = head->object_score;
	return r;
}

static int set_limit(struct reader *reader, char *value)
{
	struct fovea_network_head *head = &reader->to->head;

	if (strcmp(reader->key, "detect.score_min") == 0)
		return number(reader, value, 1e-4, 1, &head->score_min);
	return number(reader, value, 0, 1, &head->overlap_max);
}

static int set_by_class(struct reader *reader, char *value)
{
	uint32_t by_class = 0;
	int r = whole(reader, value, 0, 1, &by_class);

	reader->to->head.by_class = by_class;
	return r;
}

static int set_most(struct reader *reader, char *value)
{
	return whole(reader, value, 1, FS1_DETECT_MAX,
		     &reader->to->head.detections_max);
}

static int set_top(struct reader *reader, char *value)
{
	reader->to->head.form = FOVEA_NETWORK_HEAD_TOP_CLASSES;
	return whole(reader, value, 1, FS1_DETECT_CLASSES_MAX, &reader->to->head.top);
}

static int set_places(struct reader *reader, char *value)
{
	uint32_t places = 0;
	int r = whole(reader, value, 0, 1, &places);

	if (places)
		reader->to->head.form = FOVEA_NETWORK_HEAD_LABEL;
	return r;
}

static const struct {
	const char *key;
	int (*set)(struct reader *reader, char *value);
} properties_known[] = {
	{ "name", set_text },
	{ "version", set_text },
	{ "licence", set_text },
	{ "description", set_text },
	{ "source", set_text },
	{ "labels", set_labels },
	{ "input.order", set_order },
	{ "input.mean", set_channels },
	{ "input.deviation", set_channels },
	{ "input.window", set_window },
	{ "input.pieces", set_pieces },
	{ "input.overlap", set_overlap },
	{ "input.fit", set_fit },
	{ "input.fill", set_fill },
	{ "detect.form", set_form },
	{ "detect.strides", set_strides },
	{ "detect.outputs", set_outputs },
	{ "detect.objects", set_objects },
	{ "detect.anchors", set_anchors },
	{ "detect.position", set_map },
	{ "detect.size", set_map },
	{ "detect.score", set_map },
	{ "detect.score_min", set_limit },
	{ "detect.overlap_max", set_limit },
	{ "detect.by_class", set_by_class },
	{ "detect.detections_max", set_most },
	{ "classes.top", set_top },
	{ "classes.places", set_places },
};

/* ------------------------------------------------------------------------
 * All of them
 */

/* Where boxes, objects and classes of a level are, when all are in one output. */
static void read_together(const struct reader *reader, struct fovea_network_level *level)
{
	uint32_t objects = reader->no_objects ? 0 : 1;

	level->objects = objects ? level->boxes : NULL;
	level->classes = level->boxes;
	level->object_first = 4;
	level->class_first = 4 + objects;
	if (level->anchors == 1)
		return;
	level->box_step = 4 + objects + reader->to->labels;
	level->object_step = level->box_step;
	level->class_step = level->box_step;
}

/* Likewise, in two or three. */
static void read_apart(const struct reader *reader, const char *const *outputs,
		       uint32_t each, struct fovea_network_level *level)
{
	level->objects = each == 3 ? outputs[1] : NULL;
	level->classes = outputs[each - 1];
	if (level->anchors == 1)
		return;
	level->box_step = 4;
	level->object_step = 1;
	level->class_step = reader->to->labels;
}

/* Levels by their outputs: boxes, objects (or none) and classes of each; or one. */
static int read_levels(struct reader *reader)
{
	struct fovea_network_properties *to = reader->to;
	uint32_t each = reader->strides ? reader->output_count / reader->strides : 0;
	bool anchored = to->head.detect != FS1_DETECT_DISTANCES;

	if (!reader->strides || each < 1 || each > 3 ||
	    each * reader->strides != reader->output_count)
		return model_fail(reader->model, -EINVAL,
				  "properties 'detect.strides' and 'detect.outputs': %u levels and %u outputs; each level has boxes, objects (or none) and classes, or one output with all of it",
				  reader->strides, reader->output_count);
	if (reader->anchors != (anchored ? reader->strides : 0))
		return model_fail(reader->model, -EINVAL,
				  "property 'detect.anchors': %u levels have some; cells and anchors need them at each of the %u, distances nowhere",
				  reader->anchors, reader->strides);
	if (!to->labels)
		return model_fail(reader->model, -EINVAL,
				  "property 'labels' is missing: how many classes are detected?");
	for (uint32_t i = 0; i < reader->strides; i++) {
		struct fovea_network_level *level = &to->level[i];

		if (!anchored)
			level->anchors = 1;
		level->boxes = reader->outputs[each * i];
		if (each == 1)
			read_together(reader, level);
		else
			read_apart(reader, &reader->outputs[each * i], each, level);
		/* Of a cell's corner, else of its middle. */
		level->point = to->head.detect == FS1_DETECT_CELL ? 0 :
			       level->stride / 2.0;
	}
	to->head.form = FOVEA_NETWORK_HEAD_DETECT;
	to->head.levels = reader->strides;
	to->head.level = to->level;
	to->head.classes = to->labels;
	return 0;
}

static int read_property(struct reader *reader, const char *key, char *value)
{
	for (size_t i = 0; i < sizeof(properties_known) / sizeof(properties_known[0]);
	     i++)
		if (strcmp(properties_known[i].key, key) == 0) {
			reader->key = properties_known[i].key;
			return properties_known[i].set(reader, value);
		}
	return 0;
}

/* What a file leaves out is empty. */
static const char *property_text(const char *text)
{
	return text ? text : "";
}

static bool is_known(const char *key)
{
	for (size_t i = 0; i < sizeof(properties_known) / sizeof(properties_known[0]);
	     i++)
		if (strcmp(properties_known[i].key, key) == 0)
			return true;
	return false;
}

/* Those of somebody who should know them, behind the file's. */
static int read_more(struct reader *reader, const struct fovea_network_property *more,
		     size_t more_count, char *at)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < more_count; i++) {
		char *value = at;

		if (!is_known(more[i].key))
			return model_fail(reader->model, -EINVAL,
					  "there is no property '%s'", more[i].key);
		at = stpcpy(at, more[i].value) + 1;
		r = read_property(reader, more[i].key, value);
	}
	return r;
}

static int read_all(struct reader *reader, const Onnx__ModelProto *proto,
		    const struct fovea_network_property *more, size_t more_count)
{
	size_t count = proto->n_metadata_props, room = 1;
	int r = 0;
	char *at;

	for (size_t i = 0; i < count; i++)
		room += strlen(property_text(proto->metadata_props[i]->value)) + 1;
	for (size_t i = 0; i < more_count; i++)
		room += strlen(more[i].value) + 1;
	if (count > PROPERTIES_MAX || room > PROPERTIES_TEXT_MAX)
		return model_fail(reader->model, -EINVAL,
				  "%zu properties with %zu bytes; at most %u and %u are possible",
				  count, room, PROPERTIES_MAX, PROPERTIES_TEXT_MAX);
	at = reader->to->text = malloc(room);
	if (!at)
		return -ENOMEM;
	for (size_t i = 0; r >= 0 && i < count; i++) {
		const Onnx__StringStringEntryProto *from = proto->metadata_props[i];
		char *value = at;

		at = stpcpy(at, property_text(from->value)) + 1;
		r = read_property(reader, property_text(from->key), value);
	}
	if (r >= 0)
		r = read_more(reader, more, more_count, at);
	return r >= 0 && reader->detect ? read_levels(reader) : r;
}

int fovea_network_properties_read_with(const void *data, size_t size,
				       const struct fovea_network_property *more,
				       size_t more_count,
				       struct fovea_network_properties *ret_properties,
				       char **ret_error)
{
	_cleanup_(model_freep) struct model *model = model_new();
	struct reader reader = { .model = model, .to = ret_properties };
	struct onnx_file file;
	int r;

	*ret_properties = (struct fovea_network_properties) {
		.input = { .columns = 1, .rows = 1 },
		.head = { .score_min = 0.5, .overlap_max = 0.5,
			  .detections_max = FS1_DETECT_MAX },
	};
	*ret_error = NULL;
	if (!model)
		return -ENOMEM;
	r = onnx_open(model, data, size, &file);
	if (r >= 0) {
		r = read_all(&reader, file.proto, more, more_count);
		onnx_close(&file);
	}
	if (r < 0) {
		*ret_error = model->error ? model->error : strdup(strerror(-r));
		model->error = NULL;
		fovea_network_properties_clear(ret_properties);
	}
	return r;
}

int fovea_network_properties_read(const void *data, size_t size,
				  struct fovea_network_properties *ret_properties,
				  char **ret_error)
{
	return fovea_network_properties_read_with(data, size, NULL, 0, ret_properties,
						  ret_error);
}

void fovea_network_properties_clear(struct fovea_network_properties *properties)
{
	free(properties->text);
	*properties = (struct fovea_network_properties) { 0 };
}
