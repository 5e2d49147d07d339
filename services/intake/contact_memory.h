/* SPDX-License-Identifier: Apache-2.0 */
/* contact_memory: which contacts need not be told again.
 *
 * Most filings come from people whose contact is known. This remembers, for a minute, what the
 * table holds, so that such a filing costs no row. A minute bounds what another replica's change
 * in between can hide. Fixed size; a collision only forgets. */
#ifndef INTAKE_CONTACT_MEMORY_H
#define INTAKE_CONTACT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONTACT_MEMORY_SLOTS = 4096, CONTACT_DIGEST_SIZE = 16 };

struct contact_memory {
    struct {
        uint64_t ref_hash, until_us; /* monotonic */
        uint8_t digest[CONTACT_DIGEST_SIZE];
    } slots[CONTACT_MEMORY_SLOTS];
};

bool contact_memory_knows(const struct contact_memory *memory, const char *ref,
                          const uint8_t digest[CONTACT_DIGEST_SIZE], uint64_t now_us);
void contact_memory_note(struct contact_memory *memory, const char *ref,
                         const uint8_t digest[CONTACT_DIGEST_SIZE], uint64_t now_us);

#endif
