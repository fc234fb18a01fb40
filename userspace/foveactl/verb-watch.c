// SPDX-License-Identifier: Apache-2.0
/*
 * foveactl watch: fovead's and the agent's state on one screen, redrawn while it
 * changes, with the answers as they arrive.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "foveactl/client.h"
#include "foveactl/show.h"
#include "foveactl/verbs.h"
#include "libfovea/cleanup.h"

#define ANSWERS_SHOWN	8u
#define HOME		"\033[H"
#define CLEAR_LINE	"\033[K\n"
#define CLEAR_BELOW	"\033[J"
#define ENTER		"\033[?1049h\033[?25l"	/* second screen, no cursor */
#define LEAVE		"\033[?25h\033[?1049l"

/* The newest answers come from the newest records. */
static int show_answers(struct client *client, FILE *file)
{
	json_t *record;
	int r;

	fprintf(file, "FRAME             OUTLET       ANSWERS\n");
	r = client_records_start(client, ANSWERS_SHOWN, 0);
	while (r >= 0) {
		json_t *answers, *answer, *body;
		size_t i;

		r = client_records_next(client, &record);
		if (r <= 0)
			break;
		answers = json_object_get(record, "answers");
		fprintf(file, "%s  %-12.12s",
			json_string_value(json_object_get(record, "frame_id")),
			json_string_value(json_object_get(record, "outlet")));
		json_array_foreach(answers, i, answer) {
			char *dump;

			body = json_object_get(answer, "answer");
			dump = json_dumps(body, JSON_COMPACT |
					  JSON_REAL_PRECISION(5) |
					  JSON_ENSURE_ASCII);
			fprintf(file, " %s:%.60s",
				json_string_value(json_object_get(answer,
							"destination")),
				dump ? dump : "");
			free(dump);
		}
		fprintf(file, "\n");
		json_decref(record);
	}
	return r;
}

/* Lines cut to the width and height of the terminal, so that none wraps. */
static void put_screen(const char *text)
{
	struct winsize window = { .ws_row = 24, .ws_col = 80 };
	unsigned int row = 0;

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
	fputs(HOME, stdout);
	while (*text && row + 1 < window.ws_row) {
		size_t length = strcspn(text, "\n");

		printf("%.*s" CLEAR_LINE,
		       (int)(length < window.ws_col ? length : window.ws_col),
		       text);
		text += length + (text[length] != '\0');
		row++;
	}
	fputs(CLEAR_BELOW, stdout);
	(void)fflush(stdout);
}

static int compose(struct client *client, const char *agent_path, FILE *file)
{
	json_t *status;
	int r;

	r = client_status(client, &status);
	if (r < 0)
		return r;
	client_add_agent(status, agent_path);
	show_status(file, status);
	json_decref(status);
	return show_answers(client, file);
}

static int draw(struct client *client, const char *agent_path, bool once)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *file;
	int r;

	file = open_memstream(&text, &size);
	if (!file)
		return -ENOMEM;
	r = compose(client, agent_path, file);
	if (fclose(file) != 0)
		return -ENOMEM;
	if (r < 0)
		return r;
	if (once)
		(void)fputs(text, stdout);
	else
		put_screen(text);
	return 0;
}

/* Returns 0 when the time is over, 1 when a signal says to end. */
static int wait_for_turn(int signals, uint32_t milliseconds)
{
	struct pollfd p = { .fd = signals, .events = POLLIN };
	int r;

	r = poll(&p, 1, (int)milliseconds);
	return r < 0 ? -errno : r;
}

static int watch(struct client *client, const char *agent_path,
		 uint32_t milliseconds)
{
	_cleanup_close_ int signals = -1;
	sigset_t mask;
	int r = 0;

	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGINT);
	(void)sigaddset(&mask, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -errno;
	signals = signalfd(-1, &mask, SFD_CLOEXEC);
	if (signals < 0)
		return -errno;
	fputs(ENTER, stdout);
	while (r == 0) {
		r = draw(client, agent_path, false);
		if (r == 0)
			r = wait_for_turn(signals, milliseconds);
	}
	fputs(LEAVE, stdout);
	(void)fflush(stdout);
	return r < 0 ? r : 0;
}

static int run_with(const char *path, const char *agent_path, bool once,
		    uint32_t milliseconds)
{
	struct client client;
	int r;

	r = client_open(&client, path);
	if (r != EXIT_OK)
		return r;
	r = once ? draw(&client, agent_path, true)
		 : watch(&client, agent_path, milliseconds);
	client_done(&client);
	if (r == -ECONNRESET || r == -EPIPE || r == -ETIMEDOUT) {
		fprintf(stderr, "foveactl: fovead has gone away\n");
		return EXIT_UNREACHABLE;
	}
	return r < 0 ? verb_fail(r, "fovead can't be watched") : EXIT_OK;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	static const struct option options[] = {
		{ "once", no_argument, NULL, 'o' },
		{ "interval", required_argument, NULL, 'i' },
		{ "socket", required_argument, NULL, 's' },
		{ "agent", required_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *agent_path = CLIENT_AGENT_SOCKET;
	const char *path = FOVEATAP_SOCKET;
	uint32_t milliseconds = 500;
	bool once = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'o':
			once = true;
			break;
		case 'i':
			if (parse_count(optarg, 100, 60000, &milliseconds) < 0)
				return verb_usage(verb, "--interval %s: write milliseconds, 100 to 60000",
						  optarg);
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
	return run_with(path, agent_path, once || !isatty(STDOUT_FILENO),
			milliseconds);
}

const struct verb verb_watch = {
	.name = "watch",
	.synopsis = "[--once] [--interval MS] [--socket PATH] [--agent PATH]",
	.summary = "Show cameras, service and agent live on one screen",
	.help = "  --once         one picture of it, for scripts\n"
		"  --interval MS  milliseconds between redraws (default 500)\n"
		"  --socket PATH  fovead's socket (default " FOVEATAP_SOCKET ")\n"
		"  --agent PATH   the agent's (default " CLIENT_AGENT_SOCKET ")\n"
		"\n"
		"Ctrl-C ends it.\n",
	.run = run,
};
