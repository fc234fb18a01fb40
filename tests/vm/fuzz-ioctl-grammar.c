// SPDX-License-Identifier: Apache-2.0
/*
 * The ioctl fuzzer's grammar: what can be called on the nodes, what the parts of
 * each call are, and which values of them are worth trying.
 */
#include <fcntl.h>
#include <linux/fovea.h>
#include <linux/media.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "fuzz-ioctl.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *const fuzz_slot_names[FUZZ_SLOTS] = {
	"image", "preview", "meta", "scene", "media",
	"image-nb", "preview-nb", "meta-nb", "scene-nb", "media-nb",
	"image-ro", "preview-ro", "meta-ro", "scene-ro", "media-ro",
	"spare",
};

unsigned int fuzz_slot_node(unsigned int slot)
{
	return slot % FUZZ_NODES;
}

/* ------------------------------------------------------------------------
 * Values
 */

static const uint32_t slots[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
};

static const uint32_t descriptors[] = { (uint32_t)-1, 0, 1, 1000000 };
static const uint32_t maps[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static const uint32_t types[] = {
	V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_TYPE_META_CAPTURE,
	V4L2_BUF_TYPE_VIDEO_OUTPUT, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE,
	V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE, V4L2_BUF_TYPE_META_OUTPUT,
	V4L2_BUF_TYPE_VBI_CAPTURE, V4L2_BUF_TYPE_SDR_CAPTURE,
	V4L2_BUF_TYPE_VIDEO_OVERLAY, 0, V4L2_BUF_TYPE_PRIVATE, 0xffffffff,
};

static const uint32_t memories[] = {
	V4L2_MEMORY_MMAP, V4L2_MEMORY_MMAP, V4L2_MEMORY_DMABUF,
	V4L2_MEMORY_USERPTR, V4L2_MEMORY_OVERLAY, 0, 5, 0xffffffff,
};

static const uint32_t counts[] = {
	1, 2, 3, 4, 8, 0, 32, 33, 64, 0x7fffffff, 0xffffffff,
};

static const uint32_t indices[] = {
	0, 1, 2, 3, 7, 31, 32, 63, 0x7fffffff, 0xffffffff,
};

static const uint32_t widths[] = {
	16, 64, 640, 1014, 1280, 2028, 4056, 4057, 4055, 17, 15, 0, 1, 1920,
	0x7fffffff, 0xfffffff0, 0xffffffff,
};

static const uint32_t heights[] = {
	16, 64, 480, 760, 720, 1520, 3040, 3041, 3039, 17, 15, 0, 1, 1080,
	0x7fffffff, 0xfffffff0, 0xffffffff,
};

static const uint32_t lefts[] = {
	0, 2, 1, 16, 1000, 2028, 4040, 4056, 3040, 0x7fffffff, 0x80000000,
	0xffffffff, 0xfffffffe,
};

static const uint32_t fourccs[] = {
	V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_RGB24,
	V4L2_PIX_FMT_BGR24, V4L2_PIX_FMT_XBGR32, V4L2_PIX_FMT_GREY,
	V4L2_PIX_FMT_SRGGB12, V4L2_PIX_FMT_SRGGB12P, FOVEA_META_FORMAT,
	V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_NV12M, 0, 0xffffffff,
};

static const uint32_t fields[] = {
	V4L2_FIELD_NONE, V4L2_FIELD_ANY, V4L2_FIELD_INTERLACED,
	V4L2_FIELD_ALTERNATE, 0xffffffff,
};

static const uint32_t strides[] = { 0, 640, 1920, 4056 * 4, 1, 0xffffffff };

static const uint32_t sizes[] = {
	0, 1, 16, 384, 768, 4096, 16384, 16385, 460800, 921600, 1000000,
	12330240 / 2, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff,
};

static const uint32_t colours[] = {
	V4L2_PIX_FMT_PRIV_MAGIC, 0, V4L2_YCBCR_ENC_709, V4L2_YCBCR_ENC_601,
	V4L2_COLORSPACE_SRGB, V4L2_COLORSPACE_RAW, V4L2_COLORSPACE_JPEG, 99,
	0xffffffff,
};

static const uint32_t pix_flags[] = {
	V4L2_PIX_FMT_FLAG_SET_CSC, 0, V4L2_PIX_FMT_FLAG_PREMUL_ALPHA,
	0xffffffff,
};

static const uint32_t buffer_flags[] = {
	0, V4L2_BUF_FLAG_NO_CACHE_INVALIDATE | V4L2_BUF_FLAG_NO_CACHE_CLEAN,
	V4L2_BUF_FLAG_REQUEST_FD, V4L2_BUF_FLAG_LAST, V4L2_BUF_FLAG_TIMECODE,
	V4L2_BUF_FLAG_IN_REQUEST, V4L2_BUF_FLAG_M2M_HOLD_CAPTURE_BUF,
	V4L2_MEMORY_FLAG_NON_COHERENT, 0xffffffff,
};

static const uint32_t offsets[] = { 0, 4096, 4095, 0x7ffff000, 0xfffff000 };

/* See machine_pointer(). */
static const uint32_t pointers[] = { 1, 1, 1, 1, 0, 2, 3, 4, 5, 6 };

static const uint32_t cids[] = {
	V4L2_CID_EXPOSURE_AUTO, V4L2_CID_EXPOSURE, V4L2_CID_ANALOGUE_GAIN,
	V4L2_CID_DIGITAL_GAIN, V4L2_CID_HFLIP, V4L2_CID_VFLIP,
	V4L2_CID_PRIVACY, V4L2_CID_TEST_PATTERN, V4L2_CID_VBLANK,
	V4L2_CID_HBLANK, V4L2_CID_PIXEL_RATE, V4L2_CID_LINK_FREQ,
	V4L2_CID_AUTO_WHITE_BALANCE, V4L2_CID_RED_BALANCE,
	V4L2_CID_BLUE_BALANCE, V4L2_CID_BRIGHTNESS, V4L2_CID_CONTRAST,
	V4L2_CID_SATURATION, V4L2_CID_GAMMA, V4L2_CID_FOVEA_CHECKSUM,
	V4L2_CID_BASE, V4L2_CTRL_FLAG_NEXT_CTRL,
	V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND,
	V4L2_CID_USER_CLASS, V4L2_CID_CAMERA_CLASS, V4L2_CID_PRIVATE_BASE,
	V4L2_CID_MIN_BUFFERS_FOR_CAPTURE, 0, 0xffffffff,
};

static const uint32_t values[] = {
	0, 1, 2, 3, 100, 128, 220, 255, 256, 300, 512, 1000, 2047, 4096, 65535,
	0x7fffffff, 0x80000000, 0xffffffff, 0xffffff80,
};

static const uint32_t whiches[] = {
	V4L2_CTRL_WHICH_CUR_VAL, V4L2_CTRL_CLASS_USER, V4L2_CTRL_CLASS_CAMERA,
	V4L2_CTRL_CLASS_IMAGE_SOURCE, V4L2_CTRL_CLASS_IMAGE_PROC,
	V4L2_CTRL_WHICH_DEF_VAL, V4L2_CTRL_WHICH_REQUEST_VAL, 0xffffffff,
};

static const uint32_t targets[] = {
	V4L2_SEL_TGT_CROP, V4L2_SEL_TGT_CROP, V4L2_SEL_TGT_CROP_DEFAULT,
	V4L2_SEL_TGT_CROP_BOUNDS, V4L2_SEL_TGT_NATIVE_SIZE,
	V4L2_SEL_TGT_COMPOSE, 0xffffffff,
};

static const uint32_t selection_flags[] = {
	0, V4L2_SEL_FLAG_GE, V4L2_SEL_FLAG_LE,
	V4L2_SEL_FLAG_GE | V4L2_SEL_FLAG_LE, V4L2_SEL_FLAG_KEEP_CONFIG,
	0xffffffff,
};

static const uint32_t numerators[] = {
	1, 0, 2, 10, 1001, 0x7fffffff, 0xffffffff,
};

static const uint32_t denominators[] = {
	30, 1, 0, 60, 120, 1000, 30000, 0x7fffffff, 0xffffffff,
};

static const uint32_t events[] = {
	V4L2_EVENT_FRAME_SYNC, V4L2_EVENT_EOS, V4L2_EVENT_CTRL,
	V4L2_EVENT_SOURCE_CHANGE, V4L2_EVENT_FOVEA_RECOVERY, V4L2_EVENT_ALL,
	V4L2_EVENT_VSYNC, V4L2_EVENT_MOTION_DET, V4L2_EVENT_PRIVATE_START,
	0xffffffff,
};

static const uint32_t event_flags[] = {
	0, V4L2_EVENT_SUB_FL_SEND_INITIAL, V4L2_EVENT_SUB_FL_ALLOW_FEEDBACK,
	V4L2_EVENT_SUB_FL_SEND_INITIAL | V4L2_EVENT_SUB_FL_ALLOW_FEEDBACK,
	0xffffffff,
};

static const uint32_t entities[] = {
	1, 2, 3, 4, 5, 6, 0, MEDIA_ENT_ID_FLAG_NEXT,
	1 | MEDIA_ENT_ID_FLAG_NEXT, 0xffffffff,
};

static const uint32_t open_flags[] = {
	O_RDWR, O_RDWR | O_NONBLOCK, O_RDONLY, O_WRONLY,
	O_RDONLY | O_NONBLOCK,
};

static const uint32_t poll_events[] = {
	POLLIN, POLLOUT, POLLPRI, POLLIN | POLLOUT | POLLPRI, 0, 0xffff,
};

static const uint32_t delays[] = { 0, 0, 0, 1, 5, 20 };

static const uint32_t protections[] = {
	PROT_READ | PROT_WRITE, PROT_READ, PROT_WRITE, PROT_NONE,
	PROT_READ | PROT_EXEC,
};

/* Of raw ioctls: other sizes and directions, other devices. */
static const uint32_t commands[] = {
	(uint32_t)VIDIOC_QBUF, (uint32_t)VIDIOC_S_FMT,
	(uint32_t)_IOWR('V', 15, char[44]), (uint32_t)_IOWR('V', 17, char[80]),
	(uint32_t)_IO('V', 15), (uint32_t)_IOW('V', 5, char[4096]),
	(uint32_t)_IOR('V', 0, char[1]), (uint32_t)VIDIOC_G_EDID,
	(uint32_t)VIDIOC_DBG_G_REGISTER, (uint32_t)VIDIOC_G_JPEGCOMP,
	(uint32_t)VIDIOC_QUERYSTD, (uint32_t)VIDIOC_S_DV_TIMINGS,
	(uint32_t)VIDIOC_OVERLAY, (uint32_t)VIDIOC_S_FREQUENCY,
	(uint32_t)VIDIOC_DECODER_CMD, (uint32_t)VIDIOC_G_SLICED_VBI_CAP,
	(uint32_t)_IO('V', BASE_VIDIOC_PRIVATE), (uint32_t)_IO('|', 0),
	(uint32_t)FIONREAD, (uint32_t)MEDIA_IOC_DEVICE_INFO, 0, 0xffffffff,
};

static const uint32_t words[] = {
	0, 1, 2, 4, 0x7f, 0x80, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
	0xffffffff,
};

static const uint32_t files[] = { 0, 1, 2, 3 };

#define KIND(array, answers) { (array), COUNT(array), (answers) }

const struct fuzz_kind_info fuzz_kinds[FUZZ_KINDS] = {
	[FUZZ_FD] = KIND(slots, false),
	[FUZZ_DMABUF] = KIND(descriptors, true),
	[FUZZ_REQUEST] = KIND(descriptors, true),
	[FUZZ_MAP] = KIND(maps, false),
	[FUZZ_TYPE] = KIND(types, false),
	[FUZZ_MEMORY] = KIND(memories, false),
	[FUZZ_COUNT] = KIND(counts, false),
	[FUZZ_INDEX] = KIND(indices, true),
	[FUZZ_WIDTH] = KIND(widths, true),
	[FUZZ_HEIGHT] = KIND(heights, true),
	[FUZZ_LEFT] = KIND(lefts, true),
	[FUZZ_FOURCC] = KIND(fourccs, true),
	[FUZZ_FIELD] = KIND(fields, false),
	[FUZZ_STRIDE] = KIND(strides, true),
	[FUZZ_SIZE] = KIND(sizes, true),
	[FUZZ_COLOUR] = KIND(colours, false),
	[FUZZ_PIX_FLAGS] = KIND(pix_flags, false),
	[FUZZ_BUFFER_FLAGS] = KIND(buffer_flags, false),
	[FUZZ_OFFSET] = KIND(offsets, true),
	[FUZZ_POINTER] = KIND(pointers, false),
	[FUZZ_CID] = KIND(cids, true),
	[FUZZ_VALUE] = KIND(values, true),
	[FUZZ_WHICH] = KIND(whiches, false),
	[FUZZ_TARGET] = KIND(targets, false),
	[FUZZ_SELECTION_FLAGS] = KIND(selection_flags, false),
	[FUZZ_NUMERATOR] = KIND(numerators, true),
	[FUZZ_DENOMINATOR] = KIND(denominators, true),
	[FUZZ_EVENT] = KIND(events, false),
	[FUZZ_EVENT_FLAGS] = KIND(event_flags, false),
	[FUZZ_ENTITY] = KIND(entities, true),
	[FUZZ_OPEN_FLAGS] = KIND(open_flags, false),
	[FUZZ_POLL_EVENTS] = KIND(poll_events, false),
	[FUZZ_MS] = KIND(delays, false),
	[FUZZ_PROTECTION] = KIND(protections, false),
	[FUZZ_COMMAND] = KIND(commands, false),
	[FUZZ_WORD] = KIND(words, false),
	[FUZZ_FILE] = KIND(files, false),
};
