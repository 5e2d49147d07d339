/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/input_file.h"
#include "common/sign.h"
#include "common/verb.h"
#include "services/routing/audit_check.h"
#include "services/routing/audit_json.h"
#include "services/routing/store_audit_scan.h"
#include "services/routing/verbs.h"

enum { KEYS_MAX = 16 };

static int usage(void)
{
    fputs("usage: routing audit verify [--from DAY] [--key PUBLIC.pem]… [--checkpoints FILE]\n"
          "       routing audit checkpoint --day DAY\n",
          stderr);
    return 2;
}

/* ---- verify ---- */

struct verify {
    const char *own_key; /* PEM; unless other keys are named */
    const char *key_paths[KEYS_MAX];
    size_t key_path_count;
    const char *kept_path; /* NULL: none */
    bool has_from;
    int64_t from;

    struct arena arena;
    struct audit_scan *scan;
    struct sign_key *keys[KEYS_MAX];
    struct audit_list kept, checkpoints;
    struct audit_ledger ledger;
    uint64_t cases, versions, faults;
};

static bool verify_parse(struct verify *verify, int argc, char **argv)
{
    for (int i = 0; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (value == NULL) {
            return false;
        }
        if (strcmp(argv[i], "--from") == 0 && day_parse(value, &verify->from)) {
            verify->has_from = true;
        } else if (strcmp(argv[i], "--key") == 0 && verify->key_path_count < KEYS_MAX) {
            verify->key_paths[verify->key_path_count++] = value;
        } else if (strcmp(argv[i], "--checkpoints") == 0) {
            verify->kept_path = value;
        } else {
            return false;
        }
    }
    return true;
}

static bool read_keys(struct verify *verify, struct error *err)
{
    const char *pem = verify->own_key;
    size_t size, wanted = verify->key_path_count > 0 ? verify->key_path_count : 1;
    size_t *count = &verify->ledger.key_count;
    verify->ledger.keys = verify->keys;
    while (*count < wanted) {
        if ((verify->key_path_count > 0 &&
             !input_file_read(verify->key_paths[*count], &verify->arena, &pem, &size, err)) ||
            !sign_key_open(&verify->keys[*count], pem, err)) {
            return false;
        }
        ++*count;
    }
    return true;
}

static bool read_kept(struct verify *verify, struct error *err)
{
    const char *text;
    size_t size;
    if (verify->kept_path == NULL) {
        return true;
    }
    if (!input_file_read(verify->kept_path, &verify->arena, &text, &size, err) ||
        !audit_json_read_lines(&verify->kept, text, err)) {
        return false;
    }
    verify->ledger.kept = verify->kept.items;
    verify->ledger.kept_count = verify->kept.count;
    return verify->kept.count > 0 ||
           error_set(err, ERR_INPUT, "bad_file", "%s: no checkpoint in it", verify->kept_path);
}

static void on_fault(const struct audit_fault *fault, void *arg)
{
    struct verify *verify = arg;
    char text[AUDIT_FAULT_SIZE];
    verify->faults++;
    puts(audit_fault_format(fault, text));
}

static void on_case(const struct audit_row *rows, size_t count, void *arg)
{
    struct verify *verify = arg;
    verify->cases++;
    verify->versions += count;
    audit_check_case(rows, count, on_fault, arg);
}

static void on_head(const struct uuid *case_id, int32_t version, int32_t newest, void *arg)
{
    audit_check_head(case_id, version, newest, on_fault, arg);
}

/* Unless a day was named: the first one of which anything is known. */
static bool find_span(struct verify *verify, struct error *err)
{
    struct audit_ledger *ledger = &verify->ledger;
    int64_t first_day;
    bool any;
    if (!audit_scan_first_day(verify->scan, &any, &first_day, err) ||
        !audit_scan_checkpoints(verify->scan, verify->has_from ? verify->from - 1 : -1,
                                &verify->checkpoints, err)) {
        return false;
    }
    ledger->checkpoints = verify->checkpoints.items;
    ledger->checkpoint_count = verify->checkpoints.count;
    ledger->due = audit_day_due(clock_now_us());
    ledger->from = any ? first_day : ledger->due + 1;
    if (ledger->checkpoint_count > 0 && ledger->checkpoints[0].day < ledger->from) {
        ledger->from = ledger->checkpoints[0].day;
    }
    if (verify->has_from && verify->from > ledger->from) {
        ledger->from = verify->from;
    }
    return true;
}

static bool check_days(struct verify *verify, struct error *err)
{
    struct audit_ledger *ledger = &verify->ledger;
    struct audit_day *days;
    if (!audit_scan_days(verify->scan, ledger->from, ledger->due, &verify->arena, &days,
                         &ledger->day_count, err)) {
        return false;
    }
    ledger->days = days;
    audit_check_days(ledger, on_fault, verify);
    return true;
}

static bool check_all(struct verify *verify, const char *conninfo, struct error *err)
{
    verify->scan = audit_scan_open(conninfo, err);
    return verify->scan != NULL && audit_scan_begin(verify->scan, err) && find_span(verify, err) &&
           audit_scan_cases(verify->scan, audit_day_start_us(verify->ledger.from), on_case, verify,
                            err) &&
           audit_scan_heads(verify->scan, on_head, verify, err) && check_days(verify, err);
}

static int tell(const struct verify *verify)
{
    printf("%" PRIu64 " cases, %" PRIu64 " versions, %zu checkpoints", verify->cases,
           verify->versions, verify->checkpoints.count);
    if (verify->kept.count > 0) {
        printf(", %zu kept ones", verify->kept.count);
    }
    if (verify->faults == 0) {
        puts(": good");
        return 0;
    }
    printf(": %" PRIu64 " faults\n", verify->faults);
    return 1;
}

static int verify_history(const struct config *config, int argc, char **argv)
{
    struct verify verify = {.own_key = config_text(config, "AUDIT_SIGNING_KEY"),
                            .kept.arena = &verify.arena,
                            .checkpoints.arena = &verify.arena};
    struct error err = {0};
    if (!verify_parse(&verify, argc, argv)) {
        return usage();
    }
    arena_init(&verify.arena);
    bool checked = read_keys(&verify, &err) && read_kept(&verify, &err) &&
                   check_all(&verify, config_text(config, "DATABASE_URL"), &err);
    int status = checked ? tell(&verify) : verb_show_error(&err);
    audit_scan_close(verify.scan);
    for (size_t i = 0; i < verify.ledger.key_count; i++) {
        sign_key_close(verify.keys[i]);
    }
    arena_finish(&verify.arena);
    return status;
}

/* ---- checkpoint ---- */

/* The day that comes next, after `last` if there is one. */
static bool find_next(struct audit_scan *scan, struct audit_list *list, int64_t *next,
                      struct error *err)
{
    bool any;
    if (!audit_scan_first_day(scan, &any, next, err) ||
        !audit_scan_checkpoints(scan, -1, list, err)) {
        return false;
    }
    if (list->count > 0) {
        *next = list->items[list->count - 1].day + 1;
    }
    return any || list->count > 0 ||
           error_set(err, ERR_UNPROCESSABLE, "no_history", "there is no case yet");
}

static bool check_day(struct audit_scan *scan, int64_t day, int64_t next, struct error *err)
{
    char text[DAY_TEXT_SIZE];
    bool quiet;
    if (day != next) {
        return error_set(err, ERR_UNPROCESSABLE, "another_day", "the next checkpoint is that of %s",
                         day_format(next, text));
    }
    if (day > audit_day_due(clock_now_us())) {
        return error_set(err, ERR_UNPROCESSABLE, "day_not_over",
                         "a day's checkpoint can be made ten minutes after its end");
    }
    return audit_scan_is_quiet(scan, audit_day_start_us(day + 1) + AUDIT_GRACE_US, &quiet, err) &&
           (quiet || error_set(err, ERR_RETRY, "not_quiet",
                               "a transaction that began before the day's end has not ended"));
}

static bool make_checkpoint(struct audit_checkpoint *made, struct audit_scan *scan, int64_t day,
                            const struct sign_key *key, struct arena *arena, struct error *err)
{
    struct audit_list list = {.arena = arena};
    struct audit_day *days;
    size_t count;
    int64_t next;
    bool added;
    if (!find_next(scan, &list, &next, err) || !check_day(scan, day, next, err) ||
        !audit_scan_begin(scan, err) ||
        !audit_scan_days(scan, day, day, arena, &days, &count, err)) {
        return false;
    }
    audit_checkpoint_begin(made, day, list.count > 0 ? &list.items[list.count - 1] : NULL);
    if (count > 0) {
        made->rows = days[0].rows;
        memcpy(made->root, days[0].root, sizeof made->root);
    }
    made->total += made->rows;
    audit_checkpoint_sign(made, key);
    return audit_scan_add(scan, made, &added, err) &&
           (added || error_set(err, ERR_CONFLICT, "made_already",
                               "the service has made the checkpoint meanwhile"));
}

static void print_checkpoint(const struct audit_checkpoint *checkpoint)
{
    struct buffer line;
    buffer_init(&line);
    audit_json_write(&line, checkpoint);
    puts(line.data);
    buffer_finish(&line);
}

static int make_by_hand(const struct config *config, int argc, char **argv)
{
    struct audit_checkpoint made;
    struct sign_key *key = NULL;
    struct audit_scan *scan = NULL;
    struct arena arena;
    struct error err = {0};
    int64_t day;
    if (argc != 2 || strcmp(argv[0], "--day") != 0 || !day_parse(argv[1], &day)) {
        return usage();
    }
    arena_init(&arena);
    bool done = sign_key_open_private(&key, config_text(config, "AUDIT_SIGNING_KEY"), &err) &&
                (scan = audit_scan_open(config_text(config, "DATABASE_URL"), &err)) != NULL &&
                make_checkpoint(&made, scan, day, key, &arena, &err);
    if (done) {
        print_checkpoint(&made);
    }
    audit_scan_close(scan);
    sign_key_close(key);
    arena_finish(&arena);
    return done ? 0 : verb_show_error(&err);
}

int audit_verb(const struct config *config, int argc, char **argv)
{
    if (argc >= 2 && strcmp(argv[1], "verify") == 0) {
        return verify_history(config, argc - 2, argv + 2);
    }
    if (argc >= 2 && strcmp(argv[1], "checkpoint") == 0) {
        return make_by_hand(config, argc - 2, argv + 2);
    }
    return usage();
}
