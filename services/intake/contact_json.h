/* SPDX-License-Identifier: Apache-2.0 */
/* contact_json: where a person may be reached, as JSON. */
#ifndef INTAKE_CONTACT_JSON_H
#define INTAKE_CONTACT_JSON_H

#include "common/buffer.h"
#include "submission.h"

/* In plain words: for sealing only. */
void contact_write(const struct contact *contact, enum language language, struct buffer *out);

/* vn.hanoi.contact.changed.v1: whose it is, and the sealed words. */
void contact_write_event(const char *ref, const char *sealed, struct buffer *out);

#endif
