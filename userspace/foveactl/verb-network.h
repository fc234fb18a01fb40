/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verbs of foveactl network.
 */
#ifndef FOVEACTL_VERB_NETWORK_H
#define FOVEACTL_VERB_NETWORK_H

#include "foveactl/verbs.h"

extern const struct verb verb_network_activate;
extern const struct verb verb_network_bench;
extern const struct verb verb_network_build;
extern const struct verb verb_network_info;
extern const struct verb verb_network_list;
extern const struct verb verb_network_load;
extern const struct verb verb_network_rollback;
extern const struct verb verb_network_sign;
extern const struct verb verb_network_test;
extern const struct verb verb_network_verify;

#endif /* FOVEACTL_VERB_NETWORK_H */
