-- SPDX-License-Identifier: Apache-2.0
-- Besides cases (subject 0, subject.h) other subjects are compared with what their owners have, each on its own: one owner
-- that is away keeps nobody from comparing with another.
ALTER TABLE reconciliation ADD COLUMN subject smallint NOT NULL DEFAULT 0;
ALTER TABLE reconciliation ALTER COLUMN subject DROP DEFAULT;
ALTER TABLE reconciliation DROP CONSTRAINT reconciliation_pkey, ADD PRIMARY KEY (subject, day);
