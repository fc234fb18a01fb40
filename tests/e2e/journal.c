// SPDX-License-Identifier: Apache-2.0
/*
 * Writes down what was routed and what was answered; see journal.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/mman.h>

#include "journal.h"

static const char *const part_name[] = {
	[FOVEATAP_PART_JPEG] = "jpeg",
	[FOVEATAP_PART_LUMA] = "luma",
	[FOVEATAP_PART_METADATA] = "metadata",
	[FOVEATAP_PART_DETECTIONS] = "detections",
	[FOVEATAP_PART_TENSORS] = "tensors",
	[FOVEATAP_PART_CROP_LIST] = "crop-list",
	[FOVEATAP_PART_CROP] = "crop",
	[FOVEATAP_PART_CROP_LUMA] = "crop-luma",
};

static const char *const answer_name[] = {
	[FOVEATAP_ANSWER_DELIVERED] = "delivered",
	[FOVEATAP_ANSWER_INFERENCE] = "inference",
	[FOVEATAP_ANSWER_FAILED] = "failed",
};

int journal_open(struct journal *journal, const char *path)
{
	journal->file = fopen(path, "ae");
	return journal->file ? 0 : -errno;
}

void journal_close(struct journal *journal)
{
	if (journal->file)
		fclose(journal->file);
	journal->file = NULL;
}

static int flush(struct journal *journal)
{
	return fflush(journal->file) || ferror(journal->file) ? -EIO : 0;
}

/* The frame's entry, which is made when it is new; NULL when there is no room. */
static struct journal_frame *frame_of(struct journal *journal, uint64_t id)
{
	unsigned int i;

	for (i = journal->n_frames; i > 0; i--)
		if (journal->frame[i - 1].id == id)
			return &journal->frame[i - 1];
	if (journal->n_frames == JOURNAL_FRAMES_MAX)
		return NULL;
	journal->frame[journal->n_frames] = (struct journal_frame){ .id = id };
	return &journal->frame[journal->n_frames++];
}

static unsigned int destination_of(struct journal *journal, const char *name)
{
	unsigned int i;

	for (i = 0; i < journal->n_destinations; i++)
		if (!strcmp(journal->destination[i], name))
			return i;
	if (i < JOURNAL_DESTINATIONS_MAX)
		memcpy(journal->destination[journal->n_destinations++], name,
		       FOVEATAP_NAME_MAX);
	return i;
}

/* Writes the SHA-256 of @size bytes of @fd as 64 hex digits. */
static int hash_part(int fd, size_t size, char hex[65])
{
	unsigned char digest[32];
	void *bytes;
	int i, ok;

	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	ok = EVP_Digest(bytes, size, digest, NULL, EVP_sha256(), NULL);
	munmap(bytes, size);
	if (!ok)
		return -EIO;
	for (i = 0; i < 32; i++)
		snprintf(&hex[2 * i], 3, "%02x", digest[i]);
	return 0;
}

static int print_part(FILE *file, const struct foveatap_part *part, int fd)
{
	char hex[65];
	int r;

	r = hash_part(fd, part->size, hex);
	if (r < 0)
		return r;
	fprintf(file,
		"{\"kind\":\"%s\",\"width\":%" PRIu32 ",\"height\":%" PRIu32
		",\"size\":%" PRIu64 ",\"sha256\":\"%s\"}",
		part_name[part->kind], part->width, part->height, part->size,
		hex);
	return 0;
}

int journal_record(struct journal *journal,
		   const struct foveatap_record *record, const int *fds)
{
	uint32_t i;
	int r;

	if (!frame_of(journal, record->frame_id))
		return -E2BIG;
	fprintf(journal->file,
		"{\"event\":\"record\",\"frame_id\":\"%016" PRIx64 "\","
		"\"camera\":\"%s\",\"outlet\":\"%s\",\"rule\":\"%s\","
		"\"realtime\":\"%" PRIu64 "\",\"parts\":[",
		record->frame_id, record->camera, record->outlet, record->rule,
		record->realtime);
	for (i = 0; i < record->parts; i++) {
		if (i)
			fputc(',', journal->file);
		r = print_part(journal->file, &record->part[i], fds[i]);
		if (r < 0)
			return r;
	}
	fputs("]}\n", journal->file);
	return flush(journal);
}

/* A line break between the tokens of a foreign JSON becomes a blank. */
static int print_json(struct journal *journal, const char *json, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		fputc(json[i] == '\n' || json[i] == '\r' ? ' ' : json[i],
		      journal->file);
	fputs("}\n", journal->file);
	return flush(journal);
}

int journal_status(struct journal *journal, const char *json, size_t size)
{
	fputs("{\"event\":\"status\",\"json\":", journal->file);
	return print_json(journal, json, size);
}

int journal_answer(struct journal *journal,
		   const struct foveatap_answer *answer, const char *json,
		   size_t size)
{
	unsigned int destination;
	struct journal_frame *frame;

	destination = destination_of(journal, answer->destination);
	frame = frame_of(journal, answer->frame_id);
	if (!frame || destination == JOURNAL_DESTINATIONS_MAX)
		return -E2BIG;
	if (answer->kind != FOVEATAP_ANSWER_FAILED)
		frame->answered |= 1u << destination;
	fprintf(journal->file,
		"{\"event\":\"answer\",\"frame_id\":\"%016" PRIx64 "\","
		"\"kind\":\"%s\",\"outlet\":\"%s\",\"destination\":\"%s\","
		"\"realtime\":\"%" PRIu64 "\",\"json\":",
		answer->frame_id, answer_name[answer->kind], answer->outlet,
		answer->destination, answer->realtime);
	return print_json(journal, json, size);
}

unsigned int journal_waiting(const struct journal *journal,
			     unsigned int answers)
{
	unsigned int i, count = 0;

	for (i = 0; i < journal->n_frames; i++)
		if ((unsigned int)__builtin_popcount(
			    journal->frame[i].answered) < answers)
			count++;
	return count;
}
