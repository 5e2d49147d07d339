/* SPDX-License-Identifier: Apache-2.0 */
/* The one-shot:
 *   topics apply|verify --brokers HOST:PORT[,…] [--file proto/topics.yaml]
 *          [--replication-factor N] [--min-insync N] [--properties FILE] [--timeout SECONDS]
 *
 * apply creates what is missing and sets configuration back to what is declared; verify only tells.
 * Both refuse a topic with another number of partitions: its keys would move and their order
 * break, so it takes a new topic. One line a topic; exit 0 when all is as declared, 1 when not,
 * 2 for a wrong call. */
#include "deploy/kafka/topics.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"

struct options {
    bool apply;
    const char *file;
    const char *brokers;
    const char *properties_file;
    int replication;
    int min_insync;
    int timeout_s;
};

static int usage(void)
{
    fputs("usage: topics apply|verify --brokers HOST:PORT [--file FILE] [--replication-factor N]\n"
          "              [--min-insync N] [--properties FILE] [--timeout SECONDS]\n",
          stderr);
    return 2;
}

static bool number_of(const char *text, int *number)
{
    char *end;
    long value = strtol(text, &end, 10);
    *number = (int)value;
    return end != text && *end == '\0' && value >= 1 && value <= 3600;
}

static bool options_read(struct options *options, int argc, char **argv)
{
    static const struct option names[] = {{"file", required_argument, NULL, 'f'},
                                          {"brokers", required_argument, NULL, 'b'},
                                          {"properties", required_argument, NULL, 'p'},
                                          {"replication-factor", required_argument, NULL, 'r'},
                                          {"min-insync", required_argument, NULL, 'm'},
                                          {"timeout", required_argument, NULL, 't'},
                                          {0}};
    *options = (struct options){.file = "proto/topics.yaml", .replication = 1, .timeout_s = 60};
    bool valid = argc >= 2;
    int name;
    while (valid && (name = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (name) {
        case 'f':
            options->file = optarg;
            break;
        case 'b':
            options->brokers = optarg;
            break;
        case 'p':
            options->properties_file = optarg;
            break;
        case 'r':
            valid = number_of(optarg, &options->replication);
            break;
        case 'm':
            valid = number_of(optarg, &options->min_insync);
            break;
        case 't':
            valid = number_of(optarg, &options->timeout_s);
            break;
        default:
            valid = false;
        }
    }
    if (!valid || optind != argc - 1 || options->brokers == NULL) {
        return false;
    }
    options->apply = strcmp(argv[optind], "apply") == 0;
    return options->apply || strcmp(argv[optind], "verify") == 0;
}

/* The whole file as text; "" when none is given. */
static bool properties_read(const char *path, struct arena *arena, const char **properties,
                            struct error *err)
{
    enum { PROPERTIES_MAX = 64 * 1024 };
    *properties = "";
    if (path == NULL) {
        return true;
    }
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return error_set(err, ERR_FATAL, "properties_file", "%s cannot be opened", path);
    }
    char *text = arena_alloc(arena, PROPERTIES_MAX);
    size_t size = fread(text, 1, PROPERTIES_MAX - 1, file);
    bool whole = ferror(file) == 0 && fgetc(file) == EOF;
    fclose(file);
    text[size] = '\0';
    *properties = text;
    return whole || error_set(err, ERR_FATAL, "properties_file", "%s is too large", path);
}

/* One topic: tells what it is and, if we may, puts it right. */
static bool settle(struct topics_admin *admin, const struct topic *topic,
                   const struct options *options)
{
    struct error err = {0};
    const char *outcome = "ok";
    bool right = true;
    if (!topic->exists) {
        right = options->apply && topics_create(admin, topic, options->replication, &err);
        outcome = right ? "created" : "missing";
    } else if (topic->partitions_there != topic->partitions) {
        printf("%s: has %d partitions, not %d: cannot be changed, keys would lose their order\n",
               topic->name, topic->partitions_there, topic->partitions);
        return false;
    } else if (topic->drifted) {
        right = options->apply && topics_alter(admin, topic, &err);
        outcome = right ? "altered" : "differs";
    }
    printf("%s: %s%s%s%s%s\n", topic->name, outcome, topic->drifted ? ": " : "",
           topic->drifted ? topic->drift : "", error_is_set(&err) ? ": " : "",
           error_is_set(&err) ? err.text : "");
    return right;
}

/* The controller has made them; that the broker knows takes a moment more. */
static bool wait_until_seen(struct topics_admin *admin, struct topic_list *list, int timeout_s,
                            struct error *err)
{
    enum { PAUSE_US = 50000 };
    uint64_t deadline_us = clock_monotonic_us() + (uint64_t)timeout_s * 1000000;
    for (;;) {
        const struct topic *unseen = NULL;
        if (!topics_look(admin, list, timeout_s * 1000, err)) {
            return false;
        }
        for (size_t i = 0; i < list->count; i++) {
            unseen = list->topics[i].exists ? unseen : &list->topics[i];
        }
        if (unseen == NULL) {
            return true;
        }
        if (clock_monotonic_us() > deadline_us) {
            return error_set(err, ERR_RETRY, "topic_unseen", "%s was made, but is not there yet",
                             unseen->name);
        }
        usleep(PAUSE_US);
    }
}

static bool run(const struct options *options, struct topics_admin *admin, struct arena *arena,
                struct error *err)
{
    struct topic_list list = {0};
    const char *properties;
    size_t wrong = 0, missing = 0;
    if (!topics_read(&list, options->file, options->min_insync, arena, err) ||
        !properties_read(options->properties_file, arena, &properties, err) ||
        !topics_connect(admin, options->brokers, properties, err) ||
        !topics_look(admin, &list, options->timeout_s * 1000, err)) {
        return false;
    }
    for (size_t i = 0; i < list.count; i++) {
        missing += !list.topics[i].exists;
        wrong += !settle(admin, &list.topics[i], options);
    }
    if (wrong > 0) {
        return error_set(err, ERR_CONFLICT, "topics_differ",
                         "%zu of %zu topics are not as declared", wrong, list.count);
    }
    return missing == 0 || wait_until_seen(admin, &list, options->timeout_s, err);
}

int main(int argc, char **argv)
{
    struct options options;
    struct topics_admin admin = {0};
    struct arena arena;
    struct error err = {0};
    if (!options_read(&options, argc, argv)) {
        return usage();
    }
    arena_init(&arena);
    bool done = run(&options, &admin, &arena, &err);
    if (!done) {
        fprintf(stderr, "topics: %s\n", err.text);
    }
    topics_disconnect(&admin);
    arena_finish(&arena);
    return done ? 0 : 1;
}
