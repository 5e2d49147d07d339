/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config.h"

static const struct config_option common[] = {
    {.name = "MODE", .type = CONFIG_TEXT, .fallback = "production", .help = "the mode"},
    {.name = "T_SECRET", .type = CONFIG_SECRET, .help = "a secret", .demo = "demo-secret"},
    {.name = "T_PORT", .type = CONFIG_INT, .min = 1, .max = 65535, .help = "a port"},
};
static const struct config_option own[] = {
    {.name = "T_NAME", .type = CONFIG_TEXT, .fallback = "", .help = "a name"},
    {.name = "T_WAIT_MS",
     .type = CONFIG_INT,
     .fallback = "250",
     .min = -5,
     .max = 1000,
     .help = "a time"},
    {.name = "T_ON", .type = CONFIG_BOOL, .fallback = "false", .help = "a switch"},
};

static char secret_path[] = "/tmp/test_config_XXXXXX";

/* Each test starts from a valid environment. */
static int start(void **state)
{
    static const char *const unset[] = {"MODE", "T_SECRET_FILE", "T_NAME", "T_WAIT_MS", "T_ON"};
    (void)state;
    for (size_t i = 0; i < sizeof unset / sizeof unset[0]; i++) {
        unsetenv(unset[i]);
    }
    setenv("T_SECRET", "of my own", 1);
    setenv("T_PORT", "8081", 1);
    return 0;
}

static bool load(struct config **config, struct error *err)
{
    return config_load(config, common, sizeof common / sizeof common[0], own,
                       sizeof own / sizeof own[0], err);
}

static void assert_faults(const char *faults)
{
    struct config *config;
    struct error err = {0};
    assert_int_equal(load(&config, &err), *faults == '\0');
    assert_int_equal(err.kind, *faults == '\0' ? ERR_NONE : ERR_INPUT);
    assert_string_equal(config_faults(config), faults);
    config_free(config);
}

static void options_are_read_from_both_tables(void **state)
{
    (void)state;
    struct config *config;
    struct error err = {0};
    setenv("T_NAME", "Hà Nội", 1);
    setenv("T_ON", "true", 1);
    assert_true(load(&config, &err));
    assert_string_equal(config_text(config, "T_SECRET"), "of my own");
    assert_int_equal(config_int(config, "T_PORT"), 8081);
    assert_string_equal(config_text(config, "T_NAME"), "Hà Nội");
    assert_true(config_bool(config, "T_ON"));
    assert_true(config_is_production(config));
    config_free(config);
}

static void unset_and_empty_take_the_fallback(void **state)
{
    (void)state;
    struct config *config;
    struct error err = {0};
    setenv("T_WAIT_MS", "", 1);
    assert_true(load(&config, &err));
    assert_int_equal(config_int(config, "T_WAIT_MS"), 250);
    assert_string_equal(config_text(config, "T_NAME"), "");
    assert_false(config_bool(config, "T_ON"));
    config_free(config);
}

static void all_faults_are_told_together(void **state)
{
    (void)state;
    unsetenv("T_SECRET");
    setenv("T_PORT", "70000", 1);
    setenv("T_ON", "yes", 1);
    setenv("MODE", "test", 1);
    assert_faults("T_SECRET or T_SECRET_FILE must be set: a secret\n"
                  "T_PORT must be a whole number from 1 to 65535: a port\n"
                  "T_ON must be true or false: a switch\n"
                  "MODE must be production or demo: the mode");
}

static void a_long_list_of_faults_is_not_cut(void **state)
{
    (void)state;
    enum { OPTIONS = 40 };
    static char names[OPTIONS][24];
    struct config_option options[OPTIONS];
    struct config *config;
    struct error err = {0};

    for (unsigned i = 0; i < OPTIONS; i++) {
        snprintf(names[i], sizeof names[i], "T_MISSING_%u", i);
        options[i] = (struct config_option){
            .name = names[i], .type = CONFIG_TEXT, .help = "a long text of what it should be"};
    }
    assert_false(config_load(&config, options, OPTIONS, NULL, 0, &err));
    assert_string_equal(err.text, "40 settings are missing or wrong");
    for (size_t i = 0; i < OPTIONS; i++) {
        assert_non_null(strstr(config_faults(config), names[i]));
    }
    config_free(config);
}

static void numbers_are_whole_and_in_range(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"0", true},     {"-5", true},
        {"1000", true},  {"007", true},
        {"-6", false},   {"1001", false},
        {"1.5", false},  {"1e2", false},
        {"12 ", false},  {" 12", false},
        {"+1", false},   {"-", false},
        {"0x10", false}, {"99999999999999999999", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setenv("T_WAIT_MS", rows[i].text, 1);
        assert_faults(rows[i].good ? ""
                                   : "T_WAIT_MS must be a whole number from -5 to 1000: a time");
    }
}

static void demo_values_are_for_demo_mode(void **state)
{
    (void)state;
    struct config *config;
    struct error err = {0};
    setenv("T_SECRET", "demo-secret", 1);
    assert_faults("T_SECRET has its demo value, which everybody knows: set one of your own, or "
                  "MODE=demo: a secret");
    setenv("MODE", "demo", 1);
    assert_true(load(&config, &err));
    assert_false(config_is_production(config));
    config_free(config);
}

/* Puts content into the secret's file and reads the option from there. */
static void write_secret(const char *content, size_t size)
{
    FILE *file = fopen(secret_path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, size, file), size);
    fclose(file);
    unsetenv("T_SECRET");
    setenv("T_SECRET_FILE", secret_path, 1);
}

static void secret_file_loses_one_line_break(void **state)
{
    (void)state;
    static const struct {
        const char *content, *value;
    } rows[] = {
        {"plain", "plain"},
        {"line\n", "line"},
        {"windows\r\n", "windows"},
        {"two\n\n", "two\n"},
        {" spaces stay \n", " spaces stay "},
        {"a=1\nb=2\n", "a=1\nb=2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct config *config;
        struct error err = {0};
        write_secret(rows[i].content, strlen(rows[i].content));
        assert_true(load(&config, &err));
        assert_string_equal(config_text(config, "T_SECRET"), rows[i].value);
        config_free(config);
    }
}

static void secret_file_must_hold_a_text(void **state)
{
    (void)state;
    static char large[64 * 1024 + 1];
    static const struct {
        const char *content;
        size_t size;
    } rows[] = {{"", 0}, {"\n", 1}, {"a\0b", 3}, {large, sizeof large}};
    char fault[160];

    memset(large, 'x', sizeof large);
    snprintf(fault, sizeof fault,
             "T_SECRET_FILE: %s must hold a text of 1 to 65536 bytes, without NUL", secret_path);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_secret(rows[i].content, rows[i].size);
        assert_faults(fault);
    }
}

static void demo_value_is_refused_from_a_file_too(void **state)
{
    (void)state;
    write_secret("demo-secret\n", 12);
    assert_faults("T_SECRET has its demo value, which everybody knows: set one of your own, or "
                  "MODE=demo: a secret");
}

static void secret_file_that_is_away_is_a_fault(void **state)
{
    (void)state;
    unsetenv("T_SECRET");
    setenv("T_SECRET_FILE", "/nowhere/secret", 1);
    assert_faults("T_SECRET_FILE: cannot open /nowhere/secret: No such file or directory");
}

static void secret_is_given_once(void **state)
{
    (void)state;
    setenv("T_SECRET_FILE", secret_path, 1);
    assert_faults("T_SECRET and T_SECRET_FILE are both set: keep one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(options_are_read_from_both_tables, start),
        cmocka_unit_test_setup(unset_and_empty_take_the_fallback, start),
        cmocka_unit_test_setup(all_faults_are_told_together, start),
        cmocka_unit_test_setup(a_long_list_of_faults_is_not_cut, start),
        cmocka_unit_test_setup(numbers_are_whole_and_in_range, start),
        cmocka_unit_test_setup(demo_values_are_for_demo_mode, start),
        cmocka_unit_test_setup(secret_file_loses_one_line_break, start),
        cmocka_unit_test_setup(secret_file_must_hold_a_text, start),
        cmocka_unit_test_setup(demo_value_is_refused_from_a_file_too, start),
        cmocka_unit_test_setup(secret_file_that_is_away_is_a_fault, start),
        cmocka_unit_test_setup(secret_is_given_once, start),
    };
    close(mkstemp(secret_path));
    int failed = cmocka_run_group_tests_name("config", tests, NULL, NULL);
    unlink(secret_path);
    return failed;
}
