// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * Gradient-corrected demosaic, four samples of a colour plane at a time.
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

/*
 * The neighbourhood of a run of sites of one colour. Rows are counted from the
 * site: up2, up, here, down, down2. Of the other column parity, [0] is the
 * sample to the left and [1] the one to the right.
 */
struct fs1_sites {
	const fs1_u16 *up2, *up, *here, *down, *down2;
	const fs1_u16 *up_side, *side, *down_side;
};

/* Red or blue sites: green, and the opposite colour from the diagonals. */
static void fs1_demosaic_chroma(const struct fs1_sites *sites, fs1_u32 first,
				fs1_u32 end, fs1_u16 *restrict own,
				fs1_u16 *restrict green,
				fs1_u16 *restrict opposite)
{
	const struct fs1_sites s = *sites;
	fs1_u32 i;

	for (i = first; i < end; i += 4) {
		fs1_u64 centre = fs1_quad_load(s.here + i);
		fs1_u64 axial = fs1_quad_load(s.here + i - 1) +
				fs1_quad_load(s.here + i + 1) +
				fs1_quad_load(s.up2 + i) +
				fs1_quad_load(s.down2 + i);
		fs1_u64 cross = fs1_quad_load(s.side + i) +
				fs1_quad_load(s.side + i + 1) +
				fs1_quad_load(s.up + i) +
				fs1_quad_load(s.down + i);
		fs1_u64 corner = fs1_quad_load(s.up_side + i) +
				 fs1_quad_load(s.up_side + i + 1) +
				 fs1_quad_load(s.down_side + i) +
				 fs1_quad_load(s.down_side + i + 1);
		/* 16384 + 4 C - sum of the four two away: 4 to 32764 */
		fs1_u64 slope = (centre << 2) + FS1_QUAD(0x4000) - axial;
		fs1_u64 half = (slope >> 1) & FS1_QUAD(0x7fff);
		fs1_u64 quarter = (slope >> 2) & FS1_QUAD(0x3fff);

		fs1_quad_store(own + i, centre + FS1_QUAD(FS1_DEMOSAIC_BIAS));
		fs1_quad_store(green + i,
			       ((cross + half + FS1_QUAD(4096 + 2)) >> 2) &
			       FS1_QUAD(0x3fff));
		fs1_quad_store(opposite + i,
			       ((corner + slope - quarter + FS1_QUAD(2)) >> 2) &
			       FS1_QUAD(0x3fff));
	}
}

/* Green sites: the colour to the sides, and the colour above and below. */
static void fs1_demosaic_green(const struct fs1_sites *sites, fs1_u32 first,
			       fs1_u32 end, fs1_u16 *restrict own,
			       fs1_u16 *restrict beside,
			       fs1_u16 *restrict above)
{
	const struct fs1_sites s = *sites;
	fs1_u32 i;

	for (i = first; i < end; i += 4) {
		fs1_u64 centre = fs1_quad_load(s.here + i);
		fs1_u64 across = fs1_quad_load(s.here + i - 1) +
				 fs1_quad_load(s.here + i + 1);
		fs1_u64 along = fs1_quad_load(s.up2 + i) +
				fs1_quad_load(s.down2 + i);
		fs1_u64 corner = fs1_quad_load(s.up_side + i) +
				 fs1_quad_load(s.up_side + i + 1) +
				 fs1_quad_load(s.down_side + i) +
				 fs1_quad_load(s.down_side + i + 1);
		fs1_u64 sides = fs1_quad_load(s.side + i) +
				fs1_quad_load(s.side + i + 1);
		fs1_u64 ends = fs1_quad_load(s.up + i) +
			       fs1_quad_load(s.down + i);
		/* 24576 + 5 C - diagonals: 8196 to 45051 */
		fs1_u64 base = centre + (centre << 2) + FS1_QUAD(0x6000) - corner;
		fs1_u64 h = base - across + ((along >> 1) & FS1_QUAD(0x7fff));
		fs1_u64 v = base - along + ((across >> 1) & FS1_QUAD(0x7fff));

		fs1_quad_store(own + i, centre + FS1_QUAD(FS1_DEMOSAIC_BIAS));
		fs1_quad_store(beside + i,
			       ((sides + ((h >> 2) & FS1_QUAD(0x3fff)) +
				 FS1_QUAD(1)) >> 1) & FS1_QUAD(0x7fff));
		fs1_quad_store(above + i,
			       ((ends + ((v >> 2) & FS1_QUAD(0x3fff)) +
				 FS1_QUAD(1)) >> 1) & FS1_QUAD(0x7fff));
	}
}

void fs1_demosaic_line(const struct fs1_planes lines[5], bool blue,
		       fs1_u32 first, fs1_u32 end, const struct fs1_colours *to)
{
	const struct fs1_sites even = {
		.up2 = lines[0].even, .up = lines[1].even,
		.here = lines[2].even, .down = lines[3].even,
		.down2 = lines[4].even, .up_side = lines[1].odd - 1,
		.side = lines[2].odd - 1, .down_side = lines[3].odd - 1,
	};
	const struct fs1_sites odd = {
		.up2 = lines[0].odd, .up = lines[1].odd,
		.here = lines[2].odd, .down = lines[3].odd,
		.down2 = lines[4].odd, .up_side = lines[1].even,
		.side = lines[2].even, .down_side = lines[3].even,
	};

	if (blue) {
		fs1_demosaic_green(&even, first, end, to->even[1], to->even[2],
				   to->even[0]);
		fs1_demosaic_chroma(&odd, first, end, to->odd[2], to->odd[1],
				    to->odd[0]);
	} else {
		fs1_demosaic_chroma(&even, first, end, to->even[0], to->even[1],
				    to->even[2]);
		fs1_demosaic_green(&odd, first, end, to->odd[1], to->odd[0],
				   to->odd[2]);
	}
}

void fs1_demosaic_pack(const struct fs1_colours *from, fs1_u32 first,
		       fs1_u32 end, fs1_u64 *restrict to)
{
	const fs1_u16 *restrict r0 = from->even[0], *restrict r1 = from->odd[0];
	const fs1_u16 *restrict g0 = from->even[1], *restrict g1 = from->odd[1];
	const fs1_u16 *restrict b0 = from->even[2], *restrict b1 = from->odd[2];
	fs1_u32 i;

	for (i = first; i < end; i++) {
		to[2 * i] = fs1_pixel(r0[i], g0[i], b0[i]);
		to[2 * i + 1] = fs1_pixel(r1[i], g1[i], b1[i]);
	}
}
