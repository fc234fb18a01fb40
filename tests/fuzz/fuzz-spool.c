// SPDX-License-Identifier: Apache-2.0
/*
 * Segments of the agent's spool: whatever lies on the disk, a scan ends, moves
 * forward, never reads outside, and a record it hands out is consistent.
 */
#include <stdlib.h>
#include <string.h>

#include "fovea-agent/crc32c.h"
#include "fovea-agent/segment.h"
#include "fuzz.h"

#define ID 0x0000000100000000u

/* Two records; made at the start, because they hold checksums. */
static uint8_t seed[SEGMENT_HEADER_SIZE + 2 * 512 + 128];

const struct fuzz_seed fuzz_seeds[] = {
	{ seed, sizeof(seed) },
	{ seed, SEGMENT_HEADER_SIZE + 512 + 300 },
	{ 0 },
};

static void put_record(uint8_t *at, uint64_t seq)
{
	struct spool_record record = {
		.seq = seq,
		.segment = ID,
		.record_id = seq,
		.camera = "main",
		.outlet = "all",
		.rule = "each",
		.parts = 1,
		.destinations = 1,
		.part[0] = { .kind = 1, .width = 8, .height = 8, .size = 200 },
		.destination[0] = "cloud",
	};

	record_layout(&record);
	memset(at + record.header_size, (int)seq, 200);
	record.payload_crc = crc32c(0, at + record.header_size,
				    record.payload_size);
	record_encode(&record, at);
}

__attribute__((constructor)) static void make_seed(void)
{
	segment_encode_header(ID, 0, seed);
	put_record(seed + SEGMENT_HEADER_SIZE, 1);
	put_record(seed + SEGMENT_HEADER_SIZE + 512, 2);
}

static void require(int condition)
{
	if (!condition)
		abort();
}

struct memory {
	const uint8_t *data;
	size_t size;
};

static ssize_t read_memory(void *context, void *data, size_t size,
			   uint64_t offset)
{
	const struct memory *memory = context;

	if (offset >= memory->size)
		return 0;
	if (size > memory->size - offset)
		size = memory->size - offset;
	memcpy(data, memory->data + offset, size);
	return (ssize_t)size;
}

static void use(const struct spool_record *record, size_t size)
{
	uint64_t end = record->offset + record_size(record);

	require(end <= size && end % SEGMENT_ALIGN == 0);
	require(record->parts <= RECORD_PARTS_MAX);
	require(record->destinations <= RECORD_DESTINATIONS_MAX);
	require(strlen(record->camera) < RECORD_NAME_MAX);
	require(strlen(record->outlet) < RECORD_NAME_MAX);
	require(strlen(record->rule) < RECORD_NAME_MAX);
	for (uint32_t i = 0; i < record->parts; i++)
		require(record->part[i].offset + record->part[i].size <=
			record->payload_size);
	for (uint32_t i = 0; i < record->destinations; i++)
		require(strlen(record->destination[i]) < RECORD_NAME_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory memory = { data, size };
	struct segment_scan scan = {
		.source = { read_memory, &memory, size },
		.id = ID,
		.position = SEGMENT_HEADER_SIZE,
	};
	uint64_t start, end, last = SEGMENT_HEADER_SIZE;
	struct spool_record record;
	int found;

	if (size >= SEGMENT_HEADER_SIZE)
		(void)segment_check_header(data, ID);
	(void)record_decode(data, size, ID, &record);
	while ((found = segment_scan_next(&scan, &record, &start, &end)) > 0) {
		require(start == last && end > start && end <= size);
		last = end;
		if (found == SEGMENT_RECORD || found == SEGMENT_DAMAGED)
			use(&record, size);
	}
	require(found == SEGMENT_END);
	return 0;
}
