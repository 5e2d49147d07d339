/* SPDX-License-Identifier: Apache-2.0 */
/* arena: memory that dies together.
 *
 * Each request, event or tick has one; decoders and rules allocate from it and free nothing.
 * Allocation never returns NULL: when the system is out of memory the process stops with a log
 * line, since nothing on these paths could do better. Not thread-safe. */
#ifndef COMMON_ARENA_H
#define COMMON_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head; /* newest block; NULL while nothing was allocated */
    size_t used;              /* bytes handed out since init or reset */
};

void arena_init(struct arena *arena);
void arena_finish(struct arena *arena);

/* Forgets all allocations but keeps the first block for reuse, unless it is a large one. */
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type; size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);

/* Zeroed array; stops the process if count * size overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

char *arena_text(struct arena *arena, const char *text);               /* NULL gives NULL */
char *arena_copy(struct arena *arena, const char *bytes, size_t size); /* adds a final NUL */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* For long-lived memory outside arenas: as malloc, calloc, realloc, strdup, but never NULL. */
void *memory_alloc(size_t size);
void *memory_zero(size_t count, size_t size);
void *memory_grow(void *memory, size_t count, size_t size);
char *memory_text(const char *text);

#endif
