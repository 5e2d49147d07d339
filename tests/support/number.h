/* SPDX-License-Identifier: Apache-2.0 */
/* A number of somebody else's (an answer, a setting, a file), or the end of the test program: one
 * that is none must not pass for 0. */
#ifndef TESTS_SUPPORT_NUMBER_H
#define TESTS_SUPPORT_NUMBER_H

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Up to `ends`, or the end of the text. */
static inline int number_of(const char *text, char ends)
{
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || (*end != '\0' && *end != ends) || number < INT_MIN ||
        number > INT_MAX) {
        fprintf(stderr, "\"%s\" is no number\n", text);
        exit(2);
    }
    return (int)number;
}

#endif
