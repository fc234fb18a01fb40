// SPDX-License-Identifier: Apache-2.0
/*
 * The framing of fovead's socket. The other side is hostile: whatever is not
 * exactly as foveatap-protocol.h says costs it the connection, and whatever
 * descriptors came along are closed on every way out.
 *
 * Invariants:
 * - recvmsg() gets room for one descriptor more than a packet may carry, so
 *   that too many is told apart from exactly enough; MSG_CTRUNC and MSG_TRUNC
 *   drop the peer (the kernel may also withhold descriptors by policy).
 * - A packet that foveatap_receive() returned has passed foveatap_check().
 */
#include <errno.h>
#include <linux/fovea.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "libfovea/cleanup.h"
#include "libfovea/config.h"
#include "libfovea/foveatap.h"
#include "libfovea/memfd.h"

static_assert(FOVEATAP_NAME_MAX == FOVEA_CONFIG_NAME_MAX,
	      "names of the wire are names of the configuration");

void foveatap_packet_clear(struct foveatap_packet *packet)
{
	for (unsigned int i = 0; i < packet->n_fds; i++)
		packet->fds[i] = fovea_close(packet->fds[i]);
	packet->n_fds = 0;
}

int foveatap_packet_take_fd(struct foveatap_packet *packet, unsigned int index)
{
	if (index >= packet->n_fds)
		return -EINVAL;
	return fovea_take_fd(packet->fds[index]);
}

static size_t struct_size(uint16_t type)
{
	switch (type) {
	case FOVEATAP_HELLO:
		return sizeof(struct foveatap_hello);
	case FOVEATAP_WELCOME:
		return sizeof(struct foveatap_welcome);
	case FOVEATAP_SUBSCRIBE:
		return sizeof(struct foveatap_subscribe);
	case FOVEATAP_RECORD:
		return sizeof(struct foveatap_record);
	case FOVEATAP_ACK:
		return sizeof(struct foveatap_ack);
	case FOVEATAP_ANSWER:
		return sizeof(struct foveatap_answer);
	case FOVEATAP_STATUS_REQUEST:
		return sizeof(struct foveatap_header);
	case FOVEATAP_RECORDS_REQUEST:
		return sizeof(struct foveatap_records_request);
	case FOVEATAP_STATUS:
	case FOVEATAP_RECORD_INFO:
		return sizeof(struct foveatap_text);
	case FOVEATAP_END:
		return sizeof(struct foveatap_end);
	case FOVEATAP_ERROR:
		return sizeof(struct foveatap_error);
	default:
		return 0;
	}
}

const char *foveatap_packet_tail(const struct foveatap_packet *packet,
				 size_t *ret_size)
{
	size_t size = struct_size(packet->header.type);

	*ret_size = packet->header.length - size;
	return (const char *)packet->bytes + size;
}

static bool name_ok(const char name[FOVEATAP_NAME_MAX])
{
	return memchr(name, '\0', FOVEATAP_NAME_MAX) && fovea_name_valid(name);
}

static bool outlet_ok(const char name[FOVEATAP_NAME_MAX])
{
	return (name[0] == '*' && name[1] == '\0') || name_ok(name);
}

/* An errno as the wire carries it. */
static bool status_ok(int32_t status)
{
	return status <= 0 && status > -4096;
}

static bool part_ok(const struct foveatap_part *part)
{
	bool crop = part->kind == FOVEATAP_PART_CROP ||
		    part->kind == FOVEATAP_PART_CROP_LUMA;
	bool luma = part->kind == FOVEATAP_PART_LUMA ||
		    part->kind == FOVEATAP_PART_CROP_LUMA;

	if (part->kind < FOVEATAP_PART_JPEG || part->kind > FOVEATAP_PART_LAST)
		return false;
	if (part->number >= (crop ? FOVEA_CROPS_MAX : 1) ||
	    part->size > FOVEATAP_PART_MAX)
		return false;
	if (part->width > UINT16_MAX || part->height > UINT16_MAX)
		return false;
	return !luma || part->size == (uint64_t)part->width * part->height;
}

/* Is there an earlier part of the same kind and number? */
static bool part_repeated(const struct foveatap_record *record,
			  unsigned int index)
{
	const struct foveatap_part *part = &record->part[index];

	for (unsigned int i = 0; i < index; i++)
		if (record->part[i].kind == part->kind &&
		    record->part[i].number == part->number)
			return true;
	return false;
}

static bool record_ok(const struct foveatap_record *record, unsigned int n_fds)
{
	if (record->parts == 0 || record->parts > FOVEATAP_PARTS_MAX ||
	    record->parts != n_fds || record->reserved)
		return false;
	for (unsigned int i = 0; i < record->parts; i++)
		if (!part_ok(&record->part[i]) || part_repeated(record, i))
			return false;
	return name_ok(record->camera) && name_ok(record->outlet) &&
	       name_ok(record->rule);
}

static bool subscribe_ok(const struct foveatap_subscribe *subscribe)
{
	return outlet_ok(subscribe->outlet) &&
	       subscribe->window >= 1 && subscribe->window <= 64 &&
	       !(subscribe->flags & ~(FOVEATAP_SUBSCRIBE_DURABLE |
				      FOVEATAP_SUBSCRIBE_ANSWERS));
}

static bool answer_ok(const struct foveatap_answer *answer, size_t tail)
{
	return answer->kind >= FOVEATAP_ANSWER_DELIVERED &&
	       answer->kind <= FOVEATAP_ANSWER_FAILED &&
	       answer->json_size == tail && tail >= 2 &&
	       tail <= FOVEATAP_JSON_MAX && name_ok(answer->camera) &&
	       name_ok(answer->outlet) && name_ok(answer->destination);
}

/* What is particular to a type; @tail: bytes behind its struct. */
static bool body_ok(const void *packet, size_t tail, unsigned int n_fds)
{
	const struct foveatap_header *header = packet;
	const struct foveatap_records_request *request = packet;
	const struct foveatap_hello *hello = packet;
	const struct foveatap_text *text = packet;
	const struct foveatap_error *error = packet;
	const struct foveatap_end *end = packet;
	const struct foveatap_ack *ack = packet;

	switch (header->type) {
	case FOVEATAP_RECORD:
		return tail == 0 && record_ok(packet, n_fds);
	case FOVEATAP_HELLO:
		return tail == 0 && name_ok(hello->name);
	case FOVEATAP_SUBSCRIBE:
		return tail == 0 && subscribe_ok(packet);
	case FOVEATAP_ACK:
		return tail == 0 && status_ok(ack->status) && !ack->reserved;
	case FOVEATAP_ANSWER:
		return answer_ok(packet, tail);
	case FOVEATAP_RECORDS_REQUEST:
		return tail == 0 && !request->reserved;
	case FOVEATAP_STATUS:
	case FOVEATAP_RECORD_INFO:
		return text->size == tail && !text->reserved;
	case FOVEATAP_END:
		return tail == 0 && status_ok(end->status);
	case FOVEATAP_ERROR:
		return error->size == tail && status_ok(error->error) &&
		       error->error < 0;
	default:
		return tail == 0;
	}
}

int foveatap_check(const void *packet, size_t size, unsigned int n_fds)
{
	const struct foveatap_header *header = packet;
	size_t needed;

	if (size < sizeof(*header) || size > FOVEATAP_PACKET_MAX ||
	    header->magic != FOVEATAP_MAGIC)
		return -EBADMSG;
	if (header->version != FOVEATAP_VERSION)
		return -EPROTONOSUPPORT;
	needed = struct_size(header->type);
	if (needed == 0 || size < needed || header->length != size ||
	    header->fds != n_fds)
		return -EBADMSG;
	if (n_fds && header->type != FOVEATAP_RECORD)
		return -EBADMSG;
	return body_ok(packet, size - needed, n_fds) ? 0 : -EBADMSG;
}

/* Descriptors go into the packet as far as it has room, the rest is closed. */
static int collect_fds(struct msghdr *message, struct foveatap_packet *packet)
{
	int r = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c;
	     c = CMSG_NXTHDR(message, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int),
			       sizeof(fd));
			if (packet->n_fds < FOVEATAP_PARTS_MAX) {
				packet->fds[packet->n_fds++] = fd;
			} else {
				fovea_close(fd);
				r = -EBADMSG;
			}
		}
	}
	return r;
}

static int check_parts(const struct foveatap_packet *packet)
{
	int r;

	if (packet->header.type != FOVEATAP_RECORD)
		return 0;
	for (unsigned int i = 0; i < packet->n_fds; i++) {
		r = fovea_memfd_check(packet->fds[i],
				      packet->record.part[i].size);
		if (r < 0)
			return -EBADMSG;
	}
	return 0;
}

int foveatap_receive(int fd, struct foveatap_packet *packet)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE((FOVEATAP_PARTS_MAX + 1) * sizeof(int))];
	} control;
	struct iovec iov = {
		.iov_base = packet->bytes,
		.iov_len = sizeof(packet->bytes),
	};
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n;
	int r;

	foveatap_packet_clear(packet);
	do {
		n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	r = collect_fds(&message, packet);
	if (r == 0 && n == 0 && packet->n_fds == 0)
		return 0;
	if (r == 0 && (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		r = -EBADMSG;
	if (r == 0)
		r = foveatap_check(packet->bytes, (size_t)n, packet->n_fds);
	if (r == 0)
		r = check_parts(packet);
	if (r < 0) {
		foveatap_packet_clear(packet);
		return r;
	}
	return 1;
}

static void attach_fds(struct msghdr *message, const int *fds,
		       unsigned int n_fds)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(message);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
	memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
}

int foveatap_send(int fd, struct foveatap_header *packet, size_t size,
		  const void *tail, size_t tail_size,
		  const int *fds, unsigned int n_fds)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(FOVEATAP_PARTS_MAX * sizeof(int))];
	} control = { 0 };
	struct iovec iov[2] = {
		{ .iov_base = packet, .iov_len = size },
		{ .iov_base = (void *)(uintptr_t)tail, .iov_len = tail_size },
	};
	struct msghdr message = {
		.msg_iov = iov,
		.msg_iovlen = tail_size ? 2 : 1,
	};
	ssize_t n;

	if (size > FOVEATAP_PACKET_MAX ||
	    tail_size > FOVEATAP_PACKET_MAX - size ||
	    n_fds > FOVEATAP_PARTS_MAX)
		return -EMSGSIZE;
	packet->magic = FOVEATAP_MAGIC;
	packet->version = FOVEATAP_VERSION;
	packet->length = (uint32_t)(size + tail_size);
	packet->fds = n_fds;
	if (n_fds) {
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		attach_fds(&message, fds, n_fds);
	}
	do {
		n = sendmsg(fd, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int foveatap_wait(int fd, struct foveatap_packet *packet, int timeout_ms)
{
	int64_t deadline = now_ms() + timeout_ms;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = timeout_ms < 0 ? -1 : deadline - now_ms();
		int r;

		r = poll(&p, 1, timeout_ms >= 0 && left < 0 ? 0 : (int)left);
		if (r < 0 && errno != EINTR)
			return -errno;
		if (r == 0)
			return -ETIMEDOUT;
		if (r < 0)
			continue;
		r = foveatap_receive(fd, packet);
		if (r != -EAGAIN)
			return r;
	}
}

static int open_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return fovea_take_fd(fd);
}

int foveatap_connect(const char *path, const char *name, int timeout_ms,
		     uint64_t *ret_instance)
{
	struct foveatap_hello hello = { .header.type = FOVEATAP_HELLO };
	_cleanup_free_ struct foveatap_packet *packet = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	if (!fovea_name_valid(name))
		return -EINVAL;
	packet = calloc(1, sizeof(*packet));
	if (!packet)
		return -ENOMEM;
	fd = open_socket(path);
	if (fd < 0)
		return fd;
	memcpy(hello.name, name, strlen(name));
	r = foveatap_send(fd, &hello.header, sizeof(hello), NULL, 0, NULL, 0);
	/* A server that turns us away has closed, but its ERROR can be read. */
	if (r < 0 && r != -EPIPE)
		return r;
	r = foveatap_wait(fd, packet, timeout_ms);
	if (r < 0)
		return r;
	if (r == 0)
		return -ECONNRESET;
	if (packet->header.type == FOVEATAP_ERROR)
		return packet->error.error;
	if (packet->header.type != FOVEATAP_WELCOME) {
		foveatap_packet_clear(packet);
		return -EBADMSG;
	}
	if (ret_instance)
		*ret_instance = packet->welcome.instance;
	return fovea_take_fd(fd);
}

int foveatap_subscribe(int fd, const char *outlet, uint32_t flags,
		       uint32_t window)
{
	struct foveatap_subscribe subscribe = {
		.header.type = FOVEATAP_SUBSCRIBE,
		.flags = flags,
		.window = window,
	};

	if (strlen(outlet) >= sizeof(subscribe.outlet))
		return -EINVAL;
	memcpy(subscribe.outlet, outlet, strlen(outlet));
	if (!subscribe_ok(&subscribe))
		return -EINVAL;
	return foveatap_send(fd, &subscribe.header, sizeof(subscribe),
			     NULL, 0, NULL, 0);
}

int foveatap_acknowledge(int fd, const struct foveatap_record *record,
			 int32_t status)
{
	struct foveatap_ack ack = {
		.header.type = FOVEATAP_ACK,
		.record_id = record->record_id,
		.instance = record->instance,
		.status = status,
	};

	return foveatap_send(fd, &ack.header, sizeof(ack), NULL, 0, NULL, 0);
}

int foveatap_send_answer(int fd, struct foveatap_answer *answer,
			 const char *json, size_t json_size)
{
	if (json_size > FOVEATAP_JSON_MAX)
		return -EMSGSIZE;
	answer->header.type = FOVEATAP_ANSWER;
	answer->json_size = (uint32_t)json_size;
	return foveatap_send(fd, &answer->header, sizeof(*answer),
			     json, json_size, NULL, 0);
}
