// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands: one at a time on the admin queue, each answered or timed out.
 *
 * Copyright The Fovea authors
 */
#include <linux/completion.h>
#include <linux/ctype.h>
#include <linux/device.h>

#include "fovea-admin.h"
#include "fovea-core.h"
#include "fovea-format.h"
#include "fovea-trace.h"

/* A command is sent at most twice; the first answer counts. */
#define FOVEA_ATTEMPTS 2

struct fovea_attempt {
	struct fovea_request request;
	struct fovea_command *command;
	bool submitted;
};

/**
 * struct fovea_command - what waits for an answer
 * @fovea: who shall give it
 * @opcode: enum fs1_opcode
 * @since: when it was sent first
 * @completion: it is there
 * @answer: it
 * @repeated: it answers not the first attempt
 * @attempt: all that were made
 */
struct fovea_command {
	struct fovea_device *fovea;
	u8 opcode;
	ktime_t since;
	struct completion completion;
	struct fovea_answer answer;
	bool repeated;
	struct fovea_attempt attempt[FOVEA_ATTEMPTS];
};

static void fovea_command_done(struct fovea_request *request,
			       const struct fovea_answer *answer)
{
	struct fovea_attempt *attempt =
		container_of(request, struct fovea_attempt, request);
	struct fovea_command *command = attempt->command;

	trace_fovea_command_answer(command->fovea, command->opcode,
				   attempt - command->attempt + 1, answer,
				   command->since);
	if (completion_done(&command->completion))
		return;
	command->answer = *answer;
	command->repeated = attempt != command->attempt;
	complete_all(&command->completion);
}

int fovea_status_to_errno(u32 status)
{
	static const int table[] = {
		[FS1_OK] = 0,
		[FS1_BAD_OPCODE] = -EOPNOTSUPP,
		[FS1_BAD_ARGUMENT] = -EINVAL,
		[FS1_BAD_ADDRESS] = -EFAULT,
		[FS1_BAD_LENGTH] = -EINVAL,
		[FS1_BAD_STATE] = -EBUSY,
		[FS1_BAD_FORMAT] = -EINVAL,
		[FS1_NO_MEMORY] = -ENOMEM,
		[FS1_ABORTED] = -ECANCELED,
		[FS1_INTERNAL] = -EIO,
	};

	return status < ARRAY_SIZE(table) ? table[status] : -EPROTO;
}

static int fovea_command_submit(struct fovea_device *fovea,
				const struct fs1_sqe *sqe,
				struct fovea_command *command, unsigned int i)
{
	struct fovea_attempt *attempt = &command->attempt[i];
	struct fovea_queue *queue = &fovea->admin;
	int r;

	attempt->command = command;
	attempt->request.done = fovea_command_done;
	spin_lock_irq(&queue->lock);
	r = fovea_queue_submit_locked(queue, sqe, &attempt->request);
	attempt->submitted = !r;
	if (!r)
		trace_fovea_command_send(fovea, sqe, i + 1);
	spin_unlock_irq(&queue->lock);
	return r;
}

/* Waits, and gives the device two more chances; see fovea-recovery.h. */
static bool fovea_command_wait(struct fovea_device *fovea,
			       const struct fs1_sqe *sqe,
			       struct fovea_command *command)
{
	unsigned long fifth = fovea_recovery_command_timeout() / 5;

	if (wait_for_completion_timeout(&command->completion, fifth))
		return true;
	/* An interrupt was lost, or a doorbell. */
	fovea_queue_process(&fovea->admin);
	fovea_queue_ring(&fovea->admin);
	if (wait_for_completion_timeout(&command->completion, fifth))
		return true;
	if (fovea_command_submit(fovea, sqe, command, 1))
		return false;
	dev_warn(fovea->dev, "no answer to command %#x, sent once more\n",
		 sqe->opcode);
	fovea_recovery_report(fovea, FOVEA_RECOVERY_REISSUE,
			      FOVEA_CAUSE_COMMAND, command->since);
	if (!wait_for_completion_timeout(&command->completion, 3 * fifth))
		return false;
	if (command->answer.status != FS1_ABORTED)
		fovea_recovery_report(fovea, FOVEA_RECOVERY_DONE,
				      FOVEA_CAUSE_COMMAND, command->since);
	return true;
}

/* Was it executed the first time, and only the answer got lost? */
static bool fovea_command_was_done(const struct fs1_sqe *sqe,
				   const struct fovea_command *command)
{
	if (!command->repeated || command->answer.status != FS1_BAD_STATE)
		return false;
	return sqe->opcode == FS1_START || sqe->opcode == FS1_CREATE_QUEUE ||
	       sqe->opcode == FS1_DELETE_QUEUE;
}

static int fovea_admin_answer(struct fovea_device *fovea,
			      const struct fs1_sqe *sqe,
			      const struct fovea_command *command)
{
	if (fovea_command_was_done(sqe, command))
		return 0;
	/* No command asks for that: the queue was closed. */
	if (command->answer.status == FS1_ABORTED)
		return fovea_device_error(fovea) ?: -EAGAIN;
	return fovea_status_to_errno(command->answer.status);
}

static int fovea_admin_execute(struct fovea_device *fovea,
			       const struct fs1_sqe *sqe,
			       struct fovea_answer *ret_answer)
{
	struct fovea_command command = {
		.fovea = fovea,
		.opcode = sqe->opcode,
	};
	unsigned int i;
	int r;

	if (fovea_inject_fails(fovea, command))
		return -EIO;
	init_completion(&command.completion);
	mutex_lock(&fovea->admin_lock);
	command.since = ktime_get();
	r = fovea_command_submit(fovea, sqe, &command, 0);
	if (r) {
		mutex_unlock(&fovea->admin_lock);
		if (r == -ESHUTDOWN)
			return fovea_device_error(fovea) ?: -EAGAIN;
		/* Full of commands that were never answered. */
		fovea_recovery_start(fovea, FOVEA_CAUSE_COMMAND);
		return -EAGAIN;
	}
	if (!fovea_command_wait(fovea, sqe, &command)) {
		dev_err(fovea->dev, "no answer to command %#x for %u ms\n",
			sqe->opcode,
			jiffies_to_msecs(fovea_recovery_command_timeout()));
		trace_fovea_command_timeout(fovea, sqe->opcode, command.since);
		fovea_recovery_start(fovea, FOVEA_CAUSE_COMMAND);
		/* Nobody else shall wait as long before it is started anew. */
		fovea_queue_close(&fovea->admin);
		r = -EAGAIN;
	}
	for (i = 0; i < FOVEA_ATTEMPTS; i++)
		if (command.attempt[i].submitted)
			fovea_queue_abandon(&fovea->admin,
					    &command.attempt[i].request);
	mutex_unlock(&fovea->admin_lock);
	/* Nobody writes to it any more, whether it was answered late or not. */
	if (r)
		return r;
	r = fovea_admin_answer(fovea, sqe, &command);
	if (!r && ret_answer)
		*ret_answer = command.answer;
	return r;
}

/* The driver's tables are made for one array; a different one needs others. */
static bool fovea_identity_known(const struct fs1_identity *identity)
{
	const struct fs1_identity_mode *mode = identity->mode;
	unsigned int i;

	if (le32_to_cpu(identity->magic) != FS1_MAGIC ||
	    le16_to_cpu(identity->array_width) != FS1_ARRAY_WIDTH ||
	    le16_to_cpu(identity->array_height) != FS1_ARRAY_HEIGHT ||
	    le32_to_cpu(identity->pixel_rate) != FS1_PIXEL_RATE ||
	    le32_to_cpu(identity->line_length) != FS1_LINE_LENGTH ||
	    le32_to_cpu(identity->mode_count) != FS1_MODES)
		return false;
	for (i = 0; i < FS1_MODES; i++)
		if (le16_to_cpu(mode[i].binning) != 1 << i ||
		    le16_to_cpu(mode[i].width) != fovea_modes[i].width ||
		    le16_to_cpu(mode[i].height) != fovea_modes[i].height ||
		    le32_to_cpu(mode[i].frame_length) !=
			    fovea_modes[i].frame_length)
			return false;
	return true;
}

/* It goes to logs and to userspace. */
static void fovea_copy_serial(struct fovea_device *fovea, const char *serial)
{
	char *c;

	strscpy_pad(fovea->serial, serial, sizeof(fovea->serial));
	for (c = fovea->serial; *c; c++)
		if (!isascii(*c) || !isprint(*c))
			*c = '?';
}

int fovea_admin_identify(struct fovea_device *fovea)
{
	const struct fs1_identity *identity = fovea->identity;
	struct fs1_sqe sqe = {
		.opcode = FS1_IDENTIFY,
		.sg_count = cpu_to_le32(1),
		.address = cpu_to_le64(fovea->identity_address),
		.length = cpu_to_le32(sizeof(*identity)),
	};
	u32 capabilities;
	int r;

	memset(fovea->identity, 0, sizeof(*identity));
	r = fovea_admin_execute(fovea, &sqe, NULL);
	if (r)
		return r;
	if (!fovea_identity_known(identity)) {
		dev_err(fovea->dev,
			"device has an array this driver doesn't know\n");
		return -ENODEV;
	}
	capabilities = le32_to_cpu(identity->capabilities);
	if (capabilities != fovea->capabilities) {
		dev_err(fovea->dev, "device has capabilities %#x, said %#x\n",
			capabilities, fovea->capabilities);
		return -ENODEV;
	}
	if (!fovea->serial[0])
		fovea_copy_serial(fovea, identity->serial);
	return 0;
}

int fovea_admin_create_queue(struct fovea_queue *queue)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_CREATE_QUEUE,
		.arguments.create_queue = {
			.queue = cpu_to_le32(queue->index),
			.sq_entries = cpu_to_le16(FOVEA_SQ_ENTRIES),
			.cq_entries = cpu_to_le16(FOVEA_CQ_ENTRIES),
			.sq_address = cpu_to_le64(queue->sq_address),
			.cq_address = cpu_to_le64(queue->cq_address),
			.vector =
				cpu_to_le32(queue->fovea->vector[queue->index]),
		},
	};

	return fovea_admin_execute(queue->fovea, &sqe, NULL);
}

static int fovea_admin_queue_command(struct fovea_device *fovea, u8 opcode,
				     unsigned int queue)
{
	struct fs1_sqe sqe = {
		.opcode = opcode,
		.arguments.queue.queue = cpu_to_le32(queue),
	};

	return fovea_admin_execute(fovea, &sqe, NULL);
}

int fovea_admin_delete_queue(struct fovea_queue *queue)
{
	return fovea_admin_queue_command(queue->fovea, FS1_DELETE_QUEUE,
					 queue->index);
}

int fovea_admin_read_clock(struct fovea_device *fovea, u64 *ret_time)
{
	struct fs1_sqe sqe = { .opcode = FS1_READ_CLOCK };
	struct fovea_answer answer;
	int r;

	r = fovea_admin_execute(fovea, &sqe, &answer);
	if (r)
		return r;
	*ret_time = answer.timestamp;
	return 0;
}

int fovea_admin_set_clock(struct fovea_device *fovea, s64 offset)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CLOCK,
		.arguments.clock.offset = cpu_to_le64(offset),
	};

	return fovea_admin_execute(fovea, &sqe, NULL);
}

int fovea_admin_set_control(struct fovea_device *fovea,
			    enum fs1_control control, s32 value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_SET_CONTROL,
		.arguments.control = {
			.control = cpu_to_le32(control),
			.value = cpu_to_le32(value),
		},
	};

	return fovea_admin_execute(fovea, &sqe, NULL);
}

int fovea_admin_get_control(struct fovea_device *fovea,
			    enum fs1_control control, s32 *ret_value)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_GET_CONTROL,
		.arguments.control.control = cpu_to_le32(control),
	};
	struct fovea_answer answer;
	int r;

	r = fovea_admin_execute(fovea, &sqe, &answer);
	if (r)
		return r;
	*ret_value = (s32)answer.result;
	return 0;
}

int fovea_admin_configure(struct fovea_device *fovea,
			  const struct fs1_stream_config *config, u32 size)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_CONFIGURE_STREAM,
		.arguments.stream = *config,
	};
	struct fovea_answer answer;
	int r;

	r = fovea_admin_execute(fovea, &sqe, &answer);
	if (r)
		return r;
	if (answer.result != size) {
		dev_err(fovea->dev,
			"stream %u: device wants buffers of %u bytes, expected %u\n",
			le32_to_cpu(config->stream), answer.result, size);
		return -EPROTO;
	}
	return 0;
}

int fovea_admin_start_stream(struct fovea_device *fovea, unsigned int stream)
{
	return fovea_admin_queue_command(fovea, FS1_START, stream);
}

int fovea_admin_stop_stream(struct fovea_device *fovea, unsigned int stream)
{
	return fovea_admin_queue_command(fovea, FS1_STOP, stream);
}

int fovea_admin_flush_stream(struct fovea_device *fovea, unsigned int stream)
{
	return fovea_admin_queue_command(fovea, FS1_FLUSH, stream);
}

int fovea_admin_activate(struct fovea_device *fovea, u32 slot)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_ACTIVATE,
		.arguments.activate.slot = cpu_to_le32(slot),
	};

	return fovea_admin_execute(fovea, &sqe, NULL);
}

int fovea_admin_network_status(struct fovea_device *fovea, u64 address,
			       u32 size)
{
	struct fs1_sqe sqe = {
		.opcode = FS1_NETWORK_STATUS,
		.sg_count = cpu_to_le32(1),
		.address = cpu_to_le64(address),
		.length = cpu_to_le32(size),
	};

	return fovea_admin_execute(fovea, &sqe, NULL);
}
