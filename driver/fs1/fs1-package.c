// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
/*
 * The first look at a network package: is everything where it says it is?
 */
#include "fs1-package.h"

#include "fs1-abi.h"

/**
 * struct fs1_package_reader - a package that is being looked at
 * @data: it
 * @length: of it
 * @size: without its signature
 * @package: what was found
 * @refusal: what was wrong
 */
struct fs1_package_reader {
	const fs1_u8 *data;
	fs1_u32 length;
	fs1_u32 size;
	struct fs1_package *package;
	struct fs1_package_refusal *refusal;
};

static bool fs1_package_refuse(struct fs1_package_reader *reader,
			       enum fs1_package_fault fault, size_t offset,
			       fs1_u32 value, fs1_u32 limit)
{
	*reader->refusal = (struct fs1_package_refusal) {
		.fault = fault,
		.offset = (fs1_u32)offset,
		.value = value,
		.limit = limit,
	};
	return false;
}

/* Bytes of the character at @text, 0: it isn't one (RFC 3629). */
static fs1_u32 fs1_text_character(const fs1_u8 *text, fs1_u32 length)
{
	fs1_u32 more = 0, value = text[0], least = 0, i;

	if (text[0] < 0x80)
		return 1;
	if (text[0] >= 0xc2 && text[0] <= 0xdf) {
		more = 1;
		value &= 0x1f;
		least = 0x80;
	} else if (text[0] >= 0xe0 && text[0] <= 0xef) {
		more = 2;
		value &= 0x0f;
		least = 0x800;
	} else if (text[0] >= 0xf0 && text[0] <= 0xf4) {
		more = 3;
		value &= 0x07;
		least = 0x10000;
	}
	if (!more || more >= length)
		return 0;
	for (i = 1; i <= more; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (value < least || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	return more + 1;
}

fs1_u32 fs1_text_length(const fs1_u8 *text, fs1_u32 length)
{
	fs1_u32 at = 0;

	while (at < length) {
		fs1_u32 size = fs1_text_character(text + at, length - at);

		if (!size)
			break;
		at += size;
	}
	return at;
}

/* A text in a field of @size bytes: not empty, NUL-terminated, 0 behind. */
static bool fs1_package_field(struct fs1_package_reader *reader, size_t offset,
			      char *to, fs1_u32 size)
{
	const fs1_u8 *text = reader->data + offset;
	fs1_u32 length = 0, right, i;

	while (length < size && text[length])
		length++;
	right = fs1_text_length(text, length);
	if (!length || length == size || right != length)
		return fs1_package_refuse(reader, FS1_PACKAGE_TEXT,
					  offset + right, text[0], size - 1);
	for (i = length; i < size; i++)
		if (text[i])
			return fs1_package_refuse(reader, FS1_PACKAGE_RESERVED,
						  offset + i, text[i], 0);
	memcpy(to, text, size);
	return true;
}

static bool fs1_package_zero(struct fs1_package_reader *reader, size_t offset,
			     const fs1_le32 *words, fs1_u32 count)
{
	fs1_u32 i;

	for (i = 0; i < count; i++)
		if (words[i])
			return fs1_package_refuse(reader, FS1_PACKAGE_RESERVED,
						  offset + 4 * i,
						  fs1_le32_to_cpu(words[i]), 0);
	return true;
}

static bool fs1_package_signature(struct fs1_package_reader *reader)
{
	struct fs1_package_signature end;
	fs1_u32 behind = reader->length - reader->size;
	size_t offset = reader->length - sizeof(end);

	if (!behind)
		return true;
	if (behind <= sizeof(end))
		return fs1_package_refuse(reader, FS1_PACKAGE_SIGNATURE,
					  reader->size, behind, 0);
	memcpy(&end, reader->data + offset, sizeof(end));
	if (fs1_le32_to_cpu(end.magic) != FS1_PACKAGE_SIGNATURE_MAGIC)
		return fs1_package_refuse(reader, FS1_PACKAGE_SIGNATURE,
					  offset + offsetof(struct fs1_package_signature,
							    magic),
					  fs1_le32_to_cpu(end.magic), 0);
	if (!fs1_package_zero(reader, offset +
			      offsetof(struct fs1_package_signature, reserved),
			      end.reserved, FS1_COUNT(end.reserved)))
		return false;
	if (fs1_le32_to_cpu(end.length) != behind - sizeof(end))
		return fs1_package_refuse(reader, FS1_PACKAGE_SIGNATURE, offset,
					  fs1_le32_to_cpu(end.length),
					  behind - (fs1_u32)sizeof(end));
	reader->package->signature.data = reader->data + reader->size;
	reader->package->signature.length = behind - (fs1_u32)sizeof(end);
	return true;
}

static bool fs1_package_section(struct fs1_package_reader *reader, size_t at,
				fs1_u32 *end)
{
	struct fs1_package_section section;
	fs1_u32 type, offset, length;

	memcpy(&section, reader->data + at, sizeof(section));
	type = fs1_le32_to_cpu(section.type);
	offset = fs1_le32_to_cpu(section.offset);
	length = fs1_le32_to_cpu(section.length);
	if (!type || type >= FS1_SECTIONS || reader->package->section[type].data)
		return fs1_package_refuse(reader, FS1_PACKAGE_SECTION, at, type,
					  FS1_SECTIONS - 1);
	if (offset % FS1_PACKAGE_ALIGN || offset < *end || offset > reader->size)
		return fs1_package_refuse(reader, FS1_PACKAGE_SECTION, at + 4,
					  offset, reader->size);
	if (!length || length > reader->size - offset)
		return fs1_package_refuse(reader, FS1_PACKAGE_SECTION, at + 8,
					  length, reader->size - offset);
	if (section.reserved)
		return fs1_package_refuse(reader, FS1_PACKAGE_RESERVED, at + 12,
					  fs1_le32_to_cpu(section.reserved), 0);
	reader->package->section[type].data = reader->data + offset;
	reader->package->section[type].length = length;
	*end = offset + length;
	return true;
}

static bool fs1_package_sections(struct fs1_package_reader *reader,
				 const struct fs1_package_header *header)
{
	static const fs1_u32 needed[] = {
		FS1_SECTION_GRAPH, FS1_SECTION_NAMES, FS1_SECTION_INPUT,
	};
	fs1_u32 count = fs1_le32_to_cpu(header->sections);
	fs1_u32 end = fs1_le32_to_cpu(header->header_size), i;

	for (i = 0; i < count; i++)
		if (!fs1_package_section(reader, sizeof(*header) +
					 i * sizeof(struct fs1_package_section),
					 &end))
			return false;
	if (end != reader->size)
		return fs1_package_refuse(reader, FS1_PACKAGE_LENGTH,
					  offsetof(struct fs1_package_header, size),
					  reader->size, end);
	for (i = 0; i < FS1_COUNT(needed); i++)
		if (!reader->package->section[needed[i]].data)
			return fs1_package_refuse(reader, FS1_PACKAGE_MISSING,
						  offsetof(struct fs1_package_header,
							   sections),
						  needed[i], 0);
	return true;
}

/* Texts one after the other, each with its NUL; or one without. */
static bool fs1_package_texts(struct fs1_package_reader *reader,
			      enum fs1_package_section_type type, bool many)
{
	const struct fs1_package_part *part = &reader->package->section[type];
	fs1_u32 right;

	if (!part->data)
		return true;
	right = fs1_text_length(part->data, part->length);
	if (right == part->length && many && part->data[right - 1])
		right--;
	else if (right == part->length)
		return true;
	return fs1_package_refuse(reader, FS1_PACKAGE_TEXT,
				  (size_t)(part->data - reader->data) + right,
				  part->data[right], 0);
}

static bool fs1_package_input(struct fs1_package_reader *reader)
{
	const struct fs1_package_part *part =
		&reader->package->section[FS1_SECTION_INPUT];
	struct fs1_package_input *input = &reader->package->input;
	size_t offset = (size_t)(part->data - reader->data);
	fs1_u32 width, height;

	if (part->length != sizeof(*input))
		return fs1_package_refuse(reader, FS1_PACKAGE_INPUT, offset,
					  part->length, sizeof(*input));
	memcpy(input, part->data, sizeof(*input));
	width = fs1_le16_to_cpu(input->width);
	height = fs1_le16_to_cpu(input->height);
	if (!width != !height || (width && width < FS1_CROP_MIN) ||
	    fs1_le16_to_cpu(input->left) + width > FS1_ARRAY_WIDTH)
		return fs1_package_refuse(reader, FS1_PACKAGE_INPUT,
					  offset + offsetof(struct fs1_package_input,
							    width),
					  width, FS1_ARRAY_WIDTH);
	if ((height && height < FS1_CROP_MIN) ||
	    fs1_le16_to_cpu(input->top) + height > FS1_ARRAY_HEIGHT)
		return fs1_package_refuse(reader, FS1_PACKAGE_INPUT,
					  offset + offsetof(struct fs1_package_input,
							    height),
					  height, FS1_ARRAY_HEIGHT);
	if (!input->columns || input->columns > FS1_PACKAGE_TILES_MAX ||
	    !input->rows || input->rows > FS1_PACKAGE_TILES_MAX ||
	    input->overlap > 128)
		return fs1_package_refuse(reader, FS1_PACKAGE_INPUT,
					  offset + offsetof(struct fs1_package_input,
							    columns),
					  input->columns, FS1_PACKAGE_TILES_MAX);
	if (input->fit >= FS1_FITS || input->order >= FS1_ORDERS)
		return fs1_package_refuse(reader, FS1_PACKAGE_INPUT,
					  offset + offsetof(struct fs1_package_input,
							    fit),
					  input->fit, FS1_FITS - 1);
	return fs1_package_zero(reader, offset +
				offsetof(struct fs1_package_input, reserved),
				input->reserved, FS1_COUNT(input->reserved));
}

static bool fs1_package_tests(struct fs1_package_reader *reader)
{
	const struct fs1_package_part *part =
		&reader->package->section[FS1_SECTION_TESTS];
	size_t offset = (size_t)(part->data - reader->data);
	struct fs1_package_tests tests;
	fs1_u64 size;
	fs1_u32 count;

	if (!part->data)
		return true;
	if (part->length < sizeof(tests))
		return fs1_package_refuse(reader, FS1_PACKAGE_TESTS, offset,
					  part->length, sizeof(tests));
	memcpy(&tests, part->data, sizeof(tests));
	count = fs1_le32_to_cpu(tests.count);
	if (!count || count > FS1_PACKAGE_TESTS_MAX)
		return fs1_package_refuse(reader, FS1_PACKAGE_TESTS, offset, count,
					  FS1_PACKAGE_TESTS_MAX);
	if (tests.reserved)
		return fs1_package_refuse(reader, FS1_PACKAGE_RESERVED,
					  offset + offsetof(struct fs1_package_tests,
							    reserved),
					  fs1_le32_to_cpu(tests.reserved), 0);
	size = sizeof(tests) + count * ((fs1_u64)fs1_le32_to_cpu(tests.input_size) +
					fs1_le32_to_cpu(tests.output_size));
	if (size != part->length)
		return fs1_package_refuse(reader, FS1_PACKAGE_TESTS,
					  offset + offsetof(struct fs1_package_tests,
							    input_size),
					  part->length, (fs1_u32)size);
	return true;
}

static bool fs1_package_header(struct fs1_package_reader *reader,
			       struct fs1_package_header *header)
{
	fs1_u32 count, header_size;

	if (reader->length < sizeof(*header) ||
	    reader->length > FS1_PACKAGE_SIZE_MAX)
		return fs1_package_refuse(reader, FS1_PACKAGE_LENGTH, 0,
					  reader->length, FS1_PACKAGE_SIZE_MAX);
	memcpy(header, reader->data, sizeof(*header));
	if (fs1_le32_to_cpu(header->magic) != FS1_PACKAGE_MAGIC)
		return fs1_package_refuse(reader, FS1_PACKAGE_FORMAT, 0,
					  fs1_le32_to_cpu(header->magic), 0);
	if (fs1_le16_to_cpu(header->major) != FS1_PACKAGE_MAJOR)
		return fs1_package_refuse(reader, FS1_PACKAGE_FORMAT,
					  offsetof(struct fs1_package_header, major),
					  fs1_le16_to_cpu(header->major),
					  FS1_PACKAGE_MAJOR);
	count = fs1_le32_to_cpu(header->sections);
	if (!count || count > FS1_PACKAGE_SECTIONS_MAX)
		return fs1_package_refuse(reader, FS1_PACKAGE_SECTION,
					  offsetof(struct fs1_package_header,
						   sections),
					  count, FS1_PACKAGE_SECTIONS_MAX);
	header_size = (fs1_u32)(sizeof(*header) +
				count * sizeof(struct fs1_package_section));
	reader->size = fs1_le32_to_cpu(header->size);
	if (fs1_le32_to_cpu(header->header_size) != header_size)
		return fs1_package_refuse(reader, FS1_PACKAGE_FORMAT,
					  offsetof(struct fs1_package_header,
						   header_size),
					  fs1_le32_to_cpu(header->header_size),
					  header_size);
	if (reader->size > reader->length || reader->size < header_size)
		return fs1_package_refuse(reader, FS1_PACKAGE_LENGTH,
					  offsetof(struct fs1_package_header, size),
					  reader->size, reader->length);
	return fs1_package_zero(reader, offsetof(struct fs1_package_header,
						 reserved),
				header->reserved, FS1_COUNT(header->reserved));
}

bool fs1_package_read(const void *data, fs1_u32 length,
		      struct fs1_package *ret_package,
		      struct fs1_package_refusal *ret_refusal)
{
	struct fs1_package_reader reader = {
		.data = data,
		.length = length,
		.package = ret_package,
		.refusal = ret_refusal,
	};
	size_t first = offsetof(struct fs1_package_header, name);
	struct fs1_package_header header;

	memset(ret_package, 0, sizeof(*ret_package));
	memset(ret_refusal, 0, sizeof(*ret_refusal));
	if (!fs1_package_header(&reader, &header) ||
	    !fs1_package_field(&reader, first, ret_package->name,
			       FS1_PACKAGE_NAME) ||
	    !fs1_package_field(&reader, offsetof(struct fs1_package_header,
						 version),
			       ret_package->version, FS1_PACKAGE_VERSION) ||
	    !fs1_package_sections(&reader, &header) ||
	    !fs1_package_texts(&reader, FS1_SECTION_NAMES, true) ||
	    !fs1_package_texts(&reader, FS1_SECTION_LABELS, true) ||
	    !fs1_package_texts(&reader, FS1_SECTION_MANIFEST, false) ||
	    !fs1_package_input(&reader) || !fs1_package_tests(&reader) ||
	    !fs1_package_signature(&reader))
		return false;
	memcpy(ret_package->hash, header.hash, sizeof(header.hash));
	ret_package->hashed.data = reader.data + first;
	ret_package->hashed.length = reader.size - (fs1_u32)first;
	ret_package->content.data = reader.data;
	ret_package->content.length = reader.size;
	return true;
}
