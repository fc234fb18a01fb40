// SPDX-License-Identifier: Apache-2.0
/*
 * The first look at a package is the one of driver and device, by their own code; the
 * hash is compared as the driver does it.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foveactl/file.h"
#include "foveactl/package-file.h"
#include "foveactl/verbs.h"
#include "libfovea/fault.h"

static int refuse(const struct package_file *file, const char *text)
{
	fprintf(stderr, "foveactl: %s: %s\n", file->path, text);
	return EXIT_OTHER;
}

static int compare_hash(const struct package_file *file)
{
	const struct fs1_package *package = &file->package;
	uint8_t hash[EVP_MAX_MD_SIZE];
	char text[FOVEA_FAULT_SIZE];

	if (!EVP_Digest(package->hashed.data, package->hashed.length, hash, NULL,
			EVP_sha256(), NULL))
		return refuse(file, "SHA-256 can't be computed");
	if (memcmp(hash, package->hash, sizeof(package->hash)) == 0)
		return EXIT_OK;
	fovea_fault_package(FS1_PACKAGE_CHANGED, 0, 0, 0, text);
	return refuse(file, text);
}

int package_file_open(struct package_file *file, const char *path)
{
	struct fs1_package_refusal refusal;
	char text[FOVEA_FAULT_SIZE];
	int r;

	*file = (struct package_file){ .path = path };
	r = file_read(path, FS1_PACKAGE_SIZE_MAX, &file->data, &file->size);
	if (r == -EFBIG)
		return refuse(file, "larger than a network package can be (16 MiB)");
	if (r < 0)
		return verb_fail(r, "%s", path);
	if (!fs1_package_read(file->data, (uint32_t)file->size, &file->package,
			      &refusal)) {
		fovea_fault_package(refusal.fault, refusal.offset, refusal.value,
				    refusal.limit, text);
		return refuse(file, text);
	}
	return compare_hash(file);
}

void package_file_done(struct package_file *file)
{
	free(file->data);
	file->data = NULL;
}

const char *package_file_label(const struct package_file *file, uint32_t number)
{
	const struct fs1_package_part *part = &file->package.section[FS1_SECTION_LABELS];
	const char *label = (const char *)part->data, *end;

	if (!part->data)
		return NULL;
	/* Each has its NUL: fs1_package_read() has looked. */
	end = label + part->length;
	for (; number && label < end; number--)
		label += strlen(label) + 1;
	return label < end ? label : NULL;
}

struct fs1_graph_tensor package_file_tensor(const struct package_file *file,
					    uint32_t number)
{
	struct fs1_graph_tensor tensor;

	memcpy(&tensor, file->package.section[FS1_SECTION_GRAPH].data +
	       sizeof(struct fs1_graph_header) + number * sizeof(tensor),
	       sizeof(tensor));
	return tensor;
}

const char *package_file_name(const struct package_file *file, uint32_t number)
{
	const struct fs1_package_part *names = &file->package.section[FS1_SECTION_NAMES];
	struct fs1_graph_tensor tensor = package_file_tensor(file, number);
	uint32_t at = fs1_le32_to_cpu(tensor.name);

	return at < names->length ? (const char *)names->data + at : "";
}

uint32_t package_file_tests(const struct package_file *file, uint32_t *ret_input_size,
			    uint32_t *ret_output_size, const uint8_t **ret_data)
{
	const struct fs1_package_part *part = &file->package.section[FS1_SECTION_TESTS];
	struct fs1_package_tests tests;

	if (!part->data)
		return 0;
	memcpy(&tests, part->data, sizeof(tests));
	*ret_input_size = fs1_le32_to_cpu(tests.input_size);
	*ret_output_size = fs1_le32_to_cpu(tests.output_size);
	*ret_data = part->data + sizeof(tests);
	return fs1_le32_to_cpu(tests.count);
}

static int refuse_graph(const struct package_file *file,
			const struct fs1_network_refusal *refusal)
{
	const struct fovea_fault_place place = {
		.tensor = refusal->tensor,
		.operator = refusal->operator,
		.offset = refusal->offset,
		.value = refusal->value,
		.limit = refusal->limit,
	};
	char text[FOVEA_FAULT_SIZE];

	fovea_fault_graph(refusal->fault, &place, text);
	return refuse(file, text);
}

int package_engine_open(struct package_engine *engine, const struct package_file *file,
			const struct fs1_npu *npu)
{
	const struct fs1_package_part *part = file->package.section;
	struct fs1_network_source source = {
		.graph = part[FS1_SECTION_GRAPH].data,
		.graph_length = part[FS1_SECTION_GRAPH].length,
		.constants = part[FS1_SECTION_CONSTANTS].data,
		.constants_length = part[FS1_SECTION_CONSTANTS].length,
		.names_length = part[FS1_SECTION_NAMES].length,
	};
	struct fs1_network_refusal refusal;
	int r;

	*engine = (struct package_engine){ 0 };
	r = libfs1_host_new(&engine->host, 1);
	if (r < 0)
		return verb_fail(r, "%s", file->path);
	engine->network = fs1_network_create(libfs1_host_ops(), engine->host, npu,
					     &source, &refusal);
	return engine->network ? EXIT_OK : refuse_graph(file, &refusal);
}

void package_engine_done(struct package_engine *engine)
{
	fs1_network_destroy(engine->network);
	engine->network = NULL;
	engine->host = libfs1_host_free(engine->host);
}

void package_engine_run(struct package_engine *engine)
{
	fs1_network_begin(engine->network);
	while (fs1_network_step(engine->network, 1))
		;
}
