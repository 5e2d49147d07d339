/* SPDX-License-Identifier: Apache-2.0 */
/* migrate: brings a database to the shape that this binary expects.
 *
 * Forward only. Each migration is one file `NNNN_subject.sql`, embedded at build time, run once in
 * a transaction of its own under a session advisory lock, and recorded in `schema_migration` with
 * the SHA-256 of its text. A changed text of an applied migration, a missing one, or a number
 * unknown to this binary but lower than its newest stops with a message. A database that is newer
 * than the binary is accepted by `serve` (expand, then contract). Blocking: for the one-shot verb
 * and tests, never on a loop. */
#ifndef COMMON_MIGRATE_H
#define COMMON_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

struct migration {
    int number; /* from 1; 0 ends the list */
    const char *subject;
    const char *sql;
};

struct migration_set {
    const char *name; /* "common", "intake": sets are numbered apart */
    const struct migration *migrations;
    size_t count;
};

/* Applies what is missing of the sets in order. Logs each one. */
bool migrate_run(const char *conninfo, const struct migration_set *const *sets, size_t set_count,
                 struct error *err);

/* True when every migration of the sets is applied unchanged; else says what is missing. */
bool migrate_check(const char *conninfo, const struct migration_set *const *sets, size_t set_count,
                   struct error *err);

#endif
