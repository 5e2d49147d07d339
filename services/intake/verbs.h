/* SPDX-License-Identifier: Apache-2.0 */
/* verbs: what an operator does from the command line. Blocking; each returns the exit code.
 *
 *   sources load FILE.json --reason TEXT   which other city systems there are
 *   sources list
 *   quarantine list|show|fix|release|discard …   see quarantine_verb.c
 *   simulate --source NAME …               plays another city system, see simulate_verb.c */
#ifndef INTAKE_VERBS_H
#define INTAKE_VERBS_H

#include "common/config.h"

int sources_verb(const struct config *config, int argc, char **argv);
int quarantine_verb(const struct config *config, int argc, char **argv);
int simulate_verb(const struct config *config, int argc, char **argv);

#endif
