/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/audit_checkpoint.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/date.h"

int64_t audit_day(int64_t at_us)
{
    return date_day_at(at_us, DATE_INDOCHINA_US);
}

int64_t audit_day_start_us(int64_t day)
{
    return date_day_start_us(day, DATE_INDOCHINA_US);
}

int64_t audit_day_due(int64_t now_us)
{
    return audit_day(now_us - AUDIT_GRACE_US) - 1;
}

void audit_checkpoint_begin(struct audit_checkpoint *checkpoint, int64_t day,
                            const struct audit_checkpoint *last)
{
    *checkpoint = (struct audit_checkpoint){.day = day};
    if (last != NULL) {
        assert(last->day == day - 1);
        checkpoint->total = last->total;
        audit_checkpoint_digest(last, checkpoint->previous);
    }
}

size_t audit_statement(const struct audit_checkpoint *checkpoint, char text[AUDIT_STATEMENT_SIZE])
{
    char day[DAY_TEXT_SIZE], root[DIGEST_HEX_SIZE], previous[DIGEST_HEX_SIZE];
    int size = snprintf(text, AUDIT_STATEMENT_SIZE,
                        "ihanoi audit checkpoint 1\nday %s\nrows %" PRId64 "\ntotal %" PRId64
                        "\nroot %s\nprevious %s\nkey %s\n",
                        day_format(checkpoint->day, day), checkpoint->rows, checkpoint->total,
                        digest_hex(checkpoint->root, root),
                        digest_hex(checkpoint->previous, previous), checkpoint->key_id);
    assert(size > 0 && size < AUDIT_STATEMENT_SIZE);
    return (size_t)size;
}

void audit_checkpoint_digest(const struct audit_checkpoint *checkpoint, uint8_t digest[DIGEST_SIZE])
{
    char statement[AUDIT_STATEMENT_SIZE];
    digest_sha256(statement, audit_statement(checkpoint, statement), digest);
}

void audit_checkpoint_sign(struct audit_checkpoint *checkpoint, const struct sign_key *key)
{
    char statement[AUDIT_STATEMENT_SIZE];
    memcpy(checkpoint->key_id, sign_key_id(key), sizeof checkpoint->key_id);
    sign_make(key, statement, audit_statement(checkpoint, statement), checkpoint->signature);
}

bool audit_checkpoint_is_signed(const struct audit_checkpoint *checkpoint,
                                const struct sign_key *key)
{
    char statement[AUDIT_STATEMENT_SIZE];
    return strcmp(checkpoint->key_id, sign_key_id(key)) == 0 &&
           sign_check(key, statement, audit_statement(checkpoint, statement),
                      checkpoint->signature);
}
