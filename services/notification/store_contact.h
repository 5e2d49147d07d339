/* SPDX-License-Identifier: Apache-2.0 */
/* store_contact: sealed contacts, fed from city.contacts.v1. */
#ifndef NOTIFICATION_STORE_CONTACT_H
#define NOTIFICATION_STORE_CONTACT_H

#include "common/pg.h"
#include "contact.h"

/* Adds the statements that store the changes, delete the erased, and make the letters that wait for
 * any of them due now. One entry per ref. */
void store_apply_contacts(struct pg_tx *tx, const struct contact_change *changes,
                          size_t change_count, const char *const *erased, size_t erased_count,
                          int64_t now);

#endif
