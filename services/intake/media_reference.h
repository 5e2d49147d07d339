/* SPDX-License-Identifier: Apache-2.0 */
/* media_reference: what a submission, or the result of a case, says of its pictures and papers.
 *
 * Each is an https URL of somebody else's, or the reference of a file that was uploaded here:
 * "media:" and its id. References are what is stored and published; whoever may read what they
 * stand for gets links, made as they are given out (media_link.h). Pure. */
#ifndef INTAKE_MEDIA_REFERENCE_H
#define INTAKE_MEDIA_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/json.h"
#include "common/uuid.h"
#include "media_link.h"

/* In the arena. */
const char *media_reference(const struct uuid *id, struct arena *arena);
/* False: not the reference of an upload. Lower case, as media_reference writes it. */
bool media_reference_parse(const char *text, struct uuid *id);

/* The same text, but a link to one of our files, below site ("https://ihanoi.example") or without
 * it, becomes its reference: the link will expire. */
const char *media_reference_of_link(const char *text, const char *site, struct arena *arena);
/* The same of a list. */
const char *const *media_reference_of_links(const char *const *media, size_t count,
                                            const char *site, struct arena *arena);

/* The ids of those that are uploads, in their order. */
size_t media_reference_ids(const char *const *media, size_t count, struct uuid *ids);

/* How links are made for one answer. */
struct media_linker {
    const struct media_keys *keys;
    int64_t expires_s;
    struct arena *arena;
};

/* A list of {url} or {reference, links: {full, small, expires_at}}. */
void media_reference_write_list(struct json_writer *writer, const char *name,
                                const char *const *media, size_t count,
                                const struct media_linker *linker);
/* The member "links" of an upload. */
void media_reference_write_links(struct json_writer *writer, const struct uuid *id,
                                 const struct media_linker *linker);

#endif
