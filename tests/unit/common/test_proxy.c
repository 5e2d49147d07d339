/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/proxy.h"

static const struct {
    const char *trusted, *peer, *forwarded, *client;
} rows[] = {
    {"", "203.0.113.7", NULL, "203.0.113.7"},
    {"", "203.0.113.7", "1.2.3.4", "203.0.113.7"}, /* anybody can write that */
    {"10.0.0.0/8", "203.0.113.7", "1.2.3.4", "203.0.113.7"},
    {"10.0.0.0/8", "10.1.2.3", "198.51.100.4", "198.51.100.4"},
    {"10.0.0.0/8", "10.1.2.3", "9.9.9.9, 198.51.100.4", "198.51.100.4"},
    {"10.0.0.0/8", "10.1.2.3", "9.9.9.9,198.51.100.4, 10.7.7.7 ", "198.51.100.4"},
    {"10.0.0.0/8", "10.1.2.3", "10.5.5.5", "10.5.5.5"}, /* all of them are proxies */
    {"10.0.0.0/8", "10.1.2.3", NULL, "10.1.2.3"},
    {"10.0.0.0/8", "10.1.2.3", "", "10.1.2.3"},
    {"10.0.0.0/8", "10.1.2.3", "9.9.9.9, unknown", "10.1.2.3"},
    {"10.0.0.0/8", "10.1.2.3", "9.9.9.9, 198.51.100.4:1234", "10.1.2.3"},
    {"10.0.0.0/8", "::ffff:10.1.2.3", "198.51.100.4", "198.51.100.4"},
    {"127.0.0.1, ::1", "::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
    {"2001:db8::/33", "2001:db8:7fff::1", "1.2.3.4", "1.2.3.4"},
    {"2001:db8::/33", "2001:db8:8000::1", "1.2.3.4", "2001:db8:8000::"},
    {"0.0.0.0/0", "1.2.3.4", "5.6.7.8, 9.10.11.12", "5.6.7.8"},
    {"192.0.2.128/25", "192.0.2.127", "1.2.3.4", "192.0.2.127"},
};

static void the_rightmost_that_is_no_proxy_is_the_client(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct proxy_list list;
        struct error err = {0};
        assert_true(proxy_list_read(&list, rows[i].trusted, &err));
        assert_string_equal(proxy_client(&list, rows[i].peer, rows[i].forwarded, &arena),
                            rows[i].client);
    }
    arena_finish(&arena);
}

static void a_bad_network_is_refused(void **state)
{
    static const char *const bad[] = {"x",      "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x",
                                      "::/129", "1.2.3",       ",",         "10.0.0.0/-1"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct proxy_list list;
        struct error err = {0};
        assert_false(proxy_list_read(&list, bad[i], &err));
        assert_string_equal(err.code, "bad_network");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rightmost_that_is_no_proxy_is_the_client),
        cmocka_unit_test(a_bad_network_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
