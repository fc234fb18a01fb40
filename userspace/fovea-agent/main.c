// SPDX-License-Identifier: Apache-2.0
/*
 * fovea-agent, the cloud agent: command line, signals, event loop. It touches
 * the network, its spool and fovead's socket, never a camera.
 */
#include <curl/curl.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "agent.h"
#include "credential.h"
#include "libfovea/cleanup.h"
#include "libfovea/log.h"
#include "spool-tool.h"

#define EXIT_USAGE	2	/* wrong command line or configuration */

struct program {
	const char *config_path;
	const char *spool_path;		/* --path */
	bool check;
	enum agent_end end;
	struct agent *agent;
};

static void print_help(void)
{
	printf("Usage: fovea-agent [OPTION...]\n"
	       "       fovea-agent spool ls|fsck [OPTION...]\n"
	       "Take records from fovead, keep them on disk, deliver them, bring back answers.\n"
	       "\n"
	       "  --config FILE     configuration (default " AGENT_CONFIG_PATH ")\n"
	       "  --check           check configuration, credentials and spool, and exit\n"
	       "  --drain           take nothing new; exit when everything is delivered\n"
	       "  --exit-when-idle  exit when what came is delivered and answered\n"
	       "  --help            this text\n"
	       "  --version         version of Fovea\n"
	       "\n"
	       "  spool ls          list what is pending (the agent must not run)\n"
	       "  spool fsck        read every record in the spool and check it\n"
	       "  --path DIR        the spool's folder, instead of that in the configuration\n"
	       "\n"
	       "SIGHUP reloads the configuration; SIGTERM and SIGINT end.\n"
	       "Exit status: 0 ended as asked, 1 failure or damage, 2 usage or configuration.\n"
	       "See fovea-agent(8), fovea-agent.conf(5).\n");
}

static void config_freep(struct fovea_config **config)
{
	fovea_config_free(*config);
}

/* Without a prefix, so that editors find the place; the journal wants one. */
static void print_errors(const struct fovea_config *config)
{
	for (size_t i = 0; i < fovea_config_errors(config); i++)
		if (getenv("JOURNAL_STREAM"))
			fovea_log(LOG_ERR, "%s",
				  fovea_config_message(config, i));
		else
			fprintf(stderr, "%s\n",
				fovea_config_message(config, i));
}

static int load(const char *path, struct agent_config **ret_config)
{
	_cleanup_(config_freep) struct fovea_config *errors = NULL;
	int r;

	r = fovea_config_new(&errors);
	if (r == 0)
		r = agent_config_read(path, errors, ret_config);
	if (r == -EINVAL)
		print_errors(errors);
	else if (r < 0)
		fovea_log(LOG_ERR, "%s: %s", path, strerror(-r));
	return r;
}

/* ---- --check and spool ---------------------------------------------- */

static int check_credentials(const struct agent_config *config)
{
	struct credential *credential = calloc(1, sizeof(*credential));
	int result = 0;

	if (!credential)
		return -ENOMEM;
	for (uint32_t i = 0; i < config->destinations; i++) {
		const struct destination_config *destination =
			&config->destination[i];
		int r;

		credential->path = destination_credential_file(destination);
		if (!credential->path)
			continue;
		r = credential_load(credential, /* again= */ true);
		if (r < 0) {
			fprintf(stderr, "[destination %s]: %s: %s\n",
				destination->name, credential->path,
				credential_explain(r));
			result = 1;
		}
	}
	credential_clear(credential);
	free(credential);
	return result;
}

static int explain_spool(const char *path, int r)
{
	if (r == -EBUSY)
		fprintf(stderr, "%s: an agent has it open; stop that first\n",
			path);
	else if (r < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(-r));
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int check(const struct agent_config *config)
{
	int r, status = check_credentials(config) ? EXIT_FAILURE : EXIT_SUCCESS;
	struct stat st;

	if (stat(config->spool.path, &st) < 0 && errno == ENOENT)
		return status;
	r = spool_tool_fsck(config->spool.path, stdout);
	/* It being in use is no mistake of the configuration. */
	if (r == 0 || r == -EBUSY)
		return status;
	return explain_spool(config->spool.path, r);
}

static int run_spool(const struct program *program, int argc, char **argv)
{
	_cleanup_(agent_config_freep) struct agent_config *config = NULL;
	const char *path = program->spool_path;

	if (argc != 1 || (strcmp(argv[0], "ls") != 0 &&
			  strcmp(argv[0], "fsck") != 0)) {
		fprintf(stderr, "fovea-agent: spool wants one word more: ls or fsck\n");
		return EXIT_USAGE;
	}
	if (!path) {
		if (load(program->config_path, &config) != 0)
			return EXIT_USAGE;
		path = config->spool.path;
	}
	if (strcmp(argv[0], "ls") == 0)
		return explain_spool(path, spool_tool_ls(path, stdout));
	return explain_spool(path, spool_tool_fsck(path, stdout));
}

/* ---- running -------------------------------------------------------- */

static int on_end(sd_event_source *source, const struct signalfd_siginfo *info,
		  void *userdata)
{
	(void)info;
	(void)userdata;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int on_reload(sd_event_source *source,
		     const struct signalfd_siginfo *info, void *userdata)
{
	struct program *program = userdata;
	struct agent_config *config = NULL;
	struct timespec now;
	int r;

	(void)info;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
			 (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	r = load(program->config_path, &config);
	if (r < 0) {
		fovea_log(LOG_ERR, "the configuration is as before");
		(void)sd_notify(0, "READY=1\nSTATUS=reload refused: configuration has errors");
		return 0;
	}
	r = agent_reload(program->agent, config);
	if (r < 0) {
		fovea_log(LOG_ERR, "can't reload: %s", strerror(-r));
		return sd_event_exit(sd_event_source_get_event(source),
				     EXIT_FAILURE);
	}
	fovea_log(LOG_INFO, "configuration reloaded");
	(void)sd_notify(0, "READY=1\nSTATUS=running");
	return 0;
}

static int add_signals(sd_event *event, struct program *program)
{
	sigset_t mask;
	int r;

	(void)sigemptyset(&mask);
	(void)sigaddset(&mask, SIGTERM);
	(void)sigaddset(&mask, SIGINT);
	(void)sigaddset(&mask, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
		return -errno;
	r = sd_event_add_signal(event, NULL, SIGTERM, on_end, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT, on_end, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGHUP, on_reload,
					program);
	return r;
}

/* Each record on its way in is a few open memfds. No core: it holds secrets. */
static void set_limits(void)
{
	const struct rlimit none = { 0 };
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	(void)setrlimit(RLIMIT_CORE, &none);
}

static int run(struct program *program, struct agent_config *config)
{
	sd_event *event = NULL;
	int r;

	r = sd_event_new(&event);
	if (r >= 0)
		r = add_signals(event, program);
	if (r < 0) {
		agent_config_free(config);
		fovea_log(LOG_ERR, "can't start: %s", strerror(-r));
	} else {
		r = agent_new(event, config, program->end, &program->agent);
	}
	if (r >= 0) {
		(void)sd_event_set_watchdog(event, 1);
		(void)sd_notify(0, "READY=1\nSTATUS=running");
		r = sd_event_loop(event);
		(void)sd_notify(0, "STOPPING=1");
		if (r < 0)
			fovea_log(LOG_ERR, "the event loop failed: %s",
				  strerror(-r));
	}
	program->agent = agent_free(program->agent);
	sd_event_unref(event);
	return r < 0 ? EXIT_FAILURE : r;
}

static int start(struct program *program)
{
	struct agent_config *config = NULL;
	int status;

	if (load(program->config_path, &config) != 0)
		return EXIT_USAGE;
	if (program->check) {
		status = check(config);
		agent_config_free(config);
		return status;
	}
	set_limits();
	(void)signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		agent_config_free(config);
		fovea_log(LOG_ERR, "can't start: libcurl refuses");
		return EXIT_FAILURE;
	}
	status = run(program, config);
	curl_global_cleanup();
	return status;
}

/* Returns -1 to go on, or the exit status. */
static int parse_arguments(struct program *program, int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "drain", no_argument, NULL, 'd' },
		{ "exit-when-idle", no_argument, NULL, 'i' },
		{ "path", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 'c':
			program->config_path = optarg;
			break;
		case 'k':
			program->check = true;
			break;
		case 'd':
			program->end = AGENT_DRAIN;
			break;
		case 'i':
			program->end = AGENT_IDLE;
			break;
		case 'p':
			program->spool_path = optarg;
			break;
		case 'h':
			print_help();
			return EXIT_SUCCESS;
		case 'v':
			printf("fovea-agent %s\n", FOVEA_VERSION);
			return EXIT_SUCCESS;
		default:
			fprintf(stderr, "Try 'fovea-agent --help'.\n");
			return EXIT_USAGE;
		}
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct program program = { .config_path = AGENT_CONFIG_PATH };
	int status = parse_arguments(&program, argc, argv);

	if (status >= 0)
		return status;
	if (optind < argc && strcmp(argv[optind], "spool") == 0)
		return run_spool(&program, argc - optind - 1,
				 argv + optind + 1);
	if (optind < argc || program.spool_path) {
		fprintf(stderr, "fovea-agent: \"%s\" is no command; try 'fovea-agent --help'\n",
			optind < argc ? argv[optind] : "--path");
		return EXIT_USAGE;
	}
	return start(&program);
}
