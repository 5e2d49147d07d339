/* SPDX-License-Identifier: Apache-2.0 */
#include "public_view.h"

#include "personal_data.h"

static bool is_shown(const struct submission_view *view)
{
    return view->moderation.version > 0 && view->moderation.decision != MODERATION_REJECTED &&
           view->state.phase != PHASE_WITHDRAWN;
}

static const char *answer_of(const struct case_view *state)
{
    return state->result_text != NULL ? state->result_text : state->reason_text;
}

static const char *harmless(const char *answer)
{
    struct personal_span spans[PERSONAL_SPANS_MAX];
    return answer != NULL && personal_data_find(answer, spans) == 0 ? answer : NULL;
}

struct public_view public_view_of(const struct submission_view *view)
{
    const struct moderation *moderation = &view->moderation;
    if (!is_shown(view)) {
        return (struct public_view){.place_decimals = PLACE_COARSE};
    }
    return (struct public_view){
        .words = true,
        .title = moderation->title,
        .description = moderation->description,
        .media = moderation->media,
        .media_count = moderation->media_count,
        .answer = harmless(answer_of(&view->state)),
        .place_decimals = moderation->exact_place ? PLACE_EXACT : PLACE_COARSE,
    };
}

struct public_view public_view_whole(const struct submission_view *view)
{
    const struct submission *submission = &view->submission;
    return (struct public_view){
        .words = true,
        .title = submission->title,
        .description = submission->description,
        .media = submission->media,
        .media_count = submission->media_count,
        .answer = answer_of(&view->state),
        .place_decimals = PLACE_EXACT,
    };
}
