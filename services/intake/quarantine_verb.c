/* SPDX-License-Identifier: Apache-2.0 */
/* quarantine list [--state STATE] [--source PREFIX]     the newest first
 * quarantine show ID                                    with the message, escaped
 * quarantine fix ID --data FILE.json --reason TEXT      puts other data in the place of its own
 * quarantine release ID… --reason TEXT                  lets it in, and waits what becomes of it
 * quarantine discard ID… --reason TEXT                  never
 *
 * A release is carried out by the running service: without one it stays "releasing". */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/input_file.h"
#include "common/uuid.h"
#include "inbound.h"
#include "store_quarantine_verb.h"
#include "verbs.h"

enum { USAGE = 2, LOOKS = 50, LOOK_MS = 200 };

struct verb {
    PGconn *conn;
    struct arena arena;
    int argc;
    char **argv; /* from the second word on */
};

static int usage(void)
{
    fprintf(stderr, "usage: intake quarantine list [--state STATE] [--source PREFIX]\n"
                    "       intake quarantine show ID\n"
                    "       intake quarantine fix ID --data FILE.json --reason TEXT\n"
                    "       intake quarantine release ID... --reason TEXT\n"
                    "       intake quarantine discard ID... --reason TEXT\n");
    return USAGE;
}

static bool is_id(const char *text)
{
    struct uuid id;
    return uuid_parse(text, strlen(text), &id);
}

static int list(struct verb *verb)
{
    return !verb_list_quarantine(verb->conn, verb_option(verb->argc, verb->argv, "--state"),
                                 verb_option(verb->argc, verb->argv, "--source"));
}

static int show(struct verb *verb)
{
    return verb->argc == 2 ? !verb_show_quarantined(verb->conn, verb->argv[1]) : usage();
}

static int fix(struct verb *verb)
{
    const char *path = verb_option(verb->argc, verb->argv, "--data");
    const char *why = verb_option(verb->argc, verb->argv, "--reason");
    const char *id = verb->argc == 6 ? verb->argv[1] : "";
    const char *data;
    size_t size;
    struct error err = {0};
    if (path == NULL || why == NULL || !is_id(id)) {
        return usage();
    }
    const char *type = verb_quarantined_type(verb->conn, id, &verb->arena);
    if (type == NULL) {
        return 1;
    }
    if (!input_file_read(path, &verb->arena, &data, &size, &err) ||
        !inbound_check(type, data, size, &verb->arena, &err)) {
        return verb_show_error(&err);
    }
    bool done = verb_act_on_quarantined(verb->conn, id, QUARANTINE_FIX, why, data);
    puts(done ? "1 fixed" : "0 fixed: it is not open");
    return !done;
}

/* The keeper of the running service does it; told as soon as it is known. */
static void wait_for_release(struct verb *verb, const char *id)
{
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    const char *became = "", *state = quarantine_state_words[QUARANTINE_RELEASING];
    for (int i = 0; i < LOOKS && strcmp(state, "releasing") == 0; i++) {
        nanosleep(&pause, NULL);
        state = verb_quarantined_state(verb->conn, id, &verb->arena, &became);
    }
    printf("%s\t%s\t", id, state);
    verb_print_escaped(stdout, became, strlen(became));
    putchar('\n');
}

/* The ids are what is left of the arguments beside --reason TEXT. */
static int act_on_all(struct verb *verb, enum quarantine_act act)
{
    const char *why = verb_option(verb->argc, verb->argv, "--reason");
    int done = 0, ids = 0;
    for (int i = 1; i < verb->argc; i++) {
        const char *id = verb->argv[i];
        if (strcmp(id, "--reason") == 0) {
            i++;
        } else if (why == NULL || !is_id(id)) {
            return usage();
        } else {
            ids++;
        }
    }
    for (int i = 1; ids > 0 && i < verb->argc; i++) {
        if (strcmp(verb->argv[i], "--reason") == 0) {
            i++;
        } else if (verb_act_on_quarantined(verb->conn, verb->argv[i], act, why, NULL)) {
            done++;
            if (act == QUARANTINE_RELEASE) {
                wait_for_release(verb, verb->argv[i]);
            }
        }
    }
    printf("%d %s\n", done, act == QUARANTINE_RELEASE ? "let go" : "discarded");
    return ids == 0 ? usage() : done != ids;
}

static int release(struct verb *verb)
{
    return act_on_all(verb, QUARANTINE_RELEASE);
}

static int discard(struct verb *verb)
{
    return act_on_all(verb, QUARANTINE_DISCARD);
}

int quarantine_verb(const struct config *config, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(struct verb *verb);
    } verbs[] = {
        {"list", list}, {"show", show}, {"fix", fix}, {"release", release}, {"discard", discard}};
    struct verb verb = {.argc = argc - 1, .argv = argv + 1};

    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0) {
            continue;
        }
        verb.conn = verb_connect(config_text(config, "DATABASE_URL"));
        if (verb.conn == NULL) {
            return 1;
        }
        arena_init(&verb.arena);
        int status = verbs[i].run(&verb);
        arena_finish(&verb.arena);
        PQfinish(verb.conn);
        return status;
    }
    return usage();
}
