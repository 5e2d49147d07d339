/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/arena.h"

static int start(void **state)
{
    static struct arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int end(void **state)
{
    arena_finish(*state);
    arena_finish(*state); /* a second time does no harm */
    return 0;
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    struct arena *arena = *state;
    static const size_t sizes[] = {1, 0, 7, 16, 100, 5000, 8192, 8193, 40000, 3};
    enum { SIZES = sizeof sizes / sizeof sizes[0] };
    unsigned char *memory[SIZES];

    for (size_t i = 0; i < SIZES; i++) {
        memory[i] = arena_alloc(arena, sizes[i]);
        assert_non_null(memory[i]);
        assert_int_equal((uintptr_t)memory[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < sizes[i]; j++) {
            assert_int_equal(memory[i][j], 0);
        }
        memset(memory[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < SIZES; i++) {
        for (size_t j = 0; j < sizes[i]; j++) {
            assert_int_equal(memory[i][j], i + 1);
        }
    }
}

static void reset_forgets_and_zeroes_anew(void **state)
{
    struct arena *arena = *state;
    for (int round = 0; round < 3; round++) {
        unsigned char *memory = arena_alloc(arena, 4096);
        assert_int_equal(memory[0] | memory[4095], 0);
        memset(memory, 0xff, 4096);
        arena_alloc(arena, 20000);
        assert_true(arena->used >= 24096);
        arena_reset(arena);
        assert_int_equal(arena->used, 0);
    }
    struct arena_block *kept = arena->head;
    arena_alloc(arena, 100);
    assert_ptr_equal(arena->head, kept);
}

static void empty_arena_may_be_reset(void **state)
{
    struct arena *arena = *state;
    arena_reset(arena);
    assert_null(arena->head);
}

/* A request's big body must not stay with a connection for ever. */
static void reset_keeps_no_large_block(void **state)
{
    struct arena *arena = *state;
    arena_alloc(arena, 1000000);
    arena_reset(arena);
    assert_null(arena->head);
}

static void texts_are_copied(void **state)
{
    struct arena *arena = *state;
    assert_string_equal(arena_text(arena, "Hà Nội"), "Hà Nội");
    assert_null(arena_text(arena, NULL));
    assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_copy(arena, NULL, 0), "");
    assert_string_equal(arena_format(arena, "%d of %s", 3, "x"), "3 of x");
    char *large = arena_format(arena, "%20000d", 1);
    assert_int_equal(strlen(large), 20000);
}

static int signal_of(void (*stop)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        stop();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void overflow_array(void)
{
    struct arena arena;
    arena_init(&arena);
    arena_array(&arena, SIZE_MAX / 2, 3);
}

static void overflow_grow(void)
{
    free(memory_grow(NULL, SIZE_MAX / 4, 8));
}

static void overflow_stops_the_process(void **state)
{
    (void)state;
    assert_int_equal(signal_of(overflow_array), SIGABRT);
    assert_int_equal(signal_of(overflow_grow), SIGABRT);
}

static void memory_outside_arenas_is_never_null(void **state)
{
    (void)state;
    char *memory = memory_alloc(0);
    assert_non_null(memory);
    memory = memory_grow(memory, 10, 10);
    memset(memory, 1, 100);
    memory = memory_grow(memory, 0, 10);
    assert_non_null(memory);
    free(memory);
    int *numbers = memory_zero(10, sizeof *numbers);
    assert_int_equal(numbers[9], 0);
    free(numbers);
    free(memory_zero(0, 0));
    char *text = memory_text("text");
    assert_string_equal(text, "text");
    free(text);
}

#define ARENA(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA(memory_is_zeroed_aligned_and_apart),
        ARENA(reset_forgets_and_zeroes_anew),
        ARENA(empty_arena_may_be_reset),
        ARENA(reset_keeps_no_large_block),
        ARENA(texts_are_copied),
        cmocka_unit_test(overflow_stops_the_process),
        cmocka_unit_test(memory_outside_arenas_is_never_null),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
