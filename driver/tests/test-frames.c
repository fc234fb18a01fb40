// SPDX-License-Identifier: GPL-2.0-only
/*
 * What userspace is told of a frame: sequence, id and time of each buffer, which
 * of the device's claims are believed, and what becomes of buffers when a stream
 * or the device stops. The test is userspace on one side and fills buffers on the
 * other.
 *
 * Copyright The Fovea authors
 */
#include <kunit/test.h>
#include <linux/fovea.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <media/v4l2-common.h>
#include <media/videobuf2-v4l2.h>

#include "../fovea-core.h"
#include "fovea-fake.h"

#define BUFFERS		8u
#define FIRST_ID	((u64)FOVEA_FAKE_EPOCH << 32)
/* More than the driver lets the clock be off, either way. */
#define WRONG_NS	(200 * NSEC_PER_MSEC)

static int frames_init(struct kunit *test)
{
	fovea_fake_create_started(test, FS1_CAP_HOST_CLOCK);
	return 0;
}

/* ------------------------------------------------------------------------
 * Userspace
 */

static struct fovea_stream *stream_of(struct kunit *test, unsigned int index)
{
	struct fovea_fake *fake = test->priv;

	return &fake->fovea->streams[index];
}

static int stream_queue(struct fovea_stream *stream, unsigned int index)
{
	struct v4l2_buffer buffer = {
		.index = index,
		.type = stream->vb2.type,
		.memory = V4L2_MEMORY_MMAP,
	};
	int r;

	mutex_lock(&stream->lock);
	r = vb2_qbuf(&stream->vb2, NULL, &buffer);
	mutex_unlock(&stream->lock);
	return r;
}

static void stream_make_buffers(struct kunit *test, struct fovea_stream *stream)
{
	struct v4l2_requestbuffers request = {
		.count = BUFFERS,
		.type = stream->vb2.type,
		.memory = V4L2_MEMORY_MMAP,
	};
	unsigned int i;
	int r;

	mutex_lock(&stream->lock);
	r = vb2_reqbufs(&stream->vb2, &request);
	mutex_unlock(&stream->lock);
	KUNIT_ASSERT_EQ(test, r, 0);
	KUNIT_ASSERT_EQ(test, request.count, BUFFERS);
	for (i = 0; i < BUFFERS; i++)
		KUNIT_ASSERT_EQ(test, stream_queue(stream, i), 0);
}

static int stream_on(struct fovea_stream *stream)
{
	int r;

	mutex_lock(&stream->lock);
	r = vb2_streamon(&stream->vb2, stream->vb2.type);
	mutex_unlock(&stream->lock);
	return r;
}

static int stream_off(struct fovea_stream *stream)
{
	int r;

	mutex_lock(&stream->lock);
	r = vb2_streamoff(&stream->vb2, stream->vb2.type);
	mutex_unlock(&stream->lock);
	return r;
}

/* With all its buffers at the device. */
static struct fovea_stream *stream_start(struct kunit *test, unsigned int index)
{
	struct fovea_stream *stream = stream_of(test, index);
	struct fovea_fake *fake = test->priv;

	stream_make_buffers(test, stream);
	KUNIT_ASSERT_EQ(test, stream_on(stream), 0);
	fovea_fake_settle(fake);
	KUNIT_ASSERT_EQ(test, fake->queue[index].held_count, BUFFERS);
	return stream;
}

/* What VIDIOC_DQBUF says, without waiting. */
static int stream_take(struct fovea_stream *stream, struct v4l2_buffer *buffer)
{
	int r;

	memset(buffer, 0, sizeof(*buffer));
	buffer->type = stream->vb2.type;
	buffer->memory = V4L2_MEMORY_MMAP;
	mutex_lock(&stream->lock);
	r = vb2_dqbuf(&stream->vb2, buffer, true);
	mutex_unlock(&stream->lock);
	return r;
}

static void stream_expect(struct kunit *test, struct fovea_stream *stream,
			  bool good, struct v4l2_buffer *buffer)
{
	KUNIT_ASSERT_EQ(test, stream_take(stream, buffer), 0);
	KUNIT_EXPECT_EQ(test, !(buffer->flags & V4L2_BUF_FLAG_ERROR), good);
	if (!good)
		KUNIT_EXPECT_EQ(test, buffer->bytesused, 0u);
}

static u64 buffer_frame_id(const struct v4l2_buffer *buffer)
{
	return fovea_frame_id(buffer->sequence, buffer->timecode.userbits);
}

/* ------------------------------------------------------------------------
 * The device
 */

static void frame_announce(struct kunit *test, u64 id, u64 time)
{
	fovea_fake_event(test->priv, FS1_EVENT_FRAME_START, id, time,
			 BIT(FS1_STREAM_IMAGE) | BIT(FS1_STREAM_META));
}

static void frame_complete(struct kunit *test, struct fovea_stream *stream,
			   u64 id, u64 time, u32 length)
{
	const struct fovea_answer answer = {
		.frame_id = id,
		.timestamp = time,
		.result = length,
	};

	KUNIT_ASSERT_TRUE(test, fovea_fake_complete(test->priv,
						    stream->type->index, 0,
						    &answer));
}

/* Announced and completed. */
static void frame_send(struct kunit *test, struct fovea_stream *stream, u64 id,
		       u64 time)
{
	frame_announce(test, id, time);
	frame_complete(test, stream, id, time, stream->size);
}

static int frame_drops(const struct fovea_stream *stream,
		       enum fovea_drop reason)
{
	return atomic_read(&stream->dropped[reason]);
}

/* ------------------------------------------------------------------------
 * Sequence, id and time
 */

static void frames_identity(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 id = FIRST_ID + 0x89abcdef;
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;

	KUNIT_EXPECT_EQ(test, stream_take(stream, &buffer), -EAGAIN);
	frame_send(test, stream, id, now);
	stream_expect(test, stream, true, &buffer);
	KUNIT_EXPECT_EQ(test, buffer.index, 0u);
	KUNIT_EXPECT_EQ(test, buffer.sequence, 0x89abcdefu);
	KUNIT_EXPECT_TRUE(test, buffer.flags & V4L2_BUF_FLAG_TIMECODE);
	KUNIT_EXPECT_EQ(test, buffer.timecode.type, 0u);
	/* Little-endian. */
	KUNIT_EXPECT_EQ(test, buffer.timecode.userbits[0], 0x78);
	KUNIT_EXPECT_EQ(test, buffer.timecode.userbits[3], 0x12);
	KUNIT_EXPECT_EQ(test, buffer_frame_id(&buffer), id);
	KUNIT_EXPECT_EQ(test, buffer.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK,
			(u32)V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC);
	KUNIT_EXPECT_EQ(test, buffer.flags & V4L2_BUF_FLAG_TSTAMP_SRC_MASK,
			(u32)V4L2_BUF_FLAG_TSTAMP_SRC_SOE);
	/* struct timeval has no more than us. */
	KUNIT_EXPECT_EQ(test, v4l2_buffer_get_timestamp(&buffer) /
			NSEC_PER_USEC, div_u64(now, NSEC_PER_USEC));
	KUNIT_EXPECT_EQ(test, buffer.bytesused, stream->pix.sizeimage);
	KUNIT_EXPECT_EQ(test, buffer.field, (u32)V4L2_FIELD_NONE);
}

/* In turn, over the end of 32 bits, and with a gap for each lost frame. */
static void frames_sequence(struct kunit *test)
{
	static const u64 ids[] = {
		FIRST_ID + 0xfffffffe, FIRST_ID + 0xffffffff,
		FIRST_ID + 0x100000000, FIRST_ID + 0x100000003,
	};
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++)
		frame_send(test, stream, ids[i], now + i);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		stream_expect(test, stream, true, &buffer);
		KUNIT_EXPECT_EQ(test, buffer.index, i);
		KUNIT_EXPECT_EQ(test, buffer_frame_id(&buffer), ids[i]);
	}
	KUNIT_EXPECT_EQ(test, stream->completed, 4u);
	KUNIT_EXPECT_EQ(test, stream->delivered, 4u);
	KUNIT_EXPECT_EQ(test, stream->errors, 0u);
}

/* All nodes show the same frame by the same id and time. */
static void frames_same(struct kunit *test)
{
	struct fovea_stream *image = stream_start(test, FS1_STREAM_IMAGE);
	struct fovea_stream *meta = stream_start(test, FS1_STREAM_META);
	const u64 now = ktime_get_ns();
	struct fs1_meta_header *header;
	struct v4l2_buffer a, b;

	header = vb2_plane_vaddr(vb2_get_buffer(&meta->vb2, 0), 0);
	header->magic = cpu_to_le32(FS1_META_MAGIC);
	header->total_size = cpu_to_le32(200);
	frame_announce(test, FIRST_ID, now);
	frame_complete(test, image, FIRST_ID, now, image->size);
	frame_complete(test, meta, FIRST_ID, now, 200);
	stream_expect(test, image, true, &a);
	stream_expect(test, meta, true, &b);
	KUNIT_EXPECT_EQ(test, buffer_frame_id(&a), buffer_frame_id(&b));
	KUNIT_EXPECT_EQ(test, v4l2_buffer_get_timestamp(&a),
			v4l2_buffer_get_timestamp(&b));
	KUNIT_EXPECT_EQ(test, b.bytesused, 200u);
}

/* ------------------------------------------------------------------------
 * What isn't believed
 */

/* A frame that can't be has no id: the buffer has none, and no pixels. */
static void frames_expect_bad(struct kunit *test, struct fovea_stream *stream)
{
	struct v4l2_buffer buffer;

	stream_expect(test, stream, false, &buffer);
	KUNIT_EXPECT_FALSE(test, buffer.flags & V4L2_BUF_FLAG_TIMECODE);
	KUNIT_EXPECT_EQ(test, buffer.sequence, 0u);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_BAD_FRAME), 1);
	KUNIT_EXPECT_EQ(test, stream->errors, 1u);
	KUNIT_EXPECT_EQ(test, stream->completed, 1u);
}

static void frames_unannounced(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;

	frame_send(test, stream, FIRST_ID, now);
	stream_expect(test, stream, true, &buffer);
	/* The right frame, another time. */
	frame_announce(test, FIRST_ID + 1, now + 1);
	frame_complete(test, stream, FIRST_ID + 1, now + 2, stream->size);
	frames_expect_bad(test, stream);
}

static void frames_repeated(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;

	frame_send(test, stream, FIRST_ID, now);
	stream_expect(test, stream, true, &buffer);
	frame_complete(test, stream, FIRST_ID, now, stream->size);
	frames_expect_bad(test, stream);
}

static void frames_backwards(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;

	frame_send(test, stream, FIRST_ID, now);
	stream_expect(test, stream, true, &buffer);
	frame_send(test, stream, FIRST_ID + 1, now - WRONG_NS);
	frames_expect_bad(test, stream);
	/* One of both was wrong; it goes on from the later one. */
	frame_send(test, stream, FIRST_ID + 2, now - WRONG_NS + 1);
	stream_expect(test, stream, true, &buffer);
}

/* The clock is adjusted in small steps, backwards as well. */
static void frames_small_step(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;

	frame_send(test, stream, FIRST_ID, now);
	stream_expect(test, stream, true, &buffer);
	frame_send(test, stream, FIRST_ID + 1, now - 4 * NSEC_PER_MSEC);
	stream_expect(test, stream, true, &buffer);
	frame_send(test, stream, FIRST_ID + 2, now - 8 * NSEC_PER_MSEC - 1);
	stream_expect(test, stream, false, &buffer);
}

static void frames_future(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	struct v4l2_buffer buffer;

	frame_send(test, stream, FIRST_ID, ktime_get_ns());
	stream_expect(test, stream, true, &buffer);
	/* However long it takes until that is looked at. */
	frame_send(test, stream, FIRST_ID + 1,
		   ktime_get_ns() + 1000 * NSEC_PER_SEC);
	frames_expect_bad(test, stream);
}

static void frames_wrong_length(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;

	frame_announce(test, FIRST_ID, now);
	frame_complete(test, stream, FIRST_ID, now, stream->size - 1);
	stream_expect(test, stream, false, &buffer);
	/* The frame is one; its pixels aren't. */
	KUNIT_EXPECT_EQ(test, buffer_frame_id(&buffer), FIRST_ID);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_BAD_LENGTH), 1);
}

static const struct meta_case {
	const char *name;
	u32 length;
	u32 total;
	u32 magic;
	bool good;
} meta_cases[] = {
	{ "as it should be", 200, 200, FS1_META_MAGIC, true },
	{ "a header alone", 32, 32, FS1_META_MAGIC, true },
	{ "less than a header", 31, 31, FS1_META_MAGIC, false },
	{ "all of a buffer", FS1_META_BUFFER_SIZE, FS1_META_BUFFER_SIZE,
	  FS1_META_MAGIC, true },
	{ "more than a buffer", FS1_META_BUFFER_SIZE + 1,
	  FS1_META_BUFFER_SIZE + 1, FS1_META_MAGIC, false },
	{ "another length inside", 200, 208, FS1_META_MAGIC, false },
	{ "another magic", 200, 200, FS1_META_MAGIC + 1, false },
};

static void meta_case_name(const struct meta_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(meta, meta_cases, meta_case_name);

static void frames_meta(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_META);
	const struct meta_case *c = test->param_value;
	const u64 now = ktime_get_ns();
	struct fs1_meta_header *header;
	struct v4l2_buffer buffer;

	header = vb2_plane_vaddr(vb2_get_buffer(&stream->vb2, 0), 0);
	header->magic = cpu_to_le32(c->magic);
	header->total_size = cpu_to_le32(c->total);
	frame_announce(test, FIRST_ID, now);
	frame_complete(test, stream, FIRST_ID, now, c->length);
	stream_expect(test, stream, c->good, &buffer);
	if (c->good)
		KUNIT_EXPECT_EQ(test, buffer.bytesused, c->length);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_BAD_LENGTH),
			!c->good);
}

static void frames_refused(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const struct fovea_answer answer = { .status = FS1_BAD_ADDRESS };
	struct v4l2_buffer buffer;

	KUNIT_ASSERT_TRUE(test, fovea_fake_complete(test->priv,
						    FS1_STREAM_IMAGE, 0,
						    &answer));
	stream_expect(test, stream, false, &buffer);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_REFUSED), 1);
	KUNIT_EXPECT_EQ(test, stream->errors, 1u);
}

/* When the device says that it lost events, frames may be unannounced. */
static void frames_events_lost(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 now = ktime_get_ns();
	const struct fs1_cqe start = {
		.type = FS1_CQE_EVENT,
		.event = FS1_EVENT_FRAME_START,
		.frame_id = cpu_to_le64(FIRST_ID),
		.timestamp = cpu_to_le64(now),
		.status = cpu_to_le32(FS1_CQE_FLAG_EVENTS_LOST),
	};
	struct v4l2_buffer buffer;
	unsigned int i;

	fovea_fake_post(test->priv, FS1_QUEUE_ADMIN, &start);
	frame_complete(test, stream, FIRST_ID + 1, now + 1, stream->size);
	stream_expect(test, stream, true, &buffer);
	/* Not for ever. */
	for (i = 0; i < FOVEA_FRAMES; i++)
		frame_announce(test, FIRST_ID + 2 + i, now + 2 + i);
	frame_complete(test, stream, FIRST_ID + 1000, now + 1000, stream->size);
	frames_expect_bad(test, stream);
}

/* When none is right any more, it is the announcements that lack. */
static void frames_strange(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	struct fovea_fake *fake = test->priv;
	struct fovea_recovery *recovery = &fake->fovea->recovery;
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;
	unsigned int i;

	for (i = 0; i < FOVEA_BUFFER_FRAMES; i++) {
		KUNIT_EXPECT_EQ(test, fake->fovea->state, FOVEA_RUNNING);
		frame_complete(test, stream, FIRST_ID + i, now + i,
			       stream->size);
		stream_expect(test, stream, false, &buffer);
	}
	KUNIT_ASSERT_TRUE(test, fovea_fake_await(fake, FOVEA_RUNNING));
	KUNIT_EXPECT_EQ(test, recovery->stages[FOVEA_RECOVERY_DEVICE_RESET],
			1u);
	KUNIT_EXPECT_EQ(test, recovery->first, (u32)FOVEA_CAUSE_FRAMES);
}

/* ------------------------------------------------------------------------
 * Frames that found no buffer
 */

static void frame_drop(struct kunit *test, u64 id)
{
	fovea_fake_event(test->priv, FS1_EVENT_FRAME_DROPPED, id, 0,
			 BIT(FS1_STREAM_IMAGE));
}

static void frames_dropped(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;
	unsigned int i;

	/* There is one at the device; it came too late. */
	frame_drop(test, FIRST_ID);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_QUEUED_LATE), 1);
	/* The same once more. */
	frame_drop(test, FIRST_ID);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_QUEUED_LATE), 1);

	/* All are filled, and nobody takes them. */
	for (i = 1; i <= BUFFERS; i++)
		frame_send(test, stream, FIRST_ID + i, now + i);
	frame_drop(test, FIRST_ID + i);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_NOT_DEQUEUED), 1);

	/* Somebody has taken all of them, and gives none back. */
	for (i = 1; i <= BUFFERS; i++)
		stream_expect(test, stream, true, &buffer);
	frame_drop(test, FIRST_ID + i + 1);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_NOT_QUEUED), 1);
	KUNIT_EXPECT_EQ(test, stream->errors, 0u);
}

/* ------------------------------------------------------------------------
 * Stopping
 */

static void frames_off(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	struct fovea_fake *fake = test->priv;
	const u64 now = ktime_get_ns();
	struct v4l2_buffer buffer;

	/* One that nobody has taken is lost with the stop. */
	frame_send(test, stream, FIRST_ID, now);
	KUNIT_EXPECT_EQ(test, stream_off(stream), 0);
	KUNIT_EXPECT_EQ(test, fake->started, 0u);
	KUNIT_EXPECT_EQ(test, stream->queue.outstanding, 0u);
	KUNIT_EXPECT_EQ(test, stream->state, FOVEA_STREAM_IDLE);
	KUNIT_EXPECT_EQ(test, frame_drops(stream, FOVEA_DROP_STOPPED), 1);
	KUNIT_EXPECT_EQ(test, stream_take(stream, &buffer), -EINVAL);
}

static const struct start_case {
	const char *name;
	u8 opcode;
	u32 status;
	int error;
} start_cases[] = {
	{ "format", FS1_CONFIGURE_STREAM, FS1_BAD_FORMAT, -EINVAL },
	{ "memory", FS1_START, FS1_NO_MEMORY, -ENOMEM },
};

static void start_case_name(const struct start_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(start, start_cases, start_case_name);

/* A stream that can't be started has its buffers back, and can be later. */
static void frames_not_started(struct kunit *test)
{
	struct fovea_stream *stream = stream_of(test, FS1_STREAM_IMAGE);
	const struct start_case *c = test->param_value;
	struct fovea_fake *fake = test->priv;

	stream_make_buffers(test, stream);
	fake->refuse[c->opcode] = c->status;
	KUNIT_EXPECT_EQ(test, stream_on(stream), c->error);
	KUNIT_EXPECT_EQ(test, stream->queue.outstanding, 0u);
	KUNIT_EXPECT_EQ(test, stream->state, FOVEA_STREAM_IDLE);
	KUNIT_EXPECT_FALSE(test, stream->wanted);
	KUNIT_EXPECT_EQ(test, fake->started, 0u);

	fake->refuse[c->opcode] = FS1_OK;
	KUNIT_EXPECT_EQ(test, stream_on(stream), 0);
	fovea_fake_settle(fake);
	KUNIT_EXPECT_EQ(test, fake->queue[FS1_STREAM_IMAGE].held_count,
			BUFFERS);
	KUNIT_EXPECT_EQ(test, fake->started, (u32)BIT(FS1_STREAM_IMAGE));
}

/* Sleep keeps buffers, in their order. */
static void frames_asleep(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	struct fovea_fake *fake = test->priv;
	struct v4l2_buffer buffer;
	unsigned int i;

	frame_send(test, stream, FIRST_ID, ktime_get_ns());
	stream_expect(test, stream, true, &buffer);
	KUNIT_ASSERT_EQ(test, fovea_suspend(fake->fovea), 0);
	KUNIT_EXPECT_EQ(test, fake->registers.status, cpu_to_le32(0));
	KUNIT_EXPECT_EQ(test, stream->queue.outstanding, 0u);
	KUNIT_EXPECT_EQ(test, stream_take(stream, &buffer), -EAGAIN);
	/* What is queued meanwhile comes behind. */
	KUNIT_EXPECT_EQ(test, stream_queue(stream, 0), 0);

	fovea_resume(fake->fovea);
	fovea_fake_settle(fake);
	KUNIT_ASSERT_EQ(test, fake->queue[FS1_STREAM_IMAGE].held_count,
			BUFFERS);
	for (i = 1; i <= BUFFERS; i++) {
		frame_send(test, stream, FIRST_ID + i, ktime_get_ns());
		stream_expect(test, stream, true, &buffer);
		KUNIT_EXPECT_EQ(test, buffer.index, i % BUFFERS);
	}
}

/* A completion that comes before an earlier one costs a new queue, no more. */
static void frames_astray(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	struct fovea_fake *fake = test->priv;
	struct fovea_recovery *recovery = &fake->fovea->recovery;
	const u64 now = ktime_get_ns();
	struct fovea_answer answer = {
		.frame_id = FIRST_ID,
		.timestamp = now,
		.result = stream->size,
	};
	struct v4l2_buffer buffer;

	frame_announce(test, FIRST_ID, now);
	KUNIT_ASSERT_TRUE(test, fovea_fake_complete(fake, FS1_STREAM_IMAGE, 1,
						    &answer));
	flush_delayed_work(&recovery->work);
	KUNIT_EXPECT_EQ(test, recovery->stages[FOVEA_RECOVERY_QUEUE_RESET], 1u);
	KUNIT_EXPECT_EQ(test, recovery->stages[FOVEA_RECOVERY_DEVICE_RESET],
			0u);
	fovea_fake_settle(fake);
	KUNIT_ASSERT_EQ(test, fake->queue[FS1_STREAM_IMAGE].held_count,
			BUFFERS);
	frame_send(test, stream, FIRST_ID + 1, now + 1);
	stream_expect(test, stream, true, &buffer);
	KUNIT_EXPECT_EQ(test, buffer.index, 0u);
}

/* All come back at once when the device is gone, and no more are taken. */
static void frames_gone(struct kunit *test)
{
	struct fovea_stream *stream = stream_start(test, FS1_STREAM_IMAGE);
	struct fovea_fake *fake = test->priv;
	struct v4l2_buffer buffer;

	fovea_gone(fake->fovea);
	KUNIT_EXPECT_EQ(test, stream_take(stream, &buffer), -EIO);
	KUNIT_EXPECT_EQ(test, stream->queue.outstanding, 0u);
	KUNIT_EXPECT_FALSE(test, fake->master);
	KUNIT_EXPECT_EQ(test, stream_off(stream), 0);
	KUNIT_EXPECT_EQ(test, stream_on(stream_of(test, FS1_STREAM_META)),
			-EINVAL);
	stream_make_buffers(test, stream_of(test, FS1_STREAM_META));
	KUNIT_EXPECT_EQ(test, stream_on(stream_of(test, FS1_STREAM_META)),
			-ENODEV);
}

static struct kunit_case frames_tests[] = {
	KUNIT_CASE(frames_identity),
	KUNIT_CASE(frames_sequence),
	KUNIT_CASE(frames_same),
	KUNIT_CASE(frames_unannounced),
	KUNIT_CASE(frames_repeated),
	KUNIT_CASE(frames_backwards),
	KUNIT_CASE(frames_small_step),
	KUNIT_CASE(frames_future),
	KUNIT_CASE(frames_wrong_length),
	KUNIT_CASE_PARAM(frames_meta, meta_gen_params),
	KUNIT_CASE(frames_refused),
	KUNIT_CASE(frames_events_lost),
	KUNIT_CASE(frames_strange),
	KUNIT_CASE(frames_dropped),
	KUNIT_CASE(frames_off),
	KUNIT_CASE_PARAM(frames_not_started, start_gen_params),
	KUNIT_CASE(frames_asleep),
	KUNIT_CASE(frames_astray),
	KUNIT_CASE(frames_gone),
	{}
};

static struct kunit_suite frames_suite = {
	.name = "fovea-frames",
	.init = frames_init,
	.exit = fovea_fake_exit,
	.test_cases = frames_tests,
};

kunit_test_suites(&frames_suite);
