/* SPDX-License-Identifier: Apache-2.0 */
#include "personal_data.h"

#include <stdbool.h>
#include <string.h>

#include "common/utf8.h"

const char *const personal_kind_words[] = {"phone", "email", "id_number", "plate", NULL};

/* ASCII by hand: <ctype.h> asks the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

/* Bytes over 127 belong to letters with marks. */
static bool is_word(char c)
{
    return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80;
}

/* ---- numbers: groups of digits with one separator between two ---- */

enum { DIGITS_MAX = 12, GROUPS_MAX = 6, SEPARATORS_MAX = 2 };

struct number {
    char digits[DIGITS_MAX + 1];
    size_t count;
    bool plain; /* nothing between the digits */
};

static bool is_mobile(const char *national)
{
    return strchr("35789", national[0]) != NULL && national[0] != '\0';
}

/* Without the leading 0: 9 digits of a mobile, 10 of a fixed line. */
static bool is_national(const char *digits, size_t count)
{
    return (count == 9 && is_mobile(digits)) || (count == 10 && digits[0] == '2');
}

static bool is_phone(const struct number *number, bool plus)
{
    const char *digits = number->digits;
    if (strncmp(digits, "84", 2) == 0 && (plus || number->count >= 11)) {
        size_t trunk = digits[2] == '0'; /* "+84 (0)912…" */
        return is_national(digits + 2 + trunk, number->count - 2 - trunk);
    }
    return !plus && digits[0] == '0' && is_national(digits + 1, number->count - 1);
}

/* 12 digits: province or country (001 to 096, or more), century and sex, year, six others; the
 * number has no check digit. 9 digits: the card of before, told apart from sums of money by being
 * written in one piece. */
static bool is_identity(const struct number *number)
{
    const char *digits = number->digits;
    return (number->count == 12 && digits[0] == '0' && digits[3] <= '3') ||
           (number->count == 9 && number->plain && digits[0] <= '3');
}

static size_t separator_at(const char *text)
{
    size_t size = strspn(text, " .-()");
    return size <= SEPARATORS_MAX && is_digit(text[size]) ? size : 0;
}

/* The longest number that begins here and is one of the kinds; its size in bytes, or 0. */
static size_t match_number(const char *text, bool plus, enum personal_kind *kind)
{
    struct number number = {.plain = true};
    size_t at = 0, found = 0;
    for (int group = 0; group < GROUPS_MAX; group++) {
        while (is_digit(text[at]) && number.count < DIGITS_MAX) {
            number.digits[number.count++] = text[at++];
        }
        if (is_digit(text[at]) || is_letter(text[at])) {
            break; /* longer than any, or a part of a code */
        }
        if (is_phone(&number, plus) || (!plus && is_identity(&number))) {
            *kind = is_phone(&number, plus) ? PERSONAL_PHONE : PERSONAL_ID_NUMBER;
            found = at;
        }
        size_t gap = separator_at(text + at);
        if (gap == 0) {
            break;
        }
        number.plain = false;
        at += gap;
    }
    return found;
}

/* ---- plates: "29A-123.45", "30F 12345", "29-B1 123.45", "29LD-1234" ---- */

static size_t match_plate(const char *text)
{
    size_t at = 2;
    if (text[0] < '1' || text[0] > '9' || !is_digit(text[1])) {
        return 0;
    }
    at += text[at] == '-' || text[at] == ' ';
    bool upper = is_upper(text[at]);
    if (!is_letter(text[at])) {
        return 0;
    }
    at++;
    bool series = is_letter(text[at]) || (is_digit(text[at]) && strchr("-. ", text[at + 1]));
    at += series && text[at + 1] != '\0';
    bool joined = text[at] == '-' || text[at] == '.' || is_digit(text[at]);
    if (!upper && !joined) {
        return 0; /* "20m 15000" */
    }
    at += strchr("-. ", text[at]) != NULL && text[at] != '\0';
    size_t digits = strspn(text + at, "0123456789");
    bool dotted = digits == 3 && text[at + 3] == '.' && is_digit(text[at + 4]) &&
                  is_digit(text[at + 5]) && !is_digit(text[at + 6]);
    at += dotted ? 6 : digits;
    return (dotted || digits == 4 || digits == 5) && !is_word(text[at]) ? at : 0;
}

/* ---- addresses of e-mail ---- */

static bool is_local(char c)
{
    return is_digit(c) || is_letter(c) || (c != '\0' && strchr("._%+-", c) != NULL);
}

/* Begins here, at the first character that may belong to one. */
static size_t match_email(const char *text)
{
    size_t local = 0, end = 0;
    while (is_local(text[local])) {
        local++;
    }
    if (local == 0 || text[local] != '@') {
        return 0;
    }
    const char *domain = text + local + 1;
    for (size_t at = 0; is_digit(domain[at]) || is_letter(domain[at]) || domain[at] == '-' ||
                        (at > 0 && domain[at] == '.');
         at++) {
        bool in_top = is_letter(domain[at]) && at >= 2 && is_letter(domain[at - 1]);
        if (in_top && memchr(domain, '.', at - 1) != NULL) {
            end = local + 1 + at + 1;
        }
    }
    return end;
}

/* ---- all ---- */

static size_t match(const char *text, char before, enum personal_kind *kind)
{
    size_t size = is_local(before) ? 0 : match_email(text);
    if (size > 0) {
        *kind = PERSONAL_EMAIL;
        return size;
    }
    if (is_digit(before) || is_letter(before)) {
        return 0;
    }
    if (text[0] == '+' && is_digit(text[1])) {
        size = match_number(text + 1, true, kind);
        return size > 0 ? size + 1 : 0;
    }
    if (!is_digit(text[0])) {
        return 0;
    }
    size = match_number(text, false, kind);
    if (size == 0 && (size = match_plate(text)) > 0) {
        *kind = PERSONAL_PLATE;
    }
    return size;
}

size_t personal_data_find(const char *text, struct personal_span spans[PERSONAL_SPANS_MAX])
{
    size_t count = 0, told = 0, points = 0;
    for (size_t at = 0; text[at] != '\0' && count < PERSONAL_SPANS_MAX;) {
        enum personal_kind kind;
        size_t size = match(text + at, at > 0 ? text[at - 1] : '\0', &kind);
        if (size == 0) {
            at++;
            continue;
        }
        points += utf8_length(text + told, at - told);
        spans[count++] =
            (struct personal_span){kind, at, size, points, utf8_length(text + at, size)};
        told = at;
        at += size;
    }
    return count;
}
