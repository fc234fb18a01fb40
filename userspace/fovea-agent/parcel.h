/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The crops of one record on their way to one destination: each is a request of its
 * own, the record's delivery ends with the last of them, and fovead gets one answer
 * that has all of theirs.
 *
 * Where a model has read a crop, its reading is compared with the sensor's, which
 * stands in the crop list.
 */
#ifndef FOVEA_AGENT_PARCEL_H
#define FOVEA_AGENT_PARCEL_H

#include <jansson.h>
#include <stdbool.h>

#include "connector.h"

/**
 * struct parcel - what is known of the crops so far; all zero: nothing
 * @list: what the sensor says of them; NULL: not known
 * @crops: what was answered: [ { "number", "sensor", "reading", "agrees",
 *	"answer" } ]; what isn't known is left out
 * @compared: readings that were
 * @disagreed: those that differ
 * @fresh: crops that the destination did not have before
 */
struct parcel {
	json_t *list;
	json_t *crops;
	uint32_t compared;
	uint32_t disagreed;
	uint32_t fresh;
};

/**
 * enum parcel_reading - what came of a comparison
 * @PARCEL_NOT_COMPARED: one of the readings isn't there, or nobody asked for it
 * @PARCEL_AGREES: they are the same
 * @PARCEL_DISAGREES: they are not
 */
enum parcel_reading {
	PARCEL_NOT_COMPARED,
	PARCEL_AGREES,
	PARCEL_DISAGREES,
};

/**
 * parcel_open() - begin
 * @parcel: all zero
 * @record: with a crop list, or the readings can't be compared
 * @fd: of its segment
 *
 * Return: 0 or -ENOMEM; a list that is damaged is none.
 */
int parcel_open(struct parcel *parcel, const struct spool_record *record,
		int fd);

/**
 * parcel_add() - a crop was delivered
 * @parcel: open
 * @shipment: the crop
 * @answer: a JSON object, or NULL
 * @duplicate: the destination had it before
 * @ret_reading: what a comparison says; a crop that comes again isn't compared again
 *
 * Return: what was noted of the crop, owned by the parcel; NULL: no memory.
 */
const json_t *parcel_add(struct parcel *parcel,
			 const struct shipment *shipment, const char *answer,
			 bool duplicate, enum parcel_reading *ret_reading);

/**
 * parcel_text() - the answer for fovead
 * @parcel: open
 *
 * { "crops": [...], "compared", "agrees" }; the latter when something was compared.
 * Where that is too long for fovead, without the destination's answers.
 *
 * Return: freed by the caller; NULL: no memory.
 */
char *parcel_text(const struct parcel *parcel);

/** parcel_clear() - forget all; it is all zero then */
void parcel_clear(struct parcel *parcel);

#endif /* FOVEA_AGENT_PARCEL_H */
