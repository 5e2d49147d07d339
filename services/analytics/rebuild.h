/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild: counts everything again from the topics beside what is live, compares the two figure by
 * figure, and puts what was counted again in its place.
 *
 *   analytics rebuild [--check]
 *
 * The verb is a process of its own: it reads the topics in a group of its own into tables of their
 * own (schema `rebuild`), in laps up to where the live service is, which goes on meanwhile. For the
 * last, short lap it holds the live positions; then both have read the same. Figures that differ
 * are listed. With --check that is all; else the new tables take the place of the live ones in one
 * transaction, and the service goes on from its positions. Facts that the topics no longer hold are
 * kept. Names, publications, surveys and what was said stay as they are.
 *
 * The live service need not run. Exit code 0: compared, and switched unless --check; 1: failed, or,
 * with --check, something differs; nothing was changed then. */
#ifndef ANALYTICS_REBUILD_H
#define ANALYTICS_REBUILD_H

#include "common/config.h"

int rebuild_verb(const struct config *config, int argc, char **argv);

#endif
