/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sample.h"
#include "services/notification/wording.h"

static const char *const evidence[] = {"https://media.ihanoi.example/1.jpg",
                                       "https://media.ihanoi.example/2.jpg"};
static const struct notice full = {.ticket = "HN-2026-0000123-K",
                                   .category = "giao-thong",
                                   .level = "urgent",
                                   .unit = "00070",
                                   .at = INT64_C(1795496531123456),
                                   .receive_due = INT64_C(1795588200000000),
                                   .resolve_due = INT64_C(1795600000000000),
                                   .result = "Đã vá đường.",
                                   .evidence = evidence,
                                   .evidence_count = 2,
                                   .reason_class = "out_of_scope_legal",
                                   .reason = "Đơn khiếu nại.",
                                   .note = "Đội 1 đã nhận."};
static const struct notice bare = {.ticket = "HN-2026-0000123-K",
                                   .category = "unknown-code",
                                   .level = "normal",
                                   .result = "R",
                                   .reason = "R",
                                   .at = INT64_C(1795496531123456)};

static void wording_renders_every_template(void **state)
{
    struct reference reference;
    struct arena arena;
    (void)state;
    sample_reference(&reference);
    arena_init(&arena);
    for (int template = 0; template <TEMPLATE_COUNT; template ++) {
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            for (int variant = 0; variant < 4; variant++) {
                struct wording_context context = {.reference = &reference,
                                                  .template = (enum template_id) template,
                                                  .language = (enum language)language,
                                                  .site = "https://ihanoi.example",
                                                  .name = variant & 1 ? "Lan" : NULL,
                                                  .mail = variant & 2};
                struct wording wording;
                struct error err = {0};
                const struct notice *notice = variant & 1 ? &full : &bare;
                if (!wording_make(&wording, notice, &context, &arena, &err)) {
                    fail_msg("%s.%s: %s", template_words[template], language_words[language],
                             err.text);
                }
                assert_non_null(strstr(wording.subject, full.ticket));
                assert_null(strchr(wording.subject, '\n'));
                assert_null(strstr(wording.body, "{{"));
                assert_null(strstr(wording.body, "\n\n\n"));
                assert_true(wording.body[0] != '\n' && wording.body[0] != '\0');
                assert_int_equal(strstr(wording.body, "https://ihanoi.example") != NULL,
                                 context.mail);
                assert_int_equal(strstr(wording.body, "Lan") != NULL,
                                 context.mail && context.name != NULL);
            }
        }
    }
    arena_finish(&arena);
    arena_finish(&reference.snapshot.arena);
}

static const char *body_of(enum template_id template, enum language language,
                           const struct notice *notice, struct arena *arena)
{
    static struct reference reference;
    struct wording wording;
    struct error err = {0};
    sample_reference(&reference);
    struct wording_context context = {.reference = &reference,
                                      .template = template,
                                      .language = language,
                                      .site = "https://ihanoi.example"};
    assert_true(wording_make(&wording, notice, &context, arena, &err));
    arena_finish(&reference.snapshot.arena);
    return wording.body;
}

static void wording_says_what_was_done(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_string_equal(body_of(TEMPLATE_RESOLVED, LANGUAGE_EN, &full, &arena),
                        "Hoan Kiem Ward resolved your report HN-2026-0000123-K at 12:02 "
                        "24/11/2026.\n\nResult:\nĐã vá đường.\n"
                        "- https://media.ihanoi.example/1.jpg\n"
                        "- https://media.ihanoi.example/2.jpg\n");
    assert_non_null(
        strstr(body_of(TEMPLATE_REJECTED, LANGUAGE_VI, &full, &arena), "Ban Tiếp công dân"));
    assert_null(
        strstr(body_of(TEMPLATE_REJECTED, LANGUAGE_VI, &bare, &arena), "Ban Tiếp công dân"));
    assert_non_null(strstr(body_of(TEMPLATE_ACKNOWLEDGED, LANGUAGE_VI, &full, &arena),
                           "trước 13:30 25/11/2026"));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wording_renders_every_template),
        cmocka_unit_test(wording_says_what_was_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
