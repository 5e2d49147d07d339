/* SPDX-License-Identifier: Apache-2.0 */
#include "public_json.h"

#include <math.h>
#include <string.h>

#include "place_grid.h"

static void put_phase(struct json_writer *writer, const struct case_view *state)
{
    if (state->version > 0) {
        view_put_phase(writer, state->phase);
        return;
    }
    json_put_text(writer, "phase", "submitted");
    json_open_object(writer, "phase_name");
    json_put_text(writer, "vi", "Đã gửi");
    json_put_text(writer, "en", "Sent");
    json_close_object(writer);
}

static void put_words(struct json_writer *writer, const struct public_view *shown,
                      const struct media_linker *linker)
{
    json_put_bool(writer, "words_shown", shown->words);
    json_put_text(writer, "title", shown->title);
    json_put_text(writer, "description", shown->description);
    media_reference_write_list(writer, "media", shown->media, shown->media_count, linker);
    json_put_text(writer, "answer", shown->answer);
}

static void put_members(struct json_writer *writer, const struct submission_view *view,
                        const struct public_view *shown, const struct reference *reference,
                        const struct media_linker *linker)
{
    const struct submission *submission = &view->submission;
    const struct case_view *state = &view->state;
    json_put_uuid(writer, "id", &submission->id);
    json_put_text(writer, "ticket", submission->ticket);
    json_put_text(writer, "category", submission->category);
    put_phase(writer, state);
    view_put_unit(writer, "unit", state->unit, reference);
    json_put_instant(writer, "submitted_at", submission->submitted_at);
    json_put_instant(writer, "updated_at",
                     state->version > 0 ? case_view_told_at(state) : submission->submitted_at);
    json_put_instant(writer, "receive_by", submission->receive_by);
    json_put_instant_if(writer, "resolve_due", state->resolve_due);
    json_put_int(writer, "supports", view->supports);
    put_words(writer, shown, linker);
}

/* Members of an open object. */
static void put_item(struct json_writer *writer, const struct submission_view *view,
                     const struct reference *reference, const struct media_linker *linker)
{
    const struct submission *submission = &view->submission;
    const struct public_view shown = public_view_of(view);
    put_members(writer, view, &shown, reference, linker);
    if (submission->has_point) {
        json_open_object(writer, "location");
        json_put_real(writer, "lat", submission->lat, shown.place_decimals);
        json_put_real(writer, "lon", submission->lon, shown.place_decimals);
        json_put_bool(writer, "exact", shown.place_decimals == PLACE_EXACT);
        json_close_object(writer);
    }
}

void public_write_item(const struct submission_view *view, const struct reference *reference,
                       const struct media_linker *linker, struct json_writer *writer)
{
    json_open_object(writer, NULL);
    put_item(writer, view, reference, linker);
    json_close_object(writer);
}

/* As far as the shown place is away: the exact one could be measured out. */
static int64_t distance_of(const struct submission_view *view, double lat, double lon)
{
    const struct submission *submission = &view->submission;
    double step = pow(10, public_view_of(view).place_decimals);
    return llround(place_distance(lat, lon, round(submission->lat * step) / step,
                                  round(submission->lon * step) / step));
}

void public_write_neighbour(const struct submission_view *view, double lat, double lon,
                            const struct reference *reference, const struct media_linker *linker,
                            struct json_writer *writer)
{
    json_open_object(writer, NULL);
    put_item(writer, view, reference, linker);
    json_put_int(writer, "distance_m", distance_of(view, lat, lon));
    json_put_bool(writer, "open", !case_view_is_closed(&view->state));
    json_close_object(writer);
}

/* What officers did within a phase is their own affair. */
static bool is_news(const struct case_step *step, const struct case_step *before)
{
    const char *unit = step->unit != NULL ? step->unit : "";
    return before == NULL || step->phase != before->phase ||
           strcmp(unit, before->unit != NULL ? before->unit : "") != 0;
}

void public_write_whole(const struct submission_view *view, const struct reference *reference,
                        const struct media_linker *linker, struct json_writer *writer)
{
    json_open_object(writer, NULL);
    put_item(writer, view, reference, linker);
    json_open_array(writer, "timeline");
    for (size_t i = 0; i < view->step_count; i++) {
        const struct case_step *step = &view->steps[i];
        if (is_news(step, i > 0 ? step - 1 : NULL)) {
            json_open_object(writer, NULL);
            json_put_instant(writer, "at", step->at);
            view_put_phase(writer, step->phase);
            view_put_unit(writer, "unit", step->unit, reference);
            json_close_object(writer);
        }
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void put_point(struct json_writer *writer, const struct submission *submission, int decimals)
{
    if (!submission->has_point) {
        json_put_null(writer, "geometry");
        return;
    }
    json_open_object(writer, "geometry");
    json_put_text(writer, "type", "Point");
    json_open_array(writer, "coordinates");
    json_put_real(writer, NULL, submission->lon, decimals);
    json_put_real(writer, NULL, submission->lat, decimals);
    json_close_array(writer);
    json_close_object(writer);
}

void public_write_feature(const struct submission_view *view, const struct reference *reference,
                          const struct media_linker *linker, struct json_writer *writer)
{
    const struct public_view shown = public_view_of(view);
    json_open_object(writer, NULL);
    json_put_text(writer, "type", "Feature");
    json_put_uuid(writer, "id", &view->submission.id);
    put_point(writer, &view->submission, shown.place_decimals);
    json_open_object(writer, "properties");
    put_members(writer, view, &shown, reference, linker);
    json_put_bool(writer, "place_exact", shown.place_decimals == PLACE_EXACT);
    json_close_object(writer);
    json_close_object(writer);
}
