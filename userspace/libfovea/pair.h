/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Brings a picture and the metadata of the same frame together. They arrive on
 * two nodes in either order; the frame's id says what belongs to what.
 *
 * Metadata is copied (it is small, and its buffer goes straight back to the
 * device); a picture is held in its buffer for as short as possible: until its
 * metadata comes, or it is certain that it never will, or FOVEA_PAIR_HELD
 * pictures wait, or as many as fovea_pair_hold() says.
 */
#ifndef LIBFOVEA_PAIR_H
#define LIBFOVEA_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libfovea/capture.h"

#define FOVEA_PAIR_HELD		2u	/* pictures that wait at most */
#define FOVEA_PAIR_METADATA	8u	/* metadata kept for pictures to come */
#define FOVEA_PAIR_META_MAX	16384u	/* bytes of one metadata buffer */

/** struct fovea_pair - what has come and waits for its counterpart */
struct fovea_pair;

/**
 * fovea_pair_new() - nothing waits yet
 * @ret_pair: the caller's, ends by fovea_pair_free()
 *
 * Return: 0 or -ENOMEM.
 */
int fovea_pair_new(struct fovea_pair **ret_pair);

/** fovea_pair_free() - NULL is fine; held pictures are forgotten; returns NULL */
struct fovea_pair *fovea_pair_free(struct fovea_pair *pair);

/**
 * fovea_pair_hold() - have more or fewer pictures wait
 * @pair: nothing waits
 * @held: at most, FOVEA_BUFFERS_MAX; then one more is given out in any case
 */
void fovea_pair_hold(struct fovea_pair *pair, unsigned int held);

/**
 * fovea_pair_image() - a picture has come
 * @pair: with fovea_pair_next() called until it gave no more
 * @frame: kept by value; its buffer stays taken until fovea_pair_next() has
 *	given it back
 */
void fovea_pair_image(struct fovea_pair *pair, const struct fovea_frame *frame);

/**
 * fovea_pair_meta() - metadata has come
 * @pair: any state
 * @frame: its bytes are copied; larger than FOVEA_PAIR_META_MAX: ignored
 */
void fovea_pair_meta(struct fovea_pair *pair, const struct fovea_frame *frame);

/**
 * fovea_pair_next() - the next picture that need not wait any longer
 * @pair: any state
 * @flush: do not wait for anything: give all held pictures
 * @ret_frame: the picture, oldest first
 * @ret_meta: its metadata, aligned to 8, valid until the next call of any
 *	fovea_pair function; NULL when there is none
 * @ret_size: bytes of it
 *
 * Return: true with a picture.
 */
bool fovea_pair_next(struct fovea_pair *pair, bool flush,
		     struct fovea_frame *ret_frame, const void **ret_meta,
		     size_t *ret_size);

/**
 * fovea_pair_first() - the picture that would be the next one
 * @pair: any state
 * @ret_id: of its frame
 *
 * Return: how many wait, itself among them; 0: none.
 */
unsigned int fovea_pair_first(const struct fovea_pair *pair, uint64_t *ret_id);

#endif /* LIBFOVEA_PAIR_H */
