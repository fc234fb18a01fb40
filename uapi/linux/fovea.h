/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Fovea: everything userspace may rely on beyond plain V4L2: the content of the
 * metadata node's and the tensor node's buffers, how networks go in, and how a
 * frame's 64-bit id is carried by struct v4l2_buffer.
 *
 * Copyright The Fovea authors
 */
#ifndef _UAPI_LINUX_FOVEA_H
#define _UAPI_LINUX_FOVEA_H

#include <linux/types.h>
#include <linux/v4l2-controls.h>
#include <linux/videodev2.h>

/**
 * DOC: Frame id
 *
 * Each frame of the sensor has one 64-bit id; every buffer of every stream
 * that was made from the frame carries it. The id grows by exactly one from
 * frame to frame; its first value is the device's epoch (seconds of
 * CLOCK_REALTIME when the device started) shifted left by 32.
 *
 * In struct v4l2_buffer, @sequence holds the low 32 bits; the high 32 bits
 * are in @timecode.userbits, least significant byte first. When they are,
 * V4L2_BUF_FLAG_TIMECODE is set and @timecode.type is 0, which is none of the
 * V4L2_TC_TYPE values: the other members of @timecode are 0.
 *
 * @timestamp is the start of the frame on CLOCK_MONOTONIC
 * (V4L2_BUF_FLAG_TSTAMP_SRC_SOE; the scene node's buffers carry the time of the
 * first frame that shows them, without the flag: V4L2 knows it for capture
 * alone).
 */

/**
 * fovea_frame_id() - put a frame's id together
 * @sequence: of struct v4l2_buffer
 * @userbits: timecode.userbits of struct v4l2_buffer
 *
 * Return: the id.
 */
static inline __u64 fovea_frame_id(__u32 sequence, const __u8 userbits[4])
{
	return ((__u64)userbits[3] << 56) | ((__u64)userbits[2] << 48) |
	       ((__u64)userbits[1] << 40) | ((__u64)userbits[0] << 32) |
	       sequence;
}

/**
 * DOC: Metadata
 *
 * A buffer of the metadata node (V4L2_BUF_TYPE_META_CAPTURE, data format
 * FOVEA_META_FORMAT) starts with struct fovea_meta_header; @header_size bytes
 * further the first block starts. A block starts with struct
 * fovea_meta_block, and the next one is @size bytes further, always at a
 * multiple of 8. A reader skips the types it doesn't know and ignores bytes at
 * the end of a block that it doesn't know: later versions add types, and
 * append to blocks. All numbers are little-endian.
 *
 * Gains are in units of 1/256 ("Q8"); a line lasts 10.4167 us.
 */

/* Four-character code 'FVM1' of struct v4l2_meta_format. */
#define FOVEA_META_FORMAT	0x314d5646

/* The magic number is the same four characters. */
#define FOVEA_META_MAGIC	0x314d5646
#define FOVEA_META_VERSION	1
#define FOVEA_META_BUFFER_SIZE	16384

/**
 * struct fovea_meta_header - start of a metadata buffer
 * @magic: FOVEA_META_MAGIC
 * @version: FOVEA_META_VERSION; a reader refuses other values
 * @header_size: bytes; the first block is there
 * @total_size: bytes, header and all blocks
 * @block_count: number of blocks
 * @frame_id: 64-bit id of the frame
 * @timestamp: start of the frame, CLOCK_MONOTONIC, ns
 */
struct fovea_meta_header {
	__le32 magic;
	__le16 version;
	__le16 header_size;
	__le32 total_size;
	__le32 block_count;
	__le64 frame_id;
	__le64 timestamp;
};

/**
 * struct fovea_meta_block - start of a block
 * @type: enum fovea_meta_type
 * @flags: zero
 * @size: bytes, this header included, a multiple of 8
 */
struct fovea_meta_block {
	__le16 type;
	__le16 flags;
	__le32 size;
};

/**
 * enum fovea_meta_type - types of blocks
 * @FOVEA_META_TIMING: struct fovea_meta_timing
 * @FOVEA_META_SETTINGS: struct fovea_meta_settings
 * @FOVEA_META_HISTOGRAM: struct fovea_meta_histogram
 * @FOVEA_META_ZONES: struct fovea_meta_zones
 * @FOVEA_META_SHARPNESS: struct fovea_meta_sharpness
 * @FOVEA_META_DETECTIONS: struct fovea_meta_detections
 * @FOVEA_META_CHECKSUM: struct fovea_meta_checksum
 */
enum fovea_meta_type {
	FOVEA_META_TIMING = 1,
	FOVEA_META_SETTINGS = 2,
	FOVEA_META_HISTOGRAM = 3,
	FOVEA_META_ZONES = 4,
	FOVEA_META_SHARPNESS = 5,
	FOVEA_META_DETECTIONS = 6,
	FOVEA_META_CHECKSUM = 7,
};

/**
 * struct fovea_meta_timing - when and how long
 * @block: type FOVEA_META_TIMING
 * @frame_time: from this start to the next planned one, us
 * @exposure_time: us
 * @lengthened_by: how much later than planned this frame started because the
 *	device was still busy with the one before, us; 0: on time. Only an
 *	emulated device does that; no frame is lost by it
 * @lengthened_frames: number of such frames since the device started
 * @dropped_frames: number of frames since the device started for which a
 *	stream that was running had no buffer
 * @reserved: zero
 */
struct fovea_meta_timing {
	struct fovea_meta_block block;
	__le32 frame_time;
	__le32 exposure_time;
	__le32 lengthened_by;
	__le32 lengthened_frames;
	__le32 dropped_frames;
	__le32 reserved;
};

/*
 * Flags of struct fovea_meta_settings: an automatic loop is on, has settled;
 * the picture is mirrored; the shutter is closed; the light came from the
 * scene node.
 */
#define FOVEA_SETTING_AUTO_EXPOSURE		0x01
#define FOVEA_SETTING_AUTO_WHITE_BALANCE	0x02
#define FOVEA_SETTING_EXPOSURE_SETTLED		0x04
#define FOVEA_SETTING_WHITE_SETTLED		0x08
#define FOVEA_SETTING_HFLIP			0x10
#define FOVEA_SETTING_VFLIP			0x20
#define FOVEA_SETTING_PRIVACY			0x40
#define FOVEA_SETTING_SCENE			0x80

/**
 * struct fovea_meta_settings - settings this very frame was taken with
 * @block: type FOVEA_META_SETTINGS
 * @flags: FOVEA_SETTING_*
 * @exposure: lines
 * @analogue_gain: Q8
 * @digital_gain: Q8
 * @red_balance: Q8
 * @blue_balance: Q8
 * @mode_width: pixels per line the array was read out with
 * @mode_height: lines
 * @binning: array pixels per pixel read out, each way
 * @black_level: raw value of no light
 * @test_pattern: index of the control's menu; 0: none
 * @reserved: zero
 * @seed: of the emulated noise
 */
struct fovea_meta_settings {
	struct fovea_meta_block block;
	__le32 flags;
	__le32 exposure;
	__le16 analogue_gain;
	__le16 digital_gain;
	__le16 red_balance;
	__le16 blue_balance;
	__le16 mode_width;
	__le16 mode_height;
	__le16 binning;
	__le16 black_level;
	__le16 test_pattern;
	__le16 reserved;
	__le32 seed;
};

#define FOVEA_HISTOGRAM_BINS	128

/**
 * struct fovea_meta_histogram - how often each brightness occurs
 * @block: type FOVEA_META_HISTOGRAM
 * @bins: counts of sampled pixels for red, green in red lines, green in blue
 *	lines, blue; bin = (raw value - black level) / 32
 */
struct fovea_meta_histogram {
	struct fovea_meta_block block;
	__le32 bins[4][FOVEA_HISTOGRAM_BINS];
};

#define FOVEA_ZONE_COLUMNS	16
#define FOVEA_ZONE_ROWS		12

/**
 * struct fovea_zone - means of one zone, above black level, in 1/16
 * @red: red pixels
 * @green_red: green pixels in red lines
 * @green_blue: green pixels in blue lines
 * @blue: blue pixels
 */
struct fovea_zone {
	__le16 red;
	__le16 green_red;
	__le16 green_blue;
	__le16 blue;
};

/**
 * struct fovea_meta_zones - means of a grid of zones over the whole array
 * @block: type FOVEA_META_ZONES
 * @zone: rows from top to bottom, columns from left to right
 */
struct fovea_meta_zones {
	struct fovea_meta_block block;
	struct fovea_zone zone[FOVEA_ZONE_ROWS][FOVEA_ZONE_COLUMNS];
};

/**
 * struct fovea_meta_sharpness - a figure that grows with sharpness
 * @block: type FOVEA_META_SHARPNESS
 * @sharpness: mean of squared gradients of green, Q8
 */
struct fovea_meta_sharpness {
	struct fovea_meta_block block;
	__le64 sharpness;
};

/**
 * struct fovea_meta_checksum - of what was written to this frame's buffers
 * @block: type FOVEA_META_CHECKSUM; there while V4L2_CID_FOVEA_CHECKSUM is 1
 * @streams: set of the streams that have a value: bit 1 image, bit 2 preview
 * @reserved: zero
 * @crc32c: CRC-32C (Castagnoli, as in iSCSI) of the buffer's payload, by the
 *	number of the stream; without what lies between lines that are longer
 *	than their pixels
 */
struct fovea_meta_checksum {
	struct fovea_meta_block block;
	__le32 streams;
	__le32 reserved;
	__le32 crc32c[8];
};

/**
 * enum fovea_label - which frame a result is of
 * @FOVEA_LABEL_NONE: there is none
 * @FOVEA_LABEL_FRESH: the very frame that the buffer belongs to
 * @FOVEA_LABEL_LATE: an earlier one, for which the network needed longer
 */
enum fovea_label {
	FOVEA_LABEL_NONE = 0,
	FOVEA_LABEL_FRESH = 1,
	FOVEA_LABEL_LATE = 2,
};

/**
 * struct fovea_detection - something that the network has found
 * @left: pixels of the array
 * @top: likewise
 * @width: likewise
 * @height: likewise
 * @score: 32768 is certain
 * @class: number of its label in the network's package
 * @piece: of the picture, where that is cut into several
 * @reserved: zero
 */
struct fovea_detection {
	__le16 left;
	__le16 top;
	__le16 width;
	__le16 height;
	__le16 score;
	__le16 class;
	__le16 piece;
	__le16 reserved;
};

#define FOVEA_DETECTIONS_MAX	64

/**
 * struct fovea_meta_detections - what the network has found
 * @block: type FOVEA_META_DETECTIONS; there while a network is active
 * @label: enum fovea_label; NONE: all that follows is zero
 * @late: frames from the one that the result is of to this one
 * @source_frame_id: id of the frame that the result was computed from
 * @source_timestamp: start of that frame, CLOCK_MONOTONIC, ns
 * @duration: of the inference, ns
 * @network: first bytes of the network's hash
 * @count: of detections
 * @reserved: zero
 * @detection: @count of them, the highest score first
 */
struct fovea_meta_detections {
	struct fovea_meta_block block;
	__le32 label;
	__le32 late;
	__le64 source_frame_id;
	__le64 source_timestamp;
	__le64 duration;
	__u8 network[8];
	__le32 count;
	__le32 reserved;
	struct fovea_detection detection[FOVEA_DETECTIONS_MAX];
};

/**
 * DOC: Tensors
 *
 * A buffer of the tensor node (V4L2_BUF_TYPE_META_CAPTURE, data format
 * FOVEA_TENSOR_FORMAT) has struct fovea_tensor_header, and behind it the bytes of the
 * tensors, each where its entry says. A real value is (v - zero_point) * scale *
 * 2^scale_exponent. Where the frame was cut into pieces, each tensor is there once for
 * each piece, @step bytes apart.
 */

/* Four-character code 'FVT1' of struct v4l2_meta_format, and the magic number. */
#define FOVEA_TENSOR_FORMAT	0x31545646
#define FOVEA_TENSOR_MAGIC	0x31545646
#define FOVEA_TENSOR_VERSION	1
#define FOVEA_TENSORS_MAX	16
#define FOVEA_TENSOR_DIMENSIONS	6

/* The buffer was too small for the tensors; total_size says what it takes. */
#define FOVEA_TENSOR_TRUNCATED	0x01

/**
 * enum fovea_tensor_type - what an element is
 * @FOVEA_TENSOR_U8: unsigned byte
 * @FOVEA_TENSOR_S16: signed, 16 bits, little-endian
 */
enum fovea_tensor_type {
	FOVEA_TENSOR_U8 = 1,
	FOVEA_TENSOR_S16 = 2,
};

/**
 * enum fovea_tensor_layout - what the dimensions are
 * @FOVEA_LAYOUT_NONE: nothing more is known
 * @FOVEA_LAYOUT_NHWC: number, height, width, channels
 * @FOVEA_LAYOUT_DETECTIONS: n x 6: left, top, right, bottom in eighths of the input's
 *	pixels, score (32768 is certain), class; a score of 0 ends them
 * @FOVEA_LAYOUT_CLASSES: n x 2: score, class; the best first
 * @FOVEA_LAYOUT_LABELS: height, width: the class of each place
 */
enum fovea_tensor_layout {
	FOVEA_LAYOUT_NONE = 0,
	FOVEA_LAYOUT_NHWC = 1,
	FOVEA_LAYOUT_DETECTIONS = 2,
	FOVEA_LAYOUT_CLASSES = 3,
	FOVEA_LAYOUT_LABELS = 4,
};

/**
 * struct fovea_tensor_entry - one tensor
 * @name: UTF-8, NUL-terminated
 * @type: enum fovea_tensor_type
 * @rank: of @dimensions, 1 to FOVEA_TENSOR_DIMENSIONS
 * @layout: enum fovea_tensor_layout
 * @flags: bit 0: the network's input; bit 1: an output
 * @dimensions: the slowest first; zero behind @rank
 * @zero_point: the value that stands for 0
 * @scale: of a step, times 2^@scale_exponent
 * @scale_exponent: two's complement
 * @offset: of its first byte, from the start of the buffer
 * @size: bytes
 * @step: bytes from piece to piece
 * @reserved: zero
 */
struct fovea_tensor_entry {
	char name[32];
	__u8 type;
	__u8 rank;
	__u8 layout;
	__u8 flags;
	__le32 dimensions[FOVEA_TENSOR_DIMENSIONS];
	__le32 zero_point;
	__le32 scale;
	__le32 scale_exponent;
	__le32 offset;
	__le32 size;
	__le32 step;
	__le32 reserved[11];
};

/**
 * struct fovea_tensor_header - start of a buffer of tensors
 * @magic: FOVEA_TENSOR_MAGIC
 * @version: FOVEA_TENSOR_VERSION; a reader refuses other values
 * @header_size: bytes of this
 * @total_size: bytes, this and all tensors
 * @flags: FOVEA_TENSOR_TRUNCATED
 * @frame_id: 64-bit id of the frame that the buffer belongs to
 * @timestamp: start of that frame, CLOCK_MONOTONIC, ns
 * @label: enum fovea_label; NONE: all that follows is zero
 * @late: frames from the one that the result is of to this one
 * @source_frame_id: id of the frame that the result was computed from
 * @source_timestamp: start of that frame, ns
 * @duration: of the inference, ns
 * @hash: SHA-256 of the network's content: its identity
 * @name: of the network, UTF-8, NUL-terminated
 * @network_version: likewise
 * @pieces: that the picture was cut into
 * @count: of tensors
 * @columns: pieces beside each other
 * @rows: pieces below each other
 * @window_left: what all pieces show, pixels of the array
 * @window_top: likewise
 * @window_width: likewise
 * @window_height: likewise
 * @reserved: zero
 * @tensor: @count of them
 */
struct fovea_tensor_header {
	__le32 magic;
	__le16 version;
	__le16 header_size;
	__le32 total_size;
	__le32 flags;
	__le64 frame_id;
	__le64 timestamp;
	__le32 label;
	__le32 late;
	__le64 source_frame_id;
	__le64 source_timestamp;
	__le64 duration;
	__u8 hash[32];
	char name[64];
	char network_version[32];
	__le32 pieces;
	__le32 count;
	__le16 columns;
	__le16 rows;
	__le16 window_left;
	__le16 window_top;
	__le16 window_width;
	__le16 window_height;
	__le32 reserved[11];
	struct fovea_tensor_entry tensor[FOVEA_TENSORS_MAX];
};

/**
 * DOC: Crops
 *
 * A buffer of the crops node (V4L2_BUF_TYPE_META_CAPTURE, data format
 * FOVEA_CROPS_FORMAT) has struct fovea_crops_header, and behind it cut-outs of the
 * frame that the detections are of, in the array's full resolution: each where its
 * entry says, as lines of pixels in the format that the header names. What the network
 * finds is given a margin (V4L2_CID_FOVEA_CROP_MARGIN), things near each other can be
 * made one (V4L2_CID_FOVEA_CROP_JOIN), and the best of all are taken
 * (V4L2_CID_FOVEA_CROPS).
 */

/* Four-character code 'FVC1' of struct v4l2_meta_format, and the magic number. */
#define FOVEA_CROPS_FORMAT	0x31435646
#define FOVEA_CROPS_MAGIC	0x31435646
#define FOVEA_CROPS_VERSION	1
#define FOVEA_CROPS_MAX		16

/* The buffer was too small for all of them: those that didn't fit are left out. */
#define FOVEA_CROPS_TRUNCATED	0x01

/* A crop of several detections has no class of its own. */
#define FOVEA_CLASS_SEVERAL	0xffff

/**
 * struct fovea_crop - one cut-out
 * @left: pixels of the array, even
 * @top: likewise
 * @width: pixels, even, at least 64
 * @height: lines, likewise
 * @score: the best of its detections'; 32768 is certain
 * @class: of its only detection, or FOVEA_CLASS_SEVERAL
 * @detections: how many it is of
 * @piece: of the picture, of its best detection
 * @offset: of its first byte, from the start of the buffer
 * @size: bytes
 * @stride: bytes from line to line
 * @reserved: zero
 */
struct fovea_crop {
	__le16 left;
	__le16 top;
	__le16 width;
	__le16 height;
	__le16 score;
	__le16 class;
	__le16 detections;
	__le16 piece;
	__le32 offset;
	__le32 size;
	__le32 stride;
	__le32 reserved;
};

/**
 * struct fovea_crops_header - start of a buffer of crops
 * @magic: FOVEA_CROPS_MAGIC
 * @version: FOVEA_CROPS_VERSION; a reader refuses other values
 * @header_size: bytes of this
 * @total_size: bytes, this and all crops that are there
 * @flags: FOVEA_CROPS_TRUNCATED
 * @frame_id: 64-bit id of the frame that the buffer belongs to
 * @timestamp: start of that frame, CLOCK_MONOTONIC, ns
 * @label: enum fovea_label; NONE: all that follows is zero
 * @late: frames from the one that the crops are of to this one
 * @source_frame_id: id of the frame that both detections and pixels are of
 * @source_timestamp: start of that frame, ns
 * @hash: SHA-256 of the network's content: its identity
 * @format: V4L2_PIX_FMT_RGB24
 * @count: of crops
 * @wanted: crops that there would have been with room for all
 * @reserved: zero
 * @crop: @count of them, the highest score first
 */
struct fovea_crops_header {
	__le32 magic;
	__le16 version;
	__le16 header_size;
	__le32 total_size;
	__le32 flags;
	__le64 frame_id;
	__le64 timestamp;
	__le32 label;
	__le32 late;
	__le64 source_frame_id;
	__le64 source_timestamp;
	__u8 hash[32];
	__le32 format;
	__le32 count;
	__le32 wanted;
	__le32 reserved[5];
	struct fovea_crop crop[FOVEA_CROPS_MAX];
};

/**
 * DOC: Networks
 *
 * The network node (V4L2_BUF_TYPE_META_OUTPUT, data format FOVEA_NETWORK_FORMAT) takes
 * network packages, one in a buffer. VIDIOC_QBUF returns at once; the package is
 * checked, its signature verified, and then it is loaded into the slot that isn't
 * active and tested, beside the frames that flow. Its buffer comes back when that is
 * over, with V4L2_BUF_FLAG_ERROR when it was refused; V4L2_EVENT_FOVEA_NETWORK says
 * where it was and why. VIDIOC_STREAMOFF cancels. V4L2_CID_FOVEA_NETWORK chooses which
 * of the loaded networks sees the frames from the next one on.
 */

/* Four-character code 'FVN1' of struct v4l2_meta_format. */
#define FOVEA_NETWORK_FORMAT	0x314e5646
#define FOVEA_NETWORK_SIZE_MAX	(16 << 20)

/* Networks that the driver keeps, so that they can be activated without loading. */
#define FOVEA_NETWORKS_MAX	4

/**
 * enum fovea_network_state - of a network that the driver keeps
 * @FOVEA_NETWORK_EMPTY: there is none with this number
 * @FOVEA_NETWORK_KEPT: it goes to the device when it is activated
 * @FOVEA_NETWORK_READY: it is on the device
 * @FOVEA_NETWORK_ACTIVE: it sees the frames
 */
enum fovea_network_state {
	FOVEA_NETWORK_EMPTY = 0,
	FOVEA_NETWORK_KEPT = 1,
	FOVEA_NETWORK_READY = 2,
	FOVEA_NETWORK_ACTIVE = 3,
};

/* It has a signature of a key in the keyring .fovea. */
#define FOVEA_NETWORK_SIGNED	0x01

/**
 * struct fovea_network - one entry of V4L2_CID_FOVEA_NETWORKS
 * @state: enum fovea_network_state; EMPTY: all that follows is zero
 * @flags: FOVEA_NETWORK_SIGNED
 * @size: of its package, bytes
 * @loaded: a number that grows with each package that was loaded
 * @hash: SHA-256 of its content: its identity
 * @name: UTF-8, NUL-terminated
 * @version: likewise
 * @activated: a number that grows each time that a network becomes active: when this
 *	one did last; 0: never. Without the active one, the greatest is that of the one
 *	before it
 * @reserved: zero
 */
struct fovea_network {
	__le32 state;
	__le32 flags;
	__le32 size;
	__le32 loaded;
	__u8 hash[32];
	char name[64];
	char version[32];
	__le32 activated;
	__le32 reserved[27];
};

/* Sent to those who subscribed to it on any node that has V4L2_CID_FOVEA_NETWORK. */
#define V4L2_EVENT_FOVEA_NETWORK	(V4L2_EVENT_PRIVATE_START + 0xf1)

/**
 * enum fovea_network_stage - how far a package has come
 * @FOVEA_STAGE_CHECK: the driver checks it; @fault: FS1_PACKAGE_* of fs1-package.h
 * @FOVEA_STAGE_SIGNATURE: the driver verifies its signature; @fault: 0
 * @FOVEA_STAGE_COPY: the device copies it
 * @FOVEA_STAGE_DEVICE_CHECK: the device checks it; @fault as with CHECK
 * @FOVEA_STAGE_INPUT: the device looks how frames become its input; @fault: enum fs1_status
 * @FOVEA_STAGE_GRAPH: the device plans its graph; @fault: FS1_NETWORK_* of fs1-network.h
 * @FOVEA_STAGE_TEST: the device computes its tests; @fault: 1: other bytes came out
 * @FOVEA_STAGE_READY: it can be activated
 * @FOVEA_STAGE_ACTIVE: it sees the frames from the next one on
 * @FOVEA_STAGE_CANCELLED: by VIDIOC_STREAMOFF
 */
enum fovea_network_stage {
	FOVEA_STAGE_CHECK = 1,
	FOVEA_STAGE_SIGNATURE = 2,
	FOVEA_STAGE_COPY = 3,
	FOVEA_STAGE_DEVICE_CHECK = 4,
	FOVEA_STAGE_INPUT = 5,
	FOVEA_STAGE_GRAPH = 6,
	FOVEA_STAGE_TEST = 7,
	FOVEA_STAGE_READY = 8,
	FOVEA_STAGE_ACTIVE = 9,
	FOVEA_STAGE_CANCELLED = 10,
};

/**
 * struct fovea_event_network - data of V4L2_EVENT_FOVEA_NETWORK
 * @number: of the network, 1 to FOVEA_NETWORKS_MAX; 0: none, or not known yet
 * @stage: enum fovea_network_stage
 * @progress: per mille of the loading
 * @error: 0: it goes on, or is done; else the errno that it ended with, at @stage
 * @fault: why, by @stage
 * @offset: where: in the package, or TEST: in the outputs
 * @value: what stood there
 * @limit: the greatest that is right; TEST: what it should be
 * @tensor: of the graph, or 0xffffffff
 * @operator: likewise
 * @reserved: zero
 */
struct fovea_event_network {
	__u32 number;
	__u32 stage;
	__u32 progress;
	__u32 error;
	__u32 fault;
	__u32 offset;
	__u32 value;
	__u32 limit;
	__u32 tensor;
	__u32 operator;
	__u32 reserved[6];
};

/**
 * DOC: Controls
 *
 * All controls but these are V4L2's own. All but the first are there on devices with
 * a neural unit.
 *
 * V4L2_CID_FOVEA_CHECKSUM (boolean, default 0): the device computes a checksum
 * of each picture and puts it into the frame's metadata, so that whoever holds
 * the picture can tell whether it is what the sensor wrote.
 *
 * V4L2_CID_FOVEA_NETWORK (integer, 0 to the highest number that is kept, at most
 * FOVEA_NETWORKS_MAX, default 0): number of the network that sees the frames; 0: none.
 * As with all controls, a greater one counts as the greatest. One that is not on the
 * device is loaded first; the control has its number at once,
 * V4L2_EVENT_FOVEA_NETWORK says when it is active, and until then the one before goes
 * on. If it can't become active, the event says why, and the control again has the
 * number of the one before.
 *
 * V4L2_CID_FOVEA_NETWORKS (unsigned bytes, FOVEA_NETWORKS_MAX times struct
 * fovea_network, read-only, volatile): those that the driver keeps; number 1 is first.
 *
 * V4L2_CID_FOVEA_LOAD_PROGRESS (integer, 0 to 1000, read-only, volatile): of the latest
 * package, per mille.
 *
 * V4L2_CID_FOVEA_TENSORS (bit mask, default 1): what buffers of the tensor node have:
 * 1: the network's outputs, 2: its input.
 *
 * V4L2_CID_FOVEA_CROPS (integer, 1 to FOVEA_CROPS_MAX, default 4): at most so many crops
 * of a frame.
 *
 * V4L2_CID_FOVEA_CROP_MARGIN (integer, 0 to 100, default 10): added on each side of what
 * was found, in per cent of its height.
 *
 * V4L2_CID_FOVEA_CROP_JOIN (integer, 0 to 400, default 0): things whose distance is at
 * most so many per cent of the height of the higher one become one crop, and what is as
 * near to one of those does; 0: none do.
 *
 * The last four count as they were when the frame began that tensors and crops are of,
 * however late those come.
 */
#define V4L2_CID_FOVEA_BASE		(V4L2_CID_USER_BASE + 0x1f00)
#define V4L2_CID_FOVEA_CHECKSUM		(V4L2_CID_FOVEA_BASE + 0)
#define V4L2_CID_FOVEA_NETWORK		(V4L2_CID_FOVEA_BASE + 1)
#define V4L2_CID_FOVEA_NETWORKS		(V4L2_CID_FOVEA_BASE + 2)
#define V4L2_CID_FOVEA_LOAD_PROGRESS	(V4L2_CID_FOVEA_BASE + 3)
#define V4L2_CID_FOVEA_TENSORS		(V4L2_CID_FOVEA_BASE + 4)
#define V4L2_CID_FOVEA_CROPS		(V4L2_CID_FOVEA_BASE + 5)
#define V4L2_CID_FOVEA_CROP_MARGIN	(V4L2_CID_FOVEA_BASE + 6)
#define V4L2_CID_FOVEA_CROP_JOIN	(V4L2_CID_FOVEA_BASE + 7)

/**
 * DOC: Recovery
 *
 * When the device misbehaves, the driver brings it back by itself, in stages,
 * and streams continue; what was lost shows as a gap of the frame ids. Whoever
 * subscribes to V4L2_EVENT_FOVEA_RECOVERY on a capture node is told of each stage.
 */
#define V4L2_EVENT_FOVEA_RECOVERY	(V4L2_EVENT_PRIVATE_START + 0xf0)

/**
 * enum fovea_recovery_stage - what the driver has done
 * @FOVEA_RECOVERY_REISSUE: a command was sent once more
 * @FOVEA_RECOVERY_QUEUE_RESET: a stream's queue was made anew
 * @FOVEA_RECOVERY_DEVICE_RESET: the device was started anew
 * @FOVEA_RECOVERY_DONE: frames can flow again
 * @FOVEA_RECOVERY_GIVEN_UP: the device can't be brought back; streams are in error
 */
enum fovea_recovery_stage {
	FOVEA_RECOVERY_REISSUE = 1,
	FOVEA_RECOVERY_QUEUE_RESET = 2,
	FOVEA_RECOVERY_DEVICE_RESET = 3,
	FOVEA_RECOVERY_DONE = 4,
	FOVEA_RECOVERY_GIVEN_UP = 5,
};

/**
 * enum fovea_recovery_cause - why
 * @FOVEA_CAUSE_COMMAND: a command wasn't answered in time
 * @FOVEA_CAUSE_HEARTBEAT: the device's heartbeat stood still
 * @FOVEA_CAUSE_BUFFER: a buffer didn't come back, or not in its turn
 * @FOVEA_CAUSE_FRAMES: no frame started though streams run
 * @FOVEA_CAUSE_RESTART: the device has restarted by itself
 * @FOVEA_CAUSE_FAILED: the device said that it has failed
 * @FOVEA_CAUSE_BUS: the bus reported an error
 */
enum fovea_recovery_cause {
	FOVEA_CAUSE_COMMAND = 1,
	FOVEA_CAUSE_HEARTBEAT = 2,
	FOVEA_CAUSE_BUFFER = 3,
	FOVEA_CAUSE_FRAMES = 4,
	FOVEA_CAUSE_RESTART = 5,
	FOVEA_CAUSE_FAILED = 6,
	FOVEA_CAUSE_BUS = 7,
};

/**
 * struct fovea_event_recovery - data of V4L2_EVENT_FOVEA_RECOVERY
 * @stage: enum fovea_recovery_stage
 * @cause: enum fovea_recovery_cause, of the recovery this belongs to
 * @count: how often this stage was reached since the driver has the device
 * @duration_us: DONE, GIVEN_UP: since the recovery began; else 0
 * @reserved: zero
 */
struct fovea_event_recovery {
	__u32 stage;
	__u32 cause;
	__u32 count;
	__u32 duration_us;
	__u32 reserved[4];
};

#endif /* _UAPI_LINUX_FOVEA_H */
