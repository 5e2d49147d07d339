/* SPDX-License-Identifier: Apache-2.0 */
/* verbs: what an operator does to the reference data from the command line.
 *
 *   routing reference load [DIR]       the embedded files of reference/, or those of a folder
 *   routing units import [--repair] FILE.geojson
 *                                      surveyed boundaries instead of the approximate ones
 *   routing focal-points load FILE     who gets the cases of which unit
 *
 * Each is one transaction: all of it or nothing. Running processes notice within a second.
 * And what is asked about the history (audit_verb.c):
 *
 *   routing audit verify [--from DAY] [--key PUBLIC.pem]… [--checkpoints FILE]
 *   routing audit checkpoint --day DAY
 *
 * Exit codes: 0 done, 1 failed (the reason on standard error; what is wrong with the history on
 * standard output), 2 wrong usage. */
#ifndef ROUTING_VERBS_H
#define ROUTING_VERBS_H

#include "common/config.h"

int reference_verb(const struct config *config, int argc, char **argv);
int units_verb(const struct config *config, int argc, char **argv);
int focal_points_verb(const struct config *config, int argc, char **argv);
int audit_verb(const struct config *config, int argc, char **argv);

#endif
