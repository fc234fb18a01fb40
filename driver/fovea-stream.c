// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all nodes have in common: starting and stopping a stream, also while the
 * device sleeps or is being brought back, and what is told of its frames.
 *
 * A stream that shall run (wanted) runs as soon as the device does; until then
 * it keeps its buffers.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <media/v4l2-event.h>

#include "fovea-admin.h"
#include "fovea-buffer.h"
#include "fovea-compat.h"
#include "fovea-core.h"
#include "fovea-power.h"
#include "fovea-stream.h"
#include "fovea-trace.h"

/* ------------------------------------------------------------------------
 * The device's queue
 */

static void fovea_stream_astray(struct fovea_queue *queue)
{
	fovea_recovery_start_stream(container_of(queue, struct fovea_stream,
						 queue));
}

static void fovea_stream_configure(struct fovea_stream *stream)
{
	memset(&stream->config, 0, sizeof(stream->config));
	stream->config.stream = cpu_to_le32(stream->type->index);
	stream->type->configure(stream, &stream->config);
	stream->size = stream->type->size(stream);
}

int fovea_stream_init(struct fovea_stream *stream, struct fovea_device *fovea,
		      const struct fovea_stream_type *type)
{
	int r;

	r = fovea_queue_alloc(&stream->queue);
	if (r)
		return r;
	stream->queue.astray = fovea_stream_astray;
	stream->fovea = fovea;
	stream->type = type;
	mutex_init(&stream->lock);
	INIT_LIST_HEAD(&stream->pending);
	INIT_LIST_HEAD(&stream->returned);
	if (type->data)
		stream->data_size = type->data->size_default;
	if (type->init)
		type->init(stream);
	if (type->vb2) {
		fovea_stream_configure(stream);
		stream->wanted = true;
	}
	return 0;
}

void fovea_stream_free(struct fovea_stream *stream)
{
	if (!stream->type)
		return;
	fovea_queue_close(&stream->queue);
	fovea_queue_free(&stream->queue);
}

int fovea_stream_create_queue(struct fovea_stream *stream)
{
	int r;

	if (!stream->type)
		return 0;
	r = fovea_queue_open(&stream->queue);
	return r ?: fovea_admin_create_queue(&stream->queue);
}

/* ------------------------------------------------------------------------
 * Start and stop, with life held
 */

const char *fovea_stream_state_name(enum fovea_stream_state state)
{
	static const char * const names[] = {
		[FOVEA_STREAM_IDLE] = "idle",
		[FOVEA_STREAM_STARTING] = "starting",
		[FOVEA_STREAM_RUNNING] = "running",
		[FOVEA_STREAM_SUSPENDED] = "suspended",
	};

	return names[state];
}

static void fovea_stream_set_state(struct fovea_stream *stream,
				   enum fovea_stream_state state)
{
	spin_lock_irq(&stream->queue.lock);
	stream->state = state;
	spin_unlock_irq(&stream->queue.lock);
}

void fovea_stream_hold(struct fovea_stream *stream)
{
	if (!stream->type)
		return;
	spin_lock_irq(&stream->queue.lock);
	if (stream->state != FOVEA_STREAM_IDLE)
		stream->state = FOVEA_STREAM_SUSPENDED;
	spin_unlock_irq(&stream->queue.lock);
}

void fovea_stream_reclaim(struct fovea_stream *stream)
{
	if (!stream->type)
		return;
	/* Its interrupts may still be under way: don't wait for them. */
	fovea_queue_process(&stream->queue);
	fovea_queue_close(&stream->queue);
}

/*
 * The device was told to give all buffers back; @error: it wasn't, or didn't. If
 * it doesn't let go of them, all of it is disabled: they are somebody else's
 * soon.
 */
static void fovea_stream_recall(struct fovea_stream *stream, int error)
{
	struct fovea_device *fovea = stream->fovea;

	if (error) {
		fovea_recovery_start(fovea, FOVEA_CAUSE_COMMAND);
		if (fovea_device_disable(fovea))
			fovea_queue_close(&stream->queue);
		return;
	}
	fovea_queue_process(&stream->queue);
	/* Those that didn't come back by themselves: the ring is out of step. */
	if (fovea_queue_recall(&stream->queue))
		fovea_recovery_start_stream(stream);
}

/* Takes all buffers back from the device; @state says what becomes of them. */
static int fovea_stream_halt(struct fovea_stream *stream,
			     enum fovea_stream_state state)
{
	int r;

	fovea_stream_set_state(stream, state);
	r = fovea_admin_stop_stream(stream->fovea, stream->type->index);
	fovea_stream_recall(stream, r);
	return r;
}

void fovea_stream_withdraw(struct fovea_stream *stream)
{
	struct fovea_device *fovea = stream->fovea;

	lockdep_assert_held(&fovea->life);
	/* Otherwise its queue was closed, or is when the device is recovered. */
	if (!fovea_device_error(fovea))
		fovea_stream_recall(stream,
				    fovea_admin_flush_stream(fovea,
							     stream->type->index));
}

/*
 * The device has started the stream; unless it was closed meanwhile. Buffers
 * that it refused before it started are done with.
 */
static int fovea_stream_started(struct fovea_stream *stream)
{
	int r = 0;

	spin_lock_irq(&stream->queue.lock);
	/* Under the lock: whoever declares the device dead comes behind us. */
	if (stream->queue.open && stream->state == FOVEA_STREAM_STARTING) {
		stream->state = FOVEA_STREAM_RUNNING;
		stream->strange = 0;
		fovea_buffers_return_refused(stream);
	} else {
		r = -EAGAIN;
	}
	spin_unlock_irq(&stream->queue.lock);
	return r;
}

/* On failure all buffers are on the lists. */
static int fovea_stream_run(struct fovea_stream *stream)
{
	const struct fovea_data *data = stream->type->data;
	int r;

	r = fovea_admin_configure(stream->fovea, &stream->config,
				  data ? data->size_min : stream->size);
	if (r)
		return r;
	/* Before the start, so that the first frame finds a buffer. */
	r = fovea_buffers_submit(stream);
	if (!r)
		r = fovea_admin_start_stream(stream->fovea,
					     stream->type->index);
	if (!r)
		r = fovea_stream_started(stream);
	if (r)
		fovea_stream_halt(stream, FOVEA_STREAM_SUSPENDED);
	return r;
}

int fovea_stream_restore(struct fovea_stream *stream)
{
	return stream->wanted ? fovea_stream_run(stream) : 0;
}

int fovea_stream_reset(struct fovea_stream *stream)
{
	int r;

	fovea_stream_hold(stream);
	r = fovea_admin_stop_stream(stream->fovea, stream->type->index);
	if (!r) {
		fovea_queue_process(&stream->queue);
		r = fovea_admin_delete_queue(&stream->queue);
	}
	if (r)
		return r;
	fovea_queue_close(&stream->queue);
	r = fovea_stream_create_queue(stream);
	return r ?: fovea_stream_restore(stream);
}

/* It starts when the device is back. */
static int fovea_stream_wait(struct fovea_stream *stream)
{
	int r;

	spin_lock_irq(&stream->queue.lock);
	/* Under the lock: whoever gives the device up comes behind us. */
	r = fovea_device_error(stream->fovea);
	if (!r || r == -EAGAIN) {
		stream->state = FOVEA_STREAM_SUSPENDED;
		r = 0;
	}
	spin_unlock_irq(&stream->queue.lock);
	return r;
}

static int fovea_stream_start(struct fovea_stream *stream)
{
	struct fovea_device *fovea = stream->fovea;
	int r;

	lockdep_assert_held(&fovea->life);

	fovea_stream_configure(stream);
	stream->served = 0;

	r = fovea_device_error(fovea);
	if (!r)
		r = fovea_stream_run(stream);
	if (r == -EAGAIN) {
		fovea_recovery_start(fovea, FOVEA_CAUSE_COMMAND);
		r = fovea_stream_wait(stream);
	}
	stream->wanted = !r;
	return r;
}

static void fovea_stream_stop(struct fovea_stream *stream)
{
	lockdep_assert_held(&stream->fovea->life);

	stream->wanted = false;
	if (stream->state == FOVEA_STREAM_RUNNING || stream->queue.outstanding)
		fovea_stream_halt(stream, FOVEA_STREAM_IDLE);
}

static void fovea_stream_return_pending(struct fovea_stream *stream,
					enum vb2_buffer_state state)
{
	spin_lock_irq(&stream->queue.lock);
	stream->state = FOVEA_STREAM_IDLE;
	fovea_buffers_return(stream, state);
	spin_unlock_irq(&stream->queue.lock);
}

static void fovea_stream_queue_event(struct fovea_stream *stream,
				     const struct v4l2_event *event)
{
	if (video_is_registered(&stream->vdev))
		v4l2_event_queue(&stream->vdev, event);
}

void fovea_stream_fail(struct fovea_stream *stream)
{
	unsigned long flags;
	bool running;

	if (!stream->type)
		return;
	spin_lock_irqsave(&stream->queue.lock, flags);
	/* One that is just being started keeps its buffers, and finds out. */
	running = stream->state != FOVEA_STREAM_IDLE &&
		  (stream->state != FOVEA_STREAM_STARTING ||
		   READ_ONCE(stream->wanted));
	if (running)
		stream->state = FOVEA_STREAM_IDLE;
	else if (stream->state == FOVEA_STREAM_STARTING)
		stream->state = FOVEA_STREAM_SUSPENDED;
	spin_unlock_irqrestore(&stream->queue.lock, flags);
	fovea_queue_close(&stream->queue);
	/* A queue that runs by itself may have no user. */
	if (running && (!stream->type->vb2 || vb2_is_streaming(&stream->vb2)))
		vb2_queue_error(&stream->vb2);
	if (fovea_device_gone(stream->fovea) &&
	    video_is_registered(&stream->vdev))
		v4l2_event_wake_all(&stream->vdev);
}

/* ------------------------------------------------------------------------
 * videobuf2
 */

static int fovea_vb2_start_streaming(struct vb2_queue *vb2, unsigned int count)
{
	struct fovea_stream *stream = vb2_get_drv_priv(vb2);
	struct fovea_device *fovea = stream->fovea;
	int r;

	r = fovea_power_get(fovea);
	if (!r) {
		fovea_recovery_look_now(fovea);
		mutex_lock(&fovea->life);
		r = fovea_stream_start(stream);
		mutex_unlock(&fovea->life);
		if (r)
			fovea_power_put(fovea);
	}
	if (r)
		fovea_stream_return_pending(stream, VB2_BUF_STATE_QUEUED);
	else if (stream->type->index == FS1_STREAM_IMAGE)
		/* The mode may be another stream's already. */
		schedule_work(&fovea->mode_work);
	return r;
}

static void fovea_vb2_stop_streaming(struct vb2_queue *vb2)
{
	static const struct v4l2_event eos = { .type = V4L2_EVENT_EOS };
	struct fovea_stream *stream = vb2_get_drv_priv(vb2);
	struct fovea_device *fovea = stream->fovea;

	mutex_lock(&fovea->life);
	fovea_stream_stop(stream);
	mutex_unlock(&fovea->life);
	fovea_stream_return_pending(stream, VB2_BUF_STATE_ERROR);
	fovea_power_put(fovea);
	fovea_stream_queue_event(stream, &eos);
}

const struct vb2_ops fovea_stream_vb2_ops = {
	.queue_setup = fovea_vb2_queue_setup,
	FOVEA_VB2_WAIT_OPS
	.buf_out_validate = fovea_vb2_buf_out_validate,
	.buf_init = fovea_vb2_buf_init,
	.buf_prepare = fovea_vb2_buf_prepare,
	.buf_finish = fovea_vb2_buf_finish,
	.buf_cleanup = fovea_vb2_buf_cleanup,
	.start_streaming = fovea_vb2_start_streaming,
	.stop_streaming = fovea_vb2_stop_streaming,
	.buf_queue = fovea_vb2_buf_queue,
};

/* ------------------------------------------------------------------------
 * What the watchdog asks
 */

bool fovea_stream_overdue(struct fovea_stream *stream, unsigned long timeout)
{
	bool overdue;

	if (!stream->type)
		return false;
	spin_lock_irq(&stream->queue.lock);
	overdue = stream->state == FOVEA_STREAM_RUNNING &&
		  stream->queue.outstanding &&
		  atomic_read(&stream->overdue) >= FOVEA_BUFFER_FRAMES &&
		  time_after(jiffies, stream->progress + timeout);
	spin_unlock_irq(&stream->queue.lock);
	return overdue;
}

/* Without the queue's lock: the caller holds that of the admin queue. */
static bool fovea_stream_flows(const struct fovea_stream *stream)
{
	enum fovea_stream_state state = READ_ONCE(stream->state);

	return stream->type && !stream->type->vb2 &&
	       (state == FOVEA_STREAM_STARTING ||
		state == FOVEA_STREAM_RUNNING);
}

static bool fovea_stream_captures(const struct fovea_stream *stream)
{
	return stream->type && !V4L2_TYPE_IS_OUTPUT(stream->type->buf_type);
}

bool fovea_streams_flow(struct fovea_device *fovea)
{
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++)
		if (fovea_stream_flows(&fovea->streams[i]))
			return true;
	return false;
}

bool fovea_streams_ready(struct fovea_device *fovea, unsigned long *ret_since)
{
	struct fovea_stream *stream;
	bool ready = false;
	unsigned int i;

	for (i = 0; i < FS1_QUEUES; i++) {
		stream = &fovea->streams[i];
		if (!fovea_stream_captures(stream) ||
		    !fovea_stream_flows(stream))
			continue;
		/* A device may wait for all that are started. */
		if (!READ_ONCE(stream->queue.outstanding))
			return false;
		if (!ready || time_after(stream->progress, *ret_since))
			*ret_since = READ_ONCE(stream->progress);
		ready = true;
	}
	return ready;
}

/* ------------------------------------------------------------------------
 * Events
 */

/*
 * The scene is shown only by frames that somebody gets, while there is somebody
 * who could.
 */
static bool fovea_stream_expects(struct fovea_stream *stream, u32 served)
{
	struct fovea_device *fovea = stream->fovea;
	u32 captures = 0;
	unsigned int i;

	if (fovea_stream_captures(stream))
		return true;
	for (i = 0; i < FS1_QUEUES; i++)
		if (fovea_stream_captures(&fovea->streams[i]) &&
		    fovea_stream_flows(&fovea->streams[i]))
			captures |= BIT(i);
	return !captures || served & captures;
}

void fovea_stream_holders(struct fovea_stream *stream,
			  struct fovea_holders *ret_holders)
{
	unsigned int buffers = READ_ONCE(stream->buffers);
	unsigned int queued = READ_ONCE(stream->vb2.queued_count);
	unsigned int driver = atomic_read(&stream->vb2.owned_by_drv_count);
	unsigned int device = READ_ONCE(stream->queue.outstanding);

	/* Before the start videobuf2 keeps them, and none is filled. */
	if (!vb2_start_streaming_called(&stream->vb2))
		driver = queued;
	ret_holders->program = buffers - min(buffers, queued);
	ret_holders->ready = queued - min(queued, driver);
	ret_holders->waiting = driver - min(driver, device);
	ret_holders->device = device;
}

static void fovea_stream_count_drop(struct fovea_stream *stream, u64 frame_id,
				    enum fovea_drop reason,
				    const struct fovea_holders *holders)
{
	atomic_inc(&stream->dropped[reason]);
	trace_fovea_frame_drop(stream, frame_id, reason, holders);
}

void fovea_stream_drop(struct fovea_stream *stream, u64 frame_id,
		       enum fovea_drop reason)
{
	struct fovea_holders holders;

	fovea_stream_holders(stream, &holders);
	fovea_stream_count_drop(stream, frame_id, reason, &holders);
}

/* Whose fault is it that a frame found no buffer? */
static enum fovea_drop
fovea_stream_drop_reason(const struct fovea_stream *stream,
			 const struct fovea_holders *holders)
{
	if (READ_ONCE(stream->state) == FOVEA_STREAM_SUSPENDED)
		return FOVEA_DROP_QUEUE_RESET;
	/* It has one by now. */
	if (holders->device)
		return FOVEA_DROP_QUEUED_LATE;
	return holders->ready ? FOVEA_DROP_NOT_DEQUEUED :
				FOVEA_DROP_NOT_QUEUED;
}

/* A stream whose queue is made anew has no part in the device's frames. */
static void fovea_stream_passed_by(struct fovea_stream *stream, u64 frame_id,
				   u32 served)
{
	if (fovea_stream_captures(stream) &&
	    READ_ONCE(stream->state) == FOVEA_STREAM_SUSPENDED &&
	    ~served & BIT(stream->type->index))
		fovea_stream_frame_dropped(stream, frame_id);
}

void fovea_stream_frame_start(struct fovea_stream *stream, u64 frame_id,
			      u32 served)
{
	struct v4l2_event event = {
		.type = V4L2_EVENT_FRAME_SYNC,
		.u.frame_sync.frame_sequence = lower_32_bits(frame_id),
	};

	if (!fovea_stream_flows(stream)) {
		fovea_stream_passed_by(stream, frame_id, served);
		return;
	}
	if (fovea_stream_expects(stream, served))
		atomic_inc(&stream->overdue);
	if (fovea_stream_captures(stream))
		fovea_stream_queue_event(stream, &event);
}

void fovea_stream_frame_dropped(struct fovea_stream *stream, u64 frame_id)
{
	struct fovea_holders holders;

	lockdep_assert_held(&stream->fovea->admin.lock);
	/* One that went by may be announced as dropped as well. */
	if (!stream->type || stream->dropped_id == frame_id)
		return;
	stream->dropped_id = frame_id;
	fovea_stream_holders(stream, &holders);
	fovea_stream_count_drop(stream, frame_id,
				fovea_stream_drop_reason(stream, &holders),
				&holders);
}

void fovea_stream_source_change(struct fovea_stream *stream)
{
	static const struct v4l2_event event = {
		.type = V4L2_EVENT_SOURCE_CHANGE,
		.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION,
	};

	if (fovea_stream_flows(stream) &&
	    READ_ONCE(stream->served))
		fovea_stream_queue_event(stream, &event);
}

void fovea_stream_recovery(struct fovea_stream *stream,
			   const struct fovea_event_recovery *data)
{
	struct v4l2_event event = { .type = V4L2_EVENT_FOVEA_RECOVERY };

	static_assert(sizeof(*data) <= sizeof(event.u.data));
	if (!fovea_stream_captures(stream))
		return;
	memcpy(event.u.data, data, sizeof(*data));
	fovea_stream_queue_event(stream, &event);
}
