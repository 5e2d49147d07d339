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

/* What the reporter is told; TEMPLATE_COUNT: nothing. */
static const enum template_id reporter_templates[] = {
    [NEWS_SUBMITTED] = TEMPLATE_ACKNOWLEDGED, [NEWS_OPENED] = TEMPLATE_COUNT,
    [NEWS_ACCEPTED] = TEMPLATE_ACCEPTED,      [NEWS_ASSIGNED] = TEMPLATE_ASSIGNED,
    [NEWS_STARTED] = TEMPLATE_STARTED,        [NEWS_RESOLVED] = TEMPLATE_RESOLVED,
    [NEWS_REJECTED] = TEMPLATE_REJECTED,      [NEWS_ROUTED] = TEMPLATE_ROUTED,
    [NEWS_REMINDED] = TEMPLATE_COUNT,         [NEWS_ESCALATED] = TEMPLATE_COUNT,
};

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
    enum template_id template = reporter_templates[plan->news->type];
    if (template == TEMPLATE_COUNT) {
        return;
    }
    struct planned planned = {.recipient = ref,
                              .template = template,
                              .language = plan->news->language,
                              .lane = LANE_RESIDENTS};
    tell(plan, planned, ref_is_account(ref), strncmp(ref, "k-", 2) != 0);
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
    bool has_address = reference_person(plan->reference, account, plan->now) != NULL;
    tell(plan, planned, true, has_address);
}

static size_t tell_focal_points(struct plan *plan, const char *unit, enum template_id template)
{
    const struct focal_point *found[PLAN_OFFICIALS_MAX];
    size_t count = reference_focal_points(plan->reference, unit, plan->news->notice.category,
                                          plan->now, found, PLAN_OFFICIALS_MAX);
    for (size_t i = 0; i < count; i++) {
        tell_official(plan, found[i]->account, template);
    }
    return count;
}

/* What nobody could route waits at the city office. */
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

static void tell_unit(struct plan *plan, enum template_id template)
{
    const struct news *news = plan->news;
    if (news->focal_point != NULL) {
        tell_official(plan, news->focal_point, template);
    } else if (news->notice.unit != NULL) {
        tell_focal_points(plan, news->notice.unit, template);
    } else {
        tell_city_office(plan, template);
    }
}

/* Level n is n steps up; where nobody sits, the next one up. */
static void tell_above(struct plan *plan, enum template_id template)
{
    const struct unit *unit = reference_unit(plan->reference, plan->news->notice.unit);
    int steps = 0;
    for (size_t guard = 0; unit != NULL && guard < plan->reference->unit_count; guard++) {
        const struct unit *parent = reference_unit(plan->reference, unit->parent);
        if (parent == NULL) {
            break;
        }
        unit = parent;
        if (++steps >= plan->news->escalation &&
            tell_focal_points(plan, unit->code, template) > 0) {
            return;
        }
    }
    tell_city_office(plan, template);
}

static void tell_officials(struct plan *plan)
{
    const struct news *news = plan->news;
    switch (news->type) {
    case NEWS_OPENED:
    case NEWS_ROUTED:
        tell_unit(plan, TEMPLATE_OPENED);
        break;
    case NEWS_ASSIGNED:
        tell_official(plan, news->assignee, TEMPLATE_GIVEN);
        break;
    case NEWS_REMINDED:
        if (news->assignee != NULL) {
            tell_official(plan, news->assignee, TEMPLATE_REMINDED);
        } else {
            tell_unit(plan, TEMPLATE_REMINDED);
        }
        break;
    case NEWS_ESCALATED:
        tell_above(plan, TEMPLATE_ESCALATED);
        break;
    case NEWS_SUBMITTED:
    case NEWS_ACCEPTED:
    case NEWS_STARTED:
    case NEWS_RESOLVED:
    case NEWS_REJECTED:
        break;
    }
}

size_t plan_deliveries(const struct news *news, const struct reference *reference, int64_t now,
                       struct planned planned[PLAN_MAX])
{
    struct plan plan = {.news = news, .reference = reference, .now = now, .planned = planned};
    tell_reporter(&plan);
    tell_officials(&plan);
    return plan.count;
}
