// SPDX-License-Identifier: Apache-2.0
/*
 * A fuzzer of the nodes' ioctls, guided by what of the driver its programs reach:
 * a program that reached something new is kept, and later ones are made of it.
 * Without KCOV in the kernel it works blind, from the seeds and the grammar.
 *
 * Programs are written to the artifacts folder before they run, the latest in
 * fuzz-log-0 to -3; when the kernel complains, the programs before and what it
 * said are in fuzz-report-N. Both can be given to --replay.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz-ioctl-corpus.h"
#include "fuzz-ioctl-report.h"

/* The first of each is the calm, and no execution. */
#define BATCH		17u
/* At this many complaints nothing new is learnt. */
#define REPORTS_MAX	8u
#define STATUS_SECONDS	60.0

/*
 * Programs leave the formats they chose behind them, and the memory of large
 * pictures costs more time than all else.
 */
static const char calm[] =
	"S_FMT fd=image-nb type=1 width=64 height=64 pixelformat='GREY'\n"
	"S_FMT fd=preview-nb type=1 width=64 height=64 pixelformat='GREY'\n"
	"S_FMT fd=scene-nb type=2 width=16 height=16 pixelformat='RGB3'\n"
	"\n";

/** struct options - what was asked for */
struct options {
	double seconds;
	unsigned long long executions;
	uint64_t seed;
	unsigned int call_ms;
	unsigned int repeat;
	const char *artifacts;
	const char *corpus;
	bool replay;
	bool check;
	bool verbose;
};

/** struct fuzzer - a run of it */
struct fuzzer {
	struct options options;
	struct fuzz_random random;
	struct fuzz_machine *machine;
	struct fuzz_corpus *corpus;
	struct fuzz_report *report;
	bool guided;
	unsigned long long executions;
	double started;
};

static double now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ------------------------------------------------------------------------
 * One program
 */

/* How long it took, in us. */
static uint32_t run(struct fuzzer *fuzzer, const struct fuzz_program *program)
{
	double started = now(), us;

	fuzz_machine_run(fuzzer->machine, program);
	fuzzer->executions++;
	us = (now() - started) * 1e6;
	return us < 1 ? 1 : us > 1e9 ? 1000000000u : (uint32_t)us;
}

/* Without each call that isn't needed for what was new. */
static void minimise(struct fuzzer *fuzzer, struct fuzz_program *program,
		     uint32_t us)
{
	double until = now() + 1.0 + (double)us * 4e-6;
	struct fuzz_program shorter;

	fuzz_cover_expect();
	for (unsigned int i = program->count; i-- && now() < until;) {
		if (program->count == 1)
			break;
		shorter = *program;
		fuzz_remove(&shorter, i);
		(void)run(fuzzer, &shorter);
		(void)fuzz_cover_end();
		if (fuzz_cover_met())
			*program = shorter;
	}
}

static void execute(struct fuzzer *fuzzer, struct fuzz_program *program,
		    bool seed)
{
	uint32_t us = run(fuzzer, program);
	bool fresh = fuzz_cover_end() > 0;

	if (fresh && !seed)
		minimise(fuzzer, program, us);
	/* Blind, there is nothing else to start from. */
	if (fresh || (seed && !fuzzer->guided))
		fuzz_corpus_add(fuzzer->corpus, program, us);
}

static void make(struct fuzzer *fuzzer, struct fuzz_program *program)
{
	struct fuzz_random *random = &fuzzer->random;
	uint32_t chance = fuzz_below(random, 100);

	if (chance < 10 || !fuzz_corpus_count(fuzzer->corpus)) {
		fuzz_generate(random, program);
	} else {
		*program = *fuzz_corpus_pick(fuzzer->corpus, random);
		if (chance < 30)
			fuzz_splice(random, program,
				    fuzz_corpus_pick(fuzzer->corpus, random));
		fuzz_mutate(random, program);
	}
	if (fuzz_below(random, 8) == 0)
		fuzz_race(random, program);
}

/* ------------------------------------------------------------------------
 * The whole
 */

static void print_status(const struct fuzzer *fuzzer)
{
	double seconds = now() - fuzzer->started;

	printf("fuzz: %.0f s, executions %llu (%.0f/s), edges %u, corpus %u, reports %u\n",
	       seconds, fuzzer->executions,
	       (double)fuzzer->executions / seconds, fuzz_cover_edges(),
	       fuzz_corpus_count(fuzzer->corpus),
	       fuzz_report_count(fuzzer->report));
	(void)fflush(stdout);
}

static bool over(const struct fuzzer *fuzzer)
{
	const struct options *options = &fuzzer->options;

	return now() - fuzzer->started >= options->seconds ||
	       fuzzer->executions >= options->executions ||
	       fuzz_report_count(fuzzer->report) >= REPORTS_MAX;
}

static void read_calm(struct fuzz_program *ret_program)
{
	FILE *file = fmemopen((void *)(uintptr_t)calm, sizeof(calm) - 1, "r");
	unsigned int line = 0;

	if (!file || fuzz_text_read(file, "calm", &line, ret_program) != 1)
		abort();
	(void)fclose(file);
}

static int save(const struct fuzzer *fuzzer)
{
	if (!fuzzer->options.corpus || !fuzzer->guided)
		return 0;
	return fuzz_corpus_save(fuzzer->corpus, fuzzer->options.corpus);
}

static int fuzz(struct fuzzer *fuzzer)
{
	struct fuzz_program batch[BATCH];
	double status = now() + STATUS_SECONDS;

	for (unsigned int i = 0; i < fuzz_corpus_seeds(fuzzer->corpus); i++) {
		batch[0] = *fuzz_corpus_seed(fuzzer->corpus, i);
		fuzz_report_log(fuzzer->report, batch, 1);
		execute(fuzzer, &batch[0], true);
		fuzz_report_look(fuzzer->report);
	}
	read_calm(&batch[0]);
	while (!over(fuzzer)) {
		for (unsigned int i = 1; i < BATCH; i++)
			make(fuzzer, &batch[i]);
		fuzz_report_log(fuzzer->report, batch, BATCH);
		fuzz_machine_run(fuzzer->machine, &batch[0]);
		for (unsigned int i = 1; i < BATCH; i++)
			execute(fuzzer, &batch[i], false);
		fuzz_report_look(fuzzer->report);
		if (now() < status)
			continue;
		print_status(fuzzer);
		(void)save(fuzzer);
		status += STATUS_SECONDS;
	}
	return save(fuzzer);
}

/* All programs of all files, in their order. */
static int replay(struct fuzzer *fuzzer)
{
	for (unsigned int n = 0; n < fuzzer->options.repeat; n++) {
		for (unsigned int i = 0;
		     i < fuzz_corpus_seeds(fuzzer->corpus); i++) {
			const struct fuzz_program *program =
				fuzz_corpus_seed(fuzzer->corpus, i);

			if (fuzzer->options.verbose)
				printf("\n");
			fuzz_report_log(fuzzer->report, program, 1);
			(void)run(fuzzer, program);
			(void)fuzz_cover_end();
			fuzz_report_look(fuzzer->report);
		}
	}
	return 0;
}

static void print_summary(const struct fuzzer *fuzzer)
{
	double seconds = now() - fuzzer->started;
	struct fuzz_counts counts;

	fuzz_machine_counts(fuzzer->machine, &counts);
	if (fuzzer->options.verbose || fuzzer->options.seconds >= 30)
		fuzz_machine_print_ops(fuzzer->machine, stdout);
	printf("fuzz: calls %llu, succeeded %llu, interrupted %llu, blocks %u, seconds %.1f, executions/s %.0f, seed %llu, guided %s\n",
	       counts.calls, counts.succeeded, counts.interrupted,
	       fuzz_cover_blocks(), seconds,
	       (double)fuzzer->executions / seconds,
	       (unsigned long long)fuzzer->options.seed,
	       fuzzer->guided ? "yes" : "no");
	printf("fuzz: executions %llu, edges %u, corpus %u, reports %u\n",
	       fuzzer->executions, fuzz_cover_edges(),
	       fuzz_corpus_count(fuzzer->corpus),
	       fuzz_report_count(fuzzer->report));
	(void)fflush(stdout);
}

static int run_all(struct fuzzer *fuzzer)
{
	int r;

	fuzzer->random.state = fuzzer->options.seed ? fuzzer->options.seed : 1;
	fuzzer->report = fuzz_report_new(fuzzer->options.artifacts);
	fuzzer->guided = fuzz_cover_open();
	if (!fuzzer->guided)
		printf("fuzz: blind: the kernel or the modules are without KCOV\n");
	printf("fuzz: seed %llu, %u programs to start from\n",
	       (unsigned long long)fuzzer->options.seed,
	       fuzz_corpus_seeds(fuzzer->corpus));
	(void)fflush(stdout);
	fuzzer->machine = fuzz_machine_new(fuzzer->options.call_ms,
					   fuzzer->options.verbose);
	fuzzer->started = now();
	r = fuzzer->options.replay ? replay(fuzzer) : fuzz(fuzzer);
	print_summary(fuzzer);
	if (fuzz_report_count(fuzzer->report))
		r = 1;
	fuzz_machine_free(fuzzer->machine);
	fuzz_report_free(fuzzer->report);
	return r < 0 ? 1 : r;
}

static void usage(FILE *file)
{
	fputs("usage: fuzz-ioctl [OPTION]... [FILE|FOLDER]...\n"
	      "\n"
	      "Fuzz the nodes of the FS-1, starting from the programs in the files.\n"
	      "\n"
	      "  --seconds N       stop after that long (default 60)\n"
	      "  --executions N    or after so many programs\n"
	      "  --seed N          other random numbers (default: the time)\n"
	      "  --call-ms N       interrupt a call that waits longer (default 200)\n"
	      "  --artifacts DIR   where logs and reports go (default: $FOVEA_ARTIFACTS)\n"
	      "  --corpus FILE     start from these as well, and keep in it what was found\n"
	      "  --replay          only run the programs in the files, in their order\n"
	      "  --repeat N        so often (default 1)\n"
	      "  --verbose         print what each call returned\n"
	      "  --check           only read the files\n"
	      "  --help            this text\n"
	      "\n"
	      "Exit status: 0, 1 when the kernel complained, 2 for a usage error, 3 when a\n"
	      "program hangs in the kernel.\n", file);
}

static int parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "executions", required_argument, NULL, 'e' },
		{ "seed", required_argument, NULL, 'r' },
		{ "call-ms", required_argument, NULL, 'm' },
		{ "artifacts", required_argument, NULL, 'a' },
		{ "corpus", required_argument, NULL, 'c' },
		{ "repeat", required_argument, NULL, 'n' },
		{ "replay", no_argument, NULL, 'p' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "check", no_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) >= 0) {
		unsigned long long number =
			optarg ? strtoull(optarg, NULL, 0) : 0;

		switch (option) {
		case 's': options->seconds = (double)number; break;
		case 'e': options->executions = number; break;
		case 'r': options->seed = number; break;
		case 'm': options->call_ms = (unsigned int)number; break;
		case 'n': options->repeat = (unsigned int)number; break;
		case 'a': options->artifacts = optarg; break;
		case 'c': options->corpus = optarg; break;
		case 'p': options->replay = true; break;
		case 'v': options->verbose = true; break;
		case 'k': options->check = true; break;
		case 'h': usage(stdout); exit(0);
		default: return -EINVAL;
		}
	}
	return options->call_ms ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct fuzzer fuzzer = {
		.options = {
			.seconds = 60,
			.executions = ~0ull,
			.seed = (uint64_t)time(NULL),
			.call_ms = 200,
			.repeat = 1,
			.artifacts = getenv("FOVEA_ARTIFACTS"),
		},
	};
	struct options *options = &fuzzer.options;
	int r = 0;

	if (parse(argc, argv, options) < 0) {
		usage(stderr);
		return 2;
	}
	if (options->replay)
		options->seconds = 0;
	fuzzer.corpus = fuzz_corpus_new();
	for (int i = optind; i < argc && !r; i++)
		r = fuzz_corpus_load(fuzzer.corpus, argv[i]);
	if (!r && options->corpus && access(options->corpus, F_OK) == 0)
		r = fuzz_corpus_load(fuzzer.corpus, options->corpus);
	if (r < 0)
		r = 2;
	else if (options->check)
		printf("%u programs\n", fuzz_corpus_seeds(fuzzer.corpus));
	else
		r = run_all(&fuzzer);
	fuzz_corpus_free(fuzzer.corpus);
	return r;
}
