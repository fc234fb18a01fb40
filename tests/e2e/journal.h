/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notes of the end-to-end tests: every routed record with the SHA-256 of
 * its parts, and every answer that came back. What the agent delivered is judged
 * against them (cloud/verify.js), so they share no code with the agent.
 *
 * A journal is a file with one line of JSON per event, 64-bit numbers as
 * strings:
 *
 *   {"event":"record","frame_id":"16 hex digits","camera":...,"outlet":...,
 *    "rule":...,"realtime":"ns","parts":[{"kind":"jpeg","width":...,
 *    "height":...,"size":...,"sha256":...}, ...]}
 *   {"event":"answer","frame_id":...,"kind":"delivered","outlet":...,
 *    "destination":...,"realtime":"ns","json":{...}}
 *   {"event":"status","json":{...}}
 */
#ifndef TESTS_E2E_JOURNAL_H
#define TESTS_E2E_JOURNAL_H

#include <stdint.h>
#include <stdio.h>

#include "libfovea/foveatap.h"

#define JOURNAL_FRAMES_MAX	 4096u	/* frames noted in one run */
#define JOURNAL_DESTINATIONS_MAX 16u	/* destinations that may answer */

/** struct journal_frame - @answered: bit n for the n-th destination heard of */
struct journal_frame {
	uint64_t id;
	uint32_t answered;
};

/** struct journal - the notes of one run; start from zeroes */
struct journal {
	FILE *file;
	struct journal_frame frame[JOURNAL_FRAMES_MAX];
	unsigned int n_frames;
	char destination[JOURNAL_DESTINATIONS_MAX][FOVEATAP_NAME_MAX];
	unsigned int n_destinations;
};

/** journal_open() - append to @path. Returns 0 or a negative errno. */
int journal_open(struct journal *journal, const char *path);

/** journal_close() - one that was never opened is fine */
void journal_close(struct journal *journal);

/**
 * journal_record() - note a routed record
 * @fds: of its parts, as many as @record says; they stay the caller's
 *
 * Returns 0 once it is in the file, -E2BIG when the journal is full, or another
 * negative errno.
 */
int journal_record(struct journal *journal,
		   const struct foveatap_record *record, const int *fds);

/**
 * journal_answer() - note an answer
 * @json: its @size bytes of JSON
 *
 * Returns as journal_record().
 */
int journal_answer(struct journal *journal,
		   const struct foveatap_answer *answer, const char *json,
		   size_t size);

/** journal_status() - note fovead's status, JSON of @size bytes */
int journal_status(struct journal *journal, const char *json, size_t size);

/** journal_waiting() - how many frames have fewer than @answers answers */
unsigned int journal_waiting(const struct journal *journal,
			     unsigned int answers);

#endif /* TESTS_E2E_JOURNAL_H */
