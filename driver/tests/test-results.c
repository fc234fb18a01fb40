// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is let pass of the tensors and crops that a device writes: each thing that a
 * hostile one can say wrong, alone; and the layout that userspace was promised.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>
#include <linux/fovea.h>
#include <linux/stddef.h>

#include "../fovea-result.h"
#include "../fs1/fs1-abi.h"

#define FRAME	0x6500000000000007ull

static const struct layout_case {
	const char *name;
	size_t is;
	size_t promised;
} layout_cases[] = {
#define PLACE(name, member, offset) \
	{ #name "." #member, offsetof(struct fovea_##name, member), offset }
#define SIZE(name, size) \
	{ #name, sizeof(struct fovea_##name), size }
	SIZE(detection, 16),
	SIZE(meta_detections, 56 + 64 * 16),
	PLACE(meta_detections, label, 8),
	PLACE(meta_detections, source_frame_id, 16),
	PLACE(meta_detections, network, 40),
	PLACE(meta_detections, count, 48),
	PLACE(meta_detections, detection, 56),
	SIZE(tensor_entry, 128),
	PLACE(tensor_entry, type, 32),
	PLACE(tensor_entry, dimensions, 36),
	PLACE(tensor_entry, zero_point, 60),
	PLACE(tensor_entry, offset, 72),
	PLACE(tensor_entry, size, 76),
	PLACE(tensor_entry, step, 80),
	SIZE(tensor_header, 2304),
	PLACE(tensor_header, total_size, 8),
	PLACE(tensor_header, frame_id, 16),
	PLACE(tensor_header, label, 32),
	PLACE(tensor_header, source_frame_id, 40),
	PLACE(tensor_header, hash, 64),
	PLACE(tensor_header, name, 96),
	PLACE(tensor_header, network_version, 160),
	PLACE(tensor_header, pieces, 192),
	PLACE(tensor_header, count, 196),
	PLACE(tensor_header, tensor, 256),
	SIZE(crop, 32),
	PLACE(crop, offset, 16),
	SIZE(crops_header, 632),
	PLACE(crops_header, label, 32),
	PLACE(crops_header, source_frame_id, 40),
	PLACE(crops_header, hash, 56),
	PLACE(crops_header, format, 88),
	PLACE(crops_header, count, 92),
	PLACE(crops_header, wanted, 96),
	PLACE(crops_header, crop, 120),
	SIZE(network, 256),
	PLACE(network, hash, 16),
	PLACE(network, name, 48),
	PLACE(network, version, 112),
	SIZE(event_network, 64),
#undef PLACE
#undef SIZE
};

static void results_layout(struct kunit *test)
{
	const struct layout_case *c;

	for (c = layout_cases; c < layout_cases + ARRAY_SIZE(layout_cases); c++)
		KUNIT_EXPECT_EQ_MSG(test, c->is, c->promised, "%s", c->name);
}

/* ------------------------------------------------------------------------
 * Tensors
 */

/* Two pieces of 2 x 3 numbers of 16 bits. */
#define TENSOR_LENGTH	((u32)sizeof(struct fovea_tensor_header) + 24)

static struct fovea_tensor_header *tensors_make(struct kunit *test)
{
	struct fovea_tensor_header *header;
	struct fovea_tensor_entry *entry;

	header = kunit_kzalloc(test, TENSOR_LENGTH, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, header);
	entry = &header->tensor[0];
	header->magic = cpu_to_le32(FOVEA_TENSOR_MAGIC);
	header->version = cpu_to_le16(FOVEA_TENSOR_VERSION);
	header->header_size = cpu_to_le16(sizeof(*header));
	header->total_size = cpu_to_le32(TENSOR_LENGTH);
	header->frame_id = cpu_to_le64(FRAME);
	header->label = cpu_to_le32(FOVEA_LABEL_LATE);
	header->late = cpu_to_le32(2);
	header->source_frame_id = cpu_to_le64(FRAME - 2);
	strscpy(header->name, "network", sizeof(header->name));
	strscpy(header->network_version, "1", sizeof(header->network_version));
	header->pieces = cpu_to_le32(2);
	header->count = cpu_to_le32(1);
	strscpy(entry->name, "out", sizeof(entry->name));
	entry->type = FOVEA_TENSOR_S16;
	entry->rank = 2;
	entry->dimensions[0] = cpu_to_le32(2);
	entry->dimensions[1] = cpu_to_le32(3);
	entry->offset = cpu_to_le32(sizeof(*header));
	entry->size = cpu_to_le32(12);
	entry->step = cpu_to_le32(12);
	return header;
}

static void tensors_right(struct kunit *test)
{
	struct fovea_tensor_header *header = tensors_make(test);

	KUNIT_EXPECT_TRUE(test,
			  fovea_tensor_valid(header, TENSOR_LENGTH, FRAME));
	header->late = 0;
	header->label = cpu_to_le32(FOVEA_LABEL_FRESH);
	header->source_frame_id = cpu_to_le64(FRAME);
	KUNIT_EXPECT_TRUE(test,
			  fovea_tensor_valid(header, TENSOR_LENGTH, FRAME));
	/* Of a buffer that is too small there is the header alone. */
	header->flags = cpu_to_le32(FOVEA_TENSOR_TRUNCATED);
	KUNIT_EXPECT_TRUE(test, fovea_tensor_valid(header, sizeof(*header),
						   FRAME));
	KUNIT_EXPECT_FALSE(test,
			   fovea_tensor_valid(header, TENSOR_LENGTH, FRAME));
	header->total_size = cpu_to_le32(sizeof(*header));
	KUNIT_EXPECT_FALSE(test, fovea_tensor_valid(header, sizeof(*header),
						    FRAME));
}

static void tensors_none(struct kunit *test)
{
	struct fovea_tensor_header *header = tensors_make(test);

	header->label = cpu_to_le32(FOVEA_LABEL_NONE);
	header->late = 0;
	header->source_frame_id = 0;
	KUNIT_EXPECT_FALSE(test,
			   fovea_tensor_valid(header, TENSOR_LENGTH, FRAME));
	header->count = 0;
	KUNIT_EXPECT_FALSE(test,
			   fovea_tensor_valid(header, TENSOR_LENGTH, FRAME));
	header->total_size = cpu_to_le32(sizeof(*header));
	KUNIT_EXPECT_TRUE(test, fovea_tensor_valid(header, sizeof(*header),
						   FRAME));
	KUNIT_EXPECT_FALSE(test, fovea_tensor_valid(header, sizeof(*header) - 1,
						    FRAME));
}

/**
 * struct wrong_case - a lie
 * @name: what about
 * @offset: of the number in the buffer
 * @size: bytes of it
 * @value: instead of the right one
 */
struct wrong_case {
	const char *name;
	u32 offset;
	u32 size;
	u64 value;
};

#define LIE(type, member, what, lie)					\
	{ what, offsetof(struct fovea_##type, member),			\
	  sizeof_field(struct fovea_##type, member), lie }

static const struct wrong_case tensor_lies[] = {
	LIE(tensor_header, magic, "magic", FOVEA_META_MAGIC),
	LIE(tensor_header, version, "version", 2),
	LIE(tensor_header, header_size, "header size", 2308),
	LIE(tensor_header, total_size, "a byte more", TENSOR_LENGTH + 1),
	LIE(tensor_header, total_size, "a byte less", TENSOR_LENGTH - 1),
	LIE(tensor_header, frame_id, "another frame", FRAME - 1),
	LIE(tensor_header, label, "label", 3),
	LIE(tensor_header, label, "fresh of another", FOVEA_LABEL_FRESH),
	LIE(tensor_header, late, "late by 0", 0),
	LIE(tensor_header, late, "late by another", 3),
	LIE(tensor_header, source_frame_id, "of the future", FRAME + 2),
	LIE(tensor_header, count, "count", FOVEA_TENSORS_MAX + 1),
	LIE(tensor_header, count, "count that overflows", U32_MAX),
	LIE(tensor_header, pieces, "no pieces", 0),
	LIE(tensor_header, pieces, "a piece more", 3),
	LIE(tensor_header, pieces, "pieces that overflow", U32_MAX),
	LIE(tensor_header, tensor[0].type, "no type", 0),
	LIE(tensor_header, tensor[0].type, "type", 3),
	LIE(tensor_header, tensor[0].type, "smaller type", FOVEA_TENSOR_U8),
	LIE(tensor_header, tensor[0].rank, "rank 0", 0),
	LIE(tensor_header, tensor[0].rank, "rank", 7),
	LIE(tensor_header, tensor[0].rank, "one dimension less", 1),
	LIE(tensor_header, tensor[0].dimensions[0], "dimension", 3),
	LIE(tensor_header, tensor[0].dimensions[0], "dimension that overflows",
	    0x80000002),
	LIE(tensor_header, tensor[0].offset, "in the header", 2303),
	LIE(tensor_header, tensor[0].offset, "behind the end", 2305),
	LIE(tensor_header, tensor[0].offset, "far behind", U32_MAX),
	LIE(tensor_header, tensor[0].size, "size", 13),
	LIE(tensor_header, tensor[0].size, "size that overflows", U32_MAX),
	LIE(tensor_header, tensor[0].step, "pieces into each other", 11),
	LIE(tensor_header, tensor[0].step, "pieces too far", 13),
	LIE(tensor_header, tensor[0].step, "step that overflows", U32_MAX),
};

static void wrong_describe(const struct wrong_case *c, char *description)
{
	strscpy(description, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(tensor, tensor_lies, wrong_describe);

/* All machines that the driver runs on have the buffer's order of bytes. */
static void lie(void *buffer, const struct wrong_case *c)
{
	__le64 value = cpu_to_le64(c->value);

	memcpy((u8 *)buffer + c->offset, &value, c->size);
}

static void tensors_wrong(struct kunit *test)
{
	struct fovea_tensor_header *header = tensors_make(test);

	lie(header, test->param_value);
	KUNIT_EXPECT_FALSE(test,
			   fovea_tensor_valid(header, TENSOR_LENGTH, FRAME));
}

static void tensors_endless_text(struct kunit *test)
{
	struct fovea_tensor_header *header = tensors_make(test);
	struct {
		char *text;
		size_t size;
	} field[] = {
		{ header->name, sizeof(header->name) },
		{ header->network_version, sizeof(header->network_version) },
		{ header->tensor[0].name, sizeof(header->tensor[0].name) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(field); i++) {
		memset(field[i].text, 'a', field[i].size);
		KUNIT_EXPECT_FALSE(test, fovea_tensor_valid(header,
							    TENSOR_LENGTH,
							    FRAME));
		field[i].text[field[i].size - 1] = '\0';
		KUNIT_EXPECT_TRUE(test, fovea_tensor_valid(header,
							   TENSOR_LENGTH,
							   FRAME));
	}
}

/* ------------------------------------------------------------------------
 * Crops
 */

/* 4 x 2 pixels, at the array's lower right corner. */
#define CROPS_LENGTH	((u32)sizeof(struct fovea_crops_header) + 24)

static struct fovea_crops_header *crops_make(struct kunit *test)
{
	struct fovea_crops_header *header;
	struct fovea_crop *crop;

	header = kunit_kzalloc(test, CROPS_LENGTH, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, header);
	crop = &header->crop[0];
	header->magic = cpu_to_le32(FOVEA_CROPS_MAGIC);
	header->version = cpu_to_le16(FOVEA_CROPS_VERSION);
	header->header_size = cpu_to_le16(sizeof(*header));
	header->total_size = cpu_to_le32(CROPS_LENGTH);
	header->frame_id = cpu_to_le64(FRAME);
	header->label = cpu_to_le32(FOVEA_LABEL_FRESH);
	header->source_frame_id = cpu_to_le64(FRAME);
	header->format = cpu_to_le32(V4L2_PIX_FMT_RGB24);
	header->count = cpu_to_le32(1);
	header->wanted = cpu_to_le32(2);
	header->flags = cpu_to_le32(FOVEA_CROPS_TRUNCATED);
	crop->left = cpu_to_le16(FS1_ARRAY_WIDTH - 4);
	crop->top = cpu_to_le16(FS1_ARRAY_HEIGHT - 2);
	crop->width = cpu_to_le16(4);
	crop->height = cpu_to_le16(2);
	crop->offset = cpu_to_le32(sizeof(*header));
	crop->size = cpu_to_le32(24);
	crop->stride = cpu_to_le32(12);
	return header;
}

static const struct wrong_case crop_lies[] = {
	LIE(crops_header, magic, "magic", FOVEA_TENSOR_MAGIC),
	LIE(crops_header, version, "version", 0),
	LIE(crops_header, header_size, "header size", 636),
	LIE(crops_header, total_size, "a byte more", CROPS_LENGTH + 1),
	LIE(crops_header, frame_id, "another frame", FRAME + 1),
	LIE(crops_header, label, "late by 0", FOVEA_LABEL_LATE),
	LIE(crops_header, label, "none with crops", FOVEA_LABEL_NONE),
	LIE(crops_header, late, "fresh and late", 1),
	LIE(crops_header, source_frame_id, "of another", FRAME - 1),
	LIE(crops_header, format, "format", V4L2_PIX_FMT_BGR24),
	LIE(crops_header, count, "count", FOVEA_CROPS_MAX + 1),
	LIE(crops_header, count, "an empty crop", 2),
	LIE(crops_header, wanted, "fewer than there are", 0),
	LIE(crops_header, crop[0].left, "odd", FS1_ARRAY_WIDTH - 5),
	LIE(crops_header, crop[0].left, "beside the array", FS1_ARRAY_WIDTH - 2),
	LIE(crops_header, crop[0].top, "below the array", FS1_ARRAY_HEIGHT),
	LIE(crops_header, crop[0].width, "no width", 0),
	LIE(crops_header, crop[0].height, "height", 0xfffe),
	LIE(crops_header, crop[0].stride, "lines into each other", 11),
	LIE(crops_header, crop[0].stride, "lines too far", 13),
	LIE(crops_header, crop[0].stride, "stride that overflows", U32_MAX),
	LIE(crops_header, crop[0].size, "a byte less", 23),
	LIE(crops_header, crop[0].size, "size", 25),
	LIE(crops_header, crop[0].size, "size that overflows", U32_MAX),
	LIE(crops_header, crop[0].offset, "in the header", 631),
	LIE(crops_header, crop[0].offset, "behind the end", 633),
	LIE(crops_header, crop[0].offset, "far behind", U32_MAX),
};

KUNIT_ARRAY_PARAM(crop, crop_lies, wrong_describe);

static void crops_right(struct kunit *test)
{
	struct fovea_crops_header *header = crops_make(test);

	KUNIT_EXPECT_TRUE(test, fovea_crops_valid(header, CROPS_LENGTH, FRAME));
	KUNIT_EXPECT_FALSE(test, fovea_crops_valid(header, sizeof(*header) - 1,
						   FRAME));
}

static void crops_wrong(struct kunit *test)
{
	struct fovea_crops_header *header = crops_make(test);

	lie(header, test->param_value);
	KUNIT_EXPECT_FALSE(test,
			   fovea_crops_valid(header, CROPS_LENGTH, FRAME));
}

static struct kunit_case results_tests[] = {
	KUNIT_CASE(results_layout),
	KUNIT_CASE(tensors_right),
	KUNIT_CASE(tensors_none),
	KUNIT_CASE_PARAM(tensors_wrong, tensor_gen_params),
	KUNIT_CASE(tensors_endless_text),
	KUNIT_CASE(crops_right),
	KUNIT_CASE_PARAM(crops_wrong, crop_gen_params),
	{}
};

static struct kunit_suite results_suite = {
	.name = "fovea-results",
	.test_cases = results_tests,
};

kunit_test_suites(&results_suite);
