/* SPDX-License-Identifier: Apache-2.0 */
#include "letter.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "contact.h"
#include "mail.h"
#include "notice_json.h"
#include "retry.h"
#include "wording.h"

struct letter *letter_new(const char *recipient, const char *sealed, const char *notice,
                          size_t notice_size)
{
    struct letter *letter = memory_zero(1, sizeof *letter);
    letter->recipient = memory_text(recipient);
    letter->sealed = sealed != NULL ? memory_text(sealed) : NULL;
    letter->notice = memory_alloc(notice_size + 1);
    memcpy(letter->notice, notice, notice_size);
    letter->notice[notice_size] = '\0';
    letter->notice_size = notice_size;
    return letter;
}

void letter_free(struct letter *letter)
{
    if (letter != NULL) {
        free(letter->recipient);
        free(letter->sealed);
        free(letter->notice);
        free(letter);
    }
}

static bool skip(struct letter *letter, const char *reason)
{
    letter->end = LETTER_SKIPPED;
    letter->reason = reason;
    return false;
}

static bool look_again(struct letter *letter, int64_t now)
{
    int64_t delay;
    if (!retry_contact(now - letter->created_at, &delay)) {
        return skip(letter, "no_contact");
    }
    letter->end = LETTER_AGAIN;
    letter->reason = "no_contact";
    letter->next_attempt_at = now + delay;
    return false;
}

/* Whom to write to. */
static bool find_contact(struct letter *letter, const struct letter_context *context,
                         struct arena *arena, struct contact *contact)
{
    if (letter->lane == LANE_OFFICIALS) {
        const struct focal_point *person =
            reference_person(context->reference, letter->recipient, context->now);
        if (person == NULL) {
            return skip(letter, "no_address");
        }
        *contact = (struct contact){.email = person->email, .name = person->name};
    } else if (letter->sealed == NULL) {
        return look_again(letter, context->now);
    } else if (!contact_open(contact, context->seal, letter->sealed, letter->recipient, arena)) {
        return skip(letter, "contact_unreadable");
    }
    if (contact->email == NULL) {
        return skip(letter, "no_address");
    }
    return mail_address_is_good(contact->email) || skip(letter, "bad_address");
}

bool letter_write(struct letter *letter, const struct letter_context *context, struct arena *arena,
                  struct envelope *envelope)
{
    struct contact contact;
    struct notice notice;
    struct wording wording;
    struct error err = {0};

    if (!find_contact(letter, context, arena, &contact)) {
        return false;
    }
    struct wording_context words = {
        .reference = context->reference,
        .template = letter->template,
        .language = letter->language,
        .site = context->site,
        .name = contact.name,
        .mail = true,
    };
    if (!notice_read(&notice, letter->notice, letter->notice_size, arena, &err) ||
        !wording_make(&wording, &notice, &words, arena, &err)) {
        log_error_error("letter_not_written", &err,
                        log_text("template", template_words[letter->template]));
        return skip(letter, "not_written");
    }
    struct mail mail = {
        .from = context->from,
        .to = contact.email,
        .id = &letter->id,
        .case_id = &letter->case_id,
        .at = letter->created_at,
        .language = letter->language,
        .subject = wording.subject,
        .body = wording.body,
    };
    envelope->to = contact.email;
    buffer_init(&envelope->message);
    mail_write(&mail, &envelope->message);
    return true;
}

void letter_answered(struct letter *letter, bool taken, long reply, int64_t now, uint32_t chance)
{
    int64_t delay;
    letter->attempts++;
    if (taken) {
        letter->end = LETTER_SENT;
        return;
    }
    letter->reason = reply >= 500   ? "refused_by_server"
                     : reply >= 400 ? "deferred_by_server"
                                    : "server_not_reached";
    if (reply >= 500 || !retry_mail(letter->attempts, chance, &delay)) {
        letter->end = LETTER_FAILED;
        return;
    }
    letter->end = LETTER_AGAIN;
    letter->next_attempt_at = now + delay;
}
