/* SPDX-License-Identifier: Apache-2.0 */
/* moderation_view: a submission as its moderator sees it: what was written, what in it may point to
 * a person, what was decided. Not who wrote it: that is nothing to judge by. */
#ifndef INTAKE_MODERATION_VIEW_H
#define INTAKE_MODERATION_VIEW_H

#include "store_moderation.h"
#include "submission_view.h"

/* A line of the queue, into an open array. */
void moderation_write_item(const struct submission_view *view, const struct reference *reference,
                           const struct media_linker *linker, struct json_writer *writer);
/* As the root, with all its decisions. */
void moderation_write_whole(const struct submission_view *view,
                            const struct moderation_record *records, size_t count,
                            const struct reference *reference, const struct media_linker *linker,
                            struct json_writer *writer);
/* One decision; name NULL in arrays and at the root. */
void moderation_write_decision(const struct moderation_record *record, const char *name,
                               struct json_writer *writer);

#endif
