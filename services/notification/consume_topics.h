/* SPDX-License-Identifier: Apache-2.0 */
/* The topics that notification reads; handlers of common/consume, with struct notification as
 * their state. */
#ifndef NOTIFICATION_CONSUME_TOPICS_H
#define NOTIFICATION_CONSUME_TOPICS_H

#include "common/consume.h"

void consume_submissions(struct consume_batch *batch, void *state); /* city.submissions.v1 */
void consume_cases(struct consume_batch *batch, void *state);       /* city.cases.v1 */
void consume_contacts(struct consume_batch *batch, void *state);    /* city.contacts.v1 */
void consume_reference(struct consume_batch *batch, void *state);   /* city.reference.v1 */

/* A later message of the batch has the last word on this one's key. */
bool consume_is_superseded(const struct consume_message *messages, size_t count, size_t index);

#endif
