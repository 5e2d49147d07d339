/* SPDX-License-Identifier: Apache-2.0 */
/* Verified tokens by their SHA-256: a table of small sets, as in a processor's cache. A token can
 * only be in the set that its hash names; a full set drops the member that is longest unused. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "common/auth_private.h"

enum { SETS = 1024, WAYS = 4 };

struct remembered {
    uint8_t hash[AUTH_HASH_SIZE];
    int64_t expires_us;
    uint64_t used_at;            /* ticks of token_memory */
    struct principal *principal; /* one block with its texts; NULL: free */
};

struct token_memory {
    uint64_t ticks;
    struct remembered sets[SETS][WAYS];
};

struct token_memory *token_memory_new(void)
{
    return memory_zero(1, sizeof(struct token_memory));
}

static void remembered_clear(struct remembered *slot)
{
    free(slot->principal);
    *slot = (struct remembered){0};
}

void token_memory_forget(struct token_memory *memory)
{
    for (size_t i = 0; i < SETS; i++) {
        for (size_t j = 0; j < WAYS; j++) {
            remembered_clear(&memory->sets[i][j]);
        }
    }
}

void token_memory_free(struct token_memory *memory)
{
    if (memory != NULL) {
        token_memory_forget(memory);
        free(memory);
    }
}

static struct remembered *set_of(struct token_memory *memory, const uint8_t *hash)
{
    return memory->sets[((size_t)hash[0] << 8 | hash[1]) % SETS];
}

static size_t text_size(const char *text)
{
    return text == NULL ? 0 : strlen(text) + 1;
}

static const char *pack(char **room, const char *text)
{
    size_t size = text_size(text);
    if (size == 0) {
        return NULL;
    }
    char *copy = memcpy(*room, text, size);
    *room += size;
    return copy;
}

/* The principal and its texts in one block. */
static struct principal *principal_pack(const struct principal *principal)
{
    size_t size = text_size(principal->id) + text_size(principal->name) +
                  text_size(principal->email) + text_size(principal->unit);
    for (size_t i = 0; i < principal->grant_count; i++) {
        size += text_size(principal->grants[i]);
    }
    struct principal *block = memory_alloc(sizeof *block + size);
    char *room = (char *)(block + 1);
    *block = *principal;
    block->id = pack(&room, principal->id);
    block->name = pack(&room, principal->name);
    block->email = pack(&room, principal->email);
    block->unit = pack(&room, principal->unit);
    for (size_t i = 0; i < principal->grant_count; i++) {
        block->grants[i] = pack(&room, principal->grants[i]);
    }
    return block;
}

void token_memory_put(struct token_memory *memory, const uint8_t hash[AUTH_HASH_SIZE],
                      const struct principal *principal, int64_t expires_us, int64_t now_us)
{
    struct remembered *set = set_of(memory, hash), *slot = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].expires_us <= now_us || memcmp(set[i].hash, hash, AUTH_HASH_SIZE) == 0) {
            slot = &set[i];
            break;
        }
        if (set[i].used_at < slot->used_at) {
            slot = &set[i];
        }
    }
    remembered_clear(slot);
    memcpy(slot->hash, hash, AUTH_HASH_SIZE);
    slot->expires_us = expires_us;
    slot->used_at = ++memory->ticks;
    slot->principal = principal_pack(principal);
}

/* The slot may be given to another token before the caller is done, so texts are copied. */
static struct principal *principal_copy(const struct principal *principal, struct arena *arena)
{
    struct principal *copy = arena_alloc(arena, sizeof *copy);
    *copy = *principal;
    copy->id = arena_text(arena, principal->id);
    copy->name = arena_text(arena, principal->name);
    copy->email = arena_text(arena, principal->email);
    copy->unit = arena_text(arena, principal->unit);
    for (size_t i = 0; i < principal->grant_count; i++) {
        copy->grants[i] = arena_text(arena, principal->grants[i]);
    }
    return copy;
}

struct principal *token_memory_get(struct token_memory *memory, const uint8_t hash[AUTH_HASH_SIZE],
                                   int64_t now_us, struct arena *arena)
{
    struct remembered *set = set_of(memory, hash);
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].principal == NULL || CRYPTO_memcmp(set[i].hash, hash, AUTH_HASH_SIZE) != 0) {
            continue;
        }
        if (now_us >= set[i].expires_us) {
            remembered_clear(&set[i]);
            return NULL;
        }
        set[i].used_at = ++memory->ticks;
        return principal_copy(set[i].principal, arena);
    }
    return NULL;
}
