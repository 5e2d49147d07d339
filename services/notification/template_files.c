/* SPDX-License-Identifier: Apache-2.0 */

#include "wording.h"

/* The assembler copies the files' bytes into the program. Paths are those of the repository, from
 * where make runs; the Makefile rebuilds this object when a file changes. */
#define EMBED(word, language)                                                                      \
    __asm__(".pushsection .rodata\n"                                                               \
            "template_" #word "_" #language ":\n"                                                  \
            ".incbin \"services/notification/templates/" #word "." #language ".txt\"\n"            \
            "template_" #word "_" #language "_end:\n"                                              \
            ".popsection\n");                                                                      \
    extern const char template_##word##_##language[] __attribute__((visibility("hidden")));        \
    extern const char template_##word##_##language##_end[] __attribute__((visibility("hidden")))

EMBED(acknowledged, vi);
EMBED(acknowledged, en);
EMBED(accepted, vi);
EMBED(accepted, en);
EMBED(assigned, vi);
EMBED(assigned, en);
EMBED(started, vi);
EMBED(started, en);
EMBED(resolved, vi);
EMBED(resolved, en);
EMBED(rejected, vi);
EMBED(rejected, en);
EMBED(routed, vi);
EMBED(routed, en);
EMBED(returned, vi);
EMBED(returned, en);
EMBED(info_requested, vi);
EMBED(info_requested, en);
EMBED(extended, vi);
EMBED(extended, en);
EMBED(reopened, vi);
EMBED(reopened, en);
EMBED(closed, vi);
EMBED(closed, en);
EMBED(withdrawn, vi);
EMBED(withdrawn, en);
EMBED(merged, vi);
EMBED(merged, en);
EMBED(separated, vi);
EMBED(separated, en);
EMBED(commented, vi);
EMBED(commented, en);
EMBED(appointment, vi);
EMBED(appointment, en);
EMBED(opened, vi);
EMBED(opened, en);
EMBED(given, vi);
EMBED(given, en);
EMBED(reminded, vi);
EMBED(reminded, en);
EMBED(escalated, vi);
EMBED(escalated, en);
EMBED(disputed, vi);
EMBED(disputed, en);
EMBED(task, vi);
EMBED(task, en);
EMBED(proposed, vi);
EMBED(proposed, en);
EMBED(declined, vi);
EMBED(declined, en);
EMBED(answered, vi);
EMBED(answered, en);
EMBED(contested, vi);
EMBED(contested, en);
EMBED(rated, vi);
EMBED(rated, en);
EMBED(remark, vi);
EMBED(remark, en);
EMBED(called_off, vi);
EMBED(called_off, en);

struct embedded {
    const char *start, *end;
};

#define BOTH(word)                                                                                 \
    {                                                                                              \
        {template_##word##_vi, template_##word##_vi_end},                                          \
        {                                                                                          \
            template_##word##_en, template_##word##_en_end                                         \
        }                                                                                          \
    }

const char *template_file(enum template_id template, enum language language, size_t *size)
{
    static const struct embedded files[TEMPLATE_COUNT][LANGUAGE_COUNT] = {
        [TEMPLATE_ACKNOWLEDGED] = BOTH(acknowledged),
        [TEMPLATE_ACCEPTED] = BOTH(accepted),
        [TEMPLATE_ASSIGNED] = BOTH(assigned),
        [TEMPLATE_STARTED] = BOTH(started),
        [TEMPLATE_RESOLVED] = BOTH(resolved),
        [TEMPLATE_REJECTED] = BOTH(rejected),
        [TEMPLATE_ROUTED] = BOTH(routed),
        [TEMPLATE_RETURNED] = BOTH(returned),
        [TEMPLATE_INFO_REQUESTED] = BOTH(info_requested),
        [TEMPLATE_EXTENDED] = BOTH(extended),
        [TEMPLATE_REOPENED] = BOTH(reopened),
        [TEMPLATE_CLOSED] = BOTH(closed),
        [TEMPLATE_WITHDRAWN] = BOTH(withdrawn),
        [TEMPLATE_MERGED] = BOTH(merged),
        [TEMPLATE_SEPARATED] = BOTH(separated),
        [TEMPLATE_COMMENTED] = BOTH(commented),
        [TEMPLATE_APPOINTMENT] = BOTH(appointment),
        [TEMPLATE_OPENED] = BOTH(opened),
        [TEMPLATE_GIVEN] = BOTH(given),
        [TEMPLATE_REMINDED] = BOTH(reminded),
        [TEMPLATE_ESCALATED] = BOTH(escalated),
        [TEMPLATE_DISPUTED] = BOTH(disputed),
        [TEMPLATE_TASK] = BOTH(task),
        [TEMPLATE_PROPOSED] = BOTH(proposed),
        [TEMPLATE_DECLINED] = BOTH(declined),
        [TEMPLATE_ANSWERED] = BOTH(answered),
        [TEMPLATE_CONTESTED] = BOTH(contested),
        [TEMPLATE_RATED] = BOTH(rated),
        [TEMPLATE_REMARK] = BOTH(remark),
        [TEMPLATE_CALLED_OFF] = BOTH(called_off),
    };
    const struct embedded *file = &files[template][language];
    *size = (size_t)(file->end - file->start);
    return file->start;
}
