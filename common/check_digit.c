/* SPDX-License-Identifier: Apache-2.0 */
#include "common/check_digit.h"

/* 31 is prime and 3 has all 30 powers as remainders of it: every digit has a weight of its own, and
 * neither a changed digit nor two exchanged ones leave the sum as it was. */
enum { MODULUS = 31, RADIX = 3 };

char check_digit(const char *text, size_t size)
{
    static const char alphabet[MODULUS + 1] = "0123456789ABCDEFGHJKMNPRSTVWXYZ";
    int sum = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            sum = (sum * RADIX + (text[i] - '0')) % MODULUS;
        }
    }
    return alphabet[sum];
}
