-- SPDX-License-Identifier: Apache-2.0
-- How the city is divided into areas, now and in former times (vn.hanoi.unit_set.published.v1). Facts
-- are counted in the present areas and in the districts of their day; the number rises with every
-- change, so that what was counted by an older division is counted again.
CREATE TABLE unit_set (
    code     text    PRIMARY KEY COLLATE "C",
    last_day integer, -- since 1970-01-01; NULL: it holds today
    has_districts boolean NOT NULL,
    digest   bytea NOT NULL -- of what was told
);
CREATE TABLE unit_set_area (
    unit_set  text NOT NULL COLLATE "C" REFERENCES unit_set ON DELETE CASCADE,
    area      text NOT NULL COLLATE "C",
    district  text, -- that it lies in
    successor text, -- in the next set; NULL: itself
    PRIMARY KEY (unit_set, area)
);
CREATE TABLE unit_set_change (
    number   bigint  NOT NULL,
    last_day integer NOT NULL -- the latest of all that ever ended: what is of later days lies where it says
);
INSERT INTO unit_set_change VALUES (0, -2147483648);

-- What was told before is no change.
CREATE FUNCTION unit_set_put(told text, told_last integer, told_digest bytea, areas text[], districts text[],
                             successors text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM unit_set WHERE code = told AND digest = told_digest) THEN
        RETURN;
    END IF;
    DELETE FROM unit_set WHERE code = told;
    INSERT INTO unit_set (code, last_day, has_districts, digest)
        VALUES (told, told_last, EXISTS (SELECT FROM unnest(districts) AS d WHERE d IS NOT NULL), told_digest);
    INSERT INTO unit_set_area (unit_set, area, district, successor)
        SELECT told, a.* FROM unnest(areas, districts, successors) AS a;
    UPDATE unit_set_change SET number = number + 1, last_day = greatest(last_day, told_last);
END $$;

CREATE FUNCTION unit_set_withdraw(told text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM unit_set WHERE code = told;
    IF FOUND THEN
        UPDATE unit_set_change SET number = number + 1;
    END IF;
END $$;

ALTER TABLE fact ADD COLUMN district text;
ALTER TABLE turn ADD COLUMN unit_sets bigint NOT NULL DEFAULT 0; -- the number that facts are counted by

-- The last of the functions of 0011: what was counted by an older division stays known to be so.
CREATE OR REPLACE FUNCTION rebuild_switch() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    home text := current_schema();
BEGIN
    UPDATE turn t SET number = t.number + 1, counted = t.counted + 1, held_until = '-infinity',
           as_of = greatest(t.as_of, r.as_of), cutoff = greatest(t.cutoff, r.cutoff),
           unit_sets = least(t.unit_sets, r.unit_sets)
      FROM rebuild.turn r;
    UPDATE rebuild.cell r SET said = l.said, said_at = l.said_at, told = l.told,
           untold = CASE WHEN r.data = l.data THEN l.untold ELSE r.untold OR l.said IS NOT NULL END
      FROM cell l
     WHERE (r.subject, r.grouping, r.period, r.first, r.a, r.b)
           = (l.subject, l.grouping, l.period, l.first, l.a, l.b);
    INSERT INTO rebuild.cell (subject, grouping, period, first, a, b, untold, said_at, told, data,
                              said)
        SELECT l.subject, l.grouping, l.period, l.first, l.a, l.b, true, l.said_at, l.told, '\x0000',
               l.said
          FROM cell l WHERE l.said IS NOT NULL
    ON CONFLICT DO NOTHING;
    CREATE SCHEMA rebuild_old;
    FOREACH name IN ARRAY ARRAY['fact', 'cell'] LOOP
        EXECUTE format('ALTER TABLE %I.%I SET SCHEMA rebuild_old', home, name);
        EXECUTE format('ALTER TABLE rebuild.%I SET SCHEMA %I', name, home);
    END LOOP;
    DROP SCHEMA rebuild_old CASCADE;
    DROP SCHEMA rebuild CASCADE;
END $$;

-- They were skipped until now.
INSERT INTO rebuild_target AS t (topic, partition, next_offset)
    SELECT topic, partition, next_offset FROM consumer_position
     WHERE consumer = 'analytics' AND topic = 'city.reference.v1'
    ON CONFLICT (topic, partition) DO UPDATE
    SET next_offset = greatest(t.next_offset, excluded.next_offset);
UPDATE consumer_position SET next_offset = -1, moved_at = now()
 WHERE consumer = 'analytics' AND topic = 'city.reference.v1';
