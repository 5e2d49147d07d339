/* SPDX-License-Identifier: Apache-2.0 */
#include "common/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 8192 };

struct arena_block {
    struct arena_block *next; /* older */
    size_t size, used;        /* of bytes */
    alignas(max_align_t) unsigned char bytes[];
};

/* Nothing on our paths could go on without memory, and a log line would need some. */
static void out_of_memory(void)
{
    fputs("{\"level\":\"error\",\"event\":\"out_of_memory\"}\n", stderr);
    abort();
}

void arena_init(struct arena *arena)
{
    arena->head = NULL;
    arena->used = 0;
}

void arena_finish(struct arena *arena)
{
    struct arena_block *block = arena->head;
    while (block != NULL) {
        struct arena_block *older = block->next;
        free(block);
        block = older;
    }
    arena_init(arena);
}

void arena_reset(struct arena *arena)
{
    struct arena_block *block = arena->head;
    while (block != NULL && block->next != NULL) {
        struct arena_block *older = block->next;
        free(block);
        block = older;
    }
    if (block != NULL && block->size > BLOCK_SIZE) {
        free(block); /* one large request must not cost its memory for ever */
        block = NULL;
    }
    if (block != NULL) {
        block->used = 0;
    }
    arena->head = block;
    arena->used = 0;
}

static struct arena_block *arena_grow(struct arena *arena, size_t size)
{
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    struct arena_block *block = memory_alloc(sizeof *block + room);
    block->size = room;
    block->used = 0;
    block->next = arena->head;
    arena->head = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX / 2) {
        out_of_memory();
    }
    size = (size + unit - 1) / unit * unit;
    struct arena_block *block = arena->head;
    if (block == NULL || block->size - block->used < size) {
        block = arena_grow(arena, size);
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return memset(memory, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        out_of_memory();
    }
    return arena_alloc(arena, total);
}

char *arena_text(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_copy(arena, text, strlen(text));
}

char *arena_copy(struct arena *arena, const char *bytes, size_t size)
{
    char *copy = arena_alloc(arena, size + 1);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

void *memory_alloc(size_t size)
{
    void *memory = malloc(size == 0 ? 1 : size);
    if (memory == NULL) {
        out_of_memory();
    }
    return memory;
}

void *memory_zero(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (memory == NULL) {
        out_of_memory();
    }
    return memory;
}

void *memory_grow(void *memory, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        out_of_memory();
    }
    memory = realloc(memory, total == 0 ? 1 : total);
    if (memory == NULL) {
        out_of_memory();
    }
    return memory;
}

char *memory_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_alloc(size), text, size);
}
