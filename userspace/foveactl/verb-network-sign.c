// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network sign: somebody answers for a package.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foveactl/file.h"
#include "foveactl/package-file.h"
#include "foveactl/signature.h"
#include "foveactl/verb-network.h"
#include "libfovea/cleanup.h"

/* Content, signature, and where it ends. A signature that is there gives way. */
static int write_signed(const struct package_file *file, const char *output,
			const uint8_t *signature, size_t size)
{
	const struct fs1_package_part *content = &file->package.content;
	struct fs1_package_signature end = {
		.length = fs1_cpu_to_le32((uint32_t)size),
		.magic = fs1_cpu_to_le32(FS1_PACKAGE_SIGNATURE_MAGIC),
	};
	size_t all = content->length + size + sizeof(end);
	_cleanup_free_ uint8_t *data = malloc(all);
	int r;

	if (!data)
		return verb_fail(-ENOMEM, "%s", output);
	if (all > FS1_PACKAGE_SIZE_MAX)
		return verb_fail(-EFBIG, "%s: with a signature", file->path);
	memcpy(data, content->data, content->length);
	memcpy(data + content->length, signature, size);
	memcpy(data + content->length + size, &end, sizeof(end));
	r = file_write(output, data, all);
	return r < 0 ? verb_fail(r, "%s can't be written", output) : EXIT_OK;
}

static int sign(const char *path, const char *key, const char *certificate,
		const char *output)
{
	_cleanup_(package_file_done) struct package_file file = { 0 };
	_cleanup_free_ uint8_t *signature = NULL;
	char error[SIGNATURE_ERROR_SIZE];
	size_t size;
	int r;

	r = package_file_open(&file, path);
	if (r != EXIT_OK)
		return r;
	r = signature_make(file.package.content.data, file.package.content.length, key,
			   certificate, &signature, &size, error);
	if (r < 0) {
		fprintf(stderr, "foveactl: %s\n", error);
		return EXIT_OTHER;
	}
	return write_signed(&file, output ? output : path, signature, size);
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "certificate", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "key", required_argument, NULL, 'k' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	const char *key = NULL, *certificate = NULL, *output = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) >= 0) {
		switch (option) {
		case 'c':
			certificate = optarg;
			break;
		case 'k':
			key = optarg;
			break;
		case 'o':
			output = optarg;
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (!key || !certificate)
		return verb_usage(verb, "--key and --certificate are needed");
	if (optind + 1 != argc)
		return verb_usage(verb, "one package is needed");
	return sign(argv[optind], key, certificate, output);
}

const struct verb verb_network_sign = {
	.name = "network sign",
	.synopsis = "--key KEY --certificate FILE [OPTION...] FILE",
	.summary = "Sign a package",
	.help = "  --key KEY                  private key, PEM\n"
		"  --certificate CERTIFICATE  its certificate, PEM or DER\n"
		"  -o, --output OUTPUT        write this file (default: FILE itself)\n",
	.run = run,
};
