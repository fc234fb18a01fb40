// SPDX-License-Identifier: Apache-2.0
/*
 * Capturing without fovead.
 */
#include <errno.h>
#include <poll.h>

#include "foveactl/session.h"
#include "foveactl/verbs.h"

#define IMAGE_BUFFERS	8u
#define META_BUFFERS	16u

static int open_meta(struct session *session)
{
	struct fovea_node node;
	int r;

	r = fovea_discover_sibling(&session->node, FOVEA_NODE_META, &node);
	if (r == 0)
		r = fovea_stream_open(node.path, FOVEA_NODE_META, 0,
				      &session->meta);
	if (r == 0)
		r = fovea_stream_start(session->meta, META_BUFFERS);
	return r;
}

static int open_image(struct session *session, const char *device,
		      const struct fovea_image_request *request)
{
	int r;

	r = fovea_discover_find(device, FOVEA_NODE_IMAGE, &session->node);
	if (r < 0)
		return verb_fail(r, "%s: no camera can be opened", device);
	r = fovea_stream_open(session->node.path, FOVEA_NODE_IMAGE, 0,
			      &session->image);
	if (r < 0)
		return verb_fail(r, "%s can't be opened", session->node.path);
	r = fovea_stream_set_image(session->image, request);
	if (r < 0)
		return verb_fail(r, "%s does not agree on a format",
				 session->node.path);
	return EXIT_OK;
}

int session_open(struct session *session, const char *device,
		 const struct fovea_image_request *request, bool with_meta)
{
	int r;

	*session = (struct session){ 0 };
	r = open_image(session, device, request);
	if (r != EXIT_OK) {
		session_done(session);
		return r;
	}
	r = fovea_pair_new(&session->pair);
	if (r == 0 && with_meta)
		r = open_meta(session);
	if (r == 0)
		r = fovea_stream_start(session->image, IMAGE_BUFFERS);
	if (r < 0) {
		r = verb_fail(r, "%s can't stream%s", session->node.path,
			      with_meta && !session->meta ?
			      " metadata" : "");
		session_done(session);
		return r;
	}
	return EXIT_OK;
}

void session_done(struct session *session)
{
	session->image = fovea_stream_close(session->image);
	session->meta = fovea_stream_close(session->meta);
	session->pair = fovea_pair_free(session->pair);
}

static int take_image(struct session *session)
{
	struct fovea_frame frame;
	int r;

	r = fovea_stream_take(session->image, &frame);
	if (r < 0)
		return r == -EAGAIN ? 0 : r;
	session->missed += frame.missed;
	fovea_pair_image(session->pair, &frame);
	return 0;
}

static int take_meta(struct session *session)
{
	struct fovea_frame frame;
	int r;

	r = fovea_stream_take(session->meta, &frame);
	if (r < 0)
		return r == -EAGAIN ? 0 : r;
	if (!frame.broken)
		fovea_pair_meta(session->pair, &frame);
	return fovea_stream_release(session->meta, &frame);
}

int session_next(struct session *session, int timeout_ms,
		 struct fovea_frame *ret_frame, const void **ret_meta,
		 size_t *ret_size)
{
	int r;

	while (!fovea_pair_next(session->pair, session->meta == NULL,
				ret_frame, ret_meta, ret_size)) {
		struct pollfd p[2] = {
			{ fovea_stream_fd(session->image), POLLIN, 0 },
			{ -1, POLLIN, 0 },
		};

		if (session->meta)
			p[1].fd = fovea_stream_fd(session->meta);
		r = poll(p, 2, timeout_ms);
		if (r <= 0)
			return r == 0 ? -ETIMEDOUT : -errno;
		r = 0;
		if (p[1].revents)
			r = take_meta(session);
		if (r == 0 && p[0].revents)
			r = take_image(session);
		if (r < 0)
			return r;
		if ((p[0].revents | p[1].revents) & POLLHUP)
			return -ENODEV;
	}
	return 0;
}
