// SPDX-License-Identifier: Apache-2.0
/*
 * What stands behind a model's outputs on the device: the best classes, a class for
 * each place, detections.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "libfovea/cleanup.h"

uint32_t emit_find(const struct emit *emit, const char *name)
{
	uint32_t found = MODEL_NONE;

	for (uint32_t i = 0; i < emit->model->value_count; i++) {
		const struct model_value *value = &emit->model->values[i];

		if (!value->output || (name && strcmp(value->name, name) != 0))
			continue;
		/* "The only one" isn't one of two. */
		if (!name && found != MODEL_NONE)
			return MODEL_NONE;
		found = i;
	}
	return found;
}

static bool head_is(const struct fovea_network_head *head, const char *of,
		    const char *name)
{
	return !of ? head->form != FOVEA_NETWORK_HEAD_DETECT : strcmp(of, name) == 0;
}

bool emit_head_reads(const struct emit *emit, const char *name)
{
	for (uint32_t i = 0; i < emit->options->heads; i++) {
		const struct fovea_network_head *head = &emit->options->head[i];

		if (head->form == FOVEA_NETWORK_HEAD_NONE)
			continue;
		if (head->form != FOVEA_NETWORK_HEAD_DETECT) {
			if (head_is(head, head->output, name))
				return true;
			continue;
		}
		for (uint32_t j = 0; j < head->levels; j++)
			if (head_is(head, head->level[j].boxes, name) ||
			    head_is(head, head->level[j].objects, name) ||
			    head_is(head, head->level[j].classes, name))
				return true;
	}
	return false;
}

static int head_find(struct emit *emit, const char *name, uint32_t *ret_value)
{
	*ret_value = emit_find(emit, name);
	if (*ret_value != MODEL_NONE)
		return 0;
	return model_fail(emit->model, -EINVAL,
			  name ? "head: the model has no output '%s'" :
				 "head: the model has more than one output; say which",
			  name ? name : "");
}

/* A tensor that isn't one of the model. */
static int head_output(struct emit *emit, const char *name, uint8_t type, uint8_t layout,
		       uint32_t lines, uint32_t columns, double scale,
		       uint32_t *ret_number)
{
	struct emit_tensor tensor = {
		.value = MODEL_NONE,
		.scale = scale,
		.wire = {
			.type = type,
			.rank = 2,
			.layout = layout,
			.flags = FS1_TENSOR_OUTPUT,
			.dimensions = { fs1_cpu_to_le32(lines),
					fs1_cpu_to_le32(columns) },
		},
	};

	return emit_tensor(emit, name, &tensor, ret_number);
}

static int head_classes(struct emit *emit, const struct fovea_network_head *head)
{
	struct fs1_graph_operator operator;
	const struct model_value *from;
	uint32_t value, input, output;
	int r = head_find(emit, head->output, &value);

	if (r < 0)
		return r;
	from = &emit->model->values[value];
	if (!head->top || head->top > from->elements ||
	    from->elements > FS1_DETECT_CLASSES_MAX ||
	    from->elements != from->dimensions[from->rank == 4 &&
					       emit_is_picture(emit, value) ?
					       1 : from->rank ? from->rank - 1 : 0])
		return model_fail(emit->model, -EINVAL,
				  "head: the best %u of output '%s', which has %u values; one for each of at most %u classes is possible",
				  head->top, from->name, from->elements,
				  FS1_DETECT_CLASSES_MAX);
	r = emit_want(emit, value, emit_is_picture(emit, value), &input);
	if (r >= 0)
		r = head_output(emit, "classes", FS1_TENSOR_S16, FS1_LAYOUT_CLASSES,
				head->top, 2, from->scale / 128, &output);
	if (r < 0)
		return r;
	operator = emit_start(FS1_OPERATOR_TOP_CLASSES, 1, &input, output);
	return emit_operator(emit, "classes", &operator, 0, 0);
}

static int head_label(struct emit *emit, const struct fovea_network_head *head)
{
	struct fs1_graph_operator operator;
	const struct model_value *from;
	uint32_t value, input, output;
	int r = head_find(emit, head->output, &value);

	if (r < 0)
		return r;
	from = &emit->model->values[value];
	if (from->rank != 4 || from->dimensions[1] > 256)
		return model_fail(emit->model, -EINVAL,
				  "head: output '%s' isn't 1 x classes x height x width, with at most 256 classes",
				  from->name);
	r = emit_want(emit, value, true, &input);
	if (r >= 0)
		r = head_output(emit, "labels", FS1_TENSOR_U8, FS1_LAYOUT_LABELS,
				from->dimensions[2], from->dimensions[3], 1, &output);
	if (r < 0)
		return r;
	operator = emit_start(FS1_OPERATOR_LABEL, 1, &input, output);
	return emit_operator(emit, "labels", &operator, 0, 0);
}

/* ------------------------------------------------------------------------
 * Detections
 */

static double head_mean(const struct fovea_network_meaning *meaning, double number)
{
	double scale = fabs(meaning->scale) > 0 ? meaning->scale : 1;

	switch (meaning->map) {
	case FOVEA_NETWORK_MAP_SIGMOID:
		number = 1 / (1 + exp(-number));
		break;
	case FOVEA_NETWORK_MAP_EXP:
		number = exp(number);
		break;
	case FOVEA_NETWORK_MAP_SQUARE:
		number = pow(1 / (1 + exp(-number)), 2);
		break;
	default:
		break;
	}
	return meaning->offset + scale * number;
}

/* What each byte of @value means, in steps of 1 / @one, from @low to @high. */
static void head_table(const struct fovea_network_meaning *meaning,
		       const struct model_value *value, double one, double low,
		       double high, fs1_le32 *table)
{
	for (int32_t i = 0; i < 256; i++) {
		double number = (i - value->zero_point) * value->scale;

		number = rint(head_mean(meaning, number) * one);
		number = number > low ? number < high ? number : high : low;
		table[i] = fs1_cpu_to_le32((uint32_t)(int32_t)number);
	}
}

/* The maps that a level reads, each once among the operator's inputs. */
static int head_map(struct emit *emit, const char *name, uint32_t *inputs,
		    uint32_t *count, uint8_t *ret_index, uint32_t *ret_value)
{
	uint32_t number;
	int r;

	if (!name)
		return model_fail(emit->model, -EINVAL,
				  "head: a level without boxes or classes");
	r = head_find(emit, name, ret_value);
	if (r >= 0 && emit->model->values[*ret_value].rank != 4)
		r = model_fail(emit->model, -EINVAL,
			       "head: output '%s' isn't 1 x channels x height x width",
			       name);
	if (r >= 0)
		r = emit_want(emit, *ret_value, emit_is_picture(emit, *ret_value),
			      &number);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < *count; i++)
		if (inputs[i] == number) {
			*ret_index = (uint8_t)i;
			return 0;
		}
	if (*count == FS1_GRAPH_INPUTS_MAX)
		return model_fail(emit->model, -EINVAL,
				  "head: more than %u maps", FS1_GRAPH_INPUTS_MAX);
	*ret_index = (uint8_t)*count;
	inputs[(*count)++] = number;
	return 0;
}

static fs1_le16 head_small(double number)
{
	return fs1_cpu_to_le16((uint16_t)(number > 0 ?
					  number < 65535 ? rint(number) : 65535 : 0));
}

static int head_level(struct emit *emit, const struct fovea_network_head *head,
		      const struct fovea_network_level *from,
		      struct fs1_graph_level *to, uint32_t *inputs, uint32_t *count)
{
	const struct model_value *values = emit->model->values;
	uint32_t boxes = 0, objects = 0, classes = 0;
	int r = head_map(emit, from->boxes, inputs, count, &to->boxes, &boxes);

	to->objects = 255;
	if (r >= 0 && from->objects)
		r = head_map(emit, from->objects, inputs, count, &to->objects,
			     &objects);
	if (r >= 0)
		r = head_map(emit, from->classes, inputs, count, &to->classes, &classes);
	if (r < 0)
		return r;
	to->anchors = (uint8_t)(from->anchors < 256 ? from->anchors : 0);
	to->stride = head_small(from->stride);
	to->offset = head_small(from->point * 16);
	to->box_first = head_small(from->box_first);
	to->box_step = head_small(from->box_step);
	to->object_first = head_small(from->objects ? from->object_first : 0);
	to->object_step = head_small(from->objects ? from->object_step : 0);
	to->class_first = head_small(from->class_first);
	to->class_step = head_small(from->class_step);
	for (uint32_t i = 0; i < from->anchors && i < FS1_DETECT_ANCHORS_MAX; i++) {
		to->anchor[i].width = head_small(from->anchor[i][0] * 16);
		to->anchor[i].height = head_small(from->anchor[i][1] * 16);
	}
	head_table(&head->position, &values[boxes], 65536, -FS1_POSITION_MAX,
		   FS1_POSITION_MAX, to->position);
	if (head->detect != FS1_DETECT_DISTANCES)
		head_table(&head->size, &values[boxes], 65536, 0, FS1_POSITION_MAX,
			   to->size);
	if (from->objects)
		head_table(&head->object_score, &values[objects], FS1_SCORE_ONE, 0,
			   FS1_SCORE_ONE, to->object_score);
	head_table(&head->class_score, &values[classes], FS1_SCORE_ONE, 0, FS1_SCORE_ONE,
		   to->class_score);
	return 0;
}

static int head_check(struct emit *emit, const struct fovea_network_head *head)
{
	if (!head->levels || head->levels > FS1_DETECT_LEVELS_MAX || !head->level)
		return model_fail(emit->model, -EINVAL,
				  "head: %u levels; 1 to %u are possible", head->levels,
				  FS1_DETECT_LEVELS_MAX);
	if (!head->classes || head->classes > FS1_DETECT_CLASSES_MAX ||
	    !head->detections_max || head->detections_max > FS1_DETECT_MAX)
		return model_fail(emit->model, -EINVAL,
				  "head: %u classes and %u detections; 1 to %u and %u are possible",
				  head->classes, head->detections_max,
				  FS1_DETECT_CLASSES_MAX, FS1_DETECT_MAX);
	if (!(head->score_min > 0 && head->score_min <= 1) ||
	    !(head->overlap_max >= 0 && head->overlap_max <= 1))
		return model_fail(emit->model, -EINVAL,
				  "head: score_min %g and overlap_max %g; up to 1 are possible, and score_min is more than 0",
				  head->score_min, head->overlap_max);
	for (uint32_t i = 0; i < head->levels; i++)
		if (!head->level[i].anchors ||
		    head->level[i].anchors > FS1_DETECT_ANCHORS_MAX ||
		    !head->level[i].stride ||
		    head->level[i].stride > FS1_DETECT_STRIDE_MAX)
			return model_fail(emit->model, -EINVAL,
					  "head: level %u: %u anchors, stride %u; 1 to %u and %u are possible",
					  i, head->level[i].anchors,
					  head->level[i].stride, FS1_DETECT_ANCHORS_MAX,
					  FS1_DETECT_STRIDE_MAX);
	return 0;
}

static int head_detect(struct emit *emit, const struct fovea_network_head *head)
{
	uint32_t inputs[FS1_GRAPH_INPUTS_MAX], count = 0, output;
	_cleanup_free_ struct fs1_graph_detect *detect = NULL;
	struct fs1_graph_operator operator;
	size_t size;
	int r = 0;

	size = sizeof(*detect) + head->levels * sizeof(detect->level[0]);
	detect = calloc(1, size);
	if (!detect)
		return -ENOMEM;
	detect->form = head_small((double)head->detect);
	detect->levels = head_small(head->levels);
	detect->classes = head_small(head->classes);
	detect->score_min = head_small(fmax(1, head->score_min * FS1_SCORE_ONE));
	detect->overlap_max = head_small(head->overlap_max * FS1_SCORE_ONE);
	detect->detections_max = head_small(head->detections_max);
	detect->by_class = head_small(head->by_class);
	for (uint32_t i = 0; r >= 0 && i < head->levels; i++)
		r = head_level(emit, head, &head->level[i], &detect->level[i], inputs,
			       &count);
	if (r >= 0)
		r = head_output(emit, "detections", FS1_TENSOR_S16,
				FS1_LAYOUT_DETECTIONS, head->detections_max, 6, 1,
				&output);
	if (r < 0)
		return r;
	operator = emit_start(FS1_OPERATOR_DETECT, count, inputs, output);
	r = emit_constant(emit, "detections", detect, size, &operator.table);
	if (r < 0)
		return r;
	return emit_operator(emit, "detections", &operator, size, 0);
}

int emit_heads_check(struct emit *emit)
{
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i < emit->options->heads; i++)
		if (emit->options->head[i].form == FOVEA_NETWORK_HEAD_DETECT)
			r = head_check(emit, &emit->options->head[i]);
	return r;
}

int emit_heads(struct emit *emit)
{
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i < emit->options->heads; i++) {
		const struct fovea_network_head *head = &emit->options->head[i];

		switch (head->form) {
		case FOVEA_NETWORK_HEAD_TOP_CLASSES:
			r = head_classes(emit, head);
			break;
		case FOVEA_NETWORK_HEAD_LABEL:
			r = head_label(emit, head);
			break;
		case FOVEA_NETWORK_HEAD_DETECT:
			r = head_detect(emit, head);
			break;
		default:
			break;
		}
	}
	return r;
}
