// SPDX-License-Identifier: Apache-2.0
/*
 * fovead's socket from the subscriber's side. Nothing here waits: what the
 * socket does not take now goes out when it does.
 */
#include "tap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include "libfovea/cleanup.h"

#define RETRY_MIN_US	200000u
#define RETRY_MAX_US	5000000u
#define GREETING_US	5000000u
#define READ_BURST	16	/* packets before the loop gets a turn */

/**
 * struct answer - one that was sent
 * @id: in the index, and the serial on the wire
 * @done: confirmed or refused; forgotten once that is committed
 */
struct answer {
	int64_t id;
	bool done;
};

struct tap {
	const struct tap_host *host;
	int fd;
	enum { TAP_DOWN, TAP_GREETING, TAP_UP } state;
	uint64_t instance;
	sd_event_source *io;
	sd_event_source *timer;
	uint64_t retry;			/* us */
	bool complained;
	struct foveatap_packet *packet;
	struct foveatap_ack *acks;	/* that did not fit into the socket */
	size_t n_acks;
	size_t capacity_acks;
	struct answer answers[TAP_ANSWERS_MAX];
	unsigned int n_answers;
	bool full;			/* the socket takes no more answers */

	uint64_t connections;
	uint64_t records;
	uint64_t refused;
	uint64_t answers_joined;
	uint64_t answers_refused;
};

static void say(struct tap *tap, int priority, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct tap *tap, int priority, const char *format, ...)
{
	_cleanup_free_ char *text = NULL, *line = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		text = NULL;
		return;
	}
	if (asprintf(&line, "fovead at %s: %s", tap->host->path, text) < 0) {
		line = NULL;
		return;
	}
	tap->host->log(tap->host->userdata, priority, line);
}

static void set_timer(struct tap *tap, uint64_t us)
{
	uint64_t now;

	if (sd_event_now(tap->host->event, CLOCK_MONOTONIC, &now) < 0)
		return;
	(void)sd_event_source_set_time(tap->timer, now + us);
	(void)sd_event_source_set_enabled(tap->timer, SD_EVENT_ONESHOT);
}

static void watch(struct tap *tap)
{
	uint32_t events = EPOLLIN;

	if (tap->n_acks || tap->full)
		events |= EPOLLOUT;
	(void)sd_event_source_set_io_events(tap->io, events);
}

/* It comes back with the same records; what was not confirmed is sent again. */
static void hang_up(struct tap *tap)
{
	unsigned int kept = 0;

	tap->io = sd_event_source_disable_unref(tap->io);
	tap->fd = fovea_close(tap->fd);
	tap->state = TAP_DOWN;
	tap->n_acks = 0;
	tap->full = false;
	for (unsigned int i = 0; i < tap->n_answers; i++)
		if (tap->answers[i].done)
			tap->answers[kept++] = tap->answers[i];
	tap->n_answers = kept;
	set_timer(tap, tap->retry);
	tap->retry = tap->retry * 2 < RETRY_MAX_US ? tap->retry * 2 :
						     RETRY_MAX_US;
}

static void lost(struct tap *tap, const char *why)
{
	if (!tap->complained)
		say(tap, LOG_WARNING, "%s; trying again until it is there",
		    why);
	tap->complained = true;
	hang_up(tap);
}

/* ---- sending -------------------------------------------------------- */

static void flush_acks(struct tap *tap)
{
	size_t sent = 0;
	int r = 0;

	while (sent < tap->n_acks && r == 0) {
		r = foveatap_send(tap->fd, &tap->acks[sent].header,
				  sizeof(tap->acks[sent]), NULL, 0, NULL, 0);
		if (r == 0)
			sent++;
	}
	if (r < 0 && r != -EAGAIN) {
		lost(tap, strerror(-r));
		return;
	}
	tap->n_acks -= sent;
	memmove(tap->acks, tap->acks + sent, tap->n_acks * sizeof(*tap->acks));
	watch(tap);
}

void tap_acknowledge(struct tap *tap, uint64_t instance, uint64_t record_id,
		     int32_t status)
{
	if (tap->state != TAP_UP)
		return;
	if (tap->n_acks == tap->capacity_acks) {
		size_t capacity = tap->capacity_acks * 2 + TAP_WINDOW;
		struct foveatap_ack *acks = reallocarray(tap->acks, capacity,
							 sizeof(*acks));

		if (!acks) {
			/* Without this answer it comes again: no harm. */
			lost(tap, strerror(ENOMEM));
			return;
		}
		tap->acks = acks;
		tap->capacity_acks = capacity;
	}
	tap->acks[tap->n_acks++] = (struct foveatap_ack){
		.header.type = FOVEATAP_ACK,
		.record_id = record_id,
		.instance = instance,
		.status = status,
	};
	if (status < 0)
		tap->refused++;
	flush_acks(tap);
}

static bool under_way(const struct tap *tap, int64_t id)
{
	for (unsigned int i = 0; i < tap->n_answers; i++)
		if (tap->answers[i].id == id)
			return true;
	return false;
}

static int send_answer(struct tap *tap, const struct index_answer *answer)
{
	struct foveatap_answer packet = {
		.header = {
			.type = FOVEATAP_ANSWER,
			.serial = (uint64_t)answer->id,
		},
		.frame_id = answer->frame_id,
		.realtime = answer->realtime,
		.kind = answer->kind,
	};

	memcpy(packet.camera, answer->camera, sizeof(packet.camera));
	memcpy(packet.outlet, answer->outlet, sizeof(packet.outlet));
	memcpy(packet.destination, answer->destination,
	       sizeof(packet.destination));
	return foveatap_send_answer(tap->fd, &packet, answer->json,
				    strlen(answer->json));
}

/* False: the socket takes no more, or is gone. */
static bool offer_answer(struct tap *tap, const struct index_answer *answer)
{
	int r;

	if (under_way(tap, answer->id) || tap->n_answers == TAP_ANSWERS_MAX)
		return true;
	r = send_answer(tap, answer);
	if (r == -EAGAIN) {
		tap->full = true;
		watch(tap);
		return false;
	}
	if (r < 0) {
		lost(tap, strerror(-r));
		return false;
	}
	tap->answers[tap->n_answers++] = (struct answer){ .id = answer->id };
	return true;
}

static void forget_committed(struct tap *tap)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < tap->n_answers; i++)
		if (!tap->answers[i].done)
			tap->answers[kept++] = tap->answers[i];
	tap->n_answers = kept;
}

void tap_send_answers(struct tap *tap)
{
	struct index_answer *answers;
	bool going = true;
	int n;

	/* Called after a commit: the index knows what was confirmed. */
	if (!spool_dirty(tap->host->spool))
		forget_committed(tap);
	if (tap->state != TAP_UP || tap->full ||
	    tap->n_answers > TAP_ANSWERS_MAX / 2)
		return;
	answers = calloc(2 * TAP_ANSWERS_MAX, sizeof(*answers));
	if (!answers)
		return;
	n = spool_answers(tap->host->spool, answers, 2 * TAP_ANSWERS_MAX);
	for (int i = 0; i < n; i++) {
		if (going)
			going = offer_answer(tap, &answers[i]);
		free(answers[i].json);
	}
	free(answers);
}

/* ---- receiving ------------------------------------------------------ */

static int subscribe_all(struct tap *tap)
{
	for (size_t i = 0; tap->host->outlets[i]; i++) {
		int r = foveatap_subscribe(tap->fd, tap->host->outlets[i],
					   FOVEATAP_SUBSCRIBE_DURABLE,
					   TAP_WINDOW);

		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * A WELCOME says nothing of the subscription: that may be refused next, each
 * time, and such a connection must back off like one that fails.
 */
static void settled(struct tap *tap)
{
	tap->retry = RETRY_MIN_US;
	tap->complained = false;
}

static void on_welcome(struct tap *tap)
{
	int r = subscribe_all(tap);

	if (r < 0) {
		lost(tap, strerror(-r));
		return;
	}
	tap->state = TAP_UP;
	tap->instance = tap->packet->welcome.instance;
	tap->connections++;
	(void)sd_event_source_set_enabled(tap->timer, SD_EVENT_OFF);
	say(tap, LOG_INFO, "connected");
	tap_send_answers(tap);
}

/* Will it never be taken? fovead without room for it now may have some later. */
static bool is_final(int32_t status)
{
	return status >= 0 || status == -ENOENT || status == -EBADMSG;
}

static void on_end(struct tap *tap, const struct foveatap_end *end)
{
	bool refused = end->status < 0;

	for (unsigned int i = 0; i < tap->n_answers; i++) {
		struct answer *answer = &tap->answers[i];

		if ((uint64_t)answer->id != end->header.serial || answer->done)
			continue;
		if (!is_final(end->status)) {
			/* Still due in the index: sent again after a commit. */
			*answer = tap->answers[--tap->n_answers];
			return;
		}
		if (spool_answer_finish(tap->host->spool, answer->id,
					refused ? ANSWER_REFUSED :
						  ANSWER_JOINED) < 0)
			return;
		answer->done = true;
		if (refused)
			tap->answers_refused++;
		else
			tap->answers_joined++;
		tap->host->changed(tap->host->userdata);
		return;
	}
}

static void on_error(struct tap *tap)
{
	size_t size;
	const char *text = foveatap_packet_tail(tap->packet, &size);

	if (!tap->complained)
		say(tap, LOG_ERR, "it says: %.*s", (int)size, text);
	tap->complained = true;
	hang_up(tap);
}

static void on_packet(struct tap *tap)
{
	struct foveatap_packet *packet = tap->packet;

	switch (packet->header.type) {
	case FOVEATAP_WELCOME:
		if (tap->state == TAP_GREETING)
			on_welcome(tap);
		break;
	case FOVEATAP_RECORD:
		if (tap->state != TAP_UP)
			break;
		settled(tap);
		tap->records++;
		tap->host->record(tap->host->userdata, &packet->record,
				  packet->fds);
		break;
	case FOVEATAP_END:
		settled(tap);
		on_end(tap, &packet->end);
		break;
	case FOVEATAP_ERROR:
		on_error(tap);
		break;
	default:
		break;
	}
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct tap *tap = userdata;

	(void)source;
	if (events & EPOLLOUT) {
		tap->full = false;
		flush_acks(tap);
		if (tap->state == TAP_UP)
			tap_send_answers(tap);
	}
	for (int i = 0; i < READ_BURST && tap->fd == fd; i++) {
		int r = foveatap_receive(fd, tap->packet);

		if (r == -EAGAIN)
			break;
		if (r <= 0) {
			lost(tap, r == 0 ? "it has closed the connection" :
					   strerror(-r));
			break;
		}
		on_packet(tap);
		foveatap_packet_clear(tap->packet);
	}
	return 0;
}

/* ---- connecting ----------------------------------------------------- */

static int dial(struct tap *tap)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct foveatap_hello hello = {
		.header.type = FOVEATAP_HELLO,
		.name = TAP_CLIENT_NAME,
	};
	int r;

	if (strlen(tap->host->path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, tap->host->path, strlen(tap->host->path) + 1);
	tap->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC |
			 SOCK_NONBLOCK, 0);
	if (tap->fd < 0)
		return -errno;
	if (connect(tap->fd, (const struct sockaddr *)&address,
		    sizeof(address)) < 0)
		return -errno;
	r = foveatap_send(tap->fd, &hello.header, sizeof(hello), NULL, 0,
			  NULL, 0);
	if (r < 0)
		return r;
	return sd_event_add_io(tap->host->event, &tap->io, tap->fd, EPOLLIN,
			       on_io, tap);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct tap *tap = userdata;
	int r;

	(void)source;
	(void)usec;
	if (tap->state != TAP_DOWN) {
		lost(tap, "it does not answer");
		return 0;
	}
	r = dial(tap);
	if (r < 0) {
		lost(tap, strerror(-r));
		return 0;
	}
	tap->state = TAP_GREETING;
	set_timer(tap, GREETING_US);
	return 0;
}

struct tap *tap_free(struct tap *tap)
{
	if (!tap)
		return NULL;
	(void)sd_event_source_disable_unref(tap->io);
	(void)sd_event_source_disable_unref(tap->timer);
	(void)fovea_close(tap->fd);
	if (tap->packet)
		foveatap_packet_clear(tap->packet);
	free(tap->packet);
	free(tap->acks);
	free(tap);
	return NULL;
}

int tap_new(const struct tap_host *host, struct tap **ret_tap)
{
	struct tap *tap = calloc(1, sizeof(*tap));
	int r;

	if (!tap)
		return -ENOMEM;
	tap->host = host;
	tap->fd = -1;
	tap->retry = RETRY_MIN_US;
	tap->packet = calloc(1, sizeof(*tap->packet));
	r = tap->packet ? 0 : -ENOMEM;
	if (r == 0)
		r = sd_event_add_time(host->event, &tap->timer,
				      CLOCK_MONOTONIC, 0, 1000, on_timer, tap);
	if (r < 0) {
		tap_free(tap);
		return r;
	}
	*ret_tap = tap;
	return 0;
}

bool tap_connected(const struct tap *tap)
{
	return tap->state == TAP_UP;
}

bool tap_failed(const struct tap *tap)
{
	return tap->state == TAP_DOWN && tap->complained;
}

json_t *tap_status(const struct tap *tap)
{
	return json_pack("{s:s,s:b,s:I,s:I,s:I,s:i,s:I,s:I}",
			 "path", tap->host->path,
			 "connected", tap->state == TAP_UP,
			 "connections", (json_int_t)tap->connections,
			 "records", (json_int_t)tap->records,
			 "refused", (json_int_t)tap->refused,
			 "answers_under_way", (int)tap->n_answers,
			 "answers_joined", (json_int_t)tap->answers_joined,
			 "answers_refused", (json_int_t)tap->answers_refused);
}
