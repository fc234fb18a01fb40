// SPDX-License-Identifier: Apache-2.0
/*
 * Reference-counted records.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "fovead/record.h"
#include "libfovea/cleanup.h"
#include "libfovea/memfd.h"

int record_new(struct record **ret_record)
{
	struct record *record = calloc(1, sizeof(*record));

	if (!record)
		return -ENOMEM;
	record->references = 1;
	record->wire.header.type = FOVEATAP_RECORD;
	*ret_record = record;
	return 0;
}

int record_add_part(struct record *record, uint32_t kind, uint32_t width,
		    uint32_t height, uint32_t number, const void *data,
		    size_t size)
{
	uint32_t index = record->wire.parts;
	int fd;

	if (index == FOVEATAP_PARTS_MAX)
		return -E2BIG;
	if (size > FOVEATAP_PART_MAX)
		return -EFBIG;
	if (!EVP_Digest(data, size, record->sha256[index], NULL, EVP_sha256(),
			NULL))
		return -ENOMEM;
	fd = fovea_memfd_new("fovea-part", data, size);
	if (fd < 0)
		return fd;
	record->fds[index] = fd;
	record->wire.part[index] = (struct foveatap_part){
		.kind = kind,
		.width = width,
		.height = height,
		.number = number,
		.size = size,
	};
	record->wire.parts++;
	record->bytes += size;
	return 0;
}

struct record *record_ref(struct record *record)
{
	record->references++;
	return record;
}

struct record *record_unref(struct record *record)
{
	if (!record || --record->references)
		return NULL;
	for (uint32_t i = 0; i < record->wire.parts; i++)
		fovea_close(record->fds[i]);
	free(record);
	return NULL;
}
