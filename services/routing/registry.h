/* SPDX-License-Identifier: Apache-2.0 */
/* registry: what may be changed about a unit and its people, and from which day on.
 *
 * A decision takes the record as it is, a command and the day, and gives the record as it will be,
 * or says why not. Whatever held before today stays as it was: things end, and others begin.
 * What had not begun may be planned anew or dropped. Pure but for the arena, which the new
 * record's arrays are in; texts are borrowed from record and command. */
#ifndef ROUTING_REGISTRY_H
#define ROUTING_REGISTRY_H

#include "common/arena.h"
#include "common/error.h"
#include "services/routing/unit_record.h"

enum registry_action {
    REGISTRY_CREATE,
    REGISTRY_ALTER,
    REGISTRY_END,
    REGISTRY_MERGE,
    REGISTRY_NAME_HEAD,
    REGISTRY_END_HEAD,
    REGISTRY_ASSIGN, /* a focal point or substitute */
    REGISTRY_END_ASSIGNMENT,
    REGISTRY_ABSENCE,
    REGISTRY_END_ABSENCE,
    REGISTRY_ACTIONS
};

enum {
    REGISTRY_PEOPLE_MAX = 200,  /* terms of focal points of a unit that are not over */
    REGISTRY_ABSENCES_MAX = 16, /* of a person that are not over */
    REGISTRY_ALSO_MAX = 15      /* successors besides the main one */
};

/* The types that a new unit may have; ends with NULL. */
extern const char *const registry_type_words[];

/* What an action does not use is NULL or 0. */
struct registry_command {
    enum registry_action action;
    const char *code;
    int64_t expected_version; /* not looked at by a creation */
    int64_t from;             /* the first day of what begins */
    int64_t last_day;         /* of what begins or ends; DAY_OPEN: no end */
    const char *type, *parent, *name_vi, *name_en, *source;
    const char *into;        /* merge: the main successor */
    const char *const *also; /* merge: the others */
    size_t also_count;
    const char *account, *name, *email;
    const char *field;
    int32_t rank;
    int64_t back_on; /* end of an absence: the first day present again */
    const char *reason;
};

struct registry_view {
    struct unit_world units;
    const char *const *fields; /* the codes of the categories */
    size_t field_count;
};

/* False with
 *   ERR_NOT_FOUND     "unit_not_found"        there is no such unit (but when creating)
 *   ERR_CONFLICT      "stale_version"         the command saw another version
 *   ERR_CONFLICT      "unit_exists"           creating what is there already on that day or later
 *   ERR_UNPROCESSABLE "unit_not_valid"        the unit is not there on the day
 *                     "unit_needed"           the city and its office cannot end
 *                     "unit_has_children"     others stand below it after its end
 *                     "nothing_to_end", "too_many"
 *   ERR_INPUT                                 a field says what cannot be (field errors) */
bool registry_decide(const struct unit_record *before, const struct registry_command *command,
                     const struct registry_view *view, struct arena *arena,
                     struct unit_record *after, struct error *err);

/* The command that made the present version is asked again: its answer was lost. */
bool registry_is_repeat(const struct unit_record *now, int64_t expected_version, const char *actor,
                        const uint8_t request[DIGEST_SIZE]);

#endif
