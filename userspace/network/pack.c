// SPDX-License-Identifier: Apache-2.0
/*
 * A network package out of a model: everything that fovea_network_build() doesn't
 * make.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "libfovea/cleanup.h"
#include "libfs1.h"
#include "pack.h"
#include "package.h"

/**
 * struct pack - a package that is being made
 * @options: of the caller
 * @report: of the graph
 * @graph: the network
 * @source: of @graph
 * @names: of @graph
 * @input: how frames become its input
 * @input_size: bytes of the network's input
 * @output_size: bytes of all of its outputs
 * @test: inputs and outputs
 * @tests: how many
 * @manifest: text
 * @error: for the caller
 */
struct pack {
	const struct fovea_network_pack_options *options;
	struct fovea_network_report report;
	struct libfs1_graph *graph;
	struct fs1_network_source source;
	const char *names;
	struct fs1_package_input input;
	uint32_t input_size;
	uint32_t output_size;
	struct libfs1_test test[FS1_PACKAGE_TESTS_MAX];
	uint32_t tests;
	char *manifest;
	char *error;
};

__attribute__((format(printf, 3, 4)))
static int pack_fail(struct pack *pack, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (!pack->error && vasprintf(&pack->error, format, arguments) < 0)
		pack->error = NULL;
	va_end(arguments);
	return error;
}

/* ------------------------------------------------------------------------
 * The input, and what the network makes of pictures
 */

static int pack_input(struct pack *pack)
{
	const struct fovea_network_properties *properties = pack->options->properties;
	const struct fovea_network_report *report = &pack->report;
	bool grey = report->channels == 1;

	if (!grey && report->channels != 3)
		return pack_fail(pack, -EOPNOTSUPP,
				 "input '%s' has %u channels; a sensor gives 1 (grey) or 3",
				 report->input_name, report->channels);
	pack->input = properties->input;
	if (!properties->order_given)
		pack->input.order = grey ? FS1_ORDER_GREY : FS1_ORDER_RGB;
	if ((pack->input.order == FS1_ORDER_GREY) != grey)
		return pack_fail(pack, -EINVAL,
				 "input '%s' has %u channels, and its order is %sgrey",
				 report->input_name, report->channels,
				 grey ? "not " : "");
	for (uint32_t i = 0; i < report->channels; i++)
		memcpy(pack->input.table[i], report->table[i],
		       sizeof(pack->input.table[i]));
	pack->input_size = report->height * report->width * report->channels;
	return 0;
}

static int pack_picture(struct pack *pack, uint32_t index, uint8_t *samples)
{
	const struct fovea_network_build_options *build = &pack->options->build;
	const struct fovea_network_report *report = &pack->report;
	int r = build->picture(build->userdata, index, report->height, report->width,
			       report->channels, samples);

	return r < 0 ? pack_fail(pack, r, "picture %u: %s", index, strerror(-r)) : r;
}

/* Input and outputs of one test; the test owns them as one block. */
static int pack_test(struct pack *pack, struct fs1_network *network,
		     const uint8_t *samples)
{
	const struct fs1_tensor *input = fs1_network_input(network), *output;
	uint8_t *test, *to;

	pack->output_size = 0;
	for (uint32_t i = 0; (output = fs1_network_output(network, i)); i++)
		pack->output_size += output->size;
	test = malloc((size_t)pack->input_size + pack->output_size);
	if (!test)
		return -ENOMEM;
	for (uint32_t i = 0; i < pack->input_size; i++)
		test[i] = pack->input.table[i % pack->report.channels][samples[i]];
	memcpy(input->data, test, pack->input_size);
	fs1_network_begin(network);
	while (fs1_network_step(network, 1))
		;
	to = test + pack->input_size;
	for (uint32_t i = 0; (output = fs1_network_output(network, i)); i++) {
		memcpy(to, output->data, output->size);
		to += output->size;
	}
	pack->test[pack->tests++] = (struct libfs1_test){
		.input = test, .output = test + pack->input_size };
	return 0;
}

static int pack_tests(struct pack *pack)
{
	struct fs1_network_refusal refusal;
	_cleanup_free_ uint8_t *samples = malloc(pack->input_size);
	struct fs1_network *network;
	struct libfs1_host *host = NULL;
	int r = samples ? libfs1_host_new(&host, 1) : -ENOMEM;

	if (r < 0)
		return r;
	/* The reference; every other way to compute gives the same. */
	network = fs1_network_create(libfs1_host_ops(), host, &fs1_npu_plain,
				     &pack->source, &refusal);
	r = network ? 1 : -ENOMEM;
	for (uint32_t i = 0; r > 0 && i < pack->options->tests; i++) {
		r = pack_picture(pack, i, samples);
		if (r > 0 && pack_test(pack, network, samples) < 0)
			r = -ENOMEM;
	}
	fs1_network_destroy(network);
	(void)libfs1_host_free(host);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------------------
 * Texts
 */

/* SHA-256 of the pictures that calibration has looked at, as text. */
static int pack_pictures_hash(struct pack *pack, char ret_text[65])
{
	_cleanup_free_ uint8_t *samples = malloc(pack->input_size);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t hash[EVP_MAX_MD_SIZE];
	int r = 1;

	if (!samples || !context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL))
		r = -ENOMEM;
	for (uint32_t i = 0; r > 0 && i < pack->report.pictures; i++) {
		r = pack_picture(pack, i, samples);
		if (r > 0 && !EVP_DigestUpdate(context, samples, pack->input_size))
			r = -ENOMEM;
	}
	if (r >= 0 && !EVP_DigestFinal_ex(context, hash, NULL))
		r = -ENOMEM;
	EVP_MD_CTX_free(context);
	for (uint32_t i = 0; r >= 0 && i < FS1_PACKAGE_HASH; i++)
		(void)snprintf(ret_text + 2 * i, 3, "%02x", hash[i]);
	return r < 0 ? r : 0;
}

static int pack_manifest(struct pack *pack)
{
	const struct fovea_network_properties *properties = pack->options->properties;
	const struct {
		const char *key;
		const char *value;
	} lines[] = {
		{ "licence", properties->licence },
		{ "description", properties->description },
		{ "source", properties->source },
	};
	char hash[65] = "";
	size_t size;
	FILE *file;
	int r = pack->report.pictures ? pack_pictures_hash(pack, hash) : 0;

	if (r < 0)
		return r;
	file = open_memstream(&pack->manifest, &size);
	if (!file)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i].value)
			(void)fprintf(file, "%s = %s\n", lines[i].key, lines[i].value);
	if (pack->report.pictures)
		(void)fprintf(file, "calibration = %u pictures, sha256 %s\n",
			      pack->report.pictures, hash);
	(void)fprintf(file, "tool = foveactl network build\n");
	return fclose(file) ? -ENOMEM : 0;
}

/* ------------------------------------------------------------------------
 * The package
 */

/* What the device would refuse is refused here. */
static int pack_check(struct pack *pack, const uint8_t *package, size_t size)
{
	static const char *const faults[FS1_PACKAGE_FAULTS] = {
		[FS1_PACKAGE_TEXT] = "a name, label or text isn't UTF-8, or empty",
		[FS1_PACKAGE_INPUT] = "a window, a count of pieces or a fit that there isn't",
	};
	struct fs1_package_refusal refusal;
	struct fs1_package read;

	if (fs1_package_read(package, (fs1_u32)size, &read, &refusal))
		return 0;
	return pack_fail(pack, -EINVAL, "the package would be refused at byte %u: %s",
			 refusal.offset, refusal.fault < FS1_PACKAGE_FAULTS &&
			 faults[refusal.fault] ? faults[refusal.fault] : "too large");
}

static int pack_write(struct pack *pack, uint8_t **ret_package, size_t *ret_size)
{
	const struct fovea_network_properties *properties = pack->options->properties;
	const size_t hashed = offsetof(struct fs1_package_header, name);
	const struct libfs1_package_parts parts = {
		.name = properties->name,
		.version = properties->version,
		.graph = &pack->source,
		.names = pack->names,
		.input = &pack->input,
		.labels = properties->label,
		.label_count = properties->labels,
		.manifest = pack->manifest,
		.tests = pack->test,
		.test_count = pack->tests,
		.test_input_size = pack->input_size,
		.test_output_size = pack->output_size,
	};
	_cleanup_free_ uint8_t *package = NULL;
	size_t size;
	int r = libfs1_package_write(&parts, &package, &size);

	if (r == -E2BIG)
		return pack_fail(pack, r, "the package has more than %u bytes",
				 FS1_PACKAGE_SIZE_MAX);
	if (r == -ENAMETOOLONG)
		return pack_fail(pack, r, "name or version have more than %u or %u bytes",
				 FS1_PACKAGE_NAME - 1, FS1_PACKAGE_VERSION - 1);
	if (r >= 0)
		r = pack_check(pack, package, size);
	if (r >= 0 && !EVP_Digest(package + hashed, size - hashed,
				  package + offsetof(struct fs1_package_header, hash),
				  NULL, EVP_sha256(), NULL))
		r = -ENOMEM;
	if (r < 0)
		return r;
	*ret_package = fovea_take_pointer(package);
	*ret_size = size;
	return 0;
}

static int pack_all(struct pack *pack, uint8_t **ret_package, size_t *ret_size)
{
	const struct fovea_network_pack_options *options = pack->options;
	int r;

	if (!options->properties->name || !options->properties->version)
		return pack_fail(pack, -EINVAL, "the network has no name or no version");
	if (options->tests > FS1_PACKAGE_TESTS_MAX ||
	    (options->tests && !options->build.picture))
		return pack_fail(pack, -EINVAL,
				 "%u tests; at most %u are possible, and each needs a picture",
				 options->tests, FS1_PACKAGE_TESTS_MAX);
	r = fovea_network_build(&options->build, &pack->graph, &pack->report,
				&pack->error);
	if (r >= 0)
		r = libfs1_graph_finish(pack->graph, &pack->source, &pack->names);
	if (r >= 0)
		r = pack_input(pack);
	if (r >= 0)
		r = pack_tests(pack);
	if (r >= 0)
		r = pack_manifest(pack);
	return r < 0 ? r : pack_write(pack, ret_package, ret_size);
}

int fovea_network_pack(const struct fovea_network_pack_options *options,
		       uint8_t **ret_package, size_t *ret_size,
		       struct fovea_network_report *ret_report, char **ret_error)
{
	struct pack pack = { .options = options };
	int r = pack_all(&pack, ret_package, ret_size);

	if (r < 0 && !pack.error)
		pack.error = strdup(strerror(-r));
	if (r < 0 && ret_error)
		*ret_error = fovea_take_pointer(pack.error);
	if (r >= 0 && ret_report)
		*ret_report = pack.report;
	else
		fovea_network_report_clear(&pack.report);
	for (uint32_t i = 0; i < pack.tests; i++)
		free((void *)pack.test[i].input);
	(void)libfs1_graph_free(pack.graph);
	free(pack.manifest);
	free(pack.error);
	return r;
}
