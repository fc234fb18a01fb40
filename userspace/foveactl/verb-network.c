// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl network: finds what is to be done with networks and does it.
 */
#include <stdio.h>
#include <string.h>

#include "foveactl/verb-network.h"
#include "foveactl/verbs.h"
#include "libfovea/config.h"

static const struct verb *const verbs[] = {
	&verb_network_build,
	&verb_network_info,
	&verb_network_test,
	&verb_network_bench,
	&verb_network_sign,
	&verb_network_verify,
	&verb_network_load,
	&verb_network_list,
	&verb_network_activate,
	&verb_network_rollback,
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* Names are "network build" and so on. */
static const char *name_of(const struct verb *verb)
{
	return strchr(verb->name, ' ') + 1;
}

static int print_help(const struct verb *verb)
{
	printf("Usage: foveactl network %s\n%s.\n\n", verb->synopsis, verb->summary);
	for (size_t i = 0; i < N_VERBS; i++)
		printf("  %-9s %s\n", name_of(verbs[i]), verbs[i]->summary);
	printf("\n%s", verb->help);
	return EXIT_OK;
}

static int refuse(const struct verb *verb, const char *name)
{
	const char *names[N_VERBS + 1] = { NULL };
	const char *meant;

	for (size_t i = 0; i < N_VERBS; i++)
		names[i] = name_of(verbs[i]);
	meant = fovea_config_suggest(name, names);
	return meant ? verb_usage(verb, "there is no \"%s\" (did you mean \"%s\"?)",
				  name, meant)
		     : verb_usage(verb, "there is no \"%s\"", name);
}

static int run(const struct verb *verb, int argc, char **argv)
{
	if (argc < 2)
		return verb_usage(verb, "what is to be done with a network?");
	if (strcmp(argv[1], "--help") == 0)
		return print_help(verb);
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(name_of(verbs[i]), argv[1]) == 0)
			return verbs[i]->run(verbs[i], argc - 1, argv + 1);
	return refuse(verb, argv[1]);
}

const struct verb verb_network = {
	.name = "network",
	.synopsis = "VERB [OPTION...] [ARGUMENT...]",
	.summary = "Networks: build, look at, sign, load, choose",
	.help = "  --help  this text; after a verb: its options\n",
	.run = run,
};
