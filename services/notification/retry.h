/* SPDX-License-Identifier: Apache-2.0 */
/* retry: when is a message tried again?
 *
 * Mail that a server did not take for now: after 30 s, 2 min, 10 min, then every hour, 8 attempts
 * in all. A contact that is not known (its event may be behind the submission's): looked up again
 * when the message is 0.25, 1, 6 and 36 s old. Pure. */
#ifndef NOTIFICATION_RETRY_H
#define NOTIFICATION_RETRY_H

#include <stdbool.h>
#include <stdint.h>

enum { RETRY_ATTEMPTS_MAX = 8 };

/* After `attempts` failed ones. chance (any bits) spreads it over ± 20 %, so that what failed
 * together does not come back together. False: give up. */
bool retry_mail(int attempts, uint32_t chance, int64_t *delay_us);

/* For a message of this age. False: there is no contact. */
bool retry_contact(int64_t age_us, int64_t *delay_us);

#endif
