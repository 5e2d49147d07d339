/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/audit_case.h"

#include "services/routing/audit_chain.h"

void audit_case_link(const struct case_snapshot *snapshot, const struct uuid *event_id,
                     const struct buffer *json, const struct event_in *report,
                     uint8_t link[DIGEST_SIZE])
{
    struct audit_row row = {.case_id = snapshot->id,
                            .version = snapshot->version,
                            .event_id = *event_id,
                            .at_us = snapshot->at_us,
                            .action = snapshot->action,
                            .actor = snapshot->actor_ref,
                            .snapshot = json->data,
                            .snapshot_size = json->size};
    if (report != NULL) {
        row.report = report->data;
        row.report_size = report->data_size;
    }
    audit_link(snapshot->hash, &row, link);
}
