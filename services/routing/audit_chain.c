/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/audit_chain.h"

#include <endian.h>
#include <string.h>

/* The parts of fixed size, packed: what they are of comes first, so that a link is never a root. */
struct __attribute__((packed)) link_head {
    char name[12];
    uint8_t previous[DIGEST_SIZE];
    uint8_t case_id[16];
    uint32_t version;
    uint8_t event_id[16];
    uint64_t at_us;
};

struct __attribute__((packed)) root_head {
    char name[12];
    uint8_t root[DIGEST_SIZE];
    uint8_t case_id[16];
    uint32_t version;
    uint8_t link[DIGEST_SIZE];
};

enum { TEXTS = 4 };

void audit_link(const uint8_t previous[DIGEST_SIZE], const struct audit_row *row,
                uint8_t link[DIGEST_SIZE])
{
    const struct digest_piece texts[TEXTS] = {
        {row->action, strlen(row->action)},
        {row->actor, row->actor != NULL ? strlen(row->actor) : 0},
        {row->snapshot, row->snapshot_size},
        {row->report, row->report_size},
    };
    struct link_head head = {.name = "ihanoi link",
                             .version = htobe32((uint32_t)row->version),
                             .at_us = htobe64((uint64_t)row->at_us)};
    uint64_t sizes[TEXTS];
    struct digest_piece pieces[1 + 2 * TEXTS] = {{&head, sizeof head}};

    memcpy(head.previous, previous, DIGEST_SIZE);
    memcpy(head.case_id, row->case_id.bytes, sizeof head.case_id);
    memcpy(head.event_id, row->event_id.bytes, sizeof head.event_id);
    for (size_t i = 0; i < TEXTS; i++) {
        sizes[i] = texts[i].bytes != NULL ? htobe64(texts[i].size) : UINT64_MAX;
        pieces[1 + 2 * i] = (struct digest_piece){&sizes[i], sizeof sizes[i]};
        pieces[2 + 2 * i] = texts[i];
    }
    digest_sha256_pieces(pieces, sizeof pieces / sizeof pieces[0], link);
}

void audit_root_add(uint8_t root[DIGEST_SIZE], const struct uuid *case_id, int32_t version,
                    const uint8_t link[DIGEST_SIZE])
{
    struct root_head head = {.name = "ihanoi root", .version = htobe32((uint32_t)version)};
    const struct digest_piece piece = {&head, sizeof head};

    memcpy(head.root, root, DIGEST_SIZE);
    memcpy(head.case_id, case_id->bytes, sizeof head.case_id);
    memcpy(head.link, link, DIGEST_SIZE);
    digest_sha256_pieces(&piece, 1, root);
}
