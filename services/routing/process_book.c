/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/process_book.h"

#include <stdlib.h>
#include <string.h>

#include "services/routing/process_json.h"

void process_book_init(struct process_book *book)
{
    *book = (struct process_book){0};
    arena_init(&book->arena);
}

void process_book_finish(struct process_book *book)
{
    for (size_t i = 0; i < book->count; i++) {
        free((void *)(uintptr_t)book->items[i]); /* others may only look at it */
    }
    free(book->items);
    arena_finish(&book->arena);
}

bool process_book_add(struct process_book *book, const struct process_row *row, struct error *err)
{
    struct process *process =
        (struct process *)(uintptr_t)process_find(book, row->code, row->version);
    if (process != NULL) {
        process->valid_to = row->valid_to;
        return true;
    }
    process = memory_zero(1, sizeof *process);
    if (!process_json_read(process, row->body, strlen(row->body), &book->arena, err)) {
        free(process);
        return false;
    }
    process->valid_from = row->valid_from;
    process->valid_to = row->valid_to;
    book->items = memory_grow(book->items, book->count + 1, sizeof *book->items);
    book->items[book->count++] = process;
    return true;
}

const struct process *process_find(const struct process_book *book, const char *code,
                                   int32_t version)
{
    for (size_t i = 0; i < book->count; i++) {
        const struct process *process = book->items[i];
        if (process->rule.version == version && strcmp(process->rule.code, code) == 0) {
            return process;
        }
    }
    return NULL;
}

const struct process *process_current(const struct process_book *book, const char *code,
                                      int64_t at_us)
{
    const struct process *found = NULL;
    for (size_t i = 0; i < book->count; i++) {
        const struct process *process = book->items[i];
        if (strcmp(process->rule.code, code) == 0 && process->valid_from <= at_us &&
            (process->valid_to == 0 || at_us < process->valid_to) &&
            (found == NULL || process->rule.version > found->rule.version)) {
            found = process;
        }
    }
    return found;
}

static bool is_named(const struct process *process, const char *code)
{
    return code == NULL || strcmp(process->rule.code, code) == 0;
}

bool process_book_has(const struct process_book *book, const char *process)
{
    for (size_t i = 0; i < book->count; i++) {
        if (is_named(book->items[i], process)) {
            return true;
        }
    }
    return false;
}

bool process_book_has_state(const struct process_book *book, const char *process, const char *state)
{
    for (size_t i = 0; i < book->count; i++) {
        if (is_named(book->items[i], process) && process_state_find(book->items[i], state) >= 0) {
            return true;
        }
    }
    return false;
}

bool process_book_has_action(const struct process_book *book, const char *process,
                             const char *action)
{
    for (size_t i = 0; i < book->count; i++) {
        if (is_named(book->items[i], process) && process_action_find(book->items[i], action) >= 0) {
            return true;
        }
    }
    return false;
}
