/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "common/input_file.h"
#include "common/verb.h"
#include "store_source.h"
#include "verbs.h"

static int usage(void)
{
    fprintf(stderr, "usage: intake sources load FILE.json --reason TEXT\n"
                    "       intake sources list\n");
    return 2;
}

static int load(const char *conninfo, const char *path, const char *why)
{
    const struct event_source *items;
    const char *text;
    size_t size, count;
    struct arena arena;
    struct error err = {0};

    arena_init(&arena);
    bool good = input_file_read(path, &arena, &text, &size, &err) &&
                event_sources_read(&items, &count, text, size, &arena, &err);
    int status = !good ? verb_show_error(&err) : !store_load_sources(conninfo, items, count, why);
    if (status == 0) {
        printf("%zu sources\n", count);
    }
    arena_finish(&arena);
    return status;
}

int sources_verb(const struct config *config, int argc, char **argv)
{
    const char *conninfo = config_text(config, "DATABASE_URL");
    const char *why = verb_option(argc, argv, "--reason");
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        return !store_print_sources(conninfo);
    }
    if (argc == 5 && strcmp(argv[1], "load") == 0 && why == argv[4]) {
        return load(conninfo, argv[2], why);
    }
    return usage();
}
