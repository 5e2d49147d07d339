/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds: who may file them, and what a report must and must not have; tax codes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "services/intake/kind.h"
#include "services/intake/report.h"
#include "services/intake/tax_code.h"

static const char *const moods[] = {"good", "bad", NULL};
static const struct kind everything = {
    .code = "booking",
    .by = "citizen hotline_operator",
    .details = {{"slot", DETAIL_SLOT, true, 36, NULL},
                {"day", DETAIL_DATE, false, 32, NULL},
                {"at", DETAIL_INSTANT, false, 32, NULL},
                {"mood", DETAIL_WORD, false, 32, moods},
                {"by", DETAIL_DEADLINE, false, 32, NULL},
                {"consent", DETAIL_CONSENT, false, 32, NULL},
                {"matter", DETAIL_TEXT, false, 500, NULL}},
    .detail_count = 7,
    .source = "assumption",
};
#define SLOT "01a20bee-d4b3-7c38-8010-0f98910ae571"

static struct report report_with(const char *code, const char *text)
{
    struct report report = {.has_point = true, .details = {{"slot", SLOT}}, .detail_count = 1};
    if (code != NULL) {
        size_t at = strcmp(code, "slot") == 0 ? 0 : report.detail_count++;
        report.details[at] = (struct detail){code, text};
    }
    return report;
}

static void details_have_the_form_of_their_type(void **state)
{
    static const struct {
        const char *code, *text, *fault;
    } rows[] = {
        {"slot", "not an id", "bad_uuid"},
        {"slot", "01A20BEE-D4B3-7C38-8010-0F98910AE571", "bad_uuid"},
        {"day", "2026-02-28", NULL},
        {"day", "2026-02-29", "bad_date"},
        {"day", "2026-2-28", "bad_date"},
        {"day", "28/02/2026", "bad_date"},
        {"by", "2026-12-25", NULL},
        {"by", "soon", "bad_date"},
        {"at", "2026-02-28T08:00:00+07:00", NULL},
        {"at", "2026-02-28", "bad_instant"},
        {"mood", "bad", NULL},
        {"mood", "ugly", "not_allowed"},
        {"consent", "none", NULL},
        {"consent", "yes", "not_allowed"},
        {"matter", "Đất đai", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct report report = report_with(rows[i].code, rows[i].text);
        struct error err = {0};
        bool good = kind_check(&everything, &report, &err);
        if (rows[i].fault == NULL && !good && strcmp(rows[i].code, "consent") != 0) {
            fail_msg("%s %s: %s", rows[i].code, rows[i].text, err.fields[0].code);
        }
        if (rows[i].fault != NULL) {
            assert_false(good);
            assert_string_equal(err.fields[0].code, rows[i].fault);
            assert_true(strncmp(err.fields[0].field, "details.", 8) == 0);
            assert_string_equal(err.fields[0].field + 8, rows[i].code);
        }
    }
}

static void what_a_kind_cannot_do_without_is_missed(void **state)
{
    struct kind kind = everything;
    struct report report = {.anonymous = true};
    struct error err = {0};
    (void)state;
    kind.location = true;
    assert_false(kind_check(&kind, &report, &err));
    assert_int_equal(err.field_count, 3);
    assert_string_equal(err.fields[0].field, "location");
    assert_string_equal(err.fields[1].field, "anonymous");
    assert_string_equal(err.fields[2].field, "details.slot");
    assert_string_equal(err.fields[2].code, "required");
    report = report_with(NULL, NULL);
    report.has_point = false;
    report.address_id = "HN-1";
    report.anonymous = kind.anonymous = true;
    err = (struct error){0};
    assert_true(kind_check(&kind, &report, &err));
    assert_true(kind_needs_details(&kind) && kind_is_for_others(&kind));
}

static void nobody_is_named_without_consent(void **state)
{
    static const struct {
        const char *consent, *phone, *fault;
    } rows[] = {{"none", NULL, NULL},
                {"none", "0912345678", "no_consent"},
                {"verbal", "0912345678", NULL},
                {"written", NULL, "required"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct report report = report_with("consent", rows[i].consent);
        struct error err = {0};
        report.contact.phone = rows[i].phone;
        assert_int_equal(kind_check(&everything, &report, &err), rows[i].fault == NULL);
        if (rows[i].fault != NULL) {
            assert_string_equal(err.fields[0].field, "contact");
            assert_string_equal(err.fields[0].code, rows[i].fault);
        }
    }
}

static void who_may_file_is_the_kinds_to_say(void **state)
{
    struct principal person = {.kind = PRINCIPAL_PERSON, .id = "a"};
    struct principal clerk = {
        .kind = PRINCIPAL_PERSON, .id = "b", .grants = {"hotline_operator"}, .grant_count = 1};
    struct principal system = {.kind = PRINCIPAL_SYSTEM, .id = "c"};
    struct kind kind = {.by = "citizen hotline_operator"};
    (void)state;
    assert_true(kind_may_be_filed(&kind, &person));
    assert_false(kind_may_be_filed(&kind, &system) || kind_may_be_filed(&kind, NULL));
    kind.by = "hotline_operator";
    assert_false(kind_may_be_filed(&kind, &person));
    assert_true(kind_may_be_filed(&kind, &clerk));
    kind.by = "system";
    assert_true(kind_may_be_filed(&kind, &system) && kind_may_be_filed(&kind, NULL));
    assert_false(kind_may_be_filed(&kind, &clerk));
    kind.by = "subsystem systems";
    assert_false(kind_may_be_filed(&kind, NULL));
    kind.by = NULL;
    assert_false(kind_may_be_filed(&kind, &person) || kind_may_be_filed(&kind, NULL));
}

/* Of businesses that everybody knows, and what a slip of the finger makes of them. */
static void a_tax_code_checks_itself(void **state)
{
    static const char *const good[] = {"0100109106", "0100686174", "0100109106-001"};
    static const char *const bad[] = {"",
                                      "0100109107",
                                      "1000109106",
                                      "010010910",
                                      "01001091060",
                                      "0100109106-000",
                                      "0100109106-01",
                                      "0100109106001",
                                      "0100109106-0011",
                                      "O100109106"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(tax_code_is_valid(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(tax_code_is_valid(bad[i]));
    }
    for (char digit = '0'; digit <= '9'; digit++) { /* each wrong digit is found */
        for (size_t place = 0; place < 10; place++) {
            char code[] = "0100109106";
            if (code[place] != digit) {
                code[place] = digit;
                assert_false(tax_code_is_valid(code));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(details_have_the_form_of_their_type),
        cmocka_unit_test(what_a_kind_cannot_do_without_is_missed),
        cmocka_unit_test(nobody_is_named_without_consent),
        cmocka_unit_test(who_may_file_is_the_kinds_to_say),
        cmocka_unit_test(a_tax_code_checks_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
