/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_words.h"

#include <stdbool.h>
#include <string.h>

#include "common/fold.h"

void case_words_init(struct case_words *words, struct arena *arena)
{
    memset(words, 0, sizeof *words);
    words->arena = arena;
}

static uint32_t hash_of(const char *word)
{
    uint32_t hash = 2166136261; /* FNV-1a */
    for (; *word != '\0'; word++) {
        hash = (hash ^ (unsigned char)*word) * 16777619;
    }
    return hash;
}

static void add(struct word_list *list, const char *word, struct arena *arena)
{
    size_t slot = hash_of(word) % CASE_WORDS_SLOTS;
    while (list->slots[slot] != 0) {
        if (strcmp(list->items[list->slots[slot] - 1], word) == 0) {
            return;
        }
        slot = (slot + 1) % CASE_WORDS_SLOTS;
    }
    if (list->count < CASE_WORDS_MAX) {
        list->items[list->count++] = arena_text(arena, word);
        list->slots[slot] = (uint16_t)list->count;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static char capital(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

static size_t digits(const char *text)
{
    size_t count = 0;
    while (is_digit(text[count])) {
        count++;
    }
    return count;
}

/* "HN-2026-0000123-K" in either case: its size, or 0. */
static size_t ticket_size(const char *text)
{
    if (capital(text[0]) != 'H' || capital(text[1]) != 'N' || text[2] != '-' ||
        digits(text + 3) != 4 || text[7] != '-') {
        return 0;
    }
    size_t number = digits(text + 8);
    const char *check = text + 8 + number;
    if (number < 7 || number > 12 || check[0] != '-' ||
        !(is_digit(check[1]) || is_capital(capital(check[1])))) {
        return 0;
    }
    return 8 + number + 2;
}

static const char *read_ticket(const char *text, size_t size, struct arena *arena)
{
    char *ticket = arena_copy(arena, text, size);
    for (size_t i = 0; i < size; i++) {
        ticket[i] = capital(ticket[i]);
    }
    return ticket;
}

static void add_words(struct case_words *words, const char *text, const char *end)
{
    struct fold_word word;
    while (fold_next(&text, end, &word)) {
        add(&words->plain, word.plain, words->arena);
        if (fold_has_marks(&word)) {
            add(&words->marked, word.marked, words->arena);
        }
    }
}

void case_words_add(struct case_words *words, const char *text)
{
    while (text != NULL && *text != '\0') {
        size_t blanks = strspn(text, " \t\r\n");
        size_t size = strcspn(text + blanks, " \t\r\n");
        text += blanks;
        size_t ticket = ticket_size(text);
        if (ticket > 0 && ticket == size) {
            words->ticket = read_ticket(text, ticket, words->arena);
        } else {
            add_words(words, text, text + size);
        }
        text += size;
    }
}

char *word_list_join(const struct word_list *list, struct arena *arena)
{
    size_t size = 1;
    for (size_t i = 0; i < list->count; i++) {
        size += strlen(list->items[i]) + 1;
    }
    char *joined = arena_alloc(arena, size), *at = joined;
    for (size_t i = 0; i < list->count; i++) {
        size_t length = strlen(list->items[i]);
        if (i > 0) {
            *at++ = ' ';
        }
        memcpy(at, list->items[i], length);
        at += length;
    }
    return joined;
}
