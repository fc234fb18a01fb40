// SPDX-License-Identifier: Apache-2.0
/*
 * An object store that stores nothing: answers the Blob REST requests of
 * uploading clients as fast as one thread can and throws the bodies away, so
 * that a benchmark measures the client and not the store.
 *
 * Usage: blob-sink PORT
 *
 * It remembers length and MD5 of every object, because clients ask for them
 * after an upload; it checks no signature and no content, so it proves nothing
 * about correctness. Prints "ready PORT" once it listens (PORT 0: a free one)
 * and, on SIGTERM, a line of JSON with the number of objects and bytes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MAX	16384u	/* bytes of a request's header */
#define OBJECTS_MAX	16384u	/* objects remembered; more: 507 */
#define CLIENTS_MAX	256u
#define PATH_MAX_BYTES	512u
#define MD5_MAX		32u
#define COMMON \
	"x-ms-version: 2023-11-03\r\n" \
	"x-ms-request-id: 00000000-0000-0000-0000-000000000000\r\n"
#define OBJECT \
	"ETag: \"0x1\"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n"

struct object {
	char path[PATH_MAX_BYTES];
	char md5[MD5_MAX];
	uint64_t size;
	uint64_t staged;	/* bytes of blocks not yet in a block list */
};

enum put_kind { PUT_BLOB, PUT_BLOCK, PUT_BLOCK_LIST, PUT_CONTAINER };

/*
 * A connection: @head is collected until the blank line, then @body bytes are
 * thrown away, then the answer goes out.
 */
struct client {
	int fd;
	size_t used;
	uint64_t body;
	bool in_body;
	char head[HEAD_MAX + 1];
	char method[8];
	enum put_kind kind;
	char path[PATH_MAX_BYTES];
	char md5[MD5_MAX];
	uint64_t size;
};

struct sink {
	int epoll;
	int listener;
	int signals;
	struct object *objects;
	unsigned int n_objects;
	uint64_t puts;
	uint64_t bytes;
};

/* The entry of @path, or the free one where it belongs; NULL when full. */
static struct object *find_object(struct sink *s, const char *path)
{
	uint32_t hash = 2166136261u, i;
	const char *c;

	for (c = path; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	for (i = 0; i < OBJECTS_MAX; i++) {
		struct object *o = &s->objects[(hash + i) % OBJECTS_MAX];

		if (!o->path[0] || !strcmp(o->path, path))
			return o;
	}
	return NULL;
}

/* Value of header field @name (with its colon), copied; "" when missing. */
static void field(const char *head, const char *name, char *value, size_t size)
{
	const char *line;
	size_t n = 0;

	for (line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, strlen(name)))
			continue;
		line += strlen(name);
		line += strspn(line, " ");
		n = strcspn(line, "\r");
		if (n >= size)
			n = size - 1;
		memcpy(value, line, n);
		break;
	}
	value[n] = '\0';
}

/* An answer always fits the socket's empty buffer; one that doesn't is fatal. */
static int say(const struct client *c, const char *text)
{
	size_t size = strlen(text);

	return send(c->fd, text, size, MSG_NOSIGNAL) == (ssize_t)size ? 0 :
		-EPIPE;
}

/* Remembers what a client will ask about @o. */
static void put_object(struct sink *s, struct object *o, struct client *c)
{
	if (c->kind == PUT_BLOCK) {
		o->staged += c->size;
		s->bytes += c->size;
		return;
	}
	memcpy(o->md5, c->md5, sizeof(o->md5));
	if (c->kind == PUT_BLOCK_LIST) {
		o->size = o->staged;
		o->staged = 0;
	} else {
		o->size = c->size;
		s->bytes += c->size;
	}
	s->puts++;
}

static int answer_put(struct sink *s, struct client *c)
{
	struct object *o = find_object(s, c->path);
	char text[1024];

	if (!o)
		return say(c, "HTTP/1.1 507 Insufficient Storage\r\n"
			   "Content-Length: 0\r\n\r\n");
	if (!o->path[0]) {
		memcpy(o->path, c->path, sizeof(o->path));
		s->n_objects += c->kind != PUT_CONTAINER;
	}
	if (c->kind != PUT_CONTAINER)
		put_object(s, o, c);
	snprintf(text, sizeof(text),
		 "HTTP/1.1 201 Created\r\n" COMMON OBJECT "Content-MD5: %s\r\n"
		 "x-ms-request-server-encrypted: true\r\n"
		 "Content-Length: 0\r\n\r\n", c->md5);
	return say(c, text);
}

static int answer_head(struct sink *s, struct client *c)
{
	const struct object *o = find_object(s, c->path);
	char text[1024];

	if (!o || !o->path[0])
		return say(c, "HTTP/1.1 404 Not Found\r\n" COMMON
			   "x-ms-error-code: BlobNotFound\r\n"
			   "Content-Length: 0\r\n\r\n");
	snprintf(text, sizeof(text),
		 "HTTP/1.1 200 OK\r\n" COMMON OBJECT "Content-MD5: %s\r\n"
		 "x-ms-blob-type: BlockBlob\r\n"
		 "Content-Type: application/octet-stream\r\n"
		 "Content-Length: %llu\r\n\r\n", o->md5,
		 (unsigned long long)o->size);
	return say(c, text);
}

/* Whatever is listed is empty. */
static int answer_get(struct client *c)
{
	static const char xml[] =
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>"
		"<EnumerationResults><Blobs></Blobs><NextMarker/>"
		"</EnumerationResults>";
	char text[1024];

	snprintf(text, sizeof(text),
		 "HTTP/1.1 200 OK\r\n" COMMON OBJECT
		 "Content-Type: application/xml\r\n"
		 "Content-Length: %zu\r\n\r\n%s", sizeof(xml) - 1, xml);
	return say(c, text);
}

static int answer(struct sink *s, struct client *c)
{
	if (!strcmp(c->method, "PUT"))
		return answer_put(s, c);
	if (!strcmp(c->method, "HEAD"))
		return answer_head(s, c);
	if (!strcmp(c->method, "GET"))
		return answer_get(c);
	return say(c, "HTTP/1.1 405 Method Not Allowed\r\n"
		   "Content-Length: 0\r\n\r\n");
}

static enum put_kind put_kind(const char *query, size_t size)
{
	if (memmem(query, size, "restype=container", 17))
		return PUT_CONTAINER;
	if (memmem(query, size, "comp=blocklist", 14))
		return PUT_BLOCK_LIST;
	return memmem(query, size, "comp=block", 10) ? PUT_BLOCK : PUT_BLOB;
}

/* Reads the header that is complete in @head. */
static int start_request(struct client *c)
{
	const char *path = strchr(c->head, ' ');
	char value[64];
	size_t n;

	if (!path || path - c->head >= (ptrdiff_t)sizeof(c->method))
		return -EPROTO;
	memset(c->method, 0, sizeof(c->method));
	memcpy(c->method, c->head, (size_t)(path - c->head));
	path++;
	n = strcspn(path, " ?\r");
	if (n >= sizeof(c->path))
		return -EPROTO;
	memset(c->path, 0, sizeof(c->path));
	memcpy(c->path, path, n);
	c->kind = put_kind(path + n, strcspn(path + n, " \r"));
	field(c->head, c->kind == PUT_BLOCK_LIST ? "x-ms-blob-content-md5:" :
	      "Content-MD5:", c->md5, sizeof(c->md5));
	field(c->head, "Content-Length:", value, sizeof(value));
	c->size = strtoull(value, NULL, 10);
	c->body = c->size;
	c->in_body = true;
	field(c->head, "Expect:", value, sizeof(value));
	return value[0] ? say(c, "HTTP/1.1 100 Continue\r\n\r\n") : 0;
}

/* Handles what stands in @head: headers, and the part of a body behind one. */
static int take_head(struct sink *s, struct client *c)
{
	int r;

	for (;;) {
		char *end;
		size_t rest;

		if (!c->in_body) {
			c->head[c->used] = '\0';
			end = strstr(c->head, "\r\n\r\n");
			if (!end)
				return c->used < HEAD_MAX ? 0 : -EPROTO;
			end += 4;
			rest = c->used - (size_t)(end - c->head);
			r = start_request(c);
			if (r < 0)
				return r;
		} else {
			end = c->head;
			rest = c->used;
		}
		if (rest < c->body) {
			c->body -= rest;
			c->used = 0;
			return 0;
		}
		r = answer(s, c);
		if (r < 0)
			return r;
		c->in_body = false;
		c->used = rest - (size_t)c->body;
		memmove(c->head, end + c->body, c->used);
	}
}

/* Returns 0, or negative when the connection is over. */
static int serve(struct sink *s, struct client *c)
{
	ssize_t n;

	/* A body goes from the kernel's buffer nowhere, without a copy. */
	if (c->in_body && c->body > 1) {
		n = recv(c->fd, NULL, (size_t)c->body - 1, MSG_TRUNC);
		if (n > 0)
			c->body -= (uint64_t)n;
	} else {
		n = recv(c->fd, c->head + c->used, HEAD_MAX - c->used, 0);
		if (n > 0) {
			c->used += (size_t)n;
			return take_head(s, c);
		}
	}
	if (n == 0)
		return -EPIPE;
	return n > 0 || errno == EAGAIN ? 0 : -errno;
}

static void close_client(struct client *c)
{
	close(c->fd);
	free(c);
}

static void accept_client(struct sink *s)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct client *c;
	int one = 1;

	c = calloc(1, sizeof(*c));
	if (!c)
		return;
	c->fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	event.data.ptr = c;
	if (c->fd < 0) {
		free(c);
		return;
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, c->fd, &event))
		close_client(c);
}

static int run(struct sink *s)
{
	struct epoll_event events[CLIENTS_MAX];
	int i, n;

	for (;;) {
		n = epoll_wait(s->epoll, events, CLIENTS_MAX, -1);
		if (n < 0)
			return -errno;
		for (i = 0; i < n; i++) {
			if (events[i].data.ptr == &s->signals)
				return 0;
			if (events[i].data.ptr == &s->listener)
				accept_client(s);
			else if (serve(s, events[i].data.ptr) < 0)
				close_client(events[i].data.ptr);
		}
	}
}

static int sink_open(struct sink *s, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct epoll_event signals = { EPOLLIN, { .ptr = &s->signals } };
	struct epoll_event listener = { EPOLLIN, { .ptr = &s->listener } };
	socklen_t size = sizeof(address);
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	s->objects = calloc(OBJECTS_MAX, sizeof(*s->objects));
	if (s->signals < 0 || s->epoll < 0 || s->listener < 0 || !s->objects ||
	    bind(s->listener, (struct sockaddr *)&address, size) ||
	    listen(s->listener, 64) ||
	    getsockname(s->listener, (struct sockaddr *)&address, &size) ||
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->signals, &signals) ||
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listener, &listener))
		return -errno;
	printf("ready %u\n", ntohs(address.sin_port));
	return fflush(stdout) ? -errno : 0;
}

int main(int argc, char **argv)
{
	struct sink s = { .epoll = -1 };
	int r;

	if (argc != 2) {
		fputs("usage: blob-sink PORT\n", stderr);
		return 2;
	}
	r = sink_open(&s, (uint16_t)strtoul(argv[1], NULL, 10));
	if (r >= 0)
		r = run(&s);
	if (r < 0)
		fprintf(stderr, "blob-sink: %s\n", strerror(-r));
	printf("{\"objects\":%u,\"puts\":%llu,\"bytes\":%llu}\n", s.n_objects,
	       (unsigned long long)s.puts, (unsigned long long)s.bytes);
	free(s.objects);
	return r < 0;
}
