/* SPDX-License-Identifier: Apache-2.0 */
#include "contact_memory.h"

#include <string.h>

#define KNOWN_FOR_US UINT64_C(60000000)

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const char *ref)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const char *c = ref; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    }
    return hash;
}

bool contact_memory_knows(const struct contact_memory *memory, const char *ref,
                          const uint8_t digest[CONTACT_DIGEST_SIZE], uint64_t now_us)
{
    uint64_t hash = hash_of(ref);
    size_t slot = hash % CONTACT_MEMORY_SLOTS;
    return memory->slots[slot].ref_hash == hash && memory->slots[slot].until_us > now_us &&
           memcmp(memory->slots[slot].digest, digest, CONTACT_DIGEST_SIZE) == 0;
}

void contact_memory_note(struct contact_memory *memory, const char *ref,
                         const uint8_t digest[CONTACT_DIGEST_SIZE], uint64_t now_us)
{
    uint64_t hash = hash_of(ref);
    size_t slot = hash % CONTACT_MEMORY_SLOTS;
    memory->slots[slot].ref_hash = hash;
    memory->slots[slot].until_us = now_us + KNOWN_FOR_US;
    memcpy(memory->slots[slot].digest, digest, CONTACT_DIGEST_SIZE);
}
