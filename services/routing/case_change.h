/* SPDX-License-Identifier: Apache-2.0 */
/* case_change: that a case has changed, for those who follow it live. */
#ifndef ROUTING_CASE_CHANGE_H
#define ROUTING_CASE_CHANGE_H

#include <stdint.h>

#include "common/uuid.h"

/* What the case is by now; texts are borrowed. */
struct case_change {
    const char *change; /* the transaction's number: where a follower stands */
    int64_t at;
    struct uuid case_id;
    const char *ticket; /* NULL: not known */
    int32_t version;
    const char *state, *phase, *queue, *desk;
    const char *assignee;   /* NULL: none */
    const char *task_desks; /* units that co-operate, joined by commas */
    const char *left_desk;  /* the desk that it has left with this change; NULL: none */
};

#endif
