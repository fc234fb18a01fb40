/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of rules with when=detected: those whose text means more than one value,
 * and what must hold between them.
 */
#ifndef FOVEAD_SETTINGS_DETECTED_H
#define FOVEAD_SETTINGS_DETECTED_H

#include "fovead/settings.h"

/** settings_detected_default() - what holds without any key */
void settings_detected_default(struct rule_settings *rule);

/** settings_detected_done() - free what it owns */
void settings_detected_done(struct rule_settings *rule);

/**
 * settings_check_detected() - read the texts, check the keys
 * @config: gets the messages
 * @rule: of any kind; owns no text afterwards
 */
void settings_check_detected(struct fovea_config *config,
			     struct rule_settings *rule);

#endif /* FOVEAD_SETTINGS_DETECTED_H */
