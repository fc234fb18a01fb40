/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the ioctl fuzzer share: programs of calls, the grammar that
 * says what a call is made of, the machine that runs programs, and what is known
 * of the code they reached.
 *
 * A program is a list of calls. Each belongs to a thread; what stands before the
 * first call of another thread than 0 runs one after the other, the rest of all
 * threads at once. A call is an ioctl or another thing one does with a file. Its
 * arguments are numbers, or answers that earlier calls of the program got.
 */
#ifndef FUZZ_IOCTL_H
#define FUZZ_IOCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FUZZ_CALLS_MAX		24u
#define FUZZ_ARGS_MAX		14u
#define FUZZ_THREADS		4u
#define FUZZ_NODES		5u
#define FUZZ_SLOTS		16u
/* More than this of a text is no program. */
#define FUZZ_TEXT_MAX		8192u

/* ------------------------------------------------------------------------
 * Grammar
 */

/** enum fuzz_kind - what an argument is; answers are kept by kind */
enum fuzz_kind {
	FUZZ_FD, FUZZ_DMABUF, FUZZ_REQUEST, FUZZ_MAP,
	FUZZ_TYPE, FUZZ_MEMORY, FUZZ_COUNT, FUZZ_INDEX, FUZZ_WIDTH,
	FUZZ_HEIGHT, FUZZ_LEFT, FUZZ_FOURCC, FUZZ_FIELD, FUZZ_STRIDE,
	FUZZ_SIZE, FUZZ_COLOUR, FUZZ_PIX_FLAGS, FUZZ_BUFFER_FLAGS,
	FUZZ_OFFSET, FUZZ_POINTER, FUZZ_CID, FUZZ_VALUE, FUZZ_WHICH,
	FUZZ_TARGET, FUZZ_SELECTION_FLAGS, FUZZ_NUMERATOR, FUZZ_DENOMINATOR,
	FUZZ_EVENT, FUZZ_EVENT_FLAGS, FUZZ_ENTITY, FUZZ_OPEN_FLAGS,
	FUZZ_POLL_EVENTS, FUZZ_MS, FUZZ_PROTECTION, FUZZ_COMMAND, FUZZ_WORD,
	FUZZ_FILE, FUZZ_KINDS
};

/** struct fuzz_kind_info - values worth trying; what @answers is kept for others */
struct fuzz_kind_info {
	const uint32_t *values;
	unsigned int count;
	bool answers;
};

extern const struct fuzz_kind_info fuzz_kinds[FUZZ_KINDS];

/* Offsets of fields: no place in the structure; in the array it points to. */
#define FUZZ_NOWHERE		0xffffu
#define FUZZ_AUX		0x1000u

/**
 * struct fuzz_field - a part of a call
 * @name: as an argument; NULL: only an answer
 * @kind: what it is
 * @offset: in the ioctl's structure, or FUZZ_AUX + that in the array it points to
 * @size: bytes: 1, 2, 4 or 8
 */
struct fuzz_field {
	const char *name;
	enum fuzz_kind kind;
	uint16_t offset;
	uint8_t size;
};

/** enum fuzz_action - what kind of call it is */
enum fuzz_action {
	FUZZ_DO_IOCTL, FUZZ_DO_RAW_IOCTL, FUZZ_DO_OPEN, FUZZ_DO_CLOSE,
	FUZZ_DO_DUP, FUZZ_DO_NONBLOCK, FUZZ_DO_MMAP, FUZZ_DO_MUNMAP,
	FUZZ_DO_TOUCH, FUZZ_DO_READ, FUZZ_DO_WRITE, FUZZ_DO_POLL, FUZZ_DO_NAP,
	FUZZ_DO_CLOSE_FD, FUZZ_DO_FILE,
};

/* Which nodes a call is made for, as a set of 1 << enum fuzz_node. */
enum fuzz_node {
	FUZZ_IMAGE, FUZZ_PREVIEW, FUZZ_META, FUZZ_SCENE, FUZZ_MEDIA
};

#define FUZZ_PICTURES	(1u << FUZZ_IMAGE | 1u << FUZZ_PREVIEW)
#define FUZZ_CAPTURES	(FUZZ_PICTURES | 1u << FUZZ_META)
#define FUZZ_VIDEOS	(FUZZ_CAPTURES | 1u << FUZZ_SCENE)

/**
 * struct fuzz_op - a call
 * @name: in a text
 * @command: of the ioctl
 * @action: what it is
 * @weight: how often it is chosen, beside the others
 * @nodes: what it is meant for
 * @fields: the first @count: arguments first
 */
struct fuzz_op {
	const char *name;
	unsigned long command;
	enum fuzz_action action;
	uint8_t weight;
	uint8_t nodes;
	uint8_t count;
	const struct fuzz_field *fields;
};

extern const struct fuzz_op fuzz_ops[];
extern const unsigned int fuzz_op_count;

/** fuzz_op_args() - number of its fields that are arguments */
unsigned int fuzz_op_args(const struct fuzz_op *op);

/** fuzz_slot_names - what the slots of open files are called in a text */
extern const char *const fuzz_slot_names[FUZZ_SLOTS];

/** fuzz_slot_node() - enum fuzz_node that slot @slot opens by itself */
unsigned int fuzz_slot_node(unsigned int slot);

/* ------------------------------------------------------------------------
 * Programs
 */

/**
 * struct fuzz_call - one call
 * @op: index into fuzz_ops
 * @thread: who makes it
 * @answers: set of the arguments that are earlier answers: the number then
 *	says which one, 0 the latest
 * @args: numbers
 */
struct fuzz_call {
	uint16_t op;
	uint8_t thread;
	uint16_t answers;
	uint32_t args[FUZZ_ARGS_MAX];
};

/** struct fuzz_program - what is run at once, with nothing open before */
struct fuzz_program {
	unsigned int count;
	struct fuzz_call calls[FUZZ_CALLS_MAX];
};

/**
 * fuzz_text_format() - write a program as text
 * @text: FUZZ_TEXT_MAX bytes; ends with an empty line, which ends a program
 *
 * Returns the length.
 */
size_t fuzz_text_format(const struct fuzz_program *program, char *text);

/**
 * fuzz_text_read() - read the next program of a file
 * @path, @line: what the file is called and how far it was read, for messages
 *
 * Returns 1 and a program, 0 at the end, -EINVAL after a message.
 */
int fuzz_text_read(FILE *file, const char *path, unsigned int *line,
		   struct fuzz_program *ret_program);

/* ------------------------------------------------------------------------
 * Making programs
 */

/** struct fuzz_random - the same numbers for the same seed; @state isn't 0 */
struct fuzz_random {
	uint64_t state;
};

/** fuzz_below() - a number below @limit, 0 for 0 */
uint32_t fuzz_below(struct fuzz_random *random, uint32_t limit);

/** fuzz_generate() - a program out of nothing but the grammar */
void fuzz_generate(struct fuzz_random *random, struct fuzz_program *program);

/** fuzz_mutate() - change a program a little */
void fuzz_mutate(struct fuzz_random *random, struct fuzz_program *program);

/** fuzz_splice() - put a part of @other behind a part of @program */
void fuzz_splice(struct fuzz_random *random, struct fuzz_program *program,
		 const struct fuzz_program *other);

/** fuzz_race() - give the calls behind some point to several threads */
void fuzz_race(struct fuzz_random *random, struct fuzz_program *program);

/** fuzz_remove() - take call @at out of a program */
void fuzz_remove(struct fuzz_program *program, unsigned int at);

/* ------------------------------------------------------------------------
 * Running them
 */

/**
 * struct fuzz_counts - of everything that was run
 * @calls, @succeeded: made; of them without an error
 * @interrupted: waited longer than a call may, and were interrupted
 */
struct fuzz_counts {
	unsigned long long calls;
	unsigned long long succeeded;
	unsigned long long interrupted;
};

struct fuzz_machine;

/**
 * fuzz_machine_new() - threads, and the nodes they open
 * @call_ms: how long a call may wait
 * @verbose: print what each call returned
 *
 * Says so and ends the process when there are no nodes or no memory. Everything
 * that stays open must have been opened before.
 */
struct fuzz_machine *fuzz_machine_new(unsigned int call_ms, bool verbose);

/**
 * fuzz_machine_run() - run a program; all it has opened is closed behind it
 *
 * When a program doesn't end at all, the process does: by then it has printed
 * where in the kernel the program hangs.
 */
void fuzz_machine_run(struct fuzz_machine *machine,
		      const struct fuzz_program *program);

void fuzz_machine_counts(const struct fuzz_machine *machine,
			 struct fuzz_counts *ret_counts);

/**
 * fuzz_machine_print_ops() - print how often each call was made and succeeded, and
 * what time it took in all threads
 */
void fuzz_machine_print_ops(const struct fuzz_machine *machine, FILE *file);

/** fuzz_machine_free() - end its threads */
void fuzz_machine_free(struct fuzz_machine *machine);

/* ------------------------------------------------------------------------
 * What was reached
 */

/** fuzz_cover_open() - prepare for threads; false: the kernel has no KCOV */
bool fuzz_cover_open(void);

/** fuzz_cover_enable() - from now on the calling thread, number @thread, counts */
void fuzz_cover_enable(unsigned int thread);

/**
 * fuzz_cover_begin() - forget what the threads did; a new run starts
 */
void fuzz_cover_begin(void);

/**
 * fuzz_cover_end() - look at what the threads reached since
 *
 * Returns the number of edges that no run before had reached.
 */
unsigned int fuzz_cover_end(void);

/** fuzz_cover_expect() - remember the edges that were new in the last run */
void fuzz_cover_expect(void);

/** fuzz_cover_met() - whether the last run reached all that are expected */
bool fuzz_cover_met(void);

/** fuzz_cover_edges() - number of edges reached by all runs */
unsigned int fuzz_cover_edges(void);

/** fuzz_cover_blocks() - number of places in the code reached by all runs */
unsigned int fuzz_cover_blocks(void);

#endif /* FUZZ_IOCTL_H */
