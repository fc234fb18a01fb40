// SPDX-License-Identifier: Apache-2.0
/*
 * Answers to crops, one beside the other.
 */
#include "parcel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libfovea/cleanup.h"
#include "libfovea/foveatap-protocol.h"
#include "object-name.h"
#include "part.h"

int parcel_open(struct parcel *parcel, const struct spool_record *record,
		int fd)
{
	const struct spool_part *part;
	_cleanup_free_ uint8_t *text = NULL;
	json_t *root, *list;
	int r;

	parcel->crops = json_array();
	if (!parcel->crops)
		return -ENOMEM;
	part = record_find_part(record, FOVEATAP_PART_CROP_LIST);
	if (!part || part->size > FOVEATAP_JSON_MAX)
		return 0;
	r = part_read(fd, record, part, &text);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	root = json_loadb((const char *)text, (size_t)part->size,
			  JSON_REJECT_DUPLICATES, NULL);
	list = json_object_get(root, "crops");
	if (json_is_array(list))
		parcel->list = json_incref(list);
	json_decref(root);
	return 0;
}

void parcel_clear(struct parcel *parcel)
{
	json_decref(parcel->list);
	json_decref(parcel->crops);
	*parcel = (struct parcel){ 0 };
}

/* The one with this "number", or NULL. */
static json_t *find(const json_t *array, uint32_t number)
{
	json_t *item;
	size_t i;

	json_array_foreach(array, i, item) {
		const json_t *its = json_object_get(item, "number");

		if (json_is_integer(its) && json_integer_value(its) == number)
			return item;
	}
	return NULL;
}

/* The only element of an output of that name, when it is text. */
static const char *output_text(const json_t *answer, const char *name)
{
	const json_t *output, *data;
	const char *its;
	size_t i;

	json_array_foreach(json_object_get(answer, "outputs"), i, output) {
		its = json_string_value(json_object_get(output, "name"));
		data = json_object_get(output, "data");
		if (its && strcmp(its, name) == 0)
			return json_array_size(data) == 1 ?
			       json_string_value(json_array_get(data, 0)) :
			       NULL;
	}
	return NULL;
}

static enum parcel_reading compare(struct parcel *parcel, json_t *crop,
				   const char *cloud, const char *sensor)
{
	bool agrees;

	if (!cloud || !sensor)
		return PARCEL_NOT_COMPARED;
	agrees = strcmp(cloud, sensor) == 0;
	parcel->compared++;
	parcel->disagreed += !agrees;
	(void)json_object_set_new(crop, "agrees", json_boolean(agrees));
	return agrees ? PARCEL_AGREES : PARCEL_DISAGREES;
}

const json_t *parcel_add(struct parcel *parcel,
			 const struct shipment *shipment, const char *text,
			 bool duplicate, enum parcel_reading *ret_reading)
{
	uint32_t number = shipment->part->number;
	const char *cloud = NULL, *sensor;
	json_t *crop, *answer, *known;

	*ret_reading = PARCEL_NOT_COMPARED;
	crop = find(parcel->crops, number);
	if (crop)
		return crop;
	crop = json_pack("{s:I}", "number", (json_int_t)number);
	if (!crop || json_array_append_new(parcel->crops, crop) < 0)
		return NULL;
	parcel->fresh += !duplicate;
	known = find(parcel->list, number);
	if (known)
		(void)json_object_set(crop, "sensor", known);
	answer = text ? json_loads(text, 0, NULL) : NULL;
	if (answer && shipment->config->reading)
		cloud = output_text(answer, shipment->config->reading);
	if (cloud)
		(void)json_object_set_new(crop, "reading", json_string(cloud));
	sensor = json_string_value(json_object_get(known, "reading"));
	*ret_reading = compare(parcel, crop, cloud, sensor);
	if (answer)
		(void)json_object_set_new(crop, "answer", answer);
	return crop;
}

char *parcel_text(const struct parcel *parcel)
{
	json_t *root, *crop;
	char *text;
	size_t i;

	root = json_pack("{s:O, s:I}", "crops", parcel->crops, "compared",
			 (json_int_t)parcel->compared);
	if (!root)
		return NULL;
	if (parcel->compared)
		(void)json_object_set_new(root, "agrees",
					  json_boolean(!parcel->disagreed));
	text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));
	if (text && strlen(text) > FOVEATAP_JSON_MAX) {
		free(text);
		json_array_foreach(parcel->crops, i, crop)
			(void)json_object_del(crop, "answer");
		text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9));
	}
	json_decref(root);
	return text;
}
