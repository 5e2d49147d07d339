/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/adoption_json.h"

enum { SHARE_DECIMALS = 6 };

static const char *const member_words[BASIS_KINDS] = {"unit", "area"};

void adoption_put_day(struct json_writer *writer, const char *name, int32_t day)
{
    struct period period = {PERIOD_DAY, day};
    char text[PERIOD_TEXT_SIZE];
    json_put_text(writer, name, period_format(&period, text));
}

void adoption_put_basis(struct json_writer *writer, const struct basis *basis)
{
    if (basis->kind == BASIS_ROSTER) {
        json_open_object(writer, "roster");
        adoption_put_day(writer, "as_of", basis->since);
        json_put_int(writer, "headcount", basis->number);
    } else {
        json_open_object(writer, "population");
        json_put_int(writer, "year", basis_year(basis));
        json_put_int(writer, "over_15", basis->number);
    }
    json_put_text(writer, "source", basis->source);
    json_close_object(writer);
}

void adoption_put_coverage(struct json_writer *writer, const struct coverage *coverage, bool hidden)
{
    if (hidden) {
        json_put_bool(writer, "hidden", true);
        return;
    }
    json_put_int(writer, "numerator", coverage->accounts);
    if (coverage->basis.code == NULL) {
        return;
    }
    json_put_int(writer, "denominator", coverage->basis.number);
    if (coverage_has_share(coverage)) {
        json_put_real(writer, "value", coverage_share(coverage), SHARE_DECIMALS);
    }
    adoption_put_basis(writer, &coverage->basis);
}

void adoption_put_duty(struct json_writer *writer, const struct coverage *then, bool hidden)
{
    json_open_object(writer, "duty");
    json_open_object(writer, "rule");
    json_put_text(writer, "code", adoption_rule.code);
    json_put_int(writer, "version", adoption_rule.version);
    json_put_text(writer, "source", adoption_rule.source);
    json_close_object(writer);
    adoption_put_day(writer, "before", adoption_rule.before);
    if (then != NULL) {
        adoption_put_coverage(writer, then, hidden);
        if (!hidden && coverage_has_share(then)) {
            json_put_bool(writer, "met", coverage_is_full(then));
        }
    }
    json_close_object(writer);
}

const char *adoption_key(enum basis_kind kind, const char *code, struct arena *arena)
{
    return arena_format(arena, "%s:%s", member_words[kind], code);
}

size_t adoption_event_write(struct buffer *out, const struct adoption *adoption,
                            const struct moment *moment, int64_t sequence)
{
    const struct indicator *indicator = coverage_indicator(adoption->kind);
    struct json_writer writer;

    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", indicator->code);
    json_put_int(&writer, "definition_version", indicator->version);
    json_put_text(&writer, member_words[adoption->kind], adoption->now.code);
    adoption_put_coverage(&writer, &adoption->now, false);
    if (adoption->kind == BASIS_ROSTER) {
        adoption_put_duty(&writer, adoption->then, false);
    }
    size_t stable = out->size;
    adoption_put_day(&writer, "at", adoption->day);
    json_put_instant(&writer, "as_of", moment->as_of);
    json_put_instant_if(&writer, "cutoff", moment->cutoff);
    json_put_int(&writer, "sequence", sequence);
    json_close_object(&writer);
    return stable;
}
