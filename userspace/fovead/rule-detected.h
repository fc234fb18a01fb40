/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rule with when=detected remembers from result to result.
 */
#ifndef FOVEAD_RULE_DETECTED_H
#define FOVEAD_RULE_DETECTED_H

#include <stdbool.h>
#include <stdint.h>

#include "fovead/result.h"
#include "fovead/settings.h"

/**
 * struct rule_detected - the memory
 * @results: it has looked at
 * @last: source of the last one: the same is never looked at twice
 * @there: what it looks for is there, as far as @hold results in a row say
 * @against: results in a row that say the opposite
 * @reading: that was chosen last; "": none
 * @next: reading that will be it when enough results agree
 * @agreeing: how many do, in a row
 * @due: present, reading: not before, ns
 */
struct rule_detected {
	uint64_t results;
	uint64_t last;
	bool there;
	uint32_t against;
	char reading[RESULT_READING_MAX];
	char next[RESULT_READING_MAX];
	uint32_t agreeing;
	uint64_t due;
};

/**
 * rule_detected_match() - is this result chosen?
 * @memory: keeps what must be remembered
 * @settings: of the rule
 * @result: NULL or one with the label NONE says nothing, and changes nothing
 *
 * Return: true when it is.
 */
bool rule_detected_match(struct rule_detected *memory,
			 const struct rule_settings *settings,
			 const struct result *result);

#endif /* FOVEAD_RULE_DETECTED_H */
