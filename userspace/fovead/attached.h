/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What belongs to a frame and comes on another node of its device: crops, tensors.
 * The buffers stay where the device has written them until their frame has been
 * dealt with; whoever waits for them too long goes on without.
 */
#ifndef FOVEAD_ATTACHED_H
#define FOVEAD_ATTACHED_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "libfovea/capture.h"

#define ATTACHED_BUFFERS	5u	/* asked of the driver */
#define ATTACHED_HELD		3u	/* that wait for their frame at most */

/** struct attached - a node at work */
struct attached;

/**
 * typedef attached_ready_fn - the node has something, or is in error
 * @userdata: as given to attached_open()
 * @error: 0, or why the node can't go on
 */
typedef void (*attached_ready_fn)(void *userdata, int error);

/**
 * attached_open() - start a node of the same FS-1
 * @event: loop to live in
 * @image: node of the pictures
 * @role: FOVEA_NODE_CROPS or FOVEA_NODE_TENSOR
 * @size: bytes of a buffer; 0: as the node is set
 * @ready: called after buffers were taken; may close the node
 * @userdata: given to it
 * @ret_attached: the caller's, ends by attached_close()
 *
 * Return: 0; -ENODEV when the device has no such node; or another negative errno.
 */
int attached_open(sd_event *event, const struct fovea_node *image,
		  enum fovea_node_role role, uint32_t size,
		  attached_ready_fn ready, void *userdata,
		  struct attached **ret_attached);

/** attached_close() - all buffers are gone; NULL is fine; returns NULL */
struct attached *attached_close(struct attached *attached);

/** attached_set_control() - as fovea_stream_set_control(); from a next frame on */
int attached_set_control(struct attached *attached, uint32_t id, int32_t value);

/** attached_take() - take all buffers there are; 0 or a negative errno */
int attached_take(struct attached *attached);

/** attached_awaited() - may the buffer of this frame still come? NULL: no */
bool attached_awaited(const struct attached *attached, uint64_t id);

/** attached_find() - the buffer of this frame, or NULL; NULL has none */
const struct fovea_frame *attached_find(const struct attached *attached,
					uint64_t id);

/**
 * attached_release() - give buffers back to the device
 * @attached: NULL is fine
 * @id: of the last frame that has been dealt with
 *
 * Return: 0 or a negative errno.
 */
int attached_release(struct attached *attached, uint64_t id);

/** attached_lost() - buffers given back before their frame came; NULL: 0 */
uint64_t attached_lost(const struct attached *attached);

#endif /* FOVEAD_ATTACHED_H */
