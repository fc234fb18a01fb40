/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few threads that share loops whose rounds don't depend on each other.
 */
#ifndef LIBFS1_THREADS_H
#define LIBFS1_THREADS_H

struct libfs1_threads;

/**
 * libfs1_threads_new() - start threads
 * @ret_threads: on success
 * @count: that work on a loop, the caller's included; at least 1
 *
 * Return: 0 or -errno.
 */
int libfs1_threads_new(struct libfs1_threads **ret_threads, unsigned int count);

/** libfs1_threads_free() - end them; NULL is allowed */
struct libfs1_threads *libfs1_threads_free(struct libfs1_threads *threads);

/** libfs1_threads_count() - as given to libfs1_threads_new() */
unsigned int libfs1_threads_count(const struct libfs1_threads *threads);

/**
 * libfs1_threads_run() - run a loop's rounds, and wait until all are done
 * @threads: with no other loop under way
 * @function: called once for each index below @count, in any order, by any of
 *	the threads
 * @argument: for @function
 * @count: rounds
 */
void libfs1_threads_run(struct libfs1_threads *threads,
			void (*function)(void *argument, unsigned int index),
			void *argument, unsigned int count);

#endif /* LIBFS1_THREADS_H */
