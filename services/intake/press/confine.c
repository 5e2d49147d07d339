/* SPDX-License-Identifier: Apache-2.0 */
#include "confine.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool limit(int resource, rlim_t most)
{
    return setrlimit((__rlimit_resource_t)resource, &(struct rlimit){most, most}) == 0;
}

/* When memory is short on the machine, it is this process that goes. */
static void offer_to_die_first(void)
{
    FILE *file = fopen("/proc/self/oom_score_adj", "w");
    if (file != NULL) {
        fputs("1000", file);
        fclose(file);
    }
}

/* What libraries complain about is the stranger's file: not for our log. */
static bool silence(void)
{
    int nowhere = open("/dev/null", O_WRONLY);
    return nowhere >= 0 && dup2(nowhere, STDERR_FILENO) >= 0 && close(nowhere) == 0;
}

bool confine(unsigned cpu_s)
{
    offer_to_die_first();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGXFSZ, SIG_IGN); /* libraries that would keep a cache go without */
    bool good = close_range(3, ~0U, 0) == 0 && limit(RLIMIT_CPU, cpu_s) && limit(RLIMIT_CORE, 0) &&
                limit(RLIMIT_FSIZE, 0) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
#ifndef __SANITIZE_ADDRESS__ /* whose shadow takes terabytes of addresses */
    good = good && limit(RLIMIT_AS, (rlim_t)1024 * 1024 * 1024);
#endif
    return good && silence();
}

/* All that the first version knows: later ones only add to it. */
enum { FILES_ALL = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1 };

static void allow_reading(int rules, const char *folder)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
                                                                LANDLOCK_ACCESS_FS_READ_DIR,
                                              .parent_fd = open(folder, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd >= 0) {
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(rule.parent_fd);
    }
}

void confine_files(const char *const *readable)
{
    struct landlock_ruleset_attr all = {.handled_access_fs = FILES_ALL};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (rules < 0) {
        return;
    }
    for (; *readable != NULL; readable++) {
        allow_reading(rules, *readable);
    }
    syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
}
