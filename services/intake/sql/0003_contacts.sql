-- SPDX-License-Identifier: Apache-2.0
-- Which contact was last told on city.contacts.v1, as a keyed hash: the contact itself is not kept.
CREATE TABLE contact (
    ref     text PRIMARY KEY,
    digest  bytea NOT NULL,
    command uuid NOT NULL  -- of the filing that told it
);
