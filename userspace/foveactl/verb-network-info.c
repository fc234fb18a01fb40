// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network info: what a package says, and what its network costs.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "foveactl/package-file.h"
#include "foveactl/signature.h"
#include "foveactl/verb-network.h"
#include "fs1-inference.h"
#include "libfovea/cleanup.h"
#include "libfovea/fault.h"
#include "libfovea/tensor.h"

static void print_identity(const struct package_file *file)
{
	const struct fs1_package *package = &file->package;
	char signer[SIGNATURE_ERROR_SIZE];

	printf("name        %s\nversion     %s\nhash        ", package->name,
	       package->version);
	for (size_t i = 0; i < sizeof(package->hash); i++)
		printf("%02x", package->hash[i]);
	printf("\nsize        %zu bytes\n", file->size);
	if (!package->signature.data)
		printf("signature   none\n");
	else if (signature_signer(package->signature.data, package->signature.length,
				  signer) < 0)
		printf("signature   %u bytes that aren't one\n",
		       package->signature.length);
	else
		printf("signature   by %s (not verified)\n", signer);
}

static void print_tensor(const struct package_file *file,
			 const struct package_engine *engine,
			 const struct fs1_tensor *tensor, const char *what)
{
	uint32_t number = fs1_network_number(engine->network, tensor);
	struct fs1_graph_tensor wire = package_file_tensor(file, number);
	double scale = ldexp(fs1_le32_to_cpu(wire.scale),
			     (int32_t)fs1_le32_to_cpu(wire.scale_exponent));

	printf("%-11s %s: %s ", what, package_file_name(file, number),
	       tensor->type == FS1_TENSOR_U8 ? "u8" : "s16");
	for (uint32_t i = 0; i < tensor->rank; i++)
		printf("%s%u", i ? "x" : "", tensor->dimensions[i]);
	printf(", %s, scale %.6g, zero point %d, %u bytes\n",
	       fovea_tensor_layout_name((enum fovea_tensor_layout)tensor->layout),
	       scale, tensor->zero_point, tensor->size);
}

static void print_tensors(const struct package_file *file,
			  const struct package_engine *engine)
{
	const struct fs1_tensor *output;

	print_tensor(file, engine, fs1_network_input(engine->network), "input");
	for (uint32_t i = 0; (output = fs1_network_output(engine->network, i)); i++)
		print_tensor(file, engine, output, i ? "" : "outputs");
}

static void print_input(const struct package_file *file,
			const struct package_engine *engine)
{
	static const char *const fits[] = { "stretch", "letterbox", "crop" };
	static const char *const orders[] = { "rgb", "bgr", "grey" };
	const struct fs1_package_input *input = &file->package.input;
	uint32_t width = fs1_le16_to_cpu(input->width);
	char text[FOVEA_FAULT_SIZE];
	struct fs1_input made;
	enum fs1_status status;

	if (width)
		printf("window      %ux%u at %u,%u", width,
		       fs1_le16_to_cpu(input->height), fs1_le16_to_cpu(input->left),
		       fs1_le16_to_cpu(input->top));
	else
		printf("window      the whole array");
	printf(", %s, %s", fits[input->fit], orders[input->order]);
	if (input->columns > 1 || input->rows > 1)
		printf(", %u x %u pieces, %.0f %% in common", input->columns,
		       input->rows, input->overlap * 100.0 / 256);
	printf("\n");
	status = fs1_input_init(&made, input, fs1_network_input(engine->network));
	if (status == FS1_OK)
		return;
	fovea_fault_input(status, text);
	printf("            a device would refuse it: %s\n", text);
}

/* Lines of the manifest, and the labels. */
static void print_texts(const struct package_file *file)
{
	const struct fs1_package_part *manifest =
		&file->package.section[FS1_SECTION_MANIFEST];
	const char *label;
	bool fresh = true;

	for (uint32_t i = 0; (label = package_file_label(file, i)); i++)
		printf("%s %s", i ? "," : "labels     ", label);
	if (package_file_label(file, 0))
		printf("\n");
	for (uint32_t i = 0; i < manifest->length; i++) {
		if (fresh)
			printf("manifest    ");
		/* It came in a file: nothing for the terminal but text. */
		fresh = manifest->data[i] == '\n';
		(void)putchar(manifest->data[i] < ' ' && !fresh ? ' '
							       : manifest->data[i]);
	}
	if (!fresh)
		printf("\n");
}

static void print_costs(const struct package_file *file,
			const struct package_engine *engine)
{
	uint32_t pieces = (uint32_t)file->package.input.columns *
			  file->package.input.rows;
	uint32_t input_size, output_size;
	struct fs1_network_figures figures;
	const uint8_t *data;
	double ms;

	fs1_network_figures(engine->network, &figures);
	ms = (double)fs1_inference_time(&figures) / 1e6;
	printf("operators   %u, %.1f million multiplications\n", figures.steps,
	       (double)figures.macs / 1e6);
	printf("memory      %u bytes of constants, %u of activations, of %u\n",
	       figures.constants, figures.activations, FS1_NPU_MEMORY);
	printf("time        %.3f ms on the device", ms);
	if (pieces > 1)
		printf(" for each of %u pieces: %.3f ms", pieces, ms * pieces);
	printf("\nself-tests  %u\n", package_file_tests(file, &input_size, &output_size,
							 &data));
}

static int print_info(const char *path)
{
	_cleanup_(package_file_done) struct package_file file = { 0 };
	_cleanup_(package_engine_done) struct package_engine engine = { 0 };
	int r;

	r = package_file_open(&file, path);
	if (r == EXIT_OK)
		r = package_engine_open(&engine, &file, &fs1_npu_plain);
	if (r != EXIT_OK)
		return r;
	print_identity(&file);
	print_tensors(&file, &engine);
	print_input(&file, &engine);
	print_texts(&file);
	print_costs(&file, &engine);
	return EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'h')
			return verb_help(verb);
		return verb_usage(verb, NULL);
	}
	if (optind + 1 != argc)
		return verb_usage(verb, "one package is needed");
	return print_info(argv[optind]);
}

const struct verb verb_network_info = {
	.name = "network info",
	.synopsis = "FILE",
	.summary = "What is in a package, and what it costs",
	.help = "  --help  this text\n",
	.run = run,
};
