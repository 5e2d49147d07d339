/* SPDX-License-Identifier: Apache-2.0 */
/* API keys of other systems, from a file that holds their hashes. Keys are long random texts, so
 * a plain SHA-256 keeps them safe; a slow hash is for passwords that people choose. */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/auth_private.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/log.h"

enum {
    FILE_MAX = 1 << 20,
    KEYS_MAX = 1000,
    LOOK_EVERY_US = 1000000,
    KEY_TEXT_MAX = 512,
    SOURCE_MAX = 256
};

struct api_key {
    const char *id;
    uint8_t hash[AUTH_HASH_SIZE];
    size_t grant_count;
    const char *grants[PRINCIPAL_GRANTS_MAX];
    size_t source_count;
    const char *const *sources;
    int64_t expires_us; /* 0: never */
};

/* What the file held when it was last good. */
struct key_set {
    struct arena arena;
    struct api_key *keys;
    size_t count;
};

struct api_keys {
    char *path; /* "": no keys */
    bool refuse_demo;
    struct stat seen;      /* of the file when last read, good or bad */
    uint64_t next_look_us; /* monotonic */
    struct key_set set;
};

static bool read_file(const char *path, struct buffer *text, struct error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return error_set(err, ERR_FATAL, "api_keys_file", "%s: %s", path, strerror(errno));
    }
    buffer_reserve(text, FILE_MAX + 1);
    text->size = fread(text->data, 1, FILE_MAX + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed || text->size > FILE_MAX) {
        return error_set(err, ERR_FATAL, "api_keys_file", "%s cannot be read or is too large",
                         path);
    }
    return true;
}

static bool hash_from_hex(const char *text, uint8_t hash[AUTH_HASH_SIZE])
{
    for (size_t i = 0; i < 2 * AUTH_HASH_SIZE; i++) {
        int digit = OPENSSL_hexchar2int((unsigned char)text[i]);
        if (digit < 0) {
            return false;
        }
        hash[i / 2] = (uint8_t)(hash[i / 2] << 4 | digit);
    }
    return true;
}

static void read_grants(struct json_reader *reader, const char *name, const char *prefix,
                        struct api_key *key)
{
    const char *const *texts;
    size_t count = json_read_texts(reader, name, JSON_OPTIONAL, PRINCIPAL_GRANTS_MAX, 64, &texts);
    for (size_t i = 0; i < count; i++) {
        if (key->grant_count == PRINCIPAL_GRANTS_MAX) {
            json_read_fault(reader, name, "too_many", "a key has too many roles and scopes");
            return;
        }
        key->grants[key->grant_count++] = arena_format(reader->arena, "%s%s", prefix, texts[i]);
    }
}

static void read_key(struct json_reader *reader, bool refuse_demo, struct api_key *key)
{
    key->id = json_read_text(reader, "id", JSON_REQUIRED, 1, 64);
    const char *hash = json_read_text(reader, "sha256", JSON_REQUIRED, 64, 64);
    if (hash != NULL && !hash_from_hex(hash, key->hash)) {
        json_read_fault(reader, "sha256", "malformed", "must be 64 hexadecimal digits");
    }
    read_grants(reader, "roles", "", key);
    read_grants(reader, "scopes", "scope:", key);
    key->source_count = json_read_texts(reader, "sources", JSON_OPTIONAL, PRINCIPAL_SOURCES_MAX,
                                        SOURCE_MAX, &key->sources);
    key->expires_us = json_read_instant(reader, "expires", JSON_OPTIONAL);
    if (json_read_bool(reader, "demo", JSON_OPTIONAL, false) && refuse_demo) {
        json_read_fault(reader, "demo", "demo_key", "demo keys are refused in production");
    }
    json_read_end(reader);
}

static bool key_set_read(struct key_set *set, const struct buffer *text, bool refuse_demo,
                         struct error *err)
{
    struct json_document document;
    struct json_reader root, item;
    if (!json_document_parse(&document, text->data, text->size, err)) {
        return false;
    }
    json_read_root(&root, &document, &set->arena, JSON_STRICT_FIELDS, err);
    set->count = json_read_array(&root, "keys", JSON_REQUIRED, KEYS_MAX);
    set->keys = arena_array(&set->arena, set->count, sizeof *set->keys);
    for (size_t i = 0; i < set->count; i++) {
        if (json_read_item(&root, "keys", i, &item)) {
            read_key(&item, refuse_demo, &set->keys[i]);
        }
    }
    bool good = json_read_end(&root);
    json_document_free(&document);
    return good;
}

/* Replaces the set when the file is good, keeps it otherwise. */
static bool api_keys_read(struct api_keys *keys, struct error *err)
{
    struct key_set set = {0};
    struct buffer text;
    buffer_init(&text);
    arena_init(&set.arena);
    bool good =
        read_file(keys->path, &text, err) && key_set_read(&set, &text, keys->refuse_demo, err);
    buffer_finish(&text);
    if (good) {
        arena_finish(&keys->set.arena);
        keys->set = set;
    } else {
        arena_finish(&set.arena);
    }
    return good;
}

bool api_keys_open(struct api_keys **keys_out, const char *path, bool refuse_demo,
                   struct error *err)
{
    struct api_keys *keys = memory_zero(1, sizeof *keys);
    struct error bad = {0};
    keys->path = memory_text(path);
    keys->refuse_demo = refuse_demo;
    arena_init(&keys->set.arena);
    if (path[0] != '\0') {
        stat(path, &keys->seen); /* when this fails, reading does too and says why */
        if (!api_keys_read(keys, &bad)) {
            error_set(err, ERR_FATAL, "api_keys_file", "%s: %s %s", path,
                      bad.field_count > 0 ? bad.fields[0].field : "",
                      bad.field_count > 0 ? bad.fields[0].text : bad.text);
            api_keys_free(keys);
            return false;
        }
    }
    *keys_out = keys;
    return true;
}

void api_keys_free(struct api_keys *keys)
{
    if (keys != NULL) {
        arena_finish(&keys->set.arena);
        free(keys->path);
        free(keys);
    }
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Looks at most once a second whether the file has changed: one stat of a local file. */
static void api_keys_look(struct api_keys *keys)
{
    struct stat now = {0};
    struct error err = {0};
    uint64_t now_us = clock_monotonic_us();
    if (keys->path[0] == '\0' || now_us < keys->next_look_us) {
        return;
    }
    keys->next_look_us = now_us + LOOK_EVERY_US;
    stat(keys->path, &now); /* a missing file stays all zero, which is a change as well */
    if (same_file(&now, &keys->seen)) {
        return;
    }
    keys->seen = now;
    if (api_keys_read(keys, &err)) {
        log_info("api_keys_read", log_int("keys", (int64_t)keys->set.count));
    } else {
        log_error_error("api_keys_not_read", &err,
                        log_text("field", err.field_count > 0 ? err.fields[0].field : NULL),
                        log_text("do", "repair the file; the keys read before stay valid"));
    }
}

/* Every key is compared, so the time taken tells nothing. */
static const struct api_key *key_find(const struct key_set *set, const char *text, size_t size)
{
    uint8_t hash[AUTH_HASH_SIZE];
    const struct api_key *found = NULL;
    auth_hash(text, size, hash);
    for (size_t i = 0; i < set->count; i++) {
        if (CRYPTO_memcmp(hash, set->keys[i].hash, AUTH_HASH_SIZE) == 0) {
            found = &set->keys[i];
        }
    }
    return found;
}

/* The set may be replaced while the request lives. */
static void copy_sources(struct principal *principal, const struct api_key *key,
                         struct arena *arena)
{
    const char **sources = arena_array(arena, key->source_count, sizeof *sources);
    for (size_t i = 0; i < key->source_count; i++) {
        sources[i] = arena_text(arena, key->sources[i]);
    }
    principal->sources = sources;
    principal->source_count = key->source_count;
}

bool api_keys_check(struct api_keys *keys, const char *text, int64_t now_us, struct arena *arena,
                    struct principal *principal, struct error *err)
{
    api_keys_look(keys);
    size_t size = strnlen(text, KEY_TEXT_MAX + 1);
    const struct api_key *key = size <= KEY_TEXT_MAX ? key_find(&keys->set, text, size) : NULL;
    if (key == NULL) {
        return error_set(err, ERR_UNAUTHENTICATED, "api_key_unknown", "the API key is not known");
    }
    if (key->expires_us != 0 && now_us >= key->expires_us) {
        return error_set(err, ERR_UNAUTHENTICATED, "api_key_expired", "the API key has expired");
    }
    *principal = (struct principal){.kind = PRINCIPAL_SYSTEM, .id = arena_text(arena, key->id)};
    for (size_t i = 0; i < key->grant_count; i++) {
        principal_grant(principal, arena_text(arena, key->grants[i]));
    }
    copy_sources(principal, key, arena);
    return true;
}
