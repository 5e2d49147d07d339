/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/fold.h"

/* The 134 letters that Vietnamese adds to ASCII, small and capital, in one piece … */
static const char composed[] =
    "à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ è é ẻ ẽ ẹ ê ề ế ể ễ ệ ì í ỉ ĩ ị ò ó ỏ õ ọ ô ồ "
    "ố ổ ỗ ộ ơ ờ ớ ở ỡ ợ ù ú ủ ũ ụ ư ừ ứ ử ữ ự ỳ ý ỷ ỹ ỵ đ À Á Ả Ã Ạ Ă Ằ Ắ Ẳ Ẵ Ặ Â Ầ "
    "Ấ Ẩ Ẫ Ậ È É Ẻ Ẽ Ẹ Ê Ề Ế Ể Ễ Ệ Ì Í Ỉ Ĩ Ị Ò Ó Ỏ Õ Ọ Ô Ồ Ố Ổ Ỗ Ộ Ơ Ờ Ớ Ở Ỡ Ợ Ù Ú Ủ "
    "Ũ Ụ Ư Ừ Ứ Ử Ữ Ự Ỳ Ý Ỷ Ỹ Ỵ Đ";

/* … and with combining marks (NFD). */
static const char decomposed[] = "à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ è é ẻ ẽ ẹ ê "
                                 "ề ế ể ễ ệ ì í ỉ ĩ ị ò ó ỏ õ ọ ô ồ ố ổ ỗ ộ ơ ờ "
                                 "ớ ở ỡ ợ ù ú ủ ũ ụ ư ừ ứ ử ữ ự ỳ ý ỷ ỹ ỵ đ À Á Ả "
                                 "Ã Ạ Ă Ằ Ắ Ẳ Ẵ Ặ Â Ầ Ấ Ẩ Ẫ Ậ È É Ẻ Ẽ Ẹ Ê Ề Ế "
                                 "Ể Ễ Ệ Ì Í Ỉ Ĩ Ị Ò Ó Ỏ Õ Ọ Ô Ồ Ố Ổ Ỗ Ộ Ơ Ờ Ớ Ở "
                                 "Ỡ Ợ Ù Ú Ủ Ũ Ụ Ư Ừ Ứ Ử Ữ Ự Ỳ Ý Ỷ Ỹ Ỵ Đ";

static const char plain_letters[] =
    "a a a a a a a a a a a a a a a a a e e e e e e e e e e e i i i i i o o o o o o o "
    "o o o o o o o o o o u u u u u u u u u u u y y y y y d a a a a a a a a a a a a a "
    "a a a a e e e e e e e e e e e i i i i i o o o o o o o o o o o o o o o o o u u u "
    "u u u u u u u u y y y y y d";

static const char marked_letters[] =
    "aF aS aR aX aJ aB aBF aBS aBR aBX aBJ aC aCF aCS aCR aCX aCJ eF eS eR eX eJ eC "
    "eCF eCS eCR eCX eCJ iF iS iR iX iJ oF oS oR oX oJ oC oCF oCS oCR oCX oCJ oH oHF "
    "oHS oHR oHX oHJ uF uS uR uX uJ uH uHF uHS uHR uHX uHJ yF yS yR yX yJ dD aF aS "
    "aR aX aJ aB aBF aBS aBR aBX aBJ aC aCF aCS aCR aCX aCJ eF eS eR eX eJ eC eCF "
    "eCS eCR eCX eCJ iF iS iR iX iJ oF oS oR oX oJ oC oCF oCS oCR oCX oCJ oH oHF oHS "
    "oHR oHX oHJ uF uS uR uX uJ uH uHF uHS uHR uHX uHJ yF yS yR yX yJ dD";

static size_t next_in(const char **list, char text[FOLD_WORD_SIZE])
{
    size_t size = strcspn(*list, " ");
    memcpy(text, *list, size);
    text[size] = '\0';
    *list += size + ((*list)[size] == ' ');
    return size;
}

static void letters_are(const char *text)
{
    const char *at = text, *end = text + strlen(text);
    const char *plain = plain_letters, *marked = marked_letters;
    char wanted[FOLD_WORD_SIZE];
    struct fold_word word;
    size_t count = 0;
    for (; fold_next(&at, end, &word); count++) {
        next_in(&plain, wanted);
        assert_string_equal(word.plain, wanted);
        next_in(&marked, wanted);
        assert_string_equal(word.marked, wanted);
        assert_true(fold_has_marks(&word));
    }
    assert_int_equal(count, 134);
}

static void every_letter_folds_in_one_piece(void **state)
{
    (void)state;
    letters_are(composed);
}

static void every_letter_folds_with_combining_marks(void **state)
{
    (void)state;
    letters_are(decomposed);
}

/* "plain/marked plain/marked …" */
static const char *folded(const char *text, size_t size, char out[512])
{
    const char *at = text;
    struct fold_word word;
    size_t used = 0;
    out[0] = '\0';
    while (fold_next(&at, text + size, &word)) {
        used += (size_t)snprintf(out + used, 512 - used, "%s%s/%s", used > 0 ? " " : "", word.plain,
                                 word.marked);
    }
    assert_ptr_equal(at, text + size);
    return out;
}

static void words_of_texts(void **state)
{
    static const struct {
        const char *text, *folded;
    } rows[] = {
        {"", ""},
        {" \t\n.,;!", ""},
        {"Ổ gà", "o/oCR ga/gaF"},
        {"ĐƯỜNG Láng", "duong/dDuHoHngF lang/langS"},
        {"hòa hoà", "hoa/hoaF hoa/hoaF"},
        {"thủy thuỷ", "thuy/thuyR thuy/thuyR"},
        {"số 12/5A, ngõ 7", "so/soCS 12/12 5a/5a ngo/ngoX 7/7"},
        {"a-b_c'd", "a/a b/b c/c d/d"},
        {"\"Lấn chiếm\" vỉa hè…", "lan/laCnS chiem/chieCmS via/viaR he/heF"},
        {"naïve Ænes Straße", "naive/nai\xCC\x88ve \xC3\xA6nes/\xC3\xA6nes "
                              "stra\xC3\x9F"
                              "e/stra\xC3\x9F"
                              "e"},
        {"Москва 東京", "Москва/Москва 東京/東京"},
        {"rác🗑️thải", "rac/racS thai/thaiR"},
        {"\xCC\x81", ""}, /* a mark without a letter */
        {"\xCC\x81"
         "a",
         "a/a"},                        /* before one */
        {"a\xCC\xA3\xCC\x82", "a/aCJ"}, /* ậ, in canonical order */
        {"a\xCC\x82\xCC\xA3", "a/aCJ"}, /* as keyboards give it */
        {"×÷«»", ""},
    };
    char out[512];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(folded(rows[i].text, strlen(rows[i].text), out), rows[i].folded);
    }
}

static void words_without_marks_are_equal_in_both_forms(void **state)
{
    const char text[] = "HN12", *at = text;
    struct fold_word word;
    (void)state;
    assert_true(fold_next(&at, text + sizeof text - 1, &word));
    assert_string_equal(word.plain, "hn12");
    assert_false(fold_has_marks(&word));
}

static void a_long_word_is_cut_the_same_way_each_time(void **state)
{
    char text[400], other[400];
    const char *at = text, *also = other;
    struct fold_word word, same;
    (void)state;
    for (size_t i = 0; i < 200; i += 2) {
        memcpy(text + i, "\xC3\xA0", 2); /* à */
        memcpy(other + i, "\xC3\xA0", 2);
    }
    memcpy(other + 200, "different", 9);
    assert_true(fold_next(&at, text + 200, &word));
    assert_true(fold_next(&also, other + 209, &same));
    assert_string_equal(word.plain, same.plain);
    assert_string_equal(word.marked, same.marked);
    assert_in_range(strlen(word.marked), 50, FOLD_WORD_SIZE - 1);
    assert_ptr_equal(at, text + 200);
    assert_ptr_equal(also, other + 209);
}

static void reading_stops_at_the_end_that_is_told(void **state)
{
    const char text[] = "vỉa hè", *at = text;
    struct fold_word word;
    (void)state;
    assert_true(fold_next(&at, text + 5, &word));
    assert_string_equal(word.plain, "via");
    assert_false(fold_next(&at, text + 6, &word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_folds_in_one_piece),
        cmocka_unit_test(every_letter_folds_with_combining_marks),
        cmocka_unit_test(words_of_texts),
        cmocka_unit_test(words_without_marks_are_equal_in_both_forms),
        cmocka_unit_test(a_long_word_is_cut_the_same_way_each_time),
        cmocka_unit_test(reading_stops_at_the_end_that_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
