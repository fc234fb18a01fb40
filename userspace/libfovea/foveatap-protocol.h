/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wire format of fovead's socket ("the tap"): what a subscriber and fovead
 * say to each other. foveatap.h is the comfortable way to speak it.
 *
 * One message is one SOCK_SEQPACKET packet: struct foveatap_header, then the
 * body of its type, then variable bytes the body announces. Everything is
 * little-endian and naturally aligned. File descriptors travel as SCM_RIGHTS
 * of the same packet; their number must equal @fds, or the peer is dropped.
 * Each side treats the other as hostile.
 *
 * A conversation: client HELLO, server WELCOME; client SUBSCRIBE; server
 * RECORD ...; client ACK of each record it has taken responsibility for.
 * A record that was not acknowledged is sent again when a subscriber of the
 * same name and @durable comes back: at-least-once, de-duplicated by
 * @record_id. ANSWER brings a cloud answer back under the frame's id.
 */
#ifndef FOVEATAP_PROTOCOL_H
#define FOVEATAP_PROTOCOL_H

#include <assert.h>
#include <stdint.h>

#define FOVEATAP_MAGIC		0x70615446u	/* "FTap" */
#define FOVEATAP_VERSION	2u
#define FOVEATAP_PACKET_MAX	131072u		/* bytes of one packet */
#define FOVEATAP_PARTS_MAX	40u
#define FOVEATAP_NAME_MAX	32u		/* bytes with the NUL */
#define FOVEATAP_JSON_MAX	65536u
#define FOVEATAP_PART_MAX	(256u << 20)	/* bytes of one part */

enum foveatap_type {
	FOVEATAP_HELLO = 1,		/* c->s struct foveatap_hello */
	FOVEATAP_WELCOME = 2,		/* s->c struct foveatap_welcome */
	FOVEATAP_SUBSCRIBE = 3,		/* c->s struct foveatap_subscribe */
	FOVEATAP_RECORD = 4,		/* s->c struct foveatap_record, fds */
	FOVEATAP_ACK = 5,		/* c->s struct foveatap_ack */
	FOVEATAP_ANSWER = 6,		/* c->s, s->c struct foveatap_answer + JSON */
	FOVEATAP_STATUS_REQUEST = 7,	/* c->s header only */
	FOVEATAP_STATUS = 8,		/* s->c struct foveatap_text + JSON */
	FOVEATAP_RECORDS_REQUEST = 9,	/* c->s struct foveatap_records_request */
	FOVEATAP_RECORD_INFO = 10,	/* s->c struct foveatap_text + JSON, one per record */
	FOVEATAP_END = 11,		/* s->c struct foveatap_end: end of an enumeration */
	FOVEATAP_ERROR = 12,		/* s->c struct foveatap_error + text */
};

/**
 * struct foveatap_header - starts every packet
 * @magic: FOVEATAP_MAGIC
 * @version: FOVEATAP_VERSION
 * @type: enum foveatap_type
 * @length: bytes of the packet, this header included
 * @fds: file descriptors that come with the packet
 * @serial: chosen by the sender of a request; answers carry it back, 0 else
 */
struct foveatap_header {
	uint32_t magic;
	uint16_t version;
	uint16_t type;
	uint32_t length;
	uint32_t fds;
	uint64_t serial;
};

/**
 * struct foveatap_hello - who is calling
 * @header: FOVEATAP_HELLO
 * @name: NUL-terminated, [a-z0-9-]; a durable subscriber is known by it
 */
struct foveatap_hello {
	struct foveatap_header header;
	char name[FOVEATAP_NAME_MAX];
};

/**
 * struct foveatap_welcome - the answer to HELLO
 * @header: FOVEATAP_WELCOME, with the serial of HELLO
 * @instance: random, new at every start of fovead
 */
struct foveatap_welcome {
	struct foveatap_header header;
	uint64_t instance;
};

#define FOVEATAP_SUBSCRIBE_DURABLE	(1u << 0)	/* keep and resend what is not acknowledged */
#define FOVEATAP_SUBSCRIBE_ANSWERS	(1u << 1)	/* send ANSWER messages of others too */

/**
 * struct foveatap_subscribe - one outlet; repeat for more
 * @header: FOVEATAP_SUBSCRIBE
 * @outlet: its name, "*" for all
 * @flags: FOVEATAP_SUBSCRIBE_*
 * @window: records in flight without ACK, 1 to 64; beyond it fovead queues
 *	within its limits, then drops (counted) or holds back, by outlet
 */
struct foveatap_subscribe {
	struct foveatap_header header;
	char outlet[FOVEATAP_NAME_MAX];
	uint32_t flags;
	uint32_t window;
};

enum foveatap_part_kind {
	FOVEATAP_PART_JPEG = 1,		/* image/jpeg */
	FOVEATAP_PART_LUMA = 2,		/* 8-bit luma plane, width x height, tight */
	FOVEATAP_PART_METADATA = 3,	/* metadata buffer of uapi/linux/fovea.h */
	FOVEATAP_PART_DETECTIONS = 4,	/* JSON: what the network has found */
	FOVEATAP_PART_TENSORS = 5,	/* tensor buffer of uapi/linux/fovea.h */
	FOVEATAP_PART_CROP_LIST = 6,	/* JSON: what the crops show */
	FOVEATAP_PART_CROP = 7,		/* image/jpeg, one of several */
	FOVEATAP_PART_CROP_LUMA = 8,	/* as LUMA, one of several */
};

/* The last of them. */
#define FOVEATAP_PART_LAST	FOVEATAP_PART_CROP_LUMA

/**
 * struct foveatap_part - one thing that travels with a record
 * @kind: enum foveatap_part_kind
 * @width: pixels, 0 if it is no picture
 * @height: lines
 * @number: of the crop in the crop list, from 0; of other kinds 0
 * @size: bytes in the file descriptor of the same index: a memfd sealed
 *	against shrinking, growing, writing and further sealing
 *
 * A record has one part of a kind at most; of CROP and CROP_LUMA one of each
 * number, and then it has a CROP_LIST, too.
 */
struct foveatap_part {
	uint32_t kind;
	uint32_t width;
	uint32_t height;
	uint32_t number;
	uint64_t size;
};

/**
 * struct foveatap_record - one routed frame
 *
 * What a network has found belongs to the frame that it was computed from: a
 * record with such parts has that frame's id and times, however late it comes.
 *
 * @header: FOVEATAP_RECORD
 * @record_id: unique within @instance of WELCOME, rising
 * @instance: that the record was made in (resent records keep theirs)
 * @frame_id: the frame's 64-bit identity
 * @timestamp: start of frame, CLOCK_MONOTONIC, ns
 * @realtime: the same moment in CLOCK_REALTIME, ns
 * @camera: that took it; a name as the next two: NUL-terminated, [a-z0-9-]
 * @outlet: that it leaves by
 * @rule: that chose it
 * @parts: valid entries of @part; equals header.fds
 * @reserved: zero
 * @part: what each descriptor holds, in their order
 */
struct foveatap_record {
	struct foveatap_header header;
	uint64_t record_id;
	uint64_t instance;
	uint64_t frame_id;
	uint64_t timestamp;
	uint64_t realtime;
	char camera[FOVEATAP_NAME_MAX];
	char outlet[FOVEATAP_NAME_MAX];
	char rule[FOVEATAP_NAME_MAX];
	uint32_t parts;
	uint32_t reserved;
	struct foveatap_part part[FOVEATAP_PARTS_MAX];
};

/**
 * struct foveatap_ack - the subscriber is now responsible for the record
 * @header: FOVEATAP_ACK
 * @record_id: of the record
 * @instance: of the record, which may be an earlier one than WELCOME's
 * @status: 0, or a negative errno when it can't take it (-ENOSPC: ask again
 *	later; it stays queued)
 * @reserved: zero
 */
struct foveatap_ack {
	struct foveatap_header header;
	uint64_t record_id;
	uint64_t instance;
	int32_t status;
	uint32_t reserved;
};

enum foveatap_answer_kind {
	FOVEATAP_ANSWER_DELIVERED = 1,	/* an object store has it; JSON: name, size, sha256 */
	FOVEATAP_ANSWER_INFERENCE = 2,	/* an inference server answered; JSON: its outputs */
	FOVEATAP_ANSWER_FAILED = 3,	/* given up (quarantined); JSON: why */
};

/**
 * struct foveatap_answer - what a destination said of a frame
 * @header: FOVEATAP_ANSWER
 * @frame_id: of the frame
 * @kind: enum foveatap_answer_kind
 * @json_size: bytes of UTF-8 JSON (one object, no NUL) behind this struct,
 *	at most FOVEATAP_JSON_MAX
 * @realtime: when the answer arrived, ns
 * @camera: of the record
 * @outlet: of the record
 * @destination: name of the agent's destination
 *
 * The server answers a client's ANSWER by END with the same serial once it is
 * joined; the agent repeats it after a reconnect until then.
 */
struct foveatap_answer {
	struct foveatap_header header;
	uint64_t frame_id;
	uint64_t realtime;
	uint32_t kind;
	uint32_t json_size;
	char camera[FOVEATAP_NAME_MAX];
	char outlet[FOVEATAP_NAME_MAX];
	char destination[FOVEATAP_NAME_MAX];
};

/**
 * struct foveatap_records_request - ask what records there were lately
 * @header: FOVEATAP_RECORDS_REQUEST; RECORD_INFO and END answer with its serial
 * @after: only frames taken later than this, CLOCK_REALTIME, ns
 * @limit: of the newest ones, how many at most; 0: no limit
 * @reserved: zero
 */
struct foveatap_records_request {
	struct foveatap_header header;
	uint64_t after;
	uint32_t limit;
	uint32_t reserved;
};

/**
 * struct foveatap_text - a JSON object
 * @header: FOVEATAP_STATUS or FOVEATAP_RECORD_INFO
 * @size: bytes of UTF-8 behind this struct, no NUL
 * @reserved: zero
 */
struct foveatap_text {
	struct foveatap_header header;
	uint32_t size;
	uint32_t reserved;
};

/**
 * struct foveatap_end - all answers to a request have been sent
 * @header: FOVEATAP_END, with the request's serial
 * @status: 0 or a negative errno
 * @count: how many answers came before
 */
struct foveatap_end {
	struct foveatap_header header;
	int32_t status;
	uint32_t count;
};

/**
 * struct foveatap_error - the request was refused
 * @header: FOVEATAP_ERROR, with the request's serial
 * @error: a negative errno
 * @size: bytes of UTF-8 behind this struct that say why, no NUL
 */
struct foveatap_error {
	struct foveatap_header header;
	int32_t error;
	uint32_t size;
};

static_assert(sizeof(struct foveatap_header) == 24, "header");
static_assert(sizeof(struct foveatap_part) == 24, "part");
static_assert(sizeof(struct foveatap_record) == 24 + 40 + 96 + 8 + 24 * FOVEATAP_PARTS_MAX,
	      "record");
static_assert(sizeof(struct foveatap_answer) == 24 + 24 + 96, "answer");

#endif /* FOVEATAP_PROTOCOL_H */
