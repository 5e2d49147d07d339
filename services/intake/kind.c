/* SPDX-License-Identifier: Apache-2.0 */
#include "kind.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/uuid.h"
#include "common/words.h"
#include "report.h"

const char *const detail_type_words[] = {"text",     "date",    "instant", "word",
                                         "deadline", "consent", "slot",    NULL};
const char *const consent_words[] = {"none", "verbal", "written", NULL};

static bool names(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = strstr(words, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == words || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0')) {
            return true;
        }
    }
    return false;
}

/* Whoever signs in is a resident too. */
bool kind_may_be_filed(const struct kind *kind, const struct principal *principal)
{
    if (kind->by == NULL) {
        return false;
    }
    if (principal == NULL || principal->kind != PRINCIPAL_PERSON) {
        return names(kind->by, "system");
    }
    return names(kind->by, "citizen") || principal_may(principal, kind->by);
}

static const struct kind_detail *detail_of(const struct kind *kind, enum detail_type type)
{
    for (size_t i = 0; i < kind->detail_count; i++) {
        if (kind->details[i].type == type) {
            return &kind->details[i];
        }
    }
    return NULL;
}

bool kind_is_for_others(const struct kind *kind)
{
    return detail_of(kind, DETAIL_CONSENT) != NULL;
}

bool kind_needs_details(const struct kind *kind)
{
    for (size_t i = 0; i < kind->detail_count; i++) {
        if (kind->details[i].required) {
            return true;
        }
    }
    return false;
}

/* ---- details ---- */

static bool fault(struct error *err, const struct kind_detail *detail, const char *code,
                  const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "details.%.48s", detail->code);
    return error_add_field(err, path, code, "%s", text);
}

static const char *text_of(const struct report *report, const struct kind_detail *detail)
{
    for (size_t i = 0; detail != NULL && i < report->detail_count; i++) {
        if (strcmp(report->details[i].code, detail->code) == 0) {
            return report->details[i].text;
        }
    }
    return NULL;
}

static bool is_id(const char *text)
{
    struct uuid id;
    return uuid_parse_lower(text, strlen(text), &id);
}

static bool check_form(const struct kind_detail *detail, const char *text, struct error *err)
{
    int64_t at;
    switch (detail->type) {
    case DETAIL_DATE:
    case DETAIL_DEADLINE:
        return clock_is_date(text) ||
               fault(err, detail, "bad_date", "must be a date like 2026-02-17");
    case DETAIL_INSTANT:
        return clock_parse(text, strlen(text), &at) ||
               fault(err, detail, "bad_instant", "must be RFC 3339 with a zone");
    case DETAIL_WORD:
        return detail->words[word_index(detail->words, text)] != NULL ||
               fault(err, detail, "not_allowed", "is no known word");
    case DETAIL_CONSENT:
        return consent_words[word_index(consent_words, text)] != NULL ||
               fault(err, detail, "not_allowed", "must be verbal, written or none");
    case DETAIL_SLOT:
        return is_id(text) || fault(err, detail, "bad_uuid", "must be the id of a slot");
    case DETAIL_TEXT:
        break;
    }
    return true; /* its length was seen to when it was read */
}

static void check_details(const struct kind *kind, const struct report *report, struct error *err)
{
    for (size_t i = 0; i < kind->detail_count; i++) {
        const struct kind_detail *detail = &kind->details[i];
        const char *text = text_of(report, detail);
        if (text != NULL) {
            check_form(detail, text, err);
        } else if (detail->required) {
            fault(err, detail, "required", "is required");
        }
    }
}

/* Who is named has agreed, and who has agreed is named. */
static void check_consent(const struct kind *kind, const struct report *report, struct error *err)
{
    const char *consent = text_of(report, detail_of(kind, DETAIL_CONSENT));
    bool told = report->contact.email != NULL || report->contact.phone != NULL;
    int word = consent != NULL ? word_index(consent_words, consent) : -1;
    if (word < 0 || consent_words[word] == NULL) {
        return; /* missed, or of a wrong form */
    }
    bool agreed = word > 0;
    if (told && !agreed) {
        error_add_field(err, "contact", "no_consent", "nobody is named who has not agreed to it");
    } else if (agreed && !told) {
        error_add_field(err, "contact", "required", "must tell how to reach who has agreed");
    }
}

bool kind_check(const struct kind *kind, const struct report *report, struct error *err)
{
    bool placed = report->has_point || report->address != NULL || report->address_id != NULL;
    if (kind->location && !placed) {
        error_add_field(err, "location", "required", "is required");
    }
    if (report->anonymous && !kind->anonymous) {
        error_add_field(err, "anonymous", "not_allowed", "this kind needs a name (%s)",
                        kind->source);
    }
    check_details(kind, report, err);
    check_consent(kind, report, err);
    return !error_is_set(err);
}
