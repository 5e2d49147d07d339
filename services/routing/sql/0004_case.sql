-- SPDX-License-Identifier: Apache-2.0
-- Cases and their history. A case is small here: what queues and timers look for. The case as a
-- whole is the snapshot of its newest version in the history.
CREATE TABLE case_current (
    case_id       uuid        PRIMARY KEY,
    version       integer     NOT NULL,
    process       text        NOT NULL,
    state         text        NOT NULL,
    phase         text        NOT NULL,
    queue         text        NOT NULL, -- 'unit', 'unroutable' or 'disputed'
    desk          text        NOT NULL, -- the unit that must act; else the city office
    category      text        NOT NULL,
    level         text        NOT NULL,
    area          text,                 -- the ward or commune of the place
    assignee      text,
    reporter      text        NOT NULL,
    due_at        timestamptz,          -- when the desk must do something; NULL: not open
    next_timer    timestamptz,
    near_border   boolean     NOT NULL, -- and nobody has confirmed the side yet
    audit_pending boolean     NOT NULL,
    proposed      boolean     NOT NULL, -- something waits for a second person
    merged_into   uuid,
    task_desks    text[]      NOT NULL  -- units whose part is not settled
);
CREATE INDEX case_current_desk ON case_current (desk, due_at, case_id) WHERE due_at IS NOT NULL;
CREATE INDEX case_current_closed ON case_current (desk, case_id DESC) WHERE due_at IS NULL;
CREATE INDEX case_current_assignee ON case_current (assignee, due_at, case_id)
    WHERE assignee IS NOT NULL AND due_at IS NOT NULL;
CREATE INDEX case_current_merged ON case_current (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX case_current_tasks ON case_current USING gin (task_desks)
    WHERE due_at IS NOT NULL AND task_desks <> '{}';
CREATE INDEX case_current_timer ON case_current (next_timer) WHERE next_timer IS NOT NULL;

CREATE TABLE case_history (
    case_id  uuid        NOT NULL,
    version  integer     NOT NULL,
    action   text        NOT NULL,
    actor    text,                 -- NULL: the system
    at       timestamptz NOT NULL,
    event_id uuid        NOT NULL,
    snapshot text        NOT NULL, -- the event's data, byte by byte
    report   text,                 -- with version 1: what was filed, byte by byte
    PRIMARY KEY (case_id, version)
);

CREATE FUNCTION case_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of cases is only ever added to' USING ERRCODE = 'IH101';
END $$;
CREATE TRIGGER case_history_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON case_history
    FOR EACH STATEMENT EXECUTE FUNCTION case_history_stays();
