/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_opening.h"

#include <string.h>

static const struct pg_statement number_next = {"case_number_next",
                                                "SELECT nextval('case_number')"};

void store_number_next(struct pg_tx *tx)
{
    pg_tx_add(tx, &number_next);
}

int64_t store_number(const struct pg_tx *tx, size_t statement)
{
    return pg_value_int8(tx, statement, 0, 0);
}

static const struct pg_statement key_read = {
    "opening_key_read", "SELECT fingerprint FROM opening_key WHERE key = $1::bytea"};

void store_key_read(struct pg_tx *tx, const struct opening_key *key)
{
    pg_tx_add(tx, &key_read);
    pg_tx_bytes(tx, key->key, DIGEST_SIZE);
}

bool store_key_is_same(const struct pg_tx *tx, size_t statement, const struct opening_key *key)
{
    size_t size;
    const void *fingerprint = pg_value_bytes(tx, statement, 0, 0, &size);
    return size == DIGEST_SIZE && memcmp(fingerprint, key->fingerprint, DIGEST_SIZE) == 0;
}

static const struct pg_statement key_add = {
    "opening_key_add",
    "INSERT INTO opening_key (key, fingerprint, made) VALUES ($1::bytea, $2::bytea, $3::uuid)"};

void store_key_add(struct pg_tx *tx, const struct opening_key *key, const struct uuid *made)
{
    pg_tx_add(tx, &key_add);
    pg_tx_bytes(tx, key->key, DIGEST_SIZE);
    pg_tx_bytes(tx, key->fingerprint, DIGEST_SIZE);
    pg_tx_uuid(tx, made);
}

static const struct pg_statement slot_key_add = {
    "opening_slot_key_add",
    "INSERT INTO opening_key (key, fingerprint, made) SELECT $1::bytea, $2::bytea, $3::uuid "
    "WHERE EXISTS (SELECT 1 FROM reception_slot WHERE slot_id = $3::uuid)"};

void store_slot_key_add(struct pg_tx *tx, const struct opening_key *key, const struct uuid *made)
{
    pg_tx_add(tx, &slot_key_add);
    pg_tx_bytes(tx, key->key, DIGEST_SIZE);
    pg_tx_bytes(tx, key->fingerprint, DIGEST_SIZE);
    pg_tx_uuid(tx, made);
}

static const struct pg_statement keyed_case = {
    "opening_keyed_case",
    "SELECT k.fingerprint, h.snapshot FROM opening_key k "
    "JOIN case_history h ON h.case_id = k.made AND h.version = 1 WHERE k.key = $1::bytea"};

void store_keyed_case_read(struct pg_tx *tx, const struct opening_key *key)
{
    pg_tx_add(tx, &keyed_case);
    pg_tx_bytes(tx, key->key, DIGEST_SIZE);
}

/* ---- splits ---- */

static const struct pg_statement split_read = {
    "case_split_read", "SELECT s.fingerprint, h.snapshot FROM case_split s "
                       "JOIN case_history h ON h.case_id = s.child AND h.version = 1 "
                       "WHERE s.parent = $1::uuid AND s.version = $2::integer"};

void store_split_read(struct pg_tx *tx, const struct uuid *parent, int32_t version)
{
    pg_tx_add(tx, &split_read);
    pg_tx_uuid(tx, parent);
    pg_tx_int4(tx, version);
}

static const struct pg_statement split_add = {
    "case_split_add",
    "INSERT INTO case_split (child, parent, version, fingerprint) VALUES ($1::uuid, $2::uuid, "
    "(SELECT version FROM case_history WHERE case_id = $2::uuid AND version = $3::integer "
    "AND event_id = $4::uuid), $5::bytea)"};

void store_split_add(struct pg_tx *tx, const struct uuid *child, const struct case_snapshot *parent,
                     const struct uuid *event_id, const uint8_t fingerprint[DIGEST_SIZE])
{
    pg_tx_add(tx, &split_add);
    pg_tx_uuid(tx, child);
    pg_tx_uuid(tx, &parent->id);
    pg_tx_int4(tx, parent->version);
    pg_tx_uuid(tx, event_id);
    pg_tx_bytes(tx, fingerprint, DIGEST_SIZE);
}

/* ---- relations ---- */

static const struct pg_statement children_read = {
    "case_children", "SELECT child, version FROM case_split WHERE parent = $1::uuid "
                     "ORDER BY version LIMIT $2::integer"};

void store_children_read(struct pg_tx *tx, const struct uuid *parent)
{
    pg_tx_add(tx, &children_read);
    pg_tx_uuid(tx, parent);
    pg_tx_int4(tx, STORE_RELATED_MAX);
}

static const struct pg_statement followers_read = {
    "case_followers",
    "WITH RECURSIVE follower AS ("
    "SELECT case_id, merged_into, phase FROM case_current WHERE merged_into = $1::uuid "
    "UNION SELECT c.case_id, c.merged_into, c.phase FROM follower f "
    "JOIN case_current c ON c.merged_into = f.case_id) "
    "SELECT case_id, merged_into, phase, count(*) OVER () FROM follower "
    "ORDER BY case_id LIMIT $2::integer"};

void store_followers_read(struct pg_tx *tx, const struct uuid *lead)
{
    pg_tx_add(tx, &followers_read);
    pg_tx_uuid(tx, lead);
    pg_tx_int4(tx, STORE_RELATED_MAX);
}
