/* SPDX-License-Identifier: Apache-2.0 */
/* audit_chain: hashes that tie the history of cases together.
 *
 * Each row of a case's history holds a link: SHA-256 over the link of the version before (zeros at
 * version 1) and all of the row, each part with its length, so that no two rows read alike. A row
 * that is changed, taken out or moved no longer fits what follows. Per day, the links of all rows
 * run into one root, in the order of (at, case_id, version); that is what is signed
 * (audit_checkpoint.h). The README tells both byte by byte. Pure. */
#ifndef ROUTING_AUDIT_CHAIN_H
#define ROUTING_AUDIT_CHAIN_H

#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"
#include "common/uuid.h"

/* A row of case_history; texts are borrowed. */
struct audit_row {
    struct uuid case_id;
    int32_t version;
    struct uuid event_id;
    int64_t at_us;
    const char *action;
    const char *actor; /* NULL: the system */
    const char *snapshot;
    size_t snapshot_size;
    const char *report; /* NULL: none */
    size_t report_size;
    uint8_t hash[DIGEST_SIZE]; /* the link that is stored with it; not part of its own */
};

void audit_link(const uint8_t previous[DIGEST_SIZE], const struct audit_row *row,
                uint8_t link[DIGEST_SIZE]);

/* Takes one more row into the root of its day, which begins as zeros. */
void audit_root_add(uint8_t root[DIGEST_SIZE], const struct uuid *case_id, int32_t version,
                    const uint8_t link[DIGEST_SIZE]);

#endif
