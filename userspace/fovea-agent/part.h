/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of parts in the spool, believed only when their hash is right: the disk
 * may have changed its mind.
 */
#ifndef FOVEA_AGENT_PART_H
#define FOVEA_AGENT_PART_H

#include <stdint.h>

#include "segment.h"

/**
 * part_verify() - are the bytes what came in?
 * @fd: of its segment
 * @record: that it is of
 * @part: the part
 * @ret_md5: MD5_SIZE bytes: of its bytes
 *
 * Return: 0; -EBADMSG when they are damaged; or another negative errno.
 */
int part_verify(int fd, const struct spool_record *record,
		const struct spool_part *part, uint8_t *ret_md5);

/**
 * part_read() - the bytes of a part
 * @fd: of its segment
 * @record: that it is of
 * @part: of any size below the record's
 * @ret_bytes: freed by the caller
 *
 * Return: 0; -EBADMSG when they are damaged; or another negative errno.
 */
int part_read(int fd, const struct spool_record *record,
	      const struct spool_part *part, uint8_t **ret_bytes);

#endif /* FOVEA_AGENT_PART_H */
