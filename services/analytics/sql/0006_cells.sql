-- SPDX-License-Identifier: Apache-2.0
-- Sums by every dimension and period instead of by unit and category alone. A fact says how it is
-- counted; one process at a time folds changed facts into the cells that they are part of. All of
-- it is counted again from the topic.

-- Positions go back to the beginning; figures are not whole before the old end is reached.
INSERT INTO rebuild_target AS t (topic, partition, next_offset)
    SELECT topic, partition, next_offset FROM consumer_position
     WHERE consumer = 'analytics' AND topic = 'city.cases.v1'
    ON CONFLICT (topic, partition) DO UPDATE
    SET next_offset = greatest(t.next_offset, excluded.next_offset);
UPDATE consumer_position SET next_offset = -1, moved_at = now()
 WHERE consumer = 'analytics' AND topic = 'city.cases.v1';

DROP VIEW figure_cell;
DROP TABLE case_fact, unit_count, indicator_cell, published;
DROP FUNCTION standing_at;

-- Something that is counted, as its highest version told it (body: the packed fact of its subject),
-- and how it is counted in the cells now: the columns from day on, NULL when it is not yet.
CREATE TABLE fact (
    id       uuid     PRIMARY KEY,
    subject  smallint NOT NULL,
    version  integer  NOT NULL,
    dirty    boolean  NOT NULL DEFAULT true, -- has changed since it was counted
    turn_at  timestamptz,                    -- past it time alone changes how it counts
    marks    bigint,                         -- counters (by bit) that it is one of
    amount   bigint,
    day      integer,                        -- of the city, since 1970-01-01
    bucket   smallint,                       -- of the sketch of durations; -1: none
    body     bytea    NOT NULL,
    filed    text,                           -- the category that a case was filed under
    unit     text,
    category text,
    process  text,
    level    text,
    area     text,
    channel  text,
    reason   text,
    givers   text,                           -- units that gave a case back, blank-separated
    takers   text                            -- units that had it next
) WITH (fillfactor = 80);
CREATE INDEX fact_dirty ON fact (id) WHERE dirty;
CREATE INDEX fact_turn_at ON fact (turn_at) WHERE turn_at IS NOT NULL;

-- The sums: numbers of subject, grouping, period and counters are those of the program. Members
-- are '' behind the last dimension of a grouping. `said` is what the topics were told last.
CREATE TABLE cell (
    subject  smallint NOT NULL,
    grouping smallint NOT NULL,
    period   smallint NOT NULL,
    first    integer  NOT NULL, -- day of the period
    a        text     NOT NULL COLLATE "C",
    b        text     NOT NULL COLLATE "C",
    untold   boolean  NOT NULL, -- changed, and to be told
    said_at  timestamptz,
    data     bytea    NOT NULL,
    said     bytea,
    PRIMARY KEY (subject, grouping, period, first, a, b)
) WITH (fillfactor = 70);
CREATE INDEX cell_untold ON cell (said_at) WHERE untold;
CREATE INDEX cell_said ON cell (period, first) WHERE said IS NOT NULL;

-- What was said of a unit: a digest of it.
CREATE TABLE unit_said (
    unit   text  PRIMARY KEY,
    digest bytea NOT NULL
);

-- Whoever holds the turn counts and tells; the others wait for the lease to run out. The number
-- grows with everything that the holder writes and is the sequence of what is told, so sequences
-- rise over restarts, changes of the holder and recounts.
CREATE TABLE turn (
    number     bigint      NOT NULL,
    counted    bigint      NOT NULL DEFAULT 0, -- rounds of counting
    held_until timestamptz NOT NULL,
    as_of      timestamptz NOT NULL, -- the cells are exact for this instant
    cutoff     timestamptz  -- newest event in them
);
INSERT INTO turn (number, held_until, as_of) SELECT turn, '-infinity', now() FROM publication;
DROP TABLE publication;

-- The holder's next number. Refused when somebody else holds the turn by now: then nothing of the
-- transaction may stay.
CREATE FUNCTION turn_take(held bigint, lease_ms integer, exact timestamptz, newest timestamptz)
    RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    taken bigint;
BEGIN
    UPDATE turn SET number = number + 1, counted = counted + (newest IS NOT NULL)::integer, as_of = coalesce(exact, as_of),
        cutoff = greatest(cutoff, newest),
        held_until = clock_timestamp() + lease_ms * interval '1 millisecond'
        WHERE number = held RETURNING number INTO taken;
    IF taken IS NULL THEN
        RAISE EXCEPTION 'the turn is somebody else''s' USING ERRCODE = '40001';
    END IF;
    RETURN taken;
END $$;

-- Until the old end is reached and counted, figures are not whole.
CREATE OR REPLACE FUNCTION is_rebuilding() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM rebuild_target t
                     JOIN consumer_position p USING (topic, partition)
                    WHERE p.consumer = 'analytics' AND p.next_offset < t.next_offset)
        OR EXISTS (SELECT FROM rebuild_target) AND EXISTS (SELECT FROM fact WHERE dirty)
$$;

-- When everything is counted, there is nothing to wait for.
CREATE FUNCTION rebuild_end() RETURNS void LANGUAGE sql AS $$
    DELETE FROM rebuild_target WHERE NOT is_rebuilding()
$$;

-- A packed tally (tally.h) for people and checks: its counters that are not 0, by number.
CREATE FUNCTION tally_counts(data bytea) RETURNS TABLE (counter integer, n bigint)
    LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    place integer := 0;
    there numeric := 0;
    value numeric;
    weight numeric;
    byte integer;
BEGIN
    counter := -1; -- first the bits of those that are there, then each of these
    LOOP
        value := 0;
        weight := 1;
        LOOP
            byte := get_byte(data, place);
            place := place + 1;
            value := value + (byte & 127) * weight;
            weight := weight * 128;
            EXIT WHEN byte < 128;
        END LOOP;
        IF counter < 0 THEN
            there := value;
        ELSE
            n := CASE WHEN value % 2 = 0 THEN value / 2 ELSE -(value + 1) / 2 END;
            RETURN NEXT;
        END IF;
        counter := counter + 1;
        WHILE there > 0 AND div(there, power(2::numeric, counter)) % 2 = 0 AND counter < 64 LOOP
            counter := counter + 1;
        END LOOP;
        EXIT WHEN there = 0 OR counter >= 64;
    END LOOP;
END $$;
