/* SPDX-License-Identifier: Apache-2.0 */
#include "captcha.h"

#include <string.h>

#include "common/buffer.h"
#include "common/log.h"

enum { DEADLINE_MS = 2000, ANSWER_MAX = 16 * 1024 };

bool captcha_is_on(const struct config *config)
{
    return config_text(config, "CAPTCHA_URL")[0] != '\0';
}

static void put_field(struct buffer *form, const char *name, const char *value)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    buffer_put_text(form, form->size > 0 ? "&" : "");
    buffer_put_text(form, name);
    buffer_put_text(form, "=");
    for (; *value != '\0'; value++) {
        const char escaped[] = {'%', hex[(uint8_t)*value >> 4], hex[*value & 15]};
        bool is_plain = strchr(plain, *value) != NULL;
        buffer_put(form, is_plain ? value : escaped, is_plain ? 1 : sizeof escaped);
    }
}

static enum captcha_end read_answer(struct captcha_check *check, long status, const char *body,
                                    size_t size, struct error *err)
{
    bool success;
    if (status != 200) {
        error_set(err, ERR_RETRY, "captcha_status", "the verifier answered %ld", status);
        return CAPTCHA_AWAY;
    }
    if (!captcha_answer_read(&success, body, size, check->arena, err)) {
        return CAPTCHA_AWAY;
    }
    return success ? CAPTCHA_GOOD : CAPTCHA_BAD;
}

static void on_answer(long status, const char *body, size_t size, const struct error *err,
                      void *arg)
{
    struct captcha_check *check = arg;
    struct error fault = {0};
    enum captcha_end end = CAPTCHA_AWAY;
    if (err != NULL) {
        fault = *err;
    } else {
        end = read_answer(check, status, body, size, &fault);
    }
    if (end == CAPTCHA_AWAY) {
        log_warn_error("captcha_away", &fault);
    }
    check->on_checked(end, check->arg);
}

void captcha_start(struct captcha_check *check)
{
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    struct buffer form;
    struct error err = {0};
    buffer_init(&form);
    put_field(&form, "secret", config_text(check->config, "CAPTCHA_SECRET"));
    put_field(&form, "response", check->proof);
    put_field(&form, "remoteip", check->address);
    const struct fetch_request request = {
        .method = "POST",
        .url = config_text(check->config, "CAPTCHA_URL"),
        .headers = headers,
        .body = arena_copy(check->arena, form.data, form.size),
        .body_size = form.size,
        .deadline_ms = DEADLINE_MS,
        .answer_max = ANSWER_MAX,
    };
    buffer_finish(&form);
    if (!fetch_http(check->fetch, &request, on_answer, check, &err)) {
        on_answer(0, NULL, 0, &err, check);
    }
}
