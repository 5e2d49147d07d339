/* SPDX-License-Identifier: Apache-2.0 */
/* Histories are made with libpq's own functions, without a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/migrate.c"

static const struct migration migrations[] = {
    {.number = 1, .subject = "cases", .sql = "CREATE TABLE a ();"},
    {.number = 2, .subject = "units", .sql = "CREATE TABLE b ();"},
    {.number = 4, .subject = "rules", .sql = "CREATE TABLE c ();"},
    {.number = 0},
};
static const struct migration_set set = {"routing", migrations, 3};

static void put(PGresult *rows, int row, int column, const char *text)
{
    assert_int_equal(PQsetvalue(rows, row, column, (char *)(uintptr_t)text, (int)strlen(text)), 1);
}

/* numbers end with 0; a number that the set knows gets the right hash. */
static PGresult *history(const int *numbers)
{
    char names[][8] = {"number", "subject", "sha256"};
    PGresAttDesc columns[3] = {0};
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

    for (int i = 0; i < 3; i++) {
        columns[i].name = names[i];
    }
    assert_int_equal(PQsetResultAttrs(rows, 3, columns), 1);
    for (int row = 0; numbers[row] != 0; row++) {
        char number[16], sha256[DIGEST_HEX_SIZE] = "of another program";
        snprintf(number, sizeof number, "%d", numbers[row]);
        for (size_t i = 0; i < set.count; i++) {
            if (migrations[i].number == numbers[row]) {
                hash(&migrations[i], sha256);
            }
        }
        put(rows, row, 0, number);
        put(rows, row, 1, "subject");
        put(rows, row, 2, sha256);
    }
    return rows;
}

static void history_must_begin_as_the_set_does(void **state)
{
    (void)state;
    static const struct {
        int numbers[6];
        const char *code; /* "" for none */
    } rows[] = {
        {{0}, ""},
        {{1, 0}, ""},
        {{1, 2, 4, 0}, ""},
        {{1, 2, 4, 5, 0}, ""}, /* of a newer program */
        {{2, 0}, "migration_skipped"},
        {{1, 4, 0}, "migration_skipped"},
        {{1, 5, 0}, "migration_skipped"},
        {{1, 2, 3, 0}, "migration_unknown"},
        {{1, 2, 3, 4, 0}, "migration_unknown"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        PGresult *result = history(rows[i].numbers);
        assert_int_equal(history_fits(&set, result, &err), *rows[i].code == '\0');
        assert_string_equal(err.code, rows[i].code);
        PQclear(result);
    }
}

static void changed_text_is_refused(void **state)
{
    (void)state;
    struct error err = {0};
    PGresult *rows = history((const int[]){1, 2, 0});
    put(rows, 1, 2, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_false(history_fits(&set, rows, &err));
    assert_string_equal(err.code, "migration_changed");
    assert_string_equal(err.text, "routing 0002_units was applied with another text: undo the "
                                  "change and add a new migration");
    PQclear(rows);
}

static void hash_is_sha256_in_hex(void **state)
{
    (void)state;
    char text[DIGEST_HEX_SIZE];
    hash(&(struct migration){.number = 1, .sql = "abc"}, text);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* The server counts characters, not bytes. */
static void line_is_found_from_a_position(void **state)
{
    (void)state;
    static const struct {
        long position;
        int line;
    } rows[] = {{1, 1}, {9, 1}, {10, 2}, {13, 3}, {14, 3}, {99, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(line_at("-- Hà Nộ\nab\ncd", rows[i].position), rows[i].line);
    }
}

static void server_that_is_away_is_waited_for(void **state)
{
    (void)state;
    const struct migration_set *sets[] = {&set};
    struct error err = {0};
    assert_false(migrate_check("host=/nowhere dbname=none", sets, 1, &err));
    assert_int_equal(err.kind, ERR_RETRY);
    assert_string_equal(err.code, "database_unavailable");
    assert_null(strchr(err.text, '\n'));
    err = (struct error){0};
    assert_false(migrate_run("host=/nowhere dbname=none", sets, 1, &err));
    assert_string_equal(err.code, "database_unavailable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_must_begin_as_the_set_does),
        cmocka_unit_test(changed_text_is_refused),
        cmocka_unit_test(hash_is_sha256_in_hex),
        cmocka_unit_test(line_is_found_from_a_position),
        cmocka_unit_test(server_that_is_away_is_waited_for),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
