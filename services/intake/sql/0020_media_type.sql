-- SPDX-License-Identifier: Apache-2.0
-- Files are no longer pictures only. A file is whole when its type is set; papers have no width.
ALTER TABLE media ADD COLUMN type text; -- of the full file
UPDATE media SET type = 'image/jpeg' WHERE width IS NOT NULL;
