// SPDX-License-Identifier: Apache-2.0
/*
 * Faults: how they are written, and the table of those that are armed.
 *
 * A slot changes hands by its word alone. Who arms fills the other fields
 * first and then stores a word with a new generation; who counts down reads
 * the word, then the fields, and exchanges the word only if it is still the
 * same, so that what was read belongs together.
 */
#include "fs1-device/fault.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fs1-device/number.h"
#include "fs1-abi.h"

#define SPEC_SIZE 256u
#define SEPARATORS " \t:"

#define CAPTURE_QUEUES (1u << FS1_STREAM_IMAGE | 1u << FS1_STREAM_PREVIEW | \
			1u << FS1_STREAM_META)

#define WORD_COUNT 0xffffffull
#define WORD_WAIT_SHIFT 24u
#define WORD_WAIT (0xffffffull << WORD_WAIT_SHIFT)
#define WORD_GENERATION (1ull << 48)

static_assert(FAULT_COUNT_MAX <= WORD_COUNT, "room in the word");

/* Names, and how long it lasts when that isn't said; 0: it has no duration. */
static const struct {
	const char *text;
	uint32_t ms;
} fault_names[FAULTS] = {
	[FAULT_DROP] = { "drop", 0 },
	[FAULT_DUPLICATE] = { "duplicate", 0 },
	[FAULT_DELAY] = { "delay", 50 },
	[FAULT_COMMAND_ID] = { "command-id", 0 },
	[FAULT_SQ_HEAD] = { "sq-head", 0 },
	[FAULT_LENGTH] = { "length", 0 },
	[FAULT_PHASE] = { "phase", 0 },
	[FAULT_STATUS] = { "status", 0 },
	[FAULT_FRAME_ID] = { "frame-id", 0 },
	[FAULT_TIMESTAMP] = { "timestamp", 0 },
	[FAULT_LOST_INTERRUPT] = { "lost-interrupt", 0 },
	[FAULT_STORM] = { "storm", 500 },
	[FAULT_STALL] = { "stall", 4000 },
	[FAULT_CRASH] = { "crash", 0 },
	[FAULT_WEDGE] = { "wedge", 0 },
	[FAULT_GARBAGE] = { "garbage", 500 },
};

const char *fault_text(enum fault_name name)
{
	return fault_names[name].text;
}

/* ------------------------------------------------------------------------
 * Text
 */

static int fault_fail(char *error, const char *format, const char *what)
{
	(void)snprintf(error, FAULT_ERROR_SIZE, format, what);
	return -EINVAL;
}

static int fault_parse_name(struct fault *fault, const char *text, char *error)
{
	size_t used;

	for (unsigned int i = 0; text && i < FAULTS; i++) {
		if (strcmp(text, fault_names[i].text) == 0) {
			fault->name = i;
			fault->ms = fault_names[i].ms;
			return 0;
		}
	}
	(void)fault_fail(error, "unknown fault \"%.32s\"; known:",
			 text ? text : "");
	for (unsigned int i = 0; i < FAULTS; i++) {
		used = strlen(error);
		(void)snprintf(error + used, FAULT_ERROR_SIZE - used, " %s",
			       fault_names[i].text);
	}
	return -EINVAL;
}

static int fault_parse_queue(struct fault *fault, const char *value)
{
	uint64_t queue;
	int r;

	if (strcmp(value, "any") == 0) {
		fault->queues = CAPTURE_QUEUES;
		return 0;
	}
	r = number_parse(value, 0, FS1_QUEUES - 1, &queue);
	if (r == 0)
		fault->queues = 1u << queue;
	return r;
}

static int fault_parse_type(struct fault *fault, const char *value)
{
	if (strcmp(value, "completion") == 0)
		fault->types = FAULT_TYPE_COMPLETION;
	else if (strcmp(value, "event") == 0)
		fault->types = FAULT_TYPE_EVENT;
	else if (strcmp(value, "any") == 0)
		fault->types = FAULT_TYPE_COMPLETION | FAULT_TYPE_EVENT;
	else
		return -EINVAL;
	return 0;
}

static int fault_parse_seed(struct fault *fault, const char *value)
{
	return number_parse(value, 0, UINT64_MAX, &fault->seed);
}

/* Keys with a number of 32 bits, and those with a meaning of their own. */
static const struct fault_key {
	const char *key;
	int (*parse)(struct fault *fault, const char *value);
	size_t field;
	uint32_t minimum;
	uint32_t maximum;
	const char *right;
} fault_keys[] = {
	{ "count", NULL, offsetof(struct fault, count), 1, FAULT_COUNT_MAX,
	  "count=%.32s: right is 1 to 1000000" },
	{ "after", NULL, offsetof(struct fault, after), 0, FAULT_COUNT_MAX,
	  "after=%.32s: right is 0 to 1000000" },
	{ "every", NULL, offsetof(struct fault, every), 0, FAULT_COUNT_MAX,
	  "every=%.32s: right is 0 to 1000000" },
	{ "ms", NULL, offsetof(struct fault, ms), 1, FAULT_MS_MAX,
	  "ms=%.32s: right is 1 to 600000" },
	{ "queue", fault_parse_queue, 0, 0, 0,
	  "queue=%.32s: right is 0 to 7, or any for 1 to 3" },
	{ "type", fault_parse_type, 0, 0, 0,
	  "type=%.32s: right is completion, event or any" },
	{ "seed", fault_parse_seed, 0, 0, 0,
	  "seed=%.32s: right is a number of 64 bits" },
};

static const struct fault_key *fault_find_key(const char *text, size_t length)
{
	for (size_t i = 0; i < FS1_COUNT(fault_keys); i++)
		if (strlen(fault_keys[i].key) == length &&
		    memcmp(fault_keys[i].key, text, length) == 0)
			return &fault_keys[i];
	return NULL;
}

static int fault_parse_value(struct fault *fault, const struct fault_key *key,
			     const char *value)
{
	uint64_t number;
	uint32_t field;
	int r;

	if (key->parse)
		return key->parse(fault, value);
	r = number_parse(value, key->minimum, key->maximum, &number);
	if (r < 0)
		return r;
	field = (uint32_t)number;
	memcpy((char *)fault + key->field, &field, sizeof(field));
	return 0;
}

static int fault_parse_pair(struct fault *fault, const char *pair, char *error)
{
	const char *value = strchr(pair, '=');
	const struct fault_key *key;

	if (!value)
		return fault_fail(error,
				  "\"%.32s\" has no value; right is KEY=VALUE",
				  pair);
	key = fault_find_key(pair, (size_t)(value - pair));
	if (!key)
		return fault_fail(error, "unknown key in \"%.32s\"; known: count after every queue type ms seed",
				  pair);
	if (key->field == offsetof(struct fault, ms) && !key->parse &&
	    !fault_names[fault->name].ms)
		return fault_fail(error, "%s doesn't last, so it has no ms=",
				  fault_text(fault->name));
	if (fault_parse_value(fault, key, value + 1) < 0)
		return fault_fail(error, key->right, value + 1);
	return 0;
}

int fault_parse(struct fault *fault, const char *text, uint64_t seed,
		char *error)
{
	struct fault parsed = {
		.count = 1,
		.queues = CAPTURE_QUEUES,
		.types = FAULT_TYPE_COMPLETION,
		.seed = seed,
	};
	char copy[SPEC_SIZE], *rest, *word;
	size_t length = strlen(text);
	int r;

	if (length >= sizeof(copy))
		return fault_fail(error, "\"%.32s...\" is too long", text);
	memcpy(copy, text, length + 1);
	word = strtok_r(copy, SEPARATORS, &rest);
	r = fault_parse_name(&parsed, word, error);
	while (r == 0 && (word = strtok_r(NULL, SEPARATORS, &rest)))
		r = fault_parse_pair(&parsed, word, error);
	if (r == 0)
		*fault = parsed;
	return r;
}

/* ------------------------------------------------------------------------
 * Table
 */

#define load(pointer) __atomic_load_n(pointer, __ATOMIC_RELAXED)
#define store(pointer, value) __atomic_store_n(pointer, value, __ATOMIC_RELAXED)

static uint64_t fault_next_generation(uint64_t word)
{
	return (word & ~(WORD_GENERATION - 1)) + WORD_GENERATION;
}

int fault_table_arm(struct fault_table *table, const struct fault *fault)
{
	for (unsigned int i = 0; i < FAULT_SLOTS; i++) {
		struct fault_slot *slot = &table->slots[i];
		uint64_t word = __atomic_load_n(&slot->word, __ATOMIC_ACQUIRE);

		if (word & WORD_COUNT)
			continue;
		store(&slot->seed, fault->seed);
		store(&slot->name, (uint32_t)fault->name);
		store(&slot->every, fault->every);
		store(&slot->queues, fault->queues);
		store(&slot->types, fault->types);
		store(&slot->ms, fault->ms);
		word = fault_next_generation(word) | fault->count |
		       (uint64_t)fault->after << WORD_WAIT_SHIFT;
		__atomic_store_n(&slot->word, word, __ATOMIC_RELEASE);
		return 0;
	}
	return -ENOSPC;
}

void fault_table_clear(struct fault_table *table)
{
	for (unsigned int i = 0; i < FAULT_SLOTS; i++) {
		struct fault_slot *slot = &table->slots[i];
		uint64_t word = load(&slot->word);

		if (word & WORD_COUNT)
			__atomic_store_n(&slot->word,
					 fault_next_generation(word),
					 __ATOMIC_RELEASE);
	}
}

uint64_t fault_table_armed(const struct fault_table *table)
{
	uint64_t armed = 0;

	for (unsigned int i = 0; i < FAULT_SLOTS; i++)
		armed += load(&table->slots[i].word) & WORD_COUNT;
	return armed;
}

/* Takes one of the slot's times; false when the broker was faster. */
static bool fault_slot_take(struct fault_table *table, struct fault_slot *slot,
			    uint64_t word, struct fault_shot *ret_shot)
{
	uint64_t next = ((word & ~WORD_WAIT) - 1) |
			(uint64_t)load(&slot->every) << WORD_WAIT_SHIFT;
	uint64_t left = word & WORD_COUNT;
	struct fault_shot shot = {
		.name = load(&slot->name),
		.queues = load(&slot->queues),
		.ms = load(&slot->ms),
		.random = load(&slot->seed) ^ number_random(&left),
	};

	if (!__atomic_compare_exchange_n(&slot->word, &word, next, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return false;
	__atomic_fetch_add(&table->injected, 1, __ATOMIC_RELAXED);
	*ret_shot = shot;
	return true;
}

static bool fault_is_of_device(uint32_t name)
{
	return name == FAULT_STORM || name == FAULT_STALL ||
	       name == FAULT_CRASH || name == FAULT_GARBAGE;
}

static bool fault_slot_concerns(const struct fault_slot *slot,
				unsigned int queue, uint32_t type, bool command)
{
	if (load(&slot->name) == FAULT_WEDGE)
		return command;
	return load(&slot->queues) & 1u << queue && load(&slot->types) & type;
}

bool fault_table_pass(struct fault_table *table, unsigned int queue,
		      uint32_t type, bool command, struct fault_shot *ret_shot)
{
	bool hit = false;

	for (unsigned int i = 0; i < FAULT_SLOTS; i++) {
		struct fault_slot *slot = &table->slots[i];
		uint64_t word = __atomic_load_n(&slot->word, __ATOMIC_ACQUIRE);

		if (!(word & WORD_COUNT) ||
		    !fault_slot_concerns(slot, queue, type, command))
			continue;
		if (word & WORD_WAIT)
			(void)__atomic_compare_exchange_n(&slot->word, &word,
				word - (1ull << WORD_WAIT_SHIFT), false,
				__ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
		else if (!hit && !fault_is_of_device(load(&slot->name)))
			hit = fault_slot_take(table, slot, word, ret_shot);
	}
	return hit;
}

bool fault_table_due(struct fault_table *table, struct fault_shot *ret_shot)
{
	for (unsigned int i = 0; i < FAULT_SLOTS; i++) {
		struct fault_slot *slot = &table->slots[i];
		uint64_t word = __atomic_load_n(&slot->word, __ATOMIC_ACQUIRE);

		if (word & WORD_COUNT && !(word & WORD_WAIT) &&
		    fault_is_of_device(load(&slot->name)) &&
		    fault_slot_take(table, slot, word, ret_shot))
			return true;
	}
	return false;
}
