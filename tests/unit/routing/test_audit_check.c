/* SPDX-License-Identifier: Apache-2.0 */
/* Each kind of damage is planted and must be told; so must random ones. SEED repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/routing/audit_check.h"

#define PRIVATE                                                                                    \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"                           \
    "-----END PRIVATE KEY-----\n"
#define OTHER                                                                                      \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MC4CAQAwBQYDK2VwBCIEIOVnyJJyT62Rr56QvLJhy3KIsSbsc/jEE5S4D0RoxtwL\n"                           \
    "-----END PRIVATE KEY-----\n"

enum { ROWS = 6, ROWS_MAX = 40, DAYS = 5, TOLD_MAX = 64, FIRST_DAY = 20416 };

static uint64_t random_state;

static size_t random_below(size_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(random_state >> 33) % limit;
}

struct told {
    size_t count;
    char texts[TOLD_MAX][AUDIT_FAULT_SIZE];
};

static void on_fault(const struct audit_fault *fault, void *arg)
{
    struct told *told = arg;
    assert_true(told->count < TOLD_MAX);
    audit_fault_format(fault, told->texts[told->count++]);
}

/* texts: what must be told, all of it, in that order; ended by NULL. */
static void assert_told(const struct told *told, const char *const *texts)
{
    size_t i = 0;
    for (; texts[i] != NULL; i++) {
        assert_true(i < told->count);
        assert_string_equal(told->texts[i], texts[i]);
    }
    if (i < told->count) {
        fail_msg("also told: %s", told->texts[i]);
    }
}

/* ---- cases ---- */

#define CASE "case 00000000-0000-0000-0000-000000000000: "

static const char *const snapshots[] = {"{\"state\":\"received\"}", "{\"state\":\"accepted\"}",
                                        "{\"state\":\"assigned\"}"};

/* A history of `count` rows, as it is written. */
static void write_history(struct audit_row *rows, size_t count)
{
    uint8_t previous[DIGEST_SIZE] = {0};
    for (size_t i = 0; i < count; i++) {
        const char *snapshot = snapshots[i % 3];
        rows[i] = (struct audit_row){.version = (int32_t)i + 1,
                                     .at_us = 1764000000000000 + (int64_t)i,
                                     .action = i == 0 ? "open" : "remind",
                                     .snapshot = snapshot,
                                     .snapshot_size = strlen(snapshot)};
        rows[i].event_id.bytes[0] = (uint8_t)i;
        audit_link(previous, &rows[i], rows[i].hash);
        memcpy(previous, rows[i].hash, DIGEST_SIZE);
    }
}

static struct told check(const struct audit_row *rows, size_t count)
{
    struct told told = {0};
    audit_check_case(rows, count, on_fault, &told);
    return told;
}

static void take_out(struct audit_row *rows, size_t *count, size_t at)
{
    memmove(&rows[at], &rows[at + 1], (*count - at - 1) * sizeof *rows);
    --*count;
}

/* Two rows change places, their versions with them. */
static void swap(struct audit_row *rows, size_t a, size_t b)
{
    struct audit_row kept = rows[a];
    int32_t version = rows[b].version;
    rows[a] = rows[b];
    rows[a].version = kept.version;
    rows[b] = kept;
    rows[b].version = version;
}

static void good_history_is_good(void **state)
{
    struct audit_row rows[ROWS_MAX];
    (void)state;
    for (size_t count = 1; count <= ROWS_MAX; count++) {
        write_history(rows, count);
        struct told told = check(rows, count);
        assert_told(&told, (const char *const[]){NULL});
    }
}

static void edit_is_told_of_its_row_alone(void **state)
{
    struct audit_row rows[ROWS];
    (void)state;
    for (int part = 0; part < 6; part++) {
        write_history(rows, ROWS);
        switch (part) {
        case 0:
            rows[2].snapshot = "{\"state\":\"assignee\"}";
            break;
        case 1:
            rows[2].actor = "somebody";
            break;
        case 2:
            rows[2].at_us--;
            break;
        case 3:
            rows[2].action = "reject";
            break;
        case 4:
            rows[2].report = "";
            break;
        default:
            rows[2].event_id.bytes[3] = 1;
            break;
        }
        struct told told = check(rows, ROWS);
        assert_told(
            &told,
            (const char *const[]){
                CASE "version 3 was edited, or the one before it together with its hash", NULL});
    }
}

static void edit_of_the_first_row_is_told(void **state)
{
    struct audit_row rows[ROWS];
    (void)state;
    write_history(rows, ROWS);
    rows[0].report = "{}";
    rows[0].report_size = 2;
    struct told told = check(rows, ROWS);
    assert_told(&told, (const char *const[]){CASE "version 1 was edited", NULL});
}

static void edit_with_a_new_hash_shows_in_the_next_row(void **state)
{
    struct audit_row rows[ROWS];
    (void)state;
    write_history(rows, ROWS);
    rows[2].actor = "somebody";
    audit_link(rows[1].hash, &rows[2], rows[2].hash);
    struct told told = check(rows, ROWS);
    assert_told(
        &told, (const char *const[]){
                   CASE "version 4 was edited, or the one before it together with its hash", NULL});
}

static void deletion_is_told_by_its_versions(void **state)
{
    struct audit_row rows[ROWS];
    size_t count = ROWS;
    (void)state;
    write_history(rows, ROWS);
    take_out(rows, &count, 4);
    take_out(rows, &count, 1);
    take_out(rows, &count, 1);
    struct told told = check(rows, count);
    assert_told(&told, (const char *const[]){CASE "versions 2 to 3 were deleted",
                                             CASE "versions 5 to 5 were deleted", NULL});
    write_history(rows, ROWS);
    count = ROWS;
    take_out(rows, &count, 0);
    told = check(rows, count);
    assert_told(&told, (const char *const[]){CASE "versions 1 to 1 were deleted", NULL});
}

static void swapped_rows_are_told_and_no_others(void **state)
{
    struct audit_row rows[ROWS];
    (void)state;
    write_history(rows, ROWS);
    swap(rows, 1, 2);
    struct told told = check(rows, ROWS);
    assert_told(&told,
                (const char *const[]){CASE "reordered, version 2 was written as version 3",
                                      CASE "reordered, version 3 was written as version 2", NULL});
    write_history(rows, ROWS);
    swap(rows, 0, 5);
    told = check(rows, ROWS);
    assert_told(&told,
                (const char *const[]){CASE "reordered, version 1 was written as version 6",
                                      CASE "reordered, version 6 was written as version 1", NULL});
}

/* A row is taken out and the later ones count down, so that there is no gap. */
static void closed_gap_is_told(void **state)
{
    struct audit_row rows[ROWS];
    size_t count = ROWS;
    (void)state;
    write_history(rows, ROWS);
    take_out(rows, &count, 2);
    for (size_t i = 2; i < count; i++) {
        rows[i].version--;
    }
    struct told told = check(rows, count);
    assert_told(&told, (const char *const[]){
                           CASE "version 3 was edited, or the one before it together with its hash",
                           CASE "reordered, version 4 was written as version 5",
                           CASE "reordered, version 5 was written as version 6", NULL});
}

static void swapped_hashes_are_told(void **state)
{
    struct audit_row rows[ROWS];
    uint8_t kept[DIGEST_SIZE];
    (void)state;
    write_history(rows, ROWS);
    memcpy(kept, rows[1].hash, DIGEST_SIZE);
    memcpy(rows[1].hash, rows[2].hash, DIGEST_SIZE);
    memcpy(rows[2].hash, kept, DIGEST_SIZE);
    struct told told = check(rows, ROWS);
    assert_told(&told, (const char *const[]){
                           CASE "version 2 was edited, or the one before it together with its hash",
                           CASE "version 3 was edited, or the one before it together with its hash",
                           NULL});
}

static void head_tells_what_the_chain_cannot(void **state)
{
    static const struct uuid id;
    struct told told = {0};
    (void)state;
    audit_check_head(&id, 4, 4, on_fault, &told);
    audit_check_head(&id, 5, 3, on_fault, &told);
    audit_check_head(&id, 5, 0, on_fault, &told);
    audit_check_head(&id, 3, 5, on_fault, &told);
    audit_check_head(&id, 0, 5, on_fault, &told);
    assert_told(&told,
                (const char *const[]){CASE "truncated, versions 4 to 5 are missing",
                                      CASE "truncated, versions 1 to 5 are missing",
                                      CASE "it is at version 3, its history goes on to version 5",
                                      CASE "deleted, its history goes on to version 5", NULL});
}

/* Whatever is done to a history of any length, short of its tail, shows. */
static void no_damage_is_overlooked(void **state)
{
    struct audit_row rows[ROWS_MAX + 1];
    (void)state;
    for (int round = 0; round < 2000; round++) {
        size_t count = 3 + random_below(ROWS_MAX - 2), a = random_below(count - 1);
        size_t b = a + 1 + random_below(count - a - 1);
        write_history(rows, count);
        switch (random_below(4)) {
        case 0:
            rows[a].at_us += (int64_t)random_below(1000) + 1;
            break;
        case 1:
            rows[a].hash[random_below(DIGEST_SIZE)] ^= (uint8_t)(1 << random_below(8));
            break;
        case 2:
            take_out(rows, &count, a);
            break;
        default:
            swap(rows, a, b);
            break;
        }
        assert_true(check(rows, count).count > 0);
    }
}

/* ---- days ---- */

struct book {
    struct sign_key *key, *other;
    struct audit_checkpoint checkpoints[DAYS];
    struct audit_day days[DAYS];
    struct audit_ledger ledger;
};

static void add_rows(struct audit_day *day, int count)
{
    static const struct uuid id;
    for (int i = 0; i < count; i++) {
        audit_root_add(day->root, &id, (int32_t)++day->rows, day->root);
    }
}

static void sign_all(struct book *book, const struct sign_key *key)
{
    for (size_t i = 0; i < DAYS; i++) {
        struct audit_checkpoint *checkpoint = &book->checkpoints[i];
        audit_checkpoint_begin(checkpoint, FIRST_DAY + (int64_t)i, i > 0 ? checkpoint - 1 : NULL);
        checkpoint->rows = book->days[i].rows;
        checkpoint->total += checkpoint->rows;
        memcpy(checkpoint->root, book->days[i].root, DIGEST_SIZE);
        audit_checkpoint_sign(checkpoint, key);
    }
}

/* Five days with 3, 2, 1, 0 and 4 rows. */
static void fill_book(struct book *book)
{
    static const int rows[DAYS] = {3, 2, 1, 0, 4};
    struct error err = {0};
    memset(book, 0, sizeof *book);
    assert_true(sign_key_open(&book->key, PRIVATE, &err));
    assert_true(sign_key_open(&book->other, OTHER, &err));
    for (size_t i = 0; i < DAYS; i++) {
        book->days[i].day = FIRST_DAY + (int64_t)i;
        add_rows(&book->days[i], rows[i]);
    }
    sign_all(book, book->key);
    book->ledger = (struct audit_ledger){.from = FIRST_DAY,
                                         .due = FIRST_DAY + DAYS - 1,
                                         .checkpoints = book->checkpoints,
                                         .checkpoint_count = DAYS,
                                         .days = book->days,
                                         .day_count = DAYS,
                                         .keys = &book->key,
                                         .key_count = 1};
}

static void close_book(struct book *book)
{
    sign_key_close(book->key);
    sign_key_close(book->other);
}

typedef void damage(struct book *book);

static void do_nothing(struct book *book)
{
    (void)book;
}

static void lose_a_row(struct book *book)
{
    memset(&book->days[1].root, 0, DIGEST_SIZE);
    book->days[1].rows = 0;
    add_rows(&book->days[1], 1);
}

static void lose_a_day_of_rows(struct book *book)
{
    memmove(&book->days[1], &book->days[2], 3 * sizeof book->days[0]);
    book->ledger.day_count--;
}

static void add_a_row(struct book *book)
{
    add_rows(&book->days[3], 1);
}

static void replace_rows(struct book *book)
{
    book->days[4].root[0] ^= 1;
}

static void edit_a_checkpoint(struct book *book)
{
    book->checkpoints[2].rows = book->days[2].rows = 7;
    book->checkpoints[2].total += 6;
}

static void sign_anew_with_another_key(struct book *book)
{
    sign_all(book, book->other);
}

/* By somebody who has the key, but not the checkpoints kept elsewhere. */
static void sign_one_anew(struct book *book)
{
    add_rows(&book->days[1], 1);
    memcpy(book->checkpoints[1].root, book->days[1].root, DIGEST_SIZE);
    book->checkpoints[1].rows++;
    book->checkpoints[1].total++;
    audit_checkpoint_sign(&book->checkpoints[1], book->key);
}

static void lose_checkpoints(struct book *book)
{
    memmove(&book->checkpoints[1], &book->checkpoints[3], 2 * sizeof book->checkpoints[0]);
    book->ledger.checkpoint_count = 3;
}

static void lose_the_first_checkpoint(struct book *book)
{
    book->ledger.checkpoints++;
    book->ledger.checkpoint_count--;
}

static void lose_the_last_checkpoints(struct book *book)
{
    book->ledger.checkpoint_count = 3;
}

static void lose_all(struct book *book)
{
    book->ledger.checkpoint_count = 0;
}

static void look_from_the_third_day(struct book *book)
{
    book->ledger.from += 2;
    book->ledger.checkpoints++;
    book->ledger.checkpoint_count--;
    book->ledger.days += 2;
    book->ledger.day_count -= 2;
}

static void look_from_a_day_without_its_forerunner(struct book *book)
{
    look_from_the_third_day(book);
    book->ledger.checkpoints++;
    book->ledger.checkpoint_count--;
}

static const char not_signed[] =
    "day 2025-11-24: the checkpoint is not signed by a key that was given";

static const struct {
    damage *plant;
    const char *told[6];
} day_rows[] = {
    {do_nothing, {NULL}},
    {look_from_the_third_day, {NULL}},
    {lose_a_row,
     {"day 2025-11-25: rows were deleted or moved to another day: 2 were signed, 1 are there"}},
    {lose_a_day_of_rows,
     {"day 2025-11-25: rows were deleted or moved to another day: 2 were signed, 0 are there"}},
    {add_a_row,
     {"day 2025-11-27: rows were added or moved here from another day: 0 were signed, 1 are "
      "there"}},
    {replace_rows,
     {"day 2025-11-28: rows were replaced together with their hashes, or renumbered: 4 were "
      "signed, 4 are there"}},
    {edit_a_checkpoint,
     {"day 2025-11-26: the checkpoint is not signed by a key that was given",
      "day 2025-11-27: the checkpoint does not go on from the one before it"}},
    {sign_anew_with_another_key,
     {not_signed, "day 2025-11-25: the checkpoint is not signed by a key that was given",
      "day 2025-11-26: the checkpoint is not signed by a key that was given",
      "day 2025-11-27: the checkpoint is not signed by a key that was given",
      "day 2025-11-28: the checkpoint is not signed by a key that was given"}},
    {sign_one_anew, {"day 2025-11-26: the checkpoint does not go on from the one before it"}},
    {lose_checkpoints, {"days 2025-11-25 to 2025-11-26: no checkpoint"}},
    {lose_the_first_checkpoint, {"days 2025-11-24 to 2025-11-24: no checkpoint"}},
    {lose_the_last_checkpoints, {"days 2025-11-27 to 2025-11-28: no checkpoint"}},
    {lose_all, {"days 2025-11-24 to 2025-11-28: no checkpoint"}},
    {look_from_a_day_without_its_forerunner,
     {"day 2025-11-26: the checkpoint does not go on from the one before it"}},
};

static void damage_of_days_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof day_rows / sizeof day_rows[0]; i++) {
        struct book book;
        struct told told = {0};
        fill_book(&book);
        day_rows[i].plant(&book);
        audit_check_days(&book.ledger, on_fault, &told);
        assert_told(&told, day_rows[i].told);
        close_book(&book);
    }
}

static void another_key_may_have_signed_before(void **state)
{
    struct book book;
    struct told told = {0};
    (void)state;
    fill_book(&book);
    struct sign_key *keys[] = {book.key, book.other};
    sign_all(&book, book.other);
    book.ledger.keys = keys;
    book.ledger.key_count = 2;
    audit_check_days(&book.ledger, on_fault, &told);
    assert_told(&told, (const char *const[]){NULL});
    close_book(&book);
}

/* All of it written anew by somebody who has the key: only what is kept elsewhere tells. */
static void kept_checkpoints_tell_of_a_history_written_anew(void **state)
{
    struct book book;
    struct told told = {0};
    struct audit_checkpoint kept[DAYS];
    (void)state;
    fill_book(&book);
    memcpy(kept, book.checkpoints, sizeof kept);
    book.ledger.kept = kept;
    book.ledger.kept_count = DAYS;
    audit_check_days(&book.ledger, on_fault, &told);
    assert_told(&told, (const char *const[]){NULL});

    add_rows(&book.days[3], 1);
    sign_all(&book, book.key);
    book.ledger.checkpoint_count--;
    book.ledger.due--;
    kept[0].total++;
    audit_check_days(&book.ledger, on_fault, &told);
    assert_told(&told,
                (const char *const[]){
                    "day 2025-11-24: the checkpoint that was kept is not signed by a key "
                    "that was given",
                    "day 2025-11-27: the checkpoint is not the one that was kept",
                    "day 2025-11-28: the checkpoint that was kept is not in the database", NULL});
    close_book(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_history_is_good),
        cmocka_unit_test(edit_is_told_of_its_row_alone),
        cmocka_unit_test(edit_of_the_first_row_is_told),
        cmocka_unit_test(edit_with_a_new_hash_shows_in_the_next_row),
        cmocka_unit_test(deletion_is_told_by_its_versions),
        cmocka_unit_test(swapped_rows_are_told_and_no_others),
        cmocka_unit_test(closed_gap_is_told),
        cmocka_unit_test(swapped_hashes_are_told),
        cmocka_unit_test(head_tells_what_the_chain_cannot),
        cmocka_unit_test(no_damage_is_overlooked),
        cmocka_unit_test(damage_of_days_is_told),
        cmocka_unit_test(another_key_may_have_signed_before),
        cmocka_unit_test(kept_checkpoints_tell_of_a_history_written_anew),
    };
    const char *seed = getenv("SEED");
    random_state = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)random_state);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
