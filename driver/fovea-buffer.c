// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers between userspace and the device.
 *
 * A buffer is on a list or outstanding on the device's queue, never both; the
 * queue's lock decides. The device gets it when the stream runs and gives it
 * back filled, or unused when the stream or the device stops. A frame that
 * finds no buffer is lost for this stream, which shows as a gap in
 * v4l2_buffer.sequence and in a counter.
 *
 * What the device says of a buffer is checked before userspace hears of it: its
 * turn (fovea-queue.c), its length, and the frame, which must be one that was
 * announced, later than the one before, and not in the future.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/moduleparam.h>

#include "fovea-buffer.h"
#include "fovea-core.h"
#include "fovea-stream.h"
#include "fovea-trace.h"

static_assert(VB2_MAX_FRAME < FOVEA_SQ_ENTRIES);

/* How far in the future a frame may have started. */
#define FOVEA_FUTURE_NS	(100 * NSEC_PER_MSEC)
/* How far before the one before it: the clock is adjusted in small steps. */
#define FOVEA_PAST_NS	(4 * NSEC_PER_MSEC)

static unsigned int buffer_limit = 256;
module_param(buffer_limit, uint, 0644);
MODULE_PARM_DESC(buffer_limit, "MiB of buffers each node may have (default 256)");

/**
 * struct fovea_buffer - one buffer
 * @vb: videobuf2's part
 * @list: of the stream's, while the device hasn't got it
 * @request: while the device has
 * @mapping: where the device sees it
 * @mapped: it does
 * @completed: when the device gave it back, ns
 */
struct fovea_buffer {
	struct vb2_v4l2_buffer vb;
	struct list_head list;
	struct fovea_request request;
	struct fovea_mapping mapping;
	bool mapped;
	u64 completed;
};

static struct fovea_buffer *to_fovea_buffer(struct vb2_buffer *vb)
{
	return container_of(to_vb2_v4l2_buffer(vb), struct fovea_buffer, vb);
}

/* ------------------------------------------------------------------------
 * Between the list and the device, with the queue's lock held
 */

/* A buffer's 64-bit id and time; see uapi/linux/fovea.h. */
static void fovea_buffer_stamp(struct fovea_buffer *buffer,
			       const struct fovea_answer *answer)
{
	__le32 high = cpu_to_le32(upper_32_bits(answer->frame_id));
	struct vb2_v4l2_buffer *vb = &buffer->vb;

	vb->vb2_buf.timestamp = answer->timestamp;
	vb->field = V4L2_FIELD_NONE;
	vb->sequence = lower_32_bits(answer->frame_id);
	vb->flags |= V4L2_BUF_FLAG_TIMECODE;
	memset(&vb->timecode, 0, sizeof(vb->timecode));
	memcpy(vb->timecode.userbits, &high, sizeof(high));
}

static u64 fovea_buffer_frame_id(const struct fovea_buffer *buffer)
{
	const struct vb2_v4l2_buffer *vb = &buffer->vb;
	__le32 high;

	if (~vb->flags & V4L2_BUF_FLAG_TIMECODE)
		return 0;
	memcpy(&high, vb->timecode.userbits, sizeof(high));
	return (u64)le32_to_cpu(high) << 32 | vb->sequence;
}

/* A buffer without pixels: of the frame that failed, or of none. */
static void fovea_buffer_stamp_failed(struct fovea_buffer *buffer,
				      const struct fovea_answer *answer)
{
	struct vb2_v4l2_buffer *vb = &buffer->vb;

	if (answer) {
		fovea_buffer_stamp(buffer, answer);
	} else {
		vb->vb2_buf.timestamp = ktime_get_ns();
		vb->field = V4L2_FIELD_NONE;
		vb->sequence = 0;
		vb->flags &= ~V4L2_BUF_FLAG_TIMECODE;
	}
	if (!V4L2_TYPE_IS_OUTPUT(vb->vb2_buf.vb2_queue->type))
		vb2_set_plane_payload(&vb->vb2_buf, 0, 0);
}

/* Is what the device gives back unused kept for another start? */
static bool fovea_stream_keeps(const struct fovea_stream *stream, u32 status)
{
	switch (stream->state) {
	case FOVEA_STREAM_STARTING:
		return status != FS1_OK;
	case FOVEA_STREAM_SUSPENDED:
		return status == FS1_ABORTED;
	default:
		return false;
	}
}

/* Can the device have written what it should? */
static bool fovea_buffer_result_valid(const struct fovea_stream *stream,
				      const struct fovea_buffer *buffer,
				      u32 result)
{
	if (V4L2_TYPE_IS_OUTPUT(stream->type->buf_type))
		return true;
	if (stream->type->limits)
		return result == stream->size;
	/* Only the content tells: fovea_buffer_content_valid(). */
	return result && result <= buffer->mapping.length;
}

/* The scene's buffers come before their frame is announced. */
static bool fovea_stream_knows_frame(const struct fovea_stream *stream,
				     const struct fovea_answer *answer)
{
	if (V4L2_TYPE_IS_OUTPUT(stream->type->buf_type))
		return answer->frame_id;
	return fovea_device_knows_frame(stream->fovea, answer->frame_id,
					answer->timestamp);
}

/* Is it a frame that comes after the one before? */
static bool fovea_stream_frame_valid(struct fovea_stream *stream,
				     const struct fovea_answer *answer, u64 now)
{
	bool later = answer->frame_id > stream->frame_id &&
		     answer->timestamp + FOVEA_PAST_NS >= stream->timestamp;

	if (answer->timestamp > now + FOVEA_FUTURE_NS ||
	    !fovea_stream_knows_frame(stream, answer))
		return false;
	/* If it isn't, one of both was wrong: go on from this one. */
	stream->frame_id = answer->frame_id;
	stream->timestamp = answer->timestamp;
	return later;
}

static void fovea_buffer_complain(struct fovea_stream *stream,
				  const struct fovea_buffer *buffer,
				  const char *what, u64 value)
{
	stream->errors++;
	dev_err_ratelimited(stream->fovea->dev,
			    "%s: buffer %u: %s %llu\n", stream->type->name,
			    buffer->vb.vb2_buf.index, what, value);
}

/* True: userspace gets what is in it. */
static bool fovea_buffer_accept(struct fovea_stream *stream,
				struct fovea_buffer *buffer,
				const struct fovea_answer *answer)
{
	if (answer->status != FS1_OK) {
		if (answer->status != FS1_ABORTED)
			fovea_stream_drop(stream, answer->frame_id,
					  FOVEA_DROP_REFUSED);
		fovea_buffer_stamp_failed(buffer,
			answer->frame_id &&
			fovea_stream_knows_frame(stream, answer) ?
			answer : NULL);
		return false;
	}
	if (!fovea_stream_frame_valid(stream, answer, buffer->completed)) {
		/* They aren't all wrong: it is the announcements that lack. */
		if (++stream->strange >= FOVEA_BUFFER_FRAMES)
			fovea_recovery_start(stream->fovea, FOVEA_CAUSE_FRAMES);
		fovea_buffer_complain(stream, buffer,
				      "device claims an impossible frame,",
				      answer->frame_id);
		fovea_stream_drop(stream, answer->frame_id,
				  FOVEA_DROP_BAD_FRAME);
		fovea_buffer_stamp_failed(buffer, NULL);
		return false;
	}
	stream->strange = 0;
	if (!fovea_buffer_result_valid(stream, buffer, answer->result)) {
		fovea_buffer_complain(stream, buffer,
				      "device wrote the wrong length,",
				      answer->result);
		fovea_stream_drop(stream, answer->frame_id,
				  FOVEA_DROP_BAD_LENGTH);
		fovea_buffer_stamp_failed(buffer, answer);
		return false;
	}
	stream->completed++;
	stream->stamps[stream->served % FOVEA_RATE_FRAMES] = answer->timestamp;
	stream->served++;
	fovea_buffer_stamp(buffer, answer);
	if (!V4L2_TYPE_IS_OUTPUT(stream->type->buf_type))
		vb2_set_plane_payload(&buffer->vb.vb2_buf, 0, answer->result);
	return true;
}

static void fovea_buffer_done(struct fovea_request *request,
			      const struct fovea_answer *answer)
{
	struct fovea_buffer *buffer =
		container_of(request, struct fovea_buffer, request);
	struct vb2_buffer *vb = &buffer->vb.vb2_buf;
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	bool valid;

	lockdep_assert_held(&stream->queue.lock);

	buffer->completed = ktime_get_ns();
	trace_fovea_buffer_complete(stream, vb->index, answer,
				    buffer->completed);
	stream->progress = jiffies;
	atomic_set(&stream->overdue, 0);
	if (answer->status != FS1_OK && answer->status != FS1_ABORTED)
		fovea_buffer_complain(stream, buffer,
				      "device refused it, status",
				      answer->status);
	if (fovea_stream_keeps(stream, answer->status)) {
		list_add_tail(&buffer->list, &stream->returned);
		return;
	}
	valid = fovea_buffer_accept(stream, buffer, answer);
	vb2_buffer_done(vb, valid ? VB2_BUF_STATE_DONE : VB2_BUF_STATE_ERROR);
}

static int fovea_buffer_submit(struct fovea_stream *stream,
			       struct fovea_buffer *buffer)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_BUFFER,
		.sg_count = cpu_to_le32(buffer->mapping.sg_count),
		.address = cpu_to_le64(buffer->mapping.address),
		.length = cpu_to_le32(buffer->mapping.length),
	};
	int r;

	trace_fovea_buffer_submit(stream, buffer->vb.vb2_buf.index);
	if (!stream->queue.outstanding) {
		stream->progress = jiffies;
		atomic_set(&stream->overdue, 0);
	}
	r = fovea_queue_submit_locked(&stream->queue, &sqe, &buffer->request);
	if (!r)
		stream->submitted++;
	return r;
}

int fovea_buffers_submit(struct fovea_stream *stream)
{
	struct fovea_buffer *buffer, *next;
	int r = 0;

	spin_lock_irq(&stream->queue.lock);
	stream->state = FOVEA_STREAM_STARTING;
	/* What the device has had before is older. */
	list_splice_init(&stream->returned, &stream->pending);
	list_for_each_entry_safe(buffer, next, &stream->pending, list) {
		/* cppcheck-suppress uninitvar; doesn't know the loop */
		r = fovea_buffer_submit(stream, buffer);
		if (r)
			break;
		list_del(&buffer->list);
	}
	spin_unlock_irq(&stream->queue.lock);
	return r;
}

static void fovea_buffers_return_list(struct list_head *list,
				      enum vb2_buffer_state state)
{
	struct fovea_buffer *buffer, *next;

	list_for_each_entry_safe(buffer, next, list, list) {
		list_del(&buffer->list);
		vb2_buffer_done(&buffer->vb.vb2_buf, state);
	}
}

void fovea_buffers_return(struct fovea_stream *stream,
			  enum vb2_buffer_state state)
{
	lockdep_assert_held(&stream->queue.lock);
	fovea_buffers_return_list(&stream->returned, state);
	fovea_buffers_return_list(&stream->pending, state);
}

void fovea_buffers_return_refused(struct fovea_stream *stream)
{
	lockdep_assert_held(&stream->queue.lock);
	fovea_buffers_return_list(&stream->returned, VB2_BUF_STATE_ERROR);
}

size_t fovea_buffer_struct_size(void)
{
	return sizeof(struct fovea_buffer);
}

/* ------------------------------------------------------------------------
 * videobuf2
 */

/* Bytes of the buffers that the queue has. */
static u64 fovea_stream_allocated(struct vb2_queue *vb2)
{
	struct vb2_buffer *vb;
	unsigned int i;
	u64 bytes = 0;

	for (i = 0; i < VB2_MAX_FRAME; i++) {
		vb = vb2_get_buffer(vb2, i);
		if (vb)
			bytes += vb->planes[0].length;
	}
	return bytes;
}

int fovea_vb2_queue_setup(struct vb2_queue *vb2, unsigned int *count,
			  unsigned int *planes, unsigned int sizes[],
			  struct device *alloc_devs[])
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb2);
	u32 size = stream->type->size(stream);
	u64 limit = (u64)buffer_limit << 20;
	u64 used;

	/* read() and poll() come here without looking again under the lock. */
	if (!video_is_registered(&stream->vdev))
		return -ENODEV;

	/* Two buffers are always possible: one to read, one to fill. */
	limit = max_t(u64, limit, 2ull * size);

	if (*planes) {
		if (*planes != 1 || sizes[0] < size)
			return -EINVAL;
		used = fovea_stream_allocated(vb2);
	} else {
		*planes = 1;
		sizes[0] = size;
		used = 0;
	}
	if (used + sizes[0] > limit) {
		dev_dbg(stream->fovea->dev,
			"%s: %llu bytes of buffers and no more than %llu allowed (module parameter buffer_limit)\n",
			stream->type->name, used, limit);
		return -ENOBUFS;
	}
	*count = min_t(u64, *count, div_u64(limit - used, sizes[0]));
	return 0;
}

void fovea_vb2_buf_cleanup(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	struct fovea_buffer *buffer = to_fovea_buffer(vb);
	struct fovea_device *fovea = stream->fovea;

	if (!buffer->mapped)
		return;
	fovea->ops->unmap(fovea->backend, &buffer->mapping);
	buffer->mapped = false;
	WRITE_ONCE(stream->buffers, stream->buffers - 1);
}

int fovea_vb2_buf_init(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	struct fovea_buffer *buffer = to_fovea_buffer(vb);
	struct fovea_device *fovea = stream->fovea;
	int r;

	buffer->request.done = fovea_buffer_done;
	if (fovea_inject_fails(fovea, dma_map))
		return -ENOMEM;
	r = fovea->ops->map(fovea->backend, vb, &buffer->mapping);
	buffer->mapped = !r;
	if (!r)
		WRITE_ONCE(stream->buffers, stream->buffers + 1);
	return r;
}

/*
 * When userspace gives a buffer other memory that is no good, videobuf2 lets
 * the old memory go without buf_cleanup. Its mapping must not outlive it.
 */
static int fovea_stream_reap(struct file *file,
			     const struct v4l2_buffer *buffer, int r)
{
	struct fovea_stream *stream = video_drvdata(file);
	struct vb2_buffer *vb;

	lockdep_assert_held(&stream->lock);
	if (!r || buffer->type != stream->vb2.type ||
	    buffer->index >= VB2_MAX_FRAME)
		return r;
	vb = vb2_get_buffer(&stream->vb2, buffer->index);
	if (vb && !vb->planes[0].mem_priv)
		fovea_vb2_buf_cleanup(vb);
	return r;
}

int fovea_stream_qbuf(struct file *file, void *priv,
		      struct v4l2_buffer *buffer)
{
	return fovea_stream_reap(file, buffer,
				 vb2_ioctl_qbuf(file, priv, buffer));
}

int fovea_stream_prepare_buf(struct file *file, void *priv,
			     struct v4l2_buffer *buffer)
{
	return fovea_stream_reap(file, buffer,
				 vb2_ioctl_prepare_buf(file, priv, buffer));
}

int fovea_vb2_buf_prepare(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	u32 size = stream->type->size(stream);

	if (vb2_plane_size(vb, 0) < size) {
		dev_dbg(stream->fovea->dev,
			"%s: buffer %u has %lu bytes, %u needed\n",
			stream->type->name, vb->index, vb2_plane_size(vb, 0),
			size);
		return -EINVAL;
	}
	return stream->type->check ? stream->type->check(stream, vb) : 0;
}

int fovea_vb2_buf_out_validate(struct vb2_buffer *vb)
{
	to_vb2_v4l2_buffer(vb)->field = V4L2_FIELD_NONE;
	return 0;
}

/*
 * What isn't a picture says itself what it has: that is looked at before
 * userspace sees it, and where memory may be mapped for reading. Where userspace
 * or an exporter looks after the caches, they may still show what was there
 * before.
 */
static bool fovea_buffer_content_valid(struct fovea_stream *stream,
				       struct vb2_buffer *vb, u64 frame_id)
{
	const void *content;

	if (!stream->type->valid || vb->skip_cache_sync_on_finish)
		return true;
	content = vb2_plane_vaddr(vb, 0);
	return !content ||
	       stream->type->valid(content, vb2_get_plane_payload(vb, 0),
				   frame_id);
}

static void fovea_buffer_check_content(struct fovea_stream *stream,
				       struct vb2_buffer *vb, u64 frame_id)
{
	if (fovea_buffer_content_valid(stream, vb, frame_id))
		return;
	spin_lock_irq(&stream->queue.lock);
	fovea_buffer_complain(stream, to_fovea_buffer(vb),
			      "device wrote what its length doesn't fit,",
			      vb2_get_plane_payload(vb, 0));
	spin_unlock_irq(&stream->queue.lock);
	fovea_stream_drop(stream, frame_id, FOVEA_DROP_BAD_LENGTH);
	vb2_set_plane_payload(vb, 0, 0);
	vb->state = VB2_BUF_STATE_ERROR;
}

/* Userspace takes it; or, when the stream was just stopped, nobody does. */
void fovea_vb2_buf_finish(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	struct fovea_buffer *buffer = to_fovea_buffer(vb);
	u64 frame_id = fovea_buffer_frame_id(buffer);

	if (vb->state == VB2_BUF_STATE_DONE)
		fovea_buffer_check_content(stream, vb, frame_id);
	if (vb->state != VB2_BUF_STATE_DONE && vb->state != VB2_BUF_STATE_ERROR)
		return;
	if (vb2_is_streaming(vb->vb2_queue)) {
		if (vb->state == VB2_BUF_STATE_DONE)
			WRITE_ONCE(stream->delivered, stream->delivered + 1);
		trace_fovea_buffer_deliver(stream, vb->index, frame_id,
					   vb->timestamp, buffer->completed,
					   vb->state == VB2_BUF_STATE_ERROR);
	} else if (vb->state == VB2_BUF_STATE_DONE &&
		   !V4L2_TYPE_IS_OUTPUT(vb->vb2_queue->type)) {
		fovea_stream_drop(stream, frame_id, FOVEA_DROP_STOPPED);
	}
}

void fovea_vb2_buf_queue(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	struct fovea_buffer *buffer = to_fovea_buffer(vb);
	unsigned long flags;

	spin_lock_irqsave(&stream->queue.lock, flags);
	stream->queued++;
	trace_fovea_buffer_queue(stream, vb->index);
	if (stream->state != FOVEA_STREAM_RUNNING &&
	    stream->state != FOVEA_STREAM_STARTING) {
		list_add_tail(&buffer->list, &stream->pending);
	} else if (fovea_buffer_submit(stream, buffer)) {
		stream->errors++;
		vb2_buffer_done(vb, VB2_BUF_STATE_ERROR);
	}
	spin_unlock_irqrestore(&stream->queue.lock, flags);
}
