/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild: counts everything again from the topics, and shows that the figures are the same.
 *
 *   analytics rebuild [--no-wait]
 *
 * One transaction empties facts and sums and sends the positions back to the beginning. Running
 * replicas notice (at the latest after a few seconds) and read again; without any, the next one
 * to start does. Until all that was counted is counted again, nothing is published and readers
 * hear 503 "rebuilding". Names and what was published stay. Exit code 0: counted again (or, with
 * --no-wait, begun); 1: failed, or nobody counts. */
#ifndef ANALYTICS_REBUILD_H
#define ANALYTICS_REBUILD_H

#include "common/config.h"

int rebuild_verb(const struct config *config, int argc, char **argv);

#endif
