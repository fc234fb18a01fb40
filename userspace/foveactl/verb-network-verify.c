// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network verify: would a kernel with this certificate take the package?
 */
#include <getopt.h>
#include <stdio.h>

#include "foveactl/package-file.h"
#include "foveactl/signature.h"
#include "foveactl/verb-network.h"
#include "libfovea/cleanup.h"

static int verify(const char *path, const char *certificate)
{
	_cleanup_(package_file_done) struct package_file file = { 0 };
	const struct fs1_package *package = &file.package;
	char text[SIGNATURE_ERROR_SIZE];
	int r;

	r = package_file_open(&file, path);
	if (r != EXIT_OK)
		return r;
	if (!package->signature.data) {
		fprintf(stderr, "foveactl: %s: it has no signature\n", path);
		return EXIT_OTHER;
	}
	r = signature_verify(package->content.data, package->content.length,
			     package->signature.data, package->signature.length,
			     certificate, text);
	if (r < 0) {
		fprintf(stderr, "foveactl: %s: %s\n", path, text);
		return EXIT_OTHER;
	}
	if (signature_signer(package->signature.data, package->signature.length,
			     text) == 0)
		printf("%s: signed by %s\n", path, text);
	return EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "certificate", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *certificate = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'c':
			certificate = optarg;
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (!certificate)
		return verb_usage(verb, "--certificate is needed");
	if (optind + 1 != argc)
		return verb_usage(verb, "one package is needed");
	return verify(argv[optind], certificate);
}

const struct verb verb_network_verify = {
	.name = "network verify",
	.synopsis = "--certificate CERTIFICATE FILE",
	.summary = "Verify the signature of a package",
	.help = "  --certificate CERTIFICATE  whose signature it should be, PEM or DER\n",
	.run = run,
};
