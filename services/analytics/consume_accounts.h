/* SPDX-License-Identifier: Apache-2.0 */
/* Counts the events of city.accounts.v1: accounts and installations, a batch in one statement. */
#ifndef ANALYTICS_CONSUME_ACCOUNTS_H
#define ANALYTICS_CONSUME_ACCOUNTS_H

#include "common/consume.h"

consume_handler consume_accounts;

#endif
