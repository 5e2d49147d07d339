/* SPDX-License-Identifier: Apache-2.0 */
/* public_json: submissions as everybody may see them, as JSON and as GeoJSON (RFC 7946). */
#ifndef INTAKE_PUBLIC_JSON_H
#define INTAKE_PUBLIC_JSON_H

#include "public_view.h"

/* Into an open array, or as the root. */
void public_write_item(const struct submission_view *view, const struct reference *reference,
                       const struct media_linker *linker, struct json_writer *writer);
/* The same with its distance and whether it is open, for who is about to report the like. */
void public_write_neighbour(const struct submission_view *view, double lat, double lon,
                            const struct reference *reference, const struct media_linker *linker,
                            struct json_writer *writer);
/* With the steps that changed its phase or its unit; as the root. */
void public_write_whole(const struct submission_view *view, const struct reference *reference,
                        const struct media_linker *linker, struct json_writer *writer);
/* A feature, into an open array. One without a point has no geometry. */
void public_write_feature(const struct submission_view *view, const struct reference *reference,
                          const struct media_linker *linker, struct json_writer *writer);

#endif
