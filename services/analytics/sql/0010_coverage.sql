-- SPDX-License-Identifier: Apache-2.0
-- What numbers of accounts are compared with: headcounts of units (kind 0, since a day) and
-- populations over 15 of areas (kind 1, since the first day of a year). The number of the change
-- rises with every one, so that what was said on the grounds of an older one is looked at again.
CREATE TABLE basis (
    kind   smallint NOT NULL,
    code   text     NOT NULL COLLATE "C",
    since  integer  NOT NULL, -- day, since 1970-01-01
    number bigint   NOT NULL,
    source text     NOT NULL,
    PRIMARY KEY (kind, code, since)
);
CREATE TABLE basis_change (number bigint NOT NULL);
INSERT INTO basis_change VALUES (0);

-- They were skipped until now.
INSERT INTO rebuild_target AS t (topic, partition, next_offset)
    SELECT topic, partition, next_offset FROM consumer_position
     WHERE consumer = 'analytics' AND topic = 'city.reference.v1'
    ON CONFLICT (topic, partition) DO UPDATE
    SET next_offset = greatest(t.next_offset, excluded.next_offset);
UPDATE consumer_position SET next_offset = -1, moved_at = now()
 WHERE consumer = 'analytics' AND topic = 'city.reference.v1';

-- What was said of a unit's or an area's adoption: from which sums, on which day, on the grounds of
-- which bases; a digest of it, and when.
CREATE TABLE adoption_said (
    kind    smallint NOT NULL,
    code    text     NOT NULL COLLATE "C",
    data    bytea, -- of the cell that was looked at
    basis   bigint   NOT NULL,
    day     integer  NOT NULL,
    digest  bytea,
    said_at timestamptz,
    PRIMARY KEY (kind, code)
);
