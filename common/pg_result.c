/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "common/log.h"
#include "common/pg_private.h"

size_t pg_tx_statements(const struct pg_tx *tx)
{
    return tx->statement_count;
}

static const PGresult *result_of(const struct pg_tx *tx, size_t statement)
{
    assert(statement < tx->statement_count);
    assert(tx->statements[statement].result != NULL); /* read before it was committed */
    return tx->statements[statement].result;
}

size_t pg_rows(const struct pg_tx *tx, size_t statement)
{
    return (size_t)PQntuples(result_of(tx, statement));
}

/* A value's bytes; NULL for SQL NULL. */
static const char *value_of(const struct pg_tx *tx, size_t statement, size_t row, int column,
                            size_t *size)
{
    const PGresult *result = result_of(tx, statement);
    assert(row < (size_t)PQntuples(result));
    assert(column >= 0 && column < PQnfields(result));
    if (PQgetisnull(result, (int)row, column)) {
        *size = 0;
        return NULL;
    }
    *size = (size_t)PQgetlength(result, (int)row, column);
    return PQgetvalue(result, (int)row, column);
}

bool pg_value_is_null(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    size_t size;
    return value_of(tx, statement, row, column, &size) == NULL;
}

bool pg_value_bool(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    size_t size;
    const char *bytes = value_of(tx, statement, row, column, &size);
    assert(bytes == NULL || size == 1);
    return bytes != NULL && bytes[0] != 0;
}

/* Reads int2, int4 and int8 alike: what an expression yields is PostgreSQL's choice. */
int64_t pg_value_int8(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    size_t size;
    const char *bytes = value_of(tx, statement, row, column, &size);
    uint64_t eight;
    uint32_t four;
    uint16_t two;

    if (bytes == NULL) {
        return 0;
    }
    switch (size) {
    case sizeof eight:
        memcpy(&eight, bytes, sizeof eight);
        return (int64_t)be64toh(eight);
    case sizeof four:
        memcpy(&four, bytes, sizeof four);
        return (int32_t)be32toh(four);
    default:
        assert(size == sizeof two);
        memcpy(&two, bytes, sizeof two);
        return (int16_t)be16toh(two);
    }
}

int32_t pg_value_int4(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    int64_t value = pg_value_int8(tx, statement, row, column);
    assert(value >= INT32_MIN && value <= INT32_MAX);
    return (int32_t)value;
}

double pg_value_float8(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    size_t size;
    const char *bytes = value_of(tx, statement, row, column, &size);
    uint64_t bits;
    double value;

    if (bytes == NULL) {
        return 0;
    }
    assert(size == sizeof bits);
    memcpy(&bits, bytes, sizeof bits);
    bits = be64toh(bits);
    memcpy(&value, &bits, sizeof value);
    return value;
}

const void *pg_value_bytes(const struct pg_tx *tx, size_t statement, size_t row, int column,
                           size_t *size)
{
    const char *bytes = value_of(tx, statement, row, column, size);
    if (bytes != NULL && PQftype(result_of(tx, statement), column) == PG_JSONB) {
        assert(*size > 0);
        *size -= 1; /* a version byte comes before the text */
        return bytes + 1;
    }
    return bytes;
}

const char *pg_value_text(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    size_t size;
    return pg_value_bytes(tx, statement, row, column, &size);
}

struct uuid pg_value_uuid(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    size_t size;
    struct uuid uuid = {0};
    const char *bytes = value_of(tx, statement, row, column, &size);
    if (bytes != NULL) {
        assert(size == sizeof uuid.bytes);
        memcpy(uuid.bytes, bytes, sizeof uuid.bytes);
    }
    return uuid;
}

int64_t pg_value_instant(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    if (pg_value_is_null(tx, statement, row, column)) {
        return 0;
    }
    return pg_value_int8(tx, statement, row, column) + PG_EPOCH_US;
}

enum pg_outcome pg_outcome_of_sqlstate(const char *sqlstate)
{
    static const struct {
        const char *prefix; /* a class or a whole code; the first match counts */
        enum pg_outcome outcome;
    } rows[] = {
        {"08007", PG_UNKNOWN},     /* transaction resolution unknown */
        {"08P01", PG_REFUSED},     /* protocol violation: a wrong number of parameters */
        {"08", PG_UNAVAILABLE},    /* connection exception */
        {"25006", PG_UNAVAILABLE}, /* read-only: a standby that is being promoted */
        {"26000", PG_UNAVAILABLE}, /* its preparation failed for another transaction */
        {"40001", PG_UNAVAILABLE}, /* serialization failure */
        {"40003", PG_UNKNOWN},     /* statement completion unknown */
        {"40P01", PG_UNAVAILABLE}, /* deadlock */
        {"42P05", PG_UNAVAILABLE}, /* prepared statement exists: a pooler's other session */
        {"53", PG_UNAVAILABLE},    /* insufficient resources */
        {"55P03", PG_UNAVAILABLE}, /* lock not available */
        {"57", PG_UNAVAILABLE},    /* operator intervention: shutdown, cancel, starting up */
        {"58", PG_UNAVAILABLE},    /* system error: input and output */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strncmp(sqlstate, rows[i].prefix, strlen(rows[i].prefix)) == 0) {
            return rows[i].outcome;
        }
    }
    return PG_REFUSED;
}

static const char *refusal_field(const struct pg_tx *tx, int field)
{
    const char *text = tx->refusal == NULL ? NULL : PQresultErrorField(tx->refusal, field);
    return text == NULL ? "" : text;
}

const char *pg_tx_sqlstate(const struct pg_tx *tx)
{
    return refusal_field(tx, PG_DIAG_SQLSTATE);
}

/* PostgreSQL's own words only where they speak of the SQL (class 42); elsewhere they may quote
 * values. */
static void describe_refusal(const struct pg_tx *tx, struct error *err)
{
    const char *sqlstate = pg_tx_sqlstate(tx);
    const char *constraint = refusal_field(tx, PG_DIAG_CONSTRAINT_NAME);
    const char *column = refusal_field(tx, PG_DIAG_COLUMN_NAME);
    bool about_sql = strncmp(sqlstate, "42", 2) == 0;
    const char *statement = tx->refused != NULL ? tx->refused->name : "commit";
    error_set(err, ERR_FATAL, "refused_by_database", "%s: SQLSTATE %s%s%s%s%s%s%s", statement,
              sqlstate, constraint[0] != '\0' ? ", constraint " : "", constraint,
              column[0] != '\0' ? ", column " : "", column, about_sql ? ", " : "",
              about_sql ? refusal_field(tx, PG_DIAG_MESSAGE_PRIMARY) : "");
}

bool pg_tx_error(const struct pg_tx *tx, enum pg_outcome outcome, struct error *err)
{
    switch (outcome) {
    case PG_COMMITTED:
        return true;
    case PG_REFUSED:
        describe_refusal(tx, err);
        return false;
    case PG_UNAVAILABLE:
        return error_set(err, ERR_RETRY, "database_unavailable", "the database is not available");
    case PG_UNKNOWN:
        break;
    }
    return error_set(err, ERR_RETRY, "database_unavailable",
                     "the connection to the database broke before it answered");
}

bool pg_tx_failed(const struct pg_tx *tx, enum pg_outcome outcome, const char *event)
{
    struct error err = {0};
    if (outcome == PG_COMMITTED) {
        return false;
    }
    pg_tx_error(tx, outcome, &err);
    log_warn_error(event, &err);
    return true;
}
