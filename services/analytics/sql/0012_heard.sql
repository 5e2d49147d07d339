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

-- Who empties the facts empties what is yet to become facts, and what the holder has read of both is
-- worth nothing any more: it shall not write what it makes of it.
CREATE TABLE fact_emptied (number bigint NOT NULL);
INSERT INTO fact_emptied VALUES (0);

CREATE FUNCTION fact_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM heard;
    UPDATE fact_emptied SET number = number + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER fact_empty BEFORE TRUNCATE ON fact EXECUTE FUNCTION fact_empty();

CREATE FUNCTION fact_still(known bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM fact_emptied WHERE number = known;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the facts were emptied' USING ERRCODE = '40001';
    END IF;
END $$;
