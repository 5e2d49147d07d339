/* SPDX-License-Identifier: Apache-2.0 */
/* audit_case: the link of a version of a case that is about to be written. Pure. */
#ifndef ROUTING_AUDIT_CASE_H
#define ROUTING_AUDIT_CASE_H

#include "common/buffer.h"
#include "common/event.h"
#include "services/routing/case.h"

/* snapshot->hash is the link of the version before, zeros at version 1. json: the snapshot as its
 * event tells it. report: of version 1, else NULL. */
void audit_case_link(const struct case_snapshot *snapshot, const struct uuid *event_id,
                     const struct buffer *json, const struct event_in *report,
                     uint8_t link[DIGEST_SIZE]);

#endif
