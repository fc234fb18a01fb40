// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Detections: the boxes whose scores are high enough, the best first, without those
 * that overlap a better one.
 */
#include "fs1-detect.h"
#include "fs1-npu.h"

#define FS1_FIELD(name) offsetof(struct fs1_graph_operator, name)

/* What plain C takes for an anchor, and for a class of one, ns. */
#define FS1_ANCHOR_COST 64u
#define FS1_CLASS_COST 2u

/* ------------------------------------------------------------------------
 * Check
 */

static bool fs1_detect_refuse(struct fs1_graph_reader *reader, fs1_u32 value)
{
	return fs1_graph_refuse(reader, FS1_NETWORK_CONSTANT, FS1_FIELD(table),
				value, 0);
}

/* Do channels @first, @first + @step ... of @count anchors lie in the map? */
static bool fs1_detect_channels(const struct fs1_tensor *map, fs1_u32 first,
				fs1_u32 step, fs1_u32 anchors, fs1_u32 width)
{
	return first + (anchors - 1) * step + width <= map->channels;
}

/* The same places in both maps. */
static bool fs1_detect_maps(const struct fs1_tensor *a, const struct fs1_tensor *b)
{
	return a->height == b->height && a->width == b->width;
}

/* Does each cell's point have room in 32 bits, whatever is added to it? */
static bool fs1_detect_places(const struct fs1_tensor *map, fs1_u32 stride)
{
	return stride && stride <= FS1_DETECT_STRIDE_MAX &&
	       (fs1_u64)map->height * stride <= FS1_DETECT_SIDE_MAX &&
	       (fs1_u64)map->width * stride <= FS1_DETECT_SIDE_MAX;
}

static bool fs1_detect_tables(const struct fs1_graph_level *level)
{
	fs1_u32 i;

	for (i = 0; i < 256; i++) {
		fs1_s32 position = (fs1_s32)fs1_le32_to_cpu(level->position[i]);
		fs1_s32 size = (fs1_s32)fs1_le32_to_cpu(level->size[i]);

		if (position < -FS1_POSITION_MAX || position > FS1_POSITION_MAX ||
		    size < 0 || size > FS1_POSITION_MAX ||
		    fs1_le32_to_cpu(level->object_score[i]) > FS1_SCORE_ONE ||
		    fs1_le32_to_cpu(level->class_score[i]) > FS1_SCORE_ONE)
			return false;
	}
	return true;
}

static bool fs1_detect_level(const struct fs1_step *step,
			     const struct fs1_graph_detect *detect,
			     const struct fs1_graph_level *level)
{
	const struct fs1_tensor *boxes, *classes;
	fs1_u32 anchors = level->anchors;

	if (level->boxes >= step->inputs || level->classes >= step->inputs ||
	    !anchors || anchors > FS1_DETECT_ANCHORS_MAX || level->reserved)
		return false;
	boxes = step->input[level->boxes];
	classes = step->input[level->classes];
	if (!fs1_detect_maps(boxes, classes) ||
	    !fs1_detect_channels(boxes, fs1_le16_to_cpu(level->box_first),
				 fs1_le16_to_cpu(level->box_step), anchors, 4) ||
	    !fs1_detect_channels(classes, fs1_le16_to_cpu(level->class_first),
				 fs1_le16_to_cpu(level->class_step), anchors,
				 fs1_le16_to_cpu(detect->classes)))
		return false;
	if (level->objects != 255) {
		if (level->objects >= step->inputs ||
		    !fs1_detect_maps(boxes, step->input[level->objects]) ||
		    !fs1_detect_channels(step->input[level->objects],
					 fs1_le16_to_cpu(level->object_first),
					 fs1_le16_to_cpu(level->object_step),
					 anchors, 1))
			return false;
	}
	return fs1_detect_places(boxes, fs1_le16_to_cpu(level->stride)) &&
	       fs1_detect_tables(level);
}

/*
 * A unit is a cell, and it costs what the most expensive one does; one more, which
 * takes a tenth of a millisecond, finds out which boxes stay.
 */
static void fs1_detect_units(struct fs1_step *step,
			     const struct fs1_graph_detect *detect)
{
	fs1_u32 cost = 0, i;

	step->serial = true;
	step->units = 1;
	for (i = 0; i < fs1_le16_to_cpu(detect->levels); i++) {
		const struct fs1_graph_level *level = &detect->level[i];
		fs1_u32 cell = level->anchors * FS1_ANCHOR_COST +
			       level->anchors * FS1_CLASS_COST *
			       fs1_le16_to_cpu(detect->classes);

		step->units += step->input[level->boxes]->height *
			       step->input[level->boxes]->width;
		if (cell > cost)
			cost = cell;
	}
	step->cost = (fs1_u64)step->units * cost;
}

bool fs1_detect_check(struct fs1_graph_reader *reader,
		      const struct fs1_graph_operator *operator,
		      struct fs1_step *step)
{
	fs1_u32 offset = fs1_le32_to_cpu(operator->table), levels, i;
	const struct fs1_graph_detect *detect;

	for (i = 0; i < step->inputs; i++)
		if (step->input[i]->type != FS1_TENSOR_U8)
			return fs1_graph_refuse(reader, FS1_NETWORK_SHAPE,
						FS1_FIELD(input) + 2 * i, 0, 0);
	for (i = 0; i < FS1_ARGUMENTS; i++)
		if (step->argument[i])
			return fs1_graph_refuse(reader, FS1_NETWORK_ARGUMENT,
						FS1_FIELD(argument) + 4 * i,
						(fs1_u32)step->argument[i], 0);
	detect = fs1_graph_constant(reader, FS1_FIELD(table), offset,
				    sizeof(*detect));
	if (!detect)
		return false;
	levels = fs1_le16_to_cpu(detect->levels);
	if (!levels || levels > FS1_DETECT_LEVELS_MAX)
		return fs1_detect_refuse(reader, levels);
	if (!fs1_graph_constant(reader, FS1_FIELD(table), offset,
				sizeof(*detect) + levels *
				sizeof(struct fs1_graph_level)))
		return false;
	if (fs1_le16_to_cpu(detect->form) >= FS1_DETECT_FORMS ||
	    !fs1_le16_to_cpu(detect->classes) ||
	    fs1_le16_to_cpu(detect->classes) > FS1_DETECT_CLASSES_MAX ||
	    !fs1_le16_to_cpu(detect->score_min) ||
	    fs1_le16_to_cpu(detect->score_min) > FS1_SCORE_ONE ||
	    fs1_le16_to_cpu(detect->overlap_max) > FS1_SCORE_ONE ||
	    fs1_le16_to_cpu(detect->by_class) > 1)
		return fs1_detect_refuse(reader, levels);
	for (i = 0; i < FS1_COUNT(detect->reserved); i++)
		if (detect->reserved[i])
			return fs1_detect_refuse(reader, levels);
	for (i = 0; i < levels; i++)
		if (!fs1_detect_level(step, detect, &detect->level[i]))
			return fs1_detect_refuse(reader, i);
	if (step->output->layout != FS1_LAYOUT_DETECTIONS ||
	    step->output->dimensions[0] !=
	    fs1_le16_to_cpu(detect->detections_max))
		return fs1_graph_refuse(reader, FS1_NETWORK_SHAPE,
					FS1_FIELD(output),
					step->output->dimensions[0],
					FS1_DETECT_MAX);
	step->table = detect;
	fs1_detect_units(step, detect);
	return true;
}

/* ------------------------------------------------------------------------
 * Candidates: a heap with the worst at its top, so that the best stay
 */

/* Does @a count less than @b? */
static bool fs1_candidate_worse(const struct fs1_candidate *a,
				const struct fs1_candidate *b)
{
	return a->score != b->score ? a->score < b->score : a->order > b->order;
}

/* Let the one at @at of @count sink to where it belongs. */
static void fs1_candidate_sink(struct fs1_candidate *heap, fs1_u32 at, fs1_u32 count)
{
	struct fs1_candidate moved = heap[at];

	for (;;) {
		fs1_u32 child = 2 * at + 1;

		if (child >= count)
			break;
		if (child + 1 < count &&
		    fs1_candidate_worse(&heap[child + 1], &heap[child]))
			child++;
		if (!fs1_candidate_worse(&heap[child], &moved))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

static void fs1_candidate_add(struct fs1_detect_scratch *scratch,
			      const struct fs1_candidate *candidate)
{
	struct fs1_candidate *heap = scratch->candidate;
	fs1_u32 at;

	if (scratch->count == FS1_DETECT_CANDIDATES) {
		if (fs1_candidate_worse(candidate, &heap[0]))
			return;
		heap[0] = *candidate;
		fs1_candidate_sink(heap, 0, scratch->count);
		return;
	}
	for (at = scratch->count++; at; at = (at - 1) / 2) {
		if (!fs1_candidate_worse(candidate, &heap[(at - 1) / 2]))
			break;
		heap[at] = heap[(at - 1) / 2];
	}
	heap[at] = *candidate;
}

/* The best first: the worst of those that are left goes to the end, again and again. */
static void fs1_candidate_sort(struct fs1_detect_scratch *scratch)
{
	struct fs1_candidate *heap = scratch->candidate;
	fs1_u32 left;

	for (left = scratch->count; left > 1;) {
		struct fs1_candidate worst = heap[0];

		heap[0] = heap[--left];
		fs1_candidate_sink(heap, 0, left);
		heap[left] = worst;
	}
}

/* ------------------------------------------------------------------------
 * Boxes
 */

/* The product of a table's value, Q16, and a length, Q4: Q3, rounded. */
static fs1_s32 fs1_box_length(fs1_le32 value, fs1_u32 length)
{
	fs1_s64 product = (fs1_s64)(fs1_s32)fs1_le32_to_cpu(value) * length;

	return (fs1_s32)((product + (1 << 16)) >> 17);
}

static fs1_s32 fs1_box_clip(fs1_s32 value, fs1_u32 size)
{
	fs1_s32 most = (fs1_s32)(size < 4096 ? size << 3 : 32767);

	if (value < 0)
		return 0;
	return value > most ? most : value;
}

/**
 * struct fs1_place - a cell of a level
 * @x: column
 * @y: line
 * @anchor: which of its anchors
 */
struct fs1_place {
	fs1_u32 x;
	fs1_u32 y;
	fs1_u32 anchor;
};

/* Where the cell's point is, Q3; @at: its column or line. */
static fs1_s32 fs1_box_point(const struct fs1_graph_level *level, fs1_u32 at)
{
	return (fs1_s32)((at * (fs1_u32)fs1_le16_to_cpu(level->stride) << 4) +
			 fs1_le16_to_cpu(level->offset) + 1) >> 1;
}

/* Where @boxes' four numbers put the candidate. */
static void fs1_box(const struct fs1_graph_level *level, fs1_u32 form,
		    const struct fs1_place *place, const fs1_u8 *boxes,
		    struct fs1_candidate *candidate)
{
	fs1_u32 stride = (fs1_u32)fs1_le16_to_cpu(level->stride) << 4;
	const struct fs1_graph_anchor *anchor = &level->anchor[place->anchor];
	fs1_s32 x = fs1_box_point(level, place->x);
	fs1_s32 y = fs1_box_point(level, place->y);
	fs1_u32 wide = fs1_le16_to_cpu(anchor->width);
	fs1_u32 high = fs1_le16_to_cpu(anchor->height);
	fs1_s32 half_width, half_height;

	if (form == FS1_DETECT_DISTANCES) {
		candidate->left = x - fs1_box_length(level->position[boxes[0]],
						     stride);
		candidate->top = y - fs1_box_length(level->position[boxes[1]],
						    stride);
		candidate->right = x + fs1_box_length(level->position[boxes[2]],
						      stride);
		candidate->bottom = y + fs1_box_length(level->position[boxes[3]],
						       stride);
		return;
	}
	x += fs1_box_length(level->position[boxes[0]],
			    form == FS1_DETECT_CELL ? stride : wide);
	y += fs1_box_length(level->position[boxes[1]],
			    form == FS1_DETECT_CELL ? stride : high);
	half_width = fs1_box_length(level->size[boxes[2]], wide) / 2;
	half_height = fs1_box_length(level->size[boxes[3]], high) / 2;
	candidate->left = x - half_width;
	candidate->top = y - half_height;
	candidate->right = x + half_width;
	candidate->bottom = y + half_height;
}

/* The best class of a place: its score, Q15. */
static fs1_u32 fs1_box_class(const struct fs1_graph_level *level,
			     const fs1_u8 *scores, fs1_u32 classes,
			     fs1_u32 *ret_class)
{
	fs1_u32 best = 0, class;

	*ret_class = 0;
	for (class = 0; class < classes; class++) {
		fs1_u32 score = fs1_le32_to_cpu(level->class_score[scores[class]]);

		if (score > best) {
			best = score;
			*ret_class = class;
		}
	}
	return best;
}

static const fs1_u8 *fs1_box_values(const struct fs1_tensor *map,
				    const struct fs1_place *place, fs1_le16 first,
				    fs1_le16 step)
{
	return map->data + ((size_t)place->y * map->width + place->x) *
			   map->channels + fs1_le16_to_cpu(first) +
	       place->anchor * fs1_le16_to_cpu(step);
}

static void fs1_detect_place(const struct fs1_step *step,
			     const struct fs1_graph_level *level,
			     const struct fs1_place *place)
{
	const struct fs1_graph_detect *detect = step->table;
	struct fs1_detect_scratch *scratch = step->scratch;
	struct fs1_candidate candidate;
	fs1_u32 score = FS1_SCORE_ONE;

	if (level->objects != 255) {
		const fs1_u8 *object = fs1_box_values(step->input[level->objects],
						      place, level->object_first,
						      level->object_step);

		score = fs1_le32_to_cpu(level->object_score[*object]);
	}
	if (score < fs1_le16_to_cpu(detect->score_min))
		return;
	score = score * fs1_box_class(level,
				      fs1_box_values(step->input[level->classes],
						     place, level->class_first,
						     level->class_step),
				      fs1_le16_to_cpu(detect->classes),
				      &candidate.class) >> 15;
	if (score < fs1_le16_to_cpu(detect->score_min))
		return;
	candidate.score = score > 32767 ? 32767 : score;
	candidate.order = scratch->found++;
	fs1_box(level, fs1_le16_to_cpu(detect->form), place,
		fs1_box_values(step->input[level->boxes], place, level->box_first,
			       level->box_step), &candidate);
	fs1_candidate_add(scratch, &candidate);
}

/* Cells @first to @end - 1 of a level. */
static void fs1_detect_cells(const struct fs1_step *step,
			     const struct fs1_graph_level *level, fs1_u32 first,
			     fs1_u32 end)
{
	fs1_u32 width = step->input[level->boxes]->width, cell;
	struct fs1_place place;

	for (cell = first; cell < end; cell++) {
		place.y = cell / width;
		place.x = cell % width;
		for (place.anchor = 0; place.anchor < level->anchors;
		     place.anchor++)
			fs1_detect_place(step, level, &place);
	}
}

/* ------------------------------------------------------------------------
 * Which boxes stay
 */

static fs1_u64 fs1_candidate_area(const struct fs1_candidate *box)
{
	if (box->right <= box->left || box->bottom <= box->top)
		return 0;
	return (fs1_u64)(box->right - box->left) *
	       (fs1_u64)(box->bottom - box->top);
}

/* Is the intersection more than @most, Q15, of the union? */
static bool fs1_candidate_overlaps(const struct fs1_candidate *a,
				   const struct fs1_candidate *b, fs1_u32 most)
{
	struct fs1_candidate both = {
		.left = a->left > b->left ? a->left : b->left,
		.top = a->top > b->top ? a->top : b->top,
		.right = a->right < b->right ? a->right : b->right,
		.bottom = a->bottom < b->bottom ? a->bottom : b->bottom,
	};
	fs1_u64 common = fs1_candidate_area(&both);

	return common * FS1_SCORE_ONE >
	       (fs1_candidate_area(a) + fs1_candidate_area(b) - common) * most;
}

/* Inside the input; false: nothing is left of it. */
static bool fs1_candidate_clip(struct fs1_candidate *box,
			       const struct fs1_tensor *picture)
{
	box->left = fs1_box_clip(box->left, picture->width);
	box->right = fs1_box_clip(box->right, picture->width);
	box->top = fs1_box_clip(box->top, picture->height);
	box->bottom = fs1_box_clip(box->bottom, picture->height);
	return fs1_candidate_area(box);
}

/* Move those that stay to the front; returns how many. */
static fs1_u32 fs1_detect_suppress(const struct fs1_step *step)
{
	const struct fs1_graph_detect *detect = step->table;
	struct fs1_detect_scratch *scratch = step->scratch;
	struct fs1_candidate *kept = scratch->candidate;
	fs1_u32 count = 0, i, j;

	for (i = 0; i < scratch->count &&
	     count < step->output->dimensions[0]; i++) {
		struct fs1_candidate box = scratch->candidate[i];

		if (!fs1_candidate_clip(&box, step->picture))
			continue;
		for (j = 0; j < count; j++)
			if ((!detect->by_class || kept[j].class == box.class) &&
			    fs1_candidate_overlaps(&kept[j], &box,
						   fs1_le16_to_cpu(detect->overlap_max)))
				break;
		if (j == count)
			kept[count++] = box;
	}
	return count;
}

static void fs1_detect_finish(const struct fs1_step *step)
{
	struct fs1_detect_scratch *scratch = step->scratch;
	struct fs1_graph_detection *out = (void *)step->output->data;
	fs1_u32 count, i;

	fs1_candidate_sort(scratch);
	count = fs1_detect_suppress(step);
	memset(out, 0, step->output->size);
	for (i = 0; i < count; i++) {
		const struct fs1_candidate *box = &scratch->candidate[i];

		out[i].left = fs1_cpu_to_le16((fs1_u16)box->left);
		out[i].top = fs1_cpu_to_le16((fs1_u16)box->top);
		out[i].right = fs1_cpu_to_le16((fs1_u16)box->right);
		out[i].bottom = fs1_cpu_to_le16((fs1_u16)box->bottom);
		out[i].score = fs1_cpu_to_le16((fs1_u16)box->score);
		out[i].class = fs1_cpu_to_le16((fs1_u16)box->class);
	}
}

void fs1_npu_detect(const struct fs1_step *step, fs1_u32 first, fs1_u32 end)
{
	const struct fs1_graph_detect *detect = step->table;
	struct fs1_detect_scratch *scratch = step->scratch;
	fs1_u32 before = 0, i;

	if (!first) {
		scratch->count = 0;
		scratch->found = 0;
	}
	for (i = 0; i < fs1_le16_to_cpu(detect->levels); i++) {
		const struct fs1_graph_level *level = &detect->level[i];
		fs1_u32 cells = step->input[level->boxes]->height *
				step->input[level->boxes]->width;

		/* The part of this level that lies between first and end. */
		if (first < before + cells && end > before)
			fs1_detect_cells(step, level,
					 first > before ? first - before : 0,
					 end < before + cells ? end - before :
								cells);
		before += cells;
	}
	if (end > before)
		fs1_detect_finish(step);
}
