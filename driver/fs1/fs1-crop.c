// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * From what was found to the parts of a frame that are cut out.
 */
#include "fs1-crop.h"

/* What lies between two spans; 0: they touch, or have something in common. */
static fs1_u32 fs1_crop_gap(fs1_u32 a, fs1_u32 a_length, fs1_u32 b, fs1_u32 b_length)
{
	if (a > b + b_length)
		return a - (b + b_length);
	if (b > a + a_length)
		return b - (a + a_length);
	return 0;
}

static bool fs1_crop_near(const struct fs1_rectangle *a,
			  const struct fs1_rectangle *b, fs1_u32 join)
{
	fs1_u32 x = fs1_crop_gap(a->left, a->width, b->left, b->width);
	fs1_u32 y = fs1_crop_gap(a->top, a->height, b->top, b->height);
	fs1_u32 higher = a->height > b->height ? a->height : b->height;

	return join && (x > y ? x : y) * 100 <= higher * join;
}

/* Both together. */
static void fs1_crop_unite(struct fs1_rectangle *to, const struct fs1_rectangle *from)
{
	fs1_u32 right = to->left + to->width, bottom = to->top + to->height;

	if (from->left + from->width > (int)right)
		right = from->left + (fs1_u32)from->width;
	if (from->top + from->height > (int)bottom)
		bottom = from->top + (fs1_u32)from->height;
	if (from->left < to->left)
		to->left = from->left;
	if (from->top < to->top)
		to->top = from->top;
	to->width = (fs1_u16)(right - to->left);
	to->height = (fs1_u16)(bottom - to->top);
}

/* All that is near @first, or near to what is; out of @left, the set of what's left. */
static fs1_u32 fs1_crop_gather(const struct fs1_crop_rules *rules,
			       const struct fs1_found *found, fs1_u32 count,
			       fs1_u32 first, bool *left,
			       struct fs1_rectangle *ret_place)
{
	fs1_u8 members[FS1_DETECTIONS_MAX];
	fs1_u32 number = 1, next, i;

	members[0] = (fs1_u8)first;
	left[first] = false;
	*ret_place = found[first].place;
	for (next = 0; next < number; next++) {
		const struct fs1_rectangle *place = &found[members[next]].place;

		for (i = 0; i < count; i++) {
			if (!left[i] || !fs1_crop_near(place, &found[i].place,
						       rules->join))
				continue;
			left[i] = false;
			members[number++] = (fs1_u8)i;
			fs1_crop_unite(ret_place, &found[i].place);
		}
	}
	return number;
}

/* A span with its margin, even, of FS1_CROP_MIN at least, inside of @limit. */
static void fs1_crop_widen(fs1_u16 *start, fs1_u16 *length, fs1_u32 margin,
			   fs1_u32 limit)
{
	fs1_u32 first = *start > margin ? *start - margin : 0;
	fs1_u32 end = *start + *length + margin, missing;

	first &= ~1u;
	end = (end + 1) & ~1u;
	if (end > limit)
		end = limit;
	if (end - first < FS1_CROP_MIN) {
		missing = FS1_CROP_MIN - (end - first);
		first = first > missing / 2 ? (first - missing / 2) & ~1u : 0;
		if (first > limit - FS1_CROP_MIN)
			first = limit - FS1_CROP_MIN;
		end = first + FS1_CROP_MIN;
	}
	*start = (fs1_u16)first;
	*length = (fs1_u16)(end - first);
}

fs1_u32 fs1_crops_choose(const struct fs1_crop_rules *rules,
			 const struct fs1_found *found, fs1_u32 count,
			 struct fs1_crop_place *places)
{
	bool left[FS1_DETECTIONS_MAX];
	fs1_u32 number = 0, i;

	for (i = 0; i < count; i++)
		left[i] = true;
	for (i = 0; i < count && number < rules->most; i++) {
		struct fs1_crop_place *crop = &places[number];
		struct fs1_rectangle *place = &crop->place;
		fs1_u32 margin;

		if (!left[i])
			continue;
		number++;
		crop->score = found[i].score;
		crop->class = found[i].class;
		crop->piece = (fs1_u16)found[i].piece;
		crop->detections = (fs1_u16)fs1_crop_gather(rules, found, count,
							    i, left, place);
		if (crop->detections > 1)
			crop->class = FS1_CLASS_SEVERAL;
		margin = place->height * rules->margin / 100;
		fs1_crop_widen(&place->left, &place->width, margin,
			       FS1_ARRAY_WIDTH);
		fs1_crop_widen(&place->top, &place->height, margin,
			       FS1_ARRAY_HEIGHT);
	}
	return number;
}
