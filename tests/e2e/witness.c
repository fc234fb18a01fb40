// SPDX-License-Identifier: Apache-2.0
/*
 * The witness of the demo and of the end-to-end tests: a subscriber of fovead
 * beside the agent, which notes in a journal what was routed and answered.
 *
 * Usage: witness SOCKET JOURNAL ANSWERS SECONDS
 *
 * Prints "ready" once it listens. After SIGTERM it waits until every frame has
 * had answers of ANSWERS destinations, at most SECONDS, notes fovead's status,
 * and says by its exit status whether it was so: 0 yes, 1 no, 2 something else
 * went wrong.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "journal.h"

#define TIMEOUT_MS	5000
#define WINDOW		64u

struct witness {
	int fd;			/* connection to fovead */
	int signals;
	unsigned int answers;	/* wanted of each frame */
	bool status_noted;
	struct journal journal;
	struct foveatap_packet packet;
};

static int note_record(struct witness *w)
{
	const struct foveatap_record *record = &w->packet.record;
	int r;

	r = journal_record(&w->journal, record, w->packet.fds);
	return r < 0 ? r : foveatap_acknowledge(w->fd, record, 0);
}

static int note_answer(struct witness *w)
{
	const char *json;
	size_t size;

	json = foveatap_packet_tail(&w->packet, &size);
	return journal_answer(&w->journal, &w->packet.answer, json, size);
}

static int note_status(struct witness *w)
{
	const char *json;
	size_t size;

	json = foveatap_packet_tail(&w->packet, &size);
	w->status_noted = true;
	return journal_status(&w->journal, json, size);
}

static int print_error(const struct foveatap_packet *packet)
{
	const char *text;
	size_t size;

	text = foveatap_packet_tail(packet, &size);
	fprintf(stderr, "witness: fovead says: %.*s\n", (int)size, text);
	return packet->error.error < 0 ? packet->error.error : -EPROTO;
}

/* Takes one packet. Returns 0 or a negative errno; -EPIPE: fovead is gone. */
static int take_packet(struct witness *w)
{
	int r;

	r = foveatap_receive(w->fd, &w->packet);
	if (r == -EAGAIN)
		return 0;
	if (r <= 0)
		return r < 0 ? r : -EPIPE;
	switch (w->packet.header.type) {
	case FOVEATAP_RECORD:
		return note_record(w);
	case FOVEATAP_ANSWER:
		return note_answer(w);
	case FOVEATAP_STATUS:
		return note_status(w);
	case FOVEATAP_END:
		return 0;
	case FOVEATAP_ERROR:
		return print_error(&w->packet);
	default:
		return -EPROTO;
	}
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * Notes events until SIGTERM and then until no answer is missing or @seconds
 * have passed. Returns the number of frames still without all their answers,
 * or a negative errno.
 */
static int attend(struct witness *w, int seconds)
{
	struct pollfd fds[] = {
		{ .fd = w->fd, .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN },
	};
	int64_t deadline = -1;
	int r;

	for (;;) {
		int64_t rest = deadline < 0 ? -1 : deadline - now_ms();
		unsigned int waiting = journal_waiting(&w->journal, w->answers);

		if (deadline >= 0 && (!waiting || rest <= 0))
			return (int)waiting;
		if (poll(fds, 2, (int)rest) < 0)
			return -errno;
		if (fds[1].revents) {
			deadline = now_ms() + (int64_t)seconds * 1000;
			fds[1].fd = -1;
			fds[1].revents = 0;
		}
		if (fds[0].revents) {
			r = take_packet(w);
			if (r < 0)
				return r;
		}
	}
}

/* Asks fovead for its status and notes it, and what else comes meanwhile. */
static int ask_status(struct witness *w)
{
	struct foveatap_header request = { .type = FOVEATAP_STATUS_REQUEST };
	struct pollfd fd = { .fd = w->fd, .events = POLLIN };
	int r;

	r = foveatap_send(w->fd, &request, sizeof(request), NULL, 0, NULL, 0);
	while (r == 0 && !w->status_noted) {
		r = poll(&fd, 1, TIMEOUT_MS);
		if (r <= 0)
			return r < 0 ? -errno : -ETIMEDOUT;
		r = take_packet(w);
	}
	return r;
}

static int witness_open(struct witness *w, const char *socket,
			const char *journal)
{
	sigset_t set;
	int r;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (w->signals < 0)
		return -errno;
	r = journal_open(&w->journal, journal);
	if (r < 0)
		return r;
	w->fd = foveatap_connect(socket, "witness", TIMEOUT_MS, NULL);
	if (w->fd < 0)
		return w->fd;
	r = foveatap_subscribe(w->fd, "*", FOVEATAP_SUBSCRIBE_DURABLE |
			       FOVEATAP_SUBSCRIBE_ANSWERS, WINDOW);
	if (r < 0)
		return r;
	puts("ready");
	return fflush(stdout) ? -errno : 0;
}

int main(int argc, char **argv)
{
	struct witness *w;
	int r, status;

	if (argc != 5) {
		fputs("usage: witness SOCKET JOURNAL ANSWERS SECONDS\n",
		      stderr);
		return 2;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		return 2;
	w->answers = (unsigned int)strtoul(argv[3], NULL, 10);
	r = witness_open(w, argv[1], argv[2]);
	if (r >= 0)
		r = attend(w, atoi(argv[4]));
	if (r >= 0) {
		status = ask_status(w);
		if (status < 0)
			r = status;
	}
	if (r < 0)
		fprintf(stderr, "witness: %s\n", strerror(-r));
	else if (r > 0)
		fprintf(stderr, "witness: %d of %u frames lack answers\n", r,
			w->journal.n_frames);
	foveatap_packet_clear(&w->packet);
	journal_close(&w->journal);
	free(w);
	return r < 0 ? 2 : r > 0;
}
