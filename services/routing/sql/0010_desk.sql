-- SPDX-License-Identifier: Apache-2.0
-- What desks need beside the cases themselves: finding, filtering, following; notes, templates and
-- saved filters; and who read what about whom, and why.

-- By which words a case is found (case_words.h); they never change. A table of its own: moving a
-- case on must not touch the index of words.
CREATE TABLE case_words (
    case_id uuid             PRIMARY KEY,
    ticket  text   COLLATE "C" NOT NULL,
    plain   text[] COLLATE "C" NOT NULL, -- without accents
    marked  text[] COLLATE "C" NOT NULL  -- those with accents, with them
);
CREATE INDEX case_words_ticket ON case_words (ticket);
ALTER TABLE case_words ALTER COLUMN plain SET STATISTICS 200; -- two thousand common words are known
CREATE INDEX case_words_plain ON case_words USING gin (plain);

-- Counting who has how much to do reads the index of a desk's queue alone.
DROP INDEX case_current_desk;
CREATE INDEX case_current_desk ON case_current (desk, due_at, case_id) INCLUDE (assignee, phase)
    WHERE due_at IS NOT NULL;

-- The queue of the whole city, and what is rare in it.
CREATE INDEX case_current_open ON case_current (due_at, case_id) WHERE due_at IS NOT NULL;
CREATE INDEX case_current_flagged ON case_current (due_at, case_id)
    WHERE due_at IS NOT NULL AND (proposed OR near_border);
CREATE INDEX case_current_audit ON case_current (case_id) WHERE audit_pending;

-- What changed since when, for those who follow it live: the transaction that wrote a version. A
-- reader that takes what lies below the oldest transaction under way misses nothing, whichever
-- process commits first.
ALTER TABLE case_history ADD COLUMN change xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX case_history_change ON case_history (change);

-- Desks that a case has left, for those who followed it there.
CREATE TABLE case_departure (
    change  xid8 NOT NULL DEFAULT pg_current_xact_id(),
    case_id uuid NOT NULL,
    desk    text NOT NULL,
    PRIMARY KEY (change, case_id)
);
CREATE FUNCTION case_departs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO case_departure (case_id, desk) VALUES (OLD.case_id, OLD.desk)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER case_departs AFTER UPDATE ON case_current FOR EACH ROW
    WHEN (OLD.desk <> NEW.desk) EXECUTE FUNCTION case_departs();

-- Internal remarks; never part of events or public answers.
CREATE TABLE case_note (
    note_id     uuid        PRIMARY KEY,
    case_id     uuid        NOT NULL,
    at          timestamptz NOT NULL,
    account     text        NOT NULL,
    unit        text,                 -- of the author then
    body        text        NOT NULL,
    fingerprint bytea       NOT NULL  -- SHA-256 of the request: the same one again is no other note
);
CREATE INDEX case_note_case ON case_note (case_id, at, note_id);

CREATE TABLE saved_filter (
    filter_id   uuid        PRIMARY KEY,
    version     integer     NOT NULL,
    account     text        NOT NULL,
    unit        text,                 -- who else sees it; NULL: nobody
    name        text        NOT NULL,
    query       text        NOT NULL, -- JSON: parameters of GET /api/routing/cases
    changed_at  timestamptz NOT NULL,
    fingerprint bytea       NOT NULL
);
CREATE INDEX saved_filter_account ON saved_filter (account, filter_id);
CREATE INDEX saved_filter_unit ON saved_filter (unit, filter_id) WHERE unit IS NOT NULL;

-- Words to begin an answer with. What is NULL is for all.
CREATE TABLE answer_template (
    template_id uuid        PRIMARY KEY,
    version     integer     NOT NULL,
    unit        text,
    process     text,
    state       text,
    action      text,
    name        text        NOT NULL,
    text_vi     text        NOT NULL,
    text_en     text,
    account     text        NOT NULL, -- who wrote it last
    changed_at  timestamptz NOT NULL,
    fingerprint bytea       NOT NULL
);
CREATE INDEX answer_template_unit ON answer_template (unit, template_id);

-- Who read what about whom, and why. Written before the answer is sent.
CREATE TABLE access_log (
    at      timestamptz NOT NULL,
    id      uuid        NOT NULL,
    account text        NOT NULL,
    roles   text        NOT NULL,
    unit    text,
    case_id uuid        NOT NULL,
    what    text        NOT NULL, -- 'report', 'print', 'audit' or 'notes'
    reason  text        NOT NULL,
    trace   text        NOT NULL,
    PRIMARY KEY (at, id)
);
CREATE INDEX access_log_case ON access_log (case_id, at, id);
CREATE INDEX access_log_account ON access_log (account, at, id);

CREATE FUNCTION desk_record_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'IH110';
END $$;
CREATE TRIGGER access_log_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION desk_record_stays();
CREATE TRIGGER case_note_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON case_note
    FOR EACH STATEMENT EXECUTE FUNCTION desk_record_stays();
