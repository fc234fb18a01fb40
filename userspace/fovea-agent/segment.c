// SPDX-License-Identifier: Apache-2.0
/*
 * Encoding, decoding and scanning of segment files. Nothing here opens a file;
 * the fuzzer feeds it from memory.
 */
#include "segment.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crc32c.h"

#define SEGMENT_MAGIC		"FVSPOOL\n"
#define RECORD_MAGIC		0x64527646u	/* "FvRd" */
#define RECORD_CRC_AT		36u
#define PAYLOAD_MAX		(1ull << 40)
#define SCAN_CHUNK		65536u

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static void put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

static uint64_t align_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

void segment_name(uint64_t id, char *ret_name)
{
	(void)snprintf(ret_name, SEGMENT_NAME_SIZE, "%016" PRIx64 ".seg", id);
}

bool segment_parse_name(const char *name, uint64_t *ret_id)
{
	char again[SEGMENT_NAME_SIZE];
	uint64_t id = 0;

	if (strlen(name) != SEGMENT_NAME_SIZE - 4)
		return false;
	for (int i = 0; i < 16; i++) {
		const char *digits = "0123456789abcdef";
		const char *at = strchr(digits, name[i]);

		if (!at)
			return false;
		id = id << 4 | (uint64_t)(at - digits);
	}
	segment_name(id, again);
	if (strcmp(again, name) != 0)
		return false;
	*ret_id = id;
	return true;
}

void segment_encode_header(uint64_t id, uint64_t created_ns, void *ret_data)
{
	uint8_t *data = ret_data;

	memset(data, 0, SEGMENT_HEADER_SIZE);
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): no string */
	memcpy(data, SEGMENT_MAGIC, 8);
	put32(data + 8, SEGMENT_VERSION);
	put32(data + 12, SEGMENT_HEADER_SIZE);
	put64(data + 16, id);
	put64(data + 24, created_ns);
	put32(data + 60, crc32c(0, data, 60));
}

int segment_check_header(const void *data, uint64_t id)
{
	const uint8_t *at = data;

	if (memcmp(at, SEGMENT_MAGIC, 8) != 0 ||
	    get32(at + 60) != crc32c(0, at, 60))
		return -EBADMSG;
	if (get32(at + 8) == 0 || get32(at + 8) > SEGMENT_VERSION)
		return -EPROTONOSUPPORT;
	if (get64(at + 16) != id)
		return -EBADMSG;
	return 0;
}

void record_layout(struct spool_record *record)
{
	uint64_t at = 0;

	record->header_size = (uint32_t)(RECORD_FIXED_SIZE +
					 record->parts * RECORD_PART_SIZE +
					 record->destinations * RECORD_NAME_MAX);
	for (uint32_t i = 0; i < record->parts; i++) {
		record->part[i].offset = at;
		at = align_up(at + record->part[i].size, 8);
	}
	record->payload_size = align_up(record->header_size + at,
					SEGMENT_ALIGN) - record->header_size;
}

void record_encode(const struct spool_record *record, void *ret_data)
{
	uint8_t *data = ret_data, *at = data + RECORD_FIXED_SIZE;

	memset(data, 0, record->header_size);
	put32(data, RECORD_MAGIC);
	put32(data + 4, record->header_size);
	put64(data + 8, record->segment);
	put64(data + 16, record->seq);
	put64(data + 24, record->payload_size);
	put32(data + 32, record->payload_crc);
	put64(data + 40, record->instance);
	put64(data + 48, record->record_id);
	put64(data + 56, record->frame_id);
	put64(data + 64, record->timestamp);
	put64(data + 72, record->realtime);
	put64(data + 80, record->accepted);
	memcpy(data + 88, record->camera, RECORD_NAME_MAX);
	memcpy(data + 120, record->outlet, RECORD_NAME_MAX);
	memcpy(data + 152, record->rule, RECORD_NAME_MAX);
	put32(data + 184, record->parts);
	put32(data + 188, record->destinations);
	for (uint32_t i = 0; i < record->parts; i++) {
		const struct spool_part *part = &record->part[i];

		put32(at, part->kind);
		put32(at + 4, part->width);
		put32(at + 8, part->height);
		put32(at + 12, part->number);
		put64(at + 16, part->offset);
		put64(at + 24, part->size);
		memcpy(at + 32, part->sha256, SHA256_SIZE);
		at += RECORD_PART_SIZE;
	}
	for (uint32_t i = 0; i < record->destinations; i++) {
		memcpy(at, record->destination[i], RECORD_NAME_MAX);
		at += RECORD_NAME_MAX;
	}
	put32(data + RECORD_CRC_AT, crc32c(0, data, record->header_size));
}

static bool name_ok(const uint8_t *name)
{
	return memchr(name, '\0', RECORD_NAME_MAX) != NULL;
}

static int decode_parts(const uint8_t *at, struct spool_record *record)
{
	for (uint32_t i = 0; i < record->parts; i++) {
		struct spool_part *part = &record->part[i];

		part->kind = get32(at);
		part->width = get32(at + 4);
		part->height = get32(at + 8);
		part->number = get32(at + 12);
		part->offset = get64(at + 16);
		part->size = get64(at + 24);
		memcpy(part->sha256, at + 32, SHA256_SIZE);
		if (part->offset > record->payload_size ||
		    part->size > record->payload_size - part->offset)
			return -EBADMSG;
		at += RECORD_PART_SIZE;
	}
	for (uint32_t i = 0; i < record->destinations; i++) {
		if (!name_ok(at))
			return -EBADMSG;
		memcpy(record->destination[i], at, RECORD_NAME_MAX);
		at += RECORD_NAME_MAX;
	}
	return 0;
}

/* The checksum is taken with its own field as zero. */
static bool header_crc_ok(const uint8_t *data, uint32_t size)
{
	static const uint8_t zero[4];
	uint32_t crc = crc32c(0, data, RECORD_CRC_AT);

	crc = crc32c(crc, zero, sizeof(zero));
	crc = crc32c(crc, data + RECORD_CRC_AT + 4, size - RECORD_CRC_AT - 4);
	return crc == get32(data + RECORD_CRC_AT);
}

int record_decode(const void *data, size_t size, uint64_t segment,
		  struct spool_record *ret_record)
{
	struct spool_record record = { 0 };
	const uint8_t *at = data;

	if (size < RECORD_FIXED_SIZE || get32(at) != RECORD_MAGIC)
		return -EBADMSG;
	record.header_size = get32(at + 4);
	record.parts = get32(at + 184);
	record.destinations = get32(at + 188);
	if (record.parts > RECORD_PARTS_MAX ||
	    record.destinations > RECORD_DESTINATIONS_MAX ||
	    record.header_size != RECORD_FIXED_SIZE +
				  record.parts * RECORD_PART_SIZE +
				  record.destinations * RECORD_NAME_MAX ||
	    record.header_size > size || !header_crc_ok(at, record.header_size))
		return -EBADMSG;
	record.segment = get64(at + 8);
	record.seq = get64(at + 16);
	record.payload_size = get64(at + 24);
	record.payload_crc = get32(at + 32);
	record.instance = get64(at + 40);
	record.record_id = get64(at + 48);
	record.frame_id = get64(at + 56);
	record.timestamp = get64(at + 64);
	record.realtime = get64(at + 72);
	record.accepted = get64(at + 80);
	if (record.segment != segment || record.payload_size > PAYLOAD_MAX ||
	    record_size(&record) % SEGMENT_ALIGN ||
	    !name_ok(at + 88) || !name_ok(at + 120) || !name_ok(at + 152))
		return -EBADMSG;
	memcpy(record.camera, at + 88, RECORD_NAME_MAX);
	memcpy(record.outlet, at + 120, RECORD_NAME_MAX);
	memcpy(record.rule, at + 152, RECORD_NAME_MAX);
	if (decode_parts(at + RECORD_FIXED_SIZE, &record) < 0)
		return -EBADMSG;
	*ret_record = record;
	return 0;
}

/* A header at @at whose whole record lies inside the segment. */
static int read_header(const struct segment_scan *scan, uint64_t at,
		       struct spool_record *ret_record)
{
	uint8_t data[RECORD_HEADER_MAX];
	ssize_t n;

	n = scan->source.pread(scan->source.context, data, sizeof(data), at);
	if (n < 0)
		return (int)n;
	if (record_decode(data, (size_t)n, scan->id, ret_record) < 0 ||
	    record_size(ret_record) > scan->source.size - at)
		return -EBADMSG;
	ret_record->offset = at;
	return 0;
}

static int check_payload(const struct segment_scan *scan,
			 const struct spool_record *record)
{
	uint64_t at = record->offset + record->header_size;
	uint64_t left = record->payload_size;
	uint8_t chunk[SCAN_CHUNK];
	uint32_t crc = 0;

	while (left) {
		size_t want = left < sizeof(chunk) ? (size_t)left : sizeof(chunk);
		ssize_t n = scan->source.pread(scan->source.context, chunk,
					       want, at);

		if (n < 0)
			return (int)n;
		if ((size_t)n != want)
			return -EBADMSG;
		crc = crc32c(crc, chunk, want);
		at += want;
		left -= want;
	}
	return crc == record->payload_crc ? 0 : -EBADMSG;
}

static bool all_zero(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i])
			return false;
	return true;
}

/*
 * From @from on: the next record header, or the end. *@ret_zero says whether
 * everything before it is zero.
 */
static int find_header(const struct segment_scan *scan, uint64_t from,
		       uint64_t *ret_at, bool *ret_zero)
{
	uint8_t chunk[SCAN_CHUNK];
	struct spool_record record;
	bool zero = true;
	int r;

	for (uint64_t at = from; at < scan->source.size;) {
		ssize_t n = scan->source.pread(scan->source.context, chunk,
					       sizeof(chunk), at);

		if (n < 0)
			return (int)n;
		if (n == 0)
			break;
		for (size_t i = 0; i < (size_t)n; i += SEGMENT_ALIGN) {
			size_t some = (size_t)n - i;

			if (some > SEGMENT_ALIGN)
				some = SEGMENT_ALIGN;
			if (at + i > from && some >= 4 &&
			    get32(chunk + i) == RECORD_MAGIC) {
				r = read_header(scan, at + i, &record);
				if (r < 0 && r != -EBADMSG)
					return r;
				if (r == 0) {
					*ret_at = at + i;
					*ret_zero = zero;
					return 0;
				}
			}
			zero = zero && all_zero(chunk + i, some);
		}
		at += (uint64_t)n;
	}
	*ret_at = scan->source.size;
	*ret_zero = zero;
	return 0;
}

int segment_scan_next(struct segment_scan *scan,
		      struct spool_record *ret_record, uint64_t *ret_start,
		      uint64_t *ret_end)
{
	uint64_t next;
	bool zero;
	int r;

	*ret_start = scan->position;
	*ret_end = scan->position;
	if (scan->position >= scan->source.size)
		return SEGMENT_END;

	r = read_header(scan, scan->position, ret_record);
	if (r < 0 && r != -EBADMSG)
		return r;
	if (r == 0) {
		r = check_payload(scan, ret_record);
		if (r < 0 && r != -EBADMSG)
			return r;
		scan->position += record_size(ret_record);
		*ret_end = scan->position;
		return r == 0 ? SEGMENT_RECORD : SEGMENT_DAMAGED;
	}

	r = find_header(scan, scan->position, &next, &zero);
	if (r < 0)
		return r;
	if (next == scan->source.size && zero)
		return SEGMENT_END;
	scan->position = next;
	*ret_end = next;
	return next < scan->source.size ? SEGMENT_GARBAGE : SEGMENT_TAIL;
}
