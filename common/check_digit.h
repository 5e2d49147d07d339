/* SPDX-License-Identifier: Apache-2.0 */
/* check_digit: a character that tells whether a number was read out or typed wrongly.
 *
 * It finds every wrong digit and every exchange of two digits. Pure. */
#ifndef COMMON_CHECK_DIGIT_H
#define COMMON_CHECK_DIGIT_H

#include <stddef.h>

/* Over the digits of text; other characters are skipped. One of 0-9 and A-Z without I, L, O, Q and
 * U, which are misread. */
char check_digit(const char *text, size_t size);

#endif
