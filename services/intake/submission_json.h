/* SPDX-License-Identifier: Apache-2.0 */
/* submission_json: a submission as an event and as an answer. */
#ifndef INTAKE_SUBMISSION_JSON_H
#define INTAKE_SUBMISSION_JSON_H

#include "common/buffer.h"
#include "common/json.h"
#include "media_reference.h"
#include "submission.h"

/* Data of vn.hanoi.submission.submitted.v1. */
void submission_write_event(const struct submission *submission, struct buffer *out);

/* What a filing is answered. A function of the stored row alone, so that a repeat of the request
 * gets the same bytes. */
void submission_write_receipt(const struct submission *submission, struct buffer *out);

/* The members that its reporter may read, into an open object. */
void submission_write_members(const struct submission *submission,
                              const struct media_linker *linker, struct json_writer *writer);

/* A JSON array of texts, and back from the column of one, as PostgreSQL prints it. */
void submission_write_media(const struct submission *submission, struct buffer *out);
size_t submission_read_media(const char *json, const char *const **media, struct arena *arena);

#endif
