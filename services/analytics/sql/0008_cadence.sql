-- SPDX-License-Identifier: Apache-2.0
-- How often units tell the city something, as they must. Publications are few and are kept for
-- good: the duty goes back further than their topic.
CREATE TABLE publication (
    id        uuid        PRIMARY KEY,
    version   integer     NOT NULL, -- 0: to be told again by a rebuild
    unit      text        NOT NULL COLLATE "C",
    day       integer     NOT NULL, -- of the city, since 1970-01-01, on which it was published
    cancelled boolean     NOT NULL,
    at        timestamptz NOT NULL  -- of the newest event
);
CREATE INDEX publication_day ON publication (unit, day) WHERE NOT cancelled;
CREATE INDEX publication_at ON publication (at);

-- Units that publish or must. from_day, until_day: of the duty; NULL: it has none, has no end.
CREATE TABLE cadence_unit (
    unit      text   PRIMARY KEY COLLATE "C",
    from_day  integer,
    until_day integer,
    changes   bigint NOT NULL DEFAULT 0, -- grows when its cadence may have changed
    told      bigint NOT NULL DEFAULT -1, -- changes that were looked at …
    told_day  integer,                    -- … on this day
    said_at   timestamptz,
    digest    bytea                       -- of what was said; NULL: nothing is
);

-- The duties of units are in reference data that was read before: it is read again.
INSERT INTO rebuild_target AS t (topic, partition, next_offset)
    SELECT topic, partition, next_offset FROM consumer_position
     WHERE consumer = 'analytics' AND topic = 'city.reference.v1'
    ON CONFLICT (topic, partition) DO UPDATE
    SET next_offset = greatest(t.next_offset, excluded.next_offset);
UPDATE consumer_position SET next_offset = -1, moved_at = now()
 WHERE consumer = 'analytics' AND topic = 'city.reference.v1';
