/* SPDX-License-Identifier: Apache-2.0 */
#include "moderation.h"

#include <stdio.h>
#include <string.h>

const char *const moderation_decision_words[] = {"approved", "redacted", "rejected", NULL};
const char *const moderation_class_words[] = {
    "personal_data",   "offensive",    "untruthful",      "unclear", "advertising",
    "foreign_picture", "test_or_spam", "legal_procedure", "other",   NULL};

bool moderation_is_open(enum case_phase phase)
{
    return phase != PHASE_WITHDRAWN && phase != PHASE_MERGED;
}

static bool is_among(const char *const *pictures, size_t count, const char *picture)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(pictures[i], picture) == 0) {
            return true;
        }
    }
    return false;
}

static bool check_withheld(const struct moderation_wish *wish, const struct submission *submission,
                           struct error *err)
{
    bool good = true;
    for (size_t i = 0; i < wish->withheld_count; i++) {
        if (!is_among(submission->media, submission->media_count, wish->withheld[i])) {
            char field[48];
            snprintf(field, sizeof field, "withheld_media[%zu]", i);
            good = error_add_field(err, field, "not_of_submission",
                                   "is not among the submission's pictures");
        }
    }
    return good;
}

static void show_pictures(struct moderation *next, const struct moderation_wish *wish,
                          const struct submission *submission, struct arena *arena)
{
    const char **shown = arena_array(arena, submission->media_count, sizeof *shown);
    for (size_t i = 0; i < submission->media_count; i++) {
        if (!is_among(wish->withheld, wish->withheld_count, submission->media[i])) {
            shown[next->media_count++] = submission->media[i];
        }
    }
    next->media = shown;
}

bool moderation_decide(struct moderation *next, const struct moderation *now,
                       const struct moderation_wish *wish, const struct submission *submission,
                       enum case_phase phase, struct arena *arena, struct error *err)
{
    bool as_written = wish->decision == MODERATION_APPROVED;
    if (!moderation_is_open(phase)) {
        return error_set(err, ERR_UNPROCESSABLE, "not_open",
                         "it was withdrawn, or another one stands for it");
    }
    if (!check_withheld(wish, submission, err)) {
        return false;
    }
    *next = (struct moderation){
        .version = now->version + 1,
        .decision = wish->decision,
        .title = as_written ? submission->title : wish->title,
        .description = as_written ? submission->description : wish->description,
    };
    if (wish->decision != MODERATION_REJECTED) {
        show_pictures(next, wish, submission, arena);
        next->exact_place = wish->exact_place < 0 ? !submission->anonymous : wish->exact_place > 0;
    }
    return true;
}
