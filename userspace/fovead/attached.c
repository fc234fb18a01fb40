// SPDX-License-Identifier: Apache-2.0
/*
 * Holding buffers until their frame comes.
 *
 * Invariants:
 * - held[0..n_held) are taken and not yet given back, ids rising.
 * - @newest is the highest id of all that were taken: what is below it and not
 *   held will never come.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "fovead/attached.h"

struct attached {
	struct fovea_stream *stream;
	sd_event_source *source;
	attached_ready_fn ready;
	void *userdata;
	struct fovea_frame held[ATTACHED_HELD];
	unsigned int n_held;
	uint64_t newest;
	uint64_t lost;
};

/* Gives the oldest @count back. */
static int give_back(struct attached *attached, unsigned int count)
{
	int r = 0;

	for (unsigned int i = 0; i < count && r == 0; i++)
		r = fovea_stream_release(attached->stream, &attached->held[i]);
	attached->n_held -= count;
	memmove(&attached->held[0], &attached->held[count],
		attached->n_held * sizeof(attached->held[0]));
	return r;
}

int attached_take(struct attached *attached)
{
	struct fovea_frame frame;
	int r;

	for (;;) {
		r = fovea_stream_take(attached->stream, &frame);
		if (r < 0)
			return r == -EAGAIN ? 0 : r;
		if (frame.id > attached->newest)
			attached->newest = frame.id;
		if (frame.broken) {
			r = fovea_stream_release(attached->stream, &frame);
			if (r < 0)
				return r;
			continue;
		}
		if (attached->n_held == ATTACHED_HELD) {
			attached->lost++;
			r = give_back(attached, 1);
			if (r < 0)
				return r;
		}
		attached->held[attached->n_held++] = frame;
	}
}

static int on_ready(sd_event_source *source, int fd, uint32_t events,
		    void *userdata)
{
	struct attached *attached = userdata;
	int r;

	(void)source;
	(void)fd;
	r = attached_take(attached);
	if (r == 0 && events & (EPOLLERR | EPOLLHUP))
		r = -EIO;
	attached->ready(attached->userdata, r);
	return 0;
}

int attached_open(sd_event *event, const struct fovea_node *image,
		  enum fovea_node_role role, uint32_t size,
		  attached_ready_fn ready, void *userdata,
		  struct attached **ret_attached)
{
	struct attached *attached;
	struct fovea_node node;
	int r;

	r = fovea_discover_sibling(image, role, &node);
	if (r < 0)
		return r;
	attached = calloc(1, sizeof(*attached));
	if (!attached)
		return -ENOMEM;
	attached->ready = ready;
	attached->userdata = userdata;
	r = fovea_stream_open(node.path, role, 0, &attached->stream);
	if (r == 0 && size && fovea_stream_set_size(attached->stream, size) < 0)
		r = -EIO;
	if (r == 0)
		r = fovea_stream_start(attached->stream, ATTACHED_BUFFERS);
	if (r == 0)
		r = sd_event_add_io(event, &attached->source,
				    fovea_stream_fd(attached->stream), EPOLLIN,
				    on_ready, attached);
	if (r < 0) {
		attached_close(attached);
		return r;
	}
	*ret_attached = attached;
	return 0;
}

struct attached *attached_close(struct attached *attached)
{
	if (!attached)
		return NULL;
	attached->source = sd_event_source_disable_unref(attached->source);
	fovea_stream_close(attached->stream);
	free(attached);
	return NULL;
}

int attached_set_control(struct attached *attached, uint32_t id, int32_t value)
{
	return fovea_stream_set_control(attached->stream, id, value);
}

bool attached_awaited(const struct attached *attached, uint64_t id)
{
	return attached && attached->newest < id;
}

const struct fovea_frame *attached_find(const struct attached *attached,
					uint64_t id)
{
	for (unsigned int i = 0; attached && i < attached->n_held; i++)
		if (attached->held[i].id == id)
			return &attached->held[i];
	return NULL;
}

int attached_release(struct attached *attached, uint64_t id)
{
	unsigned int count = 0;

	if (!attached)
		return 0;
	while (count < attached->n_held && attached->held[count].id <= id)
		count++;
	return give_back(attached, count);
}

uint64_t attached_lost(const struct attached *attached)
{
	return attached ? attached->lost : 0;
}
