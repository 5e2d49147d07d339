/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "services/routing/case_words.h"

static void texts_give_their_words(void **state)
{
    static const struct {
        const char *text, *plain, *marked, *ticket;
    } rows[] = {
        {NULL, "", "", NULL},
        {"", "", "", NULL},
        {"Lấn chiếm vỉa hè, vỉa hè!", "lan chiem via he", "laCnS chieCmS viaR heF", NULL},
        {"duong đường dưỡng", "duong", "dDuHoHngF duHoHngX", NULL},
        {"so 5 ngo 7", "so 5 ngo 7", "", NULL},
        {"HN-2026-0000123-K", "", "", "HN-2026-0000123-K"},
        {" hn-2026-0000123-k\n", "", "", "HN-2026-0000123-K"},
        {"xem HN-2026-0000123-K cũ", "xem cu", "cuX", "HN-2026-0000123-K"},
        {"HN-2026-0000123-K, cũ", "hn 2026 0000123 k cu", "cuX", NULL},
        {"HN-2026-0000123-KK", "hn 2026 0000123 kk", "", NULL},
        {"HN-2026-123-K", "hn 2026 123 k", "", NULL},
        {"HN-26-0000123-K", "hn 26 0000123 k", "", NULL},
        {"HN-2026-0000123", "hn 2026 0000123", "", NULL},
        {"hn", "hn", "", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct case_words words;
        arena_init(&arena);
        case_words_init(&words, &arena);
        case_words_add(&words, rows[i].text);
        assert_string_equal(word_list_join(&words.plain, &arena), rows[i].plain);
        assert_string_equal(word_list_join(&words.marked, &arena), rows[i].marked);
        assert_int_equal(words.ticket == NULL, rows[i].ticket == NULL);
        if (rows[i].ticket != NULL) {
            assert_string_equal(words.ticket, rows[i].ticket);
        }
        arena_finish(&arena);
    }
}

static void several_texts_share_one_list(void **state)
{
    struct arena arena;
    struct case_words words;
    (void)state;
    arena_init(&arena);
    case_words_init(&words, &arena);
    case_words_add(&words, "Vỉa hè");
    case_words_add(&words, "hè phố");
    assert_string_equal(word_list_join(&words.plain, &arena), "via he pho");
    arena_finish(&arena);
}

static void words_past_the_limit_are_left_out(void **state)
{
    struct arena arena;
    struct case_words words;
    char word[32];
    (void)state;
    arena_init(&arena);
    case_words_init(&words, &arena);
    for (int i = 0; i < 3 * CASE_WORDS_MAX; i++) {
        snprintf(word, sizeof word, "tường%d", i);
        case_words_add(&words, word);
        case_words_add(&words, "tường0");
    }
    assert_int_equal(words.plain.count, CASE_WORDS_MAX);
    assert_int_equal(words.marked.count, CASE_WORDS_MAX);
    assert_string_equal(words.plain.items[CASE_WORDS_MAX - 1], "tuong255");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_give_their_words),
        cmocka_unit_test(several_texts_share_one_list),
        cmocka_unit_test(words_past_the_limit_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
