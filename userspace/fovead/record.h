/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A routed frame on its way to subscribers: the message and its sealed memfds,
 * shared by all queues it stands in.
 */
#ifndef FOVEAD_RECORD_H
#define FOVEAD_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "libfovea/foveatap-protocol.h"

#define RECORD_SHA256_SIZE 32u

/**
 * struct record - one routed frame
 * @references: how many hold it
 * @wire: the message as it is sent
 * @fds: memfd of each part
 * @sha256: of each part
 * @bytes: of all parts together
 */
struct record {
	unsigned int references;
	struct foveatap_record wire;
	int fds[FOVEATAP_PARTS_MAX];
	uint8_t sha256[FOVEATAP_PARTS_MAX][RECORD_SHA256_SIZE];
	uint64_t bytes;
};

/**
 * record_new() - without parts
 * @ret_record: with one reference, the caller's
 *
 * Return: 0 or -ENOMEM.
 */
int record_new(struct record **ret_record);

/**
 * record_add_part() - copy bytes into a sealed memfd of the record
 * @record: with fewer than FOVEATAP_PARTS_MAX parts
 * @kind: enum foveatap_part_kind
 * @width: pixels; 0: no picture
 * @height: lines
 * @number: of a crop; else 0
 * @data: the bytes
 * @size: how many, at most FOVEATAP_PART_MAX
 *
 * Return: 0, -E2BIG, -EFBIG, or what fovea_memfd_new() returned.
 */
int record_add_part(struct record *record, uint32_t kind, uint32_t width,
		    uint32_t height, uint32_t number, const void *data,
		    size_t size);

/** record_ref() - one more holder; returns @record */
struct record *record_ref(struct record *record);

/** record_unref() - the last one closes and frees; NULL is fine; returns NULL */
struct record *record_unref(struct record *record);

#endif /* FOVEAD_RECORD_H */
