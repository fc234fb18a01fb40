/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of libfovea's configuration reader: from the text of one value to the
 * typed field it belongs in.
 */
#ifndef LIBFOVEA_CONFIG_VALUE_H
#define LIBFOVEA_CONFIG_VALUE_H

#include "libfovea/config.h"

#define CONFIG_COMPLAINT_MAX 512u

/**
 * config_value_store() - check a value and put it into its field
 * @key: says type, limits and place
 * @value: the text after "=", without blanks around it
 * @target: the section's struct
 * @complaint: on -EINVAL "what is wrong; what would be right",
 *	CONFIG_COMPLAINT_MAX bytes
 *
 * The old value of an owned field is freed. On failure the field is as it was.
 *
 * Return: 0, -EINVAL, or -ENOMEM.
 */
int config_value_store(const struct fovea_config_key *key, const char *value,
		       void *target, char *complaint);

#endif /* LIBFOVEA_CONFIG_VALUE_H */
