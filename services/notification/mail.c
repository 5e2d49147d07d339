/* SPDX-License-Identifier: Apache-2.0 */
#include "mail.h"

#include <assert.h>
#include <openssl/evp.h>
#include <string.h>
#include <time.h>

#include "common/utf8.h"

enum {
    ADDRESS_MAX = 254,
    LOCAL_MAX = 64,
    WORD_BYTES = 45, /* of text in one encoded word: 60 characters, well below the 75 allowed */
    LINE_BYTES = 57  /* of text in one line of base64: the 76 characters of RFC 2045 */
};

static bool is_address_text(const char *text, size_t size, const char *also)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && strchr(also, c) == NULL) {
            return false;
        }
    }
    return size > 0;
}

static bool is_dotted(const char *text, size_t size)
{
    return text[0] != '.' && text[size - 1] != '.';
}

bool mail_address_is_good(const char *address)
{
    size_t size = strlen(address);
    const char *at = strchr(address, '@');
    if (at == NULL || size > ADDRESS_MAX) {
        return false;
    }
    size_t local = (size_t)(at - address), domain = size - local - 1;
    return local <= LOCAL_MAX && strstr(address, "..") == NULL &&
           is_address_text(address, local, "!#$%&'*+-/=?^_`{|}~.") &&
           is_address_text(at + 1, domain, "-.") && is_dotted(address, local) &&
           is_dotted(at + 1, domain);
}

static void put_base64(struct buffer *out, const char *bytes, size_t size)
{
    buffer_reserve(out, 4 * ((size + 2) / 3) + 1);
    int written = EVP_EncodeBlock((unsigned char *)out->data + out->size,
                                  (const unsigned char *)bytes, (int)size);
    out->size += (size_t)written;
}

/* Words of whole code points, one a line (RFC 2047 sections 2 and 5). */
static void put_subject(struct buffer *out, const char *subject)
{
    char word[WORD_BYTES];
    size_t left = strlen(subject);
    buffer_put_text(out, "Subject:");
    do {
        size_t size = utf8_fit(subject, left, WORD_BYTES);
        for (size_t i = 0; i < size; i++) {
            word[i] = (unsigned char)subject[i] < ' ' ? ' ' : subject[i];
        }
        buffer_put_text(out, " =?UTF-8?B?");
        put_base64(out, word, size);
        buffer_put_text(out, "?=\r\n");
        subject += size;
        left -= size;
    } while (left > 0);
}

/* Days and months in English whatever the locale (RFC 5322 section 3.3). */
static void put_date(struct buffer *out, int64_t instant_us)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(instant_us / 1000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    buffer_put_format(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[utc.tm_wday],
                      utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                      utc.tm_sec);
}

static void put_id(struct buffer *out, const char *header, const struct uuid *id, const char *from)
{
    char text[UUID_TEXT_SIZE];
    buffer_put_format(out, "%s: <%s%s>\r\n", header, uuid_format(id, text), strchr(from, '@'));
}

static void put_body(struct buffer *out, const char *body)
{
    struct buffer text;
    buffer_init(&text);
    for (const char *c = body; *c != '\0'; c++) {
        if (*c == '\n' && (c == body || c[-1] != '\r')) {
            buffer_put_char(&text, '\r');
        }
        buffer_put_char(&text, *c);
    }
    for (size_t at = 0; at < text.size; at += LINE_BYTES) {
        size_t left = text.size - at;
        put_base64(out, text.data + at, left < LINE_BYTES ? left : LINE_BYTES);
        buffer_put_text(out, "\r\n");
    }
    buffer_finish(&text);
}

void mail_write(const struct mail *mail, struct buffer *out)
{
    assert(mail_address_is_good(mail->from) && mail_address_is_good(mail->to));
    put_date(out, mail->at);
    buffer_put_format(out, "From: %s\r\nTo: %s\r\n", mail->from, mail->to);
    put_subject(out, mail->subject);
    put_id(out, "Message-ID", mail->id, mail->from);
    put_id(out, "References", mail->case_id, mail->from);
    buffer_put_format(out,
                      "MIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: base64\r\n"
                      "Content-Language: %s\r\n"
                      "Auto-Submitted: auto-generated\r\n\r\n",
                      language_words[mail->language]);
    put_body(out, mail->body);
}
