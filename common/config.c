/* SPDX-License-Identifier: Apache-2.0 */
#include "common/config.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/buffer.h"

enum { FILE_SIZE_MAX = 64 * 1024 };

struct setting {
    const struct config_option *option; /* borrowed */
    const char *text;
    int64_t integer; /* CONFIG_INT, CONFIG_BOOL */
};

struct config {
    struct arena arena; /* of the settings and their texts */
    struct setting *settings;
    size_t count;
    struct buffer faults; /* one a line */
    size_t fault_count;
    bool is_production;
};

static const struct setting *find(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->count; i++) {
        if (strcmp(config->settings[i].option->name, name) == 0) {
            return &config->settings[i];
        }
    }
    return NULL;
}

/* Starts a line of the list of faults with the setting's name; the caller says what is wrong. */
static struct buffer *add_fault(struct config *config, const struct config_option *option)
{
    struct buffer *faults = &config->faults;
    if (config->fault_count++ > 0) {
        buffer_put_char(faults, '\n');
    }
    buffer_put_text(faults, option->name);
    return faults;
}

/* The content of a secret's file without its last line break; NULL after a fault. */
static const char *read_secret(struct config *config, const struct config_option *option,
                               const char *path)
{
    char text[FILE_SIZE_MAX];
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        buffer_put_format(add_fault(config, option), "_FILE: cannot open %s: %s", path,
                          strerror(errno));
        return NULL;
    }
    size_t size = fread(text, 1, sizeof text, file);
    bool complete = !ferror(file) && fgetc(file) == EOF && !ferror(file);
    fclose(file);
    if (size > 0 && text[size - 1] == '\n') {
        size -= size > 1 && text[size - 2] == '\r' ? 2 : 1;
    }
    if (!complete || size == 0 || memchr(text, '\0', size) != NULL) {
        buffer_put_format(add_fault(config, option),
                          "_FILE: %s must hold a text of 1 to %d bytes, without NUL", path,
                          FILE_SIZE_MAX);
        return NULL;
    }
    return arena_copy(&config->arena, text, size);
}

/* An empty variable counts as unset: that is what compose files make of a missing one. */
static const char *read_variable(const char *name, const char *suffix)
{
    char full[128];
    int size = snprintf(full, sizeof full, "%s%s", name, suffix);
    assert(size > 0 && (size_t)size < sizeof full);
    const char *value = getenv(full);
    return value == NULL || *value == '\0' ? NULL : value;
}

/* The text of an option from wherever it was given; NULL after a fault. */
static const char *read_text(struct config *config, const struct config_option *option)
{
    bool is_secret = option->type == CONFIG_SECRET;
    const char *value = read_variable(option->name, "");
    const char *path = is_secret ? read_variable(option->name, "_FILE") : NULL;

    if (value != NULL && path != NULL) {
        buffer_put_format(add_fault(config, option), " and %s_FILE are both set: keep one",
                          option->name);
        return NULL;
    }
    if (path != NULL) {
        return read_secret(config, option, path);
    }
    if (value != NULL) {
        return arena_text(&config->arena, value);
    }
    if (option->fallback == NULL) {
        buffer_put_format(add_fault(config, option), "%s%s%s must be set: %s",
                          is_secret ? " or " : "", is_secret ? option->name : "",
                          is_secret ? "_FILE" : "", option->help);
    }
    return option->fallback;
}

static void check_int(struct config *config, struct setting *setting)
{
    const struct config_option *option = setting->option;
    char *end;

    assert(*setting->text != '\0'); /* an optional number needs a fallback */
    errno = 0;
    setting->integer = strtoll(setting->text, &end, 10);
    bool is_number = strchr("-0123456789", setting->text[0]) != NULL && *end == '\0' && errno == 0;
    if (!is_number || setting->integer < option->min || setting->integer > option->max) {
        buffer_put_format(add_fault(config, option),
                          " must be a whole number from %" PRId64 " to %" PRId64 ": %s",
                          option->min, option->max, option->help);
    }
}

static void check_bool(struct config *config, struct setting *setting)
{
    setting->integer = strcmp(setting->text, "true") == 0;
    if (!setting->integer && strcmp(setting->text, "false") != 0) {
        buffer_put_format(add_fault(config, setting->option), " must be true or false: %s",
                          setting->option->help);
    }
}

static void load_setting(struct config *config, struct setting *setting)
{
    const struct config_option *option = setting->option;

    setting->text = read_text(config, option);
    if (setting->text == NULL) {
        return;
    }
    if (option->type == CONFIG_INT) {
        check_int(config, setting);
    } else if (option->type == CONFIG_BOOL) {
        check_bool(config, setting);
    }
}

static void add_table(struct config *config, const struct config_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert(find(config, options[i].name) == NULL);
        config->settings[config->count++].option = &options[i];
    }
}

/* Production unless said otherwise: nobody gets a demo by a slip. */
static void check_mode(struct config *config)
{
    const struct setting *mode = find(config, "MODE");
    const char *text = mode == NULL || mode->text == NULL ? "production" : mode->text;

    config->is_production = strcmp(text, "demo") != 0;
    if (config->is_production && strcmp(text, "production") != 0) {
        buffer_put_format(add_fault(config, mode->option), " must be production or demo: %s",
                          mode->option->help);
    }
}

static void refuse_demo_values(struct config *config)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct setting *setting = &config->settings[i];
        const struct config_option *option = setting->option;
        if (option->demo != NULL && setting->text != NULL &&
            strcmp(setting->text, option->demo) == 0) {
            buffer_put_format(add_fault(config, option),
                              " has its demo value, which everybody knows: set one of your own, "
                              "or MODE=demo: %s",
                              option->help);
        }
    }
}

bool config_load(struct config **loaded, const struct config_option *common, size_t common_count,
                 const struct config_option *own, size_t own_count, struct error *err)
{
    struct config *config = memory_zero(1, sizeof *config);

    arena_init(&config->arena);
    buffer_init(&config->faults);
    config->settings =
        arena_array(&config->arena, common_count + own_count, sizeof *config->settings);
    add_table(config, common, common_count);
    add_table(config, own, own_count);
    for (size_t i = 0; i < config->count; i++) {
        load_setting(config, &config->settings[i]);
    }
    check_mode(config);
    if (config->is_production) {
        refuse_demo_values(config);
    }
    *loaded = config;
    return config->fault_count == 0 ||
           error_set(err, ERR_INPUT, "invalid_configuration", "%zu settings are missing or wrong",
                     config->fault_count);
}

const char *config_faults(const struct config *config)
{
    return config->fault_count == 0 ? "" : config->faults.data;
}

void config_free(struct config *config)
{
    if (config == NULL) {
        return;
    }
    buffer_finish(&config->faults);
    arena_finish(&config->arena);
    free(config);
}

const char *config_text(const struct config *config, const char *name)
{
    const struct setting *setting = find(config, name);
    assert(setting != NULL);
    assert(setting->option->type == CONFIG_TEXT || setting->option->type == CONFIG_SECRET);
    return setting->text;
}

int64_t config_int(const struct config *config, const char *name)
{
    const struct setting *setting = find(config, name);
    assert(setting != NULL && setting->option->type == CONFIG_INT);
    return setting->integer;
}

bool config_bool(const struct config *config, const char *name)
{
    const struct setting *setting = find(config, name);
    assert(setting != NULL && setting->option->type == CONFIG_BOOL);
    return setting->integer != 0;
}

bool config_is_production(const struct config *config)
{
    return config->is_production;
}
