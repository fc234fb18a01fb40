// SPDX-License-Identifier: Apache-2.0
/*
 * The threads wait for a loop, take its rounds one by one, and the last to
 * finish wakes the caller, who has worked along.
 */
#include "threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/**
 * struct libfs1_threads - all but @count and @thread under @lock
 * @work: there are rounds to take, or @ending
 * @done: no round is left or under way
 * @next: round to take next
 * @limit: rounds of the loop
 * @busy: rounds under way
 */
struct libfs1_threads {
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_cond_t done;
	void (*function)(void *argument, unsigned int index);
	void *argument;
	unsigned int next;
	unsigned int limit;
	unsigned int busy;
	bool ending;
	unsigned int count;
	unsigned int started;
	pthread_t thread[];
};

/* Takes rounds while there are any. Called and left with the lock held. */
static void libfs1_threads_work(struct libfs1_threads *threads)
{
	while (threads->next < threads->limit) {
		unsigned int index = threads->next++;

		threads->busy++;
		pthread_mutex_unlock(&threads->lock);
		threads->function(threads->argument, index);
		pthread_mutex_lock(&threads->lock);
		threads->busy--;
	}
	if (!threads->busy)
		pthread_cond_signal(&threads->done);
}

static void *libfs1_threads_main(void *argument)
{
	struct libfs1_threads *threads = argument;

	pthread_mutex_lock(&threads->lock);
	while (!threads->ending) {
		libfs1_threads_work(threads);
		if (!threads->ending)
			pthread_cond_wait(&threads->work, &threads->lock);
	}
	pthread_mutex_unlock(&threads->lock);
	return NULL;
}

int libfs1_threads_new(struct libfs1_threads **ret_threads, unsigned int count)
{
	struct libfs1_threads *threads;
	int r;

	threads = calloc(1, sizeof(*threads) + count * sizeof(pthread_t));
	if (!threads)
		return -ENOMEM;
	threads->count = count;
	pthread_mutex_init(&threads->lock, NULL);
	pthread_cond_init(&threads->work, NULL);
	pthread_cond_init(&threads->done, NULL);
	while (threads->started + 1 < count) {
		r = pthread_create(&threads->thread[threads->started], NULL,
				   libfs1_threads_main, threads);
		if (r) {
			libfs1_threads_free(threads);
			return -r;
		}
		threads->started++;
	}
	*ret_threads = threads;
	return 0;
}

struct libfs1_threads *libfs1_threads_free(struct libfs1_threads *threads)
{
	unsigned int i;

	if (!threads)
		return NULL;
	pthread_mutex_lock(&threads->lock);
	threads->ending = true;
	pthread_cond_broadcast(&threads->work);
	pthread_mutex_unlock(&threads->lock);
	for (i = 0; i < threads->started; i++)
		pthread_join(threads->thread[i], NULL);
	pthread_cond_destroy(&threads->done);
	pthread_cond_destroy(&threads->work);
	pthread_mutex_destroy(&threads->lock);
	free(threads);
	return NULL;
}

unsigned int libfs1_threads_count(const struct libfs1_threads *threads)
{
	return threads->count;
}

void libfs1_threads_run(struct libfs1_threads *threads,
			void (*function)(void *argument, unsigned int index),
			void *argument, unsigned int count)
{
	unsigned int i;

	if (threads->count == 1 || count == 1) {
		for (i = 0; i < count; i++)
			function(argument, i);
		return;
	}
	pthread_mutex_lock(&threads->lock);
	threads->function = function;
	threads->argument = argument;
	threads->next = 0;
	threads->limit = count;
	pthread_cond_broadcast(&threads->work);
	libfs1_threads_work(threads);
	while (threads->busy)
		pthread_cond_wait(&threads->done, &threads->lock);
	pthread_mutex_unlock(&threads->lock);
}
