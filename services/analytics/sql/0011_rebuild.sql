-- SPDX-License-Identifier: Apache-2.0
-- Counting again from the topics beside what is live: into tables of the same names in a schema of
-- their own, which a process finds first on its search path, and which then take the place of the
-- live ones. rebuild_target stays for migrations that need the topics to be read again in place.

-- The table's twin in the schema rebuild: same columns, indexes (with the same names, since later
-- migrations may know them) and settings; empty.
CREATE FUNCTION rebuild_twin(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    live regclass := format('%I.%I', current_schema(), name);
    settings text;
    definition text;
BEGIN
    EXECUTE format('CREATE TABLE rebuild.%I (LIKE %s INCLUDING ALL EXCLUDING INDEXES)', name, live);
    SELECT array_to_string(reloptions, ', ') INTO settings FROM pg_class WHERE oid = live;
    IF settings IS NOT NULL THEN
        EXECUTE format('ALTER TABLE rebuild.%I SET (%s)', name, settings);
    END IF;
    FOR definition IN
        SELECT format('ALTER TABLE rebuild.%I ADD CONSTRAINT %I %s', name, conname, pg_get_constraintdef(oid))
          FROM pg_constraint WHERE conrelid = live AND contype IN ('p', 'u')
        UNION ALL
        SELECT replace(pg_get_indexdef(indexrelid), format(' ON %I.%I ', current_schema(), name), format(' ON rebuild.%I ', name))
          FROM pg_index WHERE indrelid = live
           AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = indexrelid)
    LOOP
        EXECUTE definition;
    END LOOP;
END $$;

-- What an earlier rebuild left behind goes.
CREATE FUNCTION rebuild_begin() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DROP SCHEMA IF EXISTS rebuild CASCADE;
    CREATE SCHEMA rebuild;
    PERFORM rebuild_twin(name) FROM unnest(ARRAY['heard', 'fact', 'cell', 'turn',
                                           'consumer_position', 'rebuild_target']) AS t (name);
    INSERT INTO rebuild.turn (number, held_until, as_of) VALUES (0, '-infinity', '-infinity');
END $$;

-- What the topics do not hold any more (all but orders and cases of the last years) stays: facts of
-- days before this one, or all, that are not in the twin, or not as new; they count as turned by
-- time. Returns how many.
CREATE FUNCTION rebuild_keep(before integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    kept bigint;
BEGIN
    INSERT INTO rebuild.fact AS r (id, subject, version, body, filed, turn_at)
        SELECT f.id, f.subject, f.version, f.body, f.filed, 'epoch'
          FROM fact f LEFT JOIN rebuild.fact o USING (id)
         WHERE (before IS NULL OR f.day < before)
           AND (o.id IS NULL OR before IS NULL
                                AND (o.version < f.version OR o.filed IS NULL AND f.filed IS NOT NULL))
    ON CONFLICT (id) DO UPDATE
        SET version = greatest(r.version, excluded.version),
            body = CASE WHEN r.version < excluded.version THEN excluded.body ELSE r.body END,
            filed = coalesce(r.filed, excluded.filed), turn_at = 'epoch';
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept;
END $$;

-- The twins take the place of the live tables. Whoever holds the turn loses it; what was said of a
-- sum stays known, and only what differs is said.
CREATE FUNCTION rebuild_switch() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text;
    home text := current_schema();
BEGIN
    UPDATE turn t SET number = t.number + 1, counted = t.counted + 1, held_until = '-infinity',
           as_of = greatest(t.as_of, r.as_of), cutoff = greatest(t.cutoff, r.cutoff)
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
