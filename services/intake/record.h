/* SPDX-License-Identifier: Apache-2.0 */
/* record: what another city system knows of one of its things, as it said last.
 *
 * A count of a car park, a bus alert, a pupil's marks of a term, a bill, a warning: nothing that
 * anybody files, but what other parts of the city read. One row of a table for each type says how
 * its data are read, who may see them and how long they hold.
 *
 * A thing is named by type, source, subject and part (the subject is what readers ask by: a
 * customer; the part tells its things apart: a bill). Of each thing the newest version is kept: by
 * the time that the sender gives, then by the event's id, so that events may come late, twice and
 * in any order. What a version ends (an earlier warning) it names itself, for the same reason. */
#ifndef INTAKE_RECORD_H
#define INTAKE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/date.h"
#include "common/error.h"
#include "common/uuid.h"
#include "rule.h"

/* A sender's clock may be wrong, but not so that nothing newer can come for days: "assumption". */
#define RECORD_AHEAD_MAX_US DATE_DAY_US

struct record_copy;

struct record_type {
    const char *word;    /* "parking" */
    const char *event;   /* "vn.hanoi.parking.counted.v1" */
    const char *instant; /* the member that orders the versions */
    bool is_public;      /* may be; else for the scope records:read alone */
    int64_t holds_min;   /* a version is old after; 0: until it says */
    struct rule rule;    /* of holds_min */
    /* Copies the members of the data, in the order of the schema, and notes what record needs. */
    void (*copy)(struct record_copy *copy);
};

/* Another thing of the same type and source that this version puts an end to. */
struct record_end {
    struct uuid id;
    bool is_cancelled; /* else replaced */
};

/* Texts are in the arena it was read with. */
struct record {
    const struct record_type *type;
    struct uuid id; /* of type, source, subject and part */
    const char *source, *event_id;
    const char *subject;
    const char *part; /* "" where the subject says all */
    int64_t at_us;
    int64_t expires_us; /* 0: never */
    bool is_public;     /* to everybody */
    bool is_cancelled;
    const char *data; /* JSON: the members that are known, as they were checked */
    size_t data_size;
    const struct record_end *ends;
    size_t end_count;
};

/* NULL: none. */
const struct record_type *record_type_of_event(const char *event);
const struct record_type *record_type_of_word(const char *word);
/* The row of that place; NULL past the last. */
const struct record_type *record_type_at(size_t place);

/* First half of a SHA-256. */
struct uuid record_id(const struct record_type *type, const char *source, const char *subject,
                      const char *part);

/* What an event says of the thing; unknown members are skipped. False with faults that name the
 * field. Borrows source and event_id. */
struct record_said {
    const char *source, *event_id;
    const char *data;
    size_t data_size;
};
bool record_read(struct record *record, const struct record_type *type,
                 const struct record_said *said, struct arena *arena, struct error *err);

#endif
