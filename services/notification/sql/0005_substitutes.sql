-- SPDX-License-Identifier: Apache-2.0
-- Who is told in place of whom: in a field, people stand in order of their rank, and some are away.
ALTER TABLE focal_point ADD COLUMN rank integer NOT NULL DEFAULT 1;

CREATE TABLE absence (
    unit      text NOT NULL,
    field     text NOT NULL,
    account   text NOT NULL,
    away_from timestamptz NOT NULL,
    away_to   timestamptz NOT NULL, -- back again
    PRIMARY KEY (unit, field, account, away_from),
    FOREIGN KEY (unit, field, account) REFERENCES focal_point ON DELETE CASCADE
);
