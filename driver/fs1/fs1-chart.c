// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The test chart: colour patches, a zone plate, a slanted square, grey steps
 * and a ramp, drawn with integers at the resolution of the mode, antialiased.
 * All places are in array pixels.
 */
#include "fs1-chart.h"
#include "fs1-math.h"
#include "fs1-packed.h"
#include "fs1-sensor.h"

#define FS1_CHART_GREY 3277u	/* background: 20 % */

struct fs1_chart_pen {
	fs1_u32 binning;
	fs1_u32 y;		/* array pixels, centre of the line */
	fs1_u64 *rgb;
};

/* Six columns, four rows, sRGB: skin to sky, primaries, and a row of greys. */
static const fs1_u8 fs1_chart_patches[24][3] = {
	{ 112, 80, 66 }, { 198, 150, 130 }, { 96, 124, 158 },
	{ 88, 110, 64 }, { 134, 128, 178 }, { 100, 190, 172 },
	{ 216, 124, 44 }, { 72, 92, 168 }, { 196, 84, 98 },
	{ 92, 58, 108 }, { 160, 190, 62 }, { 228, 162, 44 },
	{ 48, 60, 150 }, { 68, 150, 72 }, { 176, 48, 58 },
	{ 232, 200, 30 }, { 188, 84, 150 }, { 0, 136, 166 },
	{ 244, 244, 242 }, { 200, 200, 200 }, { 160, 160, 160 },
	{ 122, 122, 121 }, { 84, 84, 84 }, { 52, 52, 52 },
};

static void fs1_chart_fill(const struct fs1_chart_pen *pen, fs1_u32 left,
			   fs1_u32 right, fs1_u64 colour)
{
	fs1_u32 x;

	for (x = left / pen->binning; x < right / pen->binning; x++)
		pen->rgb[x] = colour;
}

/* Patches of 280, 20 apart, from (200, 200). */
static void fs1_chart_draw_patches(const struct fs1_chart_pen *pen)
{
	fs1_u32 row = (pen->y - 200) / 300;
	fs1_u32 column;

	if (pen->y < 200 || row >= 4 || (pen->y - 200) % 300 >= 280)
		return;
	for (column = 0; column < 6; column++) {
		const fs1_u8 *srgb = fs1_chart_patches[row * 6 + column];
		fs1_u32 left = 200 + column * 300;

		fs1_chart_fill(pen, left, left + 280,
			       fs1_pixel(fs1_linear[srgb[0]], fs1_linear[srgb[1]],
					 fs1_linear[srgb[2]]));
	}
}

/*
 * Zone plate around (3000, 800): r^2 / 4800 cycles, so that the frequency
 * grows to a quarter of a cycle per array pixel at a radius of 600. What the
 * mode can't resolve fades to grey. The sine is made of parabolas.
 */
static void fs1_chart_draw_zones(const struct fs1_chart_pen *pen)
{
	fs1_u32 blind = 1200u * 1200u / (pen->binning * pen->binning);
	fs1_s32 dy = (fs1_s32)pen->y - 800;
	fs1_u32 x;

	if (dy <= -600 || dy >= 600)
		return;
	for (x = 2400 / pen->binning; x < 3600 / pen->binning; x++) {
		fs1_s32 dx = (fs1_s32)(x * pen->binning + pen->binning / 2) - 3000;
		fs1_u32 square = (fs1_u32)(dx * dx + dy * dy);
		fs1_u32 phase = square % 4800;	/* of 4800 */
		fs1_s32 t = (fs1_s32)(phase % 2400);
		fs1_s32 wave = t * (2400 - t) / 1408;	/* 0 to 1022 */
		fs1_s32 strength = 0;

		if (square >= 600 * 600)
			continue;
		if (square < blind / 2)
			strength = 1024;
		else if (square < blind)
			strength = (fs1_s32)((blind - square) * 1024 / (blind - blind / 2));
		if (phase >= 2400)
			wave = -wave;
		wave = (fs1_s32)FS1_CHART_GREY + wave * strength / 1024 * 3;
		pen->rgb[x] = FS1_PIXEL((fs1_u32)wave);
	}
}

/* How much of a pixel lies within 400 of a slanted axis, Q8. */
static fs1_u32 fs1_chart_cover(fs1_s32 distance, fs1_u32 binning)
{
	fs1_s32 inside;

	if (distance < 0)
		distance = -distance;
	inside = (400 * 12 - distance) * 256 / (fs1_s32)(12 * binning) + 128;
	if (inside < 0)
		return 0;
	return inside > 256 ? 256 : (fs1_u32)inside;
}

/* A dark square on white, slanted by 1 in 12, around (900, 2100). */
static void fs1_chart_draw_square(const struct fs1_chart_pen *pen)
{
	fs1_s32 dy = (fs1_s32)pen->y - 2100;
	fs1_u32 x;

	if (dy < -500 || dy >= 500)
		return;
	for (x = 400 / pen->binning; x < 1400 / pen->binning; x++) {
		fs1_s32 dx = (fs1_s32)(x * pen->binning + pen->binning / 2) - 900;
		fs1_u32 cover = fs1_chart_cover(dx * 12 + dy, pen->binning) *
				fs1_chart_cover(dy * 12 - dx, pen->binning);

		pen->rgb[x] = FS1_PIXEL(13000u - ((cover >> 8) * 12200u >> 8));
	}
}

/* Sixteen grey steps and a continuous ramp, even in the sRGB curve. */
static void fs1_chart_draw_greys(const struct fs1_chart_pen *pen)
{
	fs1_u32 step, x;

	if (pen->y >= 1700 && pen->y < 2100) {
		for (step = 0; step < 16; step++)
			fs1_chart_fill(pen, 1600 + step * 140,
				       1740 + step * 140,
				       FS1_PIXEL(fs1_linear[step * 17]));
	} else if (pen->y >= 2160 && pen->y < 2560) {
		for (x = 1600 / pen->binning; x < 3840 / pen->binning; x++)
			pen->rgb[x] = FS1_PIXEL(fs1_linear[(x * pen->binning - 1600) *
							   256 / 2240]);
	}
}

void fs1_chart_line(const struct fs1_mode *mode, fs1_u32 y, fs1_u64 *rgb)
{
	const struct fs1_chart_pen pen = {
		.binning = mode->binning,
		.y = y * mode->binning + mode->binning / 2u,
		.rgb = rgb,
	};

	fs1_chart_fill(&pen, 0, FS1_ARRAY_WIDTH, FS1_PIXEL(FS1_CHART_GREY));
	fs1_chart_draw_patches(&pen);
	fs1_chart_draw_zones(&pen);
	fs1_chart_draw_square(&pen);
	fs1_chart_draw_greys(&pen);
}

/*
 * The target is 320 array pixels wide, moves by 16 a frame along the bottom of
 * the chart, and turns at its ends.
 */
struct fs1_target fs1_chart_target(const struct fs1_mode *mode, fs1_u64 frame_id)
{
	const fs1_u32 turn = (FS1_ARRAY_WIDTH - 320) / 16;
	fs1_u32 place = (fs1_u32)frame_id % (2 * turn);

	if (place > turn)
		place = 2 * turn - place;
	return (struct fs1_target){
		.left = place * 16 / mode->binning,
		.top = 2640u / mode->binning,
		.size = 320u / mode->binning,
	};
}

fs1_u16 fs1_chart_target_light(const struct fs1_target *target, fs1_u32 x,
			       fs1_u32 y, fs1_u32 filter)
{
	/* White, red / blue, black, as red, green and blue sites see them. */
	static const fs1_u16 quadrants[4][3] = {
		{ 14745, 14745, 14745 }, { 9862, 1669, 956 },
		{ 906, 1959, 8328 }, { 300, 300, 300 },
	};
	fs1_u32 right = x >= target->size / 2;
	fs1_u32 lower = y >= target->size / 2;

	return quadrants[2 * lower + right][filter];
}
