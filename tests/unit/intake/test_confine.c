/* SPDX-License-Identifier: Apache-2.0 */
/* What a press program may not do any more, tried in a process of its own. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/wait.h>

#include "services/intake/press/confine.c"

enum { CPU_S = 1, IGNORED = 77 };

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

static bool has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static int try_everything(int open_before)
{
    static const char *const readable[] = {"/usr/share", NULL};
    if (!confine(CPU_S)) {
        return 1;
    }
    if (fcntl(open_before, F_GETFD) >= 0) {
        return 2; /* it inherited that */
    }
    if (!has_landlock()) {
        return IGNORED;
    }
    confine_files(readable);
    if (opens("/etc/passwd", O_RDONLY) || opens("/proc/self/environ", O_RDONLY)) {
        return 3;
    }
    if (!opens("/usr/share", O_RDONLY | O_DIRECTORY)) {
        return 4;
    }
    return opens("/tmp", O_RDWR | O_TMPFILE) ? 5 : 0;
}

static void press_opens_no_file_but_those_it_needs(void **state)
{
    int status, open_before = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        _exit(try_everything(open_before));
    }
    close(open_before);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == IGNORED) {
        skip(); /* the kernel has no Landlock */
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(press_opens_no_file_but_those_it_needs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
