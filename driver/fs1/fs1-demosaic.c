// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Demosaic, four samples of a colour plane at a time.
 */
#include "fs1-demosaic.h"
#include "fs1-packed.h"

void fs1_demosaic_pad(const struct fs1_planes *line, fs1_u32 count)
{
	fs1_u32 i;

	line->even[-1] = line->even[1];
	line->odd[-1] = line->odd[0];
	line->even[count] = line->even[count - 1];
	line->odd[count] = line->odd[count - 2];
	for (i = count + 1; i < count + FS1_PLANE_PAD_AFTER; i++) {
		line->even[i] = 0;
		line->odd[i] = 0;
	}
}

/* 4096 + a value from -4096 to 8191: the value, clipped to 0 and 4095. */
static inline fs1_u64 fs1_quad_clip(fs1_u64 biased)
{
	fs1_u64 inside = biased & FS1_QUAD(0x1000);
	fs1_u64 above = biased & FS1_QUAD(0x2000);

	return (biased & (inside - (inside >> 12))) |
	       ((above >> 1) - (above >> 13));
}

/* 32768 + a value: the value if it isn't negative, else its complement. */
static inline fs1_u64 fs1_quad_magnitude(fs1_u64 biased)
{
	return biased ^ (((biased >> 15) & FS1_QUAD(1)) + FS1_QUAD(0x7fff));
}

/* Lanes of 14 ones where @a, at most 16383, is twice @b or more. */
static inline fs1_u64 fs1_quad_twice(fs1_u64 a, fs1_u64 b)
{
	fs1_u64 least = (a + FS1_QUAD(0x8000) - (b << 1)) & FS1_QUAD(0x8000);

	return (least >> 1) - (least >> 15);
}

/* Interpolation in one direction, and how rough it is there. */
struct fs1_direction {
	fs1_u64 green;		/* 4096 + value */
	fs1_u64 roughness;
};

static inline struct fs1_direction
fs1_quad_direction(fs1_u64 centre, fs1_u64 before2, fs1_u64 before,
		   fs1_u64 after, fs1_u64 after2)
{
	/* 8192 + 2 C - two before - two after: 2 to 16382 */
	fs1_u64 bend = (centre << 1) + FS1_QUAD(0x2000) - before2 - after2;
	fs1_u64 step = before + FS1_QUAD(0x8000) - after;

	return (struct fs1_direction){
		.green = ((((before + after) << 1) + bend +
			   FS1_QUAD(0x2000 + 2)) >> 2) & FS1_QUAD(0x3fff),
		.roughness = fs1_quad_magnitude(step) +
			     fs1_quad_magnitude(bend + FS1_QUAD(0x6000)),
	};
}

void fs1_demosaic_green(const struct fs1_planes lines[5], bool blue,
			fs1_u32 first, fs1_u32 end,
			const struct fs1_differences *to)
{
	/* The site's own column, and the columns beside it: [0] and [1]. */
	const fs1_u16 *up2 = blue ? lines[0].odd : lines[0].even;
	const fs1_u16 *up = blue ? lines[1].odd : lines[1].even;
	const fs1_u16 *here = blue ? lines[2].odd : lines[2].even;
	const fs1_u16 *down = blue ? lines[3].odd : lines[3].even;
	const fs1_u16 *down2 = blue ? lines[4].odd : lines[4].even;
	const fs1_u16 *side = blue ? lines[2].even : lines[2].odd - 1;
	fs1_u16 *restrict to_green = to->green;
	fs1_u16 *restrict to_colour = to->colour;
	fs1_u32 i;

	for (i = first; i < end; i += 4) {
		fs1_u64 centre = fs1_quad_load(here + i);
		struct fs1_direction h, v;
		fs1_u64 differ, one, other, green;

		h = fs1_quad_direction(centre, fs1_quad_load(here + i - 1),
				       fs1_quad_load(side + i),
				       fs1_quad_load(side + i + 1),
				       fs1_quad_load(here + i + 1));
		v = fs1_quad_direction(centre, fs1_quad_load(up2 + i),
				       fs1_quad_load(up + i),
				       fs1_quad_load(down + i),
				       fs1_quad_load(down2 + i));
		/* Mean of two choices, which agree where one direction wins. */
		differ = h.green ^ v.green;
		one = h.green ^ (differ & fs1_quad_twice(h.roughness, v.roughness));
		other = v.green ^ (differ & fs1_quad_twice(v.roughness, h.roughness));
		green = fs1_quad_clip(((one + other + FS1_QUAD(1)) >> 1) &
				      FS1_QUAD(0x3fff));
		fs1_quad_store(to_green + i, green);
		fs1_quad_store(to_colour + i, centre + FS1_QUAD(4096) - green);
	}
}

void fs1_demosaic_pad_differences(const struct fs1_differences *line, bool blue,
				  fs1_u32 count)
{
	fs1_u32 i;

	line->colour[-1] = line->colour[blue ? 0 : 1];
	line->colour[count] = line->colour[blue ? count - 2 : count - 1];
	for (i = count + 1; i < count + FS1_PLANE_PAD_AFTER; i++)
		line->colour[i] = 0;
}

/* Three quad words to four pixel words, in every other place. */
static inline void fs1_quad_scatter(fs1_u64 red, fs1_u64 green, fs1_u64 blue,
				    fs1_u64 *to)
{
	fs1_u32 i;

	for (i = 0; i < 4; i++)
		to[2 * i] = fs1_quad_get(red, i) |
			    fs1_quad_get(green, i) << FS1_LANE_BITS |
			    fs1_quad_get(blue, i) << (2 * FS1_LANE_BITS);
}

/* Sum of two differences, halved, on top of green. */
static inline fs1_u64 fs1_quad_add_mean(fs1_u64 green, fs1_u64 sum)
{
	return fs1_quad_clip(green + ((sum >> 1) & FS1_QUAD(0x3fff)));
}

static void fs1_demosaic_red_line(const struct fs1_planes *line,
				  const struct fs1_differences differences[3],
				  fs1_u32 first, fs1_u32 end,
				  fs1_u64 *restrict to)
{
	const fs1_u16 *up = differences[0].colour;
	const fs1_u16 *here = differences[1].colour;
	const fs1_u16 *down = differences[2].colour;
	const fs1_u16 *greens = differences[1].green;
	fs1_u32 i;

	for (i = first; i < end; i += 4) {
		fs1_u64 above = fs1_quad_load(up + i) + fs1_quad_load(down + i);
		fs1_u64 beside = fs1_quad_load(here + i) + fs1_quad_load(here + i + 1);
		fs1_u64 corners = above + fs1_quad_load(up + i - 1) +
				  fs1_quad_load(down + i - 1) + FS1_QUAD(2);
		fs1_u64 green = fs1_quad_load(greens + i);

		fs1_quad_scatter(fs1_quad_load(line->even + i), green,
				 fs1_quad_clip(green + ((corners >> 2) &
							FS1_QUAD(0x3fff))),
				 to + 2 * i);
		green = fs1_quad_load(line->odd + i);
		fs1_quad_scatter(fs1_quad_add_mean(green, beside), green,
				 fs1_quad_add_mean(green, above), to + 2 * i + 1);
	}
}

static void fs1_demosaic_blue_line(const struct fs1_planes *line,
				   const struct fs1_differences differences[3],
				   fs1_u32 first, fs1_u32 end,
				   fs1_u64 *restrict to)
{
	const fs1_u16 *up = differences[0].colour;
	const fs1_u16 *here = differences[1].colour;
	const fs1_u16 *down = differences[2].colour;
	const fs1_u16 *greens = differences[1].green;
	fs1_u32 i;

	for (i = first; i < end; i += 4) {
		fs1_u64 above = fs1_quad_load(up + i) + fs1_quad_load(down + i);
		fs1_u64 beside = fs1_quad_load(here + i - 1) + fs1_quad_load(here + i);
		fs1_u64 corners = above + fs1_quad_load(up + i + 1) +
				  fs1_quad_load(down + i + 1) + FS1_QUAD(2);
		fs1_u64 green = fs1_quad_load(line->even + i);

		fs1_quad_scatter(fs1_quad_add_mean(green, above), green,
				 fs1_quad_add_mean(green, beside), to + 2 * i);
		green = fs1_quad_load(greens + i);
		fs1_quad_scatter(fs1_quad_clip(green + ((corners >> 2) &
							FS1_QUAD(0x3fff))),
				 green, fs1_quad_load(line->odd + i),
				 to + 2 * i + 1);
	}
}

void fs1_demosaic_line(const struct fs1_planes *line,
		       const struct fs1_differences differences[3], bool blue,
		       fs1_u32 first, fs1_u32 end, fs1_u64 *to)
{
	if (blue)
		fs1_demosaic_blue_line(line, differences, first, end, to);
	else
		fs1_demosaic_red_line(line, differences, first, end, to);
}
