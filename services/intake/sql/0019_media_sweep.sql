-- SPDX-License-Identifier: Apache-2.0
-- Uploads that nothing names go after a while. Being named (used) and being swept are both written into
-- the row, so that of the two the first wins; sweep_until is the lease of the process that removes it.
ALTER TABLE media
    ADD COLUMN used        boolean NOT NULL DEFAULT false,
    ADD COLUMN sweep_until timestamptz;
UPDATE media SET used = true WHERE id IN (SELECT media_id FROM media_use);
CREATE INDEX media_unused ON media (uploaded_at) WHERE NOT used;
