// SPDX-License-Identifier: Apache-2.0
/*
 * Making parts. Everything is copied: the buffers go back to the driver.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fovead/parts.h"
#include "libfovea/cleanup.h"
#include "libfovea/crops.h"
#include "libfovea/tensor.h"

static int add_jpeg(struct fovea_encoder *encoder,
		    const struct parts_request *request,
		    const struct fovea_picture *picture, struct record *record)
{
	const uint8_t *data;
	size_t size;
	int r;

	r = fovea_encoder_jpeg(encoder, picture, request->quality, &data,
			       &size);
	if (r < 0)
		return r;
	return record_add_part(record, FOVEATAP_PART_JPEG,
			       picture->format->width, picture->format->height,
			       0, data, size);
}

static int add_luma(struct fovea_encoder *encoder,
		    const struct fovea_picture *picture, struct record *record)
{
	const struct fovea_image_format *format = picture->format;
	const uint8_t *data;
	int r;

	r = fovea_encoder_luma(encoder, picture, &data);
	if (r < 0)
		return r;
	return record_add_part(record, FOVEATAP_PART_LUMA, format->width,
			       format->height, 0, data,
			       (size_t)format->width * format->height);
}

int parts_of_frame(struct fovea_encoder *encoder,
		   const struct parts_request *request,
		   const struct camera_frame *frame, struct record *record)
{
	int r = 0;

	if (request->parts & OUTLET_PART_JPEG)
		r = add_jpeg(encoder, request, &frame->picture, record);
	if (r == 0 && request->parts & OUTLET_PART_LUMA)
		r = add_luma(encoder, &frame->picture, record);
	if (r == 0 && request->parts & OUTLET_PART_METADATA && frame->meta)
		r = record_add_part(record, FOVEATAP_PART_METADATA, 0, 0, 0,
				    frame->meta, frame->meta_size);
	return r;
}

/* Takes @json over. */
static int add_json(json_t *json, uint32_t kind, struct record *record)
{
	_cleanup_free_ char *text = json ? json_dumps(json, JSON_COMPACT) :
					   NULL;

	json_decref(json);
	if (!text)
		return -ENOMEM;
	return record_add_part(record, kind, 0, 0, 0, text, strlen(text));
}

static int add_tensors(const struct result *result,
		       const struct camera_frame *frame, struct record *record)
{
	struct fovea_tensors tensors;
	size_t size;
	int r;

	if (!frame->tensors.data)
		return 0;
	r = fovea_tensors_init(&tensors, frame->tensors.data,
			       frame->tensors.size, NULL);
	if (r < 0)
		return r;
	if (tensors.result.label == FOVEA_LABEL_NONE || tensors.truncated)
		return 0;
	if (tensors.result.source_frame_id != result->frame_id)
		return -EBADMSG;
	size = tensors.wanted < frame->tensors.size ? tensors.wanted :
						      frame->tensors.size;
	return record_add_part(record, FOVEATAP_PART_TENSORS, 0, 0, 0,
			       frame->tensors.data, size);
}

/* What can be read in a crop: of the detections whose middle it shows. */
static json_t *reading_json(const struct result *result,
			    const struct fovea_cut *cut)
{
	const struct result_box box = {
		cut->left, cut->top, cut->width, cut->height,
	};
	struct fovea_detection inside[FOVEA_DETECTIONS_MAX];
	char text[RESULT_READING_MAX];
	size_t count = 0;

	for (size_t i = 0; i < result->count; i++)
		if (result_inside(&result->detection[i], &box))
			inside[count++] = result->detection[i];
	result_reading(inside, count, FOVEA_READING_SCORE_MIN, 1, text);
	return json_string(text);
}

static json_t *crop_list_json(const struct result *result,
			      const struct fovea_crops *crops)
{
	json_t *array = json_array();

	for (size_t i = 0; i < crops->count; i++) {
		const struct fovea_cut *cut = &crops->cut[i];
		json_t *json;

		json = json_pack("{s:I, s:I, s:I, s:I, s:I, s:f, s:I, s:o}",
				 "number", (json_int_t)i,
				 "left", (json_int_t)cut->left,
				 "top", (json_int_t)cut->top,
				 "width", (json_int_t)cut->width,
				 "height", (json_int_t)cut->height,
				 "score", cut->score,
				 "detections", (json_int_t)cut->detections,
				 "reading", reading_json(result, cut));
		if (cut->class != FOVEA_CLASS_SEVERAL)
			(void)json_object_set_new(json, "class",
						  json_integer(cut->class));
		if (result_label(result, cut->class))
			(void)json_object_set_new(json, "name",
				json_string(result_label(result, cut->class)));
		(void)json_array_append_new(array, json);
	}
	return json_pack("{s:o, s:o}", "source_frame_id",
			 json_sprintf("%016" PRIx64, result->frame_id),
			 "crops", array);
}

static int add_crop(struct fovea_encoder *encoder,
		    const struct parts_request *request,
		    const struct fovea_cut *cut, uint32_t number,
		    struct record *record)
{
	const uint8_t *data;
	size_t size;
	int r = 0;

	if (request->parts & OUTLET_PART_CROPS) {
		r = fovea_encoder_rgb(encoder, cut->data, cut->width,
				      cut->height, cut->stride,
				      request->quality, &data, &size);
		if (r == 0)
			r = record_add_part(record, FOVEATAP_PART_CROP,
					    cut->width, cut->height, number,
					    data, size);
	}
	if (r == 0 && request->parts & OUTLET_PART_CROPS_LUMA) {
		r = fovea_encoder_rgb_luma(encoder, cut->data, cut->width,
					   cut->height, cut->stride, &data);
		if (r == 0)
			r = record_add_part(record, FOVEATAP_PART_CROP_LUMA,
					    cut->width, cut->height, number,
					    data,
					    (size_t)cut->width * cut->height);
	}
	return r;
}

static int add_crops(struct fovea_encoder *encoder,
		     const struct parts_request *request,
		     const struct result *result,
		     const struct camera_frame *frame, struct record *record,
		     size_t *ret_left_out)
{
	struct fovea_crops crops;
	int r;

	if (!frame->crops.data)
		return 0;
	r = fovea_crops_init(&crops, frame->crops.data, frame->crops.size,
			     NULL);
	if (r < 0)
		return r;
	if (crops.result.label == FOVEA_LABEL_NONE)
		return 0;
	if (crops.result.source_frame_id != result->frame_id)
		return -EBADMSG;
	if (crops.wanted > crops.count)
		*ret_left_out = crops.wanted - crops.count;
	if (crops.count == 0)
		return 0;
	r = add_json(crop_list_json(result, &crops), FOVEATAP_PART_CROP_LIST,
		     record);
	for (uint32_t i = 0; r == 0 && i < crops.count; i++)
		r = add_crop(encoder, request, &crops.cut[i], i, record);
	return r;
}

int parts_of_result(struct fovea_encoder *encoder,
		    const struct parts_request *request,
		    const struct result *result,
		    const struct camera_frame *frame, struct record *record,
		    size_t *ret_left_out)
{
	int r = 0;

	*ret_left_out = 0;
	if (request->parts & OUTLET_PART_DETECTIONS)
		r = add_json(result_json(result), FOVEATAP_PART_DETECTIONS,
			     record);
	if (r == 0 && request->parts & OUTLET_PART_TENSORS)
		r = add_tensors(result, frame, record);
	if (r == 0 && request->parts & (OUTLET_PART_CROPS |
					OUTLET_PART_CROPS_LUMA))
		r = add_crops(encoder, request, result, frame, record,
			      ret_left_out);
	return r;
}
