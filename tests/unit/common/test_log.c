/* SPDX-License-Identifier: Apache-2.0 */
/* Lines are caught in a file that stands in for standard output; cmocka prints after each test,
 * when the real one is back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.c"

static FILE *caught;
static int real_stdout;

static int catch_start(void **state)
{
    (void)state;
    memset(logger.limits, 0, sizeof logger.limits);
    logger.next_report_us = 0;
    logger.unwritten = 0;
    log_open("intake", "intake-0", LOG_INFO);
    fflush(stdout);
    real_stdout = dup(STDOUT_FILENO);
    caught = tmpfile();
    dup2(fileno(caught), STDOUT_FILENO);
    return 0;
}

/* In the test and, for a test that failed half-way, once more after it. */
static void release(void)
{
    fflush(stdout);
    if (real_stdout >= 0) {
        dup2(real_stdout, STDOUT_FILENO);
        close(real_stdout);
        real_stdout = -1;
    }
}

static int catch_end(void **state)
{
    (void)state;
    release();
    fclose(caught);
    buffer_finish(&logger.line);
    buffer_finish(&logger.text);
    return 0;
}

/* What was written since the last call, as an array of objects; each line must be JSON. */
static json_t *take_lines(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size;
    json_t *lines = json_array();

    fflush(stdout);
    rewind(caught);
    while ((size = getline(&line, &capacity, caught)) > 0) {
        assert_int_equal(line[size - 1], '\n');
        json_array_append_new(lines, json_loadb(line, (size_t)size - 1, 0, NULL));
    }
    free(line);
    assert_int_equal(ftruncate(fileno(caught), 0), 0);
    lseek(STDOUT_FILENO, 0, SEEK_SET);
    return lines;
}

static const char *member(const json_t *lines, size_t index, const char *name)
{
    const char *text = json_string_value(json_object_get(json_array_get(lines, index), name));
    return text == NULL ? "(none)" : text;
}

static void line_has_its_members_in_order(void **state)
{
    (void)state;
    char line[512];
    log_info("case_assigned", log_text("case", "c-1"), log_int("version", -3),
             log_real("hours", 1.5), log_text("left_out", NULL));
    fflush(stdout);
    rewind(caught);
    assert_non_null(fgets(line, sizeof line, caught));
    release();

    char *after_time = strchr(line, 'Z');
    assert_non_null(after_time);
    assert_memory_equal(line, "{\"ts\":\"20", 9);
    assert_string_equal(after_time,
                        "Z\",\"level\":\"info\",\"service\":\"intake\",\"instance\":\"intake-0\","
                        "\"event\":\"case_assigned\",\"case\":\"c-1\",\"version\":-3,"
                        "\"hours\":1.5}\n");
}

static void lines_below_the_lowest_level_are_left_out(void **state)
{
    (void)state;
    log_debug("unseen");
    log_info("seen");
    log_open("intake", "intake-0", LOG_ERROR);
    log_warn("unseen");
    log_error("seen");
    json_t *lines = take_lines();
    release();
    assert_int_equal(json_array_size(lines), 2);
    assert_string_equal(member(lines, 0, "event"), "seen");
    assert_string_equal(member(lines, 1, "level"), "error");
    json_decref(lines);
}

static void texts_of_any_kind_stay_json(void **state)
{
    (void)state;
    static const struct {
        const char *text, *read;
    } rows[] = {
        {"say \"xin chào\" \\ \n\t\x01", "say \"xin chào\" \\ \n\t\x01"},
        {"Hà Nội 🏙", "Hà Nội 🏙"},
        {"bad \xff byte", "bad \xef\xbf\xbd byte"},
        {"cut \xe1\xba", "cut \xef\xbf\xbd\xef\xbf\xbd"},
        {"overlong \xc0\xaf", "overlong \xef\xbf\xbd\xef\xbf\xbd"},
        {"surrogate \xed\xa0\x80", "surrogate \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"too high \xf4\x90\x80\x80", "too high \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        {"", ""},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    for (size_t i = 0; i < ROWS; i++) {
        log_info("text", log_text("text", rows[i].text));
    }
    log_info("number", log_real("ratio", NAN), log_real("more", INFINITY));
    json_t *lines = take_lines();
    release();
    assert_int_equal(json_array_size(lines), ROWS + 1);
    for (size_t i = 0; i < ROWS; i++) {
        assert_string_equal(member(lines, i, "text"), rows[i].read);
    }
    assert_true(json_is_null(json_object_get(json_array_get(lines, ROWS), "ratio")));
    json_decref(lines);
}

static void error_is_written_as_code_kind_and_detail(void **state)
{
    (void)state;
    struct error err = {0};
    error_set(&err, ERR_RETRY, "database_unavailable", "the server is away");
    log_warn_error("store_failed", &err, log_text("table", "cases"));
    json_t *lines = take_lines();
    release();
    assert_string_equal(member(lines, 0, "error"), "database_unavailable");
    assert_string_equal(member(lines, 0, "kind"), "retry");
    assert_string_equal(member(lines, 0, "detail"), "the server is away");
    assert_string_equal(member(lines, 0, "table"), "cases");
    json_decref(lines);
}

/* As if ten seconds had passed. */
static void end_windows(void)
{
    for (size_t i = 0; i < LIMIT_EVENTS; i++) {
        if (logger.limits[i].event != NULL) {
            logger.limits[i].window_end_us = 1;
        }
    }
    if (logger.next_report_us != 0) {
        logger.next_report_us = 1;
    }
}

static void flood_is_limited_and_its_size_told(void **state)
{
    (void)state;
    for (int i = 0; i < 80; i++) {
        log_warn("flood");
        log_info("told_always");
    }
    log_error("another"); /* another event has a share of its own */
    json_t *flood = take_lines();
    end_windows();
    log_info("calm");
    log_warn("flood");
    json_t *calm = take_lines();
    release();

    assert_int_equal(json_array_size(flood), 50 + 80 + 1);
    assert_int_equal(json_array_size(calm), 3);
    assert_string_equal(member(calm, 0, "event"), "log_lines_dropped");
    assert_string_equal(member(calm, 0, "of"), "flood");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(calm, 0), "lines")), 30);
    assert_string_equal(member(calm, 1, "event"), "calm");
    assert_string_equal(member(calm, 2, "event"), "flood");
    json_decref(flood);
    json_decref(calm);
}

static void more_events_than_rows_lose_no_count(void **state)
{
    (void)state;
    enum { EVENTS = LIMIT_EVENTS + 40, LINES = LIMIT_LINES + 3 };
    static char names[EVENTS][24];
    for (int i = 0; i < EVENTS; i++) {
        snprintf(names[i], sizeof names[i], "event_%d", i);
        for (int j = 0; j < LINES; j++) {
            log_warn(names[i]);
        }
    }
    end_windows();
    log_info("calm");
    json_t *lines = take_lines();
    release();
    int64_t told = 0;
    size_t index;
    json_t *line;
    json_array_foreach(lines, index, line)
    {
        told += strcmp(member(lines, index, "event"), "log_lines_dropped") == 0
                    ? json_integer_value(json_object_get(line, "lines"))
                    : 1;
    }
    assert_int_equal(told, EVENTS * LINES + 1);
    json_decref(lines);
}

static void lines_that_could_not_be_written_are_counted(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY);
    dup2(full, STDOUT_FILENO);
    log_info("lost");
    log_info("lost");
    log_info("lost");
    dup2(fileno(caught), STDOUT_FILENO);
    log_info("found");
    json_t *lines = take_lines();
    release();
    close(full);
    assert_string_equal(member(lines, 0, "event"), "log_lines_unwritten");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(lines, 0), "lines")), 3);
    assert_string_equal(member(lines, 1, "event"), "found");
    json_decref(lines);
}

static void level_is_read_from_its_name(void **state)
{
    (void)state;
    enum log_level level = LOG_DEBUG;
    release();
    assert_true(log_level_parse("warn", &level));
    assert_int_equal(level, LOG_WARN);
    assert_false(log_level_parse("WARN", &level));
    assert_false(log_level_parse("", &level));
    assert_int_equal(level, LOG_WARN);
}

#define CAUGHT(test) cmocka_unit_test_setup_teardown(test, catch_start, catch_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CAUGHT(line_has_its_members_in_order),
        CAUGHT(lines_below_the_lowest_level_are_left_out),
        CAUGHT(texts_of_any_kind_stay_json),
        CAUGHT(error_is_written_as_code_kind_and_detail),
        CAUGHT(flood_is_limited_and_its_size_told),
        CAUGHT(more_events_than_rows_lose_no_count),
        CAUGHT(lines_that_could_not_be_written_are_counted),
        CAUGHT(level_is_read_from_its_name),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
