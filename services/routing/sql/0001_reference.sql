-- SPDX-License-Identifier: Apache-2.0
-- What the rules run on, as data. Dates are days in Hanoi; valid_to is the last day.
CREATE TABLE unit (
    code       text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date CHECK (valid_to >= valid_from),
    type       text NOT NULL,
    parent     text,
    name_vi    text NOT NULL,
    name_en    text NOT NULL,
    source     text NOT NULL,
    PRIMARY KEY (code, valid_from) -- codes are reused: 00004 was Truc Bach, now it is Ba Dinh
);

-- Former commune -> current unit, many to many.
CREATE TABLE unit_successor (
    former  text    NOT NULL,
    current text    NOT NULL,
    main    boolean NOT NULL, -- the one that took most of it
    PRIMARY KEY (former, current)
);

-- A set of boundaries replaces the one before as a whole: see reference_state.boundary_set.
CREATE TABLE boundary_set (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    approximate boolean     NOT NULL,
    source      text        NOT NULL,
    loaded_at   timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE boundary (
    boundary_set bigint NOT NULL REFERENCES boundary_set,
    unit         text   NOT NULL,
    wkb          bytea  NOT NULL,
    PRIMARY KEY (boundary_set, unit)
);

CREATE TABLE category (
    code       text    NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    name_vi    text    NOT NULL,
    name_en    text    NOT NULL,
    group_vi   text    NOT NULL,
    group_en   text    NOT NULL,
    level      text    NOT NULL CHECK (level IN ('urgent', 'complex', 'normal')),
    keywords   jsonb   NOT NULL,
    sensitive  boolean NOT NULL,
    valid_from date    NOT NULL,
    valid_to   date,
    source     text    NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE route_rule (
    code        text    NOT NULL,
    version     integer NOT NULL CHECK (version > 0),
    category    text    NOT NULL, -- '*': all
    level       text    NOT NULL CHECK (level IN ('*', 'urgent', 'complex', 'normal')),
    area        text    NOT NULL,
    lead        text    NOT NULL, -- a unit, or '@area'
    cooperating text[]  NOT NULL CHECK (cardinality(cooperating) <= 8),
    valid_from  date    NOT NULL,
    valid_to    date,
    source      text    NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE deadline_rule (
    code       text    NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    clock      text    NOT NULL CHECK (clock IN ('receive', 'resolve')),
    level      text    NOT NULL CHECK (level IN ('*', 'urgent', 'complex', 'normal')),
    minutes    integer NOT NULL CHECK (minutes > 0), -- of working time
    valid_from date    NOT NULL,
    valid_to   date,
    source     text    NOT NULL,
    PRIMARY KEY (code, version)
);

-- When the timer speaks up: at a share of the running clock, then in steps after it has run out.
CREATE TABLE timer_rule (
    code          text    NOT NULL,
    version       integer NOT NULL CHECK (version > 0),
    step          integer NOT NULL CHECK (step BETWEEN 0 AND 3), -- 0: the reminder
    percent       integer CHECK (percent BETWEEN 1 AND 99),
    after_minutes integer CHECK (after_minutes >= 0),
    target        text,
    valid_from    date    NOT NULL,
    valid_to      date,
    source        text    NOT NULL,
    PRIMARY KEY (code, version),
    CHECK ((step = 0) = (percent IS NOT NULL) AND (step > 0) = (after_minutes IS NOT NULL))
);

CREATE TABLE calendar (
    code       text    NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    valid_from date    NOT NULL,
    valid_to   date,
    body       jsonb   NOT NULL, -- office hours, weekdays, dated exceptions: reference/calendar.json
    source     text    NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE focal_point (
    unit       text NOT NULL,
    field      text NOT NULL, -- a category, or '*'
    account    text NOT NULL,
    name       text NOT NULL,
    email      text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    PRIMARY KEY (unit, field, account)
);

-- What was said on city.reference.v1, so that only changes are said again, by one replica.
CREATE TABLE reference_published (
    key               text   PRIMARY KEY,
    digest            bytea  NOT NULL, -- SHA-256 of the data; empty: withdrawn
    reference_version bigint NOT NULL, -- the state it was made from: an older one must not undo it
    event_id          uuid   NOT NULL
);

-- One row. Every change of the tables above counts version up; running processes look each second.
CREATE TABLE reference_state (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version      bigint NOT NULL,
    boundary_set bigint REFERENCES boundary_set
);
INSERT INTO reference_state (version) VALUES (0);

CREATE FUNCTION reference_count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reference_state SET version = version + 1;
    RETURN NULL;
END $$;

-- A case keeps the version of the rules it was opened under, so a version never changes; it may
-- only end.
CREATE FUNCTION reference_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'valid_to' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION '% % version % is in force as it is: give the change a new version',
            TG_TABLE_NAME, OLD.code, OLD.version USING ERRCODE = 'IH100';
    END IF;
    RETURN NEW;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['unit', 'category', 'route_rule', 'deadline_rule', 'timer_rule',
                                'calendar', 'focal_point'] LOOP
        EXECUTE format('CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION reference_count_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['category', 'route_rule', 'deadline_rule', 'timer_rule',
                                'calendar'] LOOP
        EXECUTE format('CREATE TRIGGER keep_version BEFORE UPDATE ON %I
                        FOR EACH ROW EXECUTE FUNCTION reference_keep_version()', name);
    END LOOP;
END $$;
