/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ioctl fuzzer's programs worth keeping: those it started from, and those
 * that reached something new.
 */
#ifndef FUZZ_IOCTL_CORPUS_H
#define FUZZ_IOCTL_CORPUS_H

#include "fuzz-ioctl.h"

struct fuzz_corpus;

/** fuzz_corpus_new() - an empty one; ends the process without memory */
struct fuzz_corpus *fuzz_corpus_new(void);

/**
 * fuzz_corpus_load() - read what to start from
 * @path: a file, or a folder with files *.txt
 *
 * Returns 0, or a negative errno after a message.
 */
int fuzz_corpus_load(struct fuzz_corpus *corpus, const char *path);

/** fuzz_corpus_seeds(), fuzz_corpus_seed() - what was loaded */
unsigned int fuzz_corpus_seeds(const struct fuzz_corpus *corpus);
const struct fuzz_program *fuzz_corpus_seed(const struct fuzz_corpus *corpus,
					    unsigned int number);

/**
 * fuzz_corpus_add() - keep a program
 * @us: how long it took; when there is no place, one that was kept long goes
 */
void fuzz_corpus_add(struct fuzz_corpus *corpus,
		     const struct fuzz_program *program, uint32_t us);

/** fuzz_corpus_count() - number of programs kept */
unsigned int fuzz_corpus_count(const struct fuzz_corpus *corpus);

/** fuzz_corpus_pick() - one of those kept; quick and new ones more often */
const struct fuzz_program *fuzz_corpus_pick(struct fuzz_corpus *corpus,
					    struct fuzz_random *random);

/** fuzz_corpus_save() - write those kept to a file; 0 or a negative errno */
int fuzz_corpus_save(const struct fuzz_corpus *corpus, const char *path);

void fuzz_corpus_free(struct fuzz_corpus *corpus);

#endif /* FUZZ_IOCTL_CORPUS_H */
