/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/fetch_private.h"

struct mail_transfer {
    struct transfer transfer;
    char *message;
    size_t size, sent;
    struct curl_slist *recipients;
    fetch_on_mailed *on_mailed;
    void *arg;
};

static size_t on_read(char *bytes, size_t size, size_t count, void *arg)
{
    struct mail_transfer *mail = arg;
    size_t left = mail->size - mail->sent;
    size_t part = size * count < left ? size * count : left;
    memcpy(bytes, mail->message + mail->sent, part);
    mail->sent += part;
    return part;
}

static void mail_transfer_free(struct mail_transfer *mail)
{
    transfer_finish(&mail->transfer);
    curl_slist_free_all(mail->recipients);
    free(mail->message);
    free(mail);
}

/* RFC 5321 section 4.2.1: 4yz may succeed later, 5yz will not. */
static void on_end(struct transfer *transfer, CURLcode code)
{
    struct mail_transfer *mail = (struct mail_transfer *)transfer;
    long reply = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &reply);
    if (code == CURLE_OK) {
        mail->on_mailed(reply, NULL, mail->arg);
    } else {
        struct error err = {0};
        bool refused = reply >= 500 && reply < 600;
        error_set(&err, refused ? ERR_INPUT : ERR_RETRY,
                  refused ? "mail_refused" : "mail_not_taken", "%s", curl_easy_strerror(code));
        mail->on_mailed(reply, &err, mail->arg);
    }
    mail_transfer_free(mail);
}

static void mail_set_login(CURL *easy, const struct fetch_mail *mail)
{
    if (mail->user != NULL && mail->user[0] != '\0') {
        curl_easy_setopt(easy, CURLOPT_USERNAME, mail->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, mail->password);
    }
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long)(mail->require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
}

bool fetch_mail(struct fetch *fetch, const struct fetch_mail *request, fetch_on_mailed *on_mailed,
                void *arg, struct error *err)
{
    struct mail_transfer *mail = memory_zero(1, sizeof *mail);
    mail->transfer.end = on_end;
    mail->on_mailed = on_mailed;
    mail->arg = arg;
    mail->size = request->message_size;
    mail->message = memory_alloc(request->message_size + 1);
    memcpy(mail->message, request->message, request->message_size);
    if (!transfer_init(&mail->transfer, fetch, request->deadline_ms, err)) {
        goto free_transfer;
    }
    CURL *easy = mail->transfer.easy;
    mail->recipients = curl_slist_append(NULL, request->to);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, request->from);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, mail->recipients);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, mail);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->message_size);
    mail_set_login(easy, request);
    if (transfer_start(&mail->transfer, err)) {
        return true;
    }

free_transfer:
    mail_transfer_free(mail);
    return false;
}
