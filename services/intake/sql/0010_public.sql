-- SPDX-License-Identifier: Apache-2.0
-- What everybody may see. A submission is found on the map by its cell of 0.002 degrees (about 220 m):
-- a box or a circle is a few look-ups, and the newest of a cell come first. place_grid.h counts alike.
ALTER TABLE submission
    ADD COLUMN cell integer GENERATED ALWAYS AS
        (floor(lat * 500)::integer * 100000 + floor(lon * 500)::integer) STORED,
    ADD COLUMN moderation integer NOT NULL DEFAULT 0; -- version; 0: nobody has looked
CREATE INDEX submission_cell ON submission (cell, id);
CREATE INDEX submission_unmoderated ON submission (id) WHERE moderation = 0;

-- Each decision about a submission's words and pictures; the one of its version holds.
CREATE TABLE moderation (
    submission_id uuid NOT NULL,
    version      integer NOT NULL,
    decision     text NOT NULL,
    title        text,             -- for everybody, as these three
    description  text,
    media        jsonb NOT NULL,
    exact_place  boolean NOT NULL, -- else to about 100 m
    class        text,             -- of a rejection
    note         text,             -- for colleagues
    account      text NOT NULL,
    at           timestamptz NOT NULL,
    command      uuid NOT NULL UNIQUE, -- of who and Idempotency-Key; random without one
    fingerprint  bytea NOT NULL,
    PRIMARY KEY (submission_id, version)
);

CREATE FUNCTION moderation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'decisions are only ever added to' USING ERRCODE = 'IH101';
END $$;
CREATE TRIGGER moderation_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON moderation
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_stays();
