/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults on demand: what an FS-1 can be told to do wrong, how that is written,
 * and the table of faults that are armed.
 *
 * The table lies in memory that the broker shares with the device's process,
 * so that faults outlive a crash that one of them has caused. The broker arms
 * and clears, the device counts down, neither waits for the other.
 */
#ifndef FS1_DEVICE_FAULT_H
#define FS1_DEVICE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_ERROR_SIZE 256u
#define FAULT_COUNT_MAX 1000000u
#define FAULT_MS_MAX 600000u
#define FAULT_SLOTS 32u

/** enum fault_name - the first ones, up to LOST_INTERRUPT, befall completions */
enum fault_name {
	FAULT_DROP,
	FAULT_DUPLICATE,
	FAULT_DELAY,
	FAULT_COMMAND_ID,
	FAULT_SQ_HEAD,
	FAULT_LENGTH,
	FAULT_PHASE,
	FAULT_STATUS,
	FAULT_FRAME_ID,
	FAULT_TIMESTAMP,
	FAULT_LOST_INTERRUPT,
	FAULT_STORM,
	FAULT_STALL,
	FAULT_CRASH,
	FAULT_WEDGE,
	FAULT_GARBAGE,
	FAULTS,
};

/* What passes the device's hands: a set. */
#define FAULT_TYPE_COMPLETION 1u	/* of a command or buffer */
#define FAULT_TYPE_EVENT 2u

/**
 * struct fault - something to do wrong
 * @name: what
 * @count: how often, 1 to FAULT_COUNT_MAX
 * @after: completions let through first
 * @every: completions let through between two of @count
 * @queues: set of the queues it concerns
 * @types: FAULT_TYPE_*
 * @ms: how long, where it lasts
 * @seed: of its random values
 */
struct fault {
	enum fault_name name;
	uint32_t count;
	uint32_t after;
	uint32_t every;
	uint32_t queues;
	uint32_t types;
	uint32_t ms;
	uint64_t seed;
};

/** fault_text() - the name as it is written */
const char *fault_text(enum fault_name name);

/**
 * fault_parse() - NAME, then KEY=VALUE, with blanks or colons between them
 * @fault: filled on success; a seed that isn't named is @seed
 * @text: such as "drop count=3 queue=1" or "stall:ms=500"
 * @seed: see @fault
 * @error: of FAULT_ERROR_SIZE bytes; on failure: what is wrong, what is right
 *
 * Return: 0 or -EINVAL.
 */
int fault_parse(struct fault *fault, const char *text, uint64_t seed,
		char *error);

/**
 * struct fault_slot - place for an armed fault
 * @word: generation of the slot's contents (16 bits), completions to let
 *	through (24), times left (24); nothing is armed when that is 0
 * @seed: of the random values of all its times
 * @name: this and what follows: as in struct fault
 * @every: see there
 * @queues: see there
 * @types: see there
 * @ms: see there
 */
struct fault_slot {
	uint64_t word;
	uint64_t seed;
	uint32_t name;
	uint32_t every;
	uint32_t queues;
	uint32_t types;
	uint32_t ms;
};

/**
 * struct fault_table - all that is armed; zeroed is empty
 * @slots: see there
 * @injected: faults that were committed
 */
struct fault_table {
	struct fault_slot slots[FAULT_SLOTS];
	uint64_t injected;
};

/**
 * struct fault_shot - a fault that is due
 * @name: what
 * @queues: set of queues
 * @ms: how long
 * @random: a series of its own, different for each shot
 */
struct fault_shot {
	enum fault_name name;
	uint32_t queues;
	uint32_t ms;
	uint64_t random;
};

/** fault_table_arm() - 0, or -ENOSPC when FAULT_SLOTS are armed */
int fault_table_arm(struct fault_table *table, const struct fault *fault);

/** fault_table_clear() - disarm all */
void fault_table_clear(struct fault_table *table);

/** fault_table_armed() - times left of all that are armed */
uint64_t fault_table_armed(const struct fault_table *table);

/**
 * fault_table_pass() - a completion or event passes
 * @table: the table
 * @queue: of it
 * @type: FAULT_TYPE_*
 * @command: it completes an admin command
 * @ret_shot: what to do to it, on success
 *
 * Each fault counts for itself; of those that are due one befalls it. A wedge
 * is for commands.
 *
 * Return: true when one does.
 */
bool fault_table_pass(struct fault_table *table, unsigned int queue,
		      uint32_t type, bool command, struct fault_shot *ret_shot);

/**
 * fault_table_due() - is the device itself to do something wrong now?
 * @table: the table; what is due is taken out of it
 * @ret_shot: storm, stall, crash or garbage, only written when one is due
 *
 * Return: true when one is.
 */
bool fault_table_due(struct fault_table *table, struct fault_shot *ret_shot);

#endif /* FS1_DEVICE_FAULT_H */
