// SPDX-License-Identifier: Apache-2.0
/*
 * How the ioctl fuzzer makes one call: its arguments are put where the grammar
 * says, and what it answers is kept for later calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz-ioctl-calls.h"

/* What waits, waits for a frame of the fastest device at most. */
#define MS_MAX		20u

/* ------------------------------------------------------------------------
 * Answers
 */

static void pool_put(struct fuzz_machine *machine, enum fuzz_kind kind,
		     uint32_t value)
{
	struct fuzz_pool *pool = &machine->pools[kind];
	unsigned int at = atomic_fetch_add(&pool->count, 1);

	atomic_store(&pool->answers[at % FUZZ_ANSWERS], value);
}

/* The @back-th latest one; when there are fewer, the first; 0 without any. */
static uint32_t pool_get(struct fuzz_machine *machine, enum fuzz_kind kind,
			 uint32_t back)
{
	struct fuzz_pool *pool = &machine->pools[kind];
	unsigned int count = atomic_load(&pool->count);

	if (!count)
		return kind == FUZZ_DMABUF || kind == FUZZ_REQUEST ?
		       (uint32_t)-1 : 0;
	back %= count < FUZZ_ANSWERS ? count : FUZZ_ANSWERS;
	return atomic_load(&pool->answers[(count - 1 - back) % FUZZ_ANSWERS]);
}

static void keep_answers(struct fuzz_machine *machine,
			 const struct fuzz_op *op, const uint8_t *arg)
{
	for (unsigned int i = 0; i < op->count; i++) {
		const struct fuzz_field *field = &op->fields[i];
		uint32_t value = 0;

		if (field->offset >= FUZZ_AUX || field->size == 8 ||
		    !fuzz_kinds[field->kind].answers)
			continue;
		memcpy(&value, arg + field->offset, field->size);
		pool_put(machine, field->kind, value);
	}
}

/* ------------------------------------------------------------------------
 * Files
 */

static int open_node(struct fuzz_machine *machine, uint32_t slot, int flags)
{
	return open(machine->nodes[fuzz_slot_node(slot)], flags | O_CLOEXEC);
}

/* The file in a slot, which is opened when it isn't. */
static int slot_fd(struct fuzz_machine *machine, uint32_t slot)
{
	int flags, fd, none = -1;

	slot %= FUZZ_SLOTS;
	fd = atomic_load(&machine->slots[slot]);
	if (fd >= 0)
		return fd;
	flags = slot < FUZZ_NODES ? O_RDWR :
		slot < 2 * FUZZ_NODES ? O_RDWR | O_NONBLOCK : O_RDONLY;
	fd = open_node(machine, slot, flags);
	if (fd >= 0 && !atomic_compare_exchange_strong(&machine->slots[slot],
						       &none, fd)) {
		(void)close(fd);
		fd = none;
	}
	return fd;
}

static long slot_set(struct fuzz_machine *machine, uint32_t slot, int fd)
{
	if (fd < 0)
		return -1;
	fd = atomic_exchange(&machine->slots[slot % FUZZ_SLOTS], fd);
	if (fd >= 0)
		(void)close(fd);
	return 0;
}

/* What a program has no business with stays open. */
static int foreign_fd(const struct fuzz_machine *machine, uint32_t value)
{
	return (int)value >= machine->first_fd ? (int)value : -1;
}

/* ------------------------------------------------------------------------
 * Memory
 */

static uint8_t *map_address(const struct fuzz_machine *machine, uint32_t map)
{
	return machine->arena + (size_t)(map % FUZZ_MAPS) * FUZZ_MAP_SIZE;
}

long fuzz_call_unmap(struct fuzz_machine *machine, unsigned int map)
{
	if (!atomic_exchange(&machine->mapped[map % FUZZ_MAPS], false)) {
		errno = ENOENT;
		return -1;
	}
	/* What was reserved stays reserved: nothing else may come there. */
	return mmap(map_address(machine, map), FUZZ_MAP_SIZE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
		    -1, 0) == MAP_FAILED ? -1 : 0;
}

/* The pointers that arguments of that kind stand for. */
static uint64_t pointer(struct fuzz_worker *worker, uint32_t value)
{
	struct fuzz_machine *machine = worker->machine;

	switch (value) {
	case 1:
		return (uintptr_t)worker->aux;
	case 2:
		return (uintptr_t)(worker->aux + FUZZ_AUX_SIZE - 8);
	case 3:
		return 0xffff888000000000u;
	case 4:
		return (uintptr_t)machine->readonly;
	case 5:
		return (uintptr_t)map_address(machine, atomic_load(
						&machine->last_map));
	case 6:
		return (uintptr_t)(worker->aux + FUZZ_AUX_SIZE);
	default:
		return value;
	}
}

/* Without a fault when nothing is there. */
static long touch(struct fuzz_worker *worker, uint32_t map, uint32_t at,
		  uint32_t write_too)
{
	uint8_t *address = map_address(worker->machine, map) +
			   at % (FUZZ_MAP_SIZE - 8);
	char byte[8];
	long r;

	if (write_too & 1)
		return read(worker->machine->zero, address, 8);
	r = write(worker->pipe[1], address, sizeof(byte));
	if (r > 0)
		(void)!read(worker->pipe[0], byte, sizeof(byte));
	return r;
}

/* ------------------------------------------------------------------------
 * Calls
 */

static void put_fields(struct fuzz_worker *worker, const struct fuzz_op *op,
		       const uint32_t *args, uint8_t *arg)
{
	unsigned int count = fuzz_op_args(op);

	for (unsigned int i = 0; i < count; i++) {
		const struct fuzz_field *field = &op->fields[i];
		uint64_t value = args[i];
		uint8_t *at;

		if (field->offset == FUZZ_NOWHERE)
			continue;
		if (field->kind == FUZZ_POINTER)
			value = pointer(worker, args[i]);
		else if (field->kind == FUZZ_VALUE)
			value = (uint64_t)(int64_t)(int32_t)args[i];
		at = field->offset >= FUZZ_AUX ?
		     worker->aux + (field->offset - FUZZ_AUX) :
		     arg + field->offset;
		memcpy(at, &value, field->size);
	}
}

static long call_ioctl(struct fuzz_worker *worker, const struct fuzz_op *op,
		       const uint32_t *args)
{
	struct fuzz_machine *machine = worker->machine;
	size_t size = _IOC_SIZE(op->command);
	uint8_t *arg = worker->arg_end - ((size + 7) & ~(size_t)7);
	int fd;
	long r;

	memset(arg, 0, size);
	memset(worker->aux, 0, 256);
	put_fields(worker, op, args, arg);
	if (op->fields[0].kind == FUZZ_DMABUF ||
	    (op->fields[0].kind == FUZZ_REQUEST && op->fields[0].name))
		fd = foreign_fd(machine, args[0]);
	else if (op->fields[0].kind == FUZZ_FD)
		fd = slot_fd(machine, args[0]);
	else
		fd = slot_fd(machine, FUZZ_MEDIA);
	r = ioctl(fd, op->command, arg);
	if (r >= 0 && (op->command & IOC_OUT))
		keep_answers(machine, op, arg);
	return r;
}

static long call_raw_ioctl(struct fuzz_worker *worker, const uint32_t *args)
{
	memcpy(worker->aux, &args[3], 4 * sizeof(args[0]));
	return ioctl(slot_fd(worker->machine, args[0]), args[1],
		     pointer(worker, args[2]));
}

/* Behind what is mapped stays a piece that can't be touched. */
static long call_mmap(struct fuzz_worker *worker, const struct fuzz_op *op,
		      const uint32_t *args)
{
	struct fuzz_machine *machine = worker->machine;
	unsigned int map = atomic_fetch_add(&machine->last_map, 1) + 1;
	int fd = op->fields[0].kind == FUZZ_FD ?
		 slot_fd(machine, args[0]) : foreign_fd(machine, args[0]);
	int sharing = args[4] & 1 ? MAP_PRIVATE : MAP_SHARED;

	if (args[2] > FUZZ_MAP_SIZE / 2) {
		errno = ENOMEM;
		return -1;
	}
	if (mmap(map_address(machine, map), args[2], (int)args[3] & 7,
		 sharing | MAP_FIXED, fd, (off_t)args[1]) == MAP_FAILED)
		return -1;
	atomic_store(&machine->mapped[map % FUZZ_MAPS], true);
	return 0;
}

static long call_poll(struct fuzz_machine *machine, const uint32_t *args)
{
	struct pollfd file = {
		.fd = slot_fd(machine, args[0]),
		.events = (short)args[1],
	};

	return poll(&file, 1, (int)(args[2] % (MS_MAX + 1)));
}

static long call_nonblock(struct fuzz_machine *machine, const uint32_t *args)
{
	int fd = slot_fd(machine, args[0]), flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -1;
	return fcntl(fd, F_SETFL, args[1] & 1 ? flags | O_NONBLOCK :
						flags & ~O_NONBLOCK);
}

static long call_file(struct fuzz_worker *worker, uint32_t number)
{
	int fd = open(worker->machine->files[number & 1],
		      O_RDONLY | O_CLOEXEC);
	long r;

	if (fd < 0)
		return -1;
	r = read(fd, worker->aux, 4096);
	(void)close(fd);
	return r;
}

static long make(struct fuzz_worker *worker, const struct fuzz_op *op,
		 const uint32_t *args)
{
	struct fuzz_machine *machine = worker->machine;

	switch (op->action) {
	case FUZZ_DO_IOCTL:
		return call_ioctl(worker, op, args);
	case FUZZ_DO_RAW_IOCTL:
		return call_raw_ioctl(worker, args);
	case FUZZ_DO_OPEN:
		return slot_set(machine, args[0],
				open_node(machine, args[0], (int)args[1] &
					  (O_ACCMODE | O_NONBLOCK)));
	case FUZZ_DO_CLOSE:
		return close(atomic_exchange(
			&machine->slots[args[0] % FUZZ_SLOTS], -1));
	case FUZZ_DO_DUP:
		return slot_set(machine, args[1],
				dup(slot_fd(machine, args[0])));
	case FUZZ_DO_NONBLOCK:
		return call_nonblock(machine, args);
	case FUZZ_DO_MMAP:
		return call_mmap(worker, op, args);
	case FUZZ_DO_MUNMAP:
		return fuzz_call_unmap(machine, args[0]);
	case FUZZ_DO_TOUCH:
		return touch(worker, args[0], args[1], args[2]);
	case FUZZ_DO_READ:
		return read(slot_fd(machine, args[0]),
			    (void *)(uintptr_t)pointer(worker, args[2]),
			    args[1]);
	case FUZZ_DO_WRITE:
		return write(slot_fd(machine, args[0]),
			     (void *)(uintptr_t)pointer(worker, args[2]),
			     args[1]);
	case FUZZ_DO_POLL:
		return call_poll(machine, args);
	case FUZZ_DO_NAP:
		return poll(NULL, 0, (int)(args[0] % (MS_MAX + 1)));
	case FUZZ_DO_CLOSE_FD:
		return close(foreign_fd(machine, args[0]));
	case FUZZ_DO_FILE:
		return call_file(worker, args[0]);
	}
	abort();
}

long fuzz_call_make(struct fuzz_worker *worker, const struct fuzz_call *call)
{
	const struct fuzz_op *op = &fuzz_ops[call->op];
	unsigned int count = fuzz_op_args(op);
	uint32_t args[FUZZ_ARGS_MAX];

	for (unsigned int i = 0; i < count; i++)
		args[i] = call->answers & 1u << i ?
			  pool_get(worker->machine, op->fields[i].kind,
				   call->args[i]) : call->args[i];
	return make(worker, op, args);
}
