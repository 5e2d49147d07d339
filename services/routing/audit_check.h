/* SPDX-License-Identifier: Apache-2.0 */
/* audit_check: is the history what was written?
 *
 * Takes the history as it is stored, case by case and day by day, works its hashes out anew, and
 * tells each fault by itself: what was done to one row is not blamed on those after it. What no
 * hash can tell apart is told as such: a row changed together with its hash shows in the row after
 * it, and rows replaced with all their hashes, or a case removed whole, show in their day alone.
 * Pure. */
#ifndef ROUTING_AUDIT_CHECK_H
#define ROUTING_AUDIT_CHECK_H

#include "services/routing/audit_chain.h"
#include "services/routing/audit_checkpoint.h"

enum audit_fault_kind {
    /* of a case */
    AUDIT_EDITED,    /* the row `first` */
    AUDIT_DELETED,   /* the versions first … last */
    AUDIT_REORDERED, /* at `first` stands what was written as version `last` */
    AUDIT_TRUNCATED, /* the newest versions, first … last */
    AUDIT_AHEAD,     /* the history goes on to version `last`, the case is at `first` */
    AUDIT_NO_CASE,   /* a history up to version `last`, and no case */
    /* of days */
    AUDIT_ROWS_MISSING, /* `last` rows were signed, `first` are there */
    AUDIT_ROWS_ADDED,   /* the same */
    AUDIT_ROWS_CHANGED, /* as many as were signed, but not those */
    AUDIT_DAY_MISSING,  /* the days first … last have no checkpoint */
    AUDIT_SIGNATURE,    /* not signed, or with a key that was not given */
    AUDIT_CHAIN,        /* does not go on from the checkpoint before */
    AUDIT_KEPT_MISSING, /* kept elsewhere, not here */
    AUDIT_KEPT_DIFFERS, /* not what was kept elsewhere */
    AUDIT_KEPT_FORGED,  /* what was kept elsewhere is not signed */
    AUDIT_FAULTS
};

struct audit_fault {
    enum audit_fault_kind kind;
    struct uuid case_id; /* of a case */
    int64_t day;         /* of a day */
    int64_t first, last;
};

enum { AUDIT_FAULT_SIZE = 256 };
/* One line for people, without its break. Returns text. */
char *audit_fault_format(const struct audit_fault *fault, char text[AUDIT_FAULT_SIZE]);

typedef void audit_on_fault(const struct audit_fault *fault, void *arg);

/* The rows of one case in the order of their versions; at least one. */
void audit_check_case(const struct audit_row *rows, size_t count, audit_on_fault *on_fault,
                      void *arg);
/* A case whose own version (0: it is gone) is not the newest of its history (0: there is none). */
void audit_check_head(const struct uuid *case_id, int32_t version, int32_t newest,
                      audit_on_fault *on_fault, void *arg);

/* What the rows of a day come to. */
struct audit_day {
    int64_t day, rows;
    uint8_t root[DIGEST_SIZE];
};

/* All that is known of days. */
struct audit_ledger {
    int64_t from, due; /* the days that must have a checkpoint */
    /* In the order of days; unless `from` is the first day of all, the one before it leads. */
    const struct audit_checkpoint *checkpoints;
    size_t checkpoint_count;
    const struct audit_day *days; /* in their order; those without rows may be left out */
    size_t day_count;
    const struct audit_checkpoint *kept; /* elsewhere; in any order */
    size_t kept_count;
    struct sign_key *const *keys;
    size_t key_count;
};
void audit_check_days(const struct audit_ledger *ledger, audit_on_fault *on_fault, void *arg);

#endif
