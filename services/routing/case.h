/* SPDX-License-Identifier: Apache-2.0 */
/* case: the life of a report at the desks that must act on it.
 *
 *   received → accepted → assigned → in_progress → resolved
 *       └──────────┴──→ rejected         └ resolve is also allowed straight from assigned
 *
 * A decision takes the case as it is, a command, the rules and the time, and gives the case as it
 * will be, or says why not. Every change, reminders and escalations included, is one version.
 * Two clocks run one after the other: until acceptance (promised at filing) and until the result.
 * Pure: no I/O, no clock, no allocation; texts are borrowed. */
#ifndef ROUTING_CASE_H
#define ROUTING_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"
#include "common/error.h"
#include "common/uuid.h"
#include "services/routing/calendar.h"

enum case_state {
    CASE_RECEIVED,
    CASE_ACCEPTED,
    CASE_ASSIGNED,
    CASE_IN_PROGRESS,
    CASE_RESOLVED,
    CASE_REJECTED,
    CASE_STATES
};

enum case_action {
    CASE_OPEN,
    CASE_ACCEPT,
    CASE_ASSIGN,
    CASE_START,
    CASE_RESOLVE,
    CASE_REJECT,
    CASE_ROUTE,
    CASE_REMIND,
    CASE_ESCALATE,
    CASE_ACTIONS
};

enum case_role {
    ROLE_SYSTEM,
    ROLE_CITIZEN,
    ROLE_OFFICER,
    ROLE_FOCAL_POINT,
    ROLE_SUPERVISOR,
    ROLE_EDITOR,
    ROLE_APPROVER,
    ROLE_HOTLINE_OPERATOR,
    ROLE_VOLUNTEER,
    ROLE_AUDITOR,
    ROLE_ADMINISTRATOR,
    CASE_ROLES
};

enum case_level { LEVEL_URGENT, LEVEL_COMPLEX, LEVEL_NORMAL, CASE_LEVELS };
enum case_queue { QUEUE_UNIT, QUEUE_UNROUTABLE };

/* The words of JSON and SQL, by enum; each list ends with NULL. */
extern const char *const case_state_words[];
extern const char *const case_action_words[];
extern const char *const case_role_words[];
extern const char *const case_level_words[];
extern const char *const case_queue_words[];
extern const char *const case_reason_words[];

/* The rule that was applied, and the text that it comes from. */
struct case_rule {
    const char *code; /* NULL: none yet */
    int32_t version;
    const char *source;
};

enum { CASE_EVIDENCE_MAX = 10, CASE_ESCALATIONS_MAX = 3, CASE_COOPERATING_MAX = 8 };

/* A case, whole, as it is at one version: what its events carry. Absent texts are NULL, absent
 * instants 0. */
struct case_snapshot {
    struct uuid id; /* of the submission too */
    int32_t version;
    const char *ticket;
    const char *category;
    enum case_level level;
    enum case_state state;
    enum case_state previous_state; /* meaningless at version 1 */
    enum case_action action;        /* what made this version */
    int64_t at_us;
    enum case_queue queue;
    const char *area;
    bool near_border;
    const char *near_area;
    const char *unit;
    const char *focal_point;
    const char *assignee;
    const char *reporter_ref;
    const char *language;
    int64_t opened_at, receive_due, accepted_at, resolve_due, resolved_at, rejected_at;
    int escalation; /* steps taken on the running clock */
    const char *result_text;
    const char *evidence[CASE_EVIDENCE_MAX];
    size_t evidence_count;
    const char *reason_class; /* one of case_reason_words */
    const char *reason_text;
    enum case_role actor_role;
    const char *actor_ref;
    struct case_rule routing_rule, receive_rule, resolve_rule;
    const char *note;

    /* Routing's own, not told to others. */
    int64_t clock_start; /* of the running clock: filing or acceptance */
    bool reminded;       /* on the running clock */
    int64_t next_timer;  /* when the timer must look at it; 0: never */
    const char *cooperating[CASE_COOPERATING_MAX];
    size_t cooperating_count;
    uint8_t hash[DIGEST_SIZE]; /* its link in the history (audit_chain.h); in a decision that is not
                                  written yet, that of the version before */
};

struct case_deadline {
    struct case_rule rule;
    bool resolves; /* clock: until the result, else until acceptance */
    int level;     /* enum case_level; -1: all */
    int64_t minutes;
    int64_t valid_from, valid_to; /* instants; valid_to 0: open */
};

/* What decisions go by; borrowed. */
struct case_rules {
    const struct calendar *calendar;
    const struct case_deadline *deadlines; /* newest version first within a code */
    size_t deadline_count;
    int remind_percent;                               /* of the running clock */
    int64_t escalate_after_min[CASE_ESCALATIONS_MAX]; /* working minutes past the due instant */
    int escalation_count;
};

/* The deadline of a clock at an instant; NULL: no rule holds then. */
const struct case_deadline *case_deadline_find(const struct case_rules *rules, bool resolves,
                                               enum case_level level, int64_t at_us);

struct case_command {
    enum case_action action;
    int64_t expected_version;
    unsigned roles;        /* of the actor: bits 1 << enum case_role */
    const char *actor_ref; /* NULL: the system */
    bool is_city_office;   /* the actor's scope is the whole city */
    const char *note;
    const char *assignee;                   /* assign */
    const char *result_text;                /* resolve */
    const char *const *evidence;            /* resolve */
    size_t evidence_count;                  /* resolve */
    const char *reason_class, *reason_text; /* reject */
    const char *unit, *focal_point;         /* route */
};

/* A new case from what was filed and where it was routed; the caller has filled everything up to
 * opened_at, the rules, clock_start and receive_due. Completes version, state, action, actor
 * and timer. */
void case_open(struct case_snapshot *opened, const struct case_rules *rules, int64_t now_us);

/* False with
 *   ERR_FORBIDDEN     "forbidden"           the actor's roles do not allow the action
 *   ERR_CONFLICT      "stale_version"       the command saw another version
 *   ERR_UNPROCESSABLE "action_not_allowed"  not in this state; see case_allowed
 *   ERR_INPUT                               the action lacks what it requires (field errors)
 *   ERR_RETRY         "no_rule"             no deadline rule or calendar for now
 * checked in this order. */
bool case_decide(const struct case_snapshot *before, const struct case_command *command,
                 const struct case_rules *rules, int64_t now_us, struct case_snapshot *after,
                 struct error *err);

/* The actions that the actor may take now: bits 1 << enum case_action. */
unsigned case_allowed(const struct case_snapshot *now, const struct case_command *command);

/* The end of the running clock; 0 when none runs. */
int64_t case_due(const struct case_snapshot *now);

/* What the timer has to do: CASE_REMIND, CASE_ESCALATE, or CASE_ACTIONS for nothing yet. */
enum case_action case_timer_action(const struct case_snapshot *now, const struct case_rules *rules,
                                   int64_t now_us);

/* When the timer must look again, for a case whose timer came too early. */
int64_t case_next_timer(const struct case_snapshot *now, const struct case_rules *rules,
                        int64_t now_us);

#endif
