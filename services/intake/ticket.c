/* SPDX-License-Identifier: Apache-2.0 */
#include "ticket.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "city_time.h"

/* 31 is prime and 3 has all 30 powers as remainders of it: every digit has a weight of its own, and
 * neither a changed digit nor two exchanged ones leave the sum as it was. */
enum { MODULUS = 31, RADIX = 3 };

/* Over the digits of text; other characters are skipped. */
static char check_character(const char *text, size_t size)
{
    /* Without I, L, O, Q and U, which are misread. */
    static const char alphabet[MODULUS + 1] = "0123456789ABCDEFGHJKMNPRSTVWXYZ";
    int sum = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            sum = (sum * RADIX + (text[i] - '0')) % MODULUS;
        }
    }
    return alphabet[sum];
}

char *ticket_format(int64_t number, int64_t instant_us, char text[TICKET_TEXT_SIZE])
{
    assert(number >= 1 && number <= 999999999999);
    int size = snprintf(text, TICKET_TEXT_SIZE - 2, "HN-%04d-%07lld", city_year(instant_us) % 10000,
                        (long long)number);
    text[size] = '-';
    text[size + 1] = check_character(text, (size_t)size);
    text[size + 2] = '\0';
    return text;
}

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

bool ticket_is_valid(const char *text)
{
    size_t size = strlen(text);
    if (size >= TICKET_TEXT_SIZE || strncmp(text, "HN-", 3) != 0 || digits_at(text + 3) != 4 ||
        text[7] != '-') {
        return false;
    }
    size_t digits = digits_at(text + 8);
    return digits >= 7 && digits <= 12 && size == 8 + digits + 2 && text[8 + digits] == '-' &&
           text[size - 1] == check_character(text, size - 2);
}
