// SPDX-License-Identifier: Apache-2.0
/*
 * The graph as a picture: operators in rows by how far they are from the input, lines
 * from each to those that read it.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "libfovea/cleanup.h"
#include "network.h"

#define SVG_WIDTH 220u		/* of a box */
#define SVG_HEIGHT 56u
#define SVG_ACROSS 250u		/* from box to box */
#define SVG_DOWN 92u
#define SVG_EDGE 20u

/**
 * struct svg - a drawing; box 0 is the input, box i + 1 is layer i
 * @report: what is drawn
 * @row: of each box
 * @column: likewise
 * @rows: how many
 * @columns: likewise
 * @used: boxes in each row so far
 */
struct svg {
	const struct fovea_network_report *report;
	uint32_t *row;
	uint32_t *column;
	uint32_t rows;
	uint32_t columns;
	uint32_t *used;
};

/* The box that computes input @i of @layer. */
static uint32_t svg_source(const struct fovea_network_layer *layer, uint32_t i)
{
	return layer->input[i] == UINT32_MAX ? 0 : layer->input[i] + 1;
}

/* Each box one row below the lowest that it reads. */
static void svg_place(struct svg *svg)
{
	svg->used[0] = 1;
	svg->rows = 1;
	svg->columns = 1;
	for (uint32_t i = 0; i < svg->report->layers; i++) {
		const struct fovea_network_layer *layer = &svg->report->layer[i];
		uint32_t row = 0;

		for (uint32_t j = 0; j < layer->inputs; j++) {
			uint32_t above = svg->row[svg_source(layer, j)];

			row = above + 1 > row ? above + 1 : row;
		}
		svg->row[i + 1] = row;
		svg->column[i + 1] = svg->used[row]++;
		svg->rows = row + 1 > svg->rows ? row + 1 : svg->rows;
		svg->columns = svg->used[row] > svg->columns ? svg->used[row] :
							       svg->columns;
	}
}

/* The left edge; rows stand in the middle. */
static uint32_t svg_left(const struct svg *svg, uint32_t box)
{
	uint32_t spare = (svg->columns - svg->used[svg->row[box]]) * SVG_ACROSS / 2;

	return SVG_EDGE + spare + svg->column[box] * SVG_ACROSS;
}

static uint32_t svg_top(const struct svg *svg, uint32_t box)
{
	return SVG_EDGE + svg->row[box] * SVG_DOWN;
}

/* Names come from a file of somebody else. */
static void svg_text(FILE *file, const char *text, size_t most)
{
	for (size_t i = 0; i < most && text[i]; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '<')
			(void)fputs("&lt;", file);
		else if (c == '>')
			(void)fputs("&gt;", file);
		else if (c == '&')
			(void)fputs("&amp;", file);
		else if (c == '"')
			(void)fputs("&quot;", file);
		else
			(void)fputc(c < ' ' || c > '~' ? '?' : c, file);
	}
}

static void svg_line(FILE *file, uint32_t left, uint32_t top, uint32_t line,
		     const char *style, const char *text)
{
	(void)fprintf(file, "<text x=\"%u\" y=\"%u\"%s>", left + SVG_WIDTH / 2,
		      top + 17 + 15 * line, style);
	svg_text(file, text, 34);
	(void)fputs("</text>\n", file);
}

static void svg_box(const struct svg *svg, FILE *file, uint32_t box)
{
	const struct fovea_network_report *report = svg->report;
	uint32_t left = svg_left(svg, box), top = svg_top(svg, box);
	const struct fovea_network_layer *layer = box ? &report->layer[box - 1] : NULL;
	char text[128];
	int at = 0;

	(void)fprintf(file,
		      "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" rx=\"6\" fill=\"%s\" stroke=\"#456\"/>\n",
		      left, top, SVG_WIDTH, SVG_HEIGHT,
		      !layer || layer->output ? "#fec" : layer->macs ? "#def" : "#eee");
	svg_line(file, left, top, 0, " font-weight=\"bold\"",
		 layer ? layer->kind : "input");
	svg_line(file, left, top, 1, "", layer ? layer->name : report->input_name);
	if (!layer) {
		(void)snprintf(text, sizeof(text), "%ux%ux%u", report->height,
			       report->width, report->channels);
		svg_line(file, left, top, 2, " fill=\"#567\"", text);
		return;
	}
	for (uint32_t i = 0; i < layer->rank; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s%u",
			       i ? "x" : "", layer->dimensions[i]);
	if (isfinite(layer->sqnr))
		(void)snprintf(text + at, sizeof(text) - (size_t)at, ", %.1f dB",
			       layer->sqnr);
	svg_line(file, left, top, 2, " fill=\"#567\"", text);
}

/* A curve; those that pass other rows bend outwards. */
static void svg_edge(const struct svg *svg, FILE *file, uint32_t from, uint32_t to)
{
	uint32_t x = svg_left(svg, from) + SVG_WIDTH / 2;
	uint32_t y = svg_top(svg, from) + SVG_HEIGHT;
	uint32_t end_x = svg_left(svg, to) + SVG_WIDTH / 2, end_y = svg_top(svg, to);
	uint32_t bend = svg->row[to] > svg->row[from] + 1 ? SVG_WIDTH * 3 / 4 : 0;

	(void)fprintf(file,
		      "<path d=\"M%u %u C%u %u %u %u %u %u\" fill=\"none\" stroke=\"#789\" marker-end=\"url(#arrow)\"/>\n",
		      x, y, x + bend, y + 20, end_x + bend, end_y - 20, end_x, end_y);
}

static void svg_draw(const struct svg *svg, FILE *file)
{
	uint32_t width = 2 * SVG_EDGE + svg->columns * SVG_ACROSS + SVG_WIDTH / 2;
	uint32_t height = 2 * SVG_EDGE + svg->rows * SVG_DOWN;

	(void)fprintf(file,
		      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" font-family=\"sans-serif\" font-size=\"12\" text-anchor=\"middle\">\n",
		      width, height, width, height);
	(void)fputs("<title>", file);
	svg_text(file, svg->report->name, 128);
	(void)fputs("</title>\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#789\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
		    file);
	for (uint32_t i = 0; i < svg->report->layers; i++)
		for (uint32_t j = 0; j < svg->report->layer[i].inputs; j++)
			svg_edge(svg, file, svg_source(&svg->report->layer[i], j),
				 i + 1);
	for (uint32_t i = 0; i <= svg->report->layers; i++)
		svg_box(svg, file, i);
	(void)fputs("</svg>\n", file);
}

int fovea_network_report_picture(const struct fovea_network_report *report, FILE *file)
{
	size_t boxes = report->layers + 1;
	_cleanup_free_ uint32_t *row = calloc(boxes, sizeof(*row));
	_cleanup_free_ uint32_t *column = calloc(boxes, sizeof(*column));
	_cleanup_free_ uint32_t *used = calloc(boxes, sizeof(*used));
	struct svg svg = { .report = report, .row = row, .column = column, .used = used };

	if (!row || !column || !used)
		return -ENOMEM;
	svg_place(&svg);
	svg_draw(&svg, file);
	return ferror(file) ? -EIO : 0;
}
