// SPDX-License-Identifier: Apache-2.0
/*
 * The machine that runs the ioctl fuzzer's programs: threads, what they have
 * open, what was answered to them, and the watch over calls that don't return.
 *
 * A slot opens its node by itself when it is used. Whatever a program opens or
 * maps has its place here, so that nothing of it is left when it ends: files are
 * closed by their numbers, all that are above those of the fuzzer itself.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fuzz-ioctl-calls.h"

/* A program that takes longer hangs. */
#define STUCK_SECONDS	90u

/* ------------------------------------------------------------------------
 * Nodes
 */

static void die(const char *what)
{
	fprintf(stderr, "fuzz-ioctl: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool read_line(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");
	bool ok = file && fgets(text, (int)size, file);

	if (ok)
		text[strcspn(text, "\n")] = '\0';
	if (file)
		(void)fclose(file);
	return ok;
}

/* The first device's nodes; a picture or what lies in /dev otherwise is not. */
static void find_nodes(struct fuzz_machine *machine)
{
	static const char *const names[] = {
		"fovea-image", "fovea-preview", "fovea-meta", "fovea-scene",
	};
	char path[64], name[64];
	unsigned int found = 0;

	for (unsigned int number = 0; number < 16; number++) {
		(void)snprintf(path, sizeof(path),
			       "/sys/class/video4linux/video%u/name", number);
		if (!read_line(path, name, sizeof(name)))
			continue;
		for (unsigned int node = 0; node < FUZZ_MEDIA; node++) {
			if (machine->nodes[node][0] ||
			    strcmp(name, names[node]) != 0)
				continue;
			(void)snprintf(machine->nodes[node],
				       sizeof(machine->nodes[node]),
				       "/dev/video%u", number);
			found++;
		}
	}
	(void)snprintf(machine->nodes[FUZZ_MEDIA],
		       sizeof(machine->nodes[FUZZ_MEDIA]), "/dev/media0");
	if (!found) {
		fprintf(stderr, "fuzz-ioctl: there are no nodes named fovea-* here: run it in scripts/vm\n");
		exit(1);
	}
}

static void find_files(struct fuzz_machine *machine)
{
	static const char *const names[] = { "recovery", "interrupts" };
	static const char folder[] = "/sys/kernel/debug/fovea";
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		for (unsigned int i = 0; i < 2; i++)
			(void)snprintf(machine->files[i],
				       sizeof(machine->files[i]), "%s/%s/%s",
				       folder, entry->d_name, names[i]);
	}
	if (dir)
		(void)closedir(dir);
}

/* ------------------------------------------------------------------------
 * Threads
 */

static void nothing(int number)
{
	(void)number;
}

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) < 0 && errno == EINTR)
		;
}

/* Memory whose first byte beyond can't be touched. */
static uint8_t *guarded(size_t size, int protection)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *memory = mmap(NULL, size + page, PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED || mprotect(memory, size, protection) < 0)
		die("memory");
	return memory;
}

static void print_call(const struct fuzz_call *call, long r, int error,
		       uint64_t ns)
{
	static _Thread_local char text[FUZZ_TEXT_MAX];
	struct fuzz_program one = { .count = 1 };

	one.calls[0] = *call;
	(void)fuzz_text_format(&one, text);
	text[strcspn(text, "\n")] = '\0';
	if (r < 0)
		printf("%s: %s, %" PRIu64 " us\n", text, strerror(error),
		       ns / 1000);
	else
		printf("%s: %ld, %" PRIu64 " us\n", text, r, ns / 1000);
}

static uint64_t now_ns(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void run_call(struct fuzz_worker *worker, const struct fuzz_call *call)
{
	uint64_t started = now_ns(), ns;
	int error;
	long r;

	atomic_fetch_add(&worker->ticket, 1);
	r = fuzz_call_make(worker, call);
	error = errno;
	atomic_fetch_add(&worker->ticket, 1);
	ns = now_ns() - started;
	worker->spent[call->op] += ns;
	worker->made[call->op]++;
	worker->succeeded[call->op] += r >= 0;
	if (worker->machine->verbose)
		print_call(call, r, error, ns);
}

/* What is @worker's of the program's race. */
static void run_race(struct fuzz_worker *worker)
{
	const struct fuzz_machine *machine = worker->machine;
	const struct fuzz_program *program = machine->program;

	for (unsigned int i = machine->race; i < program->count; i++)
		if (program->calls[i].thread == worker->number)
			run_call(worker, &program->calls[i]);
}

static void *worker_main(void *data)
{
	struct fuzz_worker *worker = data;

	worker->tid = (pid_t)syscall(SYS_gettid);
	fuzz_cover_enable(worker->number);
	for (;;) {
		wait_for(&worker->start);
		if (worker->machine->over)
			return NULL;
		run_race(worker);
		(void)sem_post(&worker->machine->done);
	}
}

/* ------------------------------------------------------------------------
 * The watch
 */

static void print_stack(const struct fuzz_worker *worker)
{
	char path[64], line[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/stack",
		       (int)getpid(), (int)worker->tid);
	fprintf(stderr, "fuzz-ioctl: thread %u%s:\n", worker->number,
		atomic_load(&worker->ticket) & 1 ? ", in a call" : "");
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		fprintf(stderr, "  %s", line);
	if (file)
		(void)fclose(file);
}

static void watch_worker(struct fuzz_machine *machine,
			 struct fuzz_worker *worker)
{
	unsigned long ticket = atomic_load(&worker->ticket);

	if (ticket & 1 && ticket == worker->seen) {
		(void)pthread_kill(worker->thread, SIGALRM);
		machine->interrupted++;
	}
	worker->seen = ticket;
}

static void *watch_main(void *data)
{
	struct fuzz_machine *machine = data;
	unsigned long seen = 0, ticks = 0, ticks_max;

	ticks_max = STUCK_SECONDS * 1000ul / machine->call_ms;
	while (!machine->over) {
		unsigned long runs = atomic_load(&machine->runs);

		(void)usleep(machine->call_ms * 1000u);
		for (unsigned int i = 0; i < FUZZ_THREADS; i++)
			watch_worker(machine, &machine->workers[i]);
		/* Odd: under way. */
		ticks = runs == seen && runs & 1 ? ticks + 1 : 0;
		seen = runs;
		if (ticks < ticks_max)
			continue;
		fprintf(stderr, "fuzz-ioctl: a program hangs\n");
		for (unsigned int i = 0; i < FUZZ_THREADS; i++)
			print_stack(&machine->workers[i]);
		_exit(3);
	}
	return NULL;
}

/* ------------------------------------------------------------------------
 * Programs
 */

static void clean_up(struct fuzz_machine *machine)
{
	struct fuzz_worker *worker = &machine->workers[0];
	uint64_t started = now_ns();

	for (unsigned int i = 0; i < FUZZ_MAPS; i++)
		(void)fuzz_call_unmap(machine, i);
	atomic_fetch_add(&worker->ticket, 1);
	(void)close_range((unsigned int)machine->first_fd, ~0u, 0);
	atomic_fetch_add(&worker->ticket, 1);
	for (unsigned int i = 0; i < FUZZ_SLOTS; i++)
		atomic_store(&machine->slots[i], -1);
	for (unsigned int kind = 0; kind < FUZZ_KINDS; kind++)
		atomic_store(&machine->pools[kind].count, 0);
	started = now_ns() - started;
	machine->clean_up_spent += started;
	if (machine->verbose)
		printf("(closing): %" PRIu64 " us\n", started / 1000);
}

static void run_threads(struct fuzz_machine *machine,
			const struct fuzz_program *program)
{
	unsigned int started = 0, threads = 0;

	for (unsigned int i = machine->race; i < program->count; i++)
		threads |= 1u << program->calls[i].thread;
	for (unsigned int i = 1; i < FUZZ_THREADS; i++) {
		if (!(threads & 1u << i))
			continue;
		started++;
		(void)sem_post(&machine->workers[i].start);
	}
	run_race(&machine->workers[0]);
	while (started--)
		wait_for(&machine->done);
}

void fuzz_machine_run(struct fuzz_machine *machine,
		      const struct fuzz_program *program)
{
	unsigned int i = 0;

	machine->program = program;
	atomic_fetch_add(&machine->runs, 1);
	fuzz_cover_begin();
	for (; i < program->count && !program->calls[i].thread; i++)
		run_call(&machine->workers[0], &program->calls[i]);
	machine->race = i;
	if (i < program->count)
		run_threads(machine, program);
	clean_up(machine);
	atomic_fetch_add(&machine->runs, 1);
}

struct fuzz_machine *fuzz_machine_new(unsigned int call_ms, bool verbose)
{
	struct fuzz_machine *machine = calloc(1, sizeof(*machine));
	struct sigaction action = { .sa_handler = nothing };
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!machine)
		die("memory");
	machine->call_ms = call_ms;
	machine->verbose = verbose;
	find_nodes(machine);
	find_files(machine);
	/* Without SA_RESTART: a call that is interrupted ends. */
	(void)sigaction(SIGALRM, &action, NULL);
	machine->readonly = guarded(page, PROT_READ);
	machine->arena = mmap(NULL, (FUZZ_MAPS + 1) * FUZZ_MAP_SIZE, PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			      -1, 0);
	if (machine->arena == MAP_FAILED)
		die("addresses");
	machine->zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	if (machine->zero < 0 || sem_init(&machine->done, 0, 0) < 0)
		die("/dev/zero");
	for (unsigned int i = 0; i < FUZZ_THREADS; i++) {
		struct fuzz_worker *worker = &machine->workers[i];

		worker->machine = machine;
		worker->number = i;
		worker->arg = guarded(page, PROT_READ | PROT_WRITE);
		worker->arg_end = worker->arg + page;
		worker->aux = guarded(FUZZ_AUX_SIZE, PROT_READ | PROT_WRITE);
		if (sem_init(&worker->start, 0, 0) < 0 ||
		    pipe2(worker->pipe, O_CLOEXEC | O_NONBLOCK) < 0)
			die("pipe");
	}
	machine->first_fd = dup(machine->zero);
	(void)close(machine->first_fd);
	clean_up(machine);

	machine->workers[0].thread = pthread_self();
	machine->workers[0].tid = (pid_t)syscall(SYS_gettid);
	fuzz_cover_enable(0);
	for (unsigned int i = 1; i < FUZZ_THREADS; i++)
		if (pthread_create(&machine->workers[i].thread, NULL,
				   worker_main, &machine->workers[i]))
			die("thread");
	if (pthread_create(&machine->watch, NULL, watch_main, machine))
		die("thread");
	return machine;
}

void fuzz_machine_counts(const struct fuzz_machine *machine,
			 struct fuzz_counts *ret_counts)
{
	*ret_counts = (struct fuzz_counts) {
		.interrupted = machine->interrupted,
	};
	for (unsigned int i = 0; i < FUZZ_THREADS; i++) {
		const struct fuzz_worker *worker = &machine->workers[i];

		for (unsigned int op = 0; op < fuzz_op_count; op++) {
			ret_counts->calls += worker->made[op];
			ret_counts->succeeded += worker->succeeded[op];
		}
	}
}

void fuzz_machine_print_ops(const struct fuzz_machine *machine, FILE *file)
{
	fprintf(file, "%-20s %10s %10s %10s\n", "call", "made", "succeeded",
		"ms");
	for (unsigned int op = 0; op < fuzz_op_count; op++) {
		unsigned long made = 0, succeeded = 0;
		uint64_t spent = 0;

		for (unsigned int i = 0; i < FUZZ_THREADS; i++) {
			made += machine->workers[i].made[op];
			succeeded += machine->workers[i].succeeded[op];
			spent += machine->workers[i].spent[op];
		}
		fprintf(file, "%-20s %10lu %10lu %10" PRIu64 "\n",
			fuzz_ops[op].name, made, succeeded, spent / 1000000);
	}
	fprintf(file, "%-20s %10lu %10s %10" PRIu64 "\n", "(closing)",
		atomic_load(&machine->runs) / 2, "",
		machine->clean_up_spent / 1000000);
}

void fuzz_machine_free(struct fuzz_machine *machine)
{
	machine->over = true;
	for (unsigned int i = 1; i < FUZZ_THREADS; i++) {
		(void)sem_post(&machine->workers[i].start);
		(void)pthread_join(machine->workers[i].thread, NULL);
	}
	(void)pthread_join(machine->watch, NULL);
	for (unsigned int i = 0; i < FUZZ_THREADS; i++) {
		(void)close(machine->workers[i].pipe[0]);
		(void)close(machine->workers[i].pipe[1]);
	}
	(void)close(machine->zero);
	free(machine);
}
