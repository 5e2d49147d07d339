/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/audit_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a row belonged is searched for among so many rows and versions: 2,000 links at most. */
enum { SEARCH_ROWS = 32, SEARCH_VERSIONS = 64 };

struct witness {
    audit_on_fault *on_fault;
    void *arg;
};

static const uint8_t zeros[DIGEST_SIZE];

static bool equal(const uint8_t a[DIGEST_SIZE], const uint8_t b[DIGEST_SIZE])
{
    return memcmp(a, b, DIGEST_SIZE) == 0;
}

/* ---- cases ---- */

static void tell_case(const struct witness *witness, enum audit_fault_kind kind,
                      const struct uuid *case_id, int64_t first, int64_t last)
{
    const struct audit_fault fault = {
        .kind = kind, .case_id = *case_id, .first = first, .last = last};
    witness->on_fault(&fault, witness->arg);
}

static bool fits(const uint8_t previous[DIGEST_SIZE], const struct audit_row *row, int32_t version)
{
    struct audit_row as_written = *row;
    uint8_t link[DIGEST_SIZE];
    as_written.version = version;
    audit_link(previous, &as_written, link);
    return equal(link, row->hash);
}

/* The version as which the row was written, wherever the one before it stands now; 0: none. */
static int32_t find_origin(const struct audit_row *rows, size_t count, const struct audit_row *row)
{
    for (int32_t version = 1; count <= SEARCH_ROWS && version <= SEARCH_VERSIONS; version++) {
        for (size_t before = 0; before < count; before++) {
            if (fits(version == 1 ? zeros : rows[before].hash, row, version)) {
                return version;
            }
        }
    }
    return 0;
}

static void check_row(const struct witness *witness, const struct audit_row *rows, size_t count,
                      const struct audit_row *row, const uint8_t previous[DIGEST_SIZE])
{
    if (fits(previous, row, row->version)) {
        return;
    }
    int32_t origin = find_origin(rows, count, row);
    if (origin == row->version) {
        return; /* the one before it has moved; that is told of itself */
    }
    tell_case(witness, origin == 0 ? AUDIT_EDITED : AUDIT_REORDERED, &row->case_id, row->version,
              origin);
}

void audit_check_case(const struct audit_row *rows, size_t count, audit_on_fault *on_fault,
                      void *arg)
{
    const struct witness witness = {on_fault, arg};
    const uint8_t *previous = zeros;
    int32_t next = 1;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].version > next) {
            tell_case(&witness, AUDIT_DELETED, &rows[i].case_id, next, rows[i].version - 1);
        } else {
            check_row(&witness, rows, count, &rows[i], previous);
        }
        previous = rows[i].hash;
        next = rows[i].version + 1;
    }
}

void audit_check_head(const struct uuid *case_id, int32_t version, int32_t newest,
                      audit_on_fault *on_fault, void *arg)
{
    const struct witness witness = {on_fault, arg};
    if (version == 0) {
        tell_case(&witness, AUDIT_NO_CASE, case_id, 1, newest);
    } else if (version > newest) {
        tell_case(&witness, AUDIT_TRUNCATED, case_id, newest + 1, version);
    } else if (version < newest) {
        tell_case(&witness, AUDIT_AHEAD, case_id, version, newest);
    }
}

/* ---- days ---- */

static void tell_day(const struct witness *witness, enum audit_fault_kind kind, int64_t day,
                     int64_t first, int64_t last)
{
    const struct audit_fault fault = {.kind = kind, .day = day, .first = first, .last = last};
    witness->on_fault(&fault, witness->arg);
}

/* Of either kind: both begin with their day. */
static int by_day(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static const void *find_day(int64_t day, const void *list, size_t count, size_t size)
{
    return count == 0 ? NULL : bsearch(&day, list, count, size, by_day);
}

static bool is_signed(const struct audit_ledger *ledger, const struct audit_checkpoint *checkpoint)
{
    for (size_t i = 0; i < ledger->key_count; i++) {
        if (audit_checkpoint_is_signed(checkpoint, ledger->keys[i])) {
            return true;
        }
    }
    return false;
}

/* last NULL: there is none before. */
static bool goes_on(const struct audit_checkpoint *checkpoint, const struct audit_checkpoint *last)
{
    uint8_t previous[DIGEST_SIZE] = {0};
    int64_t total = checkpoint->rows;
    if (last != NULL) {
        audit_checkpoint_digest(last, previous);
        total += last->total;
    }
    return checkpoint->total == total && equal(checkpoint->previous, previous);
}

static void check_rows(const struct witness *witness, const struct audit_ledger *ledger,
                       const struct audit_checkpoint *checkpoint)
{
    const struct audit_day none = {.day = checkpoint->day};
    const struct audit_day *found =
        find_day(checkpoint->day, ledger->days, ledger->day_count, sizeof *ledger->days);
    found = found != NULL ? found : &none;
    if (found->rows == checkpoint->rows && equal(found->root, checkpoint->root)) {
        return;
    }
    enum audit_fault_kind kind = found->rows < checkpoint->rows   ? AUDIT_ROWS_MISSING
                                 : found->rows > checkpoint->rows ? AUDIT_ROWS_ADDED
                                                                  : AUDIT_ROWS_CHANGED;
    tell_day(witness, kind, checkpoint->day, found->rows, checkpoint->rows);
}

static void check_kept(const struct witness *witness, const struct audit_ledger *ledger,
                       const struct audit_checkpoint *kept)
{
    const struct audit_checkpoint *found =
        find_day(kept->day, ledger->checkpoints, ledger->checkpoint_count, sizeof *kept);
    uint8_t kept_digest[DIGEST_SIZE], found_digest[DIGEST_SIZE];
    if (!is_signed(ledger, kept)) {
        tell_day(witness, AUDIT_KEPT_FORGED, kept->day, 0, 0);
    } else if (found == NULL) {
        tell_day(witness, AUDIT_KEPT_MISSING, kept->day, 0, 0);
    } else {
        audit_checkpoint_digest(kept, kept_digest);
        audit_checkpoint_digest(found, found_digest);
        if (!equal(kept_digest, found_digest)) {
            tell_day(witness, AUDIT_KEPT_DIFFERS, kept->day, 0, 0);
        }
    }
}

/* Signatures and succession; the days without a checkpoint. */
static void check_checkpoints(const struct witness *witness, const struct audit_ledger *ledger)
{
    const struct audit_checkpoint *last = NULL;
    int64_t next = ledger->from;
    for (size_t i = 0; i < ledger->checkpoint_count; i++) {
        const struct audit_checkpoint *checkpoint = &ledger->checkpoints[i];
        if (!is_signed(ledger, checkpoint)) {
            tell_day(witness, AUDIT_SIGNATURE, checkpoint->day, 0, 0);
        }
        if (checkpoint->day >= ledger->from) {
            if (checkpoint->day > next) {
                tell_day(witness, AUDIT_DAY_MISSING, next, next, checkpoint->day - 1);
            } else if (!goes_on(checkpoint, last)) {
                tell_day(witness, AUDIT_CHAIN, checkpoint->day, 0, 0);
            }
            check_rows(witness, ledger, checkpoint);
            next = checkpoint->day + 1;
        }
        last = checkpoint;
    }
    if (next <= ledger->due) {
        tell_day(witness, AUDIT_DAY_MISSING, next, next, ledger->due);
    }
}

void audit_check_days(const struct audit_ledger *ledger, audit_on_fault *on_fault, void *arg)
{
    const struct witness witness = {on_fault, arg};
    check_checkpoints(&witness, ledger);
    for (size_t i = 0; i < ledger->kept_count; i++) {
        if (ledger->kept[i].day >= ledger->from) {
            check_kept(&witness, ledger, &ledger->kept[i]);
        }
    }
}

/* ---- in words ---- */

static void format_case(const struct audit_fault *fault, char text[AUDIT_FAULT_SIZE])
{
    char id[UUID_TEXT_SIZE];
    int size = snprintf(text, AUDIT_FAULT_SIZE, "case %s: ", uuid_format(&fault->case_id, id));
    char *end = text + size;
    size_t room = AUDIT_FAULT_SIZE - (size_t)size;
    switch (fault->kind) {
    case AUDIT_EDITED:
        snprintf(end, room, "version %" PRId64 " was edited%s", fault->first,
                 fault->first > 1 ? ", or the one before it together with its hash" : "");
        break;
    case AUDIT_DELETED:
        snprintf(end, room, "versions %" PRId64 " to %" PRId64 " were deleted", fault->first,
                 fault->last);
        break;
    case AUDIT_REORDERED:
        snprintf(end, room, "reordered, version %" PRId64 " was written as version %" PRId64,
                 fault->first, fault->last);
        break;
    case AUDIT_TRUNCATED:
        snprintf(end, room, "truncated, versions %" PRId64 " to %" PRId64 " are missing",
                 fault->first, fault->last);
        break;
    case AUDIT_AHEAD:
        snprintf(end, room, "it is at version %" PRId64 ", its history goes on to version %" PRId64,
                 fault->first, fault->last);
        break;
    default:
        snprintf(end, room, "deleted, its history goes on to version %" PRId64, fault->last);
        break;
    }
}

static const char *const day_words[AUDIT_FAULTS] = {
    [AUDIT_ROWS_MISSING] = "rows were deleted or moved to another day",
    [AUDIT_ROWS_ADDED] = "rows were added or moved here from another day",
    [AUDIT_ROWS_CHANGED] = "rows were replaced together with their hashes, or renumbered",
    [AUDIT_SIGNATURE] = "the checkpoint is not signed by a key that was given",
    [AUDIT_CHAIN] = "the checkpoint does not go on from the one before it",
    [AUDIT_KEPT_MISSING] = "the checkpoint that was kept is not in the database",
    [AUDIT_KEPT_DIFFERS] = "the checkpoint is not the one that was kept",
    [AUDIT_KEPT_FORGED] = "the checkpoint that was kept is not signed by a key that was given",
};

static void format_day(const struct audit_fault *fault, char text[AUDIT_FAULT_SIZE])
{
    char day[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
    day_format(fault->day, day);
    if (fault->kind == AUDIT_DAY_MISSING) {
        snprintf(text, AUDIT_FAULT_SIZE, "days %s to %s: no checkpoint", day,
                 day_format(fault->last, last));
    } else if (fault->kind <= AUDIT_ROWS_CHANGED) {
        snprintf(text, AUDIT_FAULT_SIZE,
                 "day %s: %s: %" PRId64 " were signed, %" PRId64 " are there", day,
                 day_words[fault->kind], fault->last, fault->first);
    } else {
        snprintf(text, AUDIT_FAULT_SIZE, "day %s: %s", day, day_words[fault->kind]);
    }
}

char *audit_fault_format(const struct audit_fault *fault, char text[AUDIT_FAULT_SIZE])
{
    if (fault->kind < AUDIT_ROWS_MISSING) {
        format_case(fault, text);
    } else {
        format_day(fault, text);
    }
    return text;
}
