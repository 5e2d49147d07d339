/* SPDX-License-Identifier: Apache-2.0 */
/* republish: says again what was said since a time, with the same ids; readers drop what they
 * already have. For a broker that lost its log.
 *
 *   republish --since RFC3339 [--topic T] [--dry-run]
 *   republish --parked [--topic T] [--dry-run]     what Kafka had refused (table outbox_parked)
 *
 * Blocking; argv starts at "republish". Returns the exit code. */
#ifndef COMMON_REPUBLISH_H
#define COMMON_REPUBLISH_H

#include "common/kafka.h"

int republish_verb(const char *conninfo, const struct kafka_config *kafka, int argc, char **argv);

#endif
