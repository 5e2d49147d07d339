/* SPDX-License-Identifier: Apache-2.0 */
#include "common/service.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/dead_letter_verbs.h"
#include "common/log.h"
#include "common/republish.h"
#include "common/service_private.h"

#ifndef IHANOI_VERSION
#define IHANOI_VERSION "unknown"
#endif

/* Options that every service has. */
static const struct config_option common_options[] = {
    {.name = "MODE",
     .type = CONFIG_TEXT,
     .fallback = "production",
     .help = "production, or demo: known keys and secrets are taken"},
    {.name = "DATABASE_URL",
     .type = CONFIG_SECRET,
     .help = "PostgreSQL, e.g. postgresql://intake:secret@127.0.0.1:5432/intake"},
    {.name = "DATABASE_CONNECTIONS",
     .type = CONFIG_INT,
     .fallback = "4",
     .min = 2,
     .max = 16,
     .help = "connections of this process"},
    {.name = "KAFKA_BROKERS", .type = CONFIG_TEXT, .help = "host:port, comma-separated"},
    {.name = "KAFKA_CONFIG",
     .type = CONFIG_SECRET,
     .fallback = "",
     .help = "lines name=value for librdkafka (TLS, SASL)"},
    {.name = "KAFKA_SESSION_TIMEOUT_MS",
     .type = CONFIG_INT,
     .fallback = "10000",
     .min = 3000,
     .max = 300000,
     .help = "a dead instance's partitions move on after this"},
    {.name = "INSTANCE",
     .type = CONFIG_TEXT,
     .fallback = "",
     .help = "name of this replica, stable over restarts; default <service>-0"},
    {.name = "HTTP_BIND",
     .type = CONFIG_TEXT,
     .fallback = "127.0.0.1",
     .help = "address to listen on"},
    {.name = "HTTP_PORT", .type = CONFIG_INT, .min = 1, .max = 65535, .help = "port to listen on"},
    {.name = "HTTP_REQUESTS_MAX",
     .type = CONFIG_INT,
     .fallback = "2000",
     .min = 1,
     .max = 100000,
     .help = "requests under way before 503"},
    {.name = "OIDC_ISSUER", .type = CONFIG_TEXT, .help = "issuer of access tokens (URL)"},
    {.name = "OIDC_AUDIENCE",
     .type = CONFIG_TEXT,
     .fallback = "ihanoi",
     .help = "audience that tokens must name"},
    {.name = "OIDC_JWKS_URL",
     .type = CONFIG_TEXT,
     .fallback = "",
     .help = "keys of the issuer; default: from its discovery document"},
    {.name = "API_KEYS_FILE",
     .type = CONFIG_TEXT,
     .fallback = "",
     .help = "JSON file of hashed API keys"},
    {.name = "LOG_LEVEL",
     .type = CONFIG_TEXT,
     .fallback = "info",
     .help = "debug, info, warn or error"},
    {.name = "STOP_GRACE_MS",
     .type = CONFIG_INT,
     .fallback = "25000",
     .min = 1000,
     .max = 600000,
     .help = "time for an orderly stop"},
    {.name = "OUTBOX_RETENTION_DAYS",
     .type = CONFIG_INT,
     .fallback = "400",
     .min = 1,
     .max = 36500,
     .help = "published events kept for republish"},
};

struct kafka_config service_kafka_config(const struct config *config)
{
    return (struct kafka_config){
        .brokers = config_text(config, "KAFKA_BROKERS"),
        .properties = config_text(config, "KAFKA_CONFIG"),
        .client_id = config_text(config, "INSTANCE"),
        .session_timeout_ms = (unsigned)config_int(config, "KAFKA_SESSION_TIMEOUT_MS"),
    };
}

static int verb_serve(const struct service *service, const struct config *config, int argc,
                      char **argv)
{
    (void)argc, (void)argv;
    return service_serve(service, config);
}

static int verb_migrate(const struct service *service, const struct config *config, int argc,
                        char **argv)
{
    const struct migration_set *sets[] = {&common_migrations, service->migrations};
    struct error err = {0};
    (void)argc, (void)argv;
    if (!migrate_run(config_text(config, "DATABASE_URL"), sets, 2, &err)) {
        log_error_error("migrate_failed", &err);
        return 1;
    }
    return 0;
}

static size_t on_health_body(char *bytes, size_t size, size_t count, void *arg)
{
    (void)arg;
    return fwrite(bytes, size, count, stdout);
}

/* For container checks: 0 when this host's service is ready. */
static int verb_health(const struct service *service, const struct config *config, int argc,
                       char **argv)
{
    char url[64];
    long status = 0;
    (void)service, (void)argc, (void)argv;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/readyz", (int)config_int(config, "HTTP_PORT"));
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*"); /* whatever the environment says of others */
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 3000L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_health_body);
    CURLcode code = curl_easy_perform(easy);
    if (code == CURLE_OK) {
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    } else {
        fprintf(stderr, "%s: %s\n", url, curl_easy_strerror(code));
    }
    curl_easy_cleanup(easy);
    putchar('\n');
    return status == 200 ? 0 : 1;
}

static int verb_dlq(const struct service *service, const struct config *config, int argc,
                    char **argv)
{
    struct kafka_config kafka = service_kafka_config(config);
    (void)service;
    return dead_letter_verb(config_text(config, "DATABASE_URL"), &kafka, argc, argv);
}

static int verb_republish(const struct service *service, const struct config *config, int argc,
                          char **argv)
{
    struct kafka_config kafka = service_kafka_config(config);
    (void)service;
    return republish_verb(config_text(config, "DATABASE_URL"), &kafka, argc, argv);
}

static int verb_position(const struct service *service, const struct config *config, int argc,
                         char **argv)
{
    struct kafka_config kafka = service_kafka_config(config);
    return consume_position_verb(config_text(config, "DATABASE_URL"), &kafka, service->name, argc,
                                 argv);
}

static const struct verb {
    const char *name, *usage;
    int (*run)(const struct service *service, const struct config *config, int argc, char **argv);
} common_verbs[] = {
    {"serve", "run the service", verb_serve},
    {"migrate", "bring the database up to date", verb_migrate},
    {"health", "exit 0 when the service on this host is ready", verb_health},
    {"dlq", "list | show ID | replay ID…|--all | discard ID… --reason TEXT", verb_dlq},
    {"republish", "--since TIME [--topic T] [--dry-run]", verb_republish},
    {"position", "accept --topic T --partition P --at beginning|end|OFFSET", verb_position},
};

enum { COMMON_VERBS = sizeof common_verbs / sizeof common_verbs[0] };

static int usage(const struct service *service)
{
    fprintf(stderr, "%s %s: %s\n\nVerbs:\n", service->name, IHANOI_VERSION, service->summary);
    for (size_t i = 0; i < COMMON_VERBS; i++) {
        fprintf(stderr, "  %-10s %s\n", common_verbs[i].name, common_verbs[i].usage);
    }
    for (const struct service_verb *verb = service->verbs; verb && verb->name; verb++) {
        fprintf(stderr, "  %-10s %s\n", verb->name, verb->usage);
    }
    fprintf(stderr, "  %-10s %s\n", "routes",
            "print the HTTP routes, one a line, and their parameters");
    fprintf(stderr, "\nSettings (environment; secrets also as NAME_FILE):\n");
    for (size_t i = 0; i < sizeof common_options / sizeof common_options[0]; i++) {
        fprintf(stderr, "  %-24s %s\n", common_options[i].name, common_options[i].help);
    }
    for (size_t i = 0; i < service->option_count; i++) {
        fprintf(stderr, "  %-24s %s\n", service->options[i].name, service->options[i].help);
    }
    return 2;
}

static const struct service_verb *own_verb(const struct service *service, const char *name)
{
    for (const struct service_verb *verb = service->verbs; verb && verb->name; verb++) {
        if (strcmp(name, verb->name) == 0) {
            return verb;
        }
    }
    return NULL;
}

static int run_verb(const struct service *service, const struct config *config, int argc,
                    char **argv)
{
    for (size_t i = 0; i < COMMON_VERBS; i++) {
        if (strcmp(argv[1], common_verbs[i].name) == 0) {
            return common_verbs[i].run(service, config, argc - 1, argv + 1);
        }
    }
    const struct service_verb *own = own_verb(service, argv[1]);
    return own != NULL ? own->run(config, argc - 1, argv + 1) : usage(service);
}

/* A default that depends on the service, so that no table can hold it. */
static void set_default_instance(const struct service *service)
{
    char instance[64];
    const char *given = getenv("INSTANCE");
    if (given == NULL || *given == '\0') {
        snprintf(instance, sizeof instance, "%s-0", service->name);
        setenv("INSTANCE", instance, 1);
    }
}

/* The one table of routes, for the check of the OpenAPI document against it. */
static int print_routes(const struct service *service)
{
    for (const struct http_route *route = service->routes; route->method != NULL; route++) {
        if ((route->flags & HTTP_UNLISTED) != 0) {
            continue;
        }
        printf("%s %s?%s\n", route->method, route->path, route->query != NULL ? route->query : "*");
    }
    return 0;
}

int service_main(const struct service *service, int argc, char **argv)
{
    struct config *config;
    struct error err = {0};
    enum log_level level = LOG_INFO;

    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        return usage(service);
    }
    if (strcmp(argv[1], "routes") == 0) { /* needs no settings */
        return print_routes(service);
    }
    const struct service_verb *own = own_verb(service, argv[1]);
    if (own != NULL && own->needs_no_settings) {
        return own->run(NULL, argc - 1, argv + 1);
    }
    set_default_instance(service);
    if (!config_load(&config, common_options, sizeof common_options / sizeof common_options[0],
                     service->options, service->option_count, &err)) {
        fprintf(stderr, "%s: %s\n%s\n", service->name, err.text, config_faults(config));
        config_free(config);
        return 2;
    }
    if (!log_level_parse(config_text(config, "LOG_LEVEL"), &level)) {
        fprintf(stderr, "%s: LOG_LEVEL must be debug, info, warn or error\n", service->name);
        config_free(config);
        return 2;
    }
    log_open(service->name, config_text(config, "INSTANCE"), level);
    int status = run_verb(service, config, argc, argv);
    config_free(config);
    return status;
}
