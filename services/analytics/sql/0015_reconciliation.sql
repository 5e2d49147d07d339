-- SPDX-License-Identifier: Apache-2.0
-- Figures compared with what the owning service has, once on each day of the city: whoever makes the
-- row does it.
CREATE TABLE reconciliation (
    day         date        PRIMARY KEY,
    began_at    timestamptz NOT NULL DEFAULT now(),
    ended_at    timestamptz,
    compared    integer,
    differences integer -- NULL, though it has ended: it could not be done
);
