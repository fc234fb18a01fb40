// SPDX-License-Identifier: Apache-2.0
/*
 * A load generator for fovea-agent: speaks fovead's side of the tap and offers
 * a given number of generated records, so that the agent can be tested and
 * measured on a machine without a camera.
 *
 * Usage: source SOCKET JOURNAL COUNT SIZE LUMA ANSWERS SECONDS
 *
 *   SOCKET   path to serve
 *   JOURNAL  file for the notes (journal.h)
 *   COUNT    records to offer, 1 to 4096
 *   SIZE     bytes of the "jpeg" part of each
 *   LUMA     width and height of the square luma part; 0: no such part
 *   ANSWERS  destinations whose answer every frame must get
 *   SECONDS  how long all of it may take
 *
 * Records that were not acknowledged are sent again when a subscriber comes
 * back, with the same bytes. Prints "ready" once it serves, at the end a line
 * of JSON with what happened, and exits 0 when every record was acknowledged and
 * answered; 1 when not in time; 2 when something else went wrong.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "journal.h"
#include "libfovea/memfd.h"

enum record_state { PENDING, SENT, ACKNOWLEDGED };

struct source {
	int listener;
	int fd;				/* the subscriber, or -1 */
	unsigned int window;		/* 0 until it has subscribed */
	unsigned int count;
	unsigned int acknowledged;
	unsigned int in_flight;
	unsigned int resent;
	unsigned int answers;
	unsigned int connections;
	uint64_t instance;
	uint32_t luma;
	size_t size;
	uint8_t *bytes;			/* room for the larger part */
	uint8_t state[JOURNAL_FRAMES_MAX];
	bool noted[JOURNAL_FRAMES_MAX];
	struct journal journal;
	struct foveatap_packet packet;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The same bytes for the same @seed: a part looks the same when sent again. */
static void generate(uint8_t *bytes, size_t size, uint64_t seed)
{
	size_t i;

	for (i = 0; i < size; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		bytes[i] = (uint8_t)(seed >> 24);
	}
}

static int new_part(struct source *s, struct foveatap_record *record,
		    uint32_t kind, uint32_t width, size_t size)
{
	struct foveatap_part *part = &record->part[record->parts++];

	generate(s->bytes, size, record->frame_id * 8 + kind);
	part->kind = kind;
	part->width = width;
	part->height = width;
	part->size = size;
	return fovea_memfd_new("part", s->bytes, size);
}

/* Sends record @index. Returns 0; -EAGAIN when the socket is full; negative. */
static int send_record(struct source *s, unsigned int index)
{
	struct foveatap_record record = {
		.header.type = FOVEATAP_RECORD,
		.record_id = index + 1,
		.instance = s->instance,
		.frame_id = (s->instance << 32) + index,
		.timestamp = clock_ns(CLOCK_MONOTONIC),
		.realtime = clock_ns(CLOCK_REALTIME),
		.camera = "source",
		.outlet = "frames",
		.rule = "all",
	};
	int fds[2] = { -1, -1 };
	int r;

	fds[0] = new_part(s, &record, FOVEATAP_PART_JPEG, 0, s->size);
	if (fds[0] < 0)
		return fds[0];
	if (s->luma)
		fds[1] = new_part(s, &record, FOVEATAP_PART_LUMA, s->luma,
				  (size_t)s->luma * s->luma);
	if (s->luma && fds[1] < 0) {
		r = fds[1];
		goto close_parts;
	}
	r = foveatap_send(s->fd, &record.header, sizeof(record), NULL, 0, fds,
			  record.parts);
	if (r == 0 && !s->noted[index]) {
		s->noted[index] = true;
		r = journal_record(&s->journal, &record, fds);
	}

close_parts:
	close(fds[0]);
	if (fds[1] >= 0)
		close(fds[1]);
	return r;
}

static void drop_subscriber(struct source *s)
{
	unsigned int i;

	close(s->fd);
	s->fd = -1;
	s->window = 0;
	s->in_flight = 0;
	for (i = 0; i < s->count; i++)
		if (s->state[i] == SENT) {
			s->state[i] = PENDING;
			s->resent++;
		}
}

static int take_ack(struct source *s)
{
	const struct foveatap_ack *ack = &s->packet.ack;
	uint64_t index = ack->record_id - 1;

	if (ack->instance != s->instance || index >= s->count ||
	    s->state[index] != SENT)
		return -EPROTO;
	s->in_flight--;
	s->state[index] = ack->status ? PENDING : ACKNOWLEDGED;
	s->acknowledged += !ack->status;
	return 0;
}

static int take_answer(struct source *s)
{
	struct foveatap_end end = {
		.header.type = FOVEATAP_END,
		.header.serial = s->packet.header.serial,
	};
	const char *json;
	size_t size;
	int r;

	json = foveatap_packet_tail(&s->packet, &size);
	r = journal_answer(&s->journal, &s->packet.answer, json, size);
	if (r < 0)
		return r;
	return foveatap_send(s->fd, &end.header, sizeof(end), NULL, 0, NULL, 0);
}

static int take_hello(struct source *s)
{
	struct foveatap_welcome welcome = {
		.header.type = FOVEATAP_WELCOME,
		.header.serial = s->packet.header.serial,
		.instance = s->instance,
	};

	return foveatap_send(s->fd, &welcome.header, sizeof(welcome), NULL, 0,
			     NULL, 0);
}

/* Takes one packet of the subscriber. A broken one loses its connection. */
static void take_packet(struct source *s)
{
	int r;

	r = foveatap_receive(s->fd, &s->packet);
	if (r == -EAGAIN)
		return;
	if (r <= 0) {
		drop_subscriber(s);
		return;
	}
	switch (s->packet.header.type) {
	case FOVEATAP_HELLO:
		r = take_hello(s);
		break;
	case FOVEATAP_SUBSCRIBE:
		s->window = s->packet.subscribe.window;
		break;
	case FOVEATAP_ACK:
		r = take_ack(s);
		break;
	case FOVEATAP_ANSWER:
		r = take_answer(s);
		break;
	default:
		r = -EPROTO;
	}
	if (r < 0) {
		fprintf(stderr, "source: message of type %u: %s\n",
			s->packet.header.type, strerror(-r));
		drop_subscriber(s);
	}
}

static void take_connection(struct source *s)
{
	int fd;

	fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (s->fd >= 0)
		drop_subscriber(s);
	s->fd = fd;
	s->connections++;
}

/* Sends what the window allows. Returns whether the socket is full. */
static bool send_records(struct source *s)
{
	unsigned int i;
	int r;

	for (i = 0; i < s->count && s->in_flight < s->window; i++) {
		if (s->state[i] != PENDING)
			continue;
		r = send_record(s, i);
		if (r == -EAGAIN)
			return true;
		if (r < 0) {
			drop_subscriber(s);
			return false;
		}
		s->state[i] = SENT;
		s->in_flight++;
	}
	return false;
}

static bool is_done(const struct source *s)
{
	return s->acknowledged == s->count &&
	       !journal_waiting(&s->journal, s->answers);
}

/* Serves until all is done or @end has come. */
static int serve(struct source *s, uint64_t end, uint64_t *ret_started)
{
	while (!is_done(s)) {
		uint64_t now = clock_ns(CLOCK_MONOTONIC);
		bool full = send_records(s);
		struct pollfd fds[] = {
			{ .fd = s->listener, .events = POLLIN },
			{ .fd = s->fd, .events = POLLIN },
		};

		if (now >= end)
			return -ETIMEDOUT;
		if (full)
			fds[1].events |= POLLOUT;
		if (s->window && !*ret_started)
			*ret_started = now;
		if (poll(fds, 2, (int)((end - now) / 1000000) + 1) < 0)
			return -errno;
		if (fds[1].revents)
			take_packet(s);
		if (fds[0].revents)
			take_connection(s);
	}
	return 0;
}

static int source_open(struct source *s, const char *path, const char *journal)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	r = journal_open(&s->journal, journal);
	if (r < 0)
		return r;
	s->bytes = malloc(s->size > (size_t)s->luma * s->luma ? s->size :
			  (size_t)s->luma * s->luma);
	if (!s->bytes)
		return -ENOMEM;
	s->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (s->listener < 0)
		return -errno;
	unlink(path);
	if (bind(s->listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(s->listener, 4))
		return -errno;
	puts("ready");
	return fflush(stdout) ? -errno : 0;
}

int main(int argc, char **argv)
{
	uint64_t now, started = 0;
	struct source *s;
	int r;

	if (argc != 8) {
		fputs("usage: source SOCKET JOURNAL COUNT SIZE LUMA ANSWERS "
		      "SECONDS\n", stderr);
		return 2;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return 2;
	s->fd = -1;
	s->count = (unsigned int)strtoul(argv[3], NULL, 10);
	s->size = strtoul(argv[4], NULL, 10);
	s->luma = (uint32_t)strtoul(argv[5], NULL, 10);
	s->answers = (unsigned int)strtoul(argv[6], NULL, 10);
	s->instance = clock_ns(CLOCK_REALTIME) / 1000000000;
	if (!s->count || s->count > JOURNAL_FRAMES_MAX || !s->size)
		return 2;
	r = source_open(s, argv[1], argv[2]);
	now = clock_ns(CLOCK_MONOTONIC);
	if (r >= 0)
		r = serve(s, now + strtoul(argv[7], NULL, 10) * 1000000000,
			  &started);
	printf("{\"seconds\":%.6f,\"acknowledged\":%u,\"unanswered\":%u,"
	       "\"resent\":%u,\"connections\":%u}\n",
	       (double)(clock_ns(CLOCK_MONOTONIC) - started) / 1e9,
	       s->acknowledged, journal_waiting(&s->journal, s->answers),
	       s->resent, s->connections);
	if (r < 0)
		fprintf(stderr, "source: %s\n", strerror(-r));
	foveatap_packet_clear(&s->packet);
	journal_close(&s->journal);
	free(s->bytes);
	free(s);
	return r == -ETIMEDOUT ? 1 : r < 0 ? 2 : 0;
}
