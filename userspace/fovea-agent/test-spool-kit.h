/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the spool's tests share: a folder that goes away, records whose bytes
 * follow from their number, and the one question that matters: is everything
 * there that was promised?
 */
#ifndef FOVEA_AGENT_TEST_SPOOL_KIT_H
#define FOVEA_AGENT_TEST_SPOOL_KIT_H

#include "spool.h"
#include "test-fault-io.h"

#define KIT_RECORDS 80u
#define KIT_INSTANCE 0x1122334455667788u

/**
 * struct kit - one spool under test, and what it promised
 * @path: its folder
 * @config: of the spool, as it will be opened next
 * @spool: NULL while closed
 * @promised: by record_id - 1: the commit was told
 * @finished: by record_id - 1: deliveries whose end was committed, bit 0 "a",
 *	bit 1 "b"
 * @appended: by record_id - 1: it was offered
 * @reports: sentences for the operator so far
 */
struct kit {
	char path[96];
	struct spool_config config;
	struct spool *spool;
	bool promised[KIT_RECORDS];
	bool appended[KIT_RECORDS];
	unsigned int finished[KIT_RECORDS];
	unsigned int reports;
};

void kit_init(struct kit *kit);
void kit_done(struct kit *kit);

/** kit_empty() - close, and remove everything in the folder */
void kit_empty(struct kit *kit);

/** kit_open() - as spool_open() */
int kit_open(struct kit *kit, const struct spool_io *io);
void kit_close(struct kit *kit);

/** kit_append() - record @id (from 1), one part of @size bytes, for "a" and "b" */
int kit_append(struct kit *kit, unsigned int id, size_t size);

/** kit_commit() - as spool_commit(); keeps the promises */
int kit_commit(struct kit *kit);

/** kit_next() - as spool_next() from the start; the id, 0: none */
int kit_next(struct kit *kit, const char *destination, uint64_t after,
	     struct spool_record *ret_record);

/** kit_finish() - deliver the first pending record of a destination */
int kit_finish(struct kit *kit, const char *destination);

/** kit_payload_ok() - are the bytes of this record its own? */
bool kit_payload_ok(struct kit *kit, const struct spool_record *record);

/**
 * kit_check() - every promised record is pending where it is not finished, with
 * its bytes; nothing else is pending but what was offered; the sums balance
 * @kit: open
 */
void kit_check(struct kit *kit);

/** kit_drain() - deliver all, and see the segments go */
void kit_drain(struct kit *kit);

/** kit_file() - name of the newest segment in the folder; false: none */
bool kit_file(const struct kit *kit, char *ret_path, size_t size);

#endif /* FOVEA_AGENT_TEST_SPOOL_KIT_H */
