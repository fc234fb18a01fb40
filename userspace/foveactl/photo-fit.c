// SPDX-License-Identifier: Apache-2.0
/*
 * Pictures become as large as an input: first along lines, then from line to line.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foveactl/photo.h"
#include "libfovea/cleanup.h"

/* Part of a picture that becomes a rectangle of the input. */
struct fit {
	double from_left, from_top, from_width, from_height;
	uint32_t left, top, width, height;
};

/* Whole pixels as large as a pixel of the result, or the two beside its middle. */
struct tap {
	uint32_t first;
	uint32_t count;
	float *weight;
};

static void fit_init(struct fit *fit, const struct photo *photo, uint8_t how,
		     uint32_t width, uint32_t height)
{
	double wide = (double)photo->width * height, high = (double)photo->height * width;

	*fit = (struct fit){ 0, 0, photo->width, photo->height, 0, 0, width, height };
	if (how == FS1_FIT_LETTERBOX && wide > high)
		fit->height = (uint32_t)fmax(1, rint(high / photo->width));
	else if (how == FS1_FIT_LETTERBOX)
		fit->width = (uint32_t)fmax(1, rint(wide / photo->height));
	else if (how == FS1_FIT_CROP && wide > high)
		fit->from_width = high / height;
	else if (how == FS1_FIT_CROP)
		fit->from_height = wide / width;
	fit->left = (width - fit->width) / 2;
	fit->top = (height - fit->height) / 2;
	fit->from_left = (photo->width - fit->from_width) / 2;
	fit->from_top = (photo->height - fit->from_height) / 2;
}

/* How much of pixel @at lies in @low to @high. */
static double covered(double at, double low, double high)
{
	return fmax(0, fmin(at + 1, high) - fmax(at, low));
}

static void tap_smaller(struct tap *tap, double low, double high, uint32_t limit)
{
	uint32_t last = (uint32_t)fmin(ceil(high), limit);

	tap->first = (uint32_t)fmax(0, fmin(floor(low), limit - 1));
	tap->count = last > tap->first ? last - tap->first : 1;
	for (uint32_t i = 0; i < tap->count; i++)
		tap->weight[i] = (float)(covered(tap->first + i, low, high) /
					 (high - low));
}

static void tap_larger(struct tap *tap, double middle, uint32_t limit)
{
	double at = fmax(0, fmin(middle - 0.5, limit - 1));

	tap->first = (uint32_t)at;
	tap->count = tap->first + 1 < limit ? 2 : 1;
	tap->weight[1] = (float)(at - tap->first);
	tap->weight[0] = 1 - tap->weight[1];
}

/* For each of @count pixels, those of @start to @start + @length that it is made of. */
static struct tap *taps_new(double start, double length, uint32_t limit,
			    uint32_t count)
{
	double step = length / count;
	size_t each = (size_t)ceil(step) + 2;
	struct tap *taps = malloc(count * (sizeof(*taps) + each * sizeof(float)));
	float *weights;

	if (!taps)
		return NULL;
	weights = (float *)(taps + count);
	for (uint32_t i = 0; i < count; i++) {
		double low = start + i * step;

		taps[i].weight = weights + i * each;
		if (step > 1)
			tap_smaller(&taps[i], low, low + step, limit);
		else
			tap_larger(&taps[i], low + step / 2, limit);
	}
	return taps;
}

/* One line of the photo, as wide as the result. */
static void fit_line(const struct photo *photo, uint32_t line, const struct tap *taps,
		     uint32_t width, float *to)
{
	const uint8_t *from = photo->samples +
			      (size_t)line * photo->width * photo->channels;

	for (uint32_t x = 0; x < width; x++)
		for (uint32_t c = 0; c < photo->channels; c++) {
			float sum = 0;

			for (uint32_t i = 0; i < taps[x].count; i++)
				sum += taps[x].weight[i] *
				       from[(taps[x].first + i) * photo->channels + c];
			*to++ = sum;
		}
}

static uint8_t luma(const uint8_t *rgb)
{
	return (uint8_t)((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 32768u)
			 >> 16);
}

/* A pixel in the input's order. */
static void put_pixel(const uint8_t *from, uint32_t channels, uint8_t order, uint8_t *to)
{
	if (order == FS1_ORDER_GREY) {
		to[0] = channels == 1 ? from[0] : luma(from);
		return;
	}
	for (uint32_t i = 0; i < 3; i++) {
		uint32_t colour = order == FS1_ORDER_BGR ? 2 - i : i;

		to[i] = from[channels == 1 ? 0 : colour];
	}
}

static void fill_all(const struct fs1_package_input *input, size_t pixels, uint8_t *to)
{
	uint32_t channels = input->order == FS1_ORDER_GREY ? 1 : 3;

	for (size_t i = 0; i < pixels; i++, to += channels) {
		if (channels == 1)
			to[0] = input->fill[0];
		else
			put_pixel(input->fill, 3, input->order, to);
	}
}

/* Lines that are needed together stay in @lines, each at its number modulo @depth. */
struct resize {
	const struct photo *photo;
	const struct tap *across;
	float *lines;
	uint32_t depth;
	uint32_t width;
	uint32_t done;		/* lines of the photo so far */
};

static void resize_line(struct resize *resize, const struct tap *tap, uint8_t *to)
{
	size_t samples = (size_t)resize->width * resize->photo->channels;

	if (resize->done < tap->first)
		resize->done = tap->first;
	for (; resize->done < tap->first + tap->count; resize->done++)
		fit_line(resize->photo, resize->done, resize->across, resize->width,
			 resize->lines + resize->done % resize->depth * samples);
	for (size_t i = 0; i < samples; i++) {
		float sum = 0;

		for (uint32_t j = 0; j < tap->count; j++)
			sum += tap->weight[j] *
			       resize->lines[(tap->first + j) % resize->depth * samples +
					     i];
		to[i] = (uint8_t)lrintf(fminf(255, fmaxf(0, sum)));
	}
}

static int fit_resized(const struct photo *photo, const struct fit *fit, uint8_t order,
		       uint32_t width, uint8_t *ret_samples)
{
	_cleanup_free_ struct tap *across = taps_new(fit->from_left, fit->from_width,
						     photo->width, fit->width);
	_cleanup_free_ struct tap *down = taps_new(fit->from_top, fit->from_height,
						   photo->height, fit->height);
	uint32_t channels = order == FS1_ORDER_GREY ? 1 : 3;
	size_t samples = (size_t)fit->width * photo->channels;
	uint32_t depth = (uint32_t)ceil(fit->from_height / fit->height) + 2;
	_cleanup_free_ float *lines = calloc(samples * depth, sizeof(*lines));
	_cleanup_free_ uint8_t *line = malloc(samples);
	struct resize resize = { photo, across, lines, depth, fit->width, 0 };

	if (!across || !down || !lines || !line)
		return -ENOMEM;
	for (uint32_t y = 0; y < fit->height; y++) {
		uint8_t *to = ret_samples +
			      ((size_t)(fit->top + y) * width + fit->left) * channels;

		resize_line(&resize, &down[y], line);
		for (uint32_t x = 0; x < fit->width; x++)
			put_pixel(line + (size_t)x * photo->channels, photo->channels,
				  order, to + (size_t)x * channels);
	}
	return 0;
}

int photo_fit(const struct photo *photo, const struct fs1_package_input *input,
	      uint32_t width, uint32_t height, uint8_t *ret_samples,
	      struct photo_place *ret_place)
{
	struct fit fit;

	fit_init(&fit, photo, input->fit, width, height);
	if (ret_place) {
		ret_place->scale_x = fit.from_width / fit.width;
		ret_place->scale_y = fit.from_height / fit.height;
		ret_place->left = fit.left - fit.from_left / ret_place->scale_x;
		ret_place->top = fit.top - fit.from_top / ret_place->scale_y;
	}
	if (fit.width < width || fit.height < height)
		fill_all(input, (size_t)width * height, ret_samples);
	return fit_resized(photo, &fit, input->order, width, ret_samples);
}
