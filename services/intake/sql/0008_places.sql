-- SPDX-License-Identifier: Apache-2.0
-- Who reports through Open311 may know an address, or the id of one, and no point.
ALTER TABLE submission ALTER COLUMN lat DROP NOT NULL, ALTER COLUMN lon DROP NOT NULL,
    ADD COLUMN address_id text,
    ADD CHECK ((lat IS NULL) = (lon IS NULL)),
    ADD CHECK (lat IS NOT NULL OR address IS NOT NULL OR address_id IS NOT NULL);
