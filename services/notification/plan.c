/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <assert.h>
#include <string.h>

struct plan {
    const struct news *news;
    const struct reference *reference;
    int64_t now;
    struct planned *planned;
    size_t count;
};

/* What the reporter is told; TEMPLATE_COUNT: nothing, or it depends (reporter_template). */
static const enum template_id reporter_templates[NEWS_TYPES] = {
    [NEWS_SUBMITTED] = TEMPLATE_ACKNOWLEDGED, [NEWS_OPENED] = TEMPLATE_COUNT,
    [NEWS_ACCEPTED] = TEMPLATE_ACCEPTED,      [NEWS_ASSIGNED] = TEMPLATE_ASSIGNED,
    [NEWS_STARTED] = TEMPLATE_STARTED,        [NEWS_RESOLVED] = TEMPLATE_RESOLVED,
    [NEWS_REJECTED] = TEMPLATE_REJECTED,      [NEWS_ROUTED] = TEMPLATE_ROUTED,
    [NEWS_REMINDED] = TEMPLATE_COUNT,         [NEWS_ESCALATED] = TEMPLATE_COUNT,
    [NEWS_RETURNED] = TEMPLATE_RETURNED,      [NEWS_INFO_REQUESTED] = TEMPLATE_INFO_REQUESTED,
    [NEWS_INFO_SUPPLIED] = TEMPLATE_COUNT,    [NEWS_EXTENDED] = TEMPLATE_EXTENDED,
    [NEWS_PROPOSED] = TEMPLATE_COUNT,         [NEWS_DECLINED] = TEMPLATE_COUNT,
    [NEWS_REOPENED] = TEMPLATE_REOPENED,      [NEWS_RATED] = TEMPLATE_COUNT,
    [NEWS_CLOSED] = TEMPLATE_CLOSED,          [NEWS_WITHDRAWN] = TEMPLATE_WITHDRAWN,
    [NEWS_MERGED] = TEMPLATE_MERGED,          [NEWS_SEPARATED] = TEMPLATE_SEPARATED,
    [NEWS_TASK_CHANGED] = TEMPLATE_COUNT,     [NEWS_AUDITED] = TEMPLATE_COUNT,
    [NEWS_ADVANCED] = TEMPLATE_COUNT,         [NEWS_COMMENTED] = TEMPLATE_COUNT,
};

/* A case with a reason from the start was refused what it asked for, which its reporter must hear.
 * What routing opened itself was not acknowledged at intake; an official who opens a case for
 * nobody else knows of it. */
static enum template_id reporter_template(const struct news *news)
{
    const struct notice *notice = &news->notice;
    switch (news->type) {
    case NEWS_OPENED:
        if (notice->reason != NULL) {
            return TEMPLATE_REJECTED;
        }
        return news->actor != NULL && (!notice->by_reporter || news->actor_is_citizen)
                   ? TEMPLATE_ACKNOWLEDGED
                   : TEMPLATE_COUNT;
    case NEWS_AUDITED:
        return notice->check_failed ? TEMPLATE_REOPENED : TEMPLATE_COUNT;
    case NEWS_ADVANCED:
        return notice->slot_at != 0 ? TEMPLATE_APPOINTMENT : TEMPLATE_COUNT;
    case NEWS_COMMENTED:
        return notice->by_reporter ? TEMPLATE_COUNT : TEMPLATE_COMMENTED;
    default:
        return reporter_templates[news->type];
    }
}

bool ref_is_account(const char *ref)
{
    return strncmp(ref, "c-", 2) != 0 && strncmp(ref, "k-", 2) != 0;
}

static bool is_told(const struct plan *plan, const char *recipient)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (strcmp(plan->planned[i].recipient, recipient) == 0) {
            return true;
        }
    }
    return false;
}

static void tell(struct plan *plan, struct planned planned, bool inapp, bool email)
{
    if (is_told(plan, planned.recipient)) {
        return;
    }
    assert(plan->count + 2 <= PLAN_MAX);
    if (inapp) {
        planned.channel = CHANNEL_INAPP;
        plan->planned[plan->count++] = planned;
    }
    if (email) {
        planned.channel = CHANNEL_EMAIL;
        plan->planned[plan->count++] = planned;
    }
}

static void tell_reporter(struct plan *plan)
{
    const char *ref = plan->news->reporter;
    enum template_id template = reporter_template(plan->news);
    if (template == TEMPLATE_COUNT) {
        return;
    }
    struct planned planned = {.recipient = ref,
                              .template = template,
                              .language = plan->news->language,
                              .lane = LANE_RESIDENTS};
    bool inapp = ref_is_account(ref), email = strncmp(ref, "k-", 2) != 0;
    tell(plan, planned, inapp, email && !(inapp && template == TEMPLATE_COMMENTED));
}

/* The administration writes Vietnamese. */
static void tell_official(struct plan *plan, const char *account, enum template_id template)
{
    if (account == NULL || (plan->news->actor != NULL && strcmp(account, plan->news->actor) == 0)) {
        return;
    }
    struct planned planned = {.recipient = account,
                              .template = template,
                              .language = LANGUAGE_VI,
                              .lane = LANE_OFFICIALS};
    const struct focal_point *person = reference_person(plan->reference, account, plan->now);
    bool has_address = person != NULL && person->email != NULL;
    tell(plan, planned, true, has_address && template != TEMPLATE_REMARK);
}

/* Their number, whether they were told now, before, or know by themselves. */
static size_t tell_focal_points(struct plan *plan, const char *unit, enum template_id template)
{
    const struct focal_point *found[PLAN_OFFICIALS_MAX];
    if (unit == NULL) {
        return 0;
    }
    size_t count = reference_focal_points(plan->reference, unit, plan->news->notice.category,
                                          plan->now, found, PLAN_OFFICIALS_MAX);
    for (size_t i = 0; i < count; i++) {
        tell_official(plan, found[i]->account, template);
    }
    return count;
}

static size_t tell_head(struct plan *plan, const char *unit, enum template_id template)
{
    const struct focal_point *head = reference_head(plan->reference, unit);
    if (head == NULL) {
        return 0;
    }
    tell_official(plan, head->account, template);
    return 1;
}

/* What nobody could route, or units cannot agree on, waits at the city office. */
static void tell_city_office(struct plan *plan, enum template_id template)
{
    for (size_t i = 0; i < plan->reference->unit_count; i++) {
        const struct unit *unit = &plan->reference->units[i];
        if (strcmp(unit->type, "office") == 0 &&
            tell_focal_points(plan, unit->code, template) > 0) {
            return;
        }
    }
}

/* While the one who has the case is away, whoever is present at the unit hears of it too. */
static void tell_substitute(struct plan *plan, const char *account, enum template_id template)
{
    const char *unit = plan->news->notice.unit;
    if (unit != NULL && reference_is_away(plan->reference, unit, account, plan->now)) {
        tell_focal_points(plan, unit, template);
    }
}

static void tell_unit(struct plan *plan, enum template_id template)
{
    const struct news *news = plan->news;
    if (news->focal_point != NULL) {
        tell_official(plan, news->focal_point, template);
        tell_substitute(plan, news->focal_point, template);
    } else if (news->notice.unit != NULL) {
        tell_focal_points(plan, news->notice.unit, template);
    } else {
        tell_city_office(plan, template);
    }
}

static void tell_assignee(struct plan *plan, enum template_id template)
{
    tell_official(plan, plan->news->assignee, template);
}

/* Whose hands it is in: the officer, or as long as there is none, the unit. */
static void tell_worker(struct plan *plan, enum template_id template)
{
    if (plan->news->assignee != NULL) {
        tell_assignee(plan, template);
        tell_substitute(plan, plan->news->assignee, template);
    } else {
        tell_unit(plan, template);
    }
}

static void tell_tasks(struct plan *plan)
{
    for (size_t i = 0; i < plan->news->task_count; i++) {
        tell_focal_points(plan, plan->news->task_units[i], TEMPLATE_TASK);
    }
}

/* People of a unit or, where nobody sits, of the next one up; at last of the city office. */
static void tell_from(struct plan *plan, const struct unit *unit, enum template_id template)
{
    for (size_t guard = 0; unit != NULL && guard < plan->reference->unit_count; guard++) {
        size_t told = tell_focal_points(plan, unit->code, template);
        if (told + tell_head(plan, unit->code, template) > 0) {
            return;
        }
        unit = reference_unit(plan->reference, unit->parent);
    }
    tell_city_office(plan, template);
}

/* ---- duties and their clocks ---- */

static bool is_about(const struct news *news, const char *clock)
{
    return news->notice.clock != NULL && strcmp(news->notice.clock, clock) == 0;
}

/* Whose duty an alert is about; NULL: the city office's. */
static const struct unit *duty_of(const struct plan *plan)
{
    const struct news *news = plan->news;
    if (is_about(news, "dispatch")) {
        return NULL;
    }
    return reference_unit(plan->reference,
                          is_about(news, "task") ? news->notice.task_unit : news->notice.unit);
}

static void tell_reminder(struct plan *plan, enum template_id template)
{
    if (is_about(plan->news, "dispatch")) {
        tell_city_office(plan, template);
    } else if (is_about(plan->news, "task")) {
        tell_from(plan, duty_of(plan), template);
    } else {
        tell_worker(plan, template);
    }
}

enum { LEVEL_UNIT = 1, LEVEL_PARENT };

static void tell_escalation(struct plan *plan, enum template_id template)
{
    const struct unit *duty = duty_of(plan);
    const struct news *news = plan->news;
    if (duty == NULL || news->escalation > LEVEL_PARENT) {
        tell_city_office(plan, template);
    } else if (news->escalation == LEVEL_PARENT) {
        tell_from(plan, reference_unit(plan->reference, duty->parent), template);
    } else if (news->focal_point != NULL && !is_about(news, "task")) {
        tell_official(plan, news->focal_point, template);
        tell_substitute(plan, news->focal_point, template);
        tell_head(plan, duty->code, template);
    } else {
        tell_from(plan, duty, template);
    }
}

/* ---- other matters ---- */

static void tell_return(struct plan *plan, enum template_id template)
{
    if (plan->news->notice.disputed) {
        tell_city_office(plan, TEMPLATE_DISPUTED);
    } else {
        tell_unit(plan, template);
    }
}

/* The head may approve. Where none is known, the others at the desk see to it; where nobody else
 * sits there, those above. */
static void tell_approvers(struct plan *plan, enum template_id template)
{
    const char *code = plan->news->notice.unit;
    const struct unit *unit = reference_unit(plan->reference, code);
    size_t before = plan->count;
    if (tell_head(plan, code, template) == 0) {
        tell_focal_points(plan, code, template);
    }
    if (plan->count == before) {
        tell_from(plan, unit != NULL ? reference_unit(plan->reference, unit->parent) : NULL,
                  template);
    }
}

static void tell_contested(struct plan *plan, enum template_id template)
{
    if (plan->news->type == NEWS_REOPENED || plan->news->notice.check_failed) {
        tell_assignee(plan, template);
        tell_unit(plan, template);
    }
}

static void tell_remark(struct plan *plan, enum template_id template)
{
    if (plan->news->notice.by_reporter) {
        tell_worker(plan, template);
    }
}

/* What was refused from the start is nobody's work. */
static void tell_opened(struct plan *plan, enum template_id template)
{
    if (plan->news->notice.reason == NULL) {
        tell_unit(plan, template);
    }
}

static void tell_officials(struct plan *plan)
{
    static const struct {
        void (*tell)(struct plan *plan, enum template_id template); /* NULL: nobody */
        enum template_id template;
    } rows[NEWS_TYPES] = {
        [NEWS_OPENED] = {tell_opened, TEMPLATE_OPENED},
        [NEWS_ROUTED] = {tell_unit, TEMPLATE_OPENED},
        [NEWS_RETURNED] = {tell_return, TEMPLATE_OPENED},
        [NEWS_ASSIGNED] = {tell_assignee, TEMPLATE_GIVEN},
        [NEWS_REMINDED] = {tell_reminder, TEMPLATE_REMINDED},
        [NEWS_ESCALATED] = {tell_escalation, TEMPLATE_ESCALATED},
        [NEWS_PROPOSED] = {tell_approvers, TEMPLATE_PROPOSED},
        [NEWS_DECLINED] = {tell_worker, TEMPLATE_DECLINED},
        [NEWS_INFO_SUPPLIED] = {tell_worker, TEMPLATE_ANSWERED},
        [NEWS_AUDITED] = {tell_contested, TEMPLATE_CONTESTED},
        [NEWS_REOPENED] = {tell_contested, TEMPLATE_CONTESTED},
        [NEWS_RATED] = {tell_worker, TEMPLATE_RATED},
        [NEWS_WITHDRAWN] = {tell_worker, TEMPLATE_CALLED_OFF},
        [NEWS_COMMENTED] = {tell_remark, TEMPLATE_REMARK},
    };
    if (rows[plan->news->type].tell != NULL) {
        rows[plan->news->type].tell(plan, rows[plan->news->type].template);
    }
    tell_tasks(plan);
}

size_t plan_deliveries(const struct news *news, const struct reference *reference, int64_t now,
                       struct planned planned[PLAN_MAX])
{
    struct plan plan = {.news = news, .reference = reference, .now = now, .planned = planned};
    tell_reporter(&plan);
    tell_officials(&plan);
    return plan.count;
}
