/* SPDX-License-Identifier: Apache-2.0 */
#include "tax_code.h"

#include <string.h>

enum { DIGITS = 10, BRANCH_DIGITS = 3 };

static bool is_branch(const char *text)
{
    return text[0] == '-' && strspn(text + 1, "0123456789") == BRANCH_DIGITS &&
           text[1 + BRANCH_DIGITS] == '\0' && strcmp(text + 1, "000") != 0;
}

bool tax_code_is_valid(const char *text)
{
    static const int weights[DIGITS - 1] = {31, 29, 23, 19, 17, 13, 7, 5, 3};
    int sum = 0;
    if (strspn(text, "0123456789") != DIGITS ||
        (text[DIGITS] != '\0' && !is_branch(text + DIGITS))) {
        return false;
    }
    for (int i = 0; i < DIGITS - 1; i++) {
        sum += weights[i] * (text[i] - '0');
    }
    return text[DIGITS - 1] - '0' == 10 - sum % 11;
}
