/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * The device interface of FS-1: register file, rings, commands, events and
 * the metadata layout. Documentation/hardware/fs1.rst is the specification;
 * this header is its transcription and the only place where numbers stand.
 *
 * Everything is little-endian and naturally aligned. Driver and device treat
 * each other as hostile: each checks every index, length and identifier that
 * the other side has written.
 */
#ifndef FS1_ABI_H
#define FS1_ABI_H

#include "fs1-types.h"

#define FS1_MAGIC		0x31535646u	/* "FVS1" */
#define FS1_VERSION_MAJOR	1u
#define FS1_VERSION_MINOR	2u
#define FS1_VERSION		((FS1_VERSION_MAJOR << 16) | FS1_VERSION_MINOR)

/* ------------------------------------------------------------------------
 * The array
 */

#define FS1_ARRAY_WIDTH		4056u
#define FS1_ARRAY_HEIGHT	3040u
#define FS1_BITS		12u
#define FS1_BLACK_LEVEL		256u
#define FS1_WHITE_LEVEL		4095u
/*
 * One pixel clock and one line length for all modes, so that a line, the unit
 * of exposure, always lasts 4800 / 460.8 MHz = 10.416 us.
 */
#define FS1_PIXEL_RATE		460800000u
#define FS1_LINE_LENGTH		4800u
#define FS1_LINK_FREQUENCY	691200000ll	/* 4 lanes, DDR, 12 bit */
#define FS1_MODES		3u
/* Frame lengths in lines: 30, 60 and 120 frames/s. */
#define FS1_FRAME_LENGTH_FULL	3200u
#define FS1_FRAME_LENGTH_BIN2	1600u
#define FS1_FRAME_LENGTH_BIN4	800u
#define FS1_FRAME_LENGTH_MAX	65535u
#define FS1_EXPOSURE_MARGIN	4u	/* exposure <= frame length - margin */

/* Output limits of the scalers. */
#define FS1_OUTPUT_MIN		16u
#define FS1_PREVIEW_WIDTH_MAX	1920u
#define FS1_PREVIEW_HEIGHT_MAX	1080u
#define FS1_CROP_MIN		64u	/* smallest crop side, array pixels */
#define FS1_UPSCALE_MAX		8u	/* largest enlargement of a crop */

/* Scene frames (emulated devices): packed RGB, 8 bit, sRGB transfer curve. */
#define FS1_SCENE_MIN		16u

/* ------------------------------------------------------------------------
 * Streams and queues. Queue number == stream number; queue 0 is admin.
 */

enum fs1_stream {
	FS1_QUEUE_ADMIN = 0,
	FS1_STREAM_IMAGE = 1,
	FS1_STREAM_PREVIEW = 2,
	FS1_STREAM_META = 3,
	FS1_STREAM_CROPS = 4,	/* capability NPU: struct fs1_crops_header */
	FS1_STREAM_TENSOR = 5,	/* capability NPU: struct fs1_tensor_header */
	FS1_STREAM_NETWORK = 6,	/* capability NPU: packages going in */
	FS1_STREAM_SCENE = 7,	/* capability SCENE */
	FS1_QUEUES = 8,
};

#define FS1_RING_ENTRIES_MIN	4u
#define FS1_RING_ENTRIES_MAX	256u	/* a power of two */
#define FS1_SG_ENTRIES_MAX	16384u

/* ------------------------------------------------------------------------
 * Register file: 4 KiB of plain memory (no side effects on access). The
 * device writes the first block, the driver the rest.
 */

struct fs1_registers {
	/* written by the device */
	fs1_le32 magic;			/* 0x000 FS1_MAGIC */
	fs1_le32 version;		/* 0x004 FS1_VERSION */
	fs1_le32 capabilities;		/* 0x008 FS1_CAP_* */
	fs1_le32 queues;		/* 0x00c FS1_QUEUES */
	fs1_le32 generation;		/* 0x010 +1 at every device start */
	fs1_le32 heartbeat;		/* 0x014 advances while READY */
	fs1_le32 status;		/* 0x018 FS1_STATUS_* */
	fs1_le32 epoch;			/* 0x01c high half of the first frame id */
	fs1_le32 reserved0[24];
	/* 0x080: written by the driver before ENABLE */
	fs1_le32 control;		/* 0x080 FS1_CONTROL_* */
	fs1_le32 admin_sq_entries;	/* 0x084 power of two */
	fs1_le32 admin_cq_entries;	/* 0x088 power of two */
	fs1_le32 reserved1;
	fs1_le64 admin_sq_address;	/* 0x090 */
	fs1_le64 admin_cq_address;	/* 0x098 */
	fs1_le32 reserved2[24];
	/* 0x100: written by the driver at run time, then the doorbell rung */
	struct fs1_queue_registers {
		fs1_le32 sq_tail;	/* next entry the driver will fill */
		fs1_le32 cq_head;	/* next entry the driver will read */
		fs1_le32 reserved[2];
	} queue[FS1_QUEUES];
	fs1_le32 reserved3[928];
};

#define FS1_CAP_SCENE		(1u << 0)	/* emulated: takes scene frames */
#define FS1_CAP_NPU		(1u << 1)	/* streams 4 to 6 exist */
#define FS1_CAP_HOST_CLOCK	(1u << 2)	/* its clock is the driver's CLOCK_MONOTONIC */

#define FS1_STATUS_READY	(1u << 0)	/* admin queue is served */
#define FS1_STATUS_FAILED	(1u << 1)	/* needs ENABLE 0 -> 1 */

#define FS1_CONTROL_ENABLE	(1u << 0)

/* ------------------------------------------------------------------------
 * Rings
 */

/* One piece of a scatter-gather buffer. */
struct fs1_sg {
	fs1_le64 address;
	fs1_le32 length;
	fs1_le32 reserved;
};

/**
 * struct fs1_sqe - submission queue entry
 * @command_id: chosen by the driver, unique among what is outstanding on the
 *	queue, never FS1_COMMAND_ID_NONE
 * @opcode: enum fs1_opcode
 * @reserved: zero
 * @sg_count: pieces of the buffer; 0: none; 1: @address is the piece itself;
 *	more: @address is that of a table of struct fs1_sg
 * @address: see @sg_count
 * @length: bytes of the buffer, the sum of all pieces
 * @reserved1: zero
 * @arguments: by @opcode
 */
struct fs1_sqe {
	fs1_le16 command_id;
	fs1_u8 opcode;
	fs1_u8 reserved;
	fs1_le32 sg_count;
	fs1_le64 address;
	fs1_le32 length;
	fs1_le32 reserved1;
	union {
		fs1_u8 bytes[40];
		struct fs1_create_queue {
			fs1_le32 queue;
			fs1_le16 sq_entries;	/* power of two */
			fs1_le16 cq_entries;	/* power of two, >= sq_entries */
			fs1_le64 sq_address;
			fs1_le64 cq_address;
			fs1_le32 vector;
		} create_queue;
		struct fs1_queue_argument {
			fs1_le32 queue;	/* DELETE_QUEUE, START, STOP, FLUSH */
		} queue;
		struct fs1_set_control {
			fs1_le32 control;	/* enum fs1_control */
			fs1_le32 value;		/* two's complement */
		} control;
		struct fs1_stream_config {
			fs1_le32 stream;
			fs1_le32 format;	/* FS1_FORMAT_* */
			fs1_le16 width;		/* output pixels */
			fs1_le16 height;
			fs1_le32 stride;	/* bytes per line, first plane */
			fs1_le16 crop_left;	/* array pixels */
			fs1_le16 crop_top;
			fs1_le16 crop_width;
			fs1_le16 crop_height;
			fs1_u8 encoding;	/* FS1_ENCODING_* */
			fs1_u8 range;		/* FS1_RANGE_* */
			fs1_le16 reserved;
			fs1_le32 interval;	/* wanted frame time, us; 0: shortest */
		} stream;
		struct fs1_clock_argument {
			fs1_le64 offset;	/* two's complement, ns */
		} clock;
		struct fs1_activate_argument {
			fs1_le32 slot;		/* or FS1_SLOT_NONE */
		} activate;
	} arguments;
};

/**
 * struct fs1_cqe - completion queue entry
 * @frame_id: buffers: the frame's id; FRAME_START, CONTROL_APPLIED: the id of
 *	the frame that starts or is the first to show the control
 * @timestamp: start of that frame: the device's clock plus the offset set with
 *	SET_CLOCK, ns; READ_CLOCK: the device's clock without it
 * @result: buffers: bytes written; commands and events: by opcode or event
 * @command_id: of the submission; FS1_COMMAND_ID_NONE for most events
 * @sq_head: submissions before this one have been read; the driver may
 *	reuse their entries
 * @type: enum fs1_cqe_type
 * @event: enum fs1_event when @type is EVENT
 * @reserved: zero
 * @status: bit 0: phase, 1 in the first pass over the ring, inverted in each
 *	further pass; bits 1 to 15: enum fs1_status; bits 16 to 31:
 *	FS1_CQE_FLAG_*. Written last.
 */
struct fs1_cqe {
	fs1_le64 frame_id;
	fs1_le64 timestamp;
	fs1_le32 result;
	fs1_le16 command_id;
	fs1_le16 sq_head;
	fs1_u8 type;
	fs1_u8 event;
	fs1_le16 reserved;
	fs1_le32 status;
};

#define FS1_COMMAND_ID_NONE	0xffffu
#define FS1_CQE_PHASE		(1u << 0)
#define FS1_CQE_STATUS_SHIFT	1
#define FS1_CQE_STATUS_MASK	0xfffeu
#define FS1_CQE_FLAG_EVENTS_LOST (1u << 16)	/* ring was full before this */

enum fs1_cqe_type {
	FS1_CQE_COMMAND = 1,
	FS1_CQE_BUFFER = 2,
	FS1_CQE_EVENT = 3,
};

enum fs1_opcode {
	/* admin queue */
	FS1_IDENTIFY = 0x01,		/* buffer: struct fs1_identity */
	FS1_CREATE_QUEUE = 0x02,
	FS1_DELETE_QUEUE = 0x03,	/* stream must be stopped */
	FS1_SET_CONTROL = 0x04,
	FS1_GET_CONTROL = 0x05,		/* result: the value in force now */
	FS1_CONFIGURE_STREAM = 0x06,	/* result: bytes per buffer */
	FS1_START = 0x07,
	FS1_STOP = 0x08,		/* flushes, then stops */
	FS1_FLUSH = 0x09,		/* buffers come back as ABORTED */
	FS1_READ_CLOCK = 0x0a,		/* timestamp: the device's clock, ns */
	FS1_SET_CLOCK = 0x0b,		/* what to add to it from the next frame on */
	FS1_ACTIVATE = 0x0c,		/* network for frames from the next one on */
	FS1_NETWORK_STATUS = 0x0d,	/* buffer: struct fs1_network_status */
	/* stream queues */
	FS1_BUFFER = 0x40,		/* fill it (scene: show it) */
};

enum fs1_status {
	FS1_OK = 0,
	FS1_BAD_OPCODE = 1,
	FS1_BAD_ARGUMENT = 2,
	FS1_BAD_ADDRESS = 3,
	FS1_BAD_LENGTH = 4,
	FS1_BAD_STATE = 5,	/* e.g. configure while started */
	FS1_BAD_FORMAT = 6,
	FS1_NO_MEMORY = 7,
	FS1_ABORTED = 8,	/* flushed or stopped before it was used */
	FS1_INTERNAL = 9,
};

enum fs1_event {
	FS1_EVENT_FRAME_START = 1,	/* result: mask of streams served,
					 * FS1_FRAME_LENGTHENED */
	FS1_EVENT_CONTROL_APPLIED = 2,	/* result: control; command_id: of SET_CONTROL */
	FS1_EVENT_FRAME_DROPPED = 3,	/* result: mask of started streams without a buffer */
	FS1_EVENT_MODE_CHANGED = 4,	/* result: mode index */
	FS1_EVENT_ERROR = 5,		/* result: enum fs1_status */
	FS1_EVENT_LOAD = 6,		/* a package has come further; result: per mille,
					 * see FS1_PROGRESS_*; command_id: of its buffer */
};

/* Per mille of LOAD: the package was copied, was checked, is ready. */
#define FS1_PROGRESS_COPIED	800u
#define FS1_PROGRESS_CHECKED	850u
#define FS1_PROGRESS_READY	1000u

/* The frame started late because the device was still busy at its time. */
#define FS1_FRAME_LENGTHENED (1u << 31)

/* ------------------------------------------------------------------------
 * Controls. Gains are Q8: 256 is 1.0.
 */

enum fs1_control {
	FS1_CONTROL_AUTO_EXPOSURE = 1,		/* 0, 1; default 1 */
	FS1_CONTROL_EXPOSURE = 2,		/* lines; 1 to frame length - margin */
	FS1_CONTROL_ANALOGUE_GAIN = 3,		/* Q8; 256 to 4096 */
	FS1_CONTROL_DIGITAL_GAIN = 4,		/* Q8; 256 to 4096 */
	FS1_CONTROL_AUTO_WHITE_BALANCE = 5,	/* 0, 1; default 1 */
	FS1_CONTROL_RED_BALANCE = 6,		/* Q8; 64 to 2047 */
	FS1_CONTROL_BLUE_BALANCE = 7,		/* Q8; 64 to 2047 */
	FS1_CONTROL_HFLIP = 8,			/* 0, 1: CFA order stays RGGB */
	FS1_CONTROL_VFLIP = 9,			/* 0, 1 */
	FS1_CONTROL_TEST_PATTERN = 10,		/* enum fs1_test_pattern */
	FS1_CONTROL_FRAME_LENGTH = 11,		/* lines; 0: as the streams' intervals ask */
	FS1_CONTROL_BRIGHTNESS = 12,		/* -128 to 127; default 0 */
	FS1_CONTROL_CONTRAST = 13,		/* Q7; 0 to 255; default 128 */
	FS1_CONTROL_SATURATION = 14,		/* Q7; 0 to 255; default 128 */
	FS1_CONTROL_GAMMA = 15,			/* x100; 100 to 300; default 220: sRGB */
	FS1_CONTROL_PRIVACY = 16,		/* 0, 1: shutter closed, black frames */
	FS1_CONTROL_NOISE = 17,			/* 0, 1; default 1 */
	FS1_CONTROL_SEED = 18,			/* of the noise */
	FS1_CONTROL_CHECKSUM = 19,		/* 0, 1; default 0: block CHECKSUM of metadata */
	FS1_CONTROL_TENSORS = 20,		/* set of FS1_TENSORS_*; default outputs */
	FS1_CONTROL_CROPS = 21,			/* at most; 1 to 16; default 4 */
	FS1_CONTROL_CROP_MARGIN = 22,		/* % of a height; 0 to 100; default 10 */
	FS1_CONTROL_CROP_JOIN = 23,		/* likewise; 0 to 400; default 0 */
	FS1_CONTROLS,
};

enum fs1_test_pattern {
	FS1_PATTERN_OFF = 0,
	FS1_PATTERN_SOLID_BLACK = 1,
	FS1_PATTERN_SOLID_WHITE = 2,
	FS1_PATTERN_COLOUR_BARS = 3,
	FS1_PATTERN_COLOUR_BARS_FADE = 4,
	FS1_PATTERN_GRADIENT = 5,
	FS1_PATTERN_CHECKERBOARD = 6,
	FS1_PATTERN_PN9 = 7,
	FS1_PATTERNS,
};

/* What buffers of the tensor stream have. */
#define FS1_TENSORS_OUTPUTS	0x1u
#define FS1_TENSORS_INPUT	0x2u

#define FS1_FOURCC(a, b, c, d) \
	((fs1_u32)(a) | (fs1_u32)(b) << 8 | (fs1_u32)(c) << 16 | (fs1_u32)(d) << 24)

#define FS1_FORMAT_NV12		FS1_FOURCC('N', 'V', '1', '2')
#define FS1_FORMAT_YUYV		FS1_FOURCC('Y', 'U', 'Y', 'V')
#define FS1_FORMAT_RGB24	FS1_FOURCC('R', 'G', 'B', '3')
#define FS1_FORMAT_BGR24	FS1_FOURCC('B', 'G', 'R', '3')
#define FS1_FORMAT_XR24		FS1_FOURCC('X', 'R', '2', '4')	/* B, G, R, x in memory */
#define FS1_FORMAT_GREY		FS1_FOURCC('G', 'R', 'E', 'Y')
#define FS1_FORMAT_RG12		FS1_FOURCC('R', 'G', '1', '2')	/* 12 bit in 16, low bits */
#define FS1_FORMAT_PRCC		FS1_FOURCC('p', 'R', 'C', 'C')	/* MIPI packed 12 bit */
#define FS1_FORMAT_META		FS1_FOURCC('F', 'V', 'M', '1')
#define FS1_FORMAT_TENSOR	FS1_FOURCC('F', 'V', 'T', '1')
#define FS1_FORMAT_CROPS	FS1_FOURCC('F', 'V', 'C', '1')
#define FS1_FORMAT_NETWORK	FS1_FOURCC('F', 'V', 'N', '1')

#define FS1_ENCODING_601	0u
#define FS1_ENCODING_709	1u
#define FS1_RANGE_LIMITED	0u
#define FS1_RANGE_FULL		1u

/* Answer to IDENTIFY; 4096 bytes. */
struct fs1_identity {
	fs1_le32 magic;
	fs1_le32 version;
	fs1_le32 capabilities;
	fs1_le32 epoch;
	char model[32];		/* NUL-terminated */
	char serial[32];
	fs1_le16 array_width;
	fs1_le16 array_height;
	fs1_le32 pixel_rate;
	fs1_le32 line_length;
	fs1_le32 mode_count;
	struct fs1_identity_mode {
		fs1_le16 width;
		fs1_le16 height;
		fs1_le16 binning;
		fs1_le16 reserved;
		fs1_le32 frame_length;	/* shortest, lines */
		fs1_le32 reserved1;
	} mode[8];
	fs1_u8 reserved[3872];
};

/* ------------------------------------------------------------------------
 * Metadata: what the meta stream's buffers hold. A header, then blocks; each
 * block starts at a multiple of 8 bytes. Readers skip types they don't know.
 * uapi/linux/fovea.h shows the same layout to userspace.
 */

#define FS1_META_MAGIC		0x314d5646u	/* "FVM1" */
#define FS1_META_VERSION	1u
#define FS1_META_BUFFER_SIZE	16384u

struct fs1_meta_header {
	fs1_le32 magic;
	fs1_le16 version;
	fs1_le16 header_size;	/* bytes; the first block is there */
	fs1_le32 total_size;	/* bytes, header and all blocks */
	fs1_le32 block_count;
	fs1_le64 frame_id;
	fs1_le64 timestamp;	/* start of frame, CLOCK_MONOTONIC, ns */
};

struct fs1_meta_block {
	fs1_le16 type;		/* enum fs1_meta_type */
	fs1_le16 flags;		/* zero */
	fs1_le32 size;		/* bytes, this header included, multiple of 8 */
};

enum fs1_meta_type {
	FS1_META_TIMING = 1,
	FS1_META_SETTINGS = 2,
	FS1_META_HISTOGRAM = 3,
	FS1_META_ZONES = 4,
	FS1_META_SHARPNESS = 5,
	FS1_META_DETECTIONS = 6,	/* while a network is active */
	FS1_META_CHECKSUM = 7,		/* while control CHECKSUM is 1 */
};

struct fs1_meta_timing {
	struct fs1_meta_block block;
	fs1_le32 frame_time;		/* us, start to next planned start */
	fs1_le32 exposure_time;		/* us */
	fs1_le32 lengthened_by;		/* us this frame started late because the
					 * device was still busy; 0: on time */
	fs1_le32 lengthened_frames;	/* such frames since the device started */
	fs1_le32 dropped_frames;	/* frames that some started stream missed */
	fs1_le32 reserved;
};

#define FS1_SETTING_AUTO_EXPOSURE	(1u << 0)
#define FS1_SETTING_AUTO_WHITE_BALANCE	(1u << 1)
#define FS1_SETTING_EXPOSURE_SETTLED	(1u << 2)
#define FS1_SETTING_WHITE_SETTLED	(1u << 3)
#define FS1_SETTING_HFLIP		(1u << 4)
#define FS1_SETTING_VFLIP		(1u << 5)
#define FS1_SETTING_PRIVACY		(1u << 6)
#define FS1_SETTING_SCENE		(1u << 7)	/* light came from the scene node */

struct fs1_meta_settings {
	struct fs1_meta_block block;
	fs1_le32 flags;			/* FS1_SETTING_* */
	fs1_le32 exposure;		/* lines */
	fs1_le16 analogue_gain;		/* Q8 */
	fs1_le16 digital_gain;		/* Q8 */
	fs1_le16 red_balance;		/* Q8 */
	fs1_le16 blue_balance;		/* Q8 */
	fs1_le16 mode_width;
	fs1_le16 mode_height;
	fs1_le16 binning;
	fs1_le16 black_level;
	fs1_le16 test_pattern;
	fs1_le16 reserved;
	fs1_le32 seed;
};

#define FS1_HISTOGRAM_BINS	128u

/* Counts of sampled pixels; bin = (value - black level) >> 5; R, Gr, Gb, B. */
struct fs1_meta_histogram {
	struct fs1_meta_block block;
	fs1_le32 bins[4][FS1_HISTOGRAM_BINS];
};

#define FS1_ZONE_COLUMNS	16u
#define FS1_ZONE_ROWS		12u

struct fs1_zone {
	fs1_le16 red;			/* means above black level, Q4: 0 to 61424 */
	fs1_le16 green_red;
	fs1_le16 green_blue;
	fs1_le16 blue;
};

struct fs1_meta_zones {
	struct fs1_meta_block block;
	struct fs1_zone zone[FS1_ZONE_ROWS][FS1_ZONE_COLUMNS];
};

struct fs1_meta_sharpness {
	struct fs1_meta_block block;
	fs1_le64 sharpness;		/* sum of squared green gradients / samples, Q8 */
};

/*
 * CRC-32C (Castagnoli; reflected, initial value and final exclusive-or
 * 0xffffffff) of what was written to the buffers of this frame.
 */
struct fs1_meta_checksum {
	struct fs1_meta_block block;
	fs1_le32 streams;		/* set of the streams below, bit = number */
	fs1_le32 reserved;
	fs1_le32 crc32c[FS1_QUEUES];	/* by stream; 0 for those not in the set */
};

#define FS1_DETECTIONS_MAX	64u

/** enum fs1_label - whose result it is */
enum fs1_label {
	FS1_LABEL_NONE = 0,	/* there is none */
	FS1_LABEL_FRESH = 1,	/* of the very frame that the buffer belongs to */
	FS1_LABEL_LATE = 2,	/* of an earlier frame, which took longer */
};

struct fs1_meta_detection {
	fs1_le16 left;			/* pixels of the array */
	fs1_le16 top;
	fs1_le16 width;
	fs1_le16 height;
	fs1_le16 score;			/* Q15 */
	fs1_le16 class;
	fs1_le16 piece;			/* of the picture, in which it was found */
	fs1_le16 reserved;
};

struct fs1_meta_detections {
	struct fs1_meta_block block;
	fs1_le32 label;			/* enum fs1_label */
	fs1_le32 late;			/* frames since that of the result */
	fs1_le64 source_frame_id;	/* of the frame it was computed from; NONE: 0 */
	fs1_le64 source_timestamp;	/* likewise */
	fs1_le64 duration;		/* of the inference, ns */
	fs1_u8 network[8];		/* first bytes of its hash */
	fs1_le32 count;
	fs1_le32 reserved;
	struct fs1_meta_detection detection[FS1_DETECTIONS_MAX];
};

/* ------------------------------------------------------------------------
 * Networks
 */

#define FS1_SLOTS		2u
#define FS1_SLOT_NONE		0xffffffffu

/** struct fs1_network_status - answer to NETWORK_STATUS; 256 bytes */
struct fs1_network_status {
	fs1_le32 active;		/* slot, or FS1_SLOT_NONE */
	fs1_le32 ready;			/* set of the slots that may be activated */
	fs1_u8 hash[FS1_SLOTS][32];	/* of what is in them */
	/* The latest package: how far it has come, and why no further. */
	fs1_le32 slot;
	fs1_le32 stage;			/* enum fs1_load_stage */
	fs1_le32 status;		/* enum fs1_status */
	fs1_le32 fault;			/* by stage */
	fs1_le32 offset;		/* in the package, or in a test's outputs */
	fs1_le32 value;			/* what stood there */
	fs1_le32 limit;			/* what would have been right */
	fs1_le32 tensor;		/* or 0xffffffff */
	fs1_le32 operator;		/* likewise */
	fs1_le32 done;			/* of @total: bytes, or tests */
	fs1_le32 total;
	fs1_le32 reserved[35];
};

static_assert(sizeof(struct fs1_network_status) == 256, "network status");
static_assert(sizeof(struct fs1_registers) == 4096, "register file");
static_assert(sizeof(struct fs1_sqe) == 64, "submission entry");
static_assert(sizeof(struct fs1_cqe) == 32, "completion entry");
static_assert(sizeof(struct fs1_identity) == 4096, "identity page");
static_assert(sizeof(struct fs1_meta_header) == 32, "metadata header");

#endif /* FS1_ABI_H */
