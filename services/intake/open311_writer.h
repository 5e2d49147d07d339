/* SPDX-License-Identifier: Apache-2.0 */
/* open311_writer: one document, two formats.
 *
 * GeoReport v2 defines XML, and JSON by the Spark mapping of it: the root disappears, a container
 * of one repeated child is an array even with a single child, an empty element is null. Writing
 * through this keeps both the same by construction. */
#ifndef INTAKE_OPEN311_WRITER_H
#define INTAKE_OPEN311_WRITER_H

#include <stdbool.h>

#include "common/buffer.h"
#include "common/json.h"

enum open311_format { OPEN311_XML, OPEN311_JSON };

enum { OPEN311_DEPTH_MAX = 8 };

struct open311_writer {
    enum open311_format format;
    struct buffer *out; /* borrowed */
    struct json_writer json;
    const char *open[OPEN311_DEPTH_MAX]; /* XML elements to close */
    bool in_list[OPEN311_DEPTH_MAX];     /* what is open there is a list */
    size_t depth;
};

void open311_start(struct open311_writer *writer, enum open311_format format, struct buffer *out);

/* <name> holding repeated children; an array. name NULL only in JSON's eyes: XML always names. */
void open311_open_list(struct open311_writer *writer, const char *name);
void open311_close_list(struct open311_writer *writer);
/* One child of a list, the root object, or an object within one. */
void open311_open_item(struct open311_writer *writer, const char *name);
void open311_close_item(struct open311_writer *writer);

/* NULL or "" : an empty element, null. */
void open311_text(struct open311_writer *writer, const char *name, const char *value);
/* A child of a list that is only text. */
void open311_text_item(struct open311_writer *writer, const char *name, const char *value);
void open311_real(struct open311_writer *writer, const char *name, double value, int decimals);
void open311_bool(struct open311_writer *writer, const char *name, bool value);
void open311_int(struct open311_writer *writer, const char *name, int64_t value);
/* 0: empty. */
void open311_instant(struct open311_writer *writer, const char *name, int64_t instant_us);

const char *open311_content_type(enum open311_format format);

#endif
