// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all nodes have in common: buffers between userspace and the device.
 *
 * A buffer is on the list of pending ones or outstanding on the device's
 * queue, never both; the queue's lock decides. The device gets it when the
 * stream runs and gives it back filled, or aborted when the stream stops. A
 * frame that finds no buffer is lost for this stream, which shows as a gap in
 * v4l2_buffer.sequence and in a counter.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <media/v4l2-event.h>
#include <media/v4l2-fh.h>
#include <media/v4l2-ioctl.h>

#include "fovea-admin.h"
#include "fovea-compat.h"
#include "fovea-core.h"
#include "fovea-format.h"
#include "fovea-stream.h"
#include "fovea-trace.h"

static_assert(VB2_MAX_FRAME < FOVEA_SQ_ENTRIES);

static unsigned int buffer_limit = 256;
module_param(buffer_limit, uint, 0644);
MODULE_PARM_DESC(buffer_limit, "MiB of buffers each node may have (default 256)");

struct fovea_buffer {
	struct vb2_v4l2_buffer vb;
	struct list_head list;
	struct fovea_request request;
	struct fovea_mapping mapping;
	bool mapped;
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

/* A buffer without pixels: of the frame that failed, or of none. */
static void fovea_buffer_stamp_failed(struct fovea_buffer *buffer,
				      const struct fovea_answer *answer)
{
	struct vb2_v4l2_buffer *vb = &buffer->vb;

	if (answer->frame_id) {
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

/* Does what the device gives back unused go to the list, for another start? */
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

/* Did the device write what it should have? */
static bool fovea_stream_result_valid(const struct fovea_stream *stream,
				      u32 result)
{
	u32 size = stream->type->size(stream);

	if (V4L2_TYPE_IS_OUTPUT(stream->type->buf_type))
		return true;
	if (stream->type->limits)
		return result == size;
	return result >= sizeof(struct fs1_meta_header) && result <= size;
}

static void fovea_buffer_done(struct fovea_request *request,
			      const struct fovea_answer *answer)
{
	struct fovea_buffer *buffer =
		container_of(request, struct fovea_buffer, request);
	struct vb2_buffer *vb = &buffer->vb.vb2_buf;
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	bool valid = false;

	lockdep_assert_held(&stream->queue.lock);

	if (answer->status != FS1_OK && answer->status != FS1_ABORTED) {
		stream->errors++;
		dev_err_ratelimited(stream->fovea->dev,
				    "%s: device refused buffer %u, status %u\n",
				    stream->type->name, vb->index,
				    answer->status);
	}
	if (fovea_stream_keeps(stream, answer->status)) {
		list_add_tail(&buffer->list, &stream->pending);
		return;
	}
	if (answer->status != FS1_OK) {
		fovea_buffer_stamp_failed(buffer, answer);
	} else if (!fovea_stream_result_valid(stream, answer->result)) {
		fovea_buffer_stamp_failed(buffer, answer);
		stream->errors++;
		dev_err_ratelimited(stream->fovea->dev,
				    "%s: device wrote %u bytes to buffer %u, expected %u\n",
				    stream->type->name, answer->result,
				    vb->index, stream->type->size(stream));
	} else {
		valid = true;
		stream->completed++;
		stream->served++;
		fovea_buffer_stamp(buffer, answer);
		if (!V4L2_TYPE_IS_OUTPUT(stream->type->buf_type))
			vb2_set_plane_payload(vb, 0, answer->result);
	}
	trace_fovea_buffer_done(stream->type->index, vb->index,
				answer->frame_id, answer->timestamp,
				answer->status);
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

	trace_fovea_buffer_submit(stream->type->index,
				  buffer->vb.vb2_buf.index);
	return fovea_queue_submit_locked(&stream->queue, &sqe,
					 &buffer->request);
}

static int fovea_stream_submit_pending(struct fovea_stream *stream)
{
	struct fovea_buffer *buffer, *next;
	int r = 0;

	spin_lock_irq(&stream->queue.lock);
	stream->state = FOVEA_STREAM_STARTING;
	list_for_each_entry_safe(buffer, next, &stream->pending, list) {
		r = fovea_buffer_submit(stream, buffer);
		if (r)
			break;
		list_del(&buffer->list);
	}
	spin_unlock_irq(&stream->queue.lock);
	return r;
}

/* ------------------------------------------------------------------------
 * Start and stop
 */

static void fovea_stream_set_state(struct fovea_stream *stream,
				   enum fovea_stream_state state)
{
	spin_lock_irq(&stream->queue.lock);
	stream->state = state;
	spin_unlock_irq(&stream->queue.lock);
}

/* Takes all buffers back from the device; @state says what becomes of them. */
static int fovea_stream_halt(struct fovea_stream *stream,
			     enum fovea_stream_state state)
{
	int r;

	fovea_stream_set_state(stream, state);
	r = fovea_admin_stop_stream(stream->fovea, stream->type->index);
	/* The ring's interrupt may still be under way: don't wait for it. */
	fovea_queue_process(&stream->queue);
	fovea_queue_abort(&stream->queue);
	return r;
}

/*
 * The device has started the stream; unless it has died meanwhile. Buffers
 * that it refused before it started are done with.
 */
static int fovea_stream_started(struct fovea_stream *stream)
{
	struct fovea_buffer *buffer, *next;
	int r;

	spin_lock_irq(&stream->queue.lock);
	/* Under the lock: whoever declares the device dead comes behind us. */
	r = fovea_device_error(stream->fovea);
	if (!r) {
		stream->state = FOVEA_STREAM_RUNNING;
		list_for_each_entry_safe(buffer, next, &stream->pending, list) {
			list_del(&buffer->list);
			vb2_buffer_done(&buffer->vb.vb2_buf,
					VB2_BUF_STATE_ERROR);
		}
	}
	spin_unlock_irq(&stream->queue.lock);
	return r;
}

/* On failure all buffers are on the list. */
static int fovea_stream_run(struct fovea_stream *stream)
{
	struct fs1_stream_config config = {
		.stream = cpu_to_le32(stream->type->index),
	};
	int r;

	stream->type->configure(stream, &config);
	r = fovea_admin_configure(stream->fovea, &config,
				  stream->type->size(stream));
	if (r)
		return r;
	/* Before the start, so that the first frame finds a buffer. */
	r = fovea_stream_submit_pending(stream);
	if (!r)
		r = fovea_admin_start_stream(stream->fovea,
					     stream->type->index);
	if (!r)
		r = fovea_stream_started(stream);
	if (r)
		fovea_stream_halt(stream, FOVEA_STREAM_SUSPENDED);
	return r;
}

static void fovea_stream_return_pending(struct fovea_stream *stream,
					enum vb2_buffer_state state)
{
	struct fovea_buffer *buffer, *next;

	spin_lock_irq(&stream->queue.lock);
	stream->state = FOVEA_STREAM_IDLE;
	list_for_each_entry_safe(buffer, next, &stream->pending, list) {
		list_del(&buffer->list);
		vb2_buffer_done(&buffer->vb.vb2_buf, state);
	}
	spin_unlock_irq(&stream->queue.lock);
}

static void fovea_stream_queue_event(struct fovea_stream *stream,
				     const struct v4l2_event *event)
{
	if (video_is_registered(&stream->vdev))
		v4l2_event_queue(&stream->vdev, event);
}

int fovea_stream_suspend(struct fovea_stream *stream)
{
	int r = 0;

	if (!stream->type)
		return 0;
	mutex_lock(&stream->lock);
	if (stream->state == FOVEA_STREAM_RUNNING)
		r = fovea_stream_halt(stream, FOVEA_STREAM_SUSPENDED);
	mutex_unlock(&stream->lock);
	return r;
}

int fovea_stream_resume(struct fovea_stream *stream)
{
	int r = 0;

	if (!stream->type)
		return 0;
	mutex_lock(&stream->lock);
	if (stream->state == FOVEA_STREAM_SUSPENDED) {
		r = fovea_stream_run(stream);
		if (r)
			vb2_queue_error(&stream->vb2);
	}
	mutex_unlock(&stream->lock);
	return r;
}

void fovea_stream_fail(struct fovea_stream *stream)
{
	unsigned long flags;
	bool running;

	if (!stream->type)
		return;
	spin_lock_irqsave(&stream->queue.lock, flags);
	/* One that is starting finds out by itself, and keeps its buffers. */
	running = stream->state != FOVEA_STREAM_IDLE &&
		  stream->state != FOVEA_STREAM_STARTING;
	if (running)
		stream->state = FOVEA_STREAM_IDLE;
	spin_unlock_irqrestore(&stream->queue.lock, flags);
	fovea_queue_abort(&stream->queue);
	if (running)
		vb2_queue_error(&stream->vb2);
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

static int fovea_vb2_queue_setup(struct vb2_queue *vb2, unsigned int *count,
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

static void fovea_vb2_buf_cleanup(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	struct fovea_buffer *buffer = to_fovea_buffer(vb);
	struct fovea_device *fovea = stream->fovea;

	if (buffer->mapped)
		fovea->ops->unmap(fovea->backend, &buffer->mapping);
	buffer->mapped = false;
}

static int fovea_vb2_buf_init(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	struct fovea_buffer *buffer = to_fovea_buffer(vb);
	struct fovea_device *fovea = stream->fovea;
	int r;

	buffer->request.done = fovea_buffer_done;
	r = fovea->ops->map(fovea->backend, vb, &buffer->mapping);
	buffer->mapped = !r;
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

static int fovea_vb2_buf_prepare(struct vb2_buffer *vb)
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

static int fovea_vb2_buf_out_validate(struct vb2_buffer *vb)
{
	to_vb2_v4l2_buffer(vb)->field = V4L2_FIELD_NONE;
	return 0;
}

static void fovea_vb2_buf_queue(struct vb2_buffer *vb)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb->vb2_queue);
	struct fovea_buffer *buffer = to_fovea_buffer(vb);
	unsigned long flags;

	spin_lock_irqsave(&stream->queue.lock, flags);
	trace_fovea_buffer_queue(stream->type->index, vb->index);
	if (stream->state != FOVEA_STREAM_RUNNING) {
		list_add_tail(&buffer->list, &stream->pending);
	} else if (fovea_buffer_submit(stream, buffer)) {
		stream->errors++;
		vb2_buffer_done(vb, VB2_BUF_STATE_ERROR);
	}
	spin_unlock_irqrestore(&stream->queue.lock, flags);
}

static int fovea_vb2_start_streaming(struct vb2_queue *vb2, unsigned int count)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb2);
	int r;

	stream->served = 0;
	r = fovea_stream_run(stream);
	if (r)
		fovea_stream_return_pending(stream, VB2_BUF_STATE_QUEUED);
	else if (stream->type->index == FS1_STREAM_IMAGE)
		/* The mode may be another stream's already. */
		schedule_work(&stream->fovea->mode_work);
	return r;
}

static void fovea_vb2_stop_streaming(struct vb2_queue *vb2)
{
	static const struct v4l2_event eos = { .type = V4L2_EVENT_EOS };
	struct fovea_stream *stream = vb2_get_drv_priv(vb2);

	if (stream->state == FOVEA_STREAM_RUNNING)
		fovea_stream_halt(stream, FOVEA_STREAM_IDLE);
	fovea_stream_return_pending(stream, VB2_BUF_STATE_ERROR);
	fovea_stream_queue_event(stream, &eos);
}

static const struct vb2_ops fovea_vb2_ops = {
	.queue_setup = fovea_vb2_queue_setup,
	FOVEA_VB2_WAIT_OPS
	.buf_out_validate = fovea_vb2_buf_out_validate,
	.buf_init = fovea_vb2_buf_init,
	.buf_prepare = fovea_vb2_buf_prepare,
	.buf_cleanup = fovea_vb2_buf_cleanup,
	.start_streaming = fovea_vb2_start_streaming,
	.stop_streaming = fovea_vb2_stop_streaming,
	.buf_queue = fovea_vb2_buf_queue,
};

/* ------------------------------------------------------------------------
 * Events
 */

/* Without the queue's lock: the caller holds that of the admin queue. */
static bool fovea_stream_flows(const struct fovea_stream *stream)
{
	enum fovea_stream_state state = READ_ONCE(stream->state);

	return state == FOVEA_STREAM_STARTING || state == FOVEA_STREAM_RUNNING;
}

void fovea_stream_frame_start(struct fovea_stream *stream, u64 frame_id)
{
	struct v4l2_event event = {
		.type = V4L2_EVENT_FRAME_SYNC,
		.u.frame_sync.frame_sequence = lower_32_bits(frame_id),
	};

	if (stream->type && !V4L2_TYPE_IS_OUTPUT(stream->type->buf_type) &&
	    fovea_stream_flows(stream))
		fovea_stream_queue_event(stream, &event);
}

void fovea_stream_frame_dropped(struct fovea_stream *stream, u64 frame_id)
{
	if (!stream->type)
		return;
	atomic_inc(&stream->dropped);
	trace_fovea_frame_drop(stream->type->index, frame_id);
}

void fovea_stream_source_change(struct fovea_stream *stream)
{
	static const struct v4l2_event event = {
		.type = V4L2_EVENT_SOURCE_CHANGE,
		.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION,
	};

	if (stream->type && fovea_stream_flows(stream) &&
	    READ_ONCE(stream->served))
		fovea_stream_queue_event(stream, &event);
}

int fovea_stream_subscribe_event(struct v4l2_fh *fh,
				 const struct v4l2_event_subscription *sub)
{
	struct fovea_stream *stream =
		container_of(fh->vdev, struct fovea_stream, vdev);
	bool capture = !V4L2_TYPE_IS_OUTPUT(stream->type->buf_type);

	switch (sub->type) {
	case V4L2_EVENT_CTRL:
		return v4l2_ctrl_subscribe_event(fh, sub);
	case V4L2_EVENT_EOS:
		return v4l2_event_subscribe(fh, sub, 2, NULL);
	case V4L2_EVENT_FRAME_SYNC:
		/* A few, so that a reader who is late sees each frame. */
		return capture ? v4l2_event_subscribe(fh, sub, 4, NULL) :
				 -EINVAL;
	case V4L2_EVENT_SOURCE_CHANGE:
		return capture && stream->type->limits ?
			       v4l2_src_change_event_subscribe(fh, sub) :
			       -EINVAL;
	default:
		return -EINVAL;
	}
}

/* ------------------------------------------------------------------------
 * The node
 */

int fovea_stream_querycap(struct file *file, void *priv,
			  struct v4l2_capability *capability)
{
	const struct fovea_stream *stream = video_drvdata(file);

	strscpy(capability->driver, "fovea", sizeof(capability->driver));
	strscpy(capability->card, stream->type->card, sizeof(capability->card));
	return 0;
}

int fovea_stream_log_status(struct file *file, void *priv)
{
	struct fovea_stream *stream = video_drvdata(file);

	if (stream->type->has_controls)
		v4l2_ctrl_log_status(file, priv);
	fovea_log_status(stream->fovea);
	return 0;
}

/* An open file keeps the back-end's module, whose code its buffers use. */
static int fovea_stream_open(struct file *file)
{
	struct fovea_stream *stream = video_drvdata(file);
	struct module *owner = NULL;
	bool ok;
	int r;

	/* The back-end's ops are there while the node is registered. */
	mutex_lock(&stream->lock);
	ok = video_is_registered(&stream->vdev);
	if (ok) {
		owner = stream->fovea->ops->owner;
		ok = try_module_get(owner);
	}
	mutex_unlock(&stream->lock);
	if (!ok)
		return -ENODEV;
	r = v4l2_fh_open(file);
	if (r)
		module_put(owner);
	return r;
}

static int fovea_stream_release(struct file *file)
{
	struct fovea_stream *stream = video_drvdata(file);
	struct module *owner = stream->fovea->ops->owner;
	int r;

	r = vb2_fop_release(file);
	module_put(owner);
	return r;
}

static const struct v4l2_file_operations fovea_stream_fops = {
	.owner = THIS_MODULE,
	.open = fovea_stream_open,
	.release = fovea_stream_release,
	.read = vb2_fop_read,
	.write = vb2_fop_write,
	.poll = vb2_fop_poll,
	.mmap = vb2_fop_mmap,
	.unlocked_ioctl = video_ioctl2,
};

static int fovea_stream_init_vb2(struct fovea_stream *stream)
{
	struct fovea_device *fovea = stream->fovea;
	struct vb2_queue *vb2 = &stream->vb2;

	vb2->type = stream->type->buf_type;
	vb2->io_modes = fovea->ops->io_modes | stream->type->io_modes;
	vb2->dev = fovea->dev;
	vb2->lock = &stream->lock;
	vb2->ops = &fovea_vb2_ops;
	vb2->mem_ops = fovea->ops->mem_ops;
	vb2->drv_priv = stream;
	vb2->buf_struct_size = sizeof(struct fovea_buffer);
	vb2->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	/* V4L2 lets an output's time be that of its end alone. */
	if (!V4L2_TYPE_IS_OUTPUT(vb2->type))
		vb2->timestamp_flags |= V4L2_BUF_FLAG_TSTAMP_SRC_SOE;
	vb2->allow_cache_hints = 1;
	return vb2_queue_init(vb2);
}

static int fovea_stream_register_vdev(struct fovea_stream *stream)
{
	const struct fovea_stream_type *type = stream->type;
	bool output = V4L2_TYPE_IS_OUTPUT(type->buf_type);
	struct video_device *vdev = &stream->vdev;
	int r;

	strscpy(vdev->name, type->name, sizeof(vdev->name));
	vdev->v4l2_dev = &stream->fovea->v4l2;
	vdev->fops = &fovea_stream_fops;
	vdev->ioctl_ops = type->ioctl_ops;
	vdev->release = video_device_release_empty;
	vdev->queue = &stream->vb2;
	vdev->lock = &stream->lock;
	vdev->vfl_dir = output ? VFL_DIR_TX : VFL_DIR_RX;
	vdev->device_caps = type->device_caps;
	if (type->has_controls)
		vdev->ctrl_handler = &stream->fovea->ctrls.all;
	video_set_drvdata(vdev, stream);

	stream->pad.flags = output ? MEDIA_PAD_FL_SOURCE : MEDIA_PAD_FL_SINK;
	r = media_entity_pads_init(&vdev->entity, 1, &stream->pad);
	if (r)
		return r;
	return video_register_device(vdev, VFL_TYPE_VIDEO, -1);
}

static int fovea_stream_create_queue(struct fovea_stream *stream)
{
	struct fovea_queue *queue = &stream->queue;
	int r;

	r = fovea_queue_alloc(queue);
	if (r)
		return r;
	r = fovea_admin_create_queue(queue);
	if (r)
		fovea_queue_free(queue);
	return r;
}

static void fovea_stream_delete_queue(struct fovea_stream *stream)
{
	fovea_admin_delete_queue(&stream->queue);
	fovea_queue_free(&stream->queue);
}

int fovea_stream_register(struct fovea_stream *stream,
			  struct fovea_device *fovea,
			  const struct fovea_stream_type *type)
{
	int r;

	stream->fovea = fovea;
	stream->type = type;
	mutex_init(&stream->lock);
	INIT_LIST_HEAD(&stream->pending);
	if (type->init)
		type->init(stream);

	r = fovea_stream_create_queue(stream);
	if (r)
		goto err_type;
	r = fovea_stream_init_vb2(stream);
	if (r)
		goto err_queue;
	r = fovea_stream_register_vdev(stream);
	if (r)
		goto err_queue;
	return 0;

err_queue:
	fovea_stream_delete_queue(stream);
err_type:
	stream->type = NULL;
	return dev_err_probe(fovea->dev, r, "can't make node %s\n", type->name);
}

void fovea_stream_unregister(struct fovea_stream *stream)
{
	if (!stream->type)
		return;
	/* Stops it, so that no buffer is left on the queue. */
	vb2_video_unregister_device(&stream->vdev);
	fovea_stream_delete_queue(stream);
}
