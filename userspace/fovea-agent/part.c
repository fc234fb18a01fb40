// SPDX-License-Identifier: Apache-2.0
/*
 * Reading parts, in pieces where nobody wants the bytes themselves.
 */
#include "part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libfovea/cleanup.h"

#define READ_CHUNK	(256u << 10)

/* Where the part starts in its segment. */
static uint64_t place(const struct spool_record *record,
		      const struct spool_part *part)
{
	return record->offset + record->header_size + part->offset;
}

static int read_all(int fd, uint8_t *to, uint64_t size, uint64_t at)
{
	while (size) {
		ssize_t n = pread(fd, to, (size_t)size, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EBADMSG;
		to += n;
		at += (uint64_t)n;
		size -= (uint64_t)n;
	}
	return 0;
}

int part_verify(int fd, const struct spool_record *record,
		const struct spool_part *part, uint8_t *ret_md5)
{
	_cleanup_(digest_freep) struct digest *digest = NULL;
	_cleanup_free_ uint8_t *chunk = malloc(READ_CHUNK);
	uint64_t at = place(record, part), left = part->size;
	uint8_t sha256[SHA256_SIZE];
	int r;

	if (!chunk)
		return -ENOMEM;
	r = digest_new(/* md5= */ 1, &digest);
	while (r == 0 && left) {
		uint64_t size = left < READ_CHUNK ? left : READ_CHUNK;

		r = read_all(fd, chunk, size, at);
		if (r == 0)
			r = digest_update(digest, chunk, (size_t)size);
		at += size;
		left -= size;
	}
	if (r == 0)
		r = digest_final(digest, sha256, ret_md5);
	if (r < 0)
		return r;
	return memcmp(sha256, part->sha256, SHA256_SIZE) == 0 ? 0 : -EBADMSG;
}

int part_read(int fd, const struct spool_record *record,
	      const struct spool_part *part, uint8_t **ret_bytes)
{
	_cleanup_(digest_freep) struct digest *digest = NULL;
	_cleanup_free_ uint8_t *bytes = malloc(part->size ? part->size : 1);
	uint8_t sha256[SHA256_SIZE];
	int r;

	if (!bytes)
		return -ENOMEM;
	r = read_all(fd, bytes, part->size, place(record, part));
	if (r == 0)
		r = digest_new(/* md5= */ 0, &digest);
	if (r == 0)
		r = digest_update(digest, bytes, (size_t)part->size);
	if (r == 0)
		r = digest_final(digest, sha256, NULL);
	if (r == 0 && memcmp(sha256, part->sha256, SHA256_SIZE) != 0)
		r = -EBADMSG;
	if (r == 0)
		*ret_bytes = fovea_take_pointer(bytes);
	return r;
}
