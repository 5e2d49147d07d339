/* SPDX-License-Identifier: Apache-2.0 */
#include "ticket.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "city_time.h"
#include "common/check_digit.h"

char *ticket_format(int64_t number, int64_t instant_us, char text[TICKET_TEXT_SIZE])
{
    assert(number >= 1 && number <= 999999999999);
    int size = snprintf(text, TICKET_TEXT_SIZE - 2, "HN-%04d-%07lld", city_year(instant_us) % 10000,
                        (long long)number);
    text[size] = '-';
    text[size + 1] = check_digit(text, (size_t)size);
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
           text[size - 1] == check_digit(text, size - 2);
}
