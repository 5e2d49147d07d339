/* SPDX-License-Identifier: Apache-2.0 */
/* Links, roots and checkpoints against values worked out elsewhere (Python's hashlib, openssl). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "common/clock.h"
#include "services/routing/audit_chain.h"
#include "services/routing/audit_checkpoint.h"

#define PRIVATE                                                                                    \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"                           \
    "-----END PRIVATE KEY-----\n"

static const uint8_t zeros[DIGEST_SIZE];

static struct audit_row opened(void)
{
    struct audit_row row = {.version = 1,
                            .at_us = 1700000000123456,
                            .action = "open",
                            .snapshot = "{\"version\":1}",
                            .snapshot_size = 13,
                            .report = "{\"r\":1}",
                            .report_size = 7};
    for (uint8_t i = 0; i < 16; i++) {
        row.case_id.bytes[i] = i;
        row.event_id.bytes[i] = 16 + i;
    }
    return row;
}

static void assert_digest(const uint8_t digest[DIGEST_SIZE], const char *hex)
{
    char text[DIGEST_HEX_SIZE];
    assert_string_equal(digest_hex(digest, text), hex);
}

static void links_and_roots_are_those_of_the_readme(void **state)
{
    struct audit_row first = opened(), second = opened();
    uint8_t link[2][DIGEST_SIZE], root[DIGEST_SIZE] = {0};
    (void)state;
    second.version = 2;
    second.at_us += 1000000;
    second.action = "accept";
    second.actor = "cuong";
    second.snapshot = "{\"version\":2}";
    second.report = NULL;
    second.report_size = 0;
    audit_link(zeros, &first, link[0]);
    assert_digest(link[0], "c02a5c0466b152e6982dd5cefb673b9a8029f58a3f950b70834c2cb60b8a5fc6");
    audit_link(link[0], &second, link[1]);
    assert_digest(link[1], "43c65753dc6ef61cd8ab29b0890b1cdc6c538e02b22b0cccd55e9382eae8a617");
    audit_root_add(root, &first.case_id, 1, link[0]);
    audit_root_add(root, &first.case_id, 2, link[1]);
    assert_digest(root, "42344a1339fa669e9e264cc9d016595fae4781ea6ca8d83a3752367317b48b40");
}

/* Each part counts, and none can lend a byte to the next. */
static void link_tells_every_part_apart(void **state)
{
    enum { ROWS = 13 };
    struct audit_row rows[ROWS];
    uint8_t links[ROWS + 1][DIGEST_SIZE];
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = opened();
    }
    rows[1].case_id.bytes[15] ^= 1;
    rows[2].version = 2;
    rows[3].event_id.bytes[0] ^= 1;
    rows[4].at_us++;
    rows[5].action = "opem";
    rows[6].actor = "";
    rows[7].actor = "a";
    rows[8].snapshot_size--;
    rows[9].report = NULL;
    rows[9].report_size = 0;
    rows[10].report = "";
    rows[10].report_size = 0;
    rows[11].action = "ope";
    rows[11].actor = "n";
    rows[12].snapshot = "{\"version\":1}{";
    rows[12].snapshot_size++;
    rows[12].report++;
    rows[12].report_size--;
    for (size_t i = 0; i < ROWS; i++) {
        audit_link(zeros, &rows[i], links[i]);
    }
    audit_link(links[0], &rows[0], links[ROWS]);
    for (size_t i = 0; i <= ROWS; i++) {
        for (size_t j = i + 1; j <= ROWS; j++) {
            assert_memory_not_equal(links[i], links[j], DIGEST_SIZE);
        }
    }
}

static int64_t instant(const char *text)
{
    int64_t at_us;
    assert_true(clock_parse(text, strlen(text), &at_us));
    return at_us;
}

static void days_are_those_of_hanoi(void **state)
{
    static const struct {
        const char *at, *day, *due;
    } rows[] = {
        {"2026-11-24T16:59:59.999999Z", "2026-11-24", "2026-11-23"},
        {"2026-11-24T17:00:00Z", "2026-11-25", "2026-11-23"},
        {"2026-11-24T17:09:59.999999Z", "2026-11-25", "2026-11-23"},
        {"2026-11-24T17:10:00Z", "2026-11-25", "2026-11-24"},
        {"1970-01-01T00:00:00Z", "1970-01-01", "1969-12-31"},
    };
    char text[DAY_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t day = audit_day(instant(rows[i].at));
        assert_string_equal(day_format(day, text), rows[i].day);
        assert_true(audit_day_start_us(day) <= instant(rows[i].at));
        assert_true(audit_day_start_us(day + 1) > instant(rows[i].at));
        assert_string_equal(day_format(audit_day_due(instant(rows[i].at)), text), rows[i].due);
    }
    assert_int_equal(audit_day(-7 * 3600 * INT64_C(1000000) - 1), -1);
}

static void checkpoint_is_signed_line_by_line(void **state)
{
    struct sign_key *key;
    struct error err = {0};
    struct audit_checkpoint first, second, changed;
    char statement[AUDIT_STATEMENT_SIZE];
    uint8_t digest[DIGEST_SIZE];
    (void)state;
    assert_true(sign_key_open(&key, PRIVATE, &err));
    audit_checkpoint_begin(&first, 20416, NULL);
    first.rows = first.total = 3;
    audit_checkpoint_sign(&first, key);
    size_t size = audit_statement(&first, statement);
    assert_int_equal(size, strlen(statement));
    assert_string_equal(
        statement, "ihanoi audit checkpoint 1\nday 2025-11-24\nrows 3\ntotal 3\n"
                   "root 0000000000000000000000000000000000000000000000000000000000000000\n"
                   "previous 0000000000000000000000000000000000000000000000000000000000000000\n"
                   "key 39f713d0a644253f\n");
    audit_checkpoint_begin(&second, 20417, &first);
    audit_checkpoint_digest(&first, digest);
    assert_memory_equal(second.previous, digest, DIGEST_SIZE);
    assert_int_equal(second.total, 3);
    audit_checkpoint_sign(&second, key);
    assert_true(audit_checkpoint_is_signed(&first, key));
    assert_true(audit_checkpoint_is_signed(&second, key));

    changed = second;
    memcpy(changed.signature, first.signature, SIGN_SIZE);
    assert_false(audit_checkpoint_is_signed(&changed, key));
    changed = second;
    changed.rows++;
    assert_false(audit_checkpoint_is_signed(&changed, key));
    sign_key_close(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_and_roots_are_those_of_the_readme),
        cmocka_unit_test(link_tells_every_part_apart),
        cmocka_unit_test(days_are_those_of_hanoi),
        cmocka_unit_test(checkpoint_is_signed_line_by_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
