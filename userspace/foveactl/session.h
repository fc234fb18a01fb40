/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera opened by foveactl itself, without fovead: pictures, metadata, or
 * both, pair by pair.
 */
#ifndef FOVEACTL_SESSION_H
#define FOVEACTL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libfovea/capture.h"
#include "libfovea/pair.h"

/**
 * struct session - an open camera
 * @node: its picture node
 * @image: the pictures
 * @meta: the metadata, or NULL
 * @pair: brings them together
 * @missed: frames of the sensor that did not come
 */
struct session {
	struct fovea_node node;
	struct fovea_stream *image;
	struct fovea_stream *meta;
	struct fovea_pair *pair;
	uint64_t missed;
};

/**
 * session_open() - open and start; says what is wrong on standard error
 * @session: filled
 * @device: as fovea_discover_find() takes it
 * @request: the picture that is wanted
 * @with_meta: the metadata as well
 *
 * Return: enum exit_code.
 */
int session_open(struct session *session, const char *device,
		 const struct fovea_image_request *request, bool with_meta);

/** session_done() - stop and close */
void session_done(struct session *session);

/**
 * session_next() - wait for the next frame
 * @session: open
 * @timeout_ms: how long
 * @ret_frame: to be given back by fovea_stream_release(session->image, ...)
 * @ret_meta: valid until the next call; NULL: none came with the frame
 * @ret_size: bytes of it
 *
 * Return: 0, -ETIMEDOUT, or a negative errno.
 */
int session_next(struct session *session, int timeout_ms,
		 struct fovea_frame *ret_frame, const void **ret_meta,
		 size_t *ret_size);

#endif /* FOVEACTL_SESSION_H */
