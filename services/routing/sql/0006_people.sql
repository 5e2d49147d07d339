-- SPDX-License-Identifier: Apache-2.0
-- Units and their people change over HTTP, by day, and every change of reference data is kept with
-- who made it and why. Dates are days in Hanoi; valid_to is the last day.

-- A unit with its heads, focal points and absences is changed as one: each change counts its
-- version up.
CREATE TABLE unit_registry (
    code       text    PRIMARY KEY,
    version    integer NOT NULL CHECK (version > 0),
    changed_by text,  -- who made this version; NULL: a file
    request    bytea  -- SHA-256 of what they asked, so that it is answered when asked again
);
INSERT INTO unit_registry (code, version) SELECT DISTINCT code, 1 FROM unit;

-- What creations were answered, for their repetition.
CREATE TABLE unit_creation (
    idempotency uuid    PRIMARY KEY, -- of who and key: first half of a SHA-256
    request     bytea   NOT NULL,
    code        text    NOT NULL,
    version     integer NOT NULL
);

-- Counts the version up from the one that was seen (0: there was none), or refuses.
CREATE FUNCTION unit_registry_advance(unit text, seen integer, who text, asked bytea)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF seen = 0 THEN
        INSERT INTO unit_registry (code, version, changed_by, request) VALUES (unit, 1, who, asked)
        ON CONFLICT DO NOTHING;
    ELSE
        UPDATE unit_registry SET version = version + 1, changed_by = who, request = asked
        WHERE code = unit AND version = seen;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'unit % is not at version % any more', unit, seen USING ERRCODE = 'IH163';
    END IF;
END $$;

-- What was changed over HTTP is left alone by files.
ALTER TABLE unit
    ADD COLUMN by_hand boolean NOT NULL DEFAULT false,
    ADD CHECK (type IN ('city', 'office', 'department', 'district', 'ward', 'commune', 'township',
                        'enterprise', 'board', 'police'));

-- A code may be reused and end again, so a succession has a day.
ALTER TABLE unit_successor
    ADD COLUMN since date NOT NULL DEFAULT '2025-07-01', -- its first day
    DROP CONSTRAINT unit_successor_pkey,
    ADD PRIMARY KEY (former, since, current);
ALTER TABLE unit_successor ALTER COLUMN since DROP DEFAULT;
CREATE UNIQUE INDEX unit_successor_main ON unit_successor (former, since) WHERE main;
CREATE INDEX unit_successor_current ON unit_successor (current);

CREATE TABLE unit_head (
    unit       text NOT NULL,
    account    text NOT NULL,
    name       text NOT NULL,
    email      text,
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to >= valid_from),
    PRIMARY KEY (unit, valid_from)
);

ALTER TABLE focal_point
    ADD COLUMN rank integer NOT NULL DEFAULT 1 CHECK (rank BETWEEN 1 AND 9), -- 2 …: substitutes
    ADD CHECK (valid_to >= valid_from),
    DROP CONSTRAINT focal_point_pkey,
    ADD PRIMARY KEY (unit, field, account, valid_from);

-- While a focal point is absent, the next one present gets the cases.
CREATE TABLE absence (
    unit       text NOT NULL,
    account    text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date NOT NULL CHECK (valid_to >= valid_from),
    PRIMARY KEY (unit, account, valid_from)
);

-- The arguments name the columns that make one thing of rows: it is valid once on any day.
CREATE FUNCTION reference_once_a_day() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same  text := (SELECT string_agg(format('t.%1$I = ($1).%1$I', name), ' AND ')
                   FROM unnest(TG_ARGV) AS names (name));
    twice boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I t WHERE %s AND t.valid_from <> ($1).valid_from '
        'AND t.valid_from <= coalesce(($1).valid_to, ''infinity'') '
        'AND ($1).valid_from <= coalesce(t.valid_to, ''infinity''))', TG_TABLE_NAME, same)
        INTO twice USING NEW;
    IF twice THEN
        RAISE EXCEPTION '% %: valid twice on a day', TG_TABLE_NAME,
            (SELECT string_agg(to_jsonb(NEW) ->> name, ' ') FROM unnest(TG_ARGV) AS names (name))
            USING ERRCODE = 'IH162';
    END IF;
    RETURN NULL;
END $$;

-- Every change of a row of reference data, whoever made it.
CREATE TABLE reference_change (
    id     uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
    at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor  text        NOT NULL, -- an account or API key; else the user of the database
    role   text        NOT NULL,
    reason text        NOT NULL,
    kind   text        NOT NULL, -- the table
    key    text        NOT NULL, -- what its triggers name, joined by ':'
    before jsonb,
    after  jsonb,
    CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX reference_change_at ON reference_change (at, id);
CREATE INDEX reference_change_kind ON reference_change (kind, at, id);

CREATE FUNCTION reference_change_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the changes of reference data are only ever added to' USING ERRCODE = 'IH161';
END $$;
CREATE TRIGGER reference_change_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON reference_change
    FOR EACH STATEMENT EXECUTE FUNCTION reference_change_stays();

-- A transaction tells who and why by the settings ihanoi.actor, ihanoi.role and ihanoi.reason.
CREATE FUNCTION reference_keep_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after  jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
BEGIN
    IF before IS DISTINCT FROM after THEN
        INSERT INTO reference_change (actor, role, reason, kind, key, before, after)
        VALUES (coalesce(nullif(current_setting('ihanoi.actor', true), ''), session_user),
                coalesce(nullif(current_setting('ihanoi.role', true), ''), 'operator'),
                coalesce(nullif(current_setting('ihanoi.reason', true), ''), 'none was given'),
                TG_TABLE_NAME,
                (SELECT string_agg(coalesce(after, before) ->> name, ':' ORDER BY place)
                 FROM unnest(TG_ARGV) WITH ORDINALITY AS names (name, place)),
                before, after);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON unit_successor
    FOR EACH STATEMENT EXECUTE FUNCTION reference_count_change();
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON unit_head
    FOR EACH STATEMENT EXECUTE FUNCTION reference_count_change();
CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON absence
    FOR EACH STATEMENT EXECUTE FUNCTION reference_count_change();

CREATE TRIGGER once_a_day AFTER INSERT OR UPDATE ON unit
    FOR EACH ROW EXECUTE FUNCTION reference_once_a_day('code');
CREATE TRIGGER once_a_day AFTER INSERT OR UPDATE ON unit_head
    FOR EACH ROW EXECUTE FUNCTION reference_once_a_day('unit');
CREATE TRIGGER once_a_day AFTER INSERT OR UPDATE ON focal_point
    FOR EACH ROW EXECUTE FUNCTION reference_once_a_day('unit', 'field', 'account');

DO $$
DECLARE
    audited record;
BEGIN
    FOR audited IN SELECT * FROM (VALUES
        ('unit', '''code'''), ('unit_successor', '''former'', ''current'''),
        ('unit_head', '''unit'', ''account'''),
        ('focal_point', '''unit'', ''field'', ''account'''), ('absence', '''unit'', ''account'''),
        ('category', '''code'', ''version'''), ('route_rule', '''code'', ''version'''),
        ('deadline_rule', '''code'', ''version'''), ('timer_rule', '''code'', ''version'''),
        ('calendar', '''code'', ''version'''), ('boundary_set', '''id''')) AS t (name, key) LOOP
        EXECUTE format('CREATE TRIGGER keep_change AFTER INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION reference_keep_change(%s)',
                       audited.name, audited.key);
    END LOOP;
END $$;
