-- SPDX-License-Identifier: Apache-2.0
-- Processes as data, and the classes of reasons for a rejection. Versions stay for ever: cases go on
-- under the version that they were opened with.
CREATE TABLE process (
    code       text    NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    valid_from date    NOT NULL,
    valid_to   date,
    body       text    NOT NULL, -- reference/processes/<code>.json, byte by byte, checked when loaded
    source     text    NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE rejection_class (
    code           text    NOT NULL,
    version        integer NOT NULL CHECK (version > 0),
    needs_approval boolean NOT NULL, -- a second person looks at the rejection
    name_vi        text    NOT NULL,
    name_en        text    NOT NULL,
    template_vi    text    NOT NULL,
    template_en    text    NOT NULL,
    valid_from     date    NOT NULL,
    valid_to       date,
    source         text    NOT NULL,
    PRIMARY KEY (code, version)
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['process', 'rejection_class'] LOOP
        EXECUTE format('CREATE TRIGGER count_change AFTER INSERT OR UPDATE OR DELETE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION reference_count_change()', name);
        EXECUTE format('CREATE TRIGGER keep_version BEFORE UPDATE ON %I
                        FOR EACH ROW EXECUTE FUNCTION reference_keep_version()', name);
    END LOOP;
END $$;
