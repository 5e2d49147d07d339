/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch: turns a batch's news into deliveries: one statement that makes them all, then, once
 * they are committed, letters to the courier and a nudge to the streams. */
#ifndef NOTIFICATION_DISPATCH_H
#define NOTIFICATION_DISPATCH_H

#include "common/consume.h"
#include "notification.h"

/* Ends the batch (consume_commit). news lives in the batch's arena. */
void dispatch_news(struct consume_batch *batch, struct notification *notification,
                   const struct news *news, size_t count);

#endif
