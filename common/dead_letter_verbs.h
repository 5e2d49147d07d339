/* SPDX-License-Identifier: Apache-2.0 */
/* dead_letter_verbs: what an operator does about messages that could not be taken.
 *
 *   dlq list [--json]              open ones
 *   dlq show ID                    key, headers and value, escaped
 *   dlq replay ID…|--all           sends them to their topic again, unchanged
 *   dlq discard ID… --reason TEXT  settles them without sending
 *
 * Blocking; argv starts at "dlq". Returns the exit code. */
#ifndef COMMON_DEAD_LETTER_VERBS_H
#define COMMON_DEAD_LETTER_VERBS_H

#include "common/kafka.h"

int dead_letter_verb(const char *conninfo, const struct kafka_config *kafka, int argc, char **argv);

#endif
