/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name of a part in an object store.
 *
 * It follows from the frame and its bytes alone, never from when or how often
 * it is uploaded: the second upload of a part meets the first one's name, and
 * what has that name already has those bytes.
 *
 *   SITE/CAMERA/YYYY/MM/DD/HH/FRAME-PART-HASH.EXT
 *
 * with the hour of capture in UTC, the frame id as 16 hexadecimal digits, and
 * the first 16 digits of the part's SHA-256. What a network has found has the id
 * of the frame that it was computed from; crops of one frame differ in the hash.
 */
#ifndef FOVEA_AGENT_OBJECT_NAME_H
#define FOVEA_AGENT_OBJECT_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "segment.h"

#define OBJECT_NAME_SIZE 256u	/* bytes with the NUL */

/** part_kind_name() - "jpeg", "luma", "crop", ..., or NULL */
const char *part_kind_name(uint32_t kind);

/** part_kind_type() - its media type */
const char *part_kind_type(uint32_t kind);

/** record_find_part() - the first part of this kind, or NULL */
const struct spool_part *record_find_part(const struct spool_record *record,
					  uint32_t kind);

/** record_next_part() - the next part of this kind behind @before, or NULL */
const struct spool_part *record_next_part(const struct spool_record *record,
					  uint32_t kind,
					  const struct spool_part *before);

/** part_kind_is_crop() - may a record have several of it? */
bool part_kind_is_crop(uint32_t kind);

/**
 * object_name() - the name of one part
 * @site: of [agent]; 1 to 63 of a-z 0-9 - . _
 * @record: the record
 * @part: one of its parts, of a known kind
 * @ret_name: OBJECT_NAME_SIZE bytes; safe in a URL as it stands
 *
 * Return: 0 or -EINVAL.
 */
int object_name(const char *site, const struct spool_record *record,
		const struct spool_part *part, char *ret_name);

#endif /* FOVEA_AGENT_OBJECT_NAME_H */
