/* SPDX-License-Identifier: Apache-2.0 */
#include "retry.h"

#include <assert.h>
#include <stddef.h>

enum { SECOND_US = 1000000, SPREAD_PERMILLE = 200 };

bool retry_mail(int attempts, uint32_t chance, int64_t *delay_us)
{
    static const int64_t delays_s[] = {30, 120, 600};
    assert(attempts > 0);
    if (attempts >= RETRY_ATTEMPTS_MAX) {
        return false;
    }
    int64_t delay_s = attempts <= 3 ? delays_s[attempts - 1] : 3600;
    int64_t permille = 1000 - SPREAD_PERMILLE + chance % (2 * SPREAD_PERMILLE + 1);
    *delay_us = delay_s * SECOND_US / 1000 * permille;
    return true;
}

bool retry_contact(int64_t age_us, int64_t *delay_us)
{
    static const int64_t ages_us[] = {SECOND_US / 4, SECOND_US, 6 * SECOND_US, 36 * SECOND_US};
    for (size_t i = 0; i < sizeof ages_us / sizeof ages_us[0]; i++) {
        if (age_us < ages_us[i]) {
            *delay_us = ages_us[i] - age_us;
            return true;
        }
    }
    return false;
}
