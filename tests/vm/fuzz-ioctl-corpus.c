// SPDX-License-Identifier: Apache-2.0
/*
 * The ioctl fuzzer's corpus, in memory and as text.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz-ioctl-corpus.h"

#define CORPUS_MAX	4096u
/* A program that takes this long is picked as often as others; slower, less. */
#define USUAL_US	2000u
#define RARELY		64u

/** struct entry - a program kept, and how long it took */
struct entry {
	struct fuzz_program program;
	uint32_t us;
};

/** struct fuzz_corpus - @seeds: loaded; @entries: kept, @next: to be replaced */
struct fuzz_corpus {
	struct fuzz_program *seeds;
	unsigned int seed_count;
	struct entry *entries;
	unsigned int count;
	unsigned int next;
};

struct fuzz_corpus *fuzz_corpus_new(void)
{
	struct fuzz_corpus *corpus = calloc(1, sizeof(*corpus));

	if (corpus) {
		corpus->seeds = calloc(CORPUS_MAX, sizeof(*corpus->seeds));
		corpus->entries = calloc(CORPUS_MAX, sizeof(*corpus->entries));
	}
	if (!corpus || !corpus->seeds || !corpus->entries) {
		fprintf(stderr, "fuzz-ioctl: out of memory\n");
		exit(1);
	}
	return corpus;
}

void fuzz_corpus_free(struct fuzz_corpus *corpus)
{
	free(corpus->seeds);
	free(corpus->entries);
	free(corpus);
}

/* ------------------------------------------------------------------------
 * Text
 */

static int load_file(struct fuzz_corpus *corpus, const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int line = 0;
	int r = 1;

	if (!file) {
		r = -errno;
		fprintf(stderr, "fuzz-ioctl: %s: %s\n", path, strerror(-r));
		return r;
	}
	while (corpus->seed_count < CORPUS_MAX) {
		r = fuzz_text_read(file, path, &line,
				   &corpus->seeds[corpus->seed_count]);
		if (r <= 0)
			break;
		corpus->seed_count++;
	}
	(void)fclose(file);
	return r < 0 ? r : 0;
}

static int is_text(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 4 && strcmp(entry->d_name + length - 4, ".txt") == 0;
}

int fuzz_corpus_load(struct fuzz_corpus *corpus, const char *path)
{
	struct dirent **names;
	struct stat status;
	char file[4096];
	int count, r = 0;

	if (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
		return load_file(corpus, path);
	count = scandir(path, &names, is_text, alphasort);
	if (count < 0)
		return -errno;
	for (int i = 0; i < count; i++) {
		(void)snprintf(file, sizeof(file), "%s/%s", path,
			       names[i]->d_name);
		if (!r)
			r = load_file(corpus, file);
		free(names[i]);
	}
	free(names);
	return r;
}

int fuzz_corpus_save(const struct fuzz_corpus *corpus, const char *path)
{
	static char text[FUZZ_TEXT_MAX];
	char latest[4096];
	FILE *file;

	/* The guest may be ended at any moment: the one before stays until then. */
	(void)snprintf(latest, sizeof(latest), "%s.new", path);
	file = fopen(latest, "we");

	for (unsigned int i = 0; file && i < corpus->count; i++) {
		(void)fuzz_text_format(&corpus->entries[i].program, text);
		(void)fputs(text, file);
	}
	if (!file || fclose(file) != 0 || rename(latest, path) < 0) {
		int r = -errno;

		fprintf(stderr, "fuzz-ioctl: %s: %s\n", path, strerror(-r));
		return r;
	}
	return 0;
}

/* ------------------------------------------------------------------------
 * Programs
 */

unsigned int fuzz_corpus_seeds(const struct fuzz_corpus *corpus)
{
	return corpus->seed_count;
}

const struct fuzz_program *fuzz_corpus_seed(const struct fuzz_corpus *corpus,
					    unsigned int number)
{
	return &corpus->seeds[number];
}

void fuzz_corpus_add(struct fuzz_corpus *corpus,
		     const struct fuzz_program *program, uint32_t us)
{
	unsigned int at = corpus->count;

	if (at == CORPUS_MAX)
		at = corpus->next++ % CORPUS_MAX;
	else
		corpus->count++;
	corpus->entries[at] = (struct entry) { *program, us };
}

unsigned int fuzz_corpus_count(const struct fuzz_corpus *corpus)
{
	return corpus->count;
}

const struct fuzz_program *fuzz_corpus_pick(struct fuzz_corpus *corpus,
					    struct fuzz_random *random)
{
	const struct entry *entry;
	uint32_t odds, at;

	do {
		at = fuzz_below(random, corpus->count);
		/* One of three among the latest eighth. */
		if (fuzz_below(random, 3) == 0)
			at = corpus->count - 1 - at / 8;
		entry = &corpus->entries[at];
		odds = entry->us / USUAL_US;
		if (odds > RARELY)
			odds = RARELY;
	} while (odds && fuzz_below(random, odds + 1));
	return &entry->program;
}
