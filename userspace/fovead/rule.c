// SPDX-License-Identifier: Apache-2.0
/*
 * The kinds of rules.
 */
#include "fovead/rule.h"

static bool match_every(const struct rule *rule)
{
	return (rule->seen - 1) % rule->settings.count == 0;
}

/* Deadlines are absolute, so that the mean rate is right; missed ones lapse. */
static bool match_interval(struct rule *rule, uint64_t timestamp)
{
	uint64_t interval = rule->settings.interval;

	if (rule->matched && timestamp < rule->due)
		return false;
	if (rule->matched && timestamp - rule->due < interval)
		rule->due += interval;
	else
		rule->due = timestamp + interval;
	return true;
}

static bool match_changed(struct rule *rule, uint64_t timestamp,
			  const struct zones *zones)
{
	if (!zones)
		return false;
	if (rule->matched &&
	    (timestamp < rule->due ||
	     zones_change(zones, &rule->reference) <
	     rule->settings.threshold * 100))
		return false;
	rule->reference = *zones;
	rule->due = timestamp + rule->settings.interval;
	return true;
}

bool rule_match(struct rule *rule, uint64_t timestamp,
		const struct zones *zones, const struct result *result)
{
	bool match = false;

	rule->seen++;
	switch (rule->settings.when) {
	case RULE_EVERY:
		match = match_every(rule);
		break;
	case RULE_INTERVAL:
		match = match_interval(rule, timestamp);
		break;
	case RULE_CHANGED:
		match = match_changed(rule, timestamp, zones);
		break;
	case RULE_DETECTED:
		match = rule_detected_match(&rule->detected, &rule->settings,
					    result);
		break;
	}
	rule->matched += match;
	return match;
}

void rule_reload(struct rule *rule, const struct rule_settings *settings)
{
	if (rule->settings.when != settings->when ||
	    rule->settings.on != settings->on) {
		rule->seen = 0;
		rule->matched = 0;
		rule->due = 0;
		rule->detected = (struct rule_detected){ 0 };
	}
	rule->settings = *settings;
}
