// SPDX-License-Identifier: Apache-2.0
/*
 * Makes the device behind the bus misbehave, again and again, while image and
 * metadata stream and controls are set, and checks what comes out: frames flow
 * again in time, every buffer comes back, what userspace gets is right or marked
 * as broken, the driver has noticed and said so. Prints a table. faults without
 * .c is what people call.
 * Lines of it start with "| ", which tests/run shows.
 *
 * Every repetition has random numbers of its own, which follow from the seed, the
 * fault and the repetition's number, so that a failed one can be run alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/fovea.h>
#include <linux/videodev2.h>

#include "camera.h"
#include "testbed.h"

/*
 * ms from the fault on after which frames must flow again. Worst is a command
 * without an answer (command_timeout) after which the device resets fail for a
 * while (five tries in 5.3 s); the time-outs are those that faults sets.
 */
#define LIMIT 8000
/* ms for a control to be set, and for the whole stream to begin. */
#define CONTROL_LIMIT 8000
#define START_LIMIT 20000
/* Right pairs before a fault and after the recovery. */
#define STEADY 3
/* Failed repetitions of a fault, after which the next one is tried. */
#define FAILURES_SHOWN 3

/* What the driver may count, one of which must move. */
enum {
	SIGN_REISSUED = 1 << 0,
	SIGN_QUEUE_RESET = 1 << 1,
	SIGN_DEVICE_RESET = 1 << 2,
	SIGN_RESTART = 1 << 3,
	SIGN_LOST_INTERRUPT = 1 << 4,
	SIGN_BAD_ANSWER = 1 << 5,
};

enum kind {
	KIND_COMPLETION,	/* acts on completions of a queue */
	KIND_TIMED,		/* lasts some ms */
	KIND_ONCE,
	KIND_KILL,		/* not a fault of fs1-device: its kill -9 */
	KIND_VERSION,		/* the next device is of another version */
};

/**
 * struct fault - one way to misbehave
 * @name: for fs1-device and for the table
 * @kind: what arguments it takes
 * @ms_min: shortest, of those that last
 * @ms_max: longest
 * @signs: SIGN_*: at least one of these counters moves ...
 * @percent: ... in that many of the repetitions that concern a picture or its
 *	metadata; not everything in the answer of a command means something, and
 *	some wrong heads could as well be right
 * @refuses: the device says that a control can't be set, and the driver may
 *	say so
 */
struct fault {
	const char *name;
	enum kind kind;
	unsigned int ms_min;
	unsigned int ms_max;
	unsigned int signs;
	unsigned int percent;
	bool refuses;
};

#define ANY_RESET (SIGN_QUEUE_RESET | SIGN_DEVICE_RESET)

static const struct fault faults[] = {
	{ .name = "drop", .kind = KIND_COMPLETION,
	  .signs = ANY_RESET, .percent = 100 },
	{ .name = "duplicate", .kind = KIND_COMPLETION,
	  .signs = SIGN_BAD_ANSWER, .percent = 90 },
	{ .name = "delay", .kind = KIND_COMPLETION,
	  .ms_min = 1, .ms_max = 400 },
	{ .name = "command-id", .kind = KIND_COMPLETION,
	  .signs = SIGN_BAD_ANSWER, .percent = 90 },
	{ .name = "sq-head", .kind = KIND_COMPLETION,
	  .signs = SIGN_BAD_ANSWER, .percent = 50 },
	{ .name = "length", .kind = KIND_COMPLETION,
	  .signs = SIGN_BAD_ANSWER, .percent = 90 },
	{ .name = "phase", .kind = KIND_COMPLETION,
	  .signs = ANY_RESET, .percent = 90 },
	{ .name = "status", .kind = KIND_COMPLETION, .refuses = true },
	{ .name = "frame-id", .kind = KIND_COMPLETION,
	  .signs = SIGN_BAD_ANSWER, .percent = 90 },
	{ .name = "timestamp", .kind = KIND_COMPLETION,
	  .signs = SIGN_BAD_ANSWER, .percent = 90 },
	{ .name = "lost-interrupt", .kind = KIND_COMPLETION },
	{ .name = "storm", .kind = KIND_TIMED, .ms_min = 20, .ms_max = 300 },
	{ .name = "stall", .kind = KIND_TIMED, .ms_min = 100, .ms_max = 900 },
	{ .name = "crash", .kind = KIND_ONCE,
	  .signs = SIGN_RESTART, .percent = 100 },
	{ .name = "wedge", .kind = KIND_ONCE,
	  .signs = SIGN_REISSUED | SIGN_DEVICE_RESET, .percent = 100 },
	{ .name = "garbage", .kind = KIND_TIMED, .ms_min = 20, .ms_max = 300 },
	{ .name = "kill", .kind = KIND_KILL,
	  .signs = SIGN_RESTART, .percent = 100 },
	{ .name = "version-mismatch", .kind = KIND_VERSION,
	  .ms_min = 50, .ms_max = 400,
	  .signs = SIGN_DEVICE_RESET, .percent = 100 },
};

#define FAULTS (sizeof(faults) / sizeof(faults[0]))

/* A line of the table. */
struct row {
	unsigned int repetitions;
	unsigned int failed;
	unsigned int noticeable;	/* good ones that concern a buffer ... */
	unsigned int noticed;		/* ... and one of the signs moved */
	struct testbed_recovery moved;	/* sums */
	uint64_t lost;
	uint64_t broken;
	uint64_t pause;			/* ns, sum of the worst of each */
	uint64_t longest_pause;
};

struct campaign {
	struct camera camera;
	struct row row[FAULTS];
	int control;		/* of fs1-device */
	uint64_t seed;
	unsigned int first;
	unsigned int repetitions;
	uint64_t random;
	char reason[256];	/* of a failed repetition */

	/* The thread that sets controls. */
	pthread_t setter;
	atomic_bool stop;
	atomic_bool may_fail;		/* while the device is given up */
	atomic_uint settings;
	atomic_uint refused;
	atomic_int last_refusal;	/* errno */
	_Atomic uint64_t longest;	/* ns for one setting */
};

__attribute__((format(printf, 2, 3)))
static int failed(struct campaign *campaign, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(campaign->reason, sizeof(campaign->reason), format,
		  arguments);
	va_end(arguments);
	return -EBADMSG;
}

/* splitmix64 */
static uint64_t random_number(struct campaign *campaign)
{
	uint64_t z = campaign->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static unsigned int between(struct campaign *campaign, unsigned int low,
			    unsigned int high)
{
	return low + (unsigned int)(random_number(campaign) %
				    (high - low + 1));
}

static void seed_repetition(struct campaign *campaign, unsigned int fault,
			    unsigned int repetition)
{
	campaign->random = campaign->seed;
	campaign->random = random_number(campaign) + fault;
	campaign->random = random_number(campaign) + repetition;
}

/* ------------------------------------------------------------------------
 * Controls, set all the time
 */

static void *set_controls(void *argument)
{
	struct campaign *campaign = argument;
	const int fd = open(campaign->camera.node[CAMERA_IMAGE].path, O_RDWR);
	const struct timespec pause = { .tv_nsec = 20000000 };
	int value = 0;

	while (fd >= 0 && !atomic_load(&campaign->stop)) {
		struct v4l2_control control = {
			.id = V4L2_CID_BRIGHTNESS,
			.value = value = !value,
		};
		const uint64_t before = camera_now();
		uint64_t took;

		if (ioctl(fd, VIDIOC_S_CTRL, &control) &&
		    !atomic_load(&campaign->may_fail)) {
			atomic_store(&campaign->last_refusal, errno);
			atomic_fetch_add(&campaign->refused, 1);
		}
		took = camera_now() - before;
		if (took > atomic_load(&campaign->longest))
			atomic_store(&campaign->longest, took);
		atomic_fetch_add(&campaign->settings, 1);
		nanosleep(&pause, NULL);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* ------------------------------------------------------------------------
 * One repetition
 */

static uint64_t passed_ms(uint64_t since)
{
	return (camera_now() - since) / 1000000;
}

/* One step of the streams; nothing for a while is not an error by itself. */
static int step(struct campaign *campaign)
{
	struct camera_counts *counts = &campaign->camera.counts;
	const int r = camera_step(&campaign->camera, 20);

	if (counts->bad)
		return failed(campaign, "a wrong buffer was handed out");
	if (r == 0 || r == -ETIMEDOUT)
		return 0;
	return failed(campaign, "streams: %s", strerror(-r));
}

static int take_pairs(struct campaign *campaign, unsigned int count,
		      unsigned int limit)
{
	const uint64_t wanted = campaign->camera.counts.frames + count;
	const uint64_t started = camera_now();

	while (campaign->camera.counts.frames < wanted) {
		const int r = step(campaign);

		if (r)
			return r;
		if (passed_ms(started) > limit)
			return failed(campaign, "no frames for %u ms", limit);
	}
	return 0;
}

static int ask(struct campaign *campaign, const char *request)
{
	const int r = testbed_ask(campaign->control, request, NULL, 0);

	return r ? failed(campaign, "fs1-device: %s: %s", request,
			  strerror(-r)) : 0;
}

static int status(struct campaign *campaign, struct testbed_status *status)
{
	const int r = testbed_status(campaign->control, status);

	return r ? failed(campaign, "fs1-device: status: %s", strerror(-r)) :
		   0;
}

static int recovery(struct campaign *campaign,
		    struct testbed_recovery *recovery)
{
	const int r = testbed_recovery(recovery);

	return r ? failed(campaign, "debugfs: recovery: %s", strerror(-r)) : 0;
}

static int inject_version(struct campaign *campaign, unsigned int ms)
{
	const uint64_t started = camera_now();
	int r;

	r = ask(campaign, "version 9.0");
	if (r == 0)
		r = ask(campaign, "restart");
	while (r == 0 && passed_ms(started) < ms)
		r = step(campaign);
	/* Whatever happened, the device is itself again afterwards. */
	if (ask(campaign, "version 1.1") || ask(campaign, "restart"))
		return -EBADMSG;
	return r;
}

/* Return: 0 with what it concerns: a buffer or something else; negative. */
static int inject(struct campaign *campaign, const struct fault *fault,
		  bool *ret_buffer)
{
	static const char *const queues[] = { "0", "1", "3", "any" };
	const unsigned int count = between(campaign, 1, 3);
	const unsigned int after = between(campaign, 0, 6);
	const unsigned int queue = between(campaign, 0, 3);
	const bool event = between(campaign, 0, 3) == 0;
	const unsigned int seed = between(campaign, 1, 1000000);
	const unsigned int ms = between(campaign, fault->ms_min,
					fault->ms_max);
	char request[128];

	*ret_buffer = true;
	switch (fault->kind) {
	case KIND_COMPLETION:
		*ret_buffer = queue > 0 && !event;
		snprintf(request, sizeof(request),
			 "fault %s count=%u after=%u queue=%s type=%s seed=%u",
			 fault->name, count, after, queues[queue],
			 event ? "any" : "completion", seed);
		if (ms)
			snprintf(request + strlen(request),
				 sizeof(request) - strlen(request),
				 " ms=%u", ms);
		break;
	case KIND_TIMED:
		snprintf(request, sizeof(request), "fault %s ms=%u seed=%u",
			 fault->name, ms, seed);
		break;
	case KIND_ONCE:
		snprintf(request, sizeof(request), "fault %s seed=%u",
			 fault->name, seed);
		break;
	case KIND_KILL:
		return ask(campaign, "restart");
	case KIND_VERSION:
		return inject_version(campaign, ms);
	}
	return ask(campaign, request);
}

/* Until what was armed has happened. */
static int wait_injected(struct campaign *campaign, uint64_t started)
{
	struct testbed_status now;
	int r;

	for (;;) {
		r = status(campaign, &now);
		if (r || !now.armed)
			return r;
		r = step(campaign);
		if (r)
			return r;
		if (passed_ms(started) > LIMIT)
			return failed(campaign,
				      "the fault has not happened after %d ms",
				      LIMIT);
	}
}

/*
 * A device that was lost can't go unnoticed, but until the driver looks its
 * last frames are still there, and all seems well.
 */
static bool still_unnoticed(const struct fault *fault,
			    const struct testbed_recovery *before,
			    const struct testbed_recovery *after)
{
	if (!(fault->signs & SIGN_RESTART))
		return false;
	return after->restarts == before->restarts;
}

/* Until every buffer came back, frames flow and the driver is content. */
static int wait_recovered(struct campaign *campaign, const struct fault *fault,
			  uint64_t started,
			  const struct testbed_recovery *before,
			  struct testbed_recovery *after)
{
	const uint64_t wanted = campaign->camera.counts.frames + STEADY;
	int r;

	camera_expect_all(&campaign->camera);
	for (;;) {
		r = step(campaign);
		if (r)
			return r;
		if (passed_ms(started) > LIMIT)
			break;
		if (campaign->camera.counts.frames < wanted ||
		    !camera_all_back(&campaign->camera))
			continue;
		r = recovery(campaign, after);
		if (r || (strcmp(after->state, "running") == 0 &&
			  !still_unnoticed(fault, before, after)))
			return r;
	}
	r = recovery(campaign, after);
	if (r)
		return r;
	if (campaign->camera.counts.frames < wanted)
		return failed(campaign, "no frames after %d ms, the driver is %s",
			      LIMIT, after->state);
	return failed(campaign, "%s after %d ms, the driver is %s",
		      camera_all_back(&campaign->camera) ?
		      "not recovered" : "buffers are missing",
		      LIMIT, after->state);
}

static unsigned int note_counters(struct row *row,
				  const struct testbed_recovery *before,
				  const struct testbed_recovery *after)
{
	const struct {
		uint64_t *sum;
		uint64_t moved;
		unsigned int sign;
	} counter[] = {
		{ &row->moved.reissued, after->reissued - before->reissued,
		  SIGN_REISSUED },
		{ &row->moved.queue_resets,
		  after->queue_resets - before->queue_resets,
		  SIGN_QUEUE_RESET },
		{ &row->moved.device_resets,
		  after->device_resets - before->device_resets,
		  SIGN_DEVICE_RESET },
		{ &row->moved.restarts, after->restarts - before->restarts,
		  SIGN_RESTART },
		{ &row->moved.lost_interrupts,
		  after->lost_interrupts - before->lost_interrupts,
		  SIGN_LOST_INTERRUPT },
		{ &row->moved.bad_answers,
		  after->bad_answers - before->bad_answers, SIGN_BAD_ANSWER },
		{ &row->moved.recovered, after->recovered - before->recovered,
		  0 },
	};
	unsigned int signs = 0;

	for (size_t i = 0; i < sizeof(counter) / sizeof(counter[0]); i++) {
		*counter[i].sum += counter[i].moved;
		if (counter[i].moved)
			signs |= counter[i].sign;
	}
	return signs;
}

/* What the driver counted it must have told as well. */
static int check_events(struct campaign *campaign,
			const struct camera_counts *counts,
			const struct testbed_recovery *before,
			const struct testbed_recovery *after)
{
	const uint64_t *events = campaign->camera.counts.events;
	const struct {
		const char *name;
		unsigned int stage;
		uint64_t moved;
	} told[] = {
		{ "re-issue", FOVEA_RECOVERY_REISSUE,
		  after->reissued - before->reissued },
		{ "queue reset", FOVEA_RECOVERY_QUEUE_RESET,
		  after->queue_resets - before->queue_resets },
		{ "device reset", FOVEA_RECOVERY_DEVICE_RESET,
		  after->device_resets - before->device_resets },
		{ "recovery", FOVEA_RECOVERY_DONE,
		  after->recovered - before->recovered },
	};

	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		const unsigned int stage = told[i].stage;

		if (events[stage] - counts->events[stage] < told[i].moved)
			return failed(campaign, "%" PRIu64 " events of a %s "
				      "for %" PRIu64 " in debugfs",
				      events[stage] - counts->events[stage],
				      told[i].name, told[i].moved);
	}
	return 0;
}

static int check_setter(struct campaign *campaign)
{
	const uint64_t longest = atomic_load(&campaign->longest) / 1000000;

	if (atomic_load(&campaign->refused))
		return failed(campaign, "a control was refused: %s",
			      strerror(atomic_load(&campaign->last_refusal)));
	if (longest > CONTROL_LIMIT)
		return failed(campaign, "a control took %" PRIu64 " ms",
			      longest);
	return 0;
}

static int repeat(struct campaign *campaign, unsigned int index)
{
	const struct fault *fault = &faults[index];
	struct row *row = &campaign->row[index];
	struct camera_counts before_counts;
	struct camera_counts *counts = &campaign->camera.counts;
	struct testbed_recovery before, after;
	unsigned int signs;
	bool buffer = true;
	uint64_t started;
	int r;

	r = take_pairs(campaign, STEADY + between(campaign, 0, 5), LIMIT);
	if (r == 0)
		r = recovery(campaign, &before);
	if (r)
		return r;
	atomic_store(&campaign->may_fail, fault->refuses);
	counts->worst_pause = 0;
	before_counts = *counts;
	started = camera_now();
	r = inject(campaign, fault, &buffer);
	if (r == 0)
		r = wait_injected(campaign, started);
	if (r == 0)
		r = wait_recovered(campaign, fault, started, &before, &after);
	/* What was counted by then is told by the next frame. */
	if (r == 0)
		r = take_pairs(campaign, 1, LIMIT);
	if (r == 0)
		r = check_setter(campaign);
	if (r == 0)
		r = check_events(campaign, &before_counts, &before, &after);
	if (r)
		return r;
	signs = note_counters(row, &before, &after);
	row->noticeable += buffer;
	row->noticed += buffer && (signs & fault->signs);
	row->lost += counts->lost - before_counts.lost;
	row->broken += counts->broken - before_counts.broken;
	row->pause += counts->worst_pause;
	if (counts->worst_pause > row->longest_pause)
		row->longest_pause = counts->worst_pause;
	return 0;
}

/* ------------------------------------------------------------------------
 * The campaign
 */

/* After a failure: a device without faults and fresh streams. */
static int start_again(struct campaign *campaign)
{
	struct testbed_recovery now;
	const uint64_t started = camera_now();
	int r;

	memset(&campaign->camera.counts, 0, sizeof(campaign->camera.counts));
	atomic_store(&campaign->refused, 0);
	atomic_store(&campaign->longest, 0);
	atomic_store(&campaign->may_fail, true);
	camera_stop(&campaign->camera);
	r = ask(campaign, "clear");
	if (r == 0)
		r = ask(campaign, "restart");
	while (r == 0 && passed_ms(started) < START_LIMIT) {
		r = recovery(campaign, &now);
		if (r || strcmp(now.state, "running") == 0 ||
		    strcmp(now.state, "suspended") == 0)
			break;
		usleep(50000);
	}
	if (r == 0 && camera_start(&campaign->camera))
		r = failed(campaign, "the streams can't be started again");
	if (r == 0)
		r = take_pairs(campaign, STEADY, START_LIMIT);
	memset(&campaign->camera.counts, 0, sizeof(campaign->camera.counts));
	atomic_store(&campaign->may_fail, false);
	return r;
}

/* Return: 0, or negative when nothing can be tried any more. */
static int run_fault(struct campaign *campaign, unsigned int index)
{
	struct row *row = &campaign->row[index];

	for (unsigned int i = 0; i < campaign->repetitions; i++) {
		const unsigned int repetition = campaign->first + i;

		seed_repetition(campaign, index, repetition);
		row->repetitions++;
		if (repeat(campaign, index) == 0)
			continue;
		row->failed++;
		printf("failed: %s: %s; again by: faults --seed %" PRIu64
		       " --first %u --repetitions 1 %s\n", faults[index].name,
		       campaign->reason, campaign->seed, repetition,
		       faults[index].name);
		fflush(stdout);
		if (start_again(campaign)) {
			printf("failed: the device can't be used any more: "
			       "%s\n", campaign->reason);
			return -EIO;
		}
		if (row->failed == FAILURES_SHOWN)
			return 0;
	}
	if (row->noticed * 100 < row->noticeable * faults[index].percent) {
		printf("failed: %s: the driver noticed %u of %u\n",
		       faults[index].name, row->noticed, row->noticeable);
		row->failed++;
	}
	return 0;
}

static void print_row(const char *name, const struct row *row)
{
	const unsigned int good = row->repetitions > row->failed ?
				  row->repetitions - row->failed : 0;

	printf("| %-17s%7u%8u%9" PRIu64 "%8" PRIu64 "%8" PRIu64 "%9" PRIu64
	       "%8" PRIu64 "%10" PRIu64 "%9.1f%9.1f%7" PRIu64 "%8" PRIu64
	       "\n", name, row->repetitions, row->failed,
	       row->moved.reissued, row->moved.queue_resets,
	       row->moved.device_resets, row->moved.restarts,
	       row->moved.bad_answers, row->moved.recovered,
	       good ? (double)row->pause / good / 1e6 : 0.0,
	       (double)row->longest_pause / 1e6, row->lost, row->broken);
}

static void print_table(const struct campaign *campaign)
{
	unsigned int injected = 0;

	printf("| %-17s%7s%8s%9s%8s%8s%9s%8s%10s%9s%9s%7s%8s\n", "fault",
	       "times", "failed", "re-issue", "queue", "device", "restart",
	       "bad", "recovered", "mean ms", "max ms", "lost", "broken");
	for (unsigned int i = 0; i < FAULTS; i++) {
		injected += campaign->row[i].repetitions;
		if (campaign->row[i].repetitions)
			print_row(faults[i].name, &campaign->row[i]);
	}
	printf("| %u faults were injected\n", injected);
	printf("| %u controls were set meanwhile, the slowest in %.0f ms\n",
	       atomic_load(&campaign->settings),
	       (double)atomic_load(&campaign->longest) / 1e6);
}

/* Runs the faults named, or all; returns the number that failed. */
static int run(struct campaign *campaign, char *names[], int count)
{
	int failures = 0;

	for (unsigned int i = 0; i < FAULTS; i++) {
		bool wanted = count == 0;

		for (int j = 0; j < count; j++)
			wanted |= strcmp(names[j], faults[i].name) == 0;
		if (!wanted)
			continue;
		if (run_fault(campaign, i))
			return failures + 1;
		failures += campaign->row[i].failed != 0;
	}
	return failures;
}

static int set_up(struct campaign *campaign, char *argv[])
{
	int r;

	campaign->control = testbed_open();
	if (campaign->control < 0) {
		fprintf(stderr, "faults: there is no fs1-device: %s\n",
			strerror(-campaign->control));
		return campaign->control;
	}
	/* Raw is what a device makes fastest; noise makes each frame another. */
	r = camera_open(&campaign->camera, argv[0], argv[1], "RG12", 1014,
			760);
	if (r == 0)
		r = camera_subscribe(&campaign->camera);
	if (r == 0)
		r = camera_start(&campaign->camera);
	if (r)
		return r;
	r = take_pairs(campaign, STEADY, START_LIMIT);
	if (r) {
		fprintf(stderr, "faults: %s\n", campaign->reason);
		return r;
	}
	return -pthread_create(&campaign->setter, NULL, set_controls,
			       campaign);
}

static int usage(void)
{
	fprintf(stderr, "usage: faults [--repetitions N] [--seed N] "
			"[--first N] IMAGE META [FAULT...]\nfaults:");
	for (unsigned int i = 0; i < FAULTS; i++)
		fprintf(stderr, " %s", faults[i].name);
	fputc('\n', stderr);
	return 2;
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "repetitions", required_argument, NULL, 'r' },
		{ "seed", required_argument, NULL, 's' },
		{ "first", required_argument, NULL, 'f' },
		{ 0 },
	};
	static struct campaign campaign = { .seed = 1, .repetitions = 5 };
	int option, failures;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'r':
			campaign.repetitions =
				(unsigned int)strtoul(optarg, NULL, 10);
			break;
		case 's':
			campaign.seed = strtoull(optarg, NULL, 10);
			break;
		case 'f':
			campaign.first = (unsigned int)strtoul(optarg, NULL,
							       10);
			break;
		default:
			return usage();
		}
	}
	if (argc - optind < 2 || !campaign.repetitions)
		return usage();
	if (set_up(&campaign, argv + optind))
		return 1;
	failures = run(&campaign, argv + optind + 2, argc - optind - 2);
	atomic_store(&campaign.stop, true);
	pthread_join(campaign.setter, NULL);
	print_table(&campaign);
	camera_close(&campaign.camera);
	printf("seed %" PRIu64 ", %d faults failed\n", campaign.seed,
	       failures);
	return failures != 0;
}
