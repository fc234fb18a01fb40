// SPDX-License-Identifier: Apache-2.0
/*
 * Reading results of a network, frame by frame.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>

#include "foveactl/results.h"
#include "foveactl/verbs.h"

#define BUFFERS		6u
#define TIMEOUT_MS	10000

int results_open(struct results *results, const char *device, enum fovea_node_role role)
{
	const char *what = role == FOVEA_NODE_TENSOR ? "tensors" : "crops";
	int r;

	*results = (struct results){ 0 };
	r = fovea_discover_find(device, role, &results->node);
	if (r < 0)
		return verb_fail(r, "%s: no node with %s can be opened", device, what);
	r = fovea_stream_open(results->node.path, role, 0, &results->stream);
	return r < 0 ? verb_fail(r, "%s can't be opened", results->node.path)
		     : EXIT_OK;
}

void results_done(struct results *results)
{
	results->stream = fovea_stream_close(results->stream);
}

static int take(struct results *results, struct fovea_frame *ret_frame)
{
	struct pollfd p = { fovea_stream_fd(results->stream), POLLIN, 0 };
	int r = poll(&p, 1, TIMEOUT_MS);

	if (r <= 0)
		return r == 0 ? -ETIMEDOUT : -errno;
	return fovea_stream_take(results->stream, ret_frame);
}

int results_each(struct results *results, uint32_t count,
		 int (*look)(void *userdata, const struct fovea_frame *frame),
		 void *userdata)
{
	struct fovea_frame frame;
	int r, code = EXIT_OK;

	r = fovea_stream_start(results->stream, BUFFERS);
	for (uint32_t i = 0; r == 0 && code == EXIT_OK && i < count; i++) {
		r = take(results, &frame);
		if (r < 0)
			break;
		if (frame.broken)
			fprintf(stderr, "foveactl: frame %016" PRIx64 " is damaged\n",
				frame.id);
		else
			code = look(userdata, &frame);
		r = fovea_stream_release(results->stream, &frame);
	}
	return r < 0 ? verb_fail(r, "%s", results->node.path) : code;
}

void results_print(const struct fovea_result *result)
{
	printf("%016" PRIx64 " %s", result->frame_id, fovea_label_name(result->label));
	if (result->label == FOVEA_LABEL_LATE)
		printf(" by %" PRIu32 ", of %016" PRIx64, result->late,
		       result->source_frame_id);
	if (result->duration)
		printf(", %.3f ms", (double)result->duration / 1e6);
}
