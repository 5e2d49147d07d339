/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/dry_run.h"

#include <stdlib.h>
#include <string.h>

static bool is_among(const char *code, const char *const *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(codes[i], code) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- copies ---- */

static struct unit_set copy_codes(const struct unit_set *units, struct arena *arena)
{
    struct unit_set copy = {.units = arena_array(arena, units->count, sizeof *copy.units),
                            .count = units->count};
    for (size_t i = 0; i < units->count; i++) {
        copy.units[i].code = arena_text(arena, units->units[i].code);
    }
    return copy; /* in order, as they were */
}

static struct route_rule copy_rule(const struct route_rule *rule, struct arena *arena)
{
    struct route_rule copy = *rule;
    copy.rule.code = arena_text(arena, rule->rule.code);
    copy.rule.source = arena_text(arena, rule->rule.source);
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        copy.wanted[i] = arena_text(arena, rule->wanted[i]);
    }
    copy.lead = arena_text(arena, rule->lead);
    copy.focal_point = arena_text(arena, rule->focal_point);
    for (size_t i = 0; i < rule->cooperating_count; i++) {
        copy.cooperating[i] = arena_text(arena, rule->cooperating[i]);
    }
    return copy;
}

static void copy_present(struct dry_run *run, const struct route_rules *present)
{
    run->present.rules = arena_array(run->arena, present->count, sizeof *present->rules);
    for (size_t i = 0; i < present->count; i++) {
        run->present.rules[run->present.count++] = copy_rule(&present->rules[i], run->arena);
    }
}

static bool is_replaced(const char *code, const struct rule_proposal *proposal)
{
    for (size_t i = 0; i < proposal->count; i++) {
        if (strcmp(proposal->rules[i].rule.code, code) == 0) {
            return true;
        }
    }
    return is_among(code, proposal->ended, proposal->ended_count);
}

/* The present rules but for those replaced or ended, and the proposed ones as if in force. */
static void copy_proposed(struct dry_run *run, const struct rule_proposal *proposal)
{
    struct route_rules *rules = &run->proposed;
    rules->rules =
        arena_array(run->arena, run->present.count + proposal->count, sizeof *rules->rules);
    for (size_t i = 0; i < run->present.count; i++) {
        if (!is_replaced(run->present.rules[i].rule.code, proposal)) {
            rules->rules[rules->count++] = run->present.rules[i];
        }
    }
    for (size_t i = 0; i < proposal->count; i++) {
        struct route_rule *rule = &rules->rules[rules->count++];
        *rule = copy_rule(&proposal->rules[i], run->arena);
        rule->valid_from = run->at_us;
        rule->valid_to = 0;
    }
    route_rules_sort(rules);
}

struct dry_run *dry_run_new(const struct unit_set *units, const struct route_rules *present,
                            const struct rule_proposal *proposal, int64_t at_us,
                            struct arena *arena)
{
    struct dry_run *run = arena_alloc(arena, sizeof *run);
    size_t places = units->count + 1;
    run->arena = arena;
    run->at_us = at_us;
    run->units = copy_codes(units, arena);
    copy_present(run, present);
    copy_proposed(run, proposal);
    run->flows = arena_array(arena, places * places, sizeof *run->flows);
    run->led = arena_array(arena, run->proposed.count, sizeof *run->led);
    return run;
}

/* ---- judging ---- */

static size_t place_of(const struct dry_run *run, const char *unit)
{
    const struct unit *found = unit_find(&run->units, unit);
    return found != NULL ? (size_t)(found - run->units.units) : run->units.count;
}

static bool same_cooperation(const struct route *a, const struct route *b)
{
    if (a->cooperating_count != b->cooperating_count) {
        return false;
    }
    for (size_t i = 0; i < a->cooperating_count; i++) {
        if (!is_among(a->cooperating[i], b->cooperating, b->cooperating_count)) {
            return false;
        }
    }
    return true;
}

static void keep_example(struct dry_run *run, const struct tried_case *tried,
                         const struct route *present, const struct route *proposed)
{
    if (run->example_count == DRY_RUN_EXAMPLES_MAX) {
        return;
    }
    struct moved_case *example = &run->examples[run->example_count++];
    *example = (struct moved_case){.tried.id = tried->id,
                                   .from = arena_text(run->arena, present->lead),
                                   .to = arena_text(run->arena, proposed->lead),
                                   .from_rule = present->rule,
                                   .to_rule = proposed->rule};
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        example->tried.of[i] = arena_text(run->arena, tried->of[i]);
    }
}

void dry_run_judge(struct dry_run *run, const struct tried_case *tried)
{
    struct route_question question = {.at_us = run->at_us};
    memcpy(question.of, tried->of, sizeof question.of);
    struct route present = route_find(&run->present, &run->units, &question);
    struct route proposed = route_find(&run->proposed, &run->units, &question);
    size_t from = place_of(run, present.lead), to = place_of(run, proposed.lead);

    run->cases++;
    run->unroutable_present += present.by == NULL;
    run->unroutable_proposed += proposed.by == NULL;
    if (proposed.by != NULL) {
        run->led[proposed.by - run->proposed.rules]++;
    }
    if (from != to) {
        run->moved++;
        run->flows[from * (run->units.count + 1) + to]++;
        keep_example(run, tried, &present, &proposed);
    } else if (!same_cooperation(&present, &proposed)) {
        run->cooperation_changed++;
    }
}

/* ---- flows ---- */

static int by_code(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int by_size(const void *left, const void *right)
{
    const struct case_flow *a = left, *b = right;
    if (a->cases != b->cases) {
        return a->cases < b->cases ? 1 : -1;
    }
    int order = by_code(a->from, b->from);
    return order != 0 ? order : by_code(a->to, b->to);
}

static const char *code_at(const struct dry_run *run, size_t place)
{
    return place < run->units.count ? run->units.units[place].code : NULL;
}

size_t dry_run_flows(const struct dry_run *run, struct case_flow **flows)
{
    size_t places = run->units.count + 1, count = 0, most = run->moved;
    most = most < places * places ? most : places * places;
    *flows = arena_array(run->arena, most, sizeof **flows);
    for (size_t i = 0; i < places * places; i++) {
        if (run->flows[i] > 0) {
            (*flows)[count++] = (struct case_flow){code_at(run, i / places),
                                                   code_at(run, i % places), run->flows[i]};
        }
    }
    qsort(*flows, count, sizeof **flows, by_size);
    return count;
}
