// SPDX-License-Identifier: Apache-2.0
/*
 * Pairing by frame id.
 *
 * Invariants:
 * - held[0..n_held) are pictures in the order they came, ids rising.
 * - meta[] is a ring; @newest is the highest id of all metadata that ever came.
 * - A picture is given out exactly once.
 */
#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "libfovea/pair.h"

struct metadata {
	uint64_t id;
	size_t size;	/* 0: empty */
	alignas(8) uint8_t bytes[FOVEA_PAIR_META_MAX];
};

struct fovea_pair {
	struct fovea_frame held[FOVEA_BUFFERS_MAX + 1];
	unsigned int n_held;
	unsigned int most;		/* that wait */
	struct metadata meta[FOVEA_PAIR_METADATA];
	unsigned int next_meta;
	uint64_t newest;
};

int fovea_pair_new(struct fovea_pair **ret_pair)
{
	struct fovea_pair *pair = calloc(1, sizeof(*pair));

	if (!pair)
		return -ENOMEM;
	pair->most = FOVEA_PAIR_HELD;
	*ret_pair = pair;
	return 0;
}

void fovea_pair_hold(struct fovea_pair *pair, unsigned int held)
{
	pair->most = held < FOVEA_BUFFERS_MAX ? held : FOVEA_BUFFERS_MAX;
}

struct fovea_pair *fovea_pair_free(struct fovea_pair *pair)
{
	free(pair);
	return NULL;
}

void fovea_pair_image(struct fovea_pair *pair, const struct fovea_frame *frame)
{
	if (pair->n_held <= pair->most)
		pair->held[pair->n_held++] = *frame;
}

void fovea_pair_meta(struct fovea_pair *pair, const struct fovea_frame *frame)
{
	struct metadata *meta = &pair->meta[pair->next_meta];

	if (frame->size == 0 || frame->size > sizeof(meta->bytes))
		return;
	pair->next_meta = (pair->next_meta + 1) % FOVEA_PAIR_METADATA;
	meta->id = frame->id;
	meta->size = frame->size;
	memcpy(meta->bytes, frame->data, frame->size);
	if (frame->id > pair->newest)
		pair->newest = frame->id;
}

unsigned int fovea_pair_first(const struct fovea_pair *pair, uint64_t *ret_id)
{
	if (pair->n_held)
		*ret_id = pair->held[0].id;
	return pair->n_held;
}

static const struct metadata *find(const struct fovea_pair *pair, uint64_t id)
{
	for (unsigned int i = 0; i < FOVEA_PAIR_METADATA; i++)
		if (pair->meta[i].size && pair->meta[i].id == id)
			return &pair->meta[i];
	return NULL;
}

bool fovea_pair_next(struct fovea_pair *pair, bool flush,
		     struct fovea_frame *ret_frame, const void **ret_meta,
		     size_t *ret_size)
{
	const struct metadata *meta;
	bool late;

	if (pair->n_held == 0)
		return false;
	meta = find(pair, pair->held[0].id);
	late = pair->newest > pair->held[0].id ||
	       pair->n_held > pair->most;
	if (!meta && !late && !flush)
		return false;
	*ret_frame = pair->held[0];
	*ret_meta = meta ? meta->bytes : NULL;
	*ret_size = meta ? meta->size : 0;
	pair->n_held--;
	memmove(&pair->held[0], &pair->held[1],
		pair->n_held * sizeof(pair->held[0]));
	return true;
}
