// SPDX-License-Identifier: Apache-2.0
/*
 * A load generator for fovea-agent: speaks fovead's side of the tap and offers
 * a given number of generated records, so that the agent can be tested and
 * measured on a machine without a camera.
 *
 * Usage: source SOCKET JOURNAL COUNT SIZE LUMA ANSWERS SECONDS [CROPS]
 *
 *   SOCKET   path to serve
 *   JOURNAL  file for the notes (journal.h)
 *   COUNT    records to offer, 1 to 4096
 *   SIZE     bytes of the "jpeg" part of each
 *   LUMA     width and height of the square luma part; 0: no such part
 *   ANSWERS  destinations whose answer every frame must get
 *   SECONDS  how long all of it may take
 *   CROPS    crops of each, instead of the parts above: a "crop" of SIZE bytes and a
 *            "crop-luma" of LUMA x LUMA; the crop list says that there is nothing
 *            to read in the first, and CROP_READING in the others
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

#define CROP_READING "5318008"	/* what noise does not show */

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
	uint32_t crops;
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

/* One more part of @record, with its descriptor in @fds. */
static int new_part(struct source *s, struct foveatap_record *record, int *fds,
		    uint32_t kind, uint32_t width, size_t size)
{
	struct foveatap_part *part = &record->part[record->parts];
	int fd;

	generate(s->bytes, size, record->frame_id * 64 + record->parts + 1);
	/* Noise may look like a digit; the first crop must not. */
	if (kind == FOVEATAP_PART_CROP_LUMA && record->parts == 2)
		memset(s->bytes, 60 + (int)(record->frame_id % 100), size);
	part->kind = kind;
	part->width = width;
	part->height = width;
	part->size = size;
	fd = fovea_memfd_new("part", s->bytes, size);
	if (fd >= 0)
		fds[record->parts++] = fd;
	return fd < 0 ? fd : 0;
}

static int new_crop_list(struct source *s, struct foveatap_record *record,
			 int *fds)
{
	char text[4096] = "{\"crops\":[";
	uint32_t i;
	int fd;

	for (i = 0; i < s->crops; i++)
		sprintf(text + strlen(text),
			"%s{\"number\":%u,\"reading\":\"%s\"}", i ? "," : "",
			i, i ? CROP_READING : "");
	strcat(text, "]}");
	fd = fovea_memfd_new("part", text, strlen(text));
	if (fd < 0)
		return fd;
	record->part[0].kind = FOVEATAP_PART_CROP_LIST;
	record->part[0].size = strlen(text);
	fds[record->parts++] = fd;
	return 0;
}

static int new_crops(struct source *s, struct foveatap_record *record, int *fds)
{
	size_t luma = (size_t)s->luma * s->luma;
	uint32_t i;
	int r;

	r = new_crop_list(s, record, fds);
	for (i = 0; r == 0 && i < s->crops; i++) {
		r = new_part(s, record, fds, FOVEATAP_PART_CROP, s->luma,
			     s->size);
		record->part[record->parts - 1].number = i;
		if (r == 0)
			r = new_part(s, record, fds, FOVEATAP_PART_CROP_LUMA,
				     s->luma, luma);
		record->part[record->parts - 1].number = i;
	}
	return r;
}

static int new_parts(struct source *s, struct foveatap_record *record, int *fds)
{
	int r;

	if (s->crops)
		return new_crops(s, record, fds);
	r = new_part(s, record, fds, FOVEATAP_PART_JPEG, 0, s->size);
	if (r == 0 && s->luma)
		r = new_part(s, record, fds, FOVEATAP_PART_LUMA, s->luma,
			     (size_t)s->luma * s->luma);
	return r;
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
	int fds[FOVEATAP_PARTS_MAX];
	uint32_t i;
	int r;

	r = new_parts(s, &record, fds);
	if (r == 0)
		r = foveatap_send(s->fd, &record.header, sizeof(record), NULL,
				  0, fds, record.parts);
	if (r == 0 && !s->noted[index]) {
		s->noted[index] = true;
		r = journal_record(&s->journal, &record, fds);
	}
	for (i = 0; i < record.parts; i++)
		close(fds[i]);
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

	if (argc != 8 && argc != 9) {
		fputs("usage: source SOCKET JOURNAL COUNT SIZE LUMA ANSWERS "
		      "SECONDS [CROPS]\n", stderr);
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
	s->crops = argc == 9 ? (uint32_t)strtoul(argv[8], NULL, 10) : 0;
	s->instance = clock_ns(CLOCK_REALTIME) / 1000000000;
	if (!s->count || s->count > JOURNAL_FRAMES_MAX || !s->size ||
	    s->crops > 16)
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
