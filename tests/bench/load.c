/* SPDX-License-Identifier: Apache-2.0 */
/* load: drives the services over HTTP and prints what it saw as one JSON line.
 *
 *   load file       one POST /api/intake/submissions after another on each connection
 *   load lifecycle  create → routed → accept → assign → resolve → read, each client its own case
 *   load commands   each client assigns its own case again and again; opening it is not counted
 *   load read       GET --path PATH from routing, again and again
 *
 * --with-contact gives each client an e-mail address, so that it is told by mail.
 *
 * A closed loop of N clients, or with --rate R an open one: requests are due at fixed instants and
 * their latency counts from there, so that a stall is not hidden by the clients waiting for it.
 *
 * A filing that is refused for now (429, 503 with Retry-After) is neither a run nor a failure; its
 * time counts from when it was sent. */
#define _GNU_SOURCE /* strcasestr */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/clock.h"
#include "common/uuid.h"
#include "filing_sample.h"
#include "histogram.h"
#include "http_client.h"

enum what { FILE_REPORTS, LIFECYCLE, COMMANDS, READ_PATH, WHATS };
static const char *const what_words[WHATS] = {"file", "lifecycle", "commands", "read"};

struct load {
    enum what what;
    uv_loop_t loop;
    uv_timer_t pace, end;
    int intake_port, routing_port;
    const char *key;           /* API key that files */
    const char *officer_token; /* that works on the cases */
    const char *path;          /* that is read */
    size_t clients, limit;     /* limit: of runs; 0 none */
    unsigned seconds, rate;
    bool with_contact;
    struct client *all;
    uint64_t started_us, issued, ended, failed, refused;
    bool over;
    struct histogram latency, refusal;
};

struct client {
    struct load *load;
    struct http_client intake, routing;
    unsigned connected;
    bool busy;
    uint64_t began_us, sent_us;
    int step, version;
    char id[UUID_TEXT_SIZE];
    char email[48], path[160], headers[4096], body[1024];
};

static void run_next(struct client *client);
static void end_run(struct client *client, bool good);
static void end_refused(struct client *client);

/* ---- filing ---- */

static void ask_file(struct client *client, http_client_on_answer *on_answer)
{
    struct filing_sample sample;
    char key[UUID_TEXT_SIZE];
    filing_sample_make(&sample, 0);
    snprintf(client->headers, sizeof client->headers,
             "X-Api-Key: %s\r\nIdempotency-Key: \"%s\"\r\n", client->load->key,
             uuid_format(&sample.idempotency, key));
    filing_sample_body(&sample, client->load->with_contact ? client->email : NULL, client->body,
                       sizeof client->body);
    http_client_ask(&client->intake, "POST", "/api/intake/submissions", client->headers,
                    client->body, on_answer);
}

static void on_filed(int status, const char *head, const char *body, void *arg)
{
    struct client *client = arg;
    (void)body;
    if ((status == 429 || status == 503) && strcasestr(head, "\r\nretry-after: ") != NULL) {
        end_refused(client);
    } else {
        end_run(client, status == 201);
    }
}

/* ---- the life of a case ---- */

enum { CREATE, ROUTED, ACCEPT, ASSIGN, RESOLVE, READ };

static void on_step(int status, const char *head, const char *body, void *arg);

static void ask_command(struct client *client, const char *action, const char *body)
{
    snprintf(client->path, sizeof client->path, "/api/routing/cases/%s/%s", client->id, action);
    snprintf(client->headers, sizeof client->headers,
             "Authorization: Bearer %s\r\nIf-Match: \"%d\"\r\n", client->load->officer_token,
             client->version);
    http_client_ask(&client->routing, "POST", client->path, client->headers, body, on_step);
}

static void ask_step(struct client *client)
{
    switch (client->step) {
    case CREATE:
        ask_file(client, on_step);
        break;
    case ROUTED:
        snprintf(client->path, sizeof client->path, "/api/routing/cases/%s?min_version=1",
                 client->id);
        snprintf(client->headers, sizeof client->headers, "Authorization: Bearer %s\r\n",
                 client->load->officer_token);
        http_client_ask(&client->routing, "GET", client->path, client->headers, NULL, on_step);
        break;
    case ACCEPT:
        ask_command(client, "accept", "{}");
        break;
    case ASSIGN:
        if (client->load->what == COMMANDS) {
            client->began_us = clock_monotonic_us();
        }
        ask_command(client, "assign", "{\"assignee\":\"demo-officer\"}");
        break;
    case RESOLVE:
        ask_command(client, "resolve",
                    "{\"result\":{\"text\":\"Đã thay nắp cống mới và dọn sạch mặt đường.\","
                    "\"evidence\":[\"https://media.ihanoi.example/after.jpg\"]}}");
        break;
    default:
        snprintf(client->path, sizeof client->path, "/api/intake/submissions/%s?min_version=%d",
                 client->id, client->version);
        snprintf(client->headers, sizeof client->headers, "X-Api-Key: %s\r\n", client->load->key);
        http_client_ask(&client->intake, "GET", client->path, client->headers, NULL, on_step);
    }
}

static bool take_created(struct client *client, const char *body)
{
    const char *id = strstr(body, "\"id\":\"");
    if (id == NULL) {
        return false;
    }
    snprintf(client->id, sizeof client->id, "%.36s", id + strlen("\"id\":\""));
    return true;
}

static bool take_version(struct client *client, const char *head)
{
    const char *etag = strcasestr(head, "\r\netag: \"");
    return etag != NULL && sscanf(etag + strlen("\r\netag: \""), "%d", &client->version) == 1;
}

static void on_step(int status, const char *head, const char *body, void *arg)
{
    struct client *client = arg;
    bool good = client->step == CREATE ? status == 201 && take_created(client, body)
                                       : status == 200 && take_version(client, head);
    if (!good && client->load->failed < 5) {
        fprintf(stderr, "step %d: %d %.300s\n", client->step, status, body);
    }
    if (client->step == READ && good) {
        good = strstr(body, "\"state\":\"resolved\"") != NULL;
    }
    bool is_last = client->step == (client->load->what == COMMANDS ? ASSIGN : READ);
    if (!good || is_last) {
        end_run(client, good);
        return;
    }
    client->step++;
    ask_step(client);
}

/* ---- reading ---- */

static void on_read(int status, const char *head, const char *body, void *arg)
{
    (void)head, (void)body;
    end_run(arg, status == 200);
}

static void ask_read(struct client *client)
{
    snprintf(client->headers, sizeof client->headers, "Authorization: Bearer %s\r\n",
             client->load->officer_token);
    http_client_ask(&client->routing, "GET", client->load->path, client->headers, NULL, on_read);
}

/* ---- runs ---- */

static void start_run(struct client *client, uint64_t due_us)
{
    client->busy = true;
    client->began_us = due_us;
    client->sent_us = clock_monotonic_us();
    client->load->issued++;
    switch (client->load->what) {
    case FILE_REPORTS:
        ask_file(client, on_filed);
        break;
    case READ_PATH:
        ask_read(client);
        break;
    default:
        client->step = client->load->what == COMMANDS && client->version > 0 ? ASSIGN : CREATE;
        ask_step(client);
    }
}

static bool is_over(const struct load *load)
{
    return load->over || (load->limit > 0 && load->issued >= load->limit);
}

static void go_on(struct client *client)
{
    struct load *load = client->load;
    client->busy = false;
    if (!is_over(load)) {
        if (load->rate == 0) {
            run_next(client);
        }
    } else if (load->ended + load->refused == load->issued) {
        uv_stop(&load->loop);
    }
}

static void end_run(struct client *client, bool good)
{
    struct load *load = client->load;
    load->ended++;
    load->failed += !good;
    histogram_record(&load->latency, clock_monotonic_us() - client->began_us);
    go_on(client);
}

static void end_refused(struct client *client)
{
    client->load->refused++;
    histogram_record(&client->load->refusal, clock_monotonic_us() - client->sent_us);
    go_on(client);
}

static void run_next(struct client *client)
{
    start_run(client, clock_monotonic_us());
}

/* Open loop: whoever is free takes what is due. */
static void on_pace(uv_timer_t *timer)
{
    struct load *load = timer->data;
    uint64_t now_us = clock_monotonic_us();
    for (size_t i = 0; i < load->clients; i++) {
        uint64_t due_us = load->started_us + load->issued * 1000000 / load->rate;
        if (is_over(load) || due_us > now_us) {
            return;
        }
        if (!load->all[i].busy) {
            start_run(&load->all[i], due_us);
        }
    }
}

static void on_end(uv_timer_t *timer)
{
    struct load *load = timer->data;
    load->over = true;
    if (load->ended + load->refused == load->issued) {
        uv_stop(&load->loop);
    }
}

static void on_connected(void *arg)
{
    struct client *client = arg;
    struct load *load = client->load;
    static size_t ready;
    client->connected++;
    if (client->connected < (load->what == FILE_REPORTS ? 1U : 2U) || ++ready < load->clients) {
        return;
    }
    load->started_us = clock_monotonic_us();
    uv_timer_start(&load->end, on_end, load->seconds * 1000, 0);
    if (load->rate > 0) {
        uv_timer_start(&load->pace, on_pace, 0, 1);
        return;
    }
    for (size_t i = 0; i < load->clients && !is_over(load); i++) {
        run_next(&load->all[i]);
    }
}

/* Our own, in seconds. */
static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print_result(const struct load *load)
{
    double seconds = (double)(clock_monotonic_us() - load->started_us) / 1e6;
    printf("{\"runs\":%llu,\"failed\":%llu,\"refused\":%llu,\"refused_p99_ms\":%.3f,\"seconds\":%."
           "3f,\"per_second\":%.1f,\"p50_ms\":%.3f,"
           "\"p95_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,\"cpu_seconds\":%.3f}\n",
           (unsigned long long)load->ended, (unsigned long long)load->failed,
           (unsigned long long)load->refused,
           (double)histogram_quantile(&load->refusal, 0.99) / 1e3, seconds,
           (double)load->ended / seconds, (double)histogram_quantile(&load->latency, 0.5) / 1e3,
           (double)histogram_quantile(&load->latency, 0.95) / 1e3,
           (double)histogram_quantile(&load->latency, 0.99) / 1e3, (double)load->latency.max / 1e3,
           cpu_seconds());
}

static void read_options(struct load *load, int argc, char **argv)
{
    static const struct option options[] = {{"connections", required_argument, NULL, 'c'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"count", required_argument, NULL, 'n'},
                                            {"rate", required_argument, NULL, 'r'},
                                            {"intake", required_argument, NULL, 'i'},
                                            {"routing", required_argument, NULL, 'o'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"token", required_argument, NULL, 't'},
                                            {"with-contact", no_argument, NULL, 'w'},
                                            {"path", required_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            load->clients = strtoul(optarg, NULL, 10);
            break;
        case 's':
            load->seconds = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'n':
            load->limit = strtoul(optarg, NULL, 10);
            break;
        case 'r':
            load->rate = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'i':
            load->intake_port = (int)strtol(optarg, NULL, 10);
            break;
        case 'o':
            load->routing_port = (int)strtol(optarg, NULL, 10);
            break;
        case 'k':
            load->key = optarg;
            break;
        case 't':
            load->officer_token = optarg;
            break;
        case 'p':
            load->path = optarg;
            break;
        case 'w':
            load->with_contact = true;
            break;
        default:
            exit(2);
        }
    }
}

int main(int argc, char **argv)
{
    static struct load load = {.clients = 64,
                               .seconds = 10,
                               .intake_port = 8081,
                               .routing_port = 8082,
                               .key = "demo-key",
                               .officer_token = "",
                               .path = "/api/routing/cases"};
    while (argc > 1 && load.what < WHATS && strcmp(argv[1], what_words[load.what]) != 0) {
        load.what++;
    }
    if (argc < 2 || load.what == WHATS) {
        fprintf(stderr, "usage: load file|lifecycle|commands|read [--connections N] [--seconds S] "
                        "[--count N] [--rate R] [--intake PORT] [--routing PORT] [--key K] "
                        "[--token T] [--path PATH] [--with-contact]\n");
        return 2;
    }
    read_options(&load, argc - 1, argv + 1);
    uv_loop_init(&load.loop);
    uv_timer_init(&load.loop, &load.pace);
    uv_timer_init(&load.loop, &load.end);
    load.pace.data = load.end.data = &load;
    load.all = calloc(load.clients, sizeof *load.all);
    for (size_t i = 0; i < load.clients; i++) {
        struct client *client = &load.all[i];
        client->load = &load;
        snprintf(client->email, sizeof client->email, "bench-%zu@ihanoi.example", i);
        http_client_connect(&client->intake, &load.loop, load.intake_port, on_connected, client);
        if (load.what != FILE_REPORTS) {
            http_client_connect(&client->routing, &load.loop, load.routing_port, on_connected,
                                client);
        }
    }
    uv_run(&load.loop, UV_RUN_DEFAULT);
    print_result(&load);
    return load.failed > 0;
}
