/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules decide which frames may leave. A rule sees every good frame of its
 * camera, in order.
 */
#ifndef FOVEAD_RULE_H
#define FOVEAD_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "fovead/result.h"
#include "fovead/rule-detected.h"
#include "fovead/settings.h"
#include "fovead/zones.h"

/**
 * struct rule - a rule at work
 * @settings: what the file says
 * @seen: frames it has looked at
 * @matched: frames it has chosen
 * @due: interval: next time to choose; changed: not before; ns
 * @reference: changed: the grid of the frame chosen last
 * @detected: detected: see there
 */
struct rule {
	struct rule_settings settings;
	uint64_t seen;
	uint64_t matched;
	uint64_t due;
	struct zones reference;
	struct rule_detected detected;
};

/**
 * rule_match() - is this frame chosen?
 * @rule: keeps what it must remember
 * @timestamp: of the frame, ns
 * @zones: of the frame; NULL: not known, then when=changed does not match
 * @result: that came with the frame; NULL: none, then when=detected does not
 *	match
 *
 * Every kind of rule but when=detected chooses the first frame it can judge.
 *
 * Return: true when the rule wants it.
 */
bool rule_match(struct rule *rule, uint64_t timestamp,
		const struct zones *zones, const struct result *result);

/** rule_reload() - new settings; a rule of the same kind keeps its memory */
void rule_reload(struct rule *rule, const struct rule_settings *settings);

#endif /* FOVEAD_RULE_H */
