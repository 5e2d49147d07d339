-- SPDX-License-Identifier: Apache-2.0
-- How running processes learn of changes, and how others hear of them.
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
