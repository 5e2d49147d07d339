-- SPDX-License-Identifier: Apache-2.0
-- A fact was written twice for each event: when it was told, and when it was counted; and since both
-- moved it in or out of an index of what is to be counted, each wrote all indexes. Now a batch of
-- events leaves one row with all the facts that it told, and the turn's holder writes each of them
-- once, however often it was told in the meantime. Nobody else writes facts.

CREATE TABLE heard (
    id       bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layout   smallint NOT NULL, -- of data: a program leaves alone what it cannot read
    subjects smallint NOT NULL, -- their numbers are below it
    facts    integer  NOT NULL,
    data     bytea    COMPRESSION lz4 NOT NULL -- facts.h
);

-- What waits to be counted does so from its row.
UPDATE fact SET turn_at = now() WHERE dirty;
ALTER TABLE fact DROP COLUMN dirty;

CREATE OR REPLACE FUNCTION is_rebuilding() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM rebuild_target t
                     JOIN consumer_position p USING (topic, partition)
                    WHERE p.consumer = 'analytics' AND p.next_offset < t.next_offset)
        OR EXISTS (SELECT FROM rebuild_target) AND EXISTS (SELECT FROM heard)
$$;
