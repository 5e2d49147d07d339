/* SPDX-License-Identifier: Apache-2.0 */
#include "media_object.h"

#include <stdio.h>
#include <string.h>

enum { CODE_SIZE = 64, STORAGE_RETRY_S = 5 };

#define LOWER    "abcdefghijklmnopqrstuvwxyz"
#define DIGITS   "0123456789"
#define LETTERS  LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PLAIN    LETTERS DIGITS "-_"
#define IN_HOSTS LETTERS DIGITS "-.:[]"

/* ---- addresses ---- */

static bool endpoint_is_good(const char *endpoint, size_t *size)
{
    size_t scheme = strncmp(endpoint, "https://", 8) == 0  ? 8
                    : strncmp(endpoint, "http://", 7) == 0 ? 7
                                                           : 0;
    size_t host = strspn(endpoint + scheme, IN_HOSTS);
    const char *rest = endpoint + scheme + host;
    *size = scheme + host;
    return scheme > 0 && host > 0 && (rest[0] == '\0' || strcmp(rest, "/") == 0);
}

static bool bucket_is_good(const char *bucket, size_t size)
{
    return size >= 3 && size <= 63 && strspn(bucket, LOWER DIGITS "-.") >= size;
}

/* Segments of plain characters, none of them empty. */
static bool prefix_is_good(const char *prefix)
{
    for (;;) {
        size_t size = strspn(prefix, PLAIN);
        if (size == 0 || (prefix[size] != '/' && prefix[size] != '\0')) {
            return false;
        }
        if (prefix[size] == '\0') {
            return true;
        }
        prefix += size + 1;
    }
}

bool media_object_base(const char *endpoint, const char *place, char base[OBJECT_BASE_SIZE],
                       struct error *err)
{
    size_t host_size, bucket_size = strcspn(place, "/");
    bool has_prefix = place[bucket_size] == '/';
    if (!endpoint_is_good(endpoint, &host_size)) {
        return error_set(err, ERR_FATAL, "bad_setting",
                         "MEDIA_S3_ENDPOINT must be like https://s3.example:9000");
    }
    if (!bucket_is_good(place, bucket_size) ||
        (has_prefix && !prefix_is_good(place + bucket_size + 1)) ||
        host_size + strlen(place) + sizeof "//" > OBJECT_BASE_SIZE / 2) {
        return error_set(err, ERR_FATAL, "bad_setting",
                         "MEDIA_S3_BUCKET must be like bucket, or bucket/prefix");
    }
    snprintf(base, OBJECT_BASE_SIZE, "%.*s/%s/", (int)host_size, endpoint, place);
    return true;
}

/* ---- answers ---- */

/* <Error><Code>NoSuchKey</Code>…; "" when the answer is none of S3. */
static void read_code(const char *answer, size_t size, char code[CODE_SIZE])
{
    static const char open[] = "<Code>";
    char text[1024];
    snprintf(text, sizeof text, "%.*s", (int)(size < sizeof text ? size : sizeof text - 1), answer);
    const char *found = strstr(text, open);
    const char *word = found != NULL ? found + strlen(open) : "";
    size_t length = strspn(word, LETTERS DIGITS);
    bool is_word = length < CODE_SIZE && word[length] == '<';
    snprintf(code, CODE_SIZE, "%.*s", is_word ? (int)length : 0, word);
}

/* Where the code says more than the status. */
static const struct {
    const char *code;
    enum error_kind kind;
} codes[] = {
    {"NoSuchKey", ERR_NOT_FOUND},
    {"RequestTimeout", ERR_RETRY}, /* 400: the body came too slowly */
    {"IncompleteBody", ERR_RETRY},
    {"BadDigest", ERR_RETRY}, /* changed on its way */
    {"XAmzContentSHA256Mismatch", ERR_RETRY},
    {"OperationAborted", ERR_RETRY},               /* 409: another writes the same */
    {"QuotaExceeded", ERR_RETRY},                  /* 403: as a volume that is full */
    {"XMinioAdminBucketQuotaExceeded", ERR_RETRY}, /* 400 */
    {"XMinioStorageFull", ERR_RETRY},              /* 507 */
};

static enum error_kind kind_of(long status, const char *code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(codes[i].code, code) == 0) {
            return codes[i].kind;
        }
    }
    return status == 408 || status == 429 || status >= 500 ? ERR_RETRY : ERR_FATAL;
}

bool media_object_judge(enum object_act act, long status, const char *answer, size_t size,
                        struct error *err)
{
    if (status == 200 || (status == 204 && act != OBJECT_GET)) {
        return true;
    }
    char code[CODE_SIZE];
    read_code(answer, size, code);
    switch (kind_of(status, code)) {
    case ERR_NOT_FOUND:
        return act == OBJECT_REMOVE ||
               error_set(err, ERR_NOT_FOUND, "unknown_media", "there is no such file");
    case ERR_RETRY:
        error_set(err, ERR_RETRY, "storage_away", "the storage answered %ld%s%s", status,
                  code[0] != '\0' ? " " : "", code);
        if (err != NULL) {
            err->retry_after_s = STORAGE_RETRY_S;
        }
        return false;
    default:
        return error_set(err, ERR_FATAL, "media_bucket", "the storage answered %ld %s", status,
                         code[0] != '\0' ? code : "in no form of S3");
    }
}
