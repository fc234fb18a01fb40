// SPDX-License-Identifier: Apache-2.0
/*
 * Crop buffers: one copy of the header, all of it checked, then views.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/videodev2.h>
#include <string.h>

#include "libfovea/crops.h"

#define PIXEL_SIZE	3u	/* bytes */
#define CERTAIN		32768u	/* of scores */

static const struct fovea_result_form form = {
	.magic = FOVEA_CROPS_MAGIC,
	.version = FOVEA_CROPS_VERSION,
	.header_size = sizeof(struct fovea_crops_header),
};

/* What is being read: the header's copy, and where messages go. */
struct reader {
	struct fovea_crops_header header;
	const uint8_t *data;
	size_t header_size;
	size_t total;
	char *error;
};

static int check_place(const struct reader *reader, uint32_t number,
		       struct fovea_cut *cut)
{
	const struct fovea_crop *crop = &reader->header.crop[number];
	uint64_t offset = le32toh(crop->offset), size = le32toh(crop->size);
	uint64_t stride = le32toh(crop->stride), needed;

	if (stride < (uint64_t)cut->width * PIXEL_SIZE)
		return fovea_result_refuse(reader->error,
			"crop %u: stride: %" PRIu64 "; %" PRIu32 " pixels have %" PRIu32 " bytes",
			number, stride, cut->width, cut->width * PIXEL_SIZE);
	needed = stride * (cut->height - 1) + (uint64_t)cut->width * PIXEL_SIZE;
	if (size < needed)
		return fovea_result_refuse(reader->error,
			"crop %u: size: %" PRIu64 "; its lines have %" PRIu64,
			number, size, needed);
	if (offset < reader->header_size || offset > reader->total ||
	    size > reader->total - offset)
		return fovea_result_refuse(reader->error,
			"crop %u: offset: %" PRIu64 ", with %" PRIu64 " bytes, isn't in %zu to %zu",
			number, offset, size, reader->header_size, reader->total);
	cut->stride = (size_t)stride;
	cut->data = reader->data + offset;
	return 0;
}

static int check_crop(const struct reader *reader, uint32_t number,
		      struct fovea_cut *cut)
{
	const struct fovea_crop *crop = &reader->header.crop[number];
	uint32_t score = le16toh(crop->score);

	cut->left = le16toh(crop->left);
	cut->top = le16toh(crop->top);
	cut->width = le16toh(crop->width);
	cut->height = le16toh(crop->height);
	if (!cut->width || cut->width % 2)
		return fovea_result_refuse(reader->error,
			"crop %u: width: %" PRIu32 "; right is even, and not 0",
			number, cut->width);
	if (!cut->height || cut->height % 2)
		return fovea_result_refuse(reader->error,
			"crop %u: height: %" PRIu32 "; right is even, and not 0",
			number, cut->height);
	if (score > CERTAIN)
		return fovea_result_refuse(reader->error,
			"crop %u: score: %" PRIu32 "; at most %u", number, score,
			CERTAIN);
	cut->score = score / (double)CERTAIN;
	cut->class = le16toh(crop->class);
	cut->detections = le16toh(crop->detections);
	if (!cut->detections)
		return fovea_result_refuse(reader->error,
			"crop %u: detections: 0", number);
	cut->piece = le16toh(crop->piece);
	return check_place(reader, number, cut);
}

static int read_crops(const struct reader *reader, struct fovea_crops *crops)
{
	const struct fovea_crops_header *header = &reader->header;
	uint32_t count = le32toh(header->count), wanted = le32toh(header->wanted);
	bool truncated = le32toh(header->flags) & FOVEA_CROPS_TRUNCATED;
	int r = 0;

	memcpy(crops->result.hash, header->hash, sizeof(header->hash));
	if (le32toh(header->format) != V4L2_PIX_FMT_RGB24) {
		(void)fovea_result_refuse(reader->error,
			"format: %08" PRIx32 "; this library reads RGB24",
			le32toh(header->format));
		return -EPROTONOSUPPORT;
	}
	if (count > FOVEA_CROPS_MAX)
		return fovea_result_refuse(reader->error,
			"count: %" PRIu32 "; at most %d", count, FOVEA_CROPS_MAX);
	if (wanted < count || (wanted > count) != truncated)
		return fovea_result_refuse(reader->error,
			"wanted: %" PRIu32 ", count: %" PRIu32 "%s", wanted, count,
			truncated ? ", truncated" : "");
	for (uint32_t i = 0; r == 0 && i < count; i++)
		r = check_crop(reader, i, &crops->cut[i]);
	crops->count = count;
	crops->wanted = wanted;
	return r;
}

int fovea_crops_init(struct fovea_crops *crops, const void *data, size_t size,
		     char ret_error[FOVEA_RESULT_ERROR_SIZE])
{
	struct reader reader = { .data = data, .error = ret_error };
	struct fovea_crops read = { 0 };
	struct fovea_result_start start;
	int r;

	if (size < sizeof(reader.header))
		return fovea_result_refuse(ret_error,
			"the buffer has %zu bytes; the header alone has %zu", size,
			sizeof(reader.header));
	memcpy(&reader.header, data, sizeof(reader.header));
	memcpy(&start, &reader.header, sizeof(start));
	r = fovea_result_begin(&form, &start, size, &read.result, ret_error);
	if (r < 0)
		return r;
	reader.header_size = le16toh(start.header_size);
	reader.total = le32toh(start.total_size);
	if (read.result.label != FOVEA_LABEL_NONE)
		r = read_crops(&reader, &read);
	if (r == 0)
		*crops = read;
	return r;
}
