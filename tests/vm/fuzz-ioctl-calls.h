/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the machine that runs the ioctl fuzzer's programs: what its threads
 * share, and how one call is made.
 */
#ifndef FUZZ_IOCTL_CALLS_H
#define FUZZ_IOCTL_CALLS_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "fuzz-ioctl.h"

#define FUZZ_OPS_MAX	96u
#define FUZZ_MAPS	8u
/* Addresses reserved for one of them. */
#define FUZZ_MAP_SIZE	((size_t)256 << 20)
#define FUZZ_ANSWERS	8u
#define FUZZ_AUX_SIZE	(1u << 20)

/** struct fuzz_pool - the latest answers of one kind, of the @count there were */
struct fuzz_pool {
	atomic_uint answers[FUZZ_ANSWERS];
	atomic_uint count;
};

/**
 * struct fuzz_worker - a thread
 * @machine: which has it
 * @number: in programs
 * @thread, @tid: itself
 * @start: posted when there is something to do
 * @ticket: odd while it is in a call; @seen: what the watch saw last
 * @arg, @arg_end: a page for ioctls' structures, which end at its end
 * @aux: memory to point to
 * @pipe: for looking at memory that may not be there
 * @made, @succeeded: calls, by number
 * @spent: ns in them
 */
struct fuzz_worker {
	struct fuzz_machine *machine;
	unsigned int number;
	pthread_t thread;
	pid_t tid;
	sem_t start;
	atomic_ulong ticket;
	unsigned long seen;
	uint8_t *arg;
	uint8_t *arg_end;
	uint8_t *aux;
	int pipe[2];
	unsigned long made[FUZZ_OPS_MAX];
	unsigned long succeeded[FUZZ_OPS_MAX];
	uint64_t spent[FUZZ_OPS_MAX];
};

/**
 * struct fuzz_machine - all of them
 * @workers: the first is the thread that runs programs
 * @watch: thread that interrupts calls
 * @done: posted by each of the others at the end of its part
 * @program: under way; its calls from @race on run at once
 * @runs: programs begun and ended: odd while one is under way
 * @over: threads shall end
 * @slots: open files, -1: none
 * @arena: addresses for FUZZ_MAPS mappings, and a piece that is never touched
 * @mapped: whether something is there
 * @last_map: the latest number among them
 * @pools: answers, by kind
 * @nodes, @files: paths; empty: there is none
 * @first_fd: files from this number on are a program's
 * @zero: /dev/zero
 * @readonly: a page
 * @call_ms, @verbose: see fuzz_machine_new()
 * @interrupted: number of calls
 * @clean_up_spent: ns spent closing what programs had left open
 */
struct fuzz_machine {
	struct fuzz_worker workers[FUZZ_THREADS];
	pthread_t watch;
	sem_t done;
	const struct fuzz_program *program;
	unsigned int race;
	atomic_ulong runs;
	atomic_bool over;
	atomic_int slots[FUZZ_SLOTS];
	uint8_t *arena;
	atomic_bool mapped[FUZZ_MAPS];
	atomic_uint last_map;
	struct fuzz_pool pools[FUZZ_KINDS];
	char nodes[FUZZ_NODES][32];
	char files[2][320];
	int first_fd;
	int zero;
	uint8_t *readonly;
	unsigned int call_ms;
	bool verbose;
	unsigned long interrupted;
	uint64_t clean_up_spent;
};

/** fuzz_call_make() - make a call; returns what it did, and errno */
long fuzz_call_make(struct fuzz_worker *worker, const struct fuzz_call *call);

/** fuzz_call_unmap() - unmap number @map; returns 0, or -1 and errno */
long fuzz_call_unmap(struct fuzz_machine *machine, unsigned int map);

#endif /* FUZZ_IOCTL_CALLS_H */
