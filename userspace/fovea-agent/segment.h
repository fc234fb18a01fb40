/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The spool's segment files: how records lie in them, and how they are found
 * again when something went wrong.
 *
 * Invariants
 *  - A segment is a header of 64 bytes and then records, each starting at a
 *    multiple of 64, without gaps. Bytes behind the last record are zero.
 *  - A record is its header (with the table of parts and the names of the
 *    destinations) and then the parts' bytes. CRC32C stands over both.
 *  - Nothing in a record is ever changed after it was written; what happens to
 *    it later stands in the index.
 *  - A header names its segment, so that bytes of another, deleted segment
 *    that lie on the same blocks are never taken for a record.
 *  - Segment numbers and sequence numbers are 64 bits and never used twice:
 *    their upper half is the generation, which grows at every start.
 *
 * Everything is little-endian. Documentation/spool-format.rst has the tables.
 */
#ifndef FOVEA_AGENT_SEGMENT_H
#define FOVEA_AGENT_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include "digest.h"

#define SEGMENT_VERSION		2u	/* and 1, with 8 parts at most, is read, too */
#define SEGMENT_HEADER_SIZE	64u
#define SEGMENT_ALIGN		64u
#define SEGMENT_NAME_SIZE	24u	/* "0123456789abcdef.seg" and its NUL */

#define RECORD_NAME_MAX		32u	/* bytes of a name with its NUL */
#define RECORD_PARTS_MAX	40u
#define RECORD_DESTINATIONS_MAX	16u
#define RECORD_FIXED_SIZE	192u
#define RECORD_PART_SIZE	64u
#define RECORD_HEADER_MAX	(RECORD_FIXED_SIZE +			\
				 RECORD_PARTS_MAX * RECORD_PART_SIZE +	\
				 RECORD_DESTINATIONS_MAX * RECORD_NAME_MAX)

/**
 * struct spool_part - one part of a record
 * @kind: enum foveatap_part_kind
 * @width: pixels, 0 if it is no picture
 * @height: lines
 * @number: of the crop; of other kinds 0
 * @offset: of its first byte, from the start of the record's payload
 * @size: bytes
 * @sha256: of its bytes
 */
struct spool_part {
	uint32_t kind;
	uint32_t width;
	uint32_t height;
	uint32_t number;
	uint64_t offset;
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

/**
 * struct spool_record - one record, as its header tells
 * @seq: sequence number in this spool
 * @segment: the file it is in
 * @offset: of its header in the file
 * @header_size: bytes of the header, a multiple of 32
 * @payload_size: bytes of the payload, padded so that the record's whole size
 *	is a multiple of SEGMENT_ALIGN
 * @payload_crc: CRC32C of the payload
 * @instance: of fovead, when it made the record
 * @record_id: fovead's number of the record
 * @frame_id: identity of the frame
 * @timestamp: start of frame, CLOCK_MONOTONIC, ns
 * @realtime: the same moment in CLOCK_REALTIME, ns
 * @accepted: when it came into the spool, CLOCK_REALTIME, ns
 * @camera: that took it; this and the next two are names of fovead's
 *	configuration
 * @outlet: that it left by
 * @rule: that chose it
 * @parts: valid entries of @part
 * @destinations: valid entries of @destination
 * @part: kind, size and hash of each, in the order of the payload
 * @destination: where it must go, names of the agent's own configuration
 */
struct spool_record {
	uint64_t seq;
	uint64_t segment;
	uint64_t offset;
	uint32_t header_size;
	uint64_t payload_size;
	uint32_t payload_crc;
	uint64_t instance;
	uint64_t record_id;
	uint64_t frame_id;
	uint64_t timestamp;
	uint64_t realtime;
	uint64_t accepted;
	char camera[RECORD_NAME_MAX];
	char outlet[RECORD_NAME_MAX];
	char rule[RECORD_NAME_MAX];
	uint32_t parts;
	uint32_t destinations;
	struct spool_part part[RECORD_PARTS_MAX];
	char destination[RECORD_DESTINATIONS_MAX][RECORD_NAME_MAX];
};

/** record_set_name() - copy a name, cut to what fits; the rest is zeros */
static inline void record_set_name(char *to, const char *from)
{
	memset(to, 0, RECORD_NAME_MAX);
	memcpy(to, from, strnlen(from, RECORD_NAME_MAX - 1));
}

/** record_size() - bytes of the whole record in its segment */
static inline uint64_t record_size(const struct spool_record *record)
{
	return record->header_size + record->payload_size;
}

/** segment_name() - the file name of a segment, SEGMENT_NAME_SIZE bytes */
void segment_name(uint64_t id, char *ret_name);

/** segment_parse_name() - false when it is not the name of a segment */
bool segment_parse_name(const char *name, uint64_t *ret_id);

/** segment_encode_header() - @ret_data: SEGMENT_HEADER_SIZE bytes */
void segment_encode_header(uint64_t id, uint64_t created_ns, void *ret_data);

/**
 * segment_check_header() - does a file start like this segment?
 * @data: its first SEGMENT_HEADER_SIZE bytes
 * @id: of the segment, as the file's name has it
 *
 * Return: 0, -EBADMSG when it is damaged, -EPROTONOSUPPORT when it was written
 * by a newer version.
 */
int segment_check_header(const void *data, uint64_t id);

/**
 * record_layout() - place the parts of a record
 * @record: parts (with sizes) and destinations filled in; offsets, header_size
 *	and payload_size are set
 */
void record_layout(struct spool_record *record);

/** record_encode() - @ret_data: record->header_size bytes */
void record_encode(const struct spool_record *record, void *ret_data);

/**
 * record_decode() - a header back into a struct
 * @data: bytes that may be a header
 * @size: how many there are
 * @segment: it must name
 * @ret_record: everything but @offset, which is left 0
 *
 * Every length in the result is consistent: parts lie inside the payload,
 * names are terminated.
 *
 * Return: 0 or -EBADMSG.
 */
int record_decode(const void *data, size_t size, uint64_t segment,
		  struct spool_record *ret_record);

/**
 * struct segment_source - where the bytes of a segment are read from
 * @pread: as in struct spool_io; comes back short only at the end
 * @context: given to @pread
 * @size: bytes of the segment
 */
struct segment_source {
	ssize_t (*pread)(void *context, void *data, size_t size,
			 uint64_t offset);
	void *context;
	uint64_t size;
};

/**
 * enum segment_found - what a step of a scan came upon
 * @SEGMENT_END: nothing but zeros behind here
 * @SEGMENT_RECORD: a whole record
 * @SEGMENT_DAMAGED: a record whose payload does not match its CRC
 * @SEGMENT_GARBAGE: bytes that are no record, but a record follows
 * @SEGMENT_TAIL: bytes that are no record, and none follows
 */
enum segment_found {
	SEGMENT_END,
	SEGMENT_RECORD,
	SEGMENT_DAMAGED,
	SEGMENT_GARBAGE,
	SEGMENT_TAIL,
};

/**
 * struct segment_scan - a walk over a segment
 * @source: what to read
 * @id: of the segment
 * @position: of the next byte to look at; set to SEGMENT_HEADER_SIZE to begin
 */
struct segment_scan {
	struct segment_source source;
	uint64_t id;
	uint64_t position;
};

/**
 * segment_scan_next() - one step
 * @scan: moves on by at least SEGMENT_ALIGN bytes, except at the end
 * @ret_record: filled for SEGMENT_RECORD and SEGMENT_DAMAGED
 * @ret_start: first byte of what was found
 * @ret_end: first byte behind it
 *
 * Return: enum segment_found, or what source.pread returned.
 */
int segment_scan_next(struct segment_scan *scan,
		      struct spool_record *ret_record, uint64_t *ret_start,
		      uint64_t *ret_end);

#endif /* FOVEA_AGENT_SEGMENT_H */
