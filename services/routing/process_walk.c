/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/process_walk.h"

#include "services/routing/process_fault.h"

enum run { RUN_NEVER, RUNNING, PAUSED, STOPPED, RUNS };

/* Where a case can be. Conditions are taken to hold: they only narrow the ways. */
struct place {
    int state, resume_state;
    enum case_queue queue;
    enum run receive, resolve;
};

enum { PLACES = PROCESS_STATES_MAX * PROCESS_STATES_MAX * CASE_QUEUES * RUNS * RUNS };

struct walk {
    const struct process *process;
    struct error *err;
    uint16_t reached[PLACES]; /* numbers of places, in the order in which they were */
    size_t count;
    bool is_reached[PLACES];
    bool ends[PLACES];          /* a way leads from there to an end */
    process_set faulty_actions; /* each is told of once */
    process_set faulty_states;
};

static size_t number(const struct place *place)
{
    size_t states = (size_t)place->state * PROCESS_STATES_MAX + (size_t)place->resume_state;
    return ((states * CASE_QUEUES + place->queue) * RUNS + place->receive) * RUNS + place->resolve;
}

static struct place place_of(size_t number)
{
    size_t states = number / RUNS / RUNS / CASE_QUEUES;
    return (struct place){.state = (int)(states / PROCESS_STATES_MAX),
                          .resume_state = (int)(states % PROCESS_STATES_MAX),
                          .queue = (enum case_queue)(number / RUNS / RUNS % CASE_QUEUES),
                          .receive = (enum run)(number / RUNS % RUNS),
                          .resolve = (enum run)(number % RUNS)};
}

static enum process_phase phase_at(const struct walk *walk, const struct place *place)
{
    return walk->process->states[place->state].phase;
}

static bool is_ended(const struct walk *walk, const struct place *place)
{
    return process_phase_is_ended(phase_at(walk, place));
}

static bool is_at_work(const struct walk *walk, const struct place *place)
{
    return phase_at(walk, place) == PHASE_RECEIVED || phase_at(walk, place) == PHASE_WORKING;
}

static void fault_action(struct walk *walk, int action, const char *text)
{
    if (!process_has(walk->faulty_actions, action)) {
        process_fault_action(walk->err, &walk->process->actions[action], text);
    }
    walk->faulty_actions |= PROCESS_BIT(action);
}

static void fault_state(struct walk *walk, int state, const char *text)
{
    if (!process_has(walk->faulty_states, state)) {
        process_fault_state(walk->err, walk->process, state, text);
    }
    walk->faulty_states |= PROCESS_BIT(state);
}

/* ---- one step ---- */

static bool fits(const struct process_action *action, const struct place *place)
{
    return process_has(action->from, place->state) &&
           process_has(action->queues, (int)place->queue);
}

static void change_clock(enum run *clock, process_set effects)
{
    if (process_has(effects, EFFECT_PAUSE) && *clock == RUNNING) {
        *clock = PAUSED;
    }
    if (process_has(effects, EFFECT_RESUME) && *clock == PAUSED) {
        *clock = RUNNING;
    }
    if (process_has(effects, EFFECT_STOP_CLOCKS) && *clock != RUN_NEVER) {
        *clock = STOPPED;
    }
}

/* What the effects do to clocks, in their order. */
static void change_clocks(struct place *place, process_set effects)
{
    if (process_has(effects, EFFECT_STOP_RECEIVE) && place->receive != RUN_NEVER) {
        place->receive = STOPPED;
    }
    if ((process_has(effects, EFFECT_START_RESOLVE) && place->resolve == RUN_NEVER) ||
        process_has(effects, EFFECT_RESTART_RESOLVE)) {
        place->resolve = RUNNING;
    }
    change_clock(&place->receive, effects);
    change_clock(&place->resolve, effects);
}

static struct place taken(const struct process_action *action, const struct place *from)
{
    struct place to = *from;
    int target = action->to == PROCESS_BACK    ? from->resume_state
                 : action->to == PROCESS_STAYS ? from->state
                                               : action->to;
    if (target != from->state) {
        to.resume_state = from->state;
        to.state = target;
    }
    change_clocks(&to, action->effects);
    if (process_has(action->effects, EFFECT_ROUTE)) {
        to.queue = QUEUE_UNIT;
    }
    return to;
}

/* ---- what may be wrong with it ---- */

static bool any(const struct place *place, enum run run)
{
    return place->receive == run || place->resolve == run;
}

static const char *clock_fault(const struct walk *walk, const struct place *from,
                               const struct place *to)
{
    enum process_phase phase = phase_at(walk, to);
    if (is_ended(walk, to)) {
        return any(to, RUNNING) || any(to, PAUSED) ? "ends a case whose clocks run on" : NULL;
    }
    if (phase == PHASE_PAUSED || phase == PHASE_MERGED) {
        return any(to, RUNNING) ? "leads to a pause without pausing the clock" : NULL;
    }
    if (any(to, PAUSED)) {
        return "goes on without resuming the clock";
    }
    if (!any(to, RUNNING)) {
        return is_ended(walk, from) ? "takes a case up again without a clock"
                                    : "goes on without a clock";
    }
    return NULL;
}

static bool has_way_back(const struct process *process, int state)
{
    for (int i = 0; i < process->action_count; i++) {
        if (process->actions[i].to == PROCESS_BACK &&
            process_has(process->actions[i].from, state)) {
            return true;
        }
    }
    return false;
}

/* One step back is remembered, no more. */
static const char *way_back_fault(const struct walk *walk, const struct process_action *action,
                                  const struct place *from, const struct place *to)
{
    if (action->to != PROCESS_BACK) {
        return NULL;
    }
    if (from->resume_state == from->state) {
        return "leads back from where every case begins";
    }
    if (has_way_back(walk->process, to->state)) {
        return "leads back to a state that itself leads back";
    }
    return is_ended(walk, to) ? "leads back to where a case has ended" : NULL;
}

/* Whether another case stands for it goes with the state. */
static const char *merge_fault(const struct walk *walk, process_set effects,
                               const struct place *from, const struct place *to)
{
    static const process_set parting =
        PROCESS_BIT(EFFECT_SEPARATE) | PROCESS_BIT(EFFECT_RESTART_RESOLVE);
    if (phase_at(walk, to) == PHASE_MERGED) {
        return (effects & parting) != 0 ? "parts a case from another that stands for it" : NULL;
    }
    return phase_at(walk, from) == PHASE_MERGED && !is_ended(walk, to) && (effects & parting) == 0
               ? "goes on while another case stands for it"
               : NULL;
}

static const char *step_fault(const struct walk *walk, const struct process_action *action,
                              const struct place *from, const struct place *to)
{
    const char *text = way_back_fault(walk, action, from, to);
    if (text == NULL && process_has(action->effects, EFFECT_EXTEND) && from->resolve != RUNNING &&
        from->resolve != PAUSED) {
        text = "extends a clock that does not run";
    }
    if (text == NULL && process_has(action->effects, EFFECT_ADD_TASK) && !is_at_work(walk, to)) {
        text = "adds a task to a case that nobody works on";
    }
    text = text != NULL ? text : merge_fault(walk, action->effects, from, to);
    return text != NULL ? text : clock_fault(walk, from, to);
}

/* ---- walking ---- */

static void reach(struct walk *walk, const struct place *place)
{
    size_t at = number(place);
    if (!walk->is_reached[at]) {
        walk->is_reached[at] = true;
        walk->reached[walk->count++] = (uint16_t)at;
    }
}

static void take(struct walk *walk, int index, const struct place *from)
{
    const struct process_action *action = &walk->process->actions[index];
    struct place to = taken(action, from);
    const char *text = step_fault(walk, action, from, &to);
    if (text != NULL) {
        fault_action(walk, index, text);
        return;
    }
    reach(walk, &to);
    if (process_has(action->effects, EFFECT_HAND_OVER)) {
        to.queue = QUEUE_DISPUTED;
        reach(walk, &to);
    }
}

/* What was filed and cannot be had: nobody has to act, so no clock runs. */
static void begin_refused(struct walk *walk)
{
    int refused = walk->process->filing.refused;
    struct place place = {.state = refused,
                          .resume_state = refused,
                          .queue = QUEUE_UNIT,
                          .receive = STOPPED,
                          .resolve = RUN_NEVER};
    reach(walk, &place);
    place.queue = QUEUE_UNROUTABLE;
    reach(walk, &place);
}

/* What begins with work has an appointment, which the resolve clock runs to. */
static void begin(struct walk *walk)
{
    int opening = walk->process->opening;
    enum process_phase phase = walk->process->states[opening].phase;
    struct place place = {.state = opening,
                          .resume_state = opening,
                          .queue = QUEUE_UNIT,
                          .receive = phase == PHASE_RECEIVED ? RUNNING : STOPPED,
                          .resolve = phase == PHASE_RECEIVED ? RUN_NEVER : RUNNING};
    if (phase != PHASE_RECEIVED && phase != PHASE_WORKING) {
        fault_state(walk, opening, "a case cannot begin here: nobody would have to act");
        return;
    }
    reach(walk, &place);
    place.queue = QUEUE_UNROUTABLE;
    reach(walk, &place);
    if (walk->process->filing.by != 0 && walk->process->filing.refused >= 0) {
        begin_refused(walk);
    }
}

static void go_everywhere(struct walk *walk)
{
    begin(walk);
    for (size_t i = 0; i < walk->count; i++) {
        struct place place = place_of(walk->reached[i]);
        for (int action = 0; action < walk->process->action_count; action++) {
            if (fits(&walk->process->actions[action], &place)) {
                take(walk, action, &place);
            }
        }
    }
}

static void find_unreached(struct walk *walk)
{
    process_set states = 0;
    for (size_t i = 0; i < walk->count; i++) {
        states |= PROCESS_BIT(place_of(walk->reached[i]).state);
    }
    for (int state = 0; state < walk->process->state_count; state++) {
        if (!process_has(states, state)) {
            fault_state(walk, state, "no action leads here from the opening state");
        }
    }
}

static bool leads_to_end(const struct walk *walk, const struct place *place)
{
    const struct process *process = walk->process;
    if (process_state_is_final(process, place->state)) {
        return is_ended(walk, place);
    }
    for (int i = 0; i < process->action_count; i++) {
        if (fits(&process->actions[i], place)) {
            struct place to = taken(&process->actions[i], place);
            if (walk->ends[number(&to)]) {
                return true;
            }
        }
    }
    return false;
}

static void find_dead_ends(struct walk *walk)
{
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = walk->count; i-- > 0;) {
            size_t at = walk->reached[i];
            struct place place = place_of(at);
            if (!walk->ends[at] && leads_to_end(walk, &place)) {
                walk->ends[at] = more = true;
            }
        }
    }
    for (size_t i = 0; i < walk->count; i++) {
        struct place place = place_of(walk->reached[i]);
        if (!walk->ends[walk->reached[i]]) {
            fault_state(walk, place.state,
                        place.queue == QUEUE_UNIT
                            ? "is a dead end: no way leads from here to an end"
                            : "is a dead end for a case that no unit has");
        }
    }
}

/* Nobody looks after a case that only time-outs move. */
static void check_timeouts(struct walk *walk, struct place place)
{
    const struct process *process = walk->process;
    int first = place.state;
    for (int steps = 0; steps <= process->state_count; steps++) {
        int timeout = process->states[place.state].timeout_action;
        if (timeout < 0) {
            return;
        }
        if (!fits(&process->actions[timeout], &place)) {
            fault_state(walk, place.state,
                        "its time-out cannot be taken for a case that no unit has");
            return;
        }
        place = taken(&process->actions[timeout], &place);
    }
    fault_state(walk, first, "its time-out leads back to it by others");
}

void process_walk(const struct process *process, struct error *err)
{
    struct walk walk = {.process = process, .err = err};
    go_everywhere(&walk);
    if (err->field_count > 0) {
        return; /* ways that are wrong were not followed: what they lead to is not the question */
    }
    find_unreached(&walk);
    find_dead_ends(&walk);
    for (size_t i = 0; i < walk.count; i++) {
        check_timeouts(&walk, place_of(walk.reached[i]));
    }
}
