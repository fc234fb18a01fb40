// SPDX-License-Identifier: Apache-2.0
/*
 * fovead, the camera service: command line, signals, event loop. It touches
 * cameras and its socket, never a network.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "fovead/daemon.h"
#include "libfovea/cleanup.h"
#include "libfovea/log.h"

#define DEFAULT_CONFIG	"/etc/fovea/fovead.conf"
#define EXIT_USAGE	2	/* wrong command line or configuration */

struct program {
	const char *config_path;
	bool check;
	bool once;
	struct daemon *daemon;
};

static void print_help(void)
{
	printf("Usage: fovead [OPTION...]\n"
	       "Capture from cameras, choose frames by rules, publish them on a socket.\n"
	       "\n"
	       "  --config FILE  configuration (default " DEFAULT_CONFIG ")\n"
	       "  --check        check the configuration and exit\n"
	       "  --once         exit with status 3 when a camera is missing or lost\n"
	       "  --help         this text\n"
	       "  --version      version of Fovea\n"
	       "\n"
	       "SIGHUP reloads the configuration; SIGTERM and SIGINT end.\n"
	       "Exit status: 0 ended as asked, 1 failure, 2 usage or configuration,\n"
	       "3 camera missing (with --once). See fovead(8).\n");
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

static int load(const char *path, struct settings **ret_settings)
{
	_cleanup_(config_freep) struct fovea_config *config = NULL;
	int r;

	r = fovea_config_new(&config);
	if (r == 0)
		r = settings_load(config, path, ret_settings);
	if (r == -EINVAL)
		print_errors(config);
	else if (r < 0)
		fovea_log(LOG_ERR, "%s: %s", path, strerror(-r));
	return r;
}

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
	struct settings *settings = NULL;
	struct timespec now;
	int r;

	(void)info;
	clock_gettime(CLOCK_MONOTONIC, &now);
	(void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
			 (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	r = load(program->config_path, &settings);
	if (r < 0) {
		fovea_log(LOG_ERR, "the configuration is as before");
		(void)sd_notify(0, "READY=1\nSTATUS=reload refused: configuration has errors");
		return 0;
	}
	r = daemon_reload(program->daemon, settings);
	if (r < 0) {
		fovea_log(LOG_ERR, "can't reload: %s", strerror(-r));
		return sd_event_exit(sd_event_source_get_event(source), r);
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

/* Each waiting part is an open memfd. */
static void raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int run(struct program *program, struct settings *settings)
{
	sd_event *event = NULL;
	int r;

	r = sd_event_new(&event);
	if (r >= 0)
		r = add_signals(event, program);
	if (r < 0) {
		settings_free(settings);
		fovea_log(LOG_ERR, "can't start: %s", strerror(-r));
	} else {
		r = daemon_new(event, settings, program->once,
			       &program->daemon);
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
	program->daemon = daemon_free(program->daemon);
	sd_event_unref(event);
	return r < 0 ? EXIT_FAILURE : r;
}

/* Returns -1 to go on, or the exit status. */
static int parse_arguments(struct program *program, int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'k' },
		{ "once", no_argument, NULL, 'o' },
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
		case 'o':
			program->once = true;
			break;
		case 'h':
			print_help();
			return EXIT_SUCCESS;
		case 'v':
			printf("fovead " FOVEA_VERSION "\n");
			return EXIT_SUCCESS;
		default:
			fprintf(stderr, "Try \"fovead --help\".\n");
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "fovead: no argument expected, got \"%s\"; try \"fovead --help\"\n",
			argv[optind]);
		return EXIT_USAGE;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct program program = { .config_path = DEFAULT_CONFIG };
	struct settings *settings = NULL;
	int r;

	r = parse_arguments(&program, argc, argv);
	if (r >= 0)
		return r;
	r = load(program.config_path, &settings);
	if (r < 0)
		return r == -EINVAL ? EXIT_USAGE : EXIT_FAILURE;
	if (program.check) {
		printf("%s: ok\n", program.config_path);
		settings_free(settings);
		return EXIT_SUCCESS;
	}
	raise_fd_limit();
	return run(&program, settings);
}
