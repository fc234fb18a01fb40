// SPDX-License-Identifier: Apache-2.0
/*
 * The witness of the demo and of the end-to-end tests: a subscriber of fovead
 * beside the agent, which notes every routed record with the SHA-256 of its
 * parts, and every answer that comes back. What the agent delivered is judged
 * against these notes, so they share no code with the agent.
 *
 * Usage: witness SOCKET JOURNAL ANSWERS SECONDS
 *
 * One line of JSON per event is appended to JOURNAL (64-bit numbers are
 * strings):
 *
 *   {"event":"record","frame_id":"16 hex digits","camera":...,"outlet":...,
 *    "rule":...,"realtime":"ns","parts":[{"kind":"jpeg","width":...,
 *    "height":...,"size":...,"sha256":...}, ...]}
 *   {"event":"answer","frame_id":...,"kind":"delivered","outlet":...,
 *    "destination":...,"realtime":"ns","json":{...}}
 *
 * After SIGTERM it waits until every frame has had answers of ANSWERS
 * destinations, at most SECONDS, and says by its exit status whether it was so:
 * 0 yes, 1 no, 2 something else went wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "libfovea/foveatap.h"

#define FRAMES_MAX	4096u		/* frames noted in one run */
#define DESTINATIONS_MAX 16u		/* destinations that may answer */
#define TIMEOUT_MS	5000
#define WINDOW		64u

/* A frame that was routed; @answered: bit n for the n-th destination heard of. */
struct frame {
	uint64_t id;
	uint32_t answered;
};

struct witness {
	int fd;				/* connection to fovead */
	int signals;
	FILE *journal;
	unsigned int answers;		/* wanted of each frame */
	struct frame frame[FRAMES_MAX];
	unsigned int n_frames;
	char destination[DESTINATIONS_MAX][FOVEATAP_NAME_MAX];
	unsigned int n_destinations;
};

static const char *const part_name[] = {
	[FOVEATAP_PART_JPEG] = "jpeg",
	[FOVEATAP_PART_LUMA] = "luma",
	[FOVEATAP_PART_METADATA] = "metadata",
};

static const char *const answer_name[] = {
	[FOVEATAP_ANSWER_DELIVERED] = "delivered",
	[FOVEATAP_ANSWER_INFERENCE] = "inference",
	[FOVEATAP_ANSWER_FAILED] = "failed",
};

/* The frame's entry, which is made when it is new; NULL when there is no room. */
static struct frame *frame_of(struct witness *w, uint64_t id)
{
	unsigned int i;

	for (i = w->n_frames; i > 0; i--)
		if (w->frame[i - 1].id == id)
			return &w->frame[i - 1];
	if (w->n_frames == FRAMES_MAX)
		return NULL;
	w->frame[w->n_frames] = (struct frame){ .id = id };
	return &w->frame[w->n_frames++];
}

static unsigned int destination_of(struct witness *w, const char *name)
{
	unsigned int i;

	for (i = 0; i < w->n_destinations; i++)
		if (!strcmp(w->destination[i], name))
			return i;
	if (i < DESTINATIONS_MAX)
		memcpy(w->destination[w->n_destinations++], name,
		       FOVEATAP_NAME_MAX);
	return i;
}

/* Writes the SHA-256 of @size bytes of @fd as 64 hex digits. */
static int hash_part(int fd, size_t size, char hex[65])
{
	unsigned char digest[32];
	void *bytes;
	int i, ok;

	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	ok = EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
	munmap(bytes, size);
	if (!ok)
		return -EIO;
	for (i = 0; i < 32; i++)
		snprintf(&hex[2 * i], 3, "%02x", digest[i]);
	return 0;
}

static int note_record(struct witness *w, const struct foveatap_packet *packet)
{
	const struct foveatap_record *record = &packet->record;
	uint32_t i;
	int r;

	if (!frame_of(w, record->frame_id))
		return -E2BIG;
	fprintf(w->journal,
		"{\"event\":\"record\",\"frame_id\":\"%016" PRIx64 "\","
		"\"camera\":\"%s\",\"outlet\":\"%s\",\"rule\":\"%s\","
		"\"realtime\":\"%" PRIu64 "\",\"parts\":[",
		record->frame_id, record->camera, record->outlet, record->rule,
		record->realtime);
	for (i = 0; i < record->parts; i++) {
		const struct foveatap_part *part = &record->part[i];
		char hex[65];

		r = hash_part(packet->fds[i], part->size, hex);
		if (r < 0)
			return r;
		fprintf(w->journal,
			"%s{\"kind\":\"%s\",\"width\":%" PRIu32 ","
			"\"height\":%" PRIu32 ",\"size\":%" PRIu64 ","
			"\"sha256\":\"%s\"}", i ? "," : "",
			part_name[part->kind], part->width, part->height,
			part->size, hex);
	}
	fputs("]}\n", w->journal);
	return foveatap_acknowledge(w->fd, record, 0);
}

static int note_answer(struct witness *w, const struct foveatap_packet *packet)
{
	const struct foveatap_answer *answer = &packet->answer;
	unsigned int destination;
	struct frame *frame;
	const char *json;
	size_t size, i;

	destination = destination_of(w, answer->destination);
	frame = frame_of(w, answer->frame_id);
	if (!frame || destination == DESTINATIONS_MAX)
		return -E2BIG;
	if (answer->kind != FOVEATAP_ANSWER_FAILED)
		frame->answered |= 1u << destination;
	fprintf(w->journal,
		"{\"event\":\"answer\",\"frame_id\":\"%016" PRIx64 "\","
		"\"kind\":\"%s\",\"outlet\":\"%s\",\"destination\":\"%s\","
		"\"realtime\":\"%" PRIu64 "\",\"json\":",
		answer->frame_id, answer_name[answer->kind], answer->outlet,
		answer->destination, answer->realtime);
	json = foveatap_packet_tail(packet, &size);
	/* A line break between the tokens of a foreign JSON is a blank here. */
	for (i = 0; i < size; i++)
		fputc(json[i] == '\n' || json[i] == '\r' ? ' ' : json[i],
		      w->journal);
	fputs("}\n", w->journal);
	return 0;
}

/* Takes one packet. Returns 1; 0 when fovead is gone; negative errno. */
static int take_packet(struct witness *w, struct foveatap_packet *packet)
{
	size_t size;
	const char *text;
	int r;

	r = foveatap_receive(w->fd, packet);
	if (r == -EAGAIN)
		return 1;
	if (r <= 0)
		return r;
	switch (packet->header.type) {
	case FOVEATAP_RECORD:
		r = note_record(w, packet);
		break;
	case FOVEATAP_ANSWER:
		r = note_answer(w, packet);
		break;
	case FOVEATAP_ERROR:
		text = foveatap_packet_tail(packet, &size);
		fprintf(stderr, "witness: fovead says: %.*s\n", (int)size,
			text);
		return packet->error.error < 0 ? packet->error.error : -EPROTO;
	default:
		return -EPROTO;
	}
	if (r < 0)
		return r;
	if (fflush(w->journal) || ferror(w->journal))
		return -EIO;
	return 1;
}

static unsigned int waiting(const struct witness *w)
{
	unsigned int i, count = 0;

	for (i = 0; i < w->n_frames; i++)
		if ((unsigned int)__builtin_popcount(w->frame[i].answered) <
		    w->answers)
			count++;
	return count;
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
static int attend(struct witness *w, struct foveatap_packet *packet,
		  int seconds)
{
	struct pollfd fds[] = {
		{ .fd = w->fd, .events = POLLIN },
		{ .fd = w->signals, .events = POLLIN },
	};
	int64_t deadline = -1;
	int r;

	for (;;) {
		int64_t rest = deadline < 0 ? -1 : deadline - now_ms();

		if (deadline >= 0 && (!waiting(w) || rest <= 0))
			return (int)waiting(w);
		if (poll(fds, 2, (int)rest) < 0)
			return -errno;
		if (fds[1].revents) {
			deadline = now_ms() + (int64_t)seconds * 1000;
			fds[1].fd = -1;
			fds[1].revents = 0;
		}
		if (fds[0].revents) {
			r = take_packet(w, packet);
			if (r == 0)
				return -EPIPE;
			if (r < 0)
				return r;
		}
	}
}

static int open_all(struct witness *w, char **argv)
{
	sigset_t set;
	int r;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (w->signals < 0)
		return -errno;
	w->journal = fopen(argv[2], "ae");
	if (!w->journal)
		return -errno;
	w->fd = foveatap_connect(argv[1], "witness", TIMEOUT_MS, NULL);
	if (w->fd < 0)
		return w->fd;
	r = foveatap_subscribe(w->fd, "*", FOVEATAP_SUBSCRIBE_ANSWERS, WINDOW);
	if (r < 0)
		return r;
	/* Who started us may go on now. */
	puts("ready");
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct foveatap_packet *packet;
	struct witness *w;
	int r;

	if (argc != 5) {
		fputs("usage: witness SOCKET JOURNAL ANSWERS SECONDS\n",
		      stderr);
		return 2;
	}
	w = calloc(1, sizeof(*w));
	packet = calloc(1, sizeof(*packet));
	if (!w || !packet)
		return 2;
	w->answers = (unsigned int)strtoul(argv[3], NULL, 10);
	r = open_all(w, argv);
	if (r >= 0)
		r = attend(w, packet, atoi(argv[4]));
	if (r < 0)
		fprintf(stderr, "witness: %s\n", strerror(-r));
	else if (r > 0)
		fprintf(stderr, "witness: %d of %u frames lack answers\n", r,
			w->n_frames);
	foveatap_packet_clear(packet);
	if (w->journal)
		fclose(w->journal);
	free(packet);
	free(w);
	return r < 0 ? 2 : r > 0;
}
