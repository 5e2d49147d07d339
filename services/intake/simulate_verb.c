/* SPDX-License-Identifier: Apache-2.0 */
/* simulate --source NAME [--rate N] [--count N] [--seed N] [--faults PERCENT] [--quiet]
 *          (--url URL --key KEY | --brokers HOST:PORT,…)
 *
 * Plays a city system: --rate events a second (10), --count of them (100). Prints a line for each:
 * its id, kind, subject, instant, and what was answered; at the end how many there were of each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/verb.h"
#include "simulate_sender.h"
#include "verbs.h"

enum { KINDS = 4 };

struct play {
    const char *source;
    uint64_t rate, count, seed, faults;
    bool quiet;
    struct simulate_target target;

    uint64_t sent[KINDS], taken[KINDS];
};

static int usage(void)
{
    fprintf(stderr,
            "usage: intake simulate --source NAME [--rate N] [--count N] [--seed N]\n"
            "                       [--faults PERCENT] [--quiet]\n"
            "                       (--url URL --key KEY | --brokers HOST:PORT,...)\n"
            "NAME: %s\n",
            simulation_names());
    return 2;
}

/* Of at least min and at most max; absent: what it is. */
static bool read_number(int argc, char **argv, const char *name, uint64_t min, uint64_t max,
                        uint64_t *value)
{
    const char *text = verb_option(argc, argv, name);
    char *end;
    if (text == NULL) {
        return true;
    }
    *value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || *value < min || *value > max) {
        fprintf(stderr, "%s must be %" PRIu64 " to %" PRIu64 "\n", name, min, max);
        return false;
    }
    return true;
}

static bool read_options(struct play *play, int argc, char **argv)
{
    play->source = verb_option(argc, argv, "--source");
    play->quiet = verb_flag(argc, argv, "--quiet");
    play->target = (struct simulate_target){.url = verb_option(argc, argv, "--url"),
                                            .key = verb_option(argc, argv, "--key"),
                                            .brokers = verb_option(argc, argv, "--brokers")};
    bool by_http = play->target.url != NULL && play->target.key != NULL;
    return play->source != NULL && by_http != (play->target.brokers != NULL) &&
           read_number(argc, argv, "--rate", 1, 100000, &play->rate) &&
           read_number(argc, argv, "--count", 1, 100000000, &play->count) &&
           read_number(argc, argv, "--seed", 0, UINT64_MAX, &play->seed) &&
           read_number(argc, argv, "--faults", 0, 100, &play->faults);
}

/* Until the n-th event is due. */
static void wait_for_turn(const struct play *play, uint64_t start_us, uint64_t n)
{
    uint64_t due_us = start_us + n * 1000000 / play->rate, now_us = clock_monotonic_us();
    if (now_us < due_us) {
        uint64_t left_us = due_us - now_us;
        const struct timespec pause = {.tv_sec = (time_t)(left_us / 1000000),
                                       .tv_nsec = (long)(left_us % 1000000) * 1000};
        nanosleep(&pause, NULL);
    }
}

static void send_one(struct play *play, struct simulate_sender *sender,
                     const struct simulated *event)
{
    struct buffer answer;
    char at[CLOCK_TEXT_SIZE];
    buffer_init(&answer);
    play->sent[event->kind]++;
    play->taken[event->kind] += simulate_send(sender, event, &answer);
    if (!play->quiet) {
        printf("%s\t%s\t%s\t%s\t%s\n", event->id, simulated_kind_words[event->kind], event->subject,
               clock_format(event->at_us, at), answer.data);
    }
    buffer_finish(&answer);
}

static void print_sums(const struct play *play)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        printf("%s: %" PRIu64 " sent, %" PRIu64 " %s\n", simulated_kind_words[kind],
               play->sent[kind], play->taken[kind],
               play->target.url != NULL ? "taken" : "delivered");
    }
}

/* 0 when all was taken that is good. */
static int play_all(struct play *play, struct simulation *simulation)
{
    struct simulate_sender *sender;
    struct error err = {0};
    bool good = true;
    if (!simulate_sender_open(&sender, &play->target, &err)) {
        return verb_show_error(&err);
    }
    uint64_t start_us = clock_monotonic_us();
    for (uint64_t n = 0; n < play->count; n++) {
        wait_for_turn(play, start_us, n);
        send_one(play, sender, simulation_next(simulation, clock_now_us()));
    }
    simulate_sender_close(sender);
    print_sums(play);
    for (size_t kind = 0; kind < SIMULATED_FAULTY; kind++) {
        good = good && play->taken[kind] == play->sent[kind];
    }
    return !good;
}

int simulate_verb(const struct config *config, int argc, char **argv)
{
    struct play play = {.rate = 10, .count = 100, .seed = 1};
    (void)config;
    if (!read_options(&play, argc, argv)) {
        return usage();
    }
    struct simulation *simulation = simulation_new(play.source, play.seed, (unsigned)play.faults);
    if (simulation == NULL) {
        return usage();
    }
    int status = play_all(&play, simulation);
    simulation_free(simulation);
    return status;
}
