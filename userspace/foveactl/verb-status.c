// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl status: fovead's and the agent's state, once, for people or scripts.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "foveactl/client.h"
#include "foveactl/show.h"
#include "foveactl/verbs.h"

static int show(const char *path, const char *agent_path, bool as_json)
{
	struct client client;
	json_t *status;
	int r;

	r = client_open(&client, path);
	if (r != EXIT_OK)
		return r;
	r = client_status(&client, &status);
	client_done(&client);
	if (r < 0)
		return verb_fail(r, "fovead's status can't be read");
	client_add_agent(status, agent_path);
	if (as_json) {
		(void)json_dumpf(status, stdout, JSON_INDENT(2));
		printf("\n");
	} else {
		show_status(stdout, status);
	}
	json_decref(status);
	return EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "socket", required_argument, NULL, 's' },
		{ "agent", required_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *agent_path = CLIENT_AGENT_SOCKET;
	const char *path = FOVEATAP_SOCKET;
	bool as_json = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'j':
			as_json = true;
			break;
		case 's':
			path = optarg;
			break;
		case 'a':
			agent_path = optarg;
			break;
		case 'h':
			return verb_help(verb);
		default:
			return verb_usage(verb, NULL);
		}
	}
	if (optind < argc)
		return verb_usage(verb, "no argument expected, got \"%s\"",
				  argv[optind]);
	return show(path, agent_path, as_json);
}

const struct verb verb_status = {
	.name = "status",
	.synopsis = "[--json] [--socket PATH] [--agent PATH]",
	.summary = "Show cameras, rules, outlets, subscribers, agent and counters",
	.help = "  --json         all there is, as one JSON object\n"
		"  --socket PATH  fovead's socket (default " FOVEATAP_SOCKET ")\n"
		"  --agent PATH   the agent's (default " CLIENT_AGENT_SOCKET ")\n",
	.run = run,
};
