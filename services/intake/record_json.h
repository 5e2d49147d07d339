/* SPDX-License-Identifier: Apache-2.0 */
/* record_json: reads the data of a record and writes what was read, in one go.
 *
 * A codec copies member by member, in the order of its schema; what it does not copy is not kept,
 * so that nothing is stored, and later shown, that was not checked. Faults go to the reader's
 * error, by path. */
#ifndef INTAKE_RECORD_JSON_H
#define INTAKE_RECORD_JSON_H

#include "common/json.h"
#include "record.h"

/* One object of the data. */
struct record_copy {
    struct json_reader reader;
    struct json_writer *writer;
    struct record *record;
};

/* What they return is as of json_read_…. */
const char *copy_text(struct record_copy *copy, const char *name, enum json_presence presence,
                      size_t min, size_t max);
/* Another system's own name for a thing: foreign_id of common.schema.json. */
const char *copy_id(struct record_copy *copy, const char *name, enum json_presence presence);
/* The same of a person: opaque_ref. */
const char *copy_ref(struct record_copy *copy, const char *name, enum json_presence presence);
int copy_word(struct record_copy *copy, const char *name, enum json_presence presence,
              const char *const *words);
int64_t copy_int(struct record_copy *copy, const char *name, enum json_presence presence,
                 int64_t min, int64_t max);
bool copy_bool(struct record_copy *copy, const char *name);
int64_t copy_instant(struct record_copy *copy, const char *name, enum json_presence presence);
/* Of at most two decimals; what has more is rounded. */
void copy_mark(struct record_copy *copy, const char *name, double min, double max);
size_t copy_texts(struct record_copy *copy, const char *name, enum json_presence presence,
                  size_t count_max, size_t length_max, const char *const **texts);
void copy_url(struct record_copy *copy, const char *name);
void copy_location(struct record_copy *copy, const char *name);

/* A list of objects: open it, copy each item between copy_item and copy_end, close it. */
size_t copy_list(struct record_copy *copy, const char *name, enum json_presence presence,
                 size_t count_max);
bool copy_item(struct record_copy *copy, const char *name, size_t index, struct record_copy *item);
void copy_end(struct record_copy *item);
void copy_list_end(struct record_copy *copy, size_t count, enum json_presence presence);

/* The codecs, one for each type. */
void parking_copy(struct record_copy *copy);
void bus_alert_copy(struct record_copy *copy);
void school_record_copy(struct record_copy *copy);
void bill_copy(struct record_copy *copy);
void warning_copy(struct record_copy *copy);

#endif
