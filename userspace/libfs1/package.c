// SPDX-License-Identifier: Apache-2.0
/*
 * Packages are written here: a header, and sections one after the other.
 */
#include "package.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct writer - a package that is being written
 * @file: in memory
 * @header: written last, when all is known
 * @section: likewise
 * @count: sections so far
 * @at: next byte
 */
struct writer {
	FILE *file;
	struct fs1_package_header header;
	struct fs1_package_section section[FS1_SECTIONS];
	uint32_t count;
	size_t at;
};

static void put(struct writer *writer, const void *data, size_t size)
{
	if (size)
		fwrite(data, 1, size, writer->file);
	writer->at += size;
}

static void begin_section(struct writer *writer, uint32_t type)
{
	static const uint8_t zero[FS1_PACKAGE_ALIGN];
	struct fs1_package_section *section = &writer->section[writer->count++];

	if (writer->at % FS1_PACKAGE_ALIGN)
		put(writer, zero,
		    FS1_PACKAGE_ALIGN - writer->at % FS1_PACKAGE_ALIGN);
	section->type = fs1_cpu_to_le32(type);
	section->offset = fs1_cpu_to_le32((uint32_t)writer->at);
}

static void end_section(struct writer *writer)
{
	struct fs1_package_section *section = &writer->section[writer->count - 1];

	section->length = fs1_cpu_to_le32((uint32_t)writer->at -
					  fs1_le32_to_cpu(section->offset));
}

static void put_section(struct writer *writer, uint32_t type, const void *data,
			size_t size)
{
	if (!size)
		return;
	begin_section(writer, type);
	put(writer, data, size);
	end_section(writer);
}

static void put_labels(struct writer *writer,
		       const struct libfs1_package_parts *parts)
{
	size_t i;

	if (!parts->label_count)
		return;
	begin_section(writer, FS1_SECTION_LABELS);
	for (i = 0; i < parts->label_count; i++)
		put(writer, parts->labels[i], strlen(parts->labels[i]) + 1);
	end_section(writer);
}

static void put_tests(struct writer *writer, const struct libfs1_package_parts *parts)
{
	struct fs1_package_tests tests = {
		.count = fs1_cpu_to_le32((uint32_t)parts->test_count),
		.input_size = fs1_cpu_to_le32(parts->test_input_size),
		.output_size = fs1_cpu_to_le32(parts->test_output_size),
	};
	size_t i;

	if (!parts->test_count)
		return;
	begin_section(writer, FS1_SECTION_TESTS);
	put(writer, &tests, sizeof(tests));
	for (i = 0; i < parts->test_count; i++) {
		put(writer, parts->tests[i].input, parts->test_input_size);
		put(writer, parts->tests[i].output, parts->test_output_size);
	}
	end_section(writer);
}

/* How many sections there will be. */
static uint32_t count_sections(const struct libfs1_package_parts *parts)
{
	return 3u + !!parts->graph->constants_length + !!parts->label_count +
	       (parts->manifest && *parts->manifest) + !!parts->test_count;
}

static void put_all(struct writer *writer, const struct libfs1_package_parts *parts)
{
	uint32_t sections = count_sections(parts);
	size_t places = sections * sizeof(writer->section[0]);

	put(writer, &writer->header, sizeof(writer->header));
	put(writer, writer->section, places);
	put_section(writer, FS1_SECTION_GRAPH, parts->graph->graph,
		    parts->graph->graph_length);
	put_section(writer, FS1_SECTION_CONSTANTS, parts->graph->constants,
		    parts->graph->constants_length);
	put_section(writer, FS1_SECTION_NAMES, parts->names,
		    parts->graph->names_length);
	put_section(writer, FS1_SECTION_INPUT, parts->input, sizeof(*parts->input));
	put_labels(writer, parts);
	if (parts->manifest)
		put_section(writer, FS1_SECTION_MANIFEST, parts->manifest,
			    strlen(parts->manifest));
	put_tests(writer, parts);
	writer->header.magic = fs1_cpu_to_le32(FS1_PACKAGE_MAGIC);
	writer->header.major = fs1_cpu_to_le16(FS1_PACKAGE_MAJOR);
	writer->header.minor = fs1_cpu_to_le16(FS1_PACKAGE_MINOR);
	writer->header.header_size =
		fs1_cpu_to_le32((uint32_t)(sizeof(writer->header) + places));
	writer->header.size = fs1_cpu_to_le32((uint32_t)writer->at);
	writer->header.sections = fs1_cpu_to_le32(sections);
}

int libfs1_package_write(const struct libfs1_package_parts *parts,
			 uint8_t **ret_package, size_t *ret_size)
{
	struct writer writer = { .file = NULL };
	char *package = NULL;
	size_t size = 0;
	int failed;

	if (strlen(parts->name) >= sizeof(writer.header.name) ||
	    strlen(parts->version) >= sizeof(writer.header.version))
		return -ENAMETOOLONG;
	strcpy(writer.header.name, parts->name);
	strcpy(writer.header.version, parts->version);
	writer.file = open_memstream(&package, &size);
	if (!writer.file)
		return -ENOMEM;
	put_all(&writer, parts);
	failed = ferror(writer.file);
	if (fclose(writer.file) || failed) {
		free(package);
		return -ENOMEM;
	}
	if (size > FS1_PACKAGE_SIZE_MAX) {
		free(package);
		return -E2BIG;
	}
	/* Now that all is known. */
	memcpy(package, &writer.header, sizeof(writer.header));
	memcpy(package + sizeof(writer.header), writer.section,
	       writer.count * sizeof(writer.section[0]));
	*ret_package = (uint8_t *)package;
	*ret_size = size;
	return 0;
}
