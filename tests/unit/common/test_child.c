/* SPDX-License-Identifier: Apache-2.0 */
/* The children here are a shell, whose script is its input, and cat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/child.h"

static struct {
    int ended, exit_code;
    struct buffer output;
    struct error err;
} seen;

static void on_ended(int exit_code, struct buffer *output, const struct error *err, void *arg)
{
    (void)arg;
    seen.ended++;
    seen.exit_code = exit_code;
    seen.err = err != NULL ? *err : (struct error){0};
    buffer_put(output, "", 0);
    seen.output = *output;
    buffer_init(output);
}

static void run(const char *program, const char *input, size_t size, size_t output_max)
{
    struct child_job job = {.program = program,
                            .input = input,
                            .input_size = size,
                            .output_max = output_max,
                            .timeout_ms = 3000};
    uv_loop_t loop;
    signal(SIGPIPE, SIG_IGN);
    memset(&seen, 0, sizeof seen);
    uv_loop_init(&loop);
    child_run(&loop, &job, on_ended, NULL);
    assert_int_equal(seen.ended, 0); /* never from within */
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0); /* nothing was left open */
    assert_int_equal(seen.ended, 1);
}

static void script(const char *text)
{
    run("/bin/sh", text, strlen(text), 1000);
}

static void large_input_comes_back_whole(void **state)
{
    enum { SIZE = 3 * 1024 * 1024 };
    char *input = memory_zero(1, SIZE);
    (void)state;
    for (size_t i = 0; i < SIZE; i++) {
        input[i] = (char)(i * 31 >> 3);
    }
    run("/bin/cat", input, SIZE, SIZE);
    assert_int_equal(seen.exit_code, 0);
    assert_int_equal(seen.output.size, SIZE);
    assert_memory_equal(seen.output.data, input, SIZE);
    buffer_finish(&seen.output);
    free(input);
}

static void exit_code_is_told(void **state)
{
    (void)state;
    script("echo so; exit 7");
    assert_int_equal(seen.exit_code, 7);
    assert_false(error_is_set(&seen.err));
    assert_string_equal(seen.output.data, "so\n");
    buffer_finish(&seen.output);
}

static void child_may_end_before_it_has_read_all(void **state)
{
    enum { SIZE = 1024 * 1024 };
    char *input = memory_zero(1, SIZE);
    (void)state;
    memset(input, '#', SIZE);
    memcpy(input, "exit 3\n", 7);
    run("/bin/sh", input, SIZE, 10);
    assert_int_equal(seen.exit_code, 3);
    buffer_finish(&seen.output);
    free(input);
}

static void environment_is_kept_from_it(void **state)
{
    (void)state;
    setenv("CANARY_SECRET", "x", 1);
    script("env");
    assert_null(strstr(seen.output.data, "CANARY"));
    assert_non_null(strstr(seen.output.data, "LC_ALL=C.UTF-8"));
    buffer_finish(&seen.output);
}

static void end_by_force_is_an_error(void **state)
{
    static const struct {
        const char *script, *code;
    } rows[] = {
        {"kill -9 $$", "child_killed"},
        {"while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "child_output"},
        {"while :; do :; done", "child_timeout"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        script(rows[i].script);
        assert_int_equal(seen.exit_code, -1);
        assert_int_equal(seen.err.kind, ERR_UNPROCESSABLE);
        assert_string_equal(seen.err.code, rows[i].code);
        buffer_finish(&seen.output);
    }
}

static void missing_program_is_fatal(void **state)
{
    (void)state;
    run("no-such-program", "x", 1, 10);
    assert_int_equal(seen.exit_code, -1);
    assert_int_equal(seen.err.kind, ERR_FATAL);
    assert_string_equal(seen.err.code, "child_not_started");
    buffer_finish(&seen.output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(large_input_comes_back_whole),
        cmocka_unit_test(exit_code_is_told),
        cmocka_unit_test(child_may_end_before_it_has_read_all),
        cmocka_unit_test(environment_is_kept_from_it),
        cmocka_unit_test(end_by_force_is_an_error),
        cmocka_unit_test(missing_program_is_fatal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
