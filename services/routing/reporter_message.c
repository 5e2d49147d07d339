/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reporter_message.h"

#include <string.h>

const char *const message_kind_words[] = {"supplement", "answer",    "withdrawal",
                                          "rating",     "reopening", NULL};

/* The reporter's action that is told by this event; NULL: the process has none. */
static const char *action_told_by(const struct process *process, const char *event)
{
    for (int i = 0; i < process->action_count; i++) {
        const struct process_action *action = &process->actions[i];
        if ((action->by & ACTOR_BIT(ACTOR_REPORTER)) != 0 &&
            strcmp(process_event_words[action->event], event) == 0) {
            return action->code;
        }
    }
    return NULL;
}

static void give(struct case_command *command, enum process_field field, const char **member,
                 const char *text)
{
    if (text != NULL) {
        *member = text;
        command->given |= PROCESS_BIT(field);
    }
}

static void give_words(const struct reporter_message *message, struct case_command *command)
{
    switch (message->kind) {
    case MESSAGE_ANSWER:
        give(command, FIELD_ANSWER, &command->answer, message->text);
        return;
    case MESSAGE_WITHDRAWAL:
    case MESSAGE_REOPENING:
        give(command, FIELD_REASON_TEXT, &command->reason_text, message->text);
        return;
    case MESSAGE_RATING:
        give(command, FIELD_RATING, &command->rating, message->rating);
        give(command, FIELD_NOTE, &command->note, message->text);
        return;
    case MESSAGE_SUPPLEMENT:
    case MESSAGE_KINDS:
        give(command, FIELD_NOTE, &command->note, message->text);
        return;
    }
}

bool reporter_message_command(const struct reporter_message *message,
                              const struct case_snapshot *now, struct case_command *command,
                              struct error *err)
{
    static const char *const events[MESSAGE_KINDS] = {
        [MESSAGE_SUPPLEMENT] = "commented", [MESSAGE_ANSWER] = "info_supplied",
        [MESSAGE_WITHDRAWAL] = "withdrawn", [MESSAGE_RATING] = "rated",
        [MESSAGE_REOPENING] = "reopened",
    };
    const char *action = action_told_by(now->process, events[message->kind]);
    if (action == NULL) {
        return error_set(err, ERR_NOT_FOUND, "unknown_action", "a case of %s knows no %s",
                         now->process->rule.code, message_kind_words[message->kind]);
    }
    *command = (struct case_command){
        .action = action,
        .expected_version = message->case_version > 0 ? message->case_version : now->version,
        .actor = ACTOR_BIT(ACTOR_REPORTER) | ACTOR_BIT(ROLE_CITIZEN),
        .actor_ref = now->reporter_ref,
        .level = -1,
        .message = message->id,
        .message_media = message->media,
        .message_media_count = message->media_count,
    };
    give_words(message, command);
    return true;
}
