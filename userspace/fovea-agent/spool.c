// SPDX-License-Identifier: Apache-2.0
/*
 * The running spool: appending, group commit, handing out, finishing. The
 * rules it keeps stand in spool.h.
 */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "crc32c.h"
#include "libfovea/cleanup.h"
#include "spool-private.h"

#define PRUNE_EVERY	1024u	/* finished deliveries between prunings */

void spool_say(struct spool *spool, int priority, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	spool->report(spool->report_userdata, priority, text);
}

uint64_t spool_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct spool_segment *spool_segment_find(struct spool *spool, uint64_t id)
{
	for (size_t i = 0; i < spool->n_segments; i++)
		if (spool->segments[i].id == id)
			return &spool->segments[i];
	return NULL;
}

int spool_segment_add(struct spool *spool, uint64_t id, uint64_t bytes,
		      uint64_t pending, bool sealed)
{
	struct spool_segment *segments;

	segments = reallocarray(spool->segments, spool->n_segments + 1,
				sizeof(*segments));
	if (!segments)
		return -ENOMEM;
	spool->segments = segments;
	segments[spool->n_segments++] = (struct spool_segment){
		.id = id, .bytes = bytes, .pending = pending, .sealed = sealed,
	};
	return 0;
}

static int add_mark(struct spool *spool, const struct mark *mark)
{
	if (spool->n_marks == spool->capacity_marks) {
		size_t capacity = spool->capacity_marks * 2 + 64;
		struct mark *marks = reallocarray(spool->marks, capacity,
						  sizeof(*marks));

		if (!marks)
			return -ENOMEM;
		spool->marks = marks;
		spool->capacity_marks = capacity;
	}
	spool->marks[spool->n_marks++] = *mark;
	return 0;
}

static void clear_marks(struct spool *spool)
{
	for (size_t i = 0; i < spool->n_marks; i++)
		free(spool->marks[i].answer);
	spool->n_marks = 0;
}

static void clear_batch(struct spool *spool)
{
	for (size_t i = 0; i < spool->n_batch; i++) {
		struct batch_entry *entry = &spool->batch[i];

		for (uint32_t k = 0; k < entry->record.parts; k++)
			(void)fovea_close(entry->fds[k]);
	}
	spool->n_batch = 0;
	spool->batch_bytes = 0;
}

struct spool *spool_free(struct spool *spool)
{
	if (!spool)
		return NULL;
	clear_batch(spool);
	clear_marks(spool);
	free(spool->batch);
	free(spool->marks);
	free(spool->segments);
	index_free(spool->index);
	(void)fovea_close(spool->active);
	(void)fovea_close(spool->reserve);
	(void)fovea_close(spool->quarantine_dir);
	(void)fovea_close(spool->dir);
	(void)fovea_close(spool->lock);
	free(spool);
	return NULL;
}

void spool_set_limits(struct spool *spool, const struct spool_config *config)
{
	spool->config.quota = config->quota;
	spool->config.segment = config->segment;
	spool->config.record_max = config->record_max;
	spool->config.history = config->history;
	spool->config.answers = config->answers;
}

/* ---- the reserve ---------------------------------------------------- */

bool spool_reserve_fill(struct spool *spool)
{
	const struct spool_io *io = spool->io;
	int r;

	if (spool->reserve_ok || spool->config.reserve == 0)
		return true;
	r = io->fallocate(io->context, spool->reserve, spool->config.reserve);
	if (r == 0)
		r = io->fdatasync(io->context, spool->reserve);
	if (r < 0)
		(void)io->ftruncate(io->context, spool->reserve, 0);
	spool->reserve_ok = r == 0;
	return spool->reserve_ok;
}

bool spool_reserve_release(struct spool *spool)
{
	if (!spool->reserve_ok || spool->config.reserve == 0)
		return false;
	(void)spool->io->ftruncate(spool->io->context, spool->reserve, 0);
	spool->reserve_ok = false;
	spool->counters.reserve_used++;
	spool_say(spool, LOG_WARNING, "spool %s: the disk is full; the reserve is used to record deliveries, new records are refused until there is space",
		  spool->config.path);
	return true;
}

/* ---- segments ------------------------------------------------------- */

static uint64_t used_bytes(const struct spool *spool)
{
	uint64_t bytes = spool->quarantine_bytes;

	for (size_t i = 0; i < spool->n_segments; i++)
		bytes += spool->segments[i].bytes;
	return bytes;
}

/* Nothing is appended to it any more; what is in it up to @end counts. */
static void close_active(struct spool *spool, uint64_t end)
{
	struct spool_segment *segment = spool_segment_find(spool,
							   spool->active_id);
	struct mark mark = {
		.kind = MARK_SEAL, .segment = spool->active_id, .end = end,
	};

	(void)spool->io->ftruncate(spool->io->context, spool->active, end);
	spool->active = fovea_close(spool->active);
	if (segment)
		segment->bytes = end;
	/* Without the mark it is read again at the next start; no harm. */
	(void)add_mark(spool, &mark);
}

static int open_active(struct spool *spool, uint64_t need)
{
	const struct spool_io *io = spool->io;
	uint8_t header[SEGMENT_HEADER_SIZE];
	uint64_t id = spool->next_segment;
	_cleanup_close_ int fd = -1;
	char name[SEGMENT_NAME_SIZE];
	uint64_t size = spool->config.segment;
	int r;

	if (size < need + SEGMENT_HEADER_SIZE)
		size = need + SEGMENT_HEADER_SIZE;
	if (!spool_reserve_fill(spool) ||
	    used_bytes(spool) + size > spool->config.quota)
		return -ENOSPC;

	spool->next_segment++;
	segment_name(id, name);
	fd = io->openat(io->context, spool->dir, name,
			O_RDWR | O_CREAT | O_EXCL);
	if (fd < 0)
		return fd;
	r = io->fallocate(io->context, fd, size);
	if (r < 0)
		goto fail;
	segment_encode_header(id, spool_now(), header);
	r = io->pwrite(io->context, fd, header, sizeof(header), 0);
	if (r < 0)
		goto fail;
	r = io->fdatasync(io->context, fd);
	if (r < 0)
		goto fail;
	r = io->syncdir(io->context, spool->dir);
	if (r < 0)
		goto fail;
	r = spool_segment_add(spool, id, size, 0, false);
	if (r < 0)
		goto fail;
	spool->active = fovea_take_fd(fd);
	spool->active_id = id;
	spool->active_end = SEGMENT_HEADER_SIZE;
	spool->active_synced = SEGMENT_HEADER_SIZE;
	return 0;
fail:
	(void)io->unlinkat(io->context, spool->dir, name);
	return r;
}

/* ---- writing -------------------------------------------------------- */

/* One part, from its memfd to the segment, hashed on the way. */
static int copy_part(struct spool *spool, int from, struct spool_part *part,
		     uint64_t to, uint8_t *chunk, uint32_t *crc)
{
	_cleanup_(digest_freep) struct digest *digest = NULL;
	const struct spool_io *io = spool->io;
	uint64_t done = 0;
	int r;

	r = digest_new(/* md5= */ 0, &digest);
	if (r < 0)
		return r;
	while (done < part->size) {
		uint64_t left = part->size - done;
		size_t want = left < SPOOL_COPY_CHUNK ? (size_t)left :
							SPOOL_COPY_CHUNK;
		ssize_t n = pread(from, chunk, want, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EINVAL;
		*crc = crc32c(*crc, chunk, (size_t)n);
		r = digest_update(digest, chunk, (size_t)n);
		if (r < 0)
			return r;
		r = io->pwrite(io->context, spool->active, chunk, (size_t)n,
			       to + done);
		if (r < 0)
			return r;
		done += (uint64_t)n;
	}
	return digest_final(digest, part->sha256, NULL);
}

/* The header goes last, but nothing relies on it: everything has a CRC. */
static int write_at_end(struct spool *spool, struct batch_entry *entry)
{
	struct spool_record *record = &entry->record;
	uint8_t header[RECORD_HEADER_MAX], zero[SEGMENT_ALIGN] = { 0 };
	const struct spool_io *io = spool->io;
	_cleanup_free_ uint8_t *chunk = NULL;
	uint64_t payload, at = 0;
	uint32_t crc = 0;
	int r;

	chunk = malloc(SPOOL_COPY_CHUNK);
	if (!chunk)
		return -ENOMEM;
	record->segment = spool->active_id;
	record->offset = spool->active_end;
	payload = record->offset + record->header_size;
	for (uint32_t i = 0; i < record->parts; i++) {
		struct spool_part *part = &record->part[i];
		uint64_t end;

		r = copy_part(spool, entry->fds[i], part,
			      payload + part->offset, chunk, &crc);
		if (r < 0)
			return r;
		at = part->offset + part->size;
		end = i + 1 < record->parts ? record->part[i + 1].offset :
					      record->payload_size;
		crc = crc32c(crc, zero, (size_t)(end - at));
		r = io->pwrite(io->context, spool->active, zero,
			       (size_t)(end - at), payload + at);
		if (r < 0)
			return r;
	}
	record->payload_crc = crc;
	record_encode(record, header);
	r = io->pwrite(io->context, spool->active, header,
		       record->header_size, record->offset);
	if (r < 0)
		return r;
	spool->active_end += record_size(record);
	entry->written = true;
	return 0;
}

/*
 * fdatasync failed: what the disk has of the segment behind the last success
 * is unknown, and asking again could be answered with a lie.
 */
static void poison_active(struct spool *spool, int error)
{
	char name[SEGMENT_NAME_SIZE];

	segment_name(spool->active_id, name);
	spool->counters.poisoned++;
	spool_say(spool, LOG_ERR, "spool %s: %s: writing to the disk failed: %s; the segment is closed, what was not acknowledged goes to a new one",
		  spool->config.path, name, strerror(-error));
	for (size_t i = 0; i < spool->n_batch; i++)
		if (!spool->batch[i].synced)
			spool->batch[i].written = false;
	close_active(spool, spool->active_synced);
}

static int sync_active(struct spool *spool)
{
	int r;

	if (spool->active < 0 || spool->active_synced == spool->active_end)
		return 0;
	r = spool->io->fdatasync(spool->io->context, spool->active);
	if (r < 0) {
		poison_active(spool, r);
		return r;
	}
	spool->active_synced = spool->active_end;
	for (size_t i = 0; i < spool->n_batch; i++)
		if (spool->batch[i].written)
			spool->batch[i].synced = true;
	return 0;
}

/* Into the active segment, or a new one when that is full or broken. */
static int write_entry(struct spool *spool, struct batch_entry *entry)
{
	uint64_t size = record_size(&entry->record);
	struct spool_segment *segment;
	int r;

	if (spool->active >= 0) {
		segment = spool_segment_find(spool, spool->active_id);
		if (!segment || spool->active_end + size > segment->bytes) {
			r = sync_active(spool);
			if (r < 0)
				return r;
			close_active(spool, spool->active_end);
		}
	}
	if (spool->active < 0) {
		r = open_active(spool, size);
		if (r < 0)
			return r;
	}
	r = write_at_end(spool, entry);
	if (r < 0 && r != -ENOMEM) {
		/* Half a record may stand behind the end: no more after it. */
		int error = r;

		r = sync_active(spool);
		if (r == 0)
			close_active(spool, spool->active_end);
		return error;
	}
	return r;
}

static bool in_batch(const struct spool *spool, uint64_t instance,
		     uint64_t record_id)
{
	for (size_t i = 0; i < spool->n_batch; i++)
		if (spool->batch[i].record.instance == instance &&
		    spool->batch[i].record.record_id == record_id)
			return true;
	return false;
}

static int take_parts(struct batch_entry *entry, const int *fds)
{
	for (uint32_t i = 0; i < entry->record.parts; i++) {
		entry->fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
		if (entry->fds[i] < 0) {
			int r = -errno;

			while (i--)
				(void)fovea_close(entry->fds[i]);
			return r;
		}
	}
	return 0;
}

static int append(struct spool *spool, const struct spool_record *record,
		  const int *fds)
{
	struct batch_entry *entry = &spool->batch[spool->n_batch];
	int r;

	*entry = (struct batch_entry){ .record = *record };
	entry->record.seq = spool->next_seq;
	entry->record.accepted = spool_now();
	record_layout(&entry->record);
	if (record_size(&entry->record) > spool->config.record_max)
		return -EMSGSIZE;
	r = take_parts(entry, fds);
	if (r < 0)
		return r;
	spool->n_batch++;
	r = write_entry(spool, entry);
	if (r < 0) {
		spool->n_batch--;
		for (uint32_t i = 0; i < entry->record.parts; i++)
			(void)fovea_close(entry->fds[i]);
		return r;
	}
	spool->next_seq++;
	spool->batch_bytes += record_size(&entry->record);
	return 0;
}

int spool_append(struct spool *spool, const struct spool_record *record,
		 const int *fds)
{
	uint64_t sizes = 0;
	int r;

	if (record->parts == 0 || record->parts > RECORD_PARTS_MAX ||
	    record->destinations == 0 ||
	    record->destinations > RECORD_DESTINATIONS_MAX)
		return -EINVAL;
	r = index_known(spool->index, record->instance, record->record_id);
	if (r < 0)
		return r;
	if (r > 0) {
		spool->counters.repeated++;
		return 1;
	}
	if (in_batch(spool, record->instance, record->record_id)) {
		spool->counters.repeated++;
		return 0;
	}
	if (spool->n_batch == SPOOL_BATCH_MAX)
		return -EAGAIN;

	for (uint32_t i = 0; i < record->parts; i++) {
		if (record->part[i].size > spool->config.record_max - sizes) {
			spool->counters.refused_size++;
			return -EMSGSIZE;
		}
		sizes += record->part[i].size;
	}
	r = append(spool, record, fds);
	if (r == -ENOSPC || r == -EDQUOT) {
		spool->counters.refused_space++;
		return -ENOSPC;
	}
	if (r == -EMSGSIZE)
		spool->counters.refused_size++;
	else if (r < 0)
		spool->counters.refused_error++;
	return r;
}

/* ---- committing ----------------------------------------------------- */

size_t spool_batch(const struct spool *spool, uint64_t *ret_bytes)
{
	if (ret_bytes)
		*ret_bytes = spool->batch_bytes;
	return spool->n_batch;
}

bool spool_dirty(const struct spool *spool)
{
	return spool->n_batch || spool->n_marks;
}

static int sync_batch(struct spool *spool)
{
	int r;

	for (int attempt = 0;; attempt++) {
		r = 0;
		for (size_t i = 0; i < spool->n_batch && r == 0; i++)
			if (!spool->batch[i].written)
				r = write_entry(spool, &spool->batch[i]);
		if (r == 0)
			r = sync_active(spool);
		if (r == 0 || attempt)
			return r;
	}
}

static int add_entry(struct spool *spool, struct batch_entry *entry)
{
	int r = index_add(spool->index, &entry->record);

	/* Set in any case: an attempt before may have been rolled back. */
	entry->added = r == 0;
	return r;
}

static int apply_mark(struct spool *spool, struct mark *mark)
{
	int r;

	switch (mark->kind) {
	case MARK_FINISH:
		r = index_finish(spool->index, mark->seq, mark->destination,
				 &mark->result);
		mark->applied = r > 0;
		return r < 0 ? r : 0;
	case MARK_SEAL:
		return index_segment_seal(spool->index, mark->segment,
					  mark->end);
	case MARK_FORGET:
		return index_segment_forget(spool->index, mark->segment);
	case MARK_ANSWER:
		return index_answer_finish(spool->index, mark->id,
					   mark->answer_state);
	}
	return -EINVAL;
}

static int update_index(struct spool *spool)
{
	bool prune = spool->since_prune + spool->n_marks >= PRUNE_EVERY;
	int r, dropped = 0;

	r = index_begin(spool->index);
	for (size_t i = 0; i < spool->n_batch && r >= 0; i++)
		r = add_entry(spool, &spool->batch[i]);
	for (size_t i = 0; i < spool->n_marks && r >= 0; i++)
		r = apply_mark(spool, &spool->marks[i]);
	if (r >= 0 && prune)
		r = dropped = index_prune(spool->index, spool->config.history,
					  spool->config.answers);
	if (r >= 0)
		r = index_commit(spool->index);
	if (r < 0) {
		index_rollback(spool->index);
		return r;
	}
	spool->since_prune = prune ? 0 : spool->since_prune +
					 (uint32_t)spool->n_marks;
	spool->counters.answers_dropped += (uint64_t)dropped;
	return 0;
}

/* What is in memory follows what is now in the index. */
static void after_commit(struct spool *spool)
{
	for (size_t i = 0; i < spool->n_batch; i++) {
		const struct spool_record *record = &spool->batch[i].record;
		struct spool_segment *segment =
			spool_segment_find(spool, record->segment);

		if (segment && spool->batch[i].added)
			segment->pending += record->destinations;
		spool->counters.accepted++;
	}
	for (size_t i = 0; i < spool->n_marks; i++) {
		const struct mark *mark = &spool->marks[i];
		struct spool_segment *segment =
			spool_segment_find(spool, mark->segment);

		if (!segment)
			continue;
		/* A delivery that ends twice was counted only once. */
		if (mark->kind == MARK_FINISH && mark->applied &&
		    segment->pending)
			segment->pending--;
		else if (mark->kind == MARK_SEAL)
			segment->sealed = true;
	}
}

void spool_reclaim(struct spool *spool)
{
	const struct spool_io *io = spool->io;
	char name[SEGMENT_NAME_SIZE];
	bool unlinked = false;
	size_t kept = 0;

	for (size_t i = 0; i < spool->n_segments; i++) {
		const struct spool_segment *segment = &spool->segments[i];
		struct mark mark = {
			.kind = MARK_FORGET, .segment = segment->id,
		};
		int r = -EBUSY;

		if (segment->sealed && segment->pending == 0) {
			segment_name(segment->id, name);
			r = io->unlinkat(io->context, spool->dir, name);
		}
		if (r < 0 && r != -ENOENT) {
			spool->segments[kept++] = *segment;
			continue;
		}
		unlinked = true;
		(void)add_mark(spool, &mark);
	}
	spool->n_segments = kept;
	if (unlinked)
		(void)io->syncdir(io->context, spool->dir);
}

int spool_commit(struct spool *spool, spool_committed_fn committed,
		 void *userdata)
{
	int r;

	if (!spool_dirty(spool))
		return 0;
	r = sync_batch(spool);
	if (r < 0) {
		spool->counters.commit_errors++;
		return r;
	}
	r = update_index(spool);
	if (r == -ENOSPC && spool_reserve_release(spool))
		r = update_index(spool);
	if (r < 0) {
		spool->counters.commit_errors++;
		return r;
	}
	spool->counters.commits++;
	after_commit(spool);
	for (size_t i = 0; i < spool->n_batch; i++)
		committed(userdata, &spool->batch[i].record);
	clear_batch(spool);
	clear_marks(spool);
	spool_reclaim(spool);
	return 0;
}

/* ---- handing out and finishing -------------------------------------- */

int spool_next(struct spool *spool, const char *destination, uint64_t after,
	       struct spool_record *ret_record, int *ret_fd)
{
	const struct spool_io *io = spool->io;
	struct spool_record record = { 0 };
	uint8_t header[RECORD_HEADER_MAX];
	uint64_t seq, segment, offset;
	char name[SEGMENT_NAME_SIZE];
	_cleanup_close_ int fd = -1;
	ssize_t n;
	int r;

	r = index_next(spool->index, destination, after, &seq, &segment,
		       &offset);
	if (r <= 0)
		return r;
	*ret_record = (struct spool_record){
		.seq = seq, .segment = segment, .offset = offset,
	};
	segment_name(segment, name);
	fd = io->openat(io->context, spool->dir, name, O_RDONLY);
	if (fd == -ENOENT)
		return -EBADMSG;
	if (fd < 0)
		return fd;
	n = io->pread(io->context, fd, header, sizeof(header), offset);
	if (n == -EIO)
		return -EBADMSG;
	if (n < 0)
		return (int)n;
	r = record_decode(header, (size_t)n, segment, &record);
	if (r < 0 || record.seq != seq)
		return -EBADMSG;
	record.offset = offset;
	*ret_record = record;
	*ret_fd = fovea_take_fd(fd);
	return 1;
}

int spool_finish(struct spool *spool, const struct spool_record *record,
		 const char *destination, const struct index_result *result)
{
	struct mark mark = {
		.kind = MARK_FINISH,
		.seq = record->seq,
		.segment = record->segment,
		.result = *result,
	};
	int r;

	record_set_name(mark.destination, destination);
	if (result->answer) {
		mark.answer = strdup(result->answer);
		if (!mark.answer)
			return -ENOMEM;
		mark.result.answer = mark.answer;
	}
	r = add_mark(spool, &mark);
	if (r < 0)
		free(mark.answer);
	return r;
}

int spool_quarantine(struct spool *spool, const struct spool_record *record,
		     const char *destination,
		     const struct index_result *result)
{
	uint64_t size = record->header_size ? record_size(record) :
					      SEGMENT_ALIGN;
	int r;

	r = spool_quarantine_range(spool, record->segment, record->offset,
				   record->offset + size);
	if (r == -ENOSPC && spool_reserve_release(spool))
		r = spool_quarantine_range(spool, record->segment,
					   record->offset,
					   record->offset + size);
	if (r < 0)
		return r;
	return spool_finish(spool, record, destination, result);
}

int spool_answers(struct spool *spool, struct index_answer *answers,
		  unsigned int limit)
{
	return index_answers(spool->index, answers, limit);
}

int spool_answer_finish(struct spool *spool, int64_t id,
			enum answer_state state)
{
	struct mark mark = {
		.kind = MARK_ANSWER, .id = id, .answer_state = state,
	};

	return add_mark(spool, &mark);
}

struct index *spool_index(struct spool *spool)
{
	return spool->index;
}

const struct spool_counters *spool_counters(const struct spool *spool)
{
	return &spool->counters;
}

void spool_space(const struct spool *spool, struct spool_space *ret_space)
{
	*ret_space = (struct spool_space){
		.segments = spool->n_segments,
		.segment_bytes = used_bytes(spool) - spool->quarantine_bytes,
		.quarantine_bytes = spool->quarantine_bytes,
		.reserve = spool->reserve_ok,
	};
}
